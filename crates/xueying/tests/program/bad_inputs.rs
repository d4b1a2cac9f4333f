//! Files that are no photos: each is named with what to do, and the rest of the batch is done.

use std::{fs, path::Path};

use super::xueying::{complaints, lines, results, text, xueying};

/// A JPEG whose header promises a size, with no picture behind it.
fn jpeg_header(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xc0, 0, 17, 8];
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]);
    bytes.extend([0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0, 0, 0xff, 0xd9]);
    bytes
}

/// A PNG that promises a size in a header with a right checksum, with no picture behind it.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    bytes.extend(&header);
    bytes.extend(checksum(&header).to_be_bytes());
    bytes
}

/// CRC-32 as PNG uses it (ISO 3309).
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}

/// A small JPEG of one grey, written by the product itself.
fn plain_jpeg(width: usize, height: usize) -> Vec<u8> {
    let picture = portrait::picture::Picture::filled(width, height, [200, 200, 200]);
    super::photos::jpeg(&picture)
}

/// Puts every kind of bad file into a folder, a good one among them; gives the bad names.
fn plant(folder: &Path) -> Vec<&'static str> {
    let good = plain_jpeg(480, 640);
    fs::write(folder.join("m-good.jpg"), &good).unwrap();
    fs::write(folder.join("truncated.jpg"), &good[..good.len() / 2]).unwrap();
    fs::write(folder.join("empty.jpg"), b"").unwrap();
    fs::write(folder.join("text.jpg"), "this is no photo\n").unwrap();
    fs::write(folder.join("note.txt"), "this is no photo either\n").unwrap();
    fs::write(folder.join("a-huge.jpg"), jpeg_header(30_000, 30_000)).unwrap();
    fs::write(folder.join("huge.png"), png_header(30_000, 30_000)).unwrap();
    fs::write(folder.join("one-pixel.jpg"), plain_jpeg(1, 1)).unwrap();
    fs::create_dir(folder.join("nothing-in-it")).unwrap();
    vec!["truncated.jpg", "empty.jpg", "text.jpg", "note.txt", "a-huge.jpg", "huge.png", "one-pixel.jpg"]
}

#[test]
fn every_bad_file_is_named_and_the_rest_of_the_batch_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let bad = plant(folder.path());
    let output = xueying(["inspect", "--format", "json", &text(folder.path())]);
    assert_eq!(output.status.code(), Some(2));
    let said = complaints(&output);
    for name in bad {
        let line = said.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{name}: {said}"));
        assert!(line.contains("; "), "says what and what to do: {line}");
    }
    let judged = lines(&output);
    assert_eq!(judged.len(), 1, "{}", results(&output));
    assert!(judged[0]["file"].as_str().unwrap().ends_with("m-good.jpg"));
}

#[test]
fn each_bad_file_alone_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let mut bad = plant(folder.path());
    bad.extend(["nothing-in-it", "not-there.jpg"]);
    for name in bad {
        for command in [vec!["inspect"], vec!["make", "--out", &text(&folder.path().join("out"))]] {
            let mut arguments: Vec<String> = command.iter().map(ToString::to_string).collect();
            arguments.push(text(&folder.path().join(name)));
            let output = xueying(&arguments);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", complaints(&output));
            assert!(complaints(&output).contains(name), "{arguments:?}");
            assert!(!complaints(&output).contains("panicked"), "{}", complaints(&output));
        }
    }
}

#[test]
fn a_photo_without_a_face_is_judged_and_not_refused() {
    let folder = tempfile::tempdir().unwrap();
    let photo = folder.path().join("wall.jpg");
    fs::write(&photo, plain_jpeg(480, 640)).unwrap();
    let output = xueying(["inspect", "--format", "json", &text(&photo)]);
    assert_eq!(output.status.code(), Some(1), "{}", complaints(&output));
    let judged = &lines(&output)[0];
    assert_eq!(judged["verdict"], "fail");
    assert!(judged["geometry"]["eye_row"].is_null());
    let eye_row = judged["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "eye-row").unwrap();
    assert_eq!(eye_row["verdict"], "unknown");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let photo = folder.path().join("secret.jpg");
    fs::write(&photo, plain_jpeg(480, 640)).unwrap();
    fs::set_permissions(&photo, fs::Permissions::from_mode(0o000)).unwrap();
    // For the superuser no file is unreadable; a link to itself is.
    if fs::read(&photo).is_ok() {
        fs::remove_file(&photo).unwrap();
        std::os::unix::fs::symlink(&photo, &photo).unwrap();
    }
    let output = xueying(["inspect", &text(&photo)]);
    assert_eq!(output.status.code(), Some(2));
    assert!(complaints(&output).contains("secret.jpg"));
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_known() {
    for arguments in [vec!["inspect"], vec!["no-such-command"], vec!["inspect", "--format", "yaml", "x"]] {
        assert_eq!(xueying(&arguments).status.code(), Some(2), "{arguments:?}");
    }
    let output = xueying(["inspect", "--standard", "no-such-standard", "x.jpg"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(complaints(&output).contains("jbz-2017-99"), "{}", complaints(&output));
}
