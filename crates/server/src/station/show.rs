//! What the page beside the camera shows.

use capture::station::classes::{Left, predicted};
use capture::station::closing::Balance;
use capture::station::guard::Concern;
use capture::station::numbers::{Line, Scanned, State, day_of};
use capture::station::outbox::Outbox;
use capture::station::person::{InClass, Looked};
use capture::station::strays::{Stray, Why};
use capture::station::takes::{Arrived, Take, TakeState};
use capture::station::transfer::Progress;
use capture::station::{Station, StationError};
use portrait::standard::{Verdict, Words};
use seal::code::bundle::{Check, Session};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::Booth;
use super::card::CardView;

/// Everything at once; it is small and goes to one page on the same computer.
#[derive(Serialize)]
pub struct View {
    station: String,
    campaign: String,
    title: String,
    operator: String,
    day: i64,
    now_ms: u64,
    active: Option<ActiveView>,
    /// Whether somebody's code waits for the active one to be done.
    next: bool,
    /// What a person looks at before the photo.
    checks: Vec<CheckView>,
    /// The last one who was accepted, for undoing and signing.
    last: Option<LineView>,
    /// Accepted numbers without a signature.
    unsigned: Vec<LineView>,
    strays: Vec<StrayView>,
    heard: Option<Heard>,
    sessions: Vec<SessionView>,
    scanned: usize,
    accepted: usize,
    void: usize,
    /// Seconds for each student over the last ones; none before there are some.
    pace_s: Option<f64>,
    /// Students of this station's classes who are not photographed.
    left: usize,
    /// When the last of them will be, at this pace; none before there is one.
    ends_ms: Option<u64>,
    /// How much later than planned that is.
    late_s: u64,
    /// Whether the day's check-list was gone through.
    open: bool,
    incidents: usize,
    outbox: OutboxView,
    card: CardView,
}

#[derive(Serialize)]
struct ActiveView {
    #[serde(flatten)]
    line: LineView,
    takes: Vec<TakeView>,
}

#[derive(Serialize)]
struct CheckView {
    name: String,
    zh: String,
    en: String,
}

#[derive(Serialize)]
struct SessionView {
    name: String,
    starts_ms: u64,
    ends_ms: u64,
    heads: u32,
    done: usize,
    /// Whether it comes to this station.
    here: bool,
}

#[derive(Serialize)]
struct OutboxView {
    packets: u64,
    receipts: u64,
    waiting_bytes: u64,
    online: Option<bool>,
    trouble_zh: Option<String>,
    trouble_en: Option<String>,
    sending: Option<(u64, u64)>,
}

/// A line of the register, with what may be shown.
#[derive(Serialize)]
pub struct LineView {
    day: i64,
    running: i64,
    number: String,
    state: &'static str,
    name: String,
    document: String,
    level: String,
    class: Option<InClass>,
    scanned_ms: u64,
    ended_ms: u64,
    signed: bool,
    /// The signature, for the printed register.
    signature: Option<String>,
    /// Why there is none.
    unsigned: String,
    reason: String,
    looks: Vec<Looked>,
    overrides: Vec<String>,
}

impl LineView {
    pub fn of(line: &Line, station: &str) -> Self {
        let person = &line.person;
        Self {
            day: line.number.day,
            running: line.number.running,
            number: line.number.shown(station),
            state: line.state.name(),
            name: person.name.clone(),
            document: person.document.clone(),
            level: person.level.clone(),
            class: person.class.clone(),
            scanned_ms: line.scanned_ms,
            ended_ms: line.ended_ms,
            signed: !person.lacks_signature(),
            signature: person.signature.clone(),
            unsigned: person.unsigned.clone(),
            reason: person.reason.clone(),
            looks: person.looks.clone(),
            overrides: person
                .overrides
                .iter()
                .map(|each| {
                    let beside = if each.second.is_empty() { "" } else { " + " };
                    format!("{}: {}{beside}{}", each.guard, each.reason, each.second)
                })
                .collect(),
        }
    }
}

/// A photo and what was found about it.
#[derive(Serialize)]
pub struct TakeView {
    id: Uuid,
    verdict: Verdict,
    state: TakeState,
    took_ms: u64,
    arrived_ms: u64,
    /// The findings that speak against it, with their places on the photo.
    findings_zh: Value,
    findings_en: Value,
}

impl TakeView {
    pub fn of(take: &Take) -> Self {
        let against = |record: &Value| {
            let findings = record["findings"].as_array().into_iter().flatten();
            findings.filter(|finding| finding["verdict"] != "pass").cloned().collect::<Vec<_>>().into()
        };
        Self {
            id: take.id,
            verdict: take.verdict,
            state: take.state,
            took_ms: take.found.took_ms,
            arrived_ms: take.arrived_ms,
            findings_zh: against(&take.found.inspection[0]),
            findings_en: against(&take.found.inspection[1]),
        }
    }
}

#[derive(Serialize)]
struct StrayView {
    id: Uuid,
    why: Why,
    arrived_ms: u64,
}

/// What the last file from the folder came to.
#[derive(Clone, Serialize)]
pub struct Heard {
    at_ms: u64,
    file: String,
    /// `take`, `duplicate`, `stray`, `impossible` or `trouble`.
    became: &'static str,
    zh: String,
    en: String,
}

impl Heard {
    pub fn of(name: &str, result: &Result<Arrived, StationError>, at_ms: u64) -> Self {
        let (became, zh, en) = match result {
            Ok(arrived) => said(arrived),
            Err(error) => ("trouble", error.zh(), error.to_string()),
        };
        Self { at_ms, file: name.to_owned(), became, zh, en }
    }
}

fn said(arrived: &Arrived) -> (&'static str, String, String) {
    match arrived {
        Arrived::Take(_) => ("take", String::new(), String::new()),
        Arrived::Duplicate => ("duplicate", "文件已收过".into(), "this file came before".into()),
        Arrived::Stray(why) => {
            let (zh, en) = match why {
                Why::NoActive => ("当前没有待拍学生", "nobody was before the camera"),
                Why::TooSoon => ("扫码前已开始传送", "it was on its way before the scan"),
                Why::Unreadable => ("不是照片", "it is no photo"),
                Why::Impossible => ("不能制成证件照", "no portrait can be made of it"),
            };
            ("stray", zh.into(), en.into())
        }
        Arrived::Impossible(reasons) => {
            let join = |pick: fn(&Words) -> &str| reasons.iter().map(pick).collect::<Vec<_>>().join("；");
            ("impossible", join(|words| &words.chinese), join(|words| &words.english))
        }
    }
}

/// What became of a picture from the browser.
#[derive(Serialize)]
pub struct ArrivedView {
    became: &'static str,
    zh: String,
    en: String,
    take: Option<Uuid>,
}

impl ArrivedView {
    pub fn of(arrived: &Arrived) -> Self {
        let (became, zh, en) = said(arrived);
        let take = match arrived {
            Arrived::Take(take) => Some(take.id),
            _ => None,
        };
        Self { became, zh, en, take }
    }
}

/// A guard that speaks against going on.
#[derive(Serialize)]
pub struct ConcernView {
    guard: &'static str,
    zh: String,
    en: String,
    todo_zh: &'static str,
    todo_en: &'static str,
}

impl ConcernView {
    pub fn of(concern: &Concern) -> Self {
        Self {
            guard: concern.guard,
            zh: concern.zh.clone(),
            en: concern.en.clone(),
            todo_zh: concern.todo_zh,
            todo_en: concern.todo_en,
        }
    }
}

/// What a scan came to.
#[derive(Default, Serialize)]
pub struct ScannedView {
    /// `active`, `same`, `asks`, `waits`, `stopped` or `unlinked`.
    result: &'static str,
    line: Option<LineView>,
    concerns: Vec<ConcernView>,
    /// The code, to be sent again with the answer.
    code: Option<String>,
}

impl ScannedView {
    pub fn of(scanned: Scanned, station: &str, code: Option<String>) -> Self {
        let line = |line: &Line| Some(LineView::of(line, station));
        match scanned {
            Scanned::Active(active) => Self { result: "active", line: line(&active), ..Self::default() },
            Scanned::Same => Self { result: "same", ..Self::default() },
            Scanned::Asks(active) => Self { result: "asks", line: line(&active), code, ..Self::default() },
            Scanned::Waits => Self { result: "waits", ..Self::default() },
            Scanned::Unlinked => Self { result: "unlinked", code, ..Self::default() },
            Scanned::Stopped(concerns) => Self {
                result: "stopped",
                concerns: concerns.iter().map(ConcernView::of).collect(),
                code,
                ..Self::default()
            },
        }
    }
}

/// What accepting came to.
#[derive(Default, Serialize)]
pub struct AcceptedView {
    pub next: Option<LineView>,
    pub stopped: Vec<ConcernView>,
}

/// A day's register.
#[derive(Serialize)]
pub struct RegisterView {
    pub day: i64,
    pub lines: Vec<LineView>,
}

/// How the day stands.
#[derive(Serialize)]
pub struct BalanceView {
    #[serde(flatten)]
    balance: Balance,
    closes: bool,
}

impl BalanceView {
    pub fn of(balance: Balance) -> Self {
        Self { closes: balance.against.is_empty(), balance }
    }
}

/// So many students back the pace is taken from.
const PACE_OVER: usize = 20;

impl View {
    /// The state of this moment.
    pub async fn of(booth: &Booth, now_ms: u64) -> Result<Self, StationError> {
        let station = &booth.station;
        let (bundle, name) = (station.bundle(), station.name());
        let day = day_of(now_ms);
        let lines = station.register(day).await?;
        let accepted: Vec<&Line> = lines.iter().filter(|line| line.state == State::Accepted).collect();
        let unsigned = accepted.iter().filter(|line| line.person.lacks_signature());
        let moment = station.moment();
        let sessions: Vec<SessionView> =
            bundle.sessions.iter().map(|session| SessionView::of(session, &accepted, name)).collect();
        let left: Vec<Left> = sessions.iter().filter(|each| each.is_of(day)).map(SessionView::left).collect();
        let pace_s = pace(&accepted);
        let predicted = pace_s.and_then(|pace| predicted(now_ms / 1000, pace, &left));
        Ok(Self {
            left: left.iter().map(|class| class.heads).sum(),
            ends_ms: predicted.map(|(end, _)| end * 1000),
            late_s: predicted.map_or(0, |(_, late)| late),
            open: station.opening(day).await?.is_some(),
            incidents: station.incidents(day).await?.len(),
            station: name.to_owned(),
            campaign: bundle.campaign.as_str().to_owned(),
            title: bundle.title.clone(),
            operator: booth.operator(),
            day,
            now_ms,
            active: ActiveView::of(station).await?,
            next: moment.next.is_some(),
            checks: bundle.checks.iter().map(CheckView::of).collect(),
            last: accepted.iter().max_by_key(|line| line.ended_ms).map(|line| LineView::of(line, name)),
            unsigned: unsigned.map(|line| LineView::of(line, name)).collect(),
            strays: station.strays().await?.iter().map(StrayView::of).collect(),
            heard: booth.heard(),
            sessions,
            scanned: lines.len(),
            accepted: accepted.len(),
            void: lines.iter().filter(|line| line.state == State::Void).count(),
            pace_s,
            outbox: OutboxView::of(station.outbox().await?, moment.transfer),
            card: CardView::of(&booth.card),
        })
    }
}

impl ActiveView {
    async fn of(station: &Station) -> Result<Option<Self>, StationError> {
        let Some(line) = station.active().await? else { return Ok(None) };
        let takes = station.takes(line.number).await?;
        let takes = takes.iter().map(TakeView::of).collect();
        Ok(Some(Self { line: LineView::of(&line, station.name()), takes }))
    }
}

impl CheckView {
    fn of(check: &Check) -> Self {
        Self { name: check.name.clone(), zh: check.zh.clone(), en: check.en.clone() }
    }
}

impl StrayView {
    fn of(stray: &Stray) -> Self {
        Self { id: stray.id, why: stray.why, arrived_ms: stray.arrived_ms }
    }
}

impl SessionView {
    fn of(session: &Session, accepted: &[&Line], station: &str) -> Self {
        let is_its = |line: &&&Line| line.person.class.as_ref().is_some_and(|own| own.name == session.name);
        Self {
            name: session.name.clone(),
            starts_ms: session.starts_s * 1000,
            ends_ms: session.ends_s * 1000,
            heads: session.heads,
            done: accepted.iter().filter(is_its).count(),
            here: session.station.is_empty() || session.station == station,
        }
    }
}

impl SessionView {
    /// Whether it comes to this station on a day.
    fn is_of(&self, day: i64) -> bool {
        self.here && self.starts_ms > 0 && day_of(self.starts_ms) == day
    }

    fn left(&self) -> Left {
        let heads = (self.heads as usize).saturating_sub(self.done);
        Left { starts_s: self.starts_ms / 1000, ends_s: self.ends_ms / 1000, heads }
    }
}

impl OutboxView {
    fn of(outbox: Outbox, transfer: Progress) -> Self {
        let (trouble_zh, trouble_en) = transfer.trouble.unzip();
        Self {
            packets: outbox.packets,
            receipts: outbox.receipts,
            waiting_bytes: outbox.waiting_bytes,
            online: transfer.online,
            trouble_zh,
            trouble_en,
            sending: transfer.sending,
        }
    }
}

/// Seconds between the last acceptances, on average.
fn pace(accepted: &[&Line]) -> Option<f64> {
    let mut ends: Vec<u64> = accepted.iter().map(|line| line.ended_ms).collect();
    ends.sort_unstable();
    let last = &ends[ends.len().saturating_sub(PACE_OVER)..];
    let (first, end) = (last.first()?, last.last()?);
    (last.len() > 2).then(|| (end - first) as f64 / 1000.0 / (last.len() - 1) as f64)
}
