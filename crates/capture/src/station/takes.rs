//! Photos: a file arrives, binds to the active number or to nobody ([`super::strays`]), is made and judged, and waits
//! for the operator's choice ([`super::choice`]).

use std::path::Path;
use std::sync::Arc;

use portrait::standard::{Language, Verdict, Words};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{Row, query, query_scalar};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::binding::{Shutter, is_active_ones};
use super::files::{Kind, hide_words, show_words};
use super::numbers::{Line, Number, State};
use super::strays::Why;
use super::{At, Result, Station, StationError, tables};
use crate::desk::{verdict_name, verdict_named};
use crate::finishing::{Finished, finish};
use crate::judging::{Judge, Unread};
use crate::random;

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
    /// The face as a point among faces; only where the campaign compares faces.
    pub face: Option<Vec<f32>>,
    /// Milliseconds from the file's arrival to its verdict.
    pub took_ms: u64,
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
    pub(super) async fn take(
        &self,
        arrival: Arrival,
        digest: &str,
        line: &Line,
        at: At<'_>,
    ) -> Result<Arrived> {
        let begun = std::time::Instant::now();
        let (judge, bundle) = (self.judge(), self.bundle());
        let compares_faces = bundle.compares_faces || bundle.reference(line.code, at.at_ms / 1000).is_some();
        let bytes = Arc::new(arrival.bytes);
        let (source, name) = (Arc::clone(&bytes), arrival.name.clone());
        let looked = spawn_blocking(move || {
            let finished = finish(&source, Path::new(&name), &judge)?;
            let made = finished.as_ref().ok().filter(|_| compares_faces);
            let face = made.and_then(|finished| face(finished, &judge));
            Ok::<_, Unread>((finished, face))
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
        let hidden = hide_words(&take.found, &bound(take.id), rest)?;
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
        if state != State::Active.name() && state != State::Card.name() {
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

    /// What is kept of a photo that is gone, hidden: everything but the face.
    pub(super) fn without_face(&self, row: &AnyRow) -> Result<Vec<u8>> {
        let take = self.read_take(row)?;
        let found = Found { face: None, ..take.found };
        hide_words(&found, &bound(take.id), &self.0.keys.rest)
    }

    pub(super) fn read_take(&self, row: &AnyRow) -> Result<Take> {
        let damaged = || StationError::Damaged("a photo's row".into());
        let id = Uuid::parse_str(row.try_get("id")?).map_err(|_| damaged())?;
        let hidden: &[u8] = row.try_get("hidden")?;
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
            found: show_words(hidden, &bound(id), &self.0.keys.rest)?,
        })
    }

    pub(super) fn digest(&self, bytes: &[u8]) -> String {
        seal::hexadecimal::text(&self.0.authority.suite().digest(&[bytes]))
    }

    /// Whether a file came before, by the digest of its bytes.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn is_known(&self, digest: &str) -> Result<bool> {
        let became: Option<String> =
            query_scalar(tables::SOURCE).bind(digest).fetch_optional(self.0.store.reader()).await?;
        Ok(became.is_some())
    }
}

/// The face on a finished photo.
fn face(finished: &Finished, judge: &Judge) -> Option<Vec<f32>> {
    let opened = portrait::file::open(&finished.bytes, Some("jpg")).ok()?;
    Some(judge.vision.describe(&opened.picture)?.0.to_vec())
}

/// The name that is bound to what was found about a photo.
fn bound(id: Uuid) -> String {
    format!("found/{id}")
}
