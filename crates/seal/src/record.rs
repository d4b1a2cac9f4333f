//! An identity record: identity and digest of a photo, signed by the maker, hidden under the campaign's
//! key, written as text. `COSE_Encrypt0` over `COSE_Sign1` over CBOR (RFC 9052), `XY1R:` and base64.
//!
//! [`IdentityCodec`] is the seam for another embedding of the identity, such as the official one.
//! Reading takes exactly the one form that writing gives: everything is encoded again and compared.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use coset::cbor::value::Value;
use coset::{Header, Label};
use minicbor::bytes::ByteArray;
use uuid::Uuid;

use crate::identity::{CampaignId, Identity, StationId, StudentId};
use crate::keys::{KeyId, Keyring, Nonce, OpeningKeys, SealingKeys};
use crate::layers::{self, Broken, Hidden, Signed};
use crate::problem::{Damage, OpenError, SealError};
use crate::suite::{DIGEST_BYTES, Suite};

/// What a record begins with: Xueying, version 1, record.
pub const PREFIX: &str = "XY1R:";
/// The header that names the suite; below −65536 labels are free for private use (RFC 9052 §12.4).
pub const SUITE_LABEL: i64 = -65_537;
/// Version of the body.
const VERSION: u8 = 1;

/// What a record says, once its signature is found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Whose photo.
    pub identity: Identity,
    /// The suite.
    pub suite: Suite,
    /// Who made the record.
    pub maker: KeyId,
    /// Digest of every byte of the file outside the comment segment;
    /// `None` when a foreign codec does not bind the photo.
    pub digest: Option<[u8; DIGEST_BYTES]>,
}

/// How an identity becomes the text of a comment segment and back.
///
/// Where the segment stands and that there is one only is not the codec's matter.
pub trait IdentityCodec {
    /// The text for the comment segment of a photo with this digest.
    ///
    /// # Errors
    /// [`SealError`] when the record cannot be written.
    fn write(
        &self,
        identity: &Identity,
        digest: &[u8; DIGEST_BYTES],
        keys: &SealingKeys,
        nonce: Nonce,
    ) -> Result<Vec<u8>, SealError>;

    /// What a text says.
    ///
    /// # Errors
    /// [`OpenError`] when the text is not a genuine record under these keys.
    fn read(&self, text: &[u8], keyring: &Keyring) -> Result<Record, OpenError>;
}

/// The product's own record, described in `docs/formats.md`.
#[derive(Debug, Clone, Copy)]
pub struct CoseRecord;

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct Body<'b> {
    #[n(0)]
    version: u8,
    #[b(1)]
    student: &'b str,
    #[b(2)]
    campaign: &'b str,
    #[n(3)]
    shot: ByteArray<16>,
    #[n(4)]
    made_at_ms: u64,
    #[b(5)]
    station: &'b str,
    #[n(6)]
    digest: ByteArray<DIGEST_BYTES>,
}

impl IdentityCodec for CoseRecord {
    fn write(
        &self,
        identity: &Identity,
        digest: &[u8; DIGEST_BYTES],
        keys: &SealingKeys,
        nonce: Nonce,
    ) -> Result<Vec<u8>, SealError> {
        if identity.campaign != keys.campaign {
            let (identity, keys) = (identity.campaign.clone(), keys.campaign.clone());
            return Err(SealError::OtherCampaign { identity, keys });
        }
        let signed = sign(&body(identity, digest)?, keys)?;
        let sealed = hide(&signed, keys, nonce)?;
        Ok([PREFIX, &STANDARD_NO_PAD.encode(sealed)].concat().into_bytes())
    }

    fn read(&self, text: &[u8], keyring: &Keyring) -> Result<Record, OpenError> {
        let encoded = text.strip_prefix(PREFIX.as_bytes()).ok_or(OpenError::OtherComment)?;
        let sealed = STANDARD_NO_PAD.decode(encoded).map_err(|_| OpenError::Damaged(Damage::Base64))?;
        let (signed, keys) = show(&sealed, keyring)?;
        let (maker, body) = verify(&signed, keys)?;
        let record = read_body(&body, keys.record.suite(), maker)?;
        if record.identity.campaign != keys.campaign {
            let (record, keys) = (record.identity.campaign, keys.campaign.clone());
            return Err(OpenError::OtherCampaign { record, keys });
        }
        Ok(record)
    }
}

/// External data of signature and cipher: keeps records apart from every other object under the same keys.
fn purpose(suite: Suite) -> Vec<u8> {
    ["xueying-record-1/", suite.name()].concat().into_bytes()
}

fn body(identity: &Identity, digest: &[u8; DIGEST_BYTES]) -> Result<Vec<u8>, SealError> {
    let body = Body {
        version: VERSION,
        student: identity.student.as_str(),
        campaign: identity.campaign.as_str(),
        shot: (*identity.shot.as_bytes()).into(),
        made_at_ms: identity.made_at_ms,
        station: identity.station.as_str(),
        digest: (*digest).into(),
    };
    minicbor::to_vec(body).map_err(|error| SealError::Codec(error.to_string()))
}

fn read_body(bytes: &[u8], suite: Suite, maker: KeyId) -> Result<Record, OpenError> {
    let damaged = OpenError::Damaged(Damage::Body);
    let Ok(body) = minicbor::decode::<Body<'_>>(bytes) else { return Err(damaged) };
    if body.version != VERSION || !minicbor::to_vec(&body).is_ok_and(|again| again == bytes) {
        return Err(damaged);
    }
    let ids = (
        StudentId::try_from(body.student.to_owned()),
        CampaignId::try_from(body.campaign.to_owned()),
        StationId::try_from(body.station.to_owned()),
    );
    let (Ok(student), Ok(campaign), Ok(station)) = ids else { return Err(damaged) };
    let shot = Uuid::from_bytes(*body.shot);
    let identity = Identity { student, campaign, shot, made_at_ms: body.made_at_ms, station };
    Ok(Record { identity, suite, maker, digest: Some(*body.digest) })
}

fn signed_header(suite: Suite, maker: KeyId) -> Header {
    layers::header(suite.signature_algorithm(), Some(maker))
}

fn sign(body: &[u8], keys: &SealingKeys) -> Result<Vec<u8>, SealError> {
    let maker = keys.maker.public();
    let header = signed_header(maker.suite(), maker.id());
    layers::sign(header, body, &purpose(maker.suite()), &keys.maker)
        .map_err(|_| SealError::Codec("the maker's key does not sign".into()))
}

/// The maker's id and the body, after the signature was found good.
fn verify(bytes: &[u8], keys: &OpeningKeys) -> Result<(KeyId, Vec<u8>), OpenError> {
    let damaged = OpenError::Damaged(Damage::Signed);
    let suite = keys.record.suite();
    let Ok(signed) = Signed::parse(bytes) else { return Err(damaged) };
    let Some(id) = layers::key_id(signed.header()) else { return Err(damaged) };
    let maker =
        keys.maker(id).filter(|maker| maker.suite() == suite).ok_or(OpenError::UnknownMaker { id })?;
    match signed.verify(&signed_header(suite, id), &purpose(suite), maker) {
        Ok(body) => Ok((id, body)),
        Err(Broken::Form) => Err(damaged),
        Err(Broken::Forged) => Err(OpenError::SignatureWrong),
    }
}

fn hidden_header(suite: Suite, key: KeyId) -> Header {
    let mut header = layers::header(suite.cipher_algorithm(), Some(key));
    header.rest.push((Label::Int(SUITE_LABEL), Value::from(suite.id())));
    header
}

fn hide(signed: &[u8], keys: &SealingKeys, nonce: Nonce) -> Result<Vec<u8>, SealError> {
    let suite = keys.record.suite();
    let header = hidden_header(suite, keys.record.id());
    layers::hide(header, signed, &purpose(suite), (&keys.record, nonce))
        .map_err(|_| SealError::Codec("the record key does not encrypt".into()))
}

/// The signed object, and the keys of the campaign whose record key hid it.
fn show<'k>(bytes: &[u8], keyring: &'k Keyring) -> Result<(Vec<u8>, &'k OpeningKeys), OpenError> {
    let damaged = OpenError::Damaged(Damage::Envelope);
    let Ok(hidden) = Hidden::parse(bytes) else { return Err(damaged) };
    let Some(number) = suite_id(hidden.header()) else { return Err(damaged) };
    let suite = Suite::with_id(number).ok_or(OpenError::OtherSuite { id: number })?;
    let Some(id) = layers::key_id(hidden.header()) else { return Err(damaged) };
    let keys = keyring.with_record_key(id).ok_or(OpenError::UnknownKey { id })?;
    if suite != keys.record.suite() {
        return Err(OpenError::DecryptionFailed);
    }
    match hidden.show(&hidden_header(suite, id), &purpose(suite), &keys.record) {
        Ok(signed) => Ok((signed, keys)),
        Err(Broken::Form) => Err(damaged),
        Err(Broken::Forged) => Err(OpenError::DecryptionFailed),
    }
}

fn suite_id(header: &Header) -> Option<u64> {
    let (_, value) = header.rest.iter().find(|(label, _)| *label == Label::Int(SUITE_LABEL))?;
    value.as_integer()?.try_into().ok()
}

#[cfg(test)]
mod tests;
