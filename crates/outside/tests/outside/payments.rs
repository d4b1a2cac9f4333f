//! Orders and refunds against a gateway that holds us to the documents.

use std::time::Duration;

use outside::address::Address;
use outside::pay::{
    Config, Gateway, Order, OrderNumber, PayError, RefundNumber, RefundState, Refunding, RequestFault,
    SignatureFault, TransactionState,
};

use crate::gateway::{Mood, account, stand_in};
use crate::nowhere;

const PATIENCE: Duration = Duration::from_secs(20);

fn number(text: &str) -> OrderNumber {
    OrderNumber::new(text).unwrap()
}

fn order(number: &OrderNumber, total_fen: u32) -> Order<'_> {
    Order { number, description: "毕业生图像采集费", total_fen, until_ms: Some(1_776_000_000_000) }
}

fn refused(result: Result<impl std::fmt::Debug, PayError>) -> (u16, String) {
    match result.unwrap_err() {
        PayError::Refused { status, code, message } if message.contains("说明") => (status, code),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_order_is_asked_for_paid_looked_up_and_paid_back_each_step_once() {
    let (standing, gateway) = stand_in(PATIENCE).await;
    let one = number("XD-2027-0001");
    let code = gateway.native(&order(&one, 1500)).await.unwrap();
    assert_eq!(code, "weixin://wxpay/bizpayurl?pr=XD-2027-0001");
    assert_eq!(gateway.native(&order(&one, 1500)).await.unwrap(), code, "asked again");
    assert_eq!(refused(gateway.native(&order(&one, 1501)).await), (403, "OUT_TRADE_NO_USED".into()));
    let waiting = gateway.order(&one).await.unwrap();
    assert_eq!((waiting.state, waiting.total_fen, waiting.id), (TransactionState::NotPay, Some(1500), None));

    standing.pay("XD-2027-0001");
    let paid = gateway.order(&one).await.unwrap();
    assert_eq!((paid.state, paid.total_fen), (TransactionState::Success, Some(1500)));
    assert_eq!(
        (paid.id.as_deref(), paid.paid_at_ms),
        (Some("42000000XD-2027-0001"), Some(1_712_721_605_000))
    );
    assert_eq!(refused(gateway.native(&order(&one, 1500)).await), (400, "ORDERPAID".into()));
    assert_eq!(refused(gateway.close(&one).await), (400, "ORDER_PAID".into()));

    let back = RefundNumber::new("XD-2027-0001-R1").unwrap();
    let refunding =
        Refunding { order: &one, number: &back, refund_fen: 1000, total_fen: 1500, reason: "重复缴费" };
    let first = gateway.refund(&refunding).await.unwrap();
    assert_eq!((first.state, first.refund_fen, first.total_fen), (RefundState::Processing, 1000, 1500));
    assert_eq!(gateway.refund(&refunding).await.unwrap(), first, "asked again, it is the same refund");
    assert_eq!(gateway.refunded(&back).await.unwrap(), first);
    let other = Refunding { refund_fen: 999, ..refunding };
    assert_eq!(refused(gateway.refund(&other).await), (400, "PARAM_ERROR".into()));
    let second = RefundNumber::new("XD-2027-0001-R2").unwrap();
    let too_much = Refunding { number: &second, ..refunding };
    assert_eq!(refused(gateway.refund(&too_much).await), (403, "NOT_ENOUGH".into()));
}

#[tokio::test]
async fn a_closed_order_stays_closed_and_what_is_missing_is_said_to_be() {
    let (_standing, gateway) = stand_in(PATIENCE).await;
    let (one, none) = (number("XD-2027-0002"), number("XD-2027-none"));
    gateway.native(&order(&one, 1500)).await.unwrap();
    gateway.close(&one).await.unwrap();
    gateway.close(&one).await.unwrap();
    assert_eq!(gateway.order(&one).await.unwrap().state, TransactionState::Closed);
    assert_eq!(refused(gateway.native(&order(&one, 1500)).await).1, "OUT_TRADE_NO_USED");
    assert!(gateway.order(&none).await.unwrap_err().is_missing());
    assert!(gateway.close(&none).await.unwrap_err().is_missing());
    assert!(gateway.refunded(&RefundNumber::new("none").unwrap()).await.unwrap_err().is_missing());
}

#[tokio::test]
async fn an_answer_counts_only_with_the_gateways_signature_of_now_on_every_byte() {
    let (standing, gateway) = stand_in(PATIENCE).await;
    let one = number("XD-2027-0003");
    gateway.native(&order(&one, 1500)).await.unwrap();
    for (mood, fault) in [
        (Mood::Unsigned, SignatureFault::Missing),
        (Mood::SignedTwice, SignatureFault::Missing),
        (Mood::ByStranger, SignatureFault::Wrong),
        (Mood::ChangedByte, SignatureFault::Wrong),
        (Mood::UnknownKey, SignatureFault::UnknownKey),
        (Mood::Old, SignatureFault::Old),
        (Mood::Early, SignatureFault::Old),
    ] {
        standing.feel(mood);
        let error = gateway.order(&one).await.unwrap_err();
        assert_eq!(error, PayError::Signature(fault), "{mood:?}");
        assert!(!error.may_retry());
        if mood != Mood::ChangedByte {
            assert_eq!(
                gateway.close(&one).await.unwrap_err(),
                PayError::Signature(fault),
                "{mood:?}, no body"
            );
        }
    }
    standing.feel(Mood::ByCertificate);
    assert!(gateway.order(&one).await.is_ok());
    standing.feel(Mood::ByStranger);
    let error = gateway.order(&number("XD-2027-none")).await.unwrap_err();
    assert_eq!(error, PayError::Signature(SignatureFault::Wrong), "a refusal that is signed is held to it");
    standing.feel(Mood::Unsigned);
    assert_eq!(refused(gateway.order(&number("XD-2027-none")).await).0, 404, "one that is not is only a no");
}

#[tokio::test]
async fn what_is_signed_and_not_what_was_asked_is_no_answer() {
    let (standing, gateway) = stand_in(PATIENCE).await;
    let one = number("XD-2027-0004");
    gateway.native(&order(&one, 1500)).await.unwrap();
    for mood in [Mood::Nonsense, Mood::AboutAnother] {
        standing.feel(mood);
        assert_eq!(gateway.native(&order(&one, 1500)).await.unwrap_err(), PayError::Answer, "{mood:?}");
        assert_eq!(gateway.order(&one).await.unwrap_err(), PayError::Answer, "{mood:?}");
    }
}

#[tokio::test]
async fn a_gateway_that_cannot_be_reached_is_asked_again_with_the_same_number() {
    let (hanging, hurried) = stand_in(Duration::from_millis(500)).await;
    let one = number("XD-2027-0005");
    hanging.feel(Mood::Hangs);
    let error = hurried.native(&order(&one, 1500)).await.unwrap_err();
    assert_eq!(error, PayError::Unreachable("no answer in time".into()));
    let (standing, gateway) = stand_in(PATIENCE).await;
    for mood in [Mood::Busy, Mood::Redirects, Mood::TooLong] {
        standing.feel(mood);
        let error = gateway.native(&order(&one, 1500)).await.unwrap_err();
        assert!(error.may_retry(), "{mood:?}: {error:?}");
        assert!(!error.to_string().contains("127.0.0.1") && !error.zh().contains("127.0.0.1"), "{error}");
    }
    standing.feel(Mood::Right);
    assert!(gateway.native(&order(&one, 1500)).await.is_ok());
    let config = Config {
        base: Address::parse(&format!("http://{}", nowhere().await)).unwrap(),
        notify: "https://xueying.example.edu.cn/notify".into(),
        account: account(),
        patience: PATIENCE,
    };
    assert!(Gateway::new(config).unwrap().order(&one).await.unwrap_err().may_retry());
}

#[tokio::test]
async fn another_merchants_key_is_refused_by_the_gateway_and_another_merchants_order_by_us() {
    let (standing, gateway) = stand_in(PATIENCE).await;
    let one = number("XD-2027-0006");
    gateway.native(&order(&one, 1500)).await.unwrap();
    standing.books.lock().unwrap().orders.get_mut("XD-2027-0006").unwrap()["mchid"] = "1900000000".into();
    assert_eq!(gateway.order(&one).await.unwrap_err(), PayError::Elsewhere);
    standing.books.lock().unwrap().orders.get_mut("XD-2027-0006").unwrap()["mchid"] = "1900009191".into();
    standing.books.lock().unwrap().orders.get_mut("XD-2027-0006").unwrap()["amount"]["currency"] =
        "USD".into();
    assert_eq!(gateway.order(&one).await.unwrap_err(), PayError::Answer);
}

#[tokio::test]
async fn what_cannot_be_asked_is_not_sent() {
    let (standing, gateway) = stand_in(PATIENCE).await;
    let one = number("XD-2027-0007");
    let right = order(&one, 1500);
    for (wrong, fault) in [
        (Order { total_fen: 0, ..right }, RequestFault::Amount),
        (Order { total_fen: 1_000_001, ..right }, RequestFault::Amount),
        (Order { description: "", ..right }, RequestFault::Description),
        (Order { description: "a\nb", ..right }, RequestFault::Description),
        (Order { until_ms: Some(u64::MAX), ..right }, RequestFault::Time),
    ] {
        assert_eq!(gateway.native(&wrong).await.unwrap_err(), PayError::Request(fault));
    }
    let back = RefundNumber::new("R1").unwrap();
    let right = Refunding { order: &one, number: &back, refund_fen: 1, total_fen: 1500, reason: "" };
    for (wrong, fault) in [
        (Refunding { refund_fen: 0, ..right }, RequestFault::Amount),
        (Refunding { refund_fen: 1501, ..right }, RequestFault::Amount),
        (Refunding { reason: &"退".repeat(27), ..right }, RequestFault::Reason),
    ] {
        assert_eq!(gateway.refund(&wrong).await.unwrap_err(), PayError::Request(fault));
    }
    assert_eq!(standing.books.lock().unwrap().asked, 0);
}

#[tokio::test]
async fn an_account_that_cannot_be_right_is_refused_before_the_first_call_and_shows_nothing() {
    let config = |change: fn(&mut Config)| {
        let mut config = Config {
            base: Address::parse("https://api.mch.weixin.qq.com").unwrap(),
            notify: "https://xueying.example.edu.cn/notify".into(),
            account: account(),
            patience: PATIENCE,
        };
        change(&mut config);
        Gateway::new(config)
    };
    let shown = format!("{:?}", config(|_| ()).unwrap());
    assert!(shown.contains("***") && !shown.contains(crate::gateway::RESOURCES), "{shown}");
    for (change, which) in [
        ((|config| config.account.merchant = "1\",mchid=\"2".into()) as fn(&mut Config), "merchant"),
        (|config| config.account.app.clear(), "app"),
        (|config| config.account.serial.clear(), "serial"),
        (|config| config.account.known.clear(), "gateway key"),
        (|config| config.notify = "/notify".into(), "notify"),
        (|config| config.notify.push_str("?a=b"), "notify"),
    ] {
        assert_eq!(config(change).unwrap_err(), PayError::Settings(which));
    }
}
