//! The pose: head tilted, turned, lowered.

use portrait::{
    look::Landmark,
    measure::scene::FaceFrame,
    picture::{Picture, Point},
};

use super::warp::{moved, pulled};
use crate::base::Base;

/// The whole picture turned clockwise by `degrees` about the eyes.
pub fn tilted(base: &Base, degrees: f32) -> Picture {
    let Some(face) = base.look.mesh.as_ref().map(FaceFrame::new) else { return base.picture.clone() };
    let (sin, cos) = degrees.to_radians().sin_cos();
    pulled(&base.picture, |place| {
        let (x, y) = (place.x - face.eyes.x, place.y - face.eyes.y);
        Point::new(face.eyes.x + x * cos + y * sin, face.eyes.y + y * cos - x * sin)
    })
}

/// The face turned by `degrees` to the side that it is turned to already, by the depth of its landmarks.
pub fn turned(base: &Base, degrees: f32) -> Picture {
    let yaw = base.look.pose.map_or(0.0, |pose| pose.yaw);
    let (sin, cos) = degrees.to_radians().copysign(yaw).sin_cos();
    around_ears(base, |x, y, z| (x * cos - z * sin, y))
}

/// The face lowered by `degrees`, by the depth of its landmarks.
pub fn lowered(base: &Base, degrees: f32) -> Picture {
    let (sin, cos) = degrees.to_radians().sin_cos();
    around_ears(base, |x, y, z| (x, y * cos - z * sin))
}

/// Moves the landmarks seen from the middle between the ears; depth is negative towards the camera.
fn around_ears(base: &Base, to: impl Fn(f32, f32, f32) -> (f32, f32)) -> Picture {
    let Some(mesh) = &base.look.mesh else { return base.picture.clone() };
    let [left, right] = [234, 454].map(|ear| mesh.points[ear]);
    let (x0, y0, z0) =
        (f32::midpoint(left.x, right.x), f32::midpoint(left.y, right.y), f32::midpoint(left.z, right.z));
    moved(&base.picture, mesh, FaceFrame::new(mesh).width, |Landmark { x, y, z }| {
        let (x, y) = to(x - x0, y - y0, z - z0);
        Point::new(x0 + x, y0 + y)
    })
}
