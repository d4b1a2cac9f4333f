//! Skin and everything painted on it: lips, brows, beard, folds, moles.
//!
//! Paint is placed on the standard face seen from the front (`rest`), so it follows every deformation.

use super::{
    chance::{noise2, noise3},
    light::Lighting,
    mesh::Vertex,
    paint::{shine, soft},
    person::Person,
    space::{Vec3, bell, curve, mix, ramp, vec3},
};

/// Light of a piece of skin.
pub fn paint(vertex: &Vertex, person: &Person, lighting: &Lighting, closed: f32) -> Vec3 {
    let rest = vertex.rest;
    let front = ramp(-1.5, 1.0, rest.z);
    let lip = ramp(0.25, 0.62, vertex.mark);
    let mut colour = tone(rest, person, front);
    colour = colour.towards(lips(rest, person), lip);
    colour = hairs(colour, rest, person, front);
    let normal = rough(vertex, lip);
    // Light travels inside skin: red farthest, so shadows are warm.
    let diffuse = vec3(
        soft(vertex, lighting, normal, 0.34),
        soft(vertex, lighting, normal, 0.2),
        soft(vertex, lighting, normal, 0.15),
    );
    let dark = hollows(rest, person, front, closed);
    let gloss = shine(vertex, lighting, normal, 16.0) * mix(0.020, 0.05, lip) * dark
        + lighting.shine * shine(vertex, lighting, normal, 30.0) * front;
    colour.times(diffuse) * dark + vec3(1.0, 1.0, 1.0) * gloss
}

/// Pores and fine lines tilt the surface.
fn rough(vertex: &Vertex, lip: f32) -> Vec3 {
    let rest = vertex.rest;
    let bump = |salt: u32| noise3(rest * 7.0, salt) * 0.035 + noise3(rest * 15.0, salt ^ 9) * 0.05;
    let grooves = lip * 0.16 * noise2(rest.x * 9.0, rest.y * 1.5, 31);
    (vertex.normal + vec3(bump(21) + grooves, bump(22), 0.0)).unit()
}

/// The bare colour with its uneven parts.
fn tone(rest: Vec3, person: &Person, front: f32) -> Vec3 {
    let skin = &person.skin;
    let ax = rest.x.abs();
    let uneven = skin.mottling * (0.035 * noise3(rest * 0.7, 41) + 0.03 * noise3(rest * 2.3, 42))
        + 0.028 * noise3(rest * 6.5, 43)
        + 0.03 * noise3(rest * 13.0, 44);
    let red = front
        * skin.flush
        * (0.55 * bell((ax - 4.6).hypot(rest.y + 0.9), 2.0)
            + 0.5 * bell(rest.x.hypot(rest.y + 1.1), 1.3)
            + 0.25 * bell(rest.y + 8.3, 1.2))
        + 0.25 * ramp(8.6, 9.6, ax)
        + 0.06 * noise3(rest * 1.1, 45);
    let under = front * (0.35 + 0.65 * skin.tired) * bell((ax - 3.1) / 1.7, 1.0) * bell(rest.y - 1.75, 0.55);
    let mut colour =
        skin.colour.times(vec3(1.0 + 0.10 * red, 1.0 - 0.14 * red, 1.0 - 0.13 * red)) * (1.0 + uneven);
    colour = colour.times(vec3(1.0 - 0.14 * under, 1.0 - 0.17 * under, 1.0 - 0.12 * under));
    for &(x, y, radius) in &skin.moles {
        let away = (rest.x - x).hypot(rest.y - y);
        if front > 0.5 && away < radius * 1.5 {
            colour = colour.towards(vec3(0.055, 0.028, 0.018), 0.8 * ramp(radius * 1.3, radius * 0.7, away));
        }
    }
    colour
}

fn lips(rest: Vec3, person: &Person) -> Vec3 {
    let lines =
        1.0 + 0.09 * noise2(rest.x * 8.0, rest.y * 1.2, 51) + 0.05 * noise2(rest.x * 16.0, rest.y * 3.0, 52);
    let upper = if rest.y > -4.25 { 0.86 } else { 1.0 };
    person.skin.lips * (lines * upper)
}

/// Brows, moustache and beard.
fn hairs(skin: Vec3, rest: Vec3, person: &Person, front: f32) -> Vec3 {
    let mut colour = skin;
    let brow = brow(rest, person) * front;
    if brow > 0.0 {
        colour = colour.towards(person.brows.colour, brow);
    }
    if let Some(beard) = &person.beard {
        let cover = beard_cover(rest, beard.lip, beard.chin, beard.jaw);
        if cover > 0.01 {
            let strand =
                0.5 + 0.5 * noise2(rest.x * 11.0 + 2.0 * noise2(rest.x, rest.y, 63), rest.y * 4.0, 61);
            let fine = 0.5 + 0.5 * noise2(rest.x * 23.0, rest.y * 9.0, 62);
            let hair = (cover * (0.45 + 0.45 * strand + 0.5 * fine)).min(0.92);
            colour = colour.towards(beard.colour + skin * 0.08, hair);
        }
    }
    colour
}

/// How much of a place is brow hair, 0 to 1.
fn brow(rest: Vec3, person: &Person) -> f32 {
    let brows = &person.brows;
    let ax = rest.x.abs();
    if !(1.0..6.4).contains(&ax) || !(3.2..6.2).contains(&rest.y) {
        return 0.0;
    }
    let [line] = curve(&BROW, ax);
    let along = (ax - brows.inner) / (brows.outer - brows.inner);
    let height = line + brows.arch * bell(along - 0.62, 0.3) + brows.slope * (along - 0.4);
    let half = brows.thickness * mix(1.05, 0.3, ramp(0.45, 1.0, along)) * ramp(-0.04, 0.16, along);
    let off = rest.y - height;
    let edge = 0.12 * noise2(ax * 9.0 - off * 5.0, off * 2.0, 71);
    let inside =
        ramp(half + 0.08, half - 0.12, off.abs() + edge) * ramp(1.05, 0.9, along) * ramp(-0.06, 0.2, along);
    let strand = 0.62 + 0.38 * noise2(ax * 10.0 - rest.y * 7.0, ax * 1.5 + rest.y * 2.0, 72);
    (inside * brows.density * strand * 1.1).clamp(0.0, 0.95)
}

/// Middle of the brow by the distance from the face's middle line, cm (between landmarks 70–107 and 46–55).
const BROW: [(f32, [f32; 1]); 5] = [(1.4, [4.55]), (2.8, [4.72]), (4.0, [4.78]), (5.0, [4.5]), (5.8, [3.98])];

/// How dense a beard is at a place.
fn beard_cover(rest: Vec3, lip: f32, chin: f32, jaw: f32) -> f32 {
    let ax = rest.x.abs();
    let above = ramp(-2.15, -2.5, rest.y)
        * ramp(-3.95, -3.5, rest.y + 0.16 * (ax - 1.0).max(0.0))
        * ramp(3.0, 2.2, ax)
        * ramp(1.5, 3.5, rest.z);
    let below = ramp(-5.3, -5.9, rest.y) * ramp(3.0, 2.0, ax) * ramp(1.0, 3.0, rest.z);
    let line = ramp(0.4, -0.6, rest.y + 3.6 - 0.5 * (ax - 3.0).max(0.0) * ramp(4.0, 7.0, ax));
    let side =
        line * ramp(2.0, 3.2, ax.max(-rest.y - 3.0)) * ramp(-3.2, -2.2, rest.z) * ramp(-11.5, -9.8, rest.y);
    let lips = 1.0 - bell((rest.x / 2.6).hypot((rest.y + 4.35) / 1.0), 0.95);
    (above * lip).max(below * chin * lips).max(side * jaw * lips).clamp(0.0, 1.0)
}

/// Where light hardly gets: nostrils, lid folds, the line between the lips.
fn hollows(rest: Vec3, person: &Person, front: f32, closed: f32) -> f32 {
    let ax = rest.x.abs();
    let nostril =
        bell((rest - vec3(rest.x.signum() * 0.78, -1.92, 5.62)).times(vec3(1.0, 1.55, 0.8)).length(), 0.42);
    let wing = bell((ax - 1.72).hypot((rest.y + 1.5) * 0.8), 0.34);
    let corner = bell((ax - 2.42).hypot(rest.y + 4.3), 0.28);
    let mut dark = 1.0 - front * (0.86 * nostril + 0.16 * wing + 0.3 * corner).min(0.9);
    if person.eyes.fold > 0.0 || closed > 0.0 {
        let [lid] = curve(&LID, ax);
        let fold = lid + person.eyes.fold.max(0.15) * (1.0 - 0.5 * ramp(2.4, 1.6, ax));
        let inside = ramp(1.75, 2.3, ax) * ramp(4.75, 4.2, ax);
        dark *= 1.0 - front * 0.42 * inside * bell(rest.y - fold, 0.075);
    }
    // Lid rims are shaded by the lashes.
    let [lid] = curve(&LID, ax);
    dark * (1.0 - front * 0.35 * ramp(1.9, 2.3, ax) * ramp(4.6, 4.3, ax) * bell(rest.y - lid, 0.09))
}

/// Edge of the upper lid by the distance from the middle line, cm (landmarks 133–33).
const LID: [(f32, [f32; 1]); 5] =
    [(1.86, [2.6]), (2.45, [2.86]), (3.18, [2.97]), (3.85, [2.9]), (4.45, [2.68])];
