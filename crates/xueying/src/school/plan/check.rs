//! `xueying plan check`.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use anyhow::Result;
use clap::{Args, ValueEnum};
use schedule::{Severity, check, score};

use super::{read_plan, read_problem, worth};
use crate::{language::Language, outcome::Outcome};

/// 核对任何时间安排，无论出自何处 · Check any plan, wherever it comes from
#[derive(Args)]
pub struct Arguments {
    /// 排程问题 · The problem (JSON)
    #[arg(value_name = "PROBLEM.json")]
    problem: PathBuf,
    /// 时间安排 · The plan (JSON)
    #[arg(value_name = "PLAN.json")]
    plan: PathBuf,
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
    let problem = read_problem(&arguments.problem, language)?;
    let plan = read_plan(&arguments.plan, language)?;
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
