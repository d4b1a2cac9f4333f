//! What is laid over a picture before the camera develops it: a second face, a mask, what lenses do.

use super::{Shot, Truth, space::ramp};

/// One addition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extra {
    /// Somebody else behind, to the left of the head.
    SecondFace,
    /// A medical mask over nose and mouth.
    Mask,
    /// Both lenses reflect a window.
    Glare,
    /// Sunglasses.
    Tint,
    /// Not the person but a screen was photographed: its grid beats with the sensor's.
    Screen,
}

/// A picture's linear light.
pub struct Light<'a> {
    pub pixels: &'a mut [[f32; 3]],
    pub width: usize,
}

/// The second face's picture is this share of the whole one, and its left edge stands where a crop still shows it.
const BEHIND: f32 = 0.38;
const BEHIND_LEFT: f32 = 0.16;

impl Extra {
    /// Adds it to the light of a shot.
    pub fn add(self, light: &mut Light, shot: &Shot, truth: &Truth) {
        let width = truth.width();
        match self {
            Self::SecondFace => light.second_face(shot),
            Self::Screen => light.screen(),
            Self::Mask => {
                let nose = truth.landmarks[4];
                let (x0, y0) = (nose.x, f32::midpoint(nose.y, truth.chin.y));
                let (wide, tall) = (0.36 * width, 0.56 * (truth.chin.y - nose.y));
                light.cover(
                    |x, y| ramp(1.04, 0.98, ((x - x0) / wide).hypot((y - y0) / tall).max(0.0)),
                    [0.42, 0.6, 0.72],
                );
            }
            Self::Glare => {
                for eye in truth.eyes {
                    let (x0, y0) = (eye.x - 0.03 * width, eye.y - 0.02 * width);
                    light.cover(
                        |x, y| {
                            let (u, v) = ((x - x0) / (0.10 * width), (y - y0) / (0.075 * width));
                            0.9 * ramp(1.1, 0.9, u.hypot(v))
                        },
                        [1.2, 1.2, 1.25],
                    );
                }
            }
            Self::Tint => {
                for eye in truth.eyes {
                    light.cover(
                        |x, y| {
                            let (u, v) = ((x - eye.x) / (0.19 * width), (y - eye.y) / (0.14 * width));
                            0.8 * ramp(1.05, 0.95, u.hypot(v))
                        },
                        [0.02, 0.02, 0.025],
                    );
                }
            }
        }
    }
}

impl Light<'_> {
    /// Mixes a colour in, by a share for every place.
    fn cover(&mut self, share: impl Fn(f32, f32) -> f32, colour: [f32; 3]) {
        for (at, pixel) in self.pixels.iter_mut().enumerate() {
            let share = share((at % self.width) as f32 + 0.5, (at / self.width) as f32 + 0.5);
            if share > 0.0 {
                for (value, new) in pixel.iter_mut().zip(colour) {
                    *value += (new - *value) * share;
                }
            }
        }
    }

    /// A grid of 7 px, a little turned, ± 8 % of the light: what remains of a screen's pixels.
    fn screen(&mut self) {
        let wave = |phase: f32| (std::f32::consts::TAU * phase / 7.0).cos();
        for (at, pixel) in self.pixels.iter_mut().enumerate() {
            let (x, y) = ((at % self.width) as f32, (at / self.width) as f32);
            let gain = 1.0 + 0.04 * (wave(x + 0.06 * y) + wave(y - 0.06 * x));
            *pixel = pixel.map(|value| value * gain);
        }
    }

    /// The next person of the seeds before the same wall, smaller.
    fn second_face(&mut self, shot: &Shot) {
        let size = ((shot.size.0 as f32 * BEHIND) as usize, (shot.size.1 as f32 * BEHIND) as usize);
        let other = Shot {
            size,
            background: shot.background,
            lighting: shot.lighting,
            wall: shot.wall,
            ..Shot::from_seed(shot.person.seed.wrapping_add(1))
        };
        let (pixels, _) = super::exposed(&other);
        // Only the head, beside the main head's crown.
        let (left, right) = (size.0 * 3 / 10, size.0 * 7 / 10);
        for (row, line) in pixels.chunks_exact(size.0).take(size.1 * 2 / 3).enumerate().skip(size.1 / 5) {
            let start = (row + shot.size.1 / 20) * self.width + (shot.size.0 as f32 * BEHIND_LEFT) as usize;
            self.pixels[start..start + right - left].copy_from_slice(&line[left..right]);
        }
    }
}
