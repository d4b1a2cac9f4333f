//! Days as a campaign counts them.

use anyhow::{Result, anyhow};
use campaign::day;
use jiff::civil::Date;

use crate::{clock::now_ms, language::Language};

/// Today in China.
pub fn today() -> Date {
    day::of_ms(now_ms())
}

/// The first second after a day such as 2027-07-01, since 1970-01-01 UTC.
pub fn end_of(text: &str, language: Language) -> Result<u64> {
    let wrong = || {
        anyhow!(language.pick(
            format!("“{text}”不是日期；请写成 2027-07-01"),
            format!("\"{text}\" is no day; write it as 2027-07-01"),
        ))
    };
    let date: Date = text.parse().map_err(|_| wrong())?;
    day::end_of(date).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_holds_to_the_end_of_its_last_day() {
        // date -u -d '2027-07-01T16:00:00Z' +%s
        assert_eq!(end_of("2027-07-01", Language::English).unwrap(), 1_814_457_600);
        assert!(end_of("1.7.2027", Language::English).is_err());
    }
}
