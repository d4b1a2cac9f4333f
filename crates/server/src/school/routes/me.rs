//! What a student sees: where one stands, the card, the rules, the photo.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use campaign::case::tracks::{Code, CodeEvent, ConsentEvent, Event, Photo, ProofEvent, RecordCheckEvent};
use campaign::register::links::has_other_codes;
use campaign::register::orders::may_pay;
use campaign::register::{Campaign, Entry};
use campaign::settings::guide;
use capture::desk::Desk;
use seal::code::linked::Link;
use seal::code::port::{CodePort, OpaqueCodes};
use seal::code::scan::plain;
use seal::identity::CampaignId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::codes::{drawn, pictured};
use super::day::{QueueView, queue_of};
use super::own_photo::{SelfCapture, standing};
use super::sessions::{SlotView, calendar};
use super::shots::ShotView;
use super::students::StudentView;
use super::{Versioned, seen};
use crate::problem::{Problem, prefers_english};
use crate::reading::code_in;
use crate::school::app::App;
use crate::school::keys;
use crate::school::who::Who;

/// Everything about oneself.
#[derive(Serialize, ToSchema)]
pub struct Me {
    student: StudentView,
    title: String,
    school: String,
    /// Days of shooting.
    #[schema(value_type = Vec<String>)]
    days: Value,
    /// Where, with gathering place and way through.
    #[schema(value_type = Object)]
    places: Value,
    /// How one may look, by item.
    #[schema(value_type = Object)]
    appearance: Value,
    /// The fee, in fen.
    #[schema(value_type = Object)]
    fee: Value,
    /// Make-up shooting.
    #[schema(value_type = Object)]
    make_up: Value,
    /// Proofreading.
    #[schema(value_type = Object)]
    proof: Value,
    /// How a code is kept, and whose codes they are.
    #[schema(value_type = Object)]
    code: Value,
    /// How to get the code, in both languages.
    #[schema(value_type = Vec<Object>)]
    ways: Value,
    /// One's own class in the published timetable.
    session: Option<SlotView>,
    /// The queue on the day, as one's own class sees it; none on other days.
    queue: Option<QueueView>,
    /// Whether the fee can be paid here.
    pays_online: bool,
    /// Whether a service outside is asked about photos of those who agree.
    compares_outside: bool,
    /// Whether the campaign compares faces, for which one is asked.
    compares_faces: bool,
    /// Days for which data is kept after the campaign.
    keep_days: u16,
    /// Photos taken alone, where the campaign allows them.
    self_capture: Option<SelfCapture>,
    /// What is still missing, in words.
    missing: Vec<Missing>,
    /// The newest photo.
    shot: Option<ShotView>,
}

/// Something that is missing.
#[derive(Serialize, ToSchema)]
pub struct Missing {
    zh: String,
    en: String,
}

pub async fn own(app: &App, who: &Who) -> Result<(CampaignId, Campaign, Entry), Problem> {
    let scope = &who.account().scope;
    let id = who.campaign(&scope.campaign)?;
    let entry = app.register().student(&id, scope.student.ok_or_else(Problem::unknown)?).await?;
    Ok((id.clone(), app.register().campaign(&id).await?, entry))
}

/// Where one stands.
#[utoipa::path(get, path = "/api/me", tag = "me", responses((status = 200, body = Me)))]
pub async fn me(State(app): State<App>, who: Who, headers: HeaderMap) -> Result<Response, Problem> {
    let (_, campaign, entry) = own(&app, &who).await?;
    let shot = match app.register().shots_of(entry.id).await?.first() {
        Some(shot) => Some(ShotView::of(&app.desk().shot(*shot).await?, prefers_english(&headers))),
        None => None,
    };
    let session =
        app.register().session_of(&campaign.id, &entry.student.college, &entry.student.cohort).await?;
    let class = (entry.student.college.as_str(), entry.student.cohort.as_str());
    let queue = queue_of(&app, &campaign, class).await?;
    let settings = &campaign.settings;
    let me = Me {
        pays_online: app.outside().pay.is_some()
            && may_pay(&campaign.settings, campaign.state.phase, &entry.case),
        compares_outside: app.outside().comparison.is_some(),
        compares_faces: settings.photo.compare_faces || settings.photo.reference.is_some(),
        keep_days: settings.retention.keep_days,
        queue,
        self_capture: standing(&app, &campaign, &entry, who.at_ms).await?,
        student: StudentView::of(&entry),
        title: settings.campaign.title.clone(),
        school: settings.campaign.school.clone(),
        days: json!(settings.campaign.days),
        places: json!(settings.campaign.places),
        appearance: json!(settings.appearance),
        fee: json!(settings.fee),
        make_up: json!(settings.make_up),
        proof: json!(settings.proof),
        code: json!(settings.code),
        session: session.map(|session| {
            SlotView::of(&campaign, &session, (&entry.student.college, &entry.student.cohort, 0))
        }),
        ways: json!(guide::ways(settings.code.mode)),
        missing: missing(&entry),
        shot,
    };
    Ok(Versioned(entry.version, me).into_response())
}

fn missing(entry: &Entry) -> Vec<Missing> {
    use campaign::case::tracks::{Consent, Payment, Proof, RecordCheck};
    let case = &entry.case;
    let checks = [
        (case.consent == Consent::NotShown, "阅读个人信息告知书", "read the notice on personal data"),
        (
            matches!(case.record_check, RecordCheck::Unchecked | RecordCheck::Corrected),
            "核对个人信息",
            "check your data",
        ),
        (
            case.record_check == RecordCheck::ErrorReported,
            "等待教务处更正信息",
            "the registry corrects your data",
        ),
        (matches!(case.code, Code::None | Code::Problem), "等待领取采集码", "wait for your collection code"),
        (
            case.code == Code::Registered,
            "保存采集码图片并检查能否识读",
            "save the code's picture and check that it reads",
        ),
        (case.payment == Payment::Due, "缴纳费用", "pay the fee"),
        (matches!(case.photo, Photo::RetakeDue | Photo::Fail), "重新拍摄", "have the photo taken again"),
        (
            matches!(case.proof, Proof::Open | Proof::Resolved),
            "校对照片和信息，确认无误后点击“照片正确”",
            "proofread photo and record, and confirm them",
        ),
    ];
    let open = checks.into_iter().filter(|(open, ..)| *open);
    open.map(|(_, zh, en)| Missing { zh: zh.into(), en: en.into() }).collect()
}

/// One's own card, as a picture to be saved.
#[utoipa::path(get, path = "/api/me/card.png", tag = "me", responses(
    (status = 200, body = Vec<u8>, content_type = "image/png")))]
pub async fn card(State(app): State<App>, who: Who) -> Result<Response, Problem> {
    let (id, campaign, entry) = own(&app, &who).await?;
    let svg = drawn(&app, &id, &campaign, &entry).await?.ok_or_else(Problem::unknown)?;
    let picture = pictured(&app, svg).await?;
    let headers =
        [(header::CONTENT_TYPE, "image/png"), (header::CONTENT_DISPOSITION, "inline; filename=\"code.png\"")];
    Ok((headers, picture).into_response())
}

/// One's own session, for the calendar of a phone.
#[utoipa::path(get, path = "/api/me/session.ics", tag = "me", responses(
    (status = 200, body = Vec<u8>, content_type = "text/calendar")))]
pub async fn session(State(app): State<App>, who: Who) -> Result<Response, Problem> {
    let (id, campaign, entry) = own(&app, &who).await?;
    let (college, cohort) = (&entry.student.college, &entry.student.cohort);
    let session = app.register().session_of(&id, college, cohort).await?.ok_or_else(Problem::unknown)?;
    let slot = SlotView::of(&campaign, &session, (college, cohort, 0));
    Ok(calendar(&campaign, &session, &slot))
}

/// One's own newest photo.
#[utoipa::path(get, path = "/api/me/photo", tag = "me", responses(
    (status = 200, body = Vec<u8>, content_type = "image/jpeg")))]
pub async fn photo(State(app): State<App>, who: Who) -> Result<Response, Problem> {
    let (id, _, entry) = own(&app, &who).await?;
    let newest = app.register().shots_of(entry.id).await?.first().copied().ok_or_else(Problem::unknown)?;
    let shot = app.desk().shot(newest).await?;
    let photo = app.desk().photo(&shot, &keys::of(&app, &id).await?.desk).await?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], photo).into_response())
}

/// A student's own saved picture of the code, as it would be shown at the desk: whether it can be read and is the
/// student's own. A code of another issuer is linked to the student by this. Nothing of the picture is kept.
#[utoipa::path(post, path = "/api/me/code", tag = "me",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = StudentView)))]
pub async fn check_code(State(app): State<App>, who: Who, bytes: Bytes) -> Result<Response, Problem> {
    let (id, campaign, entry) = own(&app, &who).await?;
    let text = code_in(bytes.to_vec(), String::new()).await?;
    let keys = keys::of(&app, &id).await?;
    let text = plain(&text);
    if has_other_codes(&campaign.settings) && OpaqueCodes::default().recognises(text) {
        let link = Link::of(text, &keys.school.fingerprint);
        app.register().link(&id, entry.id, &link, &keys.school, &who.act("")).await?;
    } else {
        let revoked = app.register().revoked_codes(&id).await?;
        let code = Desk::read_code(&keys.desk, text, &revoked, who.at_ms)?;
        if app.register().holder_of(&id, code.id).await? != entry.id {
            return Err(Problem::unusable(
                "这不是你本人的采集码：请重新保存本页的采集码图片",
                "this is not your own code: save the picture of this page again",
            ));
        }
    }
    let entry = match entry.case.code {
        Code::Registered => {
            let read = Event::Code(CodeEvent::Read);
            app.register().happen(&id, entry.id, read, entry.version, &who.act("")).await?
        }
        _ => entry,
    };
    Ok(Versioned(entry.version, StudentView::of(&entry)).into_response())
}

/// What a student says.
#[derive(Deserialize, ToSchema)]
pub struct Said {
    /// `acknowledge-notice`, `confirm-record`, `report-error`, `agree-comparison`, `decline-comparison` or
    /// `confirm-photo`.
    what: What,
}

/// What a student can say.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The notice on personal data was read.
    AcknowledgeNotice,
    /// The registered data is right.
    ConfirmRecord,
    /// The registered data is wrong.
    ReportError,
    /// Yes to the comparison of faces, which everything else does without.
    AgreeComparison,
    /// No to it, or no longer.
    DeclineComparison,
    /// 照片正确: photo and record are right, at the time of proofreading.
    ConfirmPhoto,
}

/// A student says something about the own case.
#[utoipa::path(post, path = "/api/me/events", tag = "me", params(("If-Match" = String, Header)), request_body = Said,
    responses((status = 200, body = StudentView), (status = 409, body = Problem)))]
pub async fn happen(
    State(app): State<App>,
    who: Who,
    headers: HeaderMap,
    Json(said): Json<Said>,
) -> Result<Response, Problem> {
    let (id, campaign, entry) = own(&app, &who).await?;
    let step = match said.what {
        What::AcknowledgeNotice => Event::Consent(ConsentEvent::Acknowledge),
        What::ConfirmRecord => Event::RecordCheck(RecordCheckEvent::Confirm),
        What::ReportError => Event::RecordCheck(RecordCheckEvent::Report),
        What::AgreeComparison => Event::Consent(ConsentEvent::Agree),
        What::DeclineComparison => Event::Consent(ConsentEvent::Decline),
        What::ConfirmPhoto => Event::Proof(ProofEvent::Confirm),
    };
    // Which text was read or agreed to.
    let told = match step {
        Event::Consent(_) => format!("告知书 {}", campaign.settings.retention.notice_version),
        _ => String::new(),
    };
    let entry = app.register().happen(&id, entry.id, step, seen(&headers)?, &who.act(&told)).await?;
    Ok(Versioned(entry.version, StudentView::of(&entry)).into_response())
}
