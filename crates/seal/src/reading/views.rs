//! Enhanced views of a picture: each lets the reader see through another kind of damage.

use super::Grey;

/// Shares of pixels that may be clipped when contrast is stretched.
const CLIPPED: f32 = 0.01;

/// How a view is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// As it is.
    Plain,
    /// Contrast stretched, then blurred: for stripes of a screen, noise and weak light.
    Smooth,
    /// Sharpened: for blur.
    Sharp,
    /// Half as large: for large pictures with grain.
    Half,
    /// Sharpened hard: for strong blur.
    Sharper,
}

impl View {
    /// Every view, in the order of trying.
    pub const ALL: [Self; 5] = [Self::Plain, Self::Smooth, Self::Sharp, Self::Half, Self::Sharper];

    /// The view of a picture.
    pub fn of(self, picture: &Grey) -> Grey {
        match self {
            Self::Plain => picture.clone(),
            Self::Smooth => blurred(&stretched(picture), 0.9),
            Self::Sharp => sharpened(picture, 2.5, 2.5),
            Self::Half => halved(picture),
            Self::Sharper => sharpened(picture, 4.0, 4.0),
        }
    }

    /// A place on the view as one on the picture.
    pub fn place(self, place: [usize; 4]) -> [usize; 4] {
        let scale = if self == Self::Half { 2 } else { 1 };
        place.map(|at| at * scale)
    }
}

/// Each pixel the mean of four; an odd last row or column is left out.
pub fn halved(picture: &Grey) -> Grey {
    let (width, height) = (picture.width / 2, picture.height() / 2);
    if width == 0 || height == 0 {
        return picture.clone();
    }
    let mean = |x: usize, y: usize| {
        let at = |dx, dy| u16::from(picture.pixels[(2 * y + dy) * picture.width + 2 * x + dx]);
        ((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1) + 2) / 4) as u8
    };
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect();
    Grey { width, pixels }
}

/// Spreads the tones between the darkest and the lightest hundredth over all of black to white.
fn stretched(picture: &Grey) -> Grey {
    let mut counts = [0_usize; 256];
    for &pixel in &picture.pixels {
        counts[usize::from(pixel)] += 1;
    }
    let clipped = (picture.pixels.len() as f32 * CLIPPED) as usize;
    let low = tone_after(clipped, counts.iter().copied()).unwrap_or(0);
    let high = 255 - tone_after(clipped, counts.iter().rev().copied()).unwrap_or(0);
    let range = high.saturating_sub(low).max(1) as f32;
    let stretch = |pixel: u8| ((f32::from(pixel) - low as f32) * 255.0 / range) as u8;
    Grey { width: picture.width, pixels: picture.pixels.iter().map(|&pixel| stretch(pixel)).collect() }
}

/// The first tone at which more than `clipped` pixels were counted.
fn tone_after(clipped: usize, mut counts: impl Iterator<Item = usize>) -> Option<usize> {
    let mut seen = 0;
    counts.position(|count| {
        seen += count;
        seen > clipped
    })
}

fn blurred(picture: &Grey, sigma: f32) -> Grey {
    let values: Vec<f32> = picture.pixels.iter().copied().map(f32::from).collect();
    let pixels = gaussian(&values, picture.width, sigma).into_iter().map(|value| value as u8).collect();
    Grey { width: picture.width, pixels }
}

/// Adds `amount` times the difference from the blurred picture (unsharp mask).
fn sharpened(picture: &Grey, sigma: f32, amount: f32) -> Grey {
    let values: Vec<f32> = picture.pixels.iter().copied().map(f32::from).collect();
    let soft = gaussian(&values, picture.width, sigma);
    let sharp = |(value, soft): (&f32, f32)| (value + amount * (value - soft)) as u8;
    Grey { width: picture.width, pixels: values.iter().zip(soft).map(sharp).collect() }
}

/// A Gaussian blur, along rows and then along columns; beyond the border the border goes on.
fn gaussian(values: &[f32], width: usize, sigma: f32) -> Vec<f32> {
    let reach = (3.0 * sigma).ceil() as usize;
    let weights: Vec<f32> =
        (0..=2 * reach).map(|at| (-0.5 * ((at as f32 - reach as f32) / sigma).powi(2)).exp()).collect();
    let sum: f32 = weights.iter().sum();
    let weights: Vec<f32> = weights.into_iter().map(|weight| weight / sum).collect();
    let height = values.len() / width;
    let mut rows = vec![0.0; values.len()];
    let mut padded = vec![0.0; width + 2 * reach];
    for (from, to) in values.chunks_exact(width).zip(rows.chunks_exact_mut(width)) {
        padded[..reach].fill(from[0]);
        padded[reach..reach + width].copy_from_slice(from);
        padded[reach + width..].fill(from[width - 1]);
        for (offset, weight) in weights.iter().enumerate() {
            to.iter_mut().zip(&padded[offset..]).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    let mut columns = vec![0.0; values.len()];
    for (y, to) in columns.chunks_exact_mut(width).enumerate() {
        for (offset, weight) in weights.iter().enumerate() {
            let row = (y + offset).saturating_sub(reach).min(height - 1);
            to.iter_mut().zip(&rows[row * width..][..width]).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    columns
}
