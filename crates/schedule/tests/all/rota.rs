use std::collections::{BTreeMap, HashSet};

use schedule::{Effort, Helper, forecast, rota, solve};

use crate::data;

#[test]
fn three_stations_and_two_half_days_need_twelve_helpers_who_never_miss_their_own_photo() {
    let problem = data::one_day();
    let plan = solve(&problem, Effort { moves: 20_000, searches: 2, ..Effort::usual(&problem) }, &|_| true);
    // Six from classes of the morning and six from classes of the afternoon; each can help in the other half.
    let mut sessions = plan.assignments.clone();
    sessions.sort_by_key(|each| each.start);
    let chosen = sessions[..6].iter().chain(&sessions[sessions.len() - 6..]);
    let helpers: Vec<Helper> = chosen.map(|each| Helper { class: Some(each.class.clone()) }).collect();
    let duties = rota(&problem, &plan, &helpers, 2);
    assert_eq!((duties.len(), duties.iter().map(|duty| duty.missing).sum::<usize>()), (6, 0));
    let all: Vec<usize> = duties.iter().flat_map(|duty| duty.helpers.clone()).collect();
    assert_eq!((all.len(), all.iter().collect::<HashSet<_>>().len()), (12, 12));
    for duty in &duties {
        for &helper in &duty.helpers {
            let own = plan
                .assignments
                .iter()
                .find(|each| Some(&each.class) == helpers[helper].class.as_ref())
                .unwrap();
            assert!(
                own.end <= duty.window.0 || duty.window.1 <= own.start - problem.gather,
                "{duty:?} {own:?}"
            );
        }
    }
    let few = rota(&problem, &plan, &helpers[..7], 2);
    assert_eq!(few.iter().map(|duty| duty.missing).sum::<usize>(), 5);
}

#[test]
fn a_forecast_goes_on_from_what_is_done_at_the_pace_that_is_seen() {
    let problem = data::one_day();
    let plan = solve(&problem, Effort { moves: 20_000, searches: 2, ..Effort::usual(&problem) }, &|_| true);
    let first = |station: usize| {
        plan.assignments.iter().filter(|each| each.station == station).min_by_key(|each| each.start).unwrap()
    };
    // Nothing is done and it is early: everything is expected as planned.
    let calm = forecast(&problem, &plan, 0, &BTreeMap::new(), &[]);
    assert!(calm.iter().all(|each| each.late == 0) && calm.len() == 99);
    // The first class of station 1 is half done at the time at which it should be done.
    let own = first(0);
    let heads = problem.classes.iter().find(|class| class.id == own.class).unwrap().heads;
    let done = BTreeMap::from([(own.class.clone(), heads / 2)]);
    let late = forecast(&problem, &plan, own.end, &done, &[None, None, None]);
    let after = late.iter().filter(|each| each.station == 0).nth(1).unwrap();
    let half = (own.end - own.start) / 2;
    assert!((after.late - half).abs() < 60, "{after:?} {half}");
    // At twice the pace it catches up.
    let fast = forecast(&problem, &plan, own.end, &done, &[Some(problem.sec_per_student / 2.0), None, None]);
    let last = |expected: &[schedule::Expected]| {
        expected.iter().filter(|each| each.station == 0).map(|each| each.end).max().unwrap()
    };
    assert!(last(&fast) < last(&late));
}
