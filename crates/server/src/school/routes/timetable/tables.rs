//! Tables that are read into a draft: lectures, and timetables that somebody made.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use bytes::Bytes;
use campaign::timetable::{self, Sheet};
use roster::table::TableFault;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::seen;
use super::{DraftView, open, view};
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::who::Who;

/// Largest table, bytes.
const LARGEST_TABLE: usize = 8 << 20;

/// What of a table was not understood.
#[derive(Serialize, ToSchema)]
pub struct QuestionView {
    line: usize,
    zh: String,
    en: String,
}

impl From<timetable::Question> for QuestionView {
    fn from(each: timetable::Question) -> Self {
        Self { line: each.line, zh: each.zh, en: each.en }
    }
}

/// A draft after a table was read into it.
#[derive(Serialize, ToSchema)]
pub struct TableView {
    /// Classes that have lectures on the days of shooting, or a place by the table.
    classes: usize,
    /// What was not understood, or does not agree with the roster.
    questions: Vec<QuestionView>,
    draft: DraftView,
}

/// Takes lectures from a table of 班级, 日期 or 星期, and 时间 (xlsx, xls, docx, csv, text).
#[utoipa::path(post, path = "/api/campaigns/{campaign}/timetable/lectures", tag = "timetable", params(("campaign" = String, Path),
    ("If-Match" = String, Header)), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = TableView)))]
pub async fn lectures(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Json<TableView>, Problem> {
    let (id, campaign, mut draft) = open(&app, &who, &campaign).await?;
    let days = campaign.settings.campaign.days.clone();
    let read = tokio::task::spawn_blocking(move || {
        let questions = timetable::lectures(&read(&bytes)?, &days, &mut draft.problem);
        Ok::<_, Problem>((draft, questions))
    });
    let (mut draft, questions) = read.await.map_err(|error| Problem::internal(error.to_string()))??;
    draft.version =
        app.register().keep_draft(&id, &draft.problem, &draft.plan, seen(&headers)?, &who.act("")).await?;
    Ok(Json(TableView {
        classes: draft.problem.classes.iter().filter(|class| !class.busy.is_empty()).count(),
        questions: questions.into_iter().map(QuestionView::from).collect(),
        draft: view(&app, &who, &campaign, &draft)?,
    }))
}

/// Reads a timetable that somebody made (docx, xlsx, xls, csv, text): a list with 机位, 班级 and 时间, or a grid of rooms
/// and times. The draft with it is looked at and checked, and kept only when it is put back.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/timetable/given", tag = "timetable", params(("campaign" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 200, body = TableView)))]
pub async fn given(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    bytes: Bytes,
) -> Result<Json<TableView>, Problem> {
    let (_, campaign, mut draft) = open(&app, &who, &campaign).await?;
    if draft.problem.classes.is_empty() {
        return Err(Problem::unusable("先按名单建立", "begin from the roster first"));
    }
    let days = campaign.settings.campaign.days.clone();
    let read = tokio::task::spawn_blocking(move || {
        let (plan, questions) = timetable::given(&read(&bytes)?, &days, &mut draft.problem);
        draft.plan = plan;
        Ok::<_, Problem>((draft, questions))
    });
    let (draft, questions) = read.await.map_err(|error| Problem::internal(error.to_string()))??;
    if draft.plan.assignments.is_empty() {
        let first = questions.first();
        return Err(Problem::unusable(
            format!("表中没有一个班能放下：{}", first.map_or("没有时间", |one| one.zh.as_str())),
            format!("the table places no class: {}", first.map_or("it has no times", |one| one.en.as_str())),
        ));
    }
    draft.problem.validate()?;
    Ok(Json(TableView {
        classes: draft.plan.assignments.len(),
        questions: questions.into_iter().map(QuestionView::from).collect(),
        draft: view(&app, &who, &campaign, &draft)?,
    }))
}

fn read(bytes: &[u8]) -> Result<Sheet, Problem> {
    if bytes.len() > LARGEST_TABLE {
        return Err(Problem::unusable("表格过大", "the table is too large"));
    }
    timetable::read(bytes).map_err(|fault| {
        no_table(
            &fault,
            "请写明班级、日期（或星期）、时间，或以时间、教室为表头",
            "name 班级, 日期 (or 星期) and 时间, or head columns with times or rooms",
        )
    })
}

/// Why a file is no table; where it lacks its headings, which those are.
pub fn no_table(fault: &TableFault, zh: &str, en: &str) -> Problem {
    match fault {
        TableFault::NoHeadings => {
            Problem::unusable(format!("没有找到表头：{zh}"), format!("no row of headings was found: {en}"))
        }
        fault => Problem::unusable(fault.zh(), fault.to_string()),
    }
}
