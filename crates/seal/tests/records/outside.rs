//! Programs of others read what was sealed here. A program that is missing is named and skipped.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use seal::keys::file::write_opening;
use tempfile::TempDir;

use crate::{APP0_END, PHOTO, keys, sealed};

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
fn sealed_file() -> (TempDir, String, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("sealed.jpg");
    let photo = sealed("10701210234");
    fs::write(&path, &photo).unwrap();
    let text = &photo[APP0_END + 4..APP0_END + photo.len() - PHOTO.len()];
    let text = String::from_utf8(text.to_vec()).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path, text)
}

#[test]
fn a_python_script_that_shares_no_code_opens_a_record() {
    let (folder, path, _) = sealed_file();
    let keys = keys();
    let key_file = folder.path().join("open.keys");
    let makers = [keys.maker.public().clone()];
    fs::write(&key_file, write_opening(&keys.campaign, &keys.record, &makers).as_bytes()).unwrap();
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scripts/open-record.py");
    let Some(output) = run("python3", &[script.to_str().unwrap(), key_file.to_str().unwrap(), &path]) else {
        return;
    };
    if output.status.code() == Some(77) {
        println!("skipped: {}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = serde_json::json!({
        "suite": 1, "version": 1, "student": "10701210234", "campaign": "xd-2027",
        "shot": "01957f3c-2b7a-7c4e-9d10-5a6b7c8d9e0f", "made_at_ms": 1_804_815_665_250_u64,
        "station": "north-2", "maker": makers[0].id().to_string(),
    });
    assert_eq!(said, expected);

    let mut changed = fs::read(&path).unwrap();
    let middle = changed.len() - 20;
    changed[middle] ^= 1;
    fs::write(&path, changed).unwrap();
    let output = run("python3", &[script.to_str().unwrap(), key_file.to_str().unwrap(), &path]).unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn text_tools_show_the_record_exactly() {
    let (_folder, path, text) = sealed_file();
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
    let (folder, path, _) = sealed_file();
    let before = folder.path().join("before.jpg");
    fs::write(&before, PHOTO).unwrap();
    let Some(after) = run("identify", &["-format", "%wx%h %x %#", &path]) else { return };
    let before = run("identify", &["-format", "%wx%h %x %#", before.to_str().unwrap()]).unwrap();
    assert_eq!(after, before);
    assert!(String::from_utf8_lossy(&after.stdout).starts_with("24x32 300"));
}
