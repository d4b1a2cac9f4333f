//! Make-up centres: where single students go, and when somebody is there.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::{Deserialize, Serialize};

/// A make-up centre (补拍点).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Centre {
    /// What it is called; bookings name it so.
    pub name: String,
    /// The province, where there are centres in several.
    pub province: Option<String>,
    /// Where it is.
    pub address: String,
    /// Telephone numbers.
    #[serde(default)]
    pub phones: Vec<String>,
    /// When it is open; none where the notice does not say.
    #[serde(default)]
    pub hours: Vec<Hours>,
    /// Days on which it is closed all the same.
    #[serde(default)]
    pub closed: Vec<Date>,
    /// How many students come in an hour; without it nothing is booked, one simply goes there.
    pub per_hour: Option<u16>,
    /// What to bring beside the code, such as 学生证.
    #[serde(default)]
    pub bring: Vec<String>,
}

/// Opening hours on some days of the week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Hours {
    /// The days.
    pub days: Vec<Day>,
    /// When it opens.
    pub from: Time,
    /// When it closes.
    pub to: Time,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// 星期一
    Mon,
    /// 星期二
    Tue,
    /// 星期三
    Wed,
    /// 星期四
    Thu,
    /// 星期五
    Fri,
    /// 星期六
    Sat,
    /// 星期日
    Sun,
}

const WEEK: [(Day, Weekday, &str); 7] = [
    (Day::Mon, Weekday::Monday, "周一"),
    (Day::Tue, Weekday::Tuesday, "周二"),
    (Day::Wed, Weekday::Wednesday, "周三"),
    (Day::Thu, Weekday::Thursday, "周四"),
    (Day::Fri, Weekday::Friday, "周五"),
    (Day::Sat, Weekday::Saturday, "周六"),
    (Day::Sun, Weekday::Sunday, "周日"),
];

impl Hours {
    fn hold_on(&self, day: Date) -> bool {
        WEEK.iter().any(|(own, weekday, _)| *weekday == day.weekday() && self.days.contains(own))
    }

    /// Such as 周二至周六 9:00-11:40.
    fn words(&self) -> String {
        let at = |day: &Day| WEEK.iter().position(|(own, ..)| own == day).unwrap_or_default();
        let days: Vec<usize> = self.days.iter().map(at).collect();
        let follow = days.windows(2).all(|pair| pair[1] == pair[0] + 1);
        let word = |at: &usize| WEEK[*at].2;
        let days = match days.as_slice() {
            [first, .., last] if follow && days.len() > 2 => format!("{}至{}", word(first), word(last)),
            some => some.iter().map(word).collect::<Vec<_>>().join("、"),
        };
        format!("{days} {}-{}", self.from.strftime("%-H:%M"), self.to.strftime("%-H:%M"))
    }
}

impl Centre {
    /// Whether somebody is there at a moment.
    pub fn is_open(&self, at: DateTime) -> bool {
        let day = at.date();
        let now = |hours: &Hours| hours.hold_on(day) && hours.from <= at.time() && at.time() < hours.to;
        !self.closed.contains(&day) && self.hours.iter().any(now)
    }

    /// The times of a day that can be booked: each hour from opening on, if some of it is before closing.
    pub fn times(&self, day: Date) -> Vec<Time> {
        if self.closed.contains(&day) || self.per_hour.is_none() {
            return Vec::new();
        }
        let mut times = Vec::new();
        for hours in self.hours.iter().filter(|hours| hours.hold_on(day)) {
            let mut at = hours.from;
            while at < hours.to {
                times.push(at);
                match at.checked_add(1.hour()) {
                    Ok(next) => at = next,
                    Err(_) => break,
                }
            }
        }
        times.sort_unstable();
        times.dedup();
        times
    }

    /// Its hours as a notice prints them.
    pub fn hours_words(&self) -> String {
        self.hours.iter().map(Hours::words).collect::<Vec<_>>().join("；")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn centre() -> Centre {
        let hours = |from: &str, to: &str| Hours {
            days: vec![Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat],
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        };
        Centre {
            name: "补拍中心".into(),
            province: None,
            address: String::new(),
            phones: Vec::new(),
            hours: vec![hours("09:00", "11:40"), hours("13:00", "17:40")],
            closed: vec![date(2024, 10, 1)],
            per_hour: Some(6),
            bring: Vec::new(),
        }
    }

    #[test]
    fn it_is_open_in_its_hours_and_on_no_holiday() {
        let open = |day: Date, hour, minute| centre().is_open(day.at(hour, minute, 0, 0));
        assert!(!open(date(2024, 9, 23), 10, 0), "a Monday");
        let tuesday = date(2024, 9, 24);
        assert!(open(tuesday, 9, 0) && open(tuesday, 11, 39) && open(tuesday, 13, 0));
        assert!(!open(tuesday, 11, 45) && !open(tuesday, 17, 40));
        assert!(!open(date(2024, 10, 1), 10, 0), "a holiday, though a Tuesday");
        assert_eq!(centre().hours_words(), "周二至周六 9:00-11:40；周二至周六 13:00-17:40");
    }

    #[test]
    fn its_hours_are_booked_one_by_one_and_not_on_days_off() {
        let times: Vec<_> = centre().times(date(2024, 9, 24)).iter().map(|time| time.hour()).collect();
        assert_eq!(times, [9, 10, 11, 13, 14, 15, 16, 17]);
        assert_eq!(centre().times(date(2024, 9, 23)), []);
        assert_eq!(centre().times(date(2024, 10, 1)), []);
        assert_eq!(
            Centre { per_hour: None, ..centre() }.times(date(2024, 9, 24)),
            [],
            "nothing is booked there"
        );
    }
}
