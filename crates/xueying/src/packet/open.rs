//! `xueying packet open`: a packet's files, its register entry and a receipt; the same packet twice is one.

use std::{
    fs::{self, File},
    io::{self, BufReader, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use seal::{
    hexadecimal,
    keys::file::{self, CentreKeys},
    packet::{
        self, Opened,
        contents::ItemKind,
        receipt::{self, Receipt, Stage},
    },
};
use serde_json::json;

use crate::{batch, clock, files, language::Language, outcome::Outcome, secrets};

/// 打开传输包，写出文件、登记信息和回执 · Open packets; writes their files, register entries and receipts
#[derive(Args)]
pub struct Arguments {
    /// 传输包 · Packets
    #[arg(value_name = "PACKET", required = true)]
    packets: Vec<PathBuf>,
    /// 中心密钥文件 · The centre's key file (centre.keys)
    #[arg(long, value_name = "FILE", env = "XUEYING_KEYS")]
    keys: PathBuf,
    /// 输出文件夹；每个传输包一个子文件夹 · Folder; each packet gets one of its own inside
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// The register's entry in a packet's folder, written last: a folder without it was not finished.
const REGISTER: &str = "register.json";
const RECEIPT: &str = "receipt.xyr";

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let keys = secrets::read(&arguments.keys, language, file::parse_centre)?;
    files::make_folder(&arguments.out, language)?;
    let mut outcome = Outcome::Passes;
    for path in &arguments.packets {
        match open(path, &keys, &arguments.out, language) {
            Ok(line) => writeln!(io::stdout(), "{}: {line}", path.display())?,
            Err(problem) => {
                batch::complain(path, &problem);
                outcome = Outcome::Unreadable;
            }
        }
    }
    Ok(outcome)
}

fn open(path: &Path, keys: &CentreKeys, out: &Path, language: Language) -> Result<String> {
    let said = |fault: packet::PacketFault| anyhow!(language.pick(fault.zh(), fault.to_string()));
    let mut file = BufReader::new(File::open(path).map_err(|error| files::reason(&error, language))?);
    let part = tempfile::Builder::new().prefix(".opening-").tempdir_in(out)?;
    let mut items: Vec<File> = Vec::new();
    let opened = packet::open(&mut file, &keys.centre, &keys.stations, &mut |_, item, bytes| {
        while items.len() <= item {
            items.push(File::create_new(part.path().join(items.len().to_string()))?);
        }
        items[item].write_all(bytes)
    })
    .map_err(said)?;
    items.iter().try_for_each(File::sync_all)?;
    if opened.contents.campaign != keys.campaign {
        bail!(language.pick(
            format!("传输包属于采集活动 {}", opened.contents.campaign),
            format!("the packet is of campaign {}", opened.contents.campaign),
        ));
    }
    let register = &opened.contents.register;
    let folder = out.join(format!("{}-{}", register.shot, register.generation));
    if let Ok(known) = fs::read_to_string(folder.join(REGISTER)) {
        return same_or_alarm(&known, &opened, &folder, language);
    }
    for (number, item) in opened.contents.items.iter().enumerate() {
        fs::rename(part.path().join(number.to_string()), part.path().join(&item.name))?;
    }
    fs::write(part.path().join(REGISTER), serde_json::to_vec_pretty(&entry(&opened))?)?;
    let receipt = Receipt {
        packet: opened.id,
        campaign: keys.campaign.clone(),
        stage: Stage::Opened,
        at_ms: clock::now_ms(),
    };
    let receipt = receipt::write(&receipt, &keys.receipt).context("the receipt key does not sign")?;
    fs::write(part.path().join(RECEIPT), receipt)?;
    fs::rename(part.keep(), &folder)?;
    Ok(format!("✓ {} → {}", register.number, folder.display()))
}

/// The same packet again changes nothing; another one for the same photo is an alarm, and the first one stays.
fn same_or_alarm(known: &str, opened: &Opened, folder: &Path, language: Language) -> Result<String> {
    let known: serde_json::Value = serde_json::from_str(known)?;
    let folder = folder.display();
    if known["packet"] == json!(opened.id.to_string()) {
        return Ok(language.pick(format!("✓ 已打开过：{folder}"), format!("✓ opened before: {folder}")));
    }
    bail!(language.pick(
        format!("同一张照片有另一个不同的传输包，未覆盖：{folder}"),
        format!("there is another packet for the same photo; it was not replaced: {folder}"),
    ))
}

fn entry(opened: &Opened) -> serde_json::Value {
    let register = &opened.contents.register;
    let items = opened.contents.items.iter().zip(&opened.digests).map(|(item, digest)| {
        let kind = match item.kind {
            ItemKind::Photo => "photo",
            ItemKind::Original => "original",
            ItemKind::Inspection => "inspection",
            ItemKind::Code => "code",
        };
        json!({"kind": kind, "name": item.name, "bytes": item.size_bytes, "digest": hexadecimal::text(digest)})
    });
    json!({
        "packet": opened.id.to_string(), "station_key": opened.station.to_string(),
        "campaign": opened.contents.campaign.as_str(), "standard": opened.contents.rules,
        "shot": register.shot.to_string(), "generation": register.generation, "number": register.number,
        "station": register.station.as_str(), "operator": register.operator,
        "captured_ms": register.captured_ms, "packed_ms": register.packed_ms,
        "code": register.code.to_string(), "original": hexadecimal::text(&register.original),
        "items": items.collect::<Vec<_>>(),
    })
}
