use std::collections::HashMap;

use schedule::{
    Assignment, ClassId, Day, Effort, Plan, Problem, Severity, bring_forward, check, replan, solve,
};

use crate::data;

const TEN: i64 = 10 * 3_600;

fn planned() -> (Problem, Plan) {
    let problem = data::one_day();
    let plan = solve(&problem, Effort { moves: 50_000, searches: 4, ..Effort::usual(&problem) }, &|_| true);
    (problem, plan)
}

fn by_class(plan: &Plan) -> HashMap<&ClassId, &Assignment> {
    plan.assignments.iter().map(|each| (&each.class, each)).collect()
}

/// What is wrong beside what the delay itself makes wrong at a station that was behind already.
fn errors(problem: &Problem, plan: &Plan) -> Vec<String> {
    check(problem, plan)
        .into_iter()
        .filter(|breach| breach.severity == Severity::Error)
        .map(|breach| breach.en)
        .collect()
}

#[test]
fn a_station_that_is_a_quarter_of_an_hour_behind_only_puts_off_its_own_classes() {
    let (problem, plan) = planned();
    let mended = replan(&problem, &plan, &Day { now: TEN, late: vec![900, 0, 0], ..Day::default() }, 1);
    assert!(mended.plan.unplaced.is_empty());
    assert_eq!(errors(&problem, &mended.plan), Vec::<String>::new());
    let before = by_class(&plan);
    for each in &mended.plan.assignments {
        let old = before[&each.class];
        assert!(
            each.start >= old.start.min(TEN + 7_200),
            "nobody is told to come earlier less than two hours ahead"
        );
        if old.start < TEN {
            assert_eq!(each.station, old.station, "what has begun stays");
        }
        if !mended.moved && old.station != 0 {
            assert_eq!((each.station, each.start), (old.station, old.start), "other stations do not notice");
        }
    }
    let told: Vec<_> = mended.changes.iter().map(|change| &change.class).collect();
    assert!(!told.is_empty() && told.len() < 60, "{}", told.len());
}

#[test]
fn a_camera_that_fails_for_forty_minutes_concerns_only_who_is_affected() {
    let (mut problem, plan) = planned();
    // The photographers stay half an hour longer; without that one class has no place.
    problem.windows[1].end += 1_800;
    let day = Day { now: TEN, closed: vec![(1, TEN, TEN + 2_400)], ..Day::default() };
    let mended = replan(&problem, &plan, &day, 1);
    let closed = |each: &&Assignment| each.station == 1 && each.start < TEN + 2_400 && TEN < each.end;
    let during: Vec<_> = mended.plan.assignments.iter().filter(closed).collect();
    let begun = |class: &ClassId| by_class(&plan)[class].start < TEN;
    assert!(during.iter().all(|each| begun(&each.class) && each.end <= TEN), "{during:?}");
    assert_eq!(mended.plan.assignments.len() + mended.plan.unplaced.len(), 99);
    assert_eq!(errors(&problem, &mended.plan), Vec::<String>::new());
    // Whoever is not named stands where he stood, give or take five minutes.
    let named: Vec<_> = mended.changes.iter().map(|change| &change.class).collect();
    let after = by_class(&mended.plan);
    for each in plan.assignments.iter().filter(|each| !named.contains(&&each.class)) {
        let now = after[&each.class];
        assert!(now.station == each.station && (now.start - each.start).abs() <= 300);
    }
}

#[test]
fn a_station_that_closes_for_good_gives_its_classes_to_the_others() {
    let (mut problem, plan) = planned();
    problem.windows[1].end += 2 * 3_600;
    let day = Day { now: 14 * 3_600, closed: vec![(2, 13 * 3_600, 86_400)], ..Day::default() };
    let mended = replan(&problem, &plan, &day, 1);
    assert!(mended.moved && mended.plan.unplaced.is_empty());
    assert_eq!(errors(&problem, &mended.plan), Vec::<String>::new());
    assert!(mended.plan.assignments.iter().all(|each| each.station != 2 || each.start < 13 * 3_600));
}

#[test]
fn a_class_that_is_complete_goes_next_and_only_those_before_it_come_later() {
    let (problem, plan) = planned();
    let mut line: Vec<&Assignment> =
        plan.assignments.iter().filter(|each| each.station == 0 && each.start < 12 * 3_600).collect();
    line.sort_by_key(|each| each.start);
    let (first, chosen) = (line[1], line[4]);
    let swapped = bring_forward(&problem, &plan, &chosen.class, first.start).unwrap();
    let after = by_class(&swapped);
    assert_eq!(after[&chosen.class].start, first.start);
    for (index, each) in line.iter().enumerate() {
        let now = after[&each.class];
        match index {
            1..4 => assert_eq!(now.start, each.start + (chosen.end - chosen.start)),
            4 => {}
            _ => assert_eq!(now.start, each.start),
        }
    }
    assert_eq!(errors(&problem, &swapped), Vec::<String>::new());
    assert_eq!(bring_forward(&problem, &plan, &first.class, first.start), None, "it is next already");
}

#[test]
fn a_class_at_a_station_that_does_not_exist_is_told_and_planned_anew() {
    let (problem, mut plan) = planned();
    let last = plan.assignments.iter_mut().max_by_key(|each| each.start).unwrap();
    last.station = problem.stations.len();
    let lost = last.clone();
    let day = Day { now: lost.start - 7_200, ..Day::default() };
    let mended = replan(&problem, &plan, &day, 1);
    assert!(mended.changes.iter().any(|change| change.class == lost.class));
    assert!(mended.plan.assignments.iter().all(|each| each.station < problem.stations.len()));
    assert_eq!(bring_forward(&problem, &plan, &lost.class, day.now), None);
}
