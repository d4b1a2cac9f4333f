//! The suite `modern`: Ed25519, ChaCha20-Poly1305 and SHA-256 behind plain functions over bytes.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use super::{DIGEST_BYTES, NONCE_BYTES};

/// Key of `ChaCha20` (RFC 8439 §2.3).
pub const CIPHER_KEY_BYTES: usize = 32;
/// Secret seed of Ed25519 (RFC 8032 §5.1.5).
pub const SEED_BYTES: usize = 32;

pub fn digest(parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
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

fn signing_key(seed: &[u8]) -> Option<SigningKey> {
    Some(SigningKey::from_bytes(seed.try_into().ok()?))
}

fn verifying_key(public: &[u8]) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(public.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
        digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
    }

    /// RFC 8032 §7.1, test 3.
    #[test]
    fn signatures_are_those_of_rfc_8032() {
        let seed = bytes("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
        let public = bytes("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
        let signature = bytes(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
             18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        );
        assert_eq!(public_half(&seed), Some(public.clone()));
        assert_eq!(sign(&seed, &[0xaf, 0x82]), Some(signature.clone()));
        assert!(verifies(&public, &[0xaf, 0x82], &signature));
        assert!(!verifies(&public, &[0xaf, 0x83], &signature));
    }

    /// RFC 8439 §2.8.2.
    #[test]
    fn ciphertexts_are_those_of_rfc_8439() {
        let key: Vec<u8> = (0x80..0xa0).collect();
        let nonce: [u8; 12] = bytes("070000004041424344454647").try_into().unwrap();
        let aad = bytes("50515253c0c1c2c3c4c5c6c7");
        let plain = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the \
            future, sunscreen would be it.";
        let sealed = bytes(
            "d31a8d34648e60db7b86afbc53ef7ec2 a4aded51296e08fea9e2b5a736ee62d6\
             3dbea45e8ca9671282fafb69da92728b 1a71de0a9e060b2905d6a5b67ecd3b36\
             92ddbd7f2d778b8c9803aee328091b58 fab324e4fad675945585808b4831d7bc\
             3ff4def08e4b7a9de576d26586cec64b 6116 1ae10b594f09e26a7e902ecbd0600691",
        );
        assert_eq!(encrypt(&key, &nonce, &aad, plain), Some(sealed.clone()));
        assert_eq!(decrypt(&key, &nonce, &aad, &sealed).as_deref(), Some(&plain[..]));
        assert_eq!(decrypt(&key, &nonce, b"", &sealed), None);
    }

    /// FIPS 180-4, the message "abc".
    #[test]
    fn digests_are_those_of_fips_180() {
        let expected = bytes("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(digest(&[b"a", b"", b"bc"]).to_vec(), expected);
    }

    #[test]
    fn a_public_key_of_small_order_is_refused() {
        let mut neutral = [0; 32];
        neutral[0] = 1;
        assert!(!accepts_public(&neutral));
        assert!(!accepts_public(&[7; 31]));
    }
}
