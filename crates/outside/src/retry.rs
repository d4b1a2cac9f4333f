//! When something is tried again: pure, so that whoever keeps the queue can keep the time with it.

use std::time::Duration;

/// The pause after the first try. A choice: a restart of the other side fits into it.
pub const FIRST: Duration = Duration::from_secs(30);
/// The longest pause. A choice.
pub const LONGEST: Duration = Duration::from_hours(1);
/// How often something is tried in all: over about three hours, because what students are told is about tomorrow.
pub const TRIES: u32 = 10;

/// How long to wait after so many tries that failed (1 or more): twice as long each time, at most [`LONGEST`]. None
/// when it was tried [`TRIES`] times; then a person is told.
pub fn after(tries: u32) -> Option<Duration> {
    if tries >= TRIES {
        return None;
    }
    let doubled = FIRST.saturating_mul(1 << tries.saturating_sub(1).min(16));
    Some(doubled.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_to_a_bound_and_come_to_an_end() {
        let pauses: Vec<u64> = (1..).map_while(after).map(|pause| pause.as_secs()).collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert_eq!(pauses.iter().sum::<u64>(), 11_010, "three hours");
        assert_eq!(after(0), Some(FIRST), "nothing was tried yet");
        assert_eq!(after(u32::MAX), None);
    }
}
