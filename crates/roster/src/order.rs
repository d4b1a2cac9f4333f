//! Student numbers in the order that people read them: by number, not by letters, so that 9 stands before 10.

use std::cmp::Ordering;

/// Compares two numbers: runs of digits by their value, everything else by letters.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    while let (Some(x), Some(y)) = (a.chars().next(), b.chars().next()) {
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let ((digits_a, rest_a), (digits_b, rest_b)) = (run(a), run(b));
            let (value_a, value_b) = (digits_a.trim_start_matches('0'), digits_b.trim_start_matches('0'));
            let order = value_a.len().cmp(&value_b.len()).then_with(|| value_a.cmp(value_b));
            if order.is_ne() {
                return order;
            }
            (a, b) = (rest_a, rest_b);
        } else if x == y {
            (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]);
        } else {
            return x.cmp(&y);
        }
    }
    a.len().cmp(&b.len())
}

fn run(text: &str) -> (&str, &str) {
    text.split_at(text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_mixed_lengths_stand_in_the_order_of_their_values() {
        let mut numbers = ["10", "9", "2101-2", "2101-10", "012", "A2", "A10", "20270001", "9999999"];
        numbers.sort_by(|a, b| natural(a, b));
        assert_eq!(numbers, ["9", "10", "012", "2101-2", "2101-10", "9999999", "20270001", "A2", "A10"]);
    }
}
