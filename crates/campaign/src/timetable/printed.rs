//! A plan as the table that offices print: one line for each class, with its own time.

use std::collections::HashMap;

use schedule::{ClassId, Plan, Problem, clock};

/// Headings and rows of a plan's table, by station and time: in Chinese, as offices know it, and read by
/// [`import`](fn@super::import) again.
#[must_use]
pub fn printed(problem: &Problem, plan: &Plan) -> Vec<[String; 7]> {
    let by_id: HashMap<&ClassId, usize> =
        problem.classes.iter().enumerate().map(|(index, class)| (&class.id, index)).collect();
    let heading = ["机位", "学院", "班级", "人数", "第几天", "采集时间", "集合时间"].map(str::to_owned);
    let mut placed: Vec<_> =
        plan.assignments.iter().filter_map(|each| Some((each, *by_id.get(&each.class)?))).collect();
    placed.sort_by_key(|(each, index)| (each.station, each.start, *index));
    let rows = placed.into_iter().map(|(each, index)| {
        let class = &problem.classes[index];
        [
            problem.station_name(each.station),
            problem.colleges[class.college].name.clone(),
            problem.class_name(class),
            class.heads.to_string(),
            (each.start.div_euclid(86_400) + 1).to_string(),
            format!("{}-{}", clock(each.start), clock(each.end)),
            clock(each.start - problem.gather),
        ]
    });
    std::iter::once(heading).chain(rows).collect()
}
