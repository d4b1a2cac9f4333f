//! Colour as people see it: linear light and CIE L\*a\*b\* (D65) from 8-bit sRGB.
//!
//! Constants from IEC 61966-2-1 (sRGB) and CIE 15 (Lab, white point D65 of the sRGB matrix).

use std::sync::LazyLock;

use crate::picture::Picture;

/// A colour in CIE L\*a\*b\*, D65.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Lab {
    /// Lightness, 0 black to 100 white.
    pub l: f32,
    /// Green (−) to red (+).
    pub a: f32,
    /// Blue (−) to yellow (+).
    pub b: f32,
}

impl Lab {
    /// Chroma C\*: distance from grey.
    pub fn chroma(self) -> f32 {
        self.a.hypot(self.b)
    }

    /// Hue angle in degrees, 0 to 360; red 0, yellow 90, green 180, blue 270.
    pub fn hue(self) -> f32 {
        self.b.atan2(self.a).to_degrees().rem_euclid(360.0)
    }

    /// Colour difference ΔE\*76.
    pub fn distance(self, other: Self) -> f32 {
        let (l, a, b) = (self.l - other.l, self.a - other.a, self.b - other.b);
        (l * l + a * a + b * b).sqrt()
    }

    /// The nearest sRGB colour.
    pub fn rgb(self) -> [u8; 3] {
        let y = (self.l + 16.0) / 116.0;
        let light = |t: f32| if t > 6.0 / 29.0 { t.powi(3) } else { (116.0 * t - 16.0) * 27.0 / 24_389.0 };
        // White point D65, and the inverse of the sRGB matrix (IEC 61966-2-1).
        let (x, y, z) =
            (0.950_456 * light(y + self.a / 500.0), light(y), 1.089_058 * light(y - self.b / 200.0));
        [
            3.240_45 * x - 1.537_14 * y - 0.498_53 * z,
            -0.969_27 * x + 1.876_01 * y + 0.041_56 * z,
            0.055_64 * x - 0.204_03 * y + 1.057_23 * z,
        ]
        .map(|v| {
            let v = v.clamp(0.0, 1.0);
            let encoded = if v <= 0.003_130_8 { 12.92 * v } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
            (encoded * 255.0).round() as u8
        })
    }
}

/// Linear light, 0 to 1, of each sRGB byte.
pub static LINEAR: LazyLock<[f32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|byte| {
        let value = byte as f32 / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
});

/// Relative luminance Y, 0 to 1.
pub fn luminance([r, g, b]: [u8; 3]) -> f32 {
    let linear = &*LINEAR;
    0.212_639 * linear[r as usize] + 0.715_169 * linear[g as usize] + 0.072_192 * linear[b as usize]
}

/// The Lab colour of one sRGB pixel.
pub fn lab(rgb: [u8; 3]) -> Lab {
    lab_of_light(rgb.map(|byte| LINEAR[usize::from(byte)]))
}

/// The Lab colour of linear light, 0 to 1 each.
#[inline]
fn lab_of_light([r, g, b]: [f32; 3]) -> Lab {
    // Rows of the sRGB matrix divided by the white point (0.95046, 1, 1.08906).
    let x = response(0.433_953 * r + 0.376_219 * g + 0.189_828 * b);
    let y = response(0.212_639 * r + 0.715_169 * g + 0.072_192 * b);
    let z = response(0.017_758 * r + 0.109_477 * g + 0.872_765 * b);
    Lab { l: 116.0 * y - 16.0, a: 500.0 * (x - y), b: 200.0 * (y - z) }
}

/// The compressive response of CIE Lab for 0 ≤ t ≤ 1, its cube root within 10⁻⁷.
///
/// A parabola in the fourth root of t lies within .6 % of the cube root, and one step of Halley's method triples the
/// digits: no table and no branch, so that a compiler turns a row of them into SIMD.
#[inline]
fn response(t: f32) -> f32 {
    let fourth_root = t.sqrt().sqrt();
    let near = -0.049_415 + fourth_root * (0.734_461 + fourth_root * 0.318_069);
    let cube = near * near * near;
    let cube_root = near * (cube + 2.0 * t) / (2.0 * cube + t);
    if t > 216.0 / 24_389.0 { cube_root } else { (24_389.0 / 27.0 * t + 16.0) / 116.0 }
}

/// Pixels converted together.
const ROW: usize = 64;

/// A picture's Lab planes, one value per pixel.
#[derive(Debug, Clone)]
pub struct LabPlanes {
    /// L\*.
    pub l: Vec<f32>,
    /// a\*.
    pub a: Vec<f32>,
    /// b\*.
    pub b: Vec<f32>,
}

impl LabPlanes {
    /// Converts every pixel.
    pub fn of(picture: &Picture) -> Self {
        let pixels = picture.rgb().len() / 3;
        let mut planes = Self { l: vec![0.0; pixels], a: vec![0.0; pixels], b: vec![0.0; pixels] };
        let linear = &*LINEAR;
        let rows = planes.l.chunks_mut(ROW).zip(planes.a.chunks_mut(ROW)).zip(planes.b.chunks_mut(ROW));
        for (rgb, ((l, a), b)) in picture.rgb().chunks(3 * ROW).zip(rows) {
            let [mut red, mut green, mut blue] = [[0.0; ROW]; 3];
            for (at, &[r, g, b]) in rgb.as_chunks::<3>().0.iter().enumerate() {
                (red[at], green[at], blue[at]) =
                    (linear[usize::from(r)], linear[usize::from(g)], linear[usize::from(b)]);
            }
            // Whole rows, so that this loop becomes SIMD.
            let [mut lightness, mut from_green, mut from_blue] = [[0.0; ROW]; 3];
            for at in 0..ROW {
                let colour = lab_of_light([red[at], green[at], blue[at]]);
                (lightness[at], from_green[at], from_blue[at]) = (colour.l, colour.a, colour.b);
            }
            l.copy_from_slice(&lightness[..l.len()]);
            a.copy_from_slice(&from_green[..a.len()]);
            b.copy_from_slice(&from_blue[..b.len()]);
        }
        planes
    }

    /// The colour of pixel number `index` (row × width + column).
    pub fn at(&self, index: usize) -> Lab {
        Lab { l: self.l[index], a: self.a[index], b: self.b[index] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_survives_the_way_to_lab_and_back_within_a_level() {
        for r in (0..=255).step_by(15) {
            for g in (0..=255).step_by(15) {
                for b in (0..=255).step_by(15) {
                    let rgb = [r as u8, g as u8, b as u8];
                    let back = lab(rgb).rgb();
                    assert!(back.iter().zip(rgb).all(|(a, b)| a.abs_diff(b) <= 1), "{rgb:?} became {back:?}");
                }
            }
        }
    }

    #[test]
    fn the_reference_backgrounds_have_their_published_lab_values() {
        for (rgb, expected) in [
            ([255, 255, 255], [100.0, 0.0, 0.0]),
            ([240, 240, 240], [94.8, 0.0, 0.0]),
            ([100, 197, 255], [75.9, -11.8, -37.2]),
        ] {
            let Lab { l, a, b } = lab(rgb);
            for (got, want) in [l, a, b].into_iter().zip(expected) {
                assert!((got - want).abs() < 0.15, "{rgb:?}: {got} is not {want}");
            }
        }
    }
}
