//! Picture to JPEG of a wanted size: baseline, Annex K tables, 4:2:0, optimised Huffman codes, no metadata but the density.
//!
//! The quality is searched by a model measured on 48 portraits: d ln(bytes) / d ln(table scale) = −0.60 (−0.54 to −0.74);
//! 2.3 encodes on average where halving takes 5.3. A file is never padded, and the same picture gives the same bytes.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use mozjpeg::{ColorSpace, Compress, PixelDensity, PixelDensityUnit, qtable};
use thiserror::Error;

use crate::{file::quality, picture::Picture};

/// No higher quality is written: beyond it files grow by a third a step with nothing to see.
pub const HIGHEST_QUALITY: u8 = 98;

/// No lower quality is written: below it steps of Annex K exceed 255, which a baseline file cannot hold.
pub const LOWEST_QUALITY: u8 = 25;

/// The measured slope of ln(bytes) over ln(table scale).
const SLOPE: f64 = -0.60;

/// Where the search begins; most portraits of 480 × 640 end between 75 and 92.
const FIRST_QUALITY: u8 = 82;

/// How large the file shall be; the numbers come from a standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodeGoal {
    /// Smallest usual size in bytes.
    pub bytes_low: usize,
    /// Largest allowed size in bytes.
    pub bytes_high: usize,
    /// The size to aim at in bytes, after the reserve has been used.
    pub aim: usize,
    /// How far from the aim is good enough, in bytes.
    pub aim_tolerance: usize,
    /// Lowest allowed quality, [`LOWEST_QUALITY`] to [`HIGHEST_QUALITY`].
    pub min_quality: u8,
    /// Density of the JFIF header in dots per inch.
    pub dpi: u16,
    /// Bytes to leave for what is added later, such as an identity record.
    pub reserve: usize,
}

/// How the size came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeOutcome {
    /// Between the limits.
    Within,
    /// Smaller than usual though of the highest useful quality: the picture is very even. A note, not a fault.
    BelowUsualSize,
}

/// A written file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The JPEG.
    pub bytes: Vec<u8>,
    /// Its quality as `identify` reads it.
    pub quality: u8,
    /// Whether trellis quantisation was needed to fit.
    pub trellis: bool,
    /// Number of encodes tried.
    pub attempts: u32,
    /// How the size came out.
    pub outcome: SizeOutcome,
}

/// Why no file was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EncodeError {
    /// Too much detail or noise for the largest size at the lowest quality.
    #[error(
        "the photo needs {smallest} bytes at quality {quality} and only {limit} are allowed, most likely because of noise; \
         take it again with more light or a lower ISO"
    )]
    DoesNotFit {
        /// Smallest size reached, in bytes.
        smallest: usize,
        /// Largest size allowed for it, in bytes.
        limit: usize,
        /// The lowest allowed quality.
        quality: u8,
    },
    /// A side beyond what JPEG can write.
    #[error("a JPEG has at most 65500 pixels on a side; make the picture smaller")]
    TooManyPixels,
    /// The encoder gave up, which it does only without memory.
    #[error("the JPEG encoder failed; close other programs to free memory and try again")]
    Failed,
}

impl EncodeError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::DoesNotFit { smallest, limit, quality } => format!(
                "照片在品质 {quality} 下仍需 {smallest} 字节，超过允许的 {limit} 字节，多因噪点过多；请增加光照或降低 ISO 后重拍"
            ),
            Self::TooManyPixels => "JPEG 每边最多 65500 像素，请缩小图片".into(),
            Self::Failed => "JPEG 编码失败，请关闭其他程序释放内存后重试".into(),
        }
    }
}

/// Writes `picture` as near to the aimed size as whole qualities allow.
pub fn encode(picture: &Picture, goal: &EncodeGoal) -> Result<Encoded, EncodeError> {
    if picture.width().max(picture.height()) > 65_500 {
        return Err(EncodeError::TooManyPixels);
    }
    let mut attempts = 0;
    let mut smallest = usize::MAX;
    for trellis in [false, true] {
        let tried = search(goal, |quality| {
            attempts += 1;
            write(picture, quality, goal.dpi, trellis)
        })?;
        if let Some((quality, bytes)) = choose(&tried, goal) {
            let outcome =
                if bytes.len() < goal.bytes_low { SizeOutcome::BelowUsualSize } else { SizeOutcome::Within };
            return Ok(Encoded { bytes: bytes.clone(), quality, trellis, attempts, outcome });
        }
        smallest = tried.values().map(Vec::len).min().unwrap_or(usize::MAX).min(smallest);
    }
    let limit = goal.bytes_high.saturating_sub(goal.reserve);
    Err(EncodeError::DoesNotFit { smallest, limit, quality: goal.min_quality })
}

/// Tries qualities until one is near enough to the aim or none between the tried ones is left.
fn search(
    goal: &EncodeGoal,
    mut write: impl FnMut(u8) -> Result<Vec<u8>, EncodeError>,
) -> Result<BTreeMap<u8, Vec<u8>>, EncodeError> {
    let aim = goal.aim.saturating_sub(goal.reserve).max(1);
    let near = goal.aim_tolerance / 2;
    let (mut low, mut high) = (goal.min_quality.clamp(LOWEST_QUALITY, HIGHEST_QUALITY), HIGHEST_QUALITY);
    let mut tried: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
    let mut last: Option<(f64, f64)> = None;
    let mut quality = FIRST_QUALITY.clamp(low, high);
    loop {
        let bytes = write(quality)?;
        let size = bytes.len();
        tried.insert(quality, bytes);
        if size.abs_diff(aim) <= near {
            break;
        }
        if size < aim {
            low = quality + 1;
        } else {
            high = quality - 1;
        }
        if low > high {
            break;
        }
        let here = (f64::from(quality::scale(quality)).ln(), (size as f64).ln());
        let slope =
            last.map_or(SLOPE, |(scale, size)| ((here.1 - size) / (here.0 - scale)).clamp(-3.0, -0.2));
        let wanted = (here.0 + ((aim as f64).ln() - here.1) / slope).exp();
        quality = (low..=high)
            .min_by(|&a, &b| {
                let away = |quality| (f64::from(quality::scale(quality)) - wanted).abs();
                away(a).total_cmp(&away(b))
            })
            .unwrap_or(low);
        last = Some(here);
    }
    Ok(tried)
}

/// Of what fits, the one nearest to the aim; within the usual sizes before below them.
fn choose<'a>(tried: &'a BTreeMap<u8, Vec<u8>>, goal: &EncodeGoal) -> Option<(u8, &'a Vec<u8>)> {
    let aim = goal.aim.saturating_sub(goal.reserve);
    tried
        .iter()
        .filter(|(_, bytes)| bytes.len() + goal.reserve <= goal.bytes_high)
        .min_by_key(|(_, bytes)| (bytes.len() < goal.bytes_low, bytes.len().abs_diff(aim)))
        .map(|(&quality, bytes)| (quality, bytes))
}

/// One encode. `catch_unwind` because mozjpeg reports errors by unwinding.
fn write(picture: &Picture, quality: u8, dpi: u16, trellis: bool) -> Result<Vec<u8>, EncodeError> {
    catch_unwind(AssertUnwindSafe(|| -> std::io::Result<Vec<u8>> {
        let mut jpeg = Compress::new(ColorSpace::JCS_RGB);
        if !trellis {
            jpeg.set_fastest_defaults();
        }
        jpeg.set_size(picture.width(), picture.height());
        jpeg.set_optimize_scans(false);
        jpeg.set_optimize_coding(true);
        jpeg.set_quality(f32::from(quality));
        if trellis {
            // mozjpeg's own tables read as a quality far below the nominal one.
            // Their scaling does not round the percentage as libjpeg does below 50, so it gets the quality that gives it.
            let scale =
                if quality < 50 { 5000.0 / quality::scale(quality) as f32 } else { f32::from(quality) };
            jpeg.set_luma_qtable(&qtable::AnnexK_Luma.scaled(scale, scale));
            jpeg.set_chroma_qtable(&qtable::AnnexK_Chroma.scaled(scale, scale));
        }
        jpeg.set_chroma_sampling_pixel_sizes((2, 2), (2, 2));
        jpeg.set_pixel_density(PixelDensity { unit: PixelDensityUnit::Inches, x: dpi, y: dpi });
        let mut started = jpeg.start_compress(Vec::new())?;
        started.write_scanlines(picture.rgb())?;
        started.finish()
    }))
    .ok()
    .and_then(Result::ok)
    .ok_or(EncodeError::Failed)
}

#[cfg(test)]
mod tests;
