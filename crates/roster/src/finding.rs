//! What is wrong with a cell, in words that say what to do. No finding repeats what stands in the cell.

use serde::Serialize;

use crate::document::NumberFault;
use crate::field::Field;

/// A faulty cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The row, as spreadsheets count.
    pub line: usize,
    /// The column, from 0; of a missing column none.
    pub column: Option<usize>,
    /// What the column holds.
    pub field: Field,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "code", content = "detail")]
pub enum Fault {
    /// A required cell is empty.
    Missing,
    /// The spreadsheet kept a number of more than 15 digits as a number.
    LostDigits,
    /// Not a number of the document's kind.
    Document(NumberFault),
    /// The kind of document is unknown.
    UnknownDocumentType,
    /// No day.
    NotDate,
    /// Another birth date than the document number says.
    BirthDiffers,
    /// Another sex than the document number says.
    SexDiffers,
    /// Neither man nor woman.
    UnknownSex,
    /// No level that is known.
    UnknownLevel,
    /// The same student number as in an earlier row.
    SameStudentNo {
        /// That row.
        line: usize,
    },
    /// The same document and level as in an earlier row.
    SamePerson {
        /// That row.
        line: usize,
    },
    /// A character was lost before: `?`, U+FFFD or a private one.
    LostCharacter,
    /// A student number with anything but letters, digits and hyphens.
    NotNumber,
    /// Longer than any real one.
    TooLong,
    /// Something that no name holds.
    NotName,
}

impl Fault {
    /// The name of its kind.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::LostDigits => "lost-digits",
            Self::Document(NumberFault::Form) => "document-form",
            Self::Document(NumberFault::Birth) => "document-birth",
            Self::Document(NumberFault::CheckDigit) => "check-digit",
            Self::UnknownDocumentType => "document-type",
            Self::NotDate => "date",
            Self::BirthDiffers => "birth-differs",
            Self::SexDiffers => "sex-differs",
            Self::UnknownSex => "sex",
            Self::UnknownLevel => "level",
            Self::SameStudentNo { .. } => "same-student-no",
            Self::SamePerson { .. } => "same-person",
            Self::LostCharacter => "lost-character",
            Self::NotNumber => "number",
            Self::TooLong => "too-long",
            Self::NotName => "name",
        }
    }

    /// The message in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::Missing => "必填，请补全".into(),
            Self::LostDigits => "以数值保存，15 位之后的数字已丢失；请将该列设为文本后重新录入".into(),
            Self::Document(NumberFault::Form) => "位数或格式与证件类型不符；请核对证件".into(),
            Self::Document(NumberFault::Birth) => "其中的出生日期不存在；请核对证件".into(),
            Self::Document(NumberFault::CheckDigit) => "校验码不符，有数字录错；请核对证件".into(),
            Self::UnknownDocumentType => {
                "无法识别的证件类型；请写居民身份证、港澳台居民居住证、护照等".into()
            }
            Self::NotDate => "不是日期；请写成 2004-05-01".into(),
            Self::BirthDiffers => "与证件号码中的出生日期不一致；请核对".into(),
            Self::SexDiffers => "与证件号码中的性别不一致；请核对".into(),
            Self::UnknownSex => "应为男或女".into(),
            Self::UnknownLevel => "应为专科、本科、硕士或博士".into(),
            Self::SameStudentNo { line } => format!("与第 {line} 行学号相同；请删除或更正一行"),
            Self::SamePerson { line } => format!("与第 {line} 行证件号码和层次相同；请删除或更正一行"),
            Self::LostCharacter => "有字符在此前的系统中丢失（“?”或私有编码）；请按证件补录".into(),
            Self::NotNumber => "含有字母、数字、连字符以外的字符".into(),
            Self::TooLong => "过长；请检查是否与相邻列错位".into(),
            Self::NotName => "含有数字或符号，不是姓名；请检查是否与相邻列错位".into(),
        }
    }

    /// The message in English.
    pub fn en(self) -> String {
        match self {
            Self::Missing => "is required; fill it in".into(),
            Self::LostDigits => "was kept as a number and lost its digits after the 15th; make the column text and type it again".into(),
            Self::Document(NumberFault::Form) => "does not have the form of its kind of document; compare with the document".into(),
            Self::Document(NumberFault::Birth) => "holds a birth date that does not exist; compare with the document".into(),
            Self::Document(NumberFault::CheckDigit) => "does not fit its check digit, so a digit is wrong; compare with the document".into(),
            Self::UnknownDocumentType => "is no known kind of document; write 居民身份证, 港澳台居民居住证, 护照 …".into(),
            Self::NotDate => "is no date; write it as 2004-05-01".into(),
            Self::BirthDiffers => "differs from the birth date in the document number; compare".into(),
            Self::SexDiffers => "differs from the sex in the document number; compare".into(),
            Self::UnknownSex => "must be 男 or 女".into(),
            Self::UnknownLevel => "must be 专科, 本科, 硕士 or 博士".into(),
            Self::SameStudentNo { line } => format!("is the student number of row {line} too; remove or correct one"),
            Self::SamePerson { line } => format!("is the document number of row {line} at the same level; remove or correct one"),
            Self::LostCharacter => "lost a character in an earlier system (\"?\" or a private code); type it from the document".into(),
            Self::NotNumber => "holds something else than letters, digits and hyphens".into(),
            Self::TooLong => "is too long; check whether columns have shifted".into(),
            Self::NotName => "holds digits or signs and is no name; check whether columns have shifted".into(),
        }
    }
}
