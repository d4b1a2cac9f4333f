//! The log of a finished picture: the only things that can ever have happened to it.

use serde::Serialize;

use super::Crop;
use crate::standard::{Output, Words, words::phrase};

/// What happened while the camera's file was opened.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Origin {
    /// The EXIF orientation that was applied; `None` when the file was upright.
    pub orientation_tag: Option<u16>,
    /// The colour profile that was converted to sRGB; `None` when it was sRGB.
    pub profile: Option<String>,
    /// Eighths of the full size at which a JPEG was decoded; `None` for the full size.
    pub eighths: Option<u8>,
}

/// How the finished picture was written.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Encoding {
    /// JPEG quality of the tables.
    pub quality: u8,
    /// Size of the file, bytes.
    pub bytes: u64,
}

/// All that was done, in the order of the fields. There is no field for anything else, and that is the point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Operations {
    /// Opening.
    pub origin: Origin,
    /// The one crop with its one scale.
    pub crop: Crop,
    /// The size it was scaled to.
    #[serde(skip)]
    pub output: Output,
    /// Writing; `None` while it is not written.
    pub encoding: Option<Encoding>,
}

impl Operations {
    /// The steps in words, in order; only those that were done.
    pub fn steps(&self) -> Vec<Words> {
        let same = |text: String| Words::same(text);
        let mut steps = Vec::new();
        if let Some(tag) = self.origin.orientation_tag {
            steps.push(phrase("step-orientation").filled(&[("value", same(tag.to_string()))]));
        }
        if let Some(profile) = &self.origin.profile {
            steps.push(phrase("step-colour").filled(&[("found", same(profile.clone()))]));
        }
        if let Some(eighths) = self.origin.eighths {
            steps.push(phrase("step-decoded").filled(&[("value", same(eighths.to_string()))]));
        }
        let (width, height) = (self.crop.width(self.output), self.crop.height(self.output));
        steps.push(phrase("step-crop").filled(&[
            ("has", same(format!("{width:.1}×{height:.1}"))),
            ("found", same(format!("({:.1}, {:.1})", self.crop.left, self.crop.top))),
        ]));
        steps.push(phrase("step-scale").filled(&[
            ("value", same(format!("{:.4}", self.crop.scale))),
            ("needs", same(format!("{}×{}", self.output.width, self.output.height))),
        ]));
        if let Some(Encoding { quality, bytes }) = self.encoding {
            let places = [("value", same(quality.to_string())), ("found", same(bytes.to_string()))];
            steps.push(phrase("step-encoding").filled(&places));
        }
        steps
    }
}
