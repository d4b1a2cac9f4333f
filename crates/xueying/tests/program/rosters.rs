//! `xueying roster check` as people run it.

use std::fs;

use crate::xueying::{complaints, lines, results, xueying_in};

const ROSTER: &str = "学号,姓名,性别,证件号码,层次,班级\n\
    1,林晓雨,女,11010519491231002X,本科,计算机2101\n\
    2,周子航,男,11010519491231002X,硕士,计算机2101\n\
    3,陈默,女,110105194912310021,本科,\n";

#[test]
fn faulty_cells_are_named_by_row_and_column_without_their_content() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("r.csv"), ROSTER).unwrap();
    let checked = xueying_in(folder.path(), ["roster", "check", "r.csv", "--out", "marked.xlsx"]);
    assert_eq!(checked.status.code(), Some(1), "{}", complaints(&checked));
    insta::assert_snapshot!(results(&checked), @r"
    row 3, 性别: differs from the sex in the document number; compare
    row 4, 证件号码: does not fit its check digit, so a digit is wrong; compare with the document
    row 4, 班级: is required; fill it in
    rows that can be used: 1; faulty cells: 3
    ");
    assert!(fs::read(folder.path().join("marked.xlsx")).unwrap().starts_with(b"PK"));

    let json = xueying_in(folder.path(), ["roster", "check", "r.csv", "--format", "json"]);
    let found = lines(&json);
    assert_eq!(found.len(), 3);
    assert_eq!((found[1]["line"].as_u64(), found[1]["column"].as_u64()), (Some(4), Some(4)));
    assert_eq!(found[1]["code"], "check-digit");
}

#[test]
fn headings_that_are_not_known_are_mapped_by_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let roster = ROSTER.lines().take(2).collect::<Vec<_>>().join("\n").replace("班级", "教学班");
    fs::write(folder.path().join("r.csv"), roster).unwrap();
    let refused = xueying_in(folder.path(), ["roster", "check", "r.csv"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(results(&refused).contains("班级: is required"), "{}", results(&refused));

    fs::write(folder.path().join("m.toml"), "cohort = \"教学班\"\n").unwrap();
    let mapped = xueying_in(folder.path(), ["roster", "check", "r.csv", "--mapping", "m.toml"]);
    assert_eq!(mapped.status.code(), Some(0), "{}{}", results(&mapped), complaints(&mapped));

    fs::write(folder.path().join("m.toml"), "cohort = \"班\"\n").unwrap();
    let wrong = xueying_in(folder.path(), ["roster", "check", "r.csv", "--mapping", "m.toml"]);
    assert!(wrong.status.code() == Some(2) && complaints(&wrong).contains("no column"));
}

#[test]
fn what_is_no_roster_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.xlsx"), b"PK\x03\x04 broken").unwrap();
    fs::write(folder.path().join("b.csv"), "a,b\n1,2\n").unwrap();
    for (name, words) in [("a.xlsx", "save it as xlsx"), ("b.csv", "headings"), ("c.csv", "no such file")] {
        let refused = xueying_in(folder.path(), ["roster", "check", name]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(complaints(&refused).contains(words), "{}", complaints(&refused));
    }
}
