//! Numbers and limits as people read them, the same in every table and report.

use portrait::standard::Range;

use crate::report::words::Words;

/// A number with as many decimals as matter: whole from 100, one from 10, two from 0.1, else three; no trailing zeros.
pub fn number(value: f64) -> String {
    let decimals = match value.abs() {
        large if large >= 100.0 => 0,
        middle if middle >= 10.0 => 1,
        small if small >= 0.1 => 2,
        _ => 3,
    };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.replace('-', "−") }
}

/// A number with its unit.
pub fn with_unit(value: f64, unit: &str) -> String {
    match unit {
        "" => number(value),
        "°" => format!("{}°", number(value)),
        // A kilobyte of the standard is 1 024 bytes, as Windows shows it.
        "B" if value.abs() >= 1024.0 => format!("{:.1} KB", value / 1024.0),
        unit => format!("{} {unit}", number(value)),
    }
}

/// A range of allowed values; open ends read as "at most" and "at least".
pub fn range(range: Range, unit: &str) -> Words {
    let (low, high) = (range.low.is_finite(), range.high.is_finite());
    match (low, high) {
        (true, true) if (range.low - range.high).abs() < f64::EPSILON => {
            Words::same(with_unit(range.low, unit))
        }
        (true, true) if (range.low + range.high).abs() < f64::EPSILON => {
            Words::same(format!("±{}", with_unit(range.high, unit)))
        }
        (true, true) if range.low < 0.0 => Words::new(
            format!("{} 至 {}", number(range.low), with_unit(range.high, unit)),
            format!("{} to {}", number(range.low), with_unit(range.high, unit)),
        ),
        (true, true) if unit == "B" => {
            Words::same(format!("{}–{}", number(range.low / 1024.0), with_unit(range.high, unit)))
        }
        (true, true) => Words::same(format!("{}–{}", number(range.low), with_unit(range.high, unit))),
        (false, true) => Words::same(format!("≤ {}", with_unit(range.high, unit))),
        (true, false) => Words::same(format!("≥ {}", with_unit(range.low, unit))),
        (false, false) => Words::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_show_what_matters() {
        let shown = [245.12, 36.04, 0.4, 1.0, -2.04, -0.0001, 100.0, 0.054].map(number);
        assert_eq!(shown, ["245", "36", "0.4", "1", "−2.04", "0", "100", "0.054"]);
        assert_eq!(with_unit(36_864.0, "B"), "36.0 KB");
    }

    #[test]
    fn ranges_read_as_a_limit_does() {
        let read = |low, high, unit| range(Range { low, high }, unit).english;
        assert_eq!(read(200.0, 300.0, "px"), "200–300 px");
        assert_eq!(read(-2.0, 2.0, "°"), "±2°");
        assert_eq!(read(f64::NEG_INFINITY, 5.0, ""), "≤ 5");
        assert_eq!(read(60.0, f64::INFINITY, ""), "≥ 60");
        assert_eq!(read(300.0, 300.0, "dpi"), "300 dpi");
    }
}
