//! The standards built into the program.

use super::{Standard, StandardError};

/// A built-in file: its name, and its text.
macro_rules! presets {
    ($($name:literal),* $(,)?) => { &[$(($name, include_str!(concat!("../../presets/", $name, ".toml")))),*] };
}

/// Every preset in the order they are listed to people.
const PRESETS: &[(&str, &str)] = presets![
    "jbz-2017-99",
    "xinhua",
    "jbz-2002-4",
    "degree-390x567",
    "degree-150x210",
    "id-card",
    "social-security",
    "driver-licence",
    "exit-entry",
    "postgraduate",
    "civil-service",
    "teacher",
    "one-inch",
    "two-inch",
    "small-two-inch",
    "large-two-inch",
    "frontal-portrait",
];

/// The text of a preset's file.
pub(super) fn text(name: &str) -> Option<&'static str> {
    PRESETS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// All names.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|(name, _)| *name)
}

impl Standard {
    /// The names of the built-in standards, that of the registration of certificates first.
    pub fn presets() -> Vec<&'static str> {
        names().collect()
    }

    /// The built-in standard `name`; `None` when there is none of that name.
    ///
    /// # Errors
    /// A preset that is wrong; a test reads them all.
    pub fn preset(name: &str) -> Option<Result<Self, StandardError>> {
        text(name).map(|text| Self::parse(text, &format!("presets/{name}.toml")))
    }
}
