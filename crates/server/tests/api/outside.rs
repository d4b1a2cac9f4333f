//! Other people's programs: a student pays by a code, the service tells so, and messages go to who gave an address.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use campaign::settings::{Settings, template};
use reqwest::{Client, Method};
use seal::merchant::{GatewayKey, MerchantKey, ResourceKey, ServiceKey};
use serde_json::{Value, json};
use server::outside::{Config, GatewayKeyConfig, PayConfig, ServiceConfig};
use tokio::net::TcpListener;

use crate::running::{CAMPAIGN, PASSWORD, Person, Running, over_with, places, roster};
use crate::stations::now_ms;

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../outside/tests/outside/keys");
const KEY_ID: &str = "PUB_KEY_ID_0119000091912024112200000000000001";
const API_KEY: &str = "0123456789abcdefghijklmnopqrstuv";
const SERVICE_KEY: &str = "0123456789abcdefghijklmnopqrstuv";
const MERCHANT: &str = "1900009191";
const APP: &str = "wxd678efh567hg6787";

/// What the programs outside were told.
#[derive(Default)]
struct Told {
    orders: Mutex<Vec<Value>>,
    messages: Mutex<Vec<Value>>,
    /// What the message service answers instead of taking a message.
    answer: Mutex<Option<StatusCode>>,
}

fn key(name: &str) -> String {
    std::fs::read_to_string(format!("{KEYS}/{name}")).unwrap()
}

/// The headers with which the payment service signs a body.
fn signed(body: &[u8]) -> [(&'static str, String); 4] {
    let (at_s, nonce) = (now_ms() / 1000, "c5ac7061fccab6bf3e254dcf98995b8c");
    let message = [format!("{at_s}\n{nonce}\n").as_bytes(), body, b"\n"].concat();
    let signature = MerchantKey::from_pem(&key("gateway.pem")).unwrap().sign(&message).unwrap();
    [
        ("wechatpay-timestamp", at_s.to_string()),
        ("wechatpay-nonce", nonce.into()),
        ("wechatpay-signature", signature),
        ("wechatpay-serial", KEY_ID.into()),
    ]
}

/// The payment service takes an order that the merchant signed.
async fn native(State(told): State<Arc<Told>>, headers: HeaderMap, body: Bytes) -> Response {
    let said = headers["authorization"].to_str().unwrap();
    let of =
        |name: &str| said.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let text = std::str::from_utf8(&body).unwrap();
    let message =
        format!("POST\n/v3/pay/transactions/native\n{}\n{}\n{text}\n", of("timestamp"), of("nonce_str"));
    let merchant = GatewayKey::from_pem(&key("merchant.pub.pem")).unwrap();
    assert!(merchant.verifies(message.as_bytes(), &of("signature")));
    told.orders.lock().unwrap().push(serde_json::from_str(text).unwrap());
    says(&json!({"code_url": "weixin://wxpay/bizpayurl?pr=NwY5Mz9&groupid=00"}))
}

/// Nobody paid an order yet.
async fn not_paid(Path(number): Path<String>) -> Response {
    says(&json!({"appid": APP, "mchid": MERCHANT, "out_trade_no": number, "trade_state": "NOTPAY"}))
}

fn says(answer: &Value) -> Response {
    let answer = answer.to_string();
    let mut response = answer.clone().into_response();
    for (name, value) in signed(answer.as_bytes()) {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

/// The message service takes what is signed with the shared key, unless it is busy.
async fn message(State(told): State<Arc<Told>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let of = |name: &str| headers[name].to_str().unwrap();
    let begins = format!("POST\n/sms\n{}\n{}\n", of("xueying-timestamp"), of("idempotency-key"));
    let key = ServiceKey::new(SERVICE_KEY).unwrap();
    assert!(key.is_word(&[begins.as_bytes(), &body, b"\n"], of("xueying-signature")));
    if let Some(refusal) = *told.answer.lock().unwrap() {
        return refusal;
    }
    told.messages.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    StatusCode::ACCEPTED
}

/// Servers that know both, in a campaign that students pay for: on SQLite, and on PostgreSQL where there is one.
async fn all_running(settings: &Settings) -> Vec<(Running, Person, Arc<Told>)> {
    let mut all = vec![running(settings, None).await];
    if let Ok(server) = std::env::var("XUEYING_POSTGRES") {
        all.push(running(settings, Some(&server)).await);
    }
    all
}

async fn running(settings: &Settings, postgres: Option<&str>) -> (Running, Person, Arc<Told>) {
    let told: Arc<Told> = Arc::default();
    let routes = Router::new()
        .route("/v3/pay/transactions/native", axum::routing::post(native))
        .route("/v3/pay/transactions/out-trade-no/{number}", axum::routing::get(not_paid))
        .route("/sms", axum::routing::post(message))
        .with_state(Arc::clone(&told));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    let folder = tempfile::tempdir().unwrap().keep();
    let shared = folder.join("shared.key");
    std::fs::write(&shared, SERVICE_KEY).unwrap();
    let service =
        ServiceConfig { url: format!("{base}/sms"), key_name: "xd".into(), key_file: shared.clone() };
    let pay = PayConfig {
        base,
        notify: "https://xueying.example.edu.cn/api/pay/wechat".into(),
        merchant: MERCHANT.into(),
        app: APP.into(),
        serial: "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C".into(),
        key_file: format!("{KEYS}/merchant.pem").into(),
        api_key_file: shared,
        gateway_keys: vec![GatewayKeyConfig {
            id: Some(KEY_ID.into()),
            file: format!("{KEYS}/gateway.pub.pem").into(),
        }],
    };
    let outside = Config { messages: Some(service), wechat_pay: Some(pay), ..Config::default() };
    let running = over_with(&places(postgres).await, outside).await;
    let registry = running.registry().await;
    registry.begin_with(settings.clone()).await;
    registry.import(4).await;
    (running, registry, told)
}

async fn student(running: &Running) -> Person {
    let document = roster(1, 0).lines().nth(1).unwrap().split(',').nth(2).unwrap().to_owned();
    let right = json!({"campaign": CAMPAIGN, "student_no": "20270000", "name": "林晓雨", "document_no": document, "password": PASSWORD});
    assert_eq!(running.nobody("POST", "/api/activation").json(&right).send().await.unwrap().status(), 204);
    running.sign_in(&format!("{CAMPAIGN}/20270000"), PASSWORD).await
}

fn callback(id: &str, order: &str, fen: u64) -> Vec<u8> {
    let transaction = json!({
        "appid": APP, "mchid": MERCHANT, "out_trade_no": order, "transaction_id": "4200000001",
        "trade_state": "SUCCESS", "success_time": "2027-04-10T12:00:05+08:00",
        "amount": {"total": fen, "payer_total": fen, "currency": "CNY"},
    });
    let hidden = ResourceKey::new(API_KEY).unwrap();
    let hidden = hidden.hide(transaction.to_string().as_bytes(), "fdasflkja484", "transaction").unwrap();
    json!({
        "id": id, "event_type": "TRANSACTION.SUCCESS", "resource_type": "encrypt-resource",
        "resource": {"algorithm": "AEAD_AES_256_GCM", "ciphertext": hidden, "associated_data": "transaction",
            "nonce": "fdasflkja484"},
    })
    .to_string()
    .into_bytes()
}

async fn calls_back(running: &Running, body: Vec<u8>, headers: &[(&'static str, String)]) -> StatusCode {
    let mut asked = Client::new().post(format!("{}/api/pay/wechat", running.base)).body(body);
    for (name, value) in headers {
        asked = asked.header(*name, value);
    }
    StatusCode::from_u16(asked.send().await.unwrap().status().as_u16()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_student_pays_by_a_code_and_the_same_word_twice_or_a_forged_one_is_no_second_payment() {
    for (running, registry, told) in all_running(&template("stations-2025").unwrap().unwrap()).await {
        pays_by_a_code(&running, &registry, &told).await;
        running.app.close().await;
    }
}

async fn pays_by_a_code(running: &Running, registry: &Person, told: &Told) {
    let student = student(running).await;
    assert_eq!(student.post("/api/me/order", Value::Null).await.status(), 422, "nothing is due yet");
    crate::timetable::published(registry).await;
    running.app.register().fees_fall_due(&crate::board::campaign(), now_ms()).await.unwrap();
    let order = async || -> Value { student.post("/api/me/order", Value::Null).await.json().await.unwrap() };
    let first = order().await;
    assert_eq!((&first["fen"], order().await["link"] == first["link"]), (&json!(1500), true));
    assert!(first["picture"].as_str().unwrap().starts_with("<svg"));
    let asked = told.orders.lock().unwrap().clone();
    assert_eq!(asked.len(), 1, "an open order is shown again");
    assert_eq!(asked[0]["amount"]["total"], 1500);
    assert!(!asked[0].to_string().contains("林晓雨") && !asked[0].to_string().contains("20270000"));
    let number = asked[0]["out_trade_no"].as_str().unwrap();
    // A bill comes before the service's word, and does not say whose the money is.
    let unknown = "insert into movement (campaign, service, number, at, fen, payer, note, student) \
         values ($1, 'wechat', '4200000001', '2027-04-10T12:00:05', 1500, '', '', '')";
    let store = running.app.register().store().reader();
    sqlx::query(unknown).bind(CAMPAIGN).execute(store).await.unwrap();

    let body = callback("EV-1", number, 1500);
    let mut forged = signed(&body);
    forged[2].1 = MerchantKey::from_pem(&key("stranger.pem")).unwrap().sign(&body).unwrap();
    assert_eq!(calls_back(running, body.clone(), &forged).await, 401);
    assert_eq!(calls_back(running, body.clone(), &[]).await, 401);
    for id in ["EV-1", "EV-1", "EV-2"] {
        let body = callback(id, number, 1500);
        let headers = signed(&body);
        assert_eq!(calls_back(running, body, &headers).await, 204, "{id}");
    }
    let unknown = callback("EV-3", "0123456789", 1500);
    let headers = signed(&unknown);
    assert_eq!(calls_back(running, unknown, &headers).await, 404);
    let owing = registry.get(&format!("/api/campaigns/{CAMPAIGN}/fees?college=&cohort=")).await;
    let own = owing.to_string();
    assert_eq!(own.matches("\"balance\":1500").count(), 1, "{own}");
    let me = student.get("/api/me").await;
    assert!(me.to_string().contains("confirmed"), "{}", me["status"]);
    assert_eq!(student.post("/api/me/order", Value::Null).await.status(), 422, "nothing is owed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_go_to_who_gave_an_address_again_after_a_failure_and_never_twice() {
    let mut settings = template("stations-2025").unwrap().unwrap();
    let today = campaign::day::of_ms(now_ms());
    settings.campaign.days = vec![today];
    for (running, registry, told) in all_running(&settings).await {
        messages_go(&running, &registry, &told).await;
        running.app.close().await;
    }
}

async fn messages_go(running: &Running, registry: &Person, told: &Told) {
    crate::timetable::published(registry).await;
    let student = student(running).await;
    let bad =
        student.ask(Method::PUT, "/api/me/contact").json(&json!({"phone": "12ab"})).send().await.unwrap();
    assert_eq!(bad.status(), 422);
    let kept = student.ask(Method::PUT, "/api/me/contact").json(&json!({"phone": "13800000000"}));
    let kept: Value = kept.send().await.unwrap().json().await.unwrap();
    assert_eq!((&kept["phone"], &kept["ways"]), (&json!("13800000000"), &json!(["message"])));

    let campaign = running.app.register().campaign(&crate::board::campaign()).await.unwrap();
    // Ten in the morning in China, whatever time it is now.
    let ten = now_ms() / 86_400_000 * 86_400_000 + 2 * 3_600_000;
    *told.answer.lock().unwrap() = Some(StatusCode::UNAUTHORIZED);
    let said = server::routes::messages::tell_students(&running.app, &campaign, ten).await.unwrap();
    assert!(said > 0);
    let send = async |at_ms| server::routes::contact::send(&running.app, &campaign, || at_ms).await.unwrap();
    let count = || told.messages.lock().unwrap().len();
    send(ten).await;
    assert_eq!(
        running.app.register().sendings(&campaign.id).await.unwrap().get("refused"),
        None,
        "a wrong key"
    );
    *told.answer.lock().unwrap() = Some(StatusCode::SERVICE_UNAVAILABLE);
    send(ten + 70_000).await;
    *told.answer.lock().unwrap() = None;
    send(ten + 71_000).await;
    assert_eq!(count(), 0, "half a minute has to pass");
    // Two processes at once.
    tokio::join!(send(ten + 101_000), send(ten + 101_000));
    let sent = told.messages.lock().unwrap().clone();
    assert!(!sent.is_empty() && sent.iter().all(|one| one["to"] == "13800000000" && one["way"] == "sms"));
    let due: std::collections::BTreeSet<String> = sent.iter().map(|one| one["text"].to_string()).collect();
    assert_eq!(due.len(), sent.len(), "none goes twice");
    for later in [200_000, 3_600_000, 24 * 3_600_000] {
        send(ten + later).await;
    }
    assert_eq!(count(), sent.len(), "none goes again");
}
