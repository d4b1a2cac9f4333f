//! `xueying code issue`: a code for everybody on a roster, as cards and as print sheets by class.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, anyhow, bail};
use askama::Template;
use clap::Args;
use seal::{
    card::{Card, png},
    code::{
        Holder, Level,
        fingerprint::Fingerprint,
        text::{CodeText, Issuer},
    },
    keys::{HidingKey, file},
    masking::{MaskedDocument, MaskedName},
};

use super::{
    ledger::{Ledger, Line},
    typeface,
};
use crate::{
    batch, clock,
    files::{self, Existing},
    language::Language,
    names,
    outcome::Outcome,
    secrets,
};

/// 为名单上的每个人签发采集码 · Issue a code for everybody on a roster
#[derive(Args)]
pub struct Arguments {
    /// 名单（CSV：学号、姓名、证件号码、层次、班级；UTF-8 或 GBK） · Roster (CSV: student, name, document, level, class)
    #[arg(value_name = "ROSTER")]
    roster: PathBuf,
    /// 签发密钥文件 · Key file to issue with (issuing.keys)
    #[arg(long, value_name = "FILE", env = "XUEYING_KEYS")]
    keys: PathBuf,
    /// 学校代码 · The school's number
    #[arg(long, value_name = "NUMBER")]
    school: String,
    /// 学校名称 · The school's name
    #[arg(long, value_name = "NAME")]
    school_name: String,
    /// 有效期至（含当日） · The last day on which the codes hold
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: String,
    /// 输出文件夹：采集码图片、各班打印页、签发台账 · Folder for cards, print sheets by class and the ledger
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// 已有有效采集码的学生也重新签发，旧码作废 · Issue anew for students who have a code; the old one is revoked
    #[arg(long)]
    again: bool,
}

/// The ledger's file in the folder.
const LEDGER: &str = "issued.csv";
/// The name of a class without one.
const NO_CLASS: &str = "未分班";

/// A student as a card needs one.
struct Student {
    class: String,
    holder: Holder,
}

/// A code with its card.
struct Issued {
    class: String,
    student: String,
    svg: String,
}

#[derive(Template)]
#[template(path = "cards.html")]
struct Sheet<'c> {
    class: &'c str,
    cards: Vec<&'c str>,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let now_s = clock::now_ms() / 1000;
    let expires_s = clock::end_of(&arguments.until, language).context("--until")?;
    let (keys, fingerprints) = secrets::read(&arguments.keys, language, |text| {
        Ok((file::parse_issuing(text)?, file::parse_reading(text)?.fingerprint))
    })?;
    let students = read_roster(arguments, language)?;
    let place = arguments.out.join(LEDGER);
    let mut ledger = Ledger::read(&place, language)?;
    let mut issuer = Issuer::new(keys, ledger.0.keys().copied());
    let mut issued = Vec::new();
    let mut kept = 0;
    for student in &students {
        let number = student.holder.student.as_str();
        if let Some(old) = ledger.standing(number, now_s) {
            if !arguments.again {
                kept += 1;
                continue;
            }
            ledger.0.entry(old).and_modify(|line| line.revoked_s = Some(now_s));
        }
        let (id, code) = issuer
            .issue(&student.holder, (now_s, expires_s), secrets::nonce()?)
            .map_err(|error| anyhow!(language.pick(error.zh(), error.to_string())))?;
        ledger.0.insert(id, line(number, &code, &fingerprints, (now_s, expires_s)));
        issued.push(drawn(student, &code, arguments, language)?);
    }
    files::make_folder(&arguments.out, language)?;
    // The ledger first: a code that stands nowhere could be given out twice.
    ledger.write(&place, language)?;
    let outcome = write_cards(&issued, &arguments.out, language)?;
    write_sheets(&issued, &arguments.out, language)?;
    summarise(issued.len(), kept, &arguments.out, language)?;
    Ok(outcome)
}

fn line(student: &str, code: &CodeText, key: &HidingKey, (issued_s, expires_s): (u64, u64)) -> Line {
    let fingerprint = Fingerprint::of(code.reveal(), key).to_string();
    Line { student: student.to_owned(), fingerprint, issued_s, expires_s, revoked_s: None }
}

fn drawn(student: &Student, code: &CodeText, arguments: &Arguments, language: Language) -> Result<Issued> {
    let card =
        Card { code, holder: &student.holder, school: &arguments.school_name, until: &arguments.until };
    let svg = card.svg().map_err(|fault| anyhow!(language.pick(fault.zh(), fault.to_string())))?;
    Ok(Issued { class: student.class.clone(), student: student.holder.student.as_str().to_owned(), svg })
}

/// SVG and PNG of each card, one folder per class.
fn write_cards(issued: &[Issued], out: &Path, language: Language) -> Result<Outcome> {
    let fonts = typeface::fonts();
    let text: String = issued.iter().map(|card| card.svg.as_str()).collect();
    let missing = typeface::missing(&unusual(&text), &fonts);
    let mut outcome = Outcome::Passes;
    if !missing.is_empty() {
        outcome = Outcome::Unreadable;
        eprintln!("{}", language.pick(
            format!("系统字体缺少“{missing}”，PNG 图片上这些字为空；请安装中文字体（如 fonts-noto-cjk）后以 --again 重新签发，或使用 SVG"),
            format!("the system's fonts lack \"{missing}\", which the PNG cards leave out; install a Chinese font (such as fonts-noto-cjk) and issue with --again, or use the SVG cards"),
        ));
    }
    let files: Vec<PathBuf> = issued.iter().map(|card| out.join(&card.class).join(&card.student)).collect();
    for card in issued {
        files::make_folder(&out.join(&card.class), language)?;
    }
    let work = |index: usize, file: &Path| {
        let svg = &issued[index].svg;
        let png = png(svg, Arc::clone(&fonts))
            .map_err(|fault| anyhow!(language.pick(fault.zh(), fault.to_string())))?;
        files::write(&file.with_extension("svg"), svg.as_bytes(), Existing::Replace, language)?;
        files::write(&file.with_extension("png"), &png, Existing::Replace, language)
    };
    batch::run(language.pick("绘制采集码", "drawing codes"), &files, work, |file, result, progress| {
        if let Err(problem) = result {
            progress.complain(file, &problem);
            outcome = Outcome::Unreadable;
        }
        Ok(())
    })?;
    Ok(outcome)
}

/// Characters that a font may lack: each once, without those that every font has.
fn unusual(text: &str) -> String {
    let letters: std::collections::BTreeSet<char> =
        text.chars().filter(|letter| !letter.is_ascii()).collect();
    letters.into_iter().collect()
}

fn write_sheets(issued: &[Issued], out: &Path, language: Language) -> Result<()> {
    let mut classes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for card in issued {
        classes.entry(&card.class).or_default().push(&card.svg);
    }
    for (class, cards) in classes {
        let page = Sheet { class, cards }.render()?;
        files::write(&out.join(format!("{class}.html")), page.as_bytes(), Existing::Replace, language)?;
    }
    Ok(())
}

fn summarise(issued: usize, kept: usize, out: &Path, language: Language) -> Result<()> {
    let out = out.display();
    writeln!(
        io::stdout(),
        "{}",
        language.pick(
            format!("签发 {issued} 个采集码，{kept} 人已有有效采集码；在 {out}"),
            format!("{issued} codes issued, {kept} students have one already; in {out}"),
        )
    )?;
    Ok(())
}

/// Everybody on the roster; a line that is wrong stops it, because half a roster of codes helps nobody.
fn read_roster(arguments: &Arguments, language: Language) -> Result<Vec<Student>> {
    let read = || -> Result<Vec<Student>> {
        let bytes = files::read(&arguments.roster, language)?;
        let text = names::decoded(&bytes).ok_or_else(|| {
            anyhow!(language.pick("既不是 UTF-8 也不是 GBK 编码", "the text is neither UTF-8 nor GBK"))
        })?;
        let mut table = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let columns = Columns::of(table.headers()?, language)?;
        let mut students = Vec::new();
        for row in table.records() {
            let row = row?;
            let line = row.position().map_or(0, csv::Position::line);
            let student = columns
                .student(&row, arguments, language)
                .with_context(|| language.pick(format!("第 {line} 行"), format!("line {line}")))?;
            students.push(student);
        }
        Ok(students)
    };
    read().with_context(|| arguments.roster.display().to_string())
}

/// Where a roster's columns stand.
struct Columns {
    student: usize,
    name: usize,
    document: usize,
    level: usize,
    class: Option<usize>,
}

impl Columns {
    fn of(headings: &csv::StringRecord, language: Language) -> Result<Self> {
        let find = |wanted: &[&str]| {
            headings.iter().position(|heading| wanted.contains(&heading.to_lowercase().as_str()))
        };
        let need = |wanted: &[&str]| {
            find(wanted).ok_or_else(|| {
                anyhow!(language.pick(
                    format!("第 1 行没有“{}”列", wanted[0]),
                    format!("line 1 has no column \"{}\"", wanted[1]),
                ))
            })
        };
        Ok(Self {
            student: need(&["学号", "student"])?,
            name: need(&["姓名", "name"])?,
            document: need(&["证件号码", "document", "身份证号"])?,
            level: need(&["层次", "level"])?,
            class: find(&["班级", "class"]),
        })
    }

    fn student(&self, row: &csv::StringRecord, arguments: &Arguments, language: Language) -> Result<Student> {
        let cell = |at: usize| row.get(at).unwrap_or_default();
        let level = cell(self.level);
        let class = self.class.map(cell).filter(|class| !class.is_empty()).unwrap_or(NO_CLASS);
        names::check(class, language)?;
        names::check(cell(self.student), language)?;
        if cell(self.name).is_empty() {
            bail!(language.pick("姓名为空", "the name is empty"));
        }
        let said =
            |problem: seal::identity::IdProblem| anyhow!(language.pick(problem.zh(), problem.to_string()));
        let holder = Holder {
            student: cell(self.student).to_owned().try_into().map_err(said)?,
            name: MaskedName::of(cell(self.name)),
            document: MaskedDocument::of(cell(self.document)),
            school: arguments.school.clone().try_into().map_err(said).context("--school")?,
            level: Level::with_name(level).ok_or_else(|| {
                anyhow!(language.pick(
                    format!("层次“{level}”不是专科、本科、硕士或博士"),
                    format!("the level \"{level}\" is not 专科, 本科, 硕士 or 博士"),
                ))
            })?,
        };
        Ok(Student { class: class.to_owned(), holder })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_characters_that_a_font_may_lack_are_looked_for() {
        assert_eq!(unusual("张a*三·张"), "·三张");
    }
}
