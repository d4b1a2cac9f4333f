//! What is kept of a code: a keyed fingerprint, from which nobody without the campaign's key can tell the
//! code, and which without the code tells nothing. The text and its picture are never kept.

use std::fmt;

use super::bundle::BEGINNING_BYTES;
use crate::hexadecimal;
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
    /// As much of it as tells codes apart.
    pub fn beginning(&self) -> [u8; BEGINNING_BYTES] {
        let mut beginning = [0; BEGINNING_BYTES];
        beginning.copy_from_slice(&self.0[..BEGINNING_BYTES]);
        beginning
    }

    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        hexadecimal::read(text).map(Self)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal::text(&self.0))
    }
}
