//! Volumes and their manifest: written so that the same photos give the same bytes, and checked byte by byte.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Seek, Write};

use seal::hexadecimal;
use seal::suite::{Hasher, Suite};
use serde::{Deserialize, Serialize};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Largest photo that a volume is read for; standards end at 200 KB, and originals are not delivered.
const LARGEST: u64 = 16 << 20;

/// What a delivery consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// 1.
    pub format: u32,
    /// The campaign.
    pub campaign: String,
    /// From 1.
    pub number: i64,
    /// When it was made, milliseconds since 1970-01-01 UTC.
    pub made_at_ms: u64,
    /// What it is for.
    pub purpose: String,
    /// Whose digests these are: `modern` (SHA-256) or `gm` (SM3).
    pub suite: String,
    /// The volumes in their order.
    pub volumes: Vec<Volume>,
}

/// A volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Volume {
    /// The file's name.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
    /// Their digest.
    pub digest: String,
    /// What is in it.
    pub files: Vec<File>,
}

/// A file inside a volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its name, folders included.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
    /// Their digest.
    pub digest: String,
}

/// What a volume of files is, and its bytes: nothing in it but these files, stored as they are, without any time of
/// ours.
///
/// # Errors
/// [`ZipError`] for two files of one name.
pub fn volume(name: &str, files: &[(String, Vec<u8>)], suite: Suite) -> Result<(Volume, Vec<u8>), ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    for (name, bytes) in files {
        zip.start_file(name.as_str(), plain)?;
        zip.write_all(bytes)?;
    }
    let bytes = zip.finish()?.into_inner();
    let digest = |bytes: &[u8]| hexadecimal::text(&suite.digest(&[bytes]));
    let file = |(name, bytes): &(String, Vec<u8>)| File {
        name: name.clone(),
        bytes: bytes.len() as u64,
        digest: digest(bytes),
    };
    let volume = Volume {
        name: name.into(),
        bytes: bytes.len() as u64,
        digest: digest(&bytes),
        files: files.iter().map(file).collect(),
    };
    Ok((volume, bytes))
}

/// Something that is not as the manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The volume, and the file inside it where one is meant.
    pub place: String,
    /// What is wrong.
    pub what: Wrong,
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It is not there.
    Missing,
    /// Its bytes differ.
    Changed,
    /// The manifest does not know it.
    Extra,
    /// It is no ZIP file, or damaged.
    Unreadable,
}

impl Wrong {
    /// The word in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Missing => "缺失",
            Self::Changed => "内容被改动",
            Self::Extra => "清单中没有",
            Self::Unreadable => "无法读取或已损坏",
        }
    }

    /// The word in English.
    pub fn en(self) -> &'static str {
        match self {
            Self::Missing => "is missing",
            Self::Changed => "was changed",
            Self::Extra => "is not in the manifest",
            Self::Unreadable => "cannot be read or is damaged",
        }
    }
}

/// Everything in a volume that is not as the manifest says, each changed file by its name.
pub fn check(volume: &Volume, bytes: &mut (impl Read + Seek), suite: Suite) -> Vec<Difference> {
    let at = |name: &str, what| Difference { place: format!("{}/{name}", volume.name), what };
    let whole = |what| vec![Difference { place: volume.name.clone(), what }];
    let Ok(mut zip) = ZipArchive::new(&mut *bytes) else { return whole(Wrong::Unreadable) };
    let mut known: BTreeMap<&str, &File> =
        volume.files.iter().map(|file| (file.name.as_str(), file)).collect();
    let mut differences = Vec::new();
    for index in 0..zip.len() {
        let (name, read) = match zip.by_index(index) {
            Ok(file) => {
                let Ok(name) = file.name().map(std::borrow::Cow::into_owned) else {
                    return whole(Wrong::Unreadable);
                };
                let mut bytes = Vec::new();
                (name, file.take(LARGEST).read_to_end(&mut bytes).map(|_| bytes))
            }
            Err(_) => return whole(Wrong::Unreadable),
        };
        match (known.remove(name.as_str()), read) {
            (None, _) => differences.push(at(&name, Wrong::Extra)),
            (Some(_), Err(_)) => differences.push(at(&name, Wrong::Unreadable)),
            (Some(file), Ok(read)) => {
                if hexadecimal::text(&suite.digest(&[&read])) != file.digest {
                    differences.push(at(&name, Wrong::Changed));
                }
            }
        }
    }
    differences.extend(known.keys().map(|name| at(name, Wrong::Missing)));
    if differences.is_empty() && !is_whole(volume, bytes, suite) {
        // Every file is as it was, and something around them is not.
        return whole(Wrong::Changed);
    }
    differences
}

fn is_whole(volume: &Volume, bytes: &mut (impl Read + Seek), suite: Suite) -> bool {
    let mut hasher = Hasher::new(suite);
    let mut piece = vec![0; 1 << 16];
    if bytes.rewind().is_err() {
        return false;
    }
    loop {
        match bytes.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => hasher.update(&piece[..read]),
            Err(_) => return false,
        }
    }
    hexadecimal::text(&hasher.finish()) == volume.digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn files() -> Vec<(String, Vec<u8>)> {
        (0..5_u8).map(|at| (format!("学院/{at}.jpg"), vec![at; 300])).collect()
    }

    fn differences(volume: &Volume, bytes: Vec<u8>) -> Vec<Difference> {
        check(volume, &mut Cursor::new(bytes), Suite::Modern)
    }

    #[test]
    fn a_volume_is_made_again_byte_for_byte_and_holds_nothing_else() {
        let (volume, bytes) = volume("a.zip", &files(), Suite::Modern).unwrap();
        assert_eq!(super::volume("a.zip", &files(), Suite::Modern).unwrap().1, bytes);
        assert_eq!(differences(&volume, bytes), []);
        let mut fewer = files();
        let gone = fewer.remove(2).0;
        fewer.push(("more.jpg".into(), vec![1]));
        let (_, other) = super::volume("a.zip", &fewer, Suite::Modern).unwrap();
        let found = differences(&volume, other);
        let place = |name: &str| format!("a.zip/{name}");
        assert_eq!(
            found,
            [
                Difference { place: place("more.jpg"), what: Wrong::Extra },
                Difference { place: place(&gone), what: Wrong::Missing }
            ]
        );
        assert_eq!(differences(&volume, b"no archive".to_vec())[0].what, Wrong::Unreadable);
    }

    proptest! {
        #[test]
        fn one_changed_byte_anywhere_is_named(at in 0_usize..2_000, by in 1_u8..=255) {
            let (volume, mut bytes) = volume("a.zip", &files(), Suite::Modern).unwrap();
            let at = at % bytes.len();
            bytes[at] ^= by;
            prop_assert!(!differences(&volume, bytes).is_empty());
        }
    }
}
