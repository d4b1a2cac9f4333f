//! Whose a photo is. A file belongs to the active number when it was taken after that one sat down; when it may have
//! been taken before, nobody is guessed and the operator is asked.
//!
//! Tethered files come late, some of them very late, so their coming alone says little. What the camera wrote into
//! the file says more, once it is known how far the camera's clock is from this one: that is learnt from the files
//! that came the fastest.

use super::strays::Why;

/// Nobody changes places, looks up and is photographed sooner than this after a scan.
pub const SEATED_MS: u64 = 700;
/// While nothing is known of the camera's clock, a file must come so long after the scan.
pub const UNKNOWN_CLOCK_MS: u64 = 4_000;
/// After so many files the fastest of them tells how far apart the clocks are.
const LEARNT_AFTER: usize = 5;
/// The fastest of so many files counts, so that a drifting clock is followed.
const REMEMBERED: usize = 50;
/// A file can be faster than the fastest so far, and cameras write whole seconds.
const FASTER_MS: u64 = 3_000;
/// No file is on its way for longer; a greater difference means that the camera's clock was set.
const LONGEST_WAY_MS: i64 = 120_000;

/// What is known of when a photo was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutter {
    /// This very moment, by this program's own camera.
    Now,
    /// By the camera's clock, milliseconds.
    Stated(u64),
    /// Nothing.
    Unknown,
}

/// The camera's clock against this one.
#[derive(Debug, Clone, Default)]
pub struct CameraClock(Vec<i64>);

impl CameraClock {
    /// Learns from a file: when it was first seen, and what the camera says. `true` when the camera's clock turns out
    /// to have been set meanwhile.
    pub fn learn(&mut self, seen_ms: u64, stated_ms: u64) -> bool {
        let behind = seen_ms as i64 - stated_ms as i64;
        let was_set = self.0.iter().min().is_some_and(|least| (behind - least).abs() > LONGEST_WAY_MS);
        if was_set {
            self.0.clear();
        }
        self.0.push(behind);
        if self.0.len() > REMEMBERED {
            self.0.remove(0);
        }
        was_set
    }

    /// When the shutter was released by this clock, at the earliest; none while too little is known.
    fn shutter_ms(&self, stated_ms: u64) -> Option<i64> {
        let least = *self.0.iter().min()?;
        (self.0.len() >= LEARNT_AFTER).then_some(stated_ms as i64 + least)
    }
}

/// Whether a photo is the active one's, who was scanned at a time; otherwise why nobody knows.
///
/// # Errors
/// [`Why::NoActive`] or [`Why::TooSoon`].
pub fn is_active_ones(
    scanned_ms: Option<u64>,
    (seen_ms, shutter): (u64, Shutter),
    clock: &CameraClock,
) -> Result<(), Why> {
    let scanned_ms = scanned_ms.ok_or(Why::NoActive)?;
    let taken_ms = match shutter {
        Shutter::Now => return Ok(()),
        Shutter::Stated(stated_ms) => clock.shutter_ms(stated_ms),
        Shutter::Unknown => None,
    };
    let is_later = match taken_ms {
        // Nothing is taken long after it was seen: then the camera's clock was set, and a person is asked.
        Some(taken_ms) => {
            let possible = (scanned_ms + SEATED_MS) as i64..=(seen_ms + FASTER_MS) as i64;
            possible.contains(&taken_ms) && seen_ms > scanned_ms
        }
        None => seen_ms >= scanned_ms + UNKNOWN_CLOCK_MS,
    };
    if is_later { Ok(()) } else { Err(Why::TooSoon) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A photo: who sat there, when the shutter was released, how long the file was on its way.
    #[derive(Debug, Clone)]
    struct Photo {
        student: usize,
        shutter_ms: u64,
        way_ms: u64,
    }

    /// A student: how long after the one before comes the scan, how long until each photo, and each file's way.
    /// One in ten leaves without a photo; files are mostly quick and sometimes very slow.
    fn students() -> impl Strategy<Value = Vec<(u64, Vec<(u64, u64)>)>> {
        let way = prop_oneof![9 => 150_u64..700, 1 => 700_u64..30_000];
        let photos = prop::collection::vec((2_000_u64..9_000, way), 0..4);
        prop::collection::vec((300_u64..5_000, photos), 8..30)
    }

    fn day(students: &[(u64, Vec<(u64, u64)>)], begun_ms: u64) -> (Vec<u64>, Vec<Photo>) {
        let (mut now, mut scans, mut photos) = (begun_ms, Vec::new(), Vec::new());
        for (student, (pause, taken)) in students.iter().enumerate() {
            now += pause;
            scans.push(now);
            for &(wait_ms, way_ms) in taken {
                now += wait_ms;
                photos.push(Photo { student, shutter_ms: now, way_ms });
            }
            // Accepting takes a moment, and so does leaving.
            now += 400;
        }
        (scans, photos)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        /// Whatever the camera's clock says, however it drifts, and when it is set in the middle of the day, however
        /// late files come and whoever leaves: a photo is bound to the one who sat there or to nobody. Only while the
        /// clock is being learnt a file may be slower than the pause that is kept for it.
        #[test]
        fn a_photo_is_bound_to_the_one_who_sat_there_or_to_nobody(
            students in students(),
            offset in -600_000_i64..600_000,
            drift_ppm in -100_i64..100,
            (set_after, set_by) in (0_u64..300_000, prop_oneof![Just(0_i64), -7_200_000_i64..7_200_000]),
            has_clock in prop::bool::weighted(0.8),
        ) {
            let begun = 1_800_000_000_000;
            let (scans, mut photos) = day(&students, begun);
            if !has_clock {
                for photo in &mut photos {
                    photo.way_ms = photo.way_ms.min(UNKNOWN_CLOCK_MS - 1);
                }
            }
            photos.sort_by_key(|photo| photo.shutter_ms + photo.way_ms);
            let mut clock = CameraClock::default();
            let (mut bound, mut learnt) = (0, 0);
            for photo in &photos {
                let seen = photo.shutter_ms + photo.way_ms;
                // A file that is slow before the clock is known is the one case that this rule cannot see.
                if learnt < LEARNT_AFTER && photo.way_ms >= UNKNOWN_CLOCK_MS {
                    continue;
                }
                // Set by so little that a file may simply have been slow, it is not noticed.
                let is_set = photo.shutter_ms > begun + set_after && set_by.abs() > LONGEST_WAY_MS + 60_000;
                let drift = (photo.shutter_ms - begun) as i64 * drift_ppm / 1_000_000;
                let clock_ms = photo.shutter_ms as i64 + offset + drift + if is_set { set_by } else { 0 };
                let stated = (clock_ms / 1000 * 1000) as u64;
                let shutter = if has_clock { Shutter::Stated(stated) } else { Shutter::Unknown };
                let active = scans.iter().rposition(|scan| *scan <= seen);
                let whose = is_active_ones(active.map(|active| scans[active]), (seen, shutter), &clock);
                if has_clock {
                    learnt = if clock.learn(seen, stated) { 1 } else { learnt + 1 };
                }
                if whose.is_ok() {
                    prop_assert_eq!(active, Some(photo.student), "{:?}", photo);
                    bound += 1;
                }
            }
            // The rule is no use if it asks about everything.
            let quick = photos.iter().filter(|photo| photo.way_ms < 700).count();
            if has_clock && quick > 30 && set_by == 0 {
                prop_assert!(bound * 2 > quick, "{bound} of {quick}");
            }
        }
    }

    #[test]
    fn a_camera_whose_clock_is_set_in_the_middle_is_learnt_anew() {
        let mut clock = CameraClock::default();
        let day = 86_400_000;
        for at in 0..6 {
            assert!(!clock.learn(day + 10_000 * at + 300, day + 10_000 * at));
        }
        assert_eq!(clock.shutter_ms(day + 70_000), Some(86_470_300));
        let forward = Shutter::Stated(day + 3_670_000);
        assert_eq!(is_active_ones(Some(day), (day + 71_000, forward), &clock), Err(Why::TooSoon));
        assert!(clock.learn(day + 80_300, day + 80_000 - 3_600_000));
        assert_eq!(clock.shutter_ms(day + 90_000 - 3_600_000), None);
    }
}
