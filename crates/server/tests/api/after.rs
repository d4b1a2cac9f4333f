//! After the shooting: delivered, answered, taken again, proofread, disputed, put right, delivered again.

use std::io::Cursor;
use std::time::Duration;

use campaign::delivery::package::{Manifest, check};
use campaign::settings::{Opening, Settings, template};
use reqwest::Method;
use seal::delivery::Signature;
use seal::identity::CampaignId;
use seal::suite::Suite;
use serde_json::{Value, json};

use crate::photos::{accept_one, base, come, with_settings};
use crate::running::{CAMPAIGN, Person, Running};
use crate::stations::now_ms;

fn settings() -> Settings {
    let mut settings = template("stations-2025").unwrap().unwrap();
    settings.proof.opens = Some(Opening::On("2024-06-01".parse().unwrap()));
    settings
}

/// The four of the first class photographed and accepted.
async fn photographed(running: &Running) -> (Person, Vec<String>) {
    let (registry, codes) = with_settings(running, settings()).await;
    let mut seeds = 1..;
    for code in &codes {
        accept_one(&registry, code, &mut seeds).await;
    }
    (registry, codes)
}

fn usual() -> Value {
    json!({
        "purpose": "学历注册", "only_new": true, "pattern": "{document_no}", "folders": "{college}",
        "fallback": "{student_no}", "extension": "jpg", "index": "xlsx", "photos_per_volume": 3,
    })
}

/// A delivery when it is packed.
async fn delivered(registry: &Person) -> Value {
    let begun = registry.post(&format!("{}/deliveries", base()), usual()).await;
    let (status, begun): (_, Value) = (begun.status(), begun.json().await.unwrap());
    assert_eq!(status, 202, "{begun}");
    for _ in 0..200 {
        let known = registry.get(&format!("{}/deliveries", base())).await;
        let newest = known["deliveries"][0].clone();
        if newest["state"] == "ready" {
            assert_eq!(newest["number"], begun["number"]);
            return newest;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the delivery was not packed");
}

async fn bytes(person: &Person, path: &str) -> Vec<u8> {
    let answer = person.ask(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.bytes().await.unwrap().to_vec()
}

async fn answer(registry: &Person, number: &Value, list: String) -> Value {
    let path = format!("{}/deliveries/{number}/answers", base());
    let answered = registry.ask(Method::POST, &path).body(list).send().await.unwrap();
    assert_eq!(answered.status(), 200);
    answered.json().await.unwrap()
}

/// Everything fits the manifest, is fetched again as the same bytes, and a changed byte is named.
async fn verify(registry: &Person, delivery: &Value) {
    let path = format!("{}/deliveries/{}", base(), delivery["number"]);
    let text = bytes(registry, &format!("{path}/manifest.json")).await;
    let signature: Signature =
        serde_json::from_slice(&bytes(registry, &format!("{path}/manifest.sig")).await).unwrap();
    assert_eq!(json!(signature.verify(&text).unwrap().to_string()), delivery["signer"]);
    let manifest: Manifest = serde_json::from_slice(&text).unwrap();
    let mut photos = 0;
    for volume in &manifest.volumes {
        let place = format!("{path}/volumes/{}", volume.name);
        let mut whole = bytes(registry, &place).await;
        assert_eq!(bytes(registry, &place).await, whole, "the same bytes again");
        assert_eq!(check(volume, &mut Cursor::new(&whole), Suite::Modern), []);
        photos += volume.files.iter().filter(|file| file.name != "index.xlsx").count();
        let middle = whole.len() / 2;
        whole[middle] ^= 1;
        let found = check(volume, &mut Cursor::new(&whole), Suite::Modern);
        assert!(found[0].place.starts_with(&volume.name), "{found:?}");
    }
    assert_eq!(json!(photos), delivery["photos"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn photos_are_delivered_answered_taken_again_and_delivered_again() {
    for running in crate::running::each().await {
        let (registry, codes) = photographed(&running).await;
        let deliveries = format!("{}/deliveries", base());
        assert_eq!(registry.get(&deliveries).await["due"], 4);
        let mut same = usual();
        same["pattern"] = "{college}".into();
        let refused = registry.post(&deliveries, same).await;
        assert_eq!(refused.status(), 422, "four photos of one name");
        let first = delivered(&registry).await;
        assert_eq!((&first["photos"], first["volumes"].as_array().unwrap().len()), (&json!(4), 2));
        verify(&registry, &first).await;
        let again = registry.post(&deliveries, usual()).await;
        assert_eq!(again.status(), 422, "nothing is due");
        let sent = registry.post(&format!("{deliveries}/{}/sent", first["number"]), json!({})).await;
        assert_eq!(sent.status(), 200);

        // One is taken, one is not a good photo, one is meant by words that nobody knows, one is nobody here.
        let list = "学号,审核结果\n20270000,通过\n20270002,照片模糊\n20270004,请致电省厅\n99,通过\n";
        for _ in 0..2 {
            let answered = answer(&registry, &first["number"], list.into()).await;
            assert_eq!((&answered["known"], &answered["strangers"]), (&json!(3), &json!([5])));
        }
        let work = registry.get(&format!("{deliveries}/{}/work", first["number"])).await;
        let kinds: Vec<_> = work.as_array().unwrap().iter().map(|one| one["kind"].clone()).collect();
        assert_eq!(kinds, ["quality", "unknown"]);
        let retake = registry.get(&format!("{}/students?list=retake", base())).await;
        assert_eq!(retake["items"][0]["student_no"], "20270002");
        let student = come(&running, 2).await;
        assert_eq!(student.get("/api/me").await["shot"]["reason"], "照片模糊");

        accept_one(&registry, &codes[1], &mut (60..)).await;
        // The old list once more says nothing about the new photo.
        assert_eq!(answer(&registry, &first["number"], list.into()).await["retakes"], 0);
        let second = delivered(&registry).await;
        assert_eq!((&second["number"], &second["photos"]), (&json!(2), &json!(1)));
        verify(&registry, &second).await;
        assert_eq!(answer(&registry, &first["number"], list.into()).await["retakes"], 0);
        // For another purpose everything is new, and nobody's registration moves.
        let mut certificates = usual();
        certificates["purpose"] = "证书打印".into();
        assert_eq!(registry.post(&deliveries, certificates).await.status(), 202);
        let linked = registry.get(&format!("{}/students?text=20270000", base())).await;
        assert!(linked["items"][0]["tracks"].to_string().contains("linked"), "{linked}");
        // What was delivered before stays as it was.
        verify(&registry, &first).await;
        let log = registry.get(&format!("{}/log/verification", base())).await;
        assert_eq!(log["whole"], true);
        running.app.close().await;
    }
}

async fn say(student: &Person, path: &str, body: Value) -> reqwest::StatusCode {
    let seen = student.get("/api/me").await["student"]["version"].clone();
    let asked = student.ask(Method::POST, path).header("if-match", format!("\"{seen}\""));
    asked.json(&body).send().await.unwrap().status()
}

async fn settle(registry: &Person, dispute: &Value, body: Value) -> reqwest::StatusCode {
    let path = format!("{}/disputes/{}/answer", base(), dispute["id"].as_str().unwrap());
    let asked = registry.ask(Method::POST, &path).header("if-match", dispute["version"].to_string());
    asked.json(&body).send().await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_student_proofreads_disputes_and_the_corrected_record_is_delivered_again() {
    for running in crate::running::each().await {
        let (registry, _) = photographed(&running).await;
        delivered(&registry).await;
        let id = CampaignId::try_from(CAMPAIGN.to_owned()).unwrap();
        let student = come(&running, 0).await;
        assert_eq!(
            say(&student, "/api/me/events", json!({"what": "confirm-photo"})).await,
            409,
            "not open yet"
        );
        let ticked = running.app.register().tick(&id, now_ms()).await.unwrap();
        assert_eq!((ticked.opened, ticked.lapsed), (4, 0));
        assert_eq!(running.app.register().tick(&id, now_ms()).await.unwrap().opened, 0);

        let record = student.get("/api/me/record").await;
        assert!(record["fields"].to_string().contains("林晓雨"), "one's own record is whole");
        let asked = json!({"values": {"name": "林小雨"}, "note": "身份证上是小", "evidence": "iVBORw0KGgo="});
        assert_eq!(say(&student, "/api/me/disputes", asked).await, 201);
        let not_a_picture = json!({"values": {}, "note": "", "evidence": "aGFsbG8="});
        assert_eq!(say(&student, "/api/me/disputes", not_a_picture).await, 422);
        let disputes = registry.get(&format!("{}/disputes", base())).await;
        let name = |one: &Value| (one["now"].clone(), one["asked"].clone());
        assert_eq!(name(&disputes[0]["asked"][0]), (json!("林*雨"), json!("林*雨")), "masked in lists");
        let path = format!("{}/disputes/{}", base(), disputes[0]["id"].as_str().unwrap());
        let whole = registry.get(&path).await;
        assert_eq!(name(&whole["dispute"]["asked"][0]), (json!("林晓雨"), json!("林小雨")));
        let proof = format!("{}/disputes/{}/evidence", base(), disputes[0]["id"].as_str().unwrap());
        assert!(bytes(&registry, &proof).await.starts_with(b"\x89PNG"));
        let wrong = json!({"answer": "correct", "values": {"document-no": "1"}, "said": "更正"});
        assert_eq!(settle(&registry, &disputes[0], wrong).await, 422);
        let right = json!({"answer": "correct", "values": {"name": "林小雨"}, "said": "已按证件更正"});
        assert_eq!(settle(&registry, &disputes[0], right.clone()).await, 200);
        assert_eq!(settle(&registry, &disputes[0], right).await, 409, "answered once");
        let again = delivered(&registry).await;
        assert_eq!(again["photos"], 1, "the corrected record alone is new");
        assert_eq!(student.get("/api/me/record").await["disputes"][0]["answer"], "已按证件更正");
        assert_eq!(say(&student, "/api/me/events", json!({"what": "confirm-photo"})).await, 200);

        look_at_the_neighbours(&running, &registry).await;
        let list = "学号,校对结果\n20270004,照片正确\n20270006,未校对\n20270000,照片正确\n";
        let path = format!("{}/proofs", base());
        let imported = registry.ask(Method::POST, &path).body(list).send().await.unwrap();
        let imported: Value = imported.json().await.unwrap();
        assert_eq!(imported, json!({"lines": 3, "changed": 1, "strangers": [], "unknown": []}));
        let table = bytes(&registry, &format!("{}/disputes.xlsx", base())).await;
        assert!(table.starts_with(b"PK"));
        running.app.close().await;
    }
}

/// A photo of somebody else: those beside it are shown, and a new one makes the old one void.
async fn look_at_the_neighbours(running: &Running, registry: &Person) {
    let student = come(running, 2).await;
    assert_eq!(say(&student, "/api/me/disputes", json!({"note": "不是我"})).await, 201);
    let disputes = registry.get(&format!("{}/disputes", base())).await;
    assert_eq!((&disputes[0]["about"], &disputes[0]["state"]), (&json!("photo"), &json!("open")));
    let path = format!("{}/disputes/{}", base(), disputes[0]["id"].as_str().unwrap());
    let one = registry.get(&path).await;
    let near = one["neighbours"].as_array().unwrap();
    let own = near.iter().position(|one| one["own"] == true).unwrap();
    assert_eq!(
        (&near[own]["student_no"], &near[own - 1]["student_no"]),
        (&json!("20270002"), &json!("20270000"))
    );
    let retake = json!({"answer": "retake", "said": "重新拍摄"});
    assert_eq!(settle(registry, &disputes[0], retake).await, 200);
    let waiting = registry.get(&format!("{}/students?list=retake", base())).await;
    assert_eq!(waiting["total"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn proofreading_opens_and_ends_by_each_students_own_photo() {
    for running in crate::running::each().await {
        let mut settings = settings();
        settings.proof.opens = Some(Opening::AfterDays(40));
        settings.proof.least_days = 10;
        // The campaign's own last day is over: who was photographed late has ten days all the same.
        settings.proof.until = Some("2024-06-30".parse().unwrap());
        let (registry, codes) = with_settings(&running, settings).await;
        accept_one(&registry, &codes[0], &mut (1..)).await;
        let id = CampaignId::try_from(CAMPAIGN.to_owned()).unwrap();
        let taken_ms = now_ms();
        let tick = async |days: u64| {
            let ticked = running.app.register().tick(&id, taken_ms + days * 86_400_000).await.unwrap();
            (ticked.opened, ticked.lapsed)
        };
        assert_eq!(tick(39).await, (0, 0));
        assert_eq!(tick(40).await, (1, 0));
        assert_eq!(tick(40).await, (0, 0), "done twice it does nothing more");
        assert_eq!(tick(50).await, (0, 0), "the last day");
        assert_eq!(tick(51).await, (0, 1));
        running.app.close().await;
    }
}
