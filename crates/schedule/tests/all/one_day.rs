use std::collections::BTreeSet;

use schedule::{Alternative, Effort, Severity, alternatives, bounds, check, clock, score, solve};

use crate::{data, naive};

#[test]
fn the_plan_that_was_printed_has_the_faults_it_is_known_for() {
    let (problem, plan) = (data::one_day(), data::printed());
    let score = score(&problem, &plan);
    assert_eq!((plan.assignments.len(), score.pieces, clock(score.finish).as_str()), (99, 25, "18:00"));
    assert_eq!(score.split_colleges, 6, "colleges at two stations");
    let breaches = check(&problem, &plan);
    let of = |rule: &str| breaches.iter().filter(|breach| breach.rule == rule).collect::<Vec<_>>();
    // From 12.8 to 23.7 s for each student: twelve lines are quicker than the mean.
    assert_eq!(of("short").len(), 12, "{:#?}", of("short"));
    // At the mean pace, the second station is done at 18:06.
    let overrun: Vec<_> = of("overrun").iter().map(|breach| breach.en.clone()).collect();
    assert!(overrun.iter().any(|text| text.contains("18:06")), "{overrun:?}");
    assert!(!of("split").is_empty() && of("split").iter().all(|breach| breach.severity == Severity::Note));
    assert!(of("order").iter().any(|breach| breach.en.contains("运动训练2102 comes before 运动训练2101")));
    let rules: BTreeSet<_> = breaches.iter().map(|breach| breach.rule).collect();
    assert!(
        rules.is_subset(&BTreeSet::from(["short", "overrun", "split", "order", "college-twice"])),
        "{rules:?}"
    );
}

#[test]
fn ninety_nine_classes_need_fifteen_runs_and_end_half_an_hour_earlier() {
    let problem = data::one_day();
    let plan = solve(&problem, Effort::usual(&problem), &|_| true);
    let score = plan.score.clone().unwrap();
    assert_eq!((score.unplaced, score.pieces, score.split_colleges), (0, 15, 0));
    assert!(score.finish <= 17 * 3_600 + 28 * 60 + 30, "{}", clock(score.finish));
    assert_eq!(check(&problem, &plan), []);
    assert!(naive::possible(&problem, &plan));
    let bounds = bounds(&problem);
    assert_eq!((bounds.pieces, bounds.exact, clock(bounds.finish).as_str()), (15, true, "17:25:15"));
}

#[test]
fn three_stations_need_385_minutes_each() {
    let mut problem = data::one_day();
    problem.sec_per_student = 19.4;
    let minutes = schedule::minutes_each(&problem);
    // 3 575 × 19.4 s / 3; each class's last part of a second counts as whole.
    assert!((minutes - 3_575.0 * 19.4 / 60.0 / 3.0).abs() < 0.5, "{minutes}");
    assert_eq!(minutes.floor() as i64, 385);
}

#[test]
fn the_same_seed_gives_the_same_plan_on_any_number_of_threads() {
    let problem = data::one_day();
    let effort = Effort { moves: 20_000, searches: 4, ..Effort::usual(&problem) };
    let one = solve(&problem, effort, &|_| true);
    let two = solve(&problem, Effort { threads: 2.try_into().unwrap(), ..effort }, &|_| true);
    assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&two).unwrap());
    let other = solve(&problem, Effort { seed: 2, moves: 20_000, ..effort }, &|_| true);
    assert_ne!(one.assignments, other.assignments);
}

#[test]
fn whoever_watches_may_stop_and_gets_the_best_so_far() {
    let problem = data::one_day();
    let effort = Effort { moves: u64::MAX / 100, searches: 1, ..Effort::usual(&problem) };
    let plan = solve(&problem, effort, &|progress| progress.tried < 10_000);
    assert!(plan.unplaced.is_empty() && naive::possible(&problem, &plan));
}

#[test]
fn alternatives_differ_and_each_can_be_carried_out() {
    let mut problem = data::one_day();
    // One class of each of seven colleges has its lecture until the afternoon is half over.
    for college in 0..7 {
        problem.classes.iter_mut().rfind(|class| class.college == college).unwrap().busy =
            vec![(8 * 3_600, 16 * 3_600)];
    }
    let effort = Effort { moves: 100_000, searches: 2, ..Effort::usual(&problem) };
    let plans = alternatives(&problem, effort, &|_| true);
    assert!((3..=5).contains(&plans.len()), "{}", plans.len());
    for Alternative { plan, .. } in &plans {
        assert!(naive::possible(&problem, plan));
    }
    let worth: Vec<_> = plans
        .iter()
        .filter(|one| one.buffer < 1.0)
        .map(|Alternative { plan, .. }| {
            plan.score.as_ref().map(|score| (score.pieces, score.finish)).unwrap()
        })
        .collect();
    assert!(
        worth
            .iter()
            .all(|(pieces, finish)| *pieces >= worth[0].0 && (*pieces > worth[0].0 || *finish >= worth[0].1)),
        "{worth:?}"
    );
    assert!(worth.iter().any(|(pieces, finish)| *pieces > worth[0].0 && *finish < worth[0].1), "{worth:?}");
    // A day of 385 minutes of 420 has room for a reserve of five per cent and not of ten.
    let reserve: Vec<f64> = plans.iter().map(|one| one.buffer).filter(|buffer| *buffer > 0.0).collect();
    assert_eq!(reserve, [5.0]);
}

#[test]
fn order_between_the_runs_of_a_college_has_a_price() {
    // Before noon there is time for the long second class, or for the short first one; the other comes after noon.
    let text = r#"{"stations": 1, "colleges": ["a"], "windows": [{"start": 39600, "end": 43200}, {"start": 46800, "end": 50400}],
        "classes": [{"id": 1, "college": 0, "p": 1800}, {"id": 2, "college": 0, "p": 3600}]}"#;
    let solved = |order| {
        let mut problem = schedule::Problem::from_json(text).unwrap();
        problem.charges.order = order;
        let plan =
            solve(&problem, Effort { moves: 2_000, searches: 1, ..Effort::usual(&problem) }, &|_| true);
        let disorder = check(&problem, &plan).iter().filter(|breach| breach.rule == "order").count();
        (disorder, clock(plan.score.unwrap().finish))
    };
    assert_eq!(solved(0), (1, "13:30".into()));
    assert_eq!(solved(1_799), (1, "13:30".into()));
    assert_eq!(solved(1_801), (0, "14:00".into()));
}

#[test]
fn a_class_without_a_place_says_why() {
    let mut problem = data::one_day();
    problem.classes[0].busy = vec![(0, 86_400)];
    problem.classes[1].heads = 900;
    problem.classes[5].pin = Some(schedule::Pin { station: Some(0), start: None });
    problem.stations[0].windows = Some(Vec::new());
    let plan = solve(&problem, Effort { moves: 5_000, searches: 1, ..Effort::usual(&problem) }, &|_| true);
    let reason = |class: usize| {
        plan.unplaced
            .iter()
            .find(|each| each.class == problem.classes[class].id)
            .map(|each| each.reason.as_str())
    };
    assert!(reason(0).unwrap().contains("lectures"), "{:?}", reason(0));
    assert!(reason(1).unwrap().contains("longer than the longest window"), "{:?}", reason(1));
    assert!(reason(5).unwrap().contains("no station that it may use has any hours"), "{:?}", reason(5));
    assert_eq!(plan.unplaced.len() + plan.assignments.len(), 99);
    // Two stations are too few for all.
    assert!(plan.unplaced.iter().any(|each| each.reason.contains("hours are full")));
}

#[test]
fn what_is_settled_stays_where_it_was_settled() {
    let mut problem = data::one_day();
    problem.classes[40].pin = Some(schedule::Pin { station: Some(2), start: Some(10 * 3_600) });
    let plan = solve(&problem, Effort { moves: 20_000, searches: 2, ..Effort::usual(&problem) }, &|_| true);
    assert!(plan.unplaced.is_empty());
    let each = plan.assignments.iter().find(|each| each.class == problem.classes[40].id).unwrap();
    assert_eq!((each.station, each.start), (2, 10 * 3_600));
    assert!(check(&problem, &plan).iter().all(|breach| breach.severity == Severity::Note));
}
