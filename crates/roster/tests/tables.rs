//! Whole tables: the same people in every form, planted errors, what a new table changes.
#![expect(clippy::unwrap_used, reason = "a test stops where its own preparation fails")]

use std::collections::BTreeSet;
use std::io::Cursor;

use dbase::{FieldValue, Record, TableWriterBuilder};
use encoding_rs::GB18030;
use proptest::prelude::*;
use roster::check::{Checked, check};
use roster::difference::{Change, difference};
use roster::document::check_character;
use roster::field::{Field, Mapping};
use roster::finding::Fault;
use roster::marked;
use roster::student::Student;
use roster::table::{Cell, Row, Table, TableFault, read};
use rust_xlsxwriter::Workbook;

const PEOPLE: usize = 1000;
const HEADINGS: [&str; 9] = ["XH", "XM", "XB", "CSRQ", "SFZH", "CC", "ZYMC", "BH", "BZ"];
const SURNAMES: [&str; 8] = ["张", "王", "欧阳", "买买提·", "李", "司马", "赵", "陈"];
const GIVEN: [&str; 8] = ["三", "晓雨", "艾力", "若溪", "一鸣", "頔", "嘉禾", "南星"];

/// The cells of a person; all different, all right.
fn person(number: usize) -> [String; 9] {
    let (month, day) = (1 + number % 12, 1 + number % 28);
    let body = format!("6101042004{month:02}{day:02}{:03}", number % 1000);
    let document = format!("{body}{}", check_character(&body).unwrap());
    [
        format!("0{}", 2_101_000 + number),
        format!("{}{}", SURNAMES[number % 8], GIVEN[number / 8 % 8]),
        if number % 1000 % 2 == 1 { "男" } else { "女" }.into(),
        format!("2004{month:02}{day:02}"),
        document,
        "本科".into(),
        "软件工程".into(),
        format!("软件{}", 2101 + number / 40),
        String::new(),
    ]
}

fn people() -> Vec<[String; 9]> {
    (0..PEOPLE).map(person).collect()
}

fn csv(rows: &[[String; 9]]) -> String {
    let lines = rows.iter().map(|row| row.join(","));
    std::iter::once(HEADINGS.join(",")).chain(lines).collect::<Vec<_>>().join("\r\n")
}

fn xlsx(rows: &[[String; 9]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "某某大学2025届预计毕业生名单").unwrap();
    for (column, heading) in HEADINGS.iter().enumerate() {
        sheet.write_string(1, column as u16, *heading).unwrap();
    }
    for (at, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            sheet.write_string(at as u32 + 2, column as u16, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn dbf(rows: &[[String; 9]]) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let mut builder = TableWriterBuilder::with_encoding(dbase::encoding::EncodingRs::from(encoding_rs::GBK));
    for heading in HEADINGS {
        builder = builder.add_character_field(heading.try_into().unwrap(), 60);
    }
    let mut writer = builder.build_with_dest(&mut file);
    for row in rows {
        let mut record = Record::default();
        for (heading, cell) in HEADINGS.iter().zip(row) {
            record.insert((*heading).to_owned(), FieldValue::Character(Some(cell.clone())));
        }
        writer.write_record(&record).unwrap();
    }
    drop(writer);
    file.into_inner()
}

fn checked(bytes: &[u8]) -> Checked {
    let table = read(bytes).unwrap();
    check(&table, &Mapping::of_headings(&table.headings))
}

/// Without the rows' numbers, which a title moves.
fn records(checked: &Checked) -> Vec<Student> {
    checked.students.iter().map(|student| Student { line: 0, ..student.clone() }).collect()
}

#[test]
fn the_same_thousand_people_in_four_forms_are_the_same_records() {
    let rows = people();
    let text = csv(&rows);
    let utf8 = checked(text.as_bytes());
    assert_eq!((utf8.students.len(), utf8.findings.len()), (PEOPLE, 0), "{:?}", utf8.findings.first());
    assert_eq!(utf8.students[7].student_no, "02101007");
    let others = [GB18030.encode(&text).0.into_owned(), xlsx(&rows), dbf(&rows)];
    for (form, bytes) in ["gb18030", "xlsx", "dbf"].into_iter().zip(others) {
        let other = checked(&bytes);
        assert_eq!(other.findings, [], "{form}");
        assert!(records(&other) == records(&utf8), "{form}");
    }
}

/// One fault for each row number: the column, the wrong cell, the code of the finding.
fn planted() -> Vec<(usize, usize, String, &'static str)> {
    let mut planted = Vec::new();
    let mut plant = |column: usize, code: &'static str, wrong: &dyn Fn([String; 9]) -> String| {
        let row = 17 + 19 * planted.len();
        planted.push((row, column, wrong(person(row)), code));
    };
    for _ in 0..5 {
        plant(0, "missing", &|_| String::new());
        plant(1, "missing", &|_| " ".into());
        plant(1, "lost-character", &|person| format!("{}??", &person[1][..3]));
        plant(2, "sex-differs", &|person| if person[2] == "男" { "女" } else { "男" }.into());
        plant(3, "birth-differs", &|_| "20050229".replace("0229", "0228"));
        plant(3, "date", &|_| "2004年".into());
        plant(4, "check-digit", &|person| {
            let last = if person[4].ends_with('1') { "2" } else { "1" };
            format!("{}{last}", &person[4][..17])
        });
        plant(4, "document-form", &|person| person[4][..17].into());
        plant(5, "level", &|_| "大学".into());
        plant(7, "missing", &|_| String::new());
    }
    planted
}

#[test]
fn fifty_planted_errors_are_fifty_findings_at_their_cells_and_the_other_rows_are_good() {
    let mut rows = people();
    let planted = planted();
    for (row, column, wrong, _) in &planted {
        rows[*row][*column].clone_from(wrong);
    }
    for bytes in [csv(&rows).into_bytes(), dbf(&rows)] {
        let checked = checked(&bytes);
        let found: Vec<(usize, usize, &str)> = checked
            .findings
            .iter()
            .map(|finding| (finding.line, finding.column.unwrap(), finding.fault.code()))
            .collect();
        let expected: Vec<(usize, usize, &str)> =
            planted.iter().map(|(row, column, _, code)| (row + 2, *column, *code)).collect();
        assert_eq!(found, expected);
        assert_eq!((found.len(), checked.students.len()), (50, PEOPLE - 50));
    }
}

#[test]
fn the_same_number_or_person_twice_is_found_in_the_later_row() {
    let mut rows: Vec<_> = (0..4).map(person).collect();
    rows[2][0] = rows[0][0].clone();
    rows[3][4] = rows[1][4].clone();
    (rows[3][2], rows[3][3]) = (rows[1][2].clone(), rows[1][3].clone());
    let faults: Vec<_> =
        checked(csv(&rows).as_bytes()).findings.iter().map(|finding| (finding.line, finding.fault)).collect();
    assert_eq!(faults, [(4, Fault::SameStudentNo { line: 2 }), (5, Fault::SamePerson { line: 3 })]);
    // The same person at another level is another enrolment.
    rows[2][0] = person(2)[0].clone();
    rows[3][5] = "硕士".into();
    assert_eq!(checked(csv(&rows).as_bytes()).findings, []);
}

#[test]
fn keys_are_normalised_and_names_keep_their_original() {
    let mut row = person(5);
    row[0] = "０１２".into();
    row[1] = " 张 三 ".into();
    row[4] = "11010519491231002x".into();
    (row[2], row[3]) = ("女".into(), "1949/12/31".into());
    let checked = checked(csv(&[row]).as_bytes());
    assert_eq!(checked.findings, []);
    let student = &checked.students[0];
    assert_eq!((student.student_no.as_str(), student.document_no.as_str()), ("012", "11010519491231002X"));
    assert_eq!((student.name.plain.as_str(), student.name.original.as_str()), ("张三", " 张 三 "));
}

#[test]
fn a_document_number_that_excel_made_a_number_is_found() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in HEADINGS.iter().enumerate() {
        sheet.write_string(0, column as u16, *heading).unwrap();
    }
    for (column, cell) in person(1).iter().enumerate() {
        sheet.write_string(1, column as u16, cell).unwrap();
    }
    sheet.write_number(1, 4, 610_104_200_402_020_016.0).unwrap();
    let checked = checked(&book.save_to_buffer().unwrap());
    let found: Vec<_> =
        checked.findings.iter().map(|finding| (finding.line, finding.column, finding.fault)).collect();
    assert_eq!(found, [(2, Some(4), Fault::LostDigits)]);
}

#[test]
fn the_same_table_comes_back_with_its_faulty_cells_marked_and_listed() {
    let mut rows: Vec<_> = (0..3).map(person).collect();
    rows[1][4].truncate(17);
    let table = read(&xlsx(&rows)).unwrap();
    let checked = check(&table, &Mapping::of_headings(&table.headings));
    let bytes = marked::write(&table, &checked.findings, Fault::zh).unwrap();
    let again = read(&bytes).unwrap();
    assert_eq!(again, table);
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes.as_slice())).unwrap();
    let list = calamine::Reader::worksheet_range(&mut book, "问题").unwrap();
    assert_eq!(list.get_value((1, 0)), Some(&calamine::Data::Float(4.0)));
    assert_eq!(list.get_value((1, 1)).map(ToString::to_string).as_deref(), Some("SFZH"));
    assert_eq!(list.get_value((1, 2)).map(ToString::to_string).as_deref(), Some("document-form"));
}

#[test]
fn three_moved_one_renamed_and_two_gone_are_six_lines() {
    let rows: Vec<_> = (0..40).map(person).collect();
    let old = checked(csv(&rows).as_bytes()).students;
    let mut rows = rows;
    for moved in [3, 4, 5] {
        rows[moved][7] = "软件2199".into();
    }
    rows[9][1] = "王小明".into();
    rows.drain(20..22);
    let new = checked(csv(&rows).as_bytes()).students;
    let changes = difference(&old, &new);
    assert_eq!(changes.len(), 6, "{changes:?}");
    let moved = |change: &&Change| matches!(change, Change::Moved { to, .. } if to == "软件2199");
    assert_eq!(changes.iter().filter(moved).count(), 3);
    assert!(changes.contains(&Change::Renamed { student_no: "02101009".into() }));
    assert!(changes.contains(&Change::Gone { student_no: "02101021".into() }));

    rows[0][0] = "99".into();
    let renumbered = difference(&new, &checked(csv(&rows).as_bytes()).students);
    assert_eq!(renumbered, [Change::Renumbered { from: "02101000".into(), to: "99".into() }]);
    assert_eq!(difference(&new, &new), []);
}

#[test]
fn what_is_no_table_is_refused_with_the_reason() {
    assert_eq!(read(b""), Err(TableFault::Empty));
    assert_eq!(read(b"a,b\n1,2\n"), Err(TableFault::NoHeadings));
    assert_eq!(read(&[0xFF, 0x81, 0xFF, 0x00]), Err(TableFault::Encoding));
    assert!(matches!(read(b"PK\x03\x04 no zip"), Err(TableFault::Damaged(_))));
    let table = dbf(&[person(1)]);
    for length in 0..table.len() {
        let _ = read(&table[..length]);
    }
}

#[test]
fn a_table_without_a_required_column_names_it() {
    let table =
        Table { headings: ["学号", "姓名", "班级"].map(ToOwned::to_owned).to_vec(), rows: Vec::new() };
    let checked = check(&table, &Mapping::of_headings(&table.headings));
    let found: Vec<_> = checked.findings.iter().map(|finding| (finding.field, finding.fault)).collect();
    assert_eq!(found, [(Field::DocumentNo, Fault::Missing)]);
}

proptest! {
    #[test]
    fn any_cells_are_checked_and_every_finding_points_at_a_cell(cells in prop::collection::vec("\\PC{0,24}", 18)) {
        let rows = cells.chunks(9).enumerate().map(|(at, cells)| Row {
            line: at + 2,
            cells: cells.iter().map(Cell::new).collect(),
        });
        let table = Table { headings: HEADINGS.map(ToOwned::to_owned).to_vec(), rows: rows.collect() };
        let checked = check(&table, &Mapping::of_headings(&table.headings));
        prop_assert!(checked.findings.iter().all(|finding| finding.line >= 2 && finding.column.is_some_and(|at| at < 9)));
        let faulty: BTreeSet<usize> = checked.findings.iter().map(|finding| finding.line).collect();
        prop_assert_eq!(faulty.len() + checked.students.len(), 2);
        prop_assert!(marked::write(&table, &checked.findings, Fault::en).is_ok());
    }

    #[test]
    fn any_bytes_are_a_table_or_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }
}
