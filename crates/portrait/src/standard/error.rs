//! What is wrong with a standard's file, and where.

use std::ops::Range;

/// A standard that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file} line {line} column {column}: {reason}")]
pub struct StandardError {
    /// The file as the caller named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what would be right.
    pub reason: String,
}

impl StandardError {
    /// An error at a byte range of `text`.
    pub(super) fn at(file: &str, text: &str, span: Range<usize>, reason: impl Into<String>) -> Self {
        let before = &text[..floor_boundary(text, span.start)];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        Self { file: file.into(), line, column, reason: reason.into() }
    }
}

/// The last character boundary at or before `at`.
fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
