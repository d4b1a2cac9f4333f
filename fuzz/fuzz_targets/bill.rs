//! Bills of payment services: any input gives movements or a fault.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _bill = campaign::fee::bill::read(bytes);
    let text = String::from_utf8_lossy(bytes);
    let _fen = campaign::fee::fen(&text);
});
