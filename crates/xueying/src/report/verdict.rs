//! A verdict as reports show it: a word, a sign and a colour, so that none of them carries it alone.

use portrait::standard::Verdict;

use super::words::Words;

/// A verdict on a page or in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown(pub Verdict);

impl Shown {
    /// The stable name, which is also the class that colours it.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// One character that tells it apart without colour.
    pub fn sign(self) -> &'static str {
        match self.0 {
            Verdict::Pass => "✓",
            Verdict::Warn => "!",
            Verdict::Unknown => "?",
            Verdict::Fail => "✕",
        }
    }

    /// In words.
    pub fn words(self) -> Words {
        match self.0 {
            Verdict::Pass => Words::new("合格", "pass"),
            Verdict::Warn => Words::new("待人工看", "look at it"),
            Verdict::Unknown => Words::new("无法判定", "cannot tell"),
            Verdict::Fail => Words::new("不合格", "fail"),
        }
    }

    /// Whether nobody needs to look.
    pub fn passes(self) -> bool {
        self.0 == Verdict::Pass
    }
}
