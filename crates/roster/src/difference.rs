//! What a new table changes in a roster, to be shown before it is applied. Nothing is ever removed by it: who is
//! gone keeps photo and history, and a person decides.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::field::Field;
use crate::student::Student;

/// One line of the difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// New in the table.
    Added {
        /// Who.
        student_no: String,
    },
    /// No longer in the table.
    Gone {
        /// Who.
        student_no: String,
    },
    /// In another class.
    Moved {
        /// Who.
        student_no: String,
        /// Class before.
        from: String,
        /// Class now.
        to: String,
    },
    /// Another name.
    Renamed {
        /// Who.
        student_no: String,
    },
    /// Another document number.
    DocumentChanged {
        /// Who.
        student_no: String,
    },
    /// The same person under another student number.
    Renumbered {
        /// Number before.
        from: String,
        /// Number now.
        to: String,
    },
    /// Anything else.
    Corrected {
        /// Who.
        student_no: String,
        /// What.
        field: Field,
    },
}

/// Compares the roster with a new table; one line per change, in the order of the new table, those who are gone last.
pub fn difference(old: &[Student], new: &[Student]) -> Vec<Change> {
    let by_number: HashMap<&str, &Student> =
        old.iter().map(|student| (student.student_no.as_str(), student)).collect();
    let new_numbers: HashSet<&str> = new.iter().map(|student| student.student_no.as_str()).collect();
    // Who kept the number is compared by it; the rest by document and level.
    let loose = old.iter().filter(|student| !new_numbers.contains(student.student_no.as_str()));
    let mut by_person: HashMap<_, &Student> = loose.map(|student| (person(student), student)).collect();
    let mut changes = Vec::new();
    for student in new {
        if let Some(before) = by_number.get(student.student_no.as_str()) {
            compare(before, student, &mut changes);
        } else if let Some(before) = by_person.remove(&person(student)) {
            let (from, to) = (before.student_no.clone(), student.student_no.clone());
            changes.push(Change::Renumbered { from, to });
            compare(before, student, &mut changes);
        } else {
            changes.push(Change::Added { student_no: student.student_no.clone() });
        }
    }
    let mut gone: Vec<&Student> = by_person.into_values().collect();
    gone.sort_by(|a, b| crate::order::natural(&a.student_no, &b.student_no));
    changes.extend(gone.into_iter().map(|student| Change::Gone { student_no: student.student_no.clone() }));
    changes
}

fn person(student: &Student) -> (&str, Option<crate::student::Level>) {
    (&student.document_no, student.level)
}

fn compare(before: &Student, now: &Student, changes: &mut Vec<Change>) {
    let student_no = || now.student_no.clone();
    if before.cohort != now.cohort {
        let (from, to) = (before.cohort.clone(), now.cohort.clone());
        changes.push(Change::Moved { student_no: student_no(), from, to });
    }
    if before.name.plain != now.name.plain {
        changes.push(Change::Renamed { student_no: student_no() });
    }
    if (before.document_type, &before.document_no) != (now.document_type, &now.document_no) {
        changes.push(Change::DocumentChanged { student_no: student_no() });
    }
    let others = [
        (Field::Sex, before.sex == now.sex),
        (Field::Birth, before.birth == now.birth),
        (Field::ExamNo, before.exam_no == now.exam_no),
        (Field::College, before.college == now.college),
        (Field::Major, before.major == now.major),
        (Field::Level, before.level == now.level),
        (Field::Years, before.years == now.years),
        (Field::Enrolled, before.enrolled == now.enrolled),
        (Field::Graduates, before.graduates == now.graduates),
        (Field::Status, before.status == now.status),
        (Field::Remark, before.remark == now.remark),
    ];
    let corrected = others.into_iter().filter(|(_, same)| !same);
    changes.extend(corrected.map(|(field, _)| Change::Corrected { student_no: student_no(), field }));
}
