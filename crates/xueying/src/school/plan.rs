//! `xueying plan`: sessions planned, checked, tried out on made-up days, mended, and read from printed tables.

mod check;
mod import;
mod replan;
mod simulate;
mod solve;
mod source;
mod table;

use anyhow::Result;
use clap::{Args, Subcommand};
use schedule::{Score, Seconds, day_and_clock};

use crate::{language::Language, outcome::Outcome};

/// 时间安排：排程、核对、推演、调整、导入 · Timetables: solve, check, simulate, replan, import
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Solve(solve::Arguments),
    Check(check::Arguments),
    Simulate(simulate::Arguments),
    Replan(replan::Arguments),
    Import(import::Arguments),
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    match &arguments.what {
        What::Solve(arguments) => solve::run(arguments, language),
        What::Check(arguments) => check::run(arguments, language),
        What::Simulate(arguments) => simulate::run(arguments, language),
        What::Replan(arguments) => replan::run(arguments, language),
        What::Import(arguments) => import::run(arguments, language),
    }
}

fn at(time: Seconds, language: Language) -> String {
    let (day, clock) = day_and_clock(time);
    if day == 1 {
        clock
    } else {
        language.pick(format!("第 {day} 天 {clock}"), format!("day {day} {clock}"))
    }
}

/// A plan's worth in one line.
fn worth(score: &Score, language: Language) -> String {
    let finish = at(score.finish, language);
    language.pick(
        format!(
            "{} 段，{} 个学院分在多个机位（换机位 {} 次），{finish} 拍完，未安排 {} 个班",
            score.pieces, score.split_colleges, score.station_changes, score.unplaced
        ),
        format!(
            "{} runs, {} college(s) at more than one station ({} changes), done at {finish}, {} class(es) without a place",
            score.pieces, score.split_colleges, score.station_changes, score.unplaced
        ),
    )
}
