//! Days as notices mean them: China has one time zone and no summer time.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{Error, Timestamp};

/// China Standard Time.
const ZONE: Offset = Offset::constant(8);

/// The day in which a moment lies, in milliseconds since 1970-01-01 UTC.
pub fn of_ms(at_ms: u64) -> Date {
    time_of_ms(at_ms).date()
}

/// What clocks in China show at a moment, in milliseconds since 1970-01-01 UTC.
pub fn time_of_ms(at_ms: u64) -> DateTime {
    ZONE.to_datetime(Timestamp::from_millisecond(at_ms as i64).unwrap_or_default())
}

/// The first second after a day, since 1970-01-01 UTC.
///
/// # Errors
/// [`Error`] beyond the years that a date can have.
pub fn end_of(day: Date) -> Result<u64, Error> {
    let end = ZONE.to_timestamp(day.tomorrow()?.at(0, 0, 0, 0))?;
    Ok(end.as_second().max(0) as u64)
}

/// The last day before a second in which something ends.
pub fn last_before(end_s: u64) -> Date {
    of_ms(end_s.saturating_sub(1).saturating_mul(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_in_china() {
        let day: Date = "2027-06-30".parse().unwrap();
        let end = end_of(day).unwrap();
        assert_eq!(end, 1_814_371_200); // 2027-06-30T16:00:00Z
        assert_eq!(last_before(end), day);
        assert_eq!(of_ms(end * 1000), day.tomorrow().unwrap());
    }
}
