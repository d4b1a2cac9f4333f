//! The day at the gathering place: who of a class is there, and when the class is called to a station.

use std::collections::BTreeSet;

use seal::masking::MaskedName;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{Row, query};
use uuid::Uuid;

use seal::identity::CampaignId;

use super::{Act, Change, Entry, Logged, Register, RegisterError, Result, entry, tables};
use crate::case::tracks::{Attendance, AttendanceEvent, Event};
use crate::step::Refused;
use crate::turn::{Turn, TurnEvent, is_awaited, is_open};

/// Where a class stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassTurn {
    /// 学院
    pub college: String,
    /// 班级
    pub cohort: String,
    /// Where it stands.
    pub turn: Turn,
    /// The station that it was called to; empty before.
    pub station: String,
    /// Those who will come later, by name of the roll call.
    pub late: BTreeSet<Uuid>,
    /// When it last moved, milliseconds since 1970-01-01 UTC.
    pub at_ms: i64,
    /// Counts its changes; whoever changes it states the one seen.
    pub version: i64,
}

/// What the roll call says of a student (点名).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// 到
    Present,
    /// 迟到: will come.
    Late,
    /// 缺席: will not come.
    Absent,
    /// 取消资格: may not be photographed today, with the rule that was not kept as the reason.
    Refused,
    /// Nothing was said, after all.
    Clear,
}

impl Mark {
    /// What brings a student there; none where the student is there already or was photographed.
    fn step(self, now: Attendance) -> Option<AttendanceEvent> {
        use Attendance::{Arrived, CheckedIn, LeftQueue, NoShow, Planned, Queued};
        match (self, now) {
            (Self::Present, Planned | NoShow | LeftQueue) => Some(AttendanceEvent::Arrive),
            (Self::Absent, Planned) => Some(AttendanceEvent::Miss),
            (Self::Absent, Arrived | Queued) => Some(AttendanceEvent::Leave),
            (Self::Refused, Planned | Arrived | Queued | CheckedIn) => Some(AttendanceEvent::Refuse),
            (Self::Late | Self::Clear, Arrived | Queued | NoShow) => Some(AttendanceEvent::Correct),
            _ => None,
        }
    }
}

/// What is to become of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turning<'t> {
    /// What happens.
    pub event: TurnEvent,
    /// To which station, for a call.
    pub station: &'t str,
    /// The version of the class that the actor saw.
    pub seen: i64,
}

impl Register {
    /// Where every class stands that the day has touched.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn turns(&self, id: &CampaignId) -> Result<Vec<ClassTurn>> {
        let rows = query(tables::TURNS).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        rows.iter().map(turn).collect()
    }

    /// A class, its students in the order of their line.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is no such class.
    pub async fn roll(&self, id: &CampaignId, class: (&str, &str)) -> Result<(ClassTurn, Vec<Entry>)> {
        let rows = query(tables::CLASS).bind(id.as_str()).bind(class.0).bind(class.1);
        let rows = rows.fetch_all(self.store.reader()).await?;
        if rows.is_empty() {
            return Err(RegisterError::Unknown);
        }
        let students = rows.iter().map(entry).collect::<Result<_>>()?;
        let row = query(tables::TURN).bind(id.as_str()).bind(class.0).bind(class.1);
        let row = row.fetch_optional(self.store.reader()).await?;
        Ok((row.map_or_else(|| Ok(untouched(class)), |row| turn(&row))?, students))
    }

    /// Takes what the roll call says of students of a class. What is so already is no change; the same roll twice is one.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] for a role that may not call the roll, [`RegisterError::Unknown`] for a student of
    /// another class.
    pub async fn mark(
        &self,
        id: &CampaignId,
        class: (&str, &str),
        marks: &[(Uuid, Mark)],
        act: &Act<'_>,
    ) -> Result<ClassTurn> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let mut known = change.turn(class).await?;
        let before = known.late.clone();
        for &(student, mark) in marks {
            let mut entry = change.student(student).await?;
            if (entry.student.college.as_str(), entry.student.cohort.as_str()) != class {
                return Err(RegisterError::Unknown);
            }
            if let Some(event) = mark.step(entry.case.attendance) {
                change.step(&mut entry, Event::Attendance(event), None, act).await?;
            }
            if mark == Mark::Late && entry.case.attendance == Attendance::Planned {
                known.late.insert(student);
            } else {
                known.late.remove(&student);
            }
        }
        if known.late != before {
            change.keep_turn(&mut known, act).await?;
        }
        change.commit().await?;
        Ok(known)
    }

    /// Moves a class on, from the version that the actor saw.
    ///
    /// # Errors
    /// [`RegisterError::Lacking`] with the names of those for whom it cannot; [`RegisterError::Refused`] where it does
    /// not apply, is not allowed, or came too late.
    pub async fn turn(
        &self,
        id: &CampaignId,
        class: (&str, &str),
        turning: &Turning<'_>,
        act: &Act<'_>,
    ) -> Result<ClassTurn> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let mut known = change.turn(class).await?;
        if known.version != turning.seen {
            return Err(Refused::Stale.into());
        }
        let next = known.turn.after(turning.event, act.role)?;
        let rows = query(tables::CLASS).bind(id.as_str()).bind(class.0).bind(class.1);
        let rows = rows.fetch_all(&mut *change.writing).await?;
        let students: Vec<Entry> = rows.iter().map(entry).collect::<Result<_>>()?;
        if students.is_empty() {
            return Err(RegisterError::Unknown);
        }
        let lacks = |entry: &Entry| match turning.event {
            TurnEvent::Report => is_awaited(&entry.case),
            // Let through, each one who is missing was named as late or absent.
            TurnEvent::Release => {
                is_awaited(&entry.case)
                    && entry.case.attendance == Attendance::Planned
                    && !known.late.contains(&entry.id)
            }
            TurnEvent::Close => is_open(&entry.case),
            _ => false,
        };
        let lacking: Vec<String> = students.iter().filter(|entry| lacks(entry)).map(called).collect();
        if !lacking.is_empty() {
            return Err(RegisterError::Lacking(lacking));
        }
        known.turn = next;
        match turning.event {
            TurnEvent::Call => turning.station.clone_into(&mut known.station),
            TurnEvent::PutBack => known.station.clear(),
            _ => {}
        }
        let logged =
            Logged::Turn { turn: turning.event, college: class.0, cohort: class.1, station: &known.station };
        change.log(&logged, "", act)?;
        change.keep_turn(&mut known, act).await?;
        change.commit().await?;
        Ok(known)
    }

    /// Two numbers that grow: with anything written down about a campaign, and with the turns of its classes.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is no such campaign.
    pub async fn pulse(&self, id: &CampaignId) -> Result<(i64, i64)> {
        let row = query(tables::PULSE).bind(id.as_str()).fetch_optional(self.store.reader()).await?;
        let row = row.ok_or(RegisterError::Unknown)?;
        Ok((row.try_get("log_count")?, row.try_get("turns")?))
    }
}

impl Change<'_> {
    async fn turn(&mut self, class: (&str, &str)) -> Result<ClassTurn> {
        let row = query(tables::TURN).bind(self.campaign().as_str()).bind(class.0).bind(class.1);
        let row = row.fetch_optional(&mut *self.writing).await?;
        row.map_or_else(|| Ok(untouched(class)), |row| turn(&row))
    }

    async fn keep_turn(&mut self, known: &mut ClassTurn, act: &Act<'_>) -> Result<()> {
        known.version += 1;
        known.at_ms = act.at_ms as i64;
        query(tables::KEEP_TURN)
            .bind(self.campaign().as_str())
            .bind(&known.college)
            .bind(&known.cohort)
            .bind(serde_json::to_string(&known.turn)?)
            .bind(&known.station)
            .bind(serde_json::to_string(&known.late)?)
            .bind(known.at_ms)
            .bind(known.version)
            .execute(&mut *self.writing)
            .await?;
        Ok(())
    }
}

/// A class that nobody has called the roll of.
fn untouched((college, cohort): (&str, &str)) -> ClassTurn {
    ClassTurn {
        college: college.into(),
        cohort: cohort.into(),
        turn: Turn::Gathering,
        station: String::new(),
        late: BTreeSet::new(),
        at_ms: 0,
        version: 0,
    }
}

fn turn(row: &AnyRow) -> Result<ClassTurn> {
    Ok(ClassTurn {
        college: row.try_get("college")?,
        cohort: row.try_get("cohort")?,
        turn: serde_json::from_str(row.try_get("state")?)?,
        station: row.try_get("station")?,
        late: serde_json::from_str(row.try_get("late")?)?,
        at_ms: row.try_get("at_ms")?,
        version: row.try_get("version")?,
    })
}

/// How a student is called where a teacher reads it: masked, with the number.
fn called(entry: &Entry) -> String {
    format!("{} {}", entry.student.student_no, MaskedName::of(&entry.student.name.plain).as_str())
}
