//! Cameras that are not connected: a code is scanned, the photo stays on the memory card, and the card is read later.
//!
//! The number leaves the camera as [`State::Card`]. When the card is read, [`align`](fn@align::align) says which frame is whose and
//! what a person has to look at; nothing is bound that is not sure or said by a person. Then photos are judged and chosen
//! like all others. A key frame, a photo of the station's page with its clock, tells how far the clocks are apart.

pub mod align;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use portrait::file;
use seal::reading::{Grey, read};
use sqlx::query;
use tokio::task::spawn_blocking;

use super::binding::{SEATED_MS, Shutter};
use super::folder::LARGEST;
use super::guard;
use super::numbers::{Line, Number, State};
use super::takes::{Arrival, Arrived};
use super::{At, Result, Station, StationError, tables};
use align::{Frame, Slot, Whose, align};

/// What a key frame's code begins with; the station's name and its clock, ms, follow.
const KEY_FRAME: &str = "XYKEY:";
/// A key frame is looked for on a picture at least so large, px: its code fills the screen.
const KEY_FRAME_PX: u32 = 700;
/// China Standard Time is eight hours ahead of UTC all year; cameras keep the time of the wall.
const ZONE_MS: u64 = 8 * 3_600_000;
/// A number whose student was the last for a while ends so long after the scan, ms.
const LONGEST_SITTING_MS: u64 = 180_000;

/// A file of a memory card.
#[derive(Debug, Clone)]
pub struct CardFile {
    /// Where it lies.
    pub path: PathBuf,
    /// What is known of it.
    pub frame: Frame,
    /// The digest of its bytes.
    pub digest: String,
}

/// A card that was read, held against a day's register.
#[derive(Debug, Clone)]
pub struct CardRead {
    /// Its files in the order in which they were taken, with whose each is.
    pub files: Vec<(CardFile, Whose)>,
    /// The day's numbers that [`Whose`] speaks of, in their order.
    pub lines: Vec<Line>,
    /// Numbers on a card of which no frame is sure or possible.
    pub missing: Vec<Number>,
}

impl Station {
    /// The text of a key frame at a moment.
    pub fn key_frame(&self, at_ms: u64) -> String {
        format!("{KEY_FRAME}{}:{at_ms}", self.name())
    }

    /// The active one was photographed with a camera that is not connected; the photo is on its card.
    ///
    /// # Errors
    /// [`StationError::NoActive`].
    pub async fn on_card(&self, at: At<'_>) -> Result<()> {
        let mut writing = self.0.store.begin().await?;
        let row = query(tables::ACTIVE).fetch_optional(&mut *writing).await?.ok_or(StationError::NoActive)?;
        let active = self.line(&row)?;
        self.end(&mut writing, active, (State::Card, ""), at).await?;
        writing.commit().await?;
        self.changed();
        self.next(at).await?;
        Ok(())
    }

    /// Reads a card's folder and says whose its files are on a day. Nothing is taken in yet.
    ///
    /// # Errors
    /// [`StationError::Disk`] when the folder cannot be read.
    pub async fn read_card(
        &self,
        folder: &Path,
        day: i64,
        progress: impl Fn(usize, usize),
    ) -> Result<CardRead> {
        let paths = photos(folder)?;
        let count = paths.len();
        let mut files = Vec::with_capacity(count);
        for (at, path) in paths.into_iter().enumerate() {
            progress(at, count);
            let (station, source) = (self.clone(), path.clone());
            let looked = spawn_blocking(move || station.look_at(&source)).await;
            let (frame, digest) = looked.map_err(|panic| StationError::Damaged(panic.to_string()))?;
            files.push(CardFile { path, frame, digest });
        }
        let lines = self.register(day).await?;
        let slots = slots(&lines);
        let frames: Vec<Frame> = files.iter().map(|file| file.frame).collect();
        let whose = align(&frames, &slots);
        let missing = missing(&lines, &whose);
        Ok(CardRead { files: files.into_iter().zip(whose).collect(), lines, missing })
    }

    /// When a file was taken and whether it is a key frame, with its digest.
    fn look_at(&self, path: &Path) -> (Frame, String) {
        // One file that cannot be read is asked about like one without a time; the rest goes on.
        let Ok(bytes) = fs::read(path) else { return (Frame::default(), String::new()) };
        let digest = self.digest(&bytes);
        let taken_ms = file::shutter_ms(&bytes).map(|wall| wall.saturating_sub(ZONE_MS));
        let small = file::open_scaled(&bytes, Some("jpg"), KEY_FRAME_PX, KEY_FRAME_PX).ok();
        let shows_ms = small.and_then(|small| {
            let found = read(&Grey::of_rgb(small.picture.width(), small.picture.rgb())?);
            found.iter().find_map(|code| {
                let (station, clock) = code.reveal().strip_prefix(KEY_FRAME)?.rsplit_once(':')?;
                (station == self.name()).then_some(clock.parse().ok()?)
            })
        });
        (Frame { taken_ms, shows_ms }, digest)
    }

    /// Takes a file of a card in as a photo of a number that waits for it: sure by the times, or said by a person with a
    /// reason, which is logged. What the station has already is not taken twice.
    ///
    /// # Errors
    /// [`StationError::Decided`] when the number waits for no photo from a card.
    pub async fn take_from_card(
        &self,
        path: &Path,
        number: Number,
        reason: Option<&str>,
        at: At<'_>,
    ) -> Result<Arrived> {
        let line = self.number(number).await?;
        if line.state != State::Card {
            return Err(StationError::Decided);
        }
        let source = path.to_owned();
        let bytes = spawn_blocking(move || fs::read(source)).await;
        let bytes = bytes.map_err(|panic| StationError::Damaged(panic.to_string()))??;
        let digest = self.digest(&bytes);
        if self.is_known(&digest).await? {
            return Ok(Arrived::Duplicate);
        }
        if let Some(reason) = reason {
            let reason = guard::reason(reason).ok_or(StationError::Reason)?;
            let mut writing = self.0.store.begin().await?;
            self.log(&mut writing, "card.said", (&number.shown(self.name()), reason), at).await?;
            writing.commit().await?;
        }
        let arrival =
            Arrival { bytes, name: "card.jpg".into(), seen_ms: at.at_ms, shutter: Shutter::Unknown };
        self.take(arrival, &digest, &line, at).await
    }

    /// No photo of a number is on any card, for this reason; it is void.
    ///
    /// # Errors
    /// [`StationError::Decided`] when the number waits for no photo from a card, [`StationError::Reason`] without one.
    pub async fn give_up(&self, number: Number, reason: &str, at: At<'_>) -> Result<()> {
        let reason = guard::reason(reason).ok_or(StationError::Reason)?;
        let mut writing = self.0.store.begin().await?;
        let row = query(tables::NUMBER).bind(number.day).bind(number.running);
        let line = self.line(&row.fetch_optional(&mut *writing).await?.ok_or(StationError::Unknown)?)?;
        if line.state != State::Card {
            return Err(StationError::Decided);
        }
        self.end(&mut writing, line, (State::Void, reason), at).await?;
        writing.commit().await?;
        self.changed();
        Ok(())
    }

    /// Numbers whose photo is on a card or was taken from one and waits for a choice.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn on_cards(&self) -> Result<Vec<Line>> {
        let rows = query(tables::ON_CARDS).fetch_all(self.0.store.reader()).await?;
        rows.iter().map(|row| self.line(row)).collect()
    }
}

/// The photos of a card in the order in which they were taken: by folder and file name, as cameras count them (DCF).
fn photos(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let (path, facts) = (entry.path(), entry.metadata()?);
            let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
            if facts.is_dir() {
                open.push(path);
            } else if facts.is_file()
                && facts.len() <= LARGEST
                && extension.is_some_and(|extension| matches!(extension.as_str(), "jpg" | "jpeg"))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// When each number's student sat there: from the scan to the end of the number, which in this way of working is the next
/// scan. Whoever has a photo already needs none from the card.
fn slots(lines: &[Line]) -> Vec<Slot> {
    lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let next = lines.get(at + 1).map_or(u64::MAX, |next| next.scanned_ms);
            let ended = if line.ended_ms > 0 { line.ended_ms } else { u64::MAX };
            let longest = line.scanned_ms + LONGEST_SITTING_MS;
            let until_ms = next.min(ended.max(line.scanned_ms + SEATED_MS)).min(longest);
            Slot { from_ms: line.scanned_ms, until_ms, expects: line.state == State::Card }
        })
        .collect()
}

fn missing(lines: &[Line], whose: &[Whose]) -> Vec<Number> {
    let mut possible: HashMap<usize, usize> = HashMap::new();
    for one in whose {
        match one {
            Whose::Sure(slot) => *possible.entry(*slot).or_default() += 1,
            Whose::Unsure(slots) => slots.iter().for_each(|slot| *possible.entry(*slot).or_default() += 1),
            Whose::Key => {}
        }
    }
    let lacks = |(at, line): &(usize, &Line)| line.state == State::Card && !possible.contains_key(at);
    lines.iter().enumerate().filter(lacks).map(|(_, line)| line.number).collect()
}
