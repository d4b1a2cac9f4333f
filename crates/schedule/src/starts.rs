//! When a run may start.
//!
//! The classes of a run follow each other at fixed offsets, so what binds any of them binds the start of the run:
//! lectures of all its classes become one set of times, and the search need not look at classes any more.

use std::collections::BTreeMap;

use crate::problem::{Block, Class, Problem, Seconds, Window};

/// Later than any time, and so that adding a length does not run over.
pub(crate) const NEVER: Seconds = Seconds::MAX / 4;

/// Times at which something must not start: open intervals, ascending, apart.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Forbidden(Vec<(Seconds, Seconds)>);

impl Forbidden {
    /// The union of open intervals.
    pub(crate) fn of(mut intervals: Vec<(Seconds, Seconds)>) -> Self {
        intervals.sort_unstable();
        let mut union: Vec<(Seconds, Seconds)> = Vec::with_capacity(intervals.len());
        for (from, to) in intervals {
            match union.last_mut() {
                // Open intervals that only touch leave the point between them.
                Some(last) if from < last.1 => last.1 = last.1.max(to),
                _ if from < to => union.push((from, to)),
                _ => {}
            }
        }
        Self(union)
    }

    /// The earliest start that is allowed and not before `time`.
    pub(crate) fn next(&self, time: Seconds) -> Seconds {
        let mut time = time;
        let first = self.0.partition_point(|&(_, to)| to <= time);
        for &(from, to) in &self.0[first..] {
            if time <= from {
                break;
            }
            time = time.max(to);
        }
        time
    }
}

impl Problem {
    /// Stations that are alike: with the same hours and the same pace. Each kind in order, by its first station.
    pub(crate) fn kinds(&self) -> Vec<Vec<usize>> {
        let mut kinds: Vec<Vec<usize>> = Vec::new();
        let mut known: BTreeMap<(&[Window], Option<u64>), usize> = BTreeMap::new();
        for station in 0..self.stations.len() {
            let pace = self.stations[station].sec_per_student.map(f64::to_bits);
            let kind = *known.entry((self.windows_of(station), pace)).or_insert(kinds.len());
            match kinds.get_mut(kind) {
                Some(alike) => alike.push(station),
                None => kinds.push(vec![station]),
            }
        }
        kinds
    }

    /// When a run must not start because of a class that stands `offset` seconds after its start.
    pub(crate) fn bars(&self, class: &Class, station: usize, offset: Seconds) -> Vec<Block> {
        let span = self.span(class, station);
        let lead = self.lead();
        // A class is needed from its gathering to its end; what a college may not use binds the photos alone.
        let lectures = class.busy.iter().map(|&(from, to)| (from - offset - span, to - offset + lead));
        let outside =
            outside(&self.colleges[class.college].only).map(|(from, to)| (from - offset - span, to - offset));
        let pinned = class
            .pin
            .and_then(|pin| pin.start)
            .into_iter()
            .flat_map(|start| [(-NEVER, start - offset), (start - offset, NEVER)]);
        lectures.chain(outside).chain(pinned).collect()
    }
}

/// The times between and around `only`; nothing when there is no such limit.
fn outside(only: &[Block]) -> impl Iterator<Item = Block> {
    let mut only = only.to_vec();
    only.sort_unstable();
    let mut gaps = Vec::new();
    if !only.is_empty() {
        let mut open = -NEVER;
        for (from, to) in only {
            gaps.push((open, from));
            open = open.max(to);
        }
        gaps.push((open, NEVER));
    }
    gaps.into_iter().filter(|(from, to)| from < to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_between_two_lectures_that_touch_is_allowed() {
        let forbidden = Forbidden::of(vec![(20, 30), (5, 10), (10, 20), (18, 25)]);
        assert_eq!(forbidden.next(0), 0);
        assert_eq!(forbidden.next(5), 5);
        assert_eq!(forbidden.next(6), 10);
        assert_eq!(forbidden.next(11), 30);
        assert_eq!(forbidden.next(31), 31);
    }
}
