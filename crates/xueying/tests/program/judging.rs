//! What the program says of photos: forms of results, evidence, standards by file, likeness of faces.

use std::fs;

use super::{
    photos::portrait,
    xueying::{complaints, lines, results, text, xueying},
};

#[test]
fn a_table_opens_in_a_spreadsheet_with_a_row_for_every_photo() {
    let (Some(one), Some(two)) = (portrait("biden.jpg"), portrait("obama.jpg")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("results.csv");
    let output = xueying(["inspect", &text(&one), &text(&two), "--format", "csv", "--out", &text(&table)]);
    assert_eq!(output.status.code(), Some(1), "{}", complaints(&output));
    assert_eq!(results(&output), "", "results went into the file");
    let written = fs::read(&table).unwrap();
    let written = written.strip_prefix(b"\xef\xbb\xbf").expect("the mark that tells Excel of UTF-8");
    let mut rows = csv::Reader::from_reader(written);
    assert_eq!(rows.headers().unwrap().iter().take(3).collect::<Vec<_>>(), ["file", "standard", "verdict"]);
    let verdicts: Vec<String> = rows.records().map(|row| row.unwrap()[2].to_owned()).collect();
    assert_eq!(verdicts, ["fail", "fail"]);
}

#[test]
fn evidence_is_drawn_for_every_photo_and_the_report_holds_it_all() {
    let Some(photo) = portrait("biden.jpg") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (drawn, report) = (folder.path().join("drawn"), folder.path().join("report.html"));
    let arguments =
        ["inspect", &text(&photo), "--evidence", &text(&drawn), "--format", "html", "--out", &text(&report)];
    let output = xueying(arguments);
    assert_eq!(output.status.code(), Some(1), "{}", complaints(&output));
    let drawing = fs::read_to_string(drawn.join("biden.jpg.svg")).unwrap();
    assert!(drawing.contains("<svg") && drawing.contains("<rect"));
    let page = fs::read_to_string(report).unwrap();
    for needed in ["<html", "data:image/jpeg;base64,", "background-colour", "<svg"] {
        assert!(page.contains(needed), "the report has no {needed}");
    }
    let outside = page.matches("src=\"http").count() + page.matches("href=\"http").count();
    assert_eq!(outside, 0, "the report needs nothing from outside");
}

#[test]
fn names_come_from_a_table_and_what_is_not_in_it_is_said() {
    let (Some(one), Some(two)) = (portrait("biden.jpg"), portrait("obama.jpg")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (table, out) = (folder.path().join("names.csv"), folder.path().join("out"));
    fs::write(&table, "\u{feff}文件,学号\r\nbiden.jpg,2027010137\r\n").unwrap();
    let output = xueying([
        "make",
        &text(&one),
        &text(&two),
        "--anyway",
        "--names",
        &text(&table),
        "--out",
        &text(&out),
    ]);
    assert_eq!(output.status.code(), Some(2), "{}", complaints(&output));
    assert!(complaints(&output).contains("obama.jpg"), "{}", complaints(&output));
    assert!(out.join("2027010137.jpg").exists());
    assert!(!out.join("obama.jpg").exists());
}

#[test]
fn a_campaigns_file_narrows_the_standard_and_a_faulty_one_is_refused_at_its_line() {
    let Some(photo) = portrait("biden.jpg") else { return };
    let folder = tempfile::tempdir().unwrap();
    let campaign = folder.path().join("campaign.toml");
    let good = "name = \"ours\"\nbase = \"jbz-2017-99\"\ntitle = { zh-CN = \"本校\", en = \"ours\" }\n[background]\nallowed = [\"white\"]\n";
    fs::write(&campaign, good).unwrap();
    let output = xueying(["inspect", "--standard", &text(&campaign), "--format", "json", &text(&photo)]);
    assert_eq!(lines(&output)[0]["standard"], "ours", "{}", complaints(&output));
    fs::write(&campaign, good.replace("white", "pink")).unwrap();
    let output = xueying(["inspect", "--standard", &text(&campaign), &text(&photo)]);
    assert_eq!(output.status.code(), Some(2));
    let said = complaints(&output);
    assert!(said.contains("campaign.toml") && said.contains("pink") && said.contains('5'), "{said}");
}

#[test]
fn one_mans_photos_are_nearer_than_two_mens_and_come_first() {
    let (Some(one), Some(again), Some(other)) =
        (portrait("obama.jpg"), portrait("obama2.jpg"), portrait("biden.jpg"))
    else {
        return;
    };
    let distance = |a, b| -> f64 {
        let output = xueying(["faces", "compare", "--format", "json", a, b]);
        assert_eq!(output.status.code(), Some(0), "{}", complaints(&output));
        lines(&output)[0]["distance"].as_f64().unwrap()
    };
    let (one, again, other) = (text(&one), text(&again), text(&other));
    let (same, different) = (distance(&one, &again), distance(&one, &other));
    assert!(same < 0.5 && different > 0.6, "{same} and {different}");
    let folder = tempfile::tempdir().unwrap();
    for (name, photo) in [("a.jpg", &one), ("b.jpg", &other), ("c.jpg", &again)] {
        fs::copy(photo, folder.path().join(name)).unwrap();
    }
    let output = xueying(["faces", "duplicates", "--format", "json", &text(folder.path())]);
    let pairs = lines(&output);
    assert_eq!(pairs.len(), 1, "{}", results(&output));
    assert!(pairs[0]["a"].as_str().unwrap().ends_with("a.jpg"));
    assert!(pairs[0]["b"].as_str().unwrap().ends_with("c.jpg"));
}
