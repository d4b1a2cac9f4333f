//! Programs of others read what was sealed here. A program that is missing is named and skipped.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use seal::code::scan::Says;
use seal::keys::file::{
    CentreKeys, StationKeys, write_centre, write_issuing, write_opening, write_reading, write_sealing,
    write_station,
};
use seal::photo::open;
use seal::suite::Suite;
use tempfile::TempDir;

use crate::records::{APP0_END, PHOTO, identity, keyring, keys, sealed};
use crate::{codes, packets, records};

/// The output of a program, or `None` with a word on the terminal when it is not installed.
fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => Some(output),
        Err(error) => {
            println!("skipped: {program} did not start ({error}); install it to run this test");
            None
        }
    }
}

/// A folder with the sealed photo in it, the photo's path and the record's text.
fn sealed_file(suite: Suite) -> (TempDir, String, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("sealed.jpg");
    let photo = sealed(suite, "10701210234");
    fs::write(&path, &photo).unwrap();
    let text = &photo[APP0_END + 4..APP0_END + photo.len() - PHOTO.len()];
    let text = String::from_utf8(text.to_vec()).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path, text)
}

/// Runs `scripts/formats.py`, preferably with the Python that the set-up made; `None` when it cannot run.
fn formats(command: &str, arguments: &[&Path]) -> Option<Output> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python = root.join(".venv/bin/python");
    let python = if python.exists() { python } else { "python3".into() };
    let script = root.join("scripts/formats.py");
    let mut words = vec![script.to_str().unwrap(), command];
    words.extend(arguments.iter().map(|path| path.to_str().unwrap()));
    let output = run(python.to_str().unwrap(), &words)?;
    if output.status.code() == Some(77) {
        println!("skipped: {}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    Some(output)
}

#[test]
fn a_python_script_that_shares_no_code_opens_a_record() {
    for suite in Suite::ALL {
        let (folder, path, _) = sealed_file(suite);
        let keys = keys(suite);
        let key_file = folder.path().join("open.keys");
        let makers = [keys.maker.public().clone()];
        fs::write(&key_file, write_opening(&keys.campaign, &keys.record, &makers).as_bytes()).unwrap();
        let Some(output) = formats("open-record", &[&key_file, path.as_ref()]) else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let expected = serde_json::json!({
            "suite": suite.id(), "version": 1, "student": "10701210234", "campaign": "xd-2027",
            "shot": "01957f3c-2b7a-7c4e-9d10-5a6b7c8d9e0f", "made_at_ms": 1_804_815_665_250_u64,
            "station": "north-2", "maker": makers[0].id().to_string(),
        });
        assert_eq!(said, expected);

        let mut changed = fs::read(&path).unwrap();
        let middle = changed.len() - 20;
        changed[middle] ^= 1;
        fs::write(&path, changed).unwrap();
        let output = formats("open-record", &[&key_file, path.as_ref()]).unwrap();
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn a_record_that_a_python_script_made_opens() {
    for suite in Suite::ALL {
        let folder = TempDir::new().unwrap();
        let [key_file, bare, made] =
            ["seal.keys", "bare.jpg", "made.jpg"].map(|name| folder.path().join(name));
        fs::write(&key_file, write_sealing(&keys(suite)).as_bytes()).unwrap();
        fs::write(&bare, PHOTO).unwrap();
        let identity = identity("10701210234");
        let (shot, made_at) = (identity.shot.to_string(), identity.made_at_ms.to_string());
        let words = [identity.student.as_str(), &shot, &made_at, identity.station.as_str()].map(Path::new);
        let arguments = [&[&*key_file, &*bare, &*made], &words[..]].concat();
        let Some(output) = formats("make-record", &arguments) else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let record = open(&fs::read(&made).unwrap(), &keyring(1, 2)).unwrap();
        assert_eq!((record.identity, record.suite), (identity, suite));
    }
}

#[test]
fn codes_go_to_a_python_script_that_shares_no_code_and_back() {
    for suite in Suite::ALL {
        let folder = TempDir::new().unwrap();
        let [reading, issuing] = ["reading.keys", "issuing.keys"].map(|name| folder.path().join(name));
        let (issuer, bundle) = (codes::issuer(suite), codes::bundle(suite));
        fs::write(&reading, write_reading(&issuer.keys, &bundle.fingerprint).as_bytes()).unwrap();
        fs::write(&issuing, write_issuing(&issuer.keys, &bundle.fingerprint).as_bytes()).unwrap();
        let text = codes::code_of(suite, "10701210234", 1);
        let Some(output) = formats("open-code", &[&reading, text.as_ref()]) else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let presented = codes::scanned(&text, &bundle, codes::NOW_MS).unwrap();
        let expected = serde_json::json!({
            "id": "01".repeat(12), "version": 1, "student": "10701210234", "name": "欧**娜", "tail": "002X",
            "school": "10701", "level": 2, "issued_s": codes::ISSUED_S, "expires_s": codes::EXPIRES_S,
            "fingerprint": presented.fingerprint.to_string(),
        });
        assert_eq!(said, expected);

        let (from, until) = (codes::ISSUED_S.to_string(), codes::EXPIRES_S.to_string());
        let words = ["10701210234", "欧**娜", "002X", "10701", "2", &from, &until].map(Path::new);
        let output = formats("make-code", &[&[&*issuing], &words[..]].concat()).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let Says::Signed(code) = codes::scanned(&text, &bundle, codes::NOW_MS).unwrap().says else {
            panic!()
        };
        assert_eq!(code.holder.name.as_str(), "欧**娜");
    }
}

#[test]
fn packets_go_to_a_python_script_that_shares_no_code_and_back() {
    for suite in Suite::ALL {
        let folder = TempDir::new().unwrap();
        let [station, centre, packet, made] =
            ["station.keys", "centre.keys", "a.xyp", "b.xyp"].map(|name| folder.path().join(name));
        let campaign = records::campaign();
        let centre_keys = CentreKeys {
            campaign: campaign.clone(),
            centre: packets::centre(suite, 51),
            receipt: packets::station(suite, 61),
            stations: packets::stations(suite).to_vec(),
        };
        let receivers = vec![centre_keys.centre.public().clone()];
        let receipts = vec![centre_keys.receipt.public().clone()];
        let station_keys =
            StationKeys { campaign, station: packets::station(suite, 41), receivers, receipts };
        fs::write(&station, write_station(&station_keys).as_bytes()).unwrap();
        fs::write(&centre, write_centre(&centre_keys).as_bytes()).unwrap();

        // More than one piece, and a second file.
        let large: Vec<u8> = (0..150_000_u32).map(|at| (at % 251) as u8).collect();
        let (id, bytes) = packets::packed(suite, &[&large, b"{}"], &station_keys.receivers, 1);
        fs::write(&packet, &bytes).unwrap();
        let Some(output) = formats("open-packet", &[&centre, &packet, folder.path()]) else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let expected = serde_json::json!({
            "id": id.to_string(), "campaign": "xd-2027", "rules": "jbz-2017-99 1", "number": "2-0137",
        });
        assert_eq!(said, expected);
        assert!(fs::read(folder.path().join("0.bin")).unwrap() == large, "{suite:?}");

        let file = folder.path().join("0.bin");
        let output = formats("make-packet", &[&station, &file, &made]).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let (opened, files) = packets::opened(&fs::read(&made).unwrap(), &centre_keys.centre).unwrap();
        assert_eq!((opened.contents.items[0].name.as_str(), files.len()), ("0.bin", 1));
        assert!(files[0] == large, "{suite:?}");
    }
}

#[test]
fn text_tools_show_the_record_exactly() {
    let (_folder, path, text) = sealed_file(Suite::Gm);
    let readers: [(&str, &[&str]); 3] = [
        ("identify", &["-format", "%c", &path]),
        ("exiftool", &["-b", "-Comment", &path]),
        ("rdjpgcom", &[&path]),
    ];
    for (program, arguments) in readers {
        let Some(output) = run(program, arguments) else { continue };
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), text, "{program}");
        assert!(output.stderr.is_empty(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_picture_is_the_same_before_and_after() {
    let (folder, path, _) = sealed_file(Suite::Gm);
    let before = folder.path().join("before.jpg");
    fs::write(&before, PHOTO).unwrap();
    let Some(after) = run("identify", &["-format", "%wx%h %x %#", &path]) else { return };
    let before = run("identify", &["-format", "%wx%h %x %#", before.to_str().unwrap()]).unwrap();
    assert_eq!(after, before);
    assert!(String::from_utf8_lossy(&after.stdout).starts_with("24x32 300"));
}
