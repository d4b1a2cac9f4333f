//! The tamper-evident log: lines chained by digests, with signed checkpoints among them. Whoever changes,
//! drops or moves an entry is found at that entry; whoever cuts the log off behind a checkpoint that
//! somebody else kept (printed on the day sheet) is found too.
//!
//! A line is `number time event subject detail chain`, separated by tabs. It holds no name and no document
//! number: a subject is a shot number, a key or a keyed fingerprint. Appending needs the last line only.

pub mod checkpoint;
pub mod verify;

use std::fmt;

use thiserror::Error;

use crate::hexadecimal;
use crate::identity::CampaignId;
use crate::suite::{DIGEST_BYTES, Suite};

/// Longest event, subject or detail in bytes.
const LONGEST_FIELD: usize = 512;
/// The event under which a checkpoint stands.
const CHECKPOINT: &str = "checkpoint";

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
    /// What, such as `code.scanned`.
    pub event: String,
    /// On what, such as `2-0137`.
    pub subject: String,
    /// More about it, such as the operator's number and a reason.
    pub detail: String,
}

/// Why an entry cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EntryFault {
    /// Tabs and line breaks separate fields and lines.
    #[error("a field of the log holds a tab or another control character")]
    Control,
    /// Too long.
    #[error("a field of the log has more than {LONGEST_FIELD} bytes")]
    TooLong,
    /// No event, or the one that checkpoints have.
    #[error("an entry needs an event other than \"checkpoint\"")]
    Event,
    /// A document number has slipped in.
    #[error("a field of the log looks like a document number; use the shot number or the fingerprint")]
    Personal,
}

impl EntryFault {
    /// The message in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::Control => "日志字段含有制表符或其他控制字符".into(),
            Self::TooLong => format!("日志字段超过 {LONGEST_FIELD} 字节"),
            Self::Event => "日志条目须有事件名，且不能为“checkpoint”".into(),
            Self::Personal => "日志字段疑似证件号码；请使用拍摄号或指纹".into(),
        }
    }
}

/// The end of a log: all that appending needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    suite: Suite,
    /// How many lines there are.
    pub count: u64,
    /// The digest over all of them.
    pub chain: Chain,
}

/// The digest over a log from its beginning to one of its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain(pub [u8; DIGEST_BYTES]);

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal::text(&self.0))
    }
}

impl Chain {
    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        hexadecimal::read(text).map(Self)
    }
}

impl Tip {
    /// The tip of an empty log of a campaign.
    pub fn start(campaign: &CampaignId, suite: Suite) -> Self {
        let name = ["xueying-audit-1/", suite.name(), "/", campaign.as_str()].concat();
        Self { suite, count: 0, chain: Chain(suite.digest(&[name.as_bytes()])) }
    }

    /// The tip of a log that was kept: the log goes on from there.
    pub fn resume(suite: Suite, count: u64, chain: Chain) -> Self {
        Self { suite, count, chain }
    }

    /// The next line, with its line break; the tip moves on.
    ///
    /// # Errors
    /// [`EntryFault`] when a field cannot stand in a log.
    pub fn append(&mut self, entry: &Entry) -> Result<String, EntryFault> {
        for field in [&entry.event, &entry.subject, &entry.detail] {
            check_field(field)?;
        }
        if entry.event.is_empty() || entry.event == CHECKPOINT {
            return Err(EntryFault::Event);
        }
        Ok(self.push(entry))
    }

    fn push(&mut self, entry: &Entry) -> String {
        let Entry { at_ms, event, subject, detail } = entry;
        let content = format!("{}\t{at_ms}\t{event}\t{subject}\t{detail}", self.count + 1);
        self.count += 1;
        self.chain = self.next(content.as_bytes());
        format!("{content}\t{}\n", self.chain)
    }

    /// The chain over one more line.
    fn next(&self, content: &[u8]) -> Chain {
        Chain(self.suite.digest(&[&self.chain.0, content]))
    }
}

fn check_field(field: &str) -> Result<(), EntryFault> {
    if field.len() > LONGEST_FIELD {
        return Err(EntryFault::TooLong);
    }
    if field.chars().any(char::is_control) {
        return Err(EntryFault::Control);
    }
    if holds_document_number(field) {
        return Err(EntryFault::Personal);
    }
    Ok(())
}

/// An identity number (GB 11643): 17 digits and a digit or X, with nothing of the kind around, and the right
/// check character (ISO 7064 MOD 11-2). Digests and random ids pass with other lengths or wrong checks.
fn holds_document_number(field: &str) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric();
    field.as_bytes().split(|byte| !is_part(byte)).any(|word| {
        word.len() == 18
            && word[..17].iter().all(u8::is_ascii_digit)
            && check_character(word) == word[17].to_ascii_uppercase()
    })
}

/// Each digit times 2 to the power of its place from the right, modulo 11.
fn check_character(word: &[u8]) -> u8 {
    let sum = word[..17].iter().fold(0_u32, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
    b"10X98765432"[sum as usize]
}

#[cfg(test)]
mod tests;
