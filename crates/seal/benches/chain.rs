//! What the chain costs on one core, in both suites: codes, records, packets beside the raw cipher, the log.
//!
//! `make bench` runs it. Rates are those of the best of three runs; compare ratios, not machines.
#![expect(clippy::unwrap_used, reason = "a bench stops where its own preparation fails")]

use std::hint::black_box;
use std::io::{Cursor, Read, sink};
use std::time::{Duration, Instant};

use seal::audit::verify::{Known, verify};
use seal::audit::{Entry, Tip};
use seal::code::fingerprint::Fingerprint;
use seal::code::text::{CodeKeys, Issuer, IssuingKeys, read};
use seal::code::{Holder, Level};
use seal::identity::{CampaignId, Identity};
use seal::keys::{HidingKey, Keyring, Nonce, OpeningKeys, ReceivingKey, SealingKeys, SigningKey};
use seal::masking::{MaskedDocument, MaskedName};
use seal::packet::contents::{Contents, Item, ItemKind, Register};
use seal::packet::{PackingKeys, open, pack};
use seal::suite::{Hasher, SEED_BYTES, Seed, Suite};
use seal::{photo, rest};
use zeroize::Zeroizing;

/// A finished photo's usual size, as its own COM-free stand-in.
const PHOTO: &[u8] = include_bytes!("../tests/chain/gradient.jpg");
/// A camera's original.
const ORIGINAL_BYTES: usize = 6_000_000;
/// Entries of a large school's whole campaign.
const ENTRIES: u64 = 1_000_000;

/// Gives what it measured in a suite.
type Measure = fn(Suite) -> String;

fn main() {
    println!("on one core                                 modern            gm");
    let rows: [(&str, Measure); 9] = [
        ("codes issued", issuing),
        ("codes verified", reading),
        ("records sealed", sealing),
        ("records opened", opening),
        ("digest alone, 6 MB", hashing),
        ("cipher alone, 6 MB", ciphering),
        ("packets packed, 6 MB", packing),
        ("packets opened, 6 MB", unpacking),
        ("log of a million entries verified", auditing),
    ];
    for (name, measure) in rows {
        let [modern, gm] = Suite::ALL.map(measure);
        println!("{name:<36}{modern:>14}{gm:>14}");
    }
}

fn per_second(count: usize, mut work: impl FnMut()) -> String {
    let rate = count as f64 / best(|| (0..count).for_each(|_| work())).as_secs_f64();
    format!("{rate:.0} /s")
}

fn megabytes(bytes: usize, work: impl FnMut()) -> String {
    format!("{:.0} MB/s", bytes as f64 / 1e6 / best(work).as_secs_f64())
}

fn best(mut work: impl FnMut()) -> Duration {
    let time = || {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    std::iter::repeat_with(time).take(3).min().unwrap_or_default()
}

fn hiding(suite: Suite) -> HidingKey {
    HidingKey::new(suite, Zeroizing::new(vec![1; suite.hiding_key_bytes()])).unwrap()
}

fn signing(suite: Suite) -> SigningKey {
    SigningKey::new(suite, Zeroizing::new(vec![2; suite.signing_key_bytes()])).unwrap()
}

fn receiving(suite: Suite) -> ReceivingKey {
    ReceivingKey::new(suite, Zeroizing::new(vec![3; suite.receiving_key_bytes()])).unwrap()
}

fn campaign() -> CampaignId {
    "xd-2027".to_owned().try_into().unwrap()
}

fn issuer(suite: Suite) -> Issuer {
    Issuer::new(IssuingKeys { campaign: campaign(), code: hiding(suite), issuer: signing(suite) }, [])
}

fn holder() -> Holder {
    Holder {
        student: "10701210234".to_owned().try_into().unwrap(),
        name: MaskedName::of("欧阳娜娜"),
        document: MaskedDocument::of("11010519491231002X"),
        school: "10701".to_owned().try_into().unwrap(),
        level: Level::Undergraduate,
    }
}

fn nonce(number: u64) -> Nonce {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    Nonce::new(bytes)
}

fn issuing(suite: Suite) -> String {
    let (mut issuer, holder, mut number) = (issuer(suite), holder(), 0);
    per_second(5000, || {
        number += 1;
        black_box(issuer.issue(&holder, (1, 2), nonce(number)).unwrap());
    })
}

fn reading(suite: Suite) -> String {
    let (_, text) = issuer(suite).issue(&holder(), (1, 2), nonce(1)).unwrap();
    let public = signing(suite).public().clone();
    let keys = [CodeKeys { code: hiding(suite), issuer: public, from_s: 0, until_s: 9 }];
    let campaign = campaign();
    per_second(3000, || {
        black_box(read(text.reveal(), &campaign, &keys).unwrap());
    })
}

fn identity() -> Identity {
    Identity {
        student: "10701210234".to_owned().try_into().unwrap(),
        campaign: campaign(),
        shot: "01957f3c-2b7a-7c4e-9d10-5a6b7c8d9e0f".parse().unwrap(),
        made_at_ms: 1,
        station: "2".to_owned().try_into().unwrap(),
    }
}

fn sealing(suite: Suite) -> String {
    let keys = SealingKeys { campaign: campaign(), record: hiding(suite), maker: signing(suite) };
    let identity = identity();
    per_second(3000, || {
        black_box(photo::seal(PHOTO, &identity, &keys, nonce(1)).unwrap());
    })
}

fn opening(suite: Suite) -> String {
    let keys = SealingKeys { campaign: campaign(), record: hiding(suite), maker: signing(suite) };
    let sealed = photo::seal(PHOTO, &identity(), &keys, nonce(1)).unwrap();
    let makers = vec![signing(suite).public().clone()];
    let keyring =
        Keyring { campaigns: vec![OpeningKeys { campaign: campaign(), record: hiding(suite), makers }] };
    per_second(3000, || {
        black_box(photo::open(&sealed, &keyring).unwrap());
    })
}

fn hashing(suite: Suite) -> String {
    let bytes = vec![5; ORIGINAL_BYTES];
    megabytes(ORIGINAL_BYTES, || {
        let mut hasher = Hasher::new(suite);
        hasher.update(&bytes);
        black_box(hasher.finish());
    })
}

/// A file at rest is one call of the cipher, and a copy.
fn ciphering(suite: Suite) -> String {
    let (bytes, key) = (vec![5; ORIGINAL_BYTES], hiding(suite));
    megabytes(ORIGINAL_BYTES, || {
        black_box(rest::put(&bytes, "a", &key, nonce(1)).unwrap());
    })
}

fn packed(suite: Suite, bytes: &[u8], out: &mut dyn std::io::Write) {
    let register = Register {
        shot: identity().shot,
        generation: 1,
        number: "2-0137".into(),
        station: identity().station,
        operator: "op-7".into(),
        captured_ms: 1,
        packed_ms: 2,
        code: Fingerprint([7; 32]),
        original: [8; 32],
    };
    let items = vec![Item { kind: ItemKind::Original, name: "a.jpg".into(), size_bytes: bytes.len() as u64 }];
    let contents = Contents { campaign: campaign(), rules: "jbz-2017-99 1".into(), register, items };
    let (station, receivers) = (signing(suite), [receiving(suite).public().clone()]);
    let keys = PackingKeys { station: &station, receivers: &receivers };
    let mut source = Cursor::new(bytes);
    let sources: &mut [&mut dyn Read] = &mut [&mut source];
    pack(&contents, sources, keys, Seed::new([1; SEED_BYTES]), out).unwrap();
}

fn packing(suite: Suite) -> String {
    let bytes = vec![5; ORIGINAL_BYTES];
    megabytes(ORIGINAL_BYTES, || packed(suite, &bytes, &mut sink()))
}

fn unpacking(suite: Suite) -> String {
    let mut packet = Vec::new();
    packed(suite, &vec![5; ORIGINAL_BYTES], &mut packet);
    let (key, stations) = (receiving(suite), [signing(suite).public().clone()]);
    megabytes(ORIGINAL_BYTES, || {
        let opened = open(&mut Cursor::new(&packet), &key, &stations, &mut |_, _, bytes| {
            black_box(bytes);
            Ok(())
        });
        black_box(opened.unwrap());
    })
}

fn auditing(suite: Suite) -> String {
    let (campaign, mut log) = (campaign(), String::new());
    let mut tip = Tip::start(&campaign, suite);
    for number in 0..ENTRIES {
        let subject = format!("2-{:04}", number % 10_000);
        let detail = "op-7 accepted".to_owned();
        let entry = Entry { at_ms: number, event: "code.scanned".into(), subject, detail };
        log += &tip.append(&entry).unwrap();
    }
    let known = Known { campaign: &campaign, suite, signers: &[], kept: &[] };
    let time = best(|| {
        black_box(verify(&mut log.as_bytes(), known).unwrap());
    });
    format!("{:.2} s", time.as_secs_f64())
}
