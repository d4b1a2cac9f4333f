//! `xueying code`: collection codes for a roster, read back from pictures, drawn again, revoked.

mod card;
mod issue;
mod ledger;
mod read;
pub mod typeface;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};

use crate::{language::Language, outcome::Outcome};

/// 图像采集码：签发、核验、重绘、作废 · Collection codes: issue, read, draw again, revoke
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Issue(issue::Arguments),
    Read(read::Arguments),
    Card(card::Arguments),
    /// 作废采集码（台账中加注，不删除） · Revoke codes (noted in the ledger, nothing is deleted)
    Revoke {
        /// 采集码编号 · Ids of codes
        #[arg(value_name = "CODE", required = true)]
        codes: Vec<String>,
        /// 签发台账 · The ledger that `issue` wrote
        #[arg(long, value_name = "FILE")]
        issued: PathBuf,
    },
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// 供人阅读 · for reading
    Text,
    /// 每行一个对象 · one object per line
    Json,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    match &arguments.what {
        What::Issue(arguments) => issue::run(arguments, language),
        What::Read(arguments) => read::run(arguments, language),
        What::Card(arguments) => card::run(arguments, language),
        What::Revoke { codes, issued } => ledger::revoke(codes, issued, language),
    }
}
