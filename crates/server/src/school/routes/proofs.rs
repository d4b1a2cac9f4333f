//! Proofreading: what students say is wrong, who answers it until when, and what the national platform knows of it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use campaign::case::tracks::Proof;
use campaign::day;
use campaign::delivery::feedback;
use campaign::register::disputes::{Answer, Complaint, Dispute};
use campaign::register::proofs::proof_of;
use campaign::register::{Campaign, Entry};
use jiff::civil::Date;
use roster::correction;
use roster::field::Field;
use seal::masking::{MaskedDocument, MaskedName};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::campaigns::name;
use super::deliveries::take_again;
use super::me::own;
use super::students::StudentView;
use super::{Versioned, seen};
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::export;
use crate::school::keys;
use crate::school::who::Who;

/// What a student says is wrong.
#[derive(Serialize, ToSchema)]
pub struct DisputeView {
    id: Uuid,
    student: StudentView,
    /// `record` or `photo`.
    about: String,
    /// The fields, as the record has them and as the student says they should be.
    asked: Vec<AskedView>,
    note: String,
    has_evidence: bool,
    /// Milliseconds since 1970-01-01 UTC.
    opened_ms: u64,
    /// By when it should be answered, milliseconds since 1970-01-01 UTC.
    due_ms: u64,
    /// Open after that.
    overdue: bool,
    /// `open`, `corrected`, `retake` or `dismissed`.
    state: String,
    answer: String,
    version: i64,
}

/// A field that should be otherwise.
#[derive(Serialize, ToSchema)]
pub struct AskedView {
    /// Such as `name`.
    field: String,
    zh: String,
    /// As the record has it now.
    now: String,
    /// As the student says.
    asked: String,
}

impl DisputeView {
    /// `whole` for whoever answers it; lists mask names and numbers.
    fn of(campaign: &Campaign, dispute: &Dispute, entry: &Entry, (at_ms, whole): (u64, bool)) -> Self {
        let shown = |field: Field, text: &str| match field {
            Field::Name if !whole => MaskedName::of(text).as_str().into(),
            Field::DocumentNo | Field::ExamNo if !whole => MaskedDocument::of(text).as_str().into(),
            _ => text.to_owned(),
        };
        let asked = |(field, asked): (&Field, &String)| AskedView {
            field: name(field),
            zh: field.zh().into(),
            now: shown(*field, &correction::text(&entry.student, *field)),
            asked: shown(*field, asked),
        };
        let due_ms = dispute.due_ms(&campaign.settings);
        Self {
            id: dispute.id,
            student: StudentView::of(entry),
            about: if dispute.is_about_the_photo() { "photo".into() } else { "record".into() },
            asked: dispute.values.iter().map(asked).collect(),
            note: dispute.note.clone(),
            has_evidence: dispute.has_evidence,
            opened_ms: dispute.opened_ms,
            due_ms,
            overdue: dispute.answered_ms == 0 && at_ms > due_ms,
            state: name(&dispute.state),
            answer: dispute.answer.clone(),
            version: dispute.version,
        }
    }
}

/// Everything that students say is wrong, what is open first.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/disputes", tag = "proofs", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<DisputeView>)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<Vec<DisputeView>>, Problem> {
    let id = who.campaign(&campaign)?;
    let campaign = app.register().campaign(&id).await?;
    let mut views = Vec::new();
    for dispute in app.register().disputes(&id, None).await? {
        let entry = app.register().student(&id, dispute.student).await?;
        if who.sees(&entry).is_ok() {
            views.push(DisputeView::of(&campaign, &dispute, &entry, (who.at_ms, false)));
        }
    }
    Ok(Json(views))
}

/// 图像信息异常登记表: the same as an Excel file, by class and student number; the log keeps that it was taken.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/disputes.xlsx", tag = "proofs", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn table(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let Json(mut views) = list(State(app.clone()), who.clone(), Path(campaign)).await?;
    app.register().seen(&id, "disputes.xlsx", (views.len(), None), &who.act("")).await?;
    views.sort_by(|a, b| a.student.class_and_number().cmp(&b.student.class_and_number()));
    let row = |view: &DisputeView| {
        let asked: Vec<_> =
            view.asked.iter().map(|one| format!("{}：{} → {}", one.zh, one.now, one.asked)).collect();
        let what = if view.about == "photo" { "非本人照片".to_owned() } else { asked.join("；") };
        let day = |at_ms: u64| day::of_ms(at_ms).to_string();
        let [college, cohort, number, masked] = view.student.line();
        let state = match view.state.as_str() {
            "corrected" => "已更正",
            "retake" => "重新拍摄",
            "dismissed" => "无误",
            _ => "待处理",
        };
        vec![
            college,
            cohort,
            number,
            masked,
            what,
            view.note.clone(),
            day(view.opened_ms),
            day(view.due_ms),
            state.into(),
            view.answer.clone(),
        ]
    };
    let rows: Vec<_> = views.iter().map(row).collect();
    let headings = [
        "学院",
        "班级",
        "学号",
        "姓名",
        "异常内容",
        "学生说明",
        "提出日期",
        "应处理日期",
        "状态",
        "处理结果",
    ];
    export::table("disputes.xlsx", "图像信息异常登记表", &headings, &rows)
}

/// A dispute with those who were photographed beside the student.
#[derive(Serialize, ToSchema)]
pub struct OneDispute {
    dispute: DisputeView,
    /// When the photo is said to be somebody else's: who was photographed there just before and after.
    neighbours: Vec<Neighbour>,
    /// The shot that the student looked at.
    shot: Option<Uuid>,
}

/// Somebody who was photographed just before or after.
#[derive(Serialize, ToSchema)]
pub struct Neighbour {
    student_no: String,
    /// Masked.
    name: String,
    cohort: String,
    shot: Uuid,
    /// Milliseconds since 1970-01-01 UTC.
    taken_ms: u64,
    /// The one whose dispute it is.
    own: bool,
}

/// Shots at the same station before and after one, which are looked through when photos may be exchanged.
const NEIGHBOURS: i64 = 3;

async fn neighbours(app: &App, dispute: &Dispute) -> Result<Vec<Neighbour>, Problem> {
    let Some(shot) = dispute.shot.filter(|_| dispute.is_about_the_photo()) else { return Ok(Vec::new()) };
    let own = app.desk().shot(shot).await?;
    let mut neighbours = Vec::new();
    for near in app.desk().near(&own, NEIGHBOURS).await? {
        let student = app.register().holder_of(&near.campaign, near.code).await?;
        let entry = app.register().student(&near.campaign, student).await?;
        neighbours.push(Neighbour {
            student_no: entry.student.student_no.clone(),
            name: MaskedName::of(&entry.student.name.plain).as_str().into(),
            cohort: entry.student.cohort.clone(),
            own: near.id == shot,
            shot: near.id,
            taken_ms: near.taken_ms,
        });
    }
    Ok(neighbours)
}

/// One dispute, with what is asked for unmasked; the log keeps who looked at it.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/disputes/{dispute}", tag = "proofs",
    params(("campaign" = String, Path), ("dispute" = Uuid, Path)), responses((status = 200, body = OneDispute)))]
pub async fn one(
    State(app): State<App>,
    who: Who,
    Path((campaign, dispute)): Path<(String, Uuid)>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let campaign = app.register().campaign(&id).await?;
    let dispute = app.register().dispute(&id, dispute).await?;
    let entry = app.register().student(&id, dispute.student).await?;
    app.register().seen(&id, "dispute", (1, Some(entry.id)), &who.act("")).await?;
    let view = OneDispute {
        neighbours: neighbours(&app, &dispute).await?,
        shot: dispute.shot,
        dispute: DisputeView::of(&campaign, &dispute, &entry, (who.at_ms, true)),
    };
    Ok(Versioned(dispute.version, view).into_response())
}

/// What a student gave as a proof; the log keeps who looked at it.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/disputes/{dispute}/evidence", tag = "proofs",
    params(("campaign" = String, Path), ("dispute" = Uuid, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub async fn evidence(
    State(app): State<App>,
    who: Who,
    Path((campaign, dispute)): Path<(String, Uuid)>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let known = app.register().dispute(&id, dispute).await?;
    let keys = keys::of(&app, &id).await?;
    let bytes = app.register().evidence(&id, dispute, &keys.school).await?;
    app.register().seen(&id, "evidence", (1, Some(known.student)), &who.act("")).await?;
    let (kind, extension) = match bytes.get(..4) {
        Some([0xFF, 0xD8, ..]) => ("image/jpeg", "jpg"),
        Some([0x89, b'P', b'N', b'G']) => ("image/png", "png"),
        _ => ("application/pdf", "pdf"),
    };
    Ok(export::file(bytes, kind, &format!("evidence.{extension}")))
}

/// What is answered.
#[derive(Deserialize, ToSchema)]
pub struct NewAnswer {
    /// `correct`, `retake` or `dismiss`.
    answer: AnswerKind,
    /// With `correct`: the fields as they shall be, such as `{"name": "…"}`.
    #[serde(default)]
    #[schema(value_type = Object)]
    values: BTreeMap<Field, String>,
    /// What the student reads.
    #[schema(min_length = 2)]
    said: String,
}

/// How a dispute ends.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerKind {
    /// The record is put right.
    Correct,
    /// The photo is taken again.
    Retake,
    /// All is right as it is.
    Dismiss,
}

/// Answers a dispute. What is put right goes into the next delivery; a photo that is taken again is void.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/disputes/{dispute}/answer", tag = "proofs",
    params(("campaign" = String, Path), ("dispute" = Uuid, Path), ("If-Match" = String, Header)), request_body = NewAnswer,
    responses((status = 200, body = DisputeView), (status = 409, body = Problem)))]
pub async fn answer(
    State(app): State<App>,
    who: Who,
    Path((campaign, dispute)): Path<(String, Uuid)>,
    headers: HeaderMap,
    Json(new): Json<NewAnswer>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let campaign = app.register().campaign(&id).await?;
    let answer = match new.answer {
        AnswerKind::Correct => Answer::Correct(new.values),
        AnswerKind::Retake => Answer::Retake,
        AnswerKind::Dismiss => Answer::Dismiss,
    };
    let change = (dispute, seen(&headers)?);
    let dispute = app.register().answer_dispute(&id, change, &answer, &new.said, &who.act("")).await?;
    if let (Answer::Retake, Some(shot)) = (&answer, dispute.shot) {
        take_again(&app, &who, shot, &new.said).await?;
    }
    let entry = app.register().student(&id, dispute.student).await?;
    Ok(Versioned(dispute.version, DisputeView::of(&campaign, &dispute, &entry, (who.at_ms, false)))
        .into_response())
}

/// What a list of the platform's states came to.
#[derive(Serialize, ToSchema)]
pub struct ImportedProofs {
    /// Lines of the list.
    lines: usize,
    /// Students whose state changed.
    changed: usize,
    /// Lines of numbers that are not on the roster.
    strangers: Vec<usize>,
    /// Lines whose words are not known.
    unknown: Vec<usize>,
}

/// Takes the national platform's list of proofreading; only what differs is changed. 未校对 counts once the
/// campaign's own time is over.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/proofs", tag = "proofs", params(("campaign" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ImportedProofs)))]
pub async fn import(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    bytes: Bytes,
) -> Result<Json<ImportedProofs>, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().campaign(&id).await?;
    let answers = feedback::read(&bytes)?;
    let (mut said, mut unknown) = (Vec::new(), Vec::new());
    for answer in &answers {
        match proof_of(&answer.words) {
            // On the platform that is only the beginning of the time.
            Some(Proof::NotChecked) => {}
            Some(proof) => said.push((answer.line, answer.keys.clone(), proof)),
            None => unknown.push(answer.line),
        }
    }
    let (changed, strangers) = app.register().take_proofs(&id, &said, &who.act("")).await?;
    Ok(Json(ImportedProofs { lines: answers.len(), changed, strangers, unknown }))
}

/// One's own record, whole, to be proofread.
#[derive(Serialize, ToSchema)]
pub struct OwnRecord {
    /// Each field with its usual heading.
    fields: Vec<OwnField>,
    /// The last day of proofreading; none while it is not open, or where it has no end.
    until: Option<String>,
    disputes: Vec<OwnDispute>,
}

/// A field of one's own record.
#[derive(Serialize, ToSchema)]
pub struct OwnField {
    field: String,
    zh: String,
    value: String,
}

/// What one said was wrong, and the answer.
#[derive(Serialize, ToSchema)]
pub struct OwnDispute {
    /// `open`, `corrected`, `retake` or `dismissed`.
    state: String,
    note: String,
    answer: String,
    /// By when it should be answered, milliseconds since 1970-01-01 UTC.
    due_ms: u64,
}

const PROOFREAD: [Field; 9] = [
    Field::StudentNo,
    Field::Name,
    Field::Sex,
    Field::Birth,
    Field::DocumentNo,
    Field::ExamNo,
    Field::Major,
    Field::Level,
    Field::Years,
];

/// One's own record.
#[utoipa::path(get, path = "/api/me/record", tag = "me", responses((status = 200, body = OwnRecord)))]
pub async fn record(State(app): State<App>, who: Who) -> Result<Json<OwnRecord>, Problem> {
    let (id, campaign, entry) = own(&app, &who).await?;
    let shot = app.register().accepted_shots(&id).await?.get(&entry.id).copied();
    let taken = shot.map(|shot| day::of_ms(campaign::register::proofs::taken_ms(shot)));
    let until = taken
        .filter(|_| entry.case.proof == Proof::Open)
        .and_then(|taken| campaign.settings.proof_until(taken));
    let field = |field: Field| OwnField {
        field: name(&field),
        zh: field.zh().into(),
        value: correction::text(&entry.student, field),
    };
    let disputes = app.register().disputes(&id, Some(entry.id)).await?;
    let dispute = |dispute: &Dispute| OwnDispute {
        state: name(&dispute.state),
        note: dispute.note.clone(),
        answer: dispute.answer.clone(),
        due_ms: dispute.due_ms(&campaign.settings),
    };
    Ok(Json(OwnRecord {
        fields: PROOFREAD.map(field).into_iter().collect(),
        until: until.as_ref().map(Date::to_string),
        disputes: disputes.iter().map(dispute).collect(),
    }))
}

/// What is wrong, in a student's words.
#[derive(Deserialize, ToSchema)]
pub struct NewComplaint {
    /// The fields as they should be, such as `{"name": "…"}`; none when the photo is somebody else's.
    #[serde(default)]
    #[schema(value_type = Object)]
    values: BTreeMap<Field, String>,
    #[serde(default)]
    note: String,
    /// A picture (JPEG, PNG) or a PDF that shows it, in base64.
    #[serde(default)]
    evidence: String,
}

/// A student says what is wrong with the own record or photo.
#[utoipa::path(post, path = "/api/me/disputes", tag = "me", params(("If-Match" = String, Header)), request_body = NewComplaint,
    responses((status = 201, body = StudentView), (status = 409, body = Problem)))]
pub async fn complain(
    State(app): State<App>,
    who: Who,
    headers: HeaderMap,
    Json(new): Json<NewComplaint>,
) -> Result<Response, Problem> {
    let (id, _, entry) = own(&app, &who).await?;
    let unusable = || {
        Problem::unusable(
            "佐证应为 JPEG、PNG 图片或 PDF 文件",
            "a proof is a JPEG or PNG picture or a PDF file",
        )
    };
    let evidence = BASE64.decode(&new.evidence).map_err(|_| unusable())?;
    let is_known = evidence.is_empty()
        || [b"\xFF\xD8".as_slice(), b"\x89PNG", b"%PDF"].iter().any(|head| evidence.starts_with(head));
    if !is_known {
        return Err(unusable());
    }
    let complaint = Complaint { values: new.values, note: new.note, evidence };
    let keys = keys::of(&app, &id).await?;
    let said = (&complaint, &keys.school);
    app.register().complain(&id, entry.id, said, seen(&headers)?, &who.act("")).await?;
    let entry = app.register().student(&id, entry.id).await?;
    let view = Versioned(entry.version, StudentView::of(&entry));
    Ok((StatusCode::CREATED, view).into_response())
}

/// Everything that the program keeps about oneself.
#[utoipa::path(get, path = "/api/me/data.json", tag = "me", responses((status = 200, body = Vec<u8>, content_type = "application/json")))]
pub async fn data(State(app): State<App>, who: Who) -> Result<Response, Problem> {
    let (id, campaign, entry) = own(&app, &who).await?;
    let fields: Vec<Value> = Field::all()
        .map(|field| json!({"field": field.zh(), "value": correction::text(&entry.student, field)}))
        .collect();
    let mut shots = Vec::new();
    for shot in app.register().shots_of(entry.id).await? {
        let shot = app.desk().shot(shot).await?;
        let keys = keys::of(&app, &id).await?;
        let photo = app.desk().photo(&shot, &keys.desk).await?;
        shots.push(json!({
            "id": shot.id, "taken_ms": shot.taken_ms, "station": shot.station, "state": shot.state_name(),
            "reason": shot.reason, "inspection": shot.inspection[0], "photo_jpeg_base64": BASE64.encode(photo),
        }));
    }
    let history = app.register().history(&id, entry.id).await?;
    let disputes = app.register().disputes(&id, Some(entry.id)).await?;
    let disputes: Vec<Value> = disputes
        .iter()
        .map(|one| json!({"asked": one.values, "note": one.note, "opened_ms": one.opened_ms, "answer": one.answer}))
        .collect();
    let movements = app.register().movements(&id, false).await?;
    let payments: Vec<Value> = movements
        .iter()
        .filter(|one| one.student == Some(entry.id))
        .map(|one| json!({"service": one.service, "number": one.number, "at": one.at, "fen": one.fen}))
        .collect();
    let bookings = app.register().bookings(&id, None).await?;
    let booking = bookings.iter().find(|booking| booking.student == entry.id);
    let booking = booking.map(|one| json!({"centre": one.centre, "day": one.day, "time": one.time}));
    let told = app.register().told(&id, Some(entry.id)).await?;
    let messages: Vec<Value> =
        told.iter().map(|one| json!({"text": one.text[0], "at_ms": one.at_ms})).collect();
    let keys = keys::of(&app, &id).await?;
    let contact = app.register().contacts(&id, Some(entry.id), &keys.school).await?.remove(&entry.id);
    let papers: Vec<Value> = app
        .register()
        .papers_of(&id, entry.id)
        .await?
        .iter()
        .map(|one| json!({"paper": one.item.zh(), "at_ms": one.at_ms}))
        .collect();
    let orders: Vec<Value> = app
        .register()
        .orders_of(&id, entry.id)
        .await?
        .iter()
        .map(|one| json!({"number": one.number, "fen": one.fen, "state": one.state, "at_ms": one.at_ms}))
        .collect();
    let data = json!({
        "contact": contact, "papers": papers, "orders": orders,
        "payments": payments, "booking": booking, "messages": messages,
        "campaign": campaign.settings.campaign.title, "record": fields, "states": entry.case, "photos": shots,
        "disputes": disputes, "history": history,
    });
    let bytes = serde_json::to_vec_pretty(&data).map_err(|error| Problem::internal(error.to_string()))?;
    let mut response = export::file(bytes, "application/json", "my-data.json");
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(response)
}
