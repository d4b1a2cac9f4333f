//! Signatures by other programs, and keys that are none.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use outside::service::{Service, signed_text};
use seal::merchant::{GatewayKey, MerchantFault, MerchantKey};
use uuid::Uuid;

use crate::gateway::{GATEWAY, GATEWAY_CERTIFICATE, GATEWAY_PUBLIC, MERCHANT, MERCHANT_PUBLIC, account};

/// `openssl dgst -sha256 -sign merchant.pem` over the request of the documents' example (签名生成).
const OF_REQUEST: &str = "LWse1Pbmp5l1JSlJ17jGrftc483QnaW7AWz0CWB4ViR7KZHvm6A9r2+eBenDy/LS9MiTv3iuKl+RfYG1kv0JmgYmOP6iXw9tUV00K/mT62uk8/7ky7oO/LdXVrZv7Sjesy9Bp3Q8Cov6DXADTyj0gk4smtSPgCgJVSGq3tfY6aYLWpurhU6C+OrAhnI5u9tI+gLv51CKuNe3PhAAUppiWsRt6pxOrybr8J5GUwADjTAE28yF/6jt2xcT7m2WnyD74b7J2rDyLKkyn23OUkDydxGRl+bWI7qc7UgODbyihce9jbwKfbn64cSBFjsWTl7KF41DRcxtp6oAjHuhiaTGOQ==";
/// `openssl dgst -sha256 -sign gateway.pem` over an answer.
const OF_ANSWER: &str = "mOXKFY3wEWceGXiE37ZeubkqFAaxCNk6hR/tXyArj8LTO1lIJkxBC+uDNk0rhdJV2vPpTQdj51mA983FYZfxv2C2gZXf/nlgkRNFTbXfWirfaUizO2y8e4KWn7ESZyzj7W6wr44lnIncGLPszvx2X1qzdmLG0tnlHu74hZu2wS3Uv1Dxxb0RDULqgOYP3lLFdpeuID1dtFaKm7gJYchj+2WRHt0MJ2S2w1oS+A8PXialcTHtpB8fDHdx82mUYLoc20zHA5rlL8VNt7L8a52ZWTxEvVVHj8CU6B38rJ6Jo/xzJ6nPRRdt6dD97Jj9ZuJOL0cYF4HzjgMUzUoSqXB0cg==";
const ANSWER: &[u8] = b"1554209980\nc5ac7061fccab6bf3e254dcf98995b8c\n{\"code_url\":\"weixin://wxpay/bizpayurl?pr=JyC91EIz1\"}\n";

#[test]
fn a_request_is_signed_as_openssl_signs_it() {
    let said = account()
        .authorization("GET", "/v3/certificates", "", 1_554_208_460, "593BEC0C930BF1AFEB40B4A08C8FB242")
        .unwrap();
    let expected = format!(
        "WECHATPAY2-SHA256-RSA2048 mchid=\"1900009191\",nonce_str=\"593BEC0C930BF1AFEB40B4A08C8FB242\",signature=\"{OF_REQUEST}\",timestamp=\"1554208460\",serial_no=\"1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C\""
    );
    assert_eq!(said, expected);
}

#[test]
fn a_signature_of_openssl_counts_by_public_key_and_by_certificate_and_any_other_byte_does_not() {
    for pem in [GATEWAY_PUBLIC, GATEWAY_CERTIFICATE] {
        let key = GatewayKey::from_pem(pem).unwrap();
        assert!(key.verifies(ANSWER, OF_ANSWER));
        for at in 0..ANSWER.len() {
            let mut changed = ANSWER.to_vec();
            changed[at] ^= 1;
            assert!(!key.verifies(&changed, OF_ANSWER), "{at}");
        }
        let signature = STANDARD.decode(OF_ANSWER).unwrap();
        for at in 0..signature.len() {
            let mut changed = signature.clone();
            changed[at] ^= 1;
            assert!(!key.verifies(ANSWER, &STANDARD.encode(changed)), "{at}");
        }
        for wrong in
            ["", "WECHATPAY/SIGNTEST/abc", &OF_ANSWER[..OF_ANSWER.len() - 4], &format!(" {OF_ANSWER}")]
        {
            assert!(!key.verifies(ANSWER, wrong), "{wrong}");
        }
    }
    assert!(!GatewayKey::from_pem(MERCHANT_PUBLIC).unwrap().verifies(ANSWER, OF_ANSWER));
}

#[test]
fn keys_are_read_by_kind_and_length_and_a_certificate_says_its_number() {
    assert_eq!(GatewayKey::from_pem(GATEWAY_PUBLIC).unwrap().serial(), None);
    let certificate = GatewayKey::from_pem(GATEWAY_CERTIFICATE).unwrap();
    assert_eq!(certificate.serial(), Some("1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C"));
    for wrong in [include_str!("keys/curve.pub.pem"), include_str!("keys/short.pub.pem"), MERCHANT] {
        assert_eq!(GatewayKey::from_pem(wrong).unwrap_err(), MerchantFault::PublicKey);
    }
    assert_eq!(MerchantKey::from_pem(GATEWAY_PUBLIC).unwrap_err(), MerchantFault::PrivateKey);
    let shown = format!("{:?}", MerchantKey::from_pem(GATEWAY).unwrap());
    assert_eq!(shown, "MerchantKey(***)");
}

#[test]
fn the_worked_example_of_the_contract_is_what_the_program_sends() {
    let page = include_str!("../../../../docs/outside.md");
    let id = Uuid::parse_str("01957f3c-2b7a-7c4e-9d10-5a6b7c8d9e0f").unwrap();
    let body = r#"{"id":"01957f3c-2b7a-7c4e-9d10-5a6b7c8d9e0f","way":"sms","to":"13800000000","kind":"tomorrow","text":"4月22日 09:20 拍摄毕业照片，请提前到集合地点，带好采集码。"}"#;
    let message = outside::message::Outgoing {
        id,
        way: outside::message::Way::Sms,
        to: "13800000000",
        kind: "tomorrow",
        text: "4月22日 09:20 拍摄毕业照片，请提前到集合地点，带好采集码。",
        values: std::collections::BTreeMap::new(),
    };
    assert_eq!(serde_json::to_string(&message).unwrap(), body);
    let service: Service =
        crate::service("127.0.0.1:80".parse().unwrap(), "/messages", std::time::Duration::from_secs(1));
    let signature = service.signature("/messages", 1_712_707_200, &id, body.as_bytes());
    let text = signed_text("/messages", 1_712_707_200, &id);
    for stated in [crate::SERVICE_KEY, body, &signature, text.trim_end()] {
        assert!(page.contains(stated), "docs/outside.md lacks {stated}");
    }
}
