//! What covers the face: light on the lenses, a hand or a scarf before the mouth; and who else is in the picture.

use portrait::{
    measure::{
        eyes::{EYES, IRIS},
        scene::FaceFrame,
    },
    picture::{Picture, Point},
};

use super::{features::painted, smooth, warp::interpolated};
use crate::base::Base;

/// A lamp reflected before both irises: white spots of `radius` iris diameters.
pub fn glare(base: &Base, radius: f32) -> Picture {
    let Some(face) = base.look.mesh.as_ref().map(FaceFrame::new) else { return base.picture.clone() };
    let iris = IRIS * face.inter_eye;
    // Above the middle and aside, where lamps stand.
    let spots = EYES
        .each_ref()
        .map(|eye| face.mesh.at(eye.iris))
        .map(|p| Point::new(p.x - 0.1 * iris, p.y - 0.1 * iris));
    painted(&base.picture, |place| {
        let away = spots.into_iter().map(|spot| spot.distance(place)).fold(f32::MAX, f32::min);
        Some((smooth(0.7, -0.7, away - radius * iris), [1.0; 3]))
    })
}

/// Cloth held before the face from the chin upwards, over `share` of the way to the tip of the nose.
pub fn cloth(base: &Base, share: f32) -> Picture {
    let Some(face) = base.look.mesh.as_ref().map(FaceFrame::new) else { return base.picture.clone() };
    let nose = face.mesh.at(4);
    let bottom = face.chin.y + 0.05 * face.eyes_to_chin;
    let top = bottom - share * (bottom - nose.y);
    painted(&base.picture, |place| {
        let aside = (place.x - nose.x).abs() / (0.42 * face.width);
        let rows = smooth(-0.5, 0.5, place.y - top) * smooth(0.5, -0.5, place.y - bottom);
        // A surgical mask's green-blue.
        Some((rows * smooth(1.02, 0.98, aside) * smooth(0.0, 0.01, share), [0.25, 0.45, 0.5]))
    })
}

/// Width of the other head with its hair, px.
const BEHIND: f32 = 96.0;

/// Somebody else behind and beside the head, fading in by `share` (0 to 1): the head itself, smaller.
pub fn second_face(base: &Base, share: f32) -> Picture {
    let Some(face) = base.look.mesh.as_ref().map(FaceFrame::new) else { return base.picture.clone() };
    let mut picture = base.picture.clone();
    let (width, height) = (picture.width(), picture.height());
    let (half, above, below) = (0.72 * face.width, 1.35 * face.eyes_to_chin, 1.12 * face.eyes_to_chin);
    let smaller = BEHIND / (2.0 * half);
    let eyes = Point::new(BEHIND / 2.0, 24.0 + smaller * above);
    for y in 0..(eyes.y + smaller * below) as usize {
        for x in 0..BEHIND as usize {
            let mut mixed = [0.0; 3];
            let mut person = 0.0;
            // As many samples as pixels of the large head fall on one of the small.
            for sample in 0..9 {
                let (i, j) = ((sample % 3) as f32, (sample / 3) as f32);
                let (dx, dy) = (x as f32 + (i + 0.5) / 3.0 - eyes.x, y as f32 + (j + 0.5) / 3.0 - eyes.y);
                let from = Point::new(face.eyes.x + dx / smaller, face.eyes.y + dy / smaller);
                if from.y < face.eyes.y - above
                    || from.x < 0.0
                    || from.x >= width as f32
                    || from.y < 0.0
                    || from.y >= height as f32
                {
                    continue;
                }
                let share = base.person[from.y as usize * width + from.x as usize];
                let light = interpolated(&base.picture, from);
                person += share / 9.0;
                for channel in 0..3 {
                    mixed[channel] += light[channel] * share / 9.0;
                }
            }
            person *= 1.0 - base.person[y * width + x];
            if person > 0.0 {
                let old = picture.pixel(x, y).map(|value| portrait::colour::LINEAR[usize::from(value)]);
                let new = |c: usize| {
                    super::byte(
                        old[c] * (1.0 - share * person)
                            + share * mixed[c] * (1.0 - base.person[y * width + x]),
                    )
                };
                picture.set_pixel(x, y, [new(0), new(1), new(2)]);
            }
        }
    }
    picture
}
