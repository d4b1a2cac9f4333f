//! Short messages and template messages of WeChat, by way of whatever service a school has: one contract of ours
//! (`docs/outside.md`), which a few lines in front of any provider fulfil.

use std::collections::BTreeMap;

use serde::Serialize;
use thiserror::Error;
use uuid::Uuid;

use crate::service::{Line, Service};
use crate::wire::Silence;

/// The longest text in characters: what ten parts of a short message hold, 67 each (3GPP TS 23.040 §9.2.3.24.1, UCS-2).
pub const TEXT_CHARS: usize = 670;

/// How a message goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// A short message to a phone.
    Sms,
    /// A template message of a WeChat service account.
    WeChat,
}

/// A message to one person.
#[derive(Clone, Serialize)]
pub struct Outgoing<'m> {
    /// Its id. The same message sent again has the same one.
    pub id: Uuid,
    /// How it goes out.
    pub way: Way,
    /// The phone (mainland: 11 digits; others: `+` and digits, E.164), or the openid.
    pub to: &'m str,
    /// What it is about: the service chooses its template by it.
    pub kind: &'m str,
    /// The whole text.
    pub text: &'m str,
    /// What a template puts into its places, by name; may be empty.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<&'m str, &'m str>,
}

impl std::fmt::Debug for Outgoing<'_> {
    /// Without the person and the words.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Outgoing({}, {:?}, {:?}, ***)", self.id, self.way, self.kind)
    }
}

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MessageError {
    /// Neither a phone nor an openid: it never goes.
    #[error("the message has no receiver that a service could know: a phone or an openid")]
    Receiver,
    /// Empty or too long: it never goes.
    #[error("a message has 1 to {TEXT_CHARS} characters")]
    Text,
    /// The service says no: it never goes.
    #[error("the message service refuses this message (status {0})")]
    Refused(u16),
    /// Again later ([`crate::retry::after`]).
    #[error("the message service did not take the message: {0}")]
    Later(String),
    /// The settings: no message goes before they are put right.
    #[error("the message service cannot be used: {0}")]
    Settings(String),
}

impl MessageError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Receiver => "没有可用的手机号或 openid".into(),
            Self::Text => format!("消息应为 1 至 {TEXT_CHARS} 字"),
            Self::Refused(status) => format!("消息服务拒收（{status}），不再重发"),
            Self::Later(why) => format!("消息服务暂未接收，稍后重发：{why}"),
            Self::Settings(why) => format!("消息服务设置有误：{why}"),
        }
    }

    /// Whether this message is never sent again.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Receiver | Self::Text | Self::Refused(_))
    }
}

impl From<Silence> for MessageError {
    fn from(silence: Silence) -> Self {
        Self::Later(silence.en())
    }
}

/// A service that sends messages.
#[derive(Debug, Clone)]
pub struct Messages(Line);

impl Messages {
    /// A service that is asked with the first message.
    ///
    /// # Errors
    /// [`MessageError::Settings`] when the key's name is none, or the system has no TLS roots.
    pub fn new(service: Service) -> Result<Self, MessageError> {
        if !service.has_plain_name() {
            return Err(MessageError::Settings("the key's name has letters, digits, - and _".into()));
        }
        Line::to(service).map(Self).map_err(|silence| MessageError::Settings(silence.en()))
    }

    /// Gives a message to the service; `Ok` means that it takes care of it.
    ///
    /// # Errors
    /// [`MessageError`]; it says whether sending again makes sense.
    pub async fn send(&self, message: &Outgoing<'_>) -> Result<(), MessageError> {
        if !is_receiver(message.way, message.to) {
            return Err(MessageError::Receiver);
        }
        if !(1..=TEXT_CHARS).contains(&message.text.chars().count()) {
            return Err(MessageError::Text);
        }
        let body = serde_json::to_vec(message).map_err(|_| MessageError::Text)?;
        let (status, _) = self.0.post(&message.id, body).await?;
        outcome(status)
    }
}

/// What a status means; 408 and 429 are no word on the message itself (RFC 9110 §15.5.9, RFC 6585 §4).
fn outcome(status: u16) -> Result<(), MessageError> {
    match status {
        200..300 => Ok(()),
        // Our key or our clock: every other message would be refused alike.
        401 | 403 => {
            Err(MessageError::Settings(format!("it does not accept our signature (status {status})")))
        }
        400..500 if !matches!(status, 408 | 429) => Err(MessageError::Refused(status)),
        _ => Err(MessageError::Later(format!("status {status}"))),
    }
}

fn is_receiver(way: Way, to: &str) -> bool {
    match way {
        Way::Sms => {
            let digits = to.strip_prefix('+').unwrap_or(to);
            (7..=15).contains(&digits.len()) && digits.bytes().all(|one| one.is_ascii_digit())
        }
        Way::WeChat => {
            let is_plain = |one: u8| one.is_ascii_alphanumeric() || matches!(one, b'-' | b'_');
            (1..=64).contains(&to.len()) && to.bytes().all(is_plain)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_taken_never_or_later() {
        for (status, is_taken, is_final) in [
            (200, true, false),
            (202, true, false),
            (302, false, false),
            (400, false, true),
            (401, false, false),
            (404, false, true),
            (408, false, false),
            (422, false, true),
            (429, false, false),
            (500, false, false),
            (503, false, false),
        ] {
            let outcome = outcome(status);
            assert_eq!(outcome.is_ok(), is_taken, "{status}");
            assert_eq!(outcome.is_err_and(|error| error.is_final()), is_final, "{status}");
        }
    }

    #[test]
    fn a_receiver_is_a_phone_or_an_openid() {
        for (way, to, is_one) in [
            (Way::Sms, "13800000000", true),
            (Way::Sms, "+85291234567", true),
            (Way::Sms, "138 0000", false),
            (Way::Sms, "", false),
            (Way::Sms, "+", false),
            (Way::WeChat, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", true),
            (Way::WeChat, "a\nb", false),
            (Way::WeChat, "", false),
        ] {
            assert_eq!(is_receiver(way, to), is_one, "{to}");
        }
    }
}
