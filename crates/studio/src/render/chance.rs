//! Chance that repeats: numbers and noise that depend on a seed only, the same on every run.
//!
//! `SplitMix64` (Steele, Lea, Flood 2014) as a hash of a counter. Every trait of a person draws from its own
//! named stream, so that a new trait does not change the older ones.

use super::space::Vec3;

/// A stream of numbers.
#[derive(Debug, Clone)]
pub struct Chance {
    key: u64,
    counter: u64,
}

impl Chance {
    /// The stream called `name` of a seed.
    pub fn new(seed: u64, name: &str) -> Self {
        let key =
            name.bytes().fold(mixed(seed ^ 0x5851_f42d_4c95_7f2d), |key, byte| mixed(key ^ u64::from(byte)));
        Self { key, counter: 0 }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.counter += 1;
        mixed(self.key.wrapping_add(self.counter.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// A number from 0 up to 1.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u32 << 24) as f32
    }

    /// A number between two others.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// A number around 0 with standard deviation 1, never beyond ±2.5.
    pub fn normal(&mut self) -> f32 {
        // The sum of twelve uniform numbers has variance 1.
        let sum: f32 = (0..12).map(|_| self.unit()).sum();
        (sum - 6.0).clamp(-2.5, 2.5)
    }

    /// True in `share` of all cases.
    pub fn happens(&mut self, share: f32) -> bool {
        self.unit() < share
    }

    /// One of some choices.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[(self.bits() % choices.len() as u64) as usize]
    }
}

/// A bijection of 64 bits that leaves no trace of the order.
fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Four independent bytes' worth of bits for pixel number `index` of a shot.
pub fn pixel_bits(seed: u64, index: u64) -> u64 {
    mixed(seed.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

/// A lattice point's value, −1 to 1.
fn lattice(x: i32, y: i32, z: i32, salt: u32) -> f32 {
    let mut bits = (x as u32)
        .wrapping_mul(0x8da6_b343)
        .wrapping_add((y as u32).wrapping_mul(0xd816_3841))
        .wrapping_add((z as u32).wrapping_mul(0xcb1a_b31f))
        .wrapping_add(salt.wrapping_mul(0x9e37_79b9));
    bits = (bits ^ (bits >> 15)).wrapping_mul(0x2c1b_3c6d);
    bits = (bits ^ (bits >> 12)).wrapping_mul(0x297a_2d39);
    bits ^= bits >> 15;
    (bits >> 8) as f32 / 8_388_608.0 - 1.0
}

/// Smooth noise in space, −1 to 1, one feature per unit of length.
pub fn noise3(place: Vec3, salt: u32) -> f32 {
    let (xf, yf, zf) = (place.x.floor(), place.y.floor(), place.z.floor());
    let (x, y, z) = (xf as i32, yf as i32, zf as i32);
    let (u, v, w) = (fade(place.x - xf), fade(place.y - yf), fade(place.z - zf));
    let edge = |y: i32, z: i32| {
        let low = lattice(x, y, z, salt);
        low + (lattice(x + 1, y, z, salt) - low) * u
    };
    let side = |z: i32| {
        let low = edge(y, z);
        low + (edge(y + 1, z) - low) * v
    };
    let low = side(z);
    low + (side(z + 1) - low) * w
}

/// Smooth noise in a plane, −1 to 1.
pub fn noise2(x: f32, y: f32, salt: u32) -> f32 {
    let (xf, yf) = (x.floor(), y.floor());
    let (xi, yi) = (xf as i32, yf as i32);
    let (u, v) = (fade(x - xf), fade(y - yf));
    let edge = |y: i32| {
        let low = lattice(xi, y, 0, salt);
        low + (lattice(xi + 1, y, 0, salt) - low) * u
    };
    let low = edge(yi);
    low + (edge(yi + 1) - low) * v
}

/// Takes the corners off a straight step.
fn fade(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}
