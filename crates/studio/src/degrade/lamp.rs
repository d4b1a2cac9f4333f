//! The lamps: from one side, too strong, reflected by the skin.

use portrait::{
    measure::scene::FaceFrame,
    picture::{Picture, Point},
};

use crate::{
    base::Base,
    degrade::{Light, smooth},
};

/// Light from one side: it falls by `stops` from the lighter cheek to the darker one, over the person only.
/// It comes from the side that is lighter already, so that the picture's own unevenness only grows.
pub fn from_side(base: &Base, stops: f32) -> Picture {
    let Some(face) = base.look.mesh.as_ref().map(FaceFrame::new) else { return base.picture.clone() };
    let falls_to_right = base.left_cheek_is_lighter();
    on_person(base, |x, _| {
        // From cheek to cheek, about ± .28 W around the face's middle.
        let along = ((x - face.eyes.x) / (0.56 * face.width)).clamp(-0.75, 0.75);
        let dark = if falls_to_right { along + 0.5 } else { 0.5 - along };
        (-stops * dark.max(0.0)).exp2()
    })
}

/// Only the face gets more light: a lamp too near, `stops` too strong; the background stays.
pub fn flash(base: &Base, stops: f32) -> Picture {
    on_person(base, |_, _| stops.exp2())
}

/// Multiplies the person's linear light by a factor that depends on the place.
fn on_person(base: &Base, factor: impl Fn(f32, f32) -> f32) -> Picture {
    let mut light = Light::of(&base.picture);
    let width = light.width;
    for (at, &person) in base.person.iter().enumerate() {
        let place = ((at % width) as f32 + 0.5, (at / width) as f32 + 0.5);
        let gain = 1.0 + (factor(place.0, place.1) - 1.0) * person;
        for plane in &mut light.planes {
            plane[at] *= gain;
        }
    }
    light.picture()
}

/// Shine: white spots of `radius` IED on forehead, nose and both cheeks, soft at the edge.
pub fn shine(base: &Base, radius: f32) -> Picture {
    let Some(mesh) = &base.look.mesh else { return base.picture.clone() };
    let unit = FaceFrame::new(mesh).inter_eye;
    let mut light = Light::of(&base.picture);
    let width = light.width;
    if radius <= 0.0 {
        return base.picture.clone();
    }
    // The forehead, the tip of the nose, the cheekbones.
    let spots: Vec<Point> = [151, 4, 50, 280].into_iter().map(|index| mesh.at(index)).collect();
    for at in 0..base.person.len() {
        let place = Point::new((at % width) as f32 + 0.5, (at / width) as f32 + 0.5);
        let near = spots.iter().map(|spot| spot.distance(place)).fold(f32::MAX, f32::min) / unit;
        let white = 1.0 - smooth(0.7 * radius, 1.3 * radius, near);
        for plane in &mut light.planes {
            // .88 of full light: shining, not clipped.
            plane[at] += (0.88 - plane[at]).max(0.0) * 0.9 * white;
        }
    }
    light.picture()
}
