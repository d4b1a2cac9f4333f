//! A closed mouth without teeth (ids P7, P7b).

use crate::{
    measure::{
        Readings, Unmeasurable,
        areas::{count, in_polygon, pixels},
        scene::{FaceFrame, Scene},
    },
    picture::{Point, Rect},
};

/// Pairs of the inner lips, upper and lower.
const LIP_PAIRS: [[usize; 2]; 3] = [[13, 14], [82, 87], [312, 317]];
/// The inner lips all around.
const OPENING: [usize; 20] =
    [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95];
/// A lower opening shows nothing to look at, px.
const LEAST_HEIGHT: f32 = 2.0;

/// Adds how far the lips are apart and how much of that is teeth.
///
/// `mouth-gap`: the largest gap of three pairs of the inner lips ÷ T (eyes to chin).
/// `teeth-share`: share of the opening with L\* above the cheeks' − 8 and C\* below 14; 0 when it is below 2 px high.
pub fn check(scene: &Scene, readings: &mut Readings) {
    let Some(face) = &scene.face else {
        return ["mouth-gap", "teeth-share"]
            .into_iter()
            .for_each(|measure| readings.unknown(measure, Unmeasurable::NoFace));
    };
    let gaps = LIP_PAIRS.map(|[upper, lower]| face.mesh.at(upper).distance(face.mesh.at(lower)));
    let gap = gaps.into_iter().fold(0.0, f32::max);
    let evidence: Vec<Rect> =
        Rect::around(OPENING.map(|i| face.mesh.at(i))).map(|mouth| mouth.grown(4.0)).into_iter().collect();
    readings.number("mouth-gap", gap / face.eyes_to_chin.max(1.0), evidence.clone());
    match teeth(scene, face, gap) {
        Some(share) => readings.number("teeth-share", share, evidence),
        None => readings.unknown("teeth-share", Unmeasurable::TooLittleArea),
    }
}

fn teeth(scene: &Scene, face: &FaceFrame, gap: f32) -> Option<f32> {
    if gap < LEAST_HEIGHT {
        return Some(0.0);
    }
    let skin = scene.regions().skin.as_ref()?.cheeks;
    let polygon: Vec<Point> = OPENING.iter().map(|&i| face.mesh.at(i)).collect();
    let opening = in_polygon(scene.picture, &polygon);
    let tooth = |&at: &usize| scene.lab().l[at] > skin.l - 8.0 && scene.lab().at(at).chroma() < 14.0;
    let all = count(&opening);
    (all > 0).then(|| pixels(&opening).filter(tooth).count() as f32 / all as f32)
}
