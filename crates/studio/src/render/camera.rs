//! The camera: where a place falls in the picture, and what lens and sensor make of the light.

use portrait::picture::{Picture, Point};
use rayon::prelude::*;

use super::{
    chance::pixel_bits,
    raster::FINE,
    space::{Vec3, vec3},
};

/// Distance from the camera to the head's middle, cm: a usual booth.
pub const DISTANCE: f32 = 150.0;

/// A picture's size and what part of the studio it shows.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// Pixels per centimetre in the plane of the head's middle.
    pub scale: f32,
    /// Where the eyes' height on the head's middle line falls, px.
    pub eyes: Point,
}

/// Height of the eyes on the standard head, cm.
pub const EYE_LEVEL: f32 = 2.62;

impl View {
    /// Where a place falls in the picture, px, and how near it is.
    pub fn project(&self, place: Vec3) -> (Point, f32) {
        let factor = self.scale * DISTANCE / (DISTANCE - place.z);
        (Point::new(self.eyes.x + place.x * factor, self.eyes.y - (place.y - EYE_LEVEL) * factor), place.z)
    }

    /// The same in the fine points of the drawing.
    pub fn fine(&self, place: Vec3) -> (f32, f32, f32) {
        let (point, near) = self.project(place);
        (point.x * FINE as f32, point.y * FINE as f32, near)
    }
}

/// What the lens and the sensor add.
#[derive(Debug, Clone, Copy)]
pub struct Sensor {
    /// Standard deviation of the lens's blur, px.
    pub blur: f32,
    /// Length of a movement to the side, px.
    pub motion: f32,
    /// Standard deviation of the noise in mid grey, of 255.
    pub noise: f32,
    /// Gain of red, green and blue: 1 each for the right white balance.
    pub balance: [f32; 3],
    /// Seed of the noise.
    pub seed: u64,
}

/// Turns linear light into a picture.
pub fn develop(mut light: Vec<[f32; 3]>, width: usize, height: usize, sensor: &Sensor) -> Option<Picture> {
    blur(&mut light, width, height, sensor.blur);
    if sensor.motion > 1.0 {
        smear(&mut light, width, sensor.motion);
    }
    let table = Tone::new();
    let mut rgb = vec![0; width * height * 3];
    rgb.par_chunks_mut(width * 3).zip(light.par_chunks(width)).enumerate().for_each(|(y, (row, light))| {
        for (x, (pixel, light)) in row.chunks_exact_mut(3).zip(light).enumerate() {
            let bits = pixel_bits(sensor.seed, (y * width + x) as u64);
            for (channel, value) in pixel.iter_mut().enumerate() {
                *value = (table.value(light[channel] * sensor.balance[channel])
                    + sensor.noise * gauss(bits >> (channel * 20)))
                .round()
                .clamp(0.0, 255.0) as u8;
            }
        }
    });
    Picture::new(width, height, rgb)
}

/// About normal from 20 bits: the sum of four uniform numbers, scaled to a standard deviation of 1.
fn gauss(bits: u64) -> f32 {
    let sum: u64 = (0..4).map(|i| (bits >> (5 * i)) & 31).sum();
    (sum as f32 - 62.0) / 18.47
}

/// The sRGB curve from a table.
struct Tone(Vec<f32>);

impl Tone {
    fn new() -> Self {
        Self(
            (0..=4096)
                .map(|i| {
                    let light = i as f32 / 4096.0;
                    255.0
                        * if light <= 0.003_130_8 {
                            light * 12.92
                        } else {
                            1.055 * light.powf(1.0 / 2.4) - 0.055
                        }
                })
                .collect(),
        )
    }

    fn value(&self, light: f32) -> f32 {
        let at = light.clamp(0.0, 0.9999) * 4096.0;
        let low = at as usize;
        self.0[low] + (self.0[low + 1] - self.0[low]) * (at - low as f32)
    }
}

/// Gaussian blur, first along rows, then along columns.
fn blur(light: &mut [[f32; 3]], width: usize, height: usize, sigma: f32) {
    if sigma < 0.2 {
        return;
    }
    let reach = (sigma * 3.0).ceil() as usize;
    let mut weights: Vec<f32> = (0..=2 * reach)
        .map(|i| {
            let t = (i as f32 - reach as f32) / sigma;
            (-0.5 * t * t).exp()
        })
        .collect();
    let sum: f32 = weights.iter().sum();
    for weight in &mut weights {
        *weight /= sum;
    }
    light.par_chunks_mut(width).for_each(|row| {
        let old = row.to_vec();
        for (x, pixel) in row.iter_mut().enumerate() {
            *pixel = weighted(&weights, |i| old[(x + i).saturating_sub(reach).min(width - 1)]);
        }
    });
    let old = light.to_vec();
    light.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
        for (x, pixel) in row.iter_mut().enumerate() {
            *pixel = weighted(&weights, |i| old[(y + i).saturating_sub(reach).min(height - 1) * width + x]);
        }
    });
}

fn weighted(weights: &[f32], value: impl Fn(usize) -> [f32; 3]) -> [f32; 3] {
    let mut sum = vec3(0.0, 0.0, 0.0);
    for (i, &weight) in weights.iter().enumerate() {
        let [r, g, b] = value(i);
        sum += vec3(r, g, b) * weight;
    }
    [sum.x, sum.y, sum.z]
}

/// Averages along rows: a movement during the exposure.
fn smear(light: &mut [[f32; 3]], width: usize, length: f32) {
    let n = length.round() as usize;
    let weights = vec![1.0 / n as f32; n];
    light.par_chunks_mut(width).for_each(|row| {
        let old = row.to_vec();
        for (x, pixel) in row.iter_mut().enumerate() {
            *pixel = weighted(&weights, |i| old[(x + i).saturating_sub(n / 2).min(width - 1)]);
        }
    });
}
