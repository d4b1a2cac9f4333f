//! Which column is what: headings in their usual variants, those of the national platform's DBF included.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::text;

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// 学号
    StudentNo,
    /// 姓名
    Name,
    /// 性别
    Sex,
    /// 出生日期
    Birth,
    /// 证件类型
    DocumentType,
    /// 证件号码
    DocumentNo,
    /// 考生号
    ExamNo,
    /// 学院
    College,
    /// 专业
    Major,
    /// 班级
    Cohort,
    /// 层次
    Level,
    /// 学制
    Years,
    /// 入学日期
    Enrolled,
    /// 预计毕业日期
    Graduates,
    /// 学籍状态
    Status,
    /// 备注
    Remark,
}

/// Headings of each field: the usual one first, then variants; capitals are those of platform exports.
const HEADINGS: [(Field, &[&str]); 16] = [
    (Field::StudentNo, &["学号", "学生学号", "XH", "student_no", "student"]),
    (Field::Name, &["姓名", "学生姓名", "XM", "name"]),
    (Field::Sex, &["性别", "XB", "sex"]),
    (Field::Birth, &["出生日期", "出生年月日", "出生年月", "生日", "CSRQ", "birth"]),
    (Field::DocumentType, &["证件类型", "证件类别", "身份证件类型", "ZJLX", "SFZJLX", "document_type"]),
    (
        Field::DocumentNo,
        &[
            "证件号码",
            "证件号",
            "身份证号",
            "身份证号码",
            "身份证",
            "身份证件号",
            "ZJHM",
            "SFZH",
            "SFZJH",
            "document_no",
            "document",
        ],
    ),
    (Field::ExamNo, &["考生号", "高考考生号", "KSH", "exam_no"]),
    (
        Field::College,
        &["学院", "分院", "院系", "二级学院", "培养单位", "所在学院", "院系名称", "FY", "college"],
    ),
    (Field::Major, &["专业", "专业名称", "ZYMC", "major"]),
    (Field::Cohort, &["班级", "班级名称", "行政班", "班号", "所在班级", "BH", "BJ", "class"]),
    (Field::Level, &["层次", "培养层次", "学历层次", "CC", "level"]),
    (Field::Years, &["学制", "XZ", "years"]),
    (Field::Enrolled, &["入学日期", "入学时间", "RXRQ", "enrolled"]),
    (Field::Graduates, &["预计毕业日期", "预计毕业时间", "毕业日期", "YJBYRQ", "graduates"]),
    (Field::Status, &["学籍状态", "状态", "学籍", "XJZT", "status"]),
    (Field::Remark, &["备注", "BZ", "remark"]),
];

impl Field {
    /// Every field.
    pub fn all() -> impl Iterator<Item = Self> {
        HEADINGS.iter().map(|(field, _)| *field)
    }

    /// Without these nobody can be identified and led to a station.
    pub const REQUIRED: [Self; 4] = [Self::StudentNo, Self::Name, Self::DocumentNo, Self::Cohort];

    /// Its usual heading.
    pub fn zh(self) -> &'static str {
        HEADINGS.iter().find(|(field, _)| *field == self).map_or("", |(_, headings)| headings[0])
    }

    /// The field that a heading names.
    pub fn of_heading(heading: &str) -> Option<Self> {
        let heading: String = text::plain(heading).chars().filter(|letter| !letter.is_whitespace()).collect();
        let heading = heading.trim_matches(['*', '：', ':', '（', '）']).to_owned();
        let names = |headings: &[&str]| headings.iter().any(|known| known.eq_ignore_ascii_case(&heading));
        HEADINGS.iter().find(|(_, headings)| names(headings)).map(|(field, _)| *field)
    }
}

/// Which column each field stands in, counted from 0. Saved, it serves the same school's next table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping(pub BTreeMap<Field, usize>);

impl Mapping {
    /// Recognises headings; of two columns for one field the first counts.
    pub fn of_headings(headings: &[String]) -> Self {
        let mut mapping = Self::default();
        for (column, heading) in headings.iter().enumerate() {
            if let Some(field) = Field::of_heading(heading) {
                mapping.0.entry(field).or_insert(column);
            }
        }
        mapping
    }

    /// The column of a field.
    pub fn column(&self, field: Field) -> Option<usize> {
        self.0.get(&field).copied()
    }

    /// Fields that must be there and are not.
    pub fn missing(&self) -> Vec<Field> {
        Field::REQUIRED.into_iter().filter(|field| !self.0.contains_key(field)).collect()
    }

    /// Columns that are no field, for a person to map.
    pub fn unmapped<'h>(&self, headings: &'h [String]) -> Vec<(usize, &'h str)> {
        let taken = |column: usize| self.0.values().any(|known| *known == column);
        let headings = headings.iter().map(String::as_str).enumerate();
        headings.filter(|(column, heading)| !heading.is_empty() && !taken(*column)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_recognised_in_their_usual_variants() {
        for (heading, field) in [
            ("学号", Field::StudentNo),
            ("xh", Field::StudentNo),
            (" 姓　名 ", Field::Name),
            ("*身份证号：", Field::DocumentNo),
            ("SFZH", Field::DocumentNo),
            ("分院", Field::College),
            ("YJBYRQ", Field::Graduates),
        ] {
            assert_eq!(Field::of_heading(heading), Some(field), "{heading}");
        }
        assert_eq!(Field::of_heading("宿舍"), None);
    }

    #[test]
    fn what_is_not_recognised_is_left_for_a_person() {
        let headings = ["学号", "姓名", "宿舍", "学生学号", ""].map(ToOwned::to_owned);
        let mapping = Mapping::of_headings(&headings);
        assert_eq!(mapping.column(Field::StudentNo), Some(0));
        assert_eq!(mapping.missing(), [Field::DocumentNo, Field::Cohort]);
        assert_eq!(mapping.unmapped(&headings), [(2, "宿舍"), (3, "学生学号")]);
    }
}
