//! Numbers read off a picture: each check turns what was seen into readings, and never judges.
//!
//! A limit never stands here; limits are data of a [standard](crate::standard).
//! A check that cannot measure says why, and the rule's finding becomes `unknown`.

pub mod areas;
pub mod background;
pub mod blocking;
pub mod border;
pub mod clothes;
pub mod crown;
pub mod eyes;
pub mod faces;
pub mod file;
pub mod framing;
pub mod geometry;
pub mod glasses;
pub mod highlights;
mod islands;
pub mod light;
pub mod moire;
pub mod mouth;
pub mod names;
pub mod noise;
pub mod occlusion;
pub mod pose;
pub mod quantiles;
pub mod regions;
pub mod scene;
pub mod sharpness;

use std::collections::BTreeMap;

pub use names::NAMES;

use crate::{colour::Lab, measure::scene::Scene, picture::Rect};

/// Every check on the picture; each adds its readings.
pub const CHECKS: &[fn(&Scene, &mut Readings)] = &[
    background::check,
    blocking::check,
    border::check,
    clothes::check,
    eyes::check,
    faces::check,
    framing::check,
    geometry::check,
    glasses::check,
    highlights::check,
    light::check,
    moire::measure,
    mouth::check,
    noise::check,
    occlusion::check,
    pose::check,
    sharpness::check,
];

/// All readings of one picture.
pub fn measure(scene: &Scene) -> Readings {
    let mut readings = Readings::default();
    for check in CHECKS {
        check(scene, &mut readings);
    }
    readings
}

/// Where the face stands and how it is turned, which is all that a crop needs.
pub fn place(scene: &Scene) -> Readings {
    let mut readings = Readings::default();
    geometry::check(scene, &mut readings);
    pose::check(scene, &mut readings);
    readings
}

/// Readings by the name of what was measured (kebab-case, for example `eye-row`).
#[derive(Debug, Clone, Default)]
pub struct Readings(BTreeMap<&'static str, Reading>);

impl Readings {
    /// Adds a number with the places that show it.
    pub fn number(&mut self, measure: &'static str, value: impl Into<f64>, evidence: Vec<Rect>) {
        self.add(measure, Value::Number(value.into()), evidence);
    }

    /// Adds a value with the places that show it.
    pub fn add(&mut self, measure: &'static str, value: Value, evidence: Vec<Rect>) {
        self.0.insert(measure, Reading { value: Ok(value), evidence });
    }

    /// Says that something could not be measured, and why.
    pub fn unknown(&mut self, measure: &'static str, why: Unmeasurable) {
        self.0.insert(measure, Reading { value: Err(why), evidence: Vec::new() });
    }

    /// The reading of `measure`; `None` when no check provides it.
    pub fn get(&self, measure: &str) -> Option<&Reading> {
        self.0.get(measure)
    }

    /// The number read for `measure`, if there is one.
    pub fn value(&self, measure: &str) -> Option<f64> {
        match self.get(measure)?.value {
            Ok(Value::Number(number)) => Some(number),
            _ => None,
        }
    }

    /// All readings in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Reading)> {
        self.0.iter().map(|(&name, reading)| (name, reading))
    }
}

/// One reading.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What was read, or why nothing could be.
    pub value: Result<Value, Unmeasurable>,
    /// The places of the picture that show it, in pixels.
    pub evidence: Vec<Rect>,
}

/// What a check can read.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number in the unit that the check documents.
    Number(f64),
    /// A colour.
    Colour(Lab),
    /// Shares (0 to 1) of an area by hue: 36 bins of 10°, coloured pixels only.
    Hues(Box<[f32; 36]>),
    /// A word, for example a file's extension.
    Text(String),
}

/// Why a reading is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmeasurable {
    /// There is no face to measure on.
    NoFace,
    /// The face is too small for this reading.
    TooSmall,
    /// The person could not be told from the background.
    NoMask,
    /// Too little background, skin or cloth is visible.
    TooLittleArea,
    /// What is needed lies outside the picture.
    OutsidePicture,
    /// Another fault (blur, noise) hides it.
    Hidden,
    /// The file does not say.
    NotInFile,
    /// No check gave a reading, for example because only the file was read.
    NotMeasured,
}

impl Unmeasurable {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::NoFace,
        Self::TooSmall,
        Self::NoMask,
        Self::TooLittleArea,
        Self::OutsidePicture,
        Self::Hidden,
        Self::NotInFile,
        Self::NotMeasured,
    ];

    /// Its stable name in findings' codes and in the message catalogue.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoFace => "unknown-no-face",
            Self::TooSmall => "unknown-too-small",
            Self::NoMask => "unknown-no-mask",
            Self::TooLittleArea => "unknown-too-little-area",
            Self::OutsidePicture => "unknown-outside-picture",
            Self::Hidden => "unknown-hidden",
            Self::NotInFile => "unknown-not-in-file",
            Self::NotMeasured => "unknown-not-measured",
        }
    }
}
