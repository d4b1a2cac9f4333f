//! The program: from a camera photo to a judged and sealed graduation portrait.
//!
//! One file per command. A command gets its arguments and the language, writes results to standard output
//! and complaints to standard error, and says how it ended ([`outcome::Outcome`]).
//!
//! Without the feature `school` this is a photo agency's program: the station, and what works on photos and
//! carries packets.
//! Nothing in it knows a roster or holds a campaign's keys.

// Helpers that only the school's commands need stand beside the others.
#![cfg_attr(not(feature = "school"), allow(dead_code))]

mod audit;
mod batch;
mod clock;
mod files;
mod inspect;
mod judging;
mod language;
mod make;
mod names;
mod outcome;
mod packet;
mod page;
mod presets;
mod report;
mod secrets;
mod sheet;
mod standards;
mod station;
mod wording;

#[cfg(feature = "school")]
mod school;

use std::{io, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{language::Language, outcome::Outcome};

/// 学影：制作、检测、封装毕业生图像，全程离线 · Makes, judges and seals graduation portraits, offline.
#[derive(Parser)]
#[command(name = "xueying", version, after_help = AFTER_HELP)]
struct Program {
    /// 信息与报告的语言，默认取环境变量 LANG · Language of messages and reports, by default from LANG.
    #[arg(long, global = true, value_name = "LANGUAGE")]
    lang: Option<Language>,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
退出码 Exit status:
  0  完成，全部合格 · done, everything passes
  1  完成，有不合格 · done, something was judged fail
  2  用法有误，或有文件无法读取（其余照常处理） · wrong usage, or a file could not be read (the rest was done)";

#[derive(Subcommand)]
enum Command {
    Inspect(inspect::Arguments),
    Make(make::Arguments),
    Sheet(sheet::Arguments),
    Packet(packet::Arguments),
    Audit(audit::Arguments),
    Presets(presets::Arguments),
    Station(station::Arguments),
    #[cfg(feature = "school")]
    #[command(flatten)]
    School(school::Command),
}

fn main() -> ExitCode {
    let program = Program::parse();
    let language = program.lang.unwrap_or_else(Language::of_environment);
    match run(program.command, language) {
        Ok(outcome) => outcome.into(),
        // Whoever reads our output may stop early, as `head` does; that is no fault to report.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xueying: {error:#}");
            Outcome::Unreadable.into()
        }
    }
}

fn run(command: Command, language: Language) -> Result<Outcome> {
    match command {
        Command::Inspect(arguments) => inspect::run(&arguments, language),
        Command::Make(arguments) => make::run(&arguments, language),
        Command::Sheet(arguments) => sheet::run(&arguments, language),
        Command::Packet(arguments) => packet::run(&arguments, language),
        Command::Audit(arguments) => audit::run(&arguments, language),
        Command::Presets(arguments) => presets::run(&arguments, language),
        Command::Station(arguments) => station::run(&arguments, language),
        #[cfg(feature = "school")]
        Command::School(command) => school::run(&command, language),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
