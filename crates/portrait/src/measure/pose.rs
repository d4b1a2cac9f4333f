//! How the head is turned (ids P2 to P4).

use crate::{
    measure::{Readings, Unmeasurable, scene::Scene},
    picture::Rect,
};

/// The pitch that the fit gives upright heads: the median of 158 portraits; the canonical face looks a little up.
const LEVEL_PITCH: f32 = 5.3;

/// Adds roll, yaw, pitch and the cross-check of yaw.
///
/// `roll` (°): the line through both eyes' middles against the picture's rows, clockwise positive; ± .5°.
/// `yaw`, `pitch` (°): weak-perspective fit of the canonical face to the landmarks ([`crate::look::Pose`]),
/// pitch less what upright heads read.
/// `nose-offset`: the nose's tip from the middle of the cheeks, in half face widths; about 1.4 · sin yaw, and
/// independent of the landmarks' depth.
pub fn check(scene: &Scene, readings: &mut Readings) {
    let Some(face) = &scene.face else {
        for measure in ["roll", "yaw", "pitch", "nose-offset"] {
            readings.unknown(measure, Unmeasurable::NoFace);
        }
        return;
    };
    let (left, right) = (face.left_eye, face.right_eye);
    let eyes = Rect::around([left, right]).map(|eyes| eyes.grown(0.1 * face.inter_eye));
    let roll = (right.y - left.y).atan2(right.x - left.x).to_degrees();
    readings.number("roll", roll, eyes.into_iter().collect());
    let [left, right, nose] = [234, 454, 1].map(|i| face.mesh.at(i));
    let whole = Rect::around([left, right, face.mesh.at(10), face.chin]);
    let evidence: Vec<Rect> = whole.into_iter().collect();
    readings.number(
        "nose-offset",
        (nose.x - left.middle(right).x) / (0.5 * face.width).max(1.0),
        evidence.clone(),
    );
    match scene.look.pose {
        Some(pose) => {
            readings.number("yaw", pose.yaw, evidence.clone());
            readings.number("pitch", pose.pitch - LEVEL_PITCH, evidence);
        }
        None => ["yaw", "pitch"].into_iter().for_each(|m| readings.unknown(m, Unmeasurable::Hidden)),
    }
}
