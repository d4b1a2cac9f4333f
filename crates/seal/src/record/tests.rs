//! What somebody can forge who holds the campaign's record key, and the published vector.

use coset::{CoseEncrypt0Builder, HeaderBuilder, TaggedCborSerializable};
use zeroize::Zeroizing;

use super::*;
use crate::keys::{HidingKey, SigningKey};

const DIGEST: [u8; DIGEST_BYTES] = [0xD1; DIGEST_BYTES];

fn identity(campaign: &str) -> Identity {
    Identity {
        student: "10701210234".to_owned().try_into().unwrap(),
        campaign: campaign.to_owned().try_into().unwrap(),
        shot: "01957f3c-2b7a-7c4e-9d10-5a6b7c8d9e0f".parse().unwrap(),
        made_at_ms: 1_804_815_665_250,
        station: "2".to_owned().try_into().unwrap(),
    }
}

/// The bytes from `from` on, each one more than the one before.
fn counting(from: u8, length: usize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new((from..).take(length).collect())
}

fn keys(suite: Suite, maker: u8) -> SealingKeys {
    let campaign = "xd-2027".to_owned().try_into().unwrap();
    let record = counting(0, suite.hiding_key_bytes());
    SealingKeys::new(campaign, suite, record, counting(maker, suite.signing_key_bytes())).unwrap()
}

fn keyring() -> Keyring {
    let campaigns = Suite::ALL.map(|suite| {
        let record = HidingKey::new(suite, counting(0, suite.hiding_key_bytes())).unwrap();
        let maker = SigningKey::new(suite, counting(32, suite.signing_key_bytes())).unwrap();
        let campaign = "xd-2027".to_owned().try_into().unwrap();
        OpeningKeys { campaign, record, makers: vec![maker.public().clone()] }
    });
    Keyring { campaigns: campaigns.into() }
}

fn nonce() -> Nonce {
    Nonce::new([64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75])
}

fn text(sealed: &[u8]) -> Vec<u8> {
    [PREFIX, &STANDARD_NO_PAD.encode(sealed)].concat().into_bytes()
}

/// The text around an inner object of somebody who holds the record key.
fn around(suite: Suite, signed: &[u8]) -> Vec<u8> {
    text(&hide(signed, &keys(suite, 32), nonce()).unwrap())
}

fn read(text: &[u8]) -> Result<Record, OpenError> {
    CoseRecord.read(text, &keyring())
}

#[test]
fn the_published_vectors_are_what_is_written_and_read() {
    let manual = include_str!("../../../../docs/formats.md");
    let mut missing = Vec::new();
    for suite in Suite::ALL {
        let digest = suite.digest(&[b"abc"]);
        let identity = identity("xd-2027");
        let keys = keys(suite, 32);
        let body = body(&identity, &digest).unwrap();
        let signed = sign(&body, &keys).unwrap();
        let text = String::from_utf8(CoseRecord.write(&identity, &digest, &keys, nonce()).unwrap()).unwrap();
        let record = read(text.as_bytes()).unwrap();
        assert_eq!((record.identity, record.digest), (identity, Some(digest)));
        let (record, maker) = (keys.record.id().to_string(), keys.maker.public());
        let public = hex(maker.bytes());
        for part in [hex(&body), hex(&signed), text, record, public, maker.id().to_string()] {
            if !manual.contains(&part) {
                missing.push(format!("{suite:?} {part}"));
            }
        }
    }
    assert!(missing.is_empty(), "docs/formats.md does not hold {missing:#?}");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

#[test]
fn the_record_key_alone_does_not_make_a_record() {
    for suite in Suite::ALL {
        let body = body(&identity("xd-2027"), &DIGEST).unwrap();
        let stranger = sign(&body, &keys(suite, 96)).unwrap();
        let id = keys(suite, 96).maker.public().id();
        assert_eq!(read(&around(suite, &stranger)), Err(OpenError::UnknownMaker { id }));

        let mut spliced = sign(&body, &keys(suite, 32)).unwrap();
        let end = spliced.len();
        spliced[end - 64..].copy_from_slice(&stranger[stranger.len() - 64..]);
        assert_eq!(read(&around(suite, &spliced)), Err(OpenError::SignatureWrong));
    }
}

/// Somebody who holds both record keys puts what is signed in one suite into the other.
#[test]
fn a_signature_of_one_suite_does_not_count_in_the_other() {
    let body = body(&identity("xd-2027"), &DIGEST).unwrap();
    for (inner, outer) in [(Suite::Modern, Suite::Gm), (Suite::Gm, Suite::Modern)] {
        let signed = sign(&body, &keys(inner, 32)).unwrap();
        let id = keys(inner, 32).maker.public().id();
        assert_eq!(read(&around(outer, &signed)), Err(OpenError::UnknownMaker { id }));
    }
}

#[test]
fn only_the_one_valid_form_of_each_layer_is_read() {
    let good = body(&identity("xd-2027"), &DIGEST).unwrap();
    // The version as two bytes, an eighth element, another version, an empty student.
    let forms = [
        [&good[..1], &[0x18, 0x01], &good[2..]].concat(),
        [&[0x88], &good[1..], &[0]].concat(),
        [&good[..1], &[0x02], &good[2..]].concat(),
        [&good[..2], &[0x60], &good[14..]].concat(),
        [&good[..], &[0]].concat(),
    ];
    for form in forms {
        let signed = sign(&form, &keys(Suite::Modern, 32)).unwrap();
        assert_eq!(
            read(&around(Suite::Modern, &signed)),
            Err(OpenError::Damaged(Damage::Body)),
            "{form:02x?}"
        );
    }
    let signed = sign(&good, &keys(Suite::Modern, 32)).unwrap();
    for form in [&signed[1..], &[&signed[..], &[0]].concat(), &[]] {
        assert_eq!(
            read(&around(Suite::Modern, form)),
            Err(OpenError::Damaged(Damage::Signed)),
            "{form:02x?}"
        );
    }
    let sealed = hide(&signed, &keys(Suite::Modern, 32), nonce()).unwrap();
    for form in [&sealed[1..], &[&sealed[..], &[0]].concat(), &[]] {
        assert_eq!(read(&text(form)), Err(OpenError::Damaged(Damage::Envelope)), "{form:02x?}");
    }
}

#[test]
fn a_record_of_another_campaign_is_refused_by_its_maker_and_by_its_reader() {
    let other = identity("xd-2028");
    let (record, campaign) = (other.campaign.clone(), keys(Suite::Modern, 32).campaign);
    let refused = CoseRecord.write(&other, &DIGEST, &keys(Suite::Modern, 32), nonce());
    let expected = SealError::OtherCampaign { identity: record.clone(), keys: campaign.clone() };
    assert_eq!(refused, Err(expected));
    let signed = sign(&body(&other, &DIGEST).unwrap(), &keys(Suite::Modern, 32)).unwrap();
    assert_eq!(
        read(&around(Suite::Modern, &signed)),
        Err(OpenError::OtherCampaign { record, keys: campaign })
    );
}

#[test]
fn a_suite_of_a_later_build_is_named() {
    let protected = HeaderBuilder::new().value(SUITE_LABEL, Value::from(3)).build();
    let unprotected = HeaderBuilder::new().iv(vec![0; 12]).build();
    let object = CoseEncrypt0Builder::new().protected(protected).unprotected(unprotected).ciphertext(vec![1]);
    let sealed = object.build().to_tagged_vec().unwrap();
    assert_eq!(read(&text(&sealed)), Err(OpenError::OtherSuite { id: 3 }));
}
