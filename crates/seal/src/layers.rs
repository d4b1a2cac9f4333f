//! The two layers that small objects are made of: signed (`COSE_Sign1`) inside hidden (`COSE_Encrypt0`),
//! RFC 9052. Reading takes exactly the one form that writing gives: everything is encoded again and compared.
//!
//! *Purpose* is the external data of a layer: it keeps one kind of object apart from every other under
//! the same keys.

use coset::{
    Algorithm, CoseEncrypt0, CoseEncrypt0Builder, CoseSign1, CoseSign1Builder, Header, HeaderBuilder,
    TaggedCborSerializable,
};

use crate::keys::{HidingKey, KeyId, Nonce, SigningKey, VerifyingKey};
use crate::suite::NONCE_BYTES;

/// Why a layer cannot be taken off; each object has its own words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Not in its one valid form.
    Form,
    /// Signature or tag do not fit.
    Forged,
}

/// A header of an algorithm and, where the object names it, a key.
pub(crate) fn header(algorithm: Algorithm, key: Option<KeyId>) -> Header {
    let header = HeaderBuilder::new().algorithm_label(algorithm);
    match key {
        Some(key) => header.key_id(key.0.to_vec()).build(),
        None => header.build(),
    }
}

/// The key id of a header, when it has one of the right length.
pub(crate) fn key_id(header: &Header) -> Option<KeyId> {
    header.key_id.as_slice().try_into().ok().map(KeyId)
}

/// `COSE_Sign1` over a body, with its tag.
pub(crate) fn sign(header: Header, body: &[u8], purpose: &[u8], key: &SigningKey) -> Result<Vec<u8>, Broken> {
    CoseSign1Builder::new()
        .protected(header)
        .payload(body.to_vec())
        .try_create_signature(purpose, |message| {
            key.public().suite().sign(key.reveal(), message).ok_or(Broken::Form)
        })?
        .build()
        .to_tagged_vec()
        .map_err(|_| Broken::Form)
}

/// A signed object that is well formed but not yet verified.
pub(crate) struct Signed {
    object: CoseSign1,
}

impl Signed {
    pub fn parse(bytes: &[u8]) -> Result<Self, Broken> {
        let object = CoseSign1::from_tagged_slice(bytes).map_err(|_| Broken::Form)?;
        let again = CoseSign1Builder::new()
            .protected(object.protected.header.clone())
            .payload(object.payload.clone().ok_or(Broken::Form)?)
            .signature(object.signature.clone())
            .build();
        same(again, bytes)?;
        Ok(Self { object })
    }

    pub fn header(&self) -> &Header {
        &self.object.protected.header
    }

    /// The body, unverified.
    pub fn into_body(self) -> Option<Vec<u8>> {
        self.object.payload
    }

    /// The body, after header and signature were found right.
    pub fn verify(self, expected: &Header, purpose: &[u8], key: &VerifyingKey) -> Result<Vec<u8>, Broken> {
        if self.header() != expected {
            return Err(Broken::Form);
        }
        self.object.verify_signature(purpose, |signature, message| {
            let good = key.suite().verifies(key.bytes(), message, signature);
            good.then_some(()).ok_or(Broken::Forged)
        })?;
        self.object.payload.ok_or(Broken::Form)
    }
}

/// `COSE_Encrypt0` around bytes, with its tag.
pub(crate) fn hide(
    header: Header,
    plain: &[u8],
    purpose: &[u8],
    (key, nonce): (&HidingKey, Nonce),
) -> Result<Vec<u8>, Broken> {
    CoseEncrypt0Builder::new()
        .protected(header)
        .unprotected(HeaderBuilder::new().iv(nonce.0.to_vec()).build())
        .try_create_ciphertext(plain, purpose, |plain, aad| {
            key.suite().encrypt(key.reveal(), &nonce.0, aad, plain).ok_or(Broken::Form)
        })?
        .build()
        .to_tagged_vec()
        .map_err(|_| Broken::Form)
}

/// A hidden object that is well formed but not yet decrypted.
pub(crate) struct Hidden {
    pub nonce: [u8; NONCE_BYTES],
    object: CoseEncrypt0,
}

impl Hidden {
    pub fn parse(bytes: &[u8]) -> Result<Self, Broken> {
        let object = CoseEncrypt0::from_tagged_slice(bytes).map_err(|_| Broken::Form)?;
        let nonce = object.unprotected.iv.as_slice().try_into().map_err(|_| Broken::Form)?;
        let again = CoseEncrypt0Builder::new()
            .protected(object.protected.header.clone())
            .unprotected(HeaderBuilder::new().iv(object.unprotected.iv.clone()).build())
            .ciphertext(object.ciphertext.clone().ok_or(Broken::Form)?)
            .build();
        same(again, bytes)?;
        Ok(Self { nonce, object })
    }

    pub fn header(&self) -> &Header {
        &self.object.protected.header
    }

    /// What is inside, after header and tag were found right.
    pub fn show(&self, expected: &Header, purpose: &[u8], key: &HidingKey) -> Result<Vec<u8>, Broken> {
        if self.header() != expected {
            return Err(Broken::Form);
        }
        self.object.decrypt_ciphertext(
            purpose,
            || Broken::Form,
            |sealed, aad| key.suite().decrypt(key.reveal(), &self.nonce, aad, sealed).ok_or(Broken::Forged),
        )
    }
}

fn same(again: impl TaggedCborSerializable, bytes: &[u8]) -> Result<(), Broken> {
    match again.to_tagged_vec() {
        Ok(again) if again == bytes => Ok(()),
        _ => Err(Broken::Form),
    }
}
