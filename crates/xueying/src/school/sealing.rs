//! `xueying seal`: puts the student's identity, encrypted and signed, into the photo.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use seal::{identity, photo};

use crate::{
    files::{self, Existing},
    language::Language,
    outcome::Outcome,
    secrets,
};

/// 封装：把学生身份加密、签名后写入照片，其余字节不变 · Puts the student's identity, encrypted and signed, into the photo; every other byte stays
#[derive(Args)]
pub struct Arguments {
    /// 成品照 · Finished photo
    photo: PathBuf,
    /// 身份文件（TOML 或 JSON：五项，见 docs/formats.md） · Identity file (five fields, see docs/formats.md)
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// 输出文件 · File to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// 封装密钥文件（见 xueying keys new） · Key file for sealing (see xueying keys new)
    #[arg(long, value_name = "FILE", env = "XUEYING_KEYS", default_value = "xueying.keys")]
    keys: PathBuf,
    /// 先去除照片里原有的注释段 · First remove comments that the photo has
    #[arg(long)]
    again: bool,
    /// 覆盖已有的不同文件 · Replace a different file that stands there
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let keys = secrets::sealing(&arguments.keys, language)?;
    let identity_file = || arguments.identity.display().to_string();
    let text = files::read(&arguments.identity, language).with_context(identity_file)?;
    let identity = identity::parse(&String::from_utf8_lossy(&text))
        .map_err(|error| anyhow!(language.pick(error.zh(), error.to_string())))
        .with_context(identity_file)?;
    let place = || arguments.photo.display().to_string();
    let mut bytes = files::read(&arguments.photo, language).with_context(place)?;
    if arguments.again {
        bytes = photo::without_comments(&bytes)
            .map_err(|error| anyhow!(language.pick(error.zh(), error.to_string())))
            .with_context(place)?;
    }
    let sealed = photo::seal(&bytes, &identity, &keys, secrets::nonce()?)
        .map_err(|error| anyhow!(language.pick(error.zh(), error.to_string())))
        .with_context(place)?;
    let existing = if arguments.force { Existing::Replace } else { Existing::Keep };
    files::write(&arguments.out, &sealed, existing, language)?;
    Ok(Outcome::Passes)
}
