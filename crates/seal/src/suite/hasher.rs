//! A digest that grows with its input, for what does not fit into memory.

use sha2::{Digest, Sha256};
use sm3::Sm3;

use super::{DIGEST_BYTES, Suite};

/// The digest of everything that was put in so far.
#[derive(Clone)]
pub enum Hasher {
    /// SHA-256.
    Modern(Sha256),
    /// SM3.
    Gm(Sm3),
}

impl Hasher {
    /// The digest of nothing yet.
    pub fn new(suite: Suite) -> Self {
        match suite {
            Suite::Modern => Self::Modern(Sha256::new()),
            Suite::Gm => Self::Gm(Sm3::new()),
        }
    }

    /// Goes on with more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Modern(hash) => hash.update(bytes),
            Self::Gm(hash) => hash.update(bytes),
        }
    }

    /// The digest.
    pub fn finish(self) -> [u8; DIGEST_BYTES] {
        match self {
            Self::Modern(hash) => hash.finalize().into(),
            Self::Gm(hash) => hash.finalize().into(),
        }
    }
}
