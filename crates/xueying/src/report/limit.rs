//! A limit drawn as a bar: where the allowed range lies and where the value stands.

/// The bar of one number; `None` when there is no number or no limit.
///
/// The allowed range takes the middle half of the bar, or the half on its open side, so that every bar
/// reads alike; a value far outside stands at the end.
pub fn bar(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> Option<String> {
    let value = value.filter(|value| value.is_finite())?;
    let (from, to, at) = match (low, high) {
        (Some(low), Some(high)) if high > low => (25.0, 75.0, 25.0 + 50.0 * (value - low) / (high - low)),
        (Some(exact), Some(_)) => (48.0, 52.0, 50.0 + 25.0 * (value - exact) / exact.abs().max(1.0)),
        // One-sided limits: zero at one end, twice the limit at the other.
        (None, Some(high)) if high > 0.0 => (0.0, 50.0, 50.0 * value / high),
        (Some(low), None) if low > 0.0 => (50.0, 100.0, 50.0 * value / low),
        _ => return None,
    };
    let at = at.clamp(1.5, 98.5);
    Some(format!(
        r#"<span class="limit" aria-hidden="true"><i style="left:{from}%;width:{}%"></i><b style="left:{at:.1}%"></b></span>"#,
        to - from
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_inside_the_range_exactly_when_the_value_is_allowed() {
        let place = |value, low, high| {
            let bar = bar(Some(value), low, high).unwrap();
            bar.rsplit_once("left:").unwrap().1.split_once('%').unwrap().0.parse::<f64>().unwrap()
        };
        assert!((place(250.0, Some(200.0), Some(300.0)) - 50.0).abs() < 0.1);
        assert!((place(200.0, Some(200.0), Some(300.0)) - 25.0).abs() < 0.1);
        assert!((place(1000.0, Some(200.0), Some(300.0)) - 98.5).abs() < 0.1);
        assert!((place(1.0, None, Some(2.0)) - 25.0).abs() < 0.1);
        assert!((place(30.0, Some(20.0), None) - 75.0).abs() < 0.1);
        assert_eq!(bar(None, Some(1.0), None), None);
        assert_eq!(bar(Some(1.0), None, None), None);
    }
}
