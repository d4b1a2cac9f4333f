//! Graded defects: each function spoils a base portrait by a stated amount, the same way every time.
//!
//! Amount 0 is always the picture as it was. Optics work in linear light, sensors and files on bytes.

pub mod backdrop;
pub mod blur;
pub mod compression;
pub mod cover;
pub mod dress;
pub mod features;
pub mod file;
pub mod frame;
pub mod lamp;
pub mod pose;
pub mod sensor;
pub mod tone;
pub mod warp;

use std::sync::LazyLock;

use portrait::{colour::LINEAR, picture::Picture};

/// A picture in linear light: three planes of red, green and blue, 0 to 1.
pub(crate) struct Light {
    pub width: usize,
    pub planes: [Vec<f32>; 3],
}

impl Light {
    /// From bytes.
    pub fn of(picture: &Picture) -> Self {
        let plane = |channel: usize| -> Vec<f32> {
            picture.rgb().iter().skip(channel).step_by(3).map(|&byte| LINEAR[byte as usize]).collect()
        };
        Self { width: picture.width(), planes: [plane(0), plane(1), plane(2)] }
    }

    /// To bytes, clipped.
    pub fn picture(&self) -> Picture {
        let [r, g, b] = &self.planes;
        let mut bytes = Vec::with_capacity(3 * r.len());
        for ((&r, &g), &b) in r.iter().zip(g).zip(b) {
            bytes.extend([byte(r), byte(g), byte(b)]);
        }
        Picture::new(self.width, r.len() / self.width, bytes).expect("the planes have the picture's size")
    }
}

/// The sRGB byte of linear light, from a table over its square root: fine in the shadows too (error below .2).
pub(crate) fn byte(light: f32) -> u8 {
    const STEPS: usize = 1 << 14;
    static TABLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let encoded = |i: usize| {
            let v = (i as f32 / STEPS as f32).powi(2);
            if v <= 0.003_130_8 { 12.92 * v } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 }
        };
        (0..=STEPS).map(|i| (encoded(i) * 255.0).round() as u8).collect()
    });
    TABLE[(light.clamp(0.0, 1.0).sqrt() * STEPS as f32).round() as usize]
}

/// 0 below `from`, 1 above `to`, smooth between.
pub(crate) fn smooth(from: f32, to: f32, at: f32) -> f32 {
    let t = ((at - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
