//! A student of the roster, as checked.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::{DocumentType, Sex};

/// A student. Personal throughout: its `Debug` prints the line only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Student {
    /// The row in the table that it comes from; says nothing about the person.
    #[serde(skip)]
    pub line: usize,
    /// 学号
    pub student_no: String,
    /// The name as registered.
    pub name: Name,
    /// 性别
    pub sex: Option<Sex>,
    /// 出生日期
    pub birth: Option<Date>,
    /// What the number is of.
    pub document_type: DocumentType,
    /// 证件号码
    pub document_no: String,
    /// 考生号
    pub exam_no: String,
    /// 学院
    pub college: String,
    /// 专业
    pub major: String,
    /// 班级
    pub cohort: String,
    /// 层次
    pub level: Option<Level>,
    /// 学制, in years, as written.
    pub years: String,
    /// 入学日期
    pub enrolled: Option<Date>,
    /// 预计毕业日期
    pub graduates: Option<Date>,
    /// 学籍状态, as written.
    pub status: String,
    /// 备注, as written.
    pub remark: String,
}

/// A name, as it stood in the table and as it is read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// Unchanged.
    pub original: String,
    /// Without blanks for looks and full-width letters.
    pub plain: String,
}

/// 层次
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    /// Reads a level in its usual words.
    pub fn parse(text: &str) -> Option<Self> {
        let text = crate::text::plain(text);
        let holds = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
        match () {
            () if holds(&["博士"]) => Some(Self::Doctor),
            () if holds(&["硕士"]) => Some(Self::Master),
            // 专升本 is an undergraduate level.
            () if holds(&["本科", "专升本", "第二学士"]) => Some(Self::Undergraduate),
            () if holds(&["专科", "高职"]) => Some(Self::Junior),
            () => None,
        }
    }
}

impl fmt::Debug for Student {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Student(line {}, ***)", self.line)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name(***)")
    }
}
