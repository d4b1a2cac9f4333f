//! The sensor: noise.

use portrait::picture::Picture;

/// Normal noise of `sigma` grey levels in every channel, the same for the same `seed`.
pub fn noise(picture: &Picture, sigma: f32, seed: u64) -> Picture {
    let mut noisy = picture.clone();
    if sigma > 0.0 {
        for (index, byte) in noisy.rgb_mut().iter_mut().enumerate() {
            *byte = (f32::from(*byte) + sigma * normal(seed, index as u64)).round().clamp(0.0, 255.0) as u8;
        }
    }
    noisy
}

/// A normal deviate that depends on `seed` and `index` alone: the sum of twelve uniform ones, each a byte
/// or so of two scrambled words; its tails end at ± 6, which no byte of a picture tells from a true one.
pub fn normal(seed: u64, index: u64) -> f32 {
    let mut sum = 0_u32;
    for half in 0..2 {
        let mut word = scrambled(seed ^ scrambled(2 * index + half));
        for _ in 0..6 {
            sum += (word & 0x3ff) as u32;
            word >>= 10;
        }
    }
    (sum as f32 + 6.0) / 1024.0 - 6.0
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood 2014): every bit of the result depends on every bit given.
fn scrambled(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_has_the_spread_it_says_and_no_offset() {
        let n = 40_000;
        let values: Vec<f32> = (0..n).map(|i| normal(7, i)).collect();
        let mean = values.iter().sum::<f32>() / n as f32;
        let spread = (values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / n as f32).sqrt();
        assert!(mean.abs() < 0.02 && (spread - 1.0).abs() < 0.02, "{mean} {spread}");
    }
}
