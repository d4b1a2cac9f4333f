//! Campaigns: made from a template, set up, moved on.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::ops::RangeInclusive;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use campaign::day;
use campaign::phase::{Move, STEPS};
use campaign::register::Campaign;
use campaign::settings::{Settings, TEMPLATES};
use capture::desk::Experience;
use capture::desk::balance::HandOver;
use jiff::civil::Date;
use seal::identity::CampaignId;
use seal::suite::Suite;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{Versioned, seen};
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::keys;
use crate::school::who::Who;

/// A campaign as lists show it.
#[derive(Serialize, ToSchema)]
pub struct CampaignView {
    id: String,
    title: String,
    school: String,
    class_of: u16,
    days: Vec<String>,
    /// The phase, such as `roster-loaded`.
    phase: String,
    suspended: bool,
    make_up: bool,
    /// The moves that the signed-in role may make now.
    moves: Vec<String>,
    version: i64,
}

impl CampaignView {
    fn of(campaign: &Campaign, who: &Who) -> Self {
        let (settings, state) = (&campaign.settings.campaign, campaign.state);
        let may = |step: &&campaign::Step<_, Move>| state.after(step.event, who.account().role).is_ok();
        Self {
            id: campaign.id.to_string(),
            title: settings.title.clone(),
            school: settings.school.clone(),
            class_of: settings.class_of,
            days: settings.days.iter().map(Date::to_string).collect(),
            phase: name(&state.phase),
            suspended: state.suspended,
            make_up: state.make_up,
            moves: STEPS.iter().filter(may).map(|step| name(&step.event)).collect(),
            version: campaign.version,
        }
    }
}

/// A name as serde writes it.
pub fn name(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}

/// A template: the settings of a notice.
#[derive(Serialize, ToSchema)]
pub struct TemplateView {
    name: String,
    title: String,
    /// The TOML file.
    text: String,
}

/// The templates that come with the program.
#[utoipa::path(get, path = "/api/templates", tag = "campaigns", responses(
    (status = 200, body = Vec<TemplateView>)))]
pub async fn templates() -> Result<Json<Vec<TemplateView>>, Problem> {
    let view = |(name, text): &(&str, &str)| {
        let title = Settings::parse(text)?.campaign.title;
        Ok(TemplateView { name: (*name).into(), title, text: (*text).into() })
    };
    Ok(Json(TEMPLATES.iter().map(view).collect::<Result<_, Problem>>()?))
}

/// Every campaign that the account may know of.
#[utoipa::path(get, path = "/api/campaigns", tag = "campaigns", responses(
    (status = 200, body = Vec<CampaignView>)))]
pub async fn list(State(app): State<App>, who: Who) -> Result<Json<Vec<CampaignView>>, Problem> {
    let campaigns = app.register().campaigns().await?;
    let known = campaigns.iter().filter(|campaign| who.campaign(campaign.id.as_str()).is_ok());
    Ok(Json(known.map(|campaign| CampaignView::of(campaign, &who)).collect()))
}

/// A campaign to begin.
#[derive(Deserialize, ToSchema)]
pub struct NewCampaign {
    /// Its name in addresses: letters, digits and hyphens.
    id: String,
    /// Its settings as TOML, usually a template that was changed.
    settings: String,
    /// `modern` or `gm`.
    suite: String,
}

/// Begins a campaign and draws its keys.
#[utoipa::path(post, path = "/api/campaigns", tag = "campaigns", request_body = NewCampaign, responses(
    (status = 201, body = CampaignView),
    (status = 409, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    who: Who,
    Json(new): Json<NewCampaign>,
) -> Result<Response, Problem> {
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if new.id.is_empty() || !new.id.chars().all(is_plain) || new.id == "accounts" {
        return Err(Problem::unusable(
            "活动代号只能用小写字母、数字和连字符",
            "the name holds small letters, digits and hyphens only",
        ));
    }
    let id = CampaignId::try_from(new.id)?;
    let suite = Suite::with_name(&new.suite)
        .ok_or_else(|| Problem::unusable("密码套件应为 modern 或 gm", "the suite is modern or gm"))?;
    let settings = Settings::parse(&new.settings)?;
    app.judge(&settings.photo.standard)
        .map_err(|why| Problem::unusable(format!("photo.standard：{why}"), why))?;
    keys::begin(&app, &id, &settings, suite, &who.act("")).await?;
    let campaign = app.register().campaign(&id).await?;
    let place = format!("/api/campaigns/{id}");
    let view = Versioned(campaign.version, CampaignView::of(&campaign, &who));
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], view).into_response())
}

/// One campaign.
#[utoipa::path(get, path = "/api/campaigns/{campaign}", tag = "campaigns", params(("campaign" = String, Path)), responses(
    (status = 200, body = CampaignView)))]
pub async fn one(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Response, Problem> {
    let campaign = app.register().campaign(&who.campaign(&campaign)?).await?;
    Ok(Versioned(campaign.version, CampaignView::of(&campaign, &who)).into_response())
}

/// A campaign's settings.
#[derive(Serialize, ToSchema)]
pub struct SettingsView {
    /// As TOML, to be edited.
    text: String,
    /// As JSON, to be shown.
    #[schema(value_type = Object)]
    settings: Value,
}

impl SettingsView {
    fn of(settings: &Settings) -> Result<Self, Problem> {
        let value = serde_json::to_value(settings).map_err(|error| Problem::internal(error.to_string()))?;
        Ok(Self { text: settings.write(), settings: value })
    }
}

/// What a campaign is.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/settings", tag = "campaigns", params(("campaign" = String, Path)),
    responses((status = 200, body = SettingsView)))]
pub async fn settings(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Response, Problem> {
    let campaign = app.register().campaign(&who.campaign(&campaign)?).await?;
    Ok(Versioned(campaign.version, SettingsView::of(&campaign.settings)?).into_response())
}

/// For whom a campaign is copied.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Next {
    /// The first day of shooting; every other date moves with it.
    #[param(format = Date)]
    first_day: String,
    /// 届: the year of graduating.
    class_of: u16,
}

/// Settings for the next campaign.
#[derive(Serialize, ToSchema)]
pub struct CopyView {
    /// As TOML.
    text: String,
    /// Every value that differs.
    differences: Vec<DifferenceView>,
    /// What each station did in the campaign that is copied.
    stations: Vec<ExperienceView>,
}

/// What a station did.
#[derive(Serialize, ToSchema)]
pub struct ExperienceView {
    station: String,
    shots: usize,
    /// The median time between two, where there are enough.
    seconds_per_student: Option<f64>,
    /// How many had to be taken again.
    sent_back: usize,
    /// The rules that failed in those, the most frequent first.
    rules: Vec<RuleCount>,
}

/// How often a rule failed.
#[derive(Serialize, ToSchema)]
pub struct RuleCount {
    rule: String,
    count: usize,
}

impl ExperienceView {
    fn of((station, done): (String, Experience)) -> Self {
        let count = |(rule, count)| RuleCount { rule, count };
        let mut rules: Vec<RuleCount> = done.rules.into_iter().map(count).collect();
        rules.sort_by_key(|rule| Reverse(rule.count));
        Self {
            station,
            shots: done.times.len(),
            seconds_per_student: schedule::pace(&done.times),
            sent_back: done.sent_back,
            rules,
        }
    }
}

/// A line that differs.
#[derive(Serialize, ToSchema)]
pub struct DifferenceView {
    before: String,
    after: String,
}

/// The settings of a campaign for the next year, with the pace that its stations showed and every changed value
/// listed; nothing is created.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/copy", tag = "campaigns",
    params(("campaign" = String, Path), Next), responses((status = 200, body = CopyView)))]
pub async fn copy(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(next): Query<Next>,
) -> Result<Json<CopyView>, Problem> {
    let first_day: Date = next.first_day.parse().map_err(|error: jiff::Error| {
        Problem::unusable(format!("first_day：{error}"), format!("first_day: {error}"))
    })?;
    let id = who.campaign(&campaign)?;
    let settings = app.register().campaign(&id).await?.settings;
    let known: HashSet<String> = stations_of(&app, &id).await?;
    let done = app.desk().experience(&id).await?.into_iter();
    // Photos that students took alone, or that were given in as files, say nothing about a station.
    let stations: Vec<_> =
        done.filter(|(station, _)| known.contains(station)).map(ExperienceView::of).collect();
    let mut copy = settings.moved_to(first_day, next.class_of);
    copy.schedule.seconds_per_student =
        seconds_per_student(&stations).unwrap_or(copy.schedule.seconds_per_student);
    let view = |(before, after)| DifferenceView { before, after };
    let differences = settings.differences(&copy).into_iter().map(view).collect();
    Ok(Json(CopyView { text: copy.write(), differences, stations }))
}

/// The stations that the timetable or an enrolment names.
async fn stations_of(app: &App, id: &CampaignId) -> Result<HashSet<String>, Problem> {
    let suite = app.register().suite(id).await?;
    let enrolled = app.desk().stations(id, suite).await?.into_iter().map(|known| known.station);
    let edition = app.register().edition(id).await?;
    let planned = edition.iter().flat_map(|edition| {
        (0..edition.problem.stations.len()).map(|station| edition.problem.station_name(station))
    });
    Ok(enrolled.chain(planned).collect())
}

/// Seconds for a student that a timetable can be planned with.
const PLANNABLE: RangeInclusive<f64> = 3.0..=600.0;

/// What a student took at these stations, each with the weight of its shots, to a tenth of a second.
fn seconds_per_student(stations: &[ExperienceView]) -> Option<f64> {
    let paces = stations.iter().filter_map(|one| Some((one.shots as f64, one.seconds_per_student?)));
    let (shots, seconds) =
        paces.fold((0.0, 0.0), |(all, sum), (shots, pace)| (all + shots, sum + shots * pace));
    Some((10.0 * seconds / shots).round() / 10.0).filter(|pace| PLANNABLE.contains(pace))
}

/// New settings.
#[derive(Deserialize, ToSchema)]
pub struct NewSettings {
    /// As TOML.
    text: String,
}

/// Changes what a campaign is.
#[utoipa::path(put, path = "/api/campaigns/{campaign}/settings", tag = "campaigns",
    params(("campaign" = String, Path), ("If-Match" = String, Header)), request_body = NewSettings,
    responses((status = 200, body = SettingsView)))]
pub async fn set(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
    Json(new): Json<NewSettings>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let settings = Settings::parse(&new.text)?;
    app.judge(&settings.photo.standard)
        .map_err(|why| Problem::unusable(format!("photo.standard：{why}"), why))?;
    let campaign = app.register().set(&id, &settings, seen(&headers)?, &who.act("")).await?;
    // A date that was changed may be today.
    app.register().tick(&id, who.at_ms).await?;
    Ok(Versioned(campaign.version, SettingsView::of(&campaign.settings)?).into_response())
}

/// A move and why.
#[derive(Deserialize, ToSchema)]
pub struct NewMove {
    /// Such as `freeze-roster`.
    #[schema(value_type = String, example = "freeze-roster")]
    step: Move,
    #[serde(default)]
    reason: String,
}

/// Moves a campaign on.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/moves", tag = "campaigns",
    params(("campaign" = String, Path), ("If-Match" = String, Header)), request_body = NewMove,
    responses((status = 200, body = CampaignView), (status = 409, body = Problem)))]
pub async fn move_on(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
    Json(new): Json<NewMove>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    if new.step == Move::Reconcile {
        check_hand_over(&app, &id, &new.reason).await?;
    }
    app.register().move_on(&id, new.step, seen(&headers)?, &who.act(&new.reason)).await?;
    let campaign = app.register().campaign(&id).await?;
    Ok(Versioned(campaign.version, CampaignView::of(&campaign, &who)).into_response())
}

/// The days of shooting are over when every photo that came in is decided about and the school knows it. Photos that
/// the school could not take need a word on what is to become of them.
async fn check_hand_over(app: &App, id: &CampaignId, reason: &str) -> Result<(), Problem> {
    let hand_over = app.desk().hand_over(id).await?;
    let HandOver { here, linked, refused, untold, waiting } = hand_over;
    if hand_over.has_gap() || (refused > 0 && reason.trim().is_empty()) {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "balance",
            format!(
                "数目不平：收到 {here}，已关联 {linked}，未能关联 {refused}，未通知 {untold}，待审核 {waiting}；处理后再对账，未能关联的须说明理由"
            ),
            format!(
                "the counts do not balance: {here} came in, {linked} linked, {refused} could not be, {untold} not told, \
                 {waiting} undecided; settle them first, and say why some cannot be linked"
            ),
        ));
    }
    Ok(())
}

/// Something that is due.
#[derive(Serialize, ToSchema)]
pub struct DeadlineView {
    /// The last day.
    on: String,
    what: String,
    owner: String,
    /// `later`, `soon` (within three days) or `overdue`.
    due: String,
}

/// What is due when, in the order of days.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/deadlines", tag = "campaigns", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<DeadlineView>)))]
pub async fn deadlines(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<Vec<DeadlineView>>, Problem> {
    let campaign = app.register().campaign(&who.campaign(&campaign)?).await?;
    let today = day::of_ms(who.at_ms);
    let deadlines = campaign.settings.all_deadlines();
    let view = |deadline: campaign::settings::Deadline| DeadlineView {
        due: name(&deadline.due(today)),
        on: deadline.on.to_string(),
        what: deadline.what,
        owner: deadline.owner,
    };
    Ok(Json(deadlines.into_iter().map(view).collect()))
}
