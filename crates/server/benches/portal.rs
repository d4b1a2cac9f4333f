//! The portal with a school's and with a province's heads: import, codes, and fifty people at once, over HTTP on
//! SQLite, beside the same rows asked for straight from the database.
#![expect(clippy::unwrap_used, reason = "a benchmark stops where its own preparation fails")]

use std::sync::Arc;
use std::time::Instant;

use campaign::accounts::{By, NewAccount, Scope};
use campaign::role::Role;
use campaign::settings::template;
use reqwest::{Client, Method};
use roster::document::check_character;
use seal::keys::locked::Passphrase;
use serde_json::{Value, json};
use server::{App, Config};
use sqlx::AnyPool;
use tokio::net::TcpListener;
use uuid::Uuid;
use zeroize::Zeroizing;

const CAMPAIGN: &str = "bench";
const PASSWORD: &str = "a password of the bench";
/// A large school's year, and a province's campaign on one server.
const SIZES: [usize; 2] = [3_575, 50_000];
/// People at once, and what each of them asks for.
const USERS: usize = 50;
const ASKED: usize = 20;

#[derive(Clone)]
struct User {
    client: Client,
    base: String,
    cookie: String,
    csrf: String,
}

impl User {
    async fn sign_in(base: &str, login: &str) -> Self {
        let client = Client::new();
        let asked =
            client.post(format!("{base}/api/session")).json(&json!({"login": login, "password": PASSWORD}));
        let answer = asked.send().await.unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let session: Value = answer.json().await.unwrap();
        Self { client, base: base.into(), cookie, csrf: session["csrf"].as_str().unwrap().into() }
    }

    fn ask(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let asked = self.client.request(method, format!("{}/api/campaigns{path}", self.base));
        asked.header("cookie", &self.cookie).header("x-csrf-token", &self.csrf)
    }

    async fn get(&self, path: &str) {
        let answer = self.ask(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.bytes().await.unwrap();
    }
}

fn roster(heads: usize) -> String {
    let line = |number: usize| {
        let (day, month, year) = (number % 28 + 1, number / 28 % 12 + 1, 2000 + number / 336 % 8);
        let body = format!("610104{year}{month:02}{day:02}{:03}", number / 2_688 + 1);
        let last = check_character(&body).unwrap();
        let (college, class) = (number / 1_000, number / 40);
        format!("{},林晓雨,{body}{last},学院{college},班{class},本科\n", 20_270_000_000 + number)
    };
    "学号,姓名,证件号码,学院,班级,层次\n"
        .chars()
        .chain((0..heads).flat_map(|n| line(n).chars().collect::<Vec<_>>()))
        .collect()
}

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    for size in SIZES {
        bench(size).await;
    }
}

async fn bench(size: usize) {
    let folder = tempfile::tempdir().unwrap();
    let store = |name: &str| format!("sqlite:{}/{name}.db?mode=rwc", folder.path().display());
    let config = Config {
        campaign_store: store("campaign"),
        capture_store: store("capture"),
        objects: folder.path().join("objects").display().to_string(),
        secure_cookies: false,
        outside: server::outside::Config::default(),
    };
    let passphrase = Passphrase::new(Zeroizing::new("a passphrase of the bench".into())).unwrap();
    let app = App::open(&config, Arc::new(fontdb::Database::new()), passphrase).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(server::serve(listener, app.clone(), std::future::pending()));

    println!("\n{size} students, {USERS} people at once");
    let users = prepare(&app, &base).await;
    work(&users[0], size).await;
    let pages = size as i64 / 50;
    let path = |page: i64| format!("/{CAMPAIGN}/students?size=50&page={page}");
    let pool = app.register().store().reader().clone();
    let over_http = at_once(&users, |user, turn| {
        let path = path(1 + turn * 7 % pages);
        async move { user.get(&path).await }
    });
    let list = over_http.await;
    let straight = at_once(&users, |_, turn| page_of(pool.clone(), turn * 7 % pages)).await;
    say("a page of students", list, straight);
    let dashboard =
        at_once(&users, |user, _| async move { user.get(&format!("/{CAMPAIGN}/progress")).await }).await;
    let straight = at_once(&users, |_, _| counts(pool.clone())).await;
    say("the dashboard", dashboard, straight);
    app.close().await;
}

/// A registry's account for each of the people, and the campaign.
async fn prepare(app: &App, base: &str) -> Vec<User> {
    let by = By { account: Uuid::nil(), at_ms: 1 };
    let mut users = Vec::new();
    for number in 0..USERS {
        let login = format!("user-{number}");
        let new = NewAccount {
            login: login.clone(),
            name: "x".into(),
            role: Role::Registry,
            scope: Scope::default(),
        };
        let (account, first) = app.accounts().create(&new, by).await.unwrap();
        app.accounts().change_password(&account, (&first, PASSWORD), "", 1).await.unwrap();
        // The server lets ten passwords a minute be tried from one address; the bench begins the other sessions itself.
        if number == 0 {
            users.push(User::sign_in(base, &login).await);
        } else {
            let signed = app.accounts().sign_in(&login, PASSWORD, now_ms()).await.unwrap();
            let cookie = format!("xueying={}", signed.token);
            users.push(User { cookie, csrf: signed.session.csrf, ..users[0].clone() });
        }
    }
    let mut settings = template("stations-2025").unwrap().unwrap();
    settings.campaign.school_no = Some("99999".into());
    let body = json!({"id": CAMPAIGN, "settings": settings.write(), "suite": "modern"});
    assert_eq!(users[0].ask(Method::POST, "").json(&body).send().await.unwrap().status(), 201);
    users
}

fn now_ms() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap().as_millis() as u64
}

/// The long work of one person.
async fn work(user: &User, size: usize) {
    let table = roster(size);
    let begun = Instant::now();
    let checked = user
        .ask(Method::POST, &format!("/{CAMPAIGN}/roster/check"))
        .body(table.clone())
        .send()
        .await
        .unwrap();
    let version = checked.headers()["etag"].to_str().unwrap().to_owned();
    let checked: Value = checked.json().await.unwrap();
    assert_eq!(checked["findings_total"], 0, "{}", checked["findings"]);
    println!("  roster checked                {:8.2} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let taken =
        user.ask(Method::POST, &format!("/{CAMPAIGN}/roster")).header("if-match", version).body(table);
    assert_eq!(taken.send().await.unwrap().status(), 200);
    println!("  roster taken in               {:8.2} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let codes = user.ask(Method::POST, &format!("/{CAMPAIGN}/codes")).json(&json!({"until": "2030-06-30"}));
    let issued: Value = codes.send().await.unwrap().json().await.unwrap();
    assert_eq!(issued["issued"], size);
    println!("  codes issued to all           {:8.2} s", begun.elapsed().as_secs_f64());
}

/// Everybody asks at once, again and again; the median and the 95th percentile of their waits in milliseconds.
async fn at_once<F: Future<Output = ()> + Send + 'static>(
    users: &[User],
    ask: impl Fn(User, i64) -> F,
) -> (f64, f64) {
    let mut tasks = Vec::new();
    for (number, user) in users.iter().enumerate() {
        let asks: Vec<F> = (0..ASKED).map(|turn| ask(user.clone(), (number * ASKED + turn) as i64)).collect();
        tasks.push(tokio::spawn(async move {
            let mut waits = Vec::new();
            for ask in asks {
                let begun = Instant::now();
                ask.await;
                waits.push(1e3 * begun.elapsed().as_secs_f64());
            }
            waits
        }));
    }
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.unwrap());
    }
    waits.sort_by(f64::total_cmp);
    (waits[waits.len() / 2], waits[waits.len() * 95 / 100])
}

/// The rows of a page and their number, as the portal asks for them.
async fn page_of(pool: AnyPool, page: i64) {
    let all: i64 = sqlx::query_scalar("select count(*) from student where campaign = 'bench'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert!(all > 0);
    let rows = sqlx::query(
        "select id, record, tracks, version from student where campaign = 'bench' order by place, id limit 50 offset $1",
    );
    rows.bind(page * 50).fetch_all(&pool).await.unwrap();
}

async fn counts(pool: AnyPool) {
    let rows = sqlx::query(
        "select college, cohort, status, count(*) from student where campaign = 'bench' group by college, cohort, status",
    );
    rows.fetch_all(&pool).await.unwrap();
}

fn say(what: &str, (p50, p95): (f64, f64), (straight50, straight95): (f64, f64)) {
    let (ratio50, ratio95) = (p50 / straight50, p95 / straight95);
    println!(
        "  {what:<22} p50 {p50:7.1} ms, p95 {p95:7.1} ms; straight from the database {straight50:7.1} and {straight95:7.1}: × {ratio50:.1}, × {ratio95:.1}"
    );
}
