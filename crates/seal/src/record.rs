//! An identity record: identity and digest of a photo, signed by the maker, hidden under the campaign's
//! key, written as text. `COSE_Encrypt0` over `COSE_Sign1` over CBOR (RFC 9052), `XY1R:` and base64.
//!
//! [`IdentityCodec`] is the seam for another embedding of the identity, such as the official one.
//! Reading takes exactly the one form that writing gives: everything is encoded again and compared.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use coset::cbor::value::Value;
use coset::{
    CoseEncrypt0, CoseEncrypt0Builder, CoseSign1, CoseSign1Builder, Header, HeaderBuilder, Label,
    TaggedCborSerializable,
};
use minicbor::bytes::ByteArray;
use uuid::Uuid;

use crate::identity::{CampaignId, Identity, StationId, StudentId};
use crate::keys::{KeyId, Keyring, MakerPublic, Nonce, SealingKeys};
use crate::problem::{Damage, OpenError, SealError};
use crate::suite::{DIGEST_BYTES, NONCE_BYTES, Suite};

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
        let sealed = encrypt(&signed, keys, &nonce)?;
        Ok([PREFIX, &STANDARD_NO_PAD.encode(sealed)].concat().into_bytes())
    }

    fn read(&self, text: &[u8], keyring: &Keyring) -> Result<Record, OpenError> {
        let encoded = text.strip_prefix(PREFIX.as_bytes()).ok_or(OpenError::OtherComment)?;
        let sealed = STANDARD_NO_PAD.decode(encoded).map_err(|_| OpenError::Damaged(Damage::Base64))?;
        let envelope = Envelope::parse(&sealed)?;
        let keys = keyring.with_record_key(envelope.key).ok_or(OpenError::UnknownKey { id: envelope.key })?;
        let suite = keys.record.suite();
        if suite != envelope.suite {
            return Err(OpenError::DecryptionFailed);
        }
        let signed = envelope.decrypt(keys.record.reveal())?;
        let (maker, body) = verify(&signed, suite, |id| keys.maker(id))?;
        let record = read_body(&body, suite, maker)?;
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
    HeaderBuilder::new().algorithm(suite.signature_algorithm()).key_id(maker.0.to_vec()).build()
}

fn sign(body: &[u8], keys: &SealingKeys) -> Result<Vec<u8>, SealError> {
    let suite = keys.maker.public().suite();
    CoseSign1Builder::new()
        .protected(signed_header(suite, keys.maker.public().id()))
        .payload(body.to_vec())
        .try_create_signature(&purpose(suite), |message| {
            suite.sign(keys.maker.reveal(), message).ok_or_else(|| SealError::Codec("no signature".into()))
        })?
        .build()
        .to_tagged_vec()
        .map_err(|error| SealError::Codec(error.to_string()))
}

/// The maker's id and the body, after the signature was found good.
fn verify<'k>(
    bytes: &[u8],
    suite: Suite,
    maker: impl Fn(KeyId) -> Option<&'k MakerPublic>,
) -> Result<(KeyId, Vec<u8>), OpenError> {
    let damaged = || OpenError::Damaged(Damage::Signed);
    let signed = CoseSign1::from_tagged_slice(bytes).map_err(|_| damaged())?;
    let id = KeyId(signed.protected.header.key_id.as_slice().try_into().map_err(|_| damaged())?);
    let body = signed.payload.clone().ok_or_else(damaged)?;
    let again = CoseSign1Builder::new()
        .protected(signed_header(suite, id))
        .payload(body.clone())
        .signature(signed.signature.clone())
        .build()
        .to_tagged_vec();
    if again.map_err(|_| damaged())? != bytes {
        return Err(damaged());
    }
    let maker = maker(id).filter(|maker| maker.suite() == suite).ok_or(OpenError::UnknownMaker { id })?;
    signed.verify_signature(&purpose(suite), |signature, message| {
        let good = suite.verifies(maker.bytes(), message, signature);
        good.then_some(()).ok_or(OpenError::SignatureWrong)
    })?;
    Ok((id, body))
}

fn envelope_header(suite: Suite, key: KeyId) -> Header {
    HeaderBuilder::new()
        .algorithm(suite.cipher_algorithm())
        .key_id(key.0.to_vec())
        .value(SUITE_LABEL, Value::from(suite.id()))
        .build()
}

fn envelope(suite: Suite, key: KeyId, nonce: &[u8; NONCE_BYTES]) -> CoseEncrypt0Builder {
    CoseEncrypt0Builder::new()
        .protected(envelope_header(suite, key))
        .unprotected(HeaderBuilder::new().iv(nonce.to_vec()).build())
}

fn encrypt(signed: &[u8], keys: &SealingKeys, nonce: &Nonce) -> Result<Vec<u8>, SealError> {
    let suite = keys.record.suite();
    envelope(suite, keys.record.id(), &nonce.0)
        .try_create_ciphertext(signed, &purpose(suite), |plain, aad| {
            let sealed = suite.encrypt(keys.record.reveal(), &nonce.0, aad, plain);
            sealed.ok_or_else(|| SealError::Codec("no ciphertext".into()))
        })?
        .build()
        .to_tagged_vec()
        .map_err(|error| SealError::Codec(error.to_string()))
}

/// The outer object, well formed but not yet decrypted.
struct Envelope {
    suite: Suite,
    key: KeyId,
    nonce: [u8; NONCE_BYTES],
    object: CoseEncrypt0,
}

impl Envelope {
    fn parse(bytes: &[u8]) -> Result<Self, OpenError> {
        let damaged = || OpenError::Damaged(Damage::Envelope);
        let object = CoseEncrypt0::from_tagged_slice(bytes).map_err(|_| damaged())?;
        let header = &object.protected.header;
        let id = suite_id(header).ok_or_else(damaged)?;
        let suite = Suite::with_id(id).ok_or(OpenError::OtherSuite { id })?;
        let key = KeyId(header.key_id.as_slice().try_into().map_err(|_| damaged())?);
        let nonce = object.unprotected.iv.as_slice().try_into().map_err(|_| damaged())?;
        let ciphertext = object.ciphertext.clone().ok_or_else(damaged)?;
        let again = envelope(suite, key, &nonce).ciphertext(ciphertext).build().to_tagged_vec();
        if again.map_err(|_| damaged())? != bytes {
            return Err(damaged());
        }
        Ok(Self { suite, key, nonce, object })
    }

    fn decrypt(&self, key: &[u8]) -> Result<Vec<u8>, OpenError> {
        self.object.decrypt_ciphertext(
            &purpose(self.suite),
            || OpenError::Damaged(Damage::Envelope),
            |sealed, aad| {
                self.suite.decrypt(key, &self.nonce, aad, sealed).ok_or(OpenError::DecryptionFailed)
            },
        )
    }
}

fn suite_id(header: &Header) -> Option<u64> {
    let (_, value) = header.rest.iter().find(|(label, _)| *label == Label::Int(SUITE_LABEL))?;
    value.as_integer()?.try_into().ok()
}

#[cfg(test)]
mod tests;
