//! `xueying open`: whose photo it is, or exactly what does not match.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use seal::{photo, problem::OpenError, record::Record};

use crate::{files, language::Language, outcome::Outcome, secrets};

/// 验证：照片是谁的，是否被改动 · Says whose photo it is and that nobody changed it
#[derive(Args)]
pub struct Arguments {
    /// 封装过的照片 · Sealed photo
    photo: PathBuf,
    /// 密钥文件（封装或验证） · Key file for opening or sealing
    #[arg(long, value_name = "FILE", env = "XUEYING_KEYS", default_value = "xueying.keys")]
    keys: PathBuf,
    /// 结果的格式 · Form of the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How the result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// 供人阅读 · for reading
    Text,
    /// 一个对象 · one object
    Json,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let keyring = secrets::opening(&arguments.keys, language)?;
    let bytes =
        files::read(&arguments.photo, language).with_context(|| arguments.photo.display().to_string())?;
    match photo::open(&bytes, &keyring) {
        Ok(record) => {
            show(&record, arguments.format, language)?;
            Ok(Outcome::Passes)
        }
        Err(error) => {
            eprintln!("{}: {}", arguments.photo.display(), language.pick(error.zh(), error.to_string()));
            Ok(judged(&error))
        }
    }
}

/// A file that is no whole JPEG or needs other keys could not be read; everything else is a photo that does not
/// prove whose it is, which is a failed check.
fn judged(error: &OpenError) -> Outcome {
    match error {
        OpenError::NotWhole(_) | OpenError::UnknownKey { .. } | OpenError::OtherSuite { .. } => {
            Outcome::Unreadable
        }
        _ => Outcome::Fails,
    }
}

/// Shows what the record says. Whoever has the keys may read the student's number; that is what the record is for.
fn show(record: &Record, format: Format, language: Language) -> Result<()> {
    let identity = &record.identity;
    let mut out = io::stdout().lock();
    match format {
        Format::Json => {
            let object = serde_json::json!({
                "student": identity.student.as_str(), "campaign": identity.campaign.as_str(),
                "shot": identity.shot.to_string(), "made_at_ms": identity.made_at_ms,
                "station": identity.station.as_str(), "suite": record.suite.name(),
                "maker": record.maker.to_string(), "bound": record.digest.is_some(),
            });
            writeln!(out, "{object}")?;
        }
        Format::Text => {
            let rows = [
                (language.pick("学生", "student"), identity.student.as_str().to_owned()),
                (language.pick("采集活动", "campaign"), identity.campaign.as_str().to_owned()),
                (language.pick("拍摄编号", "shot"), identity.shot.to_string()),
                (language.pick("拍摄时间（UTC 毫秒）", "made at (UTC ms)"), identity.made_at_ms.to_string()),
                (language.pick("机位", "station"), identity.station.as_str().to_owned()),
                (language.pick("签名者", "signed by"), record.maker.to_string()),
            ];
            for (name, value) in rows {
                writeln!(out, "{name}: {value}")?;
            }
            writeln!(out, "{}", language.pick("✓ 照片未被改动", "✓ the photo is as it was sealed"))?;
        }
    }
    Ok(())
}
