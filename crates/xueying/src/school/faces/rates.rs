//! `xueying faces rates`: how often strangers look alike and one person does not, on any labelled folder.

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use campaign::comparison::{Errors, Rate, STATED, errors, fit};
use clap::Args;
use portrait::look::Descriptor;
use serde::Deserialize;
use vision::Vision;

use super::described;
use crate::{language::Language, outcome::Outcome};

/// 误差率：按标注的照片统计同一人与不同人的距离 · Error rates on labelled photos, with 95 % confidence intervals
#[derive(Args)]
pub struct Arguments {
    /// 标注表（CSV：file、person，可有 kind、group）；照片与表在同一文件夹 · Labels; the photos lie beside the table
    #[arg(value_name = "TABLE")]
    table: PathBuf,
    /// 只统计这一类（kind 列） · Photos of this kind only (column kind)
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Label {
    file: String,
    person: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    group: String,
}

impl Label {
    /// The part after the last colon names the person; what stands before it says where the photo comes from.
    fn who(&self) -> &str {
        self.person.rsplit(':').next().unwrap_or_default()
    }
}

/// Nearer than this two files are one picture, saved twice.
const ONE_PICTURE: f32 = 0.02;

/// Distances within one person, and between strangers.
#[derive(Debug, Default)]
struct Distances {
    same: Vec<f32>,
    strangers: Vec<f32>,
}

pub fn run(arguments: &Arguments, eyes: &Vision, language: Language) -> Result<Outcome> {
    let labels = labels(&arguments.table, language).with_context(|| arguments.table.display().to_string())?;
    let folder = arguments.table.parent().unwrap_or(Path::new("."));
    let wanted = |label: &&Label| arguments.kind.as_ref().is_none_or(|kind| *kind == label.kind);
    let labels: HashMap<PathBuf, &Label> =
        labels.iter().filter(wanted).map(|label| (folder.join(&label.file), label)).collect();
    let mut files: Vec<PathBuf> = labels.keys().cloned().collect();
    files.sort();
    let (faces, outcome) = described(&files, eyes, language)?;
    let faces: Vec<(&Label, Descriptor)> =
        faces.into_iter().filter_map(|(path, face)| Some((*labels.get(&path)?, face))).collect();
    let (all, groups, twice) = distances(&faces);
    let mut out = io::stdout().lock();
    let (photos, same, strangers) = (faces.len(), all.same.len(), all.strangers.len());
    let said = language.pick(
        format!("{photos} 张照片，{same} 对同一人，{strangers} 对不同人；{twice} 对是同一张照片，不计"),
        format!(
            "{photos} photos, {same} pairs of one person, {strangers} of strangers; {twice} pairs are one picture twice and do not count"
        ),
    );
    writeln!(out, "{said}")?;
    write_rates(&mut out, "", &all, language)?;
    for (group, distances) in &groups {
        write_rates(&mut out, group, distances, language)?;
    }
    write_limit(&mut out, &all, language)?;
    Ok(outcome)
}

fn labels(table: &Path, language: Language) -> Result<Vec<Label>> {
    csv::Reader::from_path(table)?.deserialize().collect::<Result<_, csv::Error>>().map_err(|error| {
        anyhow!(language.pick(
            format!("应为 CSV，至少有 file 和 person 两列：{error}"),
            format!("a CSV file with at least the columns file and person is needed: {error}")
        ))
    })
}

/// The limit that follows from these strangers.
fn write_limit(out: &mut impl Write, all: &Distances, language: Language) -> Result<()> {
    let Some(limit) = fit(&all.strangers) else {
        let few =
            language.pick("不同人的照片对太少，不拟合界限", "too few pairs of strangers to fit a limit");
        return Ok(writeln!(out, "{few}")?);
    };
    let Errors { strangers_below, same_above, .. } = errors(&all.same, &all.strangers, limit);
    let text = language.pick(
        "拟合界限（千分之一的不同人低于它）",
        "fitted limit (one in a thousand pairs of strangers lies below)",
    );
    Ok(writeln!(out, "{text}: {limit:.3}  {}  {}", said_rate(strangers_below), said_rate(same_above))?)
}

/// Distances of all pairs, those inside each group, and how many pairs are one picture.
fn distances(faces: &[(&Label, Descriptor)]) -> (Distances, BTreeMap<String, Distances>, usize) {
    let (mut all, mut groups, mut twice) = (Distances::default(), BTreeMap::<String, Distances>::new(), 0);
    for (index, (a, face)) in faces.iter().enumerate() {
        for (b, other) in &faces[index + 1..] {
            let distance = face.distance(other);
            if distance < ONE_PICTURE {
                twice += 1;
                continue;
            }
            let is_one = a.group == b.group && !a.group.is_empty();
            let group = is_one.then(|| groups.entry(a.group.clone()).or_default());
            for set in std::iter::once(&mut all).chain(group) {
                if a.who() == b.who() { set.same.push(distance) } else { set.strangers.push(distance) }
            }
        }
    }
    (all, groups, twice)
}

fn said_rate(rate: Rate) -> String {
    let percent = |share: f64| 100.0 * share;
    format!(
        "{}/{} = {:.2} % ({:.2}–{:.2} %)",
        rate.of,
        rate.all,
        percent(rate.share()),
        percent(rate.low),
        percent(rate.high)
    )
}

fn write_rates(out: &mut impl Write, group: &str, set: &Distances, language: Language) -> Result<()> {
    let name = if group.is_empty() { language.pick("全部", "all") } else { group };
    let heads = language
        .pick(("不同人低于此距离", "同一人不低于此距离"), ("strangers below", "one person at or above"));
    writeln!(out, "\n{name}\n  d      {:<34}{}", heads.0, heads.1)?;
    for limit in STATED {
        let Errors { strangers_below, same_above, .. } = errors(&set.same, &set.strangers, limit);
        writeln!(out, "  {limit:.2}   {:<34}{}", said_rate(strangers_below), said_rate(same_above))?;
    }
    Ok(())
}
