//! What a command plans with: JSON, or a table as offices have it (docx, xlsx, xls, csv, text).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use campaign::timetable::{self, Options, Question, Sheet};
use clap::Args;
use jiff::civil::Date;
use roster::table::TableFault;
use schedule::{Plan, Problem};

use crate::{files, language::Language};

/// What a table of classes does not say. A problem in JSON says all but the lectures.
#[derive(Args)]
pub struct Unsaid {
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
    /// 课表：班级、日期或星期、时间 · Lectures: a table of 班级, 日期 or 星期, and 时间
    #[arg(long, value_name = "TABLE")]
    lectures: Option<PathBuf>,
    /// 采集日，如 2026-04-21,2026-04-22；默认取表中日期 · The days; by default those of the table
    #[arg(long, value_name = "DATE", value_delimiter = ',')]
    dates: Vec<Date>,
}

/// What is to be planned, the plan that the same table holds, and how many things a person must look at.
pub struct Read {
    pub problem: Problem,
    /// Its days, where they are known by date.
    dates: Vec<Date>,
    /// Empty where the classes have no times.
    pub plan: Plan,
    pub questions: usize,
}

/// Reads a problem; what is unsure, and fields that mean nothing here, are named on standard error.
pub fn read(path: &Path, unsaid: &Unsaid, language: Language) -> Result<Read> {
    let name = || path.display().to_string();
    let bytes = files::read(path, language).with_context(name)?;
    let mut read = if is_json(&bytes) {
        let problem = Problem::from_json(text(&bytes, language)?).with_context(name)?;
        for field in problem.unknown.keys() {
            let field = language
                .pick(format!("没有用到“{field}”"), format!("“{field}” means nothing here and was not used"));
            eprintln!("{}: {field}", name());
        }
        Read { problem, plan: Plan::default(), dates: unsaid.dates.clone(), questions: 0 }
    } else {
        let hours: Result<Vec<_>, _> = unsaid.hours.iter().map(|text| schedule::read_range(text)).collect();
        let options = Options {
            hours: hours?,
            pace: unsaid.pace,
            gather: unsaid.gather * 60,
            stations: unsaid.stations,
            dates: unsaid.dates.clone(),
        };
        let imported = timetable::import(&headed(&bytes, language).with_context(name)?, &options);
        if imported.plan.assignments.is_empty() && (unsaid.pace.is_none() || unsaid.hours.is_empty()) {
            bail!(
                "{}: {}",
                name(),
                language.pick(
                    "没有时间；请用 --hours 写明开放时段，用 --pace 写明每人秒数",
                    "holds no times; state the hours (--hours) and the seconds for each student (--pace)"
                )
            );
        }
        imported.problem.validate().with_context(name)?;
        let questions = ask(path, &imported.questions, language);
        let dates = if unsaid.dates.is_empty() { imported.dates } else { unsaid.dates.clone() };
        Read { problem: imported.problem, plan: imported.plan, dates, questions }
    };
    if let Some(path) = &unsaid.lectures {
        if read.dates.is_empty() {
            bail!(language.pick("请用 --dates 写明采集日", "name the days with --dates"));
        }
        let bytes = files::read(path, language).with_context(|| path.display().to_string())?;
        let sheet = headed(&bytes, language).with_context(|| path.display().to_string())?;
        let asked = timetable::lectures(&sheet, &read.dates, &mut read.problem);
        read.questions += ask(path, &asked, language);
    }
    Ok(read)
}

/// Reads a problem and a plan for it; a table may hold both.
pub fn read_both(
    path: &Path,
    plan: Option<&Path>,
    unsaid: &Unsaid,
    language: Language,
) -> Result<(Problem, Plan)> {
    let Read { mut problem, plan: own, dates, .. } = read(path, unsaid, language)?;
    let Some(path) = plan else {
        if own.assignments.is_empty() {
            bail!(
                "{}: {}",
                path.display(),
                language.pick("没有时间；请另给出时间安排", "holds no times; name a plan as well")
            );
        }
        return Ok((problem, own));
    };
    let name = || path.display().to_string();
    let bytes = files::read(path, language).with_context(name)?;
    if is_json(&bytes) {
        let plan = Plan::from_json(text(&bytes, language)?)
            .map_err(|fault| {
                anyhow!(language.pick(format!("不是时间安排：{fault}"), format!("is no plan: {fault}")))
            })
            .with_context(name)?;
        return Ok((problem, plan));
    }
    let sheet = headed(&bytes, language).with_context(name)?;
    let (plan, questions) = timetable::given(&sheet, &dates, &mut problem);
    problem.validate().with_context(name)?;
    ask(path, &questions, language);
    Ok((problem, plan))
}

fn is_json(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().first() == Some(&b'{')
}

pub fn text(bytes: &[u8], language: Language) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| anyhow!(language.pick("不是 UTF-8 文本", "is not UTF-8 text")))
}

fn headed(bytes: &[u8], language: Language) -> Result<Sheet> {
    timetable::read(bytes).map_err(|fault| match fault {
        TableFault::NoHeadings => anyhow!(language.pick(
            "没有找到表头；请至少写明学院、班级、人数、采集时间中的两项，或以时间、教室为表头",
            "no row of headings was found; name at least two of 学院, 班级, 人数, 采集时间, or head columns with times or rooms",
        )),
        fault => anyhow!(language.pick(fault.zh(), fault.to_string())),
    })
}

/// Says what a person must look at; gives how much that is.
fn ask(path: &Path, questions: &[Question], language: Language) -> usize {
    for question in questions {
        let line = language.pick(format!("第 {} 行", question.line), format!("line {}", question.line));
        eprintln!("{}: {line}: {}", path.display(), language.pick(&question.zh, &question.en));
    }
    questions.len()
}
