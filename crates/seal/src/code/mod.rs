//! Collection codes (图像采集码): what a student shows at the station, from issuing to the scan's result.
//!
//! The rooms: [`text`] (our own code, `XY1:`) → [`bundle`] (what a station needs to verify offline) →
//! [`port`] (whose codes they are: ours, opaque ones of another issuer, old self-made ones) →
//! [`scan`] (the result of a scan: good, or exactly why not) with [`uses`] (what was scanned before).
//! A code carries masked data only, so whoever can decrypt it learns no whole name or number.

pub mod bundle;
pub mod fingerprint;
pub mod linked;
pub mod port;
pub mod scan;
pub mod text;
pub mod uses;

use std::fmt;

use serde::Serialize;

use crate::hexadecimal;
use crate::identity::{IdProblem, StudentId};
use crate::keys::Nonce;
use crate::masking::{MaskedDocument, MaskedName};
use crate::suite::NONCE_BYTES;

/// What a code of ours says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The code.
    pub id: CodeId,
    /// Whose.
    pub holder: Holder,
    /// When it was issued, seconds since 1970-01-01 UTC.
    pub issued_s: u64,
    /// The first second in which it no longer holds.
    pub expires_s: u64,
}

/// The student that a code is for, as far as the capture side may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The student's unique number.
    pub student: StudentId,
    /// The name, masked.
    pub name: MaskedName,
    /// The document number, masked.
    pub document: MaskedDocument,
    /// The school's number.
    pub school: SchoolId,
    /// What the student graduates from.
    pub level: Level,
}

/// Names a code. It is the nonce that the code is hidden with: both must never repeat, so they are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeId(pub [u8; NONCE_BYTES]);

impl CodeId {
    pub(crate) fn of(nonce: &Nonce) -> Self {
        Self(nonce.0)
    }
}

impl CodeId {
    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        hexadecimal::read(text).map(Self)
    }
}

impl fmt::Display for CodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal::text(&self.0))
    }
}

/// 层次: what a student graduates from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// 专科
    Junior,
    /// 本科
    Undergraduate,
    /// 硕士
    Master,
    /// 博士
    Doctor,
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 4] = [Self::Junior, Self::Undergraduate, Self::Master, Self::Doctor];

    /// Its number in a code.
    pub fn number(self) -> u8 {
        match self {
            Self::Junior => 1,
            Self::Undergraduate => 2,
            Self::Master => 3,
            Self::Doctor => 4,
        }
    }

    /// The level with a number.
    pub fn with_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.number() == number)
    }

    /// The word on a card.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Junior => "专科",
            Self::Undergraduate => "本科",
            Self::Master => "硕士",
            Self::Doctor => "博士",
        }
    }

    /// The word in English.
    pub fn en(self) -> &'static str {
        match self {
            Self::Junior => "junior college",
            Self::Undergraduate => "undergraduate",
            Self::Master => "master",
            Self::Doctor => "doctor",
        }
    }

    /// The level with a Chinese name, with the longer forms that rosters use.
    pub fn with_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| name.trim().starts_with(level.zh()))
    }
}

/// Longest school number in bytes; the Ministry's have 5 digits.
pub const LONGEST_SCHOOL_BYTES: usize = 16;

/// A school's number (学校代码, such as 10701); its name comes with the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchoolId(String);

impl TryFrom<String> for SchoolId {
    type Error = IdProblem;

    fn try_from(text: String) -> Result<Self, IdProblem> {
        if text.is_empty() {
            return Err(IdProblem::Empty);
        }
        if text.len() > LONGEST_SCHOOL_BYTES {
            return Err(IdProblem::TooLong(text.len()));
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(IdProblem::Unprintable);
        }
        Ok(Self(text))
    }
}

impl SchoolId {
    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SchoolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
