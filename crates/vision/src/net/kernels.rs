//! The arithmetic: matrix product, depthwise convolution and element-wise steps on `f32` in NHWC order.
//!
//! Each kernel is written once with fixed-size lanes and compiled twice: for AVX2 with fused multiply-add, chosen
//! at run time where the processor has it, and for the target's baseline, which serves every other machine and wasm.

#![expect(
    clippy::inline_always,
    reason = "a kernel is compiled for the features of the function that it ends up in"
)]

/// Output channels of one panel of packed weights: two AVX2 registers.
pub const LANES: usize = 16;
/// Rows (pixels) that one tile computes: with two registers each, twelve accumulators.
const ROWS: usize = 6;

/// What follows a convolution or an addition, element by element.
#[derive(Debug, Clone, PartialEq)]
pub enum Activation {
    /// Nothing.
    None,
    /// max(x, 0).
    Relu,
    /// x where positive, else x × the channel's slope.
    Prelu(Vec<f32>),
    /// x × clamp(x + 3, 0, 6) / 6.
    HardSwish,
    /// 1 / (1 + e^−x).
    Logistic,
}

impl Activation {
    /// Applies it to values of consecutive channels, the first being number `channel`.
    #[inline(always)]
    fn apply(&self, values: &mut [f32], channel: usize) {
        match self {
            Self::None => {}
            Self::Relu => values.iter_mut().for_each(|x| *x = x.max(0.0)),
            Self::Prelu(slopes) => {
                for (x, slope) in values.iter_mut().zip(&slopes[channel..]) {
                    *x = x.max(0.0) + slope * x.min(0.0);
                }
            }
            Self::HardSwish => values.iter_mut().for_each(|x| *x *= (*x + 3.0).clamp(0.0, 6.0) / 6.0),
            Self::Logistic => values.iter_mut().for_each(|x| *x = 1.0 / (1.0 + (-*x).exp())),
        }
    }

    /// Applies it to whole pixels of `channels` values each.
    pub fn apply_all(&self, values: &mut [f32], channels: usize) {
        if *self != Self::None {
            values.chunks_mut(channels).for_each(|pixel| self.apply(pixel, 0));
        }
    }
}

/// Weights of a dense product, packed in panels of [`LANES`] output channels.
#[derive(Debug, Clone)]
pub struct Dense {
    panels: Vec<f32>,
    bias: Vec<f32>,
    inputs: usize,
    outputs: usize,
}

impl Dense {
    /// Packs weights given as `outputs` rows of `inputs` values.
    pub fn new(weights: &[f32], bias: &[f32], inputs: usize) -> Self {
        let outputs = bias.len();
        let panel_count = outputs.div_ceil(LANES);
        let mut panels = vec![0.0; panel_count * inputs * LANES];
        for (output, row) in weights.chunks_exact(inputs).enumerate() {
            let panel = &mut panels[output / LANES * inputs * LANES..];
            for (input, &weight) in row.iter().enumerate() {
                panel[input * LANES + output % LANES] = weight;
            }
        }
        let mut bias = bias.to_vec();
        bias.resize(panel_count * LANES, 0.0);
        Self { panels, bias, inputs, outputs }
    }

    /// Values a row takes.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Values a row gives.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// `out` = activation(`rows` × weights + bias), for as many rows as `rows` holds.
    pub fn run(&self, rows: &[f32], out: &mut [f32], activation: &Activation) {
        lanes::dense(self, rows, out, activation);
    }
}

#[inline(always)]
fn dense<const FUSED: bool>(dense: &Dense, rows: &[f32], out: &mut [f32], activation: &Activation) {
    let (k, n) = (dense.inputs, dense.outputs);
    let mut blocks = rows.chunks_exact(k * ROWS);
    let mut outs = out.chunks_exact_mut(n * ROWS);
    for (block, out) in blocks.by_ref().zip(outs.by_ref()) {
        tiles::<ROWS, FUSED>(dense, block, out, activation);
    }
    for (row, out) in blocks.remainder().chunks_exact(k).zip(outs.into_remainder().chunks_exact_mut(n)) {
        tiles::<1, FUSED>(dense, row, out, activation);
    }
}

/// All panels for `R` rows.
#[inline(always)]
fn tiles<const R: usize, const FUSED: bool>(
    dense: &Dense,
    rows: &[f32],
    out: &mut [f32],
    activation: &Activation,
) {
    let (k, n) = (dense.inputs, dense.outputs);
    for (p, panel) in dense.panels.chunks_exact(k * LANES).enumerate() {
        let first = p * LANES;
        let bias = lane(&dense.bias[first..]);
        let mut tile = tile::<R, FUSED>(rows, k, panel, bias);
        let used = LANES.min(n - first);
        for (r, values) in tile.iter_mut().enumerate() {
            activation.apply(&mut values[..used], first);
            out[r * n + first..][..used].copy_from_slice(&values[..used]);
        }
    }
}

#[inline(always)]
fn tile<const R: usize, const FUSED: bool>(
    rows: &[f32],
    k: usize,
    panel: &[f32],
    bias: &[f32; LANES],
) -> [[f32; LANES]; R] {
    let mut sums = [*bias; R];
    let rows: [&[f32]; R] = std::array::from_fn(|r| &rows[r * k..][..k]);
    let (steps, _) = panel.as_chunks::<LANES>();
    for (i, weights) in steps[..k].iter().enumerate() {
        for (sum, row) in sums.iter_mut().zip(rows) {
            multiply_add::<FUSED>(sum, row[i], weights);
        }
    }
    sums
}

#[inline(always)]
fn multiply_add<const FUSED: bool>(sum: &mut [f32; LANES], factor: f32, weights: &[f32; LANES]) {
    for (s, w) in sum.iter_mut().zip(weights) {
        *s = if FUSED { factor.mul_add(*w, *s) } else { *s + factor * w };
    }
}

/// The first lane of a slice that holds one.
#[inline(always)]
fn lane(values: &[f32]) -> &[f32; LANES] {
    values.first_chunk().expect("packed in whole lanes")
}

/// Height and width of a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Size {
    /// Number of cells.
    pub fn cells(self) -> usize {
        self.height * self.width
    }
}

/// Where a kernel's window lies.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Kernel size.
    pub kernel: Size,
    /// Step between outputs, down and right.
    pub stride: Size,
    /// Rows and columns that the first window starts before the input.
    pub before: Size,
    /// Input grid.
    pub input: Size,
    /// Output grid.
    pub output: Size,
}

impl Window {
    /// Kernel rows that lie inside the input for output row `y`, and the input row of kernel row 0.
    #[inline(always)]
    fn rows(&self, y: usize) -> (std::ops::Range<usize>, isize) {
        inside(y * self.stride.height, self.before.height, self.kernel.height, self.input.height)
    }

    /// The same for columns.
    #[inline(always)]
    fn columns(&self, x: usize) -> (std::ops::Range<usize>, isize) {
        inside(x * self.stride.width, self.before.width, self.kernel.width, self.input.width)
    }
}

#[inline(always)]
fn inside(at: usize, before: usize, kernel: usize, input: usize) -> (std::ops::Range<usize>, isize) {
    let start = at as isize - before as isize;
    let low = (-start).max(0) as usize;
    let high = (input as isize - start).clamp(0, kernel as isize) as usize;
    (low.min(high)..high, start)
}

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
    pub fn run(&self, input: &[f32], out: &mut [f32], activation: &Activation) {
        lanes::depthwise(self, input, out, activation);
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
                depthwise_lanes::<LANES, FUSED>(layer, input, &place, &mut pixel[first..], first, activation);
                first += LANES;
            }
            while first + 4 <= channels {
                depthwise_lanes::<4, FUSED>(layer, input, &place, &mut pixel[first..], first, activation);
                first += 4;
            }
            while first < channels {
                depthwise_lanes::<1, FUSED>(layer, input, &place, &mut pixel[first..], first, activation);
                first += 1;
            }
        }
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
    activation: &Activation,
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
    activation.apply(&mut sums, first);
    out[..L].copy_from_slice(&sums);
}

/// A dense convolution with a window: gathers patches and multiplies.
#[derive(Debug, Clone)]
pub struct Convolution {
    /// Weights over kernel rows × kernel columns × input channels.
    pub dense: Dense,
    /// Geometry.
    pub window: Window,
    /// Channels of the input.
    pub channels: usize,
}

/// Pixels gathered before they are multiplied: enough for whole tiles, small enough for the cache.
const GATHERED: usize = 8 * ROWS;

impl Convolution {
    /// Runs it; `patches` is scratch memory.
    pub fn run(&self, input: &[f32], out: &mut [f32], activation: &Activation, patches: &mut Vec<f32>) {
        let Window { kernel, stride, .. } = self.window;
        if kernel.cells() == 1 && stride.cells() == 1 {
            return self.dense.run(input, out, activation);
        }
        let (inputs, outputs) = (self.dense.inputs(), self.dense.outputs());
        let pixels = self.window.output.cells();
        for start in (0..pixels).step_by(GATHERED) {
            let count = GATHERED.min(pixels - start);
            patches.clear();
            patches.resize(count * inputs, 0.0);
            for (pixel, patch) in (start..).zip(patches.chunks_exact_mut(inputs)) {
                self.gather(input, pixel, patch);
            }
            self.dense.run(patches, &mut out[start * outputs..][..count * outputs], activation);
        }
    }

    /// Copies the window of one output pixel; what lies outside the input stays zero.
    fn gather(&self, input: &[f32], pixel: usize, patch: &mut [f32]) {
        let Window { kernel, input: grid, output, .. } = self.window;
        let (rows, top) = self.window.rows(pixel / output.width);
        let (columns, left) = self.window.columns(pixel % output.width);
        let run = columns.len() * self.channels;
        for ky in rows {
            let from = ((top + ky as isize) as usize * grid.width)
                .wrapping_add_signed(left + columns.start as isize);
            let to = (ky * kernel.width + columns.start) * self.channels;
            patch[to..to + run].copy_from_slice(&input[from * self.channels..][..run]);
        }
    }
}

/// The largest (`MEAN` false) or mean (`MEAN` true) value of each window and channel.
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
pub fn combine(a: &[f32], b: &[f32], out: &mut [f32], operation: impl Fn(f32, f32) -> f32) {
    for (out, a) in out.chunks_mut(b.len()).zip(a.chunks(b.len())) {
        for ((o, a), b) in out.iter_mut().zip(a).zip(b) {
            *o = operation(*a, *b);
        }
    }
}

/// Twice the size by a 2 × 2 transposed convolution with stride 2: every input pixel fills its own square.
pub fn double(
    weights: &[f32],
    bias: &[f32],
    input_size: Size,
    channels: usize,
    input: &[f32],
    out: &mut [f32],
) {
    let outputs = bias.len();
    let width = input_size.width * 2;
    for (pixel, values) in input.chunks_exact(channels).enumerate() {
        let (y, x) = (pixel / input_size.width * 2, pixel % input_size.width * 2);
        for corner in 0..4 {
            let to = ((y + corner / 2) * width + x + corner % 2) * outputs;
            for (o, out) in out[to..to + outputs].iter_mut().enumerate() {
                let kernel = &weights[(o * 4 + corner) * channels..][..channels];
                *out = bias[o] + values.iter().zip(kernel).map(|(v, w)| v * w).sum::<f32>();
            }
        }
    }
}

/// The same kernels for the best instructions that the machine has.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "code compiled for AVX2 may only run where the processor has it")]
mod lanes {
    use super::{Activation, Dense, Depthwise};

    fn has_avx2() -> bool {
        is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
    }

    pub fn dense(layer: &Dense, rows: &[f32], out: &mut [f32], activation: &Activation) {
        if has_avx2() {
            // SAFETY: the processor has the features, as just asked.
            unsafe { dense_avx2(layer, rows, out, activation) }
        } else {
            super::dense::<false>(layer, rows, out, activation);
        }
    }

    #[target_feature(enable = "avx2,fma")]
    fn dense_avx2(layer: &Dense, rows: &[f32], out: &mut [f32], activation: &Activation) {
        super::dense::<true>(layer, rows, out, activation);
    }

    pub fn depthwise(layer: &Depthwise, input: &[f32], out: &mut [f32], activation: &Activation) {
        if has_avx2() {
            // SAFETY: the processor has the features, as just asked.
            unsafe { depthwise_avx2(layer, input, out, activation) }
        } else {
            super::depthwise::<false>(layer, input, out, activation);
        }
    }

    #[target_feature(enable = "avx2,fma")]
    fn depthwise_avx2(layer: &Depthwise, input: &[f32], out: &mut [f32], activation: &Activation) {
        super::depthwise::<true>(layer, input, out, activation);
    }
}

/// The kernels for every other machine, wasm among them.
#[cfg(not(target_arch = "x86_64"))]
mod lanes {
    use super::{Activation, Dense, Depthwise};

    pub fn dense(layer: &Dense, rows: &[f32], out: &mut [f32], activation: &Activation) {
        super::dense::<false>(layer, rows, out, activation);
    }

    pub fn depthwise(layer: &Depthwise, input: &[f32], out: &mut [f32], activation: &Activation) {
        super::depthwise::<false>(layer, input, out, activation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers between −1 and 1 that are the same in every run.
    fn numbers(count: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..count).map(|_| next()).collect()
    }

    fn assert_near(a: &[f32], b: &[f32]) {
        for (i, (a, b)) in a.iter().zip(b).enumerate() {
            assert!((a - b).abs() <= 1e-5 * (1.0 + b.abs()), "value {i}: {a} and {b}");
        }
    }

    #[test]
    fn the_fast_and_the_portable_product_agree() {
        for (rows, inputs, outputs) in [(1, 3, 1), (7, 33, 20), (50, 144, 88)] {
            let layer = Dense::new(&numbers(inputs * outputs, 1), &numbers(outputs, 2), inputs);
            let values = numbers(rows * inputs, 3);
            let activation = Activation::Prelu(numbers(outputs, 4));
            let mut fast = vec![0.0; rows * outputs];
            let mut portable = fast.clone();
            layer.run(&values, &mut fast, &activation);
            dense::<false>(&layer, &values, &mut portable, &activation);
            assert_near(&fast, &portable);
        }
    }

    #[test]
    fn the_fast_and_the_portable_depthwise_convolution_agree_with_the_definition() {
        let channels = 42;
        let window = Window {
            kernel: Size { height: 3, width: 3 },
            stride: Size { height: 2, width: 2 },
            before: Size { height: 0, width: 0 },
            input: Size { height: 8, width: 8 },
            output: Size { height: 4, width: 4 },
        };
        let layer = Depthwise { weights: numbers(9 * channels, 5), bias: numbers(channels, 6), window };
        let input = numbers(64 * channels, 7);
        let mut fast = vec![0.0; 16 * channels];
        let mut portable = fast.clone();
        layer.run(&input, &mut fast, &Activation::Relu);
        depthwise::<false>(&layer, &input, &mut portable, &Activation::Relu);
        assert_near(&fast, &portable);
        let mut defined = Vec::new();
        for (y, x, c) in (0..16 * channels).map(|i| (i / channels / 4, i / channels % 4, i % channels)) {
            let mut sum = layer.bias[c];
            for (ky, kx) in (0..9).map(|i| (i / 3, i % 3)).filter(|(ky, kx)| 2 * y + ky < 8 && 2 * x + kx < 8)
            {
                let value = input[((2 * y + ky) * 8 + 2 * x + kx) * channels + c];
                sum += value * layer.weights[(ky * 3 + kx) * channels + c];
            }
            defined.push(sum.max(0.0));
        }
        assert_near(&fast, &defined);
    }
}
