//! `xueying plan import`.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use campaign::timetable::{self, Options};
use clap::Args;
use roster::table;

use super::worth;
use crate::{
    files::{self, Existing},
    language::Language,
    outcome::Outcome,
};

/// 读入印好的时间安排表或班级清单（xlsx、xls、csv）；看不准的逐条提出 · Read a printed timetable or a list of classes; what is unsure is asked
#[derive(Args)]
pub struct Arguments {
    /// 表格，表头如 机位、学院、班级、人数、采集时间 · The table, with headings such as 机位, 学院, 班级, 人数, 采集时间
    #[arg(value_name = "TABLE")]
    table: PathBuf,
    /// 排程问题写到此处 · Where the problem goes
    #[arg(long, value_name = "PROBLEM.json")]
    problem: PathBuf,
    /// 表中的时间安排写到此处 · Where the table's plan goes
    #[arg(long, value_name = "PLAN.json")]
    out: Option<PathBuf>,
    /// 每日开放时段，如 8:30-12:00,14:30-18:00；默认取表中时间 · Hours of every day; by default those of the table's own times
    #[arg(long, value_name = "FROM-TO", value_delimiter = ',')]
    hours: Vec<String>,
    /// 每人秒数，默认取表中平均 · Seconds for each student, by default the mean of the table
    #[arg(long, value_name = "SECONDS")]
    pace: Option<f64>,
    /// 提前集合的分钟数 · Minutes before its time at which a class gathers
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(i64).range(0..=240))]
    gather: i64,
    /// 机位数，表中未列机位时用 · Stations, where the table names none
    #[arg(long, value_name = "N", default_value_t = 1)]
    stations: usize,
    /// 覆盖已有文件 · Replace existing files
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let name = || arguments.table.display().to_string();
    let bytes = files::read(&arguments.table, language).with_context(name)?;
    let table = table::read_headed(&bytes, timetable::is_heading)
        .map_err(|fault| match fault {
            table::TableFault::NoHeadings => anyhow!(language.pick(
                "没有找到表头；请至少写明学院、班级、人数、采集时间中的两项",
                "no row of headings was found; name at least two of 学院, 班级, 人数, 采集时间",
            )),
            fault => anyhow!(language.pick(fault.zh(), fault.to_string())),
        })
        .with_context(name)?;
    let hours: Result<Vec<_>, _> = arguments.hours.iter().map(|text| schedule::read_range(text)).collect();
    let options = Options {
        hours: hours?,
        pace: arguments.pace,
        gather: arguments.gather * 60,
        stations: arguments.stations,
    };
    let imported = timetable::import(&table, &options);
    imported.problem.validate().with_context(name)?;
    for question in &imported.questions {
        let line = language.pick(format!("第 {} 行", question.line), format!("line {}", question.line));
        eprintln!("{}: {line}: {}", arguments.table.display(), language.pick(&question.zh, &question.en));
    }
    let existing = if arguments.force { Existing::Replace } else { Existing::Keep };
    let write =
        |path: &PathBuf, text: String| files::write(path, (text + "\n").as_bytes(), existing, language);
    write(&arguments.problem, serde_json::to_string_pretty(&imported.problem)?)?;
    if let Some(out) = &arguments.out {
        write(out, serde_json::to_string_pretty(&imported.plan)?)?;
    }
    let heads: u32 = imported.problem.classes.iter().map(|class| class.heads).sum();
    let (classes, colleges, stations) =
        (imported.problem.classes.len(), imported.problem.colleges.len(), imported.problem.stations.len());
    let pace = imported.problem.sec_per_student;
    println!(
        "{}",
        language.pick(
            format!("{classes} 个班，{heads} 人，{colleges} 个学院，{stations} 个机位，每人 {pace:.2} 秒"),
            format!("{classes} classes, {heads} students, {colleges} colleges, {stations} station(s), {pace:.2} s for each student"),
        )
    );
    println!("{}", worth(&schedule::score(&imported.problem, &imported.plan), language));
    Ok(if imported.questions.is_empty() { Outcome::Passes } else { Outcome::Fails })
}
