//! The dress: clothes that fade into the backdrop.

use portrait::{measure::scene::FaceFrame, picture::Picture};

use crate::{base::Base, degrade::smooth};

/// The clothes' colour moved by `share` (0 to 1) of the way to the backdrop's.
pub fn faded(base: &Base, share: f32) -> Picture {
    let Some(face) = base.look.mesh.as_ref().map(FaceFrame::new) else { return base.picture.clone() };
    let mut picture = base.picture.clone();
    let width = picture.width();
    let backdrop = base.backdrop.map(f32::from);
    for (at, &person) in base.person.iter().enumerate() {
        let (x, y) = (at % width, at / width);
        let (dx, dy) = (x as f32 + 0.5 - face.chin.x, y as f32 + 0.5 - face.chin.y);
        // Neck and collar stay: a wedge under the chin that widens towards the shoulders.
        let below = smooth(0.1 * face.eyes_to_chin, 0.3 * face.eyes_to_chin, dy);
        let beside = smooth(0.22 * face.width, 0.38 * face.width, dx.abs());
        // Outside the head the shoulders begin higher.
        let outside = smooth(0.5 * face.width, 0.6 * face.width, dx.abs())
            * smooth(-0.5 * face.eyes_to_chin, -0.35 * face.eyes_to_chin, dy);
        let moved = share * person * (below * beside).max(outside);
        if moved > 0.0 {
            let pixel = picture.pixel(x, y);
            let towards =
                |c: usize| (f32::from(pixel[c]) + (backdrop[c] - f32::from(pixel[c])) * moved).round() as u8;
            picture.set_pixel(x, y, [towards(0), towards(1), towards(2)]);
        }
    }
    picture
}
