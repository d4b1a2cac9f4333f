//! Codes of another issuer: which student each was linked to, and those that a person has to link.

use std::collections::HashSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use campaign::linking::Shown;
use campaign::register::Act;
use campaign::register::links::{Place, has_other_codes};
use campaign::role::Role;
use capture::station::whose::{self, Answer, Question};
use roster::student::Level;
use seal::code::fingerprint::Fingerprint;
use seal::code::linked::Link;
use seal::code::text::PREFIX;
use seal::identity::CampaignId;
use seal::masking::{MaskedDocument, MaskedName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::stations::{caller, campaign};
use super::students::StudentView;
use crate::clock::now_ms;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::keys::{self, Keys};
use crate::school::who::Who;

/// A code that somebody showed and that a person has to link.
#[derive(Serialize, ToSchema)]
pub struct LinkQuestionView {
    /// The code's keyed fingerprint.
    code: String,
    /// What is printed on it, masked.
    name: String,
    /// Masked.
    document_no: String,
    #[schema(value_type = Option<String>)]
    level: Option<Level>,
    /// The class at the station.
    class: String,
    station: String,
    /// Milliseconds since 1970-01-01 UTC.
    at_ms: u64,
    /// Who it can be; those of the class come first.
    candidates: Vec<CandidateView>,
}

/// A student whom a code can belong to.
#[derive(Serialize, ToSchema)]
pub struct CandidateView {
    student: StudentView,
    /// Whether another code is linked to the student.
    has_other: bool,
}

/// Codes of another issuer.
#[derive(Serialize, ToSchema)]
pub struct LinksView {
    /// Whether the campaign takes them.
    taken: bool,
    /// How many students have one linked.
    linked: usize,
    questions: Vec<LinkQuestionView>,
}

/// How many codes of another issuer are linked, and those that a person has to link.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/links", tag = "codes", params(("campaign" = String, Path)),
    responses((status = 200, body = LinksView)))]
pub async fn links(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<LinksView>, Problem> {
    let id = who.campaign(&campaign)?;
    let linked: HashSet<Uuid> = app.register().linked_students(&id).await?.into_iter().collect();
    let mut questions = Vec::new();
    for question in app.register().link_questions(&id).await? {
        let mut candidates = Vec::new();
        for student in question.candidates {
            let view = StudentView::of(&app.register().student(&id, student).await?);
            candidates.push(CandidateView { student: view, has_other: linked.contains(&student) });
        }
        questions.push(LinkQuestionView {
            code: question.code.to_string(),
            name: question.shown.name.as_str().into(),
            document_no: question.shown.document.as_str().into(),
            level: question.shown.level,
            class: question.class,
            station: question.station,
            at_ms: question.at_ms,
            candidates,
        });
    }
    let taken = has_other_codes(&app.register().campaign(&id).await?.settings);
    Ok(Json(LinksView { taken, linked: linked.len(), questions }))
}

/// Whose a code is.
#[derive(Deserialize, ToSchema)]
pub struct WhoseCode {
    /// The student's number; nobody's without one.
    student_no: Option<String>,
    /// Whether it takes the place of another code that is linked to the student.
    #[serde(default)]
    replace: bool,
}

/// Says whose a code is that a station asked about, or that it is nobody's.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/links/{code}", tag = "codes",
    params(("campaign" = String, Path), ("code" = String, Path)), request_body = WhoseCode,
    responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn answer_link(
    State(app): State<App>,
    who: Who,
    Path((campaign, code)): Path<(String, String)>,
    Json(whose): Json<WhoseCode>,
) -> Result<StatusCode, Problem> {
    let id = who.campaign(&campaign)?;
    let code = Fingerprint::parse(&code).ok_or_else(Problem::unknown)?;
    let student = match whose.student_no.as_deref().map(str::trim) {
        None => None,
        Some(number) => Some(app.register().student_of_number(&id, number).await?.id),
    };
    let keys = keys::of(&app, &id).await?;
    app.register().answer_link(&id, code, (student, whose.replace), &keys.school, &who.act("")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the link of a student's code back, so that the code can be linked to somebody else.
#[utoipa::path(delete, path = "/api/campaigns/{campaign}/students/{student}/link", tag = "codes",
    params(("campaign" = String, Path), ("student" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn unlink(
    State(app): State<App>,
    who: Who,
    Path((campaign, student)): Path<(String, Uuid)>,
) -> Result<StatusCode, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().unlink(&id, student, &who.act("")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What came of a station's question.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what the capture side reads")]
pub struct WhoseAnswer {
    /// Whether the code is linked now; where not, a person was asked.
    linked: bool,
}

/// Questions of one station in an hour; a camera takes some two hundred students in one, few of whom come unlinked. Whoever
/// holds a station's key could otherwise go through the roster.
const MOST_ASKED: u64 = 60;
const HOUR_MS: u64 = 3_600_000;

/// A station asks whose another issuer's code is, in a letter to the centre.
#[utoipa::path(post, path = "/api/stations/{campaign}/whose-code", tag = "stations",
    params(("campaign" = String, Path), ("Authorization" = String, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = WhoseAnswer), (status = 401, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub async fn whose_code(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
    letter: Bytes,
) -> Result<Json<Answer>, Problem> {
    let id = campaign(&app, name.clone()).await?;
    let suite = app.register().suite(&id).await?;
    let (id, station, keys) = caller(&app, name, &headers, &whose::about(&letter, suite)).await?;
    let question = whose::open(&letter, &keys.desk.centre.centre)
        .map_err(|fault| Problem::unusable(fault.zh(), fault.to_string()))?;
    let (link, shown) = read(&question, &keys)
        .ok_or_else(|| Problem::unusable("机位的询问无法识别", "the station's question cannot be read"))?;
    let asked = app.register().asked_lately(&id, &station.station, now_ms().saturating_sub(HOUR_MS)).await?;
    if asked >= MOST_ASKED {
        return Err(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many",
            "本机位一小时内询问过多：请学校先处理待确认的采集码",
            "this station asked too often within an hour: the school answers what waits first",
        ));
    }
    let place = Place { class: &question.class, station: &station.station };
    let act = Act { role: Role::Centre, account: "-", at_ms: now_ms(), reason: "" };
    let linked = app.register().link_shown(&id, &link, (&shown, place), &keys.school, &act).await?;
    Ok(Json(Answer { linked }))
}

/// What a station's question is about.
fn read(question: &Question, keys: &Keys) -> Option<(Link, Shown)> {
    let key = BASE64.decode(&question.key).ok()?;
    let link = Link::again(Fingerprint::parse(&question.code)?, &key, &keys.school.fingerprint)?;
    let level = match question.level.as_deref() {
        None => None,
        Some(level) => Some(Level::parse(level)?),
    };
    let (name, document) =
        (MaskedName::from_mask(&question.name)?, MaskedDocument::from_mask(&question.document)?);
    Some((link, Shown { name, document, level }))
}

/// Our code behind whatever a student shows: itself, or the one that another issuer's is linked to.
pub async fn own_code(app: &App, id: &CampaignId, text: &str, keys: &Keys) -> Result<String, Problem> {
    let text = seal::code::scan::plain(text);
    if text.starts_with(PREFIX) {
        return Ok(text.to_owned());
    }
    let own = app.register().behind(id, text, &keys.school).await?;
    Ok(own.map_or_else(|| text.to_owned(), |own| own.reveal().to_owned()))
}
