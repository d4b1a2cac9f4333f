//! The chain as people walk it on the command line: keys, codes, pictures of codes, packets, a stick, a log.

use std::{fs, path::Path, process::Command};

use portrait::picture::Picture;
use seal::{
    audit::{Entry, Tip, checkpoint},
    keys::file,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    photos,
    xueying::{complaints, lines, results, text, xueying, xueying_in},
};

const ROSTER: &str = "学号,姓名,证件号码,层次,班级\n\
    2027900001,林晓雨,999999200501010018,本科,计算机2101\n\
    2027900002,艾尼瓦尔·买买提,999999200501010026,本科,计算机2101\n\
    2027900003,欧阳若溪,H12345678,硕士,软件2102\n";

/// A folder with the keys of a campaign in `keys`.
fn campaign(suite: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let arguments =
        ["keys", "campaign", "--campaign", "xd-2027", "--suite", suite, "--stations", "1,2", "--out", "keys"];
    let made = xueying_in(folder.path(), arguments);
    assert_eq!(made.status.code(), Some(0), "{}", complaints(&made));
    folder
}

fn issue(folder: &Path, roster: &[u8], more: &[&str]) -> std::process::Output {
    fs::write(folder.join("roster.csv"), roster).unwrap();
    let fixed = [
        "code",
        "issue",
        "roster.csv",
        "--keys",
        "keys/issuing.keys",
        "--school",
        "10701",
        "--school-name",
        "西安电子科技大学",
        "--until",
        "2099-07-01",
        "--out",
        "codes",
    ];
    xueying_in(folder, fixed.iter().chain(more))
}

fn read(folder: &Path, pictures: &[&str], more: &[&str]) -> (Option<i32>, Vec<Value>) {
    let fixed = ["code", "read", "--keys", "keys/reading.keys", "--format", "json"];
    let output = xueying_in(folder, fixed.iter().chain(pictures).chain(more));
    (output.status.code(), lines(&output))
}

#[test]
fn codes_are_issued_drawn_read_drawn_again_and_revoked() {
    for suite in ["modern", "gm"] {
        let folder = campaign(suite);
        let folder = folder.path();
        let issued = issue(folder, ROSTER.as_bytes(), &[]);
        assert_eq!(issued.status.code(), Some(0), "{}", complaints(&issued));

        let picture = "codes/计算机2101/2027900002.png";
        let (status, found) = read(folder, &[picture], &[]);
        assert_eq!((status, found.len()), (Some(0), 1));
        assert_eq!(found[0]["result"], "valid");
        assert_eq!(found[0]["code"]["student"], "2027900002");
        assert_eq!(found[0]["code"]["name"], "艾***·**提");
        assert_eq!(found[0]["code"]["document"], "*****0026");

        let card = ["code", "card", picture, "--keys", "keys/reading.keys", "--out", "again.png"];
        assert_eq!(xueying_in(folder, card).status.code(), Some(0));
        let (_, again) = read(folder, &["again.png"], &[]);
        assert_eq!(again[0]["fingerprint"], found[0]["fingerprint"]);

        let id = found[0]["code"]["id"].as_str().unwrap();
        let revoke = ["code", "revoke", id, "--issued", "codes/issued.csv"];
        assert_eq!(xueying_in(folder, revoke).status.code(), Some(0));
        let (status, revoked) = read(folder, &[picture], &["--issued", "codes/issued.csv"]);
        assert_eq!((status, revoked[0]["result"].as_str()), (Some(1), Some("revoked")));
        let (status, nothing) = read(folder, &[picture], &["--issued", "codes/isued.csv"]);
        assert_eq!(
            (status, nothing.len()),
            (Some(2), 0),
            "a missing ledger revokes nothing, so it is no answer"
        );
    }
}

#[test]
fn a_sheet_of_cards_stands_ready_for_every_class_and_shows_no_whole_name() {
    let folder = campaign("modern");
    assert_eq!(issue(folder.path(), ROSTER.as_bytes(), &[]).status.code(), Some(0));
    let page = fs::read_to_string(folder.path().join("codes/计算机2101.html")).unwrap();
    assert_eq!(page.matches("<figure>").count(), 2);
    assert!(folder.path().join("codes/软件2102.html").exists());
    let ledger = fs::read_to_string(folder.path().join("codes/issued.csv")).unwrap();
    for whole in ["林晓雨", "买买提", "999999200501010018", "XY1:"] {
        assert!(!page.contains(whole) && !ledger.contains(whole), "{whole}");
    }
}

#[test]
fn a_second_run_keeps_the_codes_and_again_replaces_them() {
    let folder = campaign("modern");
    let folder = folder.path();
    issue(folder, ROSTER.as_bytes(), &[]);
    let before = fs::read(folder.join("codes/issued.csv")).unwrap();
    let kept = issue(folder, ROSTER.as_bytes(), &[]);
    assert!(results(&kept).starts_with("0 codes issued, 3 students have one already"), "{}", results(&kept));
    assert_eq!(fs::read(folder.join("codes/issued.csv")).unwrap(), before);

    let picture = "codes/软件2102/2027900003.png";
    fs::copy(folder.join(picture), folder.join("old.png")).unwrap();
    issue(folder, ROSTER.as_bytes(), &["--again"]);
    let (status, found) = read(folder, &["old.png", picture], &["--issued", "codes/issued.csv"]);
    assert_eq!(status, Some(1));
    assert_eq!((found[0]["result"].as_str(), found[1]["result"].as_str()), (Some("revoked"), Some("valid")));
}

#[test]
fn a_roster_of_chinese_excel_is_read_and_a_wrong_line_is_named_without_its_content() {
    let folder = campaign("modern");
    let gbk = encoding_rs::GB18030.encode(ROSTER).0.into_owned();
    assert_eq!(issue(folder.path(), &gbk, &[]).status.code(), Some(0));

    let wrong = ROSTER.replace("硕士", "壁士");
    let refused = issue(folder.path(), wrong.as_bytes(), &["--again"]);
    let said = complaints(&refused);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said.contains("row 4") && !said.contains("欧阳"), "{said}");
}

#[test]
fn pictures_with_no_code_or_a_code_of_another_campaign_say_so() {
    let (ours, theirs) = (campaign("modern"), campaign("modern"));
    issue(theirs.path(), ROSTER.as_bytes(), &[]);
    let picture = text(&theirs.path().join("codes/软件2102/2027900003.png"));
    let (status, found) = read(ours.path(), &[&picture], &[]);
    assert_eq!((status, found[0]["result"].as_str()), (Some(1), Some("other-campaign")));

    let plain = plain_photo(ours.path());
    let (status, found) = read(ours.path(), &[&plain], &[]);
    assert_eq!((status, found[0]["result"].as_str()), (Some(1), Some("no-code")));

    let missing =
        xueying_in(ours.path(), ["code", "read", "--keys", "keys/reading.keys", "nothing.png", &picture]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        complaints(&missing).starts_with("nothing.png: ") && results(&missing).contains("another campaign")
    );
}

/// A photo without a code.
fn plain_photo(folder: &Path) -> String {
    let path = folder.join("photo.jpg");
    fs::write(&path, photos::jpeg(&Picture::filled(480, 640, [100, 197, 255]))).unwrap();
    text(&path)
}

/// The id that `packet pack` printed.
fn pack(folder: &Path, photo: &str, number: &str, more: &[&str]) -> String {
    let code = "ab".repeat(32);
    let fixed = [
        "packet",
        "pack",
        photo,
        "--keys",
        "keys/station-2.keys",
        "--out",
        "outbox",
        "--number",
        number,
        "--code",
        &code,
    ];
    let packed = xueying_in(folder, fixed.iter().chain(more));
    assert_eq!(packed.status.code(), Some(0), "{}", complaints(&packed));
    results(&packed).split(' ').next().unwrap().to_owned()
}

#[test]
fn a_packet_is_packed_verified_and_opened_once() {
    for suite in ["modern", "gm"] {
        let folder = campaign(suite);
        let folder = folder.path();
        plain_photo(folder);
        fs::write(folder.join("original.nef"), vec![7; 200_000]).unwrap();
        let shot = "01957f3c-2b7a-7c4e-9d10-5a6b7c8d9e0f";
        let id = pack(folder, "photo.jpg", "2-0137", &["--original", "original.nef", "--shot", shot]);
        let packet = format!("outbox/{id}.xyp");
        let verified = xueying_in(folder, ["packet", "verify", &packet, "--keys", "keys/centre.keys"]);
        assert!(verified.status.success() && results(&verified).contains(&id));

        let open =
            || xueying_in(folder, ["packet", "open", &packet, "--keys", "keys/centre.keys", "--out", "in"]);
        assert!(results(&open()).contains("✓ 2-0137"));
        let inside = folder.join(format!("in/{shot}-0"));
        assert_eq!(fs::read(inside.join("photo.jpg")).unwrap(), fs::read(folder.join("photo.jpg")).unwrap());
        assert_eq!(fs::read(inside.join("original.nef")).unwrap(), vec![7; 200_000]);
        let register: Value =
            serde_json::from_slice(&fs::read(inside.join("register.json")).unwrap()).unwrap();
        assert_eq!(
            (register["packet"].as_str(), register["station"].as_str()),
            (Some(id.as_str()), Some("2"))
        );
        assert!(results(&open()).contains("opened before"));
        assert_eq!(fs::read_dir(folder.join("in")).unwrap().count(), 1);

        let other = pack(folder, "photo.jpg", "2-0138", &["--shot", shot]);
        let other = format!("outbox/{other}.xyp");
        let alarm =
            xueying_in(folder, ["packet", "open", &other, "--keys", "keys/centre.keys", "--out", "in"]);
        assert_eq!(alarm.status.code(), Some(2));
        assert!(complaints(&alarm).contains("another packet for the same photo"), "{}", complaints(&alarm));
    }
}

#[test]
fn packets_travel_on_a_stick_and_what_is_lost_or_changed_is_named() {
    let folder = campaign("modern");
    let folder = folder.path();
    plain_photo(folder);
    let ids: Vec<String> = (1..=4).map(|n| pack(folder, "photo.jpg", &format!("2-000{n}"), &[])).collect();
    let export = ["packet", "export", "outbox", "--to", "stick", "--keys", "keys/station-2.keys"];
    assert!(results(&xueying_in(folder, export)).starts_with("4 packets"));

    let on_stick = |n: usize| folder.join(format!("stick/{}.xyp", ids[n]));
    fs::remove_file(on_stick(0)).unwrap();
    let mut changed = fs::read(on_stick(1)).unwrap();
    changed[2000] ^= 1;
    fs::write(on_stick(1), changed).unwrap();
    let import =
        || xueying_in(folder, ["packet", "import", "stick", "--to", "intake", "--keys", "keys/centre.keys"]);
    let imported = import();
    assert_eq!(imported.status.code(), Some(2));
    let said = results(&imported);
    assert!(said.starts_with("2 packets imported, 4 are listed"), "{said}");
    assert_eq!(said.matches("listed but missing").count(), 2);
    assert!(complaints(&imported).contains(&ids[1]));

    fs::copy(folder.join(format!("outbox/{}.xyp", ids[0])), on_stick(0)).unwrap();
    fs::copy(folder.join(format!("outbox/{}.xyp", ids[1])), on_stick(1)).unwrap();
    assert_eq!(import().status.code(), Some(0));
    assert_eq!(fs::read_dir(folder.join("intake")).unwrap().count(), 4);
}

#[test]
fn a_log_is_verified_and_the_first_broken_entry_is_named() {
    let folder = campaign("modern");
    let folder = folder.path();
    let keys = file::parse_centre(&fs::read_to_string(folder.join("keys/centre.keys")).unwrap()).unwrap();
    let mut tip = Tip::start(&keys.campaign, keys.centre.public().suite());
    let mut log = String::new();
    for number in 1..=9 {
        let entry = Entry {
            at_ms: number,
            event: "shot".into(),
            subject: format!("2-000{number}"),
            detail: String::new(),
        };
        log += &tip.append(&entry).unwrap();
    }
    let (kept, line) = checkpoint::append(&mut tip, &keys.campaign, 10, &keys.receipt).unwrap();
    log += &line;
    fs::write(folder.join("day.log"), &log).unwrap();
    fs::write(folder.join("day.checkpoint"), kept).unwrap();
    let verify = |log: &str| {
        xueying_in(
            folder,
            ["audit", "verify", log, "--keys", "keys/centre.keys", "--checkpoint", "day.checkpoint"],
        )
    };
    assert_eq!(verify("day.log").status.code(), Some(0), "{}", complaints(&verify("day.log")));

    fs::write(folder.join("changed.log"), log.replace("2-0005", "2-0006")).unwrap();
    let broken = verify("changed.log");
    assert_eq!(broken.status.code(), Some(1));
    assert!(complaints(&broken).contains("entry 5"), "{}", complaints(&broken));

    let cut = log.lines().take(7).collect::<Vec<_>>().join("\n") + "\n";
    fs::write(folder.join("cut.log"), cut).unwrap();
    assert_eq!(verify("cut.log").status.code(), Some(1));
}

#[test]
fn key_files_are_locked_printed_typed_in_again_and_used_with_the_passphrase() {
    let folder = campaign("modern");
    let folder = folder.path();
    let with = |passphrase: &str, arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_xueying"))
            .args(["--lang", "en"])
            .args(arguments)
            .env("XUEYING_PASSPHRASE", passphrase)
            .current_dir(folder)
            .output()
            .unwrap()
    };
    let good = "correct horse battery staple";
    let locked = with(good, &["keys", "lock", "keys/issuing.keys", "--out", "issuing.locked"]);
    assert!(locked.status.success(), "{}", complaints(&locked));
    assert!(!fs::read_to_string(folder.join("issuing.locked")).unwrap().contains("code-key"));
    assert_eq!(with("short", &["keys", "lock", "keys/issuing.keys", "--out", "x"]).status.code(), Some(2));

    let sheet = with(good, &["keys", "sheet", "issuing.locked"]);
    fs::write(folder.join("typed.txt"), results(&sheet).to_lowercase()).unwrap();
    assert!(with(good, &["keys", "restore", "typed.txt", "--out", "restored.keys"]).status.success());
    assert_eq!(
        fs::read(folder.join("restored.keys")).unwrap(),
        fs::read(folder.join("issuing.locked")).unwrap()
    );
    assert!(!with(good, &["keys", "sheet", "keys/issuing.keys"]).status.success());

    fs::write(folder.join("roster.csv"), ROSTER).unwrap();
    let issue = |passphrase: &str| {
        with(
            passphrase,
            &[
                "code",
                "issue",
                "roster.csv",
                "--keys",
                "restored.keys",
                "--school",
                "10701",
                "--school-name",
                "X",
                "--until",
                "2099-07-01",
                "--out",
                "codes",
            ],
        )
    };
    let wrong = issue("incorrect horse battery");
    assert!(
        wrong.status.code() == Some(2) && complaints(&wrong).contains("passphrase"),
        "{}",
        complaints(&wrong)
    );
    assert!(issue(good).status.success());
}

#[test]
fn keys_of_a_campaign_are_never_mixed_into_a_folder_that_stands_there() {
    let folder = campaign("gm");
    let again = xueying_in(folder.path(), ["keys", "campaign", "--campaign", "b", "--out", "keys"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(complaints(&again).contains("exists"));
    let twice = xueying([
        "keys",
        "campaign",
        "--campaign",
        "b",
        "--stations",
        "1,1",
        "--out",
        &text(&folder.path().join("b")),
    ]);
    assert_eq!(twice.status.code(), Some(2));
}
