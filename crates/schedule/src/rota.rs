//! Who helps at which station in which half day.

use serde::{Deserialize, Serialize};

use crate::{
    plan::Plan,
    problem::{Block, ClassId, Problem},
};

/// A student who helps; on duty at most once, and never while the own class is photographed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Helper {
    /// The own class, where it is one of the plan's.
    pub class: Option<ClassId>,
}

/// A station in one window, and who is there.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Duty {
    /// Index of the station.
    pub station: usize,
    /// The window.
    pub window: Block,
    /// Indices of the helpers.
    pub helpers: Vec<usize>,
    /// How many are missing.
    pub missing: usize,
}

/// Who helps where: as many as can be, `each` at every station in every window that has sessions.
///
/// A helper's own class is away from its gathering to its end; a window in which that lies is not the helper's.
#[must_use]
pub fn rota(problem: &Problem, plan: &Plan, helpers: &[Helper], each: usize) -> Vec<Duty> {
    let mut duties = Vec::new();
    for station in 0..problem.stations.len() {
        for window in problem.windows_of(station) {
            let used = plan.assignments.iter().any(|session| {
                session.station == station && session.start < window.end && window.start < session.end
            });
            if used {
                duties.push(Duty {
                    station,
                    window: (window.start, window.end),
                    helpers: Vec::new(),
                    missing: each,
                });
            }
        }
    }
    duties.sort_by_key(|duty| (duty.window, duty.station));
    let places: Vec<usize> = (0..duties.len()).flat_map(|duty| std::iter::repeat_n(duty, each)).collect();
    let free = |helper: &Helper, duty: &Duty| {
        let own = plan.assignments.iter().find(|session| helper.class.as_ref() == Some(&session.class));
        own.is_none_or(|own| own.end <= duty.window.0 || duty.window.1 <= own.start - problem.lead())
    };
    // Places and helpers as a bipartite graph; a place that finds nobody free asks others to change (Kuhn).
    let mut of_helper: Vec<Option<usize>> = vec![None; helpers.len()];
    for place in 0..places.len() {
        let mut asked = vec![false; helpers.len()];
        fill(
            place,
            &mut |place, helper| free(&helpers[helper], &duties[places[place]]),
            &mut of_helper,
            &mut asked,
        );
    }
    for (helper, place) in of_helper.into_iter().enumerate() {
        if let Some(place) = place {
            let duty = &mut duties[places[place]];
            duty.helpers.push(helper);
            duty.missing -= 1;
        }
    }
    duties
}

fn fill(
    place: usize,
    free: &mut impl FnMut(usize, usize) -> bool,
    of_helper: &mut [Option<usize>],
    asked: &mut [bool],
) -> bool {
    for helper in 0..of_helper.len() {
        if asked[helper] || !free(place, helper) {
            continue;
        }
        asked[helper] = true;
        let moves_on = match of_helper[helper] {
            None => true,
            Some(other) => fill(other, free, of_helper, asked),
        };
        if moves_on {
            of_helper[helper] = Some(place);
            return true;
        }
    }
    false
}
