//! Key files: text, one entry per line, `#` begins a comment. Every key stands beside its id, so that
//! a changed character is found and named by its line.
//!
//! A sealing file has a `maker-key`, an opening file has one or more `maker` lines instead.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::{Zeroize, Zeroizing};

use super::{HidingKey, KeyId, OpeningKeys, SealingKeys, SigningKey, VerifyingKey};
use crate::identity::CampaignId;
use crate::problem::{FileError, FileProblem};
use crate::suite::Suite;

const FIRST_LINE: &str = "xueying-keys 1";

/// The entries of a key file of either kind.
#[derive(Default)]
struct Entries {
    suite: Option<Suite>,
    campaign: Option<CampaignId>,
    record: Option<HidingKey>,
    maker_key: Option<SigningKey>,
    makers: Vec<VerifyingKey>,
    lines: usize,
}

/// Reads the file that a maker seals with.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_sealing(text: &str) -> Result<SealingKeys, FileError> {
    let entries = parse(text)?;
    let line = entries.lines;
    let at_end = |problem| FileError { line, problem };
    let campaign = entries.campaign.ok_or(at_end(FileProblem::Missing("campaign")))?;
    let record = entries.record.ok_or(at_end(FileProblem::Missing("record-key")))?;
    let maker = entries.maker_key.ok_or(at_end(FileProblem::OpeningOnly))?;
    Ok(SealingKeys { campaign, record, maker })
}

/// Reads a file to open photos with; a maker's own file serves too.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_opening(text: &str) -> Result<OpeningKeys, FileError> {
    let entries = parse(text)?;
    let line = entries.lines;
    let at_end = |problem| FileError { line, problem };
    let campaign = entries.campaign.ok_or(at_end(FileProblem::Missing("campaign")))?;
    let record = entries.record.ok_or(at_end(FileProblem::Missing("record-key")))?;
    let mut makers = entries.makers;
    makers.extend(entries.maker_key.map(|key| key.public().clone()));
    if makers.is_empty() {
        return Err(at_end(FileProblem::Missing("maker")));
    }
    Ok(OpeningKeys { campaign, record, makers })
}

/// The text of the file that a maker seals with: secret.
pub fn write_sealing(keys: &SealingKeys) -> Zeroizing<String> {
    let mut text = begin(
        "SECRET: whoever has this file can make records. 机密：持有此文件即可封装照片。",
        keys.record.suite(),
        &keys.campaign,
    );
    write_key(&mut text, "record-key", keys.record.id(), keys.record.reveal());
    write_key(&mut text, "maker-key", keys.maker.public().id(), keys.maker.reveal());
    text
}

/// The text of a file to open photos with: to be kept among those who may read records.
pub fn write_opening(
    campaign: &CampaignId,
    record: &HidingKey,
    makers: &[VerifyingKey],
) -> Zeroizing<String> {
    let mut text = begin(
        "For opening only; shows what records say. 仅用于验证，可读出记录内容，请勿外传。",
        record.suite(),
        campaign,
    );
    write_key(&mut text, "record-key", record.id(), record.reveal());
    for maker in makers {
        write_key(&mut text, "maker", maker.id(), maker.bytes());
    }
    text
}

/// Reserves enough room at once: a string that grows leaves its old bytes behind.
fn begin(remark: &str, suite: Suite, campaign: &CampaignId) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(4096));
    text.push_str(FIRST_LINE);
    for part in ["\n# ", remark, "\nsuite ", suite.name(), "\ncampaign ", campaign.as_str(), "\n"] {
        text.push_str(part);
    }
    text
}

fn write_key(text: &mut Zeroizing<String>, name: &str, id: KeyId, key: &[u8]) {
    let encoded = Zeroizing::new(STANDARD.encode(key));
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{name} {id} {}", encoded.as_str());
}

fn parse(text: &str) -> Result<Entries, FileError> {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    if lines.next().map(str::trim_end) != Some(FIRST_LINE) {
        return Err(FileError { line: 1, problem: FileProblem::NotKeyFile });
    }
    let mut entries = Entries { lines: 1, ..Entries::default() };
    for line in lines {
        entries.lines += 1;
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        entries.take(line).map_err(|problem| FileError { line: entries.lines, problem })?;
    }
    match entries.suite {
        Some(_) => Ok(entries),
        None => Err(FileError { line: entries.lines, problem: FileProblem::Missing("suite") }),
    }
}

impl Entries {
    fn take(&mut self, line: &str) -> Result<(), FileProblem> {
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        match name {
            "suite" => {
                let suite =
                    Suite::with_name(rest).ok_or_else(|| FileProblem::UnknownSuite(rest.to_owned()))?;
                once(&mut self.suite, suite, "suite")
            }
            "campaign" => once(&mut self.campaign, CampaignId::try_from(rest.to_owned())?, "campaign"),
            "record-key" => {
                let (suite, id, secret) = self.key(rest)?;
                let key = HidingKey::new(suite, secret).ok_or(FileProblem::BadKey(suite.name()))?;
                same_id(id, key.id())?;
                once(&mut self.record, key, "record-key")
            }
            "maker-key" => {
                let (suite, id, secret) = self.key(rest)?;
                let key = SigningKey::new(suite, secret).ok_or(FileProblem::BadKey(suite.name()))?;
                same_id(id, key.public().id())?;
                once(&mut self.maker_key, key, "maker-key")
            }
            "maker" => {
                let (suite, id, bytes) = self.key(rest)?;
                let key =
                    VerifyingKey::new(suite, bytes.to_vec()).ok_or(FileProblem::BadKey(suite.name()))?;
                same_id(id, key.id())?;
                self.makers.push(key);
                Ok(())
            }
            _ => Err(FileProblem::UnknownEntry(name.to_owned())),
        }
    }

    /// Splits "id base64"; needs the suite to be known.
    fn key(&self, rest: &str) -> Result<(Suite, KeyId, Zeroizing<Vec<u8>>), FileProblem> {
        let suite = self.suite.ok_or(FileProblem::SuiteLate)?;
        let (id, encoded) = rest.split_once(' ').ok_or(FileProblem::NotKeyLine)?;
        let mut id_bytes = [0; super::KEY_ID_BYTES];
        if id.len() != 2 * id_bytes.len() || !id.is_ascii() {
            return Err(FileProblem::NotKeyLine);
        }
        for (at, byte) in id_bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&id[2 * at..2 * at + 2], 16).map_err(|_| FileProblem::NotKeyLine)?;
        }
        // Room for any key, so that decoding never moves a secret: SM2 public keys are the longest, 65.
        let mut key = Zeroizing::new(vec![0; 3 * encoded.len() / 4 + 3]);
        let length = STANDARD.decode_slice(encoded.trim(), &mut key).map_err(|_| FileProblem::NotKeyLine)?;
        key[length..].zeroize();
        key.truncate(length);
        Ok((suite, KeyId(id_bytes), key))
    }
}

fn once<T>(entry: &mut Option<T>, value: T, name: &'static str) -> Result<(), FileProblem> {
    match entry.replace(value) {
        None => Ok(()),
        Some(_) => Err(FileProblem::Twice(name)),
    }
}

fn same_id(written: KeyId, computed: KeyId) -> Result<(), FileProblem> {
    if written == computed { Ok(()) } else { Err(FileProblem::WrongId) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> SealingKeys {
        keys_of(Suite::Modern)
    }

    fn keys_of(suite: Suite) -> SealingKeys {
        let campaign = CampaignId::try_from("xd-2027".to_owned()).unwrap();
        let record = Zeroizing::new(vec![1; suite.hiding_key_bytes()]);
        let maker = Zeroizing::new(vec![2; suite.signing_key_bytes()]);
        SealingKeys::new(campaign, suite, record, maker).unwrap()
    }

    #[test]
    fn files_read_back_as_the_keys_they_were_written_from() {
        for keys in Suite::ALL.map(keys_of) {
            let read = parse_sealing(&write_sealing(&keys)).unwrap();
            assert_eq!(read.campaign, keys.campaign);
            assert_eq!(read.record.reveal(), keys.record.reveal());
            assert_eq!(read.maker.reveal(), keys.maker.reveal());
            let opening = write_opening(&keys.campaign, &keys.record, &[keys.maker.public().clone()]);
            let read = parse_opening(&opening).unwrap();
            assert_eq!(read.record.id(), keys.record.id());
            assert_eq!(read.makers, [keys.maker.public().clone()]);
            assert!(!opening.contains(&STANDARD.encode([2; 32])), "the maker's secret stays with the maker");
        }
    }

    #[test]
    fn a_makers_own_file_opens_and_an_opening_file_does_not_seal() {
        let keys = keys();
        assert_eq!(parse_opening(&write_sealing(&keys)).unwrap().makers, [keys.maker.public().clone()]);
        let opening = write_opening(&keys.campaign, &keys.record, &[keys.maker.public().clone()]);
        assert_eq!(parse_sealing(&opening).unwrap_err().problem, FileProblem::OpeningOnly);
    }

    #[test]
    fn a_wrong_line_is_named() {
        let good = write_sealing(&keys());
        let record = good.lines().nth(4).unwrap();
        let cases = [
            (String::new(), 1, FileProblem::NotKeyFile),
            (good.replace("keys 1", "keys 2"), 1, FileProblem::NotKeyFile),
            (good.replace("suite modern", "suite gn"), 3, FileProblem::UnknownSuite("gn".into())),
            (good.replace("suite modern", "suite gm"), 5, FileProblem::BadKey("gm")),
            (good.replace("suite modern\n", ""), 4, FileProblem::SuiteLate),
            (
                good.replace("campaign xd-2027", "campaign"),
                4,
                FileProblem::BadCampaign(crate::identity::IdProblem::Empty),
            ),
            (good.replace("AQEB", "AQEC"), 5, FileProblem::WrongId),
            (good.replace("AQEB", "AQ"), 5, FileProblem::BadKey("modern")),
            (good.replace("AQEB", "AQ?B"), 5, FileProblem::NotKeyLine),
            (good.replace("record-key ", "record-key \u{540d}"), 5, FileProblem::NotKeyLine),
            (good.replace("maker-key", "maker-kez"), 6, FileProblem::UnknownEntry("maker-kez".into())),
            (format!("{}{record}\n", good.as_str()), 7, FileProblem::Twice("record-key")),
            (good.replace(record, ""), 6, FileProblem::Missing("record-key")),
            ("xueying-keys 1\n\n".into(), 2, FileProblem::Missing("suite")),
        ];
        for (text, line, problem) in cases {
            assert_eq!(parse_sealing(&text).unwrap_err(), FileError { line, problem }, "{text}");
        }
    }

    #[test]
    fn no_key_is_printed_by_debug() {
        let printed = format!("{:?}", keys());
        assert!(
            printed.contains("***") && !printed.contains("1, 1") && !printed.contains("2, 2"),
            "{printed}"
        );
    }
}
