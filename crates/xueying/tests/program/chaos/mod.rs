//! A day of three stations on which everything goes wrong: the network refuses, cuts in both directions, stalls and
//! repeats, stations and server are killed, disks refuse, clocks jump forward and back, students leave, and people make
//! mistakes of six kinds; phones look on. At the end every accepted photo is at the centre once, under its student, and the logs
//! verify.
//!
//! Small by default; `make chaos` goes through a whole day (`XUEYING_CHAOS_STUDENTS`, `XUEYING_CHAOS_STATIONS`, `XUEYING_CHAOS_SEED`).

mod mishap;
mod network;
mod operator;
mod phone;
mod program;

use std::io::Write as _;
use std::net::TcpListener as Port;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use campaign::phase::Move;
use campaign::register::{Act, roll::Filter};
use campaign::role::Role;
use campaign::settings::template;
use portrait::picture::Picture;
use reqwest::Client;
use roster::field::Mapping;
use seal::audit::verify::{Known, verify};
use seal::identity::CampaignId;
use seal::keys::locked::Passphrase;
use seal::suite::Suite;
use serde_json::Value;
use server::demo::Filling;
use server::{App, Config};
use studio::render::file::camera_jpeg;
use studio::render::{Shot as Drawn, render};
use tokio::net::TcpListener;
use tokio::time::sleep;
use zeroize::Zeroizing;

use network::network;
use operator::{Done, Operator};
use phone::Phone;
use program::{Program, clocks_can_be_moved};

const CAMPAIGN: &str = "chaos-2027";
const PASSPHRASE: &str = "a passphrase of the chaos test";
/// Phones that look on; each activates an account first, and ten of those are allowed in a minute.
const PHONES: usize = 4;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_every_accepted_photo_is_at_the_centre_once_under_its_student() {
    let (students, seed) = (setting("XUEYING_CHAOS_STUDENTS", 24) as usize, setting("XUEYING_CHAOS_SEED", 7));
    let every_ms = setting("XUEYING_CHAOS_EVERY_MS", 700);
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    let stations = setting("XUEYING_CHAOS_STATIONS", 3);
    let (codes, tokens) = prepared(&config, students, stations).await;
    let day = Day::begin(folder.path(), &tokens, seed).await;

    let begun = Instant::now();
    day.faulty.store(true, Ordering::Relaxed);
    let troubled =
        tokio::spawn(trouble(day.programs(), day.folders.clone(), seed, every_ms, Arc::clone(&day.faulty)));
    let over = Arc::new(AtomicBool::new(false));
    let phones: Vec<_> =
        (0..PHONES.min(students)).map(|at| day.phone(at * students / PHONES, &over)).collect();
    let mut all = day.photograph(&codes, seed).await;
    let shot_in = begun.elapsed();
    // The photos wait a moment before they go; most of them go while everything still goes wrong.
    delivered(&day.client, &day.bases, 0.8).await;
    day.faulty.store(false, Ordering::Relaxed);
    let Told { refusals, jumps } = troubled.await.unwrap();
    delivered(&day.client, &day.bases, 1.0).await;
    over.store(true, Ordering::Relaxed);
    let mut reads = [0, 0];
    for phone in phones {
        let mut phone = phone.await.unwrap();
        let page = phone.page().await.unwrap();
        let has_photo = all.accepted.values().any(|code| *code == codes[phone.student]);
        // The centre may still look at what the station accepted; the student sees that it is there.
        assert_eq!(page["shot"].is_object(), has_photo, "{page}");
        reads = [reads[0] + phone.reads[0], reads[1] + phone.reads[1]];
    }

    let (kills, cuts, took) = (day.kills(), day.cuts.load(Ordering::Relaxed), begun.elapsed());
    let folders = day.folders.clone();
    let day_stations = day.bases.len();
    drop(day);
    verified(&config, &folders, &all, &codes).await;
    let said = format!(
        "chaos: seed {seed}, {students} students at {} stations in {:.0} s, everything delivered after {:.0} s: \
         {} accepted, {} left; {kills} kills, {cuts} cut connections, {refusals} refusing disks, {jumps} jumps of clocks, {} steps tried again; \
         people's mistakes {:?}; phones read {} pages, {} in vain; \
         scan p95 {} ms, photo to verdict p95 {} ms",
        day_stations,
        shot_in.as_secs_f64(),
        took.as_secs_f64(),
        all.accepted.len(),
        all.voids,
        all.retries,
        all.mishaps,
        reads[0],
        reads[1],
        share(&mut all.scans_ms, 0.95),
        share(&mut all.verdicts_ms, 0.95),
    );
    writeln!(std::io::stderr(), "{said}").unwrap();
}

/// The programs of a day, and the network between them.
struct Day {
    server: Arc<Program>,
    server_base: String,
    stations: Vec<Arc<Program>>,
    folders: Vec<PathBuf>,
    bases: Vec<String>,
    client: Client,
    faulty: Arc<AtomicBool>,
    cuts: Arc<AtomicU32>,
}

impl Day {
    /// Starts the server, enrols the stations through their networks and starts them.
    async fn begin(folder: &Path, tokens: &[(String, String)], seed: u64) -> Self {
        let port = free_port();
        let data = folder.join("data");
        let serve = ["serve", "--listen", &format!("127.0.0.1:{port}"), "--data", data.to_str().unwrap()];
        let client = capture::station::transfer::client(Duration::from_secs(20)).unwrap();
        let mut day = Self {
            server: Program::start(serve.map(str::to_owned).to_vec(), folder.join("clock-server")),
            server_base: format!("http://127.0.0.1:{port}"),
            stations: Vec::new(),
            folders: Vec::new(),
            bases: Vec::new(),
            client,
            faulty: Arc::default(),
            cuts: Arc::default(),
        };
        answers(&day.client, &format!("http://127.0.0.1:{port}/readyz")).await;
        for (at, (station, token)) in tokens.iter().enumerate() {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let near = listener.local_addr().unwrap().port();
            let (faulty, cuts) = (Arc::clone(&day.faulty), Arc::clone(&day.cuts));
            tokio::spawn(network(listener, port, seed + at as u64, faulty, cuts));
            let own = folder.join(format!("station-{station}"));
            tokio::task::block_in_place(|| enrol(&own, near, station, token));
            let listen = format!("127.0.0.1:{}", free_port());
            let run = ["station", "run", "--data", own.to_str().unwrap(), "--listen", &listen];
            let clock = folder.join(format!("clock-{station}"));
            day.stations.push(Program::start(run.map(str::to_owned).to_vec(), clock));
            day.bases.push(format!("http://{listen}"));
            day.folders.push(own);
        }
        for base in &day.bases {
            answers(&day.client, &format!("{base}/api/station")).await;
        }
        day
    }

    /// Every operator goes through an equal share of the codes.
    async fn photograph(&self, codes: &[String], seed: u64) -> Done {
        let drawn = |seed| {
            let shot = Drawn { size: (900, 1200), ..Drawn::from_seed(seed) };
            camera_jpeg(&render(&shot), seed).unwrap()
        };
        let pool: Arc<Vec<Vec<u8>>> = Arc::new((0..6).map(drawn).collect());
        let mut empty = render(&Drawn { size: (900, 1200), ..Drawn::from_seed(1) });
        empty.picture = Picture::filled(900, 1200, [98, 154, 216]);
        let wall = camera_jpeg(&empty, 1).unwrap();
        let shots = Arc::new(AtomicU32::default());
        let mut operators = Vec::new();
        for (at, base) in self.bases.iter().enumerate() {
            let own: Vec<String> = codes.iter().skip(at).step_by(self.bases.len()).cloned().collect();
            let mut operator = Operator {
                base: base.clone(),
                client: self.client.clone(),
                pool: Arc::clone(&pool),
                wall: wall.clone(),
                shots: Arc::clone(&shots),
                rng: fastrand::Rng::with_seed(seed + 100 + at as u64),
                done: Done::default(),
            };
            operators.push(tokio::spawn(async move {
                for code in &own {
                    operator.photograph(code).await;
                }
                operator.done
            }));
        }
        let mut all = Done::default();
        for operator in operators {
            let done = operator.await.unwrap();
            all.accepted.extend(done.accepted);
            all.voids += done.voids;
            all.retries += done.retries;
            for (mishap, times) in done.mishaps {
                *all.mishaps.entry(mishap).or_default() += times;
            }
            all.scans_ms.extend(done.scans_ms);
            all.verdicts_ms.extend(done.verdicts_ms);
        }
        all
    }

    /// A student's phone, straight at the server.
    fn phone(&self, student: usize, over: &Arc<AtomicBool>) -> tokio::task::JoinHandle<Phone> {
        let (client, base, over) = (self.client.clone(), self.server_base.clone(), Arc::clone(over));
        tokio::spawn(async move { Phone::of(client, base, CAMPAIGN, student).await.watch(over).await })
    }

    fn programs(&self) -> Vec<Arc<Program>> {
        self.stations.iter().chain([&self.server]).map(Arc::clone).collect()
    }

    fn kills(&self) -> u32 {
        self.programs().iter().map(|program| program.kills.load(Ordering::Relaxed)).sum()
    }
}

/// What went wrong on purpose.
#[derive(Default)]
struct Told {
    refusals: u32,
    jumps: u32,
}

/// Kills whoever it likes, moves clocks, and lets a disk refuse for a moment.
async fn trouble(
    programs: Vec<Arc<Program>>,
    folders: Vec<PathBuf>,
    seed: u64,
    every_ms: u64,
    faulty: Arc<AtomicBool>,
) -> Told {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut told = Told::default();
    while faulty.load(Ordering::Relaxed) {
        sleep(Duration::from_millis(rng.u64(every_ms / 2..every_ms * 3 / 2))).await;
        for program in &programs {
            program.keep_going();
        }
        let program = &programs[rng.usize(0..programs.len())];
        match rng.u8(0..6) {
            0 => told.refusals += u32::from(refuse(&folders[rng.usize(0..folders.len())]).await),
            1 => {
                // A computer whose battery was empty, somebody who sets the time right: up to ten minutes.
                program.move_clock(rng.i64(-600..=600));
                told.jumps += u32::from(clocks_can_be_moved());
            }
            _ => {
                program.kill();
                sleep(Duration::from_millis(rng.u64(0..600))).await;
                program.revive();
            }
        }
    }
    sleep(Duration::from_secs(3)).await;
    for program in &programs {
        program.keep_going();
    }
    told
}

/// A file where a folder should be stands for a disk that takes nothing, for a moment.
async fn refuse(folder: &Path) -> bool {
    let takes = folder.join("takes");
    let aside = takes.with_extension("aside");
    if std::fs::rename(&takes, &aside).is_err() {
        return false;
    }
    let _ = std::fs::write(&takes, b"");
    sleep(Duration::from_millis(300)).await;
    let _ = std::fs::remove_file(&takes);
    // A station that was started meanwhile may have made its folder anew.
    let _ = std::fs::remove_dir(&takes);
    std::fs::rename(&aside, &takes).unwrap();
    true
}

/// The campaign, its codes in the order of the queue, and the stations' tokens.
async fn prepared(config: &Config, students: usize, stations: u64) -> (Vec<String>, Vec<(String, String)>) {
    let app = open(config).await;
    let id = CampaignId::try_from(CAMPAIGN.to_owned()).unwrap();
    let act = Act { role: Role::Registry, account: "chaos", at_ms: 1_000, reason: "" };
    let mut settings = template("stations-2025").unwrap().unwrap();
    settings.campaign.school_no = Some("99999".into());
    let filling = Filling::new(&app);
    filling.create(&id, &settings, Suite::Modern, &act).await.unwrap();
    let mut text = String::from("学号,姓名,证件类型,证件号码,学院,班级,层次\n");
    for number in 0..students {
        let row = format!("2023{number:06},学生甲,护照,E{number:08},计算机学院,班{},本科\n", number / 40);
        text.push_str(&row);
    }
    let table = roster::table::read(text.as_bytes()).unwrap();
    let mapping = Mapping::of_headings(&table.headings);
    let report = roster::check::check(&table, &mapping);
    let version = app.register().campaign(&id).await.unwrap().version;
    app.register().import(&id, &report.students, version, &act).await.unwrap();
    for step in [Move::FreezeRoster, Move::Plan, Move::Publish, Move::Begin] {
        let version = app.register().campaign(&id).await.unwrap().version;
        app.register().move_on(&id, step, version, &act).await.unwrap();
    }
    let (entries, _) = app.register().page(&id, &Filter::default(), (0, i64::MAX)).await.unwrap();
    let act = Act { at_ms: now_ms(), ..act };
    filling.issue(&id, &entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), &act).await.unwrap();
    let mut codes = Vec::new();
    for entry in &entries {
        codes.push(filling.code(&id, entry).await.unwrap());
    }
    let mut tokens = Vec::new();
    for station in 1..=stations {
        let name = station.to_string();
        let token = filling.token(&id, &name).await.unwrap();
        tokens.push((name, token));
    }
    app.close().await;
    (codes, tokens)
}

fn now_ms() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as u64
}

async fn open(config: &Config) -> App {
    let passphrase = Passphrase::new(Zeroizing::new(PASSPHRASE.into())).unwrap();
    App::open(config, Arc::default(), passphrase).await.unwrap()
}

fn enrol(folder: &Path, server: u16, station: &str, token: &str) {
    let output = Command::new(env!("CARGO_BIN_EXE_xueying"))
        .args(["station", "enrol", "--data"])
        .arg(folder)
        .args([&format!("http://127.0.0.1:{server}"), CAMPAIGN, station, "--token", token])
        .env("XUEYING_PASSPHRASE", PASSPHRASE)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

async fn answers(client: &Client, url: &str) {
    for _ in 0..600 {
        if client.get(url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("{url} does not answer");
}

fn free_port() -> u16 {
    Port::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn share(sorted: &mut [u128], share: f64) -> u128 {
    sorted.sort_unstable();
    sorted
        .get(((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or(0)
}

fn config(folder: &Path) -> Config {
    let data = folder.join("data");
    std::fs::create_dir_all(&data).unwrap();
    let place = |name: &str| format!("sqlite:{}?mode=rwc", data.join(name).display());
    Config {
        campaign_store: place("campaign.db"),
        capture_store: place("capture.db"),
        objects: data.join("objects").display().to_string(),
        secure_cookies: false,
        outside: server::outside::Config::default(),
    }
}

/// Waits until every station has its share of receipts.
async fn delivered(client: &Client, bases: &[String], share: f64) {
    let begun = Instant::now();
    for base in bases {
        loop {
            let view = client.get(format!("{base}/api/station")).send().await;
            if let Ok(view) = view
                && let Ok(view) = view.json::<Value>().await
                && let (Some(packets), Some(receipts)) =
                    (view["outbox"]["packets"].as_f64(), view["outbox"]["receipts"].as_f64())
                && receipts >= packets * share
            {
                break;
            }
            assert!(begun.elapsed() < Duration::from_mins(20), "packets are left");
            sleep(Duration::from_millis(500)).await;
        }
    }
}

/// The centre has what the operators accepted, once and under its code; the school knows; the logs are whole.
async fn verified(config: &Config, folders: &[PathBuf], all: &Done, codes: &[String]) {
    let app = open(config).await;
    let id = CampaignId::try_from(CAMPAIGN.to_owned()).unwrap();
    let (shots, total) = app.desk().page(&id, None, (0, i64::MAX)).await.unwrap();
    assert_eq!(total as usize, all.accepted.len());
    let (entries, _) = app.register().page(&id, &Filter::default(), (0, i64::MAX)).await.unwrap();
    for shot in &shots {
        let code = &all.accepted[&shot.id.to_string()];
        let place = codes.iter().position(|known| known == code).unwrap();
        let holder = app.register().holder_of(&id, shot.code).await.unwrap();
        assert_eq!(holder, entries[place].id, "{} is under somebody else", shot.id);
        assert_eq!(app.register().shots_of(holder).await.unwrap(), [shot.id]);
    }
    assert_eq!(app.desk().untold().await.unwrap(), []);
    let log = app.register().log(&id).await.unwrap();
    let known = Known { campaign: &id, suite: Suite::Modern, signers: &[], kept: &[] };
    verify(&mut log.as_bytes(), known).unwrap();
    app.close().await;
    for folder in folders {
        let passphrase = Passphrase::new(Zeroizing::new(PASSPHRASE.into())).unwrap();
        let station = capture::station::Station::open(folder, passphrase).await.unwrap();
        let log = station.audit().await.unwrap();
        let known = Known { campaign: &id, suite: Suite::Modern, signers: &[], kept: &[] };
        verify(&mut log.as_bytes(), known).unwrap();
        assert_eq!(station.unsent().await.unwrap(), Vec::<String>::new());
        station.close().await;
    }
}
