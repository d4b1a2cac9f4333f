//! Mending a plan in the middle of its day.
//!
//! What has begun, and what begins so soon that the class is already on its way, stays. What follows is first only
//! put off, in its order. Where that makes a class too late or passes the station's hours, whole runs may go
//! elsewhere, and every class that is moved has its price, so that few must be told.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::{
    plan::{Assignment, Plan},
    problem::{Block, Charges, ClassId, Problem, Seconds, Window},
    score::score,
    solve::{self, Effort, Mending},
};

/// A class is there a quarter of an hour before its time, so that a few minutes need not be told.
pub(crate) const NOTICEABLE: Seconds = 300;
/// A class can be told to come earlier than it was told if that is still so far away.
const NOTICE: Seconds = 2 * 3_600;
/// Being put off by more than this is worth moving somebody.
const TOO_LATE: Seconds = 20 * 60;

/// How the day went until now.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub struct Day {
    /// The time it is.
    pub now: Seconds,
    /// Whatever starts within this time from now stays where it is.
    pub freeze: Seconds,
    /// How far each station is behind; stations that are not named are in time.
    pub late: Vec<Seconds>,
    /// Stations that are closed for a time: index, from, to.
    pub closed: Vec<(usize, Seconds, Seconds)>,
    /// Classes that have begun, with the time they took or will have taken.
    pub actual: Vec<Assignment>,
    /// The pace each station shows, in seconds for each student, where it is known.
    pub pace: Vec<Option<f64>>,
}

impl Default for Day {
    fn default() -> Self {
        Self {
            now: 0,
            freeze: 30 * 60,
            late: Vec::new(),
            closed: Vec::new(),
            actual: Vec::new(),
            pace: Vec::new(),
        }
    }
}

/// The mended plan and whom it concerns.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Replanned {
    /// The plan from now on, with what is already done.
    pub plan: Plan,
    /// Classes that must be told: another station, or a time that differs by more than five minutes.
    pub changes: Vec<Change>,
    /// Whether runs went to other places, or all were only put off.
    pub moved: bool,
}

/// What changes for a class.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Change {
    /// Which class.
    pub class: ClassId,
    /// Where it stood.
    pub before: Assignment,
    /// Where it stands now; nothing where there is no place left for it.
    pub after: Option<Assignment>,
}

/// Mends a plan so that the rest of the day can be kept.
#[must_use]
pub fn replan(problem: &Problem, plan: &Plan, day: &Day, seed: u64) -> Replanned {
    let mut paced = problem.clone();
    for (station, pace) in paced.stations.iter_mut().zip(&day.pace) {
        station.sec_per_student = pace.or(station.sec_per_student);
    }
    let kept = kept(&paced, plan, day);
    let (rest, classes) = rest(&paced, plan, day, &kept);
    let by_class: HashMap<&ClassId, &Assignment> =
        plan.assignments.iter().map(|each| (&each.class, each)).collect();
    // A class at a station that the problem does not have stands nowhere.
    let place = |class: &usize| {
        let each = by_class.get(&problem.classes[*class].id)?;
        (each.station < problem.stations.len()).then_some((each.station, each.start))
    };
    let before = classes.iter().map(place).collect();
    let mut taken: Vec<Vec<Block>> = vec![Vec::new(); problem.colleges.len()];
    for (each, college) in &kept {
        taken[*college].push((each.start, each.end));
    }
    let mending = Mending { before, notice: day.now + NOTICE, taken };
    let late = |mended: &Plan| {
        !mended.unplaced.is_empty()
            || mended.assignments.iter().any(|after| {
                by_class.get(&after.class).is_some_and(|before| after.start - before.start > TOO_LATE)
            })
    };
    let mut mended = solve::put_off(&rest, &mending);
    let moved = late(&mended);
    if moved {
        let effort = Effort {
            moves: (800 * rest.classes.len() as u64).min(60_000),
            seed,
            searches: 3,
            ..Effort::usual(&rest)
        };
        mended = solve::mend(&rest, &mending, effort);
    }
    mended.assignments.extend(kept.into_iter().map(|(each, _)| each));
    mended.assignments.sort_by(|a, b| (a.station, a.start, &a.class).cmp(&(b.station, b.start, &b.class)));
    mended.score = Some(score(&paced, &mended));
    let changes = changes(plan, &mended);
    Replanned { plan: mended, changes, moved }
}

/// Lets a class that is complete go next at its station: those that stood before it in the same window come after
/// it, in their order, and nobody of them before the time told.
///
/// `None` where the class has no place, has begun, or is next already.
#[must_use]
pub fn bring_forward(problem: &Problem, plan: &Plan, class: &ClassId, now: Seconds) -> Option<Plan> {
    let own = plan.assignments.iter().find(|each| each.class == *class)?;
    problem.stations.get(own.station)?;
    let windows = problem.windows_of(own.station);
    let window = windows.iter().find(|window| window.start <= own.start && own.start < window.end)?;
    let stands_before = |each: &&Assignment| {
        each.station == own.station && (now.max(window.start)..own.start).contains(&each.start)
    };
    let mut before: Vec<&Assignment> = plan.assignments.iter().filter(stands_before).collect();
    before.sort_by_key(|each| each.start);
    let mut time = before.first()?.start + (own.end - own.start);
    let mut moved: HashMap<&ClassId, Block> = HashMap::from([(&own.class, (before[0].start, time))]);
    for each in before {
        let start = time.max(each.start);
        time = start + (each.end - each.start);
        moved.insert(&each.class, (start, time));
    }
    let mut changed = Plan { score: None, bounds: None, ..plan.clone() };
    for each in &mut changed.assignments {
        if let Some(&(start, end)) = moved.get(&each.class) {
            (each.start, each.end) = (start, end);
        }
    }
    Some(changed)
}

/// What stays: what has begun, and what starts within the freeze at a station that is open, put off where it must.
fn kept(problem: &Problem, plan: &Plan, day: &Day) -> Vec<(Assignment, usize)> {
    let by_id: HashMap<&ClassId, usize> =
        problem.classes.iter().enumerate().map(|(index, class)| (&class.id, index)).collect();
    let mut kept: Vec<(Assignment, usize)> = day
        .actual
        .iter()
        .filter_map(|each| Some((each.clone(), problem.classes[*by_id.get(&each.class)?].college)))
        .collect();
    let begun: HashSet<&ClassId> = day.actual.iter().map(|each| &each.class).collect();
    for station in 0..problem.stations.len() {
        let late = day.late.get(station).copied().unwrap_or(0);
        let mut soon: Vec<&Assignment> = plan
            .assignments
            .iter()
            .filter(|each| {
                each.station == station && each.start < day.now + day.freeze && !begun.contains(&each.class)
            })
            .collect();
        soon.sort_by_key(|each| each.start);
        let mut free = kept
            .iter()
            .filter(|(each, _)| each.station == station)
            .map(|(each, _)| each.end)
            .max()
            .unwrap_or(Seconds::MIN);
        for each in soon {
            let Some(&class) = by_id.get(&each.class) else { continue };
            // What should be over by now counts as done when it was planned, unless the station is late.
            let start = if each.end + late <= day.now { each.start } else { (each.start + late).max(free) };
            let end =
                start + (each.end - each.start).max(problem.bare_span(&problem.classes[class], station));
            let closed =
                day.closed.iter().any(|&(which, from, to)| which == station && from < end && start < to);
            if !closed {
                free = free.max(end);
                kept.push((Assignment { start, end, ..each.clone() }, problem.classes[class].college));
            }
        }
    }
    kept
}

/// What is still to be planned: the classes that do not stay, in the hours that are left. With it the index that
/// each of its classes has in the whole problem.
fn rest(problem: &Problem, plan: &Plan, day: &Day, kept: &[(Assignment, usize)]) -> (Problem, Vec<usize>) {
    let stays: HashSet<&ClassId> = kept.iter().map(|(each, _)| &each.class).collect();
    let named: HashSet<&ClassId> = plan
        .assignments
        .iter()
        .map(|each| &each.class)
        .chain(plan.unplaced.iter().map(|each| &each.class))
        .collect();
    let classes: Vec<usize> = (0..problem.classes.len())
        .filter(|&class| {
            !stays.contains(&problem.classes[class].id) && named.contains(&problem.classes[class].id)
        })
        .collect();
    let mut rest = problem.clone();
    rest.classes = classes.iter().map(|&class| problem.classes[class].clone()).collect();
    rest.charges = Charges { piece: 900, moved: 120, ..problem.charges };
    for station in 0..problem.stations.len() {
        let busy_until = kept
            .iter()
            .filter(|(each, _)| each.station == station)
            .map(|(each, _)| each.end)
            .max()
            .unwrap_or(Seconds::MIN);
        let from = busy_until.max(day.now);
        let mut windows: Vec<Window> = problem.windows_of(station).to_vec();
        for window in &mut windows {
            window.start = window.start.max(from);
        }
        for &(_, closed_from, closed_to) in day.closed.iter().filter(|(which, ..)| *which == station) {
            windows = windows
                .into_iter()
                .flat_map(|window| {
                    [
                        Window { end: window.end.min(closed_from), ..window },
                        Window { start: window.start.max(closed_to), ..window },
                    ]
                    .into_iter()
                    .filter(|part| part.start < part.end)
                })
                .collect();
        }
        windows.retain(|window| window.start < window.end);
        rest.stations[station].windows = Some(windows);
    }
    (rest, classes)
}

/// Whom the difference of two plans concerns, by the time of what changes.
fn changes(before: &Plan, after: &Plan) -> Vec<Change> {
    let now: BTreeMap<&ClassId, &Assignment> =
        after.assignments.iter().map(|each| (&each.class, each)).collect();
    let mut changes: Vec<Change> = before
        .assignments
        .iter()
        .filter_map(|each| {
            let after = now.get(&each.class).copied();
            let same = after.is_some_and(|after| {
                after.station == each.station && (after.start - each.start).abs() <= NOTICEABLE
            });
            (!same).then(|| Change { class: each.class.clone(), before: each.clone(), after: after.cloned() })
        })
        .collect();
    changes.sort_by(|a, b| (a.before.start, &a.class).cmp(&(b.before.start, &b.class)));
    changes
}
