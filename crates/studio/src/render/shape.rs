//! The form of a head: smooth displacements of the standard head, drawn from a seed.

use super::{
    chance::Chance,
    head::{HEAD, LID_FOLDS, LIDS, LOWER_LIP, UPPER_LIP},
    space::{Vec3, bell, mix, ramp, vec3},
};

/// Traits of form, each 0 for the standard head; unless said otherwise in centimetres at the named place.
#[derive(Debug, Clone)]
pub struct Shape {
    scale: Vec3,
    jaw: f32,
    chin_width: f32,
    chin_length: f32,
    chin_forward: f32,
    cheekbones: f32,
    cheeks: f32,
    forehead: f32,
    temples: f32,
    eye_size: f32,
    eye_open: f32,
    eye_slant: f32,
    eye_gap: f32,
    nose_width: f32,
    nose_length: f32,
    nose_tip: f32,
    bridge: f32,
    mouth_width: f32,
    mouth_drop: f32,
    mouth_forward: f32,
    mouth_corners: f32,
    lips: f32,
    brow_height: f32,
    brow_ridge: f32,
    ear_size: f32,
    ear_flare: f32,
    /// Bumps that have no name: place, radius, displacement.
    bumps: Vec<(Vec3, f32, Vec3)>,
}

/// What a face does at the moment of the picture.
#[derive(Debug, Clone, Copy, Default)]
pub struct Act {
    /// How far the lids are shut, 0 to 1.
    pub shut: f32,
    /// Gap between the lips, cm.
    pub mouth: f32,
}

impl Shape {
    /// The form that belongs to a seed.
    pub fn draw(seed: u64, feminine: bool) -> Self {
        let mut chance = Chance::new(seed, "shape");
        let g = if feminine { 1.0 } else { -1.0 };
        let mut n = |mean: f32, spread: f32| mean + spread * chance.normal();
        Self {
            scale: vec3(n(-0.015 * g + 0.97, 0.03), n(-0.01 * g + 1.0, 0.03), n(1.0, 0.025)),
            jaw: n(-0.05 * g - 0.02, 0.07),
            chin_width: n(-0.06 * g, 0.13),
            chin_length: n(-0.2 * g, 0.45),
            chin_forward: n(-0.1, 0.3),
            cheekbones: n(0.1, 0.3),
            cheeks: n(0.0, 0.4),
            forehead: n(0.1, 0.25),
            temples: n(0.0, 0.03),
            eye_size: n(0.02 + 0.03 * g, 0.08),
            eye_open: n(0.1 + 0.06 * g, 0.14),
            eye_slant: n(0.03, 0.07),
            eye_gap: n(0.0, 0.17),
            nose_width: n(-0.04 * g, 0.14),
            nose_length: n(0.0, 0.35),
            nose_tip: n(-0.25, 0.35),
            bridge: n(-0.2, 0.3),
            mouth_width: n(0.0, 0.1),
            mouth_drop: n(0.0, 0.25),
            mouth_forward: n(0.0, 0.2),
            mouth_corners: n(0.12, 0.14),
            lips: n(-0.05 + 0.06 * g, 0.2),
            brow_height: n(0.05 * g, 0.22),
            brow_ridge: n(-0.1 * g, 0.15),
            ear_size: n(-0.03 * g, 0.07),
            ear_flare: n(0.0, 5.0),
            bumps: bumps(seed),
        }
    }

    /// Where a place of the standard head lies on this head.
    pub fn place(&self, rest: Vec3) -> Vec3 {
        let mut p = rest + self.skull(rest) + self.eyes(rest) + self.nose(rest) + self.mouth(rest);
        for &(centre, radius, push) in &self.bumps {
            p += push * bell((rest - centre).length(), radius);
        }
        let middle = vec3(0.0, 2.6, -3.0);
        middle + (p - middle).times(self.scale)
    }

    /// Size factor of the ears.
    pub fn ears(&self) -> f32 {
        1.0 + self.ear_size
    }

    /// Angle between ear and head, radians.
    pub fn flare(&self) -> f32 {
        (38.0 + self.ear_flare).to_radians()
    }

    fn skull(&self, rest: Vec3) -> Vec3 {
        let Vec3 { x, y, z } = rest;
        let side = x.signum();
        let front = ramp(-4.0, 2.0, z);
        let near = |cx: f32, cy: f32, cz: f32, radius: f32| {
            bell((vec3(x.abs(), y, z) - vec3(cx, cy, cz)).length(), radius)
        };
        let cheekbone = self.cheekbones * near(5.6, -0.3, 2.5, 2.4);
        let cheek = self.cheeks * near(4.8, -3.8, 2.6, 2.6);
        let chin = near(0.0, -8.4, 4.6, 2.4);
        vec3(
            x * (self.jaw * ramp(0.0, -7.0, y)
                + self.chin_width * bell(y + 8.5, 2.2) * front
                + self.temples * bell(y - 5.5, 3.2))
                + side * 0.8 * (cheekbone + cheek),
            -self.chin_length * ramp(-4.5, -9.0, y) * ramp(-9.0, -2.0, z)
                + self.brow_height * bell(y - 4.7, 1.3) * front,
            self.chin_forward * chin
                + 0.5 * cheekbone
                + 0.4 * cheek
                + self.forehead * near(0.0, 7.3, 4.8, 3.4)
                + self.brow_ridge * bell(y - 4.2, 1.1) * front,
        )
    }

    fn eyes(&self, rest: Vec3) -> Vec3 {
        let side = rest.x.signum();
        let away = vec3((rest.x.abs() - 3.15) / 2.1, (rest.y - 2.63) / 1.35, 0.0);
        let weight = bell(away.length(), 1.0) * ramp(0.0, 2.0, rest.z);
        let wide = bell(away.length(), 1.6) * ramp(0.0, 2.0, rest.z);
        let (out, up) = (rest.x.abs() - 3.15, rest.y - 2.63);
        vec3(
            side * (out * self.eye_size * weight + self.eye_gap * wide),
            up * (self.eye_size + self.eye_open) * weight + out * self.eye_slant * weight,
            0.0,
        )
    }

    fn nose(&self, rest: Vec3) -> Vec3 {
        let Vec3 { x, y, z } = rest;
        let wings = bell(y + 1.5, 1.6) * bell(x, 2.4) * ramp(3.0, 5.0, z);
        vec3(
            x * self.nose_width * wings,
            -self.nose_length * bell(x, 2.2) * bell(y + 1.2, 1.7),
            self.bridge * bell(x, 1.1) * bell(y - 2.0, 2.2)
                + self.nose_tip * bell(x, 1.7) * bell(y + 0.9, 1.7),
        )
    }

    fn mouth(&self, rest: Vec3) -> Vec3 {
        let Vec3 { x, y, z } = rest;
        let row = bell(y + 4.3, 1.5) * ramp(1.0, 3.0, z);
        vec3(
            x * self.mouth_width * row * bell(x, 3.2),
            (y + 4.28) * self.lips * bell(y + 4.3, 1.1) * bell(x, 2.2)
                + self.mouth_drop * bell(y + 4.3, 1.8) * bell(x, 3.6)
                + self.mouth_corners * bell(x.abs() - 2.5, 0.9) * row,
            self.mouth_forward * row * bell(x, 2.6),
        )
    }

    /// The smooth head: the places of all corners of the finest mesh.
    pub fn head(&self, act: Act) -> Vec<Vec3> {
        let head = &*HEAD;
        let mut control: Vec<Vec3> = head.control.iter().map(|&rest| self.place(rest)).collect();
        close_mouth(&mut control, act.mouth);
        shut_eyes(&mut control, act.shut);
        for &(corner, rim) in &head.lining {
            let at = control[rim as usize];
            let lip = LIDS.iter().all(|lids| !lids.contains(&rim));
            control[corner as usize] = at - if lip { vec3(0.0, 0.0, 0.9) } else { vec3(0.0, 0.0, 0.28) };
        }
        head.steps[1].apply(&head.steps[0].apply(&control))
    }
}

/// Six bumps with a mirror image each, and two without.
fn bumps(seed: u64) -> Vec<(Vec3, f32, Vec3)> {
    let mut chance = Chance::new(seed, "bumps");
    let mut bumps = Vec::new();
    for i in 0..8 {
        let centre = vec3(chance.between(0.5, 6.0), chance.between(-8.0, 7.5), chance.between(1.5, 5.0));
        let radius = chance.between(1.8, 3.2);
        let push = vec3(chance.normal(), chance.normal(), chance.normal());
        if i < 6 {
            bumps.push((centre, radius, push * 0.15));
            let mirror = vec3(-1.0, 1.0, 1.0);
            bumps.push((centre.times(mirror), radius, push.times(mirror) * 0.15));
        } else {
            bumps.push((centre.times(vec3(chance.pick(&[-1.0, 1.0]), 1.0, 1.0)), radius, push * 0.05));
        }
    }
    bumps
}

/// How far closed lips press into each other, cm: without it the dark line between them reads as a gap.
const REST: f32 = 0.03;

/// The canonical mouth stands open; brings the inner lips to `gap` centimetres and takes the rows between along.
fn close_mouth(control: &mut [Vec3], gap: f32) {
    for column in 1..10 {
        let lower_column = column - 1;
        let (upper, lower) = (UPPER_LIP[3][column] as usize, LOWER_LIP[0][lower_column] as usize);
        let middle = control[upper].towards(control[lower], 0.5);
        let wide = 1.0 - ((column as f32 - 5.0) / 5.0).powi(2);
        let (to_upper, to_lower) = (
            vec3(0.0, middle.y + gap * 0.4 * wide - REST - control[upper].y, middle.z - control[upper].z),
            vec3(0.0, middle.y - gap * 0.6 * wide + REST - control[lower].y, middle.z - control[lower].z),
        );
        for (row, share) in [(3, 1.0), (2, 0.75), (1, 0.35)] {
            control[UPPER_LIP[row][column] as usize] += to_upper * share;
        }
        for (row, share) in [(0, 1.0), (1, 0.75), (2, 0.35)] {
            control[LOWER_LIP[row][lower_column] as usize] += to_lower * share;
        }
    }
    // A dropped jaw takes the chin along.
    for place in control.iter_mut().take(468) {
        place.y -= gap * 0.5 * ramp(-5.0, -8.0, place.y);
    }
}

/// Draws the upper lids down to the lower ones.
fn shut_eyes(control: &mut [Vec3], shut: f32) {
    for (lids, folds) in LIDS.iter().zip(&LID_FOLDS) {
        for i in 0..7 {
            let upper = lids[9 + i] as usize;
            let lower = control[lids[7 - i] as usize];
            let drop = mix(0.0, lower.y + 0.03 - control[upper].y, shut);
            control[upper] += vec3(0.0, drop, 0.06 * shut);
            control[folds[i] as usize] += vec3(0.0, drop * 0.35, 0.0);
        }
    }
}
