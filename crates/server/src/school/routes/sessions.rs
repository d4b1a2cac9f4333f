//! The published timetable: what everybody sees of it.

use std::collections::HashMap;
use std::io::Cursor;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use campaign::case::status::Status;
use campaign::register::Campaign;
use campaign::register::roll::Filter;
use campaign::register::sessions::{Edition, Session};
use chrono::DateTime;
use docx_rs::{Docx, Paragraph, Run};
use icalendar::{Calendar, Component, Event, EventLike};
use jiff::civil::Date;
use schedule::clock;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::papers::WORD;
use super::seen;
use crate::clock::now_ms;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::export;
use crate::school::who::Who;
use crate::school::word;

const DAY: i64 = 86_400;

/// A published timetable, or the part of it that concerns one.
#[derive(Serialize, ToSchema)]
pub struct EditionView {
    /// From 1.
    number: i64,
    /// When it was published, milliseconds since 1970-01-01 UTC.
    at_ms: i64,
    /// The days of shooting, as dates.
    days: Vec<String>,
    sessions: Vec<SlotView>,
    /// Colleges that it concerns and that have not confirmed it.
    waiting: Vec<String>,
}

/// When and where a class is photographed.
#[derive(Serialize, ToSchema)]
pub struct SlotView {
    pub college: String,
    pub cohort: String,
    heads: u32,
    station: String,
    /// The date.
    day: String,
    /// Such as `09:30`.
    gather: String,
    start: String,
    end: String,
}

impl SlotView {
    /// A session with the names and times that people see.
    pub fn of(campaign: &Campaign, session: &Session, names: (&str, &str, u32)) -> Self {
        let (day, gather) = when(campaign, session.start, session.is_first);
        Self {
            college: names.0.into(),
            cohort: names.1.into(),
            heads: names.2,
            station: session.station.clone(),
            day,
            gather,
            start: clock(whole(session.start)),
            end: clock(whole(session.end)),
        }
    }
}

impl SlotView {
    /// Students of the class.
    pub fn heads(&self) -> u32 {
        self.heads
    }

    /// The line of a printed table: station, college, class, heads, day, time, gathering.
    pub fn cells(&self) -> [String; 7] {
        let time = format!("{}-{}", self.start, self.end);
        let heads = self.heads.to_string();
        [&self.station, &self.college, &self.cohort, &heads, &self.day, &time, &self.gather].map(Clone::clone)
    }
}

/// Printed times are whole minutes: nobody is told a time after the one planned.
pub(super) fn whole(time: i64) -> i64 {
    time.div_euclid(60) * 60
}

/// The date of a time, and when a class of that time gathers.
pub(super) fn when(campaign: &Campaign, start: i64, is_first: bool) -> (String, String) {
    let day = usize::try_from(start.div_euclid(DAY)).unwrap_or(0);
    let date = campaign.settings.campaign.days.get(day).map(Date::to_string).unwrap_or_default();
    let time = whole(start.rem_euclid(DAY));
    let starts = jiff::civil::Time::midnight().saturating_add(jiff::Span::new().seconds(time));
    let gather = campaign.settings.gather_at(starts, is_first).unwrap_or(starts);
    (date, gather.strftime("%H:%M").to_string())
}

impl EditionView {
    /// When it was published, milliseconds since 1970-01-01 UTC.
    pub fn at_ms(&self) -> u64 {
        self.at_ms as u64
    }

    /// Every class with its time.
    pub fn slots(&self) -> impl Iterator<Item = &SlotView> {
        self.sessions.iter()
    }
}

/// A published timetable; of one college where one is named.
pub fn edition_of(campaign: &Campaign, edition: &Edition, college: &str) -> EditionView {
    let classes: HashMap<_, _> = edition.problem.classes.iter().map(|class| (&class.id, class)).collect();
    let sessions = edition.plan.assignments.iter().filter_map(|each| {
        let class = classes.get(&each.class)?;
        let name = &edition.problem.colleges[class.college].name;
        let session = edition.session_of(&each.class)?;
        (college.is_empty() || college == name)
            .then(|| SlotView::of(campaign, &session, (name, &class.name, class.heads)))
    });
    EditionView {
        number: edition.number,
        at_ms: edition.at_ms,
        days: campaign.settings.campaign.days.iter().map(Date::to_string).collect(),
        sessions: sessions.collect(),
        waiting: edition
            .waiting
            .iter()
            .filter(|waiting| college.is_empty() || college == *waiting)
            .cloned()
            .collect(),
    }
}

async fn newest(app: &App, who: &Who, campaign: &str) -> Result<EditionView, Problem> {
    let id = who.campaign(campaign)?;
    let campaign = app.register().campaign(&id).await?;
    let edition = app.register().edition(&id).await?.ok_or_else(Problem::unknown)?;
    Ok(edition_of(&campaign, &edition, &who.account().scope.college))
}

/// The published timetable; a college sees its own classes.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/timetable/edition", tag = "timetable", params(("campaign" = String, Path)),
    responses((status = 200, body = EditionView)))]
pub async fn edition(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<EditionView>, Problem> {
    Ok(Json(newest(&app, &who, &campaign).await?))
}

/// The same as an Excel file.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/timetable/edition.xlsx", tag = "timetable", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn edition_table(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Response, Problem> {
    let edition = newest(&app, &who, &campaign).await?;
    let headings = ["机位", "学院", "班级", "人数", "日期", "采集时间", "集合时间"];
    let rows: Vec<_> = edition.slots().map(|slot| slot.cells().to_vec()).collect();
    export::table("timetable.xlsx", &format!("时间安排表（第 {} 版）", edition.number), &headings, &rows)
}

/// Publishes the draft as the next edition; colleges whose classes moved are asked to confirm.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/timetable/edition", tag = "timetable", params(("campaign" = String, Path),
    ("If-Match" = String, Header)), responses((status = 201, body = EditionView), (status = 409, body = Problem)))]
pub async fn publish(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<EditionView>), Problem> {
    let id = who.campaign(&campaign)?;
    let edition = app.register().publish(&id, seen(&headers)?, &who.act("")).await?;
    let campaign = app.register().campaign(&id).await?;
    Ok((StatusCode::CREATED, Json(edition_of(&campaign, &edition, ""))))
}

/// A college confirms that it knows what concerns it.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/timetable/confirmation", tag = "timetable", params(("campaign" = String, Path)),
    responses((status = 204)))]
pub async fn confirm(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().confirm_edition(&id, &who.account().scope.college, &who.act("")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The same as a Word document: one table for each station, as offices hand it round.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/timetable/edition.docx", tag = "timetable", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")))]
pub async fn edition_document(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Response, Problem> {
    let edition = newest(&app, &who, &campaign).await?;
    let title = app.register().campaign(&who.campaign(&campaign)?).await?.settings.campaign.title;
    let heading = |text: &str, size| Paragraph::new().add_run(Run::new().add_text(text).bold().size(size));
    let mut document =
        Docx::new().add_paragraph(heading(&format!("{title} 时间安排表（第 {} 版）", edition.number), 32));
    for sessions in edition.sessions.chunk_by(|a, b| a.station == b.station) {
        let heads: u32 = sessions.iter().map(|session| session.heads).sum();
        document = document.add_paragraph(heading(
            &format!("{}（{} 个班，{heads} 人）", sessions[0].station, sessions.len()),
            24,
        ));
        let rows: Vec<_> = sessions
            .iter()
            .map(|each| {
                let [college, cohort, day] = [&each.college, &each.cohort, &each.day].map(Clone::clone);
                let time = format!("{}-{}", each.start, each.end);
                [
                    each.station.clone(),
                    college,
                    cohort,
                    each.heads.to_string(),
                    day,
                    time,
                    each.gather.clone(),
                ]
            })
            .collect();
        let headings = ["机位", "学院", "班级", "人数", "日期", "采集时间", "集合时间"];
        document = document.add_table(word::table([10, 18, 20, 6, 14, 16, 10], headings, &rows));
    }
    let mut bytes = Cursor::new(Vec::new());
    document.build().pack(&mut bytes).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(export::file(bytes.into_inner(), WORD, "timetable.docx"))
}

/// A session as a file for calendars (RFC 5545), with the time to gather before it.
pub fn calendar(campaign: &Campaign, session: &Session, slot: &SlotView) -> Response {
    let midnight = midnight_of(campaign);
    let at = |time: i64| DateTime::from_timestamp(midnight + time, 0).unwrap_or_default();
    let place: Vec<&str> =
        campaign.settings.campaign.places.iter().map(|place| place.name.as_str()).collect();
    let event = Event::new()
        .uid(&format!("{}-{}@xueying", campaign.id, session.edition))
        .summary(&campaign.settings.campaign.title)
        .description(&format!("集合 {}，拍摄 {}-{}", slot.gather, slot.start, slot.end))
        .location(&format!("{} {}", place.join("、"), slot.station))
        .starts(at(whole(session.start)))
        .ends(at(whole(session.end)))
        .done();
    let text = Calendar::new().push(event).done().to_string();
    export::file(text.into_bytes(), "text/calendar; charset=utf-8", "session.ics")
}

/// Which class.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfClass {
    college: String,
    cohort: String,
}

/// The sheet on which a class signs: every student in order, with room for the shot number and the signature.
/// It shows names, so the log keeps who took it.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/timetable/sign-in.xlsx", tag = "timetable", params(("campaign" = String, Path), OfClass),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn sign_in_sheet(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(class): Query<OfClass>,
) -> Result<Response, Problem> {
    let campaign = app.register().campaign(&who.campaign(&campaign)?).await?;
    let filter =
        who.narrowed(Filter { college: class.college, cohort: class.cohort, ..Filter::default() })?;
    let (entries, _) = app.register().page(&campaign.id, &filter, (0, i64::MAX)).await?;
    let session = app.register().session_of(&campaign.id, &filter.college, &filter.cohort).await?;
    let slot = session.map(|session| SlotView::of(&campaign, &session, (&filter.college, &filter.cohort, 0)));
    let (taking_part, away): (Vec<_>, Vec<_>) =
        entries.iter().partition(|entry| Status::of(&entry.case) != Status::NotTakingPart);
    if taking_part.is_empty() && away.is_empty() {
        return Err(Problem::unknown());
    }
    app.register().seen(&campaign.id, "sign-in", (taking_part.len(), None), &who.act("")).await?;
    let row = |(index, entry): (usize, &&campaign::register::Entry)| {
        vec![
            (index + 1).to_string(),
            entry.student.student_no.clone(),
            entry.student.name.original.clone(),
            String::new(),
            String::new(),
        ]
    };
    let rows: Vec<_> = taking_part.iter().enumerate().map(row).collect();
    let when = slot.map(|slot| {
        format!("{} {} {}-{}，集合 {}", slot.station, slot.day, slot.start, slot.end, slot.gather)
    });
    let title = format!("{} {} 签到表 {}", filter.college, filter.cohort, when.unwrap_or_default());
    export::table("sign-in.xlsx", &title, &["序号", "学号", "姓名", "拍摄序号", "签名"], &rows)
}

/// When something begins on the clock in China, by seconds since the midnight of the first day of shooting.
pub fn start_of(campaign: &Campaign, start: i64) -> jiff::civil::DateTime {
    campaign::day::time_of_ms(((midnight_of(campaign) + start).max(0) as u64) * 1_000)
}

/// The midnight in which the first day of shooting begins, in China, in seconds since 1970-01-01 UTC.
fn midnight_of(campaign: &Campaign) -> i64 {
    let first = campaign.settings.campaign.days.first().copied().unwrap_or_default();
    first.yesterday().ok().and_then(|before| campaign::day::end_of(before).ok()).unwrap_or(0) as i64
}

/// Seconds since the midnight of the first day of shooting; 0 before it.
pub fn now_in(campaign: &Campaign) -> i64 {
    (now_ms() as i64 / 1_000 - midnight_of(campaign)).clamp(0, 400 * DAY - 1)
}
