//! What changes a plan after it was made: a college inside its own sessions, a class that is complete, a day that
//! goes otherwise.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use campaign::register::Campaign;
use campaign::register::sessions::{Draft, class_id};
use schedule::{Assignment, Day, Severity, bring_forward, check, replan, runs};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::super::seen;
use super::super::sessions::now_in;
use super::{DAY, DraftView, keep, open, view};
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::who::Who;

/// The order and times that a college gives its classes inside its own sessions.
#[derive(Deserialize, ToSchema)]
pub struct Refinement {
    /// Its classes, each with station and times: `class`, `station`, `start`, `end`.
    #[schema(value_type = Vec<Object>)]
    assignments: Vec<Value>,
}

/// A college moves its own classes inside its own sessions; anything else is refused. The registry publishes it.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/timetable/refinement", tag = "timetable", params(("campaign" = String, Path),
    ("If-Match" = String, Header)), request_body = Refinement, responses((status = 200, body = DraftView)))]
pub async fn refine(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
    Json(new): Json<Refinement>,
) -> Result<Response, Problem> {
    let (_, campaign, Draft { problem, mut plan, .. }) = open(&app, &who, &campaign).await?;
    let own = &who.account().scope.college;
    let unusable =
        |error: serde_json::Error| Problem::unusable(format!("时间安排看不懂：{error}"), error.to_string());
    let asked: Vec<Assignment> = new
        .assignments
        .into_iter()
        .map(serde_json::from_value)
        .collect::<Result<_, _>>()
        .map_err(unusable)?;
    let is_own = |each: &Assignment| {
        problem
            .classes
            .iter()
            .any(|class| class.id == each.class && problem.colleges[class.college].name == *own)
    };
    let sessions: Vec<_> = runs(&problem, &plan.assignments)
        .into_iter()
        .filter(|run| problem.colleges[run.college].name == *own)
        .collect();
    let inside = |each: &Assignment| {
        sessions.iter().any(|run| {
            run.station == each.station
                && run.start <= each.start
                && each.end <= run.end
                && each.start < each.end
        })
    };
    if let Some(each) = asked.iter().find(|each| !is_own(each) || !inside(each)) {
        return Err(Problem::unusable(
            format!("{} 只能在本学院的时段内调整", each.class),
            format!("{} can only be moved inside the college's own sessions", each.class),
        ));
    }
    for each in asked {
        plan.assignments.retain(|other| other.class != each.class);
        plan.assignments.push(each);
    }
    plan.assignments.sort_by(|a, b| (a.station, a.start, &a.class).cmp(&(b.station, b.start, &b.class)));
    if let Some(breach) = check(&problem, &plan).into_iter().find(|breach| breach.severity == Severity::Error)
    {
        return Err(Problem::unusable(breach.zh, breach.en));
    }
    keep(&app, &who, &campaign, &headers, problem, plan).await
}

/// A class that is complete.
#[derive(Deserialize, ToSchema)]
pub struct Complete {
    college: String,
    cohort: String,
    /// Seconds from the first day's midnight; none means now.
    now: Option<i64>,
}

/// Lets a complete class go next at its station and keeps the result as the draft.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/timetable/next", tag = "timetable", params(("campaign" = String, Path),
    ("If-Match" = String, Header)), request_body = Complete, responses((status = 200, body = DraftView)))]
pub async fn go_next(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
    Json(class): Json<Complete>,
) -> Result<Response, Problem> {
    let (id, campaign, _) = open(&app, &who, &campaign).await?;
    let edition = app.register().edition(&id).await?.ok_or_else(Problem::unknown)?;
    let now = class.now.unwrap_or_else(|| now_in(&campaign));
    let plan = bring_forward(&edition.problem, &edition.plan, &class_id(&class.college, &class.cohort), now)
        .ok_or_else(|| {
            Problem::unusable("这个班已开始，或已经是下一个", "the class has begun, or is next already")
        })?;
    keep(&app, &who, &campaign, &headers, edition.problem, plan).await
}

/// How the day went until now.
#[derive(Deserialize, ToSchema)]
pub struct DayNow {
    /// Which of the campaign's days, counted from 0; none means today, or the last one when it is over.
    day: Option<u16>,
    /// The time on it, in seconds; none means now.
    time: Option<u32>,
    /// Minutes each station is behind.
    late_min: Vec<u32>,
    /// Until when each station is closed from now on, in seconds of that day; none where it is open.
    closed_until: Vec<Option<u32>>,
}

impl DayNow {
    fn read(self, campaign: &Campaign) -> Day {
        let now = now_in(campaign);
        let last = campaign.settings.campaign.days.len().max(1) as i64 - 1;
        let midnight = self.day.map_or((now / DAY).min(last), i64::from) * DAY;
        let now = midnight + self.time.map_or(now % DAY, i64::from);
        let closed =
            |(station, until): (usize, Option<u32>)| Some((station, now, midnight + i64::from(until?)));
        Day {
            now,
            late: self.late_min.into_iter().map(|minutes| i64::from(minutes) * 60).collect(),
            closed: self.closed_until.into_iter().enumerate().filter_map(closed).collect(),
            ..Day::default()
        }
    }
}

/// A mended plan as a draft, and who must be told of it.
#[derive(Serialize, ToSchema)]
pub struct MendedView {
    /// Classes whose station or time differs from the published one by more than five minutes.
    told: Vec<String>,
    /// Whether runs went elsewhere, or all were only put off.
    moved: bool,
    draft: DraftView,
}

/// Mends the published timetable in the middle of its day and keeps the result as the draft.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/timetable/mending", tag = "timetable", params(("campaign" = String, Path),
    ("If-Match" = String, Header)), request_body = DayNow, responses((status = 200, body = MendedView)))]
pub async fn mend(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
    Json(day): Json<DayNow>,
) -> Result<Json<MendedView>, Problem> {
    let (id, campaign, _) = open(&app, &who, &campaign).await?;
    let edition = app.register().edition(&id).await?.ok_or_else(Problem::unknown)?;
    let day = day.read(&campaign);
    day.validate(&edition.problem)?;
    let mended = replan(&edition.problem, &edition.plan, &day, 1);
    let version =
        app.register().keep_draft(&id, &edition.problem, &mended.plan, seen(&headers)?, &who.act("")).await?;
    let draft = Draft { problem: edition.problem, plan: mended.plan, version };
    Ok(Json(MendedView {
        told: mended.changes.iter().map(|change| change.class.to_string()).collect(),
        moved: mended.moved,
        draft: view(&app, &who, &campaign, &draft)?,
    }))
}
