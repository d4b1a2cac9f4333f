//! Messages to students: on their own page, and as a list for whatever other way an office sends them.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use campaign::case::tracks::Proof;
use campaign::day;
use campaign::message::Kind;
use campaign::register::messages::Told;
use campaign::register::{Campaign, Entry, RegisterError};
use jiff::civil::DateTime;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::campaigns::name;
use super::me::own;
use super::sessions::start_of;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::export;
use crate::school::who::Who;

/// Says what is due to the students of a campaign.
pub async fn tell_students(app: &App, campaign: &Campaign, at_ms: u64) -> Result<usize, RegisterError> {
    let mut times: HashMap<(String, String), DateTime> = HashMap::new();
    if let Some(edition) = app.register().edition(&campaign.id).await? {
        for class in &edition.problem.classes {
            let college = edition.problem.colleges[class.college].name.clone();
            if let Some(session) = edition.session_of(&class.id) {
                times.insert((college, class.name.clone()), start_of(campaign, session.start));
            }
        }
    }
    let time = |college: &str, cohort: &str| times.get(&(college.to_owned(), cohort.to_owned())).copied();
    app.register().tell_students(&campaign.id, time, at_ms).await
}

/// How many were told what.
#[derive(Serialize, ToSchema)]
pub struct SaidView {
    kind: String,
    zh: String,
    count: usize,
    /// When it was last said, milliseconds since 1970-01-01 UTC.
    last_ms: u64,
}

/// What students were told.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/messages", tag = "messages", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<SaidView>)))]
pub async fn said(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<Vec<SaidView>>, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().campaign(&id).await?;
    let told = app.register().told(&id, None).await?;
    let view = |kind: Kind| {
        let own: Vec<&Told> = told.iter().filter(|one| one.kind == kind).collect();
        let last_ms = own.iter().map(|one| one.at_ms).max()?;
        Some(SaidView { kind: name(&kind), zh: kind.zh().into(), count: own.len(), last_ms })
    };
    Ok(Json(Kind::ALL.into_iter().filter_map(view).collect()))
}

/// Every message as an Excel file: to be sent by other ways, and the proof that it was said. The log keeps that it was
/// taken.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/messages.xlsx", tag = "messages", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn table(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let told = app.register().told(&id, None).await?;
    app.register().seen(&id, "messages.xlsx", (told.len(), None), &who.act("")).await?;
    let students: HashMap<_, _> =
        app.register().students(&id).await?.into_iter().map(|entry| (entry.id, entry)).collect();
    let row = |one: &Told| {
        let entry = students.get(&one.student)?;
        let mut cells = super::students::StudentView::of(entry).line().to_vec();
        let at = day::time_of_ms(one.at_ms).strftime("%Y-%m-%d %H:%M").to_string();
        cells.extend([at, one.kind.zh().into(), one.text[0].clone()]);
        Some(cells)
    };
    let rows: Vec<_> = told.iter().filter_map(row).collect();
    export::table(
        "messages.xlsx",
        "消息记录",
        &["学院", "班级", "学号", "姓名", "时间", "类别", "内容"],
        &rows,
    )
}

/// 未校对名单: who did nothing until the end, with when each was told that proofreading is open and that it ends. The
/// log keeps that it was taken.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/not-checked.xlsx", tag = "messages", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn unread(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let mut told: HashMap<(Uuid, Kind), Vec<String>> = HashMap::new();
    for one in app.register().told(&id, None).await? {
        let at = day::time_of_ms(one.at_ms).strftime("%Y-%m-%d %H:%M").to_string();
        told.entry((one.student, one.kind)).or_default().push(at);
    }
    let entries = app.register().students(&id).await?.into_iter();
    let entries: Vec<_> = entries.filter(|entry| entry.case.proof == Proof::NotChecked).collect();
    app.register().seen(&id, "not-checked.xlsx", (entries.len(), None), &who.act("")).await?;
    let row = |entry: &Entry| {
        let times = |kind| told.get(&(entry.id, kind)).map(|times| times.join("；")).unwrap_or_default();
        let mut cells = super::students::StudentView::of(entry).line().to_vec();
        cells.extend([times(Kind::ProofOpen), times(Kind::ProofEnds)]);
        cells
    };
    let rows: Vec<_> = entries.iter().map(row).collect();
    let headings = ["学院", "班级", "学号", "姓名", "校对通知", "截止提醒"];
    export::table("not-checked.xlsx", "未校对名单", &headings, &rows)
}

/// A message to oneself.
#[derive(Serialize, ToSchema)]
pub struct MessageView {
    kind: String,
    zh: String,
    en: String,
    /// Milliseconds since 1970-01-01 UTC.
    at_ms: u64,
}

/// What one was told, newest first.
#[utoipa::path(get, path = "/api/me/messages", tag = "me", responses((status = 200, body = Vec<MessageView>)))]
pub async fn told(State(app): State<App>, who: Who) -> Result<Json<Vec<MessageView>>, Problem> {
    let (id, _, entry) = own(&app, &who).await?;
    let told = app.register().told(&id, Some(entry.id)).await?;
    let view = |one: Told| {
        let [zh, en] = one.text;
        MessageView { kind: name(&one.kind), zh, en, at_ms: one.at_ms }
    };
    Ok(Json(told.into_iter().map(view).collect()))
}
