//! How the rest of a day will go, from what was photographed so far.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::{
    plan::{Assignment, Plan},
    problem::{ClassId, Problem, Seconds},
};

/// When a class will be photographed, as it looks now.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Expected {
    /// Which class.
    pub class: ClassId,
    /// Index of the station.
    pub station: usize,
    /// When it starts, or started.
    pub start: Seconds,
    /// When it is done.
    pub end: Seconds,
    /// How long after its time it starts.
    pub late: Seconds,
}

/// Fewer intervals than these say nothing about a pace.
const FEWEST: usize = 5;

/// The pace that shots show: the median of the times between them, in seconds for each student.
///
/// A stop is one long interval and moves the median hardly at all: it makes the day later, not slower. `times` are
/// in milliseconds, in any order.
#[must_use]
pub fn pace(times: &[u64]) -> Option<f64> {
    let mut times = times.to_vec();
    times.sort_unstable();
    let mut between: Vec<u64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if between.len() < FEWEST {
        return None;
    }
    between.sort_unstable();
    Some(between[between.len() / 2] as f64 / 1_000.0)
}

/// When each class of a plan will be photographed, by station and time, if it is `now`, so many of each class are
/// done, and the stations go on at the paces given (or as planned).
#[must_use]
pub fn forecast(
    problem: &Problem,
    plan: &Plan,
    now: Seconds,
    done: &BTreeMap<ClassId, u32>,
    paces: &[Option<f64>],
) -> Vec<Expected> {
    let by_id: HashMap<&ClassId, usize> =
        problem.classes.iter().enumerate().map(|(index, class)| (&class.id, index)).collect();
    let mut expected = Vec::new();
    for station in 0..problem.stations.len() {
        let mut line: Vec<(&Assignment, usize)> = plan
            .assignments
            .iter()
            .filter(|each| each.station == station)
            .filter_map(|each| Some((each, *by_id.get(&each.class)?)))
            .collect();
        line.sort_by_key(|(each, index)| (each.start, *index));
        let pace = paces.get(station).copied().flatten();
        let mut free = Seconds::MIN;
        for (each, index) in line {
            let class = &problem.classes[index];
            let taken = done.get(&each.class).copied().unwrap_or(0).min(class.heads);
            let whole = pace.map_or(problem.bare_span(class, station), |pace| {
                (f64::from(class.heads) * pace).ceil() as Seconds
            });
            let left = if class.heads == 0 {
                whole
            } else {
                whole * Seconds::from(class.heads - taken) / Seconds::from(class.heads)
            };
            let (start, end) = if taken > 0 && taken == class.heads {
                (each.start.min(now), each.end.min(now))
            } else if taken > 0 {
                // Under way: the rest goes on from now.
                (each.start.min(now), now.max(free) + left)
            } else {
                let start = each.start.max(free).max(if each.start < now { now } else { Seconds::MIN });
                (start, start + left)
            };
            free = free.max(end);
            let late = if taken > 0 { (end - each.end).max(0) } else { (start - each.start).max(0) };
            expected.push(Expected { class: each.class.clone(), station, start, end, late });
        }
    }
    expected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_makes_a_station_later_and_not_slower() {
        let mut times: Vec<u64> = (0..40).map(|shot| shot * 19_400).collect();
        assert_eq!(pace(&times), Some(19.4));
        for time in &mut times[20..] {
            *time += 15 * 60_000;
        }
        assert_eq!(pace(&times), Some(19.4));
        assert_eq!(pace(&times[..4]), None);
    }
}
