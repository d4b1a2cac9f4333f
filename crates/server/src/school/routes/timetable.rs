//! Planning the timetable: a draft from the roster and the lectures, searched for, checked at every drop, mended
//! during the day.

use std::collections::HashSet;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use campaign::register::Campaign;
use campaign::register::sessions::{Draft, class_id};
use campaign::timetable;
use jiff::civil::Date;
use roster::table;
use schedule::{
    Alternative, Assignment, Breach, Day, Effort, Noise, Plan, Problem as ToPlan, Progress, Severity,
    Station, Window, bring_forward, check, read_range, replan, runs, score, simulate,
};
use seal::identity::CampaignId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::sessions::now_in;
use super::{Versioned, seen};
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::who::Who;

const DAY: i64 = 86_400;
/// Largest table of lectures, bytes.
const LARGEST_TABLE: usize = 8 << 20;

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

/// A search that is under way.
#[derive(Serialize, ToSchema)]
pub struct SearchView {
    /// Changes tried so far.
    tried: u64,
    /// Changes that will be tried.
    of: u64,
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

/// A search for a plan in the background.
#[derive(Debug, Default)]
pub struct Searching {
    tried: AtomicU64,
    of: AtomicU64,
    stop: AtomicBool,
}

impl Searching {
    fn watch(&self, progress: Progress) -> bool {
        self.tried.store(progress.tried, Ordering::Relaxed);
        self.of.store(progress.of, Ordering::Relaxed);
        !self.stop.load(Ordering::Relaxed)
    }
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
    let searching = app.searches().get(campaign.id.as_str()).map(|search| SearchView {
        tried: search.tried.load(Ordering::Relaxed),
        of: search.of.load(Ordering::Relaxed),
    });
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
    let (colleges, classes) = app.register().classes_to_plan(&id, &before.problem).await?;
    let problem = ToPlan {
        name: campaign.settings.campaign.title.clone(),
        stations: frame.stations.into_iter().map(|name| Station { name, ..Station::default() }).collect(),
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

/// A draft with the lectures of a table, and what was not understood.
#[derive(Serialize, ToSchema)]
pub struct LecturesView {
    /// Classes that have lectures on the days of shooting.
    classes: usize,
    questions: Vec<QuestionView>,
    draft: DraftView,
}

/// Takes lectures from a table of 班级, 日期 or 星期, and 时间 (xlsx, xls, csv).
#[utoipa::path(post, path = "/api/campaigns/{campaign}/timetable/lectures", tag = "timetable", params(("campaign" = String, Path),
    ("If-Match" = String, Header)), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = LecturesView)))]
pub async fn lectures(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Json<LecturesView>, Problem> {
    let (id, campaign, mut draft) = open(&app, &who, &campaign).await?;
    if bytes.len() > LARGEST_TABLE {
        return Err(Problem::unusable("表格过大", "the table is too large"));
    }
    let table = table::read_headed(&bytes, timetable::is_heading).map_err(|fault| match fault {
        table::TableFault::NoHeadings => Problem::unusable(
            "没有找到表头：请写明班级、日期（或星期）、时间",
            "no row of headings was found: name 班级, 日期 (or 星期) and 时间",
        ),
        fault => Problem::unusable(fault.zh(), fault.to_string()),
    })?;
    let questions = timetable::lectures(&table, &campaign.settings.campaign.days, &mut draft.problem);
    draft.version =
        app.register().keep_draft(&id, &draft.problem, &draft.plan, seen(&headers)?, &who.act("")).await?;
    Ok(Json(LecturesView {
        classes: draft.problem.classes.iter().filter(|class| !class.busy.is_empty()).count(),
        questions: questions.into_iter().map(QuestionView::from).collect(),
        draft: view(&app, &who, &campaign, &draft)?,
    }))
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
