//! The suite `gm`: SM2 (GB/T 32918), SM4-GCM (GB/T 32907, RFC 8998) and SM3 (GB/T 32905) behind plain
//! functions over bytes.

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, KeyInit, Nonce, Payload};
use hmac::Hmac;
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::elliptic_curve::rand_core::TryCryptoRng;
use sm2::elliptic_curve::sec1::ToSec1Point;
use sm2::pke::{DecryptingKey, EncryptingKey, Mode};
use sm2::{PublicKey, SecretKey};
use sm3::{Digest, Sm3};
use sm4::Sm4;
use zeroize::Zeroizing;

use super::{DIGEST_BYTES, NONCE_BYTES};

/// Key of SM4 (GB/T 32907 §4).
pub const CIPHER_KEY_BYTES: usize = 16;
/// Secret scalar of SM2, big-endian (GB/T 32918.1).
pub const SCALAR_BYTES: usize = 32;
/// The identifier of a signer where none is agreed (GM/T 0009 §10).
const SIGNER: &str = "1234567812345678";
/// A point in its one form here: 04, x, y (GB/T 32918.1 §4.2.9).
const POINT_BYTES: usize = 65;

type Sm4Gcm = AesGcm<Sm4, U12>;

pub fn digest(parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
    let mut hash = Sm3::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// HMAC (GB/T 15852.2) over the parts one after the other.
pub fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
    super::hmac::<Hmac<Sm3>>(key, parts)
}

pub fn public_half(scalar: &[u8]) -> Option<Vec<u8>> {
    let point = secret_key(scalar)?.public_key().to_sec1_point(false);
    Some(point.as_bytes().to_vec())
}

/// A point of the curve other than infinity; its order is prime, so no point of it is weak.
pub fn accepts_public(public: &[u8]) -> bool {
    public_key(public).is_some()
}

/// The number that each signature needs is derived from key and message (RFC 6979 with SM3).
pub fn sign(scalar: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let key = SigningKey::new(SIGNER, &secret_key(scalar)?).ok()?;
    let signature: Signature = key.try_sign(message).ok()?;
    Some(signature.to_bytes().to_vec())
}

pub fn verifies(public: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = public_key(public).and_then(|key| VerifyingKey::new(SIGNER, key).ok());
    match (key, Signature::from_slice(signature)) {
        (Some(key), Ok(signature)) => key.verify(message, &signature).is_ok(),
        _ => false,
    }
}

pub fn encrypt(key: &[u8], nonce: &[u8; NONCE_BYTES], aad: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    let cipher = Sm4Gcm::new_from_slice(key).ok()?;
    cipher.encrypt(&Nonce::<Sm4Gcm>::from(*nonce), Payload { msg: plain, aad }).ok()
}

pub fn decrypt(key: &[u8], nonce: &[u8; NONCE_BYTES], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let cipher = Sm4Gcm::new_from_slice(key).ok()?;
    cipher.decrypt(&Nonce::<Sm4Gcm>::from(*nonce), Payload { msg: sealed, aad }).ok()
}

/// SM2 public-key encryption (GB/T 32918.4) in the order C1 C3 C2.
pub fn wrap(public: &[u8], plain: &[u8], random: &mut impl TryCryptoRng) -> Option<Vec<u8>> {
    EncryptingKey::new_with_mode(public_key(public)?, Mode::C1C3C2).encrypt(random, plain).ok()
}

/// Takes only C1 in its one form.
pub fn unwrap(scalar: &[u8], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if wrapped.len() < POINT_BYTES || wrapped.first() != Some(&4) {
        return None;
    }
    let key = secret_key(scalar)?.to_nonzero_scalar();
    DecryptingKey::new_with_mode(key, Mode::C1C3C2).decrypt(wrapped).ok().map(Zeroizing::new)
}

/// From 1 to n − 2; n − 1 would have no inverse when it signs (GB/T 32918.2 §6.1).
fn secret_key(scalar: &[u8]) -> Option<SecretKey> {
    if scalar.len() != SCALAR_BYTES || scalar == ORDER_LESS_1 {
        return None;
    }
    SecretKey::from_slice(scalar).ok()
}

/// n − 1 of the recommended curve (GB/T 32918.5).
const ORDER_LESS_1: [u8; SCALAR_BYTES] = [
    0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x72,
    0x03, 0xDF, 0x6B, 0x21, 0xC6, 0x05, 0x2B, 0x53, 0xBB, 0xF4, 0x09, 0x39, 0xD5, 0x41, 0x22,
];

fn public_key(public: &[u8]) -> Option<PublicKey> {
    if public.len() != POINT_BYTES {
        return None;
    }
    PublicKey::from_sec1_bytes(public).ok()
}
