//! The backdrop: wrong colour, gradient, shadow, texture, things.

use portrait::{
    colour::{Lab, lab},
    picture::Picture,
};

use crate::base::Base;

/// The reference blue paler by `distance` ΔE: on the way to grey, as walls lit by tungsten light are.
pub fn recoloured(base: &Base, distance: f32) -> Picture {
    shifted(base, |_, _| Lab { l: 0.0, a: distance * 0.3, b: distance * 0.954 })
}

/// A light grey backdrop (235 of 255) instead, so that a cast shows on a neutral surface and is not clipped.
pub fn grey(base: &Base) -> Picture {
    painted(base, [235; 3])
}

/// A backdrop of another colour, with the noise of the old one.
pub fn painted(base: &Base, colour: [u8; 3]) -> Picture {
    let mut picture = base.picture.clone();
    for (pixel, &person) in picture.rgb_mut().chunks_exact_mut(3).zip(&base.person) {
        for ((value, from), to) in pixel.iter_mut().zip(base.backdrop).zip(colour) {
            let moved = f32::from(*value) + (f32::from(to) - f32::from(from)) * (1.0 - person);
            *value = moved.round().clamp(0.0, 255.0) as u8;
        }
    }
    picture
}

/// The backdrop darker from the top to the bottom by `range` L\*.
pub fn gradient(base: &Base, range: f32) -> Picture {
    let height = base.picture.height() as f32;
    shifted(base, |_, y| Lab { l: -range * y / height, ..Lab::default() })
}

/// A soft shadow of the head, `depth` L\* deep, thrown to the right and down.
pub fn shadow(base: &Base, depth: f32) -> Picture {
    let (x, y, radius) = base.head_circle();
    let (x, y) = (x + 0.6 * radius, y + 0.2 * radius);
    shifted(base, |px, py| {
        let away = (px - x).hypot(py - y) / (1.25 * radius);
        Lab { l: -depth * (1.0 - super::smooth(0.85, 1.25, away)), ..Lab::default() }
    })
}

/// Folds of cloth: waves of ± `amplitude` L\*, 14 px apart.
pub fn folds(base: &Base, amplitude: f32) -> Picture {
    shifted(base, |x, y| {
        let phase = std::f32::consts::TAU * (x + 0.35 * y) / 14.0;
        Lab { l: amplitude * phase.sin(), ..Lab::default() }
    })
}

/// A dark disc of `radius` px on the wall in the upper left corner: a switch, a clock.
pub fn thing(base: &Base, radius: f32) -> Picture {
    shifted(base, |x, y| {
        let away = (x - 48.0).hypot(y - 56.0);
        Lab { l: -40.0 * (radius + 0.5 - away).clamp(0.0, 1.0), ..Lab::default() }
    })
}

/// Adds a Lab offset to the backdrop, as much as the person leaves of each pixel.
fn shifted(base: &Base, offset: impl Fn(f32, f32) -> Lab) -> Picture {
    let mut picture = base.picture.clone();
    let width = picture.width();
    for (at, &person) in base.person.iter().enumerate() {
        if person >= 1.0 {
            continue;
        }
        let (x, y) = (at % width, at / width);
        let by = offset(x as f32 + 0.5, y as f32 + 0.5);
        if by == Lab::default() {
            continue;
        }
        let share = 1.0 - person;
        let old = lab(picture.pixel(x, y));
        let new = Lab { l: old.l + by.l * share, a: old.a + by.a * share, b: old.b + by.b * share };
        picture.set_pixel(x, y, new.rgb());
    }
    picture
}
