//! `xueying faces`: how alike faces are. It orders pairs for a person to look at and never decides.

mod rates;
mod swaps;

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand, ValueEnum};
use portrait::{file, look::Descriptor};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::Serialize;
use vision::Vision;

use crate::{
    batch, files,
    judging::{extension, opened},
    language::Language,
    outcome::Outcome,
};

/// 人脸相似程度：只排出先后供人核对，从不自行判定 · Likeness of faces: orders pairs for a person, never decides
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 两张照片的人脸距离 · The distance of two photos' faces
    Compare {
        /// 第一张 · The first photo
        a: PathBuf,
        /// 第二张 · The second photo
        b: PathBuf,
        /// 结果的格式 · Form of the result
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// 可能是同一人的照片，按距离由近到远 · Photos that may show the same person, nearest first
    Duplicates {
        /// 照片文件夹 · Folder of photos
        #[arg(required = true, value_name = "DIR")]
        folders: Vec<PathBuf>,
        /// 只列出小于此距离的照片对 · List pairs nearer than this
        #[arg(long, value_name = "DISTANCE", default_value_t = 0.5)]
        below: f32,
        /// 结果的格式 · Form of the results
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    Rates(rates::Arguments),
    Swaps(swaps::Arguments),
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// 供人阅读 · for reading
    Text,
    /// 每行一个对象 · one object per line
    Json,
    /// 表格 · a table
    Csv,
}

/// Two photos and how far apart their faces are.
#[derive(Debug, Serialize)]
struct Pair {
    a: String,
    b: String,
    distance: f32,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let eyes = Vision::new()?;
    match &arguments.what {
        What::Compare { a, b, format } => compare([a, b], *format, &eyes, language),
        What::Duplicates { folders, below, format } => duplicates(folders, *below, *format, &eyes, language),
        What::Rates(arguments) => rates::run(arguments, &eyes, language),
        What::Swaps(arguments) => swaps::run(arguments, &eyes, language),
    }
}

fn compare(photos: [&PathBuf; 2], format: Format, eyes: &Vision, language: Language) -> Result<Outcome> {
    let mut descriptors = Vec::new();
    for photo in photos {
        match describe(photo, eyes, language) {
            Ok(descriptor) => descriptors.push(descriptor),
            Err(problem) => batch::complain(photo, &problem),
        }
    }
    let [a, b] = descriptors.as_slice() else { return Ok(Outcome::Unreadable) };
    let [first, second] = photos.map(|photo| photo.display().to_string());
    let pair = Pair { a: first, b: second, distance: a.distance(b) };
    write(std::slice::from_ref(&pair), format, language)?;
    if format == Format::Text {
        writeln!(io::stdout(), "{}", meaning(pair.distance, language))?;
    }
    Ok(Outcome::Passes)
}

fn duplicates(
    folders: &[PathBuf],
    below: f32,
    format: Format,
    eyes: &Vision,
    language: Language,
) -> Result<Outcome> {
    let (faces, outcome) = in_folders(folders, eyes, language)?;
    write(&near_pairs(&faces, below), format, language)?;
    Ok(outcome)
}

/// The faces of every photo in some folders, in the order of their names; what cannot be read is named.
fn in_folders(
    folders: &[PathBuf],
    eyes: &Vision,
    language: Language,
) -> Result<(Vec<(PathBuf, Descriptor)>, Outcome)> {
    let mut found = batch::find(folders, language);
    found.files.sort();
    for (path, problem) in &found.problems {
        batch::complain(path, problem);
    }
    let unread = if found.problems.is_empty() { Outcome::Passes } else { Outcome::Unreadable };
    let (faces, outcome) = described(&found.files, eyes, language)?;
    Ok((faces, outcome.max(unread)))
}

/// The faces of photos, in their order; what cannot be read is named.
fn described(
    files: &[PathBuf],
    eyes: &Vision,
    language: Language,
) -> Result<(Vec<(PathBuf, Descriptor)>, Outcome)> {
    let (mut faces, mut outcome) = (Vec::new(), Outcome::Passes);
    let describe = |_: usize, path: &Path| describe(path, eyes, language);
    batch::run(
        language.pick("提取人脸", "describing faces"),
        files,
        describe,
        |path, result, progress| {
            match result {
                Ok(descriptor) => faces.push((path.to_path_buf(), descriptor)),
                Err(problem) => {
                    progress.complain(path, &problem);
                    outcome = Outcome::Unreadable;
                }
            }
            Ok(())
        },
    )?;
    Ok((faces, outcome))
}

/// All pairs nearer than `below`, nearest first.
fn near_pairs(faces: &[(PathBuf, Descriptor)], below: f32) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = (0..faces.len())
        .into_par_iter()
        .flat_map_iter(|first| {
            let (a, face) = &faces[first];
            faces[first + 1..].iter().filter_map(move |(b, other)| {
                let distance = face.distance(other);
                (distance < below).then(|| Pair {
                    a: a.display().to_string(),
                    b: b.display().to_string(),
                    distance,
                })
            })
        })
        .collect();
    pairs.sort_by(|one, other| one.distance.total_cmp(&other.distance));
    pairs
}

fn describe(photo: &Path, eyes: &Vision, language: Language) -> Result<Descriptor> {
    let bytes = files::read(photo, language)?;
    // The net looks at 150 px of face: a camera's millions of pixels only cost memory.
    let opened = opened(file::open_scaled(&bytes, extension(photo).as_deref(), 960, 1280), language)?;
    eyes.describe(&opened.picture).ok_or_else(|| {
        anyhow!(
            language
                .pick("照片中没有找到人脸，无法比对", "no face was found, so there is nothing to compare")
        )
    })
}

fn write(pairs: &[Pair], format: Format, language: Language) -> Result<()> {
    let mut out = io::stdout().lock();
    match format {
        Format::Text if pairs.is_empty() => {
            writeln!(out, "{}", language.pick("没有距离这么近的照片对", "no pair is that near"))?;
        }
        Format::Text => {
            for pair in pairs {
                writeln!(out, "{:.3}  {}  {}", pair.distance, pair.a, pair.b)?;
            }
        }
        Format::Json => {
            for pair in pairs {
                serde_json::to_writer(&mut out, pair)?;
                writeln!(out)?;
            }
        }
        Format::Csv => {
            out.write_all("\u{feff}".as_bytes())?;
            let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut out);
            for pair in pairs {
                table.serialize(pair)?;
            }
            table.flush()?;
        }
    }
    Ok(())
}

/// What a distance says, and what it does not.
///
/// Measured with this net: ten genuine pairs lay between .326 and .429; of 171 991 pairs of different people
/// .009 % lay below .50 and .66 % below .60, but of the 91 pairs among people of East and Southeast Asian
/// descent 3 and 33, and four East Asian faces lay as near as .28.
fn meaning(distance: f32, language: Language) -> &'static str {
    match distance {
        near if near < 0.45 => language.pick(
            "很接近：同一人的照片通常在此范围，但长相相近的不同人也可能如此；请人工核对",
            "near: photos of one person usually lie here, but so can different people who look alike; let a person compare them",
        ),
        middle if middle < 0.6 => language.pick(
            "无法区分：东亚面孔中，不同的人也常落在此范围；请人工核对",
            "undecided: different people, East Asian faces above all, often lie here too; let a person compare them",
        ),
        _ => language.pick(
            "较远：多半是不同的人，但姿态、光线或年龄差异大时同一人也可能如此；请人工核对",
            "far: usually different people, though pose, light or age can part one person's photos this much; let a person compare them",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_come_nearest_first_and_only_below_the_limit() {
        let at = |x: f32| {
            let mut place = [0.0; 128];
            place[0] = x;
            Descriptor(place)
        };
        let faces =
            [("a", 0.0), ("b", 0.4), ("c", 0.5), ("d", 2.0)].map(|(name, x)| (PathBuf::from(name), at(x)));
        let pairs = near_pairs(&faces, 0.45);
        let named: Vec<(&str, &str)> = pairs.iter().map(|pair| (pair.a.as_str(), pair.b.as_str())).collect();
        assert_eq!(named, [("b", "c"), ("a", "b")]);
    }
}
