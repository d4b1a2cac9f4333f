//! `xueying make`: camera photos → finished photos and their inspection.
//!
//! One crop, one scale, one encoding; the original is only read. What was done stands in `making.jsonl`
//! beside the photos, and doing it again gives the same bytes.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use capture::finishing::Finished;
use clap::Args;
use portrait::{
    making::Operations,
    standard::{Verdict, Words},
};
use serde::Serialize;

use crate::{
    batch,
    files::{self, Existing, Written},
    inspect::text::{self, Counts},
    judging::Judge,
    language::Language,
    names::{self, Names},
    outcome::Outcome,
};

/// The record of what was done, one line per photo; of two lines for one photo the later one holds.
const LOG: &str = "making.jsonl";

/// 制作成品照：只裁切、缩放、编码一次，然后检测 · Makes finished photos: one crop, one scale, one encoding; then inspects them
#[derive(Args)]
pub struct Arguments {
    /// 相机照片或文件夹 · Camera photos or folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// 成品照写入的文件夹 · Folder for the finished photos
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// 标准的名称或文件 · A standard's name or file
    #[arg(long, value_name = "NAME|FILE", default_value = "jbz-2017-99")]
    standard: String,
    /// 名称表（CSV，UTF-8 或 GBK，列 file,name） · Table of names (CSV with the columns file,name)
    #[arg(long, value_name = "FILE")]
    names: Option<PathBuf>,
    /// 覆盖已有的不同文件 · Replace different files that stand there
    #[arg(long)]
    force: bool,
    /// 几何限值无法满足时也写出照片 · Write a photo even when a limit of the geometry cannot be met
    #[arg(long)]
    anyway: bool,
}

/// One line of the log.
#[derive(Serialize)]
struct Entry<'a> {
    file: &'a str,
    original: String,
    original_sha256: &'a str,
    sha256: &'a str,
    standard: &'a str,
    verdict: Verdict,
    operations: &'a Operations,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let judge = Judge::new(&arguments.standard, language)?;
    let table = arguments.names.as_deref().map(|path| Names::read(path, language)).transpose()?;
    files::make_folder(&arguments.out, language)?;
    let found = batch::find(&arguments.paths, language);
    let mut outcome = Outcome::Passes;
    for (path, problem) in &found.problems {
        batch::complain(path, problem);
        outcome = Outcome::Unreadable;
    }
    let (sources, targets) = named(found.files, table.as_ref(), &mut outcome, language);
    let work = |index: usize, source: &Path| one(source, &targets[index], arguments, &judge);
    let mut counts = Counts::default();
    batch::run(language.pick("制作", "making"), &sources, work, |source, result, progress| {
        match result {
            Ok(done) => {
                counts.add(done.verdict());
                if done.verdict() == Verdict::Fail {
                    outcome = outcome.max(Outcome::Fails);
                }
                progress.show(|| show(source, &done, &arguments.out, language))?;
            }
            Err(problem) => {
                progress.complain(source, &problem);
                outcome = Outcome::Unreadable;
            }
        }
        Ok(())
    })?;
    counts.write(&mut io::stdout(), 0, language)?;
    Ok(outcome)
}

/// The sources that have a name, with their names; the others are complained about.
fn named(
    files: Vec<PathBuf>,
    table: Option<&Names>,
    outcome: &mut Outcome,
    language: Language,
) -> (Vec<PathBuf>, Vec<String>) {
    let names = names::assign(&files, table, language);
    let mut pairs = Vec::new();
    for (file, name) in files.into_iter().zip(names) {
        match name {
            Ok(name) => pairs.push((file, name)),
            Err(problem) => {
                batch::complain(&file, &problem);
                *outcome = Outcome::Unreadable;
            }
        }
    }
    pairs.into_iter().unzip()
}

/// What became of one camera photo.
enum Done {
    /// Written, or found written already.
    Photo { name: String, finished: Box<Finished> },
    /// Readable, but no photo that could meet the standard's geometry.
    Refused(Vec<Words>),
}

impl Done {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Photo { finished, .. } => finished.verdict(),
            Self::Refused(_) => Verdict::Fail,
        }
    }
}

fn one(source: &Path, name: &str, arguments: &Arguments, judge: &Judge) -> Result<Done> {
    let language = judge.language;
    let bytes = files::read(source, language)?;
    let finished = match judge.finish(&bytes, source)? {
        Err(reasons) => return Ok(Done::Refused(reasons)),
        Ok(finished) => finished,
    };
    if !finished.obstacles.is_empty() && !arguments.anyway {
        return Ok(Done::Refused(finished.obstacles));
    }
    let existing = if arguments.force { Existing::Replace } else { Existing::Keep };
    let written = files::write(&arguments.out.join(name), &finished.bytes, existing, language)?;
    if written == Written::New {
        log(&arguments.out.join(LOG), source, name, &bytes, &finished, judge)?;
    }
    Ok(Done::Photo { name: name.to_owned(), finished: Box::new(finished) })
}

/// Adds a line to the log.
fn log(
    path: &Path,
    source: &Path,
    name: &str,
    original: &[u8],
    finished: &Finished,
    judge: &Judge,
) -> Result<()> {
    let entry = Entry {
        file: name,
        original: source.display().to_string(),
        original_sha256: &files::digest(original),
        sha256: &files::digest(&finished.bytes),
        standard: &judge.standard().name,
        verdict: finished.verdict(),
        operations: &finished.operations,
    };
    let mut line = serde_json::to_vec(&entry)?;
    line.push(b'\n');
    // One write of a whole line: lines of several threads do not mix.
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut log| log.write_all(&line))
        .map_err(|error| files::reason(&error, judge.language))
        .with_context(|| path.display().to_string())
}

fn show(source: &Path, done: &Done, folder: &Path, language: Language) -> Result<()> {
    let mut out = io::stdout().lock();
    match done {
        Done::Photo { name, finished } => {
            let title = format!("{} → {}", source.display(), folder.join(name).display());
            text::write(&mut out, &title, &finished.judged.inspection, language)?;
            for obstacle in &finished.obstacles {
                writeln!(out, "    → {}", obstacle.text(language.into()))?;
            }
        }
        Done::Refused(reasons) => {
            let title = language.pick("未写出", "not written");
            writeln!(out, "✕ {}  {title}", source.display())?;
            for reason in reasons {
                writeln!(out, "    → {}", reason.text(language.into()))?;
            }
        }
    }
    Ok(())
}
