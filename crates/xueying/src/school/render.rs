//! `xueying render`: photos of students who do not exist, for trying things out without anybody's face.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Result, anyhow};
use clap::Args;
use serde::Serialize;
use studio::render::{FAULTS, Fault, Rendered, Shot, file::camera_jpeg, render};

use crate::{
    batch,
    files::{self, Existing},
    language::Language,
    outcome::Outcome,
};

/// 开发用：绘制虚构学生的相机照片（不是任何真人），附真值；可指定一种缺陷 · For developers: draws camera photos of students who do not exist, with ground truth and one fault on request
#[derive(Args)]
pub struct Arguments {
    /// 照片和 truth.jsonl 的文件夹 · Folder of photos and truth.jsonl
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// 人数 · Number of students
    #[arg(long, default_value_t = 10)]
    count: u64,
    /// 第一个学生的种子；同一种子总得到同一张照片 · Seed of the first student; the same seed always gives the same photo
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 每张照片都带上的一种缺陷；写错名称会列出全部 · A fault that every photo gets; a wrong name lists them all
    #[arg(long, value_name = "NAME", value_parser = fault)]
    defect: Option<&'static Fault>,
    /// 每种缺陷各画一遍 · Every fault once for every student
    #[arg(long, conflicts_with = "defect")]
    defects: bool,
    /// 照片宽度（像素），高为宽的三分之四 · Width of a photo in px; the height is four thirds of it
    #[arg(long, default_value_t = 1200, value_parser = clap::value_parser!(u32).range(480..=4000))]
    width: u32,
}

fn fault(name: &str) -> Result<&'static Fault, String> {
    Fault::named(name).ok_or_else(|| {
        let known: Vec<&str> = FAULTS.iter().map(|fault| fault.name).collect();
        format!("可用的缺陷 · the faults are: {}", known.join(", "))
    })
}

/// A line of `truth.jsonl`: where everything is in the photo, px from its upper left corner.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    seed: u64,
    defect: Option<&'static str>,
    eye_row: f32,
    crown_row: f32,
    chin_row: f32,
    face_width: f32,
    face_centre_x: f32,
    roll_deg: f32,
    yaw_deg: f32,
    pitch_deg: f32,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    files::make_folder(&arguments.out, language)?;
    let last = arguments
        .seed
        .checked_add(arguments.count)
        .ok_or_else(|| anyhow!(language.pick("种子太大", "the seed is too large")))?;
    let faults: Vec<Option<&'static Fault>> =
        if arguments.defects { FAULTS.iter().map(Some).collect() } else { vec![arguments.defect] };
    let sittings: Vec<(u64, Option<&'static Fault>)> =
        (arguments.seed..last).flat_map(|seed| faults.iter().map(move |&fault| (seed, fault))).collect();
    let names: Vec<PathBuf> = sittings.iter().map(|&(seed, fault)| name(seed, fault)).collect();
    let mut truth = Vec::new();
    let work = |index: usize, name: &Path| {
        let (seed, fault) = sittings[index];
        let width = arguments.width as usize;
        let (bytes, photo) = drawn(seed, fault, width)?;
        files::write(&arguments.out.join(name), &bytes, Existing::Replace, language)?;
        Ok((index, photo))
    };
    let mut outcome = Outcome::Passes;
    batch::run(language.pick("绘制", "drawing"), &names, work, |name, result, progress| {
        match result {
            Ok((index, photo)) => {
                let (seed, fault) = sittings[index];
                serde_json::to_writer(&mut truth, &line(&name.display().to_string(), seed, fault, &photo))?;
                truth.push(b'\n');
            }
            Err(problem) => {
                progress.complain(name, &problem);
                outcome = Outcome::Unreadable;
            }
        }
        Ok(())
    })?;
    files::write(&arguments.out.join("truth.jsonl"), &truth, Existing::Replace, language)?;
    let (count, out) = (names.len(), arguments.out.display());
    writeln!(
        io::stdout(),
        "{}",
        language.pick(
            format!("{count} 张照片在 {out}"),
            format!("{count} {} in {out}", if count == 1 { "photo" } else { "photos" })
        )
    )?;
    Ok(outcome)
}

/// What the file of a student is called.
pub fn name(seed: u64, fault: Option<&Fault>) -> PathBuf {
    match fault {
        Some(fault) => format!("{seed:06}-{}.jpg", fault.name).into(),
        None => format!("{seed:06}.jpg").into(),
    }
}

/// A camera's file of a made-up student, which says in itself that it was rendered.
pub fn drawn(seed: u64, fault: Option<&Fault>, width: usize) -> Result<(Vec<u8>, Rendered)> {
    let shot = Shot { size: (width, width * 4 / 3), ..Shot::from_seed(seed) };
    let photo = render(&fault.map_or(shot.clone(), |fault| fault.planted(shot)));
    Ok((camera_jpeg(&photo, seed)?, photo))
}

fn line<'a>(file: &'a str, seed: u64, fault: Option<&'static Fault>, photo: &Rendered) -> Line<'a> {
    let truth = &photo.truth;
    Line {
        file,
        seed,
        defect: fault.map(|fault| fault.name),
        eye_row: f32::midpoint(truth.eyes[0].y, truth.eyes[1].y),
        crown_row: truth.crown,
        chin_row: truth.chin.y,
        face_width: truth.width(),
        face_centre_x: f32::midpoint(truth.cheeks[0].x, truth.cheeks[1].x),
        roll_deg: truth.pose.roll,
        yaw_deg: truth.pose.yaw,
        pitch_deg: truth.pose.pitch,
    }
}
