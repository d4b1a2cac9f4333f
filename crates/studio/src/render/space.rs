//! Places and directions in the studio: centimetres, x to the picture's right, y up, z towards the camera.

use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// A place or a direction, in centimetres.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Vec3 {
    /// To the picture's right.
    pub x: f32,
    /// Up.
    pub y: f32,
    /// Towards the camera.
    pub z: f32,
}

/// Short for [`Vec3`]'s three coordinates.
pub const fn vec3(x: f32, y: f32, z: f32) -> Vec3 {
    Vec3 { x, y, z }
}

impl Vec3 {
    pub fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    pub fn cross(self, other: Self) -> Self {
        vec3(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )
    }

    pub fn length(self) -> f32 {
        self.dot(self).sqrt()
    }

    /// The same direction with length 1; the zero vector stays.
    pub fn unit(self) -> Self {
        let length = self.length();
        if length > 0.0 { self * (1.0 / length) } else { self }
    }

    /// Each coordinate multiplied by its own factor.
    pub fn times(self, factor: Self) -> Self {
        vec3(self.x * factor.x, self.y * factor.y, self.z * factor.z)
    }

    /// The place that lies `share` of the way to `other`.
    pub fn towards(self, other: Self, share: f32) -> Self {
        self + (other - self) * share
    }
}

impl Add for Vec3 {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        vec3(self.x + other.x, self.y + other.y, self.z + other.z)
    }
}

impl AddAssign for Vec3 {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Vec3 {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        vec3(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

impl Mul<f32> for Vec3 {
    type Output = Self;
    fn mul(self, factor: f32) -> Self {
        vec3(self.x * factor, self.y * factor, self.z * factor)
    }
}

impl Neg for Vec3 {
    type Output = Self;
    fn neg(self) -> Self {
        self * -1.0
    }
}

/// A rotation as three rows.
#[derive(Debug, Clone, Copy)]
pub struct Turn([Vec3; 3]);

impl Turn {
    /// Rolls, then nods, then turns a head, in degrees with the signs of `portrait::look::Pose`:
    /// to the picture's right, chin down and clockwise are positive.
    pub fn of_head(yaw: f32, pitch: f32, roll: f32) -> Self {
        let (ys, yc) = yaw.to_radians().sin_cos();
        let (ps, pc) = pitch.to_radians().sin_cos();
        let (rs, rc) = roll.to_radians().sin_cos();
        let roll = Self([vec3(rc, rs, 0.0), vec3(-rs, rc, 0.0), vec3(0.0, 0.0, 1.0)]);
        let nod = Self([vec3(1.0, 0.0, 0.0), vec3(0.0, pc, -ps), vec3(0.0, ps, pc)]);
        let side = Self([vec3(yc, 0.0, ys), vec3(0.0, 1.0, 0.0), vec3(-ys, 0.0, yc)]);
        roll.then(&nod).then(&side)
    }

    /// The place after the rotation about the origin.
    pub fn apply(&self, place: Vec3) -> Vec3 {
        vec3(self.0[0].dot(place), self.0[1].dot(place), self.0[2].dot(place))
    }

    /// First this rotation, then `next`.
    fn then(&self, next: &Self) -> Self {
        let column = |pick: fn(Vec3) -> f32| vec3(pick(self.0[0]), pick(self.0[1]), pick(self.0[2]));
        let (x, y, z) = (column(|v| v.x), column(|v| v.y), column(|v| v.z));
        Self(next.0.map(|row| vec3(row.dot(x), row.dot(y), row.dot(z))))
    }
}

/// 0 below `from`, 1 above `to`, smooth between; also with `from` above `to`.
pub fn ramp(from: f32, to: f32, value: f32) -> f32 {
    let t = ((value - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A bell of height 1 and width `radius` (its value there is e⁻¹).
pub fn bell(distance: f32, radius: f32) -> f32 {
    let t = distance / radius;
    (-t * t).exp()
}

/// Straight between `from` and `to`.
pub fn mix(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

/// Reads a curve given by (position, value) pairs in rising order, smooth between them and constant outside.
pub fn curve<const N: usize>(knots: &[(f32, [f32; N])], at: f32) -> [f32; N] {
    let after = knots.partition_point(|knot| knot.0 <= at);
    if after == 0 {
        return knots[0].1;
    }
    if after == knots.len() {
        return knots[after - 1].1;
    }
    let (low, high) = (knots[after - 1], knots[after]);
    let share = (at - low.0) / (high.0 - low.0);
    let slope = |i: usize, n: usize| {
        let (a, b) = (knots[i.saturating_sub(1)], knots[(i + 1).min(knots.len() - 1)]);
        (b.1[n] - a.1[n]) / (b.0 - a.0)
    };
    std::array::from_fn(|n| {
        let step = high.0 - low.0;
        let (m0, m1) = (slope(after - 1, n) * step, slope(after, n) * step);
        let (t, t2, t3) = (share, share * share, share * share * share);
        low.1[n] * (2.0 * t3 - 3.0 * t2 + 1.0)
            + m0 * (t3 - 2.0 * t2 + t)
            + high.1[n] * (3.0 * t2 - 2.0 * t3)
            + m1 * (t3 - t2)
    })
}
