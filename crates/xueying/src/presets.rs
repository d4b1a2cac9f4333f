//! `xueying presets`: the standards that come with the program, and what each demands.

use std::io::{self, Write};

use anyhow::Result;
use clap::{Args, Subcommand};
use comfy_table::{Table, presets::NOTHING};
use portrait::standard::{Limit, OutputField, Standard, Test, words};

use crate::{language::Language, outcome::Outcome, standards, wording};

/// 内置标准 · The standards that come with the program
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// 列出全部标准（默认） · List all standards (the default)
    List,
    /// 一个标准的全部规则和限值 · All rules and limits of one standard
    Show {
        /// 标准的名称或文件 · A standard's name or file
        #[arg(value_name = "NAME|FILE")]
        standard: String,
    },
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    match &arguments.what {
        None | Some(What::List) => list(language)?,
        Some(What::Show { standard }) => show(&standards::load(standard, language)?, language)?,
    }
    Ok(Outcome::Passes)
}

fn list(language: Language) -> Result<()> {
    let mut table = table();
    for name in Standard::presets() {
        let standard = standards::load(name, language)?;
        let size = format!("{}×{}", standard.output.width, standard.output.height);
        table.add_row([name, &size, standard.title.text(language.into())]);
    }
    writeln!(io::stdout(), "{table}")?;
    Ok(())
}

fn show(standard: &Standard, language: Language) -> Result<()> {
    let mut table = table();
    for rule in &standard.rules {
        let title = words::rule_words(&rule.id).map_or("", |words| words.name.text(language.into()));
        let limits: Vec<String> =
            rule.limits.iter().map(|limit| described(limit, standard, language)).collect();
        table.add_row([
            rule.id.as_str(),
            title,
            &format!("{:?}", rule.mark),
            &rule.clause,
            &limits.join("; "),
        ]);
    }
    let output = standard.output;
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{} · {}", standard.name, standard.title.text(language.into()))?;
    writeln!(
        stdout,
        "{}×{} px · {} dpi · .{}\n",
        output.width, output.height, output.dpi, standard.file.extension
    )?;
    writeln!(stdout, "{table}")?;
    Ok(())
}

fn described(limit: &Limit, standard: &Standard, language: Language) -> String {
    match &limit.test {
        Test::Number(bands) => {
            format!("{} {}", limit.measure, wording::range(bands.shown, limit.unit).text(language))
        }
        Test::Output(field) => match field {
            OutputField::Width => format!("{} px", standard.output.width),
            OutputField::Height => format!("{} px", standard.output.height),
            OutputField::Dpi => format!("{} dpi", standard.output.dpi),
        },
        Test::Background => {
            let names: Vec<&str> =
                standard.backgrounds.iter().map(|b| b.title.text(language.into())).collect();
            names.join(language.pick("、", ", "))
        }
        Test::Hues { share, .. } => {
            format!("{} {}", limit.measure, wording::range(share.shown, "").text(language))
        }
        Test::OneOf(words) => words.join(language.pick("、", ", ")),
    }
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table
}
