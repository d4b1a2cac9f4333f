//! The page beside the camera: a small API of its own over [`capture::station`], for this computer only. It knows
//! neither accounts nor the school's side; whoever unlocked the station's keys is at the camera.

mod card;
mod day;
mod show;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use capture::station::binding::Shutter;
use capture::station::choice::{Accepted, Said};
use capture::station::numbers::{Answer, Note, Number, Scanned};
use capture::station::person::Looked;
use capture::station::takes::{Arrival, Arrived};
use capture::station::transfer::Trouble;
use capture::station::whose::{self, Printed};
use capture::station::{At, Station, StationError};
use futures_util::stream::{Stream, unfold};
use portrait::guidance::Guidance;
use portrait::standard::Language;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::clock::now_ms;
use crate::pages;
use crate::problem::Problem;
use crate::reading::code_in;
pub use show::View;
use show::{AcceptedView, ArrivedView, BalanceView, ConcernView, LineView, RegisterView, ScannedView};

/// Largest file: a camera's JPEG of 60 million pixels stays below.
const LARGEST: usize = 64 << 20;

/// What the page works with.
#[derive(Clone)]
pub struct Booth {
    /// The station.
    pub station: Station,
    operator: Arc<RwLock<String>>,
    /// The last thing that a file from the folder came to.
    heard: Arc<RwLock<Option<show::Heard>>>,
    card: card::Shared,
}

impl Booth {
    /// A page for a station; the operator is named on it.
    pub fn new(station: Station, operator: &str) -> Self {
        Self {
            station,
            operator: Arc::new(RwLock::new(operator.to_owned())),
            heard: Arc::default(),
            card: Arc::default(),
        }
    }

    /// Who is at the camera.
    pub fn operator(&self) -> String {
        self.operator.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Notes what a file from the folder came to, for the page.
    pub fn hear(&self, name: &str, result: &Result<Arrived, StationError>) {
        let heard = show::Heard::of(name, result, now_ms());
        *self.heard.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(heard);
        self.station.changed();
    }

    fn heard(&self) -> Option<show::Heard> {
        self.heard.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

/// The page and its API.
pub fn router(booth: Booth) -> Router {
    Router::new()
        .route("/api/station", get(view))
        .route("/api/station/events", get(events))
        .route("/api/station/operator", post(set_operator))
        .route("/api/station/scan", post(scan))
        .route("/api/station/scan/picture", post(scan_picture))
        .route("/api/station/whose", post(whose_code))
        .route("/api/station/void", post(void))
        .route("/api/station/shots", post(shoot))
        .route("/api/station/guidance", post(guide))
        .route("/api/station/takes/{take}/photo", get(photo))
        .route("/api/station/takes/{take}/acceptance", post(accept))
        .route("/api/station/takes/{take}/retake", post(retake))
        .route("/api/station/undo", post(undo))
        .route("/api/station/strays/{stray}", get(stray).post(settle))
        .route("/api/station/numbers/{day}/{running}/looks", post(looks))
        .route("/api/station/numbers/{day}/{running}/signature", post(sign))
        .route("/api/station/key-frame", get(card::key_frame))
        .route("/api/station/card", get(card::sheet).post(card::read))
        .route("/api/station/card/number", post(card::on_card))
        .route("/api/station/card/takes", post(card::take_sure))
        .route("/api/station/card/files/{at}", get(card::picture).post(card::take_said))
        .route("/api/station/numbers/{day}/{running}/void", post(card::give_up))
        .route("/api/station/register", get(register))
        .route("/api/station/balance", get(balance))
        .route("/api/station/log", get(log))
        .merge(day::routes())
        .fallback(page)
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(from_fn(for_this_computer))
        .with_state(booth)
}

/// Answers until `stop` is done.
///
/// # Errors
/// When the socket fails.
pub async fn serve(
    listener: TcpListener,
    booth: Booth,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router(booth).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}

/// Pages of other sites can make the browser ask here; neither their writes nor a name that leads here count.
fn is_from_here(request: &Request) -> bool {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_own = matches!(name, "127.0.0.1" | "localhost" | "[::1]");
    let is_same = text(header::ORIGIN).is_none_or(|origin| origin == format!("http://{host}"));
    is_own && (is_same || request.method().is_safe())
}

async fn for_this_computer(request: Request, next: Next) -> Response {
    if !is_from_here(&request) {
        return Problem::forbidden().into_response();
    }
    let english = crate::problem::prefers_english(request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
    ] {
        if !headers.contains_key(name) {
            headers.insert(name, header::HeaderValue::from_static(value));
        }
    }
    match response.extensions_mut().remove::<Problem>() {
        Some(problem) => (response.status(), Json(problem.in_language(english))).into_response(),
        None => response,
    }
}

/// The station's page lies beside the portal's files; whatever has no name leads to it.
async fn page(method: axum::http::Method, uri: axum::http::Uri, asked: HeaderMap) -> Response {
    let path = uri.path();
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let uri = if is_file || path.starts_with("/api/") {
        uri
    } else {
        axum::http::Uri::from_static("/station.html")
    };
    pages::page(&method, &uri, &asked)
}

impl From<StationError> for Problem {
    fn from(error: StationError) -> Self {
        let (zh, en) = (error.zh(), error.to_string());
        let kind = |status, kind| Self::new(status, kind, zh.clone(), en.clone());
        match error {
            StationError::Code(refusal) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, refusal.name(), zh, en)
            }
            StationError::NoActive => kind(StatusCode::CONFLICT, "no-active"),
            StationError::Decided | StationError::TooLate | StationError::NothingAccepted => {
                kind(StatusCode::CONFLICT, "not-now")
            }
            StationError::Unknown => Self::unknown(),
            StationError::Opening => kind(StatusCode::CONFLICT, "not-open"),
            StationError::ClassOpen(_) => kind(StatusCode::CONFLICT, "class-open"),
            StationError::SecondPerson => kind(StatusCode::UNPROCESSABLE_ENTITY, "second-person"),
            StationError::Reason => kind(StatusCode::UNPROCESSABLE_ENTITY, "reason"),
            StationError::Disk(_) => kind(StatusCode::INSUFFICIENT_STORAGE, "disk"),
            StationError::Damaged(_) | StationError::Store(_) | StationError::Random(_) => Self::internal(en),
            _ => Self::unusable(zh, en),
        }
    }
}

type Answered<T> = Result<Json<T>, Problem>;

async fn view(State(booth): State<Booth>) -> Answered<View> {
    Ok(Json(View::of(&booth, now_ms()).await?))
}

/// The state whenever it changes; the page never asks twice.
async fn events(State(booth): State<Booth>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = booth.station.changes();
    let stream = unfold((booth, changes, true), |(booth, mut changes, first)| async move {
        if !first && changes.changed().await.is_err() {
            return None;
        }
        changes.mark_unchanged();
        let event = match View::of(&booth, now_ms()).await {
            Ok(view) => Event::default().json_data(view).unwrap_or_default(),
            Err(error) => Event::default().event("trouble").data(error.zh()),
        };
        Some((Ok(event), (booth, changes, false)))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(10)))
}

#[derive(Deserialize)]
struct Operator {
    name: String,
}

async fn set_operator(State(booth): State<Booth>, Json(new): Json<Operator>) -> Result<StatusCode, Problem> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 20 || name.chars().any(char::is_control) {
        return Err(Problem::unusable("操作员代号为 1 至 20 个字", "an operator has 1 to 20 characters"));
    }
    name.clone_into(&mut booth.operator.write().unwrap_or_else(std::sync::PoisonError::into_inner));
    booth.station.changed();
    Ok(StatusCode::NO_CONTENT)
}

/// A code as a reader types it, with the operator's answer to what was asked before.
#[derive(Deserialize)]
struct Scan {
    code: String,
    #[serde(default)]
    next: bool,
    left: Option<String>,
    /// The active one's photo is on the card of a camera that is not connected.
    #[serde(default)]
    on_card: bool,
    reason: Option<String>,
}

async fn scan(State(booth): State<Booth>, Json(scan): Json<Scan>) -> Answered<ScannedView> {
    let answer = Answer { next: scan.next, left: scan.left, on_card: scan.on_card, reason: scan.reason };
    scanned(&booth, &scan.code, &answer).await
}

/// A picture of a code, from the webcam or a file.
async fn scan_picture(State(booth): State<Booth>, bytes: Bytes) -> Answered<ScannedView> {
    let code = code_in(bytes.to_vec(), "code.jpg".into()).await?;
    scanned(&booth, &code, &Answer::default()).await
}

async fn scanned(booth: &Booth, code: &str, answer: &Answer) -> Answered<ScannedView> {
    let operator = booth.operator();
    let at = At { operator: &operator, at_ms: now_ms() };
    let scanned = booth.station.scan(code, answer, at).await?;
    let name = booth.station.name();
    // The page repeats the code with the answer; it was read from a picture perhaps.
    let repeats = matches!(scanned, Scanned::Asks(_) | Scanned::Stopped(_) | Scanned::Unlinked);
    let code = repeats.then(|| code.trim().to_owned());
    Ok(Json(ScannedView::of(scanned, name, code)))
}

/// A code of another issuer, and what is printed beside it.
#[derive(Deserialize)]
struct Whose {
    code: String,
    #[serde(flatten)]
    printed: Printed,
}

/// Asks the school whose a code is.
async fn whose_code(State(booth): State<Booth>, Json(whose): Json<Whose>) -> Answered<whose::Answer> {
    let operator = booth.operator();
    let at = At { operator: &operator, at_ms: now_ms() };
    let answer = booth.station.ask_whose(&whose.code, &whose.printed, at).await;
    Ok(Json(answer.map_err(|trouble| match trouble {
        Trouble::Station(error) => error.into(),
        other => {
            let (zh, en) = match other {
                Trouble::Network(_) => (
                    "学校服务器没有应答，暂时无法确认采集码：请学生出示学校签发的采集码，或联网后再扫".to_owned(),
                    "the school's server does not answer: the student shows the school's own code, or this one again when there is a network".to_owned(),
                ),
                other => other.words(),
            };
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no-answer", zh, en)
        }
    })?))
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
    /// Who else says so, for a photo that fails.
    #[serde(default)]
    second: String,
}

async fn void(State(booth): State<Booth>, Json(why): Json<Reason>) -> Result<StatusCode, Problem> {
    let operator = booth.operator();
    booth.station.void(&why.reason, At { operator: &operator, at_ms: now_ms() }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A picture from the browser's camera or a file that the operator chose.
async fn shoot(State(booth): State<Booth>, bytes: Bytes) -> Answered<ArrivedView> {
    let operator = booth.operator();
    let at = At { operator: &operator, at_ms: now_ms() };
    // A picture that the operator takes on purpose is never a stray: there is somebody, or there is no picture.
    if booth.station.active().await?.is_none() {
        return Err(StationError::NoActive.into());
    }
    let arrival = Arrival {
        bytes: bytes.to_vec(),
        name: "camera.jpg".into(),
        seen_ms: at.at_ms,
        shutter: Shutter::Now,
    };
    let arrived = booth.station.receive(arrival, at).await?;
    Ok(Json(ArrivedView::of(&arrived)))
}

/// What to say over the live picture: nothing of it is kept.
async fn guide(State(booth): State<Booth>, headers: HeaderMap, bytes: Bytes) -> Answered<serde_json::Value> {
    let judge = booth.station.judge();
    let looking = move || judge.inspect(std::path::Path::new("frame.jpg"), &bytes);
    let judged =
        tokio::task::spawn_blocking(looking).await.map_err(|panic| Problem::internal(panic.to_string()))?;
    let judged = judged.map_err(|unread| Problem::unusable(unread.zh(), unread.to_string()))?;
    let english = crate::problem::prefers_english(&headers);
    let language = if english { Language::English } else { Language::Chinese };
    let guidance = Guidance::of(&judged.inspection, judged.size, language);
    Ok(Json(serde_json::to_value(guidance).map_err(|error| Problem::internal(error.to_string()))?))
}

async fn photo(State(booth): State<Booth>, Path(take): Path<Uuid>) -> Result<Response, Problem> {
    let station = booth.station.clone();
    let reading = tokio::task::spawn_blocking(move || station.photo(take)).await;
    let photo = reading.map_err(|panic| Problem::internal(panic.to_string()))?;
    let photo = photo.map_err(|error| match error {
        StationError::Disk(std::io::ErrorKind::NotFound) => Problem::unknown(),
        error => error.into(),
    })?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], photo).into_response())
}

async fn accept(
    State(booth): State<Booth>,
    Path(take): Path<Uuid>,
    Json(why): Json<Reason>,
) -> Answered<AcceptedView> {
    let operator = booth.operator();
    let at = At { operator: &operator, at_ms: now_ms() };
    let view = match booth.station.accept(take, Said { reason: &why.reason, second: &why.second }, at).await?
    {
        Accepted::Done => AcceptedView::default(),
        Accepted::Next(line) => {
            AcceptedView { next: Some(LineView::of(&line, booth.station.name())), ..AcceptedView::default() }
        }
        Accepted::Stopped(concerns) => AcceptedView {
            stopped: concerns.iter().map(ConcernView::of).collect(),
            ..AcceptedView::default()
        },
    };
    Ok(Json(view))
}

async fn retake(State(booth): State<Booth>, Path(take): Path<Uuid>) -> Result<StatusCode, Problem> {
    let operator = booth.operator();
    booth.station.retake(take, At { operator: &operator, at_ms: now_ms() }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn undo(State(booth): State<Booth>) -> Answered<serde_json::Value> {
    let operator = booth.operator();
    let number = booth.station.undo(At { operator: &operator, at_ms: now_ms() }).await?;
    Ok(Json(json!({"number": number.shown(booth.station.name())})))
}

async fn stray(State(booth): State<Booth>, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let station = booth.station.clone();
    let reading = tokio::task::spawn_blocking(move || station.stray_file(id)).await;
    let file = reading.map_err(|panic| Problem::internal(panic.to_string()))?;
    let file = file.map_err(|_| Problem::unknown())?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], file).into_response())
}

#[derive(Deserialize)]
struct Settling {
    /// Whether it is the active one's.
    take: bool,
    reason: String,
}

async fn settle(
    State(booth): State<Booth>,
    Path(id): Path<Uuid>,
    Json(new): Json<Settling>,
) -> Answered<Option<ArrivedView>> {
    let operator = booth.operator();
    let at = At { operator: &operator, at_ms: now_ms() };
    let arrived = booth.station.settle(id, new.take, &new.reason, at).await?;
    Ok(Json(arrived.as_ref().map(ArrivedView::of)))
}

async fn looks(
    State(booth): State<Booth>,
    Path((day, running)): Path<(i64, i64)>,
    Json(looks): Json<Vec<Looked>>,
) -> Result<StatusCode, Problem> {
    note(&booth, Number { day, running }, Note::Looks(looks)).await
}

/// A signature: lines of a pen as an SVG path, or a typed name; or why there is none.
#[derive(Deserialize)]
struct Signature {
    #[serde(default)]
    signature: String,
    #[serde(default)]
    unsigned: String,
}

/// Longest signature, characters: a minute of a finger on the screen.
const LONGEST_SIGNATURE: usize = 20_000;

async fn sign(
    State(booth): State<Booth>,
    Path((day, running)): Path<(i64, i64)>,
    Json(new): Json<Signature>,
) -> Result<StatusCode, Problem> {
    let (text, why) = (new.signature.trim(), new.unsigned.trim());
    if text.is_empty() && !why.is_empty() {
        return note(&booth, Number { day, running }, Note::Unsigned(why.to_owned())).await;
    }
    if text.is_empty() || text.len() > LONGEST_SIGNATURE {
        return Err(Problem::unusable("没有签名", "there is no signature"));
    }
    note(&booth, Number { day, running }, Note::Signature(text.to_owned())).await
}

async fn note(booth: &Booth, number: Number, note: Note) -> Result<StatusCode, Problem> {
    let operator = booth.operator();
    booth.station.note(number, note, At { operator: &operator, at_ms: now_ms() }).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct OnDay {
    day: Option<i64>,
}

async fn register(State(booth): State<Booth>, Query(on): Query<OnDay>) -> Answered<RegisterView> {
    let day = on.day();
    let lines = booth.station.register(day).await?;
    let lines = lines.iter().map(|line| LineView::of(line, booth.station.name())).collect();
    Ok(Json(RegisterView { day, lines }))
}

async fn balance(State(booth): State<Booth>, Query(on): Query<OnDay>) -> Answered<BalanceView> {
    Ok(Json(BalanceView::of(booth.station.balance(on.day()).await?)))
}

async fn log(State(booth): State<Booth>) -> Result<Response, Problem> {
    let log = booth.station.audit().await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], log).into_response())
}
