use schedule::{Effort, Noise, Plan, Problem, Waiting, simulate, solve};

use crate::data;

const DAYS: u32 = 2_000;

/// The day's plan with more time for everything, and stations that stay open as long as that takes.
fn with_buffer(share: f64) -> (Problem, Plan) {
    let problem = data::one_day();
    let mut plan =
        solve(&problem, Effort { moves: 50_000, searches: 4, ..Effort::usual(&problem) }, &|_| true);
    let opening = |time: i64| {
        problem.windows.iter().map(|window| window.start).filter(|start| *start <= time).max().unwrap()
    };
    for each in &mut plan.assignments {
        let open = opening(each.start);
        let later = |time: i64| open + ((time - open) as f64 * (1.0 + share)).round() as i64;
        (each.start, each.end) = (later(each.start), later(each.end));
    }
    let mut late = problem;
    for window in &mut late.windows {
        window.end += 5_400;
    }
    (late, plan)
}

fn waiting(share: f64, noise: &Noise) -> Waiting {
    let (problem, plan) = with_buffer(share);
    simulate(&problem, &plan, noise, DAYS, 7)
}

/// Within a quarter: the reference is another simulation, whose noise is known only by these results.
fn near(found: f64, reference: f64) -> bool {
    (found / reference - 1.0).abs() < 0.25
}

#[test]
fn classes_wait_as_often_as_in_the_reference_with_and_without_a_reserve() {
    let [none, tenth, fifth] = [0.0, 0.1, 0.2].map(|share| waiting(share, &Noise::default()));
    assert!(near(none.over_20_minutes, 0.052) && near(none.worst, 0.185), "{none:?}");
    assert!(near(tenth.over_20_minutes, 0.014) && near(tenth.worst, 0.045), "{tenth:?}");
    assert!(fifth.over_20_minutes < 0.01 && fifth.worst < tenth.worst, "{fifth:?}");
}

#[test]
fn telling_a_class_half_an_hour_ahead_does_more_than_a_tenth_of_reserve() {
    let told = waiting(0.0, &Noise { announce_minutes: 30.0, ..Noise::default() });
    let tenth = waiting(0.1, &Noise::default());
    assert!(told.over_20_minutes < tenth.over_20_minutes, "{told:?} {tenth:?}");
}

#[test]
fn letting_a_class_that_is_there_go_first_helps_where_classes_are_late() {
    let late = Noise { late_share: 0.15, ..Noise::default() };
    let waits = waiting(0.0, &late);
    let swaps = waiting(0.0, &Noise { swap: true, ..late });
    assert!(swaps.over_20_minutes < 0.85 * waits.over_20_minutes, "{swaps:?} {waits:?}");
}

#[test]
fn a_day_without_noise_is_its_plan() {
    let (problem, plan) = with_buffer(0.0);
    let noise = Noise {
        station_pace: 0.0,
        class_pace: 0.0,
        stops_per_hour: 0.0,
        late_share: 0.0,
        ..Noise::default()
    };
    let waiting = simulate(&problem, &plan, &noise, 3, 1);
    let finish = plan.score.unwrap().finish;
    assert!(waiting.over_20_minutes < f64::EPSILON && waiting.mean_minutes < 0.1, "{waiting:?}");
    assert!((waiting.finish_95 - finish).abs() <= 60, "{waiting:?} {finish}");
}
