//! What files of a delivery are called. Receivers want document numbers, examination numbers, student numbers, or a
//! pattern of their own; two students never share a name.

use std::collections::BTreeMap;

use roster::student::Student;
use thiserror::Error;

/// Most bytes of a name inside a volume, folders included.
const LONGEST: usize = 200;

/// A pattern such as `{document_no}` or `{college}/{student_no}-{name}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(Field),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    DocumentNo,
    ExamNo,
    StudentNo,
    Name,
    College,
    Major,
    Cohort,
    SchoolNo,
}

const FIELDS: [(&str, Field); 8] = [
    ("document_no", Field::DocumentNo),
    ("exam_no", Field::ExamNo),
    ("student_no", Field::StudentNo),
    ("name", Field::Name),
    ("college", Field::College),
    ("major", Field::Major),
    ("cohort", Field::Cohort),
    ("school_no", Field::SchoolNo),
];

/// Why a pattern is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PatternFault {
    /// Not a field of ours.
    #[error(
        "{{{0}}} is none of {{document_no}}, {{exam_no}}, {{student_no}}, {{name}}, {{college}}, {{major}}, {{cohort}}, {{school_no}}"
    )]
    Unknown(String),
    /// A brace that is not closed.
    #[error("a {{ is not closed")]
    Open,
    /// It names nobody.
    #[error("it holds no field: every photo would have the same name")]
    Constant,
}

impl PatternFault {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Unknown(field) => format!(
                "没有字段 {{{field}}}；可用 {{document_no}} 证件号码、{{exam_no}} 考生号、{{student_no}} 学号、{{name}} 姓名、\
                 {{college}} 学院、{{major}} 专业、{{cohort}} 班级、{{school_no}} 院校代码"
            ),
            Self::Open => "有一个 { 没有闭合".into(),
            Self::Constant => "命名规则中没有字段，所有照片会重名".into(),
        }
    }
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`PatternFault`] with what is wrong in it.
    pub fn parse(text: &str) -> Result<Self, PatternFault> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (field, after) = after.split_once('}').ok_or(PatternFault::Open)?;
            let known = FIELDS.iter().find(|(name, _)| *name == field);
            let (_, field) = known.ok_or_else(|| PatternFault::Unknown(field.into()))?;
            parts.extend((!before.is_empty()).then(|| Part::Text(before.into())));
            parts.push(Part::Field(*field));
            rest = after;
        }
        parts.extend((!rest.is_empty()).then(|| Part::Text(rest.into())));
        Ok(Self(parts))
    }

    /// The same for the names of files, which must differ.
    ///
    /// # Errors
    /// [`PatternFault`] with what is wrong in it.
    pub fn of_names(text: &str) -> Result<Self, PatternFault> {
        let pattern = Self::parse(text)?;
        let names = pattern.0.iter().any(|part| matches!(part, Part::Field(_)));
        if names { Ok(pattern) } else { Err(PatternFault::Constant) }
    }

    /// What it says of a student; `None` where a field of it is empty.
    fn of(&self, student: &Student, school_no: &str) -> Option<String> {
        let mut said = String::new();
        for part in &self.0 {
            let text = match part {
                Part::Text(text) => text.as_str(),
                Part::Field(field) => {
                    let value = match field {
                        Field::DocumentNo => &student.document_no,
                        Field::ExamNo => &student.exam_no,
                        Field::StudentNo => &student.student_no,
                        Field::Name => &student.name.plain,
                        Field::College => &student.college,
                        Field::Major => &student.major,
                        Field::Cohort => &student.cohort,
                        Field::SchoolNo => school_no,
                    };
                    said.extend(value.chars().map(safe));
                    if value.is_empty() {
                        return None;
                    }
                    continue;
                }
            };
            said.push_str(text);
        }
        Some(said)
    }
}

/// A letter that every file system takes.
fn safe(letter: char) -> char {
    let taken = letter.is_control() || matches!(letter, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    if taken { '_' } else { letter }
}

/// How files are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// The name without extension.
    pub pattern: Pattern,
    /// For those of whom the pattern says nothing.
    pub fallback: Pattern,
    /// Folders before it.
    pub folders: Pattern,
    /// The extension.
    pub extension: String,
    /// 院校代码
    pub school_no: String,
}

/// Students whose photos cannot be told apart, or have no name; by their student numbers.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NamingFault {
    /// Files that would have one name.
    #[error("photos would have the same name: {}", .0.iter().map(|students| students.join(" = ")).collect::<Vec<_>>().join("; "))]
    Same(Vec<Vec<String>>),
    /// Neither pattern says anything of them, or too much.
    #[error("no usable name for the photos of {}", .0.join(", "))]
    Nameless(Vec<String>),
}

impl NamingFault {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Same(groups) => {
                let groups: Vec<_> = groups.iter().map(|students| students.join(" = ")).collect();
                format!("照片会重名，请换命名规则（学号）：{}", groups.join("；"))
            }
            Self::Nameless(students) => {
                format!("按命名规则得不到可用的文件名（学号）：{}", students.join("、"))
            }
        }
    }
}

impl Naming {
    /// A name for the photo of each student, in their order.
    ///
    /// # Errors
    /// [`NamingFault`] with those who cannot be told apart: nobody's photo is renamed to make room for another's.
    pub fn names(&self, students: &[&Student]) -> Result<Vec<String>, NamingFault> {
        let mut names = Vec::with_capacity(students.len());
        let mut nameless = Vec::new();
        for student in students {
            let named = self.pattern.of(student, &self.school_no);
            let named = named.or_else(|| self.fallback.of(student, &self.school_no));
            let folder = self.folders.of(student, &self.school_no).unwrap_or_default();
            let slash = if folder.is_empty() { "" } else { "/" };
            match named.map(|name| format!("{folder}{slash}{name}.{}", self.extension)) {
                Some(name) if name.len() <= LONGEST => names.push(name),
                _ => nameless.push(student.student_no.clone()),
            }
        }
        if !nameless.is_empty() {
            return Err(NamingFault::Nameless(nameless));
        }
        // Windows takes a name in small and in capital letters for one.
        let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (student, name) in students.iter().zip(&names) {
            by_name.entry(name.to_lowercase()).or_default().push(student.student_no.clone());
        }
        let same: Vec<_> = by_name.into_values().filter(|students| students.len() > 1).collect();
        if same.is_empty() { Ok(names) } else { Err(NamingFault::Same(same)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roster::check::check;
    use roster::document::check_character;
    use roster::field::Mapping;

    /// Three students, of whom the last two have no document number and the last one no examination number either.
    fn students() -> Vec<Student> {
        let line = |number: usize, rest: &str| {
            let body = format!("61010420040101{number:03}");
            format!("0{number},{rest},{body}{}\n", check_character(&body).unwrap())
        };
        let table = [
            "学号,姓名,考生号,学院,班级,证件号码\n".to_owned(),
            line(1, "林晓雨,27610001,计算机学院,软件1"),
            line(2, "林晓雨,27610002,计算机学院,软件1"),
            line(3, "Anna Maria Lee,,国际学院,汉语/1"),
        ];
        let table = roster::table::read(table.concat().as_bytes()).unwrap();
        let checked = check(&table, &Mapping::of_headings(&table.headings));
        let mut students = checked.students;
        assert_eq!(students.len(), 3, "{:?}", checked.findings);
        students[1..].iter_mut().for_each(|student| student.document_no.clear());
        students
    }

    fn named(pattern: &str, fallback: &str, folders: &str) -> Result<Vec<String>, NamingFault> {
        let naming = Naming {
            pattern: Pattern::of_names(pattern).unwrap(),
            fallback: Pattern::of_names(fallback).unwrap(),
            folders: Pattern::parse(folders).unwrap(),
            extension: "jpg".into(),
            school_no: "10727".into(),
        };
        let students = students();
        naming.names(&students.iter().collect::<Vec<_>>())
    }

    #[test]
    fn a_pattern_names_files_and_a_fallback_those_without_a_number() {
        let names = named("{exam_no}", "{school_no}_{cohort}_{name}", "{college}/{cohort}").unwrap();
        assert_eq!(
            names,
            [
                "计算机学院/软件1/27610001.jpg",
                "计算机学院/软件1/27610002.jpg",
                "国际学院/汉语_1/10727_汉语_1_Anna Maria Lee.jpg"
            ]
        );
    }

    #[test]
    fn two_students_never_share_a_name() {
        assert_eq!(
            named("{name}", "{student_no}", ""),
            Err(NamingFault::Same(vec![vec!["01".into(), "02".into()]]))
        );
        assert_eq!(
            named("{document_no}", "{exam_no}", ""),
            Err(NamingFault::Nameless(vec!["03".into()])),
            "nothing says who the third one is"
        );
    }

    #[test]
    fn a_pattern_that_is_none_is_refused_with_what_can_stand_in_it() {
        assert_eq!(Pattern::parse("{passport}"), Err(PatternFault::Unknown("passport".into())));
        assert_eq!(Pattern::parse("a{name"), Err(PatternFault::Open));
        assert_eq!(Pattern::of_names("photo"), Err(PatternFault::Constant));
    }
}
