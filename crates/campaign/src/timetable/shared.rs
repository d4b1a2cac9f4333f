//! Lines of a table with the same station and time: they share it, one after the other.

use std::collections::BTreeMap;

use schedule::{Block, Seconds};

/// What a line of a table asks for.
pub(super) struct Asked {
    pub station: usize,
    /// Seconds from the first day's midnight; none means nothing is asked for.
    pub time: Option<Block>,
    /// Students.
    pub weight: u32,
}

/// Where and when a line is.
#[derive(Clone, Copy)]
pub(super) struct Session {
    pub station: usize,
    pub start: Seconds,
    pub end: Seconds,
}

/// Each line's part of its time: by its students, or evenly where those are not known.
pub(super) fn shared(asked: &[Asked]) -> Vec<Option<Session>> {
    let mut together: BTreeMap<(usize, Block), Vec<usize>> = BTreeMap::new();
    for (index, line) in asked.iter().enumerate() {
        if let Some(time) = line.time {
            together.entry((line.station, time)).or_default().push(index);
        }
    }
    let mut sessions = vec![None; asked.len()];
    for ((station, (start, end)), members) in together {
        let known = members.iter().all(|&index| asked[index].weight > 0);
        let weight = |index: usize| if known { i64::from(asked[index].weight) } else { 1 };
        let all: i64 = members.iter().map(|&index| weight(index)).sum();
        let mut before = 0;
        for index in members {
            let at = |part: i64| start + (end - start) * part / all;
            sessions[index] = Some(Session { station, start: at(before), end: at(before + weight(index)) });
            before += weight(index);
        }
    }
    sessions
}
