//! A student's record with some of its fields put right: checked by the same rules as a row of a table.

use std::collections::BTreeMap;

use crate::check::check;
use crate::document::{DocumentType, Sex};
use crate::field::{Field, Mapping};
use crate::finding::Finding;
use crate::student::{Level, Student};
use crate::table::{Cell, Row, Table};

/// What a table would say in a field of a student.
pub fn text(student: &Student, field: Field) -> String {
    let word = |text: &str| text.to_owned();
    let day = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string()).unwrap_or_default();
    match field {
        Field::StudentNo => word(&student.student_no),
        Field::Name => word(&student.name.original),
        Field::Sex => student
            .sex
            .map_or("", |sex| match sex {
                Sex::Male => "男",
                Sex::Female => "女",
            })
            .into(),
        Field::Birth => day(student.birth),
        Field::DocumentType => match student.document_type {
            DocumentType::IdentityCard => "居民身份证",
            DocumentType::ResidencePermit => "港澳台居民居住证",
            DocumentType::PermanentResidence => "外国人永久居留身份证",
            DocumentType::Passport => "护照",
            DocumentType::HongKongMacaoPermit => "港澳居民来往内地通行证",
            DocumentType::TaiwanPermit => "台湾居民来往大陆通行证",
        }
        .into(),
        Field::DocumentNo => word(&student.document_no),
        Field::ExamNo => word(&student.exam_no),
        Field::College => word(&student.college),
        Field::Major => word(&student.major),
        Field::Cohort => word(&student.cohort),
        Field::Level => student
            .level
            .map_or("", |level| match level {
                Level::Junior => "专科",
                Level::Undergraduate => "本科",
                Level::Master => "硕士",
                Level::Doctor => "博士",
            })
            .into(),
        Field::Years => word(&student.years),
        Field::Enrolled => day(student.enrolled),
        Field::Graduates => day(student.graduates),
        Field::Status => word(&student.status),
        Field::Remark => word(&student.remark),
    }
}

/// The record with these fields put right.
///
/// # Errors
/// What is wrong with the new record, cell by cell, as in a table of one row.
pub fn corrected(student: &Student, values: &BTreeMap<Field, String>) -> Result<Student, Vec<Finding>> {
    let fields: Vec<Field> = Field::all().collect();
    let cell = |field: &Field| Cell::new(values.get(field).cloned().unwrap_or_else(|| text(student, *field)));
    let table = Table {
        headings: fields.iter().map(|field| field.zh().to_owned()).collect(),
        rows: vec![Row { line: 2, cells: fields.iter().map(cell).collect() }],
    };
    let mut checked = check(&table, &Mapping::of_headings(&table.headings));
    checked.students.pop().ok_or(checked.findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::check_character;

    fn student() -> Student {
        let body = "61010420040101001";
        let table = format!(
            "学号,姓名,性别,出生日期,证件号码,班级,层次\n01,林晓雨,男,2004-01-01,{body}{},软件1,本科\n",
            check_character(body).unwrap()
        );
        let table = crate::table::read(table.as_bytes()).unwrap();
        check(&table, &Mapping::of_headings(&table.headings)).students.remove(0)
    }

    #[test]
    fn nothing_put_right_changes_nothing() {
        let student = student();
        let same = corrected(&student, &BTreeMap::new()).unwrap();
        assert_eq!(Student { line: 0, ..same }, Student { line: 0, ..student });
    }

    #[test]
    fn a_field_is_put_right_and_a_number_that_is_none_is_refused() {
        let name = BTreeMap::from([(Field::Name, "林小雨".to_owned())]);
        assert_eq!(corrected(&student(), &name).unwrap().name.plain, "林小雨");
        let wrong = BTreeMap::from([(Field::DocumentNo, "610104200401010010".to_owned())]);
        assert_eq!(corrected(&student(), &wrong).unwrap_err()[0].field, Field::DocumentNo);
    }
}
