//! A service that speaks our own contract: JSON by POST, signed with a key that both sides know, under an id that makes
//! a second sending the same as the first. `docs/outside.md` states it with a worked example.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Url};
use seal::merchant::ServiceKey;
use uuid::Uuid;

use crate::address::{self, Address};
use crate::wire::{self, Silence};

/// The name of the key that signed.
pub const KEY: &str = "xueying-key";
/// When it was signed, seconds since 1970-01-01 UTC.
pub const TIMESTAMP: &str = "xueying-timestamp";
/// HMAC-SHA256 (RFC 2104) over [`signed_text`], in lower-case hexadecimal digits.
pub const SIGNATURE: &str = "xueying-signature";
/// The id of what is sent; what was sent under it before is not done again.
pub const ID: &str = "idempotency-key";
/// How far the time of a request may lie from the service's own clock, in seconds. The same as WeChat Pay's.
pub const SKEW_S: u64 = 300;
/// The longest answer that is read, in bytes. A choice: answers are a few words.
const ANSWER_BYTES: usize = 64 * 1024;

/// A service and the key that it knows us by.
#[derive(Debug, Clone)]
pub struct Service {
    /// Where it answers.
    pub address: Address,
    /// The key's name, so that the service can know an old and a new one for a while: letters, digits, `-`, `_`.
    pub key_name: String,
    /// The key.
    pub key: ServiceKey,
    /// How long to wait for one answer.
    pub patience: Duration,
}

/// What comes before the body in the text that is signed; a line feed follows the body.
pub fn signed_text(target: &str, at_s: u64, id: &Uuid) -> String {
    format!("POST\n{target}\n{at_s}\n{id}\n")
}

impl Service {
    /// Whether the name of the key can stand in a header.
    pub(crate) fn has_plain_name(&self) -> bool {
        let is_plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_');
        (1..=64).contains(&self.key_name.len()) && self.key_name.chars().all(is_plain)
    }

    /// The signature of a request.
    pub fn signature(&self, target: &str, at_s: u64, id: &Uuid, body: &[u8]) -> String {
        self.key.word(&[signed_text(target, at_s, id).as_bytes(), body, b"\n"])
    }
}

/// A service with a client.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    client: Client,
    service: Service,
    url: Url,
}

impl Line {
    pub(crate) fn to(service: Service) -> Result<Self, Silence> {
        let client = wire::client(service.patience)?;
        Ok(Self { client, url: service.address.url().clone(), service })
    }

    /// Sends a body; gives status and bytes of the answer.
    pub(crate) async fn post(&self, id: &Uuid, body: Vec<u8>) -> Result<(u16, Vec<u8>), Silence> {
        let at_s = wire::now_s();
        let signature = self.service.signature(&address::target(&self.url), at_s, id, &body);
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(KEY, &self.service.key_name)
            .header(TIMESTAMP, at_s)
            .header(SIGNATURE, signature)
            .header(ID, id.to_string())
            .body(body);
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        Ok((status, wire::bytes(answer, ANSWER_BYTES).await?))
    }
}
