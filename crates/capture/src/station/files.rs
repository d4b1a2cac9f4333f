//! What lies on the station's disk: files, whole or not there, and words in rows, hidden under the station's key.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use seal::keys::HidingKey;
use seal::rest;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::StationError;
use crate::random::nonce;

/// What kinds of files there are, each in a folder of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Finished photos that wait for a decision or for their turn.
    Take,
    /// The camera's files.
    Original,
    /// Files that belong to nobody yet.
    Stray,
    /// Packets on their way. They are for the centre only.
    Packet,
    /// Test shots, one for each day.
    Test,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Take, Self::Original, Self::Stray, Self::Packet, Self::Test];

    fn folder(self) -> &'static str {
        match self {
            Self::Take => "takes",
            Self::Original => "originals",
            Self::Stray => "strays",
            Self::Packet => "outbox",
            Self::Test => "tests",
        }
    }
}

/// The station's folder.
#[derive(Debug, Clone)]
pub struct Files(PathBuf);

impl Files {
    /// Makes the folders.
    pub fn open(folder: &Path) -> io::Result<Self> {
        for kind in Kind::ALL {
            fs::create_dir_all(folder.join(kind.folder()))?;
        }
        Ok(Self(folder.to_owned()))
    }

    /// The station's folder.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    fn path(&self, kind: Kind, id: &str) -> PathBuf {
        self.0.join(kind.folder()).join(id)
    }

    /// Hides a file and keeps it; it is on the disk when this returns.
    pub fn hide(&self, kind: Kind, id: &str, plain: &[u8], key: &HidingKey) -> Result<(), StationError> {
        Ok(self.keep(kind, id, &hidden(plain, &name(kind, id), key)?)?)
    }

    /// A file that was hidden.
    pub fn show(&self, kind: Kind, id: &str, key: &HidingKey) -> Result<Vec<u8>, StationError> {
        Ok(shown(&self.get(kind, id)?, &name(kind, id), key)?.to_vec())
    }

    /// Keeps bytes as they are.
    pub fn keep(&self, kind: Kind, id: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(kind, id);
        let part = path.with_extension("part");
        let mut file = File::create(&part)?;
        let written =
            file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&part, &path));
        if written.is_err() {
            // What is left of it would only fill the disk further.
            let _ = fs::remove_file(&part);
        }
        written?;
        // The name is only there for good when its folder is written too.
        File::open(self.0.join(kind.folder()))?.sync_all()
    }

    /// Bytes that were kept.
    pub fn get(&self, kind: Kind, id: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path(kind, id))
    }

    /// Removes a file; one that is not there is removed already.
    pub fn remove(&self, kind: Kind, id: &str) -> io::Result<()> {
        match fs::remove_file(self.path(kind, id)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// Whether a file is there.
    pub fn has(&self, kind: Kind, id: &str) -> bool {
        self.path(kind, id).exists()
    }

    /// The names of a kind.
    pub fn ids(&self, kind: Kind) -> io::Result<Vec<String>> {
        let entries = fs::read_dir(self.0.join(kind.folder()))?;
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }
}

/// Hides what a row holds; the name is bound, so that rows cannot change places.
pub fn hide_words<T: Serialize>(words: &T, name: &str, key: &HidingKey) -> Result<Vec<u8>, StationError> {
    hidden(&Zeroizing::new(serde_json::to_vec(words)?), name, key)
}

/// What a row holds.
pub fn show_words<T: DeserializeOwned>(kept: &[u8], name: &str, key: &HidingKey) -> Result<T, StationError> {
    Ok(serde_json::from_slice(&shown(kept, name, key)?)?)
}

fn hidden(plain: &[u8], name: &str, key: &HidingKey) -> Result<Vec<u8>, StationError> {
    let hidden = rest::put(plain, name, key, nonce()?);
    hidden.ok_or_else(|| StationError::Damaged("the key at rest does not encrypt".into()))
}

fn shown(kept: &[u8], name: &str, key: &HidingKey) -> Result<Zeroizing<Vec<u8>>, StationError> {
    rest::get(kept, name, key).map_err(|fault| StationError::Damaged(format!("{name}: {fault}")))
}

/// The name that is bound to the hidden bytes.
fn name(kind: Kind, id: &str) -> String {
    format!("{}/{id}", kind.folder())
}
