//! Packets, receipts and manifests: any input gives a value or an error, and no more memory than its size.
#![no_main]

use std::io::Cursor;
use std::sync::LazyLock;

use seal::keys::{ReceivingKey, SigningKey, VerifyingKey};
use seal::packet::{manifest, open, receipt};
use seal::suite::Suite;
use zeroize::Zeroizing;

static KEYS: LazyLock<[(ReceivingKey, [VerifyingKey; 1]); 2]> = LazyLock::new(|| {
    Suite::ALL.map(|suite| {
        let receiving = Zeroizing::new(vec![3; suite.receiving_key_bytes()]);
        let signing = Zeroizing::new(vec![2; suite.signing_key_bytes()]);
        let station = SigningKey::new(suite, signing).unwrap().public().clone();
        (ReceivingKey::new(suite, receiving).unwrap(), [station])
    })
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let framed = [b"XYPK\x01", bytes].concat();
    for (centre, stations) in &*KEYS {
        for packet in [bytes, &framed] {
            let _opened = open(&mut Cursor::new(packet), centre, stations, &mut |_, _, _| Ok(()));
        }
        let _receipt = receipt::read(bytes, stations);
        let _manifest = manifest::read(bytes, stations);
    }
});
