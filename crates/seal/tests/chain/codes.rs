//! Codes of our own: every result of a scan, and whatever is done to a code.

use proptest::prelude::*;
use seal::code::bundle::{
    self, BEGINNING_BYTES, Bundle, BundleFault, Check, Expected, Held, Revoked, Session,
};
use seal::code::port::{CodePort, OwnCodes};
use seal::code::scan::{Presented, Refusal, Says, scan};
use seal::code::text::{CodeKeys, CodeText, IssueError, Issuer, IssuingKeys, LONGEST_CODE};
use seal::code::uses::{Use, Uses};
use seal::code::{Code, CodeId, Holder, Level};
use seal::identity::CampaignId;
use seal::keys::{HidingKey, Nonce, ReceivingKey, SigningKey};
use seal::letter::LetterFault;
use seal::masking::{MaskedDocument, MaskedName};
use seal::statement::StatementFault;
use seal::suite::{SEED_BYTES, Seed, Suite};
use zeroize::Zeroizing;

/// 2027-03-01 and 2027-07-01 UTC, when the codes begin and end, and a morning in between.
pub const ISSUED_S: u64 = 1_803_859_200;
pub const EXPIRES_S: u64 = 1_814_400_000;
pub const NOW_MS: u64 = 1_804_815_665_250;

fn campaign(name: &str) -> CampaignId {
    name.to_owned().try_into().unwrap()
}

fn hiding(suite: Suite, byte: u8) -> HidingKey {
    HidingKey::new(suite, Zeroizing::new(vec![byte; suite.hiding_key_bytes()])).unwrap()
}

fn signing(suite: Suite, byte: u8) -> SigningKey {
    SigningKey::new(suite, Zeroizing::new(vec![byte; suite.signing_key_bytes()])).unwrap()
}

fn station(suite: Suite, byte: u8) -> ReceivingKey {
    ReceivingKey::new(suite, Zeroizing::new(vec![byte; suite.receiving_key_bytes()])).unwrap()
}

fn issuer_of(suite: Suite, name: &str, code: u8, issuer: u8) -> Issuer {
    let keys =
        IssuingKeys { campaign: campaign(name), code: hiding(suite, code), issuer: signing(suite, issuer) };
    Issuer::new(keys, [])
}

pub fn issuer(suite: Suite) -> Issuer {
    issuer_of(suite, "xd-2027", 11, 12)
}

pub fn bundle(suite: Suite) -> Bundle {
    let issuer = signing(suite, 12).public().clone();
    let keys = CodeKeys { code: hiding(suite, 11), issuer, from_s: ISSUED_S - 10, until_s: EXPIRES_S };
    let school = "10701".to_owned().try_into().unwrap();
    Bundle {
        campaign: campaign("xd-2027"),
        edition: 3,
        made_at_s: ISSUED_S,
        keys: vec![keys],
        fingerprint: hiding(suite, 13),
        revoked: Revoked::new([CodeId([9; 12])]),
        schools: vec![(school, "西安电子科技大学".into())],
        sessions: vec![Session {
            name: "计算机2101".into(),
            starts_s: ISSUED_S + 900,
            heads: 31,
            ends_s: ISSUED_S + 1_500,
            station: "2".into(),
            codes: vec![Expected { code: [7; BEGINNING_BYTES], held: Held::Unpaid }],
        }],
        title: "2027 届".into(),
        standard: "jbz-2017-99".into(),
        checks: vec![Check { name: "glasses".into(), zh: "眼镜".into(), en: "glasses".into() }],
        compares_faces: true,
        references: Vec::new(),
        unlike_from: 0.0,
        references_until_s: 0,
        linked: None,
        levels: vec![Level::Undergraduate, Level::Doctor],
    }
}

fn holder(student: &str, name: &str) -> Holder {
    Holder {
        student: student.to_owned().try_into().unwrap(),
        name: MaskedName::of(name),
        document: MaskedDocument::of("61010419990307002X"),
        school: "10701".to_owned().try_into().unwrap(),
        level: Level::Undergraduate,
    }
}

fn issue_with(mut issuer: Issuer, nonce: u8) -> CodeText {
    let holder = holder("10701210234", "欧阳娜娜");
    issuer.issue(&holder, (ISSUED_S, EXPIRES_S), Nonce::new([nonce; 12])).unwrap().1
}

pub fn code_of(suite: Suite, student: &str, nonce: u8) -> String {
    let issued =
        issuer(suite).issue(&holder(student, "欧阳娜娜"), (ISSUED_S, EXPIRES_S), Nonce::new([nonce; 12]));
    issued.unwrap().1.reveal().to_owned()
}

pub fn here(at_ms: u64) -> Use {
    Use { at_ms, station: "2".to_owned().try_into().unwrap() }
}

pub fn scanned(text: &str, bundle: &Bundle, now_ms: u64) -> Result<Presented, Refusal> {
    let own = OwnCodes(bundle);
    let ports: [&dyn CodePort; 1] = [&own];
    scan(text, &ports, (&Uses::default(), &bundle.fingerprint), &here(now_ms))
}

#[test]
fn a_code_says_whose_it_is_in_masked_words() {
    for suite in Suite::ALL {
        let presented = scanned(&code_of(suite, "10701210234", 1), &bundle(suite), NOW_MS).unwrap();
        let Says::Signed(code) = presented.says else { panic!("{presented:?}") };
        let expected = Code {
            id: CodeId([1; 12]),
            holder: holder("10701210234", "欧阳娜娜"),
            issued_s: ISSUED_S,
            expires_s: EXPIRES_S,
        };
        assert_eq!(code, expected);
        assert_eq!(code.holder.name.as_str(), "欧**娜");
        assert_eq!(code.holder.document.as_str(), "*****002X");
    }
}

#[test]
fn every_refusal_of_a_code_has_its_own_reason() {
    for suite in Suite::ALL {
        let (bundle, good) = (bundle(suite), code_of(suite, "10701210234", 1));
        let check = |text: &str, now_ms| scanned(text, &bundle, now_ms).unwrap_err();
        assert_eq!(check(&good, EXPIRES_S * 1000), Refusal::Expired { at_s: EXPIRES_S });
        assert!(scanned(&good, &bundle, EXPIRES_S * 1000 - 1).is_ok());
        assert_eq!(check(&good, ISSUED_S * 1000 - 1), Refusal::NotYet { from_s: ISSUED_S });
        let revoked = code_of(suite, "10701210234", 9);
        assert_eq!(check(&revoked, NOW_MS), Refusal::Revoked { code: CodeId([9; 12]) });
        let other = issue_with(issuer_of(suite, "xd-2028", 21, 22), 1);
        assert_eq!(check(other.reveal(), NOW_MS), Refusal::OtherCampaign { key: hiding(suite, 21).id() });
        assert_eq!(check(&good[..good.len() - 1], NOW_MS), Refusal::Damaged);
        assert_eq!(check(&good.replacen("XY1:", "XY1: ", 1), NOW_MS), Refusal::Damaged);
        assert_eq!(check("https://example.org", NOW_MS), Refusal::NoCode);
    }
}

/// Somebody at a station took the code key, which every station has, but has no issuer's key.
#[test]
fn the_code_key_alone_does_not_make_a_code() {
    for suite in Suite::ALL {
        let forged = issue_with(issuer_of(suite, "xd-2027", 11, 66), 1);
        assert_eq!(scanned(forged.reveal(), &bundle(suite), NOW_MS), Err(Refusal::Forged));
    }
}

/// The same keys used for two campaigns by mistake: the campaign is part of what is signed and hidden.
#[test]
fn a_code_counts_in_its_own_campaign_only() {
    for suite in Suite::ALL {
        let other = issue_with(issuer_of(suite, "xd-2028", 11, 12), 1);
        assert_eq!(scanned(other.reveal(), &bundle(suite), NOW_MS), Err(Refusal::Forged));
    }
}

#[test]
fn keys_that_were_replaced_issue_no_more_codes_and_old_codes_stay_good() {
    for suite in Suite::ALL {
        let mut bundle = bundle(suite);
        let next = signing(suite, 15).public().clone();
        let at_s = ISSUED_S + 3600;
        bundle.keys[0].until_s = at_s;
        bundle.keys.push(CodeKeys {
            code: hiding(suite, 14),
            issuer: next,
            from_s: at_s,
            until_s: EXPIRES_S,
        });
        let issue = |code, issuer, from_s| {
            let mut issuer = issuer_of(suite, "xd-2027", code, issuer);
            let holder = holder("1", "张三");
            issuer.issue(&holder, (from_s, EXPIRES_S), Nonce::new([code; 12])).unwrap().1.reveal().to_owned()
        };
        assert!(scanned(&issue(11, 12, at_s - 1), &bundle, NOW_MS).is_ok());
        assert!(scanned(&issue(14, 15, at_s), &bundle, NOW_MS).is_ok());
        assert_eq!(scanned(&issue(11, 12, at_s), &bundle, NOW_MS), Err(Refusal::Forged));
        assert_eq!(scanned(&issue(14, 15, at_s - 1), &bundle, NOW_MS), Err(Refusal::Forged));
    }
}

#[test]
fn every_changed_bit_and_every_cut_of_a_code_is_refused() {
    for suite in Suite::ALL {
        let (bundle, good) = (bundle(suite), code_of(suite, "10701210234", 1));
        let bytes = base45::decode(good.strip_prefix("XY1:").unwrap()).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let text = format!("XY1:{}", base45::encode(&changed));
            assert!(scanned(&text, &bundle, NOW_MS).is_err(), "{suite:?}: bit {bit}");
        }
        for length in 0..good.len() {
            assert!(scanned(&good[..length], &bundle, NOW_MS).is_err(), "{suite:?}: {length} characters");
        }
        for more in ["0", "00", "000", "A B"] {
            assert!(scanned(&format!("{good}{more}x"), &bundle, NOW_MS).is_err(), "{suite:?}: {more} more");
        }
        assert!(scanned(&good.to_lowercase(), &bundle, NOW_MS).is_err());
    }
}

#[test]
fn a_code_for_the_longest_usual_student_stays_under_320_characters() {
    for suite in Suite::ALL {
        let mut issuer = issuer(suite);
        // 学号 of 16, and the longest masked name that is not shortened: 生僻字 at both ends, a dot, two runs.
        let holder = holder("1070120271234567", "𠮷阿阿阿阿阿·阿阿阿阿阿𠮷");
        let (_, code) = issuer.issue(&holder, (ISSUED_S, EXPIRES_S), Nonce::new([1; 12])).unwrap();
        assert!(code.reveal().len() <= LONGEST_CODE);
        let usual = code_of(suite, "10701210234", 2);
        let longest = match suite {
            Suite::Modern => 262, // version 9 at correction M (ISO/IEC 18004 table 7)
            _ => 311,             // version 10
        };
        assert!(usual.len() <= longest, "{suite:?}: {}", usual.len());
        let mut endless = holder.clone();
        endless.student = "9".repeat(64).try_into().unwrap();
        let refused = issuer.issue(&endless, (ISSUED_S, EXPIRES_S), Nonce::new([3; 12]));
        assert!(matches!(refused, Err(IssueError::TooLong { length: 320.. })), "{refused:?}");
    }
}

#[test]
fn an_issuer_never_gives_an_id_twice_even_after_a_restart() {
    let mut first = issuer(Suite::Modern);
    let holder = holder("1", "张三");
    let period = (ISSUED_S, EXPIRES_S);
    first.issue(&holder, period, Nonce::new([1; 12])).unwrap();
    assert_eq!(first.issue(&holder, period, Nonce::new([1; 12])).unwrap_err(), IssueError::Repeated);
    let ids: Vec<CodeId> = first.issued().collect();
    let mut later = Issuer::new(issuer(Suite::Modern).keys, ids);
    assert_eq!(later.issue(&holder, period, Nonce::new([1; 12])).unwrap_err(), IssueError::Repeated);
    assert!(later.issue(&holder, period, Nonce::new([2; 12])).is_ok());
    assert_eq!(later.issue(&holder, (5, 5), Nonce::new([3; 12])).unwrap_err(), IssueError::NoTime);
}

#[test]
fn nothing_of_a_person_is_printed_by_debug() {
    let text = issue_with(issuer(Suite::Gm), 1);
    let presented = scanned(text.reveal(), &bundle(Suite::Gm), NOW_MS);
    let printed = format!("{presented:?} {text:?} {:?}", bundle(Suite::Gm));
    for word in ["10701210234", "欧", "002X", "XY1:", "11, 11"] {
        assert!(!printed.contains(word), "{word} in {printed}");
    }
}

#[test]
fn a_bundle_reaches_its_station_whole_and_only_from_the_authority() {
    for suite in Suite::ALL {
        let (authority, me) = (signing(suite, 31), station(suite, 32));
        let sent = bundle(suite);
        let letter = bundle::write(&sent, &authority, me.public(), Seed::new([1; SEED_BYTES])).unwrap();
        let came = bundle::open(&letter, &me, authority.public()).unwrap();
        assert_eq!((came.campaign.clone(), came.edition, came.made_at_s), (sent.campaign, 3, ISSUED_S));
        assert_eq!(
            (&came.schools, &came.sessions, &came.revoked),
            (&sent.schools, &sent.sessions, &sent.revoked)
        );
        assert!(scanned(&code_of(suite, "1", 1), &came, NOW_MS).is_ok());

        let stranger = signing(suite, 33);
        let unknown = BundleFault::Statement(StatementFault::UnknownSigner(authority.public().id()));
        assert_eq!(bundle::open(&letter, &me, stranger.public()).unwrap_err(), unknown);
        let other = bundle::open(&letter, &station(suite, 34), authority.public()).unwrap_err();
        assert_eq!(other, BundleFault::Letter(LetterFault::NotForThisKey(me.public().id())));
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,400}", code in "XY1:[0-9A-Z $%*+./:-]{0,320}") {
        let bundle = bundle(Suite::Modern);
        prop_assert!(scanned(&text, &bundle, NOW_MS).is_err());
        prop_assert!(scanned(&code, &bundle, NOW_MS).is_err());
    }

    #[test]
    fn every_holder_comes_back(
        student in "[0-9A-Z]{1,18}",
        name in "[\u{4e00}-\u{9fff}]{1,4}(·[\u{4e00}-\u{9fff}]{1,4})?",
        document in "[0-9]{6,17}[0-9X]",
        level in prop::sample::select(&Level::ALL),
        suite in prop::sample::select(&Suite::ALL),
        nonce in any::<[u8; 12]>(),
    ) {
        let mut sent = holder(&student, &name);
        sent.document = MaskedDocument::of(&document);
        sent.level = level;
        let (id, text) = issuer(suite).issue(&sent, (ISSUED_S, EXPIRES_S), Nonce::new(nonce)).unwrap();
        let mut bundle = bundle(suite);
        bundle.revoked = Revoked::default();
        let presented = scanned(text.reveal(), &bundle, NOW_MS).unwrap();
        let Says::Signed(code) = presented.says else { return Err(TestCaseError::fail("not signed")) };
        prop_assert_eq!((code.id, code.holder), (id, sent));
    }
}
