//! Suites: which signature, cipher and hash belong together. A campaign has one; every object names it.
//!
//! Only `modern` exists now. A further suite (SM2, SM4-GCM, SM3) is one more variant here and one more
//! file beside `modern.rs`; nothing outside this folder knows an algorithm.

mod modern;

use coset::iana;

/// Signature, cipher and hash that a campaign uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Suite {
    /// Ed25519 (RFC 8032), ChaCha20-Poly1305 (RFC 8439), SHA-256 (FIPS 180-4).
    Modern,
}

/// Length of a digest in bytes; SHA-256 and SM3 both give 32.
pub const DIGEST_BYTES: usize = 32;
/// Length of a nonce in bytes; ChaCha20-Poly1305 and SM4-GCM both take 12.
pub const NONCE_BYTES: usize = 12;

impl Suite {
    /// Every suite that this build knows.
    pub const ALL: [Self; 1] = [Self::Modern];

    /// The number in the objects' headers.
    pub fn id(self) -> u8 {
        match self {
            Self::Modern => 1,
        }
    }

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Modern => "modern",
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
    pub fn record_key_bytes(self) -> usize {
        match self {
            Self::Modern => modern::CIPHER_KEY_BYTES,
        }
    }

    /// Length of the secret part of a signing key in bytes.
    pub fn maker_key_bytes(self) -> usize {
        match self {
            Self::Modern => modern::SEED_BYTES,
        }
    }

    /// The COSE number of the signature (RFC 9053 §2.2).
    pub(crate) fn signature_algorithm(self) -> iana::Algorithm {
        match self {
            Self::Modern => iana::Algorithm::EdDSA,
        }
    }

    /// The COSE number of the cipher (RFC 9053 §4.3).
    pub(crate) fn cipher_algorithm(self) -> iana::Algorithm {
        match self {
            Self::Modern => iana::Algorithm::ChaCha20Poly1305,
        }
    }

    /// The digest of the parts one after the other.
    pub fn digest(self, parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
        match self {
            Self::Modern => modern::digest(parts),
        }
    }

    /// The public half of a signing key; `None` when the secret has the wrong length.
    pub(crate) fn public_half(self, secret: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Modern => modern::public_half(secret),
        }
    }

    /// Whether these bytes are a public key that this suite accepts.
    pub(crate) fn accepts_public(self, public: &[u8]) -> bool {
        match self {
            Self::Modern => modern::accepts_public(public),
        }
    }

    /// Signs; `None` when the secret has the wrong length.
    pub(crate) fn sign(self, secret: &[u8], message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Modern => modern::sign(secret, message),
        }
    }

    /// Whether the signature is by the owner of the public key.
    pub(crate) fn verifies(self, public: &[u8], message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Modern => modern::verifies(public, message, signature),
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
        }
    }
}
