//! The desk where shots come in and are decided about.
//!
//! A shot keeps its photo only hidden under the campaign's key at rest. A decision is a guarded update with a line
//! in the desk's log, like every change on the school's side.

pub mod balance;
pub mod exchange;
mod experience;
pub mod intake;
pub mod stations;
mod tables;

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{Row, query, query_scalar};
use store::objects::{ObjectError, Objects};
use store::{Store, StoreError, Transaction};
use thiserror::Error;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use portrait::standard::{Language, Verdict, Words};
use seal::code::port::standing;
use seal::code::scan::Refusal;
use seal::code::{Code, CodeId};
use seal::enrolment::EnrolmentFault;
use seal::identity::{CampaignId, Identity, StationId};
use seal::keys::file::{CentreKeys, ReadingKeys};
use seal::keys::{HidingKey, SealingKeys};
use seal::packet::PacketFault;
use seal::taken::{Outcome, Taken};
use seal::{photo, rest};

use crate::finishing::{Finished, finish};
use crate::judging::{Judge, Unread};
use crate::random::{self, NoRandom};

pub use experience::Experience;
pub use tables::TABLES;

/// The desk.
#[derive(Debug, Clone)]
pub struct Desk {
    store: Store,
    objects: Objects,
}

/// What the desk works with for one campaign.
pub struct Keys {
    /// Reads codes.
    pub reading: ReadingKeys,
    /// Seals photos.
    pub sealing: SealingKeys,
    /// Hides photos while they are kept.
    pub rest: HidingKey,
    /// Opens packets, signs receipts, certificates and bundles.
    pub centre: CentreKeys,
}

/// Who is at the desk, and when.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// The account; an id, not a name.
    pub account: &'a str,
    /// The station's name.
    pub station: &'a StationId,
    /// Milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
}

/// A photo as it comes in.
pub struct Incoming {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it is called; only its extension matters.
    pub name: String,
    /// The text of the code that the student shows.
    pub code: String,
}

/// A shot as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Shot {
    /// The shot, unique for ever.
    pub id: Uuid,
    /// The campaign.
    pub campaign: CampaignId,
    /// The code that was shown.
    pub code: CodeId,
    /// The masked name on the code.
    pub name: String,
    /// The masked number on the code.
    pub document: String,
    /// When, milliseconds since 1970-01-01 UTC.
    pub taken_ms: u64,
    /// Where.
    pub station: String,
    /// What inspection says.
    pub verdict: Verdict,
    /// Where it stands.
    pub state: State,
    /// The inspection, as `inspect --format json` writes it, in Chinese and in English.
    pub inspection: [serde_json::Value; 2],
    /// Why it was decided so.
    pub reason: String,
    /// Who asked for a photo that fails to be accepted, and why; empty while nobody did.
    pub asked: (String, String),
    /// Counts the changes.
    pub version: i64,
}

/// Where a shot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nobody decided yet.
    Waiting,
    /// It is the student's photo.
    Accepted,
    /// It has to be taken again.
    Retake,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Retake => "retake",
        }
    }

    /// The state of a name.
    pub fn with_name(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Accepted, Self::Retake].into_iter().find(|state| state.name() == name)
    }
}

/// What a person decides about a shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It is the student's photo. What inspection fails needs a reason.
    Accept,
    /// It has to be taken again.
    Retake,
}

/// What became of a photo that came in.
#[derive(Debug)]
pub enum Received {
    /// It is a shot now.
    Shot(Box<Shot>),
    /// No portrait can be made of it; nothing was kept. The reasons say what to do.
    Impossible(Vec<Words>),
}

/// Why the desk does not do what was asked; then nothing was done.
#[derive(Debug, Error)]
pub enum DeskError {
    /// The code does not count.
    #[error("the code: {0}")]
    Code(#[from] Refusal),
    /// The file is no photo.
    #[error("the photo: {0}")]
    Unread(#[from] Unread),
    /// No such shot.
    #[error("there is no such shot")]
    Unknown,
    /// It is decided already.
    #[error("the shot was decided about already: take a new one")]
    Decided,
    /// What fails inspection is accepted for a reason only.
    #[error("inspection fails this photo: accepting it needs a reason")]
    Reason,
    /// Two persons are needed.
    #[error("whoever asked for it does not approve it: another person does")]
    OwnRequest,
    /// Somebody else was faster.
    #[error("somebody else changed it meanwhile: look again and decide anew")]
    Stale,
    /// No good packet.
    #[error(transparent)]
    Packet(#[from] PacketFault),
    /// Too large for a packet.
    #[error("this is larger than any packet")]
    TooLarge,
    /// A request for enrolment that does not count.
    #[error("enrolment: {0}")]
    Enrolment(#[from] EnrolmentFault),
    /// Nobody who counts signed this.
    #[error("no station of this campaign signed this: it was revoked, or never enrolled")]
    NotAStation,
    /// What stands in the store is not what was put there.
    #[error("the store holds something that this program did not write: {0}")]
    Damaged(String),
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] NoRandom),
    /// The objects.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DeskError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Code(fault) => format!("采集码：{}", fault.zh()),
            Self::Unread(unread) => format!("照片：{}", unread.zh()),
            Self::Unknown => "没有这次拍摄".into(),
            Self::Decided => "该照片已有结论：请重新拍摄".into(),
            Self::Reason => "检测不通过的照片须说明理由才能采用".into(),
            Self::OwnRequest => "提出者不能自己批准：须由另一人批准".into(),
            Self::Stale => "数据已被他人更改：请刷新后重新决定".into(),
            Self::Packet(fault) => fault.zh(),
            Self::TooLarge => "超过传输包的最大长度".into(),
            Self::Enrolment(fault) => fault.zh(),
            Self::NotAStation => "不是本次采集活动的有效机位签名：已吊销，或从未登记".into(),
            Self::Damaged(why) => format!("数据库中有并非本程序写入的内容：{why}"),
            Self::Random(error) => format!("系统无法提供随机数：{error}"),
            Self::Objects(error) => error.zh(),
            Self::Store(error) => error.zh(),
        }
    }
}

impl From<sqlx::Error> for DeskError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<serde_json::Error> for DeskError {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

type Result<T> = std::result::Result<T, DeskError>;

impl Desk {
    /// Opens the desk's own store and its objects.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be used.
    pub async fn open(address: &str, objects: Objects) -> std::result::Result<Self, StoreError> {
        Ok(Self { store: Store::open(address, &tables::MIGRATIONS).await?, objects })
    }

    /// Where it is kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where photos are kept.
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// Keeps the locked text of a key file.
    ///
    /// # Errors
    /// [`DeskError::Store`] when there is one for this holder.
    pub async fn keep_key(&self, id: &CampaignId, holder: &str, locked: &str) -> Result<()> {
        query(tables::NEW_KEY)
            .bind(id.as_str())
            .bind(holder)
            .bind(locked)
            .execute(self.store.reader())
            .await?;
        Ok(())
    }

    /// The locked text of a key file.
    ///
    /// # Errors
    /// [`DeskError::Unknown`] when there is none for this holder.
    pub async fn key(&self, id: &CampaignId, holder: &str) -> Result<String> {
        let key = query_scalar(tables::KEY).bind(id.as_str()).bind(holder);
        key.fetch_optional(self.store.reader()).await?.ok_or(DeskError::Unknown)
    }

    /// What a code says at this moment. A station carries the revoked codes with it.
    ///
    /// # Errors
    /// [`DeskError`] with the first reason why it does not count.
    pub fn read_code(keys: &Keys, code: &str, revoked: &[CodeId], at_ms: u64) -> Result<Code> {
        let known = (&keys.reading.campaign, std::slice::from_ref(&keys.reading.codes));
        Ok(standing(code, known, |code| revoked.contains(&code), at_ms / 1000)?)
    }

    /// Takes a photo for a code: made, judged, sealed, hidden and kept. Gives the shot, and what the school's side
    /// learns of it.
    ///
    /// # Errors
    /// [`DeskError`] when the code does not count or the file is no photo.
    pub async fn receive(
        &self,
        incoming: Incoming,
        (keys, revoked): (&Keys, &[CodeId]),
        judge: Arc<Judge>,
        at: At<'_>,
    ) -> Result<Received> {
        let code = Self::read_code(keys, &incoming.code, revoked, at.at_ms)?;
        let finished =
            match spawn_blocking(move || finish(&incoming.bytes, Path::new(&incoming.name), &judge)).await {
                Ok(finished) => finished?,
                Err(panic) => return Err(DeskError::Damaged(format!("making the photo broke off: {panic}"))),
            };
        match finished {
            Err(reasons) => Ok(Received::Impossible(reasons)),
            Ok(finished) => Ok(Received::Shot(Box::new(self.keep(&code, finished, keys, at).await?))),
        }
    }

    async fn keep(&self, code: &Code, finished: Finished, keys: &Keys, at: At<'_>) -> Result<Shot> {
        let id = random::id(at.at_ms)?;
        let campaign = keys.reading.campaign.clone();
        let identity = Identity {
            student: code.holder.student.clone(),
            campaign: campaign.clone(),
            shot: id,
            made_at_ms: at.at_ms,
            station: at.station.clone(),
        };
        let damaged = |why: String| DeskError::Damaged(why);
        let sealed = photo::seal(&finished.bytes, &identity, &keys.sealing, random::nonce()?)
            .map_err(|error| damaged(error.to_string()))?;
        let name = object_name(&campaign, id);
        let hidden = rest::put(&sealed, &name, &keys.rest, random::nonce()?)
            .ok_or_else(|| damaged("the key at rest does not encrypt".into()))?;
        self.objects.put(&name, hidden).await?;
        let inspection = &finished.judged.inspection;
        let record = |language| serde_json::to_value(inspection.record(&format!("{id}.jpg"), language));
        let shot = Shot {
            id,
            campaign,
            code: code.id,
            name: code.holder.name.as_str().to_owned(),
            document: code.holder.document.as_str().to_owned(),
            taken_ms: at.at_ms,
            station: at.station.as_str().to_owned(),
            verdict: finished.verdict(),
            state: State::Waiting,
            inspection: [record(Language::Chinese)?, record(Language::English)?],
            reason: String::new(),
            asked: Default::default(),
            version: 0,
        };
        let mut writing = self.store.begin().await?;
        self.insert(&mut writing, &shot, at.account).await?;
        writing.commit().await.map_err(StoreError::from)?;
        Ok(shot)
    }

    /// Writes a new shot inside a change.
    async fn insert(&self, writing: &mut Transaction, shot: &Shot, operator: &str) -> Result<()> {
        query(tables::NEW_SHOT)
            .bind(shot.id.to_string())
            .bind(shot.campaign.as_str())
            .bind(shot.code.to_string())
            .bind(&shot.name)
            .bind(&shot.document)
            .bind(shot.taken_ms as i64)
            .bind(&shot.station)
            .bind(verdict_name(shot.verdict))
            .bind(shot.state.name())
            .bind(serde_json::to_string(&shot.inspection)?)
            .bind(operator)
            .execute(&mut **writing)
            .await?;
        Ok(())
    }

    /// Decides about a shot, from the version that the actor saw. What inspection fails is accepted by two persons: the
    /// first one asks with a reason, and the shot still waits; the second one's word takes it.
    ///
    /// # Errors
    /// [`DeskError::Decided`], [`DeskError::Stale`], [`DeskError::Reason`] for an exception without one, or
    /// [`DeskError::OwnRequest`] for the one who asked for it.
    pub async fn decide(
        &self,
        id: Uuid,
        decision: Decision,
        (seen, reason): (i64, &str),
        at: At<'_>,
    ) -> Result<Shot> {
        let shot = self.shot(id).await?;
        if shot.version != seen {
            return Err(DeskError::Stale);
        }
        let state = match (shot.state, decision) {
            (State::Waiting, Decision::Accept) if shot.verdict == Verdict::Fail => {
                if reason.trim().is_empty() {
                    return Err(DeskError::Reason);
                }
                if shot.asked.0.is_empty() {
                    return self.ask_exception(&shot, reason, at).await;
                }
                if shot.asked.0 == at.account {
                    return Err(DeskError::OwnRequest);
                }
                State::Accepted
            }
            (State::Waiting, Decision::Accept) => State::Accepted,
            // A photo that was accepted by mistake is taken again as well.
            (State::Waiting | State::Accepted, Decision::Retake) => State::Retake,
            (State::Accepted | State::Retake, _) => return Err(DeskError::Decided),
        };
        let decided = query(tables::DECIDE)
            .bind(id.to_string())
            .bind(state.name())
            .bind(reason.trim())
            .bind(at.account)
            .bind(at.at_ms as i64)
            .bind(seen)
            .execute(self.store.reader())
            .await?;
        if decided.rows_affected() == 0 {
            return Err(DeskError::Stale);
        }
        self.shot(id).await
    }

    async fn ask_exception(&self, shot: &Shot, reason: &str, at: At<'_>) -> Result<Shot> {
        let asked = query(tables::ASK)
            .bind(shot.id.to_string())
            .bind(at.account)
            .bind(reason.trim())
            .bind(shot.version)
            .execute(self.store.reader())
            .await?;
        if asked.rows_affected() == 0 { Err(DeskError::Stale) } else { self.shot(shot.id).await }
    }

    /// One shot.
    ///
    /// # Errors
    /// [`DeskError::Unknown`] when there is none.
    pub async fn shot(&self, id: Uuid) -> Result<Shot> {
        let row = query(tables::SHOT).bind(id.to_string()).fetch_optional(self.store.reader()).await?;
        shot(&row.ok_or(DeskError::Unknown)?)
    }

    /// A page of a campaign's shots in one state or in all, newest first, and how many there are.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the store cannot be read.
    pub async fn page(
        &self,
        id: &CampaignId,
        state: Option<State>,
        (first, count): (i64, i64),
    ) -> Result<(Vec<Shot>, i64)> {
        let state = state.map_or("", State::name);
        let rows = query(tables::PAGE).bind(id.as_str()).bind(state).bind(count).bind(first);
        let rows = rows.fetch_all(self.store.reader()).await?;
        let all = query_scalar(tables::COUNT).bind(id.as_str()).bind(state);
        let all = all.fetch_one(self.store.reader()).await?;
        Ok((rows.iter().map(shot).collect::<Result<_>>()?, all))
    }

    /// When a station took its shots since a time, in milliseconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the store cannot be read.
    pub async fn times(&self, id: &CampaignId, station: &str, since_ms: u64) -> Result<Vec<u64>> {
        let times = query_scalar(tables::TIMES).bind(id.as_str()).bind(station).bind(since_ms as i64);
        let times: Vec<i64> = times.fetch_all(self.store.reader()).await?;
        Ok(times.into_iter().map(|at| at as u64).collect())
    }

    /// Accepted shots at the same station just before and after one, itself among them, in the order of time.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the store cannot be read.
    pub async fn near(&self, own: &Shot, count: i64) -> Result<Vec<Shot>> {
        let mut shots = Vec::new();
        for (sql, count) in [(tables::BEFORE, count), (tables::FROM, count + 1)] {
            let rows = query(sql).bind(own.campaign.as_str()).bind(&own.station).bind(own.taken_ms as i64);
            let rows = rows.bind(own.id.to_string()).bind(count).fetch_all(self.store.reader()).await?;
            for row in &rows {
                shots.push(shot(row)?);
            }
        }
        shots.sort_by_key(|shot| (shot.taken_ms, shot.id));
        Ok(shots)
    }

    /// Deletes the keys of a campaign on the capture side: the last step of a purge, after which no copy of a photo
    /// opens any more.
    ///
    /// # Errors
    /// [`DeskError::Store`] when they cannot be deleted.
    pub async fn forget_keys(&self, id: &CampaignId) -> Result<u64> {
        let gone = query(tables::FORGET_KEYS).bind(id.as_str()).execute(self.store.reader()).await?;
        Ok(gone.rows_affected())
    }

    /// Deletes everything of a campaign on the capture side but its keys: photos, packets, stations. Gives what was
    /// deleted, each with its count.
    ///
    /// # Errors
    /// [`DeskError`] when something cannot be deleted; done again it goes on.
    pub async fn purge(&self, id: &CampaignId) -> Result<Vec<(String, u64)>> {
        let mut deleted = Vec::new();
        let mut photos = 0;
        let prefix = format!("{id}/");
        for name in self.objects.names().await?.into_iter().filter(|name| name.starts_with(&prefix)) {
            self.objects.remove(&name).await?;
            photos += 1;
        }
        deleted.push(("照片文件".to_owned(), photos));
        for (what, sql) in tables::PURGE {
            let done = query(*sql).bind(id.as_str()).execute(self.store.reader()).await?;
            deleted.push(((*what).to_owned(), done.rows_affected()));
        }
        Ok(deleted)
    }

    /// The finished, sealed photo of a shot.
    ///
    /// # Errors
    /// [`DeskError`] when it is not there or does not open under the campaign's key.
    pub async fn photo(&self, shot: &Shot, keys: &Keys) -> Result<Vec<u8>> {
        let name = object_name(&shot.campaign, shot.id);
        let hidden = self.objects.get(&name).await?;
        let photo =
            rest::get(&hidden, &name, &keys.rest).map_err(|fault| DeskError::Damaged(fault.to_string()))?;
        Ok(photo.to_vec())
    }
}

impl Shot {
    /// The name of its state.
    pub fn state_name(&self) -> &'static str {
        self.state.name()
    }

    /// What the school's side learns of a shot when it comes in.
    pub fn judged(&self) -> Taken {
        self.told(match self.verdict {
            Verdict::Pass => Outcome::Passes,
            Verdict::Warn | Verdict::Unknown => Outcome::ForReview,
            Verdict::Fail => Outcome::Fails,
        })
    }

    /// What the school's side learns of the decision; `None` while there is none.
    pub fn decided(&self) -> Option<Taken> {
        match (self.state, self.verdict) {
            (State::Waiting, _) => None,
            (State::Accepted, Verdict::Fail) => Some(self.told(Outcome::AcceptedAsException)),
            (State::Accepted, _) => Some(self.told(Outcome::Accepted)),
            (State::Retake, _) => Some(self.told(Outcome::Retake)),
        }
    }

    fn told(&self, outcome: Outcome) -> Taken {
        Taken { campaign: self.campaign.clone(), code: self.code, shot: self.id, outcome }
    }
}

fn shot(row: &AnyRow) -> Result<Shot> {
    let damaged = |what: &str| DeskError::Damaged(format!("the {what} of a shot"));
    let text = |column: &str| row.try_get::<String, _>(column);
    let taken: i64 = row.try_get("taken_ms")?;
    Ok(Shot {
        id: Uuid::parse_str(&text("id")?).map_err(|_| damaged("id"))?,
        campaign: text("campaign")?.try_into().map_err(|_| damaged("campaign"))?,
        code: CodeId::parse(&text("code")?).ok_or_else(|| damaged("code"))?,
        name: text("name")?,
        document: text("document")?,
        taken_ms: taken as u64,
        station: text("station")?,
        verdict: verdict_named(&text("verdict")?).ok_or_else(|| damaged("verdict"))?,
        state: State::with_name(&text("state")?).ok_or_else(|| damaged("state"))?,
        inspection: serde_json::from_str(&text("inspection")?)?,
        reason: text("reason")?,
        asked: (text("asked_by")?, text("asked_reason")?),
        version: row.try_get("version")?,
    })
}

pub(crate) fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Warn => "warn",
        Verdict::Unknown => "unknown",
        Verdict::Fail => "fail",
    }
}

pub(crate) fn verdict_named(name: &str) -> Option<Verdict> {
    [Verdict::Pass, Verdict::Warn, Verdict::Unknown, Verdict::Fail]
        .into_iter()
        .find(|verdict| verdict_name(*verdict) == name)
}

fn object_name(campaign: &CampaignId, shot: Uuid) -> String {
    format!("{campaign}/{shot}.jpg.hidden")
}
