//! Pictures with codes: any pixels give texts or none.
#![no_main]

use seal::reading::{Grey, read};

/// Longest side that is tried; larger pictures only take longer.
const LONGEST_SIDE: usize = 96;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&width, pixels)) = bytes.split_first() else { return };
    let width = 1 + usize::from(width) % LONGEST_SIDE;
    let rows = (pixels.len() / width).min(LONGEST_SIDE);
    if let Some(picture) = Grey::new(width, pixels[..rows * width].to_vec()) {
        let _found = read(&picture);
    }
});
