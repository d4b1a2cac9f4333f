//! Order statistics: medians and percentiles do not care about a mole, a tear duct or a dead pixel.

/// The value below which the share `at` (0 to 1) of `values` lies; reorders them. `None` when there are none.
pub fn quantile(values: &mut [f32], at: f32) -> Option<f32> {
    let last = values.len().checked_sub(1)?;
    let rank = (at.clamp(0.0, 1.0) * last as f32).round() as usize;
    Some(*values.select_nth_unstable_by(rank, f32::total_cmp).1)
}

/// The middle value; reorders `values`. `None` when there are none.
pub fn median(values: &mut [f32]) -> Option<f32> {
    quantile(values, 0.5)
}

/// The spread of a normal distribution with the same median absolute value: 1.4826 × MAD around 0.
pub fn spread_around_zero(values: &mut [f32]) -> Option<f32> {
    for value in values.iter_mut() {
        *value = value.abs();
    }
    median(values).map(|mad| 1.4826 * mad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_ranks_of_the_sorted_values() {
        let mut values: Vec<f32> = (0..=100).rev().map(|v| v as f32).collect();
        for (at, expected) in [(0.0, 0.0), (0.02, 2.0), (0.5, 50.0), (0.98, 98.0), (1.0, 100.0)] {
            assert_eq!(quantile(&mut values, at), Some(expected));
        }
        assert_eq!(median(&mut []), None);
    }

    #[test]
    fn the_spread_of_a_two_valued_signal_is_its_size() {
        let mut values = vec![-2.0, 2.0, 2.0, -2.0, 2.0];
        assert!((spread_around_zero(&mut values).expect("values") - 2.965).abs() < 0.01);
    }
}
