//! Letters to the office and back, passes, certificates, files at rest, backup sheets: any input gives a value or an error.
//! Unlocking a key file is left out: its work is Argon2's, which asks for as much memory as it is told.
#![no_main]

use std::sync::LazyLock;

use seal::enrolment::{Office, TOKEN_BYTES, Token, read_certificate, read_pass, read_welcome};
use seal::keys::{HidingKey, SigningKey, sheet};
use seal::rest;
use seal::suite::Suite;
use zeroize::Zeroizing;

static KEYS: LazyLock<[(SigningKey, HidingKey); 2]> = LazyLock::new(|| {
    Suite::ALL.map(|suite| {
        let signing = Zeroizing::new(vec![2; suite.signing_key_bytes()]);
        let hiding = Zeroizing::new(vec![1; suite.hiding_key_bytes()]);
        (SigningKey::new(suite, signing).unwrap(), HidingKey::new(suite, hiding).unwrap())
    })
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for (signing, hiding) in &*KEYS {
        let public = signing.public();
        let mut office = Office::new("xd-2027".to_owned().try_into().unwrap(), public.suite());
        office.open("2".to_owned().try_into().unwrap(), Token::new([7; TOKEN_BYTES]), 1);
        let _admitted = office.admit(bytes, 0, (0, 1));
        let _certificate = read_certificate(bytes, public);
        let _welcome = read_welcome(bytes, public, &Token::new([7; TOKEN_BYTES]));
        let _pass = read_pass(bytes, "bundle", std::slice::from_ref(public));
        let _destruction = rest::read_destruction(bytes, std::slice::from_ref(public));
        let _file = rest::get(bytes, "a", hiding);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _sheet = sheet::read(text);
        let _token = Token::parse(text);
    }
});
