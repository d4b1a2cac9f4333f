//! Making real photos with the real program.

use std::{fs, path::Path};

use super::{
    photos::portrait,
    xueying::{complaints, lines, text, xueying},
};

/// Makes one portrait into a folder; `None` where the portrait is missing.
fn make(name: &str, folder: &Path, more: &[&str]) -> Option<Vec<u8>> {
    let source = portrait(name)?;
    let before = fs::read(&source).unwrap();
    let mut arguments = vec!["make".to_owned(), text(&source), "--out".into(), text(folder)];
    arguments.extend(more.iter().map(ToString::to_string));
    let output = xueying(&arguments);
    assert_ne!(output.status.code(), Some(2), "{}", complaints(&output));
    assert_eq!(fs::read(&source).unwrap(), before, "the original is untouched");
    fs::read(folder.join(Path::new(name).with_extension("jpg"))).ok()
}

#[test]
fn making_again_gives_the_same_bytes_and_the_log_names_the_original() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("1"), folder.path().join("2"));
    let Some(photo) = make("biden.jpg", &first, &[]) else { return };
    assert_eq!(make("biden.jpg", &second, &[]).unwrap(), photo);
    let log = fs::read_to_string(first.join("making.jsonl")).unwrap();
    let entry: serde_json::Value = serde_json::from_str(log.trim()).unwrap();
    // sha256sum of the file as its package ships it.
    assert_eq!(entry["original_sha256"], "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c");
    let mut steps: Vec<&String> = entry["operations"].as_object().unwrap().keys().collect();
    steps.sort();
    assert_eq!(steps, ["crop", "encoding", "origin"]);
    // The same again into the same folder changes nothing, not even the log.
    make("biden.jpg", &first, &[]).unwrap();
    assert_eq!(fs::read_to_string(first.join("making.jsonl")).unwrap(), log);
}

#[test]
fn a_different_photo_of_the_same_name_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let Some(source) = portrait("biden.jpg") else { return };
    fs::write(folder.path().join("biden.jpg"), "somebody's work").unwrap();
    let output = xueying(["make", &text(&source), "--out", &text(folder.path())]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("biden.jpg")).unwrap(), "somebody's work");
}

#[test]
fn inspect_judges_a_made_photo_as_make_did() {
    let folder = tempfile::tempdir().unwrap();
    if make("biden.jpg", folder.path(), &[]).is_none() {
        return;
    }
    let log = fs::read_to_string(folder.path().join("making.jsonl")).unwrap();
    let entry: serde_json::Value = serde_json::from_str(log.trim()).unwrap();
    let output = xueying(["inspect", "--format", "json", &text(folder.path())]);
    let judged = lines(&output);
    assert_eq!(judged.len(), 1, "the log beside the photos is not taken for a photo");
    assert_eq!(judged[0]["verdict"], entry["verdict"]);
    for rule in [
        "eye-row",
        "crown-row",
        "face-width",
        "pixel-size",
        "density",
        "file-size",
        "jpeg-quality",
        "extension",
    ] {
        let finding =
            judged[0]["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == rule);
        assert_eq!(finding.unwrap()["verdict"], "pass", "{rule}");
    }
}

#[test]
fn one_source_makes_a_valid_file_for_each_of_four_standards() {
    let folder = tempfile::tempdir().unwrap();
    for standard in ["jbz-2017-99", "jbz-2002-4", "xinhua", "degree-390x567"] {
        let out = folder.path().join(standard);
        let Some(photo) = make("biden.jpg", &out, &["--standard", standard, "--anyway"]) else { return };
        assert!(!photo.is_empty(), "{standard}");
        let output = xueying(["inspect", "--standard", standard, "--format", "json", &text(&out)]);
        let judged = &lines(&output)[0];
        for rule in ["pixel-size", "density", "file-size", "jpeg-quality", "colour-depth"] {
            let finding =
                judged["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == rule);
            if let Some(finding) = finding {
                assert_ne!(finding["verdict"], "fail", "{standard} {finding}");
            }
        }
    }
}
