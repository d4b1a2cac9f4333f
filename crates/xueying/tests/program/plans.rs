//! `xueying plan` as people run it.

use std::{fs, path::Path};

use crate::xueying::{complaints, lines, results, xueying_in};

/// A printed plan of one day, as an office made it.
const ONE_DAY: &str = include_str!("../../../schedule/tests/plans/one-day.csv");

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("day.csv"), ONE_DAY).unwrap();
    folder
}

fn read(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_printed_plan_is_read_and_its_faults_are_told() {
    let folder = folder();
    let run = |arguments: &[&str]| xueying_in(folder.path(), arguments);
    let imported = run(&["plan", "import", "day.csv", "--problem", "problem.json", "--out", "printed.json"]);
    assert_eq!(imported.status.code(), Some(0), "{}", complaints(&imported));
    insta::assert_snapshot!(results(&imported), @r"
    99 classes, 3575 students, 15 colleges, 3 station(s), 19.38 s for each student
    25 runs, 6 college(s) at more than one station (6 changes), done at 18:00, 0 class(es) without a place
    ");

    let checked = run(&["plan", "check", "problem.json", "printed.json"]);
    assert_eq!(checked.status.code(), Some(1));
    let found = results(&checked);
    for fault in [
        "✗ overrun         [station 2号机位] 数学与计算机科学学院 17:10–18:00: even without a pause, at the pace assumed it is done only at 18:06",
        "✗ short           [station 1号机位] 外国语学院 11:30–12:00: 125 students are given 30.0 min and need 40.5 min at the pace assumed",
        "· split           体育学院 is split into 3 runs at 2 station(s)",
        "· order           [station 2号机位] 运动训练2102 comes before 运动训练2101, against the order of classes",
    ] {
        assert!(found.contains(fault), "{fault}\n{found}");
    }
    let json = lines(&run(&["plan", "check", "problem.json", "printed.json", "--format", "json"]));
    assert!(
        json.iter()
            .any(|line| line["rule"] == "overrun" && line["severity"] == "error" && line["station"] == 1)
    );
}

#[test]
fn a_plan_is_made_better_than_the_printed_one_tried_out_and_mended() {
    let folder = folder();
    let run = |arguments: &[&str]| xueying_in(folder.path(), arguments);
    run(&["plan", "import", "day.csv", "--problem", "problem.json"]);
    let solved = run(&[
        "plan",
        "solve",
        "problem.json",
        "--out",
        "plan.json",
        "--moves",
        "50000",
        "--table",
        "plan.xlsx",
    ]);
    assert_eq!(solved.status.code(), Some(0), "{}", complaints(&solved));
    assert!(
        results(&solved).contains("3 station(s) need 385 min each; no plan has fewer than 15 runs"),
        "{}",
        results(&solved)
    );
    let plan = read(&folder.path().join("plan.json"));
    assert_eq!(
        (plan["score"]["pieces"].as_u64(), plan["score"]["split_colleges"].as_u64()),
        (Some(15), Some(0))
    );
    assert_eq!(
        (plan["bounds"]["pieces"].as_u64(), plan["assignments"].as_array().unwrap().len()),
        (Some(15), 99)
    );
    assert!(fs::read(folder.path().join("plan.xlsx")).unwrap().starts_with(b"PK"));
    assert_eq!(run(&["plan", "check", "problem.json", "plan.json"]).status.code(), Some(0));

    let again =
        run(&["plan", "solve", "problem.json", "--out", "again.json", "--moves", "50000", "--threads", "1"]);
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(
        fs::read(folder.path().join("plan.json")).unwrap(),
        fs::read(folder.path().join("again.json")).unwrap()
    );

    let tried = run(&["plan", "simulate", "problem.json", "plan.json", "--days", "200", "--json"]);
    let waiting = &lines(&tried)[0];
    assert!(waiting["over_20_minutes"].as_f64().unwrap() < 0.2 && waiting["days"] == 200, "{waiting}");

    let mended = run(&[
        "plan",
        "replan",
        "problem.json",
        "plan.json",
        "--now",
        "15:00",
        "--late",
        "1=15",
        "--out",
        "mended.json",
    ]);
    assert_eq!(mended.status.code(), Some(0), "{}{}", results(&mended), complaints(&mended));
    assert!(results(&mended).contains("class(es) must be told"));
    assert_eq!(run(&["plan", "check", "problem.json", "mended.json"]).status.code(), Some(0));
}

#[test]
fn what_is_no_problem_or_plan_is_refused_with_its_place() {
    let folder = folder();
    let run = |arguments: &[&str]| xueying_in(folder.path(), arguments);
    let refused = |text: &str, why: &str| {
        fs::write(folder.path().join("bad.json"), text).unwrap();
        let output = run(&["plan", "solve", "bad.json", "--out", "plan.json"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(complaints(&output).contains(why), "{}", complaints(&output));
    };
    refused("{", "EOF");
    refused(r#"{"stations":0,"colleges":[],"classes":[]}"#, "0 stations");
    refused(
        r#"{"stations":1,"colleges":["a"],"windows":[{"start":9,"end":8}],"classes":[]}"#,
        "windows[0]: from 9 to 8",
    );
    refused(
        r#"{"stations":1,"colleges":["a"],"windows":[],"classes":[{"id":1,"college":3,"p":5}]}"#,
        "classes[0].college: 3 is no index into the 1 colleges",
    );
    let unreadable = run(&["plan", "import", "nothing.csv", "--problem", "p.json"]);
    assert_eq!(unreadable.status.code(), Some(2));
    assert!(complaints(&unreadable).contains("there is no such file"));
    let time = run(&["plan", "replan", "bad.json", "bad.json", "--out", "x.json", "--now", "25:00"]);
    assert_eq!(time.status.code(), Some(2));
}
