//! JPEG, PNG, EXIF and ICC: any bytes give a picture or a refusal.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _picture_or_refusal = portrait::file::open_scaled(bytes, None, 480, 640);
    let _time = portrait::file::shutter_ms(bytes);
});
