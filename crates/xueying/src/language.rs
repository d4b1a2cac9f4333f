//! The language of messages, reports and tables: Chinese first, English beside it.
//!
//! Words about rules come from the standards; this holds only the choice and the program's own sentences.

use clap::ValueEnum;

/// A language that every text for users exists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Simplified Chinese.
    #[value(name = "zh-CN", aliases = ["zh", "zh_CN", "cn"])]
    Chinese,
    /// English.
    #[value(name = "en", aliases = ["en-US", "en_US", "en-GB"])]
    English,
}

impl Language {
    /// The language that the variables `LC_ALL`, `LC_MESSAGES` and `LANG` ask for, in the order POSIX gives them.
    ///
    /// Chinese unless they name English: the people at the stations read Chinese, and a bare `C` says nothing.
    pub fn of_environment() -> Self {
        let asked = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|variable| std::env::var(variable).ok().filter(|value| !value.is_empty()));
        match asked {
            Some(locale) if locale.to_ascii_lowercase().starts_with("en") => Self::English,
            _ => Self::Chinese,
        }
    }

    /// The tag of BCP 47, as the `lang` attribute wants it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// One of two texts.
    pub fn pick<T>(self, chinese: T, english: T) -> T {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

impl From<Language> for portrait::standard::Language {
    fn from(language: Language) -> Self {
        language.pick(Self::Chinese, Self::English)
    }
}
