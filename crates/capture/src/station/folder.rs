//! The folder into which the camera's program saves (gphoto2, EOS Utility, Capture One …).
//!
//! It is looked through many times a second: network folders and some camera programs send no events. A file is taken
//! when it is complete, and belongs to whoever was active when it was first seen.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use portrait::file::shutter_ms;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::binding::Shutter;
use super::takes::{Arrival, Arrived};
use super::{At, Station, StationError};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(60);
/// A file without a whole picture that has not grown for so long is given up: its writer stopped.
const GIVEN_UP_MS: u64 = 15_000;
/// What a JPEG file ends with (ISO/IEC 10918-1, B.1.1.3: EOI).
const END_OF_IMAGE: [u8; 2] = [0xff, 0xd9];
/// Cameras pad files behind the end of the picture by at most this many bytes.
const PADDING: u64 = 4_096;
/// Larger files are no photos of a portrait.
pub const LARGEST: u64 = 200 << 20;

/// What is known of a file that is not taken yet.
#[derive(Debug, Clone, Copy)]
struct Seen {
    first_ms: u64,
    size: u64,
    grew_ms: u64,
    /// Taken or refused: not looked at again.
    done: bool,
}

/// A watched folder.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    seen: HashMap<PathBuf, Seen>,
    /// Files stay where the camera's program put them; by default they are removed once they are safe here.
    keep: bool,
}

/// What one look found.
#[derive(Debug)]
pub struct Found {
    /// The file's name.
    pub name: String,
    /// What became of it.
    pub result: Result<Arrived, StationError>,
}

impl Folder {
    /// Watches a folder, which is made when it is not there.
    ///
    /// # Errors
    /// When it cannot be made or read.
    pub fn open(path: &Path, keep: bool) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        fs::read_dir(path)?;
        Ok(Self { path: path.to_owned(), seen: HashMap::new(), keep })
    }

    /// Watches until `stop` says so.
    pub async fn watch(
        mut self,
        station: Station,
        operator: impl Fn() -> String,
        clock: impl Fn() -> u64,
        mut stop: watch::Receiver<bool>,
        tell: impl Fn(Found),
    ) {
        while !*stop.borrow() {
            for found in self.look(&station, &operator(), &clock).await {
                tell(found);
            }
            let _ = timeout(LOOK, stop.changed()).await;
        }
    }

    /// Looks once, and takes every file that is complete.
    pub async fn look(&mut self, station: &Station, operator: &str, clock: &impl Fn() -> u64) -> Vec<Found> {
        let mut found = Vec::new();
        for (path, first_ms) in self.complete(clock()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let source = path.clone();
            let bytes = spawn_blocking(move || fs::read(source)).await;
            let result = match bytes {
                Ok(Ok(bytes)) => {
                    let shutter = shutter_ms(&bytes).map_or(Shutter::Unknown, Shutter::Stated);
                    let arrival = Arrival { bytes, name: name.clone(), seen_ms: first_ms, shutter };
                    station.receive(arrival, At { operator, at_ms: clock() }).await
                }
                Ok(Err(error)) => Err(error.into()),
                Err(panic) => Err(StationError::Damaged(panic.to_string())),
            };
            // What could not be kept stays where it is and is tried again.
            if result.is_ok() {
                if let Some(seen) = self.seen.get_mut(&path) {
                    seen.done = true;
                }
                if !self.keep && fs::remove_file(&path).is_ok() {
                    self.seen.remove(&path);
                }
            }
            found.push(Found { name, result });
        }
        found
    }

    /// Files that are complete now, with the time at which each was first seen, in that order.
    fn complete(&mut self, now_ms: u64) -> Vec<(PathBuf, u64)> {
        let Ok(entries) = fs::read_dir(&self.path) else { return Vec::new() };
        let mut there = Vec::new();
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(facts) = entry.metadata() else { continue };
            if facts.is_file() && is_photo(&path) && facts.len() <= LARGEST {
                there.push((path, facts.len()));
            }
        }
        self.seen.retain(|path, _| there.iter().any(|(known, _)| known == path));
        let mut complete = Vec::new();
        for (path, size) in there {
            let seen = self.seen.entry(path.clone()).or_insert(Seen {
                first_ms: now_ms,
                size: 0,
                grew_ms: now_ms,
                done: false,
            });
            if seen.size != size {
                (seen.size, seen.grew_ms) = (size, now_ms);
                continue;
            }
            let stands = now_ms.saturating_sub(seen.grew_ms);
            if !seen.done && size > 0 && (ends(&path) || stands >= GIVEN_UP_MS) {
                complete.push((path, seen.first_ms));
            }
        }
        complete.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        complete
    }
}

fn is_photo(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !is_hidden && extension.is_some_and(|extension| matches!(extension.as_str(), "jpg" | "jpeg"))
}

/// Whether a JPEG file ends as one: its last bytes, without the padding of zeros, are the end of an image.
fn ends(path: &Path) -> bool {
    let tail = || {
        let mut file = fs::File::open(path)?;
        let size = file.metadata()?.len();
        file.seek(SeekFrom::Start(size.saturating_sub(PADDING)))?;
        let mut tail = Vec::new();
        file.take(PADDING).read_to_end(&mut tail)?;
        Ok::<_, io::Error>(tail)
    };
    tail().is_ok_and(|tail| {
        let end = tail.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        tail[..end].ends_with(&END_OF_IMAGE)
    })
}
