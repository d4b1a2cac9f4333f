//! Words for people: every text in Chinese and English, and the messages of the rules.
//!
//! The catalogue (`presets/messages.toml`) is the list of known rules: a rule without texts cannot be judged.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

/// A text in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a text in both languages: { zh-CN = \"…\", en = \"…\" }")]
pub struct Words {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub chinese: String,
    /// English.
    #[serde(rename = "en")]
    pub english: String,
}

/// A language that every text exists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Simplified Chinese.
    Chinese,
    /// English.
    English,
}

impl Words {
    /// The text in one language.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.chinese,
            Language::English => &self.english,
        }
    }

    /// Both texts with `{placeholder}` replaced in each.
    pub(crate) fn filled(&self, places: &[(&str, Words)]) -> Words {
        let mut filled = self.clone();
        for (name, words) in places {
            let place = format!("{{{name}}}");
            filled.chinese = filled.chinese.replace(&place, &words.chinese);
            filled.english = filled.english.replace(&place, &words.english);
        }
        filled
    }

    /// Adds a sentence; English sentences stand apart by a space.
    pub(crate) fn append(&mut self, next: &Words) {
        self.chinese.push_str(&next.chinese);
        if !self.english.is_empty() && !next.english.is_empty() {
            self.english.push(' ');
        }
        self.english.push_str(&next.english);
    }

    /// The same text in both languages, for numbers and units.
    pub(crate) fn same(text: impl Into<String>) -> Words {
        let text = text.into();
        Words { chinese: text.clone(), english: text }
    }
}

/// What may stand in braces in a message.
///
/// `measure` is what was measured, `excess` how far the value is beyond the nearer end of what passes, `found` a text
/// that was read, `wanted` the references or texts that are allowed; `has`, `needs`, `pixels` and `rule` belong to
/// what stands in the way of a crop.
pub const PLACEHOLDERS: &[&str] = &[
    "measure", "value", "low", "high", "unit", "excess", "found", "wanted", "has", "needs", "pixels", "rule",
];

/// The texts of one rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleWords {
    /// What the rule is about, a few words.
    pub name: Words,
    /// Said when it passes.
    pub pass: Words,
    /// Said when the value is below what is allowed.
    pub low: Option<Words>,
    /// Said when the value is above what is allowed.
    pub high: Option<Words>,
    /// Said when a colour, hue or text is not an allowed one.
    pub off: Option<Words>,
    /// What the student or the photographer should do.
    pub advice: Words,
    /// The same, when it is another thing to do below the limit.
    pub advice_low: Option<Words>,
    /// The same, when it is another thing to do above the limit.
    pub advice_high: Option<Words>,
}

impl RuleWords {
    /// All its texts.
    #[cfg(test)]
    pub(super) fn texts(&self) -> impl Iterator<Item = &Words> {
        let optional = [&self.low, &self.high, &self.off, &self.advice_low, &self.advice_high];
        [&self.name, &self.pass, &self.advice].into_iter().chain(optional.into_iter().flatten())
    }
}

/// All texts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Catalogue {
    /// By the rule's name.
    pub rules: BTreeMap<String, RuleWords>,
    /// Sentences that all rules share, by what they are for.
    pub phrases: BTreeMap<String, Words>,
}

/// The built-in texts; a test holds the file to its shape.
pub(crate) static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    toml::from_str(include_str!("../../presets/messages.toml"))
        .unwrap_or_else(|error| panic!("presets/messages.toml is built in and tested: {error}"))
});

/// The texts of a rule; `None` when no such rule is known.
pub fn rule_words(rule: &str) -> Option<&'static RuleWords> {
    CATALOGUE.rules.get(rule)
}

/// A sentence that all rules share; a test holds every key used to the catalogue.
pub(crate) fn phrase(key: &str) -> Words {
    CATALOGUE.phrases.get(key).cloned().unwrap_or_else(|| Words::same(key))
}
