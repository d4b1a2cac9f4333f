//! `xueying packet verify`: whether packets are whole and from a known station, without opening them.

use std::{
    fs::File,
    io::{self, BufReader, Write},
    path::PathBuf,
};

use anyhow::{Result, anyhow};
use clap::Args;
use seal::{keys::file, packet};

use crate::{batch, files, language::Language, outcome::Outcome, secrets};

/// 验证传输包完整、来自本次采集活动的机位 · Whether packets are whole and from a station of the campaign
#[derive(Args)]
pub struct Arguments {
    /// 传输包 · Packets
    #[arg(value_name = "PACKET", required = true)]
    packets: Vec<PathBuf>,
    /// 中心密钥文件 · The centre's key file (centre.keys)
    #[arg(long, value_name = "FILE", env = "XUEYING_KEYS")]
    keys: PathBuf,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let keys = secrets::read(&arguments.keys, language, file::parse_centre)?;
    let mut outcome = Outcome::Passes;
    for path in &arguments.packets {
        let opened = File::open(path).map_err(|error| files::reason(&error, language));
        let file = match opened {
            Ok(file) => file,
            Err(problem) => {
                batch::complain(path, &problem);
                outcome = Outcome::Unreadable;
                continue;
            }
        };
        match packet::verify(&mut BufReader::new(file), &keys.stations) {
            Ok(verified) => writeln!(
                io::stdout(),
                "{}: ✓ {} {} {} {} B",
                path.display(),
                verified.id,
                verified.suite.name(),
                verified.station,
                verified.size_bytes
            )?,
            Err(fault) => {
                batch::complain(path, &anyhow!(language.pick(fault.zh(), fault.to_string())));
                outcome = outcome.max(Outcome::Fails);
            }
        }
    }
    Ok(outcome)
}
