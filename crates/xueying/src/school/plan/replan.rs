//! `xueying plan replan`.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use schedule::{Day, Seconds, replan};

use super::{
    at,
    source::{Unsaid, read_both, text},
    table, worth,
};
use crate::{
    files::{self, Existing},
    language::Language,
    outcome::Outcome,
};

/// 当天调整：已开始的不动，少通知人 · Mend a plan during its day: what has begun stays, few must be told
#[derive(Args)]
pub struct Arguments {
    /// 排程问题（JSON），或印好的时间安排表 · The problem (JSON), or a printed timetable
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    /// 已公布的时间安排（JSON 或表格） · The plan as it was published (JSON or a table), where the first file does not hold it
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    unsaid: Unsaid,
    /// 调整后的安排写到此处 · Where the mended plan goes
    #[arg(long, value_name = "PLAN.json")]
    out: PathBuf,
    /// 另写一份表格 · Also as a table (.xlsx or .csv)
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// 现在的时刻，如 10:05，多日的第二天写作 2/10:05 · The time it is, such as 10:05; on the second day 2/10:05
    #[arg(long, value_name = "TIME", required_unless_present = "day")]
    now: Option<String>,
    /// 机位落后的分钟数，如 1=15（机位从 1 数起） · Minutes a station is behind, such as 1=15 (stations from 1)
    #[arg(long, value_name = "STATION=MINUTES")]
    late: Vec<String>,
    /// 机位停用的时段，如 2=10:00-10:40 · When a station is closed, such as 2=10:00-10:40
    #[arg(long, value_name = "STATION=FROM-TO")]
    closed: Vec<String>,
    /// 当天的实际情况（JSON），代替以上三项 · How the day went (JSON), instead of the three above
    #[arg(long, value_name = "FILE", conflicts_with_all = ["now", "late", "closed"])]
    day: Option<PathBuf>,
    /// 随机种子 · Where the search begins
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// 覆盖已有文件 · Replace existing files
    #[arg(long)]
    force: bool,
}

const DAY: Seconds = 86_400;

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let (problem, plan) =
        read_both(&arguments.problem, arguments.plan.as_deref(), &arguments.unsaid, language)?;
    let day = match &arguments.day {
        Some(path) => Day::from_json(text(&files::read(path, language)?, language)?, &problem)
            .with_context(|| path.display().to_string())?,
        None => said(arguments, problem.stations.len(), language)?,
    };
    let mended = replan(&problem, &plan, &day, arguments.seed);
    let existing = if arguments.force { Existing::Replace } else { Existing::Keep };
    let text = serde_json::to_string_pretty(&mended.plan)? + "\n";
    files::write(&arguments.out, text.as_bytes(), existing, language)?;
    if let Some(path) = &arguments.table {
        table::write(path, &problem, &mended.plan, existing, language)?;
    }
    let mut out = io::stdout().lock();
    for change in &mended.changes {
        let before = format!(
            "{} [{}]",
            at(change.before.start, language),
            problem.station_name(change.before.station)
        );
        let after = match &change.after {
            Some(after) => format!("{} [{}]", at(after.start, language), problem.station_name(after.station)),
            None => language.pick("没有位置", "no place").to_owned(),
        };
        writeln!(out, "{}: {before} → {after}", change.class)?;
    }
    for each in &mended.plan.unplaced {
        writeln!(out, "✗ {}: {}", each.class, language.pick(&each.zh, &each.reason))?;
    }
    if let Some(score) = &mended.plan.score {
        writeln!(out, "{}", worth(score, language))?;
    }
    writeln!(
        out,
        "{}",
        language.pick(
            format!("需通知 {} 个班", mended.changes.len()),
            format!("{} class(es) must be told", mended.changes.len())
        )
    )?;
    Ok(if mended.plan.unplaced.is_empty() { Outcome::Passes } else { Outcome::Fails })
}

/// What the options say about the day.
fn said(arguments: &Arguments, stations: usize, language: Language) -> Result<Day> {
    let now = time(arguments.now.as_deref().unwrap_or_default(), language)?;
    let mut day = Day { now, late: vec![0; stations], ..Day::default() };
    for text in &arguments.late {
        let (station, minutes) = station(text, stations, language)?;
        let minutes: Seconds = minutes.parse().with_context(|| text.clone())?;
        if !(0..=24 * 60).contains(&minutes) {
            bail!("{text}: {}", language.pick("分钟数应在 0 至 1440 之间", "0 to 1440 minutes are expected"));
        }
        day.late[station] = minutes * 60;
    }
    for text in &arguments.closed {
        let (station, range) = station(text, stations, language)?;
        let (from, to) = schedule::read_range(range).with_context(|| text.clone())?;
        let midnight = now.div_euclid(DAY) * DAY;
        day.closed.push((station, midnight + from, midnight + to));
    }
    Ok(day)
}

/// 1=…: the index of the station, and what is said about it.
fn station(text: &str, stations: usize, language: Language) -> Result<(usize, &str)> {
    let parts = text
        .split_once('=')
        .and_then(|(station, rest)| Some((station.trim().parse::<usize>().ok()?.checked_sub(1)?, rest)));
    match parts {
        Some((station, rest)) if station < stations => Ok((station, rest)),
        _ => bail!(
            "{text}: {}",
            language.pick(
                format!("请写成 机位=…，机位为 1 至 {stations}"),
                format!("write STATION=…, with a station from 1 to {stations}")
            )
        ),
    }
}

/// 10:05 or 2/10:05.
fn time(text: &str, language: Language) -> Result<Seconds> {
    let (day, clock) = text.split_once('/').unwrap_or(("1", text));
    let day: Option<Seconds> = day.trim().parse().ok().filter(|day| (1..=366).contains(day));
    let parts = clock.split_once([':', '：']).and_then(|(hours, minutes)| {
        let (hours, minutes): (Seconds, Seconds) = (hours.trim().parse().ok()?, minutes.trim().parse().ok()?);
        ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 3_600 + minutes * 60)
    });
    match (day, parts) {
        (Some(day), Some(clock)) => Ok((day - 1) * DAY + clock),
        _ => bail!(
            "{text}: {}",
            language.pick("请写成 10:05，第二天写作 2/10:05", "write 10:05, on the second day 2/10:05")
        ),
    }
}
