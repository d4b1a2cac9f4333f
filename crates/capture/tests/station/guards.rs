//! What a scan says, case by case.

use capture::station::choice::{Accepted, Said};
use capture::station::numbers::{Answer, Scanned};
use capture::station::{Station, StationError};
use seal::code::bundle::{Held, Reference, Session};
use seal::code::linked::Link;
use seal::code::scan::Refusal;
use seal::code::text::CodeText;

use crate::room::{Campaign, MORNING_MS, SAID, at, camera, every_file, open, seat, shoot, whole};

/// The guard or refusal that a scan meets; `active` when it meets none.
async fn met(station: &Station, code: &str, at_ms: u64) -> String {
    open(station, at_ms).await;
    match station.scan(code, &Answer::default(), at(at_ms)).await {
        Ok(Scanned::Stopped(concerns)) => {
            assert!(concerns.iter().all(|each| !each.todo_zh.is_empty() && !each.todo_en.is_empty()));
            concerns.iter().map(|each| each.guard).collect::<Vec<_>>().join(" ")
        }
        Ok(Scanned::Active(_)) => {
            station.void("试过", at(at_ms)).await.unwrap();
            "active".into()
        }
        Ok(Scanned::Asks(_)) => "asks".into(),
        Ok(other) => panic!("{other:?}"),
        Err(StationError::Code(refusal)) => refusal.name().into(),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn every_thing_wrong_with_a_code_has_its_own_name_and_action() {
    let mut campaign = Campaign::new().await;
    let (unpaid, gone, stranger) =
        (campaign.student(20, "99999"), campaign.student(21, "99999"), campaign.student(22, "99999"));
    let (other_school, late, elsewhere) =
        (campaign.student(23, "10701"), campaign.student(24, "99999"), campaign.student(25, "99999"));
    let revoked = campaign.student(26, "99999");
    let graduate = campaign.student_of(27, "99999", seal::code::Level::Master);
    let last_year = Campaign::seeded(77).await.students.remove(0);
    let mut bundle = campaign.bundle();
    bundle.sessions[0].codes.push(campaign.expected(&unpaid, Held::Unpaid));
    bundle.sessions[0].codes.push(campaign.expected(&gone, Held::NotTakingPart));
    let session = |name: &str, starts_s, station: &str, student| Session {
        name: name.into(),
        starts_s,
        ends_s: starts_s + 900,
        heads: 1,
        station: station.into(),
        codes: vec![campaign.expected(student, Held::No)],
    };
    bundle.sessions.push(session("数学2101", MORNING_MS / 1000 + 6 * 3_600, "2", &late));
    bundle.sessions.push(session("物理2101", MORNING_MS / 1000, "3", &elsewhere));
    bundle.revoked = seal::code::bundle::Revoked::new([revoked.code_id]);
    let station = campaign.station_with("2", &bundle).await;
    let now = MORNING_MS + 60_000;
    let good = campaign.students[2].code.clone();
    let mut damaged = good.clone();
    damaged.truncate(good.len() - 9);
    let cases = [
        ("https://example.edu.cn/door", now, "no-code"),
        (damaged.as_str(), now, "damaged"),
        (&last_year.code, now, "other-campaign"),
        (&good, MORNING_MS - 2 * 3_600_000, "not-yet"),
        (&good, MORNING_MS + 2 * 86_400_000, "expired"),
        (&revoked.code, now, "revoked"),
        (&other_school.code, now, "other-school"),
        (&graduate.code, now, "other-level not-expected"),
        (&stranger.code, now, "not-expected"),
        (&unpaid.code, now, "unpaid skipped"),
        (&gone.code, now, "not-taking-part skipped"),
        (&late.code, now, "other-session"),
        (&elsewhere.code, now, "other-station"),
        (&good, now, "skipped"),
        (&campaign.students[0].code, now, "active"),
    ];
    for (code, at_ms, expected) in cases {
        assert_eq!(met(&station, code, at_ms).await, expected);
    }
    // A third student is done; the second comes out of order, the third comes again, somebody else sits there.
    whole(&station, &good, 1, now).await;
    assert_eq!(met(&station, &campaign.students[1].code, now + 60_000).await, "out-of-order");
    assert_eq!(met(&station, &good, now + 200_000).await, "already-photographed out-of-order");
    seat(&station, &campaign.students[3].code, now + 300_000).await;
    assert_eq!(met(&station, &campaign.students[4].code, now + 310_000).await, "asks");
}

#[tokio::test]
async fn a_code_of_one_enrolment_is_no_good_for_another() {
    let campaign = Campaign::new().await;
    let mut other = Campaign::new().await;
    // The same person is enrolled at another school too.
    let own = other.student(40, "10701");
    let station = campaign.station("2").await;
    assert_eq!(met(&station, &own.code, MORNING_MS).await, "other-school");
}

#[tokio::test]
async fn going_on_against_a_guard_needs_a_reason_which_is_logged() {
    let mut campaign = Campaign::new().await;
    let stranger = campaign.student(30, "99999");
    let station = campaign.station("2").await;
    let blank = Answer { reason: Some("  ".into()), ..Answer::default() };
    let stopped = station.scan(&stranger.code, &blank, at(MORNING_MS)).await.unwrap();
    assert!(matches!(stopped, Scanned::Stopped(_)));
    let answer = Answer { reason: Some("名单刚补".into()), ..Answer::default() };
    let Scanned::Active(line) = station.scan(&stranger.code, &answer, at(MORNING_MS)).await.unwrap() else {
        panic!("the reason was not taken")
    };
    assert_eq!(
        (line.person.overrides[0].guard.as_str(), line.person.class.is_none()),
        ("not-expected", true)
    );
    let log = station.audit().await.unwrap();
    assert!(log.contains("guard.overridden\t2-0001\t7 not-expected: 名单刚补"), "{log}");
    assert!(!log.contains("林") && !log.contains(&stranger.number), "{log}");
    // The reader typed a code into the reason, while the question stood open: that is no reason.
    for typed in [stranger.code.clone(), format!("离开 {}", stranger.code), stranger.code[..80].to_owned()]
    {
        let void = station.void(&typed, at(MORNING_MS + 1_000)).await;
        assert!(matches!(void, Err(StationError::Reason)), "{void:?}");
    }
    station.void("left the room, says the teacher of the class", at(MORNING_MS + 1_000)).await.unwrap();
    let answer = Answer { reason: Some(campaign.students[1].code.clone()), ..Answer::default() };
    let stopped = station.scan(&stranger.code, &answer, at(MORNING_MS + 2_000)).await.unwrap();
    assert!(matches!(stopped, Scanned::Stopped(_)), "{stopped:?}");
    assert!(!station.audit().await.unwrap().contains("XY1:"));
}

#[tokio::test]
async fn a_code_of_another_issuer_opens_the_students_own_where_the_school_linked_it() {
    let campaign = Campaign::new().await;
    let mut bundle = campaign.bundle();
    let theirs = "https://codes.example/t/8f3c1d2e";
    let own = CodeText::again(campaign.students[0].code.clone());
    let link = |text: &str, by_print| Link::of(text, &bundle.fingerprint).hide(&own, by_print).unwrap();
    let printed = "https://codes.example/t/77aa01b9";
    let linked = vec![link(theirs, false), link(printed, true)];
    bundle.linked = Some(linked);
    let station = campaign.station_with("2", &bundle).await;
    let scanned = station.scan(theirs, &Answer::default(), at(MORNING_MS)).await.unwrap();
    let Scanned::Active(line) = scanned else { panic!("{scanned:?}") };
    assert_eq!(
        (line.person.student.as_str(), line.person.class.unwrap().place),
        (campaign.students[0].number.as_str(), 1)
    );
    // The student's own code is the same code: a reader that reads one after the other changes nothing.
    let same =
        station.scan(&campaign.students[0].code, &Answer::default(), at(MORNING_MS + 500)).await.unwrap();
    assert!(matches!(same, Scanned::Same), "{same:?}");
    let unlinked = station.scan("https://codes.example/t/0badcafe", &Answer::default(), at(MORNING_MS)).await;
    assert!(matches!(unlinked, Ok(Scanned::Unlinked)), "{unlinked:?}");
    // What is linked by its print alone is compared with the person's document first.
    station.void("试过", at(MORNING_MS + 900)).await.unwrap();
    let stopped = station.scan(printed, &Answer::default(), at(MORNING_MS + 1_000)).await.unwrap();
    let Scanned::Stopped(concerns) = stopped else { panic!("{stopped:?}") };
    assert!(concerns.iter().any(|each| each.guard == "linked-by-print"), "{concerns:?}");
    // Where the campaign takes its own codes alone, others are none.
    let strict = campaign.station("3").await;
    let none = strict.scan(theirs, &Answer::default(), at(MORNING_MS)).await;
    assert!(matches!(none, Err(StationError::Code(Refusal::NoCode))), "{none:?}");
    for (path, bytes) in every_file(&campaign.folder_of("2")) {
        assert!(!bytes.windows(13).any(|window| window == b"codes.example"), "{}", path.display());
    }
}

#[tokio::test]
async fn without_a_code_there_is_no_photo() {
    use capture::station::binding::Shutter;
    use capture::station::strays::Why;
    use capture::station::takes::{Arrival, Arrived};
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    let arrival =
        Arrival { bytes: vec![0xff; 900], name: "a.jpg".into(), seen_ms: MORNING_MS, shutter: Shutter::Now };
    let arrived = station.receive(arrival, at(MORNING_MS)).await.unwrap();
    assert!(matches!(arrived, Arrived::Stray(Why::NoActive)), "{arrived:?}");
    assert_eq!(station.register(capture::station::numbers::day_of(MORNING_MS)).await.unwrap(), []);
    let strays = station.strays().await.unwrap();
    let kept = station.settle(strays[0].id, true, "是他的", at(MORNING_MS)).await;
    assert!(matches!(kept, Err(StationError::NoActive)), "{kept:?}");
}

#[tokio::test]
async fn a_face_unlike_the_reference_is_stopped_and_who_gave_none_has_no_vector() {
    let campaign = Campaign::new().await;
    let before = campaign.station("3").await;
    let mut faces = Vec::new();
    for (place, seed) in [(0, 1), (1, 2)] {
        seat(&before, &campaign.students[place].code, MORNING_MS).await;
        faces.push(shoot(&before, camera(seed), MORNING_MS + 5_000).await.found.face.unwrap());
        before.void("试过", at(MORNING_MS + 6_000)).await.unwrap();
    }
    let apart = faces[0].iter().zip(&faces[1]).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt();
    let mut bundle = campaign.bundle();
    bundle.compares_faces = false;
    bundle.unlike_from = apart / 2.0;
    bundle.references_until_s = MORNING_MS / 1000 + 3_600;
    // The first two agreed; the second one's reference is the face of whoever sits there as the first.
    bundle.references = (0..2)
        .map(|place| Reference {
            code: campaign.expected(&campaign.students[place], Held::No).code,
            face: faces[0].clone(),
        })
        .collect();
    let station = campaign.station_with("2", &bundle).await;
    let now = MORNING_MS + 600_000;
    whole(&station, &campaign.students[0].code, 1, now).await;
    seat(&station, &campaign.students[1].code, now + 60_000).await;
    let take = shoot(&station, camera(2), now + 65_000).await;
    let said = Said { reason: "", ..SAID };
    let stopped = station.accept(take.id, said, at(now + 68_000)).await.unwrap();
    let Accepted::Stopped(concerns) = stopped else { panic!("{stopped:?}") };
    assert!(concerns.iter().any(|each| each.guard == "unlike-reference"), "{concerns:?}");
    assert!(matches!(station.accept(take.id, SAID, at(now + 69_000)).await.unwrap(), Accepted::Done));
    seat(&station, &campaign.students[2].code, now + 120_000).await;
    assert_eq!(shoot(&station, camera(3), now + 125_000).await.found.face, None);
    assert!(bundle.reference(seal::code::fingerprint::Fingerprint([0; 32]), now / 1000).is_none());
}
