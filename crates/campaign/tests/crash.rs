//! A writer that is killed in the middle of its work: what it said was done is done, and the log verifies.
#![expect(clippy::unwrap_used, reason = "a test stops where its own preparation fails")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use campaign::case::tracks::{CodeEvent, Event};
use campaign::register::{Act, Register};
use campaign::role::Role;
use campaign::settings::template;
use roster::check::check;
use roster::field::Mapping;
use seal::audit::verify::{Known, verify};
use seal::identity::CampaignId;
use seal::suite::Suite;
use store::Store;

/// The child finds its store here.
const ADDRESS: &str = "XUEYING_CRASH_STORE";
/// How often a writer is killed.
const KILLS: u64 = 8;

fn campaign() -> CampaignId {
    "xd-2027".to_owned().try_into().unwrap()
}

fn act() -> Act<'static> {
    Act { role: Role::Registry, account: "u-7", at_ms: 1_804_815_665_250, reason: "" }
}

async fn prepared(address: &str) -> Register {
    let register = Register::open(address).await.unwrap();
    let settings = template("stations-2025").unwrap().unwrap();
    register.create(&campaign(), &settings, Suite::Modern, &act()).await.unwrap();
    let table = roster::table::read(
        "学号,姓名,证件号码,层次,班级\n1,张三,11010519491231002X,本科,软件2101".as_bytes(),
    )
    .unwrap();
    let students = check(&table, &Mapping::of_headings(&table.headings)).students;
    register.import(&campaign(), &students, 0, &act()).await.unwrap();
    register
}

/// Not a test of its own: the writer, in a process that the test below kills.
#[tokio::test]
#[ignore = "the writer that is killed; the test beside it starts it"]
async fn writes_until_it_is_killed() {
    let Ok(address) = std::env::var(ADDRESS) else { return };
    let register = Register::open(&address).await.unwrap();
    let mut student = register.students(&campaign()).await.unwrap().remove(0);
    let mut out = std::io::stdout();
    loop {
        for step in [CodeEvent::Register, CodeEvent::Revoke] {
            student = register
                .happen(&campaign(), student.id, Event::Code(step), student.version, &act())
                .await
                .unwrap();
            writeln!(out, "done {}", student.version).unwrap();
            out.flush().unwrap();
        }
    }
}

#[tokio::test]
async fn what_was_acknowledged_outlives_a_kill_and_the_log_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let mut addresses = vec![format!("sqlite:{}/x.db?mode=rwc", folder.path().display())];
    match std::env::var("XUEYING_POSTGRES") {
        Ok(server) => {
            let name = format!("crash_{}", std::process::id());
            let admin = Store::open(&format!("{server}/postgres"), &[]).await.unwrap();
            let create = sqlx::AssertSqlSafe(format!("create database {name}"));
            sqlx::query(create).execute(admin.reader()).await.unwrap();
            addresses.push(format!("{server}/{name}"));
        }
        Err(_) => eprintln!("skipped for PostgreSQL: XUEYING_POSTGRES names no server; make test starts one"),
    }
    for address in addresses {
        let register = prepared(&address).await;
        let mut last = 0;
        for kill in 0..KILLS {
            let acknowledged = killed_after(&address, Duration::from_millis(40 + 37 * kill));
            last = acknowledged.unwrap_or(last);
            let student = register.students(&campaign()).await.unwrap().remove(0);
            // The last write may have been done without its word having got out.
            assert!((last..=last + 1).contains(&student.version), "{} after {last}", student.version);
            last = student.version;
            let (log, id) = (register.log(&campaign()).await.unwrap(), campaign());
            let known = Known { campaign: &id, suite: Suite::Modern, signers: &[], kept: &[] };
            let lines = verify(&mut log.as_bytes(), known).unwrap().tip.count;
            assert_eq!(lines, 2 + u64::try_from(student.version).unwrap());
        }
        assert!(last > 0, "nothing was written at {address}");
    }
}

/// Starts the writer, kills it some time after its first word, and gives the last version that it said was done.
fn killed_after(address: &str, time: Duration) -> Option<i64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writes_until_it_is_killed", "--ignored", "--nocapture"])
        .env(ADDRESS, address)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let version = |line: String| line.split_once("done ").and_then(|(_, version)| version.parse().ok());
    let first = lines.by_ref().find_map(version);
    std::thread::sleep(time);
    child.kill().unwrap();
    child.wait().unwrap();
    // The kill may cut the last line off; what was said before it counts.
    lines.filter_map(version).last().or(first)
}
