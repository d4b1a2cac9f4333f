//! `xueying code read`: which codes stand in pictures, and whether each of them counts.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context, Result, anyhow};
use clap::Args;
use seal::{
    code::{
        bundle::{Bundle, Revoked},
        port::{OpaqueCodes, OwnCodes},
        scan::{Presented, Refusal, Says, scan},
        uses::{Use, Uses},
    },
    keys::file::{self, ReadingKeys},
    reading::{self, Found, Grey},
};
use serde_json::json;

use super::{Format, ledger::Ledger};
use crate::{batch, clock, files, language::Language, outcome::Outcome, secrets};

/// 读取图片中的采集码并离线核验 · Read the codes in pictures and verify them offline
#[derive(Args)]
pub struct Arguments {
    /// 图片：截图、照片（JPEG、PNG），可多个 · Pictures: screenshots, photos (JPEG, PNG)
    #[arg(value_name = "IMAGE", required = true)]
    pictures: Vec<PathBuf>,
    /// 核验密钥文件 · Key file to verify with (reading.keys)
    #[arg(long, value_name = "FILE", env = "XUEYING_KEYS")]
    keys: PathBuf,
    /// 签发台账，用于识别已作废的采集码 · The ledger, to know revoked codes
    #[arg(long, value_name = "FILE")]
    issued: Option<PathBuf>,
    /// 输出格式 · Form of the results
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Longest time for one picture. A screenshot takes a hundredth of a second; a picture full of false finder
/// patterns was made to keep a reader busy.
const LONGEST: Duration = Duration::from_secs(5);

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let keys = secrets::read(&arguments.keys, language, file::parse_reading)?;
    let revoked = match &arguments.issued {
        Some(path) => Revoked::new(Ledger::read(path, language)?.revoked()),
        None => Revoked::default(),
    };
    let station = Station::new(keys, revoked)?;
    let mut first_in: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut uses = Uses::default();
    let mut outcome = Outcome::Passes;
    let found = batch::find(&arguments.pictures, language);
    for (path, problem) in &found.problems {
        batch::complain(path, problem);
        outcome = Outcome::Unreadable;
    }
    for path in &found.files {
        let codes = match codes_in(path, language) {
            Ok(codes) => codes,
            Err(problem) => {
                batch::complain(path, &problem);
                outcome = Outcome::Unreadable;
                continue;
            }
        };
        if codes.is_empty() {
            outcome = outcome.max(Outcome::Fails);
            show(arguments.format, language, path, None, None)?;
        }
        for code in &codes {
            let result = station.scan(code, &uses);
            if let Ok(presented) = &result {
                uses.note(presented.fingerprint, station.here());
            } else {
                outcome = outcome.max(Outcome::Fails);
            }
            let before = first_in.get(code.reveal()).map(PathBuf::as_path);
            show(arguments.format, language, path, Some(&result), before)?;
            first_in.entry(code.reveal().to_owned()).or_insert_with(|| path.clone());
        }
    }
    Ok(outcome)
}

/// Every code in a picture.
pub fn codes_in(path: &Path, language: Language) -> Result<Vec<Found>> {
    let bytes = files::read(path, language)?;
    let extension = path.extension().map(|extension| extension.to_string_lossy().into_owned());
    let opened = portrait::file::open(&bytes, extension.as_deref())
        .map_err(|refusal| anyhow!(language.pick(refusal.zh(), refusal.to_string())))?;
    let picture = Grey::of_rgb(opened.picture.width(), opened.picture.rgb()).context("an empty picture")?;
    let (found, wait) = mpsc::channel();
    // A thread cannot be stopped; one that is still busy ends with the program.
    thread::spawn(move || found.send(reading::read(&picture)));
    wait.recv_timeout(LONGEST).map_err(|_| {
        anyhow!(language.pick(
            "读取超时：图片中似是而非的图案太多；请裁出采集码后重试",
            "reading took too long: too much in the picture looks like a code; cut the code out and try again",
        ))
    })
}

/// What a station would know, as far as a key file tells.
struct Station {
    bundle: Bundle,
    now_ms: u64,
    name: seal::identity::StationId,
}

impl Station {
    fn new(keys: ReadingKeys, revoked: Revoked) -> Result<Self> {
        let bundle = Bundle {
            campaign: keys.campaign,
            edition: 0,
            made_at_s: 0,
            keys: vec![keys.codes],
            fingerprint: keys.fingerprint,
            revoked,
            schools: Vec::new(),
            sessions: Vec::new(),
            title: String::new(),
            standard: String::new(),
            checks: Vec::new(),
            compares_faces: false,
            references: Vec::new(),
            unlike_from: 0.0,
            references_until_s: 0,
            linked: None,
            levels: Vec::new(),
        };
        let name = "cli".to_owned().try_into()?;
        Ok(Self { bundle, now_ms: clock::now_ms(), name })
    }

    fn here(&self) -> Use {
        Use { at_ms: self.now_ms, station: self.name.clone() }
    }

    fn scan(&self, code: &Found, uses: &Uses) -> Result<Presented, Refusal> {
        let own = OwnCodes(&self.bundle);
        let opaque = OpaqueCodes { prefix: String::new(), shortest: 1 };
        scan(code.reveal(), &[&own, &opaque], (uses, &self.bundle.fingerprint), &self.here())
    }
}

/// One result; `None` for a picture without a code. Never the text of a code.
fn show(
    format: Format,
    language: Language,
    path: &Path,
    result: Option<&Result<Presented, Refusal>>,
    before: Option<&Path>,
) -> Result<()> {
    let file = path.display().to_string();
    let (name, said) = match result {
        None => (
            "no-code",
            language.pick(
                "图片中没有二维码；请放大、调亮后重拍，或使用保存的原图".into(),
                "there is no code in the picture; take it larger and brighter, or use the saved original"
                    .into(),
            ),
        ),
        Some(Ok(presented)) => ("valid", describe(&presented.says, language)),
        Some(Err(refusal)) => (refusal.name(), why(refusal, language)),
    };
    let before = before.map(|path| path.display().to_string());
    let mut out = io::stdout().lock();
    match format {
        Format::Json => {
            let mut object = json!({"file": file, "result": name, "message": said, "also_in": before});
            if let Some(Ok(Presented { fingerprint, says })) = result {
                object["fingerprint"] = json!(fingerprint.to_string());
                if let Says::Signed(code) = says {
                    object["code"] = json!({
                        "id": code.id.to_string(), "student": code.holder.student.as_str(),
                        "name": code.holder.name.as_str(), "document": code.holder.document.as_str(),
                        "school": code.holder.school.as_str(), "level": code.holder.level,
                        "issued_s": code.issued_s, "expires_s": code.expires_s,
                    });
                }
            }
            writeln!(out, "{object}")?;
        }
        Format::Text => {
            let mark = if name == "valid" { "✓" } else { "✕" };
            let again = before.map_or_else(String::new, |other| {
                language
                    .pick(format!("（与 {other} 中的是同一个码）"), format!(" (the same code as in {other})"))
            });
            writeln!(out, "{file}: {mark} {said}{again}")?;
        }
    }
    Ok(())
}

fn describe(says: &Says, language: Language) -> String {
    match says {
        Says::Signed(code) => {
            let (holder, day) = (&code.holder, clock::last_day(code.expires_s));
            let (name, document, school, level) =
                (&holder.name, &holder.document, &holder.school, holder.level.zh());
            language.pick(
                format!("有效 · {name} {document} · 学校 {school} {level} · 有效期至 {day}"),
                format!("valid · {name} {document} · school {school} {level} · until {day}"),
            )
        }
        Says::Stated(_) | Says::Nothing => language.pick(
            "其他签发者的码：无法离线核验，首次扫描时与学生绑定".into(),
            "a code of another issuer: not verifiable here, bound to the student on first scan".into(),
        ),
    }
}

/// The refusal with days and times as people read them.
fn why(refusal: &Refusal, language: Language) -> String {
    match refusal {
        Refusal::Expired { at_s } => {
            let day = clock::last_day(*at_s);
            language.pick(
                format!("采集码已过期（有效期至 {day}）：请学生重新获取"),
                format!("the code expired (last day {day}): the student gets a new one"),
            )
        }
        Refusal::NotYet { from_s } => {
            let time = clock::minute(*from_s);
            language.pick(
                format!("采集码自 {time} 起生效：请检查本机日期"),
                format!("the code holds only from {time} on: check the date of this computer"),
            )
        }
        other => language.pick(other.zh(), other.to_string()),
    }
}
