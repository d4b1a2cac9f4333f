//! Which frames of a memory card are whose, when nobody knows how far the camera's clock is from the station's.
//!
//! A frame belongs to the number in whose time it was taken. With an unknown difference of the clocks many answers are
//! possible; a wrong one leaves numbers without a frame and puts frames where nobody sat. So every difference is tried,
//! and a frame is somebody's for sure only if it is the same one's for **every** difference that explains the frames
//! around it about as well as the best. Whatever is left is a question to a person.

use std::ops::Range;

use super::super::binding::SEATED_MS;

/// A file of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Frame {
    /// When the shutter was released by the camera's clock, ms.
    pub taken_ms: Option<u64>,
    /// A key frame shows the station's clock: what it says, ms.
    pub shows_ms: Option<u64>,
}

/// The time in which a number's student sat before the camera, by the station's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When the code was scanned, ms.
    pub from_ms: u64,
    /// When the next one was, or this one left, ms.
    pub until_ms: u64,
    /// Whether a photo should be there: not for a number that is void.
    pub expects: bool,
}

/// Whose a frame is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// The one of this slot, for every difference of the clocks that is possible.
    Sure(usize),
    /// One of these, or nobody's; a person looks.
    Unsure(Vec<usize>),
    /// It shows the station's clock.
    Key,
}

/// The clocks are no further apart than this in the morning, unless a key frame says so: a quarter of an hour.
const FURTHEST_MS: i64 = 900_000;
/// Differences are tried in these steps.
const STEP_MS: i64 = 250;
/// Cameras write whole seconds: what they state lies up to half of one beside the middle.
const ROUNDED_MS: i64 = 500;
/// So many frames are explained together. A line of people has a rhythm, and moved by one person it explains nearly as
/// much: of 60 frames of a made-up day all but two, which lost and doubled frames hide; of 240 all but ten, which they do
/// not. A clock
/// drifts by a third of a second meanwhile (100 ppm, an hour).
const WINDOW: usize = 240;
/// Windows begin so many frames apart, so that a clock that was set is in the middle of one of them.
const STRIDE: usize = 40;
/// A difference is possible if it leaves at most this much more unexplained than the best, and one for every so many.
const SLACK: (usize, usize) = (1, 120);
/// When the best leaves more than one in so many unexplained, nothing in the window is sure.
const HOPELESS: usize = 8;
/// So many frames before and after one must be explained too, but for this many: a clock that was set shows there.
const AROUND: (usize, usize) = (10, 4);
/// With fewer frames than this chance explains as well.
const FEWEST: usize = 15;
/// What a key frame shows is read and taken within this time.
const KEY_MS: i64 = 1_500;
/// The year 9999 ends before.
const LAST_MS: u64 = 1 << 48;
/// From one window to the next the clocks drift by no more.
const FOLLOWS_MS: i64 = 500;
/// Between two key frames that agree so far, the clock was not set.
const AGREE_MS: i64 = 3_000;

/// Says of every frame whose it is. Frames come in the order in which they were taken, as their file numbers say; slots
/// in the order of their times.
pub fn align(frames: &[Frame], slots: &[Slot]) -> Vec<Whose> {
    let mut whose: Vec<Whose> = frames
        .iter()
        .map(|frame| if frame.shows_ms.is_some() { Whose::Key } else { Whose::Unsure(Vec::new()) })
        .collect();
    for (nth, stretch) in stretches(frames).into_iter().enumerate() {
        let mut keys: Vec<(i64, i64)> = Vec::new();
        let mut timed: Vec<(i64, usize)> = Vec::new();
        for (at, taken) in stretch {
            match frames[at].shows_ms {
                Some(_) => keys.extend(time(frames[at].shows_ms).map(|shows| (taken, taken - shows))),
                None => timed.push((taken + ROUNDED_MS, at)),
            }
        }
        for (found, (_, at)) in explained(&timed, slots, &keys, nth == 0).into_iter().zip(&timed) {
            whose[*at] = match found {
                Found::One(slot) if slots[slot].expects => Whose::Sure(slot),
                Found::One(slot) => Whose::Unsure(vec![slot]),
                Found::Many(slots) => Whose::Unsure(slots),
                Found::Nothing => Whose::Unsure(Vec::new()),
            };
        }
    }
    one_after_another(&mut whose);
    whose
}

/// Frames with a time, cut where the camera's clock goes back: there it was set.
fn stretches(frames: &[Frame]) -> Vec<Vec<(usize, i64)>> {
    let mut stretches: Vec<Vec<(usize, i64)>> = vec![Vec::new()];
    let mut last = i64::MIN;
    let timed = frames.iter().enumerate().filter_map(|(at, frame)| Some((at, time(frame.taken_ms)?)));
    for (at, taken) in timed {
        if taken < last {
            stretches.push(Vec::new());
        }
        last = taken;
        stretches.last_mut().expect("there is always one").push((at, taken));
    }
    stretches
}

/// A time that somebody can have meant; what a file says can be any number.
fn time(ms: Option<u64>) -> Option<i64> {
    ms.filter(|ms| *ms < LAST_MS).map(|ms| ms as i64)
}

/// What all windows of a stretch say of each frame. While one window follows from the one before, the clocks are as near
/// as they were; once one does not, only key frames tell how far apart they are.
fn explained(timed: &[(i64, usize)], slots: &[Slot], keys: &[(i64, i64)], mut is_near: bool) -> Vec<Found> {
    let mut found: Vec<Found> = vec![Found::Nothing; timed.len()];
    let mut before: Option<Vec<i64>> = None;
    for window in windows(timed.len()) {
        let times: Vec<i64> = timed[window.clone()].iter().map(|(time, _)| *time).collect();
        let told = told(times[0], times[times.len() - 1], keys);
        let range = told.or(is_near.then_some((-FURTHEST_MS, FURTHEST_MS)));
        let possible = range.map_or_else(Vec::new, |range| possible(&times, slots, range));
        let follows = before.as_ref().is_none_or(|before| {
            possible.iter().any(|now| before.iter().any(|then| (now - then).abs() <= FOLLOWS_MS))
        });
        is_near &= follows && !possible.is_empty();
        let possible = if is_near || told.is_some() { possible } else { Vec::new() };
        let fits = fitting(&times, slots, &possible);
        for ((at, time), fits) in window.zip(&times).zip(fits) {
            found[at].also(slots_of(*time, &possible, slots).filter(|_| fits));
        }
        before = Some(possible);
    }
    found
}

/// Nobody is photographed, then another, then the first again: where that would be, a person looks.
fn one_after_another(whose: &mut [Whose]) {
    let sure: Vec<(usize, usize)> = whose
        .iter()
        .enumerate()
        .filter_map(|(at, whose)| if let Whose::Sure(slot) = whose { Some((at, *slot)) } else { None })
        .collect();
    let before: Vec<usize> = sure
        .iter()
        .scan(0, |highest, (_, slot)| Some(std::mem::replace(highest, (*slot).max(*highest))))
        .collect();
    let mut after: Vec<usize> = sure
        .iter()
        .rev()
        .scan(usize::MAX, |lowest, (_, slot)| Some(std::mem::replace(lowest, (*slot).min(*lowest))))
        .collect();
    after.reverse();
    for (((at, slot), highest), lowest) in sure.into_iter().zip(before).zip(after) {
        if slot < highest || slot > lowest {
            whose[at] = Whose::Unsure(vec![slot]);
        }
    }
}

/// What the windows around a frame say of it.
#[derive(Debug, Clone)]
enum Found {
    Nothing,
    One(usize),
    Many(Vec<usize>),
}

impl Found {
    /// Another window's word: it stays one slot only if all of them say the same.
    fn also(&mut self, said: Option<Vec<usize>>) {
        let said = said.unwrap_or_default();
        *self = match (std::mem::replace(self, Self::Nothing), said.as_slice()) {
            (Self::Nothing, [slot]) => Self::One(*slot),
            (Self::One(known), [slot]) if known == *slot => Self::One(known),
            (Self::Nothing, _) => Self::Many(said),
            (Self::One(known), _) => Self::Many(joined(vec![known], said)),
            (Self::Many(known), _) => Self::Many(joined(known, said)),
        };
    }
}

fn joined(mut known: Vec<usize>, more: Vec<usize>) -> Vec<usize> {
    known.extend(more);
    known.sort_unstable();
    known.dedup();
    known
}

fn windows(count: usize) -> Vec<Range<usize>> {
    if count == 0 {
        return Vec::new();
    }
    let last = count.saturating_sub(WINDOW);
    let mut begins: Vec<usize> = (0..=last).step_by(STRIDE).collect();
    if begins.last() != Some(&last) {
        begins.push(last);
    }
    begins.into_iter().map(|begin| begin..(begin + WINDOW).min(count)).collect()
}

/// Every difference (camera's clock minus the station's) that explains these frames about as well as the best.
fn possible(times: &[i64], slots: &[Slot], (low, high): (i64, i64)) -> Vec<i64> {
    let is_told = high - low < FURTHEST_MS;
    if times.len() < FEWEST && !is_told {
        return Vec::new();
    }
    let costs: Vec<(i64, usize)> = (0..=(high - low) / STEP_MS)
        .map(|step| low + step * STEP_MS)
        .map(|difference| (difference, unexplained(times, slots, difference)))
        .collect();
    let Some(best) = costs.iter().map(|(_, cost)| *cost).min() else { return Vec::new() };
    if best > (times.len() / HOPELESS).max(1) {
        return Vec::new();
    }
    costs
        .into_iter()
        .filter(|(_, cost)| *cost <= best + SLACK.0 + times.len() / SLACK.1)
        .map(|(difference, _)| difference)
        .collect()
}

/// What key frames say of the difference between two moments of the camera's clock: one of them lies between, or two that
/// agree lie around.
fn told(first: i64, last: i64, keys: &[(i64, i64)]) -> Option<(i64, i64)> {
    let before = keys.iter().rev().find(|(taken, _)| *taken <= first);
    let after = keys.iter().find(|(taken, _)| *taken >= last);
    let around = before.zip(after).filter(|(a, b)| (a.1 - b.1).abs() <= AGREE_MS);
    if let Some(((_, a), (_, b))) = around {
        return Some((a.min(b) - KEY_MS, a.max(b) + KEY_MS));
    }
    let inside: Vec<i64> =
        keys.iter().filter(|(taken, _)| (first..=last).contains(taken)).map(|key| key.1).collect();
    let (least, most) = (inside.iter().min()?, inside.iter().max()?);
    (most - least <= AGREE_MS).then_some((least - KEY_MS, most + KEY_MS))
}

/// Frames where nobody should be photographed, and numbers in their time without a frame.
fn unexplained(times: &[i64], slots: &[Slot], difference: i64) -> usize {
    let (mut lost, mut hit) = (0, 0);
    let mut last = None;
    for time in times {
        match slot_at(time - difference, slots).filter(|slot| slots[*slot].expects) {
            None => lost += 1,
            Some(slot) => {
                hit += usize::from(last != Some(slot));
                last = Some(slot);
            }
        }
    }
    let (Some(first), Some(end)) = (times.first(), times.last()) else { return 0 };
    // Numbers that lie wholly between the first and the last frame.
    let begin = slots.partition_point(|slot| (slot.from_ms as i64) < first - difference);
    let end = slots.partition_point(|slot| slot.until_ms as i64 <= end - difference).max(begin);
    let expected = slots[begin..end].iter().filter(|slot| slot.expects).count();
    lost + expected.saturating_sub(hit)
}

/// Whether the frames around each frame are explained by the middle of what is possible.
fn fitting(times: &[i64], slots: &[Slot], possible: &[i64]) -> Vec<bool> {
    let Some(difference) = possible.get(possible.len() / 2) else { return vec![false; times.len()] };
    let (around, most) = AROUND;
    let mut last: Option<usize> = None;
    let misfits: Vec<usize> = times
        .iter()
        .map(|time| match slot_at(time - difference, slots).filter(|slot| slots[*slot].expects) {
            None => 1,
            Some(slot) => {
                let from = last.map_or(slot, |last| last + 1);
                last = Some(slot);
                slots.get(from..slot).into_iter().flatten().filter(|slot| slot.expects).count()
            }
        })
        .collect();
    (0..times.len())
        .map(|at| {
            misfits[at.saturating_sub(around)..(at + around + 1).min(times.len())].iter().sum::<usize>()
                <= most
        })
        .collect()
}

/// The slot in which a moment of the station's clock lies.
fn slot_at(time: i64, slots: &[Slot]) -> Option<usize> {
    let at = slots.partition_point(|slot| slot.from_ms as i64 <= time).checked_sub(1)?;
    (time < slots[at].until_ms as i64).then_some(at)
}

/// The slots that a frame can be in; none when it can also be in no slot, or nothing is known.
fn slots_of(time: i64, possible: &[i64], slots: &[Slot]) -> Option<Vec<usize>> {
    let mut of = Vec::new();
    for difference in possible {
        let about = time - difference;
        // Half a second to either side for the camera's rounding, and nobody is photographed just after a scan.
        let early = slot_at(about - ROUNDED_MS - STEP_MS - SEATED_MS as i64, slots);
        let late = slot_at(about + ROUNDED_MS + STEP_MS, slots);
        of.push(early?);
        of.push(late?);
    }
    of.sort_unstable();
    of.dedup();
    (!of.is_empty()).then_some(of)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A day at a camera that is not connected.
    #[derive(Debug)]
    struct Day {
        slots: Vec<Slot>,
        /// The frames with the slot in which each was taken; none for key frames and test shots.
        frames: Vec<(Frame, Option<usize>)>,
    }

    /// What a day is like, in thousandths and milliseconds.
    #[derive(Debug, Clone)]
    struct Kind {
        seed: u64,
        students: usize,
        offset_ms: i64,
        drift_ppm: i64,
        extra: u32,
        lost: u32,
        key_every: usize,
        key_missed: u32,
        leaves: u32,
        set_by_ms: i64,
        /// How much the rhythm varies, ms.
        varies_ms: u64,
    }

    fn kind() -> impl Strategy<Value = Kind> {
        (
            any::<u64>(),
            (40_usize..360, prop_oneof![Just(0_usize), 15_usize..40], 0_u32..1000),
            (-600_000_i64..600_000, -100_i64..100),
            (0_u32..60, 0_u32..30, 0_u32..60),
            prop_oneof![4 => Just(0_i64), 1 => 60_000_i64..3_600_000, 1 => -3_600_000_i64..-60_000],
            prop_oneof![3 => Just(6_000_u64), 1 => 0_u64..3_000],
        )
            .prop_map(
                |(
                    seed,
                    (students, key_every, key_missed),
                    (offset_ms, drift_ppm),
                    (extra, lost, leaves),
                    set_by_ms,
                    varies_ms,
                )| {
                    Kind {
                        seed,
                        students,
                        offset_ms,
                        drift_ppm,
                        extra,
                        lost,
                        key_every,
                        key_missed,
                        leaves,
                        set_by_ms,
                        varies_ms,
                    }
                },
            )
    }

    impl Kind {
        fn day(&self) -> Day {
            let mut rng = fastrand::Rng::with_seed(self.seed);
            let mut chance = |of_thousand: u32| rng.u32(0..1000) < of_thousand;
            let mut more = fastrand::Rng::with_seed(self.seed ^ 0x5eed);
            let begun = 1_800_000_000_000_u64;
            let (mut now, mut slots, mut frames) = (begun, Vec::new(), Vec::new());
            let set_after = self.students / 2;
            for student in 0..self.students {
                let camera = |time: u64| {
                    let drift = (time - begun) as i64 * self.drift_ppm / 1_000_000;
                    let set = if student >= set_after { self.set_by_ms } else { 0 };
                    let stated = time as i64 + self.offset_ms + drift + set;
                    Some((stated / 1000 * 1000) as u64)
                };
                if self.key_every > 0 && student % self.key_every == 0 && !chance(self.key_missed) {
                    let shown = now / 1000 * 1000;
                    frames.push((Frame { taken_ms: camera(now), shows_ms: Some(shown) }, None));
                    now += 3_000;
                }
                let from_ms = now;
                let leaves = chance(self.leaves);
                now += 3_000 + more.u64(0..=self.varies_ms);
                if !leaves {
                    let lost = chance(self.lost);
                    if !lost {
                        frames.push((Frame { taken_ms: camera(now), shows_ms: None }, Some(student)));
                    }
                    while chance(self.extra) || (lost && chance(100)) {
                        now += 1_200;
                        frames.push((Frame { taken_ms: camera(now), shows_ms: None }, Some(student)));
                    }
                }
                now += 1_500 + more.u64(0..=self.varies_ms / 2);
                slots.push(Slot { from_ms, until_ms: now, expects: !leaves });
                // Classes change, and somebody tries the light meanwhile.
                if student % 30 == 29 {
                    now += more.u64(10_000..120_000);
                    if chance(300) {
                        frames.push((Frame { taken_ms: camera(now - 4_000), shows_ms: None }, None));
                    }
                }
            }
            Day { slots, frames }
        }
    }

    fn sure(day: &Day) -> (usize, usize) {
        let frames: Vec<Frame> = day.frames.iter().map(|(frame, _)| *frame).collect();
        let whose = align(&frames, &day.slots);
        let (mut right, mut wrong) = (0, 0);
        for ((_, truth), said) in day.frames.iter().zip(whose) {
            match said {
                Whose::Sure(slot) if Some(slot) == *truth => right += 1,
                Whose::Sure(_) => wrong += 1,
                Whose::Unsure(_) | Whose::Key => {}
            }
        }
        (right, wrong)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        /// Clocks up to ten minutes apart, drifting, set in the middle of the day; frames doubled, lost, of the lamps
        /// alone; key frames missed; a rhythm as regular as a machine's: nothing is bound wrongly.
        #[test]
        fn a_frame_is_bound_to_the_one_who_sat_there_or_a_person_is_asked(kind in kind()) {
            let day = kind.day();
            let (right, wrong) = sure(&day);
            prop_assert_eq!(wrong, 0, "{} right", right);
            // The rule is no use if it asks about everything.
            let is_usual = kind.varies_ms == 6_000 && kind.set_by_ms == 0 && kind.extra <= 20 && kind.lost <= 10;
            if is_usual && kind.students > 250 {
                prop_assert!(right * 10 > kind.students * 4, "{} of {}", right, kind.students);
            }
        }
    }

    #[test]
    fn a_usual_day_needs_few_questions_and_key_frames_fewer() {
        let usual = |seed, key_every| Kind {
            seed,
            students: 400,
            offset_ms: 412_345,
            drift_ppm: 40,
            extra: 20,
            lost: 10,
            key_every,
            key_missed: 100,
            leaves: 20,
            set_by_ms: 0,
            varies_ms: 6_000,
        };
        let share = |key_every| {
            let (mut right, mut all) = (0, 0);
            for seed in 0..20 {
                let day = usual(seed, key_every).day();
                let (own, wrong) = sure(&day);
                assert_eq!(wrong, 0);
                right += own;
                all += day.frames.iter().filter(|(_, truth)| truth.is_some()).count();
            }
            f64::from(right as u32) / f64::from(all as u32)
        };
        let (without, with) = (share(0), share(25));
        println!("bound without a question: {without:.3} without key frames, {with:.3} with one in 25");
        assert!(without > 0.5 && with > without);
    }

    #[test]
    fn too_few_frames_and_frames_without_a_time_are_asked_about() {
        let slots = [Slot { from_ms: 1_000, until_ms: 20_000, expects: true }];
        let frames = [Frame { taken_ms: Some(9_000), shows_ms: None }, Frame::default()];
        assert_eq!(align(&frames, &slots), [Whose::Unsure(Vec::new()), Whose::Unsure(Vec::new())]);
        let key = Frame { taken_ms: Some(8_000), shows_ms: Some(8_000) };
        assert_eq!(align(&[key, frames[0]], &slots)[0], Whose::Key);
        assert_eq!(align(&[], &[]), []);
        let nonsense = Frame { taken_ms: Some(u64::MAX), shows_ms: Some(1 << 63) };
        assert_eq!(align(&[nonsense, key], &slots), [Whose::Key, Whose::Key]);
    }
}
