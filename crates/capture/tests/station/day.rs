//! The day around the photos: opening, refusals, what went wrong, classes signed off, when the day will be over.

use capture::station::StationError;
use capture::station::choice::{Accepted, Said};
use capture::station::classes::{Left, predicted};
use capture::station::incident::What;
use capture::station::numbers::{Answer, Note, Number, Scanned, day_of};
use capture::station::opening::Item;
use capture::station::person::{Looked, LookedResult};
use capture::station::transfer::Called;
use portrait::standard::Verdict;

use studio::render::file::camera_jpeg;
use studio::render::{Background, Shot, render};

use crate::room::{CLASS, Campaign, MORNING_MS, SAID, at, camera, seat, shoot, whole};

const DAY_MS: u64 = 86_400_000;

#[tokio::test]
async fn a_station_opens_with_the_whole_check_list_and_a_test_shot_only() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    let tomorrow = MORNING_MS + DAY_MS;
    let scan = async || station.scan(&campaign.students[0].code, &Answer::default(), at(tomorrow)).await;
    assert!(matches!(scan().await, Err(StationError::Opening)), "each day has its own");
    let chart = camera(1);
    for (lights_k, items, test) in [
        (5_499, &Item::ALL[..], chart.clone()),
        (5_601, &Item::ALL[..], chart.clone()),
        (5_550, &Item::ALL[1..], chart.clone()),
        (5_550, &Item::ALL[..], b"no picture".to_vec()),
    ] {
        let opened = station.open_day(lights_k, items, test, at(tomorrow)).await;
        assert!(matches!(opened, Err(StationError::Opening)), "{lights_k} {items:?}");
    }
    assert!(matches!(scan().await, Err(StationError::Opening)));
    let opened = station.open_day(5_600, &Item::ALL, chart.clone(), at(tomorrow)).await.unwrap();
    assert!(opened.free_bytes > 0);
    assert_eq!(station.opening(day_of(tomorrow)).await.unwrap(), Some(opened));
    assert_eq!(station.test_shot(day_of(tomorrow)).unwrap(), chart);
    assert!(!matches!(scan().await, Err(StationError::Opening)));
    // Like every picture the test shot goes when its time is over.
    station.purge(tomorrow + 40 * DAY_MS, 30 * DAY_MS).await.unwrap();
    assert!(station.test_shot(day_of(tomorrow)).is_err());
}

#[tokio::test]
async fn a_photo_that_fails_is_taken_by_two_persons_with_a_reason_or_not_at_all() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    seat(&station, &campaign.students[0].code, MORNING_MS).await;
    let before_red = Shot { size: (900, 1200), background: Background::Red, ..Shot::from_seed(3) };
    let take = shoot(&station, camera_jpeg(&render(&before_red), 3).unwrap(), MORNING_MS + 5_000).await;
    assert_eq!(take.verdict, Verdict::Fail);
    let later = at(MORNING_MS + 8_000);
    let asked = station.accept(take.id, Said { reason: "", second: "9" }, later).await.unwrap();
    let Accepted::Stopped(concerns) = asked else { panic!("{asked:?}") };
    assert_eq!(concerns[0].guard, "fails");
    for second in ["", "7", " 7 "] {
        let alone = station.accept(take.id, Said { reason: "教务处同意", second }, later).await;
        assert!(matches!(alone, Err(StationError::SecondPerson)), "{second:?}: the operator is one person");
    }
    let done = station.accept(take.id, Said { reason: "教务处同意", second: "9" }, later).await.unwrap();
    assert!(matches!(done, Accepted::Done));
    let line = station.register(day_of(MORNING_MS)).await.unwrap().remove(0);
    let kept = &line.person.overrides.iter().find(|each| each.guard == "fails").unwrap();
    assert_eq!((kept.reason.as_str(), kept.second.as_str()), ("教务处同意", "9"));
    assert!(station.audit().await.unwrap().contains("fails: 教务处同意 + 9"));
}

#[tokio::test]
async fn an_exception_has_its_reason_and_a_refusal_its_witness_too() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    seat(&station, &campaign.students[0].code, MORNING_MS).await;
    let number = Number { day: day_of(MORNING_MS), running: 1 };
    let looked = |result, reason: &str, witness: &str| {
        vec![Looked { check: "hair".into(), result, reason: reason.into(), witness: witness.into() }]
    };
    for lacking in [
        looked(LookedResult::Exception, " ", ""),
        looked(LookedResult::Refused, "染发", ""),
        looked(LookedResult::Refused, "", "辅导员"),
    ] {
        let refused = station.note(number, Note::Looks(lacking.clone()), at(MORNING_MS)).await;
        assert!(matches!(refused, Err(StationError::Reason)), "{lacking:?}");
    }
    let whole = looked(LookedResult::Refused, "染发", "辅导员");
    station.note(number, Note::Looks(whole.clone()), at(MORNING_MS)).await.unwrap();
    assert_eq!(station.number(number).await.unwrap().person.looks, whole);
}

#[tokio::test]
async fn what_went_wrong_stands_in_the_report_with_the_number_of_that_moment() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    seat(&station, &campaign.students[0].code, MORNING_MS).await;
    assert!(matches!(station.happened(What::Camera, "  ", at(MORNING_MS)).await, Err(StationError::Reason)));
    station.happened(What::Camera, "相机 2 故障，换备机", at(MORNING_MS + 1_000)).await.unwrap();
    // The laptop dies in the middle of it.
    let take = shoot(&station, camera(1), MORNING_MS + 5_000).await;
    station.close().await;
    drop(station);
    let station = campaign.reopened("2").await;
    let active = station.active().await.unwrap().expect("the same number is active");
    assert_eq!(active.number.running, 1);
    assert_eq!(station.takes(active.number).await.unwrap()[0].id, take.id);
    station.accept(take.id, SAID, at(MORNING_MS + 9_000)).await.unwrap();
    station.happened(What::Power, "跳闸五分钟", at(MORNING_MS + 10_000)).await.unwrap();
    let incidents = station.incidents(day_of(MORNING_MS)).await.unwrap();
    let told: Vec<_> =
        incidents.iter().map(|each| (each.what, each.words.as_str(), each.number.as_str())).collect();
    assert_eq!(told, [(What::Camera, "相机 2 故障，换备机", "2-0001"), (What::Power, "跳闸五分钟", "")]);
    assert_eq!(station.incidents(day_of(MORNING_MS) + 1).await.unwrap(), []);
}

#[tokio::test]
async fn a_class_is_signed_off_when_nothing_is_open_and_everybody_signed() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    let sign = async |missing: &[u32], signature: &str| {
        station.sign_class(CLASS, missing, signature, at(MORNING_MS + 60_000)).await
    };
    assert!(matches!(sign(&[], "张老师").await, Err(StationError::Unknown)), "it was not here");
    whole(&station, &campaign.students[0].code, 1, MORNING_MS).await;
    seat(&station, &campaign.students[1].code, MORNING_MS + 20_000).await;
    let Err(StationError::ClassOpen(open)) = sign(&[3, 4, 5, 6], "张老师").await else {
        panic!("it is open")
    };
    assert_eq!(open, ["2-0002 欧**溪", "2-0001 林*雨"], "the active one, then the one who did not sign");
    station.void("学生离开", at(MORNING_MS + 30_000)).await.unwrap();
    let first = Number { day: day_of(MORNING_MS), running: 1 };
    // A signature, or why there is none.
    let blank = station.note(first, Note::Unsigned(" ".into()), at(MORNING_MS + 40_000)).await;
    assert!(matches!(blank, Err(StationError::Reason)));
    station.note(first, Note::Unsigned("右手受伤".into()), at(MORNING_MS + 40_000)).await.unwrap();
    let class = station.classes(day_of(MORNING_MS)).await.unwrap().remove(0);
    assert_eq!((class.accepted, class.missing.len(), class.done_ms), (1, 4, None));
    assert!(matches!(sign(&[3, 4], "张老师").await, Err(StationError::Decided)), "others are missing");
    assert!(matches!(sign(&class.missing, " ").await, Err(StationError::Reason)));
    sign(&class.missing, "M1 1L9 9").await.unwrap();
    let class = station.classes(day_of(MORNING_MS)).await.unwrap().remove(0);
    assert_eq!(class.done_ms, Some(MORNING_MS + 60_000));
    let done = &station.classes_done(day_of(MORNING_MS)).await.unwrap()[CLASS];
    assert_eq!((done.signature.as_str(), &done.missing), ("M1 1L9 9", &class.missing));
}

#[tokio::test]
async fn a_class_that_is_not_called_waits_and_one_called_elsewhere_goes_there() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    let guards = async |calls: &[Called]| -> Vec<&'static str> {
        station.take_calls(calls).await.unwrap();
        // Hours after the timetable's time: where classes are called, the call counts and not the clock.
        let late = at(MORNING_MS + 5 * 3_600_000);
        match station.scan(&campaign.students[0].code, &Answer::default(), late).await.unwrap() {
            Scanned::Stopped(concerns) => concerns.iter().map(|each| each.guard).collect(),
            Scanned::Active(_) => {
                station.void("试过", late).await.unwrap();
                Vec::new()
            }
            other => panic!("{other:?}"),
        }
    };
    let call = |class: &str, is_called, station: &str| Called {
        class: class.into(),
        is_called,
        station: station.into(),
    };
    assert_eq!(guards(&[]).await, ["other-session"]);
    assert_eq!(guards(&[call("数学2101", true, "2")]).await, ["not-called"]);
    assert_eq!(guards(&[call(CLASS, false, "")]).await, ["not-called"]);
    assert_eq!(guards(&[call(CLASS, true, "3")]).await, ["called-elsewhere"]);
    assert_eq!(guards(&[call(CLASS, true, "2")]).await, [""; 0]);
}

/// A station's classes on the day of a notice: seconds of the day, and heads.
fn classes_of(station: &str) -> Vec<(u64, u64, usize)> {
    let table = include_str!("../../../schedule/tests/plans/one-day.csv");
    let mut lines = table.lines();
    let headings: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = |name: &str| headings.iter().position(|heading| *heading == name).unwrap();
    let seconds = |time: &str| {
        let (hours, minutes) = time.trim_matches(['-', '—']).split_once(':').unwrap();
        hours.trim().parse::<u64>().unwrap() * 3_600 + minutes.trim().parse::<u64>().unwrap() * 60
    };
    let read = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let range = cells[column("采集时间")].replace('：', ":");
        let (start, end) = range.split_once(['-', '—']).unwrap();
        let heads = cells[column("人数")].parse().unwrap();
        cells[column("机位")].starts_with(station).then(|| (seconds(start), seconds(end), heads))
    };
    lines.filter_map(read).collect()
}

#[test]
fn after_thirty_students_the_end_of_the_day_is_predicted_within_a_twentieth() {
    for (station, seed) in [("1", 1_u64), ("2", 2), ("3", 3), ("1", 4), ("2", 5), ("3", 6)] {
        let classes = classes_of(station);
        assert!(classes.len() > 20, "{station}");
        let mut rng = fastrand::Rng::with_seed(seed);
        // Stations of that day planned 19.4 s for each student; people take between half and half as much again.
        let own = 19.4 * (0.9 + 0.2 * rng.f64());
        let mut now = classes[0].0 as f64;
        let mut ends = Vec::new();
        for (start, _, heads) in &classes {
            now = now.max(*start as f64);
            for _ in 0..*heads {
                now += own * (0.5 + rng.f64());
                ends.push(now);
            }
        }
        let done = 30;
        let pace = (ends[done - 1] - ends[9]) / (done - 10) as f64;
        let mut photographed = done;
        let left: Vec<Left> = classes
            .iter()
            .map(|&(starts_s, ends_s, heads)| {
                let here = photographed.min(heads);
                photographed -= here;
                Left { starts_s, ends_s, heads: heads - here }
            })
            .collect();
        let (end, _) = predicted(ends[done - 1] as u64, pace, &left).unwrap();
        let (took, said) = (now - classes[0].0 as f64, end as f64 - classes[0].0 as f64);
        assert!((said / took - 1.0).abs() < 0.05, "{station}: {said} s said, {took} s taken");
    }
}
