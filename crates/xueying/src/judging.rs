//! Judging in the language of the command line.

use std::path::Path;

use anyhow::{Result, anyhow};
use capture::{
    finishing::{self, Finished},
    judging::{self, Unread},
};
use portrait::{
    file::{Opened, Refusal},
    standard::{Standard, Words},
};
use vision::Vision;

pub use capture::judging::{Judged, extension};

use crate::{language::Language, standards};

/// What every photo of a batch is judged with.
pub struct Judge {
    inner: judging::Judge,
    /// The language of problems.
    pub language: Language,
}

impl Judge {
    /// Loads the nets and the standard that is named.
    pub fn new(standard: &str, language: Language) -> Result<Self> {
        let inner = judging::Judge { vision: Vision::new()?, standard: standards::load(standard, language)? };
        Ok(Self { inner, language })
    }

    /// The limits.
    pub fn standard(&self) -> &Standard {
        &self.inner.standard
    }

    /// Judges a photo; `path` gives the extension, nothing is read from it.
    pub fn inspect(&self, path: &Path, bytes: &[u8]) -> Result<Judged> {
        self.inner.inspect(path, bytes).map_err(|unread| said(&unread, self.language))
    }

    /// Makes a finished photo, or says in words why none can be made of this picture.
    pub fn finish(&self, bytes: &[u8], source: &Path) -> Result<Result<Finished, Vec<Words>>> {
        finishing::finish(bytes, source, &self.inner).map_err(|unread| said(&unread, self.language))
    }
}

/// A file opened as a photo, or a refusal in words.
pub fn opened(opened: Result<Opened, Refusal>, language: Language) -> Result<Opened> {
    judging::opened(opened).map_err(|unread| said(&unread, language))
}

fn said(unread: &Unread, language: Language) -> anyhow::Error {
    anyhow!(language.pick(unread.zh(), unread.to_string()))
}
