//! Students: found, looked at, acted upon. Names and numbers are masked; whoever needs them whole says why, and the
//! log keeps it.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use campaign::case::Case;
use campaign::case::status::Status;
use campaign::case::tracks::Event;
use campaign::register::Entry;
use campaign::register::roll::{Filter, List};
use seal::masking::{MaskedDocument, MaskedName};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::campaigns::name;
use super::{Page, Paging, Versioned, seen};
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::export;
use crate::school::who::Who;

/// Students in a file; more than any school has in a year.
const MOST_EXPORTED: i64 = 200_000;

/// A student, masked.
#[derive(Serialize, ToSchema)]
pub struct StudentView {
    id: Uuid,
    student_no: String,
    /// Masked.
    name: String,
    /// Masked.
    document_no: String,
    college: String,
    major: String,
    cohort: String,
    level: Option<String>,
    /// Such as `ready`.
    status: String,
    /// The word that people see.
    status_zh: String,
    /// The state of each track.
    tracks: Vec<TrackView>,
    version: i64,
}

/// One track of a student's case.
#[derive(Serialize, ToSchema)]
pub struct TrackView {
    track: String,
    state: String,
    /// The word that people see.
    zh: String,
}

impl StudentView {
    pub fn of(entry: &Entry) -> Self {
        let student = &entry.student;
        let status = Status::of(&entry.case);
        Self {
            id: entry.id,
            student_no: student.student_no.clone(),
            name: MaskedName::of(&student.name.plain).as_str().into(),
            document_no: MaskedDocument::of(&student.document_no).as_str().into(),
            college: student.college.clone(),
            major: student.major.clone(),
            cohort: student.cohort.clone(),
            level: student.level.as_ref().map(name),
            status: name(&status),
            status_zh: status.zh().into(),
            tracks: tracks(&entry.case),
            version: entry.version,
        }
    }
}

impl StudentView {
    /// What lists are ordered by.
    pub fn class_and_number(&self) -> (&str, &str, &str) {
        (&self.college, &self.cohort, &self.student_no)
    }

    /// College, class, number and masked name, as lists begin.
    pub fn line(&self) -> [String; 4] {
        [&self.college, &self.cohort, &self.student_no, &self.name].map(Clone::clone)
    }
}

fn tracks(case: &Case) -> Vec<TrackView> {
    macro_rules! view {
        ($($track:ident $name:literal),+) => {
            vec![$(TrackView {
                track: $name.into(),
                state: name(&case.$track),
                zh: case.$track.zh().into(),
            }),+]
        };
    }
    view![
        eligibility "eligibility", record_check "record-check", consent "consent", code "code", payment "payment",
        attendance "attendance", photo "photo", registry "registry", proof "proof", prints "prints"
    ]
}

/// Which students.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    #[serde(default)]
    college: String,
    #[serde(default)]
    cohort: String,
    /// A status, such as `ready`.
    #[serde(default)]
    status: String,
    /// The beginning of a student number, or a part of a name.
    #[serde(default)]
    text: String,
    /// A list that offices work through: `not-shot`, `no-code`, `code-unread`, `unpaid`, `retake`, `errors`, `not-checked`, `excluded`.
    #[serde(default)]
    list: String,
}

impl Asked {
    fn filter(self) -> Result<Filter, Problem> {
        let status = match self.status.as_str() {
            "" => None,
            name => Some(Status::with_name(name).ok_or_else(|| {
                Problem::unusable(format!("没有状态 {name}"), format!("there is no status {name}"))
            })?),
        };
        let list = match self.list.as_str() {
            "" => None,
            name => Some(List::with_name(name).ok_or_else(|| {
                Problem::unusable(format!("没有清单 {name}"), format!("there is no list {name}"))
            })?),
        };
        Ok(Filter { college: self.college, cohort: self.cohort, status, text: self.text, list })
    }
}

/// Students, a page at a time, in the order of their numbers.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/students", tag = "students",
    params(("campaign" = String, Path), Asked, Paging), responses((status = 200, body = Page<StudentView>)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(asked): Query<Asked>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<StudentView>>, Problem> {
    let id = who.campaign(&campaign)?;
    let filter = who.narrowed(asked.filter()?)?;
    app.register().campaign(&id).await?;
    let (entries, total) = app.register().page(&id, &filter, paging.range()?).await?;
    Ok(Json(Page { items: entries.iter().map(StudentView::of).collect(), total }))
}

/// The same as an Excel file, masked; the log keeps that it was taken.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/students.xlsx", tag = "students",
    params(("campaign" = String, Path), Asked), responses((status = 200, body = Vec<u8>,
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn table(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let filter = who.narrowed(asked.filter()?)?;
    let (entries, total) = app.register().page(&id, &filter, (0, MOST_EXPORTED)).await?;
    app.register().seen(&id, "students.xlsx", (total as usize, None), &who.act("")).await?;
    let row = |entry: &Entry| {
        let view = StudentView::of(entry);
        let state = |track: &str| {
            view.tracks
                .iter()
                .find(|known| known.track == track)
                .map_or(String::new(), |known| known.zh.clone())
        };
        let states = ["code", "payment", "attendance", "photo", "proof"].map(state);
        let head = [view.student_no, view.name, view.document_no, view.college, view.cohort, view.status_zh];
        head.into_iter().chain(states).collect()
    };
    let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
    let headings =
        ["学号", "姓名", "证件号码", "学院", "班级", "状态", "采集码", "缴费", "到场", "照片", "校对"];
    // Whoever passes the file on leaves a trace of where it came from.
    let title = format!("学生名单（{total} 人，导出账号 {}）", who.account().login);
    export::table("students.xlsx", &title, &headings, &rows)
}

pub async fn find(
    app: &App,
    who: &Who,
    campaign: &str,
    student: Uuid,
) -> Result<(seal::identity::CampaignId, Entry), Problem> {
    let id = who.campaign(campaign)?;
    let entry = app.register().student(&id, student).await?;
    who.sees(&entry)?;
    Ok((id, entry))
}

/// One student, masked.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/students/{student}", tag = "students",
    params(("campaign" = String, Path), ("student" = Uuid, Path)), responses((status = 200, body = StudentView)))]
pub async fn one(
    State(app): State<App>,
    who: Who,
    Path((campaign, student)): Path<(String, Uuid)>,
) -> Result<Response, Problem> {
    let (_, entry) = find(&app, &who, &campaign, student).await?;
    Ok(Versioned(entry.version, StudentView::of(&entry)).into_response())
}

/// What happens to a student, and why.
#[derive(Deserialize, ToSchema)]
pub struct NewEvent {
    /// Such as `{"track": "eligibility", "event": "exclude"}`.
    #[schema(value_type = Object, example = json!({"track": "eligibility", "event": "exclude"}))]
    step: Event,
    /// Why; no names or numbers.
    #[serde(default)]
    reason: String,
}

/// Lets something happen to a student.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/students/{student}/events", tag = "students",
    params(("campaign" = String, Path), ("student" = Uuid, Path), ("If-Match" = String, Header)), request_body = NewEvent,
    responses((status = 200, body = StudentView), (status = 409, body = Problem)))]
pub async fn happen(
    State(app): State<App>,
    who: Who,
    Path((campaign, student)): Path<(String, Uuid)>,
    headers: HeaderMap,
    Json(new): Json<NewEvent>,
) -> Result<Response, Problem> {
    let (id, _) = find(&app, &who, &campaign, student).await?;
    let entry = app.register().happen(&id, student, new.step, seen(&headers)?, &who.act(&new.reason)).await?;
    Ok(Versioned(entry.version, StudentView::of(&entry)).into_response())
}

/// Why somebody needs to see it whole.
#[derive(Deserialize, ToSchema)]
pub struct Why {
    #[schema(min_length = 2)]
    reason: String,
}

/// What is masked elsewhere.
#[derive(Serialize, ToSchema)]
pub struct Whole {
    name: String,
    document_no: String,
    exam_no: String,
}

/// A student's name and numbers, unmasked; the log keeps who saw them and why.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/students/{student}/reveal", tag = "students",
    params(("campaign" = String, Path), ("student" = Uuid, Path)), request_body = Why,
    responses((status = 200, body = Whole)))]
pub async fn reveal(
    State(app): State<App>,
    who: Who,
    Path((campaign, student)): Path<(String, Uuid)>,
    Json(why): Json<Why>,
) -> Result<Json<Whole>, Problem> {
    let (id, entry) = find(&app, &who, &campaign, student).await?;
    if why.reason.trim().chars().count() < 2 {
        return Err(Problem::unusable("请说明查看的理由", "say why it is needed"));
    }
    app.register().seen(&id, "identity", (1, Some(student)), &who.act(why.reason.trim())).await?;
    let student = entry.student;
    Ok(Json(Whole {
        name: student.name.original,
        document_no: student.document_no,
        exam_no: student.exam_no,
    }))
}

/// A line of the log.
#[derive(Serialize, ToSchema)]
pub struct LineView {
    /// Milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
    pub event: String,
    pub subject: String,
    /// What was written down: JSON.
    pub detail: String,
}

impl LineView {
    /// A line of the log in its parts; the chain is for whoever verifies it.
    pub fn of(line: &str) -> Self {
        let mut parts = line.trim_end().split('\t').skip(1);
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let at_ms = next().parse().unwrap_or_default();
        Self { at_ms, event: next(), subject: next(), detail: next() }
    }
}

/// Everything that happened to a student, oldest first.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/students/{student}/history", tag = "students",
    params(("campaign" = String, Path), ("student" = Uuid, Path)), responses((status = 200, body = Vec<LineView>)))]
pub async fn history(
    State(app): State<App>,
    who: Who,
    Path((campaign, student)): Path<(String, Uuid)>,
) -> Result<Json<Vec<LineView>>, Problem> {
    let (id, _) = find(&app, &who, &campaign, student).await?;
    let lines = app.register().history(&id, student).await?;
    Ok(Json(lines.iter().map(|line| LineView::of(line)).collect()))
}
