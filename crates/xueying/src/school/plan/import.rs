//! `xueying plan import`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::{
    source::{Read, Unsaid, read},
    worth,
};
use crate::{
    files::{self, Existing},
    language::Language,
    outcome::Outcome,
};

/// 读入印好的时间安排表或班级清单（docx、xlsx、xls、csv）；看不准的逐条提出 · Read a printed timetable or a list of classes; what is unsure is asked
#[derive(Args)]
pub struct Arguments {
    /// 表格，表头如 机位、学院、班级、人数、采集时间，或教室与时间的方格 · The table, with headings such as 机位, 学院, 班级, 人数, 采集时间, or a grid of rooms and times
    #[arg(value_name = "TABLE")]
    table: PathBuf,
    /// 排程问题写到此处 · Where the problem goes
    #[arg(long, value_name = "PROBLEM.json")]
    problem: PathBuf,
    /// 表中的时间安排写到此处 · Where the table's plan goes
    #[arg(long, value_name = "PLAN.json")]
    out: Option<PathBuf>,
    #[command(flatten)]
    unsaid: Unsaid,
    /// 覆盖已有文件 · Replace existing files
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let Read { problem, plan, questions, .. } = read(&arguments.table, &arguments.unsaid, language)?;
    let existing = if arguments.force { Existing::Replace } else { Existing::Keep };
    let write =
        |path: &PathBuf, text: String| files::write(path, (text + "\n").as_bytes(), existing, language);
    write(&arguments.problem, serde_json::to_string_pretty(&problem)?)?;
    if let Some(out) = &arguments.out {
        write(out, serde_json::to_string_pretty(&plan)?)?;
    }
    let heads: u32 = problem.classes.iter().map(|class| class.heads).sum();
    let (classes, colleges, stations) =
        (problem.classes.len(), problem.colleges.len(), problem.stations.len());
    let pace = problem.sec_per_student;
    println!(
        "{}",
        language.pick(
            format!("{classes} 个班，{heads} 人，{colleges} 个学院，{stations} 个机位，每人 {pace:.2} 秒"),
            format!("{classes} classes, {heads} students, {colleges} colleges, {stations} station(s), {pace:.2} s for each student"),
        )
    );
    println!("{}", worth(&schedule::score(&problem, &plan), language));
    Ok(if questions == 0 { Outcome::Passes } else { Outcome::Fails })
}
