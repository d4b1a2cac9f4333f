//! Reflections and tint of spectacles (ids G3, G4).

use crate::{
    measure::{
        Readings, Unmeasurable,
        areas::{bounds, in_circle, in_polygon, largest_blob, pixels},
        eyes::{EYES, IRIS},
        quantiles::quantile,
        scene::{FaceFrame, Scene},
    },
    picture::{Point, Rect},
};

/// Adds glare on the irises and how dark the lenses are.
pub fn check(scene: &Scene, readings: &mut Readings) {
    let Some(face) = &scene.face else {
        readings.unknown("iris-glare", Unmeasurable::NoFace);
        readings.unknown("lens-darkening", Unmeasurable::NoFace);
        return;
    };
    glare(scene, face, readings);
    tint(scene, face, readings);
}

/// `iris-glare`: the largest white blob (V ≥ 245, S < .1) on an iris, as a share of IED².
/// The catch-light of a lamp, up to a quarter of the iris's width, measures at most .0017.
fn glare(scene: &Scene, face: &FaceFrame, readings: &mut Readings) {
    let width = scene.picture.width();
    let blobs = EYES.each_ref().map(|eye| {
        let disc = in_circle(scene.picture, face.mesh.at(eye.iris), 0.5 * IRIS * face.inter_eye);
        let area = largest_blob(&disc, width, |at| is_white(&scene.picture.rgb()[3 * at..3 * at + 3]));
        (area as f32 / (face.inter_eye * face.inter_eye).max(1.0), bounds(&disc, width))
    });
    let [left, right] = blobs;
    let (area, place) = if right.0 > left.0 { right } else { left };
    match place {
        Some(place) => readings.number("iris-glare", area, vec![place]),
        None => readings.unknown("iris-glare", Unmeasurable::OutsidePicture),
    }
}

fn is_white(pixel: &[u8]) -> bool {
    let [most, least] = [pixel.iter().max(), pixel.iter().min()].map(|v| f32::from(v.copied().unwrap_or(0)));
    most >= 245.0 && (most - least) / most < 0.1
}

/// The skin below each eye that a lens covers: from the lower lid to the cheekbone, left and right.
const UNDER_LENS: [[usize; 8]; 2] =
    [[110, 24, 23, 22, 231, 230, 229, 228], [339, 254, 253, 252, 451, 450, 449, 448]];
/// Skin below any lens: the middle of the cheeks.
const CHEEKS: [[usize; 4]; 2] = [[50, 205, 36, 101], [280, 425, 266, 330]];

/// `lens-darkening` (L\*): the cheek's median less the upper quartile of the skin under the eye, the smaller of both
/// sides, so that neither a shadow on one side nor a dark ring under an eye counts as a tint. A clear uncoated lens
/// costs 4.
fn tint(scene: &Scene, face: &FaceFrame, readings: &mut Readings) {
    let lightness = |indices: &[usize], at: f32| {
        let polygon: Vec<Point> = indices.iter().map(|&i| face.mesh.at(i)).collect();
        let runs = in_polygon(scene.picture, &polygon);
        let mut values: Vec<f32> = pixels(&runs).map(|at| scene.lab().l[at]).collect();
        (values.len() >= 20).then(|| quantile(&mut values, at)).flatten()
    };
    let sides: Vec<f32> = (0..2)
        .filter_map(|side| Some(lightness(&CHEEKS[side], 0.5)? - lightness(&UNDER_LENS[side], 0.75)?))
        .collect();
    let evidence: Vec<Rect> =
        UNDER_LENS.iter().filter_map(|lens| Rect::around(lens.iter().map(|&i| face.mesh.at(i)))).collect();
    match sides.into_iter().reduce(f32::min) {
        Some(darkening) => readings.number("lens-darkening", darkening, evidence),
        None => readings.unknown("lens-darkening", Unmeasurable::TooSmall),
    }
}
