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
fn tables_are_taken_wherever_a_problem_or_a_plan_is() {
    let folder = folder();
    let run = |arguments: &[&str]| xueying_in(folder.path(), arguments);
    run(&["plan", "import", "day.csv", "--problem", "problem.json", "--out", "printed.json"]);
    let by_json = run(&["plan", "check", "problem.json", "printed.json"]);
    for by_table in [&["plan", "check", "day.csv"][..], &["plan", "check", "problem.json", "day.csv"]] {
        let found = run(by_table);
        assert_eq!((found.status.code(), results(&found)), (Some(1), results(&by_json)), "{by_table:?}");
    }
    // A plan's own table is a plan again.
    let solve =
        ["plan", "solve", "day.csv", "--out", "plan.json", "--table", "plan.xlsx", "--moves", "20000"];
    assert_eq!(run(&solve).status.code(), Some(0));
    let tried = run(&["plan", "simulate", "problem.json", "plan.xlsx", "--days", "20"]);
    assert_eq!(tried.status.code(), Some(0), "{}", complaints(&tried));
    let mended = run(&[
        "plan",
        "replan",
        "problem.json",
        "plan.xlsx",
        "--now",
        "15:00",
        "--late",
        "1=10",
        "--out",
        "m.json",
    ]);
    assert_eq!(mended.status.code(), Some(0), "{}{}", results(&mended), complaints(&mended));
    assert_eq!(run(&["plan", "check", "problem.json", "m.json"]).status.code(), Some(0));
}

#[test]
fn a_list_of_classes_is_planned_around_its_lectures() {
    let folder = folder();
    let run = |arguments: &[&str]| xueying_in(folder.path(), arguments);
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("classes.csv", "学院,班级,人数\n法学院,法学2101—2102,80\n文学院,中文2101班,40\n");
    write("lectures.csv", "班级,星期,时间\n法学2101、2102,周一,8:00-10:00\n中文 2101,星期二,8:00-12:00\n");
    let mut solve =
        vec!["plan", "solve", "classes.csv", "--out", "plan.json", "--hours", "8:30-12:00", "--pace", "20"];
    let without = run(&solve);
    assert_eq!(without.status.code(), Some(0), "{}", complaints(&without));
    solve.extend(["--lectures", "lectures.csv", "--force"]);
    let undated = run(&solve);
    assert_eq!(undated.status.code(), Some(2));
    assert!(complaints(&undated).contains("name the days with --dates"));
    // 2024-03-11 is a Monday.
    solve.extend(["--dates", "2024-03-11"]);
    assert_eq!(run(&solve).status.code(), Some(0));
    let plan = read(&folder.path().join("plan.json"));
    let places = plan["assignments"].as_array().unwrap();
    let start =
        |name: &str| places.iter().find(|each| each["class"] == name).unwrap()["start"].as_i64().unwrap();
    // A quarter of an hour to gather comes after the lecture.
    assert!(start("法学2101") >= 10 * 3_600 + 900 && start("中文2101班") < 10 * 3_600, "{plan}");
    let nothing = run(&["plan", "check", "classes.csv"]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(complaints(&nothing).contains("holds no times"));
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
