//! A table becomes students, and a finding for each cell that is wrong. Rows without findings are good; whether
//! they are taken while others wait for correction is the caller's decision.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::date;
use crate::document::{DocumentType, Sex};
use crate::field::{Field, Mapping};
use crate::finding::{Fault, Finding};
use crate::student::{Level, Name, Student};
use crate::table::{Row, Table};
use crate::text;

/// Longest values: names of 50 characters (the platform's field has 40 bytes; Uyghur and Latin names are longer),
/// numbers and words as in the platform's fields, doubled.
const LONGEST_NAME: usize = 50;
const LONGEST_NUMBER: usize = 32;
const LONGEST_WORD: usize = 100;

/// What a table says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Rows without any finding.
    pub students: Vec<Student>,
    /// What is wrong, by rows and then by columns.
    pub findings: Vec<Finding>,
}

/// Checks every row.
pub fn check(table: &Table, mapping: &Mapping) -> Checked {
    let mut checked = Checked::default();
    let missing = mapping.missing().into_iter();
    checked.findings.extend(missing.map(|field| Finding {
        line: 1,
        column: None,
        field,
        fault: Fault::Missing,
    }));
    if !checked.findings.is_empty() {
        return checked;
    }
    let mut seen = Seen::default();
    for row in &table.rows {
        let mut reading = Reading { row, mapping, findings: Vec::new() };
        let student = reading.student();
        seen.compare(&student, &mut reading);
        reading.findings.sort_by_key(|finding| finding.column);
        if reading.findings.is_empty() {
            checked.students.push(student);
        }
        checked.findings.append(&mut reading.findings);
    }
    checked
}

/// Rows seen before, by what must not repeat.
#[derive(Default)]
struct Seen {
    student_nos: HashMap<String, usize>,
    people: HashMap<(String, Option<Level>), usize>,
}

impl Seen {
    fn compare(&mut self, student: &Student, reading: &mut Reading<'_>) {
        let first = *self.student_nos.entry(student.student_no.clone()).or_insert(student.line);
        if first != student.line && !student.student_no.is_empty() {
            reading.note(Field::StudentNo, Fault::SameStudentNo { line: first });
        }
        // One person may be enrolled at two levels, or twice with two numbers where the levels are not given.
        let person = (student.document_no.clone(), student.level);
        let first_person = *self.people.entry(person).or_insert(student.line);
        if first_person != student.line
            && first == student.line
            && student.level.is_some()
            && !student.document_no.is_empty()
        {
            reading.note(Field::DocumentNo, Fault::SamePerson { line: first_person });
        }
    }
}

/// A row while it is read.
struct Reading<'r> {
    row: &'r Row,
    mapping: &'r Mapping,
    findings: Vec<Finding>,
}

impl<'r> Reading<'r> {
    fn note(&mut self, field: Field, fault: Fault) {
        let column = self.mapping.column(field);
        let known = self.findings.iter().any(|finding| finding.field == field);
        // One cell, one finding: the first is the cause.
        if !known {
            self.findings.push(Finding { line: self.row.line, column, field, fault });
        }
    }

    fn original(&self, field: Field) -> &'r str {
        let cell = self.mapping.column(field).and_then(|column| self.row.cells.get(column));
        cell.map_or("", |cell| cell.text.as_str())
    }

    /// The student, as far as the row says; findings tell what to believe.
    fn student(&mut self) -> Student {
        for (&field, &column) in &self.mapping.0 {
            if self.row.cells.get(column).is_some_and(|cell| cell.lost_digits) {
                self.note(field, Fault::LostDigits);
            }
        }
        let student_no = self.number(Field::StudentNo);
        let name = self.name();
        let (document_type, document_no, birth, sex) = self.document();
        let cohort = self.word(Field::Cohort);
        if cohort.is_empty() {
            self.note(Field::Cohort, Fault::Missing);
        }
        let level = self.chosen(Field::Level, Level::parse, Fault::UnknownLevel);
        Student {
            line: self.row.line,
            student_no,
            name,
            sex,
            birth,
            document_type,
            document_no,
            exam_no: text::number(self.original(Field::ExamNo)),
            college: self.word(Field::College),
            major: self.word(Field::Major),
            cohort,
            level,
            years: self.word(Field::Years),
            enrolled: self.chosen(Field::Enrolled, date::parse, Fault::NotDate),
            graduates: self.chosen(Field::Graduates, date::parse, Fault::NotDate),
            status: self.word(Field::Status),
            remark: self.word(Field::Remark),
        }
    }

    fn number(&mut self, field: Field) -> String {
        let number = text::number(self.original(field));
        if number.is_empty() {
            self.note(field, Fault::Missing);
        } else if number.chars().count() > LONGEST_NUMBER {
            self.note(field, Fault::TooLong);
        } else if !number.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') {
            self.note(field, Fault::NotNumber);
        }
        number
    }

    fn name(&mut self) -> Name {
        let original = self.original(Field::Name);
        let plain = text::name(original);
        let is_lost = |letter: char| matches!(letter, '?' | '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFD}');
        let is_odd = |letter: char| letter.is_ascii_digit() || "!#$%&*+/<=>@[\\]^_`{|}~\"".contains(letter);
        if plain.is_empty() {
            self.note(Field::Name, Fault::Missing);
        } else if plain.chars().any(is_lost) {
            self.note(Field::Name, Fault::LostCharacter);
        } else if plain.chars().count() > LONGEST_NAME {
            self.note(Field::Name, Fault::TooLong);
        } else if plain.chars().any(is_odd) {
            self.note(Field::Name, Fault::NotName);
        }
        Name { original: original.to_owned(), plain }
    }

    /// Kind and number of the document; birth date and sex, from the table or else from the number.
    fn document(&mut self) -> (DocumentType, String, Option<Date>, Option<Sex>) {
        let birth = self.chosen(Field::Birth, date::parse, Fault::NotDate);
        let sex = self.chosen(Field::Sex, Sex::parse, Fault::UnknownSex);
        let stated = self.chosen(Field::DocumentType, DocumentType::parse, Fault::UnknownDocumentType);
        let written = text::number(self.original(Field::DocumentNo));
        let kind = stated.or_else(|| DocumentType::guess(&written)).unwrap_or(DocumentType::IdentityCard);
        if written.is_empty() {
            self.note(Field::DocumentNo, Fault::Missing);
            return (kind, written, birth, sex);
        }
        match kind.read(&written) {
            Err(fault) => {
                self.note(Field::DocumentNo, Fault::Document(fault));
                (kind, written, birth, sex)
            }
            Ok(number) => {
                if birth.is_some() && number.birth.is_some() && birth != number.birth {
                    self.note(Field::Birth, Fault::BirthDiffers);
                }
                if sex.is_some() && number.sex.is_some() && sex != number.sex {
                    self.note(Field::Sex, Fault::SexDiffers);
                }
                (kind, number.text, birth.or(number.birth), sex.or(number.sex))
            }
        }
    }

    fn word(&mut self, field: Field) -> String {
        let word = text::plain(self.original(field));
        if word.chars().count() > LONGEST_WORD {
            self.note(field, Fault::TooLong);
        }
        word
    }

    /// A cell that may be empty, but says nothing else than what is known.
    fn chosen<T>(&mut self, field: Field, parse: fn(&str) -> Option<T>, fault: Fault) -> Option<T> {
        let original = self.original(field);
        let value = parse(original);
        if value.is_none() && !text::plain(original).is_empty() {
            self.note(field, fault);
        }
        value
    }
}
