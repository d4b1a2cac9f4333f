//! `xueying inspect`: judges finished photos, one file or ten thousand.

mod table;
pub mod text;

use std::{
    collections::HashSet,
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use askama::Template;
use clap::{Args, ValueEnum};
use portrait::{inspection::Inspection, standard::Verdict};

use crate::{
    batch,
    files::{self, Existing},
    judging::{Judge, Judged},
    language::Language,
    outcome::Outcome,
    report::{self, page, words::Words},
};

/// 检测成品照：逐条给出实测值、限值、结论和建议；文件夹逐级查找 · Judges finished photos rule by rule; folders are walked
#[derive(Args)]
pub struct Arguments {
    /// 照片或文件夹 · Photos or folders
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// 标准的名称或文件（见 xueying presets） · A standard's name or file (see xueying presets)
    #[arg(long, value_name = "NAME|FILE", default_value = "jbz-2017-99")]
    standard: String,
    /// 结果的格式 · Form of the results
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// 写入文件而不是标准输出 · Write to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// 为每张照片写一个 SVG，标出问题区域和量测线 · Write an SVG per photo with evidence and guides drawn
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// 供人阅读 · for reading
    Text,
    /// 每行一个对象（JSON Lines） · one object per line (JSON Lines)
    Json,
    /// 每张照片一行，Excel 可直接打开 · one row per photo, opens in Excel
    Csv,
    /// 单文件报告 · a report in one file
    Html,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let judge = Judge::new(&arguments.standard, language)?;
    let found = batch::find(&arguments.paths, language);
    let evidence = arguments.evidence.as_deref().map(|folder| Evidence::new(folder, &found.files, language));
    let evidence = evidence.transpose()?;
    let mut results = Results::new(arguments, &judge)?;
    for (path, problem) in &found.problems {
        batch::complain(path, problem);
        results.unreadable(path, problem);
    }
    let inspect = |index: usize, path: &Path| {
        let bytes = files::read(path, language)?;
        let judged = judge.inspect(path, &bytes)?;
        if let Some(evidence) = &evidence {
            evidence.write(index, &bytes, &judged, language)?;
        }
        let photo = (arguments.format == Format::Html)
            .then(|| report::photo(path.display().to_string(), &bytes, &judged, None, Vec::new()));
        Ok((judged.inspection, photo))
    };
    let title = language.pick("检测", "inspecting");
    batch::run(title, &found.files, inspect, |path, result, progress| {
        match result {
            Ok((inspection, photo)) => progress.show(|| results.add(path, &inspection, photo))?,
            Err(problem) => {
                progress.complain(path, &problem);
                results.unreadable(path, &problem);
            }
        }
        Ok(())
    })?;
    results.finish()
}

/// Where results go, in the form asked for.
struct Results<'a> {
    judge: &'a Judge,
    format: Format,
    out: Box<dyn Write>,
    table: table::Table,
    counts: text::Counts,
    photos: Vec<page::Photo>,
    problems: Vec<page::Unreadable>,
    outcome: Outcome,
}

impl<'a> Results<'a> {
    fn new(arguments: &Arguments, judge: &'a Judge) -> Result<Self> {
        let out: Box<dyn Write> = match &arguments.out {
            None => Box::new(BufWriter::new(io::stdout())),
            Some(path) => Box::new(BufWriter::new(
                File::create(path)
                    .map_err(|error| files::reason(&error, judge.language))
                    .with_context(|| path.display().to_string())?,
            )),
        };
        Ok(Self {
            judge,
            format: arguments.format,
            out,
            table: table::Table::default(),
            counts: text::Counts::default(),
            photos: Vec::new(),
            problems: Vec::new(),
            outcome: Outcome::Passes,
        })
    }

    fn add(&mut self, path: &Path, inspection: &Inspection, photo: Option<page::Photo>) -> Result<()> {
        if inspection.verdict == Verdict::Fail {
            self.outcome = self.outcome.max(Outcome::Fails);
        }
        let file = path.display().to_string();
        let language = self.judge.language;
        match self.format {
            Format::Text => {
                self.counts.add(inspection.verdict);
                text::write(&mut self.out, &file, inspection, language)?;
            }
            Format::Json => {
                serde_json::to_writer(&mut self.out, &inspection.record(&file, language.into()))?;
                writeln!(self.out)?;
            }
            Format::Csv => self.table.write(&mut self.out, &file, inspection, language)?,
            Format::Html => self.photos.extend(photo),
        }
        // Who reads along, as `head` or a log does, sees each photo when it is judged.
        self.out.flush()?;
        Ok(())
    }

    fn unreadable(&mut self, path: &Path, problem: &anyhow::Error) {
        self.outcome = Outcome::Unreadable;
        self.problems
            .push(page::Unreadable { file: path.display().to_string(), text: format!("{problem:#}") });
    }

    fn finish(mut self) -> Result<Outcome> {
        match self.format {
            Format::Text => self.counts.write(&mut self.out, self.problems.len(), self.judge.language)?,
            Format::Html => {
                let cover = report::Cover {
                    language: self.judge.language,
                    heading: Words::new("成品照检测报告", "Finished photos, inspected"),
                    note: Words::default(),
                    standard: self.judge.standard(),
                };
                self.out
                    .write_all(report::compose(cover, self.photos, self.problems).render()?.as_bytes())?;
            }
            Format::Json | Format::Csv => {}
        }
        self.out.flush()?;
        Ok(self.outcome)
    }
}

/// Where the drawn evidence of each photo goes.
struct Evidence {
    paths: Vec<PathBuf>,
}

impl Evidence {
    fn new(folder: &Path, photos: &[PathBuf], language: Language) -> Result<Self> {
        files::make_folder(folder, language)?;
        let mut taken = HashSet::new();
        let name = |photo: &PathBuf| {
            let photo = photo.file_name().unwrap_or_default().to_string_lossy();
            // Photos of the same name in different folders are told apart by a number.
            let mut name = format!("{photo}.svg");
            for number in 2.. {
                if taken.insert(name.to_lowercase()) {
                    break;
                }
                name = format!("{photo}-{number}.svg");
            }
            folder.join(name)
        };
        Ok(Self { paths: photos.iter().map(name).collect() })
    }

    fn write(&self, index: usize, photo: &[u8], judged: &Judged, language: Language) -> Result<()> {
        let drawing = judged.drawing().file(&report::data_uri(photo), language.tag());
        files::write(&self.paths[index], drawing.as_bytes(), Existing::Replace, language)?;
        Ok(())
    }
}
