//! Logs and checkpoints: any input verifies or names its first broken entry.
#![no_main]

use seal::audit::checkpoint;
use seal::audit::verify::{Known, verify};
use seal::suite::Suite;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let campaign = "xd-2027".to_owned().try_into().unwrap();
    for suite in Suite::ALL {
        let known = Known { campaign: &campaign, suite, signers: &[], kept: &[] };
        let _audited = verify(&mut &bytes[..], known);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _checkpoint = checkpoint::read(text, &[]);
    }
});
