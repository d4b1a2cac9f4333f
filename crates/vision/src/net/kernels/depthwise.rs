//! Convolutions of every channel by itself.

use super::{Activation, LANES, Size, Window};

/// A depthwise convolution: every channel by itself.
#[derive(Debug, Clone)]
pub struct Depthwise {
    /// Kernel rows × kernel columns × channels.
    pub weights: Vec<f32>,
    /// One for each channel.
    pub bias: Vec<f32>,
    /// Geometry.
    pub window: Window,
}

impl Depthwise {
    /// Runs it on a grid of pixels.
    #[inline(always)]
    pub fn run<const FUSED: bool>(&self, input: &[f32], out: &mut [f32], activation: &Activation) {
        depthwise::<FUSED>(self, input, out, activation);
    }
}

#[inline(always)]
fn depthwise<const FUSED: bool>(layer: &Depthwise, input: &[f32], out: &mut [f32], activation: &Activation) {
    let channels = layer.bias.len();
    let Size { height, width } = layer.window.output;
    for y in 0..height {
        let (rows, top) = layer.window.rows(y);
        for x in 0..width {
            let (columns, left) = layer.window.columns(x);
            let place = Place { rows: rows.clone(), top, columns, left };
            let pixel = &mut out[(y * width + x) * channels..][..channels];
            let mut first = 0;
            while first + LANES <= channels {
                depthwise_lanes::<LANES, FUSED>(layer, input, &place, &mut pixel[first..], first);
                first += LANES;
            }
            while first + 4 <= channels {
                depthwise_lanes::<4, FUSED>(layer, input, &place, &mut pixel[first..], first);
                first += 4;
            }
            while first < channels {
                depthwise_lanes::<1, FUSED>(layer, input, &place, &mut pixel[first..], first);
                first += 1;
            }
        }
        activation.apply_all(&mut out[y * width * channels..][..width * channels], channels);
    }
}

/// The part of a window that lies inside the input.
struct Place {
    rows: std::ops::Range<usize>,
    top: isize,
    columns: std::ops::Range<usize>,
    left: isize,
}

#[inline(always)]
fn depthwise_lanes<const L: usize, const FUSED: bool>(
    layer: &Depthwise,
    input: &[f32],
    place: &Place,
    out: &mut [f32],
    first: usize,
) {
    let channels = layer.bias.len();
    let Window { kernel, input: grid, .. } = layer.window;
    let mut sums: [f32; L] = *layer.bias[first..].first_chunk().expect("within the channels");
    for ky in place.rows.clone() {
        let row = (place.top + ky as isize) as usize * grid.width;
        for kx in place.columns.clone() {
            let pixel = row + (place.left + kx as isize) as usize;
            let values: &[f32; L] =
                input[pixel * channels + first..].first_chunk().expect("within the pixel");
            let weights: &[f32; L] = layer.weights[(ky * kernel.width + kx) * channels + first..]
                .first_chunk()
                .expect("within the kernel");
            for ((s, v), w) in sums.iter_mut().zip(values).zip(weights) {
                *s = if FUSED { v.mul_add(*w, *s) } else { *s + v * w };
            }
        }
    }
    out[..L].copy_from_slice(&sums);
}
