//! The features: eyes that close, a mouth that opens, red pupils.

use portrait::{
    colour::LINEAR,
    measure::{
        eyes::{EYES, Eye, IRIS},
        scene::FaceFrame,
    },
    picture::{Picture, Point},
};

use super::{byte, smooth, warp::pulled};
use crate::base::Base;

/// Both upper lids lowered by `share` (0 to 1) of the way to the lower ones.
pub fn eyes_shut(base: &Base, share: f32) -> Picture {
    let Some(face) = base.look.mesh.as_ref().map(FaceFrame::new) else { return base.picture.clone() };
    EYES.iter().fold(base.picture.clone(), |picture, eye| lid_lowered(&picture, &face, eye, share))
}

/// The skin between the lid's edge and the brow is stretched down over the eye; the eye itself stays.
fn lid_lowered(picture: &Picture, face: &FaceFrame, eye: &Eye, share: f32) -> Picture {
    // The lashes go with the lid.
    let lashes = 0.015 * face.inter_eye;
    let skin = 0.16 * face.inter_eye;
    pulled(picture, |place| {
        let rows = row_at(face, &eye.upper, place.x).zip(row_at(face, &eye.lower, place.x));
        let Some((upper, lower)) = rows else { return place };
        let (top, edge) = (upper - skin, upper + lashes);
        let lowered = edge + share * (lower - upper).max(0.0);
        if (top..lowered).contains(&place.y) {
            Point::new(place.x, top + (place.y - top) * (edge - top) / (lowered - top))
        } else {
            place
        }
    })
}

/// The row of a line of landmarks at a column.
fn row_at(face: &FaceFrame, line: &[usize], x: f32) -> Option<f32> {
    let points: Vec<Point> = line.iter().map(|&mark| face.mesh.at(mark)).collect();
    points
        .windows(2)
        .find(|pair| pair[0].x <= x && x < pair[1].x)
        .map(|pair| pair[0].y + (pair[1].y - pair[0].y) * (x - pair[0].x) / (pair[1].x - pair[0].x).max(1e-3))
}

/// The inner edge of the lower lip from the picture's left to its right.
const LOWER_LIP: [usize; 11] = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308];
/// The dark inside of a mouth, linear light.
const THROAT: [f32; 3] = [0.025, 0.006, 0.006];

/// The lower lip and the jaw lowered by `share` of the distance from the eyes to the chin.
pub fn mouth_open(base: &Base, share: f32) -> Picture {
    let Some(face) = base.look.mesh.as_ref().map(FaceFrame::new) else { return base.picture.clone() };
    let [left, right] = [78, 308].map(|corner| face.mesh.at(corner));
    let lips = |x: f32| -> Option<(f32, f32)> {
        let across = (x - left.x) / (right.x - left.x).max(1.0);
        // A parabola between the corners.
        Some((row_at(&face, &LOWER_LIP, x)?, share * face.eyes_to_chin * 4.0 * across * (1.0 - across)))
    };
    let picture = pulled(&base.picture, |place| {
        let Some((row, gap)) = lips(place.x).filter(|(row, _)| place.y > *row) else { return place };
        // The chin gives way: from there on nothing moves.
        let end = face.chin.y;
        let moved = ((end - place.y) / (end - row - gap).max(1.0)).clamp(0.0, 1.0);
        Point::new(place.x, (place.y - gap * moved).max(row))
    });
    painted(&picture, |place| {
        let (row, gap) = lips(place.x)?;
        let inside = (place.y - row).min(row + gap - place.y);
        Some((smooth(-0.5, 0.5, inside) * smooth(0.0, 2.0, gap), THROAT))
    })
}

/// Both pupils lit red by a flash, by `share` (0 to 1).
pub fn red_eyes(base: &Base, share: f32) -> Picture {
    let Some(face) = base.look.mesh.as_ref().map(FaceFrame::new) else { return base.picture.clone() };
    let irises = EYES.each_ref().map(|eye| face.mesh.at(eye.iris));
    let iris = 0.5 * IRIS * face.inter_eye;
    // The pupil of someone in dim light fills half of the iris's diameter; the light reaches further with the share.
    let pupil = 0.48 * iris * share;
    painted(&base.picture, |place| {
        let away = irises.into_iter().map(|iris| iris.distance(place)).fold(f32::MAX, f32::min);
        Some((0.95 * smooth(0.5, -0.5, away - pupil), [0.5, 0.03, 0.05]))
    })
}

/// Mixes a colour (linear light) in, by a share for every place; `None` leaves the pixel.
pub fn painted(picture: &Picture, paint: impl Fn(Point) -> Option<(f32, [f32; 3])>) -> Picture {
    let mut new = picture.clone();
    for y in 0..picture.height() {
        for x in 0..picture.width() {
            let place = Point::new(x as f32 + 0.5, y as f32 + 0.5);
            let Some((share, colour)) = paint(place).filter(|(share, _)| *share > 0.0) else { continue };
            let old = picture.pixel(x, y).map(|value| LINEAR[usize::from(value)]);
            let mixed = |c: usize| byte(old[c] + (colour[c] - old[c]) * share);
            new.set_pixel(x, y, [mixed(0), mixed(1), mixed(2)]);
        }
    }
    new
}
