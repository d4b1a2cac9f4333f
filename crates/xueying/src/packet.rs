//! `xueying packet`: photos from a station to the centre, over any network or on a stick.

#[cfg(feature = "school")]
mod open;
#[cfg(feature = "school")]
mod pack;
mod travel;
mod verify;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::{language::Language, outcome::Outcome};

/// 加密传输包：打包、验证、打开，或装入移动存储运送 · Encrypted packets: pack, verify, open, or carry on a stick
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    #[cfg(feature = "school")]
    Pack(pack::Arguments),
    Verify(verify::Arguments),
    #[cfg(feature = "school")]
    Open(open::Arguments),
    Export(travel::ExportArguments),
    Import(travel::ImportArguments),
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    match &arguments.what {
        #[cfg(feature = "school")]
        What::Pack(arguments) => pack::run(arguments, language),
        What::Verify(arguments) => verify::run(arguments, language),
        #[cfg(feature = "school")]
        What::Open(arguments) => open::run(arguments, language),
        What::Export(arguments) => travel::export(arguments, language),
        What::Import(arguments) => travel::import(arguments, language),
    }
}
