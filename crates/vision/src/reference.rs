//! Every net against what other people's arithmetic gives for the same drawn face: recorded by
//! `scripts/record-vision.py` in double precision, so the differences are this engine's rounding.

use crate::{
    Vision,
    net::{Level, Net},
};

/// A face of circles and boxes on a gradient, with noise; the recorder draws the same.
fn drawn_face(side: i32) -> Vec<u8> {
    let mut state = 1_u32;
    let mut picture = Vec::new();
    for (y, x) in (0..side * side).map(|i| (i / side, i % side)) {
        // Python's division rounds down.
        let (u, v) = (((2 * x - side) * 100).div_euclid(side), ((2 * y - side) * 100).div_euclid(side));
        for value in face_colour(u, v, [60 + x * 120 / side, 90, 140]) {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            picture.push((value + (state >> 28) as i32) as u8);
        }
    }
    picture
}

/// The colour at a place given in hundredths of half the side from the middle.
fn face_colour(u: i32, v: i32, background: [i32; 3]) -> [i32; 3] {
    let mut colour = background;
    if u * u * 16 + v * v * 9 < 60_000 {
        colour = [205, 165, 140];
    }
    for eye in [-25, 25] {
        let (across, down) = ((u - eye) * (u - eye), (v + 15) * (v + 15));
        if across + 3 * down < 150 {
            colour = [235, 235, 235];
        }
        if across + down < 36 {
            colour = [40, 30, 30];
        }
        if (u - eye).abs() < 16 && -32 < v && v < -27 {
            colour = [60, 45, 40];
        }
    }
    if u.abs() < 5 && -5 < v && v < 16 {
        colour = [185, 140, 120];
    }
    if u * u + 12 * (v - 36) * (v - 36) < 450 {
        colour = [170, 70, 75];
    }
    colour
}

/// The face over dark shoulders before a light wall.
fn drawn_bust() -> Vec<u8> {
    let face = drawn_face(256);
    let mut picture = Vec::new();
    for (y, x) in (0..256 * 256_usize).map(|i| (i / 256, i % 256)) {
        let colour: [u8; 3] = match (y, x) {
            (40..168, 64..192) => {
                let at = ((y - 40) * 2 * 256 + (x - 64) * 2) * 3;
                [face[at], face[at + 1], face[at + 2]]
            }
            (168.., 30..226) => [40, 50, 80],
            _ => [200, 205, 210],
        };
        picture.extend(colour);
    }
    picture
}

/// Runs a net with every instruction set of this machine. Joins its outputs, of each every `step`-th value, and fails
/// when one differs from the recorded one by more than `tolerance`.
fn assert_agrees(
    net: &Net,
    bytes: &[u8],
    scale: impl Fn(usize, f32) -> f32,
    (step, recorded): (usize, &[u8]),
    tolerance: f32,
) {
    assert_eq!(net.input_len(), bytes.len());
    let recorded: Vec<f32> = recorded.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect();
    let largest = recorded.iter().map(|value| value.abs()).fold(0.0, f32::max);
    for level in [Level::Portable, Level::Avx2, Level::Avx512].into_iter().filter(|level| level.is_here()) {
        let fill = |input: &mut [f32]| {
            for (i, (value, byte)) in input.iter_mut().zip(bytes).enumerate() {
                *value = scale(i % 3, f32::from(*byte));
            }
        };
        let ours: Vec<f32> = net.run_at(level, fill, |outputs| {
            outputs.iter().flat_map(|output| output.iter().copied().step_by(step)).collect()
        });
        assert_eq!(ours.len(), recorded.len());
        assert!(ours.iter().all(|value| value.is_finite()));
        let worst = ours.iter().zip(&recorded).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        println!("{level:?} differs by at most {worst:e}, values to {largest}");
        assert!(worst <= tolerance, "{level:?}: {worst} is more than {tolerance}, values to {largest}");
    }
}

fn vision() -> Vision {
    Vision::new().expect("packaged models can be read")
}

#[test]
fn the_detector_agrees_with_the_reference() {
    let recorded = include_bytes!("../tests/recorded/detector.f32");
    assert_agrees(&vision().detector.0, &drawn_face(128), |_, v| v / 255.0 * 2.0 - 1.0, (7, recorded), 5e-4);
}

#[test]
fn the_attention_mesh_agrees_with_the_reference() {
    let recorded = include_bytes!("../tests/recorded/mesh478.f32");
    assert_agrees(&vision().mesh.net, &drawn_face(192), |_, v| v / 255.0, (1, recorded), 1e-3);
}

#[test]
fn the_person_mask_agrees_with_the_reference() {
    // Intermediate values reach hundreds on this drawing: JAX in single precision is itself 1.2e-3 away.
    let recorded = include_bytes!("../tests/recorded/person.f32");
    assert_agrees(&vision().person.0, &drawn_bust(), |_, v| v / 255.0, (17, recorded), 1e-3);
}

#[test]
fn the_descriptor_agrees_with_the_reference() {
    let normalised = crate::faceapi::normalised();
    let scale = |channel: usize, v| v * normalised[channel].0 + normalised[channel].1;
    let recorded = include_bytes!("../tests/recorded/descriptor.f32");
    assert_agrees(&vision().recognition.0, &drawn_face(150), scale, (1, recorded), 2e-5);
}

#[test]
fn the_expression_agrees_with_the_reference() {
    let normalised = crate::faceapi::normalised();
    let scale = |channel: usize, v| v * normalised[channel].0 + normalised[channel].1;
    let recorded = include_bytes!("../tests/recorded/expression.f32");
    assert_agrees(&vision().expression.0, &drawn_face(112), scale, (1, recorded), 2e-4);
}
