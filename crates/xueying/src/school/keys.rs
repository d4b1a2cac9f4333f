//! `xueying keys`: makes the keys of a campaign, puts them under a passphrase, prints and reads backups.

mod campaign;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand, ValueEnum};
use seal::{
    identity::CampaignId,
    keys::{SealingKeys, file, locked, sheet},
    suite::Suite,
};

use crate::{
    files::{self, Existing},
    language::Language,
    outcome::Outcome,
    secrets,
};

/// 密钥：生成一次采集活动的密钥，加口令，做纸质备份 · Keys: make those of a campaign, lock them, back them up on paper
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 生成封装密钥（机密文件） · Make keys to seal photos with (a secret file)
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
    /// 一次生成整个采集活动的密钥：签发、核验、封装、验证、中心、各机位 · Make every key of a campaign: codes, records, centre, stations
    Campaign {
        /// 采集活动名称 · The campaign's name
        #[arg(long, value_name = "CAMPAIGN")]
        campaign: String,
        /// 密码套件 · Cipher suite
        #[arg(long, value_enum, default_value_t = SuiteName::Modern)]
        suite: SuiteName,
        /// 机位名称，以逗号分隔 · Names of the stations, with commas
        #[arg(long, value_name = "NAME,…", value_delimiter = ',', default_value = "1")]
        stations: Vec<String>,
        /// 存放密钥文件的文件夹 · Folder for the key files
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// 给密钥文件加口令（Argon2id） · Put a key file under a passphrase (Argon2id)
    Lock {
        /// 密钥文件 · The key file
        #[arg(value_name = "FILE")]
        keys: PathBuf,
        /// 加密后的密钥文件 · The locked key file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// 打印备份页：加口令的密钥文件，可逐行录入恢复 · Print a backup sheet of a locked key file, to be typed in again
    Sheet {
        /// 加口令的密钥文件 · The locked key file
        #[arg(value_name = "FILE")]
        keys: PathBuf,
    },
    /// 从录入的备份页恢复密钥文件，指出录错的行 · Restore a key file from a typed backup sheet; names a mistyped line
    Restore {
        /// 录入的备份页 · The typed sheet
        #[arg(value_name = "FILE")]
        sheet: PathBuf,
        /// 加口令的密钥文件 · The locked key file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// What `--suite` takes.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SuiteName {
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
    match &arguments.what {
        What::New { campaign, suite, out } => {
            let keys = new(campaign_id(campaign, language)?, (*suite).into())?;
            files::write_secret(out, file::write_sealing(&keys).as_bytes(), language)?;
        }
        What::Opening { keys, out } => {
            let keys = secrets::sealing(keys, language)?;
            let makers = [keys.maker.public().clone()];
            let text = file::write_opening(&keys.campaign, &keys.record, &makers);
            files::write_secret(out, text.as_bytes(), language)?;
        }
        What::Campaign { campaign, suite, stations, out } => {
            campaign::write(&campaign_id(campaign, language)?, (*suite).into(), stations, out, language)?;
        }
        What::Lock { keys, out } => lock(keys, out, language)?,
        What::Sheet { keys } => print_sheet(keys, language)?,
        What::Restore { sheet, out } => restore(sheet, out, language)?,
    }
    Ok(Outcome::Passes)
}

/// New keys from the system's random source.
pub fn new(campaign: CampaignId, suite: Suite) -> Result<SealingKeys> {
    let record = secrets::random(suite.hiding_key_bytes())?;
    let maker = secrets::random(suite.signing_key_bytes())?;
    SealingKeys::new(campaign, suite, record, maker)
        .context("the random bytes are no keys of the suite; run it again")
}

fn campaign_id(name: &str, language: Language) -> Result<CampaignId> {
    CampaignId::try_from(name.to_owned())
        .map_err(|problem| anyhow!(language.pick(problem.zh(), problem.to_string())))
        .context("--campaign")
}

fn lock(keys: &Path, out: &Path, language: Language) -> Result<()> {
    let place = || keys.display().to_string();
    let text = secrets::key_text(keys, language).with_context(place)?;
    let suite = file::suite_of(&text)
        .map_err(|error| anyhow!(language.pick(error.zh(), error.to_string())))
        .with_context(place)?;
    let passphrase = secrets::passphrase(language.pick("新口令：", "New passphrase: "), language)?;
    let locked = locked::lock(&text, suite, &passphrase, secrets::seed()?)
        .map_err(|fault| anyhow!(language.pick(fault.zh(), fault.to_string())))?;
    files::write_secret(out, locked.as_bytes(), language)
}

/// The sheet on standard output, so that it can go straight to a printer and leave no file.
fn print_sheet(keys: &Path, language: Language) -> Result<()> {
    let place = || keys.display().to_string();
    let text =
        fs::read_to_string(keys).map_err(|error| files::reason(&error, language)).with_context(place)?;
    if !locked::is_locked(&text) {
        let why = language.pick(
            "密钥文件未加口令，不能打印；请先运行 xueying keys lock",
            "the key file has no passphrase and is not printed; run xueying keys lock first",
        );
        return Err(anyhow!(why)).with_context(place);
    }
    write!(io::stdout(), "{}", sheet::write(&text))?;
    Ok(())
}

fn restore(typed: &Path, out: &Path, language: Language) -> Result<()> {
    let place = || typed.display().to_string();
    let text = files::read(typed, language).with_context(place)?;
    let locked = sheet::read(&String::from_utf8_lossy(&text))
        .map_err(|fault| anyhow!(language.pick(fault.zh(), fault.to_string())))
        .with_context(place)?;
    files::write(out, locked.as_bytes(), Existing::Keep, language)?;
    Ok(())
}
