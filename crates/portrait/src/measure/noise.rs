//! Noise of the sensor (id S3).

use crate::{
    measure::{Readings, Unmeasurable, scene::Scene},
    picture::Rect,
};

/// Side of a tile, px.
const TILE: usize = 16;
/// Share of the tiles that counts as flat (portrait-rules S3).
const FLAT: f32 = 0.3;

/// Adds `noise` (grey levels of 255): Immerkær's σ (CVIU 1996) with the median instead of the mean,
/// on the flattest 30 % of the picture's 16 px tiles. Noise of σ 5 in each channel reads about 3.5;
/// JPEG below quality 70 wipes it away.
pub fn check(scene: &Scene, readings: &mut Readings) {
    let (width, height) = (scene.picture.width(), scene.picture.height());
    if width < 6 * TILE || height < 6 * TILE {
        return readings.unknown("noise", Unmeasurable::TooSmall);
    }
    let luma = scene.luma();
    let mut tiles = Vec::new();
    for top in (TILE / 2..height - TILE).step_by(TILE) {
        for left in (TILE / 2..width - TILE).step_by(TILE) {
            tiles.push((unevenness(luma, width, left, top), left, top));
        }
    }
    tiles.sort_unstable();
    tiles.truncate(((tiles.len() as f32 * FLAT) as usize).max(1));
    let mut counts = vec![0_u32; 4096 * 8];
    let mut total = 0;
    for &(_, left, top) in &tiles {
        for y in (top..top + TILE).step_by(2) {
            for x in left..left + TILE {
                counts[usize::from(response(luma, width, y * width + x).unsigned_abs())] += 1;
                total += 1;
            }
        }
    }
    let median = median_of_counts(&counts, total);
    // Luma has sixteenths of a grey level; the mask's weights have the root sum of squares 6.
    let sigma = 1.4826 * median / 6.0 / 16.0;
    let places = tiles.iter().take(4).map(|&(_, left, top)| {
        let (x, y) = (left as f32, top as f32);
        Rect::new(x, y, x + TILE as f32, y + TILE as f32)
    });
    readings.number("noise", sigma, places.collect());
}

/// Largest minus smallest mean of the tile's four quarters: noise averages out, structure does not.
fn unevenness(luma: &[i16], width: usize, left: usize, top: usize) -> i32 {
    let half = TILE / 2;
    let quarter = |left: usize, top: usize| -> i32 {
        (top..top + half)
            .map(|y| luma[y * width + left..][..half].iter().map(|&value| i32::from(value)).sum::<i32>())
            .sum()
    };
    let quarters = [
        quarter(left, top),
        quarter(left + half, top),
        quarter(left, top + half),
        quarter(left + half, top + half),
    ];
    quarters.iter().max().unwrap_or(&0) - quarters.iter().min().unwrap_or(&0)
}

/// The difference of two Laplacians, at most 8 × 4095 in size.
fn response(luma: &[i16], width: usize, at: usize) -> i16 {
    let (above, below) = (at - width, at + width);
    let corners = luma[above - 1] + luma[above + 1] + luma[below - 1] + luma[below + 1];
    let sides = luma[above] + luma[below] + luma[at - 1] + luma[at + 1];
    (i32::from(corners) - 2 * i32::from(sides) + 4 * i32::from(luma[at])) as i16
}

/// The median of counted whole numbers, with the place inside its bin.
fn median_of_counts(counts: &[u32], total: u32) -> f32 {
    let mut below = 0;
    for (value, &count) in counts.iter().enumerate() {
        if 2 * (below + count) >= total && count > 0 {
            return value as f32 + (total as f32 / 2.0 - below as f32) / count as f32 - 0.5;
        }
        below += count;
    }
    0.0
}
