//! Blur: a soft lens (gauss), wrong focus (disk), movement (motion).

use portrait::picture::Picture;

use crate::degrade::Light;

/// Gaussian blur of `sigma` px in linear light.
pub fn gauss(picture: &Picture, sigma: f32) -> Picture {
    if sigma <= 0.0 {
        return picture.clone();
    }
    let reach = (3.0 * sigma).ceil() as isize;
    let weights: Vec<f32> = (-reach..=reach).map(|d| (-0.5 * (d as f32 / sigma).powi(2)).exp()).collect();
    let along: Vec<Tap> = (-reach..=reach).zip(&weights).map(|(d, &w)| (d, 0, w)).collect();
    let down: Vec<Tap> = (-reach..=reach).zip(&weights).map(|(d, &w)| (0, d, w)).collect();
    let mut light = Light::of(picture);
    convolve(&mut light, &along);
    convolve(&mut light, &down);
    light.picture()
}

/// The blur of a lens out of focus: the mean over a disk of `radius` px, its edge partly counted.
pub fn disk(picture: &Picture, radius: f32) -> Picture {
    let reach = radius.ceil() as isize;
    let mut taps = Vec::new();
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            let weight = (radius + 0.5 - (dx as f32).hypot(dy as f32)).clamp(0.0, 1.0);
            if weight > 0.0 {
                taps.push((dx, dy, weight));
            }
        }
    }
    let mut light = Light::of(picture);
    convolve(&mut light, &taps);
    light.picture()
}

/// The blur of a person moving sideways by `length` px while the shutter is open.
pub fn motion(picture: &Picture, length: f32) -> Picture {
    let reach = (length / 2.0).ceil() as isize;
    let taps: Vec<Tap> = (-reach..=reach)
        .map(|d| (d, 0, (length / 2.0 + 0.5 - (d as f32).abs()).clamp(0.0, 1.0)))
        .filter(|tap| tap.2 > 0.0)
        .collect();
    let mut light = Light::of(picture);
    convolve(&mut light, &taps);
    light.picture()
}

/// Columns and rows away, and the weight.
type Tap = (isize, isize, f32);

/// Weighted mean over the taps; beyond the edge the picture goes on with its last pixel.
fn convolve(light: &mut Light, taps: &[Tap]) {
    let total: f32 = taps.iter().map(|tap| tap.2).sum();
    let width = light.width as isize;
    for plane in &mut light.planes {
        let height = plane.len() as isize / width;
        let mut out = vec![0.0_f32; plane.len()];
        for &(dx, dy, weight) in taps {
            let weight = weight / total;
            let inner = (-dx).max(0)..(width - dx).min(width).max((-dx).max(0));
            for y in 0..height {
                let from = &plane[((y + dy).clamp(0, height - 1) * width) as usize..][..width as usize];
                let to = &mut out[(y * width) as usize..][..width as usize];
                for x in (0..inner.start).chain(inner.end..width) {
                    to[x as usize] += weight * from[(x + dx).clamp(0, width - 1) as usize];
                }
                let source = &from[(inner.start + dx) as usize..(inner.end + dx) as usize];
                for (to, from) in to[inner.start as usize..inner.end as usize].iter_mut().zip(source) {
                    *to += weight * from;
                }
            }
        }
        *plane = out;
    }
}
