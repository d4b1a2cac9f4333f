//! How near two faces must lie to be called alike, learnt from those who were photographed here.
//!
//! The descriptor orders candidates for a person; it decides nothing. Its distances are not the same everywhere: of
//! 171 991 pairs of strangers among American politicians none lies below .45, while four made East Asian faces lie
//! .28–.46 from each other; ten pairs of two photos of one person lie .326–.429. One number for every campaign would
//! miss everybody here or stop everybody there. So the limit is what strangers at this very station hardly ever reach.

use portrait::look::Descriptor;

/// No limit above this: of 171 991 pairs of strangers none lies nearer.
const HIGHEST: f32 = 0.45;
/// The limit until enough people were photographed to learn one; chosen below the nearest strangers known.
const UNLEARNT: f32 = 0.28;
/// So many different people teach a limit.
const ENOUGH: usize = 20;
/// The limit lies so many deviations below the median of the distances to the nearest stranger. A deviation is the
/// median absolute one, made comparable with a normal distribution's: a few twins who were accepted with a reason
/// move neither.
const DEVIATIONS: f32 = 3.0;
/// A normal distribution's standard deviation, in median absolute deviations.
const NORMAL: f32 = 1.4826;

/// The distance below which two faces are called alike, by who each known face is.
pub fn limit(known: &[(&str, &Descriptor)]) -> f32 {
    let mut nearest: Vec<f32> = known
        .iter()
        .filter_map(|(student, face)| {
            let strangers = known.iter().filter(|(other, _)| other != student);
            strangers.map(|(_, other)| face.distance(other)).min_by(f32::total_cmp)
        })
        .collect();
    if nearest.len() < ENOUGH {
        return UNLEARNT;
    }
    let middle = median(&mut nearest);
    let mut off: Vec<f32> = nearest.iter().map(|distance| (distance - middle).abs()).collect();
    (middle - DEVIATIONS * NORMAL * median(&mut off)).min(HIGHEST)
}

fn median(values: &mut [f32]) -> f32 {
    values.sort_by(f32::total_cmp);
    values[values.len() / 2]
}

/// A face as it was kept.
pub fn descriptor(values: &[f32]) -> Option<Descriptor> {
    Some(Descriptor(values.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Faces on a line, so far apart.
    fn line(apart: f32, count: usize) -> Vec<Descriptor> {
        let at = |index: usize| {
            let mut face = Descriptor([0.0; 128]);
            face.0[0] = apart * index as f32;
            face
        };
        (0..count).map(at).collect()
    }

    #[test]
    fn the_limit_follows_the_people_and_twins_do_not_blind_it() {
        let names: Vec<String> = (0..200).map(|index| format!("S{index}")).collect();
        let known = |faces: &'_ [Descriptor]| -> f32 {
            limit(&names.iter().map(String::as_str).zip(faces).collect::<Vec<_>>())
        };
        assert!((known(&line(0.1, ENOUGH - 1)) - UNLEARNT).abs() < 1e-6, "nothing is learnt yet");
        assert!((known(&line(0.33, 200)) - 0.33).abs() < 1e-3);
        assert!((known(&line(0.9, 200)) - HIGHEST).abs() < 1e-6);
        let mut twins = line(0.4, 60);
        twins[7] = twins[8].clone();
        assert!((known(&twins) - 0.4).abs() < 1e-3);
    }
}
