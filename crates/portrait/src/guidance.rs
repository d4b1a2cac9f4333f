//! What to say to somebody who still sits before the camera, from an inspection of the live picture.

use serde::Serialize;

use crate::inspection::{Geometry, Inspection};
use crate::standard::{Finding, Language, Mark, Verdict};

/// Rules that mean something before the photo is cropped. Size, place and file of a live picture say nothing.
const LIVE: [&str; 15] = [
    "single-face",
    "roll",
    "yaw",
    "pitch",
    "eyes-open",
    "gaze",
    "mouth-closed",
    "teeth",
    "occlusion",
    "glare",
    "tinted-lenses",
    "exposure",
    "side-light",
    "background-shadow",
    "background-even",
];

/// What to say, the gravest first, and where the head stands.
#[derive(Debug, Serialize)]
pub struct Guidance<'i> {
    words: Vec<Word<'i>>,
    geometry: Geometry,
    width: usize,
    height: usize,
}

#[derive(Debug, Serialize)]
struct Word<'i> {
    rule: &'i str,
    code: &'i str,
    verdict: Verdict,
    message: &'i str,
}

impl<'i> Guidance<'i> {
    /// Reads it off an inspection of a picture of so many pixels.
    pub fn of(inspection: &'i Inspection, (width, height): (usize, usize), language: Language) -> Self {
        let words = inspection.findings.iter().filter(|finding| is_called(finding)).map(|finding| Word {
            rule: &finding.rule,
            code: &finding.code,
            verdict: finding.verdict,
            message: finding.message.text(language),
        });
        Self { words: words.collect(), geometry: inspection.geometry, width, height }
    }
}

/// What a photo passes with, near a limit, is not called across the room; what only ever warns is.
fn is_called(finding: &Finding) -> bool {
    let speaks = match finding.verdict {
        Verdict::Fail => true,
        Verdict::Warn => finding.mark == Mark::F,
        _ => false,
    };
    speaks && LIVE.contains(&finding.rule.as_str())
}
