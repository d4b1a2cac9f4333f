//! Callbacks as the gateway sends them, and as everybody else might.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::routing::post;
use outside::pay::{Account, Event, Notification, PayError, RefundState, Seen, SignatureFault};
use proptest::prelude::*;
use seal::merchant::ResourceKey;
use serde_json::{Value, json};

use crate::gateway::{GATEWAY, KEY_ID, RESOURCES, STRANGER, account, signed};
use crate::{client, now_s, serve};

const NOW: u64 = 1_712_721_610;

fn callback(id: &str, event: &str, resource: &Value) -> Vec<u8> {
    let hidden = ResourceKey::new(RESOURCES).unwrap();
    let hidden = hidden.hide(resource.to_string().as_bytes(), "fdasflkja484", "transaction").unwrap();
    json!({
        "id": id, "create_time": "2024-04-10T12:00:06+08:00", "resource_type": "encrypt-resource",
        "event_type": event, "summary": "支付成功",
        "resource": { "original_type": "transaction", "algorithm": "AEAD_AES_256_GCM", "ciphertext": hidden,
            "associated_data": "transaction", "nonce": "fdasflkja484" },
    })
    .to_string()
    .into_bytes()
}

fn transaction() -> Value {
    json!({
        "appid": "wxd678efh567hg6787", "mchid": "1900009191", "out_trade_no": "XD-2027-0001",
        "transaction_id": "4200000001", "trade_state": "SUCCESS", "trade_type": "NATIVE", "bank_type": "OTHERS",
        "success_time": "2024-04-10T12:00:05+08:00", "payer": { "openid": "oUpF8uMuAJO" },
        "amount": { "total": 1500, "payer_total": 1500, "currency": "CNY", "payer_currency": "CNY" },
    })
}

fn refund(status: &str) -> Value {
    json!({
        "mchid": "1900009191", "out_trade_no": "XD-2027-0001", "transaction_id": "4200000001", "refund_id": "50000001",
        "out_refund_no": "XD-2027-0001-R1", "refund_status": status, "success_time": "2024-04-11T12:00:05+08:00",
        "user_received_account": "招商银行信用卡0403",
        "amount": { "total": 1500, "refund": 1000, "payer_total": 1500, "payer_refund": 1000 },
    })
}

fn headers(of: &[(&'static str, String)]) -> HeaderMap {
    of.iter()
        .map(|(name, value)| {
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
        })
        .collect()
}

fn read(body: &[u8]) -> Result<Notification, PayError> {
    account().notification(&headers(&signed(GATEWAY, KEY_ID, NOW, body)), body, NOW)
}

#[test]
fn a_payment_and_a_refund_are_read_with_nothing_about_the_payer() {
    let paid = read(&callback("EV-1", "TRANSACTION.SUCCESS", &transaction())).unwrap();
    let Event::Paid(transaction) = &paid.event else { panic!("{paid:?}") };
    assert_eq!((paid.id.as_str(), transaction.order.as_str()), ("EV-1", "XD-2027-0001"));
    assert_eq!((transaction.total_fen, transaction.paid_at_ms), (Some(1500), Some(1_712_721_605_000)));
    assert!(!format!("{paid:?}").contains("oUpF"));
    for (event, status, state) in [
        ("REFUND.SUCCESS", "SUCCESS", RefundState::Success),
        ("REFUND.ABNORMAL", "ABNORMAL", RefundState::Abnormal),
        ("REFUND.CLOSED", "CLOSED", RefundState::Closed),
    ] {
        let said = read(&callback("EV-2", event, &refund(status))).unwrap();
        let Event::Refund(refund) = said.event else { panic!("{event}") };
        assert_eq!(
            (refund.state, refund.refund_fen, refund.number.as_str()),
            (state, 1000, "XD-2027-0001-R1")
        );
    }
    let other = read(&callback("EV-3", "PAYSCORE.USER_PAID", &json!({}))).unwrap();
    assert_eq!(other.event, Event::Other("PAYSCORE.USER_PAID".into()));
}

#[test]
fn what_the_gateway_signs_and_does_not_document_is_refused() {
    let paid = |change: fn(&mut Value)| {
        let mut transaction = transaction();
        change(&mut transaction);
        read(&callback("EV-1", "TRANSACTION.SUCCESS", &transaction)).unwrap_err()
    };
    assert_eq!(paid(|said| said["mchid"] = "1900000000".into()), PayError::Elsewhere);
    assert_eq!(paid(|said| said["appid"] = "wx0".into()), PayError::Elsewhere);
    for change in [
        (|said| said["trade_state"] = "NOTPAY".into()) as fn(&mut Value),
        |said| said["amount"]["total"] = 15.0.into(),
        |said| said["amount"]["total"] = (-1500).into(),
        |said| said["amount"]["currency"] = "USD".into(),
        |said| said["amount"] = Value::Null,
        |said| said["success_time"] = "gestern".into(),
        |said| said["transaction_id"] = "".into(),
        |said| said["out_trade_no"] = Value::Null,
    ] {
        assert_eq!(paid(change), PayError::Answer);
    }
    let mut back = refund("SUCCESS");
    back["amount"]["refund"] = 1501.into();
    assert_eq!(read(&callback("EV-2", "REFUND.SUCCESS", &back)).unwrap_err(), PayError::Answer);
    back["mchid"] = Value::Null;
    assert_eq!(read(&callback("EV-2", "REFUND.SUCCESS", &back)).unwrap_err(), PayError::Answer);
    let right = String::from_utf8(callback("EV-1", "TRANSACTION.SUCCESS", &transaction())).unwrap();
    for wrong in [
        right.replace("AEAD_AES_256_GCM", "AEAD_SM4_GCM"),
        right.replace("fdasflkja484", "fdasflkja485"),
        right.replace("\"EV-1\"", "\"\""),
        right.replace("\"EV-1\"", "1"),
        "{}".into(),
        String::new(),
        " ".repeat(70_000),
    ] {
        assert_eq!(read(wrong.as_bytes()).unwrap_err(), PayError::Answer, "{wrong:.60}");
    }
}

/// Our side of the callbacks, as a server of ours does it: verified, kept once, answered.
struct Desk {
    account: Account,
    seen: Mutex<Seen>,
    acts: Mutex<Vec<String>>,
}

async fn notified(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Ok(notification) = desk.account.notification(&headers, &body, now_s()) else {
        return StatusCode::BAD_REQUEST;
    };
    if desk.seen.lock().unwrap().keep(&notification.id) {
        desk.acts.lock().unwrap().push(notification.id);
    }
    StatusCode::NO_CONTENT
}

#[tokio::test]
async fn over_the_wire_a_callback_counts_once_and_no_forged_old_changed_or_unknown_one_counts() {
    let desk =
        Arc::new(Desk { account: account(), seen: Mutex::new(Seen::new(100)), acts: Mutex::default() });
    let at = serve(Router::new().route("/notify", post(notified)).with_state(Arc::clone(&desk))).await;
    let client = client();
    let send = async |headers: Vec<(&'static str, String)>, body: Vec<u8>| {
        let mut request = client.post(format!("http://{at}/notify")).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send().await.unwrap().status().as_u16()
    };
    let body = callback("EV-1", "TRANSACTION.SUCCESS", &transaction());
    let right = signed(GATEWAY, KEY_ID, now_s(), &body);
    let mut changed = body.clone();
    changed[10] ^= 1;
    let mut twice = right.clone();
    twice.extend(signed(STRANGER, KEY_ID, now_s(), &body));
    let mut probe = right.clone();
    probe[2].1.insert_str(0, "WECHATPAY/SIGNTEST/");
    for (headers, body) in [
        (signed(STRANGER, KEY_ID, now_s(), &body), body.clone()),
        (signed(GATEWAY, "PUB_KEY_ID_0000", now_s(), &body), body.clone()),
        (signed(GATEWAY, KEY_ID, now_s() - 302, &body), body.clone()),
        (signed(GATEWAY, KEY_ID, now_s() + 302, &body), body.clone()),
        (right.clone(), changed),
        (twice, body.clone()),
        (probe, body.clone()),
        (right[..3].to_vec(), body.clone()),
        (Vec::new(), body.clone()),
    ] {
        assert_eq!(send(headers, body).await, 400);
    }
    assert_eq!(desk.acts.lock().unwrap().len(), 0);
    assert_eq!(send(right.clone(), body.clone()).await, 204);
    assert_eq!(send(right, body.clone()).await, 204, "sent again, it is answered and not acted on");
    assert_eq!(send(signed(GATEWAY, KEY_ID, now_s(), &body), body).await, 204, "signed anew, too");
    assert_eq!(*desk.acts.lock().unwrap(), ["EV-1"]);
}

#[test]
fn a_callback_counts_within_five_minutes_and_not_a_second_longer() {
    let body = callback("EV-1", "TRANSACTION.SUCCESS", &transaction());
    let headers = headers(&signed(GATEWAY, KEY_ID, NOW, &body));
    let account = account();
    for (now, fits) in
        [(NOW - 301, false), (NOW - 300, true), (NOW + 300, true), (NOW + 301, false), (0, false)]
    {
        let read = account.notification(&headers, &body, now);
        let expected = if fits { None } else { Some(PayError::Signature(SignatureFault::Old)) };
        assert_eq!(read.err(), expected, "{now}");
    }
}

#[test]
fn any_changed_byte_of_the_body_is_refused() {
    let body = callback("EV-1", "TRANSACTION.SUCCESS", &transaction());
    let headers = headers(&signed(GATEWAY, KEY_ID, NOW, &body));
    let account = account();
    assert!(account.notification(&headers, &body, NOW).is_ok());
    for at in 0..body.len() {
        let mut changed = body.clone();
        changed[at] ^= 1;
        let error = account.notification(&headers, &changed, NOW).unwrap_err();
        assert_eq!(error, PayError::Signature(SignatureFault::Wrong), "{at}");
        let cut = account.notification(&headers, &body[..at], NOW).unwrap_err();
        assert_eq!(cut, PayError::Signature(SignatureFault::Wrong), "{at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_change_of_the_body_is_refused(at in any::<prop::sample::Index>(), mask in 1_u8.., more in prop::collection::vec(any::<u8>(), 0..4)) {
        let body = callback("EV-1", "TRANSACTION.SUCCESS", &transaction());
        let headers = headers(&signed(GATEWAY, KEY_ID, NOW, &body));
        let mut changed = body.clone();
        let at = at.index(body.len());
        changed[at] ^= mask;
        changed.extend(more);
        prop_assert!(matches!(account().notification(&headers, &changed, NOW), Err(PayError::Signature(_))));
    }

    #[test]
    fn any_change_of_a_signatures_headers_is_refused(which in 0_usize..4, at in any::<prop::sample::Index>(), to in b' '..b'\x7f') {
        let body = callback("EV-1", "TRANSACTION.SUCCESS", &transaction());
        let mut parts = signed(GATEWAY, KEY_ID, NOW, &body);
        let mut value = parts[which].1.clone().into_bytes();
        let at = at.index(value.len());
        prop_assume!(value[at] != to);
        value[at] = to;
        parts[which].1 = String::from_utf8(value).unwrap();
        let read = account().notification(&headers(&parts), &body, NOW);
        prop_assert!(matches!(read, Err(PayError::Signature(_))), "{:?}", read);
    }

    #[test]
    fn any_bytes_under_any_headers_are_refused_and_nothing_panics(
        body in prop::collection::vec(any::<u8>(), 0..300),
        values in prop::array::uniform4("[ -~]{0,40}"),
    ) {
        let names = ["Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial"];
        let parts: Vec<_> = names.into_iter().zip(values).collect();
        prop_assert!(matches!(account().notification(&headers(&parts), &body, NOW), Err(PayError::Signature(_))));
    }
}
