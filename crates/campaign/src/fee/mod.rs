//! Fees: bills of payment services read as they are exported ([`bill`]), payments brought to students and what does
//! not fit shown ([`matching`]), what a class, a college and the agency settle by ([`settlement`]).
//! Money is an integer number of fen everywhere.

pub mod bill;
pub mod matching;
pub mod settlement;

/// Yuan with two digits, as people read them.
pub fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let sum = fen.unsigned_abs();
    format!("{sign}{}.{:02}", sum / 100, sum % 100)
}

/// Fen of an amount as bills write it, such as `¥15.00` or `1,234.5`; `None` for anything else.
pub fn fen(text: &str) -> Option<i64> {
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '¥' | '￥' | ',' | '`' | '元' | '+'))
        .collect();
    let (sign, digits) = plain.strip_prefix('-').map_or((1, plain.as_str()), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || part.len() > 2 || !is_number(whole) || !is_number(part) {
        return None;
    }
    let cents: i64 = format!("{part:0<2}").parse().ok()?;
    Some(sign * (whole.parse::<i64>().ok()? * 100 + cents))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_whole_fen_or_none() {
        let amounts = [
            ("¥15.00", 1500),
            ("15", 1500),
            ("0.1", 10),
            ("`1,234.56", 123_456),
            ("-20.00", -2000),
            ("+3.05", 305),
        ];
        for (text, amount) in amounts {
            assert_eq!(fen(text), Some(amount), "{text}");
        }
        for wrong in ["", "15.001", "1e3", "fünf", "--1", "1.2.3", "99999999999999"] {
            assert_eq!(fen(wrong), None, "{wrong}");
        }
        assert_eq!([yuan(1505), yuan(-5), yuan(0)], ["15.05", "-0.05", "0.00"]);
        assert_eq!(yuan(i64::MIN), "-92233720368547758.08");
    }
}
