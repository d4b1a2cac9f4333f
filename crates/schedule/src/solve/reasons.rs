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
    left.map(|class| {
        let (zh, reason) = reason(problem, class);
        Unplaced { class: class.id.clone(), reason, zh }
    })
    .collect()
}

/// In Chinese and in English.
fn reason(problem: &Problem, class: &Class) -> (String, String) {
    let stations = || {
        (0..problem.stations.len())
            .filter(|&station| class.pin.and_then(|pin| pin.station).is_none_or(|bound| bound == station))
    };
    let windows = || {
        stations().flat_map(|station| problem.windows_of(station).iter().map(move |window| (station, window)))
    };
    if windows().next().is_none() {
        return ("可用的机位都没有开放时间".into(), "no station that it may use has any hours".into());
    }
    let span = |station| problem.setup + problem.span(class, station);
    if !windows().any(|(station, window)| window.start + span(station) <= window.end) {
        let longest = windows().map(|(_, window)| window.end - window.start).max().unwrap_or(0);
        let (heads, minutes) = (class.heads, longest / 60);
        return (
            format!("{heads} 人所需时间超过最长的开放时段 {minutes} 分钟"),
            format!("{heads} students take longer than the longest window of {minutes} min"),
        );
    }
    let free = windows().any(|(station, window)| {
        let start = Forbidden::of(problem.bars(class, station, problem.setup)).next(window.start);
        start + span(station) <= window.end
    });
    if !free {
        let (day, time) = day_and_clock(windows().map(|(_, window)| window.end).max().unwrap_or(0));
        let heads = class.heads;
        return (
            format!("到第 {day} 天 {time} 为止，课表和限定时间内没有一段够 {heads} 人从集合到拍完"),
            format!(
                "its lectures and limits leave no time for {heads} students, from gathering to the last photo, until day {day} {time}"
            ),
        );
    }
    ("有空的时间里机位都已排满".into(), "the stations' hours are full at the times when it is free".into())
}
