//! Our numbers for orders and refunds: what makes asking twice the same as asking once.

use std::fmt;

use thiserror::Error;

/// Why something cannot be asked of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RequestFault {
    /// A number.
    #[error("the number of an order has 6 to 32, that of a refund 1 to 64 letters, digits, - and _")]
    Number,
    /// An amount.
    #[error("an amount is 1 to {} fen, and no refund is more than its order", super::LARGEST_FEN)]
    Amount,
    /// A description.
    #[error("the description has 1 to {} characters in one line", super::DESCRIPTION_CHARS)]
    Description,
    /// A reason.
    #[error("the reason has at most {} bytes in one line", super::REASON_BYTES)]
    Reason,
    /// A time.
    #[error("the time is none")]
    Time,
}

impl RequestFault {
    /// The message in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::Number => "商户订单号应为 6 至 32 位、退款单号应为 1 至 64 位字母、数字、- 或 _".into(),
            Self::Amount => format!("金额应为 1 至 {} 分，退款不能多于原订单", super::LARGEST_FEN),
            Self::Description => format!("商品描述应为一行、1 至 {} 字", super::DESCRIPTION_CHARS),
            Self::Reason => format!("退款原因应为一行、不超过 {} 字节", super::REASON_BYTES),
            Self::Time => "时间无效".into(),
        }
    }
}

/// Of the characters that the gateway allows (page 4012791877) those that mean nothing in an address.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|one| one.is_ascii_alphanumeric() || matches!(one, b'-' | b'_'))
}

/// Our number of an order (`out_trade_no`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderNumber(String);

impl OrderNumber {
    /// 6 to 32 letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// [`RequestFault::Number`] for anything else.
    pub fn new(text: &str) -> Result<Self, RequestFault> {
        let fits = (6..=32).contains(&text.len()) && is_plain(text);
        fits.then(|| Self(text.to_owned())).ok_or(RequestFault::Number)
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Our number of a refund (`out_refund_no`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RefundNumber(String);

impl RefundNumber {
    /// 1 to 64 letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// [`RequestFault::Number`] for anything else.
    pub fn new(text: &str) -> Result<Self, RequestFault> {
        let fits = (1..=64).contains(&text.len()) && is_plain(text);
        fits.then(|| Self(text.to_owned())).ok_or(RequestFault::Number)
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RefundNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_plain_and_has_its_length() {
        for (text, of_order, of_refund) in [
            ("XD-2027_0001", true, true),
            ("12345", false, true),
            ("", false, false),
            (&"1".repeat(33), false, true),
            (&"1".repeat(65), false, false),
            ("a/../../b", false, false),
            ("采集费0001", false, false),
            ("123456\n", false, false),
        ] {
            assert_eq!(OrderNumber::new(text).is_ok(), of_order, "{text}");
            assert_eq!(RefundNumber::new(text).is_ok(), of_refund, "{text}");
        }
    }
}
