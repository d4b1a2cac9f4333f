//! Sealing and opening a small photo as the program does it.

use proptest::prelude::*;
use seal::identity::{CampaignId, Identity};
use seal::keys::{HidingKey, Keyring, Nonce, OpeningKeys, SealingKeys, SigningKey};
use seal::photo::{open, open_with, seal, seal_with, without_comments};
use seal::problem::{OpenError, SealError};
use seal::record::{IdentityCodec, Record};
use seal::suite::Suite;
use zeroize::Zeroizing;

/// A gradient of 24×32 pixels by Pillow, quality 60, JFIF density 300.
pub const PHOTO: &[u8] = include_bytes!("gradient.jpg");
pub const APP0_END: usize = 20;

pub fn identity(student: &str) -> Identity {
    Identity {
        student: student.to_owned().try_into().unwrap(),
        campaign: campaign(),
        shot: "01957f3c-2b7a-7c4e-9d10-5a6b7c8d9e0f".parse().unwrap(),
        made_at_ms: 1_804_815_665_250,
        station: "north-2".to_owned().try_into().unwrap(),
    }
}

pub fn campaign() -> CampaignId {
    "xd-2027".to_owned().try_into().unwrap()
}

pub fn secret(byte: u8, length: usize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(vec![byte; length])
}

pub fn keys(suite: Suite) -> SealingKeys {
    let (record, maker) = (secret(1, suite.hiding_key_bytes()), secret(2, suite.signing_key_bytes()));
    SealingKeys::new(campaign(), suite, record, maker).unwrap()
}

/// Opens both suites.
pub fn keyring(record: u8, maker: u8) -> Keyring {
    let campaigns = Suite::ALL.map(|suite| {
        let record = HidingKey::new(suite, secret(record, suite.hiding_key_bytes())).unwrap();
        let maker = SigningKey::new(suite, secret(maker, suite.signing_key_bytes())).unwrap();
        OpeningKeys { campaign: campaign(), record, makers: vec![maker.public().clone()] }
    });
    Keyring { campaigns: campaigns.into() }
}

pub fn sealed(suite: Suite, student: &str) -> Vec<u8> {
    seal(PHOTO, &identity(student), &keys(suite), Nonce::new([9; 12])).unwrap()
}

#[test]
fn a_sealed_photo_says_whose_it_is() {
    for suite in Suite::ALL {
        let record = open(&sealed(suite, "10701210234"), &keyring(1, 2)).unwrap();
        assert_eq!(record.identity, identity("10701210234"));
        assert_eq!((record.suite, record.maker), (suite, keys(suite).maker.public().id()));
    }
}

#[test]
fn a_record_adds_under_340_bytes_after_the_last_application_segment_and_changes_nothing_else() {
    for suite in Suite::ALL {
        let photo = sealed(suite, "10701210234");
        let added = photo.len() - PHOTO.len();
        assert!(added <= 340, "the record takes {added} bytes in {suite:?}");
        assert_eq!(photo[APP0_END..APP0_END + 2], [0xFF, 0xFE]);
        assert_eq!(&photo[APP0_END + 4..APP0_END + 9], b"XY1R:");
        assert_eq!([&photo[..APP0_END], &photo[APP0_END + added..]].concat(), PHOTO);
        assert_eq!(without_comments(&photo).unwrap(), PHOTO);
    }
}

#[test]
fn a_photo_with_a_comment_is_sealed_only_after_the_comment_is_removed() {
    for suite in Suite::ALL {
        let photo = sealed(suite, "10701210234");
        let again = seal(&photo, &identity("2"), &keys(suite), Nonce::new([8; 12]));
        assert_eq!(again, Err(SealError::HasComment));
        let bare = without_comments(&photo).unwrap();
        let anew = seal(&bare, &identity("2"), &keys(suite), Nonce::new([8; 12]));
        assert_eq!(open(&anew.unwrap(), &keyring(1, 2)).unwrap().identity, identity("2"));
    }
}

#[test]
fn other_keys_do_not_open() {
    for suite in Suite::ALL {
        let id = keys(suite).record.id();
        assert_eq!(open(&sealed(suite, "1"), &keyring(7, 2)), Err(OpenError::UnknownKey { id }));
        assert_eq!(open(&sealed(suite, "1"), &Keyring::default()), Err(OpenError::UnknownKey { id }));
        let id = keys(suite).maker.public().id();
        assert_eq!(open(&sealed(suite, "1"), &keyring(1, 7)), Err(OpenError::UnknownMaker { id }));
    }
}

/// An embedding that some authority might prescribe: the plain number, not bound to the picture.
struct PlainNumber;

impl IdentityCodec for PlainNumber {
    fn write(
        &self,
        identity: &Identity,
        _: &[u8; 32],
        _: &SealingKeys,
        _: Nonce,
    ) -> Result<Vec<u8>, SealError> {
        Ok(identity.student.as_str().as_bytes().to_vec())
    }

    fn read(&self, text: &[u8], keyring: &Keyring) -> Result<Record, OpenError> {
        let student = std::str::from_utf8(text).map_err(|_| OpenError::OtherComment)?;
        let keys = keyring.campaigns.first().ok_or(OpenError::OtherComment)?;
        let (suite, maker) = (keys.record.suite(), keys.makers[0].id());
        Ok(Record { identity: identity(student), suite, maker, digest: None })
    }
}

#[test]
fn another_embedding_takes_the_place_of_ours() {
    let photo =
        seal_with(&PlainNumber, PHOTO, &identity("42"), &keys(Suite::Gm), Nonce::new([0; 12])).unwrap();
    assert_eq!(photo[APP0_END..APP0_END + 6], [0xFF, 0xFE, 0, 4, b'4', b'2']);
    assert_eq!(open_with(&PlainNumber, &photo, &keyring(1, 2)).unwrap().identity, identity("42"));
    assert_eq!(open(&photo, &keyring(1, 2)), Err(OpenError::OtherComment));
}

proptest! {
    #[test]
    fn every_identity_comes_back(
        student in "[^\\s\\p{Cc}]{1,16}",
        station in "[a-z0-9-]{1,64}",
        shot in any::<u128>(),
        made_at_ms in any::<u64>(),
        nonce in any::<[u8; 12]>(),
        suite in prop::sample::select(&Suite::ALL),
    ) {
        let shot = uuid::Uuid::from_u128(shot);
        let station = station.try_into().unwrap();
        let identity = Identity { shot, made_at_ms, station, ..identity(&student) };
        let photo = seal(PHOTO, &identity, &keys(suite), Nonce::new(nonce)).unwrap();
        prop_assert_eq!(open(&photo, &keyring(1, 2)).unwrap().identity, identity);
    }
}
