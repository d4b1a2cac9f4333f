//! A portrait standard: limits, clauses and words as data, read from TOML.
//!
//! Presets lie in `crates/portrait/presets`; a campaign overlays its own dress and background rules.
//! A standard that was read is known to be whole: every rule has a clause, limits in order and texts in both languages.

pub mod error;
pub mod judge;
mod overlay;
mod presets;
mod raw;
mod read;
pub mod words;

#[cfg(test)]
mod file_tests;
#[cfg(test)]
mod tests;

use crate::colour::Lab;

pub use error::StandardError;
pub use judge::{Finding, Verdict, judge};
pub use words::{Language, Words};

/// What a finished photo must be.
#[derive(Debug, Clone)]
pub struct Standard {
    /// Short name, for `--standard` and reports.
    pub name: String,
    /// Title for people.
    pub title: Words,
    /// The finished picture's size.
    pub output: Output,
    /// How the file is written.
    pub file: FileGoal,
    /// Background colours that may be used.
    pub backgrounds: Vec<Reference>,
    /// All rules in the order they are reported.
    pub rules: Vec<Rule>,
    /// What notices say about dress and appearance, for people and for the notice.
    pub appearance: Vec<Appearance>,
}

/// The finished picture's size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Output {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Density written into the file, dots per inch.
    pub dpi: u16,
}

/// How the file is written; the limits themselves are those of the rules `file-size` and `jpeg-quality`.
#[derive(Debug, Clone, PartialEq)]
pub struct FileGoal {
    /// Size aimed at, bytes, with the reserve.
    pub aim: u64,
    /// How far from the aim is as good, bytes.
    pub slack: u64,
    /// Bytes kept free for a record that is put into the file later.
    pub reserve: u64,
    /// File name extension without the dot.
    pub extension: String,
}

/// A colour that a background may have.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// Stable name, for example `light-blue`.
    pub name: String,
    /// Its name for people.
    pub title: Words,
    /// The colour, sRGB.
    pub rgb: [u8; 3],
    /// The colour, Lab.
    pub lab: Lab,
    /// ΔE\*76 up to which a colour passes.
    pub pass: f64,
    /// ΔE\*76 up to which a person looks.
    pub warn: f64,
}

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Mark {
    /// Measurement decides; may fail a photo.
    M,
    /// Measurement flags; a person decides.
    F,
    /// A person looks; nothing is measured.
    H,
}

/// One rule of a standard.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Stable name, kebab-case.
    pub id: String,
    /// The standard's clause.
    pub clause: String,
    /// Who decides.
    pub mark: Mark,
    /// The document that allows a campaign to be laxer than its base; `None` for rules as in the base.
    pub authority: Option<String>,
    /// All must hold; empty only for rules marked H.
    pub limits: Vec<Limit>,
}

/// A reading that decides whether a limit is judged at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// The reading.
    pub measure: &'static str,
    /// The values for which the limit is judged.
    pub within: Range,
}

/// One limit of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// The reading.
    pub measure: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Judged only while this holds.
    pub when: Option<Gate>,
    /// What it is held against.
    pub test: Test,
}

/// What a reading is held against.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// A number within a range.
    Number(Bands),
    /// A number that is exactly a value of [`Standard::output`].
    Output(OutputField),
    /// A colour near one of the standard's backgrounds.
    Background,
    /// The share of some hues within a range.
    Hues {
        /// Hues that count, degrees; a band may run over 360.
        bands: Vec<Range>,
        /// What their share is held against.
        share: Bands,
    },
    /// One of some words; upper and lower case are the same.
    OneOf(Vec<String>),
}

/// A value of [`Output`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutputField {
    /// Pixels across.
    Width,
    /// Pixels down.
    Height,
    /// Dots per inch.
    Dpi,
}

/// Where a number passes, where a person looks, and what the standard says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bands {
    /// Passes inside.
    pub pass: Range,
    /// A person looks inside; outside fails (rules marked F: a person looks).
    pub warn: Range,
    /// The limit as shown to people: the standard's own where `pass` holds a guard band for the error of measurement.
    pub shown: Range,
}

/// A closed range; an open end is infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Lowest value inside.
    pub low: f64,
    /// Highest value inside.
    pub high: f64,
}

impl Range {
    /// Whether a value lies inside.
    pub fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Whether another range lies inside.
    pub fn covers(self, other: Self) -> bool {
        self.low <= other.low && other.high <= self.high
    }
}

/// What a notice says about one point of dress or appearance.
#[derive(Debug, Clone, PartialEq)]
pub struct Appearance {
    /// The point, for example `glasses`.
    pub item: String,
    /// What is said about it.
    pub ruling: Ruling,
    /// Season in which it holds; `None` all the year.
    pub season: Option<Season>,
    /// Who or what is excepted.
    pub exception: Option<Words>,
    /// The rule in words.
    pub text: Words,
}

/// What a notice says about a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    /// Must be.
    Required,
    /// Must not be.
    Forbidden,
    /// Should be.
    Advised,
    /// Should not be.
    Discouraged,
    /// The photographer decides at the camera.
    PhotographerDecides,
    /// Nothing is said against it.
    Allowed,
}

/// Season of a dress rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Season {
    /// Summer shooting.
    Summer,
    /// Winter shooting.
    Winter,
}

impl Standard {
    /// The rule `id`, if the standard has it.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The rules a person answers (marked H).
    pub fn checklist(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.mark == Mark::H)
    }

    /// The numeric limits on one reading, with the rule they belong to.
    pub fn bands(&self, measure: &str) -> Option<Bands> {
        self.rules.iter().flat_map(|rule| &rule.limits).find_map(|limit| match limit.test {
            Test::Number(bands) if limit.measure == measure => Some(bands),
            _ => None,
        })
    }

    /// What is said about a point of appearance: one entry, or one per season.
    pub fn appearance(&self, item: &str) -> impl Iterator<Item = &Appearance> {
        self.appearance.iter().filter(move |entry| entry.item == item)
    }
}
