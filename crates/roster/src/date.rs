//! Dates as tables write them.

use jiff::civil::Date;

/// Years that a student of today can be born, enrol or graduate in.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// Reads 20040501, 2004-05-01, 2004/5/1, 2004.5.1, 2004年5月1日, each with a time of day or not.
pub fn parse(text: &str) -> Option<Date> {
    let text = super::text::plain(text);
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) {
        return date(&day[..4], &day[4..6], &day[6..]);
    }
    let parts: Vec<&str> = day.trim_end_matches('日').split(['-', '/', '.', '年', '月']).collect();
    let [year, month, day] = parts.as_slice() else { return None };
    if year.len() == 4 && month.len() <= 2 && day.len() <= 2 { date(year, month, day) } else { None }
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    YEARS.contains(&date.year()).then_some(date)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::parse;

    #[test]
    fn every_usual_form_of_a_day_is_read() {
        for text in [
            "20040501",
            "2004-05-01",
            "2004/5/1",
            "2004.5.1",
            "2004年5月1日",
            "2004-05-01 00:00:00",
            "２００４０５０１",
        ] {
            assert_eq!(parse(text), Some(date(2004, 5, 1)), "{text}");
        }
        for text in ["", "04-05-01", "2004-13-01", "20040230", "2003-02-29", "2004年", "1/5/2004", "38108"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("2004-02-29").unwrap().to_string(), "2004-02-29");
    }
}
