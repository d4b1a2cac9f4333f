//! Files at rest: what lies on a station's or a school's disk is hidden under a key of its campaign, so that a
//! stolen disk shows nothing, and destroying one key destroys every copy, backups included.

use minicbor::bytes::ByteArray;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::identity::CampaignId;
use crate::keys::{HidingKey, KEY_ID_BYTES, KeyId, Nonce, SigningKey, VerifyingKey};
use crate::layers::{self, Broken, Hidden};
use crate::statement::{self, StatementFault};
use crate::suite::Suite;

const VERSION: u8 = 1;
const DESTRUCTION: &str = "destruction";

/// Why a file at rest cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RestFault {
    /// Not in its one form.
    #[error("the file is damaged or cut off")]
    Damaged,
    /// Of another campaign, or of one that was purged.
    #[error(
        "the file is hidden under key {0}, which is not there: the campaign is another one, or was purged"
    )]
    OtherKey(KeyId),
    /// Changed, or under another name.
    #[error("the file was changed, or is another file under this name")]
    Changed,
}

impl RestFault {
    /// The message in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::Damaged => "文件已损坏或不完整".into(),
            Self::OtherKey(id) => {
                format!("文件用密钥 {id} 加密，本机没有该密钥：属于其他采集活动，或该活动已清除")
            }
            Self::Changed => "文件被改动过，或不是此名称的文件".into(),
        }
    }
}

/// The bytes to keep for a file; `None` when the key does not encrypt. The name is bound, so that files
/// cannot change places.
pub fn put(plain: &[u8], name: &str, key: &HidingKey, nonce: Nonce) -> Option<Vec<u8>> {
    let header = layers::header(key.suite().cipher_algorithm(), Some(key.id()));
    layers::hide(header, plain, &purpose(key.suite(), name), (key, nonce)).ok()
}

/// The file that was put under a name.
///
/// # Errors
/// [`RestFault`] with the first check that failed.
pub fn get(kept: &[u8], name: &str, key: &HidingKey) -> Result<Zeroizing<Vec<u8>>, RestFault> {
    let hidden = Hidden::parse(kept).map_err(|_| RestFault::Damaged)?;
    let id = layers::key_id(hidden.header()).ok_or(RestFault::Damaged)?;
    if id != key.id() {
        return Err(RestFault::OtherKey(id));
    }
    let header = layers::header(key.suite().cipher_algorithm(), Some(id));
    let plain = hidden.show(&header, &purpose(key.suite(), name), key).map_err(|broken| match broken {
        Broken::Form => RestFault::Damaged,
        Broken::Forged => RestFault::Changed,
    })?;
    Ok(Zeroizing::new(plain))
}

fn purpose(suite: Suite, name: &str) -> Vec<u8> {
    ["xueying-rest-1/", suite.name(), "/", name].concat().into_bytes()
}

/// That a campaign was purged: its key at rest is gone. Who holds this paper says that no copy was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destruction {
    /// The campaign.
    pub campaign: CampaignId,
    /// The key that is gone.
    pub key: KeyId,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct Body<'b> {
    #[n(0)]
    version: u8,
    #[b(1)]
    campaign: &'b str,
    #[n(2)]
    key: ByteArray<KEY_ID_BYTES>,
    #[n(3)]
    at_ms: u64,
}

/// Takes the key, wipes it from memory, and signs that it is gone; `None` when the signing key does not sign.
/// The caller has deleted the file that it came from.
pub fn destroy(key: HidingKey, campaign: &CampaignId, at_ms: u64, signer: &SigningKey) -> Option<Vec<u8>> {
    let body = Body { version: VERSION, campaign: campaign.as_str(), key: key.id().0.into(), at_ms };
    drop(key);
    statement::write(DESTRUCTION, &minicbor::to_vec(body).ok()?, signer)
}

/// Reads a statement of destruction by one of these keys.
///
/// # Errors
/// [`StatementFault`] with the first check that failed.
pub fn read_destruction(bytes: &[u8], signers: &[VerifyingKey]) -> Result<Destruction, StatementFault> {
    let (_, body) = statement::read(DESTRUCTION, bytes, signers)?;
    read_body(&body).ok_or(StatementFault::Damaged)
}

fn read_body(bytes: &[u8]) -> Option<Destruction> {
    let body: Body<'_> = minicbor::decode(bytes).ok()?;
    if body.version != VERSION || minicbor::to_vec(&body).ok()? != bytes {
        return None;
    }
    let campaign = CampaignId::try_from(body.campaign.to_owned()).ok()?;
    Some(Destruction { campaign, key: KeyId(*body.key), at_ms: body.at_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHOTO: &[u8] = include_bytes!("../tests/chain/gradient.jpg");

    fn key(suite: Suite, byte: u8) -> HidingKey {
        HidingKey::new(suite, Zeroizing::new(vec![byte; suite.hiding_key_bytes()])).unwrap()
    }

    fn signing(suite: Suite) -> SigningKey {
        SigningKey::new(suite, Zeroizing::new(vec![9; suite.signing_key_bytes()])).unwrap()
    }

    #[test]
    fn a_disk_shows_no_portrait_and_its_key_shows_it() {
        for suite in Suite::ALL {
            let kept = put(PHOTO, "2-0137.jpg", &key(suite, 1), Nonce::new([5; 12])).unwrap();
            for part in [&PHOTO[..4], b"JFIF", &PHOTO[PHOTO.len() - 40..], b"0137"] {
                assert!(!kept.windows(part.len()).any(|window| window == part), "{part:02x?}");
            }
            assert_eq!(get(&kept, "2-0137.jpg", &key(suite, 1)).unwrap().as_slice(), PHOTO);
            assert_eq!(get(&kept, "2-0138.jpg", &key(suite, 1)), Err(RestFault::Changed));
        }
    }

    #[test]
    fn after_a_purge_nothing_that_was_kept_opens_again() {
        for suite in Suite::ALL {
            let (campaign, gone) = (CampaignId::try_from("xd-2027".to_owned()).unwrap(), key(suite, 1));
            let id = gone.id();
            let kept = put(PHOTO, "a", &gone, Nonce::new([5; 12])).unwrap();
            let paper = destroy(gone, &campaign, 7, &signing(suite)).unwrap();
            let read = read_destruction(&paper, &[signing(suite).public().clone()]);
            assert_eq!(read, Ok(Destruction { campaign, key: id, at_ms: 7 }));
            assert_eq!(get(&kept, "a", &key(suite, 2)), Err(RestFault::OtherKey(id)));
        }
    }

    #[test]
    fn every_changed_bit_and_every_cut_of_a_file_at_rest_is_refused() {
        for suite in Suite::ALL {
            let kept = put(b"photo", "a", &key(suite, 1), Nonce::new([5; 12])).unwrap();
            for bit in 0..kept.len() * 8 {
                let mut changed = kept.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                assert!(get(&changed, "a", &key(suite, 1)).is_err(), "bit {bit}");
            }
            for length in 0..kept.len() {
                assert_eq!(get(&kept[..length], "a", &key(suite, 1)), Err(RestFault::Damaged));
            }
        }
    }
}
