//! The demonstration: made, judged, sealed, reported, with nobody's name in the open.

use std::fs;

use super::{
    photos::portrait,
    xueying::{complaints, results, text, xueying, xueying_in},
};

#[test]
fn the_demo_passes_flawless_students_names_each_fault_and_masks_names() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    // From an empty folder, where no photos of the set-up lie.
    let output = xueying_in(folder.path(), ["demo", "--out", &text(&out)]);
    assert_eq!(output.status.code(), Some(0), "{}", complaints(&output));
    let table = results(&output);
    let rows: Vec<&str> = table.lines().filter(|line| line.contains("20279000")).collect();
    assert_eq!(rows.len(), 8, "{table}");
    for row in &rows[..4] {
        assert!(row.contains("✓ pass") && !row.contains("not sealed"), "{row}");
    }
    for (row, fault) in
        rows[4..].iter().zip(["Eyes open", "Shadow on the background", "Head tilt", "No crop meets"])
    {
        assert!(
            row.contains("✕ fail") && row.contains("not sealed") && row.contains(fault),
            "{fault}: {row}"
        );
    }
    let report = fs::read_to_string(out.join("report.html")).unwrap();
    for shown in [&table, &report] {
        assert!(shown.contains("林**雨") && !shown.contains("林晓雨"));
    }
    assert!(
        !report.contains("src=\"http") && !report.contains("href=\"http"),
        "the report needs no other file"
    );
    let finished: Vec<_> = fs::read_dir(out.join("finished")).unwrap().collect();
    assert_eq!(finished.len(), 4, "what has to be taken again is not kept as a graduation portrait");

    let sealed = out.join("finished/2027900001.jpg");
    let keys = out.join("demo.keys");
    let opened = xueying(["open", "--format", "json", "--keys", &text(&keys), &text(&sealed)]);
    assert_eq!(opened.status.code(), Some(0), "{}", complaints(&opened));
    let record: serde_json::Value = serde_json::from_str(&results(&opened)).unwrap();
    assert_eq!(record["student"], "2027900001");

    // One changed byte of the picture: the record is genuine, the photo is another.
    let mut bytes = fs::read(&sealed).unwrap();
    let middle = bytes.len() * 3 / 4;
    bytes[middle] = if bytes[middle] == 0x55 { 0x54 } else { 0x55 };
    fs::write(&sealed, bytes).unwrap();
    let opened = xueying(["open", "--keys", &text(&keys), &text(&sealed)]);
    assert_ne!(opened.status.code(), Some(0));
    assert!(complaints(&opened).contains("2027900001.jpg"));
}

#[test]
fn the_demo_takes_a_folder_of_photos_and_seals_none_that_fails() {
    let Some(source) = portrait("biden.jpg") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (photos, out) = (folder.path().join("photos"), folder.path().join("out"));
    fs::create_dir(&photos).unwrap();
    fs::copy(source, photos.join("1.jpg")).unwrap();
    let output = xueying(["demo", "--photos", &text(&photos), "--out", &text(&out)]);
    assert_eq!(output.status.code(), Some(0), "{}", complaints(&output));
    let table = results(&output);
    let row = table.lines().find(|line| line.contains("2027900001")).unwrap();
    // He was taken before a curtain.
    assert!(row.contains("✕ fail") && row.contains("not sealed") && row.contains("Background"), "{row}");
    assert!(!out.join("finished/2027900001.jpg").exists());
}

#[test]
fn seal_needs_an_identity_and_open_needs_the_right_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| text(&folder.path().join(name));
    fs::write(
        path("identity.toml"),
        "student = \"2027900009\"\ncampaign = \"test\"\nshot = \"01957f3c-2b7a-7c4e-9d10-5a6b7c8d9e0f\"\n\
         made_at = 2027-03-12T09:41:05+08:00\nstation = \"2\"\n",
    )
    .unwrap();
    let picture = portrait::picture::Picture::filled(480, 640, [100, 197, 255]);
    fs::write(path("photo.jpg"), super::photos::jpeg(&picture)).unwrap();
    for keys in ["a.keys", "b.keys"] {
        let made = xueying(["keys", "new", "--campaign", "test", "--out", &path(keys)]);
        assert_eq!(made.status.code(), Some(0), "{}", complaints(&made));
    }
    let again = xueying(["keys", "new", "--campaign", "test", "--out", &path("a.keys")]);
    assert_eq!(again.status.code(), Some(2), "keys are never replaced");
    let seal = |identity: &str| {
        let (identity, out, keys) = (path(identity), path("sealed.jpg"), path("a.keys"));
        xueying(["seal", &path("photo.jpg"), "--identity", &identity, "--out", &out, "--keys", &keys])
    };
    assert_eq!(seal("none.toml").status.code(), Some(2));
    assert_eq!(seal("identity.toml").status.code(), Some(0));
    let open = |keys: &str, photo: &str| xueying(["open", "--keys", &path(keys), &path(photo)]).status.code();
    assert_eq!(open("a.keys", "sealed.jpg"), Some(0));
    assert_eq!(open("b.keys", "sealed.jpg"), Some(2));
    assert_eq!(open("a.keys", "photo.jpg"), Some(1));
}
