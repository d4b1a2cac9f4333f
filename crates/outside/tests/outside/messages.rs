//! Services that send messages, as the contract has them and as they are on a bad day.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use outside::message::{MessageError, Messages, Outgoing, Way};
use serde_json::Value;
use uuid::Uuid;

use crate::{SERVICE_KEY, now_s, nowhere, serve, service};

const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Default)]
struct Provider {
    /// What it answers instead of doing its work.
    instead: Mutex<Option<u16>>,
    /// What went out, by id.
    sent: Mutex<HashMap<String, Value>>,
    asked: Mutex<usize>,
}

/// Holds a request to the contract with the contract's own words: nothing of `outside` is used.
fn is_right(headers: &HeaderMap, body: &[u8]) -> bool {
    let of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_fresh = of("xueying-timestamp").parse::<u64>().is_ok_and(|at| at.abs_diff(now_s()) <= 300);
    let (at, id) = (of("xueying-timestamp"), of("idempotency-key"));
    let text = [format!("POST\n/v1/messages\n{at}\n{id}\n").as_bytes(), body, b"\n"].concat();
    let key = seal::merchant::ServiceKey::new(SERVICE_KEY).unwrap();
    is_fresh
        && of("xueying-key") == "xd-2027"
        && of("content-type") == "application/json"
        && key.is_word(&[&text], of("xueying-signature"))
}

async fn take(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    *provider.asked.lock().unwrap() += 1;
    let instead = *provider.instead.lock().unwrap();
    match instead {
        Some(0) => tokio::time::sleep(Duration::from_mins(1)).await,
        Some(status) => return StatusCode::from_u16(status).unwrap(),
        None => {}
    }
    if !is_right(&headers, &body) {
        return StatusCode::UNAUTHORIZED;
    }
    let said: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(said["id"], headers["idempotency-key"].to_str().unwrap());
    provider.sent.lock().unwrap().entry(said["id"].to_string()).or_insert(said);
    StatusCode::ACCEPTED
}

async fn provider(patience: Duration) -> (Arc<Provider>, Messages) {
    let provider = Arc::new(Provider::default());
    let routes = Router::new().route("/v1/messages", post(take)).with_state(Arc::clone(&provider));
    let at = serve(routes).await;
    (provider, Messages::new(service(at, "/v1/messages", patience)).unwrap())
}

fn message(id: u128) -> Outgoing<'static> {
    Outgoing {
        id: Uuid::from_u128(id),
        way: Way::WeChat,
        to: "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        kind: "tomorrow",
        text: "4月22日 09:20 拍摄毕业照片，请提前到集合地点，带好采集码。",
        values: BTreeMap::from([("time", "2024-04-22 09:20")]),
    }
}

#[tokio::test]
async fn a_message_is_signed_taken_and_sent_once_however_often_it_is_given() {
    let (provider, messages) = provider(PATIENCE).await;
    for _ in 0..3 {
        messages.send(&message(1)).await.unwrap();
    }
    messages.send(&message(2)).await.unwrap();
    let sent = provider.sent.lock().unwrap();
    assert_eq!(sent.len(), 2);
    let one = sent.values().next().unwrap();
    assert_eq!((one["way"].as_str(), one["kind"].as_str()), (Some("wechat"), Some("tomorrow")));
    assert_eq!(one["values"]["time"], "2024-04-22 09:20");
}

#[tokio::test]
async fn another_key_or_path_is_noticed_by_the_service_and_is_about_the_settings() {
    let (provider, _) = provider(PATIENCE).await;
    let at = serve(Router::new().fallback(take).with_state(provider)).await;
    let other_path = Messages::new(service(at, "/v1/other", PATIENCE)).unwrap();
    assert!(matches!(other_path.send(&message(1)).await, Err(MessageError::Settings(_))));
    let mut other_key = service(at, "/v1/messages", PATIENCE);
    other_key.key = seal::merchant::ServiceKey::new("another key that is long enough, too").unwrap();
    let error = Messages::new(other_key).unwrap().send(&message(1)).await.unwrap_err();
    assert!(matches!(error, MessageError::Settings(_)) && !error.is_final());
    let mut nameless = service(at, "/v1/messages", PATIENCE);
    nameless.key_name = "a\r\nb".into();
    assert!(matches!(Messages::new(nameless), Err(MessageError::Settings(_))));
}

#[tokio::test]
async fn a_no_is_final_and_everything_else_is_for_later() {
    let (provider, messages) = provider(PATIENCE).await;
    for (status, is_final) in [
        (400, true),
        (404, true),
        (409, true),
        (422, true),
        (408, false),
        (429, false),
        (500, false),
        (503, false),
        (302, false),
    ] {
        *provider.instead.lock().unwrap() = Some(status);
        let error = messages.send(&message(1)).await.unwrap_err();
        assert_eq!(error.is_final(), is_final, "{status}: {error:?}");
        let words = format!("{error} {} {error:?}", error.zh());
        assert!(!words.contains("oUpF") && !words.contains("127.0.0.1"), "{words}");
    }
    *provider.instead.lock().unwrap() = None;
    messages.send(&message(1)).await.unwrap();
    let (hanging, hurried) = self::provider(Duration::from_millis(400)).await;
    *hanging.instead.lock().unwrap() = Some(0);
    assert_eq!(hurried.send(&message(1)).await, Err(MessageError::Later("no answer in time".into())));
    let gone = Messages::new(service(nowhere().await, "/", PATIENCE)).unwrap();
    assert!(matches!(gone.send(&message(1)).await, Err(MessageError::Later(_))));
}

#[tokio::test]
async fn a_message_that_no_service_could_send_is_not_given_to_one() {
    let (provider, messages) = provider(PATIENCE).await;
    let wrong = Outgoing { to: "a b", ..message(1) };
    assert_eq!(messages.send(&wrong).await, Err(MessageError::Receiver));
    let empty = Outgoing { text: "", ..message(1) };
    assert_eq!(messages.send(&empty).await, Err(MessageError::Text));
    assert_eq!(*provider.asked.lock().unwrap(), 0);
    assert!(!format!("{:?}", message(1)).contains("oUpF"));
}
