//! The roster against the national platform's export of registered students (学籍): only who is registered there, and
//! graduates in the campaign's year, gets a collection code from the national centre. Who would have none is listed
//! while there is time to correct it.

use std::collections::HashMap;

use serde::Serialize;

use crate::flags::{Flag, flags};
use crate::likeness::{Likeness, compare};
use crate::order::natural;
use crate::student::Student;

/// Somebody who would have no code, or a wrong one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// Who, as the roster or, for [`Why::NotOnRoster`], the platform numbers the student.
    pub student_no: String,
    /// Why.
    pub why: Why,
}

/// Why somebody would have no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// On the roster, not on the platform.
    NotRegistered,
    /// On the platform for this year, not on the roster.
    NotOnRoster,
    /// Another name, not only another writing of it.
    OtherName,
    /// The same name in another writing; a person confirms which is registered.
    NameVariant,
    /// Another document number.
    OtherDocument,
    /// Another level.
    OtherLevel,
    /// Graduates in another year.
    OtherYear,
    /// Suspended or gone on the platform.
    OtherStatus,
}

impl Why {
    /// The reason in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::NotRegistered => "平台无此学籍",
            Self::NotOnRoster => "平台有学籍，名单中没有",
            Self::OtherName => "姓名与平台不同",
            Self::NameVariant => "姓名写法与平台不同，请确认",
            Self::OtherDocument => "证件号码与平台不同",
            Self::OtherLevel => "层次与平台不同",
            Self::OtherYear => "平台的预计毕业年份不同",
            Self::OtherStatus => "平台学籍状态为休学、退学等",
        }
    }

    /// The reason in English.
    pub fn en(self) -> &'static str {
        match self {
            Self::NotRegistered => "not registered on the platform",
            Self::NotOnRoster => "registered on the platform, not on the roster",
            Self::OtherName => "another name on the platform",
            Self::NameVariant => "another writing of the name on the platform: confirm it",
            Self::OtherDocument => "another document number on the platform",
            Self::OtherLevel => "another level on the platform",
            Self::OtherYear => "another year of graduating on the platform",
            Self::OtherStatus => "suspended or gone on the platform",
        }
    }
}

/// Everybody of the roster who would have no code or a wrong one, in the order of student numbers; then who is on
/// the platform for the year and not on the roster. Students are found by number, else by document.
pub fn check(roster: &[Student], platform: &[Student], class_of: i16) -> Vec<Mismatch> {
    let by_number: HashMap<&str, &Student> =
        platform.iter().map(|one| (one.student_no.as_str(), one)).collect();
    let by_document: HashMap<&str, &Student> =
        platform.iter().map(|one| (one.document_no.as_str(), one)).collect();
    let mut mismatches = Vec::new();
    let mut found = std::collections::HashSet::new();
    let mut sorted: Vec<&Student> = roster.iter().collect();
    sorted.sort_by(|a, b| natural(&a.student_no, &b.student_no));
    for student in sorted {
        let known = by_number
            .get(student.student_no.as_str())
            .or_else(|| by_document.get(student.document_no.as_str()));
        let mut note = |why| mismatches.push(Mismatch { student_no: student.student_no.clone(), why });
        let Some(known) = known else {
            note(Why::NotRegistered);
            continue;
        };
        found.insert(known.student_no.as_str());
        differences(student, known, class_of).for_each(&mut note);
    }
    let mut others: Vec<&Student> =
        platform.iter().filter(|one| !found.contains(one.student_no.as_str())).collect();
    others.retain(|one| one.graduates.is_none_or(|day| day.year() == class_of) && !is_away(one));
    others.sort_by(|a, b| natural(&a.student_no, &b.student_no));
    let missing = |one: &Student| Mismatch { student_no: one.student_no.clone(), why: Why::NotOnRoster };
    mismatches.extend(others.into_iter().map(missing));
    mismatches
}

fn differences<'s>(
    student: &'s Student,
    known: &'s Student,
    class_of: i16,
) -> impl Iterator<Item = Why> + 's {
    let name = match compare(&student.name.original, &known.name.original) {
        Likeness::Same => None,
        Likeness::Variant => Some(Why::NameVariant),
        Likeness::Different => Some(Why::OtherName),
    };
    let when = |holds: bool, why| holds.then_some(why);
    let levels = student.level.is_some() && known.level.is_some() && student.level != known.level;
    [
        name,
        when(!student.document_no.eq_ignore_ascii_case(&known.document_no), Why::OtherDocument),
        when(levels, Why::OtherLevel),
        when(known.graduates.is_some_and(|day| day.year() != class_of), Why::OtherYear),
        when(is_away(known), Why::OtherStatus),
    ]
    .into_iter()
    .flatten()
}

fn is_away(student: &Student) -> bool {
    let flags = flags(student);
    flags.contains(&Flag::Suspended) || flags.contains(&Flag::Left)
}
