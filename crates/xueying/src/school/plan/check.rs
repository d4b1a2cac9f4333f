//! `xueying plan check`.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use anyhow::Result;
use clap::{Args, ValueEnum};
use schedule::{Severity, check, score};

use super::{
    source::{Unsaid, read_both},
    worth,
};
use crate::{language::Language, outcome::Outcome};

/// 核对任何时间安排，无论出自何处 · Check any plan, wherever it comes from
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
    /// 输出格式 · Output
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// 每行一条 · A line for each
    Text,
    /// 每行一个对象 · JSON Lines
    Json,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let (problem, plan) =
        read_both(&arguments.problem, arguments.plan.as_deref(), &arguments.unsaid, language)?;
    let breaches = check(&problem, &plan);
    let mut out = io::stdout().lock();
    for breach in &breaches {
        match arguments.format {
            Format::Json => writeln!(out, "{}", serde_json::to_string(breach)?)?,
            Format::Text => {
                let mark = match breach.severity {
                    Severity::Error => "✗",
                    Severity::Note => "·",
                };
                let station = breach.station.map_or_else(String::new, |station| {
                    let name = problem.station_name(station);
                    language.pick(format!("[{name}] "), format!("[station {name}] "))
                });
                writeln!(
                    out,
                    "{mark} {:<15} {station}{}",
                    breach.rule,
                    language.pick(&breach.zh, &breach.en)
                )?;
            }
        }
    }
    let wrong = breaches.iter().filter(|breach| breach.severity == Severity::Error).count();
    if matches!(arguments.format, Format::Text) {
        writeln!(out, "{}", worth(&score(&problem, &plan), language))?;
        let notes = breaches.len() - wrong;
        writeln!(
            out,
            "{}",
            language.pick(
                format!("{wrong} 处错误，{notes} 处提示"),
                format!("{wrong} error(s), {notes} note(s)")
            )
        )?;
    }
    Ok(if wrong == 0 { Outcome::Passes } else { Outcome::Fails })
}
