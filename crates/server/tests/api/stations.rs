//! Stations over real HTTP, on both databases: enrolled, fetching their bundle, delivering; and the station's own page.

use std::time::Duration;

use campaign::register::roll::Filter;
use capture::station::binding::Shutter;
use capture::station::choice::Said;
use capture::station::numbers::{Answer, Scanned};
use capture::station::opening::Item;
use capture::station::takes::{Arrival, Arrived};
use capture::station::transfer::{Options, Trouble, enrol, first_bundle};
use capture::station::{At, Station, StationError, laptop};
use reqwest::{Client, Method};
use seal::enrolment::Token;
use seal::identity::CampaignId;
use seal::keys::locked::Passphrase;
use seal::suite::Suite;
use serde_json::{Value, json};
use server::demo::Filling;
use server::station::{Booth, serve};
use studio::render::file::camera_jpeg;
use studio::render::{Shot, render};
use tempfile::TempDir;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use crate::running::{CAMPAIGN, Person, Running};

fn passphrase() -> Passphrase {
    Passphrase::new(Zeroizing::new("a passphrase of the tests".into())).unwrap()
}

pub fn now_ms() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64
}

/// A small picture that stands for the focus chart before the first student.
pub fn chart() -> Vec<u8> {
    camera_jpeg(&render(&Shot { size: (90, 120), ..Shot::from_seed(1) }), 1).unwrap()
}

/// A campaign whose students have codes; the text of the first one's.
pub async fn begun(running: &Running) -> (Person, CampaignId, String) {
    let registry = running.registry().await;
    registry.begin().await;
    registry.import(4).await;
    let id = CampaignId::try_from(CAMPAIGN.to_owned()).unwrap();
    let (entries, _) = running.app.register().page(&id, &Filter::default(), (0, 9)).await.unwrap();
    let act = campaign::register::Act {
        role: campaign::role::Role::Registry,
        account: "test",
        at_ms: now_ms(),
        reason: "",
    };
    let filling = Filling::new(&running.app);
    let students: Vec<_> = entries.iter().map(|entry| entry.id).collect();
    filling.issue(&id, &students, &act).await.unwrap();
    let code = filling.code(&id, &entries[0]).await.unwrap();
    (registry, id, code)
}

/// Enrols a station with the token that the portal showed.
pub async fn enrolled(running: &Running, registry: &Person, id: &CampaignId, folder: &TempDir) -> Station {
    let opened = registry.post(&format!("/api/campaigns/{CAMPAIGN}/stations"), json!({"name": "1"})).await;
    assert_eq!(opened.status(), 201);
    let ticket: Value = opened.json().await.unwrap();
    let token = ticket["token"].as_str().unwrap();
    let name = "1".to_owned().try_into().unwrap();
    let wrong = laptop::ask(id, &name, Suite::Modern, Token::new([1; 16])).unwrap();
    let refused = enrol(&running.base, id, &wrong.request).await;
    assert!(matches!(refused, Err(Trouble::Refused(status)) if status == 422), "{refused:?}");
    // An answer that is lost on its way is asked for again with other keys.
    let lost = laptop::ask(id, &name, Suite::Modern, Token::parse(token).unwrap()).unwrap();
    enrol(&running.base, id, &lost.request).await.unwrap();
    let asking = laptop::ask(id, &name, Suite::Modern, Token::parse(token).unwrap()).unwrap();
    let answer = enrol(&running.base, id, &asking.request).await.unwrap();
    let admitted = asking.answered(&answer).unwrap();
    let letter = first_bundle(&running.base, &admitted.keys).await.unwrap();
    admitted.keep(folder.path(), &passphrase(), &running.base, &letter).await.unwrap();
    // The station showed up: the token is used.
    let late = laptop::ask(id, &name, Suite::Modern, Token::parse(token).unwrap()).unwrap();
    assert!(enrol(&running.base, id, &late.request).await.is_err());
    Station::open(folder.path(), passphrase()).await.unwrap()
}

async fn a_bundle_comes_when_it_says_something_new(running: &Running, station: &Station, options: &Options) {
    station.fetch(options).await.unwrap();
    let known = station.bundle().edition;
    // Editions count seconds.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    station.fetch(options).await.unwrap();
    assert_eq!(station.bundle().edition, known);
    let (register, id) = (running.app.register(), station.campaign());
    let (entries, _) = register.page(id, &Filter::default(), (0, 9)).await.unwrap();
    let act = campaign::register::Act {
        role: campaign::role::Role::Registry,
        account: "test",
        at_ms: now_ms(),
        reason: "误发",
    };
    register.revoke_code(id, entries[1].id, entries[1].version, &act).await.unwrap();
    station.fetch(options).await.unwrap();
    assert!(station.bundle().edition > known, "a code was revoked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_station_enrols_delivers_and_is_heard_of_by_the_school() {
    for running in crate::running::each().await {
        let (registry, id, code) = begun(&running).await;
        let folder = tempfile::tempdir().unwrap();
        let station = enrolled(&running, &registry, &id, &folder).await;
        assert_eq!(station.bundle().sessions.iter().map(|session| session.codes.len()).sum::<usize>(), 4);
        let now = now_ms();
        let at = At { operator: "7", at_ms: now };
        let closed = station.scan(&code, &Answer::default(), at).await;
        assert!(matches!(closed, Err(StationError::Opening)), "{closed:?}");
        station.open_day(5_550, &Item::ALL, chart(), at).await.unwrap();
        let answer = Answer { reason: Some("演练".into()), ..Answer::default() };
        let scanned = station.scan(&code, &answer, at).await.unwrap();
        assert!(matches!(scanned, Scanned::Active(_)), "{scanned:?}");
        let bytes = camera_jpeg(&render(&Shot { size: (900, 1200), ..Shot::from_seed(1) }), 1).unwrap();
        let arrival = Arrival { bytes, name: "a.jpg".into(), seen_ms: now, shutter: Shutter::Now };
        let Arrived::Take(take) = station.receive(arrival, at).await.unwrap() else { panic!("no photo") };
        station.accept(take.id, Said { reason: "演练", second: "8" }, at).await.unwrap();
        let mut options = Options::new(running.base.clone());
        options.piece_bytes = 5_000;
        // It waits a moment, so that it can be taken back.
        assert!(!station.send_next(&options, now).await.unwrap());
        assert!(station.send_next(&options, now + 20_000).await.unwrap());
        assert_eq!(station.outbox().await.unwrap().receipts, 1);
        a_bundle_comes_when_it_says_something_new(&running, &station, &options).await;

        let stations = registry.get(&format!("/api/campaigns/{CAMPAIGN}/stations")).await;
        assert_eq!(
            (&stations["stations"][0]["name"], &stations["stations"][0]["packets"]),
            (&json!("1"), &json!(1))
        );
        let shots = registry.get(&format!("/api/campaigns/{CAMPAIGN}/shots")).await;
        assert_eq!(shots["items"][0]["id"], json!(take.id));
        let (entries, _) = running.app.register().page(&id, &Filter::default(), (0, 9)).await.unwrap();
        assert_eq!(running.app.register().shots_of(entries[0].id).await.unwrap(), [take.id]);
        assert_eq!(running.app.desk().untold().await.unwrap(), []);

        // Revoked, it is a stranger at once.
        let key = stations["stations"][0]["key"].as_str().unwrap();
        let path = format!("/api/campaigns/{CAMPAIGN}/stations/{key}");
        assert_eq!(registry.ask(Method::DELETE, &path).send().await.unwrap().status(), 204);
        let refused = station.fetch(&options).await;
        assert!(matches!(refused, Err(Trouble::Refused(status)) if status == 401), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_this_computers_own_page_is_answered() {
    let running = crate::running::start(None).await;
    let (registry, id, code) = begun(&running).await;
    let folder = tempfile::tempdir().unwrap();
    let station = enrolled(&running, &registry, &id, &folder).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, Booth::new(station, "7"), std::future::pending()));
    let client = Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    let base = format!("http://{address}/api/station");
    let early = client.post(format!("{base}/scan")).json(&json!({"code": code})).send().await.unwrap();
    assert_eq!(early.status(), 409);
    let items = "light-angle,light-distance,background,focus,clock,disk";
    for (lights_k, status) in [(3_200, 409), (5_550, 200)] {
        let opening = format!("{base}/opening?lights_k={lights_k}&seen={items}");
        assert_eq!(client.post(opening).body(chart()).send().await.unwrap().status(), status);
    }
    let scan = || client.post(format!("{base}/scan")).json(&json!({"code": code, "reason": "演练"}));
    // A name that somebody points here, and a page of another site.
    let renamed = client.get(&base).header("host", "photos.example.com").send().await.unwrap();
    assert_eq!(renamed.status(), 403);
    let foreign = scan().header("origin", "https://photos.example.com").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    let own = scan().header("origin", format!("http://{address}")).send().await.unwrap();
    assert_eq!(own.status(), 200);
    let view: Value = client.get(&base).send().await.unwrap().json().await.unwrap();
    assert_eq!((&view["active"]["number"], &view["operator"]), (&json!("1-0001"), &json!("7")));
    // What the page shows of the person is masked, and neither code nor number of the student is in it.
    let text = view.to_string();
    assert!(!text.contains(&code) && !text.contains("20270000") && !text.contains("林晓雨"), "{text}");
    // Wrong input has its words.
    for (path, body, status, kind) in [
        ("/scan", json!({"code": "x"}), 422, "no-code"),
        ("/void", json!({"reason": " "}), 422, "reason"),
        ("/undo", json!({}), 409, "not-now"),
        ("/operator", json!({"name": ""}), 422, "unusable"),
    ] {
        let answer = client.post(format!("{base}{path}")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["type"], format!("/problems/{kind}"), "{problem}");
        assert!(!problem["zh"].as_str().unwrap().is_empty() && !problem["en"].as_str().unwrap().is_empty());
    }
    let page = client.get(format!("http://{address}/")).send().await.unwrap();
    assert_eq!(page.headers()["x-frame-options"], "DENY");
    assert!(page.text().await.unwrap().contains("机位"));
}
