//! The day of shooting: the roll of a class, its call to the station, and who hears of it when.

use std::time::{Duration, Instant};

use campaign::accounts::Scope;
use campaign::role::Role;
use campaign::settings::template;
use capture::station::numbers::{Answer, Scanned};
use capture::station::transfer::Options;
use capture::station::{At, StationError};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::running::{CAMPAIGN, COLLEGE, PASSWORD, Person, Running, each, roster};
use crate::stations::{begun, chart, enrolled};
use crate::timetable::published;

fn day() -> String {
    format!("/api/campaigns/{CAMPAIGN}/day")
}

async fn roll(person: &Person) -> Value {
    person.get(&format!("{}/roll?college={COLLEGE}&cohort=班0", day())).await
}

async fn turn(person: &Person, what: &str, version: &Value) -> Response {
    let asked =
        person.ask(Method::POST, &format!("{}/turns", day())).header("if-match", format!("\"{version}\""));
    asked.json(&json!({"college": COLLEGE, "cohort": "班0", "what": what})).send().await.unwrap()
}

async fn turned(person: &Person, what: &str, version: &Value) -> Value {
    let answer = turn(person, what, version).await;
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{what}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// The roll is masked; whoever shows it whole is in the log, and a helper has no business with whole names.
async fn read_the_roll(registry: &Person, monitor: &Person, helper: &Person) -> Value {
    let seen = roll(monitor).await;
    let heads = seen["students"].as_array().unwrap().len();
    assert_eq!((heads, &seen["students"][0]["name"]), (4, &json!("林*雨")));
    let names = format!("{}/roll?college={COLLEGE}&cohort=班0&names=true", day());
    assert_eq!(monitor.get(&names).await["students"][0]["name"], "林晓雨");
    let log = registry.get(&format!("/api/campaigns/{CAMPAIGN}/log")).await;
    assert!(log["items"][0].to_string().contains("roll"), "{}", log["items"][0]);
    assert_eq!(helper.get(&names).await["students"][0]["name"], "林*雨");
    let other = monitor.ask(Method::GET, &format!("{}/roll?college=数学学院&cohort=班1", day()));
    assert_eq!(other.send().await.unwrap().status(), 403);
    seen
}

/// The first student of the class, with an account.
async fn activated(running: &Running) -> Person {
    let document = roster(1, 0).lines().nth(1).unwrap().split(',').nth(2).unwrap().to_owned();
    let right = json!({"campaign": CAMPAIGN, "student_no": "20270000", "name": "林晓雨", "document_no": document, "password": PASSWORD});
    assert_eq!(running.nobody("POST", "/api/activation").json(&right).send().await.unwrap().status(), 204);
    running.sign_in(&format!("{CAMPAIGN}/20270000"), PASSWORD).await
}

/// Nobody reports or calls the class before everybody is there.
async fn wait_for_everybody(monitor: &Person, college: &Person, helper: &Person, seen: &Value) -> Value {
    let early = turn(monitor, "report", &seen["version"]).await;
    assert_eq!(early.status(), 409);
    assert_eq!(early.json::<Value>().await.unwrap()["type"], "/problems/lacking");
    assert_eq!(turn(helper, "call", &seen["version"]).await.status(), 409);
    let ids: Vec<&Value> =
        seen["students"].as_array().unwrap().iter().map(|student| &student["id"]).collect();
    let unsaid =
        json!({"college": COLLEGE, "cohort": "班0", "marks": [{"student": ids[3], "mark": "refused"}]});
    let unsaid = college.post(&format!("{}/marks", day()), unsaid).await;
    assert_eq!(unsaid.status(), 422, "a refusal without rule and witness");
    let marks: Vec<Value> = ids.iter().map(|id| json!({"student": id, "mark": "present"})).collect();
    let body = json!({"college": COLLEGE, "cohort": "班0", "marks": marks});
    assert_eq!(monitor.post(&format!("{}/marks", day()), body).await.status(), 200);
    let complete = turned(monitor, "report", &seen["version"]).await;
    assert_eq!(complete["turn"], "complete");
    complete
}

/// A screen and a phone wait; the call wakes both, long before they would ask again by themselves (ten seconds).
async fn call_while_others_wait(helper: &Person, waiting: [&Person; 2], complete: &Value) {
    let waits = async |person: &Person| {
        let seen = person.get(&format!("{}/pulse", day())).await["at"].clone();
        let begun = Instant::now();
        let again = person.get(&format!("{}/pulse?seen={seen}", day())).await;
        assert_ne!(again["at"], seen);
        begun.elapsed()
    };
    let before = Duration::from_millis(600);
    let calls = async {
        tokio::time::sleep(before).await;
        turned(helper, "call", &complete["version"]).await;
    };
    let (screen, phone, ()) = tokio::join!(waits(waiting[0]), waits(waiting[1]), calls);
    for waited in [screen, phone] {
        assert!(waited < before + Duration::from_secs(5), "{waited:?}");
    }
    let queue = waiting[1].get("/api/me").await["queue"].clone();
    assert_eq!(
        (&queue["turn"], &queue["now"], &queue["ahead"]),
        (&json!("called"), &json!("班0"), &json!(0))
    );
    let board = helper.get(&format!("{}/board", day())).await;
    let first = &board["sessions"][0];
    assert_eq!((&first["turn"], &first["present"], &first["done"]), (&json!("called"), &json!(4), &json!(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_class_is_called_when_it_is_there_and_everybody_who_waits_sees_it() {
    for running in each().await {
        let registry = running.registry().await;
        let mut settings = template("stations-2025").unwrap().unwrap();
        settings.campaign.days = vec![campaign::day::of_ms(crate::stations::now_ms())];
        registry.begin_with(settings).await;
        registry.import(8).await;
        published(&registry).await;
        let scope = |college: &str, cohort: &str| Scope {
            campaign: CAMPAIGN.into(),
            college: college.into(),
            cohort: cohort.into(),
            ..Scope::default()
        };
        let monitor = running.person("monitor", Role::Monitor, scope(COLLEGE, "班0")).await;
        let college = running.person("college", Role::College, scope(COLLEGE, "")).await;
        let helper = running.person("helper", Role::Helper, scope("", "")).await;
        let seen = read_the_roll(&registry, &monitor, &helper).await;
        let student = activated(&running).await;
        let queue = student.get("/api/me").await["queue"].clone();
        assert_eq!((&queue["turn"], &queue["station"]), (&json!("gathering"), &json!("1")));
        let complete = wait_for_everybody(&monitor, &college, &helper, &seen).await;
        call_while_others_wait(&helper, [&college, &student], &complete).await;

        // Done only when everybody is accounted for.
        let called = roll(&college).await;
        let close = turn(&college, "close", &called["version"]).await;
        assert_eq!(close.status(), 409);
        assert!(close.text().await.unwrap().contains("林*雨"), "the teacher reads who it is");
        assert_eq!(turn(&monitor, "close", &called["version"]).await.status(), 403);
        running.app.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_station_hears_which_classes_were_called() {
    let running = crate::running::start(None).await;
    let (registry, id, code) = begun(&running).await;
    let folder = tempfile::tempdir().unwrap();
    let station = enrolled(&running, &registry, &id, &folder).await;
    let at = At { operator: "7", at_ms: crate::stations::now_ms() };
    let options = Options::new(running.base.clone());
    let closed = station.scan(&code, &Answer::default(), at).await;
    assert!(matches!(closed, Err(StationError::Opening)), "{closed:?}");
    station.open_day(5_550, &capture::station::opening::Item::ALL, chart(), at).await.unwrap();
    let guards = async || match station.scan(&code, &Answer::default(), at).await.unwrap() {
        Scanned::Stopped(concerns) => concerns.iter().map(|each| each.guard).collect::<Vec<_>>(),
        Scanned::Active(_) => Vec::new(),
        other => panic!("{other:?}"),
    };
    // Somebody of the class beside is there: from now on classes are called.
    let other = registry.get(&format!("{}/roll?college=数学学院&cohort=班1", day())).await;
    let marks = json!([{"student": other["students"][0]["id"], "mark": "late"}]);
    let body = json!({"college": "数学学院", "cohort": "班1", "marks": marks});
    assert_eq!(registry.post(&format!("{}/marks", day()), body).await.status(), 200);
    station.fetch(&options).await.unwrap();
    assert!(guards().await.contains(&"not-called"));
    let own = roll(&registry).await;
    let marks: Vec<Value> = own["students"]
        .as_array()
        .unwrap()
        .iter()
        .map(|student| json!({"student": student["id"], "mark": "present"}))
        .collect();
    let body = json!({"college": COLLEGE, "cohort": "班0", "marks": marks});
    assert_eq!(registry.post(&format!("{}/marks", day()), body).await.status(), 200);
    let complete = turned(&registry, "report", &roll(&registry).await["version"]).await;
    let call = registry.ask(Method::POST, &format!("{}/turns", day()));
    let call = call.header("if-match", format!("\"{}\"", complete["version"]));
    let body = json!({"college": COLLEGE, "cohort": "班0", "what": "call", "station": "1"});
    assert_eq!(call.json(&body).send().await.unwrap().status(), 200);
    station.fetch(&options).await.unwrap();
    assert_eq!(guards().await, [""; 0]);
}
