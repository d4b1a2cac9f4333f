//! The demonstration: made, judged, sealed, reported, with nobody's name in the open.

use std::fs;

use super::{
    photos::portrait,
    xueying::{complaints, results, text, xueying},
};

#[test]
fn the_demo_seals_photos_that_open_and_shows_masked_names_only() {
    let Some(source) = portrait("biden.jpg") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (photos, out) = (folder.path().join("photos"), folder.path().join("out"));
    fs::create_dir(&photos).unwrap();
    fs::copy(source, photos.join("1.jpg")).unwrap();
    let output = xueying(["demo", "--photos", &text(&photos), "--out", &text(&out)]);
    assert_eq!(output.status.code(), Some(0), "{}", complaints(&output));
    let report = fs::read_to_string(out.join("report.html")).unwrap();
    for shown in [&results(&output), &report] {
        assert!(shown.contains("林**雨") && !shown.contains("林晓雨"));
    }
    assert!(
        !report.contains("src=\"http") && !report.contains("href=\"http"),
        "the report needs no other file"
    );

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
