//! The ledger of issued codes (签发台账): a table that Excel opens. It holds fingerprints and ids, never a
//! code's text, so that nobody can show a code from it; lines are added and revoked, never removed.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, anyhow, bail};
use seal::code::CodeId;

use crate::{
    clock,
    files::{self, Existing},
    language::Language,
    outcome::Outcome,
};

/// Headings, and the byte order mark by which Excel knows UTF-8.
const HEADINGS: [&str; 6] = ["code", "student", "fingerprint", "issued", "expires", "revoked"];
const MARK: &str = "\u{feff}";

/// One issued code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The student's unique number.
    pub student: String,
    /// The keyed fingerprint of the code's text.
    pub fingerprint: String,
    /// Seconds since 1970-01-01 UTC.
    pub issued_s: u64,
    /// The first second in which it no longer holds.
    pub expires_s: u64,
    /// When it was revoked.
    pub revoked_s: Option<u64>,
}

/// Every code that was issued under a code key.
#[derive(Debug, Default)]
pub struct Ledger(pub BTreeMap<CodeId, Line>);

impl Ledger {
    /// Reads a ledger. A missing one is an error: taken for empty, it would let revoked codes pass.
    pub fn read(path: &Path, language: Language) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|error| files::reason(&error, language));
        text.and_then(|text| Self::parse(&text, language)).with_context(|| path.display().to_string())
    }

    fn parse(text: &str, language: Language) -> Result<Self> {
        let mut table = csv::Reader::from_reader(text.trim_start_matches(MARK).as_bytes());
        if *table.headers()? != HEADINGS[..] {
            bail!(language.pick("不是签发台账：表头不符", "this is no ledger of codes: the headings differ"));
        }
        let mut ledger = Self::default();
        for row in table.records() {
            let row = row?;
            let line = row.position().map_or(0, csv::Position::line);
            let (id, entry) = read_row(&row).ok_or_else(|| {
                anyhow!(language.pick(
                    format!("第 {line} 行已损坏；请从备份恢复台账"),
                    format!("line {line} is damaged; restore the ledger from a backup"),
                ))
            })?;
            ledger.0.insert(id, entry);
        }
        Ok(ledger)
    }

    /// Writes the ledger in one step.
    pub fn write(&self, path: &Path, language: Language) -> Result<()> {
        let mut table = csv::Writer::from_writer(MARK.as_bytes().to_vec());
        table.write_record(HEADINGS)?;
        for (id, line) in &self.0 {
            let revoked = line.revoked_s.map(|at| at.to_string()).unwrap_or_default();
            let (issued, expires) = (line.issued_s.to_string(), line.expires_s.to_string());
            table.write_record([
                &id.to_string(),
                &line.student,
                &line.fingerprint,
                &issued,
                &expires,
                &revoked,
            ])?;
        }
        let bytes = table.into_inner().map_err(|error| anyhow!("{error}"))?;
        files::write(path, &bytes, Existing::Replace, language)?;
        Ok(())
    }

    /// Codes that were revoked.
    pub fn revoked(&self) -> impl Iterator<Item = CodeId> {
        self.0.iter().filter(|(_, line)| line.revoked_s.is_some()).map(|(id, _)| *id)
    }

    /// The code that a student can still use at a time.
    pub fn standing(&self, student: &str, now_s: u64) -> Option<CodeId> {
        let stands =
            |line: &Line| line.student == student && line.revoked_s.is_none() && now_s < line.expires_s;
        self.0.iter().find(|(_, line)| stands(line)).map(|(id, _)| *id)
    }
}

fn read_row(row: &csv::StringRecord) -> Option<(CodeId, Line)> {
    let id = CodeId::parse(row.get(0)?)?;
    let line = Line {
        student: row.get(1)?.to_owned(),
        fingerprint: row.get(2)?.to_owned(),
        issued_s: row.get(3)?.parse().ok()?,
        expires_s: row.get(4)?.parse().ok()?,
        revoked_s: match row.get(5)? {
            "" => None,
            at => Some(at.parse().ok()?),
        },
    };
    Some((id, line))
}

/// `xueying code revoke`: all of the codes or none.
pub fn revoke(codes: &[String], path: &Path, language: Language) -> Result<Outcome> {
    let mut ledger = Ledger::read(path, language)?;
    let now_s = clock::now_ms() / 1000;
    for code in codes {
        let line = CodeId::parse(code).and_then(|id| ledger.0.get_mut(&id)).ok_or_else(|| {
            anyhow!(language.pick(
                format!("台账中没有采集码 {code}；未作任何改动"),
                format!("the ledger has no code {code}; nothing was changed"),
            ))
        })?;
        line.revoked_s.get_or_insert(now_s);
    }
    ledger.write(path, language)?;
    Ok(Outcome::Passes)
}
