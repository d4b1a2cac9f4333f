//! A crop: a place in the source and one scale for both directions.

use serde::Serialize;

use crate::standard::Output;

/// The size of a source picture, px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Pixels across.
    pub width: f64,
    /// Pixels down.
    pub height: f64,
}

/// The part of the source that becomes the finished picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Crop {
    /// Left edge, source px.
    pub left: f64,
    /// Upper edge, source px.
    pub top: f64,
    /// Finished pixels per source pixel, above 0 and at most 1: nothing is enlarged.
    pub scale: f64,
}

impl Crop {
    /// Its width in the source, px.
    pub fn width(&self, output: Output) -> f64 {
        f64::from(output.width) / self.scale
    }

    /// Its height in the source, px.
    pub fn height(&self, output: Output) -> f64 {
        f64::from(output.height) / self.scale
    }

    /// How far it reaches over the frame on the left, above, on the right and below; negative inside. Source px.
    pub fn overhang(&self, frame: Frame, output: Output) -> [f64; 4] {
        [
            -self.left,
            -self.top,
            self.left + self.width(output) - frame.width,
            self.top + self.height(output) - frame.height,
        ]
    }
}
