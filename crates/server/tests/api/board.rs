//! The live board against the log: whatever happens on a day, its numbers are those that the log alone gives.

use std::collections::{BTreeMap, HashMap};

use campaign::case::Case;
use campaign::case::status::Status;
use campaign::case::tracks::Event;
use campaign::register::turns::Mark;
use campaign::register::{Act, Entry, RegisterError};
use campaign::role::Role;
use campaign::settings::template;
use fastrand::Rng;
use seal::code::CodeId;
use seal::identity::CampaignId;
use seal::taken::{Outcome, Taken};
use serde_json::{Value, json};
use sqlx::Row;
use uuid::Uuid;

use crate::running::{CAMPAIGN, Person, Running, each};
use crate::stations::now_ms;
use crate::timetable::published;

/// Heads of the class, those who came and those who are photographed.
type Numbers = BTreeMap<String, [u64; 2]>;

pub fn campaign() -> CampaignId {
    CAMPAIGN.to_owned().try_into().unwrap()
}

/// Where everybody stands as the log tells it, from the first line to the last, and nothing else.
fn cases_of(log: &str) -> HashMap<Uuid, Case> {
    let mut cases: HashMap<Uuid, Case> = HashMap::new();
    for line in log.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let detail: Value = serde_json::from_str(fields[4]).unwrap();
        if detail["what"]["what"] != "case" {
            continue;
        }
        let step: Event = serde_json::from_value(detail["what"]["step"].clone()).unwrap();
        let role: Role = serde_json::from_value(detail["role"].clone()).unwrap();
        let case = cases.entry(fields[3].parse().unwrap()).or_insert(Case::NEW);
        *case = case.after(step, role).unwrap();
    }
    cases
}

/// What the board must show if the log is right.
fn counted(students: &[Entry], cases: &HashMap<Uuid, Case>) -> Numbers {
    let mut numbers = Numbers::new();
    for entry in students {
        let status = Status::of(cases.get(&entry.id).unwrap_or(&Case::NEW));
        let is_photographed = matches!(status, Status::Photographed | Status::RetakeDue | Status::Accepted);
        let own = numbers.entry(entry.student.cohort.clone()).or_default();
        own[0] += u64::from(status == Status::Present || is_photographed);
        own[1] += u64::from(is_photographed);
    }
    numbers
}

async fn shown(person: &Person) -> Numbers {
    let board = person.get(&format!("/api/campaigns/{CAMPAIGN}/day/board")).await;
    let numbers = |row: &Value| {
        let count = |what: &str| row[what].as_u64().unwrap();
        (row["slot"]["cohort"].as_str().unwrap().to_owned(), [count("present"), count("done")])
    };
    board["sessions"].as_array().unwrap().iter().map(numbers).collect()
}

/// Students in the order of the roster, each with a code.
pub async fn with_codes(running: &Running, registry: &Person) -> (Vec<Entry>, HashMap<Uuid, CodeId>) {
    let answer =
        registry.post(&format!("/api/campaigns/{CAMPAIGN}/codes"), json!({"until": "2030-06-30"})).await;
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    let register = running.app.register();
    let rows =
        sqlx::query("select id, student from code").fetch_all(register.store().reader()).await.unwrap();
    let text = |row: &sqlx::any::AnyRow, column: &str| row.get::<String, _>(column);
    let codes = rows
        .iter()
        .map(|row| (text(row, "student").parse().unwrap(), CodeId::parse(&text(row, "id")).unwrap()));
    (register.students(&campaign()).await.unwrap(), codes.collect())
}

/// Something that may happen to somebody on such a day; what is not possible now is refused.
async fn happens(
    running: &Running,
    student: &Entry,
    code: CodeId,
    last: &mut HashMap<Uuid, Uuid>,
    rng: &mut Rng,
) -> Result<(), RegisterError> {
    let register = running.app.register();
    let by = |role| Act { role, account: "replay", at_ms: now_ms(), reason: "replay" };
    let class = (student.student.college.as_str(), student.student.cohort.as_str());
    let mark = async |mark| {
        let marked = register.mark(&campaign(), class, &[(student.id, mark)], &by(Role::Monitor)).await;
        marked.map(drop)
    };
    let report = async |shot, outcome| {
        let taken = Taken { campaign: campaign(), code, shot, outcome };
        register.take_report(&taken, &by(Role::Operator)).await.map(drop)
    };
    match (rng.u8(..10), last.get(&student.id).copied()) {
        (0..=2, _) => mark(Mark::Present).await,
        (3, _) => mark(Mark::Late).await,
        (4, _) => mark(Mark::Absent).await,
        (5, Some(shot)) => report(shot, Outcome::Retake).await,
        (6..=7, Some(shot)) => report(shot, Outcome::Accepted).await,
        _ => {
            let shot = Uuid::from_u128(rng.u128(..));
            let outcome = [Outcome::Passes, Outcome::ForReview, Outcome::Fails][rng.usize(..3)];
            report(shot, outcome).await?;
            last.insert(student.id, shot);
            Ok(())
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_boards_numbers_are_those_of_the_log_at_every_moment_of_a_day() {
    for running in each().await {
        let registry = running.registry().await;
        let mut settings = template("stations-2025").unwrap().unwrap();
        settings.campaign.days = vec![campaign::day::of_ms(now_ms())];
        registry.begin_with(settings).await;
        registry.import(60).await;
        let (students, codes) = with_codes(&running, &registry).await;
        published(&registry).await;
        let (mut rng, mut last, mut done) = (Rng::with_seed(3), HashMap::new(), 0);
        for moment in 0..600 {
            let student = &students[rng.usize(..students.len())];
            done += usize::from(
                happens(&running, student, codes[&student.id], &mut last, &mut rng).await.is_ok(),
            );
            if moment % 4 != 0 {
                continue;
            }
            let log = running.app.register().log(&campaign()).await.unwrap();
            assert_eq!(shown(&registry).await, counted(&students, &cases_of(&log)), "moment {moment}");
        }
        assert!(done > 300, "only {done} of 600 steps were possible");
        let board = shown(&registry).await;
        assert!(board.values().all(|[present, done]| *done > 10 && present >= done), "{board:?}");
        running.app.close().await;
    }
}
