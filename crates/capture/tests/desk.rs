//! The desk: which codes and photos it takes, and how it can be decided about a shot.
#![expect(clippy::unwrap_used, reason = "a test stops where its own preparation fails")]

use std::sync::Arc;

use capture::desk::{At, Decision, Desk, DeskError, Incoming, Keys, Received, Shot, State};
use capture::judging::Judge;
use portrait::standard::{Standard, Verdict};
use seal::code::scan::Refusal;
use seal::code::text::Issuer;
use seal::code::{CodeId, Holder, Level};
use seal::identity::{CampaignId, StationId};
use seal::keys::fresh::{Fresh, rest};
use seal::keys::{Nonce, file};
use seal::masking::{MaskedDocument, MaskedName};
use seal::photo;
use seal::suite::{SEED_BYTES, Seed, Suite};
use seal::taken::Outcome;
use store::objects::Objects;
use studio::render::file::camera_jpeg;
use studio::render::{Fault, Shot as Drawn, render};
use vision::Vision;

const NOW_MS: u64 = 1_804_815_665_250;

struct Room {
    desk: Desk,
    keys: Keys,
    opening: seal::keys::Keyring,
    judge: Arc<Judge>,
    code: String,
    code_id: CodeId,
    _folder: tempfile::TempDir,
}

async fn room() -> Room {
    let folder = tempfile::tempdir().unwrap();
    let objects = Objects::open(folder.path().join("objects").to_str().unwrap()).unwrap();
    let address = format!("sqlite:{}/capture.db?mode=rwc", folder.path().display());
    let campaign = CampaignId::try_from("xd-2027".to_owned()).unwrap();
    let fresh = Fresh::new(&campaign, Suite::Modern, &[], Seed::new([7; SEED_BYTES])).unwrap();
    let rest = rest(&campaign, Suite::Modern, Seed::new([8; SEED_BYTES])).unwrap();
    let holder = Holder {
        student: "20270001".to_owned().try_into().unwrap(),
        name: MaskedName::of("林晓雨"),
        document: MaskedDocument::of("11010519491231002X"),
        school: "99999".to_owned().try_into().unwrap(),
        level: Level::Undergraduate,
    };
    let mut issuer = Issuer::new(file::parse_issuing(&fresh.issuing).unwrap(), []);
    let times = (NOW_MS / 1000 - 60, NOW_MS / 1000 + 60);
    let (code_id, code) = issuer.issue(&holder, times, Nonce::new([9; 12])).unwrap();
    let standard = Standard::preset("jbz-2017-99").unwrap().unwrap();
    Room {
        desk: Desk::open(&address, objects).await.unwrap(),
        keys: Keys {
            reading: file::parse_reading(&fresh.reading).unwrap(),
            sealing: file::parse_sealing(&fresh.sealing).unwrap(),
            rest: file::parse_rest(&rest).unwrap(),
            centre: file::parse_centre(&fresh.centre).unwrap(),
        },
        opening: seal::keys::Keyring { campaigns: vec![file::parse_opening(&fresh.opening).unwrap()] },
        judge: Arc::new(Judge { vision: Vision::new().unwrap(), standard }),
        code: code.reveal().to_owned(),
        code_id,
        _folder: folder,
    }
}

/// A student who does not exist, with a fault or none.
fn drawn(seed: u64, fault: Option<&str>) -> Vec<u8> {
    let shot = Drawn { size: (1200, 1600), ..Drawn::from_seed(seed) };
    let shot = match fault.and_then(Fault::named) {
        Some(fault) => fault.planted(shot),
        None => shot,
    };
    camera_jpeg(&render(&shot), seed).unwrap()
}

impl Room {
    async fn receive(&self, bytes: Vec<u8>, revoked: &[CodeId], at_ms: u64) -> Result<Received, DeskError> {
        let station = StationId::try_from("1".to_owned()).unwrap();
        let at = At { account: "u-7", station: &station, at_ms };
        let incoming = Incoming { bytes, name: "camera.jpg".into(), code: self.code.clone() };
        self.desk.receive(incoming, (&self.keys, revoked), Arc::clone(&self.judge), at).await
    }

    async fn shot(&self, bytes: Vec<u8>) -> Shot {
        match self.receive(bytes, &[], NOW_MS).await.unwrap() {
            Received::Shot(shot) => *shot,
            Received::Impossible(reasons) => panic!("{reasons:?}"),
        }
    }

    async fn decide(&self, shot: &Shot, decision: Decision, reason: &str) -> Result<Shot, DeskError> {
        let station = StationId::try_from("1".to_owned()).unwrap();
        let at = At { account: "u-7", station: &station, at_ms: NOW_MS };
        self.desk.decide(shot.id, decision, (shot.version, reason), at).await
    }
}

#[tokio::test]
async fn a_photo_for_a_code_is_sealed_kept_hidden_and_decided_about_once() {
    let room = room().await;
    let shot = room.shot(drawn(1, None)).await;
    assert_eq!((shot.name.as_str(), shot.document.as_str()), ("林*雨", "*****002X"));
    assert_ne!(shot.verdict, Verdict::Fail);
    assert_eq!(shot.decided(), None);

    let photo = room.desk.photo(&shot, &room.keys).await.unwrap();
    let record = photo::open(&photo, &room.opening).unwrap();
    assert_eq!((record.identity.student.as_str(), record.identity.shot), ("20270001", shot.id));

    let accepted = room.decide(&shot, Decision::Accept, "").await.unwrap();
    assert_eq!((accepted.state, accepted.decided().unwrap().outcome), (State::Accepted, Outcome::Accepted));
    let late = room.decide(&shot, Decision::Accept, "").await;
    assert!(matches!(late, Err(DeskError::Stale)), "{late:?}");
    let again = room.decide(&accepted, Decision::Accept, "").await;
    assert!(matches!(again, Err(DeskError::Decided)), "{again:?}");
    let back = room.decide(&accepted, Decision::Retake, "另一人").await.unwrap();
    assert_eq!((back.state, back.reason.as_str()), (State::Retake, "另一人"));
    assert_eq!(room.desk.page(&shot.campaign, Some(State::Retake), (0, 10)).await.unwrap().1, 1);
    assert_eq!(room.desk.page(&shot.campaign, Some(State::Waiting), (0, 10)).await.unwrap().1, 0);
}

#[tokio::test]
async fn what_fails_inspection_is_accepted_for_a_reason_by_two_persons_only() {
    let room = room().await;
    let shot = room.shot(drawn(12, Some("eyes-shut"))).await;
    assert_eq!((shot.verdict, shot.judged().outcome), (Verdict::Fail, Outcome::Fails));
    let without = room.decide(&shot, Decision::Accept, " ").await;
    assert!(matches!(without, Err(DeskError::Reason)), "{without:?}");
    let asked = room.decide(&shot, Decision::Accept, "病历证明").await.unwrap();
    assert_eq!((asked.state, asked.asked.1.as_str()), (State::Waiting, "病历证明"));
    let own = room.decide(&asked, Decision::Accept, "病历证明").await;
    assert!(matches!(own, Err(DeskError::OwnRequest)), "{own:?}");
    let second = At { account: "u-8", station: &"1".to_owned().try_into().unwrap(), at_ms: NOW_MS };
    let exception =
        room.desk.decide(asked.id, Decision::Accept, (asked.version, "同意"), second).await.unwrap();
    assert_eq!(exception.decided().unwrap().outcome, Outcome::AcceptedAsException);
}

#[tokio::test]
async fn a_code_that_does_not_hold_and_a_file_that_is_no_photo_leave_nothing_behind() {
    let room = room().await;
    let late = room.receive(Vec::new(), &[], NOW_MS + 61_000).await;
    assert!(matches!(late, Err(DeskError::Code(Refusal::Expired { .. }))), "{late:?}");
    let revoked = room.receive(Vec::new(), &[room.code_id], NOW_MS).await;
    assert!(matches!(revoked, Err(DeskError::Code(Refusal::Revoked { .. }))), "{revoked:?}");
    let text = room.receive(b"a text".to_vec(), &[], NOW_MS).await;
    assert!(matches!(text, Err(DeskError::Unread(_))), "{text:?}");
    let campaign = CampaignId::try_from("xd-2027".to_owned()).unwrap();
    assert_eq!(room.desk.page(&campaign, None, (0, 10)).await.unwrap().1, 0);
    assert!(room.desk.objects().names().await.unwrap().is_empty());
}
