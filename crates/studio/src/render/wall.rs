//! The wall behind, lit for itself.

use super::{
    Shot,
    chance::noise2,
    space::{Vec3, ramp, vec3},
};

/// What state the wall is in; all zero when it is as it should be.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wall {
    /// Share of light lost from the upper to the lower edge.
    pub falloff: f32,
    /// Share of light lost in a soft shadow beside the head.
    pub shadow: f32,
    /// Share of light that comes and goes with the folds of a cloth.
    pub folds: f32,
    /// Whether a dark thing hangs in the upper right corner.
    pub thing: bool,
}

/// A wall ready to be asked for its light.
pub struct Lit {
    colour: Vec3,
    size: (f32, f32),
    head: (f32, f32),
    wall: Wall,
    seed: u32,
}

impl Lit {
    pub fn new(shot: &Shot, (width, height): (usize, usize)) -> Self {
        let linear = &*portrait::colour::LINEAR;
        let [r, g, b] = shot.background.colour().map(|byte| linear[byte as usize]);
        Self {
            colour: vec3(r, g, b),
            size: (width as f32, height as f32),
            head: shot.framing.eyes,
            wall: shot.wall,
            seed: shot.person.seed as u32,
        }
    }

    /// A little less light towards the corners, as on any real wall, and what is wrong with this one.
    pub fn light(&self, x: usize, y: usize) -> Vec3 {
        let (u, v) = (x as f32 / self.size.0, y as f32 / self.size.1);
        let (across, down) = (u - 0.5, v - 0.45);
        let mut light = 1.0 - 0.035 * (across * across + down * down);
        light += 0.004 * noise2(across * 6.0, down * 6.0, self.seed);
        light *= 1.0 - self.wall.falloff * v;
        // Thrown to the right and down by a lamp that stands too near on the left.
        let away = (u - self.head.0 - 0.13).hypot((v - self.head.1 - 0.02) * self.size.1 / self.size.0);
        light *= 1.0 - self.wall.shadow * ramp(0.26, 0.16, away);
        light *= 1.0 + self.wall.folds * ((u + 0.2 * v) * 160.0).sin();
        if self.wall.thing && (u - 0.74).abs() < 0.035 && (v - 0.2).abs() < 0.03 {
            light *= 0.2;
        }
        self.colour * light
    }
}
