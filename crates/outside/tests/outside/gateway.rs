//! A gateway that stands in for WeChat Pay: it holds every request to the documents, keeps orders and refunds, signs
//! what it answers, and can be told to misbehave.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use outside::address::Address;
use outside::pay::{Account, Config, Gateway};
use seal::merchant::{GatewayKey, MerchantKey, ResourceKey};
use serde_json::{Value, json};

use crate::{now_s, serve};

pub const MERCHANT: &str = include_str!("keys/merchant.pem");
pub const MERCHANT_PUBLIC: &str = include_str!("keys/merchant.pub.pem");
pub const GATEWAY: &str = include_str!("keys/gateway.pem");
pub const GATEWAY_PUBLIC: &str = include_str!("keys/gateway.pub.pem");
pub const GATEWAY_CERTIFICATE: &str = include_str!("keys/gateway.cert.pem");
pub const STRANGER: &str = include_str!("keys/stranger.pem");
pub const RESOURCES: &str = "0123456789abcdefghijklmnopqrstuv";
pub const KEY_ID: &str = "PUB_KEY_ID_0119000091912024112200000000000001";
const SERIAL: &str = "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C";

/// The merchant's account, knowing the gateway by public key and by certificate.
pub fn account() -> Account {
    let certificate = GatewayKey::from_pem(GATEWAY_CERTIFICATE).unwrap();
    Account {
        merchant: "1900009191".into(),
        app: "wxd678efh567hg6787".into(),
        serial: SERIAL.into(),
        key: MerchantKey::from_pem(MERCHANT).unwrap(),
        known: vec![
            (KEY_ID.into(), GatewayKey::from_pem(GATEWAY_PUBLIC).unwrap()),
            (certificate.serial().unwrap().to_owned(), certificate),
        ],
        resources: ResourceKey::new(RESOURCES).unwrap(),
    }
}

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Right,
    ByCertificate,
    Unsigned,
    SignedTwice,
    ByStranger,
    UnknownKey,
    Old,
    Early,
    ChangedByte,
    Nonsense,
    AboutAnother,
    TooLong,
    Hangs,
    Busy,
    Redirects,
}

#[derive(Default)]
pub struct Books {
    pub orders: BTreeMap<String, Value>,
    pub refunds: BTreeMap<String, Value>,
    pub nonces: HashSet<String>,
    pub asked: usize,
}

pub struct Standing {
    pub mood: Mutex<Mood>,
    pub books: Mutex<Books>,
    merchant: GatewayKey,
}

/// A gateway that is up, and a client of it.
pub async fn stand_in(patience: Duration) -> (Arc<Standing>, Gateway) {
    let standing = Arc::new(Standing {
        mood: Mutex::new(Mood::Right),
        books: Mutex::default(),
        merchant: GatewayKey::from_pem(MERCHANT_PUBLIC).unwrap(),
    });
    let at = serve(Router::new().fallback(answer).with_state(Arc::clone(&standing))).await;
    let base = format!("http://{at}");
    let config = Config {
        base: Address::parse(&base).unwrap(),
        notify: "https://xueying.example.edu.cn/api/pay/notify".into(),
        account: account(),
        patience,
    };
    (standing, Gateway::new(config).unwrap())
}

impl Standing {
    pub fn feel(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// A student pays.
    pub fn pay(&self, number: &str) {
        let mut books = self.books.lock().unwrap();
        let order = books.orders.get_mut(number).unwrap();
        order["trade_state"] = "SUCCESS".into();
        order["transaction_id"] = format!("42000000{number}").into();
        order["success_time"] = "2024-04-10T12:00:05+08:00".into();
    }

    /// Why a request is not accepted; its nonce is used up.
    fn fault(&self, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Option<&'static str> {
        let said = headers.get("authorization")?.to_str().ok()?;
        let Some(rest) = said.strip_prefix("WECHATPAY2-SHA256-RSA2048 ") else { return Some("scheme") };
        let parts: HashMap<&str, &str> = rest
            .split(',')
            .filter_map(|part| part.split_once('='))
            .map(|(name, value)| (name, value.trim_matches('"')))
            .collect();
        let of = |name: &str| parts.get(name).copied().unwrap_or_default();
        if (of("mchid"), of("serial_no")) != ("1900009191", SERIAL) {
            return Some("merchant");
        }
        let target = uri.path_and_query().unwrap().as_str();
        let body = std::str::from_utf8(body).unwrap();
        let message = format!("{method}\n{target}\n{}\n{}\n{body}\n", of("timestamp"), of("nonce_str"));
        if !self.merchant.verifies(message.as_bytes(), of("signature")) {
            return Some("signature");
        }
        if of("timestamp").parse::<u64>().unwrap().abs_diff(now_s()) > 300 {
            return Some("time");
        }
        let is_new = self.books.lock().unwrap().nonces.insert(of("nonce_str").to_owned());
        let is_plain =
            of("nonce_str").len() == 32 && headers.get("wechatpay-serial").is_some_and(|id| id == KEY_ID);
        (!is_new || !is_plain).then_some("nonce")
    }

    fn act(&self, method: &Method, uri: &Uri, body: &Value) -> (u16, Value) {
        let path: Vec<&str> = uri.path().split('/').skip(1).collect();
        let mut books = self.books.lock().unwrap();
        books.asked += 1;
        match (method.as_str(), path.as_slice()) {
            ("POST", ["v3", "pay", "transactions", "native"]) => books.order(body),
            ("GET", ["v3", "pay", "transactions", "out-trade-no", number]) => {
                assert_eq!(uri.query(), Some("mchid=1900009191"));
                books.orders.get(*number).map_or((404, fail("ORDER_NOT_EXIST")), |order| (200, order.clone()))
            }
            ("POST", ["v3", "pay", "transactions", "out-trade-no", number, "close"]) => {
                books.close(number, body)
            }
            ("POST", ["v3", "refund", "domestic", "refunds"]) => books.refund(body),
            ("GET", ["v3", "refund", "domestic", "refunds", number]) => books
                .refunds
                .get(*number)
                .map_or((404, fail("RESOURCE_NOT_EXISTS")), |refund| (200, refund.clone())),
            _ => (404, fail("NOT_FOUND")),
        }
    }
}

fn fail(code: &str) -> Value {
    json!({ "code": code, "message": format!("说明 {code}") })
}

impl Books {
    fn order(&mut self, body: &Value) -> (u16, Value) {
        let number = body["out_trade_no"].as_str().unwrap();
        let order = json!({
            "appid": body["appid"], "mchid": body["mchid"], "out_trade_no": number, "trade_state": "NOTPAY",
            "trade_state_desc": "", "amount": body["amount"], "payer": { "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" },
        });
        assert!(body["notify_url"].as_str().unwrap().starts_with("https://"));
        if let Some(known) = self.orders.get(number) {
            if known["trade_state"] == "SUCCESS" {
                return (400, fail("ORDERPAID"));
            }
            if known["amount"] != order["amount"] || known["trade_state"] == "CLOSED" {
                return (403, fail("OUT_TRADE_NO_USED"));
            }
        }
        self.orders.insert(number.to_owned(), order);
        (200, json!({ "code_url": format!("weixin://wxpay/bizpayurl?pr={number}") }))
    }

    fn close(&mut self, number: &str, body: &Value) -> (u16, Value) {
        assert_eq!(body, &json!({ "mchid": "1900009191" }));
        match self.orders.get_mut(number) {
            None => (404, fail("ORDER_NOT_EXIST")),
            Some(order) if order["trade_state"] == "SUCCESS" => (400, fail("ORDER_PAID")),
            Some(order) => {
                order["trade_state"] = "CLOSED".into();
                (204, Value::Null)
            }
        }
    }

    fn refund(&mut self, body: &Value) -> (u16, Value) {
        let (number, order) =
            (body["out_refund_no"].as_str().unwrap(), body["out_trade_no"].as_str().unwrap());
        if let Some(known) = self.refunds.get(number) {
            let is_same =
                known["amount"]["refund"] == body["amount"]["refund"] && known["out_trade_no"] == *order;
            return if is_same { (200, known.clone()) } else { (400, fail("PARAM_ERROR")) };
        }
        let Some(paid) = self.orders.get(order).filter(|paid| paid["trade_state"] == "SUCCESS") else {
            return (404, fail("RESOURCE_NOT_EXISTS"));
        };
        let of_order = self.refunds.values().filter(|one| one["out_trade_no"] == *order);
        let before: u64 = of_order.map(|one| one["amount"]["refund"].as_u64().unwrap()).sum();
        let total = paid["amount"]["total"].as_u64().unwrap();
        if before + body["amount"]["refund"].as_u64().unwrap() > total {
            return (403, fail("NOT_ENOUGH"));
        }
        let refund = json!({
            "refund_id": format!("50000000{number}"), "out_refund_no": number, "out_trade_no": order,
            "status": "PROCESSING", "channel": "ORIGINAL", "user_received_account": "招商银行信用卡0403",
            "amount": { "total": total, "refund": body["amount"]["refund"], "payer_total": total, "currency": "CNY" },
        });
        self.refunds.insert(number.to_owned(), refund.clone());
        (200, refund)
    }
}

/// The four headers of a signature.
pub fn signed(key: &str, name: &str, at_s: u64, body: &[u8]) -> Vec<(&'static str, String)> {
    let nonce = "c5ac7061fccab6bf3e254dcf98995b8c";
    let message = [format!("{at_s}\n{nonce}\n").as_bytes(), body, b"\n"].concat();
    let signature = MerchantKey::from_pem(key).unwrap().sign(&message).unwrap();
    vec![
        ("Wechatpay-Timestamp", at_s.to_string()),
        ("Wechatpay-Nonce", nonce.into()),
        ("Wechatpay-Signature", signature),
        ("Wechatpay-Serial", name.into()),
    ]
}

async fn answer(
    State(standing): State<Arc<Standing>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mood = *standing.mood.lock().unwrap();
    match mood {
        Mood::Hangs => tokio::time::sleep(Duration::from_mins(1)).await,
        Mood::Busy => {
            return (StatusCode::SERVICE_UNAVAILABLE, fail("SYSTEM_ERROR").to_string()).into_response();
        }
        Mood::Redirects => return (StatusCode::FOUND, [("location", "http://127.0.0.1:1/")]).into_response(),
        _ => {}
    }
    if headers.get("authorization").is_none() {
        return (StatusCode::UNAUTHORIZED, fail("SIGN_ERROR").to_string()).into_response();
    }
    if let Some(why) = standing.fault(&method, &uri, &headers, &body) {
        return (StatusCode::UNAUTHORIZED, fail(&format!("SIGN_ERROR {why}")).to_string()).into_response();
    }
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    let (status, said) = standing.act(&method, &uri, &body);
    let said = if said.is_null() { String::new() } else { said.to_string() };
    reply(mood, status, said)
}

fn reply(mood: Mood, status: u16, said: String) -> Response {
    let said = match mood {
        Mood::Nonsense => "{\"code_url\":1}".to_owned(),
        Mood::AboutAnother => {
            said.replace("XD-2027", "XD-2028").replace("weixin://", "https://evil.example/")
        }
        Mood::TooLong => " ".repeat(300 * 1024),
        _ => said,
    };
    let (key, name, at_s) = match mood {
        Mood::ByStranger => (STRANGER, KEY_ID, now_s()),
        Mood::UnknownKey => (GATEWAY, "PUB_KEY_ID_0000", now_s()),
        Mood::ByCertificate => (GATEWAY, SERIAL, now_s()),
        Mood::Old => (GATEWAY, KEY_ID, now_s() - 302),
        Mood::Early => (GATEWAY, KEY_ID, now_s() + 302),
        _ => (GATEWAY, KEY_ID, now_s()),
    };
    let mut headers = signed(key, name, at_s, said.as_bytes());
    match mood {
        Mood::Unsigned => headers.clear(),
        Mood::SignedTwice => headers.extend_from_within(2..3),
        _ => {}
    }
    let said = if mood == Mood::ChangedByte { said.replacen(':', ": ", 1) } else { said };
    let mut response = (StatusCode::from_u16(status).unwrap(), said).into_response();
    for (name, value) in headers {
        response.headers_mut().append(name, value.parse().unwrap());
    }
    response
}
