//! Faces compared with reference photos, over numbers alone: how often strangers look alike and one person does not,
//! where a limit lies that follows from that, and which photos of a day may stand under the wrong student. Nothing
//! here decides anything; it says what a person should look at.

use serde::{Deserialize, Serialize};

/// Distances at which rates are stated.
pub const STATED: [f32; 5] = [0.40, 0.45, 0.50, 0.55, 0.60];
/// One in so many pairs of strangers may lie below a fitted limit.
pub const ONE_IN: usize = 1_000;
/// With fewer pairs of strangers no limit is fitted.
pub const ENOUGH_PAIRS: usize = 3_000;
/// The limit until one can be fitted: of 171 991 pairs of strangers none lies below (American politicians); among
/// people of one descent far more do, which is why it is fitted.
pub const UNFITTED: f32 = 0.45;

/// A rate with its 95 % confidence interval (Wilson 1927).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// How often it was so.
    pub of: usize,
    /// Of how many.
    pub all: usize,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Rate {
    /// The rate of `of` among `all`.
    pub fn new(of: usize, all: usize) -> Self {
        const Z: f64 = 1.959_964;
        let (n, k) = (all as f64, of as f64);
        if all == 0 {
            return Self { of, all, low: 0.0, high: 1.0 };
        }
        let share = k / n;
        let base = 1.0 + Z * Z / n;
        let middle = (share + Z * Z / (2.0 * n)) / base;
        let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt() / base;
        Self { of, all, low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
    }

    /// The share itself.
    pub fn share(self) -> f64 {
        if self.all == 0 { 0.0 } else { self.of as f64 / self.all as f64 }
    }
}

/// What happens at a limit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Errors {
    /// The distance.
    pub limit: f32,
    /// Strangers below it (false match rate).
    pub strangers_below: Rate,
    /// Photos of one person at or above it (false non-match rate).
    pub same_above: Rate,
}

/// The error rates at a limit.
pub fn errors(same: &[f32], strangers: &[f32], limit: f32) -> Errors {
    let below = strangers.iter().filter(|distance| **distance < limit).count();
    let above = same.iter().filter(|distance| **distance >= limit).count();
    Errors {
        limit,
        strangers_below: Rate::new(below, strangers.len()),
        same_above: Rate::new(above, same.len()),
    }
}

/// The limit below which one in [`ONE_IN`] pairs of these strangers lies; none where there are too few pairs to say.
pub fn fit(strangers: &[f32]) -> Option<f32> {
    if strangers.len() < ENOUGH_PAIRS {
        return None;
    }
    let mut sorted = strangers.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted.get(sorted.len() / ONE_IN).copied()
}

/// How far around a photo others are looked at: shifts of up to five, and one more.
pub const REACH: usize = 6;
/// So much nearer another must lie before it means something: twice the spread of one person's distances (.04).
const MARGIN: f32 = 0.08;
/// So many photos in a row with the same shift are a run.
const RUN: usize = 3;

/// A photo that may stand under the wrong student; photos are numbered in the order of their taking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Suspicion {
    /// Two photos fit each other's students better than their own.
    Swapped {
        /// The earlier photo.
        first: usize,
        /// The later one.
        second: usize,
    },
    /// A run of photos fits the students some places on.
    Shifted {
        /// The first photo of the run.
        from: usize,
        /// The last one.
        to: usize,
        /// How many places on; negative for places back.
        by: isize,
    },
    /// A photo is unlike its student, and like another near by.
    Another {
        /// The photo.
        photo: usize,
        /// Whose student it fits.
        like: usize,
    },
    /// A photo is unlike its student, and like nobody near by.
    Unlike {
        /// The photo.
        photo: usize,
        /// How far it lies from its student's reference.
        distance: f32,
    },
}

/// Looks through the photos of a station in the order of their taking. `distance` says how far a photo lies from the
/// reference of another photo's student, where there is one. `limit` is the distance above which a photo is unlike its
/// student.
pub fn suspicions(
    photos: usize,
    limit: f32,
    distance: impl Fn(usize, usize) -> Option<f32>,
) -> Vec<Suspicion> {
    let mut found = Vec::new();
    let mut told = vec![false; photos];
    for (from, to, by) in runs(photos, &distance) {
        told[from..=to].fill(true);
        found.push(Suspicion::Shifted { from, to, by });
    }
    for first in 0..photos {
        for second in first + 1..photos.min(first + REACH + 1) {
            let crossed = distance(first, second).zip(distance(second, first));
            let own = distance(first, first).zip(distance(second, second));
            let Some(((a, b), (c, d))) = crossed.zip(own) else { continue };
            let fits = a + b + MARGIN < c + d && a < c && b < d;
            if fits && !told[first] && !told[second] {
                told[first] = true;
                told[second] = true;
                found.push(Suspicion::Swapped { first, second });
            }
        }
    }
    for photo in (0..photos).filter(|photo| !told[*photo]) {
        let Some(own) = distance(photo, photo) else { continue };
        let near = photo.saturating_sub(REACH)..photos.min(photo + REACH + 1);
        let others =
            near.filter(|other| *other != photo).filter_map(|other| Some((other, distance(photo, other)?)));
        let nearest = others.min_by(|a, b| a.1.total_cmp(&b.1));
        match nearest {
            Some((like, other)) if other + MARGIN < own => found.push(Suspicion::Another { photo, like }),
            _ if own >= limit => found.push(Suspicion::Unlike { photo, distance: own }),
            _ => {}
        }
    }
    found
}

/// Runs of photos that all fit the student the same number of places on.
fn runs(photos: usize, distance: &impl Fn(usize, usize) -> Option<f32>) -> Vec<(usize, usize, isize)> {
    let mut runs: Vec<(usize, usize, isize)> = Vec::new();
    let shifts = (1..=REACH as isize).flat_map(|by| [by, -by]);
    for by in shifts {
        let fits = |photo: usize| {
            let other = photo.checked_add_signed(by).filter(|other| *other < photos)?;
            Some(distance(photo, other)? + MARGIN < distance(photo, photo)?)
        };
        let mut start = None;
        for photo in 0..=photos {
            let holds = photo < photos && fits(photo) == Some(true);
            match (holds, start) {
                (true, None) => start = Some(photo),
                (false, Some(from)) => {
                    if photo - from >= RUN {
                        runs.push((from, photo - 1, by));
                    }
                    start = None;
                }
                _ => {}
            }
        }
    }
    // Of runs that overlap the longest tells.
    runs.sort_by_key(|(from, to, by)| (std::cmp::Reverse(to - from), by.abs()));
    let mut kept: Vec<(usize, usize, isize)> = Vec::new();
    for run in runs {
        if kept.iter().all(|known| run.1 < known.0 || run.0 > known.1) {
            kept.push(run);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_the_interval_that_its_number_allows() {
        let none = Rate::new(0, 10);
        assert!(none.low.abs() < 1e-9 && (none.high - 0.2775).abs() < 1e-3);
        let half = Rate::new(50, 100);
        assert!((half.low - 0.4038).abs() < 1e-3 && (half.high - 0.5962).abs() < 1e-3);
        assert_eq!((Rate::new(0, 0).low, Rate::new(0, 0).high), (0.0, 1.0));
    }

    #[test]
    fn a_limit_is_fitted_to_the_strangers_of_this_campaign_and_not_to_few() {
        let strangers: Vec<f32> = (0..10_000).map(|at| at as f32 / 10_000.0).collect();
        assert_eq!(fit(&strangers), Some(0.001));
        assert_eq!(fit(&strangers[..100]), None);
        let at = errors(&[0.3, 0.5], &strangers, 0.4);
        assert_eq!((at.strangers_below.of, at.same_above.of), (4000, 1));
    }
}
