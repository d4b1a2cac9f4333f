//! What somebody can forge who holds the campaign's record key, and the published vector.

use zeroize::Zeroizing;

use super::*;
use crate::keys::{MakerKey, OpeningKeys, RecordKey};

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

fn counting(from: u8) -> Zeroizing<Vec<u8>> {
    Zeroizing::new((from..from + 32).collect())
}

fn keys(maker: u8) -> SealingKeys {
    let campaign = "xd-2027".to_owned().try_into().unwrap();
    SealingKeys::new(campaign, Suite::Modern, counting(0), counting(maker)).unwrap()
}

fn keyring() -> Keyring {
    let maker = MakerKey::new(Suite::Modern, counting(32)).unwrap().public().clone();
    let record = RecordKey::new(Suite::Modern, counting(0)).unwrap();
    let campaign = "xd-2027".to_owned().try_into().unwrap();
    Keyring { campaigns: vec![OpeningKeys { campaign, record, makers: vec![maker] }] }
}

fn nonce() -> Nonce {
    Nonce::new([64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75])
}

fn text(sealed: &[u8]) -> Vec<u8> {
    [PREFIX, &STANDARD_NO_PAD.encode(sealed)].concat().into_bytes()
}

/// The text around an inner object of somebody who holds the record key.
fn around(signed: &[u8]) -> Vec<u8> {
    text(&encrypt(signed, &keys(32), &nonce()).unwrap())
}

fn read(text: &[u8]) -> Result<Record, OpenError> {
    CoseRecord.read(text, &keyring())
}

#[test]
fn the_published_vector_is_what_is_written_and_read() {
    let manual = include_str!("../../../../docs/formats.md");
    let digest = Suite::Modern.digest(&[b"abc"]);
    let identity = identity("xd-2027");
    let body = body(&identity, &digest).unwrap();
    let signed = sign(&body, &keys(32)).unwrap();
    let text = CoseRecord.write(&identity, &digest, &keys(32), nonce()).unwrap();
    for (layer, bytes) in [("body", &body), ("signed", &signed)] {
        let hex = bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        assert!(manual.contains(&hex), "docs/formats.md does not hold the {layer}: {hex}");
    }
    let text = String::from_utf8(text).unwrap();
    assert!(manual.contains(&text), "docs/formats.md does not hold the text: {text}");
    let record = read(text.as_bytes()).unwrap();
    assert_eq!((record.identity, record.digest), (identity, Some(digest)));
}

#[test]
fn the_record_key_alone_does_not_make_a_record() {
    let body = body(&identity("xd-2027"), &DIGEST).unwrap();
    let stranger = sign(&body, &keys(96)).unwrap();
    let id = keys(96).maker.public().id();
    assert_eq!(read(&around(&stranger)), Err(OpenError::UnknownMaker { id }));

    let mut spliced = sign(&body, &keys(32)).unwrap();
    let end = spliced.len();
    spliced[end - 64..].copy_from_slice(&stranger[stranger.len() - 64..]);
    assert_eq!(read(&around(&spliced)), Err(OpenError::SignatureWrong));
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
        let signed = sign(&form, &keys(32)).unwrap();
        assert_eq!(read(&around(&signed)), Err(OpenError::Damaged(Damage::Body)), "{form:02x?}");
    }
    let signed = sign(&good, &keys(32)).unwrap();
    for form in [&signed[1..], &[&signed[..], &[0]].concat(), &[]] {
        assert_eq!(read(&around(form)), Err(OpenError::Damaged(Damage::Signed)), "{form:02x?}");
    }
    let sealed = encrypt(&signed, &keys(32), &nonce()).unwrap();
    for form in [&sealed[1..], &[&sealed[..], &[0]].concat(), &[]] {
        assert_eq!(read(&text(form)), Err(OpenError::Damaged(Damage::Envelope)), "{form:02x?}");
    }
}

#[test]
fn a_record_of_another_campaign_is_refused_by_its_maker_and_by_its_reader() {
    let other = identity("xd-2028");
    let (record, campaign) = (other.campaign.clone(), keys(32).campaign);
    let refused = CoseRecord.write(&other, &DIGEST, &keys(32), nonce());
    let expected = SealError::OtherCampaign { identity: record.clone(), keys: campaign.clone() };
    assert_eq!(refused, Err(expected));
    let signed = sign(&body(&other, &DIGEST).unwrap(), &keys(32)).unwrap();
    assert_eq!(read(&around(&signed)), Err(OpenError::OtherCampaign { record, keys: campaign }));
}

#[test]
fn a_suite_of_a_later_build_is_named() {
    let header = HeaderBuilder::new().value(SUITE_LABEL, Value::from(2)).build();
    let object = CoseEncrypt0Builder::new().protected(header).ciphertext(vec![1]).build();
    assert_eq!(read(&text(&object.to_tagged_vec().unwrap())), Err(OpenError::OtherSuite { id: 2 }));
}
