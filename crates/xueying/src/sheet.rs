//! `xueying sheet`: a print sheet of small two-inch photos.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::{language::Language, outcome::Outcome};

/// 排版：在六寸相纸上排八张小二寸照片，带裁切线 · A print sheet: eight small two-inch photos with crop marks on six-inch paper
#[derive(Args)]
pub struct Arguments {
    /// 成品照 · Finished photo
    photo: PathBuf,
    /// 输出文件，.jpg 或 .pdf · File to write, .jpg or .pdf
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// 每张照片的尺寸，毫米 · Size of each photo, mm
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "33x48")]
    size: String,
    /// 覆盖已有的不同文件 · Replace another file that stands there
    #[arg(long)]
    force: bool,
}

pub fn run(_arguments: &Arguments, _language: Language) -> Result<Outcome> {
    Ok(Outcome::Passes)
}
