//! Whatever is done to a log, the first broken entry is named.

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::checkpoint::{self, Checkpoint};
use super::verify::{AuditFault, Audited, Known, LineFault, verify};
use super::*;
use crate::keys::{SigningKey, VerifyingKey};
use crate::statement::StatementFault;

fn campaign() -> CampaignId {
    "xd-2027".to_owned().try_into().unwrap()
}

fn signer(suite: Suite, byte: u8) -> SigningKey {
    SigningKey::new(suite, Zeroizing::new(vec![byte; suite.signing_key_bytes()])).unwrap()
}

fn entry(number: u64) -> Entry {
    Entry {
        at_ms: 1_804_815_665_000 + number,
        event: "code.scanned".into(),
        subject: format!("2-{number:04}"),
        detail: "操作员 7".into(),
    }
}

/// Nine entries with a checkpoint after the fourth and after the last, and the checkpoints.
fn log(suite: Suite) -> (Vec<String>, Vec<String>) {
    let (mut tip, mut lines, mut kept) = (Tip::start(&campaign(), suite), Vec::new(), Vec::new());
    for number in 1..=9 {
        lines.push(tip.append(&entry(number)).unwrap());
        if number == 4 || number == 9 {
            let at_ms = entry(number).at_ms;
            let (text, line) = checkpoint::append(&mut tip, &campaign(), at_ms, &signer(suite, 2)).unwrap();
            kept.push(text);
            lines.push(line);
        }
    }
    (lines, kept)
}

fn verified(suite: Suite, lines: &[String], kept: &[Checkpoint]) -> Result<Audited, AuditFault> {
    let signers = [signer(suite, 2).public().clone()];
    let campaign = campaign();
    let known = Known { campaign: &campaign, suite, signers: &signers, kept };
    verify(&mut lines.concat().as_bytes(), known)
}

fn fault(suite: Suite, lines: &[String]) -> (u64, LineFault) {
    let AuditFault { line, fault } = verified(suite, lines, &[]).unwrap_err();
    (line, fault)
}

fn read(suite: Suite, kept: &[String]) -> Vec<Checkpoint> {
    let signers: [VerifyingKey; 1] = [signer(suite, 2).public().clone()];
    kept.iter().map(|text| checkpoint::read(text, &signers).unwrap()).collect()
}

#[test]
fn a_whole_log_verifies_to_its_last_checkpoint() {
    for suite in Suite::ALL {
        let (lines, kept) = log(suite);
        let kept = read(suite, &kept);
        let audited = verified(suite, &lines, &kept).unwrap();
        assert_eq!((audited.tip.count, audited.last_checkpoint), (11, kept.last().cloned()));
        assert!(lines[0].starts_with("1\t1804815665001\tcode.scanned\t2-0001\t操作员 7\t"));
    }
}

#[test]
fn the_first_broken_entry_is_named() {
    for suite in Suite::ALL {
        let (good, _) = log(suite);
        for at in 0..good.len() {
            let number = at as u64 + 1;
            let mut dropped = good.clone();
            dropped.remove(at);
            if at + 1 < good.len() {
                assert_eq!(fault(suite, &dropped), (number, LineFault::Number));
                let mut swapped = good.clone();
                swapped.swap(at, at + 1);
                assert_eq!(fault(suite, &swapped), (number, LineFault::Number));
            }
            let mut twice = good.clone();
            twice.insert(at, good[at].clone());
            assert_eq!(fault(suite, &twice), (number + 1, LineFault::Number));
            let mut changed = good.clone();
            changed[at] = good[at].replace("18048156650", "18048156651");
            assert_eq!(fault(suite, &changed), (number, LineFault::Changed));
        }
    }
}

#[test]
fn every_changed_byte_is_found_in_its_entry() {
    for suite in Suite::ALL {
        let (good, _) = log(suite);
        let whole = good.concat();
        for at in 0..whole.len() {
            let mut bytes = whole.clone().into_bytes();
            bytes[at] ^= 1;
            let line = 1 + whole[..whole.floor_char_boundary(at)].matches('\n').count() as u64;
            let signers = [signer(suite, 2).public().clone()];
            let campaign = campaign();
            let known = Known { campaign: &campaign, suite, signers: &signers, kept: &[] };
            let found = verify(&mut &bytes[..], known).unwrap_err().line;
            assert_eq!(found, line, "{suite:?}: byte {at}");
        }
    }
}

#[test]
fn a_log_that_was_cut_off_or_rewritten_does_not_fit_a_checkpoint_kept_elsewhere() {
    for suite in Suite::ALL {
        let (lines, kept) = log(suite);
        let kept = read(suite, &kept);
        // Behind the first checkpoint, the log by itself is good; the paper tells.
        assert!(verified(suite, &lines[..7], &[]).is_ok());
        let cut = verified(suite, &lines[..7], &kept).unwrap_err();
        assert_eq!((cut.line, cut.fault), (8, LineFault::RolledBack));

        let (mut tip, mut other) = (Tip::start(&campaign(), suite), Vec::new());
        for number in 1..=12 {
            other.push(tip.append(&entry(number * 2)).unwrap());
        }
        let rewritten = verified(suite, &other, &kept).unwrap_err();
        assert_eq!((rewritten.line, rewritten.fault), (4, LineFault::RolledBack));
    }
}

/// Who holds the disk but not the key writes a new log with the old checkpoints in it.
#[test]
fn a_rewritten_log_needs_new_checkpoints_and_those_need_the_key() {
    for suite in Suite::ALL {
        let (good, kept) = log(suite);
        let rewrite = |detail: &str| {
            let mut tip = Tip::start(&campaign(), suite);
            let mut lines: Vec<String> = (2..=5).map(|number| tip.append(&entry(number)).unwrap()).collect();
            let line =
                Entry { event: CHECKPOINT.into(), subject: String::new(), detail: detail.into(), ..entry(5) };
            lines.push(tip.push(&line));
            fault(suite, &lines)
        };
        assert_eq!(rewrite(&kept[0]), (5, LineFault::Rewritten));
        let stranger = signer(suite, 3);
        let mut tip = Tip::start(&campaign(), suite);
        let (forged, _) = checkpoint::append(&mut tip, &campaign(), 1, &stranger).unwrap();
        let unknown = StatementFault::UnknownSigner(stranger.public().id());
        assert_eq!(rewrite(&forged), (5, LineFault::Checkpoint(unknown)));
        assert_eq!(good.len(), 11);
    }
}

#[test]
fn a_clock_that_was_set_back_shows() {
    let mut tip = Tip::start(&campaign(), Suite::Modern);
    let lines = [2, 1].map(|number| tip.append(&entry(number)).unwrap());
    assert_eq!(verified(Suite::Modern, &lines, &[]).unwrap().set_back, [2]);
}

#[test]
fn a_log_of_another_campaign_is_another_log() {
    let other = "xd-2028".to_owned().try_into().unwrap();
    let line = Tip::start(&other, Suite::Modern).append(&entry(1)).unwrap();
    assert_eq!(fault(Suite::Modern, &[line]), (1, LineFault::Changed));
}

#[test]
fn a_document_number_does_not_get_into_the_log() {
    let refused = |detail: &str| {
        let entry = Entry { detail: detail.into(), ..entry(1) };
        Tip::start(&campaign(), Suite::Modern).append(&entry).err()
    };
    // The example of GB 11643.
    for personal in ["11010519491231002X", "证件 11010519491231002x 有误", "id=440524188001010014;"] {
        assert_eq!(refused(personal), Some(EntryFault::Personal), "{personal}");
    }
    for plain in ["*****002X", "110105194912310021", "1101051949123100", "a11010519491231002X"] {
        assert_eq!(refused(plain), None, "{plain}");
    }
    assert_eq!(refused("a\tb"), Some(EntryFault::Control));
    assert_eq!(refused(&"a".repeat(513)), Some(EntryFault::TooLong));
    let checkpoint = Entry { event: CHECKPOINT.into(), ..entry(1) };
    assert_eq!(Tip::start(&campaign(), Suite::Gm).append(&checkpoint), Err(EntryFault::Event));
}

proptest! {
    #[test]
    fn every_entry_that_is_taken_verifies(
        texts in prop::collection::vec(("[a-z.]{1,20}", "\\PC{0,40}", "\\PC{0,40}"), 0..20),
        suite in prop::sample::select(&Suite::ALL),
    ) {
        let mut tip = Tip::start(&campaign(), suite);
        let entries = texts.into_iter().map(|(event, subject, detail)| Entry { at_ms: 1, event, subject, detail });
        let lines: Vec<String> = entries.filter_map(|entry| tip.append(&entry).ok()).collect();
        prop_assert_eq!(verified(suite, &lines, &[]).unwrap().tip, tip);
    }

    #[test]
    fn any_text_is_a_log_or_is_refused(text in "\\PC{0,40}(\t\\PC{0,10}){0,6}\n") {
        prop_assert!(verified(Suite::Modern, &[text], &[]).is_err());
    }
}
