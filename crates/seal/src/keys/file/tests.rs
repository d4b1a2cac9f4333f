//! Key files written, read back, and spoilt line by line.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::suite::Suite;

fn keys() -> SealingKeys {
    keys_of(Suite::Modern)
}

fn keys_of(suite: Suite) -> SealingKeys {
    let campaign = CampaignId::try_from("xd-2027".to_owned()).unwrap();
    let record = Zeroizing::new(vec![1; suite.hiding_key_bytes()]);
    let maker = Zeroizing::new(vec![2; suite.signing_key_bytes()]);
    SealingKeys::new(campaign, suite, record, maker).unwrap()
}

#[test]
fn files_read_back_as_the_keys_they_were_written_from() {
    for keys in Suite::ALL.map(keys_of) {
        let read = parse_sealing(&write_sealing(&keys)).unwrap();
        assert_eq!(read.campaign, keys.campaign);
        assert_eq!(read.record.reveal(), keys.record.reveal());
        assert_eq!(read.maker.reveal(), keys.maker.reveal());
        let opening = write_opening(&keys.campaign, &keys.record, &[keys.maker.public().clone()]);
        let read = parse_opening(&opening).unwrap();
        assert_eq!(read.record.id(), keys.record.id());
        assert_eq!(read.makers, [keys.maker.public().clone()]);
        assert!(!opening.contains(&STANDARD.encode([2; 32])), "the maker's secret stays with the maker");
    }
}

#[test]
fn a_makers_own_file_opens_and_an_opening_file_does_not_seal() {
    let keys = keys();
    assert_eq!(parse_opening(&write_sealing(&keys)).unwrap().makers, [keys.maker.public().clone()]);
    let opening = write_opening(&keys.campaign, &keys.record, &[keys.maker.public().clone()]);
    assert_eq!(parse_sealing(&opening).unwrap_err().problem, FileProblem::OpeningOnly);
}

#[test]
fn a_wrong_line_is_named() {
    let good = write_sealing(&keys());
    let record = good.lines().nth(4).unwrap();
    let cases = [
        (String::new(), 1, FileProblem::NotKeyFile),
        (good.replace("keys 1", "keys 2"), 1, FileProblem::NotKeyFile),
        (good.replace("suite modern", "suite gn"), 3, FileProblem::UnknownSuite("gn".into())),
        (good.replace("suite modern", "suite gm"), 5, FileProblem::BadKey("gm")),
        (good.replace("suite modern\n", ""), 4, FileProblem::SuiteLate),
        (
            good.replace("campaign xd-2027", "campaign"),
            4,
            FileProblem::BadCampaign(crate::identity::IdProblem::Empty),
        ),
        (good.replace("AQEB", "AQEC"), 5, FileProblem::WrongId),
        (good.replace("AQEB", "AQ"), 5, FileProblem::BadKey("modern")),
        (good.replace("AQEB", "AQ?B"), 5, FileProblem::NotKeyLine),
        (good.replace("record-key ", "record-key \u{540d}"), 5, FileProblem::NotKeyLine),
        (good.replace("maker-key", "maker-kez"), 6, FileProblem::UnknownEntry("maker-kez".into())),
        (format!("{}{record}\n", good.as_str()), 7, FileProblem::Twice("record-key")),
        (good.replace(record, ""), 6, FileProblem::Missing("record-key")),
        ("xueying-keys 1\n\n".into(), 2, FileProblem::Missing("suite")),
    ];
    for (text, line, problem) in cases {
        assert_eq!(parse_sealing(&text).unwrap_err(), FileError { line, problem }, "{text}");
    }
}

#[test]
fn no_key_is_printed_by_debug() {
    let printed = format!("{:?}", keys());
    assert!(printed.contains("***") && !printed.contains("1, 1") && !printed.contains("2, 2"), "{printed}");
}

#[test]
fn files_of_stations_centres_and_issuers_read_back() {
    for suite in Suite::ALL {
        let secret = |byte: u8, length: usize| Zeroizing::new(vec![byte; length]);
        let signing = |byte| SigningKey::new(suite, secret(byte, suite.signing_key_bytes())).unwrap();
        let hiding = |byte| HidingKey::new(suite, secret(byte, suite.hiding_key_bytes())).unwrap();
        let campaign = CampaignId::try_from("xd-2027".to_owned()).unwrap();
        let centre = CentreKeys {
            campaign: campaign.clone(),
            centre: ReceivingKey::new(suite, secret(3, suite.receiving_key_bytes())).unwrap(),
            receipt: signing(4),
            stations: vec![signing(5).public().clone(), signing(6).public().clone()],
        };
        let station = StationKeys {
            campaign: campaign.clone(),
            station: signing(5),
            receivers: vec![centre.centre.public().clone()],
            receipts: vec![centre.receipt.public().clone()],
        };
        let read = parse_centre(&write_centre(&centre)).unwrap();
        assert_eq!((read.centre.reveal(), read.stations), (centre.centre.reveal(), centre.stations));
        let read = parse_station(&write_station(&station)).unwrap();
        assert_eq!((read.receivers, read.receipts), (station.receivers, station.receipts));
        assert_eq!(read.station.reveal(), station.station.reveal());

        let issuing = IssuingKeys { campaign, code: hiding(7), issuer: signing(8) };
        let read = parse_issuing(&write_issuing(&issuing, &hiding(9))).unwrap();
        assert_eq!((read.code.id(), read.issuer.reveal()), (issuing.code.id(), issuing.issuer.reveal()));
        let read = parse_reading(&write_reading(&issuing, &hiding(9))).unwrap();
        assert_eq!(
            (read.codes.issuer, read.fingerprint.id()),
            (issuing.issuer.public().clone(), hiding(9).id())
        );
    }
}
