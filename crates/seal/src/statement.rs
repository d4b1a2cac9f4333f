//! A statement: something that the owner of one key says, signed under a purpose and named by the key's id.
//! Receipts, manifests, bundles, certificates and checkpoints are statements; what they say is theirs.

use coset::Header;
use thiserror::Error;

use crate::keys::{KeyId, SigningKey, VerifyingKey};
use crate::layers::{self, Broken, Signed};
use crate::suite::Suite;

/// Why a statement does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StatementFault {
    /// Not in its one valid form.
    #[error("it is damaged or cut off")]
    Damaged,
    /// By somebody else.
    #[error("it is signed by {0}, whose word does not count here")]
    UnknownSigner(KeyId),
    /// Changed, or about something else.
    #[error("its signature is wrong: it was changed")]
    SignatureWrong,
}

impl StatementFault {
    /// The message in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::Damaged => "已损坏或不完整".into(),
            Self::UnknownSigner(id) => format!("由 {id} 签名，其签名在此无效"),
            Self::SignatureWrong => "签名不正确：被改动过".into(),
        }
    }
}

/// Signs a body; `None` when the key does not sign.
pub(crate) fn write(purpose: &str, body: &[u8], key: &SigningKey) -> Option<Vec<u8>> {
    let suite = key.public().suite();
    layers::sign(header(key.public()), body, &full_purpose(suite, purpose), key).ok()
}

/// The body of a statement by one of these keys, and whose it is.
pub(crate) fn read(
    purpose: &str,
    bytes: &[u8],
    keys: &[VerifyingKey],
) -> Result<(KeyId, Vec<u8>), StatementFault> {
    let signed = Signed::parse(bytes).map_err(|_| StatementFault::Damaged)?;
    let id = layers::key_id(signed.header()).ok_or(StatementFault::Damaged)?;
    let key = keys.iter().find(|key| key.id() == id).ok_or(StatementFault::UnknownSigner(id))?;
    match signed.verify(&header(key), &full_purpose(key.suite(), purpose), key) {
        Ok(body) => Ok((id, body)),
        Err(Broken::Form) => Err(StatementFault::Damaged),
        Err(Broken::Forged) => Err(StatementFault::SignatureWrong),
    }
}

/// The body of a statement that nobody verified yet: to find out which key it claims to be by.
pub(crate) fn peek(bytes: &[u8]) -> Option<Vec<u8>> {
    Signed::parse(bytes).ok()?.into_body()
}

fn header(key: &VerifyingKey) -> Header {
    layers::header(key.suite().signature_algorithm(), Some(key.id()))
}

fn full_purpose(suite: Suite, purpose: &str) -> Vec<u8> {
    ["xueying-", purpose, "-1/", suite.name()].concat().into_bytes()
}
