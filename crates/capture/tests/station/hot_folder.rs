//! The folder into which the camera's program saves: written in pieces, out of order, twice, two at once.

use std::fs;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use capture::station::folder::Folder;
use capture::station::strays::Why;
use capture::station::takes::Arrived;
use seal::suite::Suite;

use crate::room::{Campaign, MORNING_MS, camera, seat};

/// A clock that the test moves.
struct Clock(AtomicU64);

impl Clock {
    fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn pass(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_file_is_taken_when_it_is_whole_once_and_leaves_the_open_folder() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    let hot = tempfile::tempdir().unwrap();
    let mut folder = Folder::open(hot.path(), false).unwrap();
    let clock = Clock(AtomicU64::new(MORNING_MS));
    let now = || clock.now();
    seat(&station, &campaign.students[0].code, clock.now()).await;
    clock.pass(6_000);
    let photo = camera(1);
    let path = hot.path().join("IMG_0001.JPG");
    let mut file = fs::File::create(&path).unwrap();
    for part in photo.chunks(photo.len() / 4 + 1) {
        file.write_all(part).unwrap();
        file.sync_all().unwrap();
        // Its writer pauses; what is there is no whole picture.
        for _ in 0..5 {
            clock.pass(100);
            if file.metadata().unwrap().len() < photo.len() as u64 {
                assert!(folder.look(&station, "7", &now).await.is_empty());
            }
        }
    }
    drop(file);
    clock.pass(100);
    let mut found = folder.look(&station, "7", &now).await;
    clock.pass(100);
    found.extend(folder.look(&station, "7", &now).await);
    assert!(matches!(found.as_slice(), [one] if matches!(one.result, Ok(Arrived::Take(_)))), "{found:?}");
    assert!(!path.exists());
    // The camera's program saves it again under another name; a text beside it is nobody's business.
    fs::write(hot.path().join("IMG_0001 (1).JPG"), &photo).unwrap();
    fs::write(hot.path().join("notes.txt"), "x").unwrap();
    let mut again = Vec::new();
    for _ in 0..3 {
        clock.pass(100);
        again.extend(folder.look(&station, "7", &now).await);
    }
    assert!(matches!(again.as_slice(), [one] if matches!(one.result, Ok(Arrived::Duplicate))), "{again:?}");
}

#[tokio::test]
async fn two_files_at_once_are_both_the_active_ones_and_a_late_one_is_nobodys() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    let hot = tempfile::tempdir().unwrap();
    let mut folder = Folder::open(hot.path(), false).unwrap();
    let clock = Clock(AtomicU64::new(MORNING_MS));
    let now = || clock.now();
    // Nobody is there yet.
    fs::write(hot.path().join("test.jpg"), camera(9)).unwrap();
    let mut found = Vec::new();
    for _ in 0..3 {
        clock.pass(100);
        found.extend(folder.look(&station, "7", &now).await);
    }
    assert!(matches!(found[0].result, Ok(Arrived::Stray(Why::NoActive))), "{found:?}");
    seat(&station, &campaign.students[0].code, clock.now()).await;
    // On its way when the student sat down: it may be the one before.
    clock.pass(300);
    fs::write(hot.path().join("late.jpg"), camera(8)).unwrap();
    found.clear();
    for _ in 0..3 {
        clock.pass(100);
        found.extend(folder.look(&station, "7", &now).await);
    }
    assert!(matches!(found[0].result, Ok(Arrived::Stray(Why::TooSoon))), "{found:?}");
    clock.pass(5_000);
    for name in ["b.jpg", "a.jpg"] {
        fs::write(hot.path().join(name), camera(u64::from(name.as_bytes()[0]))).unwrap();
    }
    found.clear();
    for _ in 0..3 {
        clock.pass(100);
        found.extend(folder.look(&station, "7", &now).await);
    }
    assert_eq!(found.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["a.jpg", "b.jpg"]);
    let active = station.active().await.unwrap().unwrap();
    assert_eq!(station.takes(active.number).await.unwrap().len(), 2);
    assert_eq!(station.strays().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_file_that_is_never_finished_is_given_up_and_asked_about() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    let hot = tempfile::tempdir().unwrap();
    let mut folder = Folder::open(hot.path(), true).unwrap();
    let clock = Clock(AtomicU64::new(MORNING_MS));
    let now = || clock.now();
    seat(&station, &campaign.students[0].code, clock.now()).await;
    clock.pass(9_000);
    let photo = camera(1);
    fs::write(hot.path().join("cut.jpg"), &photo[..photo.len() / 2]).unwrap();
    let mut found = Vec::new();
    for _ in 0..20 {
        clock.pass(1_000);
        found.extend(folder.look(&station, "7", &now).await);
    }
    assert!(
        matches!(found.as_slice(), [one] if matches!(one.result, Ok(Arrived::Stray(Why::Unreadable)))),
        "{found:?}"
    );
    assert!(hot.path().join("cut.jpg").exists(), "it was to stay where it was");
}

#[tokio::test]
async fn two_thousand_files_dropped_at_any_speed_are_each_taken_once_and_unchanged() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    let hot = tempfile::tempdir().unwrap();
    let mut folder = Folder::open(hot.path(), false).unwrap();
    let clock = Clock(AtomicU64::new(MORNING_MS));
    let now = || clock.now();
    let mut rng = fastrand::Rng::with_seed(5);
    let content = |number: u32| -> Vec<u8> { [&number.to_be_bytes()[..], &[7; 40], &[0xff, 0xd9]].concat() };
    let (mut dropped, mut looked, mut taken) = (0_u32, 0, 0);
    while taken < 2_000 && looked < 20_000 {
        for _ in 0..rng.u32(0..60).min(2_000 - dropped) {
            fs::write(hot.path().join(format!("DSC{dropped:05}.jpg")), content(dropped)).unwrap();
            dropped += 1;
        }
        clock.pass(60);
        let found = folder.look(&station, "7", &now).await;
        taken += found.iter().filter(|one| matches!(one.result, Ok(Arrived::Stray(Why::NoActive)))).count();
        assert!(found.iter().all(|one| one.result.is_ok()), "{found:?}");
        looked += 1;
    }
    assert_eq!((dropped, taken), (2_000, 2_000));
    let mut kept: Vec<[u8; 32]> = Vec::new();
    for stray in station.strays().await.unwrap() {
        kept.push(Suite::Modern.digest(&[&station.stray_file(stray.id).unwrap()]));
    }
    let mut given: Vec<[u8; 32]> =
        (0..2_000).map(|number| Suite::Modern.digest(&[&content(number)])).collect();
    kept.sort_unstable();
    given.sort_unstable();
    assert_eq!(kept, given);
    assert_eq!(fs::read_dir(hot.path()).unwrap().count(), 0);
}
