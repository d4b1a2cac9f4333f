//! What is kept of a code: a keyed fingerprint, from which nobody without the campaign's key can tell the
//! code, and which without the code tells nothing. The text and its picture are never kept.

use std::fmt;

use crate::keys::HidingKey;
use crate::suite::DIGEST_BYTES;

/// The keyed digest of a code's text; the same text under the same key gives the same fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; DIGEST_BYTES]);

impl Fingerprint {
    /// HMAC (RFC 2104) with the suite's digest over the text.
    pub fn of(text: &str, key: &HidingKey) -> Self {
        Self(key.suite().mac(key.reveal(), &[b"xueying-fingerprint-1/", text.as_bytes()]))
    }
}

impl Fingerprint {
    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut fingerprint = [0; DIGEST_BYTES];
        if text.len() != 2 * DIGEST_BYTES || !text.is_ascii() {
            return None;
        }
        for (at, byte) in fingerprint.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
        }
        Some(Self(fingerprint))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
