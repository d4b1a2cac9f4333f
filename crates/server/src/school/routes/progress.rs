//! Where every class stands, and which colleges vouch for their lists.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use campaign::register::roll::{Filter, Heads};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::campaigns::name;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::export;
use crate::school::who::Who;

/// How many students of a class have a status.
#[derive(Serialize, ToSchema)]
pub struct HeadsView {
    college: String,
    cohort: String,
    /// Such as `ready`.
    status: String,
    /// The word that people see.
    status_zh: String,
    heads: i64,
}

impl From<Heads> for HeadsView {
    fn from(heads: Heads) -> Self {
        let (status, status_zh) = (name(&heads.status), heads.status.zh().into());
        Self { college: heads.college, cohort: heads.cohort, status, status_zh, heads: heads.heads }
    }
}

/// Which part of the school.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Part {
    #[serde(default)]
    college: String,
    #[serde(default)]
    cohort: String,
}

async fn heads(app: &App, who: &Who, campaign: &str, part: Part) -> Result<Vec<HeadsView>, Problem> {
    let id = who.campaign(campaign)?;
    let filter = who.narrowed(Filter { college: part.college, cohort: part.cohort, ..Filter::default() })?;
    app.register().campaign(&id).await?;
    let heads = app.register().progress(&id, &filter.college, &filter.cohort).await?;
    Ok(heads.into_iter().map(HeadsView::from).collect())
}

/// Heads by college, class and status.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/progress", tag = "progress",
    params(("campaign" = String, Path), Part), responses((status = 200, body = Vec<HeadsView>)))]
pub async fn progress(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(part): Query<Part>,
) -> Result<Json<Vec<HeadsView>>, Problem> {
    Ok(Json(heads(&app, &who, &campaign, part).await?))
}

/// The same as an Excel file.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/progress.xlsx", tag = "progress",
    params(("campaign" = String, Path), Part), responses((status = 200, body = Vec<u8>,
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn table(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(part): Query<Part>,
) -> Result<Response, Problem> {
    let heads = heads(&app, &who, &campaign, part).await?;
    let row = |heads: &HeadsView| {
        vec![heads.college.clone(), heads.cohort.clone(), heads.status_zh.clone(), heads.heads.to_string()]
    };
    let rows: Vec<_> = heads.iter().map(row).collect();
    export::table("progress.xlsx", "采集进度", &["学院", "班级", "状态", "人数"], &rows)
}

/// That a college vouches for its list.
#[derive(Serialize, ToSchema)]
pub struct SignOffView {
    college: String,
    /// Milliseconds since 1970-01-01 UTC.
    at_ms: i64,
}

/// Which colleges vouch for their lists.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/sign-offs", tag = "progress", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<SignOffView>)))]
pub async fn sign_offs(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<Vec<SignOffView>>, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().campaign(&id).await?;
    let own = &who.account().scope.college;
    let signed = app.register().sign_offs(&id).await?;
    let seen = signed.into_iter().filter(|signed| own.is_empty() || signed.college == *own);
    Ok(Json(seen.map(|signed| SignOffView { college: signed.college, at_ms: signed.at_ms }).collect()))
}

/// A college.
#[derive(Deserialize, ToSchema)]
pub struct NewSignOff {
    college: String,
}

/// A college vouches for its list.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/sign-offs", tag = "progress", params(("campaign" = String, Path)),
    request_body = NewSignOff, responses((status = 204)))]
pub async fn sign_off(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Json(new): Json<NewSignOff>,
) -> Result<StatusCode, Problem> {
    let id = who.campaign(&campaign)?;
    let filter = who.narrowed(Filter { college: new.college, ..Filter::default() })?;
    let heads = app.register().progress(&id, &filter.college, "").await?;
    if filter.college.is_empty() || heads.is_empty() {
        return Err(Problem::unusable("名单中没有这个学院", "the roster has no such college"));
    }
    app.register().sign_off(&id, &filter.college, &who.act("")).await?;
    Ok(StatusCode::NO_CONTENT)
}
