//! Packets (加密传输包): one finished photo with what belongs to it, from a station to the centre, and the
//! receipts that come back. Nobody on the way, and not the station itself, can read a packet once it is made.
//!
//! The rooms: [`contents`] (what is inside) → [`pack`](fn@pack) → [`frames`] (the bytes) → [`verify`], [`open`] →
//! [`receipt`] → [`manifest`] (a folder of packets that
//! travels on a stick). Bytes stream: no more than two pieces of 64 KiB are in memory, whatever the size.

pub mod contents;
mod frames;
pub mod manifest;
mod opening;
mod packing;
pub mod receipt;

use std::fmt;
use std::io;

use thiserror::Error;

use crate::hexadecimal;
use crate::keys::KeyId;
use crate::suite::DIGEST_BYTES;

pub use opening::{Opened, Sink, Verified, open, verify};
pub use packing::{PackError, PackingKeys, pack};

/// Names a packet: the digest of all its bytes before the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PacketId(pub [u8; DIGEST_BYTES]);

impl fmt::Display for PacketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal::text(&self.0))
    }
}

impl PacketId {
    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        hexadecimal::read(text).map(Self)
    }
}

/// Why bytes are not a good packet.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PacketFault {
    /// Something else.
    #[error("this is not a packet")]
    NotPacket,
    /// It ends too early.
    #[error("the packet is cut off")]
    CutOff,
    /// Not in the one form of a packet.
    #[error("the packet is damaged: {0}")]
    Damaged(&'static str),
    /// A suite that this build does not have.
    #[error("the packet uses cipher suite {0}, which this program does not have")]
    OtherSuite(u64),
    /// Signed by nobody who is enrolled.
    #[error("the packet is signed by {0}, which is no station of this campaign")]
    UnknownStation(KeyId),
    /// Changed on its way, or signed by somebody else.
    #[error("the packet's signature is wrong: it was changed on its way")]
    SignatureWrong,
    /// For others.
    #[error("the packet is not for key {0}")]
    NotForThisKey(KeyId),
    /// The signature is good, but the content does not open: the station packed it wrongly.
    #[error("the packet cannot be decrypted")]
    DecryptionFailed,
    /// The signature is good, but the content is not what a packet holds.
    #[error("the packet's content is not well formed: {0}")]
    Content(&'static str),
    /// The medium.
    #[error("the packet cannot be read or its content not written: {0}")]
    Medium(io::ErrorKind),
}

impl PacketFault {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::NotPacket => "不是传输包".into(),
            Self::CutOff => "传输包不完整".into(),
            Self::Damaged(_) => "传输包已损坏".into(),
            Self::OtherSuite(id) => format!("传输包使用密码套件 {id}，本程序不支持"),
            Self::UnknownStation(id) => format!("传输包由 {id} 签名，它不是本次采集活动的机位"),
            Self::SignatureWrong => "传输包的签名不正确：在途中被改动过".into(),
            Self::NotForThisKey(id) => format!("传输包不是发给密钥 {id} 的"),
            Self::DecryptionFailed => "传输包无法解密".into(),
            Self::Content(_) => "传输包的内容格式不正确".into(),
            Self::Medium(kind) => format!("传输包无法读取，或其内容无法写出：{kind}"),
        }
    }
}

impl From<io::Error> for PacketFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::CutOff,
            kind => Self::Medium(kind),
        }
    }
}
