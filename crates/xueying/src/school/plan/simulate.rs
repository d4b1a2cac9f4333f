//! `xueying plan simulate`.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use anyhow::{Context, Result};
use clap::Args;
use schedule::{Noise, simulate};

use super::{
    at,
    source::{Unsaid, read_both, text},
};
use crate::{files, language::Language, outcome::Outcome};

/// 用许多虚拟的日子推演：等候多久，何时拍完 · Try a plan on many made-up days: how long classes wait, when it ends
#[derive(Args)]
pub struct Arguments {
    /// 排程问题（JSON），或印好的时间安排表 · The problem (JSON), or a printed timetable
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    /// 时间安排（JSON 或表格） · The plan (JSON or a table), where the first file does not hold it
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    unsaid: Unsaid,
    /// 推演天数 · How many days
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    days: u32,
    /// 随机种子 · The same number gives the same days
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// 波动的大小（JSON，缺项取默认） · How days differ from the plan (JSON; what is missing stays as it is)
    #[arg(long, value_name = "FILE")]
    noise: Option<PathBuf>,
    /// 下一个班未到时，同学院已到的班先拍 · A class of the same college that is there goes first when the next is not
    #[arg(long)]
    swap: bool,
    /// 提前多少分钟重新通知 · Minutes ahead at which new times are told
    #[arg(long, value_name = "MINUTES")]
    announce: Option<f64>,
    /// 输出 JSON · As JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let (problem, plan) =
        read_both(&arguments.problem, arguments.plan.as_deref(), &arguments.unsaid, language)?;
    let mut noise = match &arguments.noise {
        Some(path) => Noise::from_json(text(&files::read(path, language)?, language)?)
            .with_context(|| path.display().to_string())?,
        None => Noise::default(),
    };
    noise.swap |= arguments.swap;
    noise.announce_minutes = arguments.announce.unwrap_or(noise.announce_minutes);
    noise.validate()?;
    let waiting = simulate(&problem, &plan, &noise, arguments.days, arguments.seed);
    let mut out = io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string(&waiting)?)?;
        return Ok(Outcome::Passes);
    }
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let class = waiting.worst_class.as_ref().map_or_else(String::new, ToString::to_string);
    let (half, most) = (at(waiting.finish_median, language), at(waiting.finish_95, language));
    let (over, worst, late) =
        (percent(waiting.over_20_minutes), percent(waiting.worst), percent(waiting.overrun));
    writeln!(
        out,
        "{}",
        language.pick(
            format!(
                "推演 {} 天：平均等候 {:.1} 分钟；{over} 的班等候超过 20 分钟，最差的 {class} 为 {worst}\n半数日子 {half} 前拍完，九成五 {most} 前拍完；{late} 的日子有机位拍过了开放时段（包括午休前）",
                waiting.days, waiting.mean_minutes
            ),
            format!(
                "{} days: classes wait {:.1} min on average; {over} of them more than 20 min, {class} most often ({worst})\nhalf of the days end by {half}, 95 % by {most}; on {late} of them a station works past the end of its hours, noon included",
                waiting.days, waiting.mean_minutes
            ),
        )
    )?;
    Ok(Outcome::Passes)
}
