//! The standards built into the program.

use super::{Standard, StandardError};

/// Name and text of every preset, in the order they are listed to people.
const PRESETS: &[(&str, &str)] = &[("jbz-2017-99", include_str!("../../presets/jbz-2017-99.toml"))];

/// The text of a preset's file.
pub(super) fn text(name: &str) -> Option<&'static str> {
    PRESETS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// All names.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|(name, _)| *name)
}

impl Standard {
    /// The names of the built-in standards.
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
