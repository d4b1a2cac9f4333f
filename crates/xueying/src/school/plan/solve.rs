//! `xueying plan solve`.

use std::{
    io::{self, Write},
    num::NonZero,
    path::PathBuf,
    thread,
};

use anyhow::Result;
use clap::Args;
use schedule::{Effort, Plan, bounds, minutes_each, solve};

use super::{
    at,
    source::{Read, Unsaid, read},
    table, worth,
};
use crate::{
    batch::Progress,
    files::{self, Existing},
    language::Language,
    outcome::Outcome,
};

/// 排出时间安排；输入相同则结果逐字节相同 · Make a plan; the same input gives the same bytes
#[derive(Args)]
pub struct Arguments {
    /// 排程问题（JSON），或班级清单 · The problem (JSON), or a table of classes
    #[arg(value_name = "PROBLEM")]
    problem: PathBuf,
    #[command(flatten)]
    unsaid: Unsaid,
    /// 结果写到此处 · Where the plan goes
    #[arg(long, value_name = "PLAN.json")]
    out: PathBuf,
    /// 另写一份表格 · Also as a table (.xlsx or .csv)
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// 每次搜索尝试的改动数，默认按规模 · Changes tried by each search, by default from the size
    #[arg(long, value_name = "N")]
    moves: Option<u64>,
    /// 随机种子 · Where the searches begin
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// 同时进行的搜索数，不影响结果 · Searches at once; changes nothing about the plan
    #[arg(long, value_name = "N")]
    threads: Option<NonZero<usize>>,
    /// 另给出侧重不同的方案（PLAN-2.json …） · Also plans that weigh runs and finish differently
    #[arg(long)]
    alternatives: bool,
    /// 覆盖已有文件 · Replace existing files
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let Read { problem, .. } = read(&arguments.problem, &arguments.unsaid, language)?;
    let usual = Effort::usual(&problem);
    let effort = Effort {
        moves: arguments.moves.unwrap_or(usual.moves),
        seed: arguments.seed,
        threads: arguments
            .threads
            .or_else(|| thread::available_parallelism().ok())
            .unwrap_or(NonZero::<usize>::MIN),
        ..usual
    };
    let plans: Vec<Plan> = {
        let progress = Progress::new(language.pick("排程", "planning"), 1_000);
        let watch = |now: schedule::Progress| {
            progress.at((now.tried * 1_000).checked_div(now.of).unwrap_or(0));
            true
        };
        if arguments.alternatives {
            schedule::alternatives(&problem, effort, &watch).into_iter().map(|one| one.plan).collect()
        } else {
            vec![solve(&problem, effort, &watch)]
        }
    };
    let existing = if arguments.force { Existing::Replace } else { Existing::Keep };
    for (index, plan) in plans.iter().enumerate() {
        let path = if index == 0 { arguments.out.clone() } else { numbered(&arguments.out, index + 1) };
        let text = serde_json::to_string_pretty(plan)? + "\n";
        files::write(&path, text.as_bytes(), existing, language)?;
        if let Some(score) = &plan.score {
            writeln!(io::stdout(), "{}: {}", path.display(), worth(score, language))?;
        }
        for each in &plan.unplaced {
            writeln!(io::stdout(), "  {}: {}", each.class, language.pick(&each.zh, &each.reason))?;
        }
    }
    let least = bounds(&problem);
    let finish = at(least.finish, language);
    let (stations, minutes) = (problem.stations.len(), minutes_each(&problem));
    writeln!(
        io::stdout(),
        "{}",
        language.pick(
            format!("工作量：{stations} 个机位各 {minutes:.0} 分钟；下限：{} 段，{finish} 拍完", least.pieces),
            format!(
                "{stations} station(s) need {minutes:.0} min each; no plan has fewer than {} runs or ends before {finish}",
                least.pieces
            ),
        )
    )?;
    if let (Some(path), Some(plan)) = (&arguments.table, plans.first()) {
        table::write(path, &problem, plan, existing, language)?;
    }
    Ok(if plans.iter().all(|plan| plan.unplaced.is_empty()) { Outcome::Passes } else { Outcome::Fails })
}

/// PLAN.json → PLAN-2.json
fn numbered(path: &std::path::Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map_or_else(String::new, |ending| format!(".{}", ending.to_string_lossy()));
    path.with_file_name(format!("{stem}-{number}{ending}"))
}
