//! Photos after they were taken: a class on one sheet, the balance before a campaign goes on, photos taken alone.

use campaign::register::Act;
use campaign::register::roll::Filter;
use campaign::role::Role;
use campaign::settings::{Settings, template};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response};
use seal::identity::CampaignId;
use serde_json::{Value, json};
use server::demo::Filling;
use studio::render::file::camera_jpeg;
use studio::render::{Background, Shot, render};

use crate::running::{CAMPAIGN, COLLEGE, PASSWORD, Person, Running, roster, start};
use crate::stations::now_ms;

pub fn base() -> String {
    format!("/api/campaigns/{CAMPAIGN}")
}

pub fn photo(seed: u64, background: Background) -> Vec<u8> {
    camera_jpeg(&render(&Shot { size: (900, 1200), background, ..Shot::from_seed(seed) }), seed).unwrap()
}

/// A campaign of eight, each with a code; the codes of the even ones, who are one class.
async fn with_codes(running: &Running, tries: u16) -> (Person, Vec<String>) {
    let mut settings = template("stations-2025").unwrap().unwrap();
    settings.make_up.self_capture_tries = tries;
    settings.make_up.until = None;
    with_settings(running, settings).await
}

/// The same with any settings.
pub async fn with_settings(running: &Running, settings: Settings) -> (Person, Vec<String>) {
    let registry = running.registry().await;
    registry.begin_with(settings).await;
    registry.import(8).await;
    let id = CampaignId::try_from(CAMPAIGN.to_owned()).unwrap();
    let (entries, _) = running.app.register().page(&id, &Filter::default(), (0, 9)).await.unwrap();
    let filling = Filling::new(&running.app);
    let act = Act { role: Role::Registry, account: "test", at_ms: now_ms(), reason: "" };
    let students: Vec<_> = entries.iter().map(|entry| entry.id).collect();
    filling.issue(&id, &students, &act).await.unwrap();
    let mut codes = Vec::new();
    for entry in entries.iter().step_by(2) {
        codes.push(filling.code(&id, entry).await.unwrap());
    }
    (registry, codes)
}

pub async fn take(person: &Person, code: &str, photo: Vec<u8>) -> Value {
    let form = Form::new().part("photo", Part::bytes(photo).file_name("a.jpg")).text("code", code.to_owned());
    let taken = person.ask(Method::POST, &format!("{}/shots", base())).multipart(form).send().await.unwrap();
    assert_eq!(taken.status(), 201);
    taken.json().await.unwrap()
}

pub async fn decide(person: &Person, shot: &Value, decision: &str) -> Response {
    let path = format!("{}/shots/{}/decision", base(), shot["id"].as_str().unwrap());
    let asked = person.ask(Method::POST, &path).header("if-match", shot["version"].to_string());
    asked.json(&json!({"decision": decision, "reason": "核对过"})).send().await.unwrap()
}

/// Somebody is drawn until the photo does not fail, and that one is accepted.
pub async fn accept_one(registry: &Person, code: &str, seeds: &mut impl Iterator<Item = u64>) {
    for seed in seeds {
        let shot = take(registry, code, photo(seed, Background::Blue)).await;
        if shot["verdict"] != "fail" {
            assert_eq!(decide(registry, &shot, "accept").await.status(), 200);
            return;
        }
    }
}

/// A student of the roster makes the account and signs in.
pub async fn come(running: &Running, number: usize) -> Person {
    let table = roster(number + 1, 0);
    let cells: Vec<&str> = table.lines().nth(number + 1).unwrap().split(',').collect();
    let right = json!({"campaign": CAMPAIGN, "student_no": cells[0], "name": cells[1], "document_no": cells[2], "password": PASSWORD});
    assert_eq!(running.nobody("POST", "/api/activation").json(&right).send().await.unwrap().status(), 204);
    running.sign_in(&format!("{CAMPAIGN}/{}", cells[0]), PASSWORD).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_class_is_reviewed_on_one_sheet_what_needs_a_look_first() {
    for running in crate::running::each().await {
        let (registry, codes) = with_codes(&running, 0).await;
        let mut shots = Vec::new();
        for (at, code) in (0..).zip(&codes) {
            // One of them sits before a wall that no standard knows.
            let wall = if at == 2 { Background::Red } else { Background::Blue };
            shots.push(take(&registry, code, photo(at, wall)).await);
        }
        // Taken again, the newest one counts.
        take(&registry, &codes[3], photo(9, Background::Blue)).await;
        let classes = registry.get(&format!("{}/shots/classes", base())).await;
        assert_eq!(classes, json!([{"college": COLLEGE, "cohort": "班0", "shots": 4, "waiting": 4}]));
        let sheet = format!("{}/shots/sheet?college={COLLEGE}&cohort=班0", base());
        let before = registry.get(&sheet).await;
        let before = before.as_array().unwrap();
        assert_eq!((before.len(), &before[0]["id"]), (4, &shots[2]["id"]), "the one that fails comes first");
        for shot in before.iter().skip(1) {
            assert_eq!(decide(&registry, shot, "accept").await.status(), 200);
        }
        let after = registry.get(&sheet).await;
        let states: Vec<_> = after.as_array().unwrap().iter().map(|shot| shot["state"].clone()).collect();
        assert_eq!(states, ["waiting", "accepted", "accepted", "accepted"]);
        assert_eq!(registry.get(&format!("{}/shots/classes", base())).await[0]["waiting"], 1);
        running.app.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_is_not_reconciled_while_a_photo_is_undecided() {
    for running in crate::running::each().await {
        let (registry, codes) = with_codes(&running, 0).await;
        let shot = take(&registry, &codes[0], photo(1, Background::Blue)).await;
        let reconcile = async || {
            let seen = registry.get(&base()).await["version"].clone();
            let asked = registry.ask(Method::POST, &format!("{}/moves", base()));
            let asked = asked.header("if-match", format!("\"{seen}\""));
            let answer = asked.json(&json!({"step": "reconcile"})).send().await.unwrap();
            answer.json::<Value>().await.unwrap()["type"].clone()
        };
        assert_eq!(reconcile().await, "/problems/balance");
        assert_eq!(decide(&registry, &shot, "accept").await.status(), 200);
        let stations = registry.get(&format!("{}/stations", base())).await;
        assert_eq!(
            stations["hand_over"],
            json!({"here": 1, "linked": 1, "refused": 0, "untold": 0, "waiting": 0})
        );
        // Now only the campaign's own course stands against it: it is not shooting.
        assert_eq!(reconcile().await, "/problems/not-now");
        running.app.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_taken_alone_waits_for_a_person_and_a_fourth_is_refused() {
    let running = start(None).await;
    let (registry, _) = with_codes(&running, 3).await;
    let student = come(&running, 0).await;
    let give = async |seed| {
        let asked = student.ask(Method::POST, "/api/me/capture").header("content-type", "image/jpeg");
        asked.body(photo(seed, Background::White)).send().await.unwrap()
    };
    let left = async || student.get("/api/me").await["self_capture"].clone();
    assert_eq!(left().await, json!({"left": 3, "tries": 3, "waiting": false}));

    // The first waits for a person, and while it does there is no second; it can be taken back.
    let first: Value = give(1).await.json().await.unwrap();
    assert_eq!((&first["state"], &first["station"]), (&json!("waiting"), &json!("self")));
    assert_eq!(left().await, json!({"left": 0, "tries": 3, "waiting": true}));
    assert_eq!(give(2).await.status(), 409);
    let back = student.ask(Method::DELETE, "/api/me/capture").send().await.unwrap();
    assert_eq!(back.json::<Value>().await.unwrap()["reason"], "本人撤回");
    assert_eq!(student.ask(Method::DELETE, "/api/me/capture").send().await.unwrap().status(), 409);

    // The second and the third are rejected with a reason, which the student reads; there is no fourth.
    for seed in [2, 3] {
        let shot: Value = give(seed).await.json().await.unwrap();
        assert_eq!(decide(&registry, &shot, "retake").await.status(), 200);
        assert_eq!(student.get("/api/me").await["shot"]["reason"], "核对过");
    }
    assert_eq!(left().await, json!({"left": 0, "tries": 3, "waiting": false}));
    assert_eq!(give(4).await.status(), 409);
    let log = registry.get(&format!("{}/log/verification", base())).await;
    assert_eq!(log["whole"], true);

    // Where the campaign does not allow it there is nothing to be given.
    let other = start(None).await;
    let (_registry, _) = with_codes(&other, 0).await;
    let student = come(&other, 0).await;
    assert_eq!(student.get("/api/me").await["self_capture"], Value::Null);
    let asked = student.ask(Method::POST, "/api/me/capture").body(photo(1, Background::White));
    assert_eq!(asked.send().await.unwrap().status(), 409);
}

async fn shown(person: &Person, student: &str) -> Value {
    let page = person.get(&format!("{}/students?text={student}", base())).await;
    page["items"][0].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exchanged_photos_are_put_right_by_two_persons_and_every_record_verifies() {
    for running in crate::running::each().await {
        let (registry, codes) = with_codes(&running, 0).await;
        let mut shots = Vec::new();
        // Each sits under the other's code.
        for (code, seed) in codes.iter().zip([52, 51]) {
            let shot = take(&registry, code, photo(seed, Background::Blue)).await;
            assert_eq!(decide(&registry, &shot, "accept").await.status(), 200);
            shots.push(shot);
        }
        let prints = format!("{}/prints", base());
        let students = [
            shown(&registry, "20270000").await["id"].clone(),
            shown(&registry, "20270002").await["id"].clone(),
        ];
        for (step, count) in [("print", 2), ("print", 0), ("deliver", 2)] {
            let handed = registry.post(&prints, json!({"students": students, "step": step})).await;
            assert_eq!(handed.json::<Value>().await.unwrap()["count"], count, "{step}");
        }
        let exchanges = format!("{}/exchanges", base());
        let wanted = json!({"a": shots[0]["id"], "b": shots[1]["id"], "reason": "前后两人照片互换"});
        let same = json!({"a": shots[0]["id"], "b": shots[0]["id"], "reason": "前后两人照片互换"});
        assert_eq!(registry.post(&exchanges, same).await.status(), 409);
        let asked: Value = registry.post(&exchanges, wanted).await.json().await.unwrap();
        let approval = format!("{exchanges}/{}/approval", asked["id"].as_str().unwrap());
        assert_eq!(registry.post(&approval, json!({})).await.status(), 409, "not by the same person");
        let second = running.person("second", Role::Registry, campaign::accounts::Scope::default()).await;
        assert_eq!(second.get(&exchanges).await[0]["own"], false);
        assert_eq!(second.post(&approval, json!({})).await.status(), 204);
        assert_eq!(second.post(&approval, json!({})).await.status(), 409, "once");

        let id = CampaignId::try_from(CAMPAIGN.to_owned()).unwrap();
        let accepted = running.app.register().accepted_shots(&id).await.unwrap();
        for (student, old) in students.iter().zip(&shots) {
            let student: uuid::Uuid = student.as_str().unwrap().parse().unwrap();
            let now = running.app.desk().shot(accepted[&student]).await.unwrap();
            assert_ne!(json!(now.id), old["id"]);
            // The sealed record of the new file opens and names this very shot.
            let path = format!("{}/shots/{}/photo", base(), now.id);
            let bytes = registry.ask(Method::GET, &path).send().await.unwrap().bytes().await.unwrap();
            let plain = seal::photo::without_comments(&bytes).unwrap();
            let other = format!(
                "{}/shots/{}/photo",
                base(),
                shots[usize::from(old == &shots[0])]["id"].as_str().unwrap()
            );
            let other = registry.ask(Method::GET, &other).send().await.unwrap().bytes().await.unwrap();
            assert_eq!(plain, seal::photo::without_comments(&other).unwrap(), "the other one's picture");
            assert_ne!(bytes, other, "with a record of its own");
        }
        assert_eq!(registry.get(&format!("{}/deliveries", base())).await["due"], 2);
        let prints = registry.get(&format!("{prints}?college={COLLEGE}&cohort=班0")).await;
        assert_eq!(prints[0]["prints"], "none", "recalled");
        let log = registry.get(&format!("{}/log/verification", base())).await;
        assert_eq!(log["whole"], true);
        running.app.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_that_fails_is_accepted_by_two_persons_with_a_reason_or_not_at_all() {
    let running = start(None).await;
    let (registry, codes) = with_codes(&running, 0).await;
    let shot = take(&registry, &codes[0], photo(1, Background::Red)).await;
    assert_eq!(shot["verdict"], "fail");
    let path = format!("{}/shots/{}/decision", base(), shot["id"].as_str().unwrap());
    let without = registry.ask(Method::POST, &path).header("if-match", "0");
    let without = without.json(&json!({"decision": "accept", "reason": " "})).send().await.unwrap();
    assert_eq!(without.status(), 422);
    let asked: Value = decide(&registry, &shot, "accept").await.json().await.unwrap();
    assert_eq!((&asked["state"], &asked["asked"]), (&json!("waiting"), &json!("核对过")));
    assert_eq!(decide(&registry, &asked, "accept").await.status(), 409, "not by the same person");
    let second = running.person("second", Role::Registry, campaign::accounts::Scope::default()).await;
    let taken: Value = decide(&second, &asked, "accept").await.json().await.unwrap();
    assert_eq!(taken["state"], "accepted");
}
