//! A text in both languages; the page shows the one that its reader chose.

use std::fmt;

use askama::Template;

use crate::language::Language;

/// A text in Chinese and English. Shown, it is two marked spans of HTML with everything in them escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"{% if chinese == english %}{{ chinese }}{% else %}<span lang="zh-CN">{{ chinese }}</span><span lang="en">{{ english }}</span>{% endif %}"#
)]
pub struct Words {
    /// Simplified Chinese.
    pub chinese: String,
    /// English.
    pub english: String,
}

impl Words {
    /// A text from its two languages.
    pub fn new(chinese: impl Into<String>, english: impl Into<String>) -> Self {
        Self { chinese: chinese.into(), english: english.into() }
    }

    /// A text that reads the same in both, for example a number with its unit.
    pub fn same(text: impl fmt::Display) -> Self {
        Self::new(text.to_string(), text.to_string())
    }

    /// The text in one language.
    pub fn text(&self, language: Language) -> &str {
        language.pick(&self.chinese, &self.english)
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.chinese.is_empty() && self.english.is_empty()
    }
}

impl From<&portrait::standard::Words> for Words {
    fn from(words: &portrait::standard::Words) -> Self {
        Self::new(&words.chinese, &words.english)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_break_out_of_the_page() {
        let words = Words::new("<script>", "a & b");
        insta::assert_snapshot!(words.to_string(), @r#"<span lang="zh-CN">&#60;script&#62;</span><span lang="en">a &#38; b</span>"#);
    }
}
