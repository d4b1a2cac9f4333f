//! The identity file (`--identity FILE`): five fields in TOML, or in JSON when it begins with `{`.

use serde::{Deserialize, Deserializer, de};
use toml::value::Datetime;
use uuid::Uuid;

use super::{CampaignId, Identity, StationId, StudentId};
use crate::problem::{FileError, FileProblem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    student: StudentId,
    campaign: CampaignId,
    shot: Uuid,
    #[serde(deserialize_with = "made_at")]
    made_at: u64,
    station: StationId,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected milliseconds since 1970 or a time like 2027-03-12T09:41:05+08:00")]
enum Time {
    Milliseconds(u64),
    Clock(Datetime),
    Text(String),
}

/// Reads the text of an identity file.
///
/// # Errors
/// [`FileError`] with the line where a field is missing, unknown, twice or not what it should be.
pub fn parse(text: &str) -> Result<Identity, FileError> {
    let fields: Fields = if text.trim_start().starts_with('{') { from_json(text)? } else { from_toml(text)? };
    Ok(Identity {
        student: fields.student,
        campaign: fields.campaign,
        shot: fields.shot,
        made_at_ms: fields.made_at,
        station: fields.station,
    })
}

fn from_json(text: &str) -> Result<Fields, FileError> {
    serde_json::from_str(text).map_err(|error| {
        let line = error.line();
        let place = format!(" at line {line} column {}", error.column());
        FileError { line, problem: FileProblem::NotIdentity(error.to_string().replace(&place, "")) }
    })
}

fn from_toml(text: &str) -> Result<Fields, FileError> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let start = error.span().map_or(0, |span| span.start).min(text.len());
        let line = 1 + text.get(..start).unwrap_or_default().matches('\n').count();
        FileError { line, problem: FileProblem::NotIdentity(error.message().to_owned()) }
    })
}

fn made_at<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let clock = match Time::deserialize(from)? {
        Time::Milliseconds(ms) => return Ok(ms),
        Time::Clock(clock) => clock,
        Time::Text(text) => text.parse().map_err(|_| {
            de::Error::custom("made_at is not a time like 2027-03-12T09:41:05+08:00 nor milliseconds")
        })?,
    };
    milliseconds(&clock).ok_or_else(|| {
        de::Error::custom("made_at needs date, time and offset from UTC, as in 2027-03-12T09:41:05+08:00")
    })
}

/// Milliseconds since 1970-01-01 UTC; `None` without date, time or offset, or before 1970.
fn milliseconds(clock: &Datetime) -> Option<u64> {
    let (date, time) = (clock.date?, clock.time?);
    let offset_minutes = match clock.offset? {
        toml::value::Offset::Z => 0,
        toml::value::Offset::Custom { minutes } => i64::from(minutes),
    };
    let days = days_since_1970(i64::from(date.year), i64::from(date.month), i64::from(date.day));
    let minutes = days * 1440 + i64::from(time.hour) * 60 + i64::from(time.minute) - offset_minutes;
    let fraction_ms = i64::from(time.nanosecond.unwrap_or(0) / 1_000_000);
    let ms = (minutes * 60 + i64::from(time.second.unwrap_or(0))) * 1000 + fraction_ms;
    u64::try_from(ms).ok()
}

/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOML: &str = "student = \"10701210234\"\ncampaign = \"xd-2027\"\n\
        shot = \"01957f3c-2b7a-7c4e-9d10-5a6b7c8d9e0f\"\nmade_at = 2027-03-12T09:41:05.250+08:00\nstation = \"2\"\n";

    #[test]
    fn toml_and_json_with_any_form_of_time_give_the_same_identity() {
        let identity = parse(TOML).unwrap();
        // date -u -d 2027-03-12T01:41:05Z +%s
        assert_eq!(identity.made_at_ms, 1_804_815_665_250);
        for time in ["1804815665250", "\"2027-03-12T01:41:05.250Z\"", "2027-03-12 01:41:05.250Z"] {
            assert_eq!(parse(&TOML.replace("2027-03-12T09:41:05.250+08:00", time)).unwrap(), identity);
        }
        let json = r#"{"student":"10701210234","campaign":"xd-2027",
            "shot":"01957f3c-2b7a-7c4e-9d10-5a6b7c8d9e0f","made_at":"2027-03-12T09:41:05.250+08:00","station":"2"}"#;
        assert_eq!(parse(json).unwrap(), identity);
        assert_eq!(
            parse(&json.replace("\"2027-03-12T09:41:05.250+08:00\"", "1804815665250")).unwrap(),
            identity
        );
    }

    #[test]
    fn a_wrong_line_is_named() {
        let cases = [
            (TOML.replace("\"10701210234\"", "\"\""), 1, "empty"),
            (TOML.replace("\"10701210234\"", "10701210234"), 1, "string"),
            (TOML.replace("campaign =", "campain ="), 2, "campain"),
            (TOML.replace("9e0f", "9e0"), 3, "length"),
            (TOML.replace("+08:00", ""), 4, "offset from UTC"),
            (TOML.replace("2027-03-12T09:41:05.250+08:00", "true"), 4, "expected milliseconds"),
            (TOML.replace("2027-03-12", "1969-03-12"), 4, "needs date"),
            (TOML.replace("station = \"2\"\n", ""), 1, "station"),
            (format!("{TOML}station = \"3\"\n"), 6, "duplicate"),
        ];
        for (text, line, words) in cases {
            let error = parse(&text).unwrap_err();
            assert_eq!(error.line, line, "{error}");
            assert!(error.to_string().contains(words), "{error}");
        }
        let error = parse("{\"student\": \"1\",\n\"campaign\": 7}").unwrap_err();
        assert_eq!((error.line, error.to_string().contains("line 2: ")), (2, true), "{error}");
    }

    #[test]
    fn days_are_counted_over_leap_years() {
        for (date, days) in
            [((1970, 1, 1), 0), ((2000, 2, 29), 11_016), ((2000, 3, 1), 11_017), ((2100, 3, 1), 47_541)]
        {
            assert_eq!(days_since_1970(date.0, date.1, date.2), days, "{date:?}");
        }
    }
}
