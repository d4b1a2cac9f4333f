//! Products of rows of values with packed weights, and convolutions made of them.

use super::{
    super::lanes::{self, Level},
    Activation, LANES, Window,
};

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
    #[inline(always)]
    pub fn run<L: Lanes, const ROWS: usize>(&self, rows: &[f32], out: &mut [f32], activation: &Activation) {
        let (k, n) = (self.inputs, self.outputs);
        // Some rows and one panel stay in the cache together.
        for (rows, out) in rows.chunks(k * GATHERED).zip(out.chunks_mut(n * GATHERED)) {
            for (p, panel) in self.panels.chunks_exact(k * LANES).enumerate() {
                self.panel::<L, ROWS>(rows, out, p * LANES, panel);
            }
            activation.apply_all(out, n);
        }
    }

    /// One panel for some rows: as many at once as the registers hold, then fewer.
    #[inline(always)]
    fn panel<L: Lanes, const ROWS: usize>(&self, rows: &[f32], out: &mut [f32], first: usize, panel: &[f32]) {
        let (k, n) = (self.inputs, self.outputs);
        let count = rows.len() / k;
        let mut at = 0;
        while at + ROWS <= count {
            self.tile::<ROWS, L>(&rows[at * k..], &mut out[at * n..], first, panel);
            at += ROWS;
        }
        while at + 4 <= count {
            self.tile::<4, L>(&rows[at * k..], &mut out[at * n..], first, panel);
            at += 4;
        }
        while at < count {
            self.tile::<1, L>(&rows[at * k..], &mut out[at * n..], first, panel);
            at += 1;
        }
    }

    #[inline(always)]
    fn tile<const R: usize, L: Lanes>(&self, rows: &[f32], out: &mut [f32], first: usize, panel: &[f32]) {
        let n = self.outputs;
        let bias = self.bias[first..].first_chunk().expect("packed in whole lanes");
        let sums = L::product::<R>(rows, self.inputs, panel, bias);
        if first + LANES <= n {
            for (r, values) in sums.iter().enumerate() {
                out[r * n + first..][..LANES].copy_from_slice(values);
            }
        } else {
            for (r, values) in sums.iter().enumerate() {
                out[r * n + first..r * n + n].copy_from_slice(&values[..n - first]);
            }
        }
    }
}

/// How an instruction set multiplies.
pub trait Lanes {
    /// Bias + `R` rows of `k` values × one panel.
    fn product<const R: usize>(
        rows: &[f32],
        k: usize,
        panel: &[f32],
        bias: &[f32; LANES],
    ) -> [[f32; LANES]; R];
}

/// Left to the compiler; `FUSED` says that a multiply-add is one instruction.
pub struct Compiled<const FUSED: bool>;

impl<const FUSED: bool> Lanes for Compiled<FUSED> {
    #[inline(always)]
    fn product<const R: usize>(
        rows: &[f32],
        k: usize,
        panel: &[f32],
        bias: &[f32; LANES],
    ) -> [[f32; LANES]; R] {
        product::<R, FUSED>(rows, k, panel, bias)
    }
}

#[inline(always)]
fn product<const R: usize, const FUSED: bool>(
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
const GATHERED: usize = 48;

impl Convolution {
    /// Runs it; `patches` is scratch memory.
    pub fn run(
        &self,
        level: Level,
        input: &[f32],
        out: &mut [f32],
        activation: &Activation,
        patches: &mut Vec<f32>,
    ) {
        let Window { kernel, stride, .. } = self.window;
        if kernel.cells() == 1 && stride.cells() == 1 {
            return lanes::dense(level, &self.dense, input, out, activation);
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
            lanes::dense(
                level,
                &self.dense,
                patches,
                &mut out[start * outputs..][..count * outputs],
                activation,
            );
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
