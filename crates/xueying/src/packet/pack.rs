//! `xueying packet pack`: one photo with what belongs to it, under the centre's key.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use clap::Args;
use seal::{
    code::fingerprint::Fingerprint,
    keys::file,
    packet::{
        PacketId, PackingKeys,
        contents::{Contents, Item, ItemKind, Register},
        manifest::PACKET_ENDING,
        pack,
    },
    suite::{DIGEST_BYTES, Hasher, Suite},
};
use uuid::Uuid;

use crate::{clock, files, language::Language, outcome::Outcome, secrets};

/// 打包：成品照及其登记信息，加密给中心，由机位签名 · Pack a finished photo with its register entry
#[derive(Args)]
pub struct Arguments {
    /// 成品照 · Finished photo
    #[arg(value_name = "PHOTO")]
    photo: PathBuf,
    /// 机位密钥文件 · The station's key file (station-N.keys)
    #[arg(long, value_name = "FILE", env = "XUEYING_KEYS")]
    keys: PathBuf,
    /// 存放传输包的文件夹 · Folder for the packet
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// 拍摄号，如 2-0137 · Shot number, such as 2-0137
    #[arg(long, value_name = "NUMBER")]
    number: String,
    /// 机位名称，默认取拍摄号中连字符之前的部分 · Station, by default what stands before the shot number's hyphen
    #[arg(long, value_name = "NAME")]
    station: Option<String>,
    /// 操作员编号 · The operator's number
    #[arg(long, value_name = "NUMBER", default_value = "")]
    operator: String,
    /// 学生采集码的指纹（见 xueying code read --format json） · Fingerprint of the student's code
    #[arg(long, value_name = "HEX")]
    code: String,
    /// 拍摄编号（UUID），默认新建 · The shot's id, by default a new one
    #[arg(long, value_name = "UUID")]
    shot: Option<Uuid>,
    /// 第几次拍摄，重拍递增 · Which photo of this shot; a retake counts on
    #[arg(long, value_name = "N", default_value_t = 0)]
    generation: u32,
    /// 所用标准 · The standard that the photo was judged by
    #[arg(long, value_name = "NAME", default_value = "jbz-2017-99")]
    standard: String,
    /// 相机原片，一并打包 · The camera's original, packed too
    #[arg(long, value_name = "FILE")]
    original: Option<PathBuf>,
    /// 检测结果，一并打包 · What inspection found, packed too
    #[arg(long, value_name = "FILE")]
    inspection: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let keys = secrets::read(&arguments.keys, language, file::parse_station)?;
    let parts = [
        (ItemKind::Photo, Some(&arguments.photo)),
        (ItemKind::Original, arguments.original.as_ref()),
        (ItemKind::Inspection, arguments.inspection.as_ref()),
    ];
    let parts: Vec<(ItemKind, &Path)> =
        parts.into_iter().filter_map(|(kind, path)| Some((kind, path?.as_path()))).collect();
    let suite = keys.station.public().suite();
    let items = parts.iter().map(|(kind, path)| item(*kind, path, language)).collect::<Result<_>>()?;
    let register = register(arguments, suite, language)?;
    let contents = Contents { campaign: keys.campaign, rules: arguments.standard.clone(), register, items };

    let open = |path: &Path| {
        File::open(path)
            .map_err(|error| files::reason(&error, language))
            .with_context(|| path.display().to_string())
    };
    let mut sources = parts.iter().map(|(_, path)| open(path)).collect::<Result<Vec<_>>>()?;
    let mut sources: Vec<&mut dyn Read> = sources.iter_mut().map(|source| source as &mut dyn Read).collect();
    let packing = PackingKeys { station: &keys.station, receivers: &keys.receivers };
    files::make_folder(&arguments.out, language)?;
    let part = arguments.out.join(format!("{}.part", contents.register.shot));
    let written = File::create(&part)
        .map_err(|error| files::reason(&error, language))
        .and_then(|mut file| {
            let seed = secrets::seed()?;
            let id = pack(&contents, &mut sources, packing, seed, &mut file)
                .map_err(|error| anyhow!(language.pick(error.zh(), error.to_string())))?;
            file.sync_all()?;
            Ok(id)
        })
        .and_then(|id| Ok((id, name(&arguments.out, id, &part)?)));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&part);
    }
    let (id, path) = written.with_context(|| part.display().to_string())?;
    writeln!(io::stdout(), "{id} {}", path.display())?;
    Ok(Outcome::Passes)
}

/// A packet's file is called by its id, so that the same packet is never there twice.
fn name(folder: &Path, id: PacketId, part: &Path) -> Result<PathBuf> {
    let path = folder.join(format!("{id}.{PACKET_ENDING}"));
    fs::rename(part, &path)?;
    Ok(path)
}

fn item(kind: ItemKind, path: &Path, language: Language) -> Result<Item> {
    let facts = fs::metadata(path)
        .map_err(|error| files::reason(&error, language))
        .with_context(|| path.display().to_string())?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Item { kind, name, size_bytes: facts.len() })
}

fn register(arguments: &Arguments, suite: Suite, language: Language) -> Result<Register> {
    let station = arguments.station.as_deref().or(arguments.number.split('-').next()).unwrap_or_default();
    let station = station
        .to_owned()
        .try_into()
        .map_err(|problem: seal::identity::IdProblem| {
            anyhow!(language.pick(problem.zh(), problem.to_string()))
        })
        .context("--station")?;
    let code = Fingerprint::parse(&arguments.code).ok_or_else(|| {
        anyhow!(
            language
                .pick("--code：指纹为 64 位十六进制数", "--code: a fingerprint has 64 hexadecimal digits")
        )
    })?;
    let original = arguments.original.as_ref().unwrap_or(&arguments.photo);
    let now_ms = clock::now_ms();
    Ok(Register {
        shot: arguments.shot.map_or_else(|| new_shot(now_ms), Ok)?,
        generation: arguments.generation,
        number: arguments.number.clone(),
        station,
        operator: arguments.operator.clone(),
        captured_ms: clock::changed_ms(original).unwrap_or(now_ms),
        packed_ms: now_ms,
        code,
        original: digest(original, suite, language)?,
    })
}

/// A new id in the order of time (RFC 9562 §5.7).
fn new_shot(now_ms: u64) -> Result<Uuid> {
    let mut random = [0; 10];
    random.copy_from_slice(&secrets::random(10)?);
    Ok(uuid::Builder::from_unix_timestamp_millis(now_ms, &random).into_uuid())
}

/// The digest of a file of any size.
fn digest(path: &Path, suite: Suite, language: Language) -> Result<[u8; DIGEST_BYTES]> {
    let place = || path.display().to_string();
    let mut file = File::open(path).map_err(|error| files::reason(&error, language)).with_context(place)?;
    let mut hash = Hasher::new(suite);
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece).with_context(place)? {
            0 => return Ok(hash.finish()),
            count => hash.update(&piece[..count]),
        }
    }
}
