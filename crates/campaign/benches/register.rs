//! What the register costs on SQLite: taking rosters in, listing, one change; beside the same rows straight in the database.
#![expect(clippy::unwrap_used, reason = "a bench stops where its own preparation fails")]

use std::time::Instant;

use campaign::case::tracks::{CodeEvent, Event};
use campaign::register::{Act, Register};
use campaign::role::Role;
use campaign::settings::template;
use roster::document::{DocumentType, check_character};
use roster::student::{Level, Name, Student};
use seal::suite::Suite;
use store::{Migration, Store};

/// A university with 99 classes, and the largest ones together.
const SIZES: [usize; 2] = [3_575, 50_000];
/// Changes of single students that are timed.
const CHANGES: usize = 200;
/// The same rows without the register.
const PLAIN: Migration =
    Migration { name: "plain", sql: "create table plain (id bigint primary key, record text not null)" };

fn student(number: usize) -> Student {
    let body =
        format!("6101042004{:02}{:02}{:03}", 1 + number % 12, 1 + number / 12 % 28, number / 336 % 1000);
    let name = ["林晓雨", "欧阳若溪", "买买提·艾力", "王頔"][number % 4];
    Student {
        line: number + 2,
        student_no: (20_270_000 + number).to_string(),
        name: Name { original: name.into(), plain: name.into() },
        sex: None,
        birth: None,
        document_type: DocumentType::IdentityCard,
        document_no: format!("{body}{}", check_character(&body).unwrap()),
        exam_no: String::new(),
        college: "软件学院".into(),
        major: "软件工程".into(),
        cohort: format!("软件{}", 2101 + number / 36),
        level: Some(Level::Undergraduate),
        years: "4".into(),
        enrolled: None,
        graduates: None,
        status: "在籍".into(),
        remark: String::new(),
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    println!("SQLite, one core, ms                       3 575        50 000");
    let columns = SIZES.map(|size| runtime.block_on(measure(size)));
    for (first, second) in columns[0].iter().zip(&columns[1]) {
        println!("{:<36}{:>12.1}{:>14.1}", first.0, first.1, second.1);
    }
}

async fn measure(size: usize) -> Vec<(&'static str, f64)> {
    let folder = tempfile::tempdir().unwrap();
    let address = |name: &str| format!("sqlite:{}/{name}.db?mode=rwc", folder.path().display());
    let register = Register::open(&address("register")).await.unwrap();
    let id = "xd-2027".to_owned().try_into().unwrap();
    let act = Act { role: Role::Registry, account: "u-7", at_ms: 1_804_815_665_250, reason: "" };
    let settings = template("stations-2025").unwrap().unwrap();
    register.create(&id, &settings, Suite::Modern, &act).await.unwrap();
    let students: Vec<Student> = (0..size).map(student).collect();
    let mut times = Vec::new();
    let mut note = |what, start: Instant, count: usize| {
        times.push((what, 1e3 * start.elapsed().as_secs_f64() / count as f64));
    };

    let start = Instant::now();
    register.import(&id, &students, 0, &act).await.unwrap();
    note("roster taken in", start, 1);

    let start = Instant::now();
    let plain = Store::open(&address("plain"), &[PLAIN]).await.unwrap();
    let mut writing = plain.begin().await.unwrap();
    for (at, student) in students.iter().enumerate() {
        sqlx::query("insert into plain (id, record) values ($1, $2)")
            .bind(at as i64)
            .bind(serde_json::to_string(student).unwrap())
            .execute(&mut *writing)
            .await
            .unwrap();
    }
    writing.commit().await.unwrap();
    note("the same rows straight in", start, 1);

    let start = Instant::now();
    register.import(&id, &students, 1, &act).await.unwrap();
    note("taken in again, nothing new", start, 1);

    let start = Instant::now();
    let entries = register.students(&id).await.unwrap();
    note("all students read", start, 1);

    let start = Instant::now();
    register.counts(&id).await.unwrap();
    note("counted by status", start, 1);

    let start = Instant::now();
    for entry in &entries[..CHANGES] {
        let code = Event::Code(CodeEvent::Register);
        register.happen(&id, entry.id, code, entry.version, &act).await.unwrap();
    }
    note("one change of one student", start, CHANGES);
    times
}
