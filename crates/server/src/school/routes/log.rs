//! The campaign's log: what was done, and whether anybody has changed what was written down.

use axum::Json;
use axum::extract::{Path, Query, State};
use seal::audit::verify::{Known, verify};
use seal::identity::CampaignId;
use seal::suite::Suite;
use serde::Serialize;
use utoipa::ToSchema;

use super::students::LineView;
use super::{Page, Paging};
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::who::Who;

/// The log, newest first.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/log", tag = "log", params(("campaign" = String, Path), Paging),
    responses((status = 200, body = Page<LineView>)))]
pub async fn page(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<LineView>>, Problem> {
    let id = who.campaign(&campaign)?;
    let (lines, total) = app.register().log_page(&id, paging.range()?).await?;
    Ok(Json(Page { items: lines.iter().map(|line| LineView::of(line)).collect(), total }))
}

/// Whether the log is as it was written.
#[derive(Serialize, ToSchema)]
pub struct VerificationView {
    whole: bool,
    /// Lines that verified.
    lines: u64,
    /// What is wrong, and where.
    fault: Option<String>,
    /// Lines that are earlier than the one before them: a clock was set back.
    set_back: Vec<u64>,
}

impl VerificationView {
    /// Verifies the chain of a whole log.
    pub fn of(log: &str, chained_under: &CampaignId, suite: Suite) -> Self {
        let known = Known { campaign: chained_under, suite, signers: &[], kept: &[] };
        match verify(&mut log.as_bytes(), known) {
            Ok(verified) => {
                Self { whole: true, lines: verified.tip.count, fault: None, set_back: verified.set_back }
            }
            Err(fault) => {
                Self { whole: false, lines: 0, fault: Some(fault.to_string()), set_back: Vec::new() }
            }
        }
    }
}

/// Verifies the chain of the whole log.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/log/verification", tag = "log", params(("campaign" = String, Path)),
    responses((status = 200, body = VerificationView)))]
pub async fn verification(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<VerificationView>, Problem> {
    let id = who.campaign(&campaign)?;
    let suite = app.register().suite(&id).await?;
    Ok(Json(VerificationView::of(&app.register().log(&id).await?, &id, suite)))
}
