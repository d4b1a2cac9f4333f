//! Identity and key files, and the segments of a photo with a record: any input gives a value or an error.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _photo = seal::photo::without_comments(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _identity = seal::identity::parse(text);
        let _sealing = seal::keys::file::parse_sealing(text);
        let _opening = seal::keys::file::parse_opening(text);
        let _issuing = seal::keys::file::parse_issuing(text);
        let _reading = seal::keys::file::parse_reading(text);
        let _station = seal::keys::file::parse_station(text);
        let _centre = seal::keys::file::parse_centre(text);
    }
});
