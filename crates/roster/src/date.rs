//! Dates as tables write them.

use std::fmt;

use serde::Serialize;

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Year.
    pub year: u16,
    /// Month, from 1.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

/// Years that a student of today can be born, enrol or graduate in.
const YEARS: std::ops::RangeInclusive<u16> = 1900..=2100;

impl Date {
    /// A day that exists.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let days = match month {
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u8::from(leap),
            1..=12 => 31,
            _ => return None,
        };
        (YEARS.contains(&year) && (1..=days).contains(&day)).then_some(Self { year, month, day })
    }

    /// Reads 20040501, 2004-05-01, 2004/5/1, 2004.5.1, 2004年5月1日, each with a time of day or not.
    pub fn parse(text: &str) -> Option<Self> {
        let text = super::text::plain(text);
        let day = text.split([' ', 'T']).next().unwrap_or_default();
        if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::new(day[..4].parse().ok()?, day[4..6].parse().ok()?, day[6..].parse().ok()?);
        }
        let parts: Vec<&str> = day.trim_end_matches('日').split(['-', '/', '.', '年', '月']).collect();
        let [year, month, day] = parts.as_slice() else { return None };
        if year.len() != 4 || month.len() > 2 || day.len() > 2 {
            return None;
        }
        Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_form_of_a_day_is_read() {
        let day = Date::new(2004, 5, 1);
        for text in [
            "20040501",
            "2004-05-01",
            "2004/5/1",
            "2004.5.1",
            "2004年5月1日",
            "2004-05-01 00:00:00",
            "２００４０５０１",
        ] {
            assert_eq!(Date::parse(text), day, "{text}");
        }
        for text in ["", "04-05-01", "2004-13-01", "20040230", "2003-02-29", "2004年", "1/5/2004", "38108"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert_eq!(Date::parse("2004-02-29").unwrap().to_string(), "2004-02-29");
    }
}
