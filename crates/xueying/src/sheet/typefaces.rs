//! Finds a font for a caption: the one that is named, or one of the system's that has every character.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use fontdb::{Database, FaceInfo, Style};
use portrait::sheet::{CaptionProblem, Typeface};

use super::said;
use crate::{files, language::Language};

/// Families that are asked first, the plainest first; any other font that has the characters comes after them.
const FAMILIES: [&str; 14] = [
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Microsoft YaHei",
    "DengXian",
    "SimHei",
    "WenQuanYi Micro Hei",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "SimSun",
    "SimSun-ExtB",
    "SimSun-ExtG",
    "TH-Tshyn-P0",
];

/// The face for a text.
pub fn choose(text: &str, font: Option<&Path>, language: Language) -> Result<Typeface> {
    let mut fonts = Database::new();
    match font {
        Some(path) => {
            let data = files::read(path, language).with_context(|| path.display().to_string())?;
            fonts.load_font_data(data);
            if fonts.is_empty() {
                return Err(said(&CaptionProblem::NoFont, language))
                    .with_context(|| path.display().to_string());
            }
        }
        None => fonts.load_system_fonts(),
    }
    let mut faces: Vec<&FaceInfo> = fonts.faces().filter(|face| face.style == Style::Normal).collect();
    faces.sort_by_key(|face| (rank(face), face.weight.0.abs_diff(400), face.index));
    let mut fewest: Option<Vec<char>> = None;
    for face in faces {
        let read = fonts.with_face_data(face.id, |data, index| Typeface::new(data.to_vec(), index));
        let Some(Ok(typeface)) = read else { continue };
        let missing = typeface.missing(text);
        if missing.is_empty() {
            return Ok(typeface);
        }
        if fewest.as_ref().is_none_or(|known| missing.len() < known.len()) {
            fewest = Some(missing);
        }
    }
    Err(match fewest {
        Some(missing) => said(&CaptionProblem::Missing(missing), language),
        None => anyhow!(language.pick(
            "系统中没有可用的字体；请用 --font 指定字体文件",
            "the system has no font that can be read; name a font file with --font",
        )),
    })
}

/// Place of a face's family in [`FAMILIES`].
fn rank(face: &FaceInfo) -> usize {
    let is_named =
        |wanted: &&str| face.families.iter().any(|(family, _)| family.eq_ignore_ascii_case(wanted));
    FAMILIES.iter().position(is_named).unwrap_or(FAMILIES.len())
}
