//! The day around the photos, for the page: opening, classes and their teachers' signatures, what went wrong.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use capture::station::At;
use capture::station::classes::Class;
use capture::station::incident::{Incident, What};
use capture::station::numbers::day_of;
use capture::station::opening::{BYTES_PER_STUDENT, Item, LIGHTS_K, Opening};
use serde::{Deserialize, Serialize};

use super::{Answered, Booth, LONGEST_SIGNATURE, OnDay};
use crate::clock::now_ms;
use crate::problem::Problem;

pub fn routes() -> Router<Booth> {
    Router::new()
        .route("/api/station/opening", get(opening).post(open))
        .route("/api/station/opening/{day}/photo", get(test_shot))
        .route("/api/station/incidents", get(incidents).post(happened))
        .route("/api/station/classes", get(classes).post(sign_class))
}

/// What is to be looked at before the first student, and what was.
#[derive(Serialize)]
struct OpeningView {
    items: &'static [Item],
    /// Kelvin, from and to.
    lights_k: (u32, u32),
    free_bytes: u64,
    /// What the classes planned for this station will need.
    needed_bytes: u64,
    opening: Option<Opening>,
}

async fn opening(State(booth): State<Booth>, Query(on): Query<OnDay>) -> Answered<OpeningView> {
    let station = &booth.station;
    let (bundle, name) = (station.bundle(), station.name());
    let heads: u64 = bundle
        .sessions
        .iter()
        .filter(|session| session.station.is_empty() || session.station == name)
        .map(|session| u64::from(session.heads))
        .sum();
    Ok(Json(OpeningView {
        items: &Item::ALL,
        lights_k: (*LIGHTS_K.start(), *LIGHTS_K.end()),
        free_bytes: station.free_bytes(),
        needed_bytes: heads * BYTES_PER_STUDENT,
        opening: station.opening(on.day()).await?,
    }))
}

/// What somebody saw; the test shot is the body.
#[derive(Deserialize)]
struct Seen {
    lights_k: u32,
    /// The items in order, with commas between.
    seen: String,
}

async fn open(State(booth): State<Booth>, Query(seen): Query<Seen>, test: Bytes) -> Answered<Opening> {
    let items = seen.seen.split(',').map(|name| serde_json::from_value(name.into()));
    let items: Vec<Item> = items
        .collect::<Result<_, _>>()
        .map_err(|_| Problem::unusable("没有这个检查项", "the check-list has no such item"))?;
    let operator = booth.operator();
    let at = At { operator: &operator, at_ms: now_ms() };
    Ok(Json(booth.station.open_day(seen.lights_k, &items, test.to_vec(), at).await?))
}

async fn test_shot(State(booth): State<Booth>, Path(day): Path<i64>) -> Result<Response, Problem> {
    let photo = booth.station.test_shot(day).map_err(|_| Problem::unknown())?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], photo).into_response())
}

async fn incidents(State(booth): State<Booth>, Query(on): Query<OnDay>) -> Answered<Vec<Incident>> {
    Ok(Json(booth.station.incidents(on.day()).await?))
}

#[derive(Deserialize)]
struct Happened {
    what: What,
    words: String,
}

async fn happened(State(booth): State<Booth>, Json(new): Json<Happened>) -> Result<StatusCode, Problem> {
    let operator = booth.operator();
    let at = At { operator: &operator, at_ms: now_ms() };
    booth.station.happened(new.what, &new.words, at).await?;
    Ok(StatusCode::CREATED)
}

async fn classes(State(booth): State<Booth>, Query(on): Query<OnDay>) -> Answered<Vec<Class>> {
    Ok(Json(booth.station.classes(on.day()).await?))
}

/// The teacher's word that a class is done.
#[derive(Deserialize)]
struct TeacherSigns {
    class: String,
    /// Places of those who did not come.
    missing: Vec<u32>,
    signature: String,
}

async fn sign_class(
    State(booth): State<Booth>,
    Json(new): Json<TeacherSigns>,
) -> Result<StatusCode, Problem> {
    if new.signature.len() > LONGEST_SIGNATURE {
        return Err(Problem::unusable("没有签名", "there is no signature"));
    }
    let operator = booth.operator();
    let at = At { operator: &operator, at_ms: now_ms() };
    booth.station.sign_class(&new.class, &new.missing, &new.signature, at).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl OnDay {
    /// The day asked for, or today.
    pub fn day(&self) -> i64 {
        self.day.unwrap_or_else(|| day_of(now_ms()))
    }
}
