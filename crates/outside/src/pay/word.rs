//! What the gateway says of orders and refunds. Who paid, from which bank and account, is not taken in.

use jiff::Timestamp;
use serde::Deserialize;

use super::{Account, PayError};

/// Where an order stands (`trade_state`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TransactionState {
    /// Paid.
    Success,
    /// Paid, and something of it was or is being paid back.
    Refund,
    /// Not paid.
    NotPay,
    /// Closed; it is never paid.
    Closed,
    /// Taken back (codes scanned by the merchant only).
    Revoked,
    /// The student is typing (codes scanned by the merchant only).
    UserPaying,
    /// Paying failed.
    PayError,
    /// A word that the documents did not know.
    #[serde(other)]
    Other,
}

impl TransactionState {
    /// The word in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Success => "支付成功",
            Self::Refund => "转入退款",
            Self::NotPay => "未支付",
            Self::Closed => "已关闭",
            Self::Revoked => "已撤销",
            Self::UserPaying => "支付中",
            Self::PayError => "支付失败",
            Self::Other => "未知状态",
        }
    }
}

/// Where a refund stands (`status`, in callbacks `refund_status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RefundState {
    /// The money is back.
    Success,
    /// It is not paid back; a new refund would need a new number.
    Closed,
    /// On its way.
    Processing,
    /// The student's account does not take it: a person sees to it in the merchant's pages.
    Abnormal,
    /// A word that the documents did not know.
    #[serde(other)]
    Other,
}

impl RefundState {
    /// The word in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Success => "退款成功",
            Self::Closed => "退款关闭",
            Self::Processing => "退款处理中",
            Self::Abnormal => "退款异常，需在商户平台处理",
            Self::Other => "未知状态",
        }
    }
}

/// An order as the gateway knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Our number (`out_trade_no`).
    pub order: String,
    /// The gateway's number (`transaction_id`), as it stands in its bills; none before it was paid.
    pub id: Option<String>,
    /// Where it stands.
    pub state: TransactionState,
    /// How much, in fen (`amount.total`, before discounts of the gateway's own); always there once paid.
    pub total_fen: Option<u32>,
    /// When it was paid, milliseconds since 1970-01-01 UTC.
    pub paid_at_ms: Option<u64>,
}

/// A refund as the gateway knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Our number of the order (`out_trade_no`).
    pub order: String,
    /// Our number of the refund (`out_refund_no`).
    pub number: String,
    /// The gateway's number (`refund_id`), as it stands in its bills.
    pub id: String,
    /// Where it stands.
    pub state: RefundState,
    /// How much of the order, in fen (`amount.refund`).
    pub refund_fen: u32,
    /// How much the order was, in fen (`amount.total`).
    pub total_fen: u32,
    /// When the money was back, milliseconds since 1970-01-01 UTC.
    pub succeeded_at_ms: Option<u64>,
}

/// The answer to an order.
#[derive(Deserialize)]
pub(super) struct Code {
    pub code_url: String,
}

/// The answer to a question about an order, and the resource of a callback.
#[derive(Deserialize)]
pub(super) struct Said {
    appid: String,
    mchid: String,
    out_trade_no: String,
    transaction_id: Option<String>,
    trade_state: TransactionState,
    success_time: Option<String>,
    amount: Option<Amount>,
}

#[derive(Deserialize)]
struct Amount {
    total: Option<u32>,
    refund: Option<u32>,
    currency: Option<String>,
}

impl Amount {
    fn is_yuan(&self) -> bool {
        self.currency.as_deref().is_none_or(|currency| currency == "CNY")
    }
}

impl Said {
    /// The transaction, when it is ours and complete.
    pub(super) fn transaction(self, account: &Account) -> Result<Transaction, PayError> {
        if self.appid != account.app || self.mchid != account.merchant {
            return Err(PayError::Elsewhere);
        }
        if !self.amount.as_ref().is_none_or(Amount::is_yuan) {
            return Err(PayError::Answer);
        }
        let transaction = Transaction {
            order: self.out_trade_no,
            id: self.transaction_id.filter(|id| !id.is_empty()),
            state: self.trade_state,
            total_fen: self.amount.and_then(|amount| amount.total),
            paid_at_ms: self.success_time.as_deref().map(at_ms).transpose()?.flatten(),
        };
        let is_paid = transaction.state == TransactionState::Success;
        let is_whole =
            transaction.id.is_some() && transaction.total_fen.is_some() && transaction.paid_at_ms.is_some();
        if is_paid && !is_whole { Err(PayError::Answer) } else { Ok(transaction) }
    }
}

/// The answer to a refund, and the resource of a callback.
#[derive(Deserialize)]
pub(super) struct SaidOfRefund {
    mchid: Option<String>,
    out_trade_no: String,
    out_refund_no: String,
    refund_id: String,
    #[serde(alias = "refund_status")]
    status: RefundState,
    success_time: Option<String>,
    amount: Amount,
}

impl SaidOfRefund {
    pub(super) fn refund(self) -> Result<Refund, PayError> {
        let (Some(refund_fen), Some(total_fen), true) =
            (self.amount.refund, self.amount.total, self.amount.is_yuan())
        else {
            return Err(PayError::Answer);
        };
        if refund_fen > total_fen {
            return Err(PayError::Answer);
        }
        Ok(Refund {
            order: self.out_trade_no,
            number: self.out_refund_no,
            id: self.refund_id,
            state: self.status,
            refund_fen,
            total_fen,
            succeeded_at_ms: self.success_time.as_deref().map(at_ms).transpose()?.flatten(),
        })
    }

    /// The refund of a callback, which names the merchant.
    pub(super) fn told(self, account: &Account) -> Result<Refund, PayError> {
        match &self.mchid {
            Some(merchant) if *merchant == account.merchant => self.refund(),
            Some(_) => Err(PayError::Elsewhere),
            None => Err(PayError::Answer),
        }
    }
}

/// A time of the gateway (RFC 3339); an empty one is none.
pub(super) fn at_ms(text: &str) -> Result<Option<u64>, PayError> {
    if text.is_empty() {
        return Ok(None);
    }
    let at: Timestamp = text.parse().map_err(|_| PayError::Answer)?;
    u64::try_from(at.as_millisecond()).map(Some).map_err(|_| PayError::Answer)
}
