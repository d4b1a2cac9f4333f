//! Photos: a file arrives, binds to the active number or to nobody, is made and judged; the operator accepts it, has
//! it taken again, or takes the last acceptance back.

use std::path::Path;
use std::sync::Arc;

use portrait::look::Descriptor;
use portrait::standard::{Language, Verdict, Words};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{Row, query, query_scalar};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::binding::{Shutter, is_active_ones};
use super::files::Kind;
use super::guard::Concern;
use super::numbers::{Answer, Line, Number, State};
use super::{At, Result, Station, StationError, tables};
use crate::desk::{verdict_name, verdict_named};
use crate::finishing::{Finished, finish};
use crate::random;

/// Two photos of one person taken minutes apart lie nearer than this; photos of two people hardly ever.
const SAME_FACE: f32 = 0.25;
/// How long an accepted photo waits before it goes, so that the last acceptance can be taken back.
pub const HOLD_MS: u64 = 10_000;

/// A file as it comes in.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What it is called; only its extension matters.
    pub name: String,
    /// When it was first seen, even unfinished.
    pub seen_ms: u64,
    /// What is known of when it was taken.
    pub shutter: Shutter,
}

/// What became of a file.
#[derive(Debug)]
pub enum Arrived {
    /// A photo of the active number.
    Take(Box<Take>),
    /// The very same bytes came before.
    Duplicate,
    /// It belongs to nobody for sure; a person says whose it is.
    Stray(Why),
    /// It is the active one's, but no portrait can be made of it. The reasons say what to do.
    Impossible(Vec<Words>),
}

/// Why a file belongs to nobody for sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Nobody was before the camera.
    NoActive,
    /// It was there before the active one sat down.
    TooSoon,
    /// It is no photo.
    Unreadable,
    /// No portrait could be made of it.
    Impossible,
}

impl Why {
    fn name(self) -> &'static str {
        match self {
            Self::NoActive => "no-active",
            Self::TooSoon => "too-soon",
            Self::Unreadable => "unreadable",
            Self::Impossible => "impossible",
        }
    }

    fn with_name(name: &str) -> Option<Self> {
        [Self::NoActive, Self::TooSoon, Self::Unreadable, Self::Impossible]
            .into_iter()
            .find(|why| why.name() == name)
    }
}

/// A file that belongs to nobody for sure.
#[derive(Debug, Clone)]
pub struct Stray {
    /// Its id.
    pub id: Uuid,
    /// Why.
    pub why: Why,
    /// When it came, ms.
    pub arrived_ms: u64,
}

/// Where a photo stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakeState {
    /// Nobody decided yet.
    Waiting,
    /// It is the student's photo.
    Accepted,
    /// Another one is, or it was to be taken again.
    Aside,
}

/// A photo of a number.
#[derive(Debug, Clone)]
pub struct Take {
    /// The shot, unique for ever.
    pub id: Uuid,
    /// Whose.
    pub number: Number,
    /// What inspection says.
    pub verdict: Verdict,
    /// Where it stands.
    pub state: TakeState,
    /// When it came, ms.
    pub arrived_ms: u64,
    /// What was found.
    pub found: Found,
}

/// What was found about a photo; stands hidden on the disk.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Found {
    /// The inspection, as `inspect --format json` writes it, in Chinese and in English.
    pub inspection: [serde_json::Value; 2],
    /// Digest of the camera's file.
    pub original: String,
    /// The face as a point among faces.
    pub face: Option<Vec<f32>>,
    /// Milliseconds from the file's arrival to its verdict.
    pub took_ms: u64,
}

/// What accepting came to.
#[derive(Debug)]
pub enum Accepted {
    /// It is the student's photo.
    Done,
    /// It is, and the one who waited is active now.
    Next(Box<Line>),
    /// Guards speak against it; with a reason it goes on.
    Stopped(Vec<Concern>),
}

impl Station {
    /// Takes a file in: whose it is, what it is worth.
    ///
    /// # Errors
    /// [`StationError::Disk`] when it cannot be kept; then it is still where it came from.
    pub async fn receive(&self, arrival: Arrival, at: At<'_>) -> Result<Arrived> {
        let digest = self.digest(&arrival.bytes);
        if self.is_known(&digest).await? {
            return Ok(Arrived::Duplicate);
        }
        let active = self.active().await?;
        let scanned_ms = active.as_ref().map(|active| active.scanned_ms);
        let whose = self.with_clock(|clock| {
            let whose = is_active_ones(scanned_ms, (arrival.seen_ms, arrival.shutter), clock);
            if let Shutter::Stated(stated_ms) = arrival.shutter {
                clock.learn(arrival.seen_ms, stated_ms);
            }
            whose
        });
        match (whose, active) {
            (Ok(()), Some(active)) => self.take(arrival, &digest, &active, at).await,
            (Err(why), _) => self.stray(&arrival, &digest, why, at).await,
            (Ok(()), None) => self.stray(&arrival, &digest, Why::NoActive, at).await,
        }
    }

    /// Judges a file and binds it to a number.
    async fn take(&self, arrival: Arrival, digest: &str, line: &Line, at: At<'_>) -> Result<Arrived> {
        let begun = std::time::Instant::now();
        let judge = self.judge();
        let bytes = Arc::new(arrival.bytes);
        let (source, name) = (Arc::clone(&bytes), arrival.name.clone());
        let looked = spawn_blocking(move || {
            let finished = finish(&source, Path::new(&name), &judge)?;
            let face = finished.as_ref().ok().and_then(|finished| face(finished, &judge));
            Ok::<_, crate::judging::Unread>((finished, face))
        });
        let looked =
            looked.await.map_err(|panic| StationError::Damaged(format!("making broke off: {panic}")))?;
        let arrival = |bytes: &Arc<Vec<u8>>| Arrival {
            bytes: bytes.as_ref().clone(),
            name: arrival.name.clone(),
            seen_ms: arrival.seen_ms,
            shutter: arrival.shutter,
        };
        let (finished, face) = match looked {
            Err(_) => return self.stray(&arrival(&bytes), digest, Why::Unreadable, at).await,
            Ok((Err(reasons), _)) => {
                self.stray(&arrival(&bytes), digest, Why::Impossible, at).await?;
                return Ok(Arrived::Impossible(reasons));
            }
            Ok((Ok(finished), face)) => (finished, face),
        };
        let id = random::id(at.at_ms)?;
        let inspection = &finished.judged.inspection;
        let record = |language| serde_json::to_value(inspection.record(&format!("{id}.jpg"), language));
        let found = Found {
            inspection: [record(Language::Chinese)?, record(Language::English)?],
            original: digest.to_owned(),
            face,
            took_ms: begun.elapsed().as_millis() as u64,
        };
        let take = Take {
            id,
            number: line.number,
            verdict: finished.verdict(),
            state: TakeState::Waiting,
            arrived_ms: at.at_ms,
            found,
        };
        self.keep_take(&take, &finished.bytes, &bytes, digest, at).await?;
        Ok(Arrived::Take(Box::new(take)))
    }

    async fn keep_take(
        &self,
        take: &Take,
        finished: &[u8],
        original: &[u8],
        digest: &str,
        at: At<'_>,
    ) -> Result<()> {
        let id = take.id.to_string();
        let rest = &self.0.keys.rest;
        self.0.files.hide(Kind::Take, &id, finished, rest)?;
        self.0.files.hide(Kind::Original, &id, original, rest)?;
        let hidden = zeroize::Zeroizing::new(serde_json::to_vec(&take.found)?);
        let hidden = seal::rest::put(&hidden, &bound(take.id), rest, random::nonce()?)
            .ok_or_else(|| StationError::Damaged("the key at rest does not encrypt".into()))?;
        let mut writing = self.0.store.begin().await?;
        query(tables::NEW_SOURCE).bind(digest).bind(&id).bind(at.at_ms as i64).execute(&mut *writing).await?;
        query(tables::NEW_TAKE)
            .bind(&id)
            .bind(take.number.day)
            .bind(take.number.running)
            .bind(verdict_name(take.verdict))
            .bind(hidden)
            .bind(take.arrived_ms as i64)
            .execute(&mut *writing)
            .await?;
        let row = query(tables::NUMBER).bind(take.number.day).bind(take.number.running);
        let state: String = row.fetch_one(&mut *writing).await?.try_get("state")?;
        if state != State::Active.name() {
            // Its student was done while it was judged: it stays with that number, beside the accepted one.
            query(tables::SET_TAKE).bind(&id).bind("aside").execute(&mut *writing).await?;
        }
        let shown = take.number.shown(self.name());
        let detail = format!("{id} {}", verdict_name(take.verdict));
        self.log(&mut writing, "photo.taken", (&shown, &detail), at).await?;
        writing.commit().await?;
        self.changed();
        Ok(())
    }

    async fn stray(&self, arrival: &Arrival, digest: &str, why: Why, at: At<'_>) -> Result<Arrived> {
        let id = random::id(at.at_ms)?.to_string();
        self.0.files.hide(Kind::Stray, &id, &arrival.bytes, &self.0.keys.rest)?;
        let mut writing = self.0.store.begin().await?;
        query(tables::NEW_SOURCE).bind(digest).bind(&id).bind(at.at_ms as i64).execute(&mut *writing).await?;
        query(tables::NEW_STRAY)
            .bind(&id)
            .bind(why.name())
            .bind(at.at_ms as i64)
            .execute(&mut *writing)
            .await?;
        self.log(&mut writing, "file.stray", (&id, why.name()), at).await?;
        writing.commit().await?;
        self.changed();
        Ok(Arrived::Stray(why))
    }

    /// Files that belong to nobody for sure.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn strays(&self) -> Result<Vec<Stray>> {
        let rows = query(tables::STRAYS).fetch_all(self.0.store.reader()).await?;
        let read = |row: &AnyRow| {
            let damaged = || StationError::Damaged("a file that belongs to nobody".into());
            let arrived: i64 = row.try_get("arrived_ms")?;
            Ok(Stray {
                id: Uuid::parse_str(row.try_get("id")?).map_err(|_| damaged())?,
                why: Why::with_name(row.try_get("reason")?).ok_or_else(damaged)?,
                arrived_ms: arrived as u64,
            })
        };
        rows.iter().map(read).collect()
    }

    /// The file itself.
    ///
    /// # Errors
    /// [`StationError::Disk`] when it is gone.
    pub fn stray_file(&self, id: Uuid) -> Result<Vec<u8>> {
        self.0.files.show(Kind::Stray, &id.to_string(), &self.0.keys.rest)
    }

    /// Says whose a file is, the active one's, or that it is nobody's; a reason stands in the log.
    ///
    /// # Errors
    /// [`StationError::NoActive`], or [`StationError::Reason`] without one.
    pub async fn settle(
        &self,
        id: Uuid,
        is_active_ones: bool,
        reason: &str,
        at: At<'_>,
    ) -> Result<Option<Arrived>> {
        if reason.trim().is_empty() {
            return Err(StationError::Reason);
        }
        let row = query(tables::STRAY).bind(id.to_string()).fetch_optional(self.0.store.reader()).await?;
        let state: String = row.ok_or(StationError::Unknown)?.try_get("state")?;
        if state != "open" {
            return Err(StationError::Decided);
        }
        let mut arrived = None;
        if is_active_ones {
            let active = self.active().await?.ok_or(StationError::NoActive)?;
            let bytes = self.stray_file(id)?;
            let digest = self.digest(&bytes);
            let arrival =
                Arrival { bytes, name: "stray.jpg".into(), seen_ms: at.at_ms, shutter: Shutter::Unknown };
            let taken = self.take(arrival, &digest, &active, at).await?;
            if !matches!(taken, Arrived::Take(_)) {
                return Ok(Some(taken));
            }
            arrived = Some(taken);
        }
        let mut writing = self.0.store.begin().await?;
        let state = if is_active_ones { "taken" } else { "discarded" };
        query(tables::SET_STRAY).bind(id.to_string()).bind(state).execute(&mut *writing).await?;
        self.log(&mut writing, "file.settled", (&id.to_string(), &format!("{state}: {reason}")), at).await?;
        writing.commit().await?;
        self.0.files.remove(Kind::Stray, &id.to_string())?;
        self.changed();
        Ok(arrived)
    }

    /// The photos of a number, in the order of their coming.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn takes(&self, number: Number) -> Result<Vec<Take>> {
        let rows = query(tables::TAKES).bind(number.day).bind(number.running);
        let rows = rows.fetch_all(self.0.store.reader()).await?;
        rows.iter().map(|row| self.read_take(row)).collect()
    }

    /// The finished photo.
    ///
    /// # Errors
    /// [`StationError::Disk`] when it went to the centre and is gone from here.
    pub fn photo(&self, id: Uuid) -> Result<Vec<u8>> {
        self.0.files.show(Kind::Take, &id.to_string(), &self.0.keys.rest)
    }

    /// The photo becomes the student's. What inspection fails needs a reason.
    ///
    /// # Errors
    /// [`StationError::Decided`] when the number is done, [`StationError::Reason`] for an exception without one.
    pub async fn accept(&self, id: Uuid, reason: &str, at: At<'_>) -> Result<Accepted> {
        let row = query(tables::TAKE).bind(id.to_string()).fetch_optional(self.0.store.reader()).await?;
        let take = self.read_take(&row.ok_or(StationError::Unknown)?)?;
        let line = self.number(take.number).await?;
        if line.state != State::Active || take.state != TakeState::Waiting {
            return Err(StationError::Decided);
        }
        if take.verdict == Verdict::Fail && reason.trim().is_empty() {
            return Err(StationError::Reason);
        }
        if reason.trim().is_empty() {
            let concerns: Vec<Concern> = self.like_another(&take, &line).await?.into_iter().collect();
            if !concerns.is_empty() {
                return Ok(Accepted::Stopped(concerns));
            }
        }
        let photo = self.photo(id)?;
        let packet = self.pack(&take, &line, &photo, at)?;
        let mut writing = self.0.store.begin().await?;
        query(tables::SET_TAKE).bind(id.to_string()).bind("accepted").execute(&mut *writing).await?;
        let number = line.number;
        self.end(&mut writing, line, (State::Accepted, reason), at).await?;
        query(tables::NEW_PACKET)
            .bind(packet.id.to_string())
            .bind(id.to_string())
            .bind(number.day)
            .bind(number.running)
            .bind(packet.size_bytes as i64)
            .bind(at.at_ms as i64)
            .bind((at.at_ms + HOLD_MS) as i64)
            .execute(&mut *writing)
            .await?;
        writing.commit().await?;
        self.changed();
        self.next(at).await
    }

    /// Whoever waited becomes active.
    pub(super) async fn next(&self, at: At<'_>) -> Result<Accepted> {
        let Some(text) = self.moment().next else { return Ok(Accepted::Done) };
        self.set_moment(|moment| moment.next = None);
        match self.scan(&text, &Answer::default(), at).await? {
            super::numbers::Scanned::Active(line) => Ok(Accepted::Next(line)),
            // Guards speak against the next one: the page scans again and asks.
            _ => Ok(Accepted::Done),
        }
    }

    /// The photo is to be taken again; the number stays active.
    ///
    /// # Errors
    /// [`StationError::Decided`] when the number is done.
    pub async fn retake(&self, id: Uuid, at: At<'_>) -> Result<()> {
        let mut writing = self.0.store.begin().await?;
        let row = query(tables::TAKE).bind(id.to_string()).fetch_optional(&mut *writing).await?;
        let take = self.read_take(&row.ok_or(StationError::Unknown)?)?;
        if take.state != TakeState::Waiting {
            return Err(StationError::Decided);
        }
        query(tables::SET_TAKE).bind(id.to_string()).bind("aside").execute(&mut *writing).await?;
        let shown = take.number.shown(self.name());
        self.log(&mut writing, "photo.aside", (&shown, &id.to_string()), at).await?;
        writing.commit().await?;
        self.changed();
        Ok(())
    }

    /// Takes the last acceptance back: its student is active again.
    ///
    /// # Errors
    /// [`StationError::TooLate`] when the packet is on its way, [`StationError::Decided`] while somebody is active.
    pub async fn undo(&self, at: At<'_>) -> Result<Number> {
        let mut writing = self.0.store.begin().await?;
        if query(tables::ACTIVE).fetch_optional(&mut *writing).await?.is_some() {
            return Err(StationError::Decided);
        }
        let row =
            query(tables::LAST_ENDED).fetch_optional(&mut *writing).await?.ok_or(StationError::Unknown)?;
        let number = self.line(&row)?.number;
        let packet = query(tables::PACKET_OF_NUMBER).bind(number.day).bind(number.running);
        let packet = packet.fetch_optional(&mut *writing).await?.ok_or(StationError::TooLate)?;
        let (id, take): (String, String) = (packet.try_get("id")?, packet.try_get("take")?);
        let goes_ms: i64 = packet.try_get("next_ms")?;
        let tries: i64 = packet.try_get("tries")?;
        if tries > 0 || goes_ms <= at.at_ms as i64 {
            return Err(StationError::TooLate);
        }
        query(tables::DROP_PACKET).bind(&id).execute(&mut *writing).await?;
        query(tables::REOPEN_NUMBER).bind(number.day).bind(number.running).execute(&mut *writing).await?;
        query(tables::SET_TAKE).bind(&take).bind("waiting").execute(&mut *writing).await?;
        self.log(&mut writing, "number.reopened", (&number.shown(self.name()), &take), at).await?;
        writing.commit().await?;
        self.0.files.remove(Kind::Packet, &id)?;
        self.changed();
        Ok(number)
    }

    /// A face that was photographed here under another number a short while ago.
    async fn like_another(&self, take: &Take, line: &Line) -> Result<Option<Concern>> {
        let Some(own) = take.found.face.as_deref().and_then(descriptor) else { return Ok(None) };
        let accepted = query(tables::LAST_ACCEPTED_TAKES).fetch_all(self.0.store.reader()).await?;
        for row in &accepted {
            let other = self.read_take(row)?;
            let theirs = self.number(other.number).await?;
            if theirs.person.student == line.person.student {
                continue;
            }
            let near = other.found.face.as_deref().and_then(descriptor);
            if near.is_some_and(|face| face.distance(&own) < SAME_FACE) {
                let shown = other.number.shown(self.name());
                return Ok(Some(Concern {
                    guard: "like-another",
                    zh: format!("与拍摄号 {shown} 的面容十分相似"),
                    en: format!("the face looks very much like that of {shown}"),
                    todo_zh: "核对本人：可能有人用他人的采集码再次拍摄；双胞胎等请写明",
                    todo_en: "compare the person: somebody may sit with another's code; say so for twins",
                }));
            }
        }
        Ok(None)
    }

    fn read_take(&self, row: &AnyRow) -> Result<Take> {
        let damaged = || StationError::Damaged("a photo's row".into());
        let id = Uuid::parse_str(row.try_get("id")?).map_err(|_| damaged())?;
        let hidden: &[u8] = row.try_get("hidden")?;
        let plain = seal::rest::get(hidden, &bound(id), &self.0.keys.rest);
        let plain = plain.map_err(|fault| StationError::Damaged(format!("photo {id}: {fault}")))?;
        let arrived: i64 = row.try_get("arrived_ms")?;
        Ok(Take {
            id,
            number: Number { day: row.try_get("day")?, running: row.try_get("running")? },
            verdict: verdict_named(row.try_get("verdict")?).ok_or_else(damaged)?,
            state: match row.try_get("state")? {
                "waiting" => TakeState::Waiting,
                "accepted" => TakeState::Accepted,
                _ => TakeState::Aside,
            },
            arrived_ms: arrived as u64,
            found: serde_json::from_slice(&plain)?,
        })
    }

    fn digest(&self, bytes: &[u8]) -> String {
        seal::hexadecimal::text(&self.0.authority.suite().digest(&[bytes]))
    }

    async fn is_known(&self, digest: &str) -> Result<bool> {
        let became: Option<String> =
            query_scalar(tables::SOURCE).bind(digest).fetch_optional(self.0.store.reader()).await?;
        Ok(became.is_some())
    }
}

/// The face on a finished photo.
fn face(finished: &Finished, judge: &crate::judging::Judge) -> Option<Vec<f32>> {
    let opened = portrait::file::open(&finished.bytes, Some("jpg")).ok()?;
    Some(judge.vision.describe(&opened.picture)?.0.to_vec())
}

fn descriptor(values: &[f32]) -> Option<Descriptor> {
    Some(Descriptor(values.try_into().ok()?))
}

/// The name that is bound to what was found about a photo.
fn bound(id: Uuid) -> String {
    format!("found/{id}")
}
