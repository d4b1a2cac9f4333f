//! The end: faces compared for those who agreed, a campaign closed when everybody has an end, and purged for good.

use std::io::{Cursor, Write};
use std::time::Duration;

use campaign::message::Kind;
use campaign::settings::{Opening, Reference, Settings, template};
use reqwest::Method;
use seal::delivery::Signature;
use serde_json::{Value, json};
use studio::render::Background;
use zip::write::SimpleFileOptions;

use crate::photos::{accept_one, base, come, decide, photo, take, with_settings};
use crate::running::{CAMPAIGN, PASSWORD, Person, Running, roster};

fn settings() -> Settings {
    let mut settings = template("stations-2025").unwrap().unwrap();
    settings.photo.reference = Some(Reference { same_below: 0.3, different_above: 0.45 });
    settings.proof.opens = Some(Opening::On("2024-06-01".parse().unwrap()));
    settings.retention.keep_days = 0;
    settings
}

async fn say(student: &Person, what: &str) -> reqwest::StatusCode {
    let seen = student.get("/api/me").await["student"]["version"].clone();
    let asked = student.ask(Method::POST, "/api/me/events").header("if-match", format!("\"{seen}\""));
    asked.json(&json!({"what": what})).send().await.unwrap().status()
}

fn references(photos: &[(&str, u64)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, seed) in photos {
        zip.start_file(format!("录取照片/{name}.jpg"), SimpleFileOptions::default()).unwrap();
        zip.write_all(&photo(*seed, Background::White)).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faces_are_compared_for_those_who_agreed_and_exchanged_photos_are_named() {
    for running in crate::running::each().await {
        let (registry, codes) = with_settings(&running, settings()).await;
        let faces = format!("{}/faces", base());
        let mut students = Vec::new();
        for number in [0, 2, 4, 6] {
            let student = come(&running, number).await;
            assert_eq!(say(&student, "acknowledge-notice").await, 200);
            students.push(student);
        }
        // The last one does not agree, and everything else works.
        for student in &students[..3] {
            assert_eq!(say(student, "agree-comparison").await, 200);
        }
        let given =
            references(&[("20270000", 31), ("20270002", 32), ("20270004", 33), ("20270006", 34), ("99", 35)]);
        let taken =
            registry.ask(Method::POST, &format!("{faces}/references")).body(given).send().await.unwrap();
        let taken: Value = taken.json().await.unwrap();
        assert_eq!(taken, json!({"taken": 3, "not_agreed": 1, "strangers": ["99.jpg"], "faceless": []}));

        // The first two are photographed under each other's code.
        for (code, seed) in codes.iter().zip([32, 31, 33, 34]) {
            let shot = take(&registry, code, photo(seed, Background::White)).await;
            assert_eq!(decide(&registry, &shot, "accept").await.status(), 200);
        }
        assert_eq!(registry.post(&format!("{faces}/search"), json!({})).await.status(), 202);
        let found = searched(&registry).await;
        assert_eq!(
            (&found["photos"], &found["references"], &found["agreed"]),
            (&json!(3), &json!(3), &json!(3))
        );
        assert_eq!((&found["same"], &found["different"]), (&json!(1), &json!(2)), "{found}");
        let first = &found["suspicions"][0];
        let numbers: Vec<_> = first["people"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["student_no"].as_str().unwrap())
            .collect();
        assert_eq!((first["kind"].as_str(), numbers), (Some("swapped"), vec!["20270000", "20270002"]));

        // Taken back, nothing of the face is left.
        assert_eq!(say(&students[0], "decline-comparison").await, 200);
        let found = registry.get(&faces).await;
        assert_eq!((&found["photos"], &found["references"]), (&json!(2), &json!(2)));
        let selfie = students[3].ask(Method::POST, "/api/me/reference").body(photo(34, Background::White));
        assert_eq!(selfie.send().await.unwrap().status(), 409, "no consent");
        let selfie = students[1].ask(Method::POST, "/api/me/reference").body(photo(32, Background::White));
        assert_eq!(selfie.send().await.unwrap().status(), 204);
        running.app.close().await;
    }
}

async fn searched(registry: &Person) -> Value {
    for _ in 0..200 {
        let found = registry.get(&format!("{}/faces", base())).await;
        if found["searching"].is_null() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the search did not end")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_no_faces_are_compared_no_vector_is_made() {
    let running = crate::running::start(None).await;
    let off =
        Settings { photo: campaign::settings::Photo { reference: None, ..settings().photo }, ..settings() };
    let (registry, _) = with_settings(&running, off).await;
    let faces = format!("{}/faces", base());
    assert_eq!(registry.get(&faces).await["on"], false);
    assert_eq!(registry.post(&format!("{faces}/search"), json!({})).await.status(), 409);
    let given =
        registry.ask(Method::POST, &format!("{faces}/references")).body(references(&[("20270000", 1)]));
    assert_eq!(given.send().await.unwrap().status(), 409);
}

/// Moves the campaign on.
pub async fn step(registry: &Person, step: &str) -> (u16, Value) {
    let seen = registry.get(&base()).await["version"].clone();
    let asked =
        registry.ask(Method::POST, &format!("{}/moves", base())).header("if-match", format!("\"{seen}\""));
    let answer = asked.json(&json!({"step": step, "reason": "核对过"})).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// One student photographed, delivered and cleared; the others decided one by one.
async fn bring_to_an_end(registry: &Person, codes: &[String]) {
    accept_one(registry, &codes[0], &mut (1..)).await;
    let spec = json!({
        "purpose": "学历注册", "only_new": true, "pattern": "{student_no}", "fallback": "{student_no}",
        "extension": "jpg", "index": null, "photos_per_volume": 100,
    });
    assert_eq!(registry.post(&format!("{}/deliveries", base()), spec).await.status(), 202);
    for _ in 0..100 {
        if registry.get(&format!("{}/deliveries", base())).await["deliveries"][0]["state"] == "ready" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let answers = registry.ask(Method::POST, &format!("{}/deliveries/1/answers", base()));
    let answers = answers.body("学号,核验结果\n20270000,身份核验通过\n").send().await.unwrap();
    assert_eq!(answers.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_closes_when_everybody_has_an_end_and_is_purged_with_a_certificate() {
    for running in crate::running::each().await {
        let (registry, codes) = with_settings(&running, settings()).await;
        for one in ["freeze-roster", "plan", "publish", "begin"] {
            assert_eq!(step(&registry, one).await.0, 200, "{one}");
        }
        bring_to_an_end(&registry, &codes).await;
        let student = gives_a_reference(&running).await;
        for one in ["reconcile", "submit", "open-proof"] {
            assert_eq!(step(&registry, one).await.0, 200, "{one}");
        }
        proofreading_ends(&running, &registry).await;
        let closing = registry.get(&format!("{}/closing", base())).await;
        let heads: Vec<_> =
            closing["ends"].as_array().unwrap().iter().map(|end| end["heads"].clone()).collect();
        assert_eq!(heads, [1, 0, 0, 7]);
        assert_eq!(
            (&closing["lacking"][0]["missing"], &closing["lacking"][0]["heads"]),
            (&json!("photo"), &json!(7))
        );
        let (status, problem) = step(&registry, "close").await;
        assert_eq!((status, &problem["type"]), (409, &json!("/problems/not-now")));
        assert!(problem["zh"].as_str().unwrap().contains("20270001"));
        exclude_the_others(&registry).await;
        let purge = format!("{}/purge", base());
        assert_eq!(registry.post(&purge, json!({"campaign": CAMPAIGN})).await.status(), 409, "not closed");
        assert_eq!(registry.get(&format!("{}/faces", base())).await["references"], 1);
        assert_eq!(step(&registry, "close").await.0, 200);
        assert_eq!(
            registry.get(&format!("{}/faces", base())).await["references"],
            0,
            "it served its purpose"
        );
        assert_eq!(step(&registry, "purge").await.0, 409, "that is more than a step");
        let report = registry.ask(Method::GET, &format!("{}/closing.xlsx", base())).send().await.unwrap();
        assert!(report.bytes().await.unwrap().starts_with(b"PK"));
        assert_eq!(student.get("/api/me").await["shot"]["state"], "accepted");

        assert_eq!(registry.post(&purge, json!({"campaign": "other"})).await.status(), 422);
        let done: Value = registry.post(&purge, json!({"campaign": CAMPAIGN})).await.json().await.unwrap();
        let signature: Signature = serde_json::from_str(done["signature"].as_str().unwrap()).unwrap();
        let text = done["text"].as_str().unwrap();
        assert!(signature.verify(text.as_bytes()).is_ok());
        assert!(text.contains("照片文件"));
        assert_eq!(registry.get(&format!("{}/certificate", base())).await["text"], done["text"]);
        nothing_is_left(&running).await;
        assert_eq!(registry.get(&base()).await["phase"], "purged");
        assert_eq!(registry.get(&format!("{}/closing", base())).await["purged"], true);
        let gone = running.try_sign_in(&format!("{CAMPAIGN}/20270000"), PASSWORD).await;
        assert_eq!(gone.status(), 401);
        let log = registry.get(&format!("{}/log/verification", base())).await;
        assert_eq!(log["whole"], true, "what happened stays, without persons");
        running.app.close().await;
    }
}

/// Who did nothing until the end of proofreading is 未校对, which counts as right; a table shows that he was told.
async fn proofreading_ends(running: &Running, registry: &Person) {
    let id = seal::identity::CampaignId::try_from(CAMPAIGN.to_owned()).unwrap();
    running.app.register().tick(&id, crate::stations::now_ms()).await.unwrap();
    let told = tell_everybody(running, &id).await;
    assert_eq!(not_checked(registry).await, Vec::<String>::new(), "proofreading is open");
    assert_eq!(step(registry, "close-proof").await.0, 200);
    assert_eq!(not_checked(registry).await, told);
}

/// Everybody but the first, who has a photo.
async fn exclude_the_others(registry: &Person) {
    let students = registry.get(&format!("{}/students", base())).await;
    for student in students["items"].as_array().unwrap().iter().filter(|one| one["student_no"] != "20270000")
    {
        let path = format!("{}/students/{}/events", base(), student["id"].as_str().unwrap());
        let asked = registry.ask(Method::POST, &path).header("if-match", student["version"].to_string());
        let body = json!({"step": {"track": "eligibility", "event": "exclude"}, "reason": "延期毕业"});
        assert_eq!(asked.json(&body).send().await.unwrap().status(), 200);
    }
}

/// The first student agrees to the comparison and takes a picture of himself.
async fn gives_a_reference(running: &Running) -> Person {
    let student = come(running, 0).await;
    for what in ["acknowledge-notice", "agree-comparison"] {
        assert_eq!(say(&student, what).await, 200, "{what}");
    }
    let given = student.ask(Method::POST, "/api/me/reference").body(photo(31, Background::White));
    assert_eq!(given.send().await.unwrap().status(), 204);
    student
}

/// Has the students told what the calendar says, and says who was told when that proofreading is open.
async fn tell_everybody(running: &Running, id: &seal::identity::CampaignId) -> Vec<String> {
    let register = running.app.register();
    let campaign = register.campaign(id).await.unwrap();
    // Ten in the morning in China: nobody is disturbed at night.
    let ten = crate::stations::now_ms() / 86_400_000 * 86_400_000 + 2 * 3_600_000;
    server::routes::messages::tell_students(&running.app, &campaign, ten).await.unwrap();
    let told = register.told(id, None).await.unwrap();
    let open: Vec<_> = told.iter().filter(|one| one.kind == Kind::ProofOpen).collect();
    assert_eq!(open.len(), 1, "the one with a photo");
    let time = campaign::day::time_of_ms(open[0].at_ms).strftime("%Y-%m-%d %H:%M");
    vec![format!("20270000 {time}")]
}

/// Number of each who did nothing, and when he was told that proofreading is open.
async fn not_checked(registry: &Person) -> Vec<String> {
    let asked = registry.ask(Method::GET, &format!("{}/not-checked.xlsx", base())).send().await.unwrap();
    let table = roster::table::read(&asked.bytes().await.unwrap()).unwrap();
    let text = |row: &roster::table::Row, at: usize| row.cells[at].text.clone();
    table.rows.iter().map(|row| format!("{} {}", text(row, 2), text(row, 4))).collect()
}

/// No name, number or photo is in either database or among the objects.
async fn nothing_is_left(running: &Running) {
    let dump = running.dump().await;
    assert!(dump.len() > 1000, "the dump of everything that stays");
    for line in roster(8, 0).lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        for personal in &cells[..3] {
            assert!(!dump.contains(personal), "{personal} is still there");
        }
    }
    assert!(running.app.desk().objects().names().await.unwrap().is_empty());
}
