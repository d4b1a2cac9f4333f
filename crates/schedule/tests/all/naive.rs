//! What makes a plan impossible, written as plainly as can be: second by second where that is plainest.

use std::collections::HashMap;

use schedule::{ClassId, Plan, Problem};

/// Whether a plan can be carried out.
pub fn possible(problem: &Problem, plan: &Plan) -> bool {
    let mut placed: HashMap<&ClassId, usize> = HashMap::new();
    for each in &plan.assignments {
        *placed.entry(&each.class).or_default() += 1;
    }
    if problem.classes.iter().any(|class| placed.get(&class.id) != Some(&1))
        || placed.len() != problem.classes.len()
    {
        return false;
    }
    for each in &plan.assignments {
        if each.station >= problem.stations.len() {
            return false;
        }
        let class = problem.classes.iter().find(|class| class.id == each.class).unwrap();
        if each.end - each.start < problem.bare_span(class, each.station) {
            return false;
        }
        let open = |second: i64| {
            problem
                .windows_of(each.station)
                .iter()
                .position(|window| window.start <= second && second < window.end)
        };
        let windows: Vec<_> = (each.start..each.end).map(open).collect();
        if windows.iter().any(|window| window.is_none() || *window != windows[0]) {
            return false;
        }
        if (each.start - problem.gather - problem.travel..each.end)
            .any(|second| class.busy.iter().any(|&(from, to)| from <= second && second < to))
        {
            return false;
        }
    }
    let college = |id: &ClassId| problem.classes.iter().find(|class| class.id == *id).unwrap().college;
    for (index, one) in plan.assignments.iter().enumerate() {
        for other in &plan.assignments[..index] {
            let together = one.start < other.end && other.start < one.end;
            if together && (one.station == other.station || college(&one.class) == college(&other.class)) {
                return false;
            }
        }
    }
    true
}
