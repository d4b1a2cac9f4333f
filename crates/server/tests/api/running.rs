//! A server on a port of its own, and people with browsers.

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use campaign::accounts::{By, NewAccount, Scope};
use campaign::role::Role;
use campaign::settings::{Settings, template};
use reqwest::{Client, Method, RequestBuilder, Response};
use roster::document::check_character;
use seal::keys::locked::Passphrase;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use server::{App, Config};
use store::Store;
use tokio::net::TcpListener;
use uuid::Uuid;
use zeroize::Zeroizing;

pub const PASSWORD: &str = "a password for tests";
pub const CAMPAIGN: &str = "xd-2027";
pub const COLLEGE: &str = "计算机学院";

/// A server.
pub struct Running {
    pub base: String,
    pub app: App,
}

/// Somebody with a session.
#[derive(Clone)]
pub struct Person {
    client: Client,
    base: String,
    cookie: String,
    csrf: String,
}

/// A server over SQLite, and one over PostgreSQL where `XUEYING_POSTGRES` names a server.
pub async fn each() -> Vec<Running> {
    let mut running = vec![start(None).await];
    match std::env::var("XUEYING_POSTGRES") {
        Ok(server) => running.push(start(Some(&server)).await),
        Err(_) => eprintln!("skipped for PostgreSQL: XUEYING_POSTGRES names no server; make test starts one"),
    }
    running
}

/// Where a server keeps everything.
#[derive(Serialize, Deserialize)]
pub struct Places {
    campaign_store: String,
    capture_store: String,
    objects: String,
}

/// New places, in a folder or with two new databases on a server of PostgreSQL.
pub async fn places(postgres: Option<&str>) -> Places {
    let folder = tempfile::tempdir().unwrap().keep();
    let place = |name: &str| format!("sqlite:{}/{name}.db?mode=rwc", folder.display());
    let [campaign_store, capture_store] = match postgres {
        None => [place("campaign"), place("capture")],
        Some(server) => [database(server).await, database(server).await],
    };
    Places { campaign_store, capture_store, objects: folder.join("objects").display().to_string() }
}

pub async fn start(postgres: Option<&str>) -> Running {
    over(&places(postgres).await).await
}

/// A server over places that may have been used before.
pub async fn over(places: &Places) -> Running {
    over_with(places, server::outside::Config::default()).await
}

/// The same with other people's programs.
pub async fn over_with(places: &Places, outside: server::outside::Config) -> Running {
    // Another test of this process may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = Config {
        campaign_store: places.campaign_store.clone(),
        capture_store: places.capture_store.clone(),
        objects: places.objects.clone(),
        secure_cookies: false,
        outside,
    };
    let mut fonts = fontdb::Database::new();
    fonts.load_system_fonts();
    let passphrase = Passphrase::new(Zeroizing::new("a passphrase for tests".into())).unwrap();
    let app = App::open(&config, Arc::new(fonts), passphrase).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(server::serve(listener, app.clone(), std::future::pending()));
    Running { base, app }
}

async fn database(server: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("server_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let admin = Store::open(&format!("{server}/postgres"), &[]).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("create database {name}"));
    sqlx::query(create).execute(admin.reader()).await.unwrap();
    format!("{server}/{name}")
}

impl Running {
    /// An account of a role with its session.
    /// Every row of both sides' databases, as a backup has them.
    pub async fn dump(&self) -> String {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let (school, desk) = (self.app.register().store(), self.app.desk().store());
        store::backup::write_tables(school, "campaign", &campaign::register::TABLES, &mut zip).await.unwrap();
        store::backup::write_tables(desk, "capture", &capture::desk::TABLES, &mut zip).await.unwrap();
        let mut zip = zip::ZipArchive::new(zip.finish().unwrap()).unwrap();
        let mut dump = String::new();
        for index in 0..zip.len() {
            zip.by_index(index).unwrap().read_to_string(&mut dump).unwrap();
        }
        dump
    }

    pub async fn person(&self, login: &str, role: Role, scope: Scope) -> Person {
        let by = By { account: Uuid::nil(), at_ms: 1 };
        let new = NewAccount { login: login.into(), name: login.into(), role, scope };
        let (account, first) = self.app.accounts().create(&new, by).await.unwrap();
        self.app.accounts().change_password(&account, (&first, PASSWORD), "", 1).await.unwrap();
        self.sign_in(login, PASSWORD).await
    }

    pub async fn registry(&self) -> Person {
        self.person("registry", Role::Registry, Scope::default()).await
    }

    pub async fn sign_in(&self, login: &str, password: &str) -> Person {
        Person::of(&self.base, login, password).await
    }

    pub async fn try_sign_in(&self, login: &str, password: &str) -> Response {
        signing_in(&self.base, login, password).await
    }

    /// Nobody's request.
    pub fn nobody(&self, method: &str, path: &str) -> RequestBuilder {
        Client::new().request(method.parse().unwrap(), format!("{}{path}", self.base))
    }
}

async fn signing_in(base: &str, login: &str, password: &str) -> Response {
    let asked = Client::new().post(format!("{base}/api/session"));
    asked.json(&json!({"login": login, "password": password})).send().await.unwrap()
}

impl Person {
    /// Whoever signs in at a server.
    pub async fn of(base: &str, login: &str, password: &str) -> Self {
        let answer = signing_in(base, login, password).await;
        assert_eq!(answer.status(), 200);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let session: Value = answer.json().await.unwrap();
        let csrf = session["csrf"].as_str().unwrap().to_owned();
        Self { client: Client::new(), base: base.to_owned(), cookie, csrf }
    }

    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let asked = self.client.request(method, format!("{}{path}", self.base));
        asked.header("cookie", &self.cookie).header("x-csrf-token", &self.csrf)
    }

    /// The same as somebody else's page would make the browser send it.
    pub fn forged(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).header("cookie", &self.cookie)
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.ask(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Response {
        self.ask(Method::POST, path).json(&body).send().await.unwrap()
    }

    /// Begins the campaign of the tests.
    pub async fn begin(&self) {
        self.begin_from("stations-2025").await;
    }

    /// The same with another notice's settings.
    pub async fn begin_from(&self, notice: &str) {
        self.begin_with(template(notice).unwrap().unwrap()).await;
    }

    /// The same with any settings.
    pub async fn begin_with(&self, mut settings: Settings) {
        settings.campaign.school_no = Some("99999".into());
        let body = json!({"id": CAMPAIGN, "settings": settings.write(), "suite": "modern"});
        assert_eq!(self.post("/api/campaigns", body).await.status(), 201);
    }

    /// Imports a roster of made-up people; `faulty` rows have a wrong check character.
    pub async fn import(&self, heads: usize) -> Value {
        self.import_table(roster(heads, 0)).await
    }

    /// Imports a table.
    pub async fn import_table(&self, table: String) -> Value {
        let path = format!("/api/campaigns/{CAMPAIGN}/roster");
        let checked =
            self.ask(Method::POST, &format!("{path}/check")).body(table.clone()).send().await.unwrap();
        assert_eq!(checked.status(), 200);
        let version = checked.headers()["etag"].to_str().unwrap().to_owned();
        let applied =
            self.ask(Method::POST, &path).header("if-match", version).body(table).send().await.unwrap();
        assert_eq!(applied.status(), 200);
        applied.json().await.unwrap()
    }
}

/// A table of people who do not exist, the first ones with a wrong check character.
pub fn roster(heads: usize, faulty: usize) -> String {
    let line = |number: usize| {
        let body = format!("61010420040101{number:03}");
        let right = check_character(&body).unwrap();
        let last = if number < faulty { if right == '0' { '1' } else { '0' } } else { right };
        let name = ["林晓雨", "欧阳若溪", "王頔", "陈默"][number % 4];
        let college = if number.is_multiple_of(2) { COLLEGE } else { "数学学院" };
        format!("{},{name},{body}{last},{college},班{},本科", 20_270_000 + number, number % 2)
    };
    let lines: Vec<String> = (0..heads).map(line).collect();
    format!("学号,姓名,证件号码,学院,班级,层次\n{}\n", lines.join("\n"))
}
