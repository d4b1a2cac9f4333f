//! Standards and campaign overlays: any text gives a standard or an error with its line.
#![no_main]

use portrait::standard::Standard;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _standard_or_error = Standard::parse(text, "fuzz.toml");
});
