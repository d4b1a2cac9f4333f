//! Random problems, edits and replans: the checker and the naive one must agree about what is possible.

use std::collections::HashMap;

use proptest::prelude::*;
use schedule::{
    Assignment, Charges, Class, ClassId, College, Day, Effort, Noise, Plan, Problem, Severity, Station,
    Window, bring_forward, check, replan, score, simulate, solve,
};

use crate::naive;

prop_compose! {
    fn problem()(
        stations in 1usize..4,
        colleges in 1usize..5,
        gather in 0i64..300,
        setup in 0i64..40,
        classes in prop::collection::vec((0usize..5, 1i64..600, prop::collection::vec((0i64..5_000, 1i64..900), 0..3)), 1..14),
        windows in 1usize..4,
        paces in prop::collection::vec(prop::option::of(0.5..2.0f64), 4),
    ) -> Problem {
        Problem {
            name: String::new(),
            stations: (0..stations).map(|index| Station { sec_per_student: paces[index], ..Station::default() }).collect(),
            gather,
            travel: gather / 3,
            setup,
            buffer: 0.0,
            sec_per_student: 1.0,
            windows: (0..windows as i64).map(|index| Window { day: 0, start: index * 2_000, end: index * 2_000 + 1_700 }).collect(),
            colleges: (0..colleges).map(|index| College { name: format!("C{index}"), ..College::default() }).collect(),
            classes: classes.into_iter().enumerate().map(|(index, (college, p, busy))| Class {
                id: ClassId::Number(index as i64),
                name: String::new(),
                college: college % colleges,
                heads: 1,
                p: Some(p),
                busy: busy.into_iter().map(|(from, length)| (from, from + length)).collect(),
                pin: None,
            }).collect(),
            college_at_two_stations: false,
            charges: Charges::default(),
            unknown: HashMap::new(),
        }
    }
}

/// Times of the day, of no day, and at the ends of what a number holds.
fn any_time() -> impl Strategy<Value = i64> {
    prop_oneof![4 => 0i64..40_000, 1 => any::<i64>(), 1 => Just(i64::MAX), 1 => Just(i64::MIN)]
}

fn small(problem: &Problem) -> Effort {
    Effort { moves: 2_000, searches: 1, ..Effort::usual(problem) }
}

/// Without the rules about pauses, which the naive checker does not know.
fn has_errors(problem: &Problem, plan: &Plan) -> bool {
    check(problem, plan).iter().any(|breach| {
        breach.severity == Severity::Error && breach.rule != "setup" && breach.rule != "overrun"
    })
}

/// The classes that a plan places, as a problem of their own.
fn placed_only(problem: &Problem, plan: &Plan) -> Problem {
    let mut part = problem.clone();
    part.classes.retain(|class| plan.assignments.iter().any(|each| each.class == class.id));
    part
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_plan_of_the_solver_is_possible_and_names_every_class(problem in problem()) {
        let plan = solve(&problem, small(&problem), &|_| true);
        prop_assert_eq!(plan.assignments.len() + plan.unplaced.len(), problem.classes.len());
        let part = placed_only(&problem, &plan);
        prop_assert!(naive::possible(&part, &plan), "{:?}", plan);
        let wrong: Vec<_> = check(&part, &plan).into_iter().filter(|breach| breach.severity == Severity::Error && breach.rule != "unknown-class").collect();
        prop_assert!(wrong.iter().all(|breach| breach.rule == "unplaced"), "{:?}", wrong);
        // A class that fits alone at an empty station is only left out where the hours are full.
        let bounds = plan.bounds.unwrap();
        if plan.unplaced.is_empty() {
            prop_assert!(bounds.pieces <= plan.score.as_ref().unwrap().pieces);
            prop_assert!(bounds.finish <= plan.score.as_ref().unwrap().finish);
        }
    }

    #[test]
    fn whatever_is_edited_both_checkers_say_the_same(
        problem in problem(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..4, -800i64..800, 0u8..6), 0..3),
    ) {
        let mut plan = solve(&problem, small(&problem), &|_| true);
        plan.unplaced.clear();
        for (which, station, shift, kind) in edits {
            if plan.assignments.is_empty() {
                break;
            }
            let index = which.index(plan.assignments.len());
            match kind {
                0 => { plan.assignments.remove(index); }
                1 => { let twice = plan.assignments[index].clone(); plan.assignments.push(twice); }
                2 => plan.assignments[index].end -= shift.abs().min(50),
                3 => plan.assignments[index].station = station,
                _ => {
                    plan.assignments[index].start += shift;
                    plan.assignments[index].end += shift;
                }
            }
        }
        prop_assert_eq!(has_errors(&problem, &plan), !naive::possible(&problem, &plan), "{:?}\n{:?}", check(&problem, &plan), plan);
    }

    #[test]
    fn whatever_happens_a_replan_loses_nobody_and_moves_nothing_that_has_begun(
        problem in problem(),
        now in 0i64..4_000,
        late in prop::collection::vec(0i64..1_500, 0..4),
        closed in prop::collection::vec((0usize..4, 0i64..4_000, 1i64..3_000), 0..2),
        freeze in 0i64..600,
    ) {
        let plan = solve(&problem, small(&problem), &|_| true);
        let closed: Vec<_> = closed.into_iter().filter(|(station, ..)| *station < problem.stations.len()).map(|(station, from, length)| (station, from.max(now), from.max(now) + length)).collect();
        let day = Day { now, freeze, late, closed: closed.clone(), ..Day::default() };
        let mended = replan(&problem, &plan, &day, 3);
        prop_assert_eq!(mended.plan.assignments.len() + mended.plan.unplaced.len(), problem.classes.len());
        for old in plan.assignments.iter().filter(|old| old.end <= now && day.late.get(old.station).copied().unwrap_or(0) == 0) {
            prop_assert!(mended.plan.assignments.contains(old));
        }
        // What was planned anew is possible: without what was kept, whose delays nobody can undo.
        let kept = |each: &Assignment| plan.assignments.iter().any(|old| old.class == each.class && old.start < now + freeze);
        let new = Plan { assignments: mended.plan.assignments.iter().filter(|each| !kept(each)).cloned().collect(), ..Plan::default() };
        prop_assert!(naive::possible(&placed_only(&problem, &new), &new), "{:?}", new);
        for each in &new.assignments {
            prop_assert!(each.start >= now);
            let shut = |&(station, from, to): &(usize, i64, i64)| station == each.station && from < each.end && each.start < to;
            prop_assert!(!closed.iter().any(shut), "{:?}", each);
        }
    }

    #[test]
    fn plans_and_days_of_any_numbers_are_refused_or_gone_through(
        problem in problem(),
        placed in prop::collection::vec((0i64..14, any_time(), any_time(), prop_oneof![0usize..4, any::<usize>()]), 0..6),
        now in any_time(),
        late in prop::collection::vec(any_time(), 0..4),
        closed in prop::collection::vec((0usize..5, any_time(), any_time()), 0..3),
        stops in any::<f64>(),
    ) {
        let assignments = placed
            .into_iter()
            .map(|(class, start, end, station)| Assignment { class: ClassId::Number(class), station, start, end })
            .collect();
        let plan = Plan { assignments, ..Plan::default() };
        let day = Day { now, late, closed, ..Day::default() };
        let noise = Noise { stops_per_hour: stops, ..Noise::default() };
        if plan.validate().is_ok() {
            let _breaches = check(&problem, &plan);
            let _score = score(&problem, &plan);
            if day.validate(&problem).is_ok() {
                for class in &problem.classes { let _next = bring_forward(&problem, &plan, &class.id, day.now); }
                let _mended = replan(&problem, &plan, &day, 1);
            }
            if noise.validate().is_ok() {
                let _waiting = simulate(&problem, &plan, &noise, 2, 1);
            }
        }
    }

    #[test]
    fn a_file_of_any_bytes_is_read_or_refused(text in ".{0,200}") {
        let _ = Problem::from_json(&text);
        let _ = Plan::from_json(&text);
        let _ = schedule::read_range(&text);
    }
}
