//! Why a class has no place.

use std::collections::HashSet;

use crate::{
    clock::day_and_clock,
    plan::{Plan, Unplaced},
    problem::{Class, Problem},
    starts::Forbidden,
};

/// The classes that a plan leaves out, each with its reason.
pub(super) fn unplaced(problem: &Problem, plan: &Plan) -> Vec<Unplaced> {
    let placed: HashSet<_> = plan.assignments.iter().map(|each| &each.class).collect();
    let left = problem.classes.iter().filter(|class| !placed.contains(&class.id));
    left.map(|class| Unplaced { class: class.id.clone(), reason: reason(problem, class) }).collect()
}

fn reason(problem: &Problem, class: &Class) -> String {
    let stations = || {
        (0..problem.stations.len())
            .filter(|&station| class.pin.and_then(|pin| pin.station).is_none_or(|bound| bound == station))
    };
    let windows = || {
        stations().flat_map(|station| problem.windows_of(station).iter().map(move |window| (station, window)))
    };
    if windows().next().is_none() {
        return "no station that it may use has any hours".into();
    }
    let span = |station| problem.setup + problem.span(class, station);
    if !windows().any(|(station, window)| window.start + span(station) <= window.end) {
        let longest = windows().map(|(_, window)| window.end - window.start).max().unwrap_or(0);
        return format!(
            "{} students take longer than the longest window of {} min",
            class.heads,
            longest / 60
        );
    }
    let free = windows().any(|(station, window)| {
        let start = Forbidden::of(problem.bars(class, station, problem.setup)).next(window.start);
        start + span(station) <= window.end
    });
    if !free {
        let (day, time) = day_and_clock(windows().map(|(_, window)| window.end).max().unwrap_or(0));
        return format!(
            "its lectures and limits leave no time for {} students, from gathering to the last photo, until day {day} {time}",
            class.heads
        );
    }
    "the stations' hours are full at the times when it is free".into()
}
