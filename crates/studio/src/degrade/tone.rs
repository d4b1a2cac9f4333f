//! Tone: exposure, gamma and colour casts of the whole picture.

use portrait::picture::Picture;

use crate::degrade::Light;

/// Exposure changed by `stops` in linear light: −1 is half the light, +1 double, clipped like a sensor.
pub fn exposed(picture: &Picture, stops: f32) -> Picture {
    scaled(picture, [stops.exp2(); 3])
}

/// Paler in the middle tones by a gamma of 1 + `amount`, without clipping anything.
pub fn pale(picture: &Picture, amount: f32) -> Picture {
    let mut light = Light::of(picture);
    for value in light.planes.iter_mut().flatten() {
        *value = value.powf(1.0 / (1.0 + amount));
    }
    light.picture()
}

/// White balance off: red and blue changed against each other by `share`; positive is warmer.
pub fn cast(picture: &Picture, share: f32) -> Picture {
    scaled(picture, [1.0 + share, 1.0, 1.0 - share])
}

fn scaled(picture: &Picture, gains: [f32; 3]) -> Picture {
    let mut light = Light::of(picture);
    for (plane, gain) in light.planes.iter_mut().zip(gains) {
        for value in plane {
            *value *= gain;
        }
    }
    light.picture()
}
