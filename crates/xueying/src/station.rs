//! `xueying station`: the program beside the camera, and the ways in and out of its folder.

use std::{
    fs,
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, anyhow, bail};
use capture::station::{
    Station, StationError,
    folder::Folder,
    laptop,
    transfer::{self, Options, Trouble},
};
use clap::{Args, Subcommand};
use seal::{enrolment::Token, keys::locked::Passphrase, suite::Suite};
use server::station::{Booth, serve};
use tokio::{net::TcpListener, runtime::Runtime, sync::watch};

use crate::{
    clock::now_ms,
    files,
    language::Language,
    outcome::Outcome,
    page::{open_in_browser, stopped},
    secrets,
};

/// 机位程序：相机旁的电脑，断网可用 · The program beside the camera; it works without network
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 用一次性口令登记本机为机位 · Makes this computer a station, with a token that works once
    Enrol(Enrol),
    /// 打开机位页面，接收照片并上传 · Opens the station's page, takes photos and sends them
    Run(Run),
    /// 把未上传的传输包复制到 U 盘 · Copies packets that are not sent to a stick
    Export(Stick),
    /// 读入带回的回执 · Takes the receipts that came back
    Receipts(Receipts),
    /// 输出可核验的操作日志 · Writes the log, as `xueying audit verify` reads it
    Log(Folded),
}

#[derive(Args)]
struct Folded {
    /// 机位文件夹 · The station's folder
    #[arg(long, value_name = "DIR", env = "XUEYING_STATION", default_value = "xueying-station")]
    data: PathBuf,
}

#[derive(Args)]
struct Enrol {
    #[command(flatten)]
    folder: Folded,
    /// 服务器地址 · The server
    #[arg(value_name = "URL")]
    server: String,
    /// 采集活动 · The campaign
    #[arg(value_name = "CAMPAIGN")]
    campaign: String,
    /// 机位名称，与时间安排一致 · The station's name, as on the timetable
    #[arg(value_name = "STATION")]
    station: String,
    /// 一次性口令；默认在终端输入 · The token; by default it is asked for
    #[arg(long, value_name = "TOKEN", env = "XUEYING_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// 密码套件，由门户显示 · The cipher suite that the portal shows
    #[arg(long, value_name = "SUITE", default_value = "modern")]
    suite: String,
}

#[derive(Args)]
struct Run {
    #[command(flatten)]
    folder: Folded,
    /// 监听地址，仅限本机 · Address of the page, on this computer only
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// 相机软件的保存文件夹 · The folder into which the camera's program saves
    #[arg(long, value_name = "DIR")]
    watch: Option<PathBuf>,
    /// 不从该文件夹移走照片 · Leave photos in that folder, unprotected
    #[arg(long)]
    keep: bool,
    /// 操作员代号 · Who is at the camera
    #[arg(long, value_name = "NAME", default_value = "1")]
    operator: String,
    /// 不联网 · Never use the network
    #[arg(long)]
    offline: bool,
    /// 上传限速，KB/s · Most that is sent, KB/s
    #[arg(long, value_name = "KB/S")]
    limit: Option<u64>,
    /// 收到回执后本机保留的小时数 · Hours for which photos stay here after their receipt
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    retain: u64,
    /// 在浏览器中打开页面 · Open the page in a browser
    #[arg(long)]
    open: bool,
}

#[derive(Args)]
struct Stick {
    #[command(flatten)]
    folder: Folded,
    /// U 盘上的文件夹 · A folder on the stick
    #[arg(value_name = "DIR")]
    stick: PathBuf,
}

#[derive(Args)]
struct Receipts {
    #[command(flatten)]
    folder: Folded,
    /// 门户给出的回执文件 · The file of receipts that the portal gave
    #[arg(value_name = "receipts.jsonl")]
    file: PathBuf,
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let runtime = Runtime::new()?;
    match &arguments.what {
        What::Enrol(arguments) => runtime.block_on(enrol(arguments, language)),
        What::Run(arguments) => runtime.block_on(at_work(arguments, language)),
        What::Export(arguments) => runtime.block_on(export(arguments, language)),
        What::Receipts(arguments) => runtime.block_on(receipts(arguments, language)),
        What::Log(arguments) => runtime.block_on(async {
            let station = open(&arguments.data, language).await?;
            io::stdout()
                .write_all(station.audit().await.map_err(|error| said(&error, language))?.as_bytes())?;
            Ok(Outcome::Passes)
        }),
    }
}

fn said(error: &StationError, language: Language) -> anyhow::Error {
    anyhow!(language.pick(error.zh(), error.to_string()))
}

fn trouble(trouble: &Trouble, language: Language) -> anyhow::Error {
    let zh = match trouble {
        Trouble::Refused(status) => {
            format!("服务器拒绝（{}）：口令或机位名称不对，或口令已用过", status.as_u16())
        }
        other => format!("服务器无应答：{other}"),
    };
    anyhow!(language.pick(zh, trouble.to_string()))
}

fn passphrase(language: Language) -> Result<Passphrase> {
    secrets::passphrase(language.pick("机位口令：", "Passphrase of the station: "), language)
}

async fn enrol(arguments: &Enrol, language: Language) -> Result<Outcome> {
    let campaign = arguments.campaign.clone().try_into()?;
    let station = arguments.station.clone().try_into()?;
    let suite = Suite::with_name(&arguments.suite).with_context(|| {
        language.pick(
            format!("没有密码套件 {}", arguments.suite),
            format!("there is no suite {}", arguments.suite),
        )
    })?;
    let typed = match &arguments.token {
        Some(token) => zeroize::Zeroizing::new(token.clone()),
        None => {
            zeroize::Zeroizing::new(rpassword::prompt_password(language.pick("一次性口令：", "token: "))?)
        }
    };
    let token = Token::parse(&typed).with_context(|| {
        language.pick("口令应为 32 位十六进制数字", "a token has 32 hexadecimal digits").to_owned()
    })?;
    if arguments.folder.data.join("station.keys").exists() {
        bail!(
            "{}: {}",
            arguments.folder.data.display(),
            language.pick(
                "已是登记过的机位；换机位请用新文件夹",
                "is an enrolled station; use another folder for another one"
            )
        );
    }
    let passphrase = passphrase(language)?;
    let asking = laptop::ask(&campaign, &station, suite, token).map_err(|error| said(&error, language))?;
    let answer = transfer::enrol(&arguments.server, &campaign, &asking.request).await;
    let answer = answer.map_err(|error| trouble(&error, language))?;
    let admitted = asking.answered(&answer).map_err(|error| said(&error, language))?;
    let letter = transfer::first_bundle(&arguments.server, &admitted.keys).await;
    let letter = letter.map_err(|error| trouble(&error, language))?;
    let kept = admitted.keep(&arguments.folder.data, &passphrase, &arguments.server, &letter).await;
    kept.map_err(|error| said(&error, language))?;
    writeln!(
        io::stdout(),
        "{}",
        language.pick(
            format!(
                "已登记为 {} 的机位 {}；运行 xueying station run 开始",
                arguments.campaign, arguments.station
            ),
            format!(
                "this is station {} of {} now; begin with xueying station run",
                arguments.station, arguments.campaign
            ),
        )
    )?;
    Ok(Outcome::Passes)
}

async fn open(folder: &Path, language: Language) -> Result<Station> {
    let opened = Station::open(folder, passphrase(language)?).await;
    opened.map_err(|error| said(&error, language)).with_context(|| folder.display().to_string())
}

async fn at_work(arguments: &Run, language: Language) -> Result<Outcome> {
    if !arguments.listen.ip().is_loopback() {
        bail!(
            "{}",
            language.pick("机位页面只能监听本机地址", "the station's page listens on this computer only")
        );
    }
    let station = open(&arguments.folder.data, language).await?;
    let server = station.server().await.map_err(|error| said(&error, language))?;
    let listener = TcpListener::bind(arguments.listen).await.with_context(|| {
        language
            .pick(format!("无法监听 {}", arguments.listen), format!("cannot listen on {}", arguments.listen))
    })?;
    let page = format!("http://{}", listener.local_addr()?);
    let booth = Booth::new(station.clone(), &arguments.operator);
    let (stop, stopping) = watch::channel(false);
    let mut tasks = Vec::new();
    if !arguments.offline && !server.is_empty() {
        let mut options = Options::new(server);
        options.bytes_per_s = arguments.limit.map(|kilobytes| kilobytes.saturating_mul(1024));
        let (station, stopping) = (station.clone(), stopping.clone());
        tasks.push(tokio::spawn(async move { station.transfer(&options, now_ms, stopping).await }));
    }
    if let Some(path) = &arguments.watch {
        let folder = Folder::open(path, arguments.keep)
            .map_err(|error| files::reason(&error, language))
            .with_context(|| path.display().to_string())?;
        let (booth, station, stopping) = (booth.clone(), station.clone(), stopping.clone());
        let operator = booth.clone();
        let hear = move |found: capture::station::folder::Found| booth.hear(&found.name, &found.result);
        tasks.push(tokio::spawn(async move {
            folder.watch(station, move || operator.operator(), now_ms, stopping, hear).await;
        }));
    }
    tasks.push(tokio::spawn(housekeeping(station.clone(), arguments.retain, stopping)));
    writeln!(
        io::stdout(),
        "{}",
        language
            .pick(format!("机位页面：{page}（Ctrl-C 停止）"), format!("station: {page} (stop with Ctrl-C)"))
    )?;
    if arguments.open {
        // The address stands on the screen; whoever has no browser opens it elsewhere.
        let _ = open_in_browser(&page, language);
    }
    let signal = stop.clone();
    serve(listener, booth, async move {
        stopped().await;
        signal.send_replace(true);
    })
    .await?;
    stop.send_replace(true);
    for task in tasks {
        task.await?;
    }
    station.close().await;
    Ok(Outcome::Passes)
}

/// Removes what the centre has, when its time is over.
async fn housekeeping(station: Station, retain_hours: u64, mut stopping: watch::Receiver<bool>) {
    while !*stopping.borrow() {
        if let Err(error) = station.purge(now_ms(), retain_hours * 3_600_000).await {
            eprintln!("xueying: {error}");
        }
        let _ = tokio::time::timeout(Duration::from_mins(10), stopping.changed()).await;
    }
}

async fn export(arguments: &Stick, language: Language) -> Result<Outcome> {
    let station = open(&arguments.folder.data, language).await?;
    files::make_folder(&arguments.stick, language)?;
    let unsent = station.unsent().await.map_err(|error| said(&error, language))?;
    for id in &unsent {
        let packet = station.packet(id).map_err(|error| said(&error, language))?;
        let path = arguments.stick.join(format!("{id}.xypk"));
        let part = path.with_extension("part");
        let written = fs::write(&part, packet).and_then(|()| fs::rename(&part, &path));
        written
            .map_err(|error| files::reason(&error, language))
            .with_context(|| path.display().to_string())?;
    }
    let (count, place) = (unsent.len(), arguments.stick.display());
    writeln!(
        io::stdout(),
        "{}",
        language.pick(
            format!("已复制 {count} 个传输包到 {place}；在门户“机位”页上传，再把回执带回"),
            format!("{count} packet(s) copied to {place}; hand them in on the portal's page of stations and bring the receipts back"),
        )
    )?;
    Ok(Outcome::Passes)
}

async fn receipts(arguments: &Receipts, language: Language) -> Result<Outcome> {
    let station = open(&arguments.folder.data, language).await?;
    let (mut taken, mut outcome) = (0, Outcome::Passes);
    for (at, line) in files::read(&arguments.file, language)?.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        match receipt(&station, line).await {
            Ok(()) => taken += 1,
            Err(error) => {
                eprintln!("{}:{}: {error:#}", arguments.file.display(), at + 1);
                outcome = Outcome::Unreadable;
            }
        }
    }
    writeln!(
        io::stdout(),
        "{}",
        language.pick(format!("读入 {taken} 个回执"), format!("{taken} receipt(s) taken"))
    )?;
    Ok(outcome)
}

/// One line of a file of receipts.
#[derive(serde::Deserialize)]
struct Receipt {
    packet: String,
    receipt: String,
}

async fn receipt(station: &Station, line: &[u8]) -> Result<()> {
    let Receipt { packet, receipt } = serde_json::from_slice(line)?;
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, receipt)?;
    Ok(station.take_receipt(&packet, &bytes, now_ms()).await?)
}
