//! A server that is killed among two hundred concurrent writes: what it said was done is done, and the log verifies.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Method;
use seal::audit::verify::{Known, verify};
use seal::identity::CampaignId;
use seal::suite::Suite;
use serde_json::{Value, json};

use crate::running::{CAMPAIGN, PASSWORD, Person, Places, Running, over, places};

/// The child finds its places here.
const PLACES: &str = "XUEYING_CRASH_PLACES";
/// Writes at once.
const WRITES: usize = 200;
/// When the server is killed, milliseconds after the first write was sent.
const KILLS_MS: [u64; 3] = [30, 120, 350];

/// Not a test of its own: the server, in a process that the test below kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the server that is killed; the test below starts it"]
async fn serves_until_it_is_killed() {
    let Ok(text) = std::env::var(PLACES) else { return };
    let running = over(&serde_json::from_str(&text).unwrap()).await;
    writeln!(std::io::stdout(), "listening {}", running.base).unwrap();
    std::future::pending::<()>().await;
}

/// Starts the server in a process of its own; gives its address.
fn spawned(places: &Places) -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::serves_until_it_is_killed", "--ignored", "--nocapture"])
        .env(PLACES, serde_json::to_string(places).unwrap())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let address = lines.find_map(|line| line.split_once("listening ").map(|(_, address)| address.to_owned()));
    std::thread::spawn(move || lines.for_each(drop));
    (child, address.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_writes_at_once_lose_nothing_when_the_server_is_killed() {
    let mut postgres = vec![None];
    match std::env::var("XUEYING_POSTGRES") {
        Ok(server) => postgres.push(Some(server)),
        Err(_) => eprintln!("skipped for PostgreSQL: XUEYING_POSTGRES names no server; make test starts one"),
    }
    for server in postgres {
        let mut all = 0;
        for after_ms in KILLS_MS {
            let places = places(server.as_deref()).await;
            let running = over(&places).await;
            let registry = running.registry().await;
            registry.begin().await;
            registry.import(WRITES).await;
            let students = registry.get(&format!("/api/campaigns/{CAMPAIGN}/students?size=500")).await;
            let ids: Vec<String> = students["items"].as_array().unwrap().iter().map(id).collect();
            running.app.close().await;
            let acknowledged = killed_among_writes(&places, &ids, after_ms).await;
            all += acknowledged.len();
            check(&places, &acknowledged).await;
        }
        assert!(all > 0, "every kill came before the first write was done");
    }
}

fn id(student: &Value) -> String {
    student["id"].as_str().unwrap().to_owned()
}

/// Sends a write for every student at once, kills the server, and gives those of whom it said that it was done.
async fn killed_among_writes(places: &Places, ids: &[String], after_ms: u64) -> Vec<String> {
    let (mut child, base) = spawned(places);
    let person = Person::of(&base, "registry", PASSWORD).await;
    let writes: Vec<_> = ids
        .iter()
        .cloned()
        .map(|id| {
            let person = person.clone();
            tokio::spawn(async move {
                let path = format!("/api/campaigns/{CAMPAIGN}/students/{id}/events");
                let body = json!({"step": {"track": "eligibility", "event": "exclude"}, "reason": "外出"});
                let asked = person.ask(Method::POST, &path).header("if-match", "\"0\"").json(&body);
                let answer = asked.send().await.ok()?;
                (answer.status() == 200).then_some(id)
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(after_ms)).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let mut acknowledged = Vec::new();
    for write in writes {
        acknowledged.extend(write.await.unwrap());
    }
    acknowledged
}

async fn check(places: &Places, acknowledged: &[String]) {
    let running: Running = over(places).await;
    let campaign = CampaignId::try_from(CAMPAIGN.to_owned()).unwrap();
    let students = running.app.register().students(&campaign).await.unwrap();
    for student in acknowledged {
        let kept = students.iter().find(|entry| entry.id.to_string() == *student).unwrap();
        assert_eq!(kept.version, 1, "a write that was said to be done is gone");
    }
    let done = students.iter().filter(|entry| entry.version == 1).count();
    println!("{} of {WRITES} acknowledged, {done} done", acknowledged.len());
    let log = running.app.register().log(&campaign).await.unwrap();
    let known = Known { campaign: &campaign, suite: Suite::Modern, signers: &[], kept: &[] };
    let lines = verify(&mut log.as_bytes(), known).unwrap().tip.count;
    // One line for the campaign, one for each student taken in, one for each write that was done.
    assert_eq!(lines, (1 + WRITES + done) as u64);
    running.app.close().await;
}
