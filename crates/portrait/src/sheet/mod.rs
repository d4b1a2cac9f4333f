//! Prints: several small photos with crop marks on one sheet of photo paper, as pixels or as a PDF.
//!
//! Lengths are in millimetres, the origin is the sheet's top left corner; 300 dots per inch throughout.
//! A caption stands in a strip inside the photo's own size, so that a cut photo keeps the size that was ordered:
//! of 33×48 mm the strip takes 4 mm, and the 33×44 mm above it have the 3:4 of a finished portrait.

mod caption;
mod layout;
mod pdf;
mod pixels;

pub use caption::{Caption, CaptionProblem, Typeface};
pub use layout::{Crop, Layout, Millimetres, Place, SheetProblem, SheetSpec, crop, layout};

use crate::{making, picture::Picture, standard::Output};

/// Dots per inch of every sheet.
const DPI: f64 = 300.0;
/// Width of a crop mark.
const MARK_WIDTH_MM: f64 = 0.1;

/// Everything on a sheet.
#[derive(Debug)]
pub struct Sheet {
    layout: Layout,
    /// What each place holds above its strip, at 300 dpi.
    portrait: Picture,
    /// Millimetres of the strip.
    strip: f64,
    caption: Option<Caption>,
}

impl Sheet {
    /// Puts a photo on a sheet as often as `spec` says.
    ///
    /// # Errors
    /// When the photos do not fit, or would have to be enlarged.
    pub fn of(photo: &Picture, spec: &SheetSpec, caption: Option<Caption>) -> Result<Self, SheetProblem> {
        let layout = layout(spec)?;
        let place = spec.portrait();
        let shown = crop(photo.width(), photo.height(), place);
        let (width, height) = (dots(place.width), dots(place.height));
        let scale = (width / shown.width).max(height / shown.height);
        if scale > 1.0 {
            return Err(SheetProblem::TooFewPixels);
        }
        let output = Output { width: width as u32, height: height as u32, dpi: DPI as u16 };
        let portrait = making::render(photo, making::Crop { left: shown.left, top: 0.0, scale }, output);
        Ok(Self { layout, portrait, strip: spec.strip, caption })
    }
}

/// Whole dots of a length.
fn dots(millimetres: f64) -> f64 {
    (millimetres / 25.4 * DPI).round()
}
