//! Model files: any bytes give a net or an error.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _net_or_error = vision::net::Net::read(bytes);
});
