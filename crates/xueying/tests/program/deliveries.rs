//! Whoever receives a delivery verifies it; faces are compared over labelled folders.

use std::fs;

use campaign::delivery::package::{Manifest, volume};
use seal::{
    delivery::Signature,
    identity::CampaignId,
    keys::{file::parse_issuing, fresh::Fresh},
    suite::{SEED_BYTES, Seed, Suite},
};

use super::xueying::{complaints, results, text, xueying};

#[test]
fn a_delivery_verifies_and_a_changed_byte_a_missing_volume_and_another_key_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let campaign = CampaignId::try_from("xd-2027".to_owned()).unwrap();
    let fresh = Fresh::new(&campaign, Suite::Gm, &[], Seed::new([7; SEED_BYTES])).unwrap();
    let issuer = parse_issuing(&fresh.issuing).unwrap().issuer;
    let files =
        |from: u8| (from..from + 3).map(|at| (format!("{at}.jpg"), vec![at; 900])).collect::<Vec<_>>();
    let (mut volumes, mut packed) = (Vec::new(), Vec::new());
    for (at, name) in [(0, "a-1.zip"), (3, "a-2.zip")] {
        let (made, bytes) = volume(name, &files(at), Suite::Gm).unwrap();
        volumes.push(made);
        packed.push((folder.path().join(name), bytes));
    }
    let (format, number, made_at_ms) = (1, 1, 5);
    let (campaign, purpose, suite) = (campaign.to_string(), "学历注册".into(), Suite::Gm.name().into());
    let manifest = Manifest { format, campaign, number, made_at_ms, purpose, suite, volumes };
    let said = serde_json::to_vec(&manifest).unwrap();
    let signature = serde_json::to_vec(&Signature::of(&said, &issuer).unwrap()).unwrap();
    let path = folder.path().join("manifest.json");
    let lay = || {
        fs::write(&path, &said).unwrap();
        fs::write(folder.path().join("manifest.sig"), &signature).unwrap();
        for (path, bytes) in &packed {
            fs::write(path, bytes).unwrap();
        }
    };
    let verify = |signer: &str| {
        let output = xueying(["delivery", "verify", &text(&path), "--signer", signer]);
        (output.status.code(), results(&output) + &complaints(&output))
    };
    let key = issuer.public().id().to_string();
    lay();
    let (code, answer) = verify(&key);
    assert_eq!(code, Some(0), "{answer}");
    assert!(answer.contains("6 files in 2 volumes"), "{answer}");
    assert_eq!(verify("0011223344556677").0, Some(1), "another key");

    let mut changed = packed[1].1.clone();
    let at = changed.windows(900).position(|window| window == [4; 900]).unwrap();
    changed[at + 10] ^= 1;
    fs::write(&packed[1].0, changed).unwrap();
    let (code, answer) = verify(&key);
    assert_eq!(code, Some(1));
    assert!(answer.contains("a-2.zip/4.jpg"), "{answer}");
    fs::remove_file(&packed[0].0).unwrap();
    assert!(verify(&key).1.contains("a-1.zip: there is no such file"));
    lay();
    fs::write(&path, String::from_utf8(said.clone()).unwrap().replace("学历注册", "学位注册")).unwrap();
    assert_eq!(verify(&key).0, Some(1), "a changed manifest");
    fs::write(&path, "{}").unwrap();
    assert_eq!(verify(&key).0, Some(2), "no manifest");
}

#[test]
fn exchanged_photos_are_found_and_rates_are_stated_with_their_intervals() {
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str| folder.path().join(name);
    for name in ["photos", "references"] {
        xueying(["render", "--count", "5", "--seed", "30", "--out", &text(&of(name))]);
        fs::remove_file(of(name).join("truth.jsonl")).unwrap();
    }
    let photo = |number: usize| of("photos").join(format!("{number:06}.jpg"));
    let swaps = || {
        xueying([
            "faces",
            "swaps",
            "--photos",
            &text(&of("photos")),
            "--references",
            &text(&of("references")),
        ])
    };
    assert_eq!(swaps().status.code(), Some(0), "{}", results(&swaps()));
    fs::rename(photo(31), of("aside")).unwrap();
    fs::rename(photo(32), photo(31)).unwrap();
    fs::rename(of("aside"), photo(32)).unwrap();
    let found = swaps();
    assert_eq!(found.status.code(), Some(1));
    assert!(results(&found).contains("exchanged: 000031 and 000032"), "{}", results(&found));

    let table = of("references").join("people.csv");
    let lines: Vec<_> = (30..35).map(|number| format!("{number:06}.jpg,p{number},a")).collect();
    fs::write(&table, format!("file,person,group\n{}\n", lines.join("\n"))).unwrap();
    let rates = xueying(["faces", "rates", &text(&table)]);
    assert_eq!(rates.status.code(), Some(0), "{}", complaints(&rates));
    assert!(
        results(&rates).contains("5 photos, 0 pairs of one person, 10 of strangers"),
        "{}",
        results(&rates)
    );
}
