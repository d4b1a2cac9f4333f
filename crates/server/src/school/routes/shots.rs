//! Photos: uploaded for a code, judged, looked at, decided about. The one place where what the capture side reports
//! is carried to the school's side, as `seal::taken`.

use axum::Json;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use campaign::role::Role;
use capture::desk::exchange::Exchange;
use capture::desk::{At, Decision, Desk, Incoming, Received, Shot, State as ShotState};
use portrait::standard::{Verdict, Words};
use seal::identity::{CampaignId, StationId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::campaigns::name;
use super::links::own_code;
use super::stations::tell;
use super::{Page, Paging, Versioned, seen};
use crate::problem::{Problem, prefers_english};
use crate::reading::code_in;
use crate::school::app::App;
use crate::school::keys;
use crate::school::who::Who;

/// What stands in place of a station at photos that were given in as files.
pub const FROM_ELSEWHERE: &str = "file";

/// A shot, with what its code shows of the student.
#[derive(Serialize, ToSchema)]
pub struct ShotView {
    id: Uuid,
    /// Masked, as on the code.
    name: String,
    /// Masked, as on the code.
    document_no: String,
    /// Milliseconds since 1970-01-01 UTC.
    taken_ms: u64,
    station: String,
    /// `pass`, `warn`, `unknown` or `fail`.
    verdict: String,
    /// `waiting`, `accepted` or `retake`.
    state: String,
    reason: String,
    /// Why somebody asked for a photo that fails to be accepted; another person's word takes it.
    asked: Option<String>,
    /// The inspection, rule by rule, as `xueying inspect --format json` writes it.
    #[schema(value_type = Object)]
    inspection: Value,
    version: i64,
}

impl ShotView {
    /// A shot with its findings in one language.
    pub fn of(shot: &Shot, english: bool) -> Self {
        Self {
            id: shot.id,
            name: shot.name.clone(),
            document_no: shot.document.clone(),
            taken_ms: shot.taken_ms,
            station: shot.station.clone(),
            verdict: name(&shot.verdict),
            state: name(&shot.state),
            reason: shot.reason.clone(),
            asked: Some(shot.asked.1.clone())
                .filter(|_| shot.state == ShotState::Waiting && !shot.asked.0.is_empty()),
            inspection: shot.inspection[usize::from(english)].clone(),
            version: shot.version,
        }
    }
}

/// A photo and the code that the student shows, as text or as a picture of it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form is read field by field; this type documents it")]
pub struct NewShot {
    #[schema(format = Binary, content_media_type = "image/jpeg")]
    photo: String,
    /// The code's text, as a reader types it.
    code: Option<String>,
    /// A picture of the code.
    #[schema(format = Binary, content_media_type = "image/png")]
    code_picture: Option<String>,
    /// Where it was taken; by default the account's own desk.
    station: Option<String>,
}

#[derive(Default)]
struct Form {
    photo: Option<(Vec<u8>, String)>,
    code: Option<String>,
    station: Option<String>,
}

async fn form(mut parts: Multipart) -> Result<Form, Problem> {
    let broken = |error: axum::extract::multipart::MultipartError| {
        Problem::new(error.status(), "form", format!("表单：{}", error.body_text()), error.body_text())
    };
    let mut form = Form::default();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        match part.name().unwrap_or_default() {
            "photo" => {
                let name = part.file_name().unwrap_or("photo.jpg").to_owned();
                form.photo = Some((part.bytes().await.map_err(broken)?.to_vec(), name));
            }
            "code" => form.code = Some(part.text().await.map_err(broken)?),
            "code_picture" => {
                let name = part.file_name().unwrap_or_default().to_owned();
                form.code = Some(code_in(part.bytes().await.map_err(broken)?.to_vec(), name).await?);
            }
            "station" => form.station = Some(part.text().await.map_err(broken)?),
            _ => {}
        }
    }
    Ok(form)
}

/// Takes a photo for a code: it is made, judged, sealed and kept, or refused with the reasons.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/shots", tag = "shots", params(("campaign" = String, Path)),
    request_body(content = NewShot, content_type = "multipart/form-data"),
    responses((status = 201, body = ShotView), (status = 409, body = Problem)))]
pub async fn take(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
    parts: Multipart,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let standard = app.register().campaign(&id).await?.settings.photo.standard;
    let form = form(parts).await?;
    let (bytes, name) = form.photo.ok_or_else(|| Problem::unusable("没有照片", "the form has no photo"))?;
    let code = form.code.ok_or_else(|| Problem::unusable("没有采集码", "the form has no code"))?;
    let station = form.station.filter(|station| !station.is_empty()).unwrap_or_else(|| "desk".into());
    let station = StationId::try_from(station)?;
    let at = At { account: who.id(), station: &station, at_ms: who.at_ms };
    let keys = keys::of(&app, &id).await?;
    let revoked = app.register().revoked_codes(&id).await?;
    let judge = app.judge(&standard).map_err(Problem::internal)?;
    let code = own_code(&app, &id, &code, &keys).await?;
    let incoming = Incoming { bytes, name, code };
    let english = prefers_english(&headers);
    let shot = received(app.desk().receive(incoming, (&keys.desk, &revoked), judge, at).await?)?;
    tell(&app, &shot, &as_operator(&who)).await?;
    Ok((StatusCode::CREATED, Versioned(shot.version, ShotView::of(&shot, english))).into_response())
}

/// The shot that a photo became, or why no portrait can be made of it.
pub fn received(received: Received) -> Result<Box<Shot>, Problem> {
    match received {
        Received::Impossible(reasons) => {
            let said = |zh: bool| {
                let one = |words: &Words| {
                    if zh { words.chinese.clone() } else { words.english.clone() }
                };
                reasons.iter().map(one).collect::<Vec<_>>().join(if zh { "；" } else { "; " })
            };
            Err(Problem::unusable(said(true), said(false)))
        }
        Received::Shot(shot) => Ok(shot),
    }
}

/// Whoever stands at the desk acts as its operator there, whatever the office.
fn as_operator(who: &Who) -> campaign::register::Act<'_> {
    campaign::register::Act { role: Role::Operator, ..who.act("") }
}

/// In which state.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// `waiting`, `accepted` or `retake`; by default all.
    #[serde(default)]
    state: String,
}

/// Shots, newest first.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/shots", tag = "shots",
    params(("campaign" = String, Path), Which, Paging), responses((status = 200, body = Page<ShotView>)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(which): Query<Which>,
    Query(paging): Query<Paging>,
    headers: HeaderMap,
) -> Result<Json<Page<ShotView>>, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().campaign(&id).await?;
    let state = match which.state.as_str() {
        "" => None,
        name => Some(ShotState::with_name(name).ok_or_else(|| {
            Problem::unusable(format!("没有状态 {name}"), format!("there is no state {name}"))
        })?),
    };
    let english = prefers_english(&headers);
    let (shots, total) = app.desk().page(&id, state, paging.range()?).await?;
    Ok(Json(Page { items: shots.iter().map(|shot| ShotView::of(shot, english)).collect(), total }))
}

/// Photos of a class, and how many of them wait for somebody.
#[derive(Serialize, ToSchema)]
pub struct ClassOfShots {
    college: String,
    cohort: String,
    shots: usize,
    waiting: usize,
}

/// The classes that have photos, those with most to be looked at first.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/shots/classes", tag = "shots", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<ClassOfShots>)))]
pub async fn classes(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<Vec<ClassOfShots>>, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().campaign(&id).await?;
    let undecided = app.desk().undecided(&id).await?;
    let newest = app.register().newest_shots(&id, ("", "")).await?;
    let mut classes: Vec<ClassOfShots> = newest
        .chunk_by(|a, b| (&a.0, &a.1) == (&b.0, &b.1))
        .map(|class| ClassOfShots {
            college: class[0].0.clone(),
            cohort: class[0].1.clone(),
            shots: class.len(),
            waiting: class.iter().filter(|(.., shot)| undecided.contains(shot)).count(),
        })
        .collect();
    classes.sort_by_key(|class| std::cmp::Reverse(class.waiting));
    Ok(Json(classes))
}

/// Which class.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SheetOf {
    college: String,
    cohort: String,
}

/// The contact sheet of a class: the newest photo of each student, those that need most attention first.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/shots/sheet", tag = "shots", params(("campaign" = String, Path), SheetOf),
    responses((status = 200, body = Vec<ShotView>)))]
pub async fn sheet(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(of): Query<SheetOf>,
    headers: HeaderMap,
) -> Result<Json<Vec<ShotView>>, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().campaign(&id).await?;
    let mut shots = Vec::new();
    for (.., shot) in app.register().newest_shots(&id, (&of.college, &of.cohort)).await? {
        shots.push(app.desk().shot(shot).await?);
    }
    let attention = |shot: &Shot| match (shot.state, shot.verdict) {
        (ShotState::Waiting, Verdict::Fail) => 0,
        (ShotState::Waiting, Verdict::Unknown) => 1,
        (ShotState::Waiting, Verdict::Warn) => 2,
        (ShotState::Waiting, Verdict::Pass) => 3,
        (ShotState::Retake, _) => 4,
        (ShotState::Accepted, _) => 5,
    };
    shots.sort_by_key(attention);
    let english = prefers_english(&headers);
    Ok(Json(shots.iter().map(|shot| ShotView::of(shot, english)).collect()))
}

async fn find(desk: &Desk, id: &CampaignId, shot: Uuid) -> Result<Shot, Problem> {
    let shot = desk.shot(shot).await?;
    if shot.campaign == *id { Ok(shot) } else { Err(Problem::unknown()) }
}

/// One shot.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/shots/{shot}", tag = "shots",
    params(("campaign" = String, Path), ("shot" = Uuid, Path)), responses((status = 200, body = ShotView)))]
pub async fn one(
    State(app): State<App>,
    who: Who,
    Path((campaign, shot)): Path<(String, Uuid)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let shot = find(app.desk(), &who.campaign(&campaign)?, shot).await?;
    Ok(Versioned(shot.version, ShotView::of(&shot, prefers_english(&headers))).into_response())
}

/// The finished photo of a shot.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/shots/{shot}/photo", tag = "shots",
    params(("campaign" = String, Path), ("shot" = Uuid, Path)), responses((status = 200, body = Vec<u8>,
    content_type = "image/jpeg")))]
pub async fn photo(
    State(app): State<App>,
    who: Who,
    Path((campaign, shot)): Path<(String, Uuid)>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let shot = find(app.desk(), &id, shot).await?;
    let keys = keys::of(&app, &id).await?;
    let photo = app.desk().photo(&shot, &keys.desk).await?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], photo).into_response())
}

/// What is decided, and why.
#[derive(Deserialize, ToSchema)]
pub struct NewDecision {
    /// `accept` or `retake`.
    #[schema(value_type = String, example = "accept")]
    decision: Decision,
    /// Why; needed to accept what inspection fails. No names or numbers.
    #[serde(default)]
    reason: String,
}

/// Two photos under each other's student.
#[derive(Deserialize, ToSchema)]
pub struct NewExchange {
    a: Uuid,
    b: Uuid,
    /// Why; no names or numbers.
    #[schema(min_length = 2)]
    reason: String,
}

/// Photos that are exchanged by two persons.
#[derive(Serialize, ToSchema)]
pub struct ExchangeView {
    id: Uuid,
    a: ShotView,
    b: ShotView,
    reason: String,
    /// Whether another person approved it, and it was done.
    done: bool,
    /// Whether the signed-in account asked for it, and so does not approve it.
    own: bool,
}

async fn exchange_view(app: &App, who: &Who, one: &Exchange, english: bool) -> Result<ExchangeView, Problem> {
    let (a, b) = (app.desk().shot(one.shots[0]).await?, app.desk().shot(one.shots[1]).await?);
    Ok(ExchangeView {
        id: one.id,
        a: ShotView::of(&a, english),
        b: ShotView::of(&b, english),
        reason: one.reason.clone(),
        done: !one.approved_by.is_empty(),
        own: one.asked_by == who.id(),
    })
}

/// Photos that somebody wants exchanged, and those that were.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/exchanges", tag = "shots", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<ExchangeView>)))]
pub async fn exchanges(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Vec<ExchangeView>>, Problem> {
    let id = who.campaign(&campaign)?;
    let mut views = Vec::new();
    for one in app.desk().exchanges(&id).await? {
        views.push(exchange_view(&app, &who, &one, prefers_english(&headers)).await?);
    }
    Ok(Json(views))
}

/// Asks for two accepted photos to be exchanged (照片错位更正); another person approves it.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/exchanges", tag = "shots", params(("campaign" = String, Path)),
    request_body = NewExchange, responses((status = 201, body = ExchangeView), (status = 409, body = Problem)))]
pub async fn ask_exchange(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
    Json(new): Json<NewExchange>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let asked = app.desk().ask_exchange(&id, [new.a, new.b], (&new.reason, who.id()), who.at_ms).await?;
    let view = exchange_view(&app, &who, &asked, prefers_english(&headers)).await?;
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

/// Approves an exchange that somebody else asked for. Each photo gets a new record; both are due for the next
/// delivery, and prints of the old ones are to be made again.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/exchanges/{exchange}/approval", tag = "shots",
    params(("campaign" = String, Path), ("exchange" = Uuid, Path)),
    responses((status = 204), (status = 409, body = Problem)))]
pub async fn approve_exchange(
    State(app): State<App>,
    who: Who,
    Path((campaign, exchange)): Path<(String, Uuid)>,
) -> Result<StatusCode, Problem> {
    let id = who.campaign(&campaign)?;
    let keys = keys::of(&app, &id).await?;
    let done = app.desk().approve_exchange(&id, exchange, (&keys.desk, who.id()), who.at_ms).await?;
    for shot in done.void.iter().chain(&done.right) {
        tell(&app, shot, &who.act("")).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Decides about a shot. What inspection fails is accepted by two persons of the registry: the first asks, the second's word takes it.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/shots/{shot}/decision", tag = "shots",
    params(("campaign" = String, Path), ("shot" = Uuid, Path), ("If-Match" = String, Header)), request_body = NewDecision,
    responses((status = 200, body = ShotView), (status = 409, body = Problem)))]
pub async fn decide(
    State(app): State<App>,
    who: Who,
    Path((campaign, shot)): Path<(String, Uuid)>,
    headers: HeaderMap,
    Json(new): Json<NewDecision>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let known = find(app.desk(), &id, shot).await?;
    // What fails, and what was taken where nobody of ours saw the student.
    let is_for_the_registry = known.verdict == Verdict::Fail || known.station == FROM_ELSEWHERE;
    if new.decision == Decision::Accept && is_for_the_registry && who.account().role != Role::Registry {
        return Err(Problem::forbidden());
    }
    let station = StationId::try_from(known.station.clone())?;
    let at = At { account: who.id(), station: &station, at_ms: who.at_ms };
    let shot = app.desk().decide(shot, new.decision, (seen(&headers)?, &new.reason), at).await?;
    let by = match who.account().role {
        Role::AgencyLead => as_operator(&who),
        _ => who.act(""),
    };
    tell(&app, &shot, &by).await?;
    Ok(Versioned(shot.version, ShotView::of(&shot, prefers_english(&headers))).into_response())
}
