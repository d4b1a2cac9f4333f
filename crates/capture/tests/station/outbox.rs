//! From the accepted photo to the centre's receipt: nothing lost, nothing doubled, nothing readable on the way.

use std::fs;
use std::sync::Arc;

use capture::desk::{DeskError, State};
use capture::station::numbers::Answer;
use capture::station::{Station, StationError};
use seal::enrolment::pass;
use seal::packet::PacketId;
use seal::photo;

use crate::room::{Campaign, MORNING_MS, SAID, at, camera, every_file, seat, shoot, whole};

/// Sends a packet in pieces that are cut anywhere, sent twice and out of their turn, until the receipt is there.
async fn deliver(campaign: &Campaign, station: &Station, id: &str, rng: &mut fastrand::Rng) -> Vec<u8> {
    use base64::Engine;
    let packet = station.packet(id).unwrap();
    let parsed = PacketId::parse(id).unwrap();
    for _ in 0..200 {
        let held = campaign.desk.held(parsed).await.unwrap();
        if let Some(receipt) = held.receipt {
            return base64::engine::general_purpose::STANDARD.decode(receipt).unwrap();
        }
        let from = match rng.u32(0..5) {
            0 => rng.usize(0..packet.len()),
            _ => held.received as usize,
        };
        let to = rng.usize(from + 1..=packet.len());
        let piece = (from as u64, packet[from..to].to_vec());
        let judge = Arc::clone(&campaign.judge);
        campaign
            .desk
            .take_piece((&campaign.id, parsed), piece, &campaign.keys, judge, MORNING_MS)
            .await
            .unwrap();
    }
    panic!("the packet never arrived")
}

#[tokio::test]
async fn cut_at_any_byte_a_packet_arrives_once_and_only_its_receipt_lets_the_photo_go() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    seat(&station, &campaign.students[0].code, MORNING_MS).await;
    let aside = shoot(&station, camera(5), MORNING_MS + 3_000).await;
    station.retake(aside.id, at(MORNING_MS + 4_000)).await.unwrap();
    let take = shoot(&station, camera(1), MORNING_MS + 5_000).await;
    station.accept(take.id, SAID, at(MORNING_MS + 8_000)).await.unwrap();
    let other = whole(&station, &campaign.students[1].code, 3, MORNING_MS + 60_000).await;
    let mut rng = fastrand::Rng::with_seed(3);
    let unsent = station.unsent().await.unwrap();
    assert_eq!(unsent.len(), 2);
    let receipt = deliver(&campaign, &station, &unsent[0], &mut rng).await;
    let second = deliver(&campaign, &station, &unsent[1], &mut rng).await;
    // Delivered again, by another way: the same receipt, and no second shot.
    let packet = station.packet(&unsent[0]).unwrap();
    let judge = Arc::clone(&campaign.judge);
    let again =
        campaign.desk.take_packet(&campaign.id, packet, None, &campaign.keys, judge, MORNING_MS).await;
    assert_eq!(again.unwrap(), receipt);
    let (shots, count) = campaign.desk.page(&campaign.id, None, (0, 10)).await.unwrap();
    assert_eq!(count, 2);
    let shot = shots.iter().find(|shot| shot.id == take.id).unwrap();
    assert_eq!((shot.code, shot.station.as_str()), (campaign.students[0].code_id, "2"));
    // The centre sealed it: the photo is the station's, with the student's record in it.
    let sealed = campaign.desk.photo(shot, &campaign.keys).await.unwrap();
    let unsealed = station.photo(take.id).unwrap();
    assert_eq!(photo::without_comments(&sealed).unwrap(), unsealed);
    assert!(sealed.len() > unsealed.len());
    // Another packet's receipt, or a changed one, frees nothing.
    assert!(station.take_receipt(&unsent[0], &second, MORNING_MS).await.is_err());
    let mut changed = receipt.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert!(station.take_receipt(&unsent[0], &changed, MORNING_MS).await.is_err());
    let far = MORNING_MS + 90 * 86_400_000;
    assert_eq!(station.purge(far, 0).await.unwrap(), 0);
    assert!(station.photo(take.id).is_ok() && station.photo(aside.id).is_ok());
    station.take_receipt(&unsent[0], &receipt, MORNING_MS).await.unwrap();
    assert_eq!(station.purge(MORNING_MS + 1_000, 3_600_000).await.unwrap(), 0);
    assert_eq!(station.purge(far, 3_600_000).await.unwrap(), 1);
    assert!(matches!(station.photo(take.id), Err(StationError::Disk(_))));
    assert!(
        matches!(station.photo(aside.id), Err(StationError::Disk(_))),
        "what was not chosen goes with it"
    );
    assert!(station.photo(other.id).is_ok());
}

#[tokio::test]
async fn a_packet_whose_taking_in_was_cut_off_is_taken_in_when_it_comes_again() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    let take = whole(&station, &campaign.students[0].code, 1, MORNING_MS).await;
    let id = station.unsent().await.unwrap().remove(0);
    let packet = station.packet(&id).unwrap();
    let taken_in = || {
        let judge = Arc::clone(&campaign.judge);
        campaign.desk.take_packet(&campaign.id, packet.clone(), None, &campaign.keys, judge, MORNING_MS)
    };
    taken_in().await.unwrap();
    // As after a crash between the objects and their rows.
    for table in ["shot", "packet"] {
        let gone = sqlx::AssertSqlSafe(format!("delete from {table}"));
        sqlx::query(gone).execute(campaign.desk.store().reader()).await.unwrap();
    }
    let receipt = taken_in().await.unwrap();
    station.take_receipt(&id, &receipt, MORNING_MS).await.unwrap();
    let shot = campaign.desk.shot(take.id).await.unwrap();
    let sealed = campaign.desk.photo(&shot, &campaign.keys).await.unwrap();
    assert_eq!(photo::without_comments(&sealed).unwrap(), station.photo(take.id).unwrap());
}

#[tokio::test]
async fn two_packets_that_claim_one_photo_are_both_kept_and_told() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    let take = whole(&station, &campaign.students[0].code, 1, MORNING_MS).await;
    let mut packets = vec![station.packet(&station.unsent().await.unwrap()[0]).unwrap()];
    station.undo(at(MORNING_MS + 9_000)).await.unwrap();
    station.accept(take.id, SAID, at(MORNING_MS + 10_000)).await.unwrap();
    packets.push(station.packet(&station.unsent().await.unwrap()[0]).unwrap());
    assert_ne!(packets[0], packets[1]);
    for packet in packets {
        let judge = Arc::clone(&campaign.judge);
        let taken = campaign.desk.take_packet(&campaign.id, packet, None, &campaign.keys, judge, MORNING_MS);
        taken.await.unwrap();
    }
    assert_eq!(campaign.desk.page(&campaign.id, None, (0, 10)).await.unwrap().1, 1);
    let remarks = campaign.desk.remarks(&campaign.id).await.unwrap();
    assert!(matches!(remarks.as_slice(), [one] if one.remark.contains("another packet")), "{remarks:?}");
}

#[tokio::test]
async fn one_code_at_two_stations_without_network_is_flagged_and_nothing_is_lost() {
    let campaign = Campaign::new().await;
    let (one, two) = (campaign.station("1").await, campaign.station("2").await);
    let code = &campaign.students[0].code;
    let first = whole(&one, code, 1, MORNING_MS).await;
    let second = whole(&two, code, 3, MORNING_MS + 7_200_000).await;
    let mut rng = fastrand::Rng::with_seed(4);
    for _ in 0..2 {
        for station in [&one, &two] {
            for id in station.unsent().await.unwrap() {
                deliver(&campaign, station, &id, &mut rng).await;
            }
        }
    }
    let (shots, count) = campaign.desk.page(&campaign.id, None, (0, 10)).await.unwrap();
    assert_eq!(count, 2);
    let state = |id| shots.iter().find(|shot| shot.id == id).unwrap().state;
    assert_eq!(state(second.id), State::Waiting);
    assert!(matches!(state(first.id), State::Waiting | State::Accepted));
    let remarks = campaign.desk.remarks(&campaign.id).await.unwrap();
    let doubled = remarks.iter().find(|each| each.number == "2-0001").unwrap();
    assert!(doubled.remark.contains("used before, for 1-0001"), "{doubled:?}");
    // The school does not hear of the second one before a person decides.
    assert!(campaign.desk.untold().await.unwrap().iter().all(|shot| shot.id != second.id));
}

#[tokio::test]
async fn the_laptops_disk_shows_nobody_and_no_photo() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    let take = whole(&station, &campaign.students[0].code, 1, MORNING_MS).await;
    let active = &campaign.students[1];
    seat(&station, &active.code, MORNING_MS + 60_000).await;
    let loose = shoot(&station, camera(5), MORNING_MS + 66_000).await;
    let photo = station.photo(take.id).unwrap();
    let person = station.number(take.number).await.unwrap().person;
    station.close().await;
    let half = |bytes: &[u8]| bytes[bytes.len() / 2..bytes.len() / 2 + 24].to_vec();
    let mut secrets: Vec<Vec<u8>> = vec![half(&photo), b"JFIF".to_vec(), vec![0xff, 0xd8, 0xff, 0xe0]];
    for text in [&person.name, &person.document, &person.student, &person.code, &active.number, &active.code]
    {
        secrets.push(text.as_bytes().to_vec());
        secrets.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    }
    let files = every_file(&campaign.folder_of("2"));
    assert!(files.len() >= 7, "{}", files.len());
    for (path, bytes) in &files {
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_slice());
            assert!(!found, "{} shows {:?}", path.display(), String::from_utf8_lossy(secret));
        }
    }
    let wrong =
        seal::keys::locked::Passphrase::new(zeroize::Zeroizing::new("another passphrase here".into()));
    let locked = Station::open(&campaign.folder_of("2"), wrong.unwrap()).await;
    assert!(matches!(locked.err(), Some(StationError::Locked(_))));
    assert!(campaign.reopened("2").await.photo(loose.id).is_ok());
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_says_so() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    seat(&station, &campaign.students[0].code, MORNING_MS).await;
    // A folder that nothing can be written to stands for a disk without room; the superuser writes anywhere, so a
    // file stands where the folder should be.
    let takes = campaign.folder_of("2").join("takes");
    let aside = campaign.folder_of("2").join("aside");
    fs::rename(&takes, &aside).unwrap();
    fs::write(&takes, b"").unwrap();
    let arrival = capture::station::takes::Arrival {
        bytes: camera(1),
        name: "a.jpg".into(),
        seen_ms: MORNING_MS + 9_000,
        shutter: capture::station::binding::Shutter::Now,
    };
    let failed = station.receive(arrival.clone(), at(MORNING_MS + 9_000)).await;
    assert!(matches!(failed, Err(StationError::Disk(_))), "{failed:?}");
    fs::remove_file(&takes).unwrap();
    fs::rename(&aside, &takes).unwrap();
    // The same file again is no duplicate: it was never kept.
    let taken = station.receive(arrival, at(MORNING_MS + 12_000)).await.unwrap();
    assert!(matches!(taken, capture::station::takes::Arrived::Take(_)), "{taken:?}");
}

#[tokio::test]
async fn a_revoked_station_is_a_stranger_at_once_and_what_came_before_stays() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    whole(&station, &campaign.students[0].code, 1, MORNING_MS).await;
    let mut rng = fastrand::Rng::with_seed(6);
    let ids = station.unsent().await.unwrap();
    deliver(&campaign, &station, &ids[0], &mut rng).await;
    whole(&station, &campaign.students[1].code, 3, MORNING_MS + 60_000).await;
    let enrolled = campaign.desk.stations(&campaign.id, campaign.keys.rest.suite()).await.unwrap();
    campaign.desk.revoke_station(&campaign.id, &enrolled[0].key.to_string(), MORNING_MS).await.unwrap();
    let late = station.unsent().await.unwrap().into_iter().find(|id| *id != ids[0]).unwrap();
    let packet = station.packet(&late).unwrap();
    let judge = Arc::clone(&campaign.judge);
    let refused =
        campaign.desk.take_packet(&campaign.id, packet, None, &campaign.keys, judge, MORNING_MS).await;
    assert!(matches!(refused, Err(DeskError::Packet(_))), "{refused:?}");
    let stranger =
        seal::keys::fresh::station(seal::suite::Suite::Modern, seal::suite::Seed::new([1; 32])).unwrap().0;
    let word = pass("bundle", &stranger).unwrap();
    let caller = campaign.desk.caller(&campaign.id, &word, "bundle", &campaign.keys, MORNING_MS).await;
    assert!(matches!(caller, Err(DeskError::NotAStation)));
    assert_eq!(campaign.desk.page(&campaign.id, None, (0, 10)).await.unwrap().1, 1);
}

#[tokio::test]
async fn an_older_bundle_and_one_for_somebody_else_are_refused() {
    let campaign = Campaign::new().await;
    let station = campaign.station("2").await;
    let enrolled = campaign.desk.stations(&campaign.id, campaign.keys.rest.suite()).await.unwrap();
    let to = |bundle: &seal::code::bundle::Bundle| {
        let seed = seal::suite::Seed::new([6; 32]);
        seal::code::bundle::write(bundle, &campaign.keys.centre.receipt, enrolled[0].letters(), seed).unwrap()
    };
    let mut newer = campaign.bundle();
    newer.edition += 60;
    newer.revoked = seal::code::bundle::Revoked::new([campaign.students[0].code_id]);
    station.take_bundle(&to(&newer)).await.unwrap();
    assert!(matches!(station.take_bundle(&to(&campaign.bundle())).await, Err(StationError::OlderBundle)));
    let scanned = station.scan(&campaign.students[0].code, &Answer::default(), at(MORNING_MS)).await;
    assert!(matches!(scanned, Err(StationError::Code(refusal)) if refusal.name() == "revoked"));
    let other = campaign.station("3").await;
    assert!(other.take_bundle(&to(&newer)).await.is_err());
}
