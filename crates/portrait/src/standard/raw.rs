//! A standard's file as it is written, with the place of everything that can be wrong.

use serde::Deserialize;
use toml::Spanned;

use super::{Mark, OutputField, Ruling, Season, Words};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStandard {
    pub name: Option<Spanned<String>>,
    pub title: Option<Words>,
    /// The preset whose everything is taken over and may be changed at will; for presets.
    pub extends: Option<Spanned<String>>,
    /// The preset that a campaign narrows; for campaigns.
    pub base: Option<Spanned<String>>,
    pub output: Option<RawOutput>,
    pub file: Option<RawFile>,
    pub background: Option<RawBackground>,
    #[serde(default, rename = "rule")]
    pub rules: Vec<RawRule>,
    /// Rules of the extended preset that this one does not have.
    #[serde(default)]
    pub without: Vec<Spanned<String>>,
    #[serde(default)]
    pub appearance: Vec<RawAppearance>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOutput {
    pub width: Option<Spanned<u32>>,
    pub height: Option<Spanned<u32>>,
    pub dpi: Option<Spanned<u16>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    pub aim: Option<Spanned<u64>>,
    pub slack: Option<u64>,
    pub reserve: Option<u64>,
    pub extension: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBackground {
    #[serde(default)]
    pub reference: Vec<RawReference>,
    /// The names of those references that may be used; all when missing.
    pub allowed: Option<Vec<Spanned<String>>>,
    /// The document that allows further references.
    pub authority: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawReference {
    pub name: Spanned<String>,
    pub title: Words,
    pub rgb: Spanned<[i64; 3]>,
    pub pass: Spanned<f64>,
    pub warn: Spanned<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    pub id: Spanned<String>,
    pub clause: Option<Spanned<String>>,
    pub mark: Option<Spanned<Mark>>,
    pub authority: Option<Spanned<String>>,
    pub limits: Option<Vec<Spanned<RawLimit>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGate {
    pub measure: Spanned<String>,
    pub within: Spanned<[f64; 2]>,
}

/// One limit; which fields it has says what kind it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawLimit {
    pub measure: Spanned<String>,
    pub unit: Option<Spanned<String>>,
    pub pass: Option<Spanned<[f64; 2]>>,
    pub warn: Option<Spanned<[f64; 2]>>,
    pub shown: Option<Spanned<[f64; 2]>>,
    /// Judged only while another reading lies in a range.
    pub when: Option<RawGate>,
    /// Exactly a value of `[output]`.
    pub output: Option<Spanned<OutputField>>,
    /// Colours: near a reference of `[background]`.
    pub near: Option<Spanned<NearWhat>>,
    /// Hues that count, degrees.
    pub hues: Option<Vec<Spanned<[f64; 2]>>>,
    /// Words.
    pub one_of: Option<Spanned<Vec<String>>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum NearWhat {
    Background,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAppearance {
    pub item: Spanned<String>,
    pub ruling: Ruling,
    pub season: Option<Season>,
    pub exception: Option<Words>,
    pub text: Words,
}
