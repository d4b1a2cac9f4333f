//! Who a merchant is to the gateway, and the two things that follow from it: signing requests and believing answers.
//! Pure: times and nonces come in.
//!
//! Signing: <https://pay.weixin.qq.com/wiki/doc/apiv3/wechatpay/wechatpay4_0.shtml> (签名生成); verifying: `wechatpay4_1.shtml`
//! beside it (签名验证), with public keys <https://pay.weixin.qq.com/docs/merchant/development/interface-rules/build-verify-sign-src.html>.

use reqwest::header::HeaderMap;
use seal::merchant::{GatewayKey, MerchantKey, ResourceKey};

use super::{PayError, SignatureFault};

/// How our requests are signed.
pub const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";
/// When an answer was signed, seconds since 1970-01-01 UTC.
pub const TIMESTAMP: &str = "wechatpay-timestamp";
/// What makes its signature one of its own.
pub const NONCE: &str = "wechatpay-nonce";
/// The signature, in base64.
pub const SIGNATURE: &str = "wechatpay-signature";
/// Whose: the id of a public key, or the serial number of a platform certificate.
pub const SERIAL: &str = "wechatpay-serial";
/// How far a signature's time may lie from ours, in seconds: five minutes, by the gateway's documents.
pub const SKEW_S: u64 = 300;
/// What ids of public keys begin with.
const PUBLIC_KEY: &str = "PUB_KEY_ID_";

/// A merchant's account.
#[derive(Debug)]
pub struct Account {
    /// The merchant's number (`mchid`).
    pub merchant: String,
    /// The app that the merchant is bound to (`appid`).
    pub app: String,
    /// The serial number of the merchant's own certificate, in hexadecimal digits.
    pub serial: String,
    /// The merchant's private key (`apiclient_key.pem`).
    pub key: MerchantKey,
    /// The keys that the gateway signs with, by their names: `PUB_KEY_ID_…` for a public key, the serial number
    /// ([`GatewayKey::serial`]) for a platform certificate. Several while the gateway changes from one to another.
    pub known: Vec<(String, GatewayKey)>,
    /// The key that callbacks are hidden under (`APIv3` 密钥).
    pub resources: ResourceKey,
}

impl Account {
    /// Whether the account can be one.
    pub(super) fn check(&self) -> Result<(), PayError> {
        let is_plain = |text: &str| {
            (1..=64).contains(&text.len())
                && text.bytes().all(|one| one.is_ascii_alphanumeric() || one == b'_')
        };
        let checks = [
            ("merchant", is_plain(&self.merchant)),
            ("app", is_plain(&self.app)),
            ("serial", is_plain(&self.serial)),
            ("gateway key", !self.known.is_empty() && self.known.iter().all(|(name, _)| is_plain(name))),
        ];
        let wrong = checks.iter().find(|(_, fits)| !fits);
        wrong.map_or(Ok(()), |(which, _)| Err(PayError::Settings(which)))
    }

    /// The id of the public key that we know the gateway by; told with each request, it has the gateway answer with it.
    pub(super) fn public_key_id(&self) -> Option<&str> {
        self.known.iter().map(|(name, _)| name.as_str()).find(|name| name.starts_with(PUBLIC_KEY))
    }

    /// The value of a request's `Authorization`; `None` when the key does not sign. The target is path and query.
    pub fn authorization(
        &self,
        method: &str,
        target: &str,
        body: &str,
        at_s: u64,
        nonce: &str,
    ) -> Option<String> {
        let message = format!("{method}\n{target}\n{at_s}\n{nonce}\n{body}\n");
        let signature = self.key.sign(message.as_bytes())?;
        Some(format!(
            "{SCHEME} mchid=\"{}\",nonce_str=\"{nonce}\",signature=\"{signature}\",timestamp=\"{at_s}\",serial_no=\"{}\"",
            self.merchant, self.serial
        ))
    }

    /// Whether exactly this body is by the gateway and was signed within five minutes of now, in seconds since
    /// 1970-01-01 UTC.
    ///
    /// # Errors
    /// [`SignatureFault`].
    pub fn verify(&self, headers: &HeaderMap, body: &[u8], now_s: u64) -> Result<(), SignatureFault> {
        let [timestamp, nonce, signature, serial] =
            [TIMESTAMP, NONCE, SIGNATURE, SERIAL].map(|name| only(headers, name));
        let (Some(timestamp), Some(nonce), Some(signature), Some(serial)) =
            (timestamp, nonce, signature, serial)
        else {
            return Err(SignatureFault::Missing);
        };
        let mut known = self.known.iter().filter(|(name, _)| name == serial);
        let (_, key) = known.next().ok_or(SignatureFault::UnknownKey)?;
        let message = [timestamp.as_bytes(), b"\n", nonce.as_bytes(), b"\n", body, b"\n"].concat();
        if !key.verifies(&message, signature) {
            return Err(SignatureFault::Wrong);
        }
        let at_s: u64 = timestamp.parse().map_err(|_| SignatureFault::Wrong)?;
        if at_s.abs_diff(now_s) > SKEW_S { Err(SignatureFault::Old) } else { Ok(()) }
    }
}

/// The value of a header that is there once.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}
