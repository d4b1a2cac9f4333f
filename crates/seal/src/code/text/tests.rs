//! The published vectors, and what a code holds inside.

use zeroize::Zeroizing;

use super::*;
use crate::code::fingerprint::Fingerprint;

/// The bytes from `from` on, each one more than the one before.
fn counting(from: u8, length: usize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new((from..).take(length).collect())
}

fn issuer(suite: Suite) -> Issuer {
    let code = HidingKey::new(suite, counting(0, suite.hiding_key_bytes())).unwrap();
    let issuer = SigningKey::new(suite, counting(32, suite.signing_key_bytes())).unwrap();
    Issuer::new(IssuingKeys { campaign: "xd-2027".to_owned().try_into().unwrap(), code, issuer }, [])
}

fn holder() -> Holder {
    Holder {
        student: "10701210234".to_owned().try_into().unwrap(),
        name: MaskedName::of("欧阳娜娜"),
        document: MaskedDocument::of("61010419990307002X"),
        school: "10701".to_owned().try_into().unwrap(),
        level: Level::Undergraduate,
    }
}

fn nonce() -> Nonce {
    Nonce::new([64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75])
}

fn inside(suite: Suite, text: &str) -> Vec<u8> {
    let hidden = Hidden::parse(&base45::decode(&text[PREFIX.len()..]).unwrap()).unwrap();
    let keys = issuer(suite).keys;
    let purpose = purpose(suite, &keys.campaign);
    let signed = hidden.show(&hidden_header(&keys.code), &purpose, &keys.code).unwrap();
    Signed::parse(&signed).unwrap().verify(&signed_header(suite), &purpose, keys.issuer.public()).unwrap()
}

#[test]
fn the_published_codes_are_what_is_issued() {
    let manual = include_str!("../../../../../docs/formats.md");
    let mut missing = Vec::new();
    for suite in Suite::ALL {
        let (_, code) = issuer(suite).issue(&holder(), (1_803_859_200, 1_814_400_000), nonce()).unwrap();
        let body =
            inside(suite, code.reveal()).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let key = HidingKey::new(suite, counting(96, suite.hiding_key_bytes())).unwrap();
        let fingerprint = Fingerprint::of(code.reveal(), &key).to_string();
        for part in [body, code.reveal().to_owned(), fingerprint] {
            if !manual.contains(&part) {
                missing.push(format!("{suite:?} {} {part}", part.len()));
            }
        }
    }
    assert!(missing.is_empty(), "docs/formats.md does not hold {missing:#?}");
}

#[test]
fn a_code_holds_no_whole_name_or_document_number() {
    for suite in Suite::ALL {
        let (_, code) = issuer(suite).issue(&holder(), (1, 2), nonce()).unwrap();
        let body = inside(suite, code.reveal());
        for hidden in ["阳", "61010419990307", "0307"] {
            let found = body.windows(hidden.len()).any(|part| part == hidden.as_bytes());
            assert!(!found, "{hidden} stands in the body");
        }
    }
}
