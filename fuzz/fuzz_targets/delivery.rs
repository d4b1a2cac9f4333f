//! Deliveries: patterns of names, answers of receivers, manifests, signatures and volumes.
#![no_main]

use campaign::delivery::feedback::{self, Kind};
use campaign::delivery::naming::Pattern;
use campaign::delivery::package::{Manifest, Volume, check};
use seal::delivery::Signature;
use seal::suite::Suite;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let _pattern = Pattern::parse(&text);
    let _kind = Kind::of(&text);
    let _answers = feedback::read(bytes);
    let _manifest = serde_json::from_slice::<Manifest>(bytes);
    if let Ok(signature) = serde_json::from_slice::<Signature>(bytes) {
        let _key = signature.verify(b"manifest");
    }
    let volume = Volume { name: "a.zip".into(), bytes: 0, digest: String::new(), files: Vec::new() };
    let _found = check(&volume, &mut std::io::Cursor::new(bytes), Suite::Modern);
});
