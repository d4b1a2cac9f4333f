//! What a plan is worth.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::{
    plan::{Assignment, Plan},
    problem::{ClassId, Problem, Seconds},
};

/// What a plan is worth. The fewer runs the fewer times somebody must bring a college; then the rest in this order.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Score {
    /// Classes without a place.
    pub unplaced: usize,
    /// Runs.
    pub pieces: usize,
    /// How often a college goes from one station to another between its runs.
    pub station_changes: usize,
    /// Colleges that are at more than one station.
    pub split_colleges: usize,
    /// When the last class is done.
    pub finish: Seconds,
    /// How long stations stand idle inside their windows before their last run, together.
    pub idle: Seconds,
    /// What is left of the hours of the station that has the least left.
    pub slack: Seconds,
}

/// Classes of one college, back to back, in number order, at one station.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Run {
    /// Index of the college.
    pub college: usize,
    /// Index of the station.
    pub station: usize,
    /// When its first class starts.
    pub start: Seconds,
    /// When its last class is done.
    pub end: Seconds,
    /// Indices of its classes.
    pub classes: Vec<usize>,
}

/// The longest pause that still counts as back to back: plans that people print are rounded to minutes.
const BACK_TO_BACK: Seconds = 60;

/// The runs of a plan, by station and time. Classes and stations that the problem does not know are left out.
#[must_use]
pub fn runs(problem: &Problem, assignments: &[Assignment]) -> Vec<Run> {
    let by_id: HashMap<&ClassId, usize> =
        problem.classes.iter().enumerate().map(|(index, class)| (&class.id, index)).collect();
    let mut placed: Vec<(&Assignment, usize)> = assignments
        .iter()
        .filter(|each| each.station < problem.stations.len())
        .filter_map(|each| Some((each, *by_id.get(&each.class)?)))
        .collect();
    placed.sort_by_key(|(each, class)| (each.station, each.start, each.end, *class));
    let mut runs: Vec<Run> = Vec::new();
    for (each, class) in placed {
        let college = problem.classes[class].college;
        match runs.last_mut() {
            Some(run)
                if run.station == each.station
                    && run.college == college
                    && (0..=BACK_TO_BACK).contains(&(each.start - run.end))
                    && run.classes.last().is_some_and(|&last| last < class) =>
            {
                run.end = each.end;
                run.classes.push(class);
            }
            _ => runs.push(Run {
                college,
                station: each.station,
                start: each.start,
                end: each.end,
                classes: vec![class],
            }),
        }
    }
    runs
}

/// What a plan is worth.
#[must_use]
pub fn score(problem: &Problem, plan: &Plan) -> Score {
    let runs = runs(problem, &plan.assignments);
    let mut by_college: BTreeMap<usize, Vec<&Run>> = BTreeMap::new();
    let mut by_station: BTreeMap<usize, Vec<&Run>> = BTreeMap::new();
    for run in &runs {
        by_college.entry(run.college).or_default().push(run);
        by_station.entry(run.station).or_default().push(run);
    }
    let mut station_changes = 0;
    let mut split_colleges = 0;
    for runs in by_college.values_mut() {
        runs.sort_by_key(|run| run.start);
        let changes = runs.windows(2).filter(|pair| pair[0].station != pair[1].station).count();
        station_changes += changes;
        split_colleges += usize::from(changes > 0);
    }
    let left = |station: usize, runs: &[&Run]| {
        let hours: Seconds = problem.windows_of(station).iter().map(|window| window.end - window.start).sum();
        hours - runs.iter().map(|run| run.end - run.start).sum::<Seconds>()
    };
    Score {
        unplaced: plan.unplaced.len(),
        pieces: runs.len(),
        station_changes,
        split_colleges,
        finish: runs.iter().map(|run| run.end).max().unwrap_or(0),
        idle: by_station.iter().map(|(&station, runs)| idle(problem, station, runs)).sum(),
        slack: by_station.iter().map(|(&station, runs)| left(station, runs)).min().unwrap_or(0),
    }
}

/// How long a station stands idle inside its windows before its last run; `runs` in order of time.
fn idle(problem: &Problem, station: usize, runs: &[&Run]) -> Seconds {
    let Some(last) = runs.last() else { return 0 };
    let open: Seconds = problem
        .windows_of(station)
        .iter()
        .map(|window| (window.end.min(last.end) - window.start).max(0))
        .sum();
    let busy: Seconds = runs.iter().map(|run| run.end - run.start).sum();
    (open - busy).max(0)
}
