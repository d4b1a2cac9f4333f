//! `xueying demo`: a small made-up class from camera photos to sealed portraits, with a report.

mod portal;
mod roster;

use std::{
    fs,
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, anyhow};
use askama::Template;
use capture::finishing::Finished;
use clap::Args;
use comfy_table::{ContentArrangement, Table, presets::UTF8_HORIZONTAL_ONLY};
use portrait::standard::Verdict;
use seal::{
    identity::{CampaignId, Identity, StationId, StudentId},
    keys::{Keyring, OpeningKeys, SealingKeys, file as key_file},
    photo,
    suite::Suite,
};

use studio::render::{Fault, file::is_rendered};
use tokio::runtime::Runtime;

use self::roster::Student;
use crate::{
    batch,
    files::{self, Existing},
    judging::Judge,
    language::Language,
    outcome::Outcome,
    page::open_in_browser,
    report::{self, page, verdict::Shown, words::Words},
    school::{
        keys, render,
        serve::{self, Place},
    },
    secrets,
};

/// The made-up campaign.
const CAMPAIGN: &str = "demo-2027";

/// 演示：用虚构名单走完制作、检测、封装全过程，并生成报告 · Makes, judges and seals photos for a made-up roster and writes a report
#[derive(Args)]
pub struct Arguments {
    /// 相机照片的文件夹；默认用绘制的虚构学生，加上安装时取得的公有领域照片 · Folder of camera photos; by default drawn students who do not exist, and the public-domain photos of the set-up
    #[arg(long, value_name = "DIR", env = "XUEYING_PHOTOS")]
    photos: Option<PathBuf>,
    /// 成品照和报告的文件夹 · Folder for photos and report
    #[arg(long, value_name = "DIR", default_value = "out/demo")]
    out: PathBuf,
    /// 完成后打开报告或门户 · Open the report or the portal when done
    #[arg(long)]
    open: bool,
    /// 随后启动门户，内有已填好的采集活动（99 个班、3575 名虚构学生） · Then run the portal with a filled campaign: 99 classes, 3 575 students who do not exist
    #[arg(long)]
    portal: bool,
    /// 门户监听地址，仅限本机 · Address of the portal, on this computer only
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

/// Reasons shown for a student on the terminal; the report has all of them.
const MOST_REASONS: usize = 5;

/// One student with what became of the photo.
struct Case {
    student: Student,
    photo: page::Photo,
    /// Whether nobody was photographed.
    drawn: bool,
    /// Whether the photo carries the student's record.
    sealed: bool,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let judge = Judge::new("jbz-2017-99", language)?;
    let finished = arguments.out.join("finished");
    files::make_folder(&finished, language)?;
    let sources = sources(arguments, language)?;
    let keys = fresh_keys(&arguments.out.join("demo.keys"), language)?;
    let keyring = opening(&keys)?;
    let work = |index: usize, source: &Path| case(index, source, &finished, (&keys, &keyring), &judge);
    let (mut cases, mut problems, mut outcome) = (Vec::new(), Vec::new(), Outcome::Passes);
    batch::run(language.pick("演示", "demo"), &sources, work, |source, result, progress| {
        match result {
            Ok(case) => cases.push(case),
            Err(problem) => {
                progress.complain(source, &problem);
                problems.push(page::Unreadable {
                    file: source.display().to_string(),
                    text: format!("{problem:#}"),
                });
                outcome = Outcome::Unreadable;
            }
        }
        Ok(())
    })?;
    table(&cases, language)?;
    let report = arguments.out.join("report.html");
    write_report(&report, cases, problems, &judge)?;
    let place = report.display();
    writeln!(io::stdout(), "{}", language.pick(format!("报告：{place}"), format!("report: {place}")))?;
    if arguments.portal {
        return run_portal(arguments, language);
    }
    if arguments.open {
        open_in_browser(&report.display().to_string(), language)?;
    }
    // A class has photos that fail; the demo shows them and is done all the same.
    Ok(outcome)
}

/// The portal over a filled campaign, until it is told to stop.
fn run_portal(arguments: &Arguments, language: Language) -> Result<Outcome> {
    if !arguments.listen.ip().is_loopback() {
        return Err(anyhow!(language.pick(
            "演示账号的密码是公开的：--listen 只能是本机地址",
            "the passwords of the demonstration are public: --listen takes an address of this computer only",
        )));
    }
    let place = Place { data: Some(arguments.out.join("portal")), ..Place::default() };
    let settled = place.settle(Some(arguments.listen), language)?;
    Runtime::new()?.block_on(async {
        let app = serve::open(&settled, language).await?;
        eprintln!("{}", language.pick("正在填充采集活动……", "filling the campaign …"));
        portal::fill(&app, &portal::photos(&arguments.out.join("camera"))?, language).await?;
        writeln!(io::stdout(), "{}", portal::who(language))?;
        serve::listen(app, settled.listen, language, |address| {
            // A computer without a browser still serves one elsewhere.
            if arguments.open && open_in_browser(address, language).is_err() {
                eprintln!(
                    "{}",
                    language.pick("请在浏览器中打开上面的地址", "open the address above in a browser")
                );
            }
            Ok(())
        })
        .await
    })
}

/// The camera photos: those of a folder, or drawn students and what the set-up fetched.
fn sources(arguments: &Arguments, language: Language) -> Result<Vec<PathBuf>> {
    if let Some(folder) = &arguments.photos {
        return photos_in(folder, language);
    }
    let mut sources = drawn_students(&arguments.out.join("camera"), language)?;
    let fetched = Path::new(".photos");
    if fetched.is_dir() {
        sources.extend(photos_in(fetched, language)?);
    }
    Ok(sources)
}

/// The photos of a folder in natural order.
fn photos_in(folder: &Path, language: Language) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Err(anyhow!(language.pick(
            format!("没有照片文件夹 {}；请换一个，或去掉 --photos", folder.display()),
            format!("there is no folder {}; name another, or leave --photos out", folder.display()),
        )));
    }
    let found = batch::find(&[folder.to_path_buf()], language);
    for (path, problem) in &found.problems {
        batch::complain(path, problem);
    }
    // The set-up leaves a mark without extension beside the photos.
    Ok(found.files.into_iter().filter(|file| file.extension().is_some()).collect())
}

/// Students of the demonstration by seed: four flawless, then four with one fault each.
const STUDENTS: [(u64, Option<&str>); 8] = [
    (1, None),
    (6, None),
    (9, None),
    (10, None),
    (12, Some("eyes-shut")),
    (14, Some("shadow")),
    (18, Some("tilted")),
    (19, Some("no-headroom")),
];
/// Width of a drawn photo, px.
const DRAWN_WIDTH: usize = 1200;

/// Draws the made-up students and gives their files.
fn drawn_students(folder: &Path, language: Language) -> Result<Vec<PathBuf>> {
    files::make_folder(folder, language)?;
    let mut sources = Vec::new();
    for (seed, fault) in STUDENTS {
        let fault = fault.and_then(Fault::named);
        let path = folder.join(render::name(seed, fault));
        let (bytes, _) = render::drawn(seed, fault, DRAWN_WIDTH)?;
        files::write(&path, &bytes, Existing::Replace, language)?;
        sources.push(path);
    }
    Ok(sources)
}

/// One student's photo: made, judged, sealed, opened again.
fn case(
    index: usize,
    source: &Path,
    folder: &Path,
    (keys, keyring): (&SealingKeys, &Keyring),
    judge: &Judge,
) -> Result<Case> {
    let language = judge.language;
    let student = Student::nth(index);
    let bytes = files::read(source, language)?;
    let drawn = is_rendered(&bytes);
    let (photo, sealed) = match judge.finish(&bytes, source)? {
        // What has to be taken again is nobody's graduation portrait yet.
        Ok(finished) if finished.verdict() == Verdict::Fail => (unsealed(&student, &finished), false),
        Ok(finished) => (sealed(&student, &finished, folder, (keys, keyring), judge)?, true),
        Err(reasons) => (unmade(source, &bytes, &reasons, &student, judge)?, false),
    };
    Ok(Case { student, photo, drawn, sealed })
}

/// A finished photo that was failed: shown with its reasons, neither sealed nor kept.
fn unsealed(student: &Student, finished: &Finished) -> page::Photo {
    let name = format!("{}.jpg", student.number);
    let mut making: Vec<Words> = finished.operations.steps().iter().map(Words::from).collect();
    making.push(Words::new("不合格，未封装；请重拍", "failed, so it was not sealed; take it again"));
    let mut photo = report::photo(name, &finished.bytes, &finished.judged, Some(shown(student)), making);
    photo.add_obstacles(finished.obstacles.iter().map(Words::from));
    photo
}

fn sealed(
    student: &Student,
    finished: &Finished,
    folder: &Path,
    (keys, keyring): (&SealingKeys, &Keyring),
    judge: &Judge,
) -> Result<page::Photo> {
    let language = judge.language;
    let bytes = photo::seal(&finished.bytes, &identity(student)?, keys, secrets::nonce()?)
        .map_err(|error| anyhow!(language.pick(error.zh(), error.to_string())))?;
    let record = photo::open(&bytes, keyring)
        .map_err(|error| anyhow!(language.pick(error.zh(), error.to_string())))?;
    let name = format!("{}.jpg", student.number);
    files::write(&folder.join(&name), &bytes, Existing::Replace, language)?;
    let judged = judge.inspect(Path::new(&name), &bytes)?;
    let mut making: Vec<Words> = finished.operations.steps().iter().map(Words::from).collect();
    making.push(Words::new(
        format!("封装身份记录，签名者 {}；已验证照片未被改动", record.maker),
        format!("identity record sealed by {}; opened again and found unchanged", record.maker),
    ));
    let mut photo = report::photo(name, &bytes, &judged, Some(shown(student)), making);
    photo.add_obstacles(finished.obstacles.iter().map(Words::from));
    Ok(photo)
}

/// A camera photo that no finished one can be made of, shown as it is with the reason.
fn unmade(
    source: &Path,
    bytes: &[u8],
    reasons: &[portrait::standard::Words],
    student: &Student,
    judge: &Judge,
) -> Result<page::Photo> {
    let mut judged = judge.inspect(source, bytes)?;
    judged.inspection = judged.inspection.before_sealing();
    let name = source.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut photo = report::photo(name, bytes, &judged, Some(shown(student)), Vec::new());
    photo.add_obstacles(reasons.iter().map(Words::from));
    Ok(photo)
}

fn shown(student: &Student) -> page::Student {
    page::Student { number: student.number.clone(), name: Words::same(student.masked_name()) }
}

fn identity(student: &Student) -> Result<Identity> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock stands before 1970")?;
    let made_at_ms = now.as_millis() as u64;
    let mut random = [0; 10];
    getrandom::fill(&mut random).map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
    Ok(Identity {
        student: StudentId::try_from(student.number.clone())?,
        campaign: CampaignId::try_from(CAMPAIGN.to_owned())?,
        shot: uuid::Builder::from_unix_timestamp_millis(made_at_ms, &random).into_uuid(),
        made_at_ms,
        station: StationId::try_from("1".to_owned())?,
    })
}

/// Keys of the made-up campaign, new in every run; the file lets `xueying open` read the photos afterwards.
fn fresh_keys(path: &Path, language: Language) -> Result<SealingKeys> {
    let keys = keys::new(CampaignId::try_from(CAMPAIGN.to_owned())?, Suite::Modern)?;
    if path.exists() {
        fs::remove_file(path).map_err(|error| files::reason(&error, language))?;
    }
    files::write_secret(path, key_file::write_sealing(&keys).as_bytes(), language)?;
    Ok(keys)
}

fn opening(keys: &SealingKeys) -> Result<Keyring> {
    let makers = [keys.maker.public().clone()];
    let text = key_file::write_opening(&keys.campaign, &keys.record, &makers);
    let keys: OpeningKeys = key_file::parse_opening(&text)?;
    Ok(Keyring { campaigns: vec![keys] })
}

/// The class on the terminal: masked, because screens are read over shoulders.
fn table(cases: &[Case], language: Language) -> Result<()> {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(language.pick(
        ["学号", "姓名", "证件号", "照片", "结论", "封装", "原因"],
        ["number", "name", "document", "photo", "verdict", "sealed", "reasons"],
    ));
    for Case { student, photo, drawn, sealed } in cases {
        let verdict = photo.verdict;
        let attention = photo.attention();
        let mut reasons: Vec<&str> =
            attention.iter().take(MOST_REASONS).map(|finding| finding.title.text(language)).collect();
        let more = attention.len().saturating_sub(MOST_REASONS);
        let more = language.pick(format!("另 {more} 项"), format!("{more} more"));
        if attention.len() > MOST_REASONS {
            reasons.push(&more);
        }
        table.add_row([
            student.number.clone(),
            student.masked_name(),
            student.masked_document(),
            if *drawn { language.pick("绘制", "drawn") } else { language.pick("拍摄", "taken") }.to_owned(),
            format!("{} {}", verdict.sign(), verdict.words().text(language)),
            if *sealed {
                language.pick("已封装", "sealed")
            } else {
                language.pick("未封装", "not sealed")
            }
            .to_owned(),
            reasons.join(language.pick("、", ", ")),
        ]);
    }
    let mut out = io::stdout().lock();
    writeln!(out, "{table}")?;
    let passed = cases.iter().filter(|case| case.photo.verdict == Shown(Verdict::Pass)).count();
    let total = cases.len();
    writeln!(
        out,
        "{}",
        language.pick(format!("共 {total} 人，合格 {passed}"), format!("{total} students, {passed} pass"))
    )?;
    Ok(())
}

fn write_report(path: &Path, cases: Vec<Case>, problems: Vec<page::Unreadable>, judge: &Judge) -> Result<()> {
    let cover = report::Cover {
        language: judge.language,
        heading: Words::new("毕业生图像采集演示", "Graduation portraits: a demonstration"),
        note: Words::new(
            "名单是虚构的。绘制的照片不是任何真人：前四人应合格，后四人各有一处缺陷。其余为公有领域人像，并非为毕业证件拍摄，背景不合规定，应判不合格。",
            "The roster is made up. Drawn photos show nobody who exists: the first four students should pass, the next four have one fault each. The others are public-domain portraits that were not taken for a diploma, so an honest verdict on their backgrounds is fail.",
        ),
        standard: judge.standard(),
    };
    let photos = cases.into_iter().map(|case| case.photo).collect();
    let page = report::compose(cover, photos, problems).render()?;
    files::write(path, page.as_bytes(), Existing::Replace, judge.language)?;
    Ok(())
}
