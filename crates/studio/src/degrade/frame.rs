//! The frame: a border around the picture, a head in the wrong place or of the wrong size, shoulders that are missing.

use portrait::{
    measure::scene::FaceFrame,
    picture::{Picture, Point},
};

use super::{smooth, warp::pulled};
use crate::base::Base;

/// A black border of `width` px on all four sides.
pub fn border(picture: &Picture, width: f32) -> Picture {
    let mut framed = picture.clone();
    let (columns, rows, depth) = (picture.width(), picture.height(), width.round() as usize);
    for y in 0..rows {
        for x in 0..columns {
            if x < depth || y < depth || x >= columns - depth || y >= rows - depth {
                framed.set_pixel(x, y, [12, 12, 12]);
            }
        }
    }
    framed
}

/// The person moved by `columns` px to the side where the head stands already; the wall goes on behind.
pub fn aside(base: &Base, columns: f32) -> Picture {
    let Some(face) = base.look.mesh.as_ref().map(FaceFrame::new) else { return base.picture.clone() };
    let by = columns.copysign(face.eyes.x - base.picture.width() as f32 / 2.0);
    pulled(&base.picture, |place| Point::new(place.x - by, place.y))
}

/// Hair that reaches `rows` px higher: what is above the brows is stretched upwards.
pub fn tall_hair(base: &Base, rows: f32) -> Picture {
    let Some(face) = base.look.mesh.as_ref().map(FaceFrame::new) else { return base.picture.clone() };
    let brows = brows(&face);
    let top = brows - CROWN_ROW;
    pulled(&base.picture, |place| {
        Point::new(
            place.x,
            if place.y >= brows { place.y } else { brows - (brows - place.y) * top / (top + rows) },
        )
    })
}

/// Eyes `rows` px lower under the same crown: what is between brows and crown is stretched, the rest moves down.
pub fn low_eyes(base: &Base, rows: f32) -> Picture {
    let Some(face) = base.look.mesh.as_ref().map(FaceFrame::new) else { return base.picture.clone() };
    let brows = brows(&face);
    let high = brows - CROWN_ROW;
    pulled(&base.picture, |place| {
        Point::new(
            place.x,
            if place.y >= brows + rows {
                place.y - rows
            } else if place.y > CROWN_ROW {
                CROWN_ROW + (place.y - CROWN_ROW) * high / (high + rows)
            } else {
                place.y
            },
        )
    })
}

/// Where a base's crown stands, px.
const CROWN_ROW: f32 = 62.0;

fn brows(face: &FaceFrame) -> f32 {
    face.eyes.y - 0.35 * face.eyes_to_chin
}

/// The whole person larger by `share` under the same crown: taken from too near.
pub fn large_face(base: &Base, share: f32) -> Picture {
    let Some(face) = base.look.mesh.as_ref().map(FaceFrame::new) else { return base.picture.clone() };
    let larger = |at: f32, fixed: f32| fixed + (at - fixed) / (1.0 + share);
    pulled(&base.picture, |place| Point::new(larger(place.x, face.eyes.x), larger(place.y, CROWN_ROW)))
}

/// The body squeezed below the neck, until it leaves `share` of the lower edge to the wall.
pub fn narrow_body(base: &Base, share: f32) -> Picture {
    let Some(face) = base.look.mesh.as_ref().map(FaceFrame::new) else { return base.picture.clone() };
    let (width, height) = (base.picture.width() as f32, base.picture.height() as f32);
    let neck = face.chin.y + 0.1 * face.eyes_to_chin;
    pulled(&base.picture, |place| {
        let narrower = 1.0 - share * smooth(neck, neck + 0.7 * (height - neck), place.y);
        let from = face.chin.x + (place.x - face.chin.x) / narrower;
        if (0.0..width).contains(&from) { Point::new(from, place.y) } else { Point::new(4.0, 4.0) }
    })
}
