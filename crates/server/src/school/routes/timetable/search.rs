//! Searching for a plan in the background, and plans side by side.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use campaign::register::sessions::Draft;
use schedule::{Alternative, Effort, Noise, Progress, simulate};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::seen;
use super::{open, value};
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::who::Who;

/// A search that is under way.
#[derive(Serialize, ToSchema)]
pub struct SearchView {
    /// Changes tried so far.
    tried: u64,
    /// Changes that will be tried.
    of: u64,
}

/// A search for a plan in the background.
#[derive(Debug, Default)]
pub struct Searching {
    tried: AtomicU64,
    of: AtomicU64,
    stop: AtomicBool,
}

impl Searching {
    /// How far it is.
    pub fn view(&self) -> SearchView {
        SearchView { tried: self.tried.load(Ordering::Relaxed), of: self.of.load(Ordering::Relaxed) }
    }

    fn watch(&self, progress: Progress) -> bool {
        self.tried.store(progress.tried, Ordering::Relaxed);
        self.of.store(progress.of, Ordering::Relaxed);
        !self.stop.load(Ordering::Relaxed)
    }
}

/// Begins a search for a plan. It goes on in the background; the draft says how far it is and holds its plan at the end.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/timetable/search", tag = "timetable", params(("campaign" = String, Path),
    ("If-Match" = String, Header)), responses((status = 202), (status = 409, body = Problem)))]
pub async fn search(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let (id, _, draft) = open(&app, &who, &campaign).await?;
    if seen(&headers)? != draft.version {
        return Err(Problem::stale());
    }
    if draft.problem.classes.is_empty() || draft.problem.stations.is_empty() {
        return Err(Problem::unusable("先设定机位和时间", "set stations and hours first"));
    }
    let searching = Arc::new(Searching::default());
    match app.searches().entry(id.to_string()) {
        std::collections::hash_map::Entry::Occupied(_) => {
            return Err(Problem::new(StatusCode::CONFLICT, "searching", "正在排程", "a search is under way"));
        }
        std::collections::hash_map::Entry::Vacant(place) => {
            place.insert(Arc::clone(&searching));
        }
    }
    tokio::spawn(async move {
        let Draft { problem, version, .. } = draft;
        let found = tokio::task::spawn_blocking(move || {
            let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
            let plan =
                schedule::solve(&problem, Effort { threads, ..Effort::usual(&problem) }, &|progress| {
                    searching.watch(progress)
                });
            (problem, plan)
        })
        .await;
        match found {
            Ok((problem, plan)) => {
                // A draft that somebody changed meanwhile stays as it was changed.
                if let Err(error) =
                    app.register().keep_draft(&id, &problem, &plan, version, &who.act("")).await
                {
                    tracing::warn!(%error, "a plan that was found is not kept");
                }
            }
            Err(error) => tracing::error!(%error, "a search for a plan ended"),
        }
        app.searches().remove(id.as_str());
    });
    Ok(StatusCode::ACCEPTED)
}

/// A plan that weighs runs, changes and the finish in its own way.
#[derive(Serialize, ToSchema)]
pub struct AlternativeView {
    /// On each class's time, in per cent.
    reserve: f64,
    /// Runs.
    pieces: usize,
    station_changes: usize,
    /// Seconds from the first day's midnight.
    finish: i64,
    unplaced: usize,
    /// Share of classes that wait more than 20 minutes past their time, on made-up days.
    over_20_minutes: f64,
    #[schema(value_type = Object)]
    plan: Value,
}

/// How much is searched for each alternative: enough to compare them while somebody waits.
const COMPARED: (u64, u32) = (100_000, 4);
/// Made-up days for each alternative.
const DAYS: u32 = 500;

/// Up to four plans for the draft, with what each is worth; none is kept.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/timetable/alternatives", tag = "timetable", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<AlternativeView>)))]
pub async fn alternatives(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<Vec<AlternativeView>>, Problem> {
    let (_, _, Draft { problem, .. }) = open(&app, &who, &campaign).await?;
    if problem.classes.is_empty() || problem.stations.is_empty() {
        return Err(Problem::unusable("先设定机位和时间", "set stations and hours first"));
    }
    let found = tokio::task::spawn_blocking(move || {
        let (moves, searches) = COMPARED;
        let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
        let effort = Effort { moves, searches, threads, ..Effort::usual(&problem) };
        let plans = schedule::alternatives(&problem, effort, &|_| true);
        let view = |Alternative { buffer, plan, .. }: Alternative| {
            let waiting = simulate(&problem, &plan, &Noise::default(), DAYS, 1);
            let score = plan.score.clone().unwrap_or_default();
            Ok(AlternativeView {
                reserve: buffer,
                pieces: score.pieces,
                station_changes: score.station_changes,
                finish: score.finish,
                unplaced: score.unplaced,
                over_20_minutes: waiting.over_20_minutes,
                plan: value(&plan)?,
            })
        };
        plans.into_iter().map(view).collect::<Result<Vec<_>, Problem>>()
    });
    Ok(Json(found.await.map_err(|error| Problem::internal(error.to_string()))??))
}

/// Stops a search; the best plan so far is kept.
#[utoipa::path(delete, path = "/api/campaigns/{campaign}/timetable/search", tag = "timetable", params(("campaign" = String, Path)),
    responses((status = 204)))]
pub async fn stop(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().campaign(&id).await?;
    if let Some(searching) = app.searches().get(id.as_str()) {
        searching.stop.store(true, Ordering::Relaxed);
    }
    Ok(StatusCode::NO_CONTENT)
}
