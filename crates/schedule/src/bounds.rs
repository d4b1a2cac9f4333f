//! What no plan can be better than.

use serde::{Deserialize, Serialize};

use crate::{
    problem::{Problem, Seconds},
    solve::fewest::fewest_runs,
    starts::Forbidden,
};

/// What no plan that places every class can be better than.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Bounds {
    /// Runs: the sum of what each college needs when it has all stations to itself.
    pub pieces: usize,
    /// Finish: all work shared out evenly, or the class that cannot be done earlier.
    pub finish: Seconds,
    /// Whether `pieces` is exact for each college; else it is what the search could prove in its steps.
    pub exact: bool,
}

/// How many minutes each station works if all work is shared out evenly: what stations, hours and pace allow before
/// anything is planned.
#[must_use]
pub fn minutes_each(problem: &Problem) -> f64 {
    work(problem) as f64 / 60.0 / problem.stations.len().max(1) as f64
}

/// All work, each class at the station where it takes least.
fn work(problem: &Problem) -> Seconds {
    let least =
        |class| (0..problem.stations.len()).map(|station| problem.span(class, station)).min().unwrap_or(0);
    problem.classes.iter().map(least).sum()
}

/// What no plan that places every class can be better than.
///
/// For 99 classes at three stations it takes a millisecond, for 1 500 at twenty some tenths of a second.
#[must_use]
pub fn bounds(problem: &Problem) -> Bounds {
    let each: Vec<_> = (0..problem.colleges.len()).map(|college| fewest_runs(problem, college)).collect();
    Bounds {
        pieces: each.iter().map(|fewest| fewest.proven).sum(),
        finish: by_volume(problem).max(by_class(problem)),
        exact: each.iter().all(|fewest| fewest.proven == fewest.runs.len()),
    }
}

/// The earliest time at which the stations together have had enough hours for all the work, each at its own pace.
fn by_volume(problem: &Problem) -> Seconds {
    let work = work(problem);
    let mut windows: Vec<(Seconds, Seconds)> = (0..problem.stations.len())
        .flat_map(|station| problem.windows_of(station))
        .map(|window| (window.start, window.end))
        .collect();
    windows.sort_unstable();
    let done_by = |time: Seconds| -> Seconds {
        windows.iter().map(|&(start, end)| (end.min(time) - start).max(0)).sum()
    };
    let (mut low, mut high) = (0, windows.iter().map(|window| window.1).max().unwrap_or(0));
    if done_by(high) < work {
        return high;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if done_by(middle) >= work { high = middle } else { low = middle + 1 }
    }
    low
}

/// The latest of the times at which each class could be done first, were it alone.
fn by_class(problem: &Problem) -> Seconds {
    let first_end = |class| {
        (0..problem.stations.len())
            .flat_map(|station| {
                let span = problem.setup + problem.span(class, station);
                let forbidden = Forbidden::of(problem.bars(class, station, problem.setup));
                problem.windows_of(station).iter().filter_map(move |window| {
                    let start = forbidden.next(window.start);
                    (start + span <= window.end).then_some(start + span)
                })
            })
            .min()
    };
    problem.classes.iter().filter_map(first_end).max().unwrap_or(0)
}
