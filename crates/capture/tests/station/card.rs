//! A camera that is not connected: scans at the station, files on a memory card, both brought together.

use std::fs;
use std::path::Path;

use capture::station::card::align::Whose;
use capture::station::choice::Accepted;
use capture::station::numbers::{Answer, Number, Scanned, State, day_of};
use capture::station::takes::Arrived;
use capture::station::{Station, StationError};
use studio::render::file::camera_jpeg;
use studio::render::{Rendered, Shot, render};

use crate::room::{Campaign, MORNING_MS, SAID, at, camera};

/// The camera's clock is so far ahead.
const AHEAD_MS: u64 = 271_000;
const STUDENTS: u32 = 24;

/// A JPEG file with the time in its EXIF block, as a camera's clock on a wall in China has it (TIFF 6.0, EXIF 2.32).
fn taken_at(photo: &[u8], at_ms: u64) -> Vec<u8> {
    let seconds = (at_ms + AHEAD_MS) / 1000 + 8 * 3_600;
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    // The day of the tests, 2027-03-11.
    let text = format!("2027:03:11 {hour:02}:{minute:02}:{second:02}\0");
    let mut tiff = b"II\x2a\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    for (tag, kind, count, value) in [(0x8769, 4, 1, 26), (0x9003, 2, 20, 44)] {
        tiff.extend(1_u16.to_le_bytes());
        tiff.extend(entry(tag, kind, count, value));
        tiff.extend(0_u32.to_le_bytes());
    }
    tiff.extend(text.as_bytes());
    let block = [b"Exif\0\0", tiff.as_slice()].concat();
    let length = (block.len() as u16 + 2).to_be_bytes();
    [&photo[..2], &[0xff, 0xe1], &length, &block, &photo[2..]].concat()
}

/// The screen of the station, photographed: its key frame.
fn screen(text: &str) -> Vec<u8> {
    let svg = seal::card::symbol_svg(text).unwrap();
    let path = svg.rsplit_once(" d=\"").unwrap().1.split('"').next().unwrap();
    let (side, scale) = (900, 16);
    let mut rgb = vec![255; side * side * 3];
    // Runs of dark modules: `M column,row h length …`.
    for run in path.split('M').skip(1) {
        let (place, rest) = run.split_once('h').unwrap();
        let (column, row) = place.split_once(',').unwrap();
        let length: usize = rest.split('v').next().unwrap().parse().unwrap();
        let (column, row): (usize, usize) = (column.parse().unwrap(), row.parse().unwrap());
        for y in (row + 6) * scale..(row + 7) * scale {
            let from = (y * side + (column + 6) * scale) * 3;
            rgb[from..from + length * scale * 3].fill(20);
        }
    }
    let picture = portrait::picture::Picture::new(side, side, rgb).unwrap();
    camera_jpeg(&Rendered { picture, ..render(&Shot::from_seed(1)) }, 1).unwrap()
}

async fn campaign() -> (Campaign, Vec<String>) {
    let mut campaign = Campaign::new().await;
    campaign.students = (0..STUDENTS).map(|at| campaign.student(at + 100, "99999")).collect();
    let codes = campaign.students.iter().map(|student| student.code.clone()).collect();
    (campaign, codes)
}

/// Everybody is scanned and photographed; one leaves, one is photographed twice, one frame is lost, a key frame at the
/// beginning and in the middle. Gives the number and the file name of each frame.
async fn shot(station: &Station, codes: &[String], card: &Path) -> Vec<(String, Option<i64>)> {
    let mut rng = fastrand::Rng::with_seed(5);
    let (mut now, mut frames) = (MORNING_MS + 10_000, Vec::new());
    let photo = camera(3);
    let mut keep = |bytes: Vec<u8>, of: Option<i64>| {
        let name = format!("DSC_{:04}.JPG", frames.len() + 1);
        fs::write(card.join(&name), bytes).unwrap();
        frames.push((name, of));
    };
    for (student, code) in codes.iter().enumerate() {
        if student % 12 == 0 {
            keep(taken_at(&screen(&station.key_frame(now)), now), None);
            now += 2_000;
        }
        let answer = Answer { on_card: true, reason: Some("演练".into()), ..Answer::default() };
        let scanned = station.scan(code, &answer, at(now)).await.unwrap();
        let Scanned::Active(line) = scanned else { panic!("{scanned:?}") };
        let running = line.number.running;
        now += rng.u64(4_000..9_000);
        match student {
            5 => station.void("学生离开", at(now)).await.unwrap(),
            9 => {}
            _ => {
                for again in 0..if student == 14 { 2 } else { 1 } {
                    // Each frame is another file.
                    let own = [&photo[..2], &[0xff, 0xfe, 0, 6], &[student as u8, again, 0, 0], &photo[2..]]
                        .concat();
                    keep(taken_at(&own, now), Some(running));
                    now += 1_500;
                }
            }
        }
        now += rng.u64(2_500..6_000);
    }
    station.on_card(at(now)).await.unwrap();
    frames
}

#[tokio::test]
async fn a_card_is_brought_together_with_the_scans_and_what_is_not_sure_is_asked() {
    let (campaign, codes) = campaign().await;
    let station = campaign.station("2").await;
    let card = tempfile::tempdir().unwrap();
    let truth = shot(&station, &codes, card.path()).await;
    let day = day_of(MORNING_MS);
    let balance = station.balance(day).await.unwrap();
    assert_eq!((balance.scanned, balance.on_card, balance.void, balance.open), (24, 23, 1, 0));
    assert!(balance.against.iter().any(|(_, en)| en.contains("still on a card")));

    let read = station.read_card(card.path(), day, |_, _| {}).await.unwrap();
    assert_eq!(read.files.len(), truth.len());
    assert_eq!(read.lines[9].number, read.missing[0]);
    let mut sure = 0;
    for ((file, whose), (name, of)) in read.files.iter().zip(&truth) {
        assert_eq!(file.path.file_name().unwrap().to_str().unwrap(), name);
        match whose {
            Whose::Key => assert_eq!(*of, None),
            Whose::Sure(slot) => {
                assert_eq!(Some(read.lines[*slot].number.running), *of, "{name}");
                sure += 1;
                let number = read.lines[*slot].number;
                let taken =
                    station.take_from_card(&file.path, number, None, at(MORNING_MS + 3_600_000)).await;
                assert!(matches!(taken, Ok(Arrived::Take(_))), "{taken:?}");
                let again =
                    station.take_from_card(&file.path, number, None, at(MORNING_MS + 3_600_000)).await;
                assert!(matches!(again, Ok(Arrived::Duplicate)));
            }
            Whose::Unsure(_) => {}
        }
    }
    assert!(sure >= 15, "{sure}");
    chosen(&station, day).await;
    assert_eq!(station.register(day).await.unwrap()[9].state, State::Void);
    let log = station.audit().await.unwrap();
    assert!(log.contains("number.card\t2-0001") && log.contains("number.void\t2-0010"), "{log}");
}

/// Photos from the card are chosen like all others; what is on no card is given up with a reason.
async fn chosen(station: &Station, day: i64) {
    let later = MORNING_MS + 3_700_000;
    for line in station.on_cards().await.unwrap() {
        let takes = station.takes(line.number).await.unwrap();
        match takes.last() {
            Some(take) => {
                let accepted = station.accept(take.id, SAID, at(later)).await.unwrap();
                assert!(matches!(accepted, Accepted::Done));
                // Taken back, it waits for a photo from its card again.
                assert_eq!(station.undo(at(later)).await.unwrap(), line.number);
                assert_eq!(station.number(line.number).await.unwrap().state, State::Card);
                station.accept(take.id, SAID, at(later)).await.unwrap();
            }
            None => station.give_up(line.number, "卡上没有", at(later)).await.unwrap(),
        }
    }
    let balance = station.balance(day).await.unwrap();
    assert_eq!((balance.on_card, balance.scanned), (0, balance.accepted + balance.void));
    let number = Number { day, running: 1 };
    assert!(matches!(station.give_up(number, "x", at(later)).await, Err(StationError::Decided)));
    assert!(matches!(
        station.give_up(Number { day, running: 99 }, "x", at(later)).await,
        Err(StationError::Unknown)
    ));
}
