//! The suite `modern`: Ed25519, HPKE (X25519, HKDF-SHA256, ChaCha20-Poly1305), ChaCha20-Poly1305 and
//! SHA-256 behind plain functions over bytes.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hmac::Hmac;
use hpke::aead::ChaCha20Poly1305 as HpkeCipher;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::CryptoRng;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{DIGEST_BYTES, NONCE_BYTES};

type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;

/// Key of `ChaCha20` (RFC 8439 §2.3).
pub const CIPHER_KEY_BYTES: usize = 32;
/// Encapsulated key of X25519 (RFC 9180 §7.1).
const ENCAPSULATED_BYTES: usize = 32;
/// Secret key of X25519 (RFC 7748 §5).
pub const RECEIVING_BYTES: usize = 32;
/// Secret seed of Ed25519 (RFC 8032 §5.1.5).
pub const SEED_BYTES: usize = 32;

pub fn digest(parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// HMAC (RFC 2104) over the parts one after the other.
pub fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
    super::hmac::<Hmac<Sha256>>(key, parts)
}

pub fn public_half(seed: &[u8]) -> Option<Vec<u8>> {
    Some(signing_key(seed)?.verifying_key().to_bytes().to_vec())
}

/// Refuses points of small order: a signature under such a key fits every message.
pub fn accepts_public(public: &[u8]) -> bool {
    verifying_key(public).is_some_and(|key| !key.is_weak())
}

pub fn sign(seed: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    Some(signing_key(seed)?.sign(message).to_bytes().to_vec())
}

/// Strict, so that one message has one valid signature by an honest key.
pub fn verifies(public: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let (Some(key), Ok(signature)) = (verifying_key(public), Signature::from_slice(signature)) else {
        return false;
    };
    key.verify_strict(message, &signature).is_ok()
}

pub fn encrypt(key: &[u8], nonce: &[u8; NONCE_BYTES], aad: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    let cipher = ChaCha20Poly1305::new_from_slice(key).ok()?;
    cipher.encrypt(&Nonce::from(*nonce), Payload { msg: plain, aad }).ok()
}

pub fn decrypt(key: &[u8], nonce: &[u8; NONCE_BYTES], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let cipher = ChaCha20Poly1305::new_from_slice(key).ok()?;
    cipher.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad }).ok()
}

/// HPKE in base mode (RFC 9180 §6.1): the encapsulated key, then the ciphertext.
pub fn wrap(public: &[u8], info: &[u8], plain: &[u8], random: &mut impl CryptoRng) -> Option<Vec<u8>> {
    let key = PublicKey::from_bytes(public).ok()?;
    let sender = hpke::setup_sender_with_rng::<HpkeCipher, HkdfSha256, X25519HkdfSha256>;
    let (encapsulated, mut context) = sender(&OpModeS::Base, &key, info, random).ok()?;
    let ciphertext = context.seal(plain, b"").ok()?;
    Some([&encapsulated.to_bytes()[..], &ciphertext].concat())
}

pub fn unwrap(secret: &[u8], info: &[u8], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (encapsulated, ciphertext) = wrapped.split_at_checked(ENCAPSULATED_BYTES)?;
    let encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
    let secret = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(secret).ok()?;
    let receiver = hpke::setup_receiver::<HpkeCipher, HkdfSha256, X25519HkdfSha256>;
    let mut context = receiver(&OpModeR::Base, &secret, &encapsulated, info).ok()?;
    context.open(ciphertext, b"").ok().map(Zeroizing::new)
}

pub fn receiving_half(secret: &[u8]) -> Option<Vec<u8>> {
    let secret = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(secret).ok()?;
    Some(X25519HkdfSha256::sk_to_pk(&secret).to_bytes().to_vec())
}

/// Points of small order are refused when something is wrapped for them (RFC 9180 §7.1.4).
pub fn accepts_receiving(public: &[u8]) -> bool {
    PublicKey::from_bytes(public).is_ok()
}

fn signing_key(seed: &[u8]) -> Option<SigningKey> {
    Some(SigningKey::from_bytes(seed.try_into().ok()?))
}

fn verifying_key(public: &[u8]) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(public.try_into().ok()?).ok()
}
