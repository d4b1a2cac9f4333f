//! Codes, letters and bundles: any input gives a value or an error.
#![no_main]

use std::sync::LazyLock;

use seal::code::bundle::{self, Bundle, Revoked};
use seal::code::port::{CodePort, Field, OpaqueCodes, OwnCodes, SelfMadeCodes};
use seal::code::scan::scan;
use seal::code::text::CodeKeys;
use seal::code::uses::{Use, Uses};
use seal::keys::{HidingKey, ReceivingKey, SigningKey};
use seal::masking::{DocumentKind, MaskedDocument, MaskedName};
use seal::suite::Suite;
use zeroize::Zeroizing;

/// A station with keys of one suite.
struct Station {
    bundle: Bundle,
    receiving: ReceivingKey,
    authority: SigningKey,
}

static STATIONS: LazyLock<[Station; 2]> = LazyLock::new(|| Suite::ALL.map(station));

fn station(suite: Suite) -> Station {
    let hiding = || HidingKey::new(suite, Zeroizing::new(vec![1; suite.hiding_key_bytes()])).unwrap();
    let signing = || SigningKey::new(suite, Zeroizing::new(vec![2; suite.signing_key_bytes()])).unwrap();
    let issuer = signing().public().clone();
    let bundle = Bundle {
        campaign: "xd-2027".to_owned().try_into().unwrap(),
        edition: 1,
        made_at_s: 0,
        keys: vec![CodeKeys { code: hiding(), issuer, from_s: 0, until_s: u64::MAX }],
        fingerprint: hiding(),
        revoked: Revoked::default(),
        schools: vec![],
        sessions: vec![],
        title: String::new(),
        standard: String::new(),
        checks: vec![],
    };
    let receiving = ReceivingKey::new(suite, Zeroizing::new(vec![3; suite.receiving_key_bytes()])).unwrap();
    Station { bundle, receiving, authority: signing() }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let fields = vec![Field::Name, Field::Student];
    let (opaque, self_made) =
        (OpaqueCodes { prefix: String::new(), shortest: 8 }, SelfMadeCodes { separator: ',', fields });
    let here = Use { at_ms: 1, station: "2".to_owned().try_into().unwrap() };
    for station in &*STATIONS {
        let own = OwnCodes(&station.bundle);
        let ports: [&dyn CodePort; 3] = [&own, &self_made, &opaque];
        let uses = Uses::default();
        let _text = scan(&text, &ports, (&uses, &station.bundle.fingerprint), &here);
        let coded = format!("XY1:{}", base45::encode(bytes));
        let _code = scan(&coded, &ports, (&uses, &station.bundle.fingerprint), &here);
        let _bundle = bundle::open(bytes, &station.receiving, station.authority.public());
    }
    let _name = MaskedName::of(&text);
    let _number = MaskedDocument::of(&text);
    let _fits = DocumentKind::ALL.map(|kind| kind.fits(&text));
});
