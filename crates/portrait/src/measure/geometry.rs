//! Where the face stands in the picture (ids P9 to P12 and the lengths that other standards ask for).

use crate::{
    measure::{
        Readings, Unmeasurable, crown,
        scene::{FaceFrame, Scene},
    },
    picture::{Point, Rect},
};

/// What needs the landmarks alone.
const OF_LANDMARKS: [&str; 10] = [
    "eye-row",
    "eye-row-from-bottom",
    "eye-share",
    "chin-row",
    "body-share",
    "face-width",
    "inter-eye",
    "face-centre-x",
    "eye-centre-x",
    "centre-offset",
];
/// What needs the head's outline too.
const OF_HEAD: [&str; 4] = ["crown-row", "head-length", "head-share", "head-width"];

/// Adds rows, columns and lengths of the face.
///
/// Rows and columns are px from the upper left corner; eyes are the middles of their corners, the face width goes
/// from cheek to cheek (landmarks 234 and 454) and the chin is landmark 152.
pub fn check(scene: &Scene, readings: &mut Readings) {
    let Some(face) = &scene.face else {
        for measure in OF_LANDMARKS.into_iter().chain(OF_HEAD) {
            readings.unknown(measure, Unmeasurable::NoFace);
        }
        return;
    };
    landmarks(scene, face, readings);
    head(scene, face, readings);
}

fn landmarks(scene: &Scene, face: &FaceFrame, readings: &mut Readings) {
    let (width, height) = (scene.picture.width() as f32, scene.picture.height() as f32);
    let [left, right] = [face.outline.at(234), face.outline.at(454)];
    let cheeks = left.middle(right);
    let eye_line = Rect::around([33, 133, 362, 263].map(|i| face.outline.at(i))).map(|eyes| eyes.grown(2.0));
    let eyes = || eye_line.into_iter().collect::<Vec<_>>();
    let face_line = Rect::new(left.x.min(right.x), cheeks.y - 2.0, left.x.max(right.x), cheeks.y + 2.0);
    let chin = Rect::new(face.chin.x, face.chin.y, face.chin.x, face.chin.y).grown(4.0);
    readings.number("eye-row", face.eyes.y, eyes());
    readings.number("eye-row-from-bottom", height - face.eyes.y, eyes());
    readings.number("eye-share", face.eyes.y / height, eyes());
    readings.number("chin-row", face.chin.y, vec![chin]);
    readings.number("body-share", (height - face.chin.y) / height, vec![chin]);
    readings.number("face-width", face.width, vec![face_line]);
    readings.number("inter-eye", face.inter_eye, eyes());
    readings.number("face-centre-x", cheeks.x, vec![face_line]);
    readings.number("eye-centre-x", face.eyes.x, eyes());
    // A turned head moves the two middles apart; the turn is judged by itself, so the offset is that of their mean.
    let centre = f32::midpoint(cheeks.x, face.eyes.x);
    readings.number("centre-offset", centre - width / 2.0, vec![face_line]);
}

fn head(scene: &Scene, face: &FaceFrame, readings: &mut Readings) {
    let Some(head) = crown::find(scene, face) else {
        for measure in OF_HEAD {
            readings.unknown(measure, Unmeasurable::NoMask);
        }
        return;
    };
    let top = Point::new(face.eyes.x, head.crown);
    let crown_line =
        Rect::new(top.x - 0.25 * face.width, top.y - 1.0, top.x + 0.25 * face.width, top.y + 1.0);
    let length = face.chin.y - head.crown;
    readings.number("crown-row", head.crown, vec![crown_line]);
    readings.number("head-length", length, vec![head.bounds]);
    readings.number("head-share", length / scene.picture.height() as f32, vec![head.bounds]);
    readings.number("head-width", head.width, vec![head.bounds]);
}
