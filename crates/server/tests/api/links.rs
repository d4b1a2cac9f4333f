//! Codes of another issuer, over real HTTP and on both databases: linked by the student who shows one, by what is printed
//! on it, or by a person; then each opens its student's own code at the station and at the desk.

use std::sync::Arc;

use campaign::accounts::Scope;
use campaign::register::roll::Filter;
use campaign::role::Role;
use capture::station::numbers::{Answer, Scanned};
use capture::station::opening::Item;
use capture::station::transfer::Options;
use capture::station::whose::Printed;
use capture::station::{At, Station};
use reqwest::{Method, StatusCode};
use seal::card::{Card, png};
use seal::code::text::CodeText;
use seal::code::{Holder, Level};
use seal::masking::{MaskedDocument, MaskedName};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::running::{CAMPAIGN, Person, Running};
use crate::stations::{begun, chart, enrolled, now_ms};

const THEIRS: [&str; 4] = [
    "https://codes.example/t/8f3c1d2e",
    "https://codes.example/t/77aa01b9",
    "https://codes.example/t/c0ffee42",
    "https://codes.example/t/0badcafe",
];

/// What a student's phone shows: a code that says nothing to us.
fn picture(text: &str) -> Vec<u8> {
    let holder = Holder {
        student: "20270000".to_owned().try_into().unwrap(),
        name: MaskedName::of("林晓雨"),
        document: MaskedDocument::of("610104200401010008"),
        school: "99999".to_owned().try_into().unwrap(),
        level: Level::Undergraduate,
    };
    let code = CodeText::again(text.into());
    let card = Card { code: &code, holder: &holder, school: "演示大学", until: "2027-06-30" };
    png(&card.svg().unwrap(), Arc::default()).unwrap()
}

fn printed(name: &str, tail: &str) -> Printed {
    Printed { name: name.into(), document: tail.into(), level: Some("本科".into()) }
}

async fn student(running: &Running, id: Uuid, login: &str) -> Person {
    let scope = Scope { campaign: CAMPAIGN.into(), student: Some(id), ..Scope::default() };
    running.person(login, Role::Student, scope).await
}

async fn shows(person: &Person, text: &str) -> StatusCode {
    person.ask(Method::POST, "/api/me/code").body(picture(text)).send().await.unwrap().status()
}

/// Whose code the station reads, in the masked name; nothing where it knows of no link.
async fn scan(station: &Station, text: &str) -> Option<String> {
    let now = now_ms();
    let at = At { operator: "7", at_ms: now };
    let answer = Answer { reason: Some("演练".into()), ..Answer::default() };
    match station.scan(text, &answer, at).await.unwrap() {
        Scanned::Active(line) => {
            station.void("演练", at).await.unwrap();
            Some(line.person.name)
        }
        Scanned::Unlinked => None,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_issuers_code_is_linked_by_its_student_by_what_is_printed_or_by_a_person() {
    for running in crate::running::each().await {
        let (registry, id, _) = begun(&running).await;
        let base = format!("/api/campaigns/{CAMPAIGN}");
        let (entries, _) = running.app.register().page(&id, &Filter::default(), (0, 9)).await.unwrap();
        let of = |number: &str| entries.iter().find(|entry| entry.student.student_no == number).unwrap();
        let first = student(&running, of("20270000").id, "first").await;
        let second = student(&running, of("20270001").id, "second").await;
        let folder = tempfile::tempdir().unwrap();
        let station = enrolled(&running, &registry, &id, &folder).await;
        let options = Options::new(running.base.clone());
        let at = At { operator: "7", at_ms: now_ms() };
        station.open_day(5_550, &Item::ALL, chart(), at).await.unwrap();
        assert_eq!(scan(&station, THEIRS[0]).await, None);

        // By its student, on the own page; whoever comes second with the same code is told.
        assert_eq!(shows(&first, THEIRS[0]).await, StatusCode::OK);
        assert_eq!(shows(&first, THEIRS[0]).await, StatusCode::OK);
        assert_eq!(shows(&second, THEIRS[0]).await, StatusCode::UNPROCESSABLE_ENTITY);
        station.fetch(&options).await.unwrap();
        assert_eq!(scan(&station, &format!("{}\r\n", THEIRS[0])).await.as_deref(), Some("林*雨"));

        // By what is printed, where one student of the whole roster fits and showed no other code.
        let one = of("20270001").student.document_no.clone();
        let tail = &one[one.len() - 4..];
        let answer = station.ask_whose(THEIRS[1], &printed("欧**溪", tail), at).await.unwrap();
        assert!(answer.linked);
        assert_eq!(scan(&station, THEIRS[1]).await.as_deref(), Some("欧**溪"));

        a_person_says_whose_it_is(&running, &registry, &station, &options).await;

        // The desk reads the same; nothing of another issuer's text is kept anywhere.
        let found = registry.post("/api/walk-ins", json!({"code": THEIRS[0], "school_no": ""})).await;
        let found: Value = found.json().await.unwrap();
        assert_eq!(found["name"], "林*雨");
        let dump = running.dump().await;
        assert!(dump.contains("code-linked-by-print") && !dump.contains("codes.example"));

        // Taken back, the code is nobody's, and its rightful holder can link it.
        let path = format!("{base}/students/{}/link", of("20270000").id);
        assert_eq!(registry.ask(Method::DELETE, &path).send().await.unwrap().status(), 204);
        assert_eq!(registry.ask(Method::DELETE, &path).send().await.unwrap().status(), 404);
        station.fetch(&options).await.unwrap();
        assert_eq!(scan(&station, THEIRS[0]).await, None);
        // What a person took away is not linked by its print again.
        let again = station.ask_whose(THEIRS[0], &printed("林*雨", "0008"), at).await.unwrap();
        assert!(!again.linked);
        assert_eq!(shows(&second, THEIRS[0]).await, StatusCode::OK);
    }
}

/// Where nobody fits, or who fits showed another code before, a person of the registry says whose it is.
async fn a_person_says_whose_it_is(
    running: &Running,
    registry: &Person,
    station: &Station,
    options: &Options,
) {
    let base = format!("/api/campaigns/{CAMPAIGN}/links");
    let at = At { operator: "7", at_ms: now_ms() };
    let (entries, _) =
        running.app.register().page(station.campaign(), &Filter::default(), (0, 9)).await.unwrap();
    let linked = entries.iter().find(|entry| entry.student.student_no == "20270000").unwrap();
    let tail = &linked.student.document_no[linked.student.document_no.len() - 4..];
    assert!(!station.ask_whose(THEIRS[2], &printed("林*雨", tail), at).await.unwrap().linked);
    assert!(!station.ask_whose(THEIRS[3], &printed("赵*", "0000"), at).await.unwrap().linked);
    let known = registry.get(&base).await;
    assert_eq!((known["taken"].as_bool(), known["linked"].as_u64()), (Some(true), Some(2)));
    let asked = |name: &str| {
        let questions = known["questions"].as_array().unwrap();
        questions.iter().find(|one| one["name"] == name).unwrap().clone()
    };
    let (fits, fits_nobody) = (asked("林*雨"), asked("赵*"));
    let candidate = &fits["candidates"][0];
    assert_eq!(
        (&candidate["student"]["student_no"], &candidate["has_other"]),
        (&json!("20270000"), &json!(true))
    );
    assert_eq!(fits_nobody["candidates"], json!([]));
    let code = |question: &Value| format!("{base}/{}", question["code"].as_str().unwrap());
    let unknown = registry.post(&code(&fits), json!({"student_no": "1"})).await;
    assert_eq!(unknown.status(), 404);
    // The code that was linked before is not replaced without a word.
    let other = registry.post(&code(&fits), json!({"student_no": "20270000"})).await;
    assert_eq!(other.status(), 409);
    let nobodys = registry.post(&code(&fits), json!({"student_no": null})).await;
    assert_eq!(nobodys.status(), 204);
    let answered = registry.post(&code(&fits_nobody), json!({"student_no": "20270002"})).await;
    assert_eq!(answered.status(), 204);
    assert_eq!(registry.get(&base).await["questions"], json!([]));
    station.fetch(options).await.unwrap();
    assert_eq!(scan(station, THEIRS[2]).await, None);
    assert_eq!(scan(station, THEIRS[3]).await.as_deref(), Some("王*"));
}
