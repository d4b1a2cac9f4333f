//! Making real photos with the real program.

use std::{fs, path::Path, process::Command};

use portrait::{file, picture::Picture};

use super::{
    photos::{self, portrait},
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

/// A picture turned clockwise by quarters, as a camera stores one held sideways.
fn turned(picture: &Picture, quarters: usize) -> Picture {
    (0..quarters).fold(picture.clone(), |from, _| {
        let mut to = Picture::filled(from.height(), from.width(), [0; 3]);
        for y in 0..from.height() {
            for x in 0..from.width() {
                to.set_pixel(from.height() - 1 - y, x, from.pixel(x, y));
            }
        }
        to
    })
}

/// A JPEG with an EXIF segment that holds nothing but an orientation.
fn oriented(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut content = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    content.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    let length = (content.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &content, &jpeg[2..]].concat()
}

#[test]
fn photos_that_lie_on_their_side_or_are_mirrored_are_refused_with_what_to_do() {
    let Some(source) = portrait("biden.jpg") else { return };
    let upright = file::open(&fs::read(source).unwrap(), Some("jpg")).unwrap().picture;
    let folder = tempfile::tempdir().unwrap();
    let mut planted = vec![];
    for quarters in 1..4 {
        planted.push((
            format!("turned-{quarters}.jpg"),
            photos::jpeg(&turned(&upright, quarters)),
            ["upright", "no face"],
        ));
    }
    let plain = photos::jpeg(&upright);
    for tag in [2, 4, 5, 7] {
        planted.push((format!("mirrored-{tag}.jpg"), oriented(&plain, tag), ["mirrored", "mirrored"]));
    }
    for (name, bytes, words) in planted {
        let photo = folder.path().join(&name);
        fs::write(&photo, bytes).unwrap();
        let out = folder.path().join("out");
        let output = xueying(["make", &text(&photo), "--anyway", "--out", &text(&out)]);
        assert_eq!(output.status.code(), Some(1), "{name}: {}", complaints(&output));
        assert!(!out.join(&name).exists(), "{name} was made");
        let said = super::xueying::results(&output);
        assert!(words.iter().any(|word| said.contains(word)), "{name}: {said}");
    }
}

#[test]
fn a_photo_whose_tag_says_how_it_was_held_is_made_as_if_it_had_been_stored_upright() {
    let Some(source) = portrait("biden.jpg") else { return };
    let upright = file::open(&fs::read(source).unwrap(), Some("jpg")).unwrap().picture;
    let folder = tempfile::tempdir().unwrap();
    // Tag 6 asks for a quarter turn clockwise, so the camera stored three of them.
    let held = oriented(&photos::jpeg(&turned(&upright, 3)), 6);
    fs::write(folder.path().join("held.jpg"), held).unwrap();
    let out = folder.path().join("out");
    xueying(["make", &text(&folder.path().join("held.jpg")), "--anyway", "--out", &text(&out)]);
    let log = fs::read_to_string(out.join("making.jsonl")).unwrap();
    let entry: serde_json::Value = serde_json::from_str(log.trim()).unwrap();
    assert_eq!(entry["operations"]["origin"]["orientation_tag"], 6);
    let made = file::open(&fs::read(out.join("held.jpg")).unwrap(), Some("jpg")).unwrap();
    assert_eq!((made.facts.width, made.facts.height, made.facts.orientation), (480, 640, 1));
}

/// What an independent program says of a file; `None`, said plainly, when it is not installed.
fn outsider(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output();
    if output.is_err() {
        eprintln!("skipped: {program} is not installed");
    }
    Some(String::from_utf8_lossy(&output.ok()?.stdout).trim().to_owned())
}

#[test]
fn independent_programs_agree_on_size_density_quality_and_comment() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["biden.jpg", "obama.jpg"] {
        if make(name, folder.path(), &["--anyway"]).is_none() {
            return;
        }
        let photo = text(&folder.path().join(name));
        let judged = &lines(&xueying(["inspect", "--format", "json", &photo]))[0]["file_facts"];
        let quality = judged["quality"].to_string();
        if let Some(said) = outsider("identify", &["-format", "%m %w %h %x %y %U %Q %[channels]", &photo]) {
            let expected = format!("JPEG 480 640 300 300 PixelsPerInch {quality} srgb");
            assert!(said.starts_with(&expected), "{said} is not {expected}");
        }
        let tags = [
            "-s3",
            "-ImageWidth",
            "-ImageHeight",
            "-XResolution",
            "-YResolution",
            "-ResolutionUnit",
            "-BitsPerSample",
            "-ColorComponents",
            "-FileTypeExtension",
            &photo,
        ];
        if let Some(said) = outsider("exiftool", &tags) {
            let said: Vec<&str> = said.lines().collect();
            assert_eq!(said, ["480", "640", "300", "300", "inches", "8", "3", "jpg"], "{name}");
        }
        // No EXIF, no profile, no comment before it is sealed.
        if let Some(said) = outsider("exiftool", &["-s", "-EXIF:all", "-ICC_Profile:all", "-XMP:all", &photo])
        {
            assert_eq!(said, "", "{name}");
        }
        if let Some(said) = outsider("rdjpgcom", &[&photo]) {
            assert_eq!(said, "", "{name}");
            assert_eq!(judged["comment"], false);
        }
    }
}
