//! Key files: text, one entry per line, `#` begins a comment. Every key stands beside its id, so that
//! a changed character is found and named by its line.
//!
//! One form serves every purpose; what a file is good for depends on the keys in it.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::{Zeroize, Zeroizing};

use super::{HidingKey, KeyId, OpeningKeys, SealingKeys, SigningKey, VerifyingKey};
use crate::code::text::{CodeKeys, IssuingKeys};
use crate::identity::CampaignId;
use crate::problem::{FileError, FileProblem};
use crate::suite::Suite;

const FIRST_LINE: &str = "xueying-keys 1";

/// What kind of key an entry holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Hiding,
    Signing,
    Verifying,
}

/// Every entry that holds a key.
const ENTRIES: [(&str, Form); 7] = [
    ("record-key", Form::Hiding),
    ("maker-key", Form::Signing),
    ("maker", Form::Verifying),
    ("code-key", Form::Hiding),
    ("fingerprint-key", Form::Hiding),
    ("issuer-key", Form::Signing),
    ("issuer", Form::Verifying),
];

/// What stands in a file. Public keys may stand under one name several times.
#[derive(Default)]
struct Entries {
    suite: Option<Suite>,
    campaign: Option<CampaignId>,
    hiding: Vec<(&'static str, HidingKey)>,
    signing: Vec<(&'static str, SigningKey)>,
    verifying: Vec<(&'static str, VerifyingKey)>,
    lines: usize,
}

/// Reads the file that a maker seals with.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_sealing(text: &str) -> Result<SealingKeys, FileError> {
    let mut entries = parse(text)?;
    let campaign = entries.campaign()?;
    let record = entries.hiding("record-key")?;
    if entries.signing.is_empty() && !entries.verifying.is_empty() {
        return Err(FileError { line: entries.lines, problem: FileProblem::OpeningOnly });
    }
    let maker = entries.signing("maker-key")?;
    Ok(SealingKeys { campaign, record, maker })
}

/// Reads a file to open photos with; a maker's own file serves too.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_opening(text: &str) -> Result<OpeningKeys, FileError> {
    let mut entries = parse(text)?;
    let campaign = entries.campaign()?;
    let record = entries.hiding("record-key")?;
    let makers = entries.public("maker", "maker-key")?;
    Ok(OpeningKeys { campaign, record, makers })
}

/// What reads the codes of a campaign offline.
#[derive(Debug)]
pub struct ReadingKeys {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its code key and issuer, for codes of any time.
    pub codes: CodeKeys,
    /// For the fingerprints of codes.
    pub fingerprint: HidingKey,
}

/// Reads the file that codes are issued with.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_issuing(text: &str) -> Result<IssuingKeys, FileError> {
    let mut entries = parse(text)?;
    let campaign = entries.campaign()?;
    let code = entries.hiding("code-key")?;
    let issuer = entries.signing("issuer-key")?;
    Ok(IssuingKeys { campaign, code, issuer })
}

/// Reads a file that codes are read with; the issuer's own file serves too.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_reading(text: &str) -> Result<ReadingKeys, FileError> {
    let mut entries = parse(text)?;
    let campaign = entries.campaign()?;
    let code = entries.hiding("code-key")?;
    let fingerprint = entries.hiding("fingerprint-key")?;
    let issuer = entries.public("issuer", "issuer-key")?.swap_remove(0);
    let codes = CodeKeys { code, issuer, from_s: 0, until_s: u64::MAX };
    Ok(ReadingKeys { campaign, codes, fingerprint })
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

/// The text of the file that codes are issued with: secret.
pub fn write_issuing(keys: &IssuingKeys, fingerprint: &HidingKey) -> Zeroizing<String> {
    let mut text = begin(
        "SECRET: whoever has this file can issue codes. 机密：持有此文件即可签发采集码。",
        keys.code.suite(),
        &keys.campaign,
    );
    write_key(&mut text, "code-key", keys.code.id(), keys.code.reveal());
    write_key(&mut text, "fingerprint-key", fingerprint.id(), fingerprint.reveal());
    write_key(&mut text, "issuer-key", keys.issuer.public().id(), keys.issuer.reveal());
    text
}

/// The text of a file to read codes with: for stations.
pub fn write_reading(keys: &IssuingKeys, fingerprint: &HidingKey) -> Zeroizing<String> {
    let mut text =
        begin("For reading codes only. 仅用于核验采集码，请勿外传。", keys.code.suite(), &keys.campaign);
    write_key(&mut text, "code-key", keys.code.id(), keys.code.reveal());
    write_key(&mut text, "fingerprint-key", fingerprint.id(), fingerprint.reveal());
    write_key(&mut text, "issuer", keys.issuer.public().id(), keys.issuer.public().bytes());
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
        None => Err(entries.missing("suite")),
    }
}

impl Entries {
    fn missing(&self, name: &'static str) -> FileError {
        FileError { line: self.lines, problem: FileProblem::Missing(name) }
    }

    fn campaign(&mut self) -> Result<CampaignId, FileError> {
        self.campaign.take().ok_or_else(|| self.missing("campaign"))
    }

    fn hiding(&mut self, name: &'static str) -> Result<HidingKey, FileError> {
        let at =
            self.hiding.iter().position(|(entry, _)| *entry == name).ok_or_else(|| self.missing(name))?;
        Ok(self.hiding.swap_remove(at).1)
    }

    fn signing(&mut self, name: &'static str) -> Result<SigningKey, FileError> {
        let at =
            self.signing.iter().position(|(entry, _)| *entry == name).ok_or_else(|| self.missing(name))?;
        Ok(self.signing.swap_remove(at).1)
    }

    /// The public keys of a name, that of a secret key included; at least one.
    fn public(&self, name: &'static str, secret: &str) -> Result<Vec<VerifyingKey>, FileError> {
        let public = self.verifying.iter().filter(|(entry, _)| *entry == name).map(|(_, key)| key.clone());
        let own =
            self.signing.iter().filter(|(entry, _)| *entry == secret).map(|(_, key)| key.public().clone());
        let keys: Vec<VerifyingKey> = public.chain(own).collect();
        if keys.is_empty() { Err(self.missing(name)) } else { Ok(keys) }
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
            _ => match ENTRIES.into_iter().find(|(entry, _)| *entry == name) {
                Some(entry) => self.take_key(entry, rest),
                None => Err(FileProblem::UnknownEntry(name.to_owned())),
            },
        }
    }

    fn take_key(&mut self, (name, form): (&'static str, Form), rest: &str) -> Result<(), FileProblem> {
        let suite = self.suite.ok_or(FileProblem::SuiteLate)?;
        let (id, bytes) = id_and_key(rest)?;
        let bad = FileProblem::BadKey(suite.name());
        match form {
            Form::Hiding => {
                let key = HidingKey::new(suite, bytes).ok_or(bad)?;
                same_id(id, key.id())?;
                first(&self.hiding, name)?;
                self.hiding.push((name, key));
            }
            Form::Signing => {
                let key = SigningKey::new(suite, bytes).ok_or(bad)?;
                same_id(id, key.public().id())?;
                first(&self.signing, name)?;
                self.signing.push((name, key));
            }
            Form::Verifying => {
                let key = VerifyingKey::new(suite, bytes.to_vec()).ok_or(bad)?;
                same_id(id, key.id())?;
                self.verifying.push((name, key));
            }
        }
        Ok(())
    }
}

/// Splits "id base64".
fn id_and_key(rest: &str) -> Result<(KeyId, Zeroizing<Vec<u8>>), FileProblem> {
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
    Ok((KeyId(id_bytes), key))
}

fn once<T>(entry: &mut Option<T>, value: T, name: &'static str) -> Result<(), FileProblem> {
    match entry.replace(value) {
        None => Ok(()),
        Some(_) => Err(FileProblem::Twice(name)),
    }
}

fn first<K>(keys: &[(&'static str, K)], name: &'static str) -> Result<(), FileProblem> {
    if keys.iter().any(|(entry, _)| *entry == name) { Err(FileProblem::Twice(name)) } else { Ok(()) }
}

fn same_id(written: KeyId, computed: KeyId) -> Result<(), FileProblem> {
    if written == computed { Ok(()) } else { Err(FileProblem::WrongId) }
}

#[cfg(test)]
mod tests;
