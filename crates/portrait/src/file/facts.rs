//! What a file says about itself, without looking at the picture.

use serde::Serialize;

/// A file's own statements; the fields that are serialised are those of `file_facts` in a report.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct FileFacts {
    /// Pixels across, as shown (after the orientation tag), before any scaling.
    pub width: u32,
    /// Pixels down, likewise.
    pub height: u32,
    /// Dots per inch: JFIF header or PNG `pHYs`, else EXIF; `None` when not given or when JFIF and EXIF differ.
    pub dpi: Option<f64>,
    /// Colour components as stored: 1 grey, 3 colour.
    pub components: u8,
    /// Bits of a component as stored.
    pub bits: u8,
    /// Size of the file.
    pub bytes: u64,
    /// Quality read off the quantisation tables as `identify` does; `None` when they are no known ones.
    pub quality: Option<u8>,
    /// Whether the JPEG is progressive; `None` for other formats.
    pub progressive: Option<bool>,
    /// Whether there is a comment segment.
    pub comment: bool,
    /// Bytes after the end of the picture.
    pub trailing_bytes: u64,
    /// Number of comment segments.
    #[serde(skip)]
    pub comments: u32,
    /// EXIF orientation, 1 when not given.
    #[serde(skip)]
    pub orientation: u16,
    /// The file name's extension as written, without the dot; empty when unknown.
    #[serde(skip)]
    pub extension: String,
    /// `jpeg` or `png`.
    #[serde(skip)]
    pub format: &'static str,
    /// Quality whose Annex K tables come nearest, for files where `quality` is undecided.
    #[serde(skip)]
    pub nearest_quality: Option<u8>,
    /// Whether the JFIF header and EXIF give different densities.
    #[serde(skip)]
    pub density_contradiction: bool,
    /// The JFIF density unit: 0 none (a ratio), 1 inch, 2 centimetre; `None` without a JFIF header.
    #[serde(skip)]
    pub density_unit: Option<u8>,
    /// Luma samples per chroma sample across and down: (2, 2) is 4:2:0; `None` for grey and PNG.
    #[serde(skip)]
    pub subsampling: Option<(u8, u8)>,
    /// Number of scans of a JPEG.
    #[serde(skip)]
    pub scans: u32,
    /// Where the colours came from.
    #[serde(skip)]
    pub colour: ColourSource,
    /// EXIF `Software`: what last wrote the file.
    #[serde(skip)]
    pub software: Option<String>,
    /// The opened picture's size in eighths of the file's: 8, or less after a scaled decode.
    #[serde(skip)]
    pub scale_eighths: u8,
}

/// How a file's numbers became sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColourSource {
    /// Nothing said; taken as sRGB.
    #[default]
    Assumed,
    /// The file says sRGB, by profile or by EXIF.
    Srgb,
    /// Converted by the embedded ICC profile.
    Profile,
    /// Converted from Adobe RGB (1998), which EXIF names (interoperability index R03).
    AdobeRgb,
    /// The embedded profile is broken or of another kind of colour; taken as sRGB.
    BrokenProfile,
}
