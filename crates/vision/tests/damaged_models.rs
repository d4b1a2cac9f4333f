//! A damaged model file is refused, or gives a net that runs; it never brings the program down.

use std::fs;

use vision::net::Net;

/// The person mask's file as its package ships it: the smallest with every kind of table.
fn model() -> Vec<u8> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../node_modules/@mediapipe/selfie_segmentation/selfie_segmentation.tflite"
    );
    fs::read(path).expect("installed by npm ci")
}

#[test]
fn every_truncation_is_refused() {
    let whole = model();
    for len in (0..whole.len()).step_by(997).chain(0..64) {
        assert!(Net::read(&whole[..len]).is_err(), "{len} bytes of {}", whole.len());
    }
}

#[test]
fn changed_bytes_are_refused_or_run() {
    let whole = model();
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    // The tables lie behind the weights, at the end of the file, where a change matters.
    let tables = whole.len() - 40_000;
    let mut read = 0;
    for _ in 0..1_500 {
        let mut damaged = whole.clone();
        for _ in 0..=random(4) {
            let at = if random(4) == 0 { random(whole.len()) } else { tables + random(40_000) };
            damaged[at] = random(256) as u8;
        }
        if Net::read(&damaged).is_ok() {
            read += 1;
        }
    }
    assert!((1..1_500).contains(&read), "{read} of 1500 could still be read");
}
