//! `xueying sheet`: a finished photo several times on one sheet of photo paper, to be cut.

mod typefaces;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use portrait::{
    file::{
        self,
        encode::{EncodeGoal, HIGHEST_QUALITY, encode},
    },
    sheet::{Caption, CaptionProblem, Millimetres, Sheet, SheetSpec},
};

use crate::{
    files::{self, Existing},
    judging::{extension, opened},
    language::Language,
    outcome::Outcome,
};

/// 排版：一张 6 寸相纸上 8 张小二寸照片，带裁切线，300 dpi · Print sheet: eight small two-inch photos with crop marks on six-inch paper, 300 dpi
#[derive(Args)]
pub struct Arguments {
    /// 成品照 · Finished photo
    photo: PathBuf,
    /// 输出文件，.jpg 或 .pdf · File to write, .jpg or .pdf
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// 单张尺寸（毫米），小二寸为 33x48 或 35x45 · Size of one photo in mm; small two inches are 33x48 or 35x45
    #[arg(long, value_name = "WxH", default_value = "33x48", value_parser = millimetres)]
    size: Millimetres,
    /// 相纸尺寸（毫米），6 寸横放为 152x102 · Size of the paper in mm; six inches lying are 152x102
    #[arg(long, value_name = "WxH", default_value = "152x102", value_parser = millimetres)]
    paper: Millimetres,
    /// 张数 · Number of photos
    #[arg(long, default_value_t = 8)]
    count: usize,
    /// 每张照片下方的文字，例如姓名和学号；占照片自身高度中的 4 毫米 · Text below each photo, such as name and number; takes 4 mm of the photo's own height
    #[arg(long, value_name = "TEXT")]
    caption: Option<String>,
    /// 文字的字体文件；默认在系统字体中找一个含有全部字符的 · Font file of the text; by default a system font that has every character
    #[arg(long, value_name = "FILE", requires = "caption")]
    font: Option<PathBuf>,
    /// 覆盖已有的不同文件 · Replace a different file that stands there
    #[arg(long)]
    force: bool,
}

/// Height of the strip with the caption, mm.
const STRIP_MM: f64 = 4.0;
/// Longest side that is taken, mm: A0.
const LONGEST_MM: f64 = 1189.0;

/// Reads `33x48`, also with `×` or `*`.
fn millimetres(text: &str) -> Result<Millimetres, String> {
    let sides: Vec<f64> =
        text.split(['x', 'X', '×', '*']).filter_map(|side| side.trim().parse().ok()).collect();
    match sides.as_slice() {
        &[width, height] if [width, height].iter().all(|side| (1.0..=LONGEST_MM).contains(side)) => {
            Ok(Millimetres { width, height })
        }
        _ => Err("宽x高，单位毫米，例如 33x48 · width x height in mm, for example 33x48".to_owned()),
    }
}

/// What the sheet is written as.
#[derive(Clone, Copy)]
enum Form {
    Jpeg,
    Pdf,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let form = form(&arguments.out, language)?;
    let bytes = files::read(&arguments.photo, language)
        .and_then(|bytes| opened(file::open(&bytes, extension(&arguments.photo).as_deref()), language))
        .and_then(|opened| printed(&opened.picture, form, arguments, language))
        .with_context(|| arguments.photo.display().to_string())?;
    let existing = if arguments.force { Existing::Replace } else { Existing::Keep };
    files::write(&arguments.out, &bytes, existing, language)?;
    Ok(Outcome::Passes)
}

fn form(out: &Path, language: Language) -> Result<Form> {
    match extension(out).unwrap_or_default().to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => Ok(Form::Jpeg),
        "pdf" => Ok(Form::Pdf),
        _ => bail!(language.pick(
            format!("{}：输出文件的扩展名应为 .jpg 或 .pdf", out.display()),
            format!("{}: the sheet is written as .jpg or .pdf; give such a name", out.display()),
        )),
    }
}

fn printed(
    photo: &portrait::picture::Picture,
    form: Form,
    arguments: &Arguments,
    language: Language,
) -> Result<Vec<u8>> {
    let caption = arguments.caption.as_deref().map(|text| caption(text, arguments, language)).transpose()?;
    let spec = SheetSpec {
        sheet: arguments.paper,
        photo: arguments.size,
        count: arguments.count,
        strip: if caption.is_some() { STRIP_MM } else { 0.0 },
    };
    let sheet = Sheet::of(photo, &spec, caption)
        .map_err(|problem| anyhow!(language.pick(problem.zh().to_owned(), problem.to_string())))?;
    match form {
        Form::Pdf => sheet.pdf().map_err(|problem| said(&problem, language)),
        Form::Jpeg => encode(&sheet.picture(), &PRINT)
            .map(|encoded| encoded.bytes)
            .map_err(|problem| anyhow!(language.pick(problem.zh(), problem.to_string()))),
    }
}

/// As good as JPEG is written here, for no limit of size.
const PRINT: EncodeGoal = EncodeGoal {
    bytes_low: 0,
    bytes_high: usize::MAX,
    aim: usize::MAX,
    aim_tolerance: 0,
    min_quality: HIGHEST_QUALITY,
    dpi: 300,
    reserve: 0,
};

fn caption(text: &str, arguments: &Arguments, language: Language) -> Result<Caption> {
    let line = Caption::line(text).map_err(|problem| said(&problem, language))?;
    let typeface = typefaces::choose(line, arguments.font.as_deref(), language)?;
    let caption = Caption::new(line, &typeface).map_err(|problem| said(&problem, language))?;
    caption.fits(arguments.size.width, STRIP_MM).map_err(|problem| said(&problem, language))?;
    Ok(caption)
}

fn said(problem: &CaptionProblem, language: Language) -> anyhow::Error {
    anyhow!(language.pick(problem.zh(), problem.to_string()))
}
