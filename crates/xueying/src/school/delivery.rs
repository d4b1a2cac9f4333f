//! `xueying delivery verify`: whether a delivery is what the school packed, or which of its files is not.

use std::{
    fs::File,
    io::{self, BufReader, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use campaign::delivery::package::{Manifest, check};
use clap::{Args, Subcommand};
use seal::{delivery::Signature, suite::Suite};

use crate::{files, language::Language, outcome::Outcome};

/// 报送包：核验收到的卷与清单 · Deliveries: the volumes against their manifest
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 逐个文件核验，指出缺失、改动和多余的文件 · Verify file by file; names what is missing, changed or extra
    Verify {
        /// 清单 manifest.json；manifest.sig 和各卷在同一文件夹 · The manifest; its signature and the volumes lie beside it
        #[arg(value_name = "MANIFEST")]
        manifest: PathBuf,
        /// 学校告知的签名密钥编号 · The id of the school's key, as the school told it
        #[arg(long, value_name = "KEY-ID")]
        signer: Option<String>,
    },
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let What::Verify { manifest: path, signer } = &arguments.what;
    let (manifest, key) = match signed(path, language)? {
        Ok(signed) => signed,
        Err(fault) => return refuse(&fault),
    };
    if signer.as_ref().is_some_and(|expected| *expected != key) {
        let other =
            language.pick("签名密钥不是学校告知的那一个", "it is not signed by the key that the school told");
        return refuse(&format!("{other} ({key})"));
    }
    let suite = Suite::with_name(&manifest.suite).ok_or_else(|| {
        anyhow!(language.pick("清单中的密码套件未知", "the manifest names a suite that is not known"))
    })?;
    let mut out = io::stdout().lock();
    let (mut wrong, mut whole) = (0, 0);
    for volume in &manifest.volumes {
        let found = match File::open(path.with_file_name(&volume.name)) {
            Ok(file) => check(volume, &mut BufReader::new(file), suite),
            Err(error) => {
                writeln!(out, "✗ {}: {}", volume.name, files::reason(&error, language))?;
                wrong += 1;
                continue;
            }
        };
        for difference in &found {
            let what = language.pick(difference.what.zh(), difference.what.en());
            writeln!(out, "✗ {}: {what}", difference.place)?;
        }
        wrong += found.len();
        whole += volume.files.len();
    }
    if wrong > 0 {
        return Ok(Outcome::Fails);
    }
    let (number, volumes) = (manifest.number, manifest.volumes.len());
    let text = language.pick(
        format!("✓ 第 {number} 次报送：{volumes} 卷 {whole} 个文件完好，签名密钥 {key}"),
        format!("✓ delivery {number}: {whole} files in {volumes} volumes are as packed, signed by key {key}"),
    );
    writeln!(out, "{text}")?;
    if signer.is_none() {
        let hint = language.pick(
            "! 未指定 --signer：请与学校告知的密钥编号核对",
            "! no --signer was given: compare the key with what the school told you",
        );
        writeln!(out, "{hint}")?;
    }
    Ok(Outcome::Passes)
}

fn refuse(why: &str) -> Result<Outcome> {
    writeln!(io::stdout(), "✗ manifest.json: {why}")?;
    Ok(Outcome::Fails)
}

/// The manifest with the id of the key that signed it, or why its signature does not hold.
fn signed(path: &Path, language: Language) -> Result<std::result::Result<(Manifest, String), String>> {
    let place = || path.display().to_string();
    let text = files::read(path, language).with_context(place)?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|error| {
            anyhow!(language.pick(format!("不是报送清单：{error}"), format!("this is no manifest: {error}")))
        })
        .with_context(place)?;
    let beside = path.with_file_name("manifest.sig");
    let place = || beside.display().to_string();
    let signature = files::read(&beside, language).with_context(place)?;
    let signature: Signature = serde_json::from_slice(&signature)
        .map_err(|_| anyhow!(language.pick("不是签名文件", "this is no signature")))
        .with_context(place)?;
    Ok(match signature.verify(&text) {
        Ok(key) => Ok((manifest, key.to_string())),
        Err(fault) => Err(language.pick(fault.zh(), fault.to_string())),
    })
}
