//! One change of a campaign: a transaction that holds the campaign's row, and the lines that go into its log.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;
use sqlx::{Row, query};
use uuid::Uuid;

use roster::difference::Change as Difference;
use roster::field::Field;
use roster::flags::flags;
use roster::order::natural;
use roster::student::Student;
use seal::audit::Entry as LogEntry;

use super::{
    Act, CampaignId, Case, Chain, Entry, Logged, RegisterError, Result, State, Suite, Tip, Transaction,
    entry, tables,
};
use crate::case::status::Status;
use crate::case::tracks::{Attendance, Eligibility, EligibilityEvent, Event};
use crate::eligibility::{self, Decision};
use crate::role::Role;
use crate::settings::Settings;
use crate::settings::policy::Place;
use crate::step::Refused;

/// A change under way. Dropped, it leaves nothing behind.
pub struct Change<'c> {
    /// The transaction.
    pub writing: Transaction,
    campaign: &'c CampaignId,
    tip: Tip,
    /// When the last line was written, milliseconds since 1970-01-01 UTC.
    last_ms: u64,
    lines: Vec<String>,
    /// What the campaign is.
    pub settings: Settings,
    /// Where the campaign stands.
    pub state: State,
    /// How often it was changed.
    pub version: i64,
}

impl<'c> Change<'c> {
    /// Takes the campaign's row; other writers of this campaign wait.
    pub async fn begin(mut writing: Transaction, campaign: &'c CampaignId) -> Result<Self> {
        let row = query(tables::LOCK_CAMPAIGN).bind(campaign.as_str()).fetch_optional(&mut *writing).await?;
        let row = row.ok_or(RegisterError::Unknown)?;
        let damaged = |what: &str| RegisterError::Damaged(format!("the {what} of campaign {campaign}"));
        let suite = Suite::with_name(row.try_get("suite")?).ok_or_else(|| damaged("suite"))?;
        let chain = Chain::parse(row.try_get("log_chain")?).ok_or_else(|| damaged("log"))?;
        let count: i64 = row.try_get("log_count")?;
        let tip = Tip::resume(suite, u64::try_from(count).map_err(|_| damaged("log"))?, chain);
        let settings = Settings::parse(row.try_get("settings")?)?;
        let (state, version) = (serde_json::from_str(row.try_get("state")?)?, row.try_get("version")?);
        let last_ms = row.try_get::<i64, _>("log_ms")? as u64;
        Ok(Self { writing, campaign, tip, last_ms, lines: Vec::new(), settings, state, version })
    }

    /// Which campaign.
    pub(super) fn campaign(&self) -> &'c CampaignId {
        self.campaign
    }

    /// Adds a line to the log.
    pub(super) fn log(&mut self, what: &Logged<'_>, subject: &str, act: &Act<'_>) -> Result<()> {
        let role = act.role.to_string();
        let detail = json!({"what": what, "role": role, "account": act.account, "reason": act.reason});
        // Of two who act at once the one who waited began earlier; the log tells in which order they came to act.
        self.last_ms = self.last_ms.max(act.at_ms);
        let entry = LogEntry {
            at_ms: self.last_ms,
            event: event(what).into(),
            subject: subject.into(),
            detail: detail.to_string(),
        };
        self.lines.push(self.tip.append(&entry)?);
        Ok(())
    }

    /// Every student, with the campaign held.
    pub async fn students(&mut self) -> Result<Vec<Entry>> {
        let rows = query(tables::STUDENTS).bind(self.campaign.as_str()).fetch_all(&mut *self.writing).await?;
        rows.iter().map(entry).collect()
    }

    /// One student, with the campaign held.
    pub async fn student(&mut self, id: Uuid) -> Result<Entry> {
        let row = query(tables::STUDENT).bind(self.campaign.as_str()).bind(id.to_string());
        entry(&row.fetch_optional(&mut *self.writing).await?.ok_or(RegisterError::Unknown)?)
    }

    /// Keeps where a student stands.
    pub async fn keep(&mut self, entry: &Entry) -> Result<()> {
        query(tables::KEEP_CASE)
            .bind(entry.id.to_string())
            .bind(serde_json::to_string(&entry.case)?)
            .bind(entry.version)
            .bind(Status::of(&entry.case).name())
            .execute(&mut *self.writing)
            .await?;
        Ok(())
    }

    /// Brings the students in line with a roster and logs each difference.
    pub async fn take_roster(
        &mut self,
        known: &[Entry],
        students: &[Student],
        changes: &[Difference],
        act: &Act<'_>,
    ) -> Result<()> {
        let renumbered: HashMap<&str, &str> = changes
            .iter()
            .filter_map(|change| match change {
                Difference::Renumbered { from, to } => Some((to.as_str(), from.as_str())),
                _ => None,
            })
            .collect();
        let by_number: HashMap<&str, &Entry> =
            known.iter().map(|entry| (entry.student.student_no.as_str(), entry)).collect();
        let mut sorted: Vec<&Student> = students.iter().collect();
        sorted.sort_by(|a, b| self.settings.in_line(place(a), place(b), natural));
        let mut ids: HashMap<&str, Uuid> =
            known.iter().map(|entry| (entry.student.student_no.as_str(), entry.id)).collect();
        for (place, student) in sorted.into_iter().enumerate() {
            let number = student.student_no.as_str();
            let before = by_number.get(renumbered.get(number).copied().unwrap_or(number));
            let id = match before {
                Some(before) => before.id,
                None => new_id(act.at_ms)?,
            };
            ids.insert(number, id);
            self.write(id, place as i64, student, before.copied()).await?;
        }
        for change in changes {
            let id = ids.get(subject(change)).map(Uuid::to_string).unwrap_or_default();
            self.log(&logged(change), &id, act)?;
        }
        self.exclude(changes, &ids, act).await
    }

    /// Puts every student into the place of the line that settings say. Once somebody was scanned the line stays: a
    /// photo under the neighbour's number is what happens otherwise.
    pub async fn line_up(&mut self, settings: &Settings) -> Result<()> {
        let mut students = self.students().await?;
        let was_scanned = |entry: &Entry| {
            matches!(entry.case.attendance, Attendance::CheckedIn | Attendance::Signed | Attendance::Done)
        };
        if students.iter().any(was_scanned) {
            return Err(Refused::not_now("line up", "scanned", "已有学生扫码").into());
        }
        students.sort_by(|a, b| settings.in_line(place(&a.student), place(&b.student), natural));
        for (index, entry) in (0_i64..).zip(&students) {
            let keep = query(tables::KEEP_PLACE).bind(entry.id.to_string()).bind(index);
            keep.execute(&mut *self.writing).await?;
        }
        Ok(())
    }

    /// Those who are new, or of whom the roster says something new, and who do not take part by the campaign's rules.
    async fn exclude(
        &mut self,
        changes: &[Difference],
        ids: &HashMap<&str, Uuid>,
        act: &Act<'_>,
    ) -> Result<()> {
        let is_news = |change: &&Difference| match change {
            Difference::Added { .. } | Difference::Moved { .. } => true,
            Difference::Corrected { field, .. } => {
                matches!(field, Field::Status | Field::Remark | Field::Major)
            }
            _ => false,
        };
        let news: BTreeSet<Uuid> =
            changes.iter().filter(is_news).filter_map(|change| ids.get(subject(change)).copied()).collect();
        let step = Event::Eligibility(EligibilityEvent::Exclude);
        for mut entry in self.students().await? {
            let decision = eligibility::decide(&self.settings, &flags(&entry.student));
            let Decision::Excluded(flag) = decision else { continue };
            if !news.contains(&entry.id) || entry.case.eligibility != Eligibility::Expected {
                continue;
            }
            entry.case = entry.case.after(step, Role::System)?;
            entry.version += 1;
            self.keep(&entry).await?;
            let system = Act { role: Role::System, reason: flag.zh(), ..act.clone() };
            self.log(&Logged::Case { step }, &entry.id.to_string(), &system)?;
        }
        Ok(())
    }

    async fn write(&mut self, id: Uuid, place: i64, student: &Student, before: Option<&Entry>) -> Result<()> {
        let record = serde_json::to_string(student)?;
        let Some(before) = before else {
            query(tables::NEW_STUDENT)
                .bind(id.to_string())
                .bind(self.campaign.as_str())
                .bind(place)
                .bind(&student.student_no)
                .bind(record)
                .bind(serde_json::to_string(&Case::NEW)?)
                .bind(&student.name.plain)
                .bind(&student.college)
                .bind(&student.cohort)
                .bind(Status::of(&Case::NEW).name())
                .execute(&mut *self.writing)
                .await?;
            return Ok(());
        };
        // Who is as before keeps the version, so that nobody's work on the case is refused for nothing.
        let changed = Student { line: 0, ..before.student.clone() } != Student { line: 0, ..student.clone() };
        let write = if changed {
            query(tables::KEEP_STUDENT)
                .bind(id.to_string())
                .bind(&student.student_no)
                .bind(record)
                .bind(before.version + 1)
                .bind(place)
                .bind(&student.name.plain)
                .bind(&student.college)
                .bind(&student.cohort)
        } else {
            query(tables::KEEP_PLACE).bind(id.to_string()).bind(place)
        };
        write.execute(&mut *self.writing).await?;
        Ok(())
    }

    /// Writes the lines and the campaign's row, and commits.
    pub async fn commit(mut self) -> Result<()> {
        let first = self.tip.count - self.lines.len() as u64;
        for (at, line) in self.lines.iter().enumerate() {
            query(tables::NEW_LINE)
                .bind(self.campaign.as_str())
                .bind((first + at as u64 + 1) as i64)
                .bind(line)
                .execute(&mut *self.writing)
                .await?;
        }
        query(tables::KEEP_CAMPAIGN)
            .bind(self.campaign.as_str())
            .bind(serde_json::to_string(&self.state)?)
            .bind(self.version)
            .bind(self.tip.count as i64)
            .bind(self.tip.chain.to_string())
            .bind(self.last_ms as i64)
            .execute(&mut *self.writing)
            .await?;
        self.writing.commit().await?;
        Ok(())
    }
}

/// The word of a log line.
fn event(what: &Logged<'_>) -> &'static str {
    match what {
        Logged::Created => "campaign-created",
        Logged::Step { .. } => "campaign-moved",
        Logged::Roster { .. } => "roster",
        Logged::Case { .. } => "case",
        Logged::Settings { .. } => "settings",
        Logged::Codes { .. } => "codes",
        Logged::Seen { .. } => "seen",
        Logged::SignedOff { .. } => "signed-off",
        Logged::Shot { .. } => "shot",
        Logged::Timetable { .. } => "timetable",
        Logged::Station { .. } => "station",
        Logged::Booking { .. } => "booking",
        Logged::Money { .. } => "money",
        Logged::Face { .. } => "face",
        Logged::Link { .. } => "code-link",
        Logged::Paper { .. } => "paper",
        Logged::Notice { .. } => "notice",
        Logged::Round { .. } => "second-round",
        Logged::Delivery { .. } => "delivery",
        Logged::Turn { .. } => "turn",
    }
}

/// What a student's place in the line hangs on.
fn place(student: &Student) -> Place<'_> {
    Place { student_no: &student.student_no, held_back: eligibility::is_held_back(&flags(student)) }
}

/// A difference without anything personal.
fn logged(change: &Difference) -> Logged<'_> {
    let plain = |change: &'static str| Logged::Roster { change, from: None, to: None };
    match change {
        Difference::Added { .. } => plain("added"),
        Difference::Gone { .. } => plain("gone"),
        Difference::Moved { from, to, .. } => {
            Logged::Roster { change: "moved", from: Some(from), to: Some(to) }
        }
        Difference::Renamed { .. } => plain("renamed"),
        Difference::DocumentChanged { .. } => plain("document-changed"),
        Difference::Renumbered { .. } => plain("renumbered"),
        Difference::Corrected { field, .. } => {
            Logged::Roster { change: "corrected", from: None, to: Some(field.zh()) }
        }
    }
}

/// The student number that a difference is about, as it is now.
fn subject(change: &Difference) -> &str {
    match change {
        Difference::Renumbered { to, .. } => to,
        Difference::Added { student_no }
        | Difference::Gone { student_no }
        | Difference::Moved { student_no, .. }
        | Difference::Renamed { student_no }
        | Difference::DocumentChanged { student_no }
        | Difference::Corrected { student_no, .. } => student_no,
    }
}

/// A new id in the order of time (RFC 9562 §5.7).
pub(super) fn new_id(at_ms: u64) -> Result<Uuid> {
    let mut random = [0; 10];
    getrandom::fill(&mut random)
        .map_err(|error| RegisterError::Damaged(format!("no random bytes: {error}")))?;
    Ok(uuid::Builder::from_unix_timestamp_millis(at_ms, &random).into_uuid())
}
