//! Nothing covers nose and mouth: masks, scarves, things held before the face (id A4).

use crate::{
    colour::Lab,
    measure::{
        Readings, Unmeasurable,
        areas::{bounds, in_polygon, pixels, within},
        quantiles::median,
        scene::{FaceFrame, Scene},
    },
    picture::Point,
};

/// Nose with its wings and the skin beside it, down over the lips: bridge, cheek, corner of the mouth, lower lip and back.
/// Chin and jaw stay out, where a beard is nobody's mask.
const NOSE_AND_MOUTH: [usize; 16] =
    [197, 198, 209, 203, 206, 216, 61, 91, 17, 321, 291, 436, 426, 423, 429, 420];
/// What has other colours in everybody: nostrils with their shadow, and what lies between the lips.
const HOLES: [&[usize]; 3] = [
    &[
        98, 240, 99, 60, 166, 59, 238, 241, 125, 141, 94, 370, 354, 461, 458, 289, 392, 290, 328, 460, 327,
        326, 2, 97,
    ],
    &[78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95],
    // Where a moustache grows.
    &[98, 97, 2, 326, 327, 410, 270, 269, 267, 0, 37, 39, 40, 186],
];
/// Skin with less chroma is that of a black-and-white photo; nothing can be told from its colours.
const LEAST_CHROMA: f32 = 6.0;
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
    if skin.chroma() < LEAST_CHROMA {
        return readings.unknown("occlusion", Unmeasurable::Hidden);
    }
    let area = in_polygon(scene.picture, &points(face, &NOSE_AND_MOUTH));
    let holes = HOLES.map(|hole| points(face, hole));
    let width = scene.picture.width();
    let middle = |at: usize| Point::new((at % width) as f32 + 0.5, (at / width) as f32 + 0.5);
    let (mut foreign, mut all) = (0_u32, 0_u32);
    for at in pixels(&area).filter(|&at| !holes.iter().any(|hole| within(middle(at), hole))) {
        all += 1;
        foreign += u32::from(is_foreign(scene.lab().at(at), skin));
    }
    match bounds(&area, width) {
        Some(place) => readings.number("occlusion", foreign as f32 / all.max(1) as f32, vec![place]),
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
            l.push(scene.lab().l[at]);
            a.push(scene.lab().a[at]);
            b.push(scene.lab().b[at]);
        }
    }
    (l.len() >= 60).then_some(())?;
    Some(Lab { l: median(&mut l)?, a: median(&mut a)?, b: median(&mut b)? })
}

/// Whether a colour is neither skin in any light nor lips: nearly none of the skin's own chroma (a highlight keeps a
/// quarter), or far on the yellow side of its hue, where lips do not lie.
fn is_foreign(colour: Lab, skin: Lab) -> bool {
    let chroma = skin.chroma();
    let along = (colour.a * skin.a + colour.b * skin.b) / (chroma * chroma);
    let yellower = (colour.b * skin.a - colour.a * skin.b) / chroma;
    along < 0.25 || yellower > 16.0
}
