//! `xueying code card`: a clean card from a picture of a code, for a student whose own picture is poor.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use seal::{
    card::{Card, png},
    code::text,
    keys::file,
};

use super::{read::codes_in, typeface};
use crate::{
    clock,
    files::{self, Existing},
    language::Language,
    outcome::Outcome,
    secrets,
};

/// 由图片中的采集码重绘清晰的采集码图片 · Draw a clean card from a picture of a code
#[derive(Args)]
pub struct Arguments {
    /// 含有采集码的图片 · A picture with a code
    #[arg(value_name = "IMAGE")]
    picture: PathBuf,
    /// 核验密钥文件 · Key file to verify with (reading.keys)
    #[arg(long, value_name = "FILE", env = "XUEYING_KEYS")]
    keys: PathBuf,
    /// 学校名称，默认写学校代码 · The school's name, by default its number
    #[arg(long, value_name = "NAME")]
    school_name: Option<String>,
    /// 输出文件（.svg 或 .png） · File to write (.svg or .png)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// 覆盖已有的不同文件 · Replace a different file that stands there
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let keys = secrets::read(&arguments.keys, language, file::parse_reading)?;
    let place = || arguments.picture.display().to_string();
    let found = codes_in(&arguments.picture, language).with_context(place)?;
    let codes = found.iter().filter_map(|found| {
        let (code, _) = text::read(found.reveal(), &keys.campaign, std::slice::from_ref(&keys.codes)).ok()?;
        Some((found.code(), code))
    });
    let codes: Vec<_> = codes.collect();
    let [(text, code)] = codes.as_slice() else {
        let count = codes.len();
        let why = language.pick(
            format!("图片中有 {count} 个本次采集活动的采集码，应当正好一个"),
            format!("the picture holds {count} codes of this campaign; it must be exactly one"),
        );
        return Err(anyhow!(why)).with_context(place);
    };
    let school = arguments.school_name.as_deref().unwrap_or(code.holder.school.as_str());
    let until = clock::last_day(code.expires_s);
    let card = Card { code: text, holder: &code.holder, school, until: &until };
    let said = |fault: seal::card::CardFault| anyhow!(language.pick(fault.zh(), fault.to_string()));
    let svg = card.svg().map_err(said)?;
    let bytes = match arguments.out.extension().and_then(|extension| extension.to_str()) {
        Some("svg") => svg.into_bytes(),
        Some("png") => png(&svg, typeface::fonts()).map_err(said)?,
        _ => bail!(language.pick("--out 的扩展名应为 .svg 或 .png", "--out ends with .svg or .png")),
    };
    let existing = if arguments.force { Existing::Replace } else { Existing::Keep };
    files::write(&arguments.out, &bytes, existing, language)?;
    Ok(Outcome::Passes)
}
