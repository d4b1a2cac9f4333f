//! The check-list of papers about a student whose face does not show who it is.

use axum::Json;
use axum::extract::{Path, State};
use campaign::evidence::{Item, needed};
use campaign::register::Entry;
use seal::identity::CampaignId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::campaigns::name;
use super::students::find;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::who::Who;

/// A paper that is needed.
#[derive(Serialize, ToSchema)]
pub struct PaperView {
    /// Such as `identity-card`.
    item: String,
    zh: String,
    en: String,
    there: bool,
    /// When it was ticked off, milliseconds since 1970-01-01 UTC; 0 before.
    at_ms: u64,
}

async fn papers(app: &App, id: &CampaignId, entry: &Entry) -> Result<Json<Vec<PaperView>>, Problem> {
    let there = app.register().papers_of(id, entry.id).await?;
    let view = |item: Item| {
        let known = there.iter().find(|one| one.item == item);
        PaperView {
            item: name(&item),
            zh: item.zh().into(),
            en: item.en().into(),
            there: known.is_some(),
            at_ms: known.map_or(0, |one| one.at_ms),
        }
    };
    Ok(Json(needed(&entry.student, &entry.case).into_iter().map(view).collect()))
}

/// The papers that are needed of a student; none for most.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/students/{student}/evidence", tag = "students",
    params(("campaign" = String, Path), ("student" = Uuid, Path)), responses((status = 200, body = Vec<PaperView>)))]
pub async fn evidence(
    State(app): State<App>,
    who: Who,
    Path((campaign, student)): Path<(String, Uuid)>,
) -> Result<Json<Vec<PaperView>>, Problem> {
    let (id, entry) = find(&app, &who, &campaign, student).await?;
    papers(&app, &id, &entry).await
}

/// A tick.
#[derive(Deserialize, ToSchema)]
pub struct Tick {
    #[schema(value_type = String, example = "identity-card")]
    item: Item,
    there: bool,
}

/// Ticks a paper off, or takes the tick back; the log keeps who did.
#[utoipa::path(put, path = "/api/campaigns/{campaign}/students/{student}/evidence", tag = "students",
    params(("campaign" = String, Path), ("student" = Uuid, Path)), request_body = Tick,
    responses((status = 200, body = Vec<PaperView>), (status = 422, body = Problem)))]
pub async fn tick(
    State(app): State<App>,
    who: Who,
    Path((campaign, student)): Path<(String, Uuid)>,
    Json(tick): Json<Tick>,
) -> Result<Json<Vec<PaperView>>, Problem> {
    let (id, _) = find(&app, &who, &campaign, student).await?;
    let entry = app.register().tick_paper(&id, student, (tick.item, tick.there), &who.act("")).await?;
    papers(&app, &id, &entry).await
}
