//! Callbacks: what the gateway tells by itself. Answer one with 204 (or 200) within five seconds, once what it says is
//! kept, and with any 4xx or 5xx otherwise; it is then sent again under its id
//! (<https://pay.weixin.qq.com/wiki/doc/apiv3/Practices/chapter1_1_5.shtml>, 回调通知注意事项).

use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::word::{Said, SaidOfRefund};
use super::{Account, PayError, Refund, Transaction, TransactionState};

/// Most bytes of a callback. A choice; they have about one thousand.
pub const BODY_BYTES: usize = 64 * 1024;
/// The one cipher of resources.
const CIPHER: &str = "AEAD_AES_256_GCM";

/// A callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its id. The same one is sent until it is answered, and anybody who saw it can send it again within five minutes:
    /// **keep it with what it did** ([`super::Seen`] is a shield in front of that).
    pub id: String,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An order was paid. Compare its amount with what was asked for.
    Paid(Transaction),
    /// A refund came to an end; how, its state says.
    Refund(Refund),
    /// Something that is not ours to act on, by the gateway's word for it.
    Other(String),
}

#[derive(Deserialize)]
struct Envelope {
    id: String,
    event_type: String,
    resource: Resource,
}

#[derive(Deserialize)]
struct Resource {
    algorithm: String,
    ciphertext: String,
    nonce: String,
    #[serde(default)]
    associated_data: String,
}

impl Account {
    /// Reads a callback from its headers and its body as it came, byte by byte; `now_s` is seconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// [`PayError::Signature`] for whatever is not by the gateway, [`PayError::Elsewhere`] for another merchant's,
    /// [`PayError::Answer`] for what is by the gateway and not as documented.
    pub fn notification(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now_s: u64,
    ) -> Result<Notification, PayError> {
        if body.len() > BODY_BYTES {
            return Err(PayError::Answer);
        }
        self.verify(headers, body, now_s)?;
        let envelope: Envelope = serde_json::from_slice(body).map_err(|_| PayError::Answer)?;
        // 36 characters by the documents; twice that leaves room and still fits into any column.
        if !(1..=72).contains(&envelope.id.len()) {
            return Err(PayError::Answer);
        }
        let event = match envelope.event_type.as_str() {
            "TRANSACTION.SUCCESS" => self.paid(&envelope.resource)?,
            "REFUND.SUCCESS" | "REFUND.ABNORMAL" | "REFUND.CLOSED" => {
                let said: SaidOfRefund = self.open(&envelope.resource)?;
                Event::Refund(said.told(self)?)
            }
            _ => Event::Other(envelope.event_type),
        };
        Ok(Notification { id: envelope.id, event })
    }

    fn paid(&self, resource: &Resource) -> Result<Event, PayError> {
        let said: Said = self.open(resource)?;
        let transaction = said.transaction(self)?;
        match transaction.state {
            TransactionState::Success => Ok(Event::Paid(transaction)),
            _ => Err(PayError::Answer),
        }
    }

    fn open<T: DeserializeOwned>(&self, resource: &Resource) -> Result<T, PayError> {
        if resource.algorithm != CIPHER {
            return Err(PayError::Answer);
        }
        let Resource { ciphertext, nonce, associated_data, .. } = resource;
        let plain = self.resources.open(ciphertext, nonce, associated_data).ok_or(PayError::Answer)?;
        serde_json::from_slice(&plain).map_err(|_| PayError::Answer)
    }
}
