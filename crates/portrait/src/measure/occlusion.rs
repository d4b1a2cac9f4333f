//! Nothing covers nose and mouth: masks, scarves, things held before the face (id A4).

use crate::{
    colour::Lab,
    measure::{
        Readings, Unmeasurable,
        areas::{bounds, count, in_polygon, pixels},
        quantiles::median,
        scene::{FaceFrame, Scene},
    },
    picture::Point,
};

/// Nose with its wings and the skin beside it, down over the lips: bridge, cheek, corner of the mouth, lower lip and back.
/// Chin and jaw stay out, where a beard is nobody's mask.
const NOSE_AND_MOUTH: [usize; 16] =
    [197, 198, 209, 203, 206, 216, 61, 91, 17, 321, 291, 436, 426, 423, 429, 420];
/// Skin that a mask leaves free: between the brows, beside the bridge, under the outer corners of the eyes.
const FREE_SKIN: [&[usize]; 3] =
    [&[9, 107, 193, 168, 417, 336], &[117, 118, 119, 229, 228], &[346, 347, 348, 449, 448]];

/// Adds the covered share of nose and mouth.
///
/// `occlusion`: share of the area with colours that are neither this person's skin nor lips.
pub fn check(scene: &Scene, readings: &mut Readings) {
    let Some(face) = &scene.face else {
        return readings.unknown("occlusion", Unmeasurable::NoFace);
    };
    let Some(skin) = free_skin(scene, face) else {
        return readings.unknown("occlusion", Unmeasurable::TooSmall);
    };
    let area = in_polygon(scene.picture, &points(face, &NOSE_AND_MOUTH));
    let foreign = pixels(&area).filter(|&at| is_foreign(scene.lab.at(at), skin)).count();
    match bounds(&area, scene.picture.width()) {
        Some(place) => readings.number("occlusion", foreign as f32 / count(&area) as f32, vec![place]),
        None => readings.unknown("occlusion", Unmeasurable::OutsidePicture),
    }
}

fn points(face: &FaceFrame, indices: &[usize]) -> Vec<Point> {
    indices.iter().map(|&i| face.mesh.at(i)).collect()
}

fn free_skin(scene: &Scene, face: &FaceFrame) -> Option<Lab> {
    let (mut l, mut a, mut b) = (Vec::new(), Vec::new(), Vec::new());
    for zone in FREE_SKIN {
        for at in pixels(&in_polygon(scene.picture, &points(face, zone))) {
            l.push(scene.lab.l[at]);
            a.push(scene.lab.a[at]);
            b.push(scene.lab.b[at]);
        }
    }
    (l.len() >= 60).then_some(())?;
    Some(Lab { l: median(&mut l)?, a: median(&mut a)?, b: median(&mut b)? })
}

/// Whether a colour is neither skin in any light nor lips: too little of the skin's own chroma, unless it is a
/// highlight or a shadow (nostrils, the line between the lips), or another hue altogether.
fn is_foreign(colour: Lab, skin: Lab) -> bool {
    let chroma = skin.chroma().max(6.0);
    let along = (colour.a * skin.a + colour.b * skin.b) / (chroma * chroma);
    let across = (colour.a * skin.b - colour.b * skin.a) / chroma;
    // Towards green or yellow from the skin's hue; lips lie on the other side, towards red.
    let yellower = -across;
    along < 0.35 || yellower > 14.0 || (colour.l - skin.l).abs() > 45.0
}
