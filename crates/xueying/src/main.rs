//! The program: from a camera photo to a judged and sealed graduation portrait.
//!
//! One file per command. A command gets its arguments and the language, writes results to standard output
//! and complaints to standard error, and says how it ended ([`outcome::Outcome`]).

mod audit;
mod backup;
mod batch;
mod clock;
mod code;
mod delivery;
mod demo;
mod faces;
mod files;
mod inspect;
mod judging;
mod keys;
mod language;
mod make;
mod names;
mod open;
mod outcome;
mod packet;
mod plan;
mod presets;
mod render;
mod report;
mod roster;
mod sealing;
mod secrets;
mod serve;
mod sheet;
mod standards;
mod station;
mod wording;

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
    Keys(keys::Arguments),
    Seal(sealing::Arguments),
    Open(open::Arguments),
    Roster(roster::Arguments),
    Plan(plan::Arguments),
    Code(code::Arguments),
    Packet(packet::Arguments),
    Delivery(delivery::Arguments),
    Audit(audit::Arguments),
    Faces(faces::Arguments),
    Presets(presets::Arguments),
    Demo(demo::Arguments),
    Serve(serve::Arguments),
    Station(station::Arguments),
    Backup(backup::Arguments),
    Restore(backup::RestoreArguments),
    Render(render::Arguments),
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
        Command::Keys(arguments) => keys::run(&arguments, language),
        Command::Seal(arguments) => sealing::run(&arguments, language),
        Command::Open(arguments) => open::run(&arguments, language),
        Command::Roster(arguments) => roster::run(&arguments, language),
        Command::Plan(arguments) => plan::run(&arguments, language),
        Command::Code(arguments) => code::run(&arguments, language),
        Command::Packet(arguments) => packet::run(&arguments, language),
        Command::Delivery(arguments) => delivery::run(&arguments, language),
        Command::Audit(arguments) => audit::run(&arguments, language),
        Command::Faces(arguments) => faces::run(&arguments, language),
        Command::Presets(arguments) => presets::run(&arguments, language),
        Command::Demo(arguments) => demo::run(&arguments, language),
        Command::Serve(arguments) => serve::run(&arguments, language),
        Command::Station(arguments) => station::run(&arguments, language),
        Command::Backup(arguments) => backup::run(&arguments, language),
        Command::Restore(arguments) => backup::restore(&arguments, language),
        Command::Render(arguments) => render::run(&arguments, language),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
