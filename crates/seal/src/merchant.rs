//! What other people's services ask for: RSA signatures and AES-256-GCM of a payment gateway, keyed digests between
//! two programs. None of it protects a photo or a record; for those there is [`crate::suite`].
//!
//! RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2), AES-256-GCM (NIST SP 800-38D), HMAC-SHA256 (RFC 2104).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};
use subtle::ConstantTimeEq;
use thiserror::Error;
use webpki::ring::RSA_PKCS1_2048_8192_SHA256;
use webpki::{EndEntityCert, RawPublicKeyEntity};
use zeroize::{Zeroize, Zeroizing};

use crate::hexadecimal;
use crate::suite::{DIGEST_BYTES, Suite};

/// Length of the key of a gateway's resources in bytes; AES-256 takes 32.
pub const RESOURCE_KEY_BYTES: usize = 32;
/// Length of a resource's nonce in bytes; GCM takes 12.
pub const RESOURCE_NONCE_BYTES: usize = 12;
/// Shortest key between two programs in bytes: as long as the digest (RFC 2104 §3).
pub const SERVICE_KEY_BYTES: usize = DIGEST_BYTES;

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MerchantFault {
    /// No private key of 2048 to 4096 bits in PKCS#8.
    #[error(
        "the merchant's key is no RSA key of 2048 to 4096 bits in PKCS#8 (-----BEGIN PRIVATE KEY-----); openssl pkcs8 -topk8 -nocrypt makes one"
    )]
    PrivateKey,
    /// No public key and no certificate of an RSA key.
    #[error("the gateway's key is no RSA key of at least 2048 bits as a PUBLIC KEY or a CERTIFICATE in PEM")]
    PublicKey,
    /// Not 32 bytes.
    #[error("the key of the gateway's resources is not {RESOURCE_KEY_BYTES} bytes long")]
    ResourceKey,
    /// Too short.
    #[error("a key between two programs has at least {SERVICE_KEY_BYTES} bytes")]
    ServiceKey,
}

impl MerchantFault {
    /// The message in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::PrivateKey => {
                "商户私钥应为 2048 至 4096 位的 RSA 私钥，PKCS#8 的 PEM 格式（BEGIN PRIVATE KEY）".into()
            }
            Self::PublicKey => "支付平台的公钥应为不少于 2048 位的 RSA 公钥或证书，PEM 格式".into(),
            Self::ResourceKey => format!("APIv3 密钥应为 {RESOURCE_KEY_BYTES} 字节"),
            Self::ServiceKey => format!("服务密钥不应少于 {SERVICE_KEY_BYTES} 字节"),
        }
    }
}

/// The private key that a merchant signs requests with.
pub struct MerchantKey(RsaKeyPair);

impl fmt::Debug for MerchantKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("MerchantKey(***)")
    }
}

impl MerchantKey {
    /// Reads a key of 2048 to 4096 bits from PEM with PKCS#8 (RFC 5958).
    ///
    /// # Errors
    /// [`MerchantFault::PrivateKey`] for anything else.
    pub fn from_pem(pem: &str) -> Result<Self, MerchantFault> {
        let mut der =
            PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| MerchantFault::PrivateKey)?;
        let pair = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|_| MerchantFault::PrivateKey);
        der.zeroize();
        pair.map(Self)
    }

    /// The signature over a message, in base64; `None` when the key's numbers do not fit each other.
    pub fn sign(&self, message: &[u8]) -> Option<String> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        // This padding takes nothing at random: the same message gives the same signature.
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).ok()?;
        Some(STANDARD.encode(signature))
    }
}

/// The public key that a gateway signs answers with.
#[derive(Debug, Clone)]
pub struct GatewayKey {
    key: SubjectPublicKeyInfoDer<'static>,
    serial: Option<String>,
}

impl GatewayKey {
    /// Reads a public key (RFC 7468 §13), or the one of a certificate (§5), from PEM. The certificate's dates and
    /// issuer are not looked at: whoever put the file there trusts it.
    ///
    /// # Errors
    /// [`MerchantFault::PublicKey`] for anything else.
    pub fn from_pem(pem: &str) -> Result<Self, MerchantFault> {
        let (key, serial) = match SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()) {
            Ok(key) => (key, None),
            Err(_) => of_certificate(pem).ok_or(MerchantFault::PublicKey)?,
        };
        let key = Self { key, serial };
        // A signature of nothing tells a key of another kind or size from one that merely did not sign this.
        match key.entity_verifies(b"", &[0; 256]) {
            Err(webpki::Error::InvalidSignatureForPublicKey) if key.is_long_enough() => Ok(key),
            _ => Err(MerchantFault::PublicKey),
        }
    }

    /// The serial number of the certificate in upper-case hexadecimal digits, as the gateway names it; none for a bare
    /// key, whose id stands beside it in the merchant's account.
    pub fn serial(&self) -> Option<&str> {
        self.serial.as_deref()
    }

    /// Whether a signature, in base64, is this key's over exactly this message.
    pub fn verifies(&self, message: &[u8], signature: &str) -> bool {
        STANDARD.decode(signature).is_ok_and(|signature| self.entity_verifies(message, &signature).is_ok())
    }

    fn entity_verifies(&self, message: &[u8], signature: &[u8]) -> Result<(), webpki::Error> {
        let entity = RawPublicKeyEntity::try_from(&self.key)?;
        entity.verify_signature(RSA_PKCS1_2048_8192_SHA256, message, signature)
    }

    /// The smallest encoding of a public key with 2048 bits has 256 bytes of modulus and some around them.
    fn is_long_enough(&self) -> bool {
        self.key.len() > 256
    }
}

/// The key of a certificate and the certificate's serial number.
fn of_certificate(pem: &str) -> Option<(SubjectPublicKeyInfoDer<'static>, Option<String>)> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
    let certificate = EndEntityCert::try_from(&der).ok()?;
    let digits = hexadecimal::text(certificate.serial()).to_uppercase();
    // A number whose first bit is set is written with a zero byte before it, which nobody says.
    let serial = digits.strip_prefix("00").unwrap_or(&digits).to_owned();
    Some((certificate.subject_public_key_info(), Some(serial)))
}

/// The key under which a gateway hides what its callbacks are about.
pub struct ResourceKey(LessSafeKey);

impl fmt::Debug for ResourceKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ResourceKey(***)")
    }
}

impl ResourceKey {
    /// A key as the merchant set it: 32 characters, which are its bytes.
    ///
    /// # Errors
    /// [`MerchantFault::ResourceKey`] for any other length.
    pub fn new(text: &str) -> Result<Self, MerchantFault> {
        let key = UnboundKey::new(&AES_256_GCM, text.as_bytes()).map_err(|_| MerchantFault::ResourceKey)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// What stands in a resource, given its ciphertext with the tag, in base64; `None` when it was changed, or is
    /// hidden under another key, nonce or associated data.
    pub fn open(&self, hidden: &str, nonce: &str, associated: &str) -> Option<Zeroizing<Vec<u8>>> {
        let mut bytes = Zeroizing::new(STANDARD.decode(hidden).ok()?);
        let nonce = Nonce::try_assume_unique_for_key(nonce.as_bytes()).ok()?;
        let length = self.0.open_in_place(nonce, Aad::from(associated.as_bytes()), &mut bytes).ok()?.len();
        bytes.truncate(length);
        Some(bytes)
    }

    /// Hides a resource as the gateway does, for one who stands in for it; `None` when the nonce is not 12 bytes long.
    /// Never twice with one nonce.
    pub fn hide(&self, plain: &[u8], nonce: &str, associated: &str) -> Option<String> {
        let mut bytes = plain.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce.as_bytes()).ok()?;
        self.0.seal_in_place_append_tag(nonce, Aad::from(associated.as_bytes()), &mut bytes).ok()?;
        Some(STANDARD.encode(bytes))
    }
}

/// A key that two programs share.
#[derive(Clone)]
pub struct ServiceKey(Zeroizing<Vec<u8>>);

impl fmt::Debug for ServiceKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ServiceKey(***)")
    }
}

impl ServiceKey {
    /// A key as both sides know it: at least 32 characters, whose UTF-8 bytes it is.
    ///
    /// # Errors
    /// [`MerchantFault::ServiceKey`] when it is shorter.
    pub fn new(text: &str) -> Result<Self, MerchantFault> {
        if text.len() < SERVICE_KEY_BYTES {
            return Err(MerchantFault::ServiceKey);
        }
        Ok(Self(Zeroizing::new(text.as_bytes().to_vec())))
    }

    /// The keyed digest of the parts one after the other, in lower-case hexadecimal digits.
    pub fn word(&self, parts: &[&[u8]]) -> String {
        hexadecimal::text(&Suite::Modern.mac(&self.0, parts))
    }

    /// Whether a word is this key's on exactly these parts; takes the same time for every wrong one.
    pub fn is_word(&self, parts: &[&[u8]], word: &str) -> bool {
        self.word(parts).as_bytes().ct_eq(word.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "0123456789abcdefghijklmnopqrstuv";

    #[test]
    fn a_resource_that_another_program_hid_is_opened_and_a_changed_one_is_not() {
        // Python, cryptography 48.0.0: AESGCM(key).encrypt(nonce, plain, associated).
        const HIDDEN: &str = "kdUy8AAEd+F97t+v/8pygRztbX8tWsNKK0TNuAi+F58K/7pDIuA=";
        let (key, plain) = (ResourceKey::new(TEXT).unwrap(), br#"{"mchid":"1900009191"}"#);
        assert_eq!(key.open(HIDDEN, "fdasflkja484", "transaction").unwrap().as_slice(), plain);
        assert_eq!(key.hide(plain, "fdasflkja484", "transaction").unwrap(), HIDDEN);
        for (hidden, nonce, associated) in [
            (HIDDEN.replace('k', "l").as_str(), "fdasflkja484", "transaction"),
            (HIDDEN, "fdasflkja485", "transaction"),
            (HIDDEN, "short", "transaction"),
            (HIDDEN, "fdasflkja484", "refund"),
            ("", "fdasflkja484", ""),
            ("no base64", "fdasflkja484", ""),
        ] {
            assert_eq!(key.open(hidden, nonce, associated), None, "{hidden} {nonce} {associated}");
        }
    }

    #[test]
    fn a_word_is_what_another_program_computes_and_nothing_else() {
        // Python: hmac.new(key, text, hashlib.sha256).hexdigest().
        const WORD: &str = "c179b22b68ad8b1b43f17e191839c0e3c42a787c07fb7e7ffe8b809f37ed6008";
        let key = ServiceKey::new(TEXT).unwrap();
        let parts: [&[u8]; 2] =
            [b"POST\n/messages\n1712707200\n01957f3c-2b7a-7c4e-9d10-5a6b7c8d9e0f\n", b"{}\n"];
        assert_eq!(key.word(&parts), WORD);
        assert!(key.is_word(&parts, WORD));
        for wrong in ["", "c1", &WORD.to_uppercase(), &WORD.replace('c', "d")] {
            assert!(!key.is_word(&parts, wrong), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused_and_no_key_is_ever_shown() {
        for pem in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "\u{0}"] {
            assert_eq!(MerchantKey::from_pem(pem).unwrap_err(), MerchantFault::PrivateKey);
            assert_eq!(GatewayKey::from_pem(pem).unwrap_err(), MerchantFault::PublicKey);
        }
        assert_eq!(ResourceKey::new("short").unwrap_err(), MerchantFault::ResourceKey);
        assert_eq!(ServiceKey::new(&TEXT[1..]).unwrap_err(), MerchantFault::ServiceKey);
        assert!(!format!("{:?} {:?}", ResourceKey::new(TEXT), ServiceKey::new(TEXT)).contains("0123"));
    }
}
