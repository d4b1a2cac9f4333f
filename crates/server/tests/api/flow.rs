//! A campaign from the faulty roster to the photo that its student sees.

use campaign::accounts::Scope;
use campaign::role::Role;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use studio::render::file::camera_jpeg;
use studio::render::{Shot, render};

use crate::running::{CAMPAIGN, COLLEGE, PASSWORD, Person, Running, each, roster};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_goes_from_a_faulty_roster_to_a_photo_that_its_student_sees() {
    for running in each().await {
        let registry = running.registry().await;
        registry.begin().await;
        take_a_roster(&registry).await;
        issue_codes(&registry).await;
        let (student, card) = come_for_the_first_time(&running).await;
        photograph(&running, card).await;
        see_the_photo(&student, &registry).await;
        look_as_a_college(&running, &registry).await;
        search_the_capture_side(&running).await;
        lose_nobody_to_a_new_roster(&registry, &student).await;
        running.app.close().await;
    }
}

/// A faulty roster is shown with its faults and refused whole; the corrected one is taken.
async fn take_a_roster(registry: &Person) {
    let base = format!("/api/campaigns/{CAMPAIGN}");
    let faulty = roster(20, 3);
    let checked = registry.ask(Method::POST, &format!("{base}/roster/check")).body(faulty.clone());
    let checked = checked.send().await.unwrap();
    let version = checked.headers()["etag"].to_str().unwrap().to_owned();
    let checked: Value = checked.json().await.unwrap();
    assert_eq!(checked["findings_total"], 3);
    assert_eq!(checked["findings"][0]["column"], "C");
    let refused = registry
        .ask(Method::POST, &format!("{base}/roster"))
        .header("if-match", version)
        .body(faulty.clone());
    assert_eq!(refused.send().await.unwrap().status(), 422);
    assert_eq!(registry.get(&format!("{base}/students")).await["total"], 0);
    let marked =
        registry.ask(Method::POST, &format!("{base}/roster/marked")).body(faulty).send().await.unwrap();
    assert!(marked.bytes().await.unwrap().starts_with(b"PK"));

    registry.import(20).await;
    let page = registry.get(&format!("{base}/students?size=5&page=2")).await;
    assert_eq!((page["total"].as_i64(), page["items"].as_array().unwrap().len()), (Some(20), 5));
    assert_eq!(page["items"][0]["student_no"], "20270005");
    assert!(!page.to_string().contains("610104"), "document numbers are masked");
}

/// Codes: once for everybody, again for nobody.
async fn issue_codes(registry: &Person) {
    let base = format!("/api/campaigns/{CAMPAIGN}");
    let codes = json!({"until": "2030-06-30"});
    let issued: Value = registry.post(&format!("{base}/codes"), codes.clone()).await.json().await.unwrap();
    assert_eq!(issued["issued"], 20);
    let again: Value = registry.post(&format!("{base}/codes"), codes).await.json().await.unwrap();
    assert_eq!((&again["issued"], &again["kept"]), (&json!(0), &json!(20)));
}

/// A student makes the account and saves the card.
async fn come_for_the_first_time(running: &Running) -> (Person, Vec<u8>) {
    let wrong = json!({"campaign": CAMPAIGN, "student_no": "20270000", "name": "林晓雨", "document_no": "x", "password": PASSWORD});
    let refused = running.nobody("POST", "/api/activation").json(&wrong).send().await.unwrap();
    assert_eq!(refused.status(), 422);
    let document = roster(1, 0).lines().nth(1).unwrap().split(',').nth(2).unwrap().to_owned();
    let right = json!({"campaign": CAMPAIGN, "student_no": "20270000", "name": "林晓雨", "document_no": document, "password": PASSWORD});
    let enrolled = running.nobody("POST", "/api/activation").json(&right).send().await.unwrap();
    assert_eq!(enrolled.status(), 204);
    let student = running.sign_in(&format!("{CAMPAIGN}/20270000"), PASSWORD).await;
    let card = student.ask(Method::GET, "/api/me/card.png").send().await.unwrap();
    assert_eq!(card.status(), 200);
    let card = card.bytes().await.unwrap();
    // The saved picture is the student's own and reads; a picture without a code is refused at once.
    let read = student.ask(Method::POST, "/api/me/code").body(card.to_vec()).send().await.unwrap();
    let read: Value = read.json().await.unwrap();
    assert!(read["tracks"].to_string().contains("readable"), "{read}");
    let blank = camera_jpeg(&render(&Shot { size: (300, 400), ..Shot::from_seed(2) }), 2).unwrap();
    let refused = student.ask(Method::POST, "/api/me/code").body(blank).send().await.unwrap();
    assert_eq!(refused.status(), 422);
    let me = student.get("/api/me").await;
    assert_eq!(me["student"]["status"], "ready");
    assert!(me["missing"].to_string().contains("阅读个人信息告知书"));
    (student, card.to_vec())
}

/// The desk: the student's saved card and a photo, accepted once.
async fn photograph(running: &Running, card: Vec<u8>) {
    let base = format!("/api/campaigns/{CAMPAIGN}");
    let desk =
        running.person("desk", Role::Operator, Scope { campaign: CAMPAIGN.into(), ..Scope::default() }).await;
    let photo = render(&Shot { size: (1200, 1600), ..Shot::from_seed(1) });
    let photo = camera_jpeg(&photo, 1).unwrap();
    let form = Form::new()
        .part("photo", Part::bytes(photo).file_name("camera.jpg"))
        .part("code_picture", Part::bytes(card).file_name("card.png"));
    let taken = desk.ask(Method::POST, &format!("{base}/shots")).multipart(form).send().await.unwrap();
    let (status, taken): (_, Value) = (taken.status(), taken.json().await.unwrap());
    assert_eq!(status, 201, "{taken}");
    assert_eq!(taken["name"], "林*雨");
    assert!(!taken["inspection"]["findings"].as_array().unwrap().is_empty());
    let shot = taken["id"].as_str().unwrap();
    let decision = json!({"decision": "accept", "reason": ""});
    let path = format!("{base}/shots/{shot}/decision");
    let decided =
        desk.ask(Method::POST, &path).header("if-match", "\"0\"").json(&decision).send().await.unwrap();
    assert_eq!(decided.status(), 200);
    let late =
        desk.ask(Method::POST, &path).header("if-match", "\"0\"").json(&decision).send().await.unwrap();
    assert_eq!(late.status(), 412);
}

/// The student sees the photo; the log verifies, and the student's history tells the story.
async fn see_the_photo(student: &Person, registry: &Person) {
    let base = format!("/api/campaigns/{CAMPAIGN}");
    let me = student.get("/api/me").await;
    assert_eq!(me["shot"]["state"], "accepted");
    let version = format!("\"{}\"", me["student"]["version"]);
    let report = student.ask(Method::POST, "/api/me/events").header("if-match", version);
    assert_eq!(report.json(&json!({"what": "report-error"})).send().await.unwrap().status(), 200);
    let freeze = registry.ask(Method::POST, &format!("{base}/moves")).header("if-match", "\"1\"");
    let refused = freeze.json(&json!({"step": "freeze-roster"})).send().await.unwrap();
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.unwrap().contains("1 名学生反馈信息有误"));
    assert_eq!(me["student"]["status"], "accepted");
    let photo = student.ask(Method::GET, "/api/me/photo").send().await.unwrap().bytes().await.unwrap();
    assert!(photo.starts_with(&[0xFF, 0xD8]));

    let verified = registry.get(&format!("{base}/log/verification")).await;
    assert_eq!(verified["whole"], true);
    let id = me["student"]["id"].as_str().unwrap();
    let history = registry.get(&format!("{base}/students/{id}/history")).await;
    assert!(history.as_array().unwrap().len() >= 6, "{history}");
}

/// A college sees its own students and nobody else's, and signs off for itself only.
async fn look_as_a_college(running: &Running, registry: &Person) {
    let base = format!("/api/campaigns/{CAMPAIGN}");
    let scope = Scope { campaign: CAMPAIGN.into(), college: COLLEGE.into(), ..Scope::default() };
    let college = running.person("college", Role::College, scope).await;
    assert_eq!(college.get(&format!("{base}/students")).await["total"], 10);
    let other = format!("{base}/students?college=数学学院");
    assert_eq!(college.ask(Method::GET, &other).send().await.unwrap().status(), 403);
    let all = registry.get(&format!("{base}/students?college=数学学院")).await;
    let stranger = all["items"][0]["id"].as_str().unwrap();
    let hidden = college.ask(Method::GET, &format!("{base}/students/{stranger}")).send().await.unwrap();
    assert_eq!(hidden.status(), 404);
    assert_eq!(college.post(&format!("{base}/sign-offs"), json!({"college": COLLEGE})).await.status(), 204);
    assert_eq!(
        college.post(&format!("{base}/sign-offs"), json!({"college": "数学学院"})).await.status(),
        403
    );
}

/// Nothing whole of a student, and no roster, is anywhere on the capture side.
async fn search_the_capture_side(running: &Running) {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let store = running.app.desk().store();
    store::backup::write_tables(store, "capture", &capture::desk::TABLES, &mut zip).await.unwrap();
    let mut zip = zip::ZipArchive::new(zip.finish().unwrap()).unwrap();
    let mut dump = String::new();
    for index in 0..zip.len() {
        std::io::Read::read_to_string(&mut zip.by_index(index).unwrap(), &mut dump).unwrap();
    }
    assert!(dump.contains("林*雨"), "the masked name of the shot");
    for line in roster(20, 0).lines().skip(1) {
        let [number, name, document, ..] = line.split(',').collect::<Vec<_>>()[..] else { unreachable!() };
        for whole in [number, name, document] {
            assert!(!dump.contains(whole), "{whole} is on the capture side");
        }
    }
    for object in running.app.desk().objects().names().await.unwrap() {
        let bytes = running.app.desk().objects().get(&object).await.unwrap();
        assert!(!bytes.starts_with(&[0xFF, 0xD8]), "{object} is a readable photo");
    }
}

/// Who is missing from a new roster keeps photo and history.
async fn lose_nobody_to_a_new_roster(registry: &Person, student: &Person) {
    let path = format!("/api/campaigns/{CAMPAIGN}/roster");
    let all = roster(20, 0);
    let mut lines: Vec<&str> = all.lines().collect();
    lines.remove(1);
    let table = lines.join("\n");
    let checked =
        registry.ask(Method::POST, &format!("{path}/check")).body(table.clone()).send().await.unwrap();
    let version = checked.headers()["etag"].to_str().unwrap().to_owned();
    let checked: Value = checked.json().await.unwrap();
    assert_eq!(checked["counts"], json!({"gone": 1}));
    let applied =
        registry.ask(Method::POST, &path).header("if-match", version).body(table).send().await.unwrap();
    assert_eq!(applied.status(), 200);
    assert_eq!(student.get("/api/me").await["shot"]["state"], "accepted");
}
