//! Verifying a log from its first line to its last, a line at a time.

use std::io::{self, BufRead};

use thiserror::Error;

use super::checkpoint::{self, Checkpoint};
use super::{CHECKPOINT, Chain, LONGEST_FIELD, Tip};
use crate::identity::CampaignId;
use crate::keys::VerifyingKey;
use crate::statement::StatementFault;
use crate::suite::Suite;

/// Longest line in bytes: three fields, two numbers, a chain.
const LONGEST_LINE: u64 = 4 * LONGEST_FIELD as u64;

/// What a good log holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// Its end.
    pub tip: Tip,
    /// The last checkpoint in it. What comes after it only its writer vouches for.
    pub last_checkpoint: Option<Checkpoint>,
    /// Entries that are earlier than the one before them: a clock was set back. The chain says that they stand where
    /// they were written.
    pub set_back: Vec<u64>,
}

/// What is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("entry {line}: {fault}")]
pub struct AuditFault {
    /// The first entry that is wrong, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub fault: LineFault,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LineFault {
    /// Not in the one form of a line.
    #[error("it is not a line of this log")]
    Form,
    /// The number is not the next.
    #[error("its number is not the next one: an entry was dropped, added or moved before it")]
    Number,
    /// The chain does not fit.
    #[error("it was changed, or entries before it were dropped, added or moved")]
    Changed,
    /// A checkpoint in the log is not good.
    #[error("its checkpoint does not count: {0}")]
    Checkpoint(StatementFault),
    /// A checkpoint in the log says something else than the log.
    #[error("its checkpoint does not fit the entries before it: the log was rewritten")]
    Rewritten,
    /// A checkpoint that was kept elsewhere is of another log, or of this one before it was cut off.
    #[error("a checkpoint kept elsewhere does not fit here: the log was cut off or rewritten")]
    RolledBack,
    /// The medium.
    #[error("the log cannot be read: {0}")]
    Medium(io::ErrorKind),
}

impl AuditFault {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        format!("第 {} 条：{}", self.line, self.fault.zh())
    }
}

impl LineFault {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Form => "不是本日志的条目".into(),
            Self::Number => "序号不连续：此前有条目被删除、添加或移动".into(),
            Self::Changed => "被改动过，或此前有条目被删除、添加或移动".into(),
            Self::Checkpoint(fault) => format!("检查点无效：{}", fault.zh()),
            Self::Rewritten => "检查点与此前的条目不符：日志被改写".into(),
            Self::RolledBack => "另行保存的检查点与日志不符：日志被截断或改写".into(),
            Self::Medium(kind) => format!("日志无法读取：{kind}"),
        }
    }
}

/// Whose log it is and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// The campaign.
    pub campaign: &'k CampaignId,
    /// The suite.
    pub suite: Suite,
    /// Whose checkpoints count.
    pub signers: &'k [VerifyingKey],
    /// Checkpoints that were kept outside the log, in any order.
    pub kept: &'k [Checkpoint],
}

/// Verifies a whole log.
///
/// # Errors
/// [`AuditFault`] with the first entry that is wrong.
pub fn verify(log: &mut dyn BufRead, known: Known<'_>) -> Result<Audited, AuditFault> {
    let tip = Tip::start(known.campaign, known.suite);
    let mut auditor = Auditor { known, tip, last: None, last_ms: 0, set_back: Vec::new() };
    auditor.compare_kept().map_err(|fault| AuditFault { line: 1, fault })?;
    let mut line = Vec::with_capacity(1024);
    loop {
        line.clear();
        let number = auditor.tip.count + 1;
        let at_line = |fault| AuditFault { line: number, fault };
        let mut limited = io::Read::take(&mut *log, LONGEST_LINE);
        let read = limited.read_until(b'\n', &mut line);
        if read.map_err(|error| at_line(LineFault::Medium(error.kind())))? == 0 {
            break;
        }
        auditor.take(&line).map_err(at_line)?;
    }
    let end = AuditFault { line: auditor.tip.count + 1, fault: LineFault::RolledBack };
    if known.kept.iter().any(|kept| kept.count > auditor.tip.count) {
        return Err(end);
    }
    Ok(Audited { tip: auditor.tip, last_checkpoint: auditor.last, set_back: auditor.set_back })
}

struct Auditor<'k> {
    known: Known<'k>,
    tip: Tip,
    last: Option<Checkpoint>,
    last_ms: u64,
    set_back: Vec<u64>,
}

impl Auditor<'_> {
    fn take(&mut self, line: &[u8]) -> Result<(), LineFault> {
        let line = std::str::from_utf8(line).ok().and_then(|line| line.strip_suffix('\n'));
        let (content, chain) = line.and_then(|line| line.rsplit_once('\t')).ok_or(LineFault::Form)?;
        let chain = Chain::parse(chain).ok_or(LineFault::Form)?;
        let fields: Vec<&str> = content.split('\t').collect();
        let [number, at_ms, event, _, detail] = fields[..] else { return Err(LineFault::Form) };
        if number.parse() != Ok(self.tip.count + 1) {
            return Err(LineFault::Number);
        }
        if self.tip.next(content.as_bytes()) != chain {
            return Err(LineFault::Changed);
        }
        let at_ms: u64 = at_ms.parse().map_err(|_| LineFault::Form)?;
        if at_ms < self.last_ms {
            self.set_back.push(self.tip.count + 1);
        }
        if event == CHECKPOINT {
            self.take_checkpoint(detail)?;
        }
        self.last_ms = at_ms;
        self.tip.count += 1;
        self.tip.chain = chain;
        self.compare_kept()
    }

    fn take_checkpoint(&mut self, text: &str) -> Result<(), LineFault> {
        let checkpoint = checkpoint::read(text, self.known.signers).map_err(LineFault::Checkpoint)?;
        if !self.fits(&checkpoint) || checkpoint.count != self.tip.count {
            return Err(LineFault::Rewritten);
        }
        self.last = Some(checkpoint);
        Ok(())
    }

    fn compare_kept(&self) -> Result<(), LineFault> {
        let here = self.known.kept.iter().filter(|kept| kept.count == self.tip.count);
        for kept in here {
            if !self.fits(kept) {
                return Err(LineFault::RolledBack);
            }
        }
        Ok(())
    }

    fn fits(&self, checkpoint: &Checkpoint) -> bool {
        checkpoint.campaign == *self.known.campaign && checkpoint.chain == self.tip.chain
    }
}
