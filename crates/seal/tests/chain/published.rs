//! `docs/vectors.md` is what this program makes. `XUEYING_BLESS=1` writes it anew after a change of format.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use seal::audit::{Entry, Tip, checkpoint};
use seal::enrolment::{Certificate, TOKEN_BYTES, Token, certify, request};
use seal::identity::{CampaignId, StationId};
use seal::keys::locked::{Passphrase, lock};
use seal::keys::{HidingKey, Nonce, ReceivingKey, SigningKey, sheet};
use seal::packet::PacketId;
use seal::packet::manifest::{self, Manifest};
use seal::packet::receipt::{self, Receipt, Stage};
use seal::suite::{SEED_BYTES, Seed, Suite};
use seal::{letter, rest};
use zeroize::Zeroizing;

const HEAD: &str = "# Test vectors\n\n\
    Made by the program and compared by its tests; `docs/formats.md` says what they are. Vectors of records, \
    codes and packets stand there.\n\
    Keys that sign are the bytes `20 21 …`, keys that receive `40 41 …`, keys that hide `00 01 …`, seeds and \
    tokens `60 61 …`, nonces `40 … 4b`; campaign `xd-2027`, station `2`.\n";

fn counting(from: u8, length: usize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new((from..).take(length).collect())
}

fn seed() -> Seed {
    Seed::new(counting(0x60, SEED_BYTES).as_slice().try_into().unwrap())
}

fn section(title: &str, bytes: &[u8]) -> String {
    let mut text = format!("\n{title}, {} bytes:\n\n```\n", bytes.len());
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    text + "\n```\n"
}

fn vectors(suite: Suite) -> String {
    let signing = SigningKey::new(suite, counting(0x20, suite.signing_key_bytes())).unwrap();
    let receiving = ReceivingKey::new(suite, counting(0x40, suite.receiving_key_bytes())).unwrap();
    let hiding = HidingKey::new(suite, counting(0, suite.hiding_key_bytes())).unwrap();
    let nonce = Nonce::new(counting(0x40, 12).as_slice().try_into().unwrap());
    let campaign: CampaignId = "xd-2027".to_owned().try_into().unwrap();
    let station: StationId = "2".to_owned().try_into().unwrap();
    let token = Token::new(counting(0x60, TOKEN_BYTES).as_slice().try_into().unwrap());

    let mut text = format!("\n## Suite `{}`\n", suite.name());
    let written = letter::write(b"hello", "bundle", receiving.public(), seed()).unwrap();
    text += &section("Letter for `bundle` that says `hello`", &written);
    let (packet, at_ms) = (PacketId([7; 32]), 1_804_815_800_000);
    let words = Receipt { packet, campaign: campaign.clone(), stage: Stage::Opened, at_ms };
    text += &section(
        "Receipt of stage 2 for packet `07…07` at 1804815800000",
        &receipt::write(&words, &signing).unwrap(),
    );
    let packets = BTreeMap::from([(packet, 4711)]);
    let list = Manifest { campaign: campaign.clone(), made_at_ms: at_ms, packets };
    text += &section(
        "Manifest of packet `07…07` of 4711 bytes at 1804815800000",
        &manifest::write(&list, &signing).unwrap(),
    );
    let asked = request(&campaign, &station, (&signing, receiving.public()), &token).unwrap();
    text += &section("Enrolment request", &asked);
    let (public, to) = (signing.public().clone(), receiving.public().clone());
    let paper = Certificate {
        campaign: campaign.clone(),
        station,
        signing: public,
        receiving: to,
        from_s: 1,
        until_s: 2,
    };
    text += &section("Certificate by the same key, from 1 until 2", &certify(&paper, &signing).unwrap());
    text += &section(
        "File `a.jpg` at rest that holds `photo`",
        &rest::put(b"photo", "a.jpg", &hiding, nonce).unwrap(),
    );
    text +=
        &section("Destruction of that key at 7 ms", &rest::destroy(hiding, &campaign, 7, &signing).unwrap());
    let mut tip = Tip::start(&campaign, suite);
    let entry =
        Entry { at_ms, event: "code.scanned".into(), subject: "2-0137".into(), detail: "op-7".into() };
    let first = tip.append(&entry).unwrap();
    let (_, second) = checkpoint::append(&mut tip, &campaign, at_ms, &signing).unwrap();
    text += "\nLog of one entry and a checkpoint (fields are separated by tabs):\n\n```\n";
    text += &(first + &second + "```\n");
    let passphrase = Passphrase::new(Zeroizing::new("correct horse battery".into())).unwrap();
    let locked = lock("xueying-keys 1\n", suite, &passphrase, seed()).unwrap();
    text + "\nKey file `xueying-keys 1` and a line break under the passphrase `correct horse battery`, and its backup sheet:\n\n```\n"
        + &locked
        + "```\n\n```\n"
        + &sheet::write(&locked)
        + "```\n"
}

#[test]
fn the_published_vectors_are_what_this_program_makes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/vectors.md");
    let made = HEAD.to_owned() + &Suite::ALL.map(vectors).concat();
    if env::var_os("XUEYING_BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert!(published == made, "docs/vectors.md differs from what is made; see the head of this test");
}
