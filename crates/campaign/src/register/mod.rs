//! The register: campaigns and students in the store. Each change is one transaction: the state by a step of its
//! table, guarded by the version that the actor saw, and one line in the campaign's log, chained to the one before.
//!
//! The log names students by ids that mean nothing outside this store; names and numbers stand in the records only.

pub mod bookings;
mod change;
pub mod codes;
pub mod contacts;
pub mod deliveries;
pub mod disputes;
pub mod ending;
pub mod evidence;
pub mod faces;
pub mod links;
pub mod messages;
pub mod orders;
mod papers;
pub mod payments;
mod prints;
pub mod proofs;
pub mod refunds;
pub mod roll;
pub mod sessions;
mod shots;
pub mod stations;
mod tables;
pub mod turns;

use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{Row, query};
use store::{Store, StoreError, Transaction};
use thiserror::Error;
use uuid::Uuid;

use change::Change;
use roster::difference::{self, difference};
use roster::student::Student;
use seal::audit::{Chain, EntryFault, Tip};
use seal::identity::CampaignId;
use seal::suite::Suite;
pub use tables::TABLES;

use crate::case::Case;
use crate::case::tracks::{Event, RegistryEvent};
use crate::phase::{Move, State};
use crate::role::Role;
use crate::settings::{Settings, SettingsError};
use crate::step::Refused;
use crate::turn::TurnEvent;

/// Campaigns and students.
#[derive(Debug, Clone)]
pub struct Register {
    store: Store,
}

/// Who changes something, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act<'a> {
    /// In which role.
    pub role: Role,
    /// The account; an id, not a name.
    pub account: &'a str,
    /// Milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
    /// Why, where a reason belongs to it; no personal data.
    pub reason: &'a str,
}

/// A campaign as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
    /// Its name.
    pub id: CampaignId,
    /// What it is.
    pub settings: Settings,
    /// Where it stands.
    pub state: State,
    /// Counts its changes; whoever changes it states the one seen.
    pub version: i64,
}

/// A student as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Names the student in the log.
    pub id: Uuid,
    /// The roster's record.
    pub student: Student,
    /// Where the student stands.
    pub case: Case,
    /// Counts the changes.
    pub version: i64,
}

/// Why something was not done; then nothing was.
#[derive(Debug, Error)]
pub enum RegisterError {
    /// No campaign, or no student in it, of this name.
    #[error("there is no such campaign or student")]
    Unknown,
    /// The name is taken.
    #[error("there is a campaign of this name already")]
    Taken,
    /// A step that does not apply, is not allowed, or came too late.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A reason that cannot stand in a log.
    #[error("the reason cannot be kept: {0}")]
    Reason(#[from] EntryFault),
    /// What stands in the store is not what was put there.
    #[error("the store holds something that this program did not write: {0}")]
    Damaged(String),
    /// Students reported errors in their data that nobody has corrected yet.
    #[error("{0} students reported errors in their data: correct or reject them before the roster is frozen")]
    OpenErrors(i64),
    /// The timetable has so many errors, or places nobody.
    #[error("the timetable cannot be published: {0} errors, or nothing in it")]
    Plan(usize),
    /// Students for whom a class cannot move on: numbers and masked names.
    #[error("not accounted for: {}", .0.join(", "))]
    Lacking(Vec<String>),
    /// Students whose cases have no end, and their numbers.
    #[error("{} students are undecided: {}", .0.len(), some(.0, ", "))]
    Undecided(Vec<String>),
    /// What cannot be done with what was given, in Chinese and in English.
    #[error("{1}")]
    Unusable(String, String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for RegisterError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<serde_json::Error> for RegisterError {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<SettingsError> for RegisterError {
    fn from(error: SettingsError) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl RegisterError {
    /// What cannot be done with what was given.
    pub(crate) fn unusable(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Unusable(zh.into(), en.into())
    }

    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Unknown => "没有这个采集活动或学生".into(),
            Self::Taken => "已有同名的采集活动".into(),
            Self::Refused(refused) => refused.zh(),
            Self::Reason(fault) => format!("理由无法记录：{}", fault.zh()),
            Self::Damaged(why) => format!("数据库中有并非本程序写入的内容：{why}"),
            Self::OpenErrors(count) => format!("有 {count} 名学生反馈信息有误：请先更正或驳回，再冻结名单"),
            Self::Plan(0) => "时间安排是空的，先排程再发布".into(),
            Self::Plan(errors) => format!("时间安排有 {errors} 处错误，改正后再发布"),
            Self::Lacking(students) => format!("还有学生没有交代：{}", students.join("、")),
            Self::Undecided(numbers) => {
                let (count, some) = (numbers.len(), some(numbers, "、"));
                format!("还有 {count} 名学生没有最终去向（学号 {some}）：逐一处理后再结束")
            }
            Self::Unusable(zh, _) => zh.clone(),
            Self::Store(error) => error.zh(),
        }
    }
}

/// The first of many, which is enough to begin with.
fn some(numbers: &[String], between: &str) -> String {
    let first = numbers.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(between);
    if numbers.len() > 20 { format!("{first} …") } else { first }
}

type Result<T> = std::result::Result<T, RegisterError>;

/// What a log line says beside who and why.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
enum Logged<'a> {
    Created,
    Step {
        step: Move,
    },
    /// What a roster changed; names and numbers stay in the record.
    Roster {
        change: &'static str,
        from: Option<&'a str>,
        to: Option<&'a str>,
    },
    Case {
        step: Event,
    },
    /// The keys of TOML that changed.
    Settings {
        changed: usize,
    },
    Codes {
        change: &'static str,
        count: usize,
    },
    /// Somebody looked at what is masked, or took it away as a file.
    Seen {
        seen: &'a str,
        count: usize,
    },
    SignedOff {
        college: &'a str,
    },
    Shot {
        shot: Uuid,
        outcome: seal::taken::Outcome,
    },
    Timetable {
        change: &'static str,
        number: i64,
    },
    Station {
        change: &'static str,
        station: &'a str,
    },
    Booking {
        change: &'static str,
        centre: &'a str,
        day: &'a str,
        time: &'a str,
    },
    Money {
        change: &'static str,
        count: usize,
        fen: i64,
    },
    Face {
        change: &'static str,
    },
    /// A code of another issuer.
    Link {
        change: &'static str,
    },
    Paper {
        item: crate::evidence::Item,
        is_there: bool,
    },
    /// A section of the notice has other words.
    Notice {
        section: &'a str,
    },
    /// A second collective session.
    Round {
        count: usize,
    },
    Delivery {
        change: &'static str,
        number: i64,
        count: usize,
    },
    Turn {
        turn: TurnEvent,
        college: &'a str,
        cohort: &'a str,
        station: &'a str,
    },
}

impl Register {
    /// Opens the register in a store.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be used.
    pub async fn open(address: &str) -> std::result::Result<Self, StoreError> {
        Ok(Self { store: Store::open(address, &tables::MIGRATIONS).await? })
    }

    /// Where it is kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Waits for what is under way and closes.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// Begins a campaign without keys, for whoever gives no codes.
    ///
    /// # Errors
    /// [`RegisterError::Taken`] when there is one of this name.
    pub async fn create(
        &self,
        id: &CampaignId,
        settings: &Settings,
        suite: Suite,
        act: &Act<'_>,
    ) -> Result<()> {
        self.begin(id, settings, suite, &[], act).await
    }

    /// Begins a campaign with the locked texts of its key files by their holders: both or neither. Its log is chained
    /// with the digest of its cipher suite.
    ///
    /// # Errors
    /// [`RegisterError::Taken`] when there is one of this name.
    pub async fn begin(
        &self,
        id: &CampaignId,
        settings: &Settings,
        suite: Suite,
        keys: &[(String, String)],
        act: &Act<'_>,
    ) -> Result<()> {
        if act.role != Role::Registry {
            return Err(Refused::NotAllowed { event: "Create".into(), role: act.role }.into());
        }
        let tip = Tip::start(id, suite);
        let mut writing = self.store.begin().await?;
        let new = query(tables::NEW_CAMPAIGN)
            .bind(id.as_str())
            .bind(settings.write())
            .bind(serde_json::to_string(&State::NEW)?)
            .bind(suite.name())
            .bind(tip.chain.to_string())
            .execute(&mut *writing)
            .await?;
        if new.rows_affected() == 0 {
            return Err(RegisterError::Taken);
        }
        for (holder, locked) in keys {
            query(tables::NEW_KEY).bind(id.as_str()).bind(holder).bind(locked).execute(&mut *writing).await?;
        }
        let mut change = Change::begin(writing, id).await?;
        change.log(&Logged::Created, "", act)?;
        change.commit().await
    }

    /// A campaign.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is none of this name.
    pub async fn campaign(&self, id: &CampaignId) -> Result<Campaign> {
        let row = query(tables::CAMPAIGN).bind(id.as_str()).fetch_optional(self.store.reader()).await?;
        campaign(&row.ok_or(RegisterError::Unknown)?)
    }

    /// Every campaign.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn campaigns(&self) -> Result<Vec<Campaign>> {
        let rows = query(tables::CAMPAIGNS).fetch_all(self.store.reader()).await?;
        rows.iter().map(campaign).collect()
    }

    /// Changes what a campaign is, from the version that the actor saw; gives what differs.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] for another role than the registry, when it came too late, or when the order of the
    /// line is to change after somebody was scanned.
    pub async fn set(
        &self,
        id: &CampaignId,
        settings: &Settings,
        seen: i64,
        act: &Act<'_>,
    ) -> Result<Campaign> {
        if act.role != Role::Registry {
            return Err(Refused::NotAllowed { event: "Set".into(), role: act.role }.into());
        }
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        if change.version != seen {
            return Err(Refused::Stale.into());
        }
        let changed = change.settings.differences(settings).len();
        if change.settings.queue.order != settings.queue.order {
            change.line_up(settings).await?;
        }
        query(tables::SET_SETTINGS)
            .bind(id.as_str())
            .bind(settings.write())
            .execute(&mut *change.writing)
            .await?;
        change.version += 1;
        change.log(&Logged::Settings { changed }, "", act)?;
        let campaign = Campaign {
            id: id.clone(),
            settings: settings.clone(),
            state: change.state,
            version: change.version,
        };
        change.commit().await?;
        Ok(campaign)
    }

    /// Moves a campaign on, from the version that the actor saw.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] where the move does not apply, is not allowed, or came too late.
    pub async fn move_on(&self, id: &CampaignId, step: Move, seen: i64, act: &Act<'_>) -> Result<State> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        if change.version != seen {
            return Err(Refused::Stale.into());
        }
        let state = change.state.after(step, act.role)?;
        if step == Move::FreezeRoster {
            let open: i64 = sqlx::query_scalar(tables::OPEN_ERRORS)
                .bind(id.as_str())
                .fetch_one(&mut *change.writing)
                .await?;
            if open > 0 {
                return Err(RegisterError::OpenErrors(open));
            }
        }
        match step {
            Move::CloseProof => change.close_proofs(act).await?,
            Move::Close => {
                change.check_dispositions().await?;
                change.forget_faces(None).await?;
            }
            // Deleting is more than a step: see `purge`.
            Move::Purge => {
                return Err(Refused::not_now(
                    "purge",
                    format!("{:?}", change.state.phase),
                    change.state.phase.zh(),
                )
                .into());
            }
            _ => {}
        }
        change.state = state;
        if step == Move::Close {
            change.state.closed_ms = act.at_ms;
        }
        change.version += 1;
        change.log(&Logged::Step { step }, "", act)?;
        let state = change.state;
        change.commit().await?;
        Ok(state)
    }

    /// What a new roster would change; nothing is.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn preview(&self, id: &CampaignId, students: &[Student]) -> Result<Vec<difference::Change>> {
        let known: Vec<Student> = self.students(id).await?.into_iter().map(|entry| entry.student).collect();
        Ok(difference(&known, students))
    }

    /// Takes a roster in, all of it or nothing. Whoever is gone from it stays in the register, with photo and
    /// history; taking part is a decision of its own.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] where the campaign takes no roster any more, or somebody else changed it.
    pub async fn import(
        &self,
        id: &CampaignId,
        students: &[Student],
        seen: i64,
        act: &Act<'_>,
    ) -> Result<Vec<difference::Change>> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        if change.version != seen {
            return Err(Refused::Stale.into());
        }
        change.state = change.state.after(Move::LoadRoster, act.role)?;
        change.version += 1;
        let known = change.students().await?;
        let records: Vec<Student> = known.iter().map(|entry| entry.student.clone()).collect();
        let changes = difference(&records, students);
        change.take_roster(&known, students, &changes, act).await?;
        change.commit().await?;
        Ok(changes)
    }

    /// Every student of a campaign, in the order of student numbers as they were taken in.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn students(&self, id: &CampaignId) -> Result<Vec<Entry>> {
        let rows = query(tables::STUDENTS).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        rows.iter().map(entry).collect()
    }

    /// One student.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is none.
    pub async fn student(&self, id: &CampaignId, student: Uuid) -> Result<Entry> {
        let row = query(tables::STUDENT).bind(id.as_str()).bind(student.to_string());
        let row = row.fetch_optional(self.store.reader()).await?.ok_or(RegisterError::Unknown)?;
        entry(&row)
    }

    /// Lets something happen to a student, from the version that the actor saw.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] where it does not apply, is not allowed, or came too late.
    pub async fn happen(
        &self,
        id: &CampaignId,
        student: Uuid,
        step: Event,
        seen: i64,
        act: &Act<'_>,
    ) -> Result<Entry> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let mut entry = change.student(student).await?;
        if step == Event::Registry(RegistryEvent::FileEvidence) {
            change.has_all_papers(&entry).await?;
        }
        change.step(&mut entry, step, Some(seen), act).await?;
        change.commit().await?;
        Ok(entry)
    }

    /// The campaign's log, as `seal::audit` verifies it.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn log(&self, id: &CampaignId) -> Result<String> {
        let lines: Vec<String> =
            sqlx::query_scalar(tables::LOG).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        Ok(lines.concat())
    }
}

fn campaign(row: &AnyRow) -> Result<Campaign> {
    let damaged = |_| RegisterError::Damaged("the name of a campaign".into());
    Ok(Campaign {
        id: row.try_get::<String, _>("id")?.try_into().map_err(damaged)?,
        settings: Settings::parse(row.try_get("settings")?)?,
        state: serde_json::from_str(row.try_get("state")?)?,
        version: row.try_get("version")?,
    })
}

/// An id in a column.
fn uuid(row: &AnyRow, column: &str) -> Result<Uuid> {
    Uuid::parse_str(row.try_get(column)?).map_err(|error| RegisterError::Damaged(error.to_string()))
}

fn entry(row: &AnyRow) -> Result<Entry> {
    Ok(Entry {
        id: uuid(row, "id")?,
        student: serde_json::from_str(row.try_get("record")?)?,
        case: serde_json::from_str(row.try_get("tracks")?)?,
        version: row.try_get("version")?,
    })
}
