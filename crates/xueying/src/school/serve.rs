//! `xueying serve`: the portal and its API, until it is told to stop.

use std::{
    fs,
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use clap::Args;
use seal::{hexadecimal, keys::locked::Passphrase};
use serde::Deserialize;
use server::{App, Config};
use tokio::{net::TcpListener, runtime::Runtime};
use tracing_subscriber::EnvFilter;
use zeroize::Zeroizing;

use crate::{
    clock::now_ms, files, language::Language, outcome::Outcome, page::stopped, school::code::typeface,
    secrets,
};

/// 启动服务：门户网页与接口，一校一个文件夹，或 PostgreSQL 与 S3 · Runs the portal and its API: one folder for one school, or PostgreSQL and S3
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    pub place: Place,
    /// 监听地址 · Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", env = "XUEYING_LISTEN")]
    listen: Option<SocketAddr>,
    /// 首个教务处账号的密码；默认随机生成并显示一次 · Password of the first account; by default drawn and shown once
    #[arg(long, value_name = "PASSWORD", env = "XUEYING_FIRST_PASSWORD", hide_env_values = true)]
    first_password: Option<String>,
}

/// Where everything lies.
#[derive(Args, Clone, Default)]
pub struct Place {
    /// 配置文件（TOML，见 docs/configuration.md） · Configuration file (TOML, see docs/configuration.md)
    #[arg(long, value_name = "FILE", env = "XUEYING_CONFIG")]
    pub config: Option<PathBuf>,
    /// 数据文件夹 · Folder of everything that is not placed elsewhere [default: xueying-data]
    #[arg(long, value_name = "DIR", env = "XUEYING_DATA")]
    pub data: Option<PathBuf>,
    /// 学校一侧的数据库 · The school's database (sqlite: or postgres:)
    #[arg(long, value_name = "URL", env = "XUEYING_CAMPAIGN_STORE", hide_env_values = true)]
    pub campaign_store: Option<String>,
    /// 采集一侧的数据库 · The capture side's database (sqlite: or postgres:)
    #[arg(long, value_name = "URL", env = "XUEYING_CAPTURE_STORE", hide_env_values = true)]
    pub capture_store: Option<String>,
    /// 照片：文件夹，或 `s3://存储桶/前缀` · Photos: a folder, or `s3://BUCKET/PREFIX`
    #[arg(long, value_name = "PLACE", env = "XUEYING_OBJECTS")]
    pub objects: Option<String>,
    /// Cookie 仅经 TLS 传输：监听本机时默认否，其他地址默认是 · Cookies over TLS only: by default not on this computer's own address, and everywhere else
    #[arg(long, value_name = "BOOL", env = "XUEYING_SECURE_COOKIES")]
    pub secure_cookies: Option<bool>,
}

/// The configuration file: the same names as the arguments, which count before it.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct File {
    listen: Option<SocketAddr>,
    data: Option<PathBuf>,
    campaign_store: Option<String>,
    capture_store: Option<String>,
    objects: Option<String>,
    secure_cookies: Option<bool>,
    mail: Option<server::outside::MailConfig>,
    messages: Option<server::outside::ServiceConfig>,
    comparison: Option<server::outside::ServiceConfig>,
    wechat_pay: Option<server::outside::PayConfig>,
}

/// The default address.
const LISTEN: ([u8; 4], u16) = ([127, 0, 0, 1], 8080);
/// Name of the first account.
pub const FIRST_ACCOUNT: &str = "registry";

/// Everything settled.
pub struct Settled {
    /// For the server.
    pub config: Config,
    /// Where it listens.
    pub listen: SocketAddr,
    /// The data folder.
    pub data: PathBuf,
}

impl Place {
    /// Arguments and environment before the file, the file before the defaults.
    pub fn settle(&self, listen: Option<SocketAddr>, language: Language) -> Result<Settled> {
        let file = match &self.config {
            None => File::default(),
            Some(path) => {
                let text = fs::read_to_string(path).map_err(|error| files::reason(&error, language));
                let text = text.with_context(|| path.display().to_string())?;
                toml::from_str(&text).with_context(|| path.display().to_string())?
            }
        };
        let data = self.data.clone().or(file.data).unwrap_or_else(|| "xueying-data".into());
        let listen = listen.or(file.listen).unwrap_or_else(|| LISTEN.into());
        let within = |name: &str| format!("sqlite:{}?mode=rwc", data.join(name).display());
        let secure = self.secure_cookies.or(file.secure_cookies).unwrap_or(!listen.ip().is_loopback());
        let objects = self.objects.clone().or(file.objects);
        Ok(Settled {
            config: Config {
                campaign_store: self
                    .campaign_store
                    .clone()
                    .or(file.campaign_store)
                    .unwrap_or_else(|| within("campaign.db")),
                capture_store: self
                    .capture_store
                    .clone()
                    .or(file.capture_store)
                    .unwrap_or_else(|| within("capture.db")),
                objects: objects.unwrap_or_else(|| data.join("objects").display().to_string()),
                secure_cookies: secure,
                outside: server::outside::Config {
                    mail: file.mail,
                    messages: file.messages,
                    comparison: file.comparison,
                    wechat_pay: file.wechat_pay,
                },
            },
            listen,
            data,
        })
    }
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let settled = arguments.place.settle(arguments.listen, language)?;
    Runtime::new()?.block_on(async {
        let app = open(&settled, language).await?;
        first_account(&app, arguments.first_password.as_deref(), language).await?;
        listen(app, settled.listen, language, |_| Ok(())).await
    })
}

/// Opens everything at its place. From here on what the server has to say of itself goes to standard error, as much
/// of it as `RUST_LOG` asks for.
pub async fn open(settled: &Settled, language: Language) -> Result<App> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    // Whoever set one before keeps it.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).try_init();
    files::make_folder(&settled.data, language)?;
    let passphrase = passphrase(&settled.data.join("passphrase"), language)?;
    App::open(&settled.config, typeface::fonts(), passphrase)
        .await
        .map_err(|error| anyhow!(language.pick(error.zh(), error.to_string())))
}

/// What unlocks the campaigns' keys: from the environment, or a file that only this user reads, drawn the first time.
fn passphrase(file: &Path, language: Language) -> Result<Passphrase> {
    let text = match std::env::var(secrets::PASSPHRASE) {
        Ok(text) => Zeroizing::new(text),
        Err(_) if file.exists() => {
            let text = fs::read_to_string(file).map_err(|error| files::reason(&error, language));
            Zeroizing::new(text.with_context(|| file.display().to_string())?.trim().to_owned())
        }
        Err(_) => {
            let text = Zeroizing::new(hexadecimal::text(&secrets::random(16)?));
            files::write_secret(file, text.as_bytes(), language)?;
            text
        }
    };
    Passphrase::new(text).map_err(|fault| anyhow!(language.pick(fault.zh(), fault.to_string())))
}

/// An empty store gets its first account.
async fn first_account(app: &App, password: Option<&str>, language: Language) -> Result<()> {
    let drawn = hexadecimal::text(&secrets::random(8)?);
    let password = password.unwrap_or(&drawn);
    let made = app.accounts().first(FIRST_ACCOUNT, password, now_ms()).await;
    let made = made.map_err(|error| anyhow!(language.pick(error.zh(), error.to_string())))?;
    if made.is_some() {
        // On standard error: standard output may go into a file.
        eprintln!("{}", language.pick(
            format!("已创建首个账号：{FIRST_ACCOUNT}，初始密码 {password}（登录后须修改，不会再次显示）"),
            format!("first account: {FIRST_ACCOUNT}, password {password} (to be changed at once; not shown again)"),
        ));
    }
    Ok(())
}

/// Answers until the process is told to stop.
pub async fn listen(
    app: App,
    address: SocketAddr,
    language: Language,
    ready: impl FnOnce(&str) -> Result<()>,
) -> Result<Outcome> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        language.pick(format!("无法监听 {address}"), format!("cannot listen on {address}"))
    })?;
    let address = format!("http://{}", listener.local_addr()?);
    writeln!(
        io::stdout(),
        "{}",
        language
            .pick(format!("门户：{address}（Ctrl-C 停止）"), format!("portal: {address} (stop with Ctrl-C)"))
    )?;
    ready(&address)?;
    let closing = app.clone();
    server::serve(listener, app, stopped()).await?;
    closing.close().await;
    Ok(Outcome::Passes)
}
