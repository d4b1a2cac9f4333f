//! Why a payment, a refund or a callback is not what it should be.

use serde::Deserialize;
use thiserror::Error;

use super::RequestFault;
use crate::wire::Silence;

/// Longest code or message of the gateway that is kept, in characters. A choice.
const WORD_CHARS: usize = 200;

/// Why the gateway did not do what was asked, or a callback does not count.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PayError {
    /// What was asked cannot be asked.
    #[error(transparent)]
    Request(#[from] RequestFault),
    /// The gateway says no. Not every such answer is signed, so it proves nothing; it only says that this request did
    /// not succeed.
    #[error("the payment gateway refuses (status {status}, {code}): {message}")]
    Refused {
        /// The status.
        status: u16,
        /// The gateway's word for the reason, such as `ORDER_PAID`.
        code: String,
        /// The gateway's words.
        message: String,
    },
    /// No answer, or none now. Whether it was done is not known; asking again with the same number is safe.
    #[error("the payment gateway cannot be reached: {0}")]
    Unreachable(String),
    /// Not by the gateway, as far as anybody can tell: never trusted, never acted on.
    #[error("this is not by the payment gateway: {0}")]
    Signature(#[from] SignatureFault),
    /// Signed by the gateway, and not what the documents say, or about something else than was asked.
    #[error("the payment gateway's answer cannot be read, or is about something else")]
    Answer,
    /// About another merchant or app.
    #[error("this is about another merchant or app")]
    Elsewhere,
    /// A setting cannot be right.
    #[error("the payment gateway cannot be used: the setting {0} is wrong")]
    Settings(&'static str),
}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureFault {
    /// No signature, or parts of one twice.
    #[error("the signature's headers are missing, or given twice")]
    Missing,
    /// By a key that is not known here.
    #[error("it names a key that is not known here")]
    UnknownKey,
    /// Signed more than five minutes from now.
    #[error("it was signed more than five minutes before or after now")]
    Old,
    /// Changed, or by somebody else.
    #[error("the signature is wrong")]
    Wrong,
}

impl SignatureFault {
    /// The message in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Missing => "缺少签名信息或签名信息重复",
            Self::UnknownKey => "签名使用的公钥或平台证书不在本系统中",
            Self::Old => "签名时间与当前时间相差超过 5 分钟",
            Self::Wrong => "签名不正确",
        }
    }
}

impl PayError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Request(fault) => fault.zh(),
            Self::Refused { status, code, message } => format!("支付平台拒绝（{status} {code}）：{message}"),
            Self::Unreachable(why) => format!("无法连接支付平台，可用同一单号重试：{why}"),
            Self::Signature(fault) => format!("不是支付平台发出的信息，已拒绝：{}", fault.zh()),
            Self::Answer => "支付平台的应答无法识别或与请求不符".into(),
            Self::Elsewhere => "信息属于其他商户号或应用".into(),
            Self::Settings(which) => format!("支付设置有误：{which}"),
        }
    }

    /// Whether asking again with the same number may help.
    pub fn may_retry(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }

    /// Whether the gateway says that there is no such order or refund.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404, code, .. } if code == "ORDER_NOT_EXIST" || code == "RESOURCE_NOT_EXISTS")
    }
}

impl From<Silence> for PayError {
    fn from(silence: Silence) -> Self {
        Self::Unreachable(silence.en())
    }
}

#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// What an answer other than success says; 5xx and 429 (`FREQUENCY_LIMITED`) are no word on the request itself.
pub(super) fn refusal(status: u16, bytes: &[u8]) -> PayError {
    let Refusal { code, message } = serde_json::from_slice(bytes).unwrap_or_default();
    let (code, message) = (plain(&code), plain(&message));
    match status {
        400..500 if status != 429 => PayError::Refused { status, code, message },
        _ => PayError::Unreachable(format!("status {status} {code}").trim_end().to_owned()),
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|one| !one.is_control()).take(WORD_CHARS).collect()
}
