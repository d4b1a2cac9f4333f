//! Collection codes: issued, drawn as cards, revoked.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use campaign::day;
use campaign::register::codes::Standing;
use campaign::register::roll::Filter;
use campaign::register::{Campaign, Entry};
use jiff::civil::Date;
use seal::card::{Card, png};
use seal::identity::CampaignId;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::students::StudentView;
use super::{Versioned, seen};
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::keys;
use crate::school::who::Who;

/// Cards on one print page; a class has some forty heads.
const MOST_CARDS: i64 = 500;

/// Whose codes to issue.
#[derive(Deserialize, ToSchema)]
pub struct NewCodes {
    #[serde(default)]
    college: String,
    #[serde(default)]
    cohort: String,
    /// Only this student.
    student: Option<Uuid>,
    /// The last day on which they hold, such as `2027-06-30`.
    #[schema(format = Date)]
    until: String,
}

/// What issuing came to.
#[derive(Serialize, ToSchema)]
pub struct IssuedView {
    /// Students who got a code.
    issued: usize,
    /// Students who had one, or do not take part.
    kept: usize,
    /// Students of whom the roster does not say what a code needs, such as the level.
    lacking: Vec<Uuid>,
}

/// Issues a code for everybody who has none.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/codes", tag = "codes", params(("campaign" = String, Path)),
    request_body = NewCodes, responses((status = 200, body = IssuedView), (status = 409, body = Problem)))]
pub async fn issue(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Json(new): Json<NewCodes>,
) -> Result<Json<IssuedView>, Problem> {
    let id = who.campaign(&campaign)?;
    let end = new.until.parse::<Date>().and_then(day::end_of);
    let end = end.map_err(|error| Problem::unusable(format!("until：{error}"), format!("until: {error}")))?;
    app.register().campaign(&id).await?;
    let students: Vec<Uuid> = if let Some(student) = new.student {
        vec![student]
    } else {
        let filter = Filter { college: new.college, cohort: new.cohort, ..Filter::default() };
        let (entries, _) = app.register().page(&id, &filter, (0, i64::MAX)).await?;
        entries.iter().map(|entry| entry.id).collect()
    };
    let keys = keys::of(&app, &id).await?;
    let act = who.act("");
    let issued = app.register().issue_codes(&id, &students, &keys.school, end, &act).await?;
    Ok(Json(IssuedView { issued: issued.issued, kept: issued.kept, lacking: issued.lacking }))
}

/// The card of a student's code as SVG; `None` when there is no code.
pub async fn drawn(
    app: &App,
    id: &CampaignId,
    campaign: &Campaign,
    entry: &Entry,
) -> Result<Option<String>, Problem> {
    let keys = keys::of(app, id).await?;
    let settings = &campaign.settings.campaign;
    let code = app.register().standing_code(entry, &campaign.settings, &keys.school).await?;
    let Some(Standing { text, holder, expires_s, .. }) = code else { return Ok(None) };
    let until = day::last_before(expires_s).to_string();
    let card = Card { code: &text, holder: &holder, school: &settings.school, until: &until };
    Ok(Some(card.svg().map_err(|fault| Problem::internal(fault.to_string()))?))
}

/// A card as PNG; drawing takes a processor for tens of milliseconds.
pub async fn pictured(app: &App, svg: String) -> Result<Vec<u8>, Problem> {
    let fonts = Arc::clone(&app.0.fonts);
    let picture = spawn_blocking(move || png(&svg, fonts))
        .await
        .map_err(|error| Problem::internal(error.to_string()))?;
    picture.map_err(|fault| Problem::internal(fault.to_string()))
}

/// A student's card as SVG; the log keeps who took it.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/students/{student}/card.svg", tag = "codes",
    params(("campaign" = String, Path), ("student" = Uuid, Path)),
    responses((status = 200, body = String, content_type = "image/svg+xml")))]
pub async fn card(
    State(app): State<App>,
    who: Who,
    Path((campaign, student)): Path<(String, Uuid)>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let entry = app.register().student(&id, student).await?;
    who.sees(&entry)?;
    let campaign = app.register().campaign(&id).await?;
    let svg = drawn(&app, &id, &campaign, &entry).await?.ok_or_else(Problem::unknown)?;
    app.register().seen(&id, "card", (1, Some(student)), &who.act("")).await?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}

/// Which class.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Class {
    #[serde(default)]
    college: String,
    #[serde(default)]
    cohort: String,
}

/// The cards of a class as a page to be printed; the log keeps who took it.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/cards", tag = "codes", params(("campaign" = String, Path), Class),
    responses((status = 200, body = String, content_type = "text/html")))]
pub async fn cards(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(class): Query<Class>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let filter =
        who.narrowed(Filter { college: class.college, cohort: class.cohort, ..Filter::default() })?;
    let campaign = app.register().campaign(&id).await?;
    let (entries, total) = app.register().page(&id, &filter, (0, MOST_CARDS)).await?;
    if total > MOST_CARDS {
        return Err(Problem::unusable(
            format!("共 {total} 人，一次最多打印 {MOST_CARDS} 张采集码：请选择班级"),
            format!("{total} students; at most {MOST_CARDS} cards go on a page: choose a class"),
        ));
    }
    let mut body = String::new();
    let mut count = 0;
    for entry in &entries {
        if let Some(svg) = drawn(&app, &id, &campaign, entry).await? {
            body.push_str("<figure>");
            body.push_str(&svg);
            body.push_str("</figure>");
            count += 1;
        }
    }
    if count == 0 {
        return Err(Problem::unknown());
    }
    app.register().seen(&id, "cards", (count, None), &who.act("")).await?;
    let page = format!("{CARDS_BEFORE}{body}</main></body></html>");
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response())
}

/// Six cards on a sheet of A4, never cut by a page's end.
const CARDS_BEFORE: &str = "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>采集码</title><style>\
    @page{size:A4;margin:10mm}body{margin:0;font-family:sans-serif}main{display:grid;grid-template-columns:1fr 1fr;\
    gap:6mm}figure{margin:0;break-inside:avoid;border:.2mm dashed #999;padding:2mm}svg{width:100%;height:auto;\
    display:block}</style></head><body><main>";

/// Revokes a student's code, so that a new one can be issued.
#[utoipa::path(delete, path = "/api/campaigns/{campaign}/students/{student}/code", tag = "codes",
    params(("campaign" = String, Path), ("student" = Uuid, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = StudentView), (status = 409, body = Problem)))]
pub async fn revoke(
    State(app): State<App>,
    who: Who,
    Path((campaign, student)): Path<(String, Uuid)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let entry = app.register().revoke_code(&id, student, seen(&headers)?, &who.act("")).await?;
    Ok(Versioned(entry.version, StudentView::of(&entry)).into_response())
}
