//! How a command ended, as scripts see it.

use std::process::ExitCode;

/// What the exit status says; the worse of two is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// 0: done, and everything passes.
    Passes,
    /// 1: done, and something was judged `fail`.
    Fails,
    /// 2: wrong usage, or something could not be read; the rest was done.
    Unreadable,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passes => Self::SUCCESS,
            Outcome::Fails => Self::from(1),
            Outcome::Unreadable => Self::from(2),
        }
    }
}
