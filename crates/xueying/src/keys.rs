//! `xueying keys`: makes and shares the keys that photos are sealed and opened with.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand, ValueEnum};
use seal::{
    identity::CampaignId,
    keys::{Keyring, Nonce, OpeningKeys, SealingKeys, file},
    problem::FileError,
    suite::{NONCE_BYTES, Suite},
};
use zeroize::Zeroizing;

use crate::{files, language::Language, outcome::Outcome};

/// 密钥：生成封装密钥，导出验证密钥 · Keys: make them for sealing, export them for opening
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 为一次采集活动生成密钥（机密文件） · Make the keys of a campaign (a secret file)
    New {
        /// 采集活动名称 · The campaign's name
        #[arg(long, value_name = "CAMPAIGN", default_value = "campaign")]
        campaign: String,
        /// 密码套件 · Cipher suite
        #[arg(long, value_enum, default_value_t = SuiteName::Modern)]
        suite: SuiteName,
        /// 密钥文件 · The key file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// 从封装密钥导出只能验证的密钥 · From sealing keys, the keys that only open
    Opening {
        /// 封装密钥文件 · The key file for sealing
        #[arg(value_name = "FILE")]
        keys: PathBuf,
        /// 验证密钥文件 · The key file for opening
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// What `--suite` takes.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum SuiteName {
    /// Ed25519、ChaCha20-Poly1305、SHA-256
    Modern,
    /// 商用密码 SM2、SM4-GCM、SM3 · Chinese commercial ciphers
    Gm,
}

impl From<SuiteName> for Suite {
    fn from(name: SuiteName) -> Self {
        match name {
            SuiteName::Modern => Self::Modern,
            SuiteName::Gm => Self::Gm,
        }
    }
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let (text, out) = match &arguments.what {
        What::New { campaign, suite, out } => {
            let campaign = CampaignId::try_from(campaign.clone())
                .map_err(|problem| anyhow!(language.pick(problem.zh(), problem.to_string())))
                .context("--campaign")?;
            (file::write_sealing(&new(campaign, (*suite).into())?), out)
        }
        What::Opening { keys, out } => {
            let keys = sealing(keys, language)?;
            let makers = [keys.maker.public().clone()];
            (file::write_opening(&keys.campaign, &keys.record, &makers), out)
        }
    };
    files::write_secret(out, text.as_bytes(), language)?;
    Ok(Outcome::Passes)
}

/// New keys from the system's random source.
pub fn new(campaign: CampaignId, suite: Suite) -> Result<SealingKeys> {
    let (record, maker) = (random(suite.hiding_key_bytes())?, random(suite.signing_key_bytes())?);
    SealingKeys::new(campaign, suite, record, maker)
        .context("the random bytes are no keys of the suite; run it again")
}

/// Fresh bytes for one record.
pub fn nonce() -> Result<Nonce> {
    let mut bytes = [0; NONCE_BYTES];
    bytes.copy_from_slice(&random(NONCE_BYTES)?);
    Ok(Nonce::new(bytes))
}

fn random(length: usize) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; length]);
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
    Ok(bytes)
}

/// Reads the file that photos are sealed with.
pub fn sealing(path: &PathBuf, language: Language) -> Result<SealingKeys> {
    read(path, language, file::parse_sealing)
}

/// Reads a file that photos are opened with.
pub fn opening(path: &PathBuf, language: Language) -> Result<Keyring> {
    let keys: OpeningKeys = read(path, language, file::parse_opening)?;
    Ok(Keyring { campaigns: vec![keys] })
}

fn read<T>(path: &PathBuf, language: Language, parse: fn(&str) -> Result<T, FileError>) -> Result<T> {
    let text = fs::read_to_string(path).map(Zeroizing::new).map_err(|error| files::reason(&error, language));
    text.and_then(|text| parse(&text).map_err(|error| anyhow!(language.pick(error.zh(), error.to_string()))))
        .with_context(|| path.display().to_string())
}
