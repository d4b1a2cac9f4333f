//! Sharpness: width of the edges around the eyes, and blur along one direction (ids S1, S2).

use crate::{
    measure::{Readings, Unmeasurable, quantiles::quantile, scene::Scene},
    picture::Rect,
};

/// Adds edge width and directional blur.
pub fn check(scene: &Scene, readings: &mut Readings) {
    let Some(face) = &scene.face else {
        readings.unknown("edge-width", Unmeasurable::NoFace);
        return readings.unknown("directional-blur", Unmeasurable::NoFace);
    };
    let unit = face.inter_eye / 105.0;
    let (x, y) = (face.eyes.x, face.eyes.y);
    let eyes = Rect::new(x, y, x, y);
    let strip = Rect::new(
        eyes.left - 0.85 * face.inter_eye,
        eyes.top - 0.25 * face.inter_eye,
        eyes.right + 0.85 * face.inter_eye,
        eyes.bottom + 0.25 * face.inter_eye,
    );
    match edge_width(scene, strip, unit) {
        Ok(width) => readings.number("edge-width", width, vec![strip]),
        Err(why) => readings.unknown("edge-width", why),
    }
    let whole = Rect::new(
        x - 0.45 * face.width,
        y - 0.35 * face.eyes_to_chin,
        x + 0.45 * face.width,
        y + 0.95 * face.eyes_to_chin,
    );
    match directional_blur(scene, whole) {
        Ok(blur) => readings.number("directional-blur", blur, vec![whole]),
        Err(why) => readings.unknown("directional-blur", why),
    }
}

/// Whole pixels of `area` that keep `margin` from the picture's edge: left, top, right, bottom.
fn pixels(scene: &Scene, area: Rect, margin: usize) -> Option<[usize; 4]> {
    let (width, height) = (scene.picture.width(), scene.picture.height());
    let inside = |value: f32, last: usize| (value.max(0.0) as usize).clamp(margin, last.max(margin));
    let (right, bottom) = (width.checked_sub(margin)?, height.checked_sub(margin)?);
    let bounds = [
        inside(area.left, right),
        inside(area.top, bottom),
        inside(area.right, right),
        inside(area.bottom, bottom),
    ];
    (bounds[2] > bounds[0] + 8 && bounds[3] > bounds[1] + 4).then_some(bounds)
}

/// `edge-width` (px at an IED of 105): median over the strongest 3 % gradients of the eye strip
/// (± .85 IED × ± .25 IED) of the local range of luma (13 × 13) divided by the gradient.
/// Of the measures tried it alone keeps its order under noise and JPEG (error 2.4 % against 8–11 %).
fn edge_width(scene: &Scene, strip: Rect, unit: f32) -> Result<f32, Unmeasurable> {
    // Below an IED of 30 px the eyes themselves are a few pixels.
    if unit < 30.0 / 105.0 {
        return Err(Unmeasurable::TooSmall);
    }
    let reach = ((6.0 * unit).round() as usize).max(2);
    let [left, top, right, bottom] = pixels(scene, strip, reach + 1).ok_or(Unmeasurable::OutsidePicture)?;
    let (width, luma) = (scene.picture.width(), scene.luma());
    let gradient = |at: usize| {
        let value = |at: usize| f32::from(luma[at]);
        let (above, below) = (at - width, at + width);
        let dx = value(above + 1) + 2.0 * value(at + 1) + value(below + 1)
            - value(above - 1)
            - 2.0 * value(at - 1)
            - value(below - 1);
        let dy = value(below - 1) + 2.0 * value(below) + value(below + 1)
            - value(above - 1)
            - 2.0 * value(above)
            - value(above + 1);
        dx.hypot(dy) / 8.0
    };
    let places: Vec<usize> = (top..bottom).flat_map(|y| (left..right).map(move |x| y * width + x)).collect();
    let gradients: Vec<f32> = places.iter().map(|&at| gradient(at)).collect();
    let strong = quantile(&mut gradients.clone(), 0.97).unwrap_or_default();
    // Gradients below one grey level: there is no edge at all.
    if strong < 16.0 {
        return Err(Unmeasurable::Hidden);
    }
    let mut widths: Vec<f32> = places
        .iter()
        .zip(&gradients)
        .filter(|&(_, &gradient)| gradient >= strong)
        .map(|(&at, &gradient)| range(luma, width, at, reach) / gradient)
        .collect();
    quantile(&mut widths, 0.5).map(|px| px / unit).ok_or(Unmeasurable::TooSmall)
}

/// Largest minus smallest value in the square of 2 × `reach` + 1 px.
fn range(luma: &[i16], width: usize, at: usize, reach: usize) -> f32 {
    let (mut least, mut most) = (i16::MAX, i16::MIN);
    for line in 0..=2 * reach {
        let from = at - reach + line * width - reach * width;
        for &value in &luma[from..=from + 2 * reach] {
            least = least.min(value);
            most = most.max(value);
        }
    }
    f32::from(most) - f32::from(least)
}

/// Steps in twelve directions over half a turn (columns, rows), about 3 px long: a second difference with this step
/// passes .08–.25 cycles per px best, the band of brows, lids and lips that movement wipes out.
const STEPS: [(isize, isize); 12] =
    [(3, 0), (3, 1), (3, 2), (2, 2), (2, 3), (1, 3), (0, 3), (-1, 3), (-2, 3), (-2, 2), (-3, 2), (-3, 1)];

/// `directional-blur` (dB): largest over smallest energy of the second differences of luma along twelve directions
/// in the face, each divided by its step's length (natural pictures grow about so).
/// Movement takes the energy along its own direction and leaves the one across.
fn directional_blur(scene: &Scene, area: Rect) -> Result<f32, Unmeasurable> {
    const MARGIN: usize = 5;
    let [left, top, right, bottom] = pixels(scene, area, MARGIN).ok_or(Unmeasurable::OutsidePicture)?;
    // Fewer than 64 px across, and the energy is that of a few edges.
    if right - left < 64 || bottom - top < 64 {
        return Err(Unmeasurable::TooSmall);
    }
    let (luma, width) = (scene.luma(), scene.picture.width());
    let energies = STEPS.map(|(dx, dy)| {
        let mut sum = 0.0_f32;
        for y in (top..bottom).step_by(2) {
            let at = |side: isize| {
                let from = ((y * width + left) as isize + side * (dy * width as isize + dx)) as usize;
                &luma[from..from + right - left]
            };
            let bend = |((a, b), c): ((&i16, &i16), &i16)| f32::from(a + c - 2 * b).powi(2);
            sum += at(-1).iter().zip(at(0)).zip(at(1)).map(bend).sum::<f32>();
        }
        sum / (dx as f32).hypot(dy as f32)
    });
    let most = energies.into_iter().fold(f32::MIN, f32::max);
    // A millionth of the most: 60 dB, beyond anything a picture of 8 bits holds.
    let least = energies.into_iter().fold(f32::MAX, f32::min).max(most * 1e-6);
    if most <= 0.0 {
        return Err(Unmeasurable::Hidden);
    }
    Ok(10.0 * (most / least).log10())
}
