//! `xueying audit`: whether a log is what was written, or which entry is the first that is not.

use std::{
    fs::File,
    io::{self, BufReader, Write},
    path::PathBuf,
};

use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand};
use seal::{
    audit::{
        checkpoint,
        verify::{Known, verify},
    },
    keys::file,
};

use crate::{batch, clock, files, language::Language, outcome::Outcome, secrets};

/// 日志：核验是否被改动、删减 · Logs: whether anything was changed or removed
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 逐条核验日志，指出第一条有问题的记录 · Verify a log entry by entry; names the first that is broken
    Verify {
        /// 日志文件 · The log
        #[arg(value_name = "LOG")]
        log: PathBuf,
        /// 含签名者公钥的密钥文件 · A key file with the public keys of those who sign checkpoints (centre.keys)
        #[arg(long, value_name = "FILE", env = "XUEYING_KEYS")]
        keys: PathBuf,
        /// 另存于别处的检查点，日志必须与之相符 · Checkpoints kept elsewhere, which the log must fit
        #[arg(long, value_name = "FILE")]
        checkpoint: Vec<PathBuf>,
    },
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let What::Verify { log, keys, checkpoint } = &arguments.what;
    let signers = secrets::read(keys, language, file::parse_signers)?;
    let mut kept = Vec::new();
    for path in checkpoint {
        let text = files::read(path, language).with_context(|| path.display().to_string())?;
        let read = checkpoint::read(&String::from_utf8_lossy(&text), &signers.keys)
            .map_err(|fault| anyhow!(language.pick(fault.zh(), fault.to_string())))
            .with_context(|| path.display().to_string())?;
        kept.push(read);
    }
    let file = File::open(log)
        .map_err(|error| files::reason(&error, language))
        .with_context(|| log.display().to_string())?;
    let known =
        Known { campaign: &signers.campaign, suite: signers.suite, signers: &signers.keys, kept: &kept };
    match verify(&mut BufReader::new(file), known) {
        Ok(audited) => {
            let count = audited.tip.count;
            let last = audited.last_checkpoint.map(|last| (last.count, clock::minute(last.at_ms / 1000)));
            let text = match last {
                Some((upto, at)) => language.pick(
                    format!("✓ {count} 条记录完好；最近的检查点覆盖前 {upto} 条，签于 {at}"),
                    format!("✓ {count} entries are as written; the last checkpoint covers {upto}, signed {at}"),
                ),
                None => language.pick(
                    format!("! {count} 条记录前后相符，但没有检查点：无法发现末尾被截去"),
                    format!("! {count} entries fit each other, but there is no checkpoint: entries cut off at the end would not be noticed"),
                ),
            };
            writeln!(io::stdout(), "{}: {text}", log.display())?;
            if let [first, more @ ..] = audited.set_back.as_slice() {
                let times = more.len() + 1;
                let text = language.pick(
                    format!("! 时钟曾被拨回 {times} 次，首次在第 {first} 条"),
                    format!("! a clock was set back {times} time(s), first at entry {first}"),
                );
                writeln!(io::stdout(), "{}: {text}", log.display())?;
            }
            Ok(Outcome::Passes)
        }
        Err(fault) => {
            batch::complain(log, &anyhow!(language.pick(fault.zh(), fault.to_string())));
            Ok(Outcome::Fails)
        }
    }
}
