//! Times as people print and read them.

use thiserror::Error;

use crate::problem::{Block, Seconds};

const DAY: Seconds = 86_400;

/// `09:30`, or `09:30:05` where seconds matter; of whatever day it is.
#[must_use]
pub fn clock(time: Seconds) -> String {
    let within = time.rem_euclid(DAY);
    let (hours, minutes, seconds) = (within / 3_600, within / 60 % 60, within % 60);
    if seconds == 0 {
        format!("{hours:02}:{minutes:02}")
    } else {
        format!("{hours:02}:{minutes:02}:{seconds:02}")
    }
}

/// Which day it is, counted from 1, and the time on it.
#[must_use]
pub fn day_and_clock(time: Seconds) -> (i64, String) {
    (time.div_euclid(DAY) + 1, clock(time))
}

/// Why a printed time is not read.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum TimeError {
    /// No two times of day in it.
    #[error("“{0}” is not a range of times such as 8:30-9:20")]
    Form(String),
    /// An hour above 24 or a minute above 59.
    #[error("“{0}” has a time that no clock shows")]
    Clock(String),
    /// The end is not after the beginning.
    #[error("“{0}” ends before it begins")]
    Backwards(String),
}

/// Reads a range of times of day as timetables print them: `8:30---9:20`, `17:30---17：45`, `9:00—9:50`, `13：20~14：00`.
///
/// Anything that is not plainly two times and something between them is refused, so that a person is asked.
///
/// # Errors
/// Says what the text lacks.
///
/// ```
/// assert_eq!(schedule::read_range("17:30---17：45"), Ok((63_000, 63_900)));
/// assert!(schedule::read_range("8:30 后").is_err());
/// ```
pub fn read_range(text: &str) -> Result<Block, TimeError> {
    let form = || TimeError::Form(text.trim().to_owned());
    let narrow: String = text.chars().map(narrowed).filter(|each| !each.is_whitespace()).collect();
    let mut parts = narrow.split('-').filter(|part| !part.is_empty());
    let (Some(from), Some(to), None) = (parts.next(), parts.next(), parts.next()) else { return Err(form()) };
    let (from, to) = (read_time(from, text)?, read_time(to, text)?);
    if from < to { Ok((from, to)) } else { Err(TimeError::Backwards(text.trim().to_owned())) }
}

/// 8:30, or 8:30:05 as plans print it.
fn read_time(part: &str, whole: &str) -> Result<Seconds, TimeError> {
    let form = || TimeError::Form(whole.trim().to_owned());
    let number = |text: &str, least: usize| {
        let plain = (least..=2).contains(&text.len()) && text.bytes().all(|each| each.is_ascii_digit());
        plain.then(|| text.parse::<Seconds>().ok()).flatten().ok_or_else(form)
    };
    let (hours, rest) = part.split_once(':').ok_or_else(form)?;
    let (minutes, seconds) = rest.split_once(':').unwrap_or((rest, "00"));
    let (hours, minutes, seconds) = (number(hours, 1)?, number(minutes, 2)?, number(seconds, 2)?);
    if minutes > 59 || seconds > 59 || hours > 24 || (hours == 24 && minutes + seconds > 0) {
        return Err(TimeError::Clock(whole.trim().to_owned()));
    }
    Ok(hours * 3_600 + minutes * 60 + seconds)
}

/// The plain form of a character that timetables print in many ways.
fn narrowed(each: char) -> char {
    match each {
        '０'..='９' => char::from(b'0' + (each as u32 - '０' as u32) as u8),
        '：' | '∶' | '︰' => ':',
        '—' | '–' | '－' | '―' | '‐' | '‑' | '−' | '─' | '~' | '～' | '〜' | '至' | '到' => {
            '-'
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_the_notices_print_them() {
        for (text, from, to) in [
            ("8:30---9:20", "08:30", "09:20"),
            ("17:30---17：45", "17:30", "17:45"),
            ("9:00—9:50", "09:00", "09:50"),
            ("13:20-14:00", "13:20", "14:00"),
            (" 14：30 ～ 15：20 ", "14:30", "15:20"),
            ("8:30至9:20", "08:30", "09:20"),
            ("09:30:05-9:41", "09:30:05", "09:41"),
        ] {
            let (start, end) = read_range(text).unwrap();
            assert_eq!((clock(start).as_str(), clock(end).as_str()), (from, to), "{text}");
        }
    }

    #[test]
    fn what_is_not_plainly_a_range_is_refused() {
        for text in [
            "",
            "8:30",
            "上午",
            "8:30-",
            "8.30-9.20",
            "8:3-9:20",
            "8:30:5-9:20",
            "8:30:05:00-9:20",
            "8:30-9:20-10:00",
            "108:30-9:20",
            "8：30后",
        ] {
            assert!(matches!(read_range(text), Err(TimeError::Form(_))), "{text}");
        }
        assert!(matches!(read_range("25:00-26:00"), Err(TimeError::Clock(_))));
        assert!(matches!(read_range("8:61-9:00"), Err(TimeError::Clock(_))));
        assert!(matches!(read_range("9:20-8:30"), Err(TimeError::Backwards(_))));
    }
}
