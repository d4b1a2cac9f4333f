//! Pooling, element-wise steps and doubling.

use super::{
    super::lanes::{self, Level},
    Activation, Dense, Window,
};

/// The largest (`MEAN` false) or mean (`MEAN` true) value of each window and channel.
#[inline(always)]
pub fn pool<const MEAN: bool>(window: &Window, channels: usize, input: &[f32], out: &mut [f32]) {
    for (pixel, out) in out.chunks_exact_mut(channels).enumerate() {
        let (rows, top) = window.rows(pixel / window.output.width);
        let (columns, left) = window.columns(pixel % window.output.width);
        out.fill(if MEAN { 0.0 } else { f32::MIN });
        for ky in rows.clone() {
            for kx in columns.clone() {
                let at = (top + ky as isize) as usize * window.input.width + (left + kx as isize) as usize;
                for (o, v) in out.iter_mut().zip(&input[at * channels..][..channels]) {
                    *o = if MEAN { *o + v } else { o.max(*v) };
                }
            }
        }
        if MEAN {
            let count = (rows.len() * columns.len()).max(1) as f32;
            for o in out.iter_mut() {
                *o /= count;
            }
        }
    }
}

/// `a + b` or `a × b`; a shorter `b` holds one value for each channel and repeats.
#[inline(always)]
pub fn combine(a: &[f32], b: &[f32], out: &mut [f32], operation: impl Fn(f32, f32) -> f32) {
    for (out, a) in out.chunks_mut(b.len()).zip(a.chunks(b.len())) {
        for ((o, a), b) in out.iter_mut().zip(a).zip(b) {
            *o = operation(*a, *b);
        }
    }
}

/// Twice the size by a 2 × 2 transposed convolution with stride 2: every input pixel fills its own square.
#[derive(Debug, Clone)]
pub struct Doubling {
    /// The four corners of the square, each with all its output channels, as one product.
    dense: Dense,
    width: usize,
}

impl Doubling {
    /// Takes weights in the order outputs × corners × channels, for rows of `width` pixels.
    pub fn new(weights: &[f32], bias: &[f32], width: usize, channels: usize) -> Self {
        let outputs = bias.len();
        let rows = (0..4 * outputs).flat_map(|i| {
            let (corner, output) = (i / outputs, i % outputs);
            weights[(output * 4 + corner) * channels..][..channels].iter().copied()
        });
        Self { dense: Dense::new(&rows.collect::<Vec<_>>(), &bias.repeat(4), channels), width }
    }

    /// Runs it; `squares` is scratch memory.
    pub fn run(&self, level: Level, input: &[f32], out: &mut [f32], squares: &mut Vec<f32>) {
        let (channels, outputs) = (self.dense.inputs(), self.dense.outputs() / 4);
        squares.clear();
        squares.resize(self.width * 4 * outputs, 0.0);
        let row = self.width * 2 * outputs;
        for (values, out) in input.chunks_exact(self.width * channels).zip(out.chunks_exact_mut(2 * row)) {
            lanes::dense(level, &self.dense, values, squares, &Activation::None);
            let (upper, lower) = out.split_at_mut(row);
            let pairs = upper.chunks_exact_mut(2 * outputs).zip(lower.chunks_exact_mut(2 * outputs));
            for (square, (upper, lower)) in squares.chunks_exact(4 * outputs).zip(pairs) {
                upper.copy_from_slice(&square[..2 * outputs]);
                lower.copy_from_slice(&square[2 * outputs..]);
            }
        }
    }
}
