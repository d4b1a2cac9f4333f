//! The day of shooting: the roll of each class, whose turn it is at which station, and how the day goes.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use campaign::case::status::Status;
use campaign::linking::class_name;
use campaign::register::roll::Filter;
use campaign::register::sessions::class_id;
use campaign::register::turns::{ClassTurn, Mark, Turning};
use campaign::register::{Campaign, Entry};
use campaign::role::Role;
use campaign::turn::{Turn, TurnEvent, Waiting, in_queue, is_awaited};
use capture::station::transfer::Called;
use schedule::{ClassId, clock, forecast, pace};
use seal::identity::CampaignId;
use seal::masking::MaskedName;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::campaigns::name;
use super::sessions::{SlotView, now_in, when, whole};
use super::{Versioned, seen};
use crate::clock::now_ms;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::who::Who;

/// How the day goes.
#[derive(Serialize, ToSchema)]
pub struct BoardView {
    /// The date and the time it is, such as `2027-04-21 10:05`; empty before the first day.
    now: String,
    stations: Vec<StationView>,
    /// In the order of the queue: those at a station, those who wait, those who are done.
    sessions: Vec<RunningView>,
}

/// How a station goes.
#[derive(Serialize, ToSchema)]
pub struct StationView {
    station: String,
    /// Median of the seconds between its shots of the last hour; none where there are too few.
    pace: Option<f64>,
    /// Minutes that its next class is put off.
    late_min: i64,
    /// When its last class of the day is expected to be done, such as `17:20`; empty where none is left.
    ends: String,
}

/// A session as planned, as it stands, and as it is expected.
#[derive(Serialize, ToSchema)]
pub struct RunningView {
    slot: SlotView,
    /// Where the class stands: `gathering`, `complete`, `released`, `called`, `done`.
    turn: String,
    /// The word that people see.
    turn_zh: String,
    /// Where it is photographed: the station that it was called to, or the planned one.
    station: String,
    /// What a change of the class names in `If-Match`.
    version: i64,
    /// How many of the class came.
    present: u32,
    /// How many of the class are photographed.
    done: u32,
    /// Such as `09:34`.
    expected_start: String,
    expected_end: String,
    late_min: i64,
}

/// Who counts as photographed.
fn is_photographed(status: Status) -> bool {
    use Status::{Accepted, Complete, Confirmed, NotChecked, Photographed, RetakeDue, Sent, ToProofread};
    matches!(
        status,
        Photographed | RetakeDue | Accepted | Sent | ToProofread | Confirmed | NotChecked | Complete
    )
}

/// How many of each class came, and how many are photographed.
async fn heads(
    app: &App,
    id: &CampaignId,
) -> Result<(BTreeMap<ClassId, u32>, BTreeMap<ClassId, u32>), Problem> {
    let (mut present, mut done) = (BTreeMap::new(), BTreeMap::new());
    for heads in app.register().progress(id, "", "").await? {
        let class = class_id(&heads.college, &heads.cohort);
        let count = u32::try_from(heads.heads).unwrap_or(0);
        if is_photographed(heads.status) {
            *done.entry(class.clone()).or_insert(0) += count;
        }
        if heads.status == Status::Present || is_photographed(heads.status) {
            *present.entry(class).or_insert(0) += count;
        }
    }
    Ok((present, done))
}

async fn turns(app: &App, id: &CampaignId) -> Result<HashMap<ClassId, ClassTurn>, Problem> {
    let known = app.register().turns(id).await?;
    Ok(known.into_iter().map(|turn| (class_id(&turn.college, &turn.cohort), turn)).collect())
}

/// Planned, done and expected, for every class of the published timetable.
async fn go(app: &App, campaign: &Campaign) -> Result<BoardView, Problem> {
    let id = &campaign.id;
    let edition = app.register().edition(id).await?.ok_or_else(Problem::unknown)?;
    let (present, done) = heads(app, id).await?;
    let turns = turns(app, id).await?;
    // On other days nothing is late: classes are expected when they are planned.
    let is_day = campaign.settings.campaign.days.contains(&campaign::day::of_ms(now_ms()));
    let now = if is_day { now_in(campaign) } else { 0 };
    let hour_ago = now_ms().saturating_sub(3_600_000);
    let mut paces = Vec::new();
    for station in 0..edition.problem.stations.len() {
        let times = app.desk().times(id, &edition.problem.station_name(station), hour_ago).await?;
        paces.push(pace(&times));
    }
    let expected = forecast(&edition.problem, &edition.plan, now, &done, &paces);
    // Expected sessions stand by station and time.
    let of_station =
        |station: usize| expected.iter().filter(move |each| each.station == station && each.end > now);
    let stations = (0..edition.problem.stations.len()).map(|station| StationView {
        station: edition.problem.station_name(station),
        pace: paces[station],
        late_min: of_station(station).next().map_or(0, |next| next.late / 60),
        ends: of_station(station).next_back().map(|last| clock(whole(last.end))).unwrap_or_default(),
    });
    let classes: HashMap<_, _> = edition.problem.classes.iter().map(|class| (&class.id, class)).collect();
    let complete_first = campaign.settings.queue.complete_class_first;
    let mut sessions: Vec<_> = expected
        .iter()
        .filter_map(|each| {
            let class = classes.get(&each.class)?;
            let college = &edition.problem.colleges[class.college].name;
            let session = edition.session_of(&each.class)?;
            let known = turns.get(&each.class);
            let turn = known.map_or(Turn::Gathering, |known| known.turn);
            let called_to = known.map(|known| known.station.clone()).filter(|station| !station.is_empty());
            let of = |heads: &BTreeMap<ClassId, u32>| heads.get(&each.class).copied().unwrap_or(0);
            let view = RunningView {
                turn: name(&turn),
                turn_zh: turn.zh().into(),
                station: called_to.unwrap_or_else(|| session.station.clone()),
                version: known.map_or(0, |known| known.version),
                present: of(&present),
                done: of(&done),
                expected_start: clock(whole(each.start)),
                expected_end: clock(whole(each.end)),
                late_min: each.late / 60,
                slot: SlotView::of(campaign, &session, (college, &class.name, class.heads)),
            };
            Some((in_queue(Waiting { turn, planned: session.start }, complete_first), view))
        })
        .collect();
    sessions.sort_by_key(|(place, _)| *place);
    let (day, _) = when(campaign, now, false);
    let now = if now > 0 { format!("{day} {}", clock(whole(now))) } else { String::new() };
    let sessions = sessions.into_iter().map(|(_, view)| view).collect();
    Ok(BoardView { now, stations: stations.collect(), sessions })
}

/// Whose turn it is at which station, planned, done and expected; a college sees its own classes.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/day/board", tag = "day", params(("campaign" = String, Path)),
    responses((status = 200, body = BoardView)))]
pub async fn board(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<BoardView>, Problem> {
    let campaign = app.register().campaign(&who.campaign(&campaign)?).await?;
    let mut board = go(&app, &campaign).await?;
    // A helper at the line calls classes of all colleges.
    let own = &who.account().scope.college;
    if who.account().role != Role::Helper && !own.is_empty() {
        board.sessions.retain(|each| each.slot.college == *own);
    }
    Ok(Json(board))
}

/// What a student sees of the queue.
#[derive(Serialize, ToSchema)]
pub struct QueueView {
    /// Where one's class stands, in the word that people see.
    turn_zh: String,
    /// The same, as `called`.
    turn: String,
    /// Where one goes.
    station: String,
    /// Which class is there now; empty where none is.
    now: String,
    /// How many classes come before one's own.
    ahead: usize,
    /// When it is expected to begin, such as `09:34`.
    expected_start: String,
}

/// The queue as one class sees it; none before the day is under way.
pub async fn queue_of(
    app: &App,
    campaign: &Campaign,
    (college, cohort): (&str, &str),
) -> Result<Option<QueueView>, Problem> {
    let days = &campaign.settings.campaign.days;
    let today = campaign::day::of_ms(now_ms());
    if !days.contains(&today) || app.register().edition(&campaign.id).await?.is_none() {
        return Ok(None);
    }
    let board = go(app, campaign).await?;
    let is_own = |each: &&RunningView| each.slot.college == college && each.slot.cohort == cohort;
    let Some(own) = board.sessions.iter().find(is_own) else { return Ok(None) };
    let there = board.sessions.iter().filter(|each| each.station == own.station && each.turn != "done");
    let now = there.clone().find(|each| each.turn == "called").map(|each| each.slot.cohort.clone());
    let ahead = there.take_while(|each| !is_own(each)).count();
    Ok(Some(QueueView {
        turn: own.turn.clone(),
        turn_zh: own.turn_zh.clone(),
        station: own.station.clone(),
        now: now.unwrap_or_default(),
        ahead: if own.turn == "done" { 0 } else { ahead },
        expected_start: own.expected_start.clone(),
    }))
}

/// What the screens wait for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// The number of the last answer; without it the answer comes at once.
    seen: Option<i64>,
}

/// A number that grows when something changed.
#[derive(Serialize, ToSchema)]
pub struct Pulse {
    at: i64,
}

/// No station's name is longer.
const LONGEST_NAME: usize = 40;
/// How long a screen waits for a change before it asks again.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// A change is seen by every screen within a second, whichever process wrote it.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// Answers when something of the campaign changed since `seen`, or after ten seconds. Students wait for turns of
/// classes only.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/day/pulse", tag = "day", params(("campaign" = String, Path), Since),
    responses((status = 200, body = Pulse)))]
pub async fn pulse(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(since): Query<Since>,
) -> Result<Json<Pulse>, Problem> {
    let id = who.campaign(&campaign)?;
    let until = tokio::time::Instant::now() + LONGEST_WAIT;
    loop {
        let (anything, turns) = app.pulse(&id).await?;
        let at = if who.account().role == Role::Student { turns } else { anything };
        if since.seen != Some(at) || tokio::time::Instant::now() >= until {
            return Ok(Json(Pulse { at }));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Which class, and whether names are shown whole.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RollOf {
    college: String,
    cohort: String,
    /// Whole names, which the log keeps.
    #[serde(default)]
    names: bool,
}

/// The roll of a class.
#[derive(Serialize, ToSchema)]
pub struct RollView {
    college: String,
    cohort: String,
    turn: String,
    turn_zh: String,
    station: String,
    version: i64,
    /// The class's own time, where a timetable is published.
    slot: Option<SlotView>,
    /// In the order of the line.
    students: Vec<Listed>,
}

/// A student on the roll.
#[derive(Serialize, ToSchema)]
pub struct Listed {
    id: Uuid,
    /// The place in the line, from 1.
    place: usize,
    student_no: String,
    /// Masked, unless names were asked for.
    name: String,
    /// Where the student stands on the day, such as `arrived`.
    attendance: String,
    attendance_zh: String,
    /// Will come later, says the roll call.
    late: bool,
    /// `awaited` (the class waits for this one), `here`, or `photographed`.
    standing: &'static str,
    /// Whether there is a code to be scanned.
    has_code: bool,
}

fn roll_view((turn, students): &(ClassTurn, Vec<Entry>), slot: Option<SlotView>, names: bool) -> RollView {
    let taking_part = students.iter().filter(|entry| Status::of(&entry.case) != Status::NotTakingPart);
    let listed = taking_part.enumerate().map(|(index, entry)| Listed {
        id: entry.id,
        place: index + 1,
        student_no: entry.student.student_no.clone(),
        name: if names {
            entry.student.name.original.clone()
        } else {
            MaskedName::of(&entry.student.name.plain).as_str().into()
        },
        attendance: name(&entry.case.attendance),
        attendance_zh: entry.case.attendance.zh().into(),
        late: turn.late.contains(&entry.id),
        standing: match &entry.case {
            case if is_photographed(Status::of(case)) => "photographed",
            case if is_awaited(case) => "awaited",
            _ => "here",
        },
        has_code: entry.case.code != campaign::case::tracks::Code::None,
    });
    RollView {
        college: turn.college.clone(),
        cohort: turn.cohort.clone(),
        turn: name(&turn.turn),
        turn_zh: turn.turn.zh().into(),
        station: turn.station.clone(),
        version: turn.version,
        slot,
        students: listed.collect(),
    }
}

/// A class that the account may call the roll of.
fn class(who: &Who, college: String, cohort: String) -> Result<(String, String), Problem> {
    let filter = who.narrowed(Filter { college, cohort, ..Filter::default() })?;
    if filter.cohort.is_empty() {
        return Err(Problem::unusable("请选择班级", "choose a class"));
    }
    Ok((filter.college, filter.cohort))
}

/// The roll of a class, in the order of its line.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/day/roll", tag = "day", params(("campaign" = String, Path), RollOf),
    responses((status = 200, body = RollView)))]
pub async fn roll(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(of): Query<RollOf>,
) -> Result<Response, Problem> {
    let campaign = app.register().campaign(&who.campaign(&campaign)?).await?;
    let names = of.names && matches!(who.account().role, Role::Registry | Role::College | Role::Monitor);
    let (college, cohort) = class(&who, of.college, of.cohort)?;
    let roll = app.register().roll(&campaign.id, (&college, &cohort)).await?;
    if names {
        app.register().seen(&campaign.id, "roll", (roll.1.len(), None), &who.act("")).await?;
    }
    let session = app.register().session_of(&campaign.id, &college, &cohort).await?;
    let slot = session.map(|session| SlotView::of(&campaign, &session, (&college, &cohort, 0)));
    Ok(Versioned(roll.0.version, roll_view(&roll, slot, names)).into_response())
}

/// What the roll call says.
#[derive(Deserialize, ToSchema)]
pub struct RollCall {
    college: String,
    cohort: String,
    marks: Vec<MarkOf>,
    /// For `refused`: the rule that was not kept, and who saw it. Without names and numbers.
    #[serde(default)]
    reason: String,
}

/// What the roll call says of a student.
#[derive(Deserialize, ToSchema)]
pub struct MarkOf {
    student: Uuid,
    /// `present`, `late`, `absent`, `refused` or `clear`.
    #[schema(value_type = String)]
    mark: Mark,
}

/// Takes what the roll call says of students of a class; the same roll twice is one.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/day/marks", tag = "day", params(("campaign" = String, Path)),
    request_body = RollCall, responses((status = 200, body = RollView)))]
pub async fn mark(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Json(called): Json<RollCall>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let (college, cohort) = class(&who, called.college, called.cohort)?;
    let reason = called.reason.trim();
    if reason.is_empty() && called.marks.iter().any(|each| each.mark == Mark::Refused) {
        return Err(Problem::unusable(
            "取消资格须写明违反的规定和在场证明人的职务",
            "a refusal names the rule that was not kept and, by office, who witnessed it",
        ));
    }
    let all: Vec<(Uuid, Mark)> = called.marks.iter().map(|each| (each.student, each.mark)).collect();
    app.register().mark(&id, (&college, &cohort), &all, &who.act(reason)).await?;
    let roll = app.register().roll(&id, (&college, &cohort)).await?;
    Ok(Versioned(roll.0.version, roll_view(&roll, None, false)).into_response())
}

/// What is to become of a class.
#[derive(Deserialize, ToSchema)]
pub struct NewTurn {
    college: String,
    cohort: String,
    /// `report`, `release`, `reopen`, `call`, `put-back`, `close` or `resume`.
    #[schema(value_type = String)]
    what: TurnEvent,
    /// Where a called class goes; the planned station where nothing is said.
    #[serde(default)]
    station: String,
    /// Why, where somebody wants to say it. Without names and numbers.
    #[serde(default)]
    reason: String,
}

/// Moves a class on: everybody is there, let through, called to a station, signed off.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/day/turns", tag = "day", params(("campaign" = String, Path),
    ("If-Match" = String, Header)), request_body = NewTurn, responses((status = 200, body = RollView), (status = 409, body = Problem)))]
pub async fn turn(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    headers: HeaderMap,
    Json(new): Json<NewTurn>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let (college, cohort) = match who.account().role {
        // Those at the line call classes of all colleges.
        Role::Helper | Role::Operator | Role::AgencyLead => (new.college, new.cohort),
        _ => class(&who, new.college, new.cohort)?,
    };
    let mut station = new.station;
    if new.what == TurnEvent::Call && station.trim().is_empty() {
        let planned = app.register().session_of(&id, &college, &cohort).await?;
        station = planned.map(|session| session.station).ok_or_else(|| {
            Problem::unusable(
                "请指定机位：此班不在时间安排中",
                "name the station: the timetable does not have this class",
            )
        })?;
    }
    if station.chars().count() > LONGEST_NAME || station.chars().any(char::is_control) {
        return Err(Problem::unusable("机位名称过长", "no station has such a name"));
    }
    let turning = Turning { event: new.what, station: station.trim(), seen: seen(&headers)? };
    app.register().turn(&id, (&college, &cohort), &turning, &who.act(new.reason.trim())).await?;
    let roll = app.register().roll(&id, (&college, &cohort)).await?;
    Ok(Versioned(roll.0.version, roll_view(&roll, None, false)).into_response())
}

/// Which classes were called where, as stations ask: a class by the name that the bundle has for it.
pub async fn called(app: &App, id: &CampaignId) -> Result<Vec<Called>, Problem> {
    let turns = app.register().turns(id).await?;
    let of = |each: ClassTurn| Called {
        class: class_name(&each.college, &each.cohort),
        is_called: each.turn == Turn::Called || each.turn == Turn::Done,
        station: each.station,
    };
    Ok(turns.into_iter().map(of).collect())
}
