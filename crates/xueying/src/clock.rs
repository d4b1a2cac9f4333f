//! Times, and how people read them: China has one time zone and no summer time.

use std::{fs, path::Path, time::UNIX_EPOCH};

use jiff::{Timestamp, tz::Offset};

/// China Standard Time.
const ZONE: Offset = Offset::constant(8);

/// Now, milliseconds since 1970-01-01 UTC.
pub fn now_ms() -> u64 {
    Timestamp::now().as_millisecond().max(0) as u64
}

/// When a file was last written, milliseconds since 1970-01-01 UTC.
pub fn changed_ms(path: &Path) -> Option<u64> {
    let changed = fs::metadata(path).ok()?.modified().ok()?;
    changed.duration_since(UNIX_EPOCH).ok()?.as_millis().try_into().ok()
}

/// The last day before a second in which something ends.
pub fn last_day(end_s: u64) -> String {
    shown(end_s.saturating_sub(1), "%Y-%m-%d")
}

/// Date and time to the minute.
pub fn minute(at_s: u64) -> String {
    shown(at_s, "%Y-%m-%d %H:%M")
}

fn shown(at_s: u64, form: &str) -> String {
    let time = i64::try_from(at_s).ok().and_then(|second| Timestamp::from_second(second).ok());
    time.map_or_else(|| at_s.to_string(), |time| ZONE.to_datetime(time).strftime(form).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_in_china() {
        // date -u -d '2027-07-01T16:00:00Z' +%s
        assert_eq!(last_day(1_814_457_600), "2027-07-01");
        assert_eq!(minute(1_814_457_600), "2027-07-02 00:00");
    }
}
