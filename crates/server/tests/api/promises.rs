//! What is promised about every answer: both languages, versions, repeated writes, locks, headers, the document.

use std::path::Path;

use campaign::accounts::Scope;
use campaign::role::Role;
use reqwest::Method;
use seal::identity::CampaignId;
use serde_json::{Value, json};

use crate::running::{CAMPAIGN, PASSWORD, each, start};

/// With `XUEYING_WRITE=1` the document is written anew.
#[test]
fn every_operation_has_a_name_of_its_own() {
    let document = serde_json::to_value(server::routes::document()).unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let mut names: Vec<&str> = paths
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all, "types are made of the names");
}

#[test]
fn the_document_in_the_tree_is_the_one_that_is_served() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let document = serde_json::to_string_pretty(&server::routes::document()).unwrap() + "\n";
    if std::env::var_os("XUEYING_WRITE").is_some() {
        std::fs::write(&file, &document).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(
        kept == document,
        "docs/openapi.json is old: run this test with XUEYING_WRITE=1, then `npm run types` in web/"
    );
}

#[tokio::test]
async fn a_problem_speaks_the_language_that_is_asked_for_and_carries_both() {
    let running = start(None).await;
    for (language, status, word) in [("en", 401, "sign in"), ("zh-CN,en;q=0.5", 401, "登录")] {
        let answer =
            running.nobody("GET", "/api/campaigns").header("accept-language", language).send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let problem: Value = answer.json().await.unwrap();
        assert!(problem["detail"].as_str().unwrap().contains(word), "{problem}");
        assert!(
            problem["zh"].as_str().unwrap().contains("登录")
                && problem["en"].as_str().unwrap().contains("sign in")
        );
        assert_eq!(problem["type"], "/problems/signed-out");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_guard_a_browser() {
    let running = start(None).await;
    for path in ["/", "/healthz", "/api/session", "/nowhere"] {
        let answer = running.nobody("GET", path).send().await.unwrap();
        for name in ["content-security-policy", "x-content-type-options", "referrer-policy"] {
            assert!(answer.headers().contains_key(name), "{name} of {path}");
        }
    }
    let ready = running.nobody("GET", "/readyz").send().await.unwrap();
    assert_eq!(ready.text().await.unwrap(), "ready");
    let numbers = running.nobody("GET", "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(numbers.contains("http_requests_total"), "{numbers}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_is_sent_twice_is_done_once() {
    for running in each().await {
        let registry = running.registry().await;
        registry.begin().await;
        let new = json!({"login": "office", "name": "x", "role": "auditor"});
        let send = |body: Value| {
            let asked = registry.ask(Method::POST, "/api/accounts").header("idempotency-key", "k-1");
            asked.json(&body).send()
        };
        assert_eq!(send(new.clone()).await.unwrap().status(), 201);
        // The first password is shown once, so it is not kept to be repeated.
        assert_eq!(send(new).await.unwrap().status(), 409);
        let other = send(json!({"login": "other", "name": "x", "role": "auditor"})).await.unwrap();
        assert_eq!(other.status(), 422, "one key, two requests");

        registry.import(3).await;
        let codes = || {
            let asked = registry.ask(Method::POST, &format!("/api/campaigns/{CAMPAIGN}/codes"));
            asked.header("idempotency-key", "k-2").json(&json!({"until": "2030-06-30"})).send()
        };
        let first: Value = codes().await.unwrap().json().await.unwrap();
        let again = codes().await.unwrap();
        assert_eq!(again.headers()["idempotency-replayed"], "true");
        assert_eq!(first, again.json::<Value>().await.unwrap());
        assert_eq!(first["issued"], 3);
        running.app.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_names_the_version_it_saw_and_a_late_one_is_refused() {
    let running = start(None).await;
    let registry = running.registry().await;
    registry.begin().await;
    registry.import(2).await;
    let settings = registry.get(&format!("/api/campaigns/{CAMPAIGN}/settings")).await;
    let path = format!("/api/campaigns/{CAMPAIGN}/settings");
    let put = |version: Option<&str>| {
        let mut asked = registry.ask(Method::PUT, &path).json(&json!({"text": settings["text"]}));
        if let Some(version) = version {
            asked = asked.header("if-match", version);
        }
        asked.send()
    };
    assert_eq!(put(None).await.unwrap().status(), 428);
    assert_eq!(put(Some("\"1\"")).await.unwrap().status(), 200);
    assert_eq!(put(Some("\"1\"")).await.unwrap().status(), 412);
    let broken = registry
        .ask(Method::PUT, &path)
        .header("if-match", "\"2\"")
        .json(&json!({"text": "[campaign]\ntitel = 1"}));
    let problem: Value = broken.send().await.unwrap().json().await.unwrap();
    assert!(problem["detail"].as_str().unwrap().contains('2'), "{problem}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_wrong_passwords_lock_an_account_and_another_pages_request_is_refused() {
    let running = start(None).await;
    let registry = running.registry().await;
    assert_eq!(
        registry.forged(Method::POST, "/api/accounts").json(&json!({})).send().await.unwrap().status(),
        403
    );
    let new = json!({"login": "office", "name": "x", "role": "auditor"});
    let made: Value = registry.post("/api/accounts", new).await.json().await.unwrap();
    let first = made["password"].as_str().unwrap();
    // The first password opens nothing but its own change.
    let fresh = running.sign_in("office", first).await;
    let refused = fresh.ask(Method::GET, "/api/campaigns").send().await.unwrap();
    assert_eq!(refused.status(), 403);
    assert!(refused.text().await.unwrap().contains("password-must-change"));
    let change = |new: &str| {
        fresh.ask(Method::POST, "/api/session/password").json(&json!({"old": first, "new": new})).send()
    };
    assert_eq!(change("short").await.unwrap().status(), 422);
    assert_eq!(change(PASSWORD).await.unwrap().status(), 204);
    assert_eq!(fresh.ask(Method::GET, "/api/campaigns").send().await.unwrap().status(), 200);
    for _ in 0..4 {
        assert_eq!(running.try_sign_in("office", "wrong").await.status(), 401);
    }
    assert_eq!(running.try_sign_in("office", "wrong").await.status(), 429);
    let locked = running.try_sign_in("office", PASSWORD).await;
    assert_eq!(locked.status(), 429);
    assert!(locked.text().await.unwrap().contains("/problems/locked"));
    // The registry reads what happened, newest first.
    let log = registry.get("/api/accounts/log").await;
    let seen: Vec<_> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["account"] == "office")
        .map(|line| (line["event"].as_str().unwrap(), line["by"].as_str().unwrap()))
        .collect();
    assert_eq!(seen, [("locked", ""), ("password-changed", ""), ("signed-in", ""), ("created", "registry")]);
    assert_eq!(registry.get("/api/accounts/log/verification").await["whole"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_masked_is_shown_for_a_reason_that_the_log_keeps() {
    let running = start(None).await;
    let registry = running.registry().await;
    registry.begin().await;
    registry.import(2).await;
    let page = registry.get(&format!("/api/campaigns/{CAMPAIGN}/students")).await;
    let student = page["items"][0]["id"].as_str().unwrap();
    let path = format!("/api/campaigns/{CAMPAIGN}/students/{student}/reveal");
    assert_eq!(registry.post(&path, json!({"reason": " "})).await.status(), 422);
    let whole: Value = registry.post(&path, json!({"reason": "核对证书"})).await.json().await.unwrap();
    assert_eq!(whole["name"], "林晓雨");
    let log = registry.get(&format!("/api/campaigns/{CAMPAIGN}/log")).await;
    assert!(log["items"][0].to_string().contains("核对证书"));
    let exported =
        registry.ask(Method::GET, &format!("/api/campaigns/{CAMPAIGN}/students.xlsx")).send().await.unwrap();
    assert!(exported.bytes().await.unwrap().starts_with(b"PK"));
    let log = registry.get(&format!("/api/campaigns/{CAMPAIGN}/log")).await;
    assert!(log["items"][0].to_string().contains("students.xlsx"));
    let auditor = running.person("auditor", Role::Auditor, Scope::default()).await;
    assert_eq!(auditor.post(&path, json!({"reason": "核对证书"})).await.status(), 403);
}

#[tokio::test]
async fn a_campaign_whose_keys_were_cut_off_on_their_way_has_them_all_the_same() {
    for running in each().await {
        let registry = running.registry().await;
        registry.begin().await;
        registry.import(4).await;
        let id = CampaignId::try_from(CAMPAIGN.to_owned()).unwrap();
        let (school, desk) = (running.app.register().store().reader(), running.app.desk().store().reader());
        // As if the program had ended when two of the four were over.
        for holder in ["centre", "rest"] {
            let locked = running.app.desk().key(&id, holder).await.unwrap();
            let waits = "insert into campaign_key (campaign, holder, locked) values ($1, $2, $3)";
            let name = format!("desk/{holder}");
            sqlx::query(waits).bind(CAMPAIGN).bind(name).bind(locked).execute(school).await.unwrap();
            let lost = "delete from station_key where campaign = $1 and holder = $2";
            sqlx::query(lost).bind(CAMPAIGN).bind(holder).execute(desk).await.unwrap();
        }
        let codes = json!({"until": "2030-06-30"});
        let issued = registry.post(&format!("/api/campaigns/{CAMPAIGN}/codes"), codes).await;
        assert_eq!(issued.json::<Value>().await.unwrap()["issued"], 4);
        let rows = "select count(*) from campaign_key where campaign = $1 and holder like 'desk/%'";
        let waiting: i64 = sqlx::query_scalar(rows).bind(CAMPAIGN).fetch_one(school).await.unwrap();
        assert_eq!(waiting, 0);
        running.app.desk().key(&id, "rest").await.unwrap();
    }
}
