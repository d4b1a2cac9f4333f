//! Planning the timetable: a draft from the roster, with lectures or a timetable that somebody made ([`tables`]),
//! searched for ([`search`]), checked at every drop, mended during the day ([`mending`]).

pub mod mending;
pub mod search;
pub mod tables;

use std::collections::HashSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use campaign::register::Campaign;
use campaign::register::sessions::Draft;
use jiff::civil::Date;
use schedule::{Breach, Plan, Problem as ToPlan, Station, Window, check, read_range, score};
use seal::identity::CampaignId;
use search::SearchView;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Versioned, seen};
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::who::Who;

const DAY: i64 = 86_400;

/// The draft of a timetable.
#[derive(Serialize, ToSchema)]
pub struct DraftView {
    /// Stations, hours, colleges and classes, as `xueying plan solve` reads them.
    #[schema(value_type = Object)]
    problem: Value,
    /// Who is placed where and when, with score and bounds.
    #[schema(value_type = Object)]
    plan: Value,
    /// What is wrong in it or worth knowing.
    breaches: Vec<BreachView>,
    /// The days of shooting, as dates.
    days: Vec<String>,
    /// A search that is under way.
    searching: Option<SearchView>,
    version: i64,
}

/// Something wrong, or worth knowing, in a timetable.
#[derive(Serialize, ToSchema)]
pub struct BreachView {
    /// Such as `overlap`.
    rule: String,
    /// `error` or `note`.
    severity: String,
    /// The classes that it is about.
    classes: Vec<String>,
    station: Option<usize>,
    /// Seconds from the first day's midnight.
    start: i64,
    end: i64,
    zh: String,
    en: String,
}

impl From<Breach> for BreachView {
    fn from(breach: Breach) -> Self {
        Self {
            rule: breach.rule.into(),
            severity: super::campaigns::name(&breach.severity),
            classes: breach.classes.iter().map(ToString::to_string).collect(),
            station: breach.station,
            start: breach.start,
            end: breach.end,
            zh: breach.zh,
            en: breach.en,
        }
    }
}

fn value(of: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(of).map_err(|error| Problem::internal(error.to_string()))
}

/// A draft as an account sees it: a college sees what concerns its own classes.
fn view(app: &App, who: &Who, campaign: &Campaign, draft: &Draft) -> Result<DraftView, Problem> {
    let (mut problem, mut plan) = (draft.problem.clone(), draft.plan.clone());
    plan.score = Some(score(&problem, &plan));
    let mut breaches = if plan.assignments.is_empty() { Vec::new() } else { check(&problem, &plan) };
    let own = &who.account().scope.college;
    if !own.is_empty() {
        problem.classes.retain(|class| draft.problem.colleges[class.college].name == *own);
        let ids: HashSet<_> = problem.classes.iter().map(|class| &class.id).collect();
        plan.assignments.retain(|each| ids.contains(&each.class));
        plan.unplaced.retain(|each| ids.contains(&each.class));
        breaches.retain(|breach| breach.classes.iter().any(|class| ids.contains(class)));
    }
    let searching = app.searches().get(campaign.id.as_str()).map(|search| search.view());
    Ok(DraftView {
        problem: value(&problem)?,
        plan: value(&plan)?,
        breaches: breaches.into_iter().map(BreachView::from).collect(),
        days: campaign.settings.campaign.days.iter().map(Date::to_string).collect(),
        searching,
        version: draft.version,
    })
}

async fn open(app: &App, who: &Who, campaign: &str) -> Result<(CampaignId, Campaign, Draft), Problem> {
    let id = who.campaign(campaign)?;
    let campaign = app.register().campaign(&id).await?;
    let draft = app.register().draft(&id).await?;
    Ok((id, campaign, draft))
}

/// The draft.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/timetable", tag = "timetable", params(("campaign" = String, Path)),
    responses((status = 200, body = DraftView)))]
pub async fn draft(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Response, Problem> {
    use axum::response::IntoResponse;
    let (_, campaign, draft) = open(&app, &who, &campaign).await?;
    Ok(Versioned(draft.version, view(&app, &who, &campaign, &draft)?).into_response())
}

/// What a timetable is made for.
#[derive(Deserialize, ToSchema)]
pub struct Frame {
    /// What the stations are called.
    stations: Vec<String>,
    /// Hours of every day, such as `8:30-12:00`.
    hours: Vec<String>,
    /// Seconds for each student.
    pace: f64,
    /// Minutes before its time at which a class gathers.
    gather_min: u16,
    /// Minutes on the way to the gathering place.
    travel_min: u16,
    /// Reserve on each class's time, in per cent.
    buffer: f64,
}

/// Begins the draft anew from the roster: who takes part, at these stations and hours. Lectures, limits and what was
/// settled stay.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/timetable/frame", tag = "timetable", params(("campaign" = String, Path),
    ("If-Match" = String, Header)), request_body = Frame, responses((status = 200, body = DraftView)))]
pub async fn frame(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
    Json(frame): Json<Frame>,
) -> Result<Response, Problem> {
    let (id, campaign, before) = open(&app, &who, &campaign).await?;
    let hours: Vec<_> = frame
        .hours
        .iter()
        .map(|text| {
            read_range(text).map_err(|why| {
                Problem::unusable(format!("时间“{text}”看不懂，请写成 8:30-12:00"), why.to_string())
            })
        })
        .collect::<Result<_, _>>()?;
    let days = campaign.settings.campaign.days.len().max(1) as i64;
    let of_day = |day: i64| {
        hours.iter().map(move |&(start, end)| Window { day, start: day * DAY + start, end: day * DAY + end })
    };
    // A station that is called as before keeps its own hours and pace.
    let station = |name: String| {
        let known = before.problem.stations.iter().find(|known| known.name == name);
        known.cloned().unwrap_or_else(|| Station { name, ..Station::default() })
    };
    let (colleges, classes) = app.register().classes_to_plan(&id, &before.problem).await?;
    let problem = ToPlan {
        name: campaign.settings.campaign.title.clone(),
        stations: frame.stations.into_iter().map(station).collect(),
        gather: i64::from(frame.gather_min) * 60,
        travel: i64::from(frame.travel_min) * 60,
        buffer: frame.buffer,
        sec_per_student: frame.pace,
        windows: (0..days).flat_map(of_day).collect(),
        colleges,
        classes,
        ..ToPlan::default()
    };
    keep(&app, &who, &campaign, &headers, problem, Plan::default()).await
}

/// Keeps a draft that was looked at and answers with it.
async fn keep(
    app: &App,
    who: &Who,
    campaign: &Campaign,
    headers: &HeaderMap,
    problem: ToPlan,
    plan: Plan,
) -> Result<Response, Problem> {
    use axum::response::IntoResponse;
    problem.validate()?;
    let version =
        app.register().keep_draft(&campaign.id, &problem, &plan, seen(headers)?, &who.act("")).await?;
    let draft = Draft { problem, plan, version };
    Ok(Versioned(version, view(app, who, campaign, &draft)?).into_response())
}

/// A draft as a page changed it.
#[derive(Deserialize, ToSchema)]
pub struct NewDraft {
    /// As it was given.
    #[schema(value_type = Object)]
    problem: Value,
    #[schema(value_type = Object)]
    plan: Value,
}

impl NewDraft {
    fn read(self) -> Result<(ToPlan, Plan), Problem> {
        let unusable = |error: serde_json::Error| {
            Problem::unusable(format!("时间安排看不懂：{error}"), error.to_string())
        };
        let problem: ToPlan = serde_json::from_value(self.problem).map_err(unusable)?;
        problem.validate()?;
        let mut plan: Plan = serde_json::from_value(self.plan).map_err(unusable)?;
        plan.validate()?;
        plan.bounds = None;
        Ok((problem, plan))
    }
}

/// Keeps a draft that was changed by hand, with whatever is wrong in it.
#[utoipa::path(put, path = "/api/campaigns/{campaign}/timetable", tag = "timetable", params(("campaign" = String, Path),
    ("If-Match" = String, Header)), request_body = NewDraft, responses((status = 200, body = DraftView)))]
pub async fn change(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
    Json(new): Json<NewDraft>,
) -> Result<Response, Problem> {
    let (_, campaign, _) = open(&app, &who, &campaign).await?;
    let (problem, plan) = new.read()?;
    keep(&app, &who, &campaign, &headers, problem, plan).await
}

/// What is wrong in a draft that is not kept yet: asked at every drop.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/timetable/check", tag = "timetable", params(("campaign" = String, Path)),
    request_body = NewDraft, responses((status = 200, body = Vec<BreachView>)))]
pub async fn check_draft(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Json(new): Json<NewDraft>,
) -> Result<Json<Vec<BreachView>>, Problem> {
    app.register().campaign(&who.campaign(&campaign)?).await?;
    let (problem, plan) = new.read()?;
    Ok(Json(check(&problem, &plan).into_iter().map(BreachView::from).collect()))
}
