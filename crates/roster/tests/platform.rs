//! The roster against the platform's export.
#![expect(clippy::unwrap_used, reason = "a test stops where its own preparation fails")]

use roster::check::check;
use roster::document::check_character;
use roster::field::Mapping;
use roster::platform::{self, Why};
use roster::student::Student;
use roster::table;

fn students(lines: &[[String; 7]]) -> Vec<Student> {
    let rows: Vec<String> = lines.iter().map(|line| line.join(",")).collect();
    let text = format!("学号,姓名,证件号码,层次,班级,预计毕业日期,学籍状态\n{}", rows.join("\n"));
    let table = table::read(text.as_bytes()).unwrap();
    let checked = check(&table, &Mapping::of_headings(&table.headings));
    assert_eq!(checked.findings, []);
    checked.students
}

fn line(number: usize) -> [String; 7] {
    let body = format!("61010420040101{number:03}");
    let document = format!("{body}{}", check_character(&body).unwrap());
    let name = ["林晓雨", "买买提·艾力", "王国", "陈默"][number % 4];
    let number = (20_270_000 + number).to_string();
    [number, name.into(), document, "本科".into(), "软件1".into(), "2027-06-30".into(), "注册学籍".into()]
}

#[test]
fn ten_planted_mismatches_are_found_and_nothing_else() {
    let school: Vec<_> = (0..500).map(line).collect();
    let mut platform = school.clone();
    let mut planted = Vec::new();
    let mut plant = |number: usize, why: Why| planted.push(((20_270_000 + number).to_string(), why));
    for (number, field, value, why) in [
        (8, 1, "林小雨", Why::OtherName),
        (10, 1, "王國", Why::NameVariant),
        (20, 3, "专科", Why::OtherLevel),
        (30, 5, "2028-06-30", Why::OtherYear),
        (40, 6, "休学", Why::OtherStatus),
        (50, 6, "退学", Why::OtherStatus),
    ] {
        platform[number][field] = value.into();
        plant(number, why);
    }
    platform[60][2] = line(900)[2].clone();
    plant(60, Why::OtherDocument);
    for number in [71, 70] {
        platform.remove(number);
    }
    plant(70, Why::NotRegistered);
    plant(71, Why::NotRegistered);
    platform.push(line(700));
    plant(700, Why::NotOnRoster);
    // Another year's student is nobody's business here, and another writing of the dot is the same name.
    let mut younger = line(701);
    younger[5] = "2028-06-30".into();
    platform.push(younger);
    platform[1][1] = "买买提•艾力".into();

    let found = platform::check(&students(&school), &students(&platform), 2027);
    let found: Vec<_> = found.into_iter().map(|one| (one.student_no, one.why)).collect();
    assert_eq!(found, planted);
}
