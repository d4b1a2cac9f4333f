//! The end of a campaign: who is ready for registration, the closing report, and the purge with its certificate.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use campaign::closing::{Disposition, Missing, missing};
use campaign::fee::settlement::sum;
use campaign::fee::yuan;
use campaign::phase::Phase;
use campaign::register::Entry;
use campaign::register::ending::{may_purge, purge_from};
use seal::identity::CampaignId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::campaigns::name;
use super::students::StudentView;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::export;
use crate::school::keys;
use crate::school::who::Who;

/// How a campaign stands at its end.
#[derive(Serialize, ToSchema)]
pub struct ClosingView {
    /// Students by where their case ended: `ready`, `not-taking-part`, `withdrawn`, `open`.
    ends: Vec<EndView>,
    /// How many of those who are open lack what.
    lacking: Vec<LackView>,
    /// The first day on which personal data may be deleted; none before the close, or under a legal hold.
    purge_from: Option<String>,
    legal_hold: bool,
    /// Whether it was deleted, with a certificate.
    purged: bool,
}

/// How many cases ended where.
#[derive(Serialize, ToSchema)]
pub struct EndView {
    end: String,
    zh: String,
    heads: usize,
}

/// How many students lack what.
#[derive(Serialize, ToSchema)]
pub struct LackView {
    missing: String,
    zh: String,
    heads: usize,
    /// Some of their student numbers.
    numbers: Vec<String>,
}

const ENDS: [Disposition; 4] =
    [Disposition::Ready, Disposition::NotTakingPart, Disposition::Withdrawn, Disposition::Open];
/// Numbers that are named on the page; the table has all.
const SOME: usize = 10;

fn lacking(entries: &[(Entry, Disposition)], proofreads: bool) -> Vec<LackView> {
    let open: Vec<_> = entries.iter().filter(|(_, end)| *end == Disposition::Open).collect();
    let view = |what: Missing| {
        let lack = open.iter().filter(|(entry, _)| missing(&entry.case, proofreads).contains(&what));
        let numbers: Vec<String> = lack.map(|(entry, _)| entry.student.student_no.clone()).collect();
        let heads = numbers.len();
        let some = numbers.into_iter().take(SOME).collect();
        LackView { missing: name(&what), zh: what.zh().into(), heads, numbers: some }
    };
    Missing::ALL.into_iter().map(view).filter(|view| view.heads > 0).collect()
}

/// Who is ready for registration, and what keeps the others.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/closing", tag = "closing", params(("campaign" = String, Path)),
    responses((status = 200, body = ClosingView)))]
pub async fn closing(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<ClosingView>, Problem> {
    let id = who.campaign(&campaign)?;
    let campaign = app.register().campaign(&id).await?;
    let entries = app.register().dispositions(&id).await?;
    let end = |end: Disposition| EndView {
        end: name(&end),
        zh: end.zh().into(),
        heads: entries.iter().filter(|(_, own)| *own == end).count(),
    };
    let from = purge_from(&campaign.settings, campaign.state.closed_ms);
    Ok(Json(ClosingView {
        ends: ENDS.map(end).into_iter().collect(),
        lacking: lacking(&entries, campaign.settings.proof.opens.is_some()),
        purge_from: from.map(|day| day.to_string()),
        legal_hold: campaign.settings.retention.legal_hold,
        purged: campaign.state.phase == Phase::Purged,
    }))
}

/// 结束报告: everybody with where the case ended and what is missing, masked; then the sums. The log keeps that it was taken.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/closing.xlsx", tag = "closing", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn table(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let settings = app.register().campaign(&id).await?.settings;
    let entries = app.register().dispositions(&id).await?;
    app.register().seen(&id, "closing.xlsx", (entries.len(), None), &who.act("")).await?;
    let mut rows = Vec::with_capacity(entries.len());
    for (entry, end) in &entries {
        let lack: Vec<_> = match end {
            Disposition::Open => {
                missing(&entry.case, settings.proof.opens.is_some()).into_iter().map(Missing::zh).collect()
            }
            _ => Vec::new(),
        };
        let mut cells = StudentView::of(entry).line().to_vec();
        cells.extend([end.zh().to_owned(), lack.join("、")]);
        rows.push(cells);
    }
    let blank = || vec![String::new(); 6];
    rows.push(blank());
    for (what, count) in counts(&app, &id, &entries, who.at_ms).await? {
        rows.push(vec![what, count, String::new(), String::new(), String::new(), String::new()]);
    }
    let title = format!("{} 结束报告", settings.campaign.title);
    let headings = ["学院", "班级", "学号", "姓名", "去向", "尚缺"];
    export::table("closing.xlsx", &title, &headings, &rows)
}

/// What the report counts.
async fn counts(
    app: &App,
    id: &CampaignId,
    entries: &[(Entry, Disposition)],
    at_ms: u64,
) -> Result<Vec<(String, String)>, Problem> {
    let mut said: Vec<(String, String)> = vec![("名单人数".into(), entries.len().to_string())];
    for end in ENDS {
        let heads = entries.iter().filter(|(_, own)| *own == end).count();
        said.push((end.zh().into(), heads.to_string()));
    }
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    for (entry, _) in entries {
        for (track, state) in [
            ("照片", entry.case.photo.zh()),
            ("上报", entry.case.registry.zh()),
            ("校对", entry.case.proof.zh()),
        ] {
            *states.entry(format!("{track}：{state}")).or_default() += 1;
        }
    }
    said.extend(states.into_iter().map(|(state, heads)| (state, heads.to_string())));
    let hand_over = app.desk().hand_over(id).await?;
    said.push(("收到照片".into(), hand_over.here.to_string()));
    said.push(("报送次数".into(), app.register().deliveries(id).await?.len().to_string()));
    let (all, owed) = sum("", &app.register().settlement(id, at_ms).await?);
    said.push(("应结（元）".into(), yuan(owed)));
    said.push(("实收（元）".into(), yuan(all.received)));
    Ok(said)
}

/// What somebody types to show that it is meant.
#[derive(Deserialize, ToSchema)]
pub struct Purge {
    /// The name of the campaign, once more.
    campaign: String,
}

/// What was deleted, signed.
#[derive(Serialize, ToSchema)]
pub struct CertificateView {
    /// The certificate: JSON.
    text: String,
    /// The signature over it: JSON.
    signature: String,
}

/// Deletes everything personal of a closed campaign on both sides, keys included, when its time of keeping is over.
/// Nothing brings it back; a backup from before still holds it and has to be destroyed.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/purge", tag = "closing", params(("campaign" = String, Path)),
    request_body = Purge, responses((status = 200, body = CertificateView), (status = 409, body = Problem)))]
pub async fn purge(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Json(meant): Json<Purge>,
) -> Result<Json<CertificateView>, Problem> {
    let id = who.campaign(&campaign)?;
    if meant.campaign != campaign {
        return Err(Problem::unusable("请输入活动代号以确认", "type the name of the campaign to confirm"));
    }
    let known = app.register().campaign(&id).await?;
    known
        .state
        .after(campaign::phase::Move::Purge, who.account().role)
        .map_err(campaign::register::RegisterError::from)?;
    may_purge(&known.settings, known.state.closed_ms, who.at_ms)?;
    // The keys go last: until then a purge that broke off can be done again. The certificate is what they sign at the end.
    let keys = keys::of(&app, &id).await?;
    let elsewhere = app.desk().purge(&id).await?;
    let (text, signature) = app.register().purge(&id, &elsewhere, (&keys.school, &who.act(""))).await?;
    app.desk().forget_keys(&id).await?;
    keys::forget(&app, &id).await;
    certificate_view(text, &signature)
}

fn certificate_view(
    text: String,
    signature: &seal::delivery::Signature,
) -> Result<Json<CertificateView>, Problem> {
    let signature =
        serde_json::to_string_pretty(signature).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(Json(CertificateView { text, signature }))
}

/// 删除证明: what was deleted of a campaign, signed by the school.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/certificate", tag = "closing", params(("campaign" = String, Path)),
    responses((status = 200, body = CertificateView)))]
pub async fn certificate(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<CertificateView>, Problem> {
    let id = who.campaign(&campaign)?;
    let (text, signature) = app.register().certificate(&id).await?;
    certificate_view(text, &signature)
}
