//! Shot numbers: given once, never to two, never lost in a crash.

use std::collections::BTreeSet;

use capture::station::StationError;
use capture::station::choice::Accepted;
use capture::station::numbers::{Answer, Number, Scanned, State, day_of};
use capture::station::takes::TakeState;

use crate::room::{Campaign, MORNING_MS, SAID, at, camera, seat, shoot, whole};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scans_at_once_never_give_a_number_twice_or_leave_a_gap() {
    let campaign = Campaign::new().await;
    let mut tasks = Vec::new();
    // XUEYING_SCANS: at how many stations, how many by each of two hands; a few by default.
    let [stations, turns] =
        std::env::var("XUEYING_SCANS").ok().and_then(|text| sizes(&text)).unwrap_or([4, 60]);
    for name in 1..=stations {
        let station = campaign.station(&name.to_string()).await;
        let codes: Vec<String> = campaign.students.iter().map(|student| student.code.clone()).collect();
        // Two hands at every station scan whatever they get, as fast as they can.
        for hand in 0..2_usize {
            let (station, codes) = (station.clone(), codes.clone());
            tasks.push(tokio::spawn(async move {
                for turn in 0..turns {
                    let answer =
                        Answer { left: Some("试".into()), reason: Some("试".into()), ..Answer::default() };
                    let code = &codes[(turn * 2 + hand) % codes.len()];
                    let scanned = station.scan(code, &answer, at(MORNING_MS + turn as u64)).await;
                    // Two hands at once: the other one was faster.
                    assert!(matches!(scanned, Ok(_) | Err(StationError::Decided)), "{scanned:?}");
                }
                station
            }));
        }
    }
    let mut shown = BTreeSet::new();
    let mut numbers = 0;
    for (at, task) in tasks.into_iter().enumerate() {
        let station = task.await.unwrap();
        if at % 2 == 1 {
            let lines = station.register(day_of(MORNING_MS)).await.unwrap();
            let running: Vec<i64> = lines.iter().map(|line| line.number.running).collect();
            assert_eq!(running, (1..=running.len() as i64).collect::<Vec<_>>());
            assert_eq!(lines.iter().filter(|line| line.state == State::Active).count(), 1);
            numbers += lines.len();
            shown.extend(lines.iter().map(|line| line.number.shown(station.name())));
        }
    }
    assert_eq!((shown.len(), numbers >= stations * turns * 5 / 6), (numbers, true));
    println!("{numbers} numbers at {stations} stations, each once and without a gap");
}

/// Two numbers, such as `8x1000`.
fn sizes(text: &str) -> Option<[usize; 2]> {
    let (stations, turns) = text.split_once('x')?;
    Some([stations.parse().ok()?, turns.parse().ok()?])
}

#[tokio::test]
async fn a_number_whose_student_left_stays_void_and_the_next_one_waits_for_an_answer() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    let code = |at: usize| campaign.students[at].code.as_str();
    seat(&station, code(0), MORNING_MS).await;
    let asks = station.scan(code(1), &Answer::default(), at(MORNING_MS + 9_000)).await.unwrap();
    let Scanned::Asks(active) = asks else { panic!("{asks:?}") };
    assert_eq!((active.number.running, station.active().await.unwrap().unwrap().number.running), (1, 1));
    let blank = Answer { left: Some(" ".into()), ..Answer::default() };
    let refused = station.scan(code(1), &blank, at(MORNING_MS + 10_000)).await;
    assert!(matches!(refused, Err(StationError::Reason)));
    let left = Answer { left: Some("学生离开".into()), ..Answer::default() };
    let scanned = station.scan(code(1), &left, at(MORNING_MS + 11_000)).await.unwrap();
    assert!(matches!(scanned, Scanned::Active(line) if line.number.running == 2));
    let void = station.number(Number { day: day_of(MORNING_MS), running: 1 }).await.unwrap();
    assert_eq!((void.state, void.person.reason.as_str()), (State::Void, "学生离开"));
    // The third waits, and is active by itself when the second is done.
    let next = Answer { next: true, ..Answer::default() };
    let waits = station.scan(code(2), &next, at(MORNING_MS + 15_000)).await.unwrap();
    assert!(matches!(waits, Scanned::Waits));
    let take = shoot(&station, camera(3), MORNING_MS + 18_000).await;
    let accepted = station.accept(take.id, SAID, at(MORNING_MS + 20_000)).await.unwrap();
    assert!(matches!(accepted, Accepted::Next(line) if line.number.running == 3), "nobody is next");
}

#[tokio::test]
async fn one_of_several_photos_is_chosen_and_the_last_choice_can_be_taken_back() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    seat(&station, &campaign.students[0].code, MORNING_MS).await;
    let first = shoot(&station, camera(1), MORNING_MS + 5_000).await;
    let second = shoot(&station, camera(2), MORNING_MS + 7_000).await;
    station.retake(first.id, at(MORNING_MS + 8_000)).await.unwrap();
    let third = shoot(&station, camera(4), MORNING_MS + 9_000).await;
    station.accept(second.id, SAID, at(MORNING_MS + 10_000)).await.unwrap();
    let states =
        |takes: Vec<capture::station::takes::Take>| takes.iter().map(|take| take.state).collect::<Vec<_>>();
    let number = second.number;
    let known = states(station.takes(number).await.unwrap());
    assert_eq!(known, [TakeState::Aside, TakeState::Accepted, TakeState::Aside]);
    assert!(matches!(
        station.accept(third.id, "", at(MORNING_MS + 11_000)).await,
        Err(StationError::Decided)
    ));
    assert_eq!(station.undo(at(MORNING_MS + 12_000)).await.unwrap(), number);
    assert_eq!(station.active().await.unwrap().unwrap().number, number);
    assert_eq!(station.outbox().await.unwrap().packets, 0);
    station.accept(second.id, SAID, at(MORNING_MS + 13_000)).await.unwrap();
    // Ten seconds later it is on its way.
    assert!(matches!(station.undo(at(MORNING_MS + 24_000)).await, Err(StationError::TooLate)));
    let log = station.audit().await.unwrap();
    for event in ["number.scanned", "photo.taken", "photo.aside", "number.accepted", "number.reopened"] {
        assert!(log.contains(event), "{event}\n{log}");
    }
}

#[tokio::test]
async fn after_a_crash_the_same_number_is_active_and_every_photo_is_there() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    whole(&station, &campaign.students[0].code, 1, MORNING_MS).await;
    seat(&station, &campaign.students[1].code, MORNING_MS + 60_000).await;
    let take = shoot(&station, camera(2), MORNING_MS + 65_000).await;
    let (photo, log) = (station.photo(take.id).unwrap(), station.audit().await.unwrap());
    // The process ends without a word: nothing is closed.
    std::mem::forget(station);
    // A file without its row, as a crash between the two leaves it.
    let left = campaign.folder_of("2").join("takes").join("01a20058-0000-7000-8000-000000000000");
    std::fs::write(&left, b"half").unwrap();
    let station = campaign.reopened("2").await;
    let active = station.active().await.unwrap().unwrap();
    assert_eq!((active.number.running, active.person.student), (2, campaign.students[1].number.clone()));
    assert_eq!(station.takes(active.number).await.unwrap()[0].id, take.id);
    assert_eq!((station.photo(take.id).unwrap(), station.audit().await.unwrap()), (photo, log));
    assert!(!left.exists());
}

#[tokio::test]
async fn the_day_is_closed_when_its_counts_agree_and_not_before() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    let day = day_of(MORNING_MS);
    whole(&station, &campaign.students[0].code, 1, MORNING_MS).await;
    seat(&station, &campaign.students[1].code, MORNING_MS + 60_000).await;
    let balance = station.balance(day).await.unwrap();
    assert_eq!((balance.scanned, balance.accepted, balance.open, balance.signed), (2, 1, 1, 0));
    let said: Vec<&str> = balance.against.iter().map(|(_, en)| en.as_str()).collect();
    assert_eq!(said, ["1 number(s) stand open", "without a signature: 2-0001"]);
    station.void("学生离开", at(MORNING_MS + 70_000)).await.unwrap();
    let note = capture::station::numbers::Note::Signature("M0 0L9 9".into());
    station.note(Number { day, running: 1 }, note, at(MORNING_MS + 80_000)).await.unwrap();
    let balance = station.balance(day).await.unwrap();
    assert_eq!((balance.accepted, balance.void, balance.signed, balance.against.len()), (1, 1, 1, 0));
}
