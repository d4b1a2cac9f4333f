//! Whose photo it is and when, where and for which campaign it was made.

mod file;

use std::fmt;

use serde::Deserialize;
use uuid::Uuid;

pub use file::parse;

/// What a record says about a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The student.
    pub student: StudentId,
    /// The campaign that the photo was made for.
    pub campaign: CampaignId,
    /// The shot; made at the station, unique for ever.
    pub shot: Uuid,
    /// When the shot was made, milliseconds since 1970-01-01 UTC.
    pub made_at_ms: u64,
    /// Where it was made.
    pub station: StationId,
}

/// Longest identifier in bytes of UTF-8: document numbers have 18, registered numbers of students
/// below 20; 64 leaves room and keeps the record far below the 65 533 bytes of a JPEG segment.
pub const LONGEST_ID_BYTES: usize = 64;

/// The student's unique number as registered. Personal: its `Debug` prints `***`.
#[derive(Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct StudentId(String);

/// The name of a campaign, such as `xd-2027`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct CampaignId(String);

/// The name of a station, such as `2` or `north-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct StationId(String);

/// Why a text cannot be an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdProblem {
    /// Nothing in it.
    #[error("an identifier is empty")]
    Empty,
    /// Longer than [`LONGEST_ID_BYTES`].
    #[error("an identifier has {0} bytes, more than {LONGEST_ID_BYTES}")]
    TooLong(usize),
    /// Space at an end, or a control character anywhere.
    #[error("an identifier begins or ends with a space or holds a control character")]
    Unprintable,
}

impl IdProblem {
    /// The message in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::Empty => "编号为空".into(),
            Self::TooLong(bytes) => format!("编号有 {bytes} 字节，超过上限 {LONGEST_ID_BYTES} 字节"),
            Self::Unprintable => "编号首尾有空格或含有控制字符".into(),
        }
    }
}

fn checked(text: String) -> Result<String, IdProblem> {
    if text.is_empty() {
        return Err(IdProblem::Empty);
    }
    if text.len() > LONGEST_ID_BYTES {
        return Err(IdProblem::TooLong(text.len()));
    }
    if text.trim() != text || text.chars().any(char::is_control) {
        return Err(IdProblem::Unprintable);
    }
    Ok(text)
}

macro_rules! checked_text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = IdProblem;

            fn try_from(text: String) -> Result<Self, IdProblem> {
                checked(text).map(Self)
            }
        }

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

checked_text!(StudentId);
checked_text!(CampaignId);
checked_text!(StationId);

impl fmt::Debug for StudentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StudentId(***)")
    }
}

impl fmt::Display for CampaignId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_has_between_1_and_64_printable_bytes() {
        let cases = [
            ("10701210234", None),
            ("买买提·艾力", None),
            ("", Some(IdProblem::Empty)),
            (" 1", Some(IdProblem::Unprintable)),
            ("1\u{3000}", Some(IdProblem::Unprintable)),
            ("1\t2", Some(IdProblem::Unprintable)),
        ];
        for (text, problem) in cases {
            assert_eq!(StudentId::try_from(text.to_owned()).err(), problem, "{text:?}");
        }
        assert!(StudentId::try_from("9".repeat(64)).is_ok());
        assert_eq!(StudentId::try_from("9".repeat(65)), Err(IdProblem::TooLong(65)));
    }

    #[test]
    fn the_number_of_a_student_is_not_printed_by_debug() {
        let student = StudentId::try_from("10701210234".to_owned()).unwrap();
        assert!(!format!("{student:?}").contains("1070"));
    }
}
