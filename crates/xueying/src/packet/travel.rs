//! `xueying packet export` and `import`: a folder of packets on a stick, with a signed list of what belongs there.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufReader, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use clap::Args;
use seal::{
    keys::{VerifyingKey, file},
    packet::{
        self, PacketId,
        manifest::{self, FILE_NAME, Manifest, PACKET_ENDING},
    },
};

use crate::{
    batch, clock,
    files::{self, Existing},
    language::Language,
    outcome::Outcome,
    secrets,
};

/// 导出到移动存储，附签名清单 · Copy packets to a stick, with a signed list
#[derive(Args)]
pub struct ExportArguments {
    /// 传输包所在的文件夹 · Folder with packets
    #[arg(value_name = "DIR")]
    from: PathBuf,
    /// 移动存储上的文件夹 · Folder on the stick
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// 机位密钥文件 · The station's key file (station-N.keys)
    #[arg(long, value_name = "FILE", env = "XUEYING_KEYS")]
    keys: PathBuf,
}

/// 从移动存储导入，核对清单；可重复执行 · Copy packets from a stick and compare with its list; may be repeated
#[derive(Args)]
pub struct ImportArguments {
    /// 移动存储上的文件夹 · Folder on the stick
    #[arg(value_name = "DIR")]
    from: PathBuf,
    /// 存放传输包的文件夹 · Folder for the packets
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// 中心密钥文件 · The centre's key file (centre.keys)
    #[arg(long, value_name = "FILE", env = "XUEYING_KEYS")]
    keys: PathBuf,
}

pub fn export(arguments: &ExportArguments, language: Language) -> Result<Outcome> {
    let keys = secrets::read(&arguments.keys, language, file::parse_station)?;
    let own = [keys.station.public().clone()];
    let found = packets(&arguments.from, &own, language)?;
    let mut outcome = found.outcome;
    files::make_folder(&arguments.to, language)?;
    let mut listed = BTreeMap::new();
    for (id, (path, size)) in &found.whole {
        match copy(path, &arguments.to, *id) {
            Ok(()) => _ = listed.insert(*id, *size),
            Err(error) => {
                batch::complain(path, &files::reason(&error, language));
                outcome = Outcome::Unreadable;
            }
        }
    }
    let count = listed.len();
    let list = Manifest { campaign: keys.campaign, made_at_ms: clock::now_ms(), packets: listed };
    let bytes = manifest::write(&list, &keys.station).context("the station's key does not sign")?;
    files::write(&arguments.to.join(FILE_NAME), &bytes, Existing::Replace, language)?;
    let to = arguments.to.display();
    writeln!(
        io::stdout(),
        "{}",
        language.pick(
            format!("{count} 个传输包及清单在 {to}"),
            format!("{count} packets and their list in {to}")
        )
    )?;
    Ok(outcome)
}

pub fn import(arguments: &ImportArguments, language: Language) -> Result<Outcome> {
    let keys = secrets::read(&arguments.keys, language, file::parse_centre)?;
    let list = arguments.from.join(FILE_NAME);
    let listed = files::read(&list, language)
        .and_then(|bytes| {
            manifest::read(&bytes, &keys.stations)
                .map_err(|fault| anyhow!(language.pick(fault.zh(), fault.to_string())))
        })
        .with_context(|| list.display().to_string())?;
    let found = packets(&arguments.from, &keys.stations, language)?;
    let mut outcome = found.outcome;
    files::make_folder(&arguments.to, language)?;
    for (id, (path, _)) in &found.whole {
        if let Err(error) = copy(path, &arguments.to, *id) {
            batch::complain(path, &files::reason(&error, language));
            outcome = Outcome::Unreadable;
        }
    }
    let sizes = found.whole.iter().map(|(id, (_, size))| (*id, *size)).collect();
    let differences = listed.compare(&sizes);
    let mut out = io::stdout().lock();
    let (count, total) = (found.whole.len(), listed.packets.len());
    writeln!(
        out,
        "{}",
        language.pick(
            format!("导入 {count} 个传输包，清单列出 {total} 个"),
            format!("{count} packets imported, {total} are listed")
        )
    )?;
    for (ids, zh, en) in [
        (&differences.missing, "清单中有而未找到", "listed but missing"),
        (&differences.changed, "大小与清单不符", "of another size than listed"),
        (&differences.unlisted, "清单中没有", "not listed"),
    ] {
        for id in ids {
            outcome = outcome.max(Outcome::Fails);
            writeln!(out, "✕ {id}: {}", language.pick(zh, en))?;
        }
    }
    Ok(outcome)
}

/// What a folder holds.
struct Found {
    /// Whole packets of known stations, with their sizes.
    whole: BTreeMap<PacketId, (PathBuf, u64)>,
    /// Whether anything else was there.
    outcome: Outcome,
}

fn packets(folder: &Path, stations: &[VerifyingKey], language: Language) -> Result<Found> {
    let entries = fs::read_dir(folder)
        .map_err(|error| files::reason(&error, language))
        .with_context(|| folder.display().to_string())?;
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    let mut found = Found { whole: BTreeMap::new(), outcome: Outcome::Passes };
    for path in
        paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == PACKET_ENDING))
    {
        let verified = File::open(&path).map_err(|error| files::reason(&error, language)).and_then(|file| {
            packet::verify(&mut BufReader::new(file), stations)
                .map_err(|fault| anyhow!(language.pick(fault.zh(), fault.to_string())))
        });
        match verified {
            Ok(verified) => _ = found.whole.insert(verified.id, (path, verified.size_bytes)),
            Err(problem) => {
                batch::complain(&path, &problem);
                found.outcome = Outcome::Unreadable;
            }
        }
    }
    Ok(found)
}

/// Copies a packet under its id, whole or not at all; one that is there already has the same bytes.
fn copy(from: &Path, folder: &Path, id: PacketId) -> io::Result<()> {
    let to = folder.join(format!("{id}.{PACKET_ENDING}"));
    if to.exists() {
        return Ok(());
    }
    let part = folder.join(format!("{id}.part"));
    let copied = fs::copy(from, &part)
        .and_then(|_| File::open(&part)?.sync_all())
        .and_then(|()| fs::rename(&part, &to));
    if copied.is_err() {
        let _ = fs::remove_file(&part);
    }
    copied
}
