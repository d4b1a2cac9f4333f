//! One camera photo: decode no larger than needed → look → crop → encode → inspect the written bytes.

use std::path::Path;

use portrait::{
    file::{self, ColourSource, FileFacts, Opened, encode::encode},
    making::{self, Encoding, Made, NotMade, Operations, Origin},
    standard::{Verdict, Words},
};

use crate::judging::{Judge, Judged, Unread, extension, opened};

/// A finished photo.
pub struct Finished {
    /// The file.
    pub bytes: Vec<u8>,
    /// All that was done.
    pub operations: Operations,
    /// Limits of the geometry that no crop could meet, and what the photographer should change.
    pub obstacles: Vec<Words>,
    /// The inspection of the written bytes, without the record that sealing adds.
    pub judged: Judged,
}

impl Finished {
    /// `fail` also when a limit of the geometry could not be met.
    pub fn verdict(&self) -> Verdict {
        if self.obstacles.is_empty() { self.judged.inspection.verdict } else { Verdict::Fail }
    }
}

/// Makes a finished photo, or says in words why none can be made of this picture.
///
/// # Errors
/// [`Unread`] when the file is no photo.
pub fn finish(bytes: &[u8], source: &Path, judge: &Judge) -> Result<Result<Finished, Vec<Words>>, Unread> {
    let Made { picture, mut operations, obstacles, .. } = match made(bytes, source, judge)? {
        Ok(made) => made,
        Err(not_made) => return Ok(Err(vec![not_made.message()])),
    };
    let encoded = encode(&picture, &making::goal(&judge.standard))?;
    operations.encoding = Some(Encoding { quality: encoded.quality, bytes: encoded.bytes.len() as u64 });
    let name = format!("finished.{}", judge.standard.file.extension);
    let mut judged = judge.inspect(Path::new(&name), &encoded.bytes)?;
    judged.inspection = judged.inspection.before_sealing();
    let obstacles = obstacles.iter().map(making::Obstacle::message).collect();
    Ok(Ok(Finished { bytes: encoded.bytes, operations, obstacles, judged }))
}

/// Crops the picture decoded at least at twice the finished size, and again at its full size when that had too few pixels.
fn made(bytes: &[u8], source: &Path, judge: &Judge) -> Result<Result<Made, NotMade>, Unread> {
    let output = judge.standard.output;
    let extension = extension(source);
    let decode = |width, height| opened(file::open_scaled(bytes, extension.as_deref(), width, height));
    let first = decode(2 * output.width, 2 * output.height)?;
    let reduced = first.facts.scale_eighths < 8;
    let made = crop(&first, judge);
    let short_of_pixels = match &made {
        Ok(made) => made.obstacles.iter().any(is_short_of_pixels),
        Err(NotMade::Impossible(obstacle)) => is_short_of_pixels(obstacle),
        Err(NotMade::NotLocated(_) | NotMade::Mirrored | NotMade::Turned(_)) => false,
    };
    if !(reduced && short_of_pixels) {
        return Ok(made);
    }
    drop(first);
    Ok(crop(&decode(u32::MAX, u32::MAX)?, judge))
}

fn is_short_of_pixels(obstacle: &making::Obstacle) -> bool {
    matches!(obstacle, making::Obstacle::TooFewPixels { .. } | making::Obstacle::FaceTooSmall { .. })
}

fn crop(opened: &Opened, judge: &Judge) -> Result<Made, NotMade> {
    let (copy, scale) = making::looked_at(&opened.picture, judge.standard.output);
    let readings = judge.place(copy.as_ref().unwrap_or(&opened.picture));
    making::make(&opened.picture, origin(&opened.facts), (&readings, scale), &judge.standard)
}

fn origin(facts: &FileFacts) -> Origin {
    Origin {
        orientation_tag: (facts.orientation > 1).then_some(facts.orientation),
        profile: match facts.colour {
            ColourSource::Profile => Some("ICC".to_owned()),
            ColourSource::AdobeRgb => Some("Adobe RGB (1998)".to_owned()),
            ColourSource::Assumed | ColourSource::Srgb | ColourSource::BrokenProfile => None,
        },
        eighths: (facts.scale_eighths < 8).then_some(facts.scale_eighths),
    }
}
