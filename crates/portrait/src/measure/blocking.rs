//! Traces of JPEG: visible blocks now, and blocks of an earlier file that was cropped (id S4).

use crate::measure::{Readings, Unmeasurable, scene::Scene};

/// Adds `blocking` and `earlier-jpeg` (both ratios; 1 without any trace).
///
/// `blocking`: mean difference of luma across the borders of the 8 px grid divided by the mean across the other
/// pixel borders; quality 80 reads about 1.3, 60 1.5, 30 1.9.
/// `earlier-jpeg`: the same for the best grid that is shifted, columns and rows each for themselves:
/// a picture that was compressed, cropped and compressed again keeps the old grid.
pub fn check(scene: &Scene, readings: &mut Readings) {
    let (width, height) = (scene.picture.width(), scene.picture.height());
    if width < 64 || height < 64 {
        readings.unknown("blocking", Unmeasurable::TooSmall);
        return readings.unknown("earlier-jpeg", Unmeasurable::TooSmall);
    }
    let [across, down] = differences(scene.luma(), width);
    let own = f64::midpoint(ratio(&across, 7), ratio(&down, 7));
    readings.number("blocking", own, Vec::new());
    let shifted = |phases: &[f64; 8]| (0..7).map(|at| ratio(phases, at)).fold(1.0, f64::max);
    readings.number("earlier-jpeg", shifted(&across).max(shifted(&down)), Vec::new());
}

/// Differences beyond this are edges of things, not of blocks: 24 grey levels, in sixteenths.
const EDGE: i16 = 24 * 16;

/// Mean differences to the right and to the lower neighbour by the pixel's column and row modulo 8.
fn differences(luma: &[i16], width: usize) -> [[f64; 8]; 2] {
    let mut sums = [[0_u64; 8]; 2];
    let mut counts = [[0_u64; 8]; 2];
    for (y, row) in luma.chunks_exact(width).enumerate() {
        let mut lanes = [0_u32; 8];
        for (at, group) in row.windows(9).step_by(8).enumerate() {
            debug_assert!(at * 8 + 8 < width);
            for lane in 0..8 {
                lanes[lane] += u32::from((group[lane] - group[lane + 1]).unsigned_abs().min(EDGE as u16));
            }
        }
        let groups = ((width - 1) / 8) as u64;
        for lane in 0..8 {
            sums[0][lane] += u64::from(lanes[lane]);
            counts[0][lane] += groups;
        }
        if let Some(below) = luma.get((y + 1) * width..(y + 2) * width) {
            let line: u32 =
                row.iter().zip(below).map(|(a, b)| u32::from((a - b).unsigned_abs().min(EDGE as u16))).sum();
            sums[1][y % 8] += u64::from(line);
            counts[1][y % 8] += width as u64;
        }
    }
    [0, 1].map(|side| std::array::from_fn(|at| sums[side][at] as f64 / counts[side][at].max(1) as f64))
}

/// Mean at one phase over the mean at all others.
fn ratio(phases: &[f64; 8], at: usize) -> f64 {
    let others = (phases.iter().sum::<f64>() - phases[at]) / 7.0;
    // A sixteenth of a grey level: below it the picture is flat and has no blocks.
    if others < 1.0 / 16.0 { 1.0 } else { phases[at] / others }
}
