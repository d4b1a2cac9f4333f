//! Callbacks of a payment gateway: any headers and bodies, forged, signed, and signed with anything hidden inside.
#![no_main]

use std::sync::LazyLock;

use outside::pay::{Account, HeaderMap, Seen};
use seal::merchant::{GatewayKey, MerchantKey, ResourceKey};
use serde_json::json;

const GATEWAY: &str = include_str!("../../crates/outside/tests/outside/keys/gateway.pem");
const PUBLIC: &str = include_str!("../../crates/outside/tests/outside/keys/gateway.pub.pem");
const MERCHANT: &str = include_str!("../../crates/outside/tests/outside/keys/merchant.pem");
const RESOURCES: &str = "0123456789abcdefghijklmnopqrstuv";
const NOW: u64 = 1_712_721_610;

static SIGNER: LazyLock<MerchantKey> = LazyLock::new(|| MerchantKey::from_pem(GATEWAY).unwrap());
static HIDER: LazyLock<ResourceKey> = LazyLock::new(|| ResourceKey::new(RESOURCES).unwrap());
static ACCOUNT: LazyLock<Account> = LazyLock::new(|| Account {
    merchant: "1900009191".into(),
    app: "wxd678efh567hg6787".into(),
    serial: "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C".into(),
    key: MerchantKey::from_pem(MERCHANT).unwrap(),
    known: vec![("PUB_KEY_ID_1".into(), GatewayKey::from_pem(PUBLIC).unwrap())],
    resources: ResourceKey::new(RESOURCES).unwrap(),
});

fn headers(values: [&[u8]; 4]) -> Option<HeaderMap> {
    let names = ["wechatpay-timestamp", "wechatpay-nonce", "wechatpay-signature", "wechatpay-serial"];
    let mut headers = HeaderMap::new();
    for (name, value) in names.into_iter().zip(values) {
        headers.append(name, value.try_into().ok()?);
    }
    Some(headers)
}

fn signed(body: &[u8]) {
    let message = [format!("{NOW}\nnonce\n").as_bytes(), body, b"\n"].concat();
    let signature = SIGNER.sign(&message).unwrap();
    let values = [NOW.to_string(), "nonce".into(), signature, "PUB_KEY_ID_1".into()];
    let headers = headers(values.each_ref().map(String::as_bytes)).unwrap();
    if let Ok(notification) = ACCOUNT.notification(&headers, body, NOW) {
        assert!(Seen::new(1).keep(&notification.id));
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(5, |one| *one == 0);
    let mut next = || parts.next().unwrap_or_default();
    if let Some(headers) = headers([next(), next(), next(), next()]) {
        assert!(ACCOUNT.notification(&headers, next(), NOW).is_err(), "nobody here signs");
    }
    signed(bytes);
    for event in ["TRANSACTION.SUCCESS", "REFUND.SUCCESS"] {
        let hidden = HIDER.hide(bytes, "fdasflkja484", "").unwrap();
        let resource = json!({ "algorithm": "AEAD_AES_256_GCM", "ciphertext": hidden, "nonce": "fdasflkja484" });
        signed(json!({ "id": "EV-1", "event_type": event, "resource": resource }).to_string().as_bytes());
    }
    let text = String::from_utf8_lossy(bytes);
    let _keys = (GatewayKey::from_pem(&text), MerchantKey::from_pem(&text));
});
