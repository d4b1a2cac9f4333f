//! The steps of a network, each reading some slots and writing another.

#![expect(
    clippy::inline_always,
    reason = "a step is compiled for the features of the function that it ends up in"
)]

use super::{
    Memory, Size,
    kernels::{self, Activation, Convolution, Depthwise, Doubling, Window},
    landmarks,
    lanes::{self, Level},
};
use crate::tflite::LandmarksToMatrix;

/// A slot and how much of it a tensor fills.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Number of the slot.
    pub slot: usize,
    /// Values in use.
    pub len: usize,
}

/// One step.
#[derive(Debug)]
pub struct Step {
    /// What it computes.
    pub work: Work,
    /// What it reads, the computed tensors only.
    pub inputs: Vec<Place>,
    /// What it writes.
    pub output: Place,
    /// What follows at once.
    pub activation: Activation,
    /// Channels of the output, for activations by channel.
    pub channels: usize,
}

/// The work of a step with everything constant in it.
#[derive(Debug)]
pub enum Work {
    Convolution(Convolution),
    Depthwise(Depthwise),
    Double(Doubling),
    MaxPool { window: Window, channels: usize },
    AveragePool { window: Window, channels: usize },
    Add,
    Multiply,
    MultiplyConstant(Vec<f32>),
    Copy,
    PadChannels { from: usize, to: usize },
    PadGrid { channels: usize, input: Size, output: Size, before: Size },
    Concatenate { parts: Vec<usize> },
    Resize { input: Size, output: Size, channels: usize, grid: Grid },
    LandmarksToMatrix(Box<LandmarksToMatrix>),
    SampleByMatrix { input: Size, output: Size, channels: usize },
    TransformLandmarks,
}

/// How an enlarged grid lies over the smaller one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grid {
    /// First and last centres coincide.
    AlignedCorners,
    /// Cells are squares: centres at half positions.
    HalfPixel,
    /// Cell `i` of the larger lies at `i × small / large`.
    Plain,
}

impl Step {
    /// Runs the step.
    pub fn run(&self, memory: &mut Memory, level: Level) {
        let mut scratch = std::mem::take(&mut memory.scratch);
        let mut target = std::mem::take(&mut memory.slots[self.output.slot]);
        let out = &mut target[..self.output.len];
        let input = &memory.slots[self.inputs[0].slot][..self.inputs[0].len];
        match &self.work {
            Work::Convolution(layer) => layer.run(level, input, out, &self.activation, &mut scratch),
            Work::Depthwise(layer) => lanes::depthwise(level, layer, input, out, &self.activation),
            Work::Double(layer) => {
                layer.run(level, input, out, &mut scratch);
                memory.slots[self.output.slot] = target;
                lanes::plain(level, self, memory);
                target = std::mem::take(&mut memory.slots[self.output.slot]);
            }
            _ => {
                memory.slots[self.output.slot] = target;
                lanes::plain(level, self, memory);
                target = std::mem::take(&mut memory.slots[self.output.slot]);
            }
        }
        memory.slots[self.output.slot] = target;
        memory.scratch = scratch;
    }

    /// Runs a step that is no convolution.
    #[inline(always)]
    pub fn plain(&self, memory: &mut Memory) {
        let mut target = std::mem::take(&mut memory.slots[self.output.slot]);
        let out = &mut target[..self.output.len];
        let input = |i: usize| &memory.slots[self.inputs[i].slot][..self.inputs[i].len];
        match &self.work {
            Work::Convolution(_) | Work::Depthwise(_) | Work::Double(_) => {}
            Work::MaxPool { window, channels } => kernels::pool::<false>(window, *channels, input(0), out),
            Work::AveragePool { window, channels } => kernels::pool::<true>(window, *channels, input(0), out),
            Work::Add => kernels::combine(input(0), input(1), out, |a, b| a + b),
            Work::Multiply => kernels::combine(input(0), input(1), out, |a, b| a * b),
            Work::MultiplyConstant(factors) => kernels::combine(input(0), factors, out, |a, b| a * b),
            Work::Copy => out.copy_from_slice(input(0)),
            Work::PadChannels { from, to } => pad_channels(input(0), out, *from, *to),
            Work::PadGrid { channels, input: small, output: large, before } => {
                pad_grid(input(0), out, *channels, *small, *large, *before);
            }
            Work::Concatenate { parts } => concatenate(parts, |i| input(i), out),
            Work::Resize { input: small, output: large, channels, grid } => {
                resize(input(0), out, *small, *large, *channels, *grid);
            }
            Work::LandmarksToMatrix(options) => landmarks::to_matrix(options, input(0), out),
            Work::SampleByMatrix { input: size, output, channels } => {
                landmarks::sample(input(0), input(1), out, *size, *output, *channels);
            }
            Work::TransformLandmarks => landmarks::transform(input(0), input(1), out),
        }
        self.activation.apply_all(out, self.channels);
        memory.slots[self.output.slot] = target;
    }
}

#[inline(always)]
fn pad_channels(input: &[f32], out: &mut [f32], from: usize, to: usize) {
    for (out, values) in out.chunks_exact_mut(to).zip(input.chunks_exact(from)) {
        out[..from].copy_from_slice(values);
        out[from..].fill(0.0);
    }
}

#[inline(always)]
fn pad_grid(input: &[f32], out: &mut [f32], channels: usize, small: Size, large: Size, before: Size) {
    out.fill(0.0);
    let run = small.width * channels;
    for (y, row) in input.chunks_exact(run).enumerate() {
        let at = ((y + before.height) * large.width + before.width) * channels;
        out[at..at + run].copy_from_slice(row);
    }
}

/// Joins tensors run by run; `parts` holds the length of each input's run.
#[inline(always)]
fn concatenate<'a>(parts: &[usize], input: impl Fn(usize) -> &'a [f32], out: &mut [f32]) {
    for (block, out) in out.chunks_exact_mut(parts.iter().sum()).enumerate() {
        let mut at = 0;
        for (i, &run) in parts.iter().enumerate() {
            out[at..at + run].copy_from_slice(&input(i)[block * run..][..run]);
            at += run;
        }
    }
}

#[inline(always)]
fn resize(input: &[f32], out: &mut [f32], small: Size, large: Size, channels: usize, grid: Grid) {
    let place = |i: usize, small: usize, large: usize| {
        let at = match grid {
            Grid::AlignedCorners if large > 1 => i as f32 * (small - 1) as f32 / (large - 1) as f32,
            Grid::HalfPixel => (i as f32 + 0.5) * small as f32 / large as f32 - 0.5,
            Grid::AlignedCorners | Grid::Plain => i as f32 * small as f32 / large as f32,
        };
        let at = at.clamp(0.0, (small - 1) as f32);
        let low = at as usize;
        (low, (low + 1).min(small - 1), at - low as f32)
    };
    let columns: Vec<_> = (0..large.width).map(|x| place(x, small.width, large.width)).collect();
    for y in 0..large.height {
        let (top, bottom, down) = place(y, small.height, large.height);
        for (x, &(left, right, across)) in columns.iter().enumerate() {
            let pixel =
                |row: usize, column: usize| &input[(row * small.width + column) * channels..][..channels];
            let corners = [pixel(top, left), pixel(top, right), pixel(bottom, left), pixel(bottom, right)];
            let out = &mut out[(y * large.width + x) * channels..][..channels];
            for (c, o) in out.iter_mut().enumerate() {
                let upper = corners[0][c] + (corners[1][c] - corners[0][c]) * across;
                let lower = corners[2][c] + (corners[3][c] - corners[2][c]) * across;
                *o = upper + (lower - upper) * down;
            }
        }
    }
}
