//! Payments by WeChat Pay's API v3 (微信支付 `APIv3`), directly connected merchants, Native: the student scans a code.
//!
//! Requests are signed with the merchant's key, answers and callbacks are believed only with a signature of a key that
//! the merchant's account names ([`account`]). Amounts are whole fen. Everything is done once by its own number: an
//! order by `out_trade_no`, a refund by `out_refund_no`, so that whatever ended without an answer is asked again, or
//! looked up with [`Gateway::order`] and [`Gateway::refunded`]. Field names and limits: pay.weixin.qq.com/doc/v3/merchant,
//! pages 4012791877 (Native下单), 4013070356 (查询订单), 4013071041 (查询退款).

pub mod account;
mod fault;
pub mod notification;
pub mod number;
pub mod seen;
pub mod word;

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, Method, Url};
use seal::hexadecimal;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::address::{self, Address};
use crate::wire;
pub use account::Account;
pub use fault::{PayError, SignatureFault};
pub use notification::{Event, Notification};
pub use number::{OrderNumber, RefundNumber, RequestFault};
pub use reqwest::header::HeaderMap;
pub use seen::Seen;
pub use word::{Refund, RefundState, Transaction, TransactionState};

/// Where the gateway is: the main address of the merchants' pages named above.
pub const BASE: &str = "https://api.mch.weixin.qq.com";
/// How long to wait for an answer. A choice: the gateway's own limit for a callback is five seconds.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Longest description of an order in characters (page 4012791877).
pub const DESCRIPTION_CHARS: usize = 127;
/// Longest reason of a refund in bytes of UTF-8 (申请退款, `reason`).
pub const REASON_BYTES: usize = 80;
/// The largest amount in fen that we ask for: 10 000 yuan. A choice; a fee is some tens.
pub const LARGEST_FEN: u32 = 1_000_000;
/// The longest answer that is read, in bytes. A choice; answers have some hundreds.
const ANSWER_BYTES: usize = 256 * 1024;
/// The time that orders are told in (page 4012791877).
const BEIJING: i8 = 8;

/// How the gateway is reached.
#[derive(Debug)]
pub struct Config {
    /// Where: [`BASE`], or one that stands in for it.
    pub base: Address,
    /// Where it sends its callbacks: an address of ours without query, reached from outside by `https`.
    pub notify: String,
    /// Who we are to it.
    pub account: Account,
    /// How long to wait for an answer; [`PATIENCE`].
    pub patience: Duration,
}

/// What a student is to pay.
#[derive(Debug, Clone, Copy)]
pub struct Order<'o> {
    /// Our number for it; the same order asked for again has the same one.
    pub number: &'o OrderNumber,
    /// What for, as it stands in the student's bill: 1 to [`DESCRIPTION_CHARS`] characters.
    pub description: &'o str,
    /// How much, in fen: 1 to [`LARGEST_FEN`].
    pub total_fen: u32,
    /// Until when it can be paid, milliseconds since 1970-01-01 UTC; none is the gateway's own limit.
    pub until_ms: Option<u64>,
}

/// What is to be paid back.
#[derive(Debug, Clone, Copy)]
pub struct Refunding<'o> {
    /// The order.
    pub order: &'o OrderNumber,
    /// Our number for the refund; the same refund asked for again has the same one.
    pub number: &'o RefundNumber,
    /// How much of it, in fen: 1 to `total_fen`.
    pub refund_fen: u32,
    /// How much the order was, in fen.
    pub total_fen: u32,
    /// Why, as the student reads it; empty or at most [`REASON_BYTES`].
    pub reason: &'o str,
}

/// A gateway with a client.
#[derive(Debug)]
pub struct Gateway {
    config: Config,
    client: Client,
}

impl Gateway {
    /// A gateway that is asked with the first call.
    ///
    /// # Errors
    /// [`PayError::Settings`] when the account or the address for callbacks cannot be right, or the system has no TLS
    /// roots.
    pub fn new(config: Config) -> Result<Self, PayError> {
        config.account.check()?;
        let notify = Url::parse(&config.notify).map_err(|_| PayError::Settings("notify"))?;
        let is_plain =
            notify.query().is_none() && notify.fragment().is_none() && notify.username().is_empty();
        if !matches!(notify.scheme(), "https" | "http") || !is_plain || config.notify.len() > 255 {
            return Err(PayError::Settings("notify"));
        }
        let client = wire::client(config.patience).map_err(|_| PayError::Settings("TLS"))?;
        Ok(Self { config, client })
    }

    /// Who we are to the gateway: for callbacks, [`Account::notification`].
    pub fn account(&self) -> &Account {
        &self.config.account
    }

    /// Asks for an order; gives what stands in its code (`weixin://…`), which is valid for two hours. The same order
    /// again gives a code again; the same number with another amount is refused.
    ///
    /// # Errors
    /// [`PayError`]. After [`PayError::Unreachable`] the order may be there or not: ask again.
    pub async fn native(&self, order: &Order<'_>) -> Result<String, PayError> {
        let length = order.description.chars().count();
        if !(1..=DESCRIPTION_CHARS).contains(&length) || order.description.chars().any(char::is_control) {
            return Err(RequestFault::Description.into());
        }
        let account = self.account();
        let mut body = json!({
            "appid": account.app, "mchid": account.merchant, "description": order.description,
            "out_trade_no": order.number.as_str(), "notify_url": self.config.notify,
            "amount": { "total": amount(order.total_fen)?, "currency": "CNY" },
        });
        if let Some(until_ms) = order.until_ms {
            body["time_expire"] = Value::String(beijing(until_ms).ok_or(RequestFault::Time)?);
        }
        let url = self.config.base.below(&["v3", "pay", "transactions", "native"]);
        let code: word::Code = self.ask(Method::POST, url, Some(&body)).await?;
        if code.code_url.starts_with("weixin://") { Ok(code.code_url) } else { Err(PayError::Answer) }
    }

    /// How an order stands.
    ///
    /// # Errors
    /// [`PayError`]; [`PayError::is_missing`] when the gateway knows no such order.
    pub async fn order(&self, number: &OrderNumber) -> Result<Transaction, PayError> {
        let mut url = self.config.base.below(&["v3", "pay", "transactions", "out-trade-no", number.as_str()]);
        url.query_pairs_mut().append_pair("mchid", &self.account().merchant);
        let said: word::Said = self.ask(Method::GET, url, None).await?;
        let transaction = said.transaction(self.account())?;
        if transaction.order == number.as_str() { Ok(transaction) } else { Err(PayError::Answer) }
    }

    /// Closes an order, so that nobody pays it any more. Closing one that is closed is fine; one that is paid is refused
    /// (`ORDER_PAID`).
    ///
    /// # Errors
    /// [`PayError`].
    pub async fn close(&self, number: &OrderNumber) -> Result<(), PayError> {
        let parts = ["v3", "pay", "transactions", "out-trade-no", number.as_str(), "close"];
        let body = json!({ "mchid": self.account().merchant });
        self.exchange(Method::POST, self.config.base.below(&parts), Some(&body)).await.map(|_| ())
    }

    /// Asks for a refund. `Ok` means that the gateway took it; what came of it, [`Refund::state`] says, or the callback,
    /// or [`Gateway::refunded`]. The same refund again is the same one; the same number with another amount is refused.
    ///
    /// # Errors
    /// [`PayError`]. After [`PayError::Unreachable`] ask again with the same number, never with a new one.
    pub async fn refund(&self, refund: &Refunding<'_>) -> Result<Refund, PayError> {
        if refund.reason.len() > REASON_BYTES || refund.reason.chars().any(char::is_control) {
            return Err(RequestFault::Reason.into());
        }
        if refund.refund_fen > refund.total_fen {
            return Err(RequestFault::Amount.into());
        }
        let mut body = json!({
            "out_trade_no": refund.order.as_str(), "out_refund_no": refund.number.as_str(),
            "notify_url": self.config.notify,
            "amount": { "refund": amount(refund.refund_fen)?, "total": amount(refund.total_fen)?, "currency": "CNY" },
        });
        if !refund.reason.is_empty() {
            body["reason"] = Value::String(refund.reason.to_owned());
        }
        let url = self.config.base.below(&["v3", "refund", "domestic", "refunds"]);
        let said: word::SaidOfRefund = self.ask(Method::POST, url, Some(&body)).await?;
        let taken = said.refund()?;
        let is_this = taken.number == refund.number.as_str()
            && taken.order == refund.order.as_str()
            && (taken.refund_fen, taken.total_fen) == (refund.refund_fen, refund.total_fen);
        if is_this { Ok(taken) } else { Err(PayError::Answer) }
    }

    /// How a refund stands.
    ///
    /// # Errors
    /// [`PayError`]; [`PayError::is_missing`] when the gateway knows no such refund.
    pub async fn refunded(&self, number: &RefundNumber) -> Result<Refund, PayError> {
        let url = self.config.base.below(&["v3", "refund", "domestic", "refunds", number.as_str()]);
        let said: word::SaidOfRefund = self.ask(Method::GET, url, None).await?;
        let refund = said.refund()?;
        if refund.number == number.as_str() { Ok(refund) } else { Err(PayError::Answer) }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
    ) -> Result<T, PayError> {
        let answer = self.exchange(method, url, body).await?;
        serde_json::from_slice(&answer).map_err(|_| PayError::Answer)
    }

    /// One request and its verified answer.
    async fn exchange(&self, method: Method, url: Url, body: Option<&Value>) -> Result<Vec<u8>, PayError> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let account = self.account();
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| PayError::Settings("randomness"))?;
        let nonce = hexadecimal::text(&random).to_uppercase();
        let target = address::target(&url);
        let authorization = account
            .authorization(method.as_str(), &target, &body, wire::now_s(), &nonce)
            .ok_or(PayError::Settings("key"))?;
        let mut request = self
            .client
            .request(method, url)
            .header(AUTHORIZATION, authorization)
            .header(ACCEPT, "application/json");
        if let Some(id) = account.public_key_id() {
            request = request.header(account::SERIAL, id);
        }
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let answer = request.send().await.map_err(wire::Silence::from)?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = wire::bytes(answer, ANSWER_BYTES).await?;
        answered(account, status, &headers, bytes)
    }
}

/// What may be believed of an answer.
fn answered(
    account: &Account,
    status: u16,
    headers: &HeaderMap,
    bytes: Vec<u8>,
) -> Result<Vec<u8>, PayError> {
    let is_success = (200..300).contains(&status);
    // Errors are not always signed; one that is, is held to it.
    if is_success || headers.contains_key(account::SIGNATURE) {
        account.verify(headers, &bytes, wire::now_s())?;
    }
    if is_success { Ok(bytes) } else { Err(fault::refusal(status, &bytes)) }
}

fn amount(fen: u32) -> Result<u32, RequestFault> {
    if (1..=LARGEST_FEN).contains(&fen) { Ok(fen) } else { Err(RequestFault::Amount) }
}

/// A time as the gateway writes it (RFC 3339, Beijing time), to the second.
fn beijing(at_ms: u64) -> Option<String> {
    let at = Timestamp::from_millisecond(i64::try_from(at_ms).ok()?).ok()?;
    Some(at.to_zoned(TimeZone::fixed(offset(BEIJING))).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_amounts_are_as_the_gateway_wants_them() {
        assert_eq!(beijing(1_528_425_296_999).as_deref(), Some("2018-06-08T10:34:56+08:00"));
        assert_eq!(beijing(u64::MAX), None);
        assert_eq!(amount(0), Err(RequestFault::Amount));
        assert_eq!(amount(LARGEST_FEN + 1), Err(RequestFault::Amount));
        assert_eq!(amount(1500), Ok(1500));
    }
}
