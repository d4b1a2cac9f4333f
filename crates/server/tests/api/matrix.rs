//! Every route of the document with every role and with nobody: exactly those whom the table names get past it.

use campaign::accounts::Scope;
use campaign::role::Role;
use reqwest::{Method, StatusCode};
use server::rights::{Allowed, RIGHTS, allowed};
use server::routes::document;

use crate::running::{CAMPAIGN, COLLEGE, Person, Running, start};

/// Every operation of the document.
fn operations() -> Vec<(String, String)> {
    let document = serde_json::to_value(document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}

#[test]
fn the_table_of_rights_and_the_document_name_the_same_routes() {
    let mut documented = operations();
    let mut listed: Vec<_> =
        RIGHTS.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    documented.sort();
    listed.sort();
    assert_eq!(documented, listed, "left: the document, right: rights.rs");
}

async fn people(running: &Running) -> Vec<(Role, Person)> {
    let mut people = Vec::new();
    for role in Role::ALL {
        let scope = Scope {
            campaign: CAMPAIGN.into(),
            college: if matches!(role, Role::College | Role::Monitor) {
                COLLEGE.into()
            } else {
                String::new()
            },
            cohort: if role == Role::Monitor { "班0".into() } else { String::new() },
            student: (role == Role::Student).then(uuid::Uuid::nil),
        };
        if role != Role::System {
            people.push((role, running.person(&format!("{role:?}"), role, scope).await));
        }
    }
    people
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_role_gets_exactly_the_routes_that_the_table_gives_it() {
    let running = start(None).await;
    let registry = running.registry().await;
    registry.begin().await;
    let people = people(&running).await;
    let id = uuid::Uuid::nil().to_string();
    let mut tried = 0;
    for (method, path) in operations() {
        let rule = allowed(&method, &path).unwrap();
        // Signing out and in is asked last and by its own test; the limit on passwords would meet the others here.
        if matches!(
            (method.as_str(), path.as_str()),
            ("DELETE", "/api/session")
                | ("POST", "/api/session" | "/api/activation" | "/api/session/password")
        ) {
            continue;
        }
        let place = path
            .replace("{campaign}", CAMPAIGN)
            .replace("{student}", &id)
            .replace("{shot}", &id)
            .replace("{account}", &id)
            .replace("{dispute}", &id)
            .replace("{refund}", &id)
            .replace("{exchange}", &id)
            .replace("{section}", "fee")
            .replace("{number}", "1")
            .replace("{volume}", "a.zip");
        let verb: Method = method.parse().unwrap();
        let unsigned = running.nobody(&method, &place).send().await.unwrap().status();
        assert_eq!(
            unsigned == StatusCode::UNAUTHORIZED,
            rule != Allowed::Anybody,
            "{method} {path} with nobody: {unsigned}"
        );
        for (role, person) in &people {
            let answer = person.ask(verb.clone(), &place).send().await.unwrap();
            let (status, text) = (answer.status(), answer.text().await.unwrap());
            let may = match rule {
                // A session says nothing there.
                Allowed::Station => {
                    assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path} as {role}: {text}");
                    continue;
                }
                Allowed::Anybody | Allowed::SignedIn => true,
                Allowed::Roles(roles) => roles.contains(role),
            };
            let refused = status == StatusCode::FORBIDDEN && text.contains("/problems/forbidden");
            assert_eq!(refused, !may, "{method} {path} as {role}: {status} {text}");
            assert!(!status.is_server_error(), "{method} {path} as {role}: {status} {text}");
            assert_ne!(status, StatusCode::UNAUTHORIZED, "{method} {path} as {role}");
            tried += 1;
        }
    }
    assert!(tried > 400, "{tried} combinations");
}
