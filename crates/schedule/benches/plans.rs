//! Times of planning on one thread, beside what is known of these problems from another solver.
//!
//! The larger problems lie outside the project (`XUEYING_SCHEDULES`); where they are missing, that is said.

use std::{
    collections::HashMap,
    path::Path,
    time::{Duration, Instant},
};

use schedule::{
    Charges, Class, ClassId, College, Day, Effort, Plan, Problem, Station, Window, bounds, check,
    day_and_clock, replan, solve,
};

/// 99 classes of 15 colleges, as a university planned them for one day at three stations.
const ONE_DAY: &str = include_str!("../tests/plans/one-day.csv");

/// What OR-Tools' CP-SAT 9.15 gave on two cores, as runs, finish and the time it took.
const PEER: [(&str, &str); 5] = [
    ("s003", "15, 17:28:11 proven"),
    ("s003lec1", "19 proven, 17:30:59"),
    ("g300", "31, day 3 17:37:58 in 240 s"),
    ("g300tight", "31, day 2 17:06:47 in 240 s"),
    ("g1500", "no plan in 240 s"),
];

fn main() {
    println!("## Planning, one thread");
    println!();
    println!(
        "| problem | classes | runs (bound) | finish (bound) | bounds ms | search s | check ms | CP-SAT |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let problem = one_day();
    let plan = row("one day", &problem, "15, 17:28:11 proven");
    let folder = std::env::var("XUEYING_SCHEDULES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/schedule").into());
    for (name, peer) in PEER {
        match std::fs::read_to_string(Path::new(&folder).join(format!("{name}.json"))) {
            Ok(text) => match Problem::from_json(&text) {
                Ok(problem) => drop(row(name, &problem, peer)),
                Err(fault) => println!("| {name} | {fault} ||||||| "),
            },
            Err(_) => println!("| {name} | not there; set XUEYING_SCHEDULES to its folder ||||||| "),
        }
    }
    println!();
    println!("## Mending the day, one thread");
    println!();
    println!("| what happens at 10:00 | ms | classes told |");
    println!("|---|---|---|");
    let ten = 10 * 3_600;
    for (what, day) in [
        ("a station is 15 min behind", Day { now: ten, late: vec![900, 0, 0], ..Day::default() }),
        (
            "a camera fails for 40 min",
            Day { now: ten, closed: vec![(1, ten, ten + 2_400)], ..Day::default() },
        ),
    ] {
        let (took, mended) = timed(|| replan(&problem, &plan, &day, 1));
        println!("| {what} | {:.0} | {} |", took.as_secs_f64() * 1e3, mended.changes.len());
    }
}

fn row(name: &str, problem: &Problem, peer: &str) -> Plan {
    let (bounding, bounds) = timed(|| bounds(problem));
    let (searching, plan) = timed(|| solve(problem, Effort::usual(problem), &|_| true));
    let (checking, breaches) = timed(|| check(problem, &plan));
    assert!(
        breaches.iter().all(|breach| breach.severity == schedule::Severity::Note),
        "a plan of the solver is sound"
    );
    let score = plan.score.clone().unwrap_or_default();
    let at = |time| {
        let (day, clock) = day_and_clock(time);
        if day == 1 { clock } else { format!("day {day} {clock}") }
    };
    println!(
        "| {name} | {} | {} ({}) | {} ({}) | {:.1} | {:.1} | {:.1} | {peer} |",
        problem.classes.len(),
        score.pieces,
        bounds.pieces,
        at(score.finish),
        at(bounds.finish),
        bounding.as_secs_f64() * 1e3,
        searching.as_secs_f64(),
        checking.as_secs_f64() * 1e3,
    );
    plan
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let done = work();
    (begun.elapsed(), done)
}

fn one_day() -> Problem {
    let mut colleges: Vec<College> = Vec::new();
    let mut classes: Vec<Class> = Vec::new();
    for line in ONE_DAY.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let college = colleges.iter().position(|college| college.name == cells[1]).unwrap_or_else(|| {
            colleges.push(College { name: cells[1].into(), ..College::default() });
            colleges.len() - 1
        });
        let heads = cells[3].parse().unwrap_or(0);
        classes.push(Class {
            id: ClassId::Text(cells[2].into()),
            name: cells[2].into(),
            college,
            heads,
            p: None,
            busy: Vec::new(),
            pin: None,
        });
    }
    let hours = [(30_600, 43_200), (52_200, 64_800)];
    Problem {
        stations: vec![Station::default(); 3],
        gather: 900,
        travel: 300,
        sec_per_student: 1_155.0 * 60.0 / 3_575.0,
        windows: hours.map(|(start, end)| Window { day: 0, start, end }).to_vec(),
        colleges,
        classes,
        charges: Charges::default(),
        unknown: HashMap::new(),
        ..Problem::default()
    }
}
