//! Who is responsible for what on the day, who helps at which station, and who is still missing.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use campaign::register::Campaign;
use campaign::register::sessions::{Edition, class_id};
use campaign::timetable::{self, Duteous, Duty};
use roster::table;
use schedule::{Helper, clock, rota};
use serde::Serialize;
use utoipa::ToSchema;

use super::sessions::when;
use super::timetable::tables::{QuestionView, no_table};
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::export;
use crate::school::who::Who;

/// Somebody with a duty; the phone is masked.
#[derive(Serialize, ToSchema)]
pub struct DuteousView {
    name: String,
    college: String,
    cohort: String,
    phone: String,
    /// Such as `leader`.
    duty: String,
    duty_zh: String,
}

impl DuteousView {
    fn of(each: &Duteous) -> Self {
        Self {
            name: each.name.clone(),
            college: each.college.clone(),
            cohort: each.cohort.clone(),
            phone: masked(&each.phone),
            duty: super::campaigns::name(&each.duty),
            duty_zh: each.duty.zh().into(),
        }
    }
}

/// A phone number without its middle.
fn masked(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let last = digits.len().saturating_sub(4);
    let shown =
        |(index, digit): (usize, &char)| if index < 3.min(last) || index >= last { *digit } else { '*' };
    digits.iter().enumerate().map(shown).collect()
}

/// A station in a half day, with its helpers.
#[derive(Serialize, ToSchema)]
pub struct DutyView {
    station: String,
    day: String,
    start: String,
    end: String,
    helpers: Vec<DuteousView>,
    /// How many are missing.
    missing: usize,
}

/// A college that has not named everybody it must.
#[derive(Serialize, ToSchema)]
pub struct LackingView {
    college: String,
    duty: String,
    duty_zh: String,
    named: usize,
    needed: usize,
}

/// Who is responsible for what, who helps where, and who is still missing.
#[derive(Serialize, ToSchema)]
pub struct PeopleView {
    people: Vec<DuteousView>,
    duties: Vec<DutyView>,
    lacking: Vec<LackingView>,
    /// What of a table was not understood.
    questions: Vec<QuestionView>,
}

/// Helpers at every station in every half day.
const HELPERS: usize = 2;

async fn people_view(
    app: &App,
    who: &Who,
    campaign: &Campaign,
    questions: Vec<QuestionView>,
) -> Result<PeopleView, Problem> {
    let people = app.register().people(&campaign.id).await?;
    let own = &who.account().scope.college;
    let is_seen = |college: &str| own.is_empty() || own == college;
    let (mut duties, mut colleges) = (Vec::new(), Vec::new());
    if let Some(edition) = app.register().edition(&campaign.id).await? {
        colleges = edition.problem.colleges.iter().map(|college| college.name.clone()).collect();
        duties = helping(campaign, &edition, &people);
    }
    let lacking =
        timetable::missing(colleges.iter().map(String::as_str).filter(|college| is_seen(college)), &people);
    Ok(PeopleView {
        people: people.iter().filter(|each| is_seen(&each.college)).map(DuteousView::of).collect(),
        duties,
        lacking: lacking
            .into_iter()
            .map(|each| LackingView {
                duty: super::campaigns::name(&each.duty),
                duty_zh: each.duty.zh().into(),
                college: each.college,
                named: each.named,
                needed: each.needed,
            })
            .collect(),
        questions,
    })
}

/// Who helps where in an edition.
fn helping(campaign: &Campaign, edition: &Edition, people: &[Duteous]) -> Vec<DutyView> {
    let helping: Vec<&Duteous> = people.iter().filter(|each| each.duty == Duty::Helper).collect();
    let class = |each: &&Duteous| (!each.cohort.is_empty()).then(|| class_id(&each.college, &each.cohort));
    let helpers: Vec<Helper> = helping.iter().map(|each| Helper { class: class(each) }).collect();
    let view = |duty: schedule::Duty| DutyView {
        station: edition.problem.station_name(duty.station),
        day: when(campaign, duty.window.0, false).0,
        start: clock(duty.window.0),
        end: clock(duty.window.1),
        helpers: duty.helpers.iter().map(|&helper| DuteousView::of(helping[helper])).collect(),
        missing: duty.missing,
    };
    rota(&edition.problem, &edition.plan, &helpers, HELPERS).into_iter().map(view).collect()
}

/// Who is responsible for what; a college sees its own people.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/timetable/people", tag = "timetable", params(("campaign" = String, Path)),
    responses((status = 200, body = PeopleView)))]
pub async fn named(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<PeopleView>, Problem> {
    let campaign = app.register().campaign(&who.campaign(&campaign)?).await?;
    Ok(Json(people_view(&app, &who, &campaign, Vec::new()).await?))
}

/// Takes them from a table of 姓名, 学院, 班级, 电话 and 职责 (xlsx, xls, csv), in place of whoever was named before.
#[utoipa::path(put, path = "/api/campaigns/{campaign}/timetable/people", tag = "timetable", params(("campaign" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 200, body = PeopleView)))]
pub async fn name_people(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    bytes: Bytes,
) -> Result<Json<PeopleView>, Problem> {
    let campaign = app.register().campaign(&who.campaign(&campaign)?).await?;
    let table = table::read_headed(&bytes, timetable::is_heading_of_people).map_err(|fault| {
        no_table(&fault, "请写明姓名、学院、电话、职责", "name 姓名, 学院, 电话 and 职责")
    })?;
    let (people, questions) = timetable::people(&table);
    app.register().keep_people(&campaign.id, &people, &who.act("")).await?;
    let questions = questions.into_iter().map(QuestionView::from).collect();
    Ok(Json(people_view(&app, &who, &campaign, questions).await?))
}

/// Everybody with a duty, with whole phone numbers: to be called on the day. The log keeps who took it.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/timetable/people.xlsx", tag = "timetable", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn people_table(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let title = app.register().campaign(&id).await?.settings.campaign.title;
    let own = &who.account().scope.college;
    let people = app.register().people(&id).await?;
    let row = |each: &Duteous| {
        let Duteous { name, college, cohort, phone, duty } = each;
        vec![name.clone(), college.clone(), cohort.clone(), phone.clone(), duty.zh().to_owned()]
    };
    let seen = people.iter().filter(|each| own.is_empty() || each.college == *own);
    let rows: Vec<_> = seen.map(row).collect();
    app.register().seen(&id, "people", (rows.len(), None), &who.act("")).await?;
    export::table("people.xlsx", &title, &["姓名", "学院", "班级", "电话", "职责"], &rows)
}
