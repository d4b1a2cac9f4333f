//! Whose face does not show who they are: papers before the photo is sent, and prints that show somebody else.

use campaign::delivery::REGISTRATION;
use campaign::register::Act;
use campaign::role::Role;
use seal::taken::{Outcome, Taken};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::board::{campaign, with_codes};
use crate::running::{CAMPAIGN, Person, Running, each, roster};
use crate::stations::now_ms;

fn student(id: Uuid) -> String {
    format!("/api/campaigns/{CAMPAIGN}/students/{id}")
}

/// A campaign in which everybody has an accepted photo; the first one told of an operation.
async fn photographed(running: &Running, registry: &Person) -> Vec<Uuid> {
    registry.begin().await;
    let table = roster(4, 0);
    let lines = table.lines().enumerate().map(|(number, line)| match number {
        0 => format!("{line},备注\n"),
        1 => format!("{line},高中后做过整容手术\n"),
        _ => format!("{line},\n"),
    });
    registry.import_table(lines.collect()).await;
    let (students, codes) = with_codes(running, registry).await;
    let act = Act { role: Role::Registry, account: "t", at_ms: now_ms(), reason: "" };
    for entry in &students {
        let shot = Uuid::now_v7();
        for (outcome, role) in [(Outcome::Passes, Role::Operator), (Outcome::Accepted, Role::Registry)] {
            let taken = Taken { campaign: campaign(), code: codes[&entry.id], shot, outcome };
            let act = Act { role, ..act.clone() };
            running.app.register().take_report(&taken, &act).await.unwrap();
        }
    }
    students.iter().map(|entry| entry.id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_who_told_of_an_operation_is_sent_before_the_papers_are_there() {
    for running in each().await {
        let registry = running.registry().await;
        let students = photographed(&running, &registry).await;
        let due = async || {
            let due = running.app.register().due(&campaign(), REGISTRATION, true).await.unwrap();
            due.into_iter().map(|(entry, _)| entry.id).collect::<Vec<_>>()
        };
        assert_eq!(due().await, students[1..]);
        let path = format!("{}/evidence", student(students[0]));
        let papers = registry.get(&path).await;
        let items: Vec<&str> =
            papers.as_array().unwrap().iter().map(|paper| paper["item"].as_str().unwrap()).collect();
        assert_eq!(items, ["identity-card", "holding", "statement", "operation", "college-signed"]);
        let tick = async |path: &str, item: &str, there| {
            let asked = registry.ask(reqwest::Method::PUT, path);
            asked.json(&json!({"item": item, "there": there})).send().await.unwrap()
        };
        for item in &items {
            assert_eq!(due().await, students[1..], "before {item}");
            assert_eq!(tick(&path, item, true).await.status(), 200);
        }
        assert_eq!(due().await, students);
        let papers: Value = tick(&path, "holding", false).await.json().await.unwrap();
        assert_eq!(papers.as_array().unwrap().iter().filter(|paper| paper["there"] == true).count(), 4);
        assert_eq!(due().await, students[1..]);
        let other = format!("{}/evidence", student(students[1]));
        assert_eq!(registry.get(&other).await, json!([]));
        assert_eq!(tick(&other, "holding", true).await.status(), 422);
        let log = registry.get(&format!("/api/campaigns/{CAMPAIGN}/log")).await;
        assert!(log["items"][0].to_string().contains("holding"), "{}", log["items"][0]);
        running.app.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comparison_that_failed_is_settled_with_all_papers_alone() {
    let running = crate::running::start(None).await;
    let registry = running.registry().await;
    let students = photographed(&running, &registry).await;
    let step = async |event: &str| {
        let version = registry.get(&student(students[1])).await["version"].clone();
        let asked = registry.ask(reqwest::Method::POST, &format!("{}/events", student(students[1])));
        let body = json!({"step": {"track": "registry", "event": event}, "reason": ""});
        asked.header("if-match", format!("\"{version}\"")).json(&body).send().await.unwrap()
    };
    for event in ["package", "send", "link", "fail-identity", "stop"] {
        assert_eq!(step(event).await.status(), 200, "{event}");
    }
    let early = step("file-evidence").await;
    assert_eq!(early.status(), 422);
    assert!(early.text().await.unwrap().contains("户口本"));
    let path = format!("{}/evidence", student(students[1]));
    for paper in registry.get(&path).await.as_array().unwrap() {
        let ticked = registry.ask(reqwest::Method::PUT, &path);
        let ticked = ticked.json(&json!({"item": paper["item"], "there": true})).send().await.unwrap();
        assert_eq!(ticked.status(), 200);
    }
    assert_eq!(step("file-evidence").await.status(), 200);
    assert_eq!(step("clear").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_print_that_shows_somebody_else_opens_a_dispute() {
    for running in each().await {
        let registry = running.registry().await;
        let students = photographed(&running, &registry).await;
        let path = format!("/api/campaigns/{CAMPAIGN}/prints");
        for (step, whose) in [("print", &students[..]), ("deliver", &students), ("deny", &students[2..3])] {
            let handed: Value =
                registry.post(&path, json!({"students": whose, "step": step})).await.json().await.unwrap();
            assert_eq!(handed["count"], whose.len(), "{step}");
        }
        let disputes = registry.get(&format!("/api/campaigns/{CAMPAIGN}/disputes")).await;
        assert_eq!(disputes.as_array().unwrap().len(), 1, "{disputes}");
        assert_eq!(disputes[0]["student"]["id"], json!(students[2]));
        assert_eq!((&disputes[0]["about"], &disputes[0]["state"]), (&json!("photo"), &json!("open")));
        let one = registry.get(&student(students[2])).await;
        assert_eq!(one["status"], "exception");
        running.app.close().await;
    }
}
