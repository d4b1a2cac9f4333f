//! Who is responsible for what on the days of shooting: from a table of 姓名, 学院, 班级, 电话 and 职责.

use std::collections::BTreeMap;

use roster::table::Table;
use roster::text;
use serde::{Deserialize, Serialize};

use super::Question;

/// Somebody with a duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duteous {
    /// 姓名
    pub name: String,
    /// 学院
    pub college: String,
    /// 班级, where it belongs to the duty.
    #[serde(default)]
    pub cohort: String,
    /// 电话
    pub phone: String,
    /// What for.
    pub duty: Duty,
}

/// What somebody is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duty {
    /// 学生助理: helps at a station.
    Helper,
    /// 学院负责人
    College,
    /// 领队: brings a unit's students; every unit has two.
    Leader,
    /// 教师
    Teacher,
    /// 班长
    Monitor,
}

impl Duty {
    /// How many every college or unit must name; 0 where nobody counts.
    #[must_use]
    pub fn needed(self) -> usize {
        match self {
            Self::College => 1,
            Self::Leader => 2,
            Self::Helper | Self::Teacher | Self::Monitor => 0,
        }
    }

    /// As offices write it.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::Helper => "学生助理",
            Self::College => "学院负责人",
            Self::Leader => "领队",
            Self::Teacher => "教师",
            Self::Monitor => "班长",
        }
    }

    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "学生助理" | "助理" | "志愿者" => Self::Helper,
            "学院负责人" | "负责人" | "学院" => Self::College,
            "领队" | "带队" | "带队老师" => Self::Leader,
            "教师" | "老师" | "辅导员" | "班主任" => Self::Teacher,
            "班长" | "班级负责人" => Self::Monitor,
            _ => return None,
        })
    }
}

const HEADINGS: [(&str, &[&str]); 5] = [
    ("name", &["姓名", "name"]),
    ("college", &["学院", "单位", "院系", "college"]),
    ("cohort", &["班级", "class"]),
    ("phone", &["电话", "手机", "联系电话", "联系方式", "手机号", "phone"]),
    ("duty", &["职责", "角色", "duty"]),
];

/// Whether a text heads a column of such a table.
#[must_use]
pub fn is_heading_of_people(heading: &str) -> bool {
    let heading = text::plain(heading).to_lowercase();
    HEADINGS.iter().any(|(_, names)| names.contains(&heading.as_str()))
}

/// The people of a table, and the lines that were not understood.
#[must_use]
pub fn people(table: &Table) -> (Vec<Duteous>, Vec<Question>) {
    let headings: Vec<String> =
        table.headings.iter().map(|heading| text::plain(heading).to_lowercase()).collect();
    let column = |names: &[&str]| headings.iter().position(|heading| names.contains(&heading.as_str()));
    let columns: BTreeMap<&str, usize> =
        HEADINGS.iter().filter_map(|(key, names)| Some((*key, column(names)?))).collect();
    let (mut people, mut questions) = (Vec::new(), Vec::new());
    for row in &table.rows {
        let cell = |key: &str| {
            let cell = columns.get(key).and_then(|&index| row.cells.get(index));
            cell.map_or_else(String::new, |cell| text::plain(&cell.text))
        };
        let duty = cell("duty");
        let mut ask = |zh: String, en: String| questions.push(Question { line: row.line, zh, en });
        let Some(duty) = Duty::read(&duty) else {
            ask(
                format!("职责“{duty}”看不懂，请写学生助理、学院负责人、领队、教师或班长"),
                format!("“{duty}” is no duty; write 学生助理, 学院负责人, 领队, 教师 or 班长"),
            );
            continue;
        };
        let (name, phone) = (cell("name"), cell("phone"));
        if name.is_empty() {
            ask("缺姓名".into(), "the name is missing".into());
            continue;
        }
        if phone.chars().filter(char::is_ascii_digit).count() < 7 {
            ask("缺电话，或位数不够".into(), "the phone number is missing or too short".into());
        }
        people.push(Duteous { name, college: cell("college"), cohort: cell("cohort"), phone, duty });
    }
    (people, questions)
}

/// A college that has not named everybody it must.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The college or unit.
    pub college: String,
    /// For what.
    pub duty: Duty,
    /// How many are named.
    pub named: usize,
    /// How many are needed.
    pub needed: usize,
}

/// Who must still name somebody.
#[must_use]
pub fn missing<'c>(colleges: impl Iterator<Item = &'c str>, people: &[Duteous]) -> Vec<Missing> {
    let mut missing = Vec::new();
    for college in colleges {
        for duty in [Duty::College, Duty::Leader] {
            let named = people.iter().filter(|each| each.college == college && each.duty == duty).count();
            if named < duty.needed() {
                missing.push(Missing { college: college.to_owned(), duty, named, needed: duty.needed() });
            }
        }
    }
    missing
}
