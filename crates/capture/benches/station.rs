//! How long an operator waits: from the scan to the person on the page, and from the complete file in the watched
//! folder to its verdict, for a camera's 24 million pixels; beside the bound, making and judging alone.
#![expect(clippy::unwrap_used, reason = "a bench may stop at what it does not expect")]

#[path = "../tests/station/room.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod room;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use capture::finishing::finish;
use capture::station::At;
use capture::station::folder::Folder;
use capture::station::numbers::{Answer, Scanned};
use capture::station::takes::Arrived;
use room::{Campaign, MORNING_MS};
use studio::render::file::camera_jpeg;
use studio::render::{Shot, render};

/// Students of a run; each is scanned, photographed once and accepted.
const STUDENTS: usize = 40;
/// Pixels of a common camera of today, upright.
const CAMERA: (usize, usize) = (4000, 6000);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let mut campaign = Campaign::new().await;
    let students: Vec<_> = (100..100 + STUDENTS as u32).map(|at| campaign.student(at, "99999")).collect();
    let mut bundle = campaign.bundle();
    bundle.sessions.clear();
    let station = campaign.station_with("2", &bundle).await;
    let hot = tempfile::tempdir().unwrap();
    let mut folder = Folder::open(hot.path(), false).unwrap();
    let drawn = |seed| camera_jpeg(&render(&Shot { size: CAMERA, ..Shot::from_seed(seed) }), seed).unwrap();
    let pool: Vec<Vec<u8>> = (0..3).map(drawn).collect();
    let (mut scans, mut verdicts, mut bounds) = (Vec::new(), Vec::new(), Vec::new());
    for (at, student) in students.iter().enumerate() {
        let begun_ms = MORNING_MS + at as u64 * 20_000;
        let begun = Instant::now();
        let when = At { operator: "7", at_ms: begun_ms };
        let answer = Answer { reason: Some("bench".into()), ..Answer::default() };
        let scanned = station.scan(&student.code, &answer, when).await.unwrap();
        assert!(matches!(scanned, Scanned::Active(_)));
        scans.push(begun.elapsed());
        // The same people with another remark in the file are other files.
        let photo = &pool[at % pool.len()];
        let remark = [&[0xff, 0xfe, 0, 10][..], &(at as u64).to_be_bytes()].concat();
        let bytes = [&photo[..2], &remark, &photo[2..]].concat();
        let path = hot.path().join(format!("DSC{at:05}.JPG"));
        fs::write(&path, &bytes).unwrap();
        let begun = Instant::now();
        let clock = || begun_ms + 6_000 + begun.elapsed().as_millis() as u64;
        let take = loop {
            let found = folder.look(&station, "7", &clock).await.into_iter().next();
            match found.map(|found| found.result) {
                Some(Ok(Arrived::Take(take))) => break take,
                Some(other) => panic!("{other:?}"),
                None => tokio::time::sleep(Duration::from_millis(60)).await,
            }
        };
        verdicts.push(begun.elapsed());
        let begun = Instant::now();
        drop(finish(&bytes, Path::new("a.jpg"), &station.judge()).unwrap());
        bounds.push(begun.elapsed());
        let when = At { operator: "7", at_ms: begun_ms + 9_000 };
        station.accept(take.id, room::SAID, when).await.unwrap();
    }
    println!("station, {STUDENTS} students, files of {} × {} pixels", CAMERA.0, CAMERA.1);
    let bound = say("making and judging alone", &mut bounds, None);
    say("file complete → verdict", &mut verdicts, Some(bound));
    say("scan → active", &mut scans, None);
}

/// Median and 95th percentile; the median as a multiple of a bound.
fn say(what: &str, times: &mut [Duration], bound: Option<Duration>) -> Duration {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    let (half, most) = (at(0.5), at(0.95));
    let ratio = bound.map_or(String::new(), |bound| {
        format!(", {:.2} × the bound", half.as_secs_f64() / bound.as_secs_f64())
    });
    println!(
        "{what}: p50 {:.1} ms, p95 {:.1} ms{ratio}",
        half.as_secs_f64() * 1000.0,
        most.as_secs_f64() * 1000.0
    );
    half
}
