//! `xueying faces swaps`: photos that may stand under the wrong student, by the references of those around them.

use std::{
    collections::HashMap,
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::Result;
use campaign::comparison::{Suspicion, suspicions};
use clap::Args;
use portrait::look::Descriptor;
use vision::Vision;

use super::in_folders;
use crate::{language::Language, outcome::Outcome};

/// 错位查找：按拍摄顺序命名的照片与同名参照照片 · Exchanged photos: in the order of their names, against references of the same name
#[derive(Args)]
pub struct Arguments {
    /// 照片文件夹，文件名的顺序就是拍摄顺序 · Photos; the order of their names is that of their taking
    #[arg(long, value_name = "DIR")]
    photos: PathBuf,
    /// 参照照片文件夹，与照片同名 · Reference photos of the same names
    #[arg(long, value_name = "DIR")]
    references: PathBuf,
    /// 大于此距离视为不像 · Farther than this a photo is unlike its reference
    #[arg(long, value_name = "DISTANCE", default_value_t = 0.6)]
    above: f32,
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

pub fn run(arguments: &Arguments, eyes: &Vision, language: Language) -> Result<Outcome> {
    let (photos, first) = in_folders(std::slice::from_ref(&arguments.photos), eyes, language)?;
    let (references, second) = in_folders(std::slice::from_ref(&arguments.references), eyes, language)?;
    let references: HashMap<String, Descriptor> =
        references.into_iter().map(|(path, face)| (stem(&path), face)).collect();
    let photos: Vec<(String, Descriptor)> =
        photos.into_iter().map(|(path, face)| (stem(&path), face)).collect();
    let distance =
        |photo: usize, other: usize| Some(photos[photo].1.distance(references.get(&photos[other].0)?));
    let found = suspicions(photos.len(), arguments.above, distance);
    let name = |photo: usize| photos[photo].0.as_str();
    let mut out = io::stdout().lock();
    for suspicion in &found {
        writeln!(out, "{}", said(suspicion, name, language))?;
    }
    let compared = photos.iter().filter(|(stem, _)| references.contains_key(stem)).count();
    let (all, count) = (photos.len(), found.len());
    let text = language.pick(
        format!("{all} 张照片，{compared} 张有参照，{count} 处需要人工核对"),
        format!("{all} photos, {compared} with a reference, {count} to be looked at"),
    );
    writeln!(out, "{text}")?;
    let outcome = first.max(second);
    Ok(if found.is_empty() { outcome } else { outcome.max(Outcome::Fails) })
}

fn said<'n>(suspicion: &Suspicion, name: impl Fn(usize) -> &'n str, language: Language) -> String {
    match *suspicion {
        Suspicion::Swapped { first, second } => {
            let (a, b) = (name(first), name(second));
            language.pick(format!("互换：{a} 与 {b}"), format!("exchanged: {a} and {b}"))
        }
        Suspicion::Shifted { from, to, by } => {
            let (a, b) = (name(from), name(to));
            language.pick(format!("错位 {by}：{a} 至 {b}"), format!("shifted by {by}: {a} to {b}"))
        }
        Suspicion::Another { photo, like } => {
            let (a, b) = (name(photo), name(like));
            language.pick(format!("{a} 更像 {b}"), format!("{a} is more like {b}"))
        }
        Suspicion::Unlike { photo, distance } => {
            let a = name(photo);
            language.pick(
                format!("{a} 与参照照片不像（{distance:.3}）"),
                format!("{a} is unlike its reference ({distance:.3})"),
            )
        }
    }
}
