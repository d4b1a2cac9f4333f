//! Make-up shooting: the list of those who need it, centres with their hours, bookings on the phone, photos from
//! elsewhere as files.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use campaign::day;
use campaign::make_up::Reason;
use campaign::phase::Phase;
use campaign::register::bookings::Booking;
use campaign::register::{Campaign, Entry};
use campaign::settings::policy::{MakeUpPlace, Session};
use campaign::settings::{Centre, Channels};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Versioned;
use super::campaigns::name;
use super::links::own_code;
use super::me::own;
use super::own_photo::{Given, take_own};
use super::shots::{FROM_ELSEWHERE, ShotView};
use super::students::StudentView;
use crate::problem::{Problem, prefers_english};
use crate::school::app::App;
use crate::school::export;
use crate::school::who::Who;

/// Somebody who needs a make-up shooting.
#[derive(Serialize, ToSchema)]
pub struct NeedView {
    student: StudentView,
    /// Such as `absent`.
    reason: String,
    reason_zh: String,
    booking: Option<BookingView>,
}

/// An hour at a centre.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct BookingView {
    centre: String,
    /// The date.
    #[schema(format = Date)]
    day: String,
    /// Such as `09:00`.
    time: String,
}

impl BookingView {
    fn of(booking: &Booking) -> Self {
        Self {
            centre: booking.centre.clone(),
            day: booking.day.to_string(),
            time: booking.time.strftime("%H:%M").to_string(),
        }
    }
}

/// The make-up list of a campaign.
#[derive(Serialize, ToSchema)]
pub struct NeedsView {
    /// The last day; none where the notice names none.
    until: Option<String>,
    /// Whether the campaign holds a second session for all.
    unified: bool,
    students: Vec<NeedView>,
}

async fn needs(app: &App, who: &Who, campaign: &str) -> Result<(Campaign, Vec<NeedView>), Problem> {
    let id = who.campaign(campaign)?;
    let campaign = app.register().campaign(&id).await?;
    let list = app.register().make_up_list(&id, day::of_ms(who.at_ms)).await?;
    let seen = list.into_iter().filter(|(entry, ..)| who.sees(entry).is_ok());
    let view = |(entry, reason, booking): (Entry, Reason, Option<Booking>)| NeedView {
        student: StudentView::of(&entry),
        reason: name(&reason),
        reason_zh: reason.zh().into(),
        booking: booking.as_ref().map(BookingView::of),
    };
    Ok((campaign, seen.map(view).collect()))
}

/// Everybody who needs a make-up shooting, with the reason.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/make-up", tag = "make-up", params(("campaign" = String, Path)),
    responses((status = 200, body = NeedsView)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<NeedsView>, Problem> {
    let (campaign, students) = needs(&app, &who, &campaign).await?;
    let make_up = &campaign.settings.make_up;
    Ok(Json(NeedsView {
        until: make_up.until.map(|day| day.to_string()),
        unified: make_up.unified,
        students,
    }))
}

/// The same as an Excel file, masked; the log keeps that it was taken.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/make-up.xlsx", tag = "make-up", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn table(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Response, Problem> {
    let (campaign, students) = needs(&app, &who, &campaign).await?;
    app.register().seen(&campaign.id, "make-up.xlsx", (students.len(), None), &who.act("")).await?;
    let until = campaign.settings.make_up.until.map(|day| day.to_string()).unwrap_or_default();
    let row = |need: &NeedView| {
        let booking = need.booking.as_ref();
        let booked =
            booking.map(|one| format!("{} {} {}", one.centre, one.day, one.time)).unwrap_or_default();
        let mut cells = need.student.line().to_vec();
        cells.extend([need.reason_zh.clone(), until.clone(), booked]);
        cells
    };
    let rows: Vec<_> = students.iter().map(row).collect();
    let headings = ["学院", "班级", "学号", "姓名", "原因", "截止日期", "预约"];
    let title = format!("补拍名单（{} 人，导出账号 {}）", rows.len(), who.account().login);
    export::table("make-up.xlsx", &title, &headings, &rows)
}

/// How many stand in line again.
#[derive(Serialize, ToSchema)]
pub struct RoundView {
    students: usize,
}

/// Begins a second collective session for everybody on the list; no second roster is needed.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/make-up/round", tag = "make-up", params(("campaign" = String, Path)),
    responses((status = 200, body = RoundView), (status = 409, body = Problem)))]
pub async fn round(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<RoundView>, Problem> {
    let id = who.campaign(&campaign)?;
    Ok(Json(RoundView { students: app.register().second_round(&id, &who.act("")).await? }))
}

/// An hour that somebody booked, as the centre sees it.
#[derive(Serialize, ToSchema)]
pub struct VisitView {
    booking: BookingView,
    /// Masked.
    name: String,
    /// Whether the student has a code to show.
    has_code: bool,
}

/// Who comes to the centres from today on.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/make-up/bookings", tag = "make-up", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<VisitView>)))]
pub async fn visits(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<Vec<VisitView>>, Problem> {
    use campaign::case::tracks::Code;
    let id = who.campaign(&campaign)?;
    app.register().campaign(&id).await?;
    let mut visits = Vec::new();
    for booking in app.register().bookings(&id, Some(day::of_ms(who.at_ms))).await? {
        let entry = app.register().student(&id, booking.student).await?;
        visits.push(VisitView {
            booking: BookingView::of(&booking),
            name: seal::masking::MaskedName::of(&entry.student.name.plain).as_str().into(),
            has_code: !matches!(entry.case.code, Code::None | Code::Problem),
        });
    }
    Ok(Json(visits))
}

/// One's own make-up shooting.
#[derive(Serialize, ToSchema)]
pub struct OwnMakeUp {
    /// Such as `absent`; none for whom no make-up is needed.
    reason: Option<String>,
    reason_zh: Option<String>,
    /// The last day.
    until: Option<String>,
    /// 院校代码, which a centre asks for.
    school_no: Option<String>,
    school: String,
    /// What it costs, in fen.
    fen: Option<u32>,
    /// `none`, `named-centre`, `inside-province` or `any-branch`.
    channels: String,
    /// Whether a finished photo from elsewhere may be given in.
    own_file: bool,
    centres: Vec<CentreView>,
    booking: Option<BookingView>,
}

/// A make-up centre.
#[derive(Serialize, ToSchema)]
pub struct CentreView {
    name: String,
    province: Option<String>,
    address: String,
    phones: Vec<String>,
    /// As printed.
    hours: String,
    /// Whether somebody is there now; none where the notice names no hours.
    open_now: Option<bool>,
    bring: Vec<String>,
    /// The days in the next two weeks on which hours can be booked.
    days: Vec<String>,
}

/// Days ahead that are offered.
const AHEAD: i32 = 14;

impl CentreView {
    fn of(centre: &Centre, now: DateTime, until: Option<Date>) -> Self {
        let days = (0..AHEAD).filter_map(|days| now.date().checked_add(days.days()).ok());
        let can = |day: &Date| !centre.times(*day).is_empty() && until.is_none_or(|until| *day <= until);
        Self {
            name: centre.name.clone(),
            province: centre.province.clone(),
            address: centre.address.clone(),
            phones: centre.phones.clone(),
            hours: centre.hours_words(),
            open_now: (!centre.hours.is_empty()).then(|| centre.is_open(now)),
            bring: centre.bring.clone(),
            days: days.filter(can).map(|day| day.to_string()).collect(),
        }
    }
}

/// Where and until when one can be photographed after the day, and what is booked.
#[utoipa::path(get, path = "/api/me/make-up", tag = "me", responses((status = 200, body = OwnMakeUp)))]
pub async fn mine(State(app): State<App>, who: Who) -> Result<Json<OwnMakeUp>, Problem> {
    let (id, campaign, entry) = own(&app, &who).await?;
    let (settings, now) = (&campaign.settings, day::time_of_ms(who.at_ms));
    let reason = Reason::of(&entry.case, settings, now.date());
    let make_up = &settings.make_up;
    let bookings = app.register().bookings(&id, Some(now.date())).await?;
    let booking = bookings.iter().find(|booking| booking.student == entry.id);
    let named = if make_up.channels == Channels::None { &[] } else { make_up.centres.as_slice() };
    Ok(Json(OwnMakeUp {
        reason: reason.as_ref().map(name),
        reason_zh: reason.map(|reason| reason.zh().into()),
        until: make_up.until.map(|day| day.to_string()),
        school_no: settings.campaign.school_no.clone(),
        school: settings.campaign.school.clone(),
        fen: settings.fee_fen(Session::Single),
        channels: name(&make_up.channels),
        own_file: make_up.own_file,
        centres: named.iter().map(|centre| CentreView::of(centre, now, make_up.until)).collect(),
        booking: booking.map(BookingView::of),
    }))
}

/// Which day at which centre.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HoursOf {
    centre: String,
    #[param(format = Date)]
    day: String,
}

/// An hour with the places that are left in it.
#[derive(Serialize, ToSchema)]
pub struct HourView {
    /// Such as `09:00`.
    time: String,
    left: u16,
}

fn date(text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| Problem::unusable("日期应写成 2027-03-01", "a date is written 2027-03-01"))
}

/// The hours of a day at a centre.
#[utoipa::path(get, path = "/api/me/make-up/hours", tag = "me", params(HoursOf), responses((status = 200, body = Vec<HourView>)))]
pub async fn hours(
    State(app): State<App>,
    who: Who,
    Query(of): Query<HoursOf>,
) -> Result<Json<Vec<HourView>>, Problem> {
    let (id, _, _) = own(&app, &who).await?;
    let hours = app.register().hours_left(&id, &of.centre, date(&of.day)?).await?;
    let view = |(time, left): (Time, u16)| HourView { time: time.strftime("%H:%M").to_string(), left };
    Ok(Json(hours.into_iter().map(view).collect()))
}

/// Books an hour, in place of one that was booked before.
#[utoipa::path(put, path = "/api/me/make-up/booking", tag = "me", request_body = BookingView,
    responses((status = 200, body = BookingView), (status = 409, body = Problem)))]
pub async fn book(
    State(app): State<App>,
    who: Who,
    Json(wanted): Json<BookingView>,
) -> Result<Json<BookingView>, Problem> {
    let (id, _, entry) = own(&app, &who).await?;
    let time = wanted.time.parse();
    let time = time.map_err(|_| Problem::unusable("时间应写成 09:00", "a time is written 09:00"))?;
    let booking = Booking { student: entry.id, centre: wanted.centre, day: date(&wanted.day)?, time };
    app.register().book(&id, &booking, &who.act("")).await?;
    Ok(Json(BookingView::of(&booking)))
}

/// Gives a booked hour back.
#[utoipa::path(delete, path = "/api/me/make-up/booking", tag = "me", responses((status = 204), (status = 404, body = Problem)))]
pub async fn cancel(State(app): State<App>, who: Who) -> Result<StatusCode, Problem> {
    let (id, _, entry) = own(&app, &who).await?;
    app.register().cancel_booking(&id, entry.id, &who.act("")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where a photo was taken that is given in as a file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TakenAt {
    /// `named-centre`, `branch-inside`, `branch-outside` or `other-studio`.
    place: String,
}

/// Gives in a finished photo that was taken elsewhere, where the campaign allows that. It waits for the registry,
/// which says whether it is the student.
#[utoipa::path(post, path = "/api/me/file", tag = "me", params(TakenAt),
    request_body(content = Vec<u8>, content_type = "image/jpeg"),
    responses((status = 201, body = ShotView), (status = 409, body = Problem)))]
pub async fn give_file(
    State(app): State<App>,
    who: Who,
    Query(at): Query<TakenAt>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let (_, campaign, entry) = own(&app, &who).await?;
    let place = match at.place.as_str() {
        "named-centre" => MakeUpPlace::NamedCentre,
        "branch-inside" => MakeUpPlace::BranchInside,
        "branch-outside" => MakeUpPlace::BranchOutside,
        "other-studio" => MakeUpPlace::OtherStudio,
        _ => return Err(Problem::unusable("没有这种拍摄地点", "there is no such place")),
    };
    let settings = &campaign.settings;
    let today = day::of_ms(who.at_ms);
    let refused = |zh: &str, en: &str| Err(Problem::new(StatusCode::CONFLICT, "channel", zh, en));
    if !settings.make_up.own_file {
        return refused("学校不接收自行提交的照片文件", "the school takes no photos as files");
    }
    if !settings.make_up_counts(place, today) {
        return refused(
            "学校不认可在该地点拍摄的照片，或已过补拍截止日期：请按补拍方式办理",
            "the school does not take photos from there, or the last day is over",
        );
    }
    if Reason::of(&entry.case, settings, today).is_none() {
        return refused("目前不需要补拍", "there is no need for a make-up shooting now");
    }
    let given = Given { bytes: bytes.to_vec(), station: FROM_ELSEWHERE };
    let shot = take_own(&app, &who, &campaign, &entry, given).await?;
    let view = ShotView::of(&shot, prefers_english(&headers));
    Ok((StatusCode::CREATED, Versioned(shot.version, view)).into_response())
}

/// Which school a code at the desk belongs to.
#[derive(Serialize, ToSchema)]
pub struct WalkIn {
    /// The campaign, for the address of its desk.
    campaign: String,
    title: String,
    school: String,
    school_no: Option<String>,
    /// Masked, as on the code.
    name: String,
}

/// The code that somebody shows.
#[derive(Deserialize, ToSchema)]
pub struct Shown {
    /// The code's text.
    code: String,
    /// 院校代码, where the student names it: then a code of another school is refused.
    #[serde(default)]
    school_no: String,
}

/// Finds out which campaign a walk-in's code belongs to, so that a centre can photograph students of any school.
#[utoipa::path(post, path = "/api/walk-ins", tag = "make-up", request_body = Shown,
    responses((status = 200, body = WalkIn), (status = 409, body = Problem)))]
pub async fn walk_in(
    State(app): State<App>,
    who: Who,
    Json(shown): Json<Shown>,
) -> Result<Json<WalkIn>, Problem> {
    let mut refusal = None;
    for campaign in app.register().campaigns().await? {
        if who.campaign(campaign.id.as_str()).is_err() || campaign.state.phase >= Phase::Closed {
            continue;
        }
        let keys = crate::school::keys::of(&app, &campaign.id).await?;
        let revoked = app.register().revoked_codes(&campaign.id).await?;
        let code = own_code(&app, &campaign.id, &shown.code, &keys).await?;
        match capture::desk::Desk::read_code(&keys.desk, &code, &revoked, who.at_ms) {
            Ok(code) => {
                let settings = campaign.settings.campaign;
                let is_other = settings.school_no.as_ref().is_some_and(|known| *known != shown.school_no);
                if !shown.school_no.is_empty() && is_other {
                    return Err(Problem::new(
                        StatusCode::CONFLICT,
                        "other-school",
                        format!("采集码属于 {}，与所报院校代码不符", settings.school),
                        format!("the code belongs to {}, not to the school number given", settings.school),
                    ));
                }
                return Ok(Json(WalkIn {
                    campaign: campaign.id.to_string(),
                    title: settings.title,
                    school: settings.school,
                    school_no: settings.school_no,
                    name: code.holder.name.as_str().into(),
                }));
            }
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    Err(refusal.map_or_else(Problem::unknown, Problem::from))
}
