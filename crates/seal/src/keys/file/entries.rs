//! The lines of a key file: which entries there are, and how each is read and written.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::{Zeroize, Zeroizing};

use crate::identity::CampaignId;
use crate::keys::{HidingKey, KEY_ID_BYTES, KeyId, ReceivingKey, SendingKey, SigningKey, VerifyingKey};
use crate::problem::{FileError, FileProblem};
use crate::suite::Suite;

const FIRST_LINE: &str = "xueying-keys 1";

/// What kind of key an entry holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Hiding,
    Signing,
    Verifying,
    Receiving,
    Sending,
}

/// Every entry that holds a key.
const ENTRIES: [(&str, Form); 15] = [
    ("record-key", Form::Hiding),
    ("maker-key", Form::Signing),
    ("maker", Form::Verifying),
    ("code-key", Form::Hiding),
    ("fingerprint-key", Form::Hiding),
    ("rest-key", Form::Hiding),
    ("issuer-key", Form::Signing),
    ("issuer", Form::Verifying),
    ("station-key", Form::Signing),
    ("station", Form::Verifying),
    ("letter-key", Form::Receiving),
    ("centre-key", Form::Receiving),
    ("centre", Form::Sending),
    ("receipt-key", Form::Signing),
    ("receipt", Form::Verifying),
];

/// What stands in a file. Public keys may stand under one name several times.
#[derive(Default)]
pub struct Entries {
    suite: Option<Suite>,
    campaign: Option<CampaignId>,
    hiding: Vec<(&'static str, HidingKey)>,
    signing: Vec<(&'static str, SigningKey)>,
    verifying: Vec<(&'static str, VerifyingKey)>,
    receiving: Vec<(&'static str, ReceivingKey)>,
    sending: Vec<(&'static str, SendingKey)>,
    lines: usize,
}

/// Reserves enough room at once: a string that grows leaves its old bytes behind.
pub fn begin(remark: &str, suite: Suite, campaign: &CampaignId) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(4096));
    text.push_str(FIRST_LINE);
    for part in ["\n# ", remark, "\nsuite ", suite.name(), "\ncampaign ", campaign.as_str(), "\n"] {
        text.push_str(part);
    }
    text
}

pub fn write_key(text: &mut Zeroizing<String>, name: &str, id: KeyId, key: &[u8]) {
    let encoded = Zeroizing::new(STANDARD.encode(key));
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{name} {id} {}", encoded.as_str());
}

pub fn parse(text: &str) -> Result<Entries, FileError> {
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
    pub fn missing(&self, name: &'static str) -> FileError {
        FileError { line: self.lines, problem: FileProblem::Missing(name) }
    }

    pub fn suite(&self) -> Result<Suite, FileError> {
        self.suite.ok_or_else(|| self.missing("suite"))
    }

    pub fn campaign(&mut self) -> Result<CampaignId, FileError> {
        self.campaign.take().ok_or_else(|| self.missing("campaign"))
    }

    pub fn hiding(&mut self, name: &'static str) -> Result<HidingKey, FileError> {
        take(&mut self.hiding, name).ok_or_else(|| self.missing(name))
    }

    pub fn signing(&mut self, name: &'static str) -> Result<SigningKey, FileError> {
        take(&mut self.signing, name).ok_or_else(|| self.missing(name))
    }

    pub fn receiving(&mut self, name: &'static str) -> Result<ReceivingKey, FileError> {
        take(&mut self.receiving, name).ok_or_else(|| self.missing(name))
    }

    /// The keys to send to under a name; at least one.
    pub fn sending(&self, name: &'static str) -> Result<Vec<SendingKey>, FileError> {
        let named = self.sending.iter().filter(|(entry, _)| *entry == name).map(|(_, key)| key.clone());
        let keys: Vec<SendingKey> = named.collect();
        if keys.is_empty() { Err(self.missing(name)) } else { Ok(keys) }
    }

    /// Every public key, those of secret keys included.
    pub fn every_public(&self) -> Vec<VerifyingKey> {
        let own = self.signing.iter().map(|(_, key)| key.public());
        self.verifying.iter().map(|(_, key)| key).chain(own).cloned().collect()
    }

    /// The public keys of a name, that of a secret key included; at least one.
    pub fn public(&self, name: &'static str, secret: &str) -> Result<Vec<VerifyingKey>, FileError> {
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
            Form::Receiving => {
                let key = ReceivingKey::new(suite, bytes).ok_or(bad)?;
                same_id(id, key.public().id())?;
                first(&self.receiving, name)?;
                self.receiving.push((name, key));
            }
            Form::Sending => {
                let key = SendingKey::new(suite, bytes.to_vec()).ok_or(bad)?;
                same_id(id, key.id())?;
                self.sending.push((name, key));
            }
        }
        Ok(())
    }
}

/// Splits "id base64".
fn id_and_key(rest: &str) -> Result<(KeyId, Zeroizing<Vec<u8>>), FileProblem> {
    let (id, encoded) = rest.split_once(' ').ok_or(FileProblem::NotKeyLine)?;
    let mut id_bytes = [0; KEY_ID_BYTES];
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

fn take<K>(keys: &mut Vec<(&'static str, K)>, name: &str) -> Option<K> {
    let at = keys.iter().position(|(entry, _)| *entry == name)?;
    Some(keys.swap_remove(at).1)
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
