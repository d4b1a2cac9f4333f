//! `xueying code issue`: a code for everybody on a roster, as cards and as print sheets by class.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, anyhow, bail};
use askama::Template;
use campaign::register::codes::level;
use clap::Args;
use seal::{
    card::{Card, png},
    code::{
        Holder, SchoolId,
        fingerprint::Fingerprint,
        text::{CodeText, Issuer},
    },
    identity::IdProblem,
    keys::{HidingKey, file},
    masking::{MaskedDocument, MaskedName},
};

use server::glyphs;

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
    school::{calendar, roster},
    secrets,
};

/// 为名单上的每个人签发采集码 · Issue a code for everybody on a roster
#[derive(Args)]
pub struct Arguments {
    /// 名单（xlsx、xls、csv、dbf：学号、姓名、证件号码、层次、班级） · Roster (xlsx, xls, csv, dbf)
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
    let expires_s = calendar::end_of(&arguments.until, language).context("--until")?;
    let (keys, fingerprints) = secrets::read(&arguments.keys, language, |text| {
        Ok((file::parse_issuing(text)?, file::parse_reading(text)?.fingerprint))
    })?;
    let students = read_roster(arguments, language)?;
    let place = arguments.out.join(LEDGER);
    let mut ledger = if place.exists() { Ledger::read(&place, language)? } else { Ledger::default() };
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
    let missing = glyphs::missing(&unusual(issued.iter().map(|card| card.svg.as_str())), &fonts);
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
fn unusual<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let letters: BTreeSet<char> = texts.flat_map(str::chars).filter(|letter| !letter.is_ascii()).collect();
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

/// Everybody on the roster; a faulty cell stops it, because half a roster of codes helps nobody.
fn read_roster(arguments: &Arguments, language: Language) -> Result<Vec<Student>> {
    let (_, checked) = roster::read(&arguments.roster, None, language)?;
    let place = || arguments.roster.display().to_string();
    if let Some(first) = checked.findings.first() {
        let (count, line) = (checked.findings.len(), first.line);
        let (field, why) = (first.field.zh(), language.pick(first.fault.zh(), first.fault.en()));
        let text = language.pick(
            format!("名单有 {count} 处问题，第一处在第 {line} 行 {field}：{why}；运行 xueying roster check 查看全部"),
            format!("faulty cells: {count}, the first in row {line}, {field}: {why}; xueying roster check shows all"),
        );
        return Err(anyhow!(text)).with_context(place);
    }
    let school: SchoolId = arguments
        .school
        .clone()
        .try_into()
        .map_err(|problem: IdProblem| anyhow!(language.pick(problem.zh(), problem.to_string())))
        .context("--school")?;
    checked
        .students
        .into_iter()
        .map(|student| {
            let line = student.line;
            holder(student, &school, language)
                .with_context(|| language.pick(format!("第 {line} 行"), format!("row {line}")))
        })
        .collect::<Result<_>>()
        .with_context(place)
}

/// What a code may say of a student.
fn holder(student: ::roster::student::Student, school: &SchoolId, language: Language) -> Result<Student> {
    names::check(&student.cohort, language)?;
    let Some(level) = student.level.map(level) else {
        bail!(language.pick("没有层次，采集码上需要层次", "has no level, which a code states"));
    };
    let holder = Holder {
        student: student
            .student_no
            .try_into()
            .map_err(|problem: IdProblem| anyhow!(language.pick(problem.zh(), problem.to_string())))?,
        name: MaskedName::of(&student.name.plain),
        document: MaskedDocument::of(&student.document_no),
        school: school.clone(),
        level,
    };
    Ok(Student { class: student.cohort, holder })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_characters_that_a_font_may_lack_are_looked_for() {
        assert_eq!(unusual(["张a*三", "·张"].into_iter()), "·三张");
    }
}
