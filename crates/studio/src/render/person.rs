//! Who is in the picture: traits drawn from a seed, each from its own stream.

use super::{
    chance::Chance,
    hair::Hair,
    shape::Shape,
    space::{Vec3, vec3},
};

/// A made-up person.
#[derive(Debug, Clone)]
pub struct Person {
    /// What everything was drawn from.
    pub seed: u64,
    pub(super) shape: Shape,
    pub(super) skin: Skin,
    pub(super) eyes: Eyes,
    pub(super) brows: Brows,
    pub(super) hair: Hair,
    pub(super) beard: Option<Beard>,
    pub(super) glasses: Option<Glasses>,
    pub(super) clothes: Clothes,
    pub(super) body: Body,
}

/// Colours are linear reflectances, 0 to 1.
#[derive(Debug, Clone)]
pub(super) struct Skin {
    pub colour: Vec3,
    pub lips: Vec3,
    /// How red cheeks and nose are, 0 to 1.
    pub flush: f32,
    /// Darkness under the eyes, 0 to 1.
    pub tired: f32,
    /// Depth of the uneven tone, 0 to 1.
    pub mottling: f32,
    /// Moles: place on the standard face seen from the front, and radius, cm.
    pub moles: Vec<(f32, f32, f32)>,
}

#[derive(Debug, Clone)]
pub(super) struct Eyes {
    pub iris: Vec3,
    /// Iris radius, cm (natural diameter 11.8 ± .5 mm).
    pub radius: f32,
    pub pupil: f32,
    /// Height of the fold above the upper lid, cm; 0 for a single lid.
    pub fold: f32,
    pub lashes: f32,
}

#[derive(Debug, Clone)]
pub(super) struct Brows {
    pub colour: Vec3,
    pub density: f32,
    /// Half thickness, cm.
    pub thickness: f32,
    pub arch: f32,
    pub slope: f32,
    pub inner: f32,
    pub outer: f32,
}

/// Hair on the face, by region from 0 (none) to 1 (dense).
#[derive(Debug, Clone)]
pub(super) struct Beard {
    pub colour: Vec3,
    pub lip: f32,
    pub chin: f32,
    pub jaw: f32,
}

#[derive(Debug, Clone)]
pub(super) struct Glasses {
    pub colour: Vec3,
    /// Half width and half height of a lens, cm.
    pub lens: (f32, f32),
    /// 2 is an ellipse, larger squarer.
    pub squareness: f32,
    /// Half thickness of the frame, cm.
    pub thickness: f32,
}

/// What a person wears above the waist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    Tee,
    Shirt,
    Sweater,
    Suit,
}

#[derive(Debug, Clone)]
pub(super) struct Clothes {
    pub cut: Cut,
    pub outer: Vec3,
    pub inner: Vec3,
    /// Neckline below the usual, cm.
    pub open: f32,
}

#[derive(Debug, Clone)]
pub(super) struct Body {
    /// Shoulder width factor.
    pub shoulders: f32,
    pub neck: f32,
    /// Shoulders below the usual, cm.
    pub neck_length: f32,
}

impl Person {
    /// The person that belongs to a seed, always the same.
    pub fn from_seed(seed: u64) -> Self {
        let mut chance = Chance::new(seed, "build");
        let feminine = chance.happens(0.5);
        let hair = Hair::draw(seed, feminine);
        Self {
            seed,
            shape: Shape::draw(seed, feminine),
            skin: skin(seed, feminine),
            eyes: eyes(seed, feminine),
            brows: brows(seed, feminine, hair.colour),
            beard: beard(seed, feminine, hair.colour),
            glasses: glasses(seed),
            clothes: clothes(seed),
            body: body(seed, feminine),
            hair,
        }
    }
}

impl Person {
    /// Whether a light collar or pullover shows, which only a blue wall sets off.
    pub(super) fn wears_white(&self) -> bool {
        matches!(self.clothes.cut, Cut::Sweater | Cut::Suit)
    }
}

/// Reflectance of a colour given in Lab under the studio's white.
pub(super) fn reflectance(l: f32, a: f32, b: f32) -> Vec3 {
    let y = (l + 16.0) / 116.0;
    let light =
        |t: f32| if t > 6.0 / 29.0 { t * t * t } else { (t - 4.0 / 29.0) * 3.0 * (6.0f32 / 29.0).powi(2) };
    let (x, y, z) = (0.950_47 * light(y + a / 500.0), light(y), 1.088_83 * light(y - b / 200.0));
    vec3(
        3.240_454 * x - 1.537_139 * y - 0.498_531 * z,
        -0.969_266 * x + 1.876_011 * y + 0.041_556 * z,
        0.055_643 * x - 0.204_026 * y + 1.057_225 * z,
    )
    .times(vec3(1.0, 1.0, 1.0))
}

fn skin(seed: u64, feminine: bool) -> Skin {
    let mut chance = Chance::new(seed, "skin");
    // Lightness 62 to 79 as photographed; hue angle 50° to 64°, inside the natural 39° to 56° plus the light's own.
    let l = chance.between(62.0, 77.0) + if feminine { 2.0 } else { 0.0 };
    let hue = chance.between(49.0, 62.0f32).to_radians();
    let chroma = chance.between(19.0, 26.0) - (l - 68.0).abs() * 0.15;
    let colour = reflectance(l, chroma * hue.cos(), chroma * hue.sin());
    let lip = chance.between(0.0, 1.0) + if feminine { 0.4 } else { 0.0 };
    let lips = reflectance(l - 15.0 - 3.0 * lip, chroma * 0.75 + 6.0 + 5.0 * lip, chroma * 0.5);
    let moles = (0..(chance.unit() * 4.0) as usize)
        .map(|_| (chance.between(-5.5, 5.5), chance.between(-7.0, 7.0), chance.between(0.06, 0.16)))
        .collect();
    Skin {
        colour,
        lips,
        flush: chance.unit(),
        tired: chance.unit(),
        mottling: chance.between(0.3, 1.0),
        moles,
    }
}

fn eyes(seed: u64, feminine: bool) -> Eyes {
    let mut chance = Chance::new(seed, "eyes");
    let brown = chance.unit();
    Eyes {
        iris: vec3(0.035, 0.018, 0.009) * (1.0 - brown) + vec3(0.11, 0.055, 0.024) * brown,
        radius: 0.59 + 0.02 * chance.normal(),
        pupil: chance.between(0.19, 0.27),
        fold: if chance.happens(0.6) { chance.between(0.22, 0.42) } else { 0.0 },
        lashes: chance.between(0.12, 0.2) + if feminine { 0.08 } else { 0.0 },
    }
}

fn brows(seed: u64, feminine: bool, hair: Vec3) -> Brows {
    let mut chance = Chance::new(seed, "brows");
    Brows {
        colour: hair * chance.between(0.9, 1.6),
        density: chance.between(0.55, 1.0),
        thickness: chance.between(0.24, 0.42) + if feminine { 0.0 } else { 0.1 },
        arch: 0.14 + 0.2 * chance.normal(),
        slope: 0.18 * chance.normal(),
        inner: 1.45 + 0.22 * chance.normal(),
        outer: 5.6 + 0.3 * chance.normal(),
    }
}

fn beard(seed: u64, feminine: bool, hair: Vec3) -> Option<Beard> {
    let mut chance = Chance::new(seed, "beard");
    if feminine || !chance.happens(0.4) {
        return None;
    }
    let colour = hair * chance.between(1.0, 1.8);
    let stubble = chance.between(0.06, 0.25);
    let (lip, chin, jaw) = match chance.bits() % 5 {
        0 => (chance.between(0.5, 0.9), stubble, stubble * 0.5),
        1 => (chance.between(0.4, 0.8), chance.between(0.5, 0.9), stubble),
        2 => (0.7, 0.8, chance.between(0.5, 0.8)),
        _ => (stubble * 1.2, stubble, stubble * 0.8),
    };
    Some(Beard { colour, lip, chin, jaw })
}

fn glasses(seed: u64) -> Option<Glasses> {
    let mut chance = Chance::new(seed, "glasses");
    chance.happens(0.35).then(|| Glasses {
        colour: chance.pick(&[
            vec3(0.012, 0.012, 0.013),
            vec3(0.06, 0.028, 0.015),
            vec3(0.3, 0.3, 0.31),
            vec3(0.35, 0.23, 0.11),
            vec3(0.02, 0.025, 0.06),
        ]),
        lens: (chance.between(2.5, 2.85), chance.between(1.75, 2.3)),
        squareness: chance.between(2.2, 4.5),
        thickness: chance.between(0.07, 0.16),
    })
}

fn clothes(seed: u64) -> Clothes {
    let mut chance = Chance::new(seed, "clothes");
    // Dark or saturated enough to stand out from white, grey and the light blue background alike.
    let dark = [
        vec3(0.012, 0.013, 0.018),
        vec3(0.018, 0.022, 0.05),
        vec3(0.05, 0.012, 0.016),
        vec3(0.045, 0.045, 0.05),
        vec3(0.07, 0.045, 0.028),
        vec3(0.03, 0.03, 0.035),
        vec3(0.16, 0.025, 0.03),
        vec3(0.09, 0.085, 0.08),
        vec3(0.11, 0.03, 0.075),
        vec3(0.025, 0.04, 0.028),
    ];
    let light = [vec3(0.68, 0.68, 0.67), vec3(0.5, 0.52, 0.6), vec3(0.62, 0.57, 0.5), vec3(0.7, 0.66, 0.66)];
    let cut = chance.pick(&[Cut::Tee, Cut::Shirt, Cut::Sweater, Cut::Suit]);
    Clothes {
        cut,
        outer: chance.pick(&dark) * chance.between(0.8, 1.25),
        inner: chance.pick(&light),
        open: chance.between(-0.4, 0.9),
    }
}

fn body(seed: u64, feminine: bool) -> Body {
    let mut chance = Chance::new(seed, "body");
    let slight = if feminine { 0.9 } else { 1.0 };
    Body {
        shoulders: slight * (1.0 + 0.04 * chance.normal()),
        neck: slight * (1.0 + 0.05 * chance.normal()),
        neck_length: 0.6 * chance.normal() + if feminine { 0.5 } else { 0.0 },
    }
}
