//! Larger problems, made up, that stand beside the project on its makers' machines.

use std::path::Path;

use schedule::{Effort, Problem, Severity, check, solve};

fn read(name: &str) -> Option<Problem> {
    let folder = std::env::var("XUEYING_SCHEDULES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/schedule").into());
    let path = Path::new(&folder).join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not there (set XUEYING_SCHEDULES to its folder)", path.display());
        return None;
    };
    Some(Problem::from_json(&text).unwrap())
}

/// Runs and finish that a plan must reach, in a part of the usual number of searches where that is enough.
fn reaches(name: &str, part: u32, pieces: usize, finish: i64) {
    let Some(problem) = read(name) else { return };
    let usual = Effort::usual(&problem);
    let effort = Effort { searches: usual.searches / part, threads: 2.try_into().unwrap(), ..usual };
    let plan = solve(&problem, effort, &|_| true);
    let score = plan.score.clone().unwrap();
    assert_eq!(score.unplaced, 0, "{name}");
    assert!(score.pieces <= pieces && score.finish <= finish, "{name}: {score:?}");
    let wrong: Vec<_> =
        check(&problem, &plan).into_iter().filter(|breach| breach.severity == Severity::Error).collect();
    assert_eq!(wrong, [], "{name}");
}

const HOUR: i64 = 3_600;

#[test]
fn a_day_with_lectures_needs_nineteen_runs_and_ends_at_half_past_five() {
    reaches("s003lec1.json", 1, 19, 17 * HOUR + 32 * 60);
}

#[test]
fn three_hundred_classes_at_eight_stations_end_on_the_third_day() {
    reaches("g300.json", 12, 31, 48 * HOUR + 17 * HOUR + 37 * 60 + 58);
}

#[test]
fn three_hundred_classes_at_five_stations_end_on_the_second_day() {
    reaches("g300tight.json", 1, 31, 24 * HOUR + 16 * HOUR + 45 * 60);
}

#[test]
fn fifteen_hundred_classes_need_no_more_runs_than_each_college_alone() {
    reaches("g1500.json", 24, 125, 5 * 24 * HOUR);
}
