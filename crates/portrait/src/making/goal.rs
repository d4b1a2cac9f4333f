//! What a standard asks of the finished file.

use crate::{file::encode::EncodeGoal, standard::Standard};

/// What the standard asks of the file.
pub fn goal(standard: &Standard) -> EncodeGoal {
    let bytes = standard.bands("bytes").map(|bands| bands.shown);
    let quality = standard.bands("jpeg-quality").map(|bands| bands.shown.low).filter(|low| low.is_finite());
    let whole = |value: f64, otherwise: usize| if value.is_finite() { value as usize } else { otherwise };
    EncodeGoal {
        bytes_low: bytes.map_or(0, |range| whole(range.low, 0)),
        bytes_high: bytes.map_or(usize::MAX, |range| whole(range.high, usize::MAX)),
        aim: standard.file.aim as usize,
        aim_tolerance: standard.file.slack as usize,
        // Without a rule libjpeg's default, below which faces show blocks.
        min_quality: quality.map_or(75, |low| low as u8),
        dpi: standard.output.dpi,
        reserve: standard.file.reserve as usize,
    }
}
