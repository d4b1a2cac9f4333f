//! The arithmetic on `f32` in NHWC order: products, windows and element-wise steps.
//!
//! Each kernel is written once with fixed-size lanes and compiled for several instruction sets ([`super::lanes`]
//! chooses at run time): `FUSED` says that a multiply-add is one instruction, `ROWS` how many sums fit the registers.

#![expect(
    clippy::inline_always,
    reason = "a kernel is compiled for the features of the function that it ends up in"
)]

mod dense;
mod depthwise;
mod plain;

pub use dense::{Compiled, Convolution, Dense, Lanes};
pub use depthwise::Depthwise;
pub use plain::{Doubling, combine, pool};

/// Output channels of one panel of packed weights: one AVX-512 register, two of AVX2.
pub const LANES: usize = 16;

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
    pub fn apply(&self, values: &mut [f32], channel: usize) {
        match self {
            Self::None => {}
            Self::Relu => {
                for x in values {
                    *x = x.max(0.0);
                }
            }
            Self::Prelu(slopes) => {
                for (x, slope) in values.iter_mut().zip(&slopes[channel..]) {
                    *x = x.max(0.0) + slope * x.min(0.0);
                }
            }
            Self::HardSwish => {
                for x in values {
                    *x *= (*x + 3.0).clamp(0.0, 6.0) * (1.0 / 6.0);
                }
            }
            Self::Logistic => {
                for x in values {
                    *x = 1.0 / (1.0 + exponential(-*x));
                }
            }
        }
    }

    /// Applies it to whole pixels of `channels` values each.
    #[inline(always)]
    pub fn apply_all(&self, values: &mut [f32], channels: usize) {
        match self {
            Self::None => {}
            Self::Prelu(_) => values.chunks_exact_mut(channels).for_each(|pixel| self.apply(pixel, 0)),
            Self::Relu | Self::HardSwish | Self::Logistic => self.apply(values, 0),
        }
    }
}

/// e^x within 2e-7 of its value, without a branch so that it runs in lanes: 2^n × a polynomial (Cephes `expf`).
#[inline(always)]
fn exponential(x: f32) -> f32 {
    // Outside, the result is no longer a normal number; a probability does not care.
    let x = x.clamp(-87.0, 87.0);
    // Adding 1.5 × 2^23 rounds to a whole number, which then stands in the lowest bits.
    let shifted = x * std::f32::consts::LOG2_E + 12_582_912.0;
    let whole = shifted - 12_582_912.0;
    let rest = x - whole * 0.693_359_4 + whole * 2.121_944_4e-4;
    let mut sum = 1.987_569_1e-4;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        sum = sum * rest + coefficient;
    }
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000));
    (sum * rest * rest + rest + 1.0) * power
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
    pub fn rows(&self, y: usize) -> (std::ops::Range<usize>, isize) {
        inside(y * self.stride.height, self.before.height, self.kernel.height, self.input.height)
    }

    /// The same for columns.
    #[inline(always)]
    pub fn columns(&self, x: usize) -> (std::ops::Range<usize>, isize) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_in_lanes_is_the_exponential() {
        for i in -8_700..=8_700 {
            let x = i as f32 / 100.0;
            let (fast, exact) = (exponential(x), x.exp());
            assert!((fast - exact).abs() <= 3e-7 * exact, "{x}: {fast} and {exact}");
        }
    }
}
