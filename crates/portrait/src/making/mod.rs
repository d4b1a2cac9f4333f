//! From a camera's picture to the finished one: one crop, one scale, nothing else.
//!
//! 99号 §一.2 forbids mirroring, rotation and retouching, so the types here cannot express them:
//! a [`Crop`] has a place and a scale, and [`Operations`] lists all that ever happens to a picture.
//! Way of the work: [`SourceFace`] (where the face stands) → [`solve`](fn@solve) (crop and what stands in its way) →
//! [`render`](fn@render) → encoding, which `file` does.

mod crop;
#[cfg(not(target_arch = "wasm32"))]
mod goal;
mod limits;
mod obstacle;
mod operations;
mod render;
mod solve;
mod source;

#[cfg(test)]
mod tests;

pub use crop::{Crop, Frame};
#[cfg(not(target_arch = "wasm32"))]
pub use goal::goal;
pub use obstacle::{Obstacle, Side};
pub use operations::{Encoding, Operations, Origin};
pub use render::{looked_at, render};
pub use solve::{Plan, solve};
pub use source::{NotLocated, SourceFace};

use crate::{
    inspection::Geometry,
    measure::Readings,
    picture::Picture,
    standard::{Standard, Words, words::phrase},
};

/// A finished picture, not yet encoded.
#[derive(Debug)]
pub struct Made {
    /// The picture, of the standard's size.
    pub picture: Picture,
    /// All that was done to it.
    pub operations: Operations,
    /// Where the face should now stand.
    pub predicted: Geometry,
    /// Limits that cannot be met, with what the photographer should change; empty when all are met.
    pub obstacles: Vec<Obstacle>,
}

/// EXIF orientations that show a picture mirrored (TIFF 6.0, tag 274).
const MIRRORING: [u16; 4] = [2, 4, 5, 7];
/// A head tilted by more than this is a photo that lies on its side, not a student who tilts his head.
const LYING: f64 = 45.0;

/// Why there is no finished picture.
#[derive(Debug, Clone, PartialEq)]
pub enum NotMade {
    /// The face was not found or not measured.
    NotLocated(NotLocated),
    /// The file asks for its picture to be mirrored (EXIF orientation 2, 4, 5 or 7), as phones' front cameras write it.
    Mirrored,
    /// The head lies on its side or upside down; what it is tilted by, degrees.
    Turned(f64),
    /// No crop of the standard's size is possible without enlarging.
    Impossible(Obstacle),
}

impl NotMade {
    /// The reason and what to do.
    pub fn message(&self) -> Words {
        match self {
            Self::NotLocated(why) => why.message(),
            Self::Mirrored => phrase("make-mirrored"),
            Self::Turned(degrees) => {
                phrase("make-turned").filled(&[("has", Words::same(format!("{degrees:.0}")))])
            }
            Self::Impossible(obstacle) => obstacle.message(),
        }
    }
}

/// Crops and scales a camera's picture to a standard.
///
/// `readings` were measured on a copy of the picture reduced by `look_scale` (picture pixels per pixel of the copy, at least 1).
///
/// # Errors
/// When the file is mirrored, the face is not located or not upright, or the picture is too small to fill the
/// standard's size without enlarging.
pub fn make(
    picture: &Picture,
    origin: Origin,
    (readings, look_scale): (&Readings, f64),
    standard: &Standard,
) -> Result<Made, NotMade> {
    if origin.orientation_tag.is_some_and(|tag| MIRRORING.contains(&tag)) {
        return Err(NotMade::Mirrored);
    }
    if let Some(roll) = readings.value("roll").filter(|roll| roll.abs() > LYING) {
        return Err(NotMade::Turned(roll));
    }
    let face = SourceFace::read(readings, look_scale).map_err(NotMade::NotLocated)?;
    let frame = Frame { width: picture.width() as f64, height: picture.height() as f64 };
    let plan = solve(&face, frame, standard).map_err(NotMade::Impossible)?;
    let finished = render(picture, plan.crop, standard.output);
    let operations = Operations { origin, crop: plan.crop, output: standard.output, encoding: None };
    Ok(Made { picture: finished, operations, predicted: plan.predicted, obstacles: plan.obstacles })
}
