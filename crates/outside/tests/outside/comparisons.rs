//! A comparison service as the contract has it, and one that hangs, fails and babbles.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use outside::comparison::breaker::FAILURES;
use outside::comparison::{Against, Answer, Comparer, Doubt, Question, TRIES};
use serde_json::{Value, json};
use tokio::time::timeout;
use uuid::Uuid;

use crate::{SERVICE_KEY, nowhere, serve, service};

const PATIENCE: Duration = Duration::from_secs(20);
const ID: Uuid = Uuid::from_u128(7);
const NUMBER: &str = "11010519491231002X";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Right,
    Hangs,
    Status(u16),
    Says(&'static str),
    AboutAnother,
    BreaksOff,
}

struct Population {
    mood: Mutex<Mood>,
    asked: Mutex<Vec<Value>>,
}

async fn compare(State(population): State<Arc<Population>>, headers: HeaderMap, body: Bytes) -> Response {
    let said: Value = serde_json::from_slice(&body).unwrap();
    let of = |name: &str| headers[name].to_str().unwrap();
    let text = [
        format!("POST\n/compare\n{}\n{}\n", of("xueying-timestamp"), of("idempotency-key")).as_bytes(),
        &body,
        b"\n",
    ]
    .concat();
    let key = seal::merchant::ServiceKey::new(SERVICE_KEY).unwrap();
    assert!(key.is_word(&[&text], of("xueying-signature")));
    population.asked.lock().unwrap().push(said.clone());
    let mood = *population.mood.lock().unwrap();
    match mood {
        Mood::Right => answer(&said),
        Mood::Hangs => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            answer(&said)
        }
        Mood::Status(status) => (StatusCode::from_u16(status).unwrap(), answer(&said)).into_response(),
        Mood::Says(words) => words.into_response(),
        Mood::AboutAnother => {
            axum::Json(json!({ "id": Uuid::nil(), "answer": "same", "score": 1.0 })).into_response()
        }
        Mood::BreaksOff => {
            let pieces = [Ok("{\"id\":"), Err(std::io::Error::other("the line is cut"))];
            Body::from_stream(futures_util::stream::iter(pieces)).into_response()
        }
    }
}

/// The same photo is the same person, a document is known or not.
fn answer(said: &Value) -> Response {
    let photo = said["photo"].as_str().unwrap();
    STANDARD.decode(photo).unwrap();
    let (word, score) = match (&said["against"]["photo"], said["against"]["document"]["number"].as_str()) {
        (Value::String(reference), None) if reference == photo => ("same", 0.97),
        (Value::String(_), None) => ("different", 0.11),
        (Value::Null, Some(NUMBER)) => ("unsure", 0.55),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    axum::Json(json!({ "id": said["id"], "answer": word, "score": score, "model": "x-1" })).into_response()
}

async fn population(patience: Duration) -> (Arc<Population>, Comparer) {
    let population = Arc::new(Population { mood: Mutex::new(Mood::Right), asked: Mutex::default() });
    let at = serve(Router::new().route("/compare", post(compare)).with_state(Arc::clone(&population))).await;
    (population, Comparer::new(service(at, "/compare", patience)).unwrap())
}

fn with_photo(reference: &[u8]) -> Question<'_> {
    Question { id: ID, photo: b"\xff\xd8 a finished photo", against: Against::Photo(reference) }
}

fn with_document(number: &str) -> Question<'_> {
    let against = Against::Document { kind: "resident-id", number };
    Question { id: ID, photo: b"\xff\xd8 a finished photo", against }
}

#[tokio::test]
async fn a_service_says_same_different_or_unsure_and_gets_no_more_than_the_contract_says() {
    let (population, comparer) = population(PATIENCE).await;
    let same = comparer.compare(&with_photo(b"\xff\xd8 a finished photo")).await;
    assert_eq!(same, Answer::Same { score: 0.97 });
    let different = comparer.compare(&with_photo(b"another")).await;
    assert_eq!(different, Answer::Different { score: 0.11 });
    let unsure = comparer.compare(&with_document(NUMBER)).await;
    assert_eq!(unsure, Answer::Unsure(Doubt::Score { score: 0.55 }));
    let unknown = comparer.compare(&with_document("1")).await;
    assert_eq!(unknown, Answer::Unsure(Doubt::NoReference));
    let asked = population.asked.lock().unwrap();
    assert_eq!(asked.len(), 4, "an answer is not asked for again");
    for (said, keys) in asked.iter().zip([vec!["photo"], vec!["photo"], vec!["document"], vec!["document"]]) {
        let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(said), ["against", "id", "photo"]);
        assert_eq!(names(&said["against"]), keys);
    }
    assert!(!asked[0].to_string().contains(NUMBER));
}

/// One question in a mood; gives the answer and how often it was asked.
async fn in_mood(mood: Mood) -> (Answer, usize) {
    let patience = if mood == Mood::Hangs { Duration::from_millis(500) } else { PATIENCE };
    let (population, comparer) = population(patience).await;
    *population.mood.lock().unwrap() = mood;
    let answer = comparer.compare(&with_photo(b"\xff\xd8 a finished photo")).await;
    let asked = population.asked.lock().unwrap().len();
    (answer, asked)
}

#[tokio::test]
async fn no_failure_is_ever_an_answer_and_every_question_ends() {
    let again = TRIES as usize;
    let moods = [
        (Mood::Status(500), again),
        (Mood::Status(503), again),
        (Mood::Status(429), again),
        (Mood::Status(302), again),
        (Mood::Status(400), 1),
        (Mood::Status(401), 1),
        (Mood::Status(404), 1),
        (Mood::Says("<html>same</html>"), again),
        (Mood::Says("{\"answer\":\"same\",\"score\":1}"), again),
        (Mood::AboutAnother, again),
        (Mood::BreaksOff, again),
    ];
    let asked = moods.map(|(mood, tries)| (mood, tries, tokio::spawn(in_mood(mood))));
    for (mood, tries, asked) in asked {
        let (answer, times) = timeout(Duration::from_mins(1), asked).await.unwrap().unwrap();
        assert!(matches!(answer, Answer::Unsure(_)), "{mood:?}: {answer:?}");
        assert_eq!(times, tries, "{mood:?}");
    }
    let begun = Instant::now();
    let (answer, times) = in_mood(Mood::Hangs).await;
    assert!(matches!(answer, Answer::Unsure(Doubt::Silent(_))) && times <= again, "{answer:?}");
    assert!(begun.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn a_dead_service_is_left_alone_and_holds_nothing_up() {
    let (population, comparer) = population(PATIENCE).await;
    *population.mood.lock().unwrap() = Mood::Status(500);
    for _ in 0..20 {
        let answer = comparer.clone().compare(&with_photo(b"a")).await;
        assert!(matches!(answer, Answer::Unsure(_)));
    }
    assert_eq!(population.asked.lock().unwrap().len(), FAILURES as usize, "then nobody asks for a minute");
    *population.mood.lock().unwrap() = Mood::Right;
    assert_eq!(comparer.compare(&with_photo(b"a")).await, Answer::Unsure(Doubt::Resting));
    let gone = Comparer::new(service(nowhere().await, "/", Duration::from_secs(5))).unwrap();
    let answer = gone.compare(&with_document(NUMBER)).await;
    let Answer::Unsure(doubt @ Doubt::Silent(_)) = answer else { panic!("{answer:?}") };
    assert!(!format!("{doubt} {}", doubt.zh()).contains("127.0.0.1"));
}

#[tokio::test]
async fn a_photo_that_is_none_or_too_large_goes_nowhere() {
    let (population, comparer) = population(PATIENCE).await;
    let large = vec![0; outside::comparison::PHOTO_BYTES + 1];
    for question in [with_photo(b""), with_photo(&large), Question { photo: &large, ..with_document(NUMBER) }]
    {
        assert_eq!(comparer.compare(&question).await, Answer::Unsure(Doubt::Photo));
    }
    assert_eq!(population.asked.lock().unwrap().len(), 0);
}
