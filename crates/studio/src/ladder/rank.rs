//! Spearman's rank correlation.

/// ρ between two lists of the same length, tied values sharing their mean rank;
/// 0 when one of them does not vary or the lengths differ.
pub fn spearman(a: &[f64], b: &[f64]) -> f64 {
    if a.len() != b.len() || a.len() < 2 {
        return 0.0;
    }
    let (a, b) = (ranks(a), ranks(b));
    let middle = (a.len() as f64 - 1.0) / 2.0;
    let products =
        |x: &[f64], y: &[f64]| -> f64 { x.iter().zip(y).map(|(x, y)| (x - middle) * (y - middle)).sum() };
    let spread = (products(&a, &a) * products(&b, &b)).sqrt();
    if spread > 0.0 { products(&a, &b) / spread } else { 0.0 }
}

/// Ranks from 0, tied values sharing the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: f64| {
        let below = values.iter().filter(|&&other| other < value).count() as f64;
        let same = values.iter().filter(|&&other| other.total_cmp(&value).is_eq()).count() as f64;
        below + (same - 1.0) / 2.0
    };
    values.iter().map(|&value| rank(value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_counts_and_distance_does_not() {
        for (a, b, rho) in [
            (vec![1.0, 2.0, 3.0, 4.0], vec![1.0, 10.0, 11.0, 1000.0], 1.0),
            (vec![1.0, 2.0, 3.0, 4.0], vec![4.0, 3.0, 2.0, 1.0], -1.0),
            (vec![1.0, 2.0, 3.0, 4.0], vec![2.0, 1.0, 3.0, 4.0], 0.8),
            // Two ties in four: 1 − … = √(4.5 · 5) in the denominator.
            (vec![1.0, 2.0, 3.0, 4.0], vec![0.0, 0.0, 1.0, 2.0], 4.5 / 22.5_f64.sqrt()),
            (vec![1.0, 2.0], vec![5.0, 5.0], 0.0),
        ] {
            assert!((spearman(&a, &b) - rho).abs() < 1e-12, "{a:?} {b:?} {}", spearman(&a, &b));
        }
    }
}
