//! `xueying roster`: whether a table of students can be used, cell by cell.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand, ValueEnum};
use roster::{
    check::{Checked, check},
    field::{Field, Mapping},
    finding::{Fault, Finding},
    marked,
    table::{self, Table},
};
use serde_json::json;

use crate::{
    files::{self, Existing},
    language::Language,
    outcome::Outcome,
};

/// 名单：逐格检查，指出行、列和处理办法 · Rosters: checked cell by cell
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 检查名单（xlsx、xls、csv、dbf） · Check a roster (xlsx, xls, csv, dbf)
    Check {
        /// 名单文件 · The roster
        #[arg(value_name = "FILE")]
        roster: PathBuf,
        /// 列对照（TOML：字段 = "表头"），用于程序不认识的表头 · Columns by heading (TOML: field = "heading"), for headings that are not known
        #[arg(long, value_name = "FILE")]
        mapping: Option<PathBuf>,
        /// 输出格式 · Form of the results
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// 另存一份标出问题单元格的表格 · Also write the table with its faulty cells marked
        #[arg(long, value_name = "REPORT.xlsx")]
        out: Option<PathBuf>,
        /// 覆盖已有的不同文件 · Replace a different file that stands there
        #[arg(long)]
        force: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// 供人阅读 · for reading
    Text,
    /// 每行一个对象 · one object per line
    Json,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let What::Check { roster, mapping, format, out, force } = &arguments.what;
    let (table, checked) = read(roster, mapping.as_deref(), language)?;
    show(*format, &table, &checked, language)?;
    if let Some(out) = out {
        let words: marked::Words = language.pick(Fault::zh, Fault::en);
        let bytes = marked::write(&table, &checked.findings, words)?;
        files::write(out, &bytes, if *force { Existing::Replace } else { Existing::Keep }, language)?;
    }
    Ok(if checked.findings.is_empty() { Outcome::Passes } else { Outcome::Fails })
}

/// A roster's table, and what it says.
pub fn read(path: &Path, mapping: Option<&Path>, language: Language) -> Result<(Table, Checked)> {
    let place = || path.display().to_string();
    let bytes = files::read(path, language).with_context(place)?;
    let table = table::read(&bytes)
        .map_err(|fault| anyhow!(language.pick(fault.zh(), fault.to_string())))
        .with_context(place)?;
    let mut columns = Mapping::of_headings(&table.headings);
    if let Some(mapping) = mapping {
        named(mapping, &table, language)
            .with_context(|| mapping.display().to_string())?
            .into_iter()
            .for_each(|(field, column)| _ = columns.0.insert(field, column));
    }
    let checked = check(&table, &columns);
    Ok((table, checked))
}

/// The columns that a mapping file names.
fn named(path: &Path, table: &Table, language: Language) -> Result<BTreeMap<Field, usize>> {
    let text = fs::read_to_string(path).map_err(|error| files::reason(&error, language))?;
    let names: BTreeMap<Field, String> = toml::from_str(&text)?;
    let column =
        |(field, heading): (Field, String)| match table.headings.iter().position(|known| *known == heading) {
            Some(column) => Ok((field, column)),
            None => bail!(language.pick(
                format!("表中没有“{heading}”列"),
                format!("the table has no column \"{heading}\""),
            )),
        };
    names.into_iter().map(column).collect()
}

fn show(format: Format, table: &Table, checked: &Checked, language: Language) -> Result<()> {
    let mut out = io::stdout().lock();
    for finding in &checked.findings {
        let heading = heading(finding, table);
        let message = language.pick(finding.fault.zh(), finding.fault.en());
        match format {
            Format::Json => writeln!(
                out,
                "{}",
                json!({
                    "line": finding.line, "column": finding.column.map(|column| column + 1), "heading": heading,
                    "field": finding.field, "code": finding.fault.code(), "message": message,
                })
            )?,
            Format::Text => {
                let line = finding.line;
                let text = language.pick(
                    format!("第 {line} 行 {heading}：{message}"),
                    format!("row {line}, {heading}: {message}"),
                );
                writeln!(out, "{text}")?;
            }
        }
    }
    if format == Format::Text {
        let (good, wrong) = (checked.students.len(), checked.findings.len());
        let text = language.pick(
            format!("{good} 行可用，{wrong} 处问题"),
            format!("rows that can be used: {good}; faulty cells: {wrong}"),
        );
        writeln!(out, "{text}")?;
    }
    Ok(())
}

fn heading<'t>(finding: &Finding, table: &'t Table) -> &'t str {
    let heading = finding.column.and_then(|column| table.headings.get(column));
    heading.map_or(finding.field.zh(), String::as_str)
}
