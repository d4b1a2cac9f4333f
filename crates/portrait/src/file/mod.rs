//! Bytes to picture and back: opening what cameras and schools send, and writing what the standard asks for.
//!
//! [`open`] takes JPEG and PNG, turns them upright and into sRGB, and says what the file states ([`FileFacts`]); anything else
//! is a [`Refusal`] that tells what to do. [`encode`](encode::encode) writes the finished JPEG.
//! Input is hostile: sizes are checked before memory is taken, scans counted before decoding, and damage is never shown as a picture.

#[cfg(not(target_arch = "wasm32"))]
pub mod encode;
mod facts;
mod jpeg;
mod kind;
pub mod markers;
mod png;
mod profile;
pub mod quality;
mod refusal;
mod tags;

pub use facts::{ColourSource, FileFacts};
pub use refusal::{Refusal, Said};

use crate::picture::Picture;

/// Larger pictures are refused: the largest camera sensors in studios have 45 to 61 megapixels, and 60 take 180 MB decoded.
pub const MOST_MEGAPIXELS: u32 = 60;

/// A file's picture, upright and in sRGB, with what the file says.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The picture.
    pub picture: Picture,
    /// The file's statements.
    pub facts: FileFacts,
}

/// How large the opened picture has to be.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Debug, Clone, Copy)]
enum Wanted {
    Full,
    AtLeast { width: u32, height: u32 },
}

/// When the shutter was released by the camera's own clock, in milliseconds since 1970-01-01 of whatever zone it is
/// set to; `None` where the JPEG file does not say.
pub fn shutter_ms(bytes: &[u8]) -> Option<u64> {
    tags::shutter_ms(markers::walk(bytes).ok()?.exif.as_deref()?)
}

/// Opens a file at full size; `extension` is that of its name, without the dot.
#[cfg(not(target_arch = "wasm32"))]
pub fn open(bytes: &[u8], extension: Option<&str>) -> Result<Opened, Refusal> {
    open_as(bytes, extension, Wanted::Full)
}

/// Opens a file at the cheapest size (1, 2, 4 or 8 eighths) that is at least `width` × `height` pixels as shown;
/// a smaller file is opened at its full size. The facts keep the file's own size.
#[cfg(not(target_arch = "wasm32"))]
pub fn open_scaled(
    bytes: &[u8],
    extension: Option<&str>,
    width: u32,
    height: u32,
) -> Result<Opened, Refusal> {
    open_as(bytes, extension, Wanted::AtLeast { width, height })
}

#[cfg(not(target_arch = "wasm32"))]
fn open_as(bytes: &[u8], extension: Option<&str>, wanted: Wanted) -> Result<Opened, Refusal> {
    let mut opened = match kind::sniff(bytes, extension)? {
        kind::Kind::Jpeg => jpeg::open(bytes, wanted)?,
        kind::Kind::Png => png::open(bytes)?,
    };
    extension.unwrap_or_default().clone_into(&mut opened.facts.extension);
    Ok(opened)
}

/// Opens a file whose pixels somebody else decoded, as a web page's browser does: all of a JPEG file's pixels, neither
/// turned nor converted. A PNG file needs nobody's help.
pub fn with_pixels(bytes: &[u8], extension: Option<&str>, pixels: Picture) -> Result<Opened, Refusal> {
    let mut opened = match kind::sniff(bytes, extension)? {
        kind::Kind::Jpeg => jpeg::with_pixels(bytes, pixels)?,
        kind::Kind::Png => png::open(bytes)?,
    };
    extension.unwrap_or_default().clone_into(&mut opened.facts.extension);
    Ok(opened)
}

/// Refuses a size before any memory is taken for it.
fn check_size(width: u32, height: u32) -> Result<(), Refusal> {
    if u64::from(width) * u64::from(height) > u64::from(MOST_MEGAPIXELS) * 1_000_000 {
        return Err(Refusal::TooLarge { width, height, limit_megapixels: MOST_MEGAPIXELS });
    }
    Ok(())
}
