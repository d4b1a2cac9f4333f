//! Suites: which signature, cipher, key wrap and hash belong together. A campaign has one; every object
//! names it by the numbers of its algorithms.
//!
//! A further suite is one more variant here and one more file beside `modern.rs` and `gm.rs`; nothing
//! outside this folder knows an algorithm.

mod gm;
mod hasher;
mod modern;
mod seed;

use coset::{Algorithm, iana};
use hmac::digest::consts::U32;
use hmac::{KeyInit, Mac};
use zeroize::Zeroizing;

pub use hasher::Hasher;
pub(crate) use seed::Stretched;
pub use seed::{SEED_BYTES, Seed};

/// Signature, cipher, key wrap and hash that a campaign uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Suite {
    /// Ed25519 (RFC 8032), ChaCha20-Poly1305 (RFC 8439), HPKE with X25519, HKDF-SHA256 and
    /// ChaCha20-Poly1305 (RFC 9180), SHA-256 (FIPS 180-4).
    Modern,
    /// SM2 signature and encryption (GB/T 32918), SM4-GCM (GB/T 32907, RFC 8998), SM3 (GB/T 32905).
    Gm,
}

/// Length of a digest in bytes; SHA-256 and SM3 both give 32.
pub const DIGEST_BYTES: usize = 32;
/// Length of a nonce in bytes; ChaCha20-Poly1305 and SM4-GCM both take 12.
pub const NONCE_BYTES: usize = 12;
/// Length of the tag that a cipher adds in bytes; Poly1305 and GCM both give 16.
pub const TAG_BYTES: usize = 16;
/// Length of a signature in bytes; Ed25519 and SM2 both give 64.
pub const SIGNATURE_BYTES: usize = 64;

/// COSE has no numbers for SM2 and SM4-GCM; below −65536 they are free for private use (RFC 9053 §8).
const SM2_WITH_SM3: Algorithm = Algorithm::PrivateUse(-65_538);
const SM4_GCM: Algorithm = Algorithm::PrivateUse(-65_539);

impl Suite {
    /// Every suite that this build knows.
    pub const ALL: [Self; 2] = [Self::Modern, Self::Gm];

    /// The number in the objects' headers.
    pub fn id(self) -> u8 {
        match self {
            Self::Modern => 1,
            Self::Gm => 2,
        }
    }

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Modern => "modern",
            Self::Gm => "gm",
        }
    }

    /// The suite with a number, if this build knows it.
    pub fn with_id(id: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| u64::from(suite.id()) == id)
    }

    /// The suite with a name, if this build knows it.
    pub fn with_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name() == name)
    }

    /// Length of a secret key for encryption in bytes.
    pub fn hiding_key_bytes(self) -> usize {
        match self {
            Self::Modern => modern::CIPHER_KEY_BYTES,
            Self::Gm => gm::CIPHER_KEY_BYTES,
        }
    }

    /// Length of the secret part of a signing key in bytes.
    pub fn signing_key_bytes(self) -> usize {
        match self {
            Self::Modern => modern::SEED_BYTES,
            Self::Gm => gm::SCALAR_BYTES,
        }
    }

    /// Length of the secret part of a receiving key in bytes.
    pub fn receiving_key_bytes(self) -> usize {
        match self {
            Self::Modern => modern::RECEIVING_BYTES,
            Self::Gm => gm::SCALAR_BYTES,
        }
    }

    /// The COSE number of the signature (RFC 9053 §2.2, or for private use).
    pub(crate) fn signature_algorithm(self) -> Algorithm {
        match self {
            Self::Modern => Algorithm::Assigned(iana::Algorithm::EdDSA),
            Self::Gm => SM2_WITH_SM3,
        }
    }

    /// The COSE number of the cipher (RFC 9053 §4.3, or for private use).
    pub(crate) fn cipher_algorithm(self) -> Algorithm {
        match self {
            Self::Modern => Algorithm::Assigned(iana::Algorithm::ChaCha20Poly1305),
            Self::Gm => SM4_GCM,
        }
    }

    /// The digest of the parts one after the other.
    pub fn digest(self, parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
        match self {
            Self::Modern => modern::digest(parts),
            Self::Gm => gm::digest(parts),
        }
    }

    /// The keyed digest of the parts one after the other.
    pub(crate) fn mac(self, key: &[u8], parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
        match self {
            Self::Modern => modern::mac(key, parts),
            Self::Gm => gm::mac(key, parts),
        }
    }

    /// The public half of a signing key; `None` when the secret is not one.
    pub(crate) fn public_half(self, secret: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Modern => modern::public_half(secret),
            Self::Gm => gm::public_half(secret),
        }
    }

    /// The public half of a receiving key; `None` when the secret is not one.
    pub(crate) fn receiving_half(self, secret: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Modern => modern::receiving_half(secret),
            Self::Gm => gm::public_half(secret),
        }
    }

    /// Whether these bytes are a public key to verify with that this suite accepts.
    pub(crate) fn accepts_public(self, public: &[u8]) -> bool {
        match self {
            Self::Modern => modern::accepts_public(public),
            Self::Gm => gm::accepts_public(public),
        }
    }

    /// Whether these bytes are a public key to send to that this suite accepts.
    pub(crate) fn accepts_receiving(self, public: &[u8]) -> bool {
        match self {
            Self::Modern => modern::accepts_receiving(public),
            Self::Gm => gm::accepts_public(public),
        }
    }

    /// Signs; `None` when the secret is not a key.
    pub(crate) fn sign(self, secret: &[u8], message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Modern => modern::sign(secret, message),
            Self::Gm => gm::sign(secret, message),
        }
    }

    /// Whether the signature is by the owner of the public key.
    pub(crate) fn verifies(self, public: &[u8], message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Modern => modern::verifies(public, message, signature),
            Self::Gm => gm::verifies(public, message, signature),
        }
    }

    /// Encrypts and authenticates; `None` when the key has the wrong length.
    pub(crate) fn encrypt(
        self,
        key: &[u8],
        nonce: &[u8; NONCE_BYTES],
        aad: &[u8],
        plain: &[u8],
    ) -> Option<Vec<u8>> {
        match self {
            Self::Modern => modern::encrypt(key, nonce, aad, plain),
            Self::Gm => gm::encrypt(key, nonce, aad, plain),
        }
    }

    /// Decrypts; `None` when anything about key, nonce, `aad` or ciphertext is not as it was.
    pub(crate) fn decrypt(
        self,
        key: &[u8],
        nonce: &[u8; NONCE_BYTES],
        aad: &[u8],
        sealed: &[u8],
    ) -> Option<Vec<u8>> {
        match self {
            Self::Modern => modern::decrypt(key, nonce, aad, sealed),
            Self::Gm => gm::decrypt(key, nonce, aad, sealed),
        }
    }

    /// Hides a key so that only the owner of the public key can read it; `None` when the public key is
    /// none or weak. `info` says what it is for; the suite `gm` has no place for it.
    pub(crate) fn wrap(
        self,
        public: &[u8],
        info: &[u8],
        plain: &[u8],
        random: &mut Stretched,
    ) -> Option<Vec<u8>> {
        match self {
            Self::Modern => modern::wrap(public, info, plain, random),
            Self::Gm => gm::wrap(public, plain, random),
        }
    }

    /// The key that was wrapped; `None` when it was changed or is for somebody or something else.
    pub(crate) fn unwrap(self, secret: &[u8], info: &[u8], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Modern => modern::unwrap(secret, info, wrapped),
            Self::Gm => gm::unwrap(secret, wrapped),
        }
    }
}

fn hmac<M: Mac<OutputSize = U32> + KeyInit>(key: &[u8], parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length (RFC 2104)");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod vectors;
