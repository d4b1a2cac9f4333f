//! Light on the face: exposure, evenness, colour (ids L1, L4, L5).

use crate::{
    colour::luminance,
    measure::{
        Readings, Unmeasurable,
        quantiles::{median, quantile},
        regions::{Skin, pixels_of},
        scene::{FaceFrame, Scene},
    },
    picture::{Point, Rect},
};

/// Adds skin lightness, eye whites, side light and the two readings of true colour.
pub fn check(scene: &Scene, readings: &mut Readings) {
    white_cast(scene, readings);
    let (Some(face), Some(skin)) = (&scene.face, &scene.regions().skin) else {
        let why = if scene.face.is_none() { Unmeasurable::NoFace } else { Unmeasurable::TooSmall };
        for measure in ["skin-lightness", "eye-white", "side-light", "skin-hue"] {
            readings.unknown(measure, why);
        }
        return;
    };
    // `skin-lightness` (L\*): the median over the skin of the face (OFIQ's luminance mean, but robust and in L\*).
    readings.number("skin-lightness", skin.colour.l, vec![skin.bounds]);
    // `skin-hue` (°): angle of the cheeks' median a\*, b\*; a ± 3 % gain of red against blue turns it by 5–11°.
    readings.number("skin-hue", skin.cheeks.hue(), skin.zones.to_vec());
    side_light(scene, skin, readings);
    eye_white(scene, face, readings);
}

/// `side-light` (EV): |log2| of the ratio of the cheeks' median luminances in linear light,
/// on OFIQ's zones; the darker cheek is the evidence.
/// OFIQ's own histogram intersection does not rise steadily with side light.
fn side_light(scene: &Scene, skin: &Skin, readings: &mut Readings) {
    let (width, height) = (scene.picture.width(), scene.picture.height());
    let light = skin.zones.map(|zone| {
        let pixels = pixels_of(zone, width, height);
        let mut values: Vec<f32> =
            pixels.map(|at| luminance(scene.picture.pixel(at % width, at / width))).collect();
        median(&mut values)
    });
    let [Some(left), Some(right)] = light else {
        return readings.unknown("side-light", Unmeasurable::OutsidePicture);
    };
    // A thousandth of full light is black: the ratio of two blacks says nothing.
    let stops = (left.max(1e-3) / right.max(1e-3)).log2();
    readings.number("side-light", stops.abs(), vec![skin.zones[usize::from(stops > 0.0)]]);
}

/// Lids left and right in the picture, from corner to corner along the upper lid and back along the lower.
const LIDS: [[usize; 16]; 2] = [
    [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7],
    [362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382],
];
/// The irises' middles, left and right in the picture.
const IRISES: [usize; 2] = [468, 473];

/// `eye-white` (L\*): the 80th percentile of L\* between the lids outside the iris, the lighter eye.
/// The white of the eye has nearly the same reflectance in everybody (about L\* 60–75 when the face is well lit),
/// so it tells underexposure from dark skin.
fn eye_white(scene: &Scene, face: &FaceFrame, readings: &mut Readings) {
    let (width, height) = (scene.picture.width(), scene.picture.height());
    let mut best: Option<(f32, Rect)> = None;
    for (lids, iris) in LIDS.iter().zip(IRISES) {
        let corners: Vec<Point> = lids.iter().map(|&i| face.mesh.at(i)).collect();
        let Some(bounds) = Rect::around(corners.iter().copied()) else { continue };
        // The iris is .187 IED wide in everybody (±.012).
        let (middle, radius) = (face.mesh.at(iris), 0.1 * face.inter_eye);
        let mut values: Vec<f32> = pixels_of(bounds, width, height)
            .filter(|at| {
                let place = Point::new((at % width) as f32 + 0.5, (at / width) as f32 + 0.5);
                place.distance(middle) > radius && within(place, &corners)
            })
            .map(|at| scene.lab().l[at])
            .collect();
        // Twelve pixels: fewer are lashes and corners.
        if values.len() >= 12
            && let Some(light) = quantile(&mut values, 0.8)
            && best.is_none_or(|(lightest, _)| light > lightest)
        {
            best = Some((light, bounds));
        }
    }
    match best {
        Some((light, bounds)) => readings.number("eye-white", light, vec![bounds]),
        None => readings.unknown("eye-white", Unmeasurable::TooSmall),
    }
}

/// Whether a point lies in a polygon (even-odd).
fn within(place: Point, polygon: &[Point]) -> bool {
    let sides = polygon.iter().zip(polygon.iter().cycle().skip(1));
    let crossed = |&(from, to): &(&Point, &Point)| {
        (from.y <= place.y) != (to.y <= place.y)
            && place.x < from.x + (place.y - from.y) / (to.y - from.y) * (to.x - from.x)
    };
    sides.filter(crossed).count() % 2 == 1
}

/// Lightness from which a nearly neutral background was meant to be white or grey.
const LIGHT: f32 = 80.0;
/// Chroma up to which it was: a cast of 15 on a white wall is a cast, not a coloured wall.
const NEARLY_NEUTRAL: f32 = 20.0;

/// `white-cast` (a\*b\* units): the larger of |a\*| and |b\*| of a white or grey background, which then is the best
/// reference for true colour; `Hidden` before a coloured one, where the background's own colour is judged.
fn white_cast(scene: &Scene, readings: &mut Readings) {
    let Some(background) = &scene.regions().background else {
        return readings.unknown("white-cast", Unmeasurable::NoMask);
    };
    let crate::colour::Lab { l, a, b } = background.colour();
    if l < LIGHT || a.hypot(b) > NEARLY_NEUTRAL {
        return readings.unknown("white-cast", Unmeasurable::Hidden);
    }
    readings.number("white-cast", a.abs().max(b.abs()), Vec::new());
}
