//! Print sheets, measured by other people's programs.

use std::{fs, path::Path, process::Command};

use portrait::{file, picture::Picture};

use super::{
    photos,
    xueying::{complaints, text, xueying},
};

/// A finished photo that is all red, so that its edges on paper are found by colour.
fn red_photo(folder: &Path) -> String {
    let photo = folder.join("photo.jpg");
    fs::write(&photo, photos::jpeg(&Picture::filled(480, 640, [200, 0, 0]))).unwrap();
    text(&photo)
}

/// Standard output of another program; `None`, said plainly, when it is not installed.
fn outsider(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output();
    if output.is_err() {
        eprintln!("skipped: {program} is not installed");
    }
    Some(String::from_utf8_lossy(&output.ok()?.stdout).into_owned())
}

/// Dots per inch of the measured rendering: a dot is .042 mm.
const DPI: f64 = 600.0;

/// Renders the page as paper would show it; `None` without poppler.
fn rendered(pdf: &Path) -> Option<Picture> {
    let page = pdf.with_extension("");
    outsider("pdftoppm", &["-r", "600", "-png", "-singlefile", &text(pdf), &text(&page)])?;
    let png = fs::read(page.with_extension("png")).unwrap();
    Some(file::open(&png, Some("png")).unwrap().picture)
}

fn is_red(pixel: [u8; 3]) -> bool {
    pixel[0] > 120 && pixel[1] < 90
}

/// Lengths in mm of the runs of red in a row of the picture, with where they begin.
fn runs(pixels: impl Iterator<Item = [u8; 3]>) -> Vec<(f64, f64)> {
    let (mut runs, mut from) = (Vec::new(), None);
    for (at, pixel) in pixels.chain([[255; 3]]).enumerate() {
        match (from, is_red(pixel)) {
            (None, true) => from = Some(at),
            (Some(start), false) => {
                runs.push((start as f64 / DPI * 25.4, (at - start) as f64 / DPI * 25.4));
                from = None;
            }
            _ => {}
        }
    }
    runs
}

fn assert_near(found: &[(f64, f64)], expected: &[(f64, f64)]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        let near = (found.0 - expected.0).abs() <= 0.2 && (found.1 - expected.1).abs() <= 0.2;
        assert!(near, "{found:?} mm is not {expected:?} mm");
    }
}

#[test]
fn eight_photos_have_their_size_on_paper_within_two_tenths_of_a_millimetre() {
    let folder = tempfile::tempdir().unwrap();
    let photo = red_photo(folder.path());
    for (size, (width, height), tops) in
        [("33x48", (33.0, 48.0), [2.0, 52.0]), ("35x45", (35.0, 45.0), [4.0, 53.0])]
    {
        let pdf = folder.path().join(format!("{size}.pdf"));
        let output = xueying(["sheet", &photo, "--size", size, "--out", &text(&pdf)]);
        assert_eq!(output.status.code(), Some(0), "{}", complaints(&output));
        let Some(page) = rendered(&pdf) else { return };
        let at = |mm: f64| (mm / 25.4 * DPI) as usize;
        let gap = (152.0 - 4.0 * width) / 5.0;
        let columns: Vec<(f64, f64)> = (0..4).map(|n| (gap + f64::from(n) * (width + gap), width)).collect();
        assert_near(&runs((0..page.width()).map(|x| page.pixel(x, at(tops[0] + 10.0)))), &columns);
        let rows: Vec<(f64, f64)> = tops.iter().map(|&top| (top, height)).collect();
        assert_near(&runs((0..page.height()).map(|y| page.pixel(at(gap + 10.0), y))), &rows);
        if let Some(said) = outsider("pdfimages", &["-list", &text(&pdf)]) {
            let dense = said.lines().skip(2).filter(|line| line.contains("  300   300 ")).count();
            assert_eq!(dense, 8, "{said}");
        }
    }
}

#[test]
fn the_jpeg_sheet_has_the_papers_size_at_300_dpi() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = folder.path().join("sheet.jpg");
    let output = xueying(["sheet", &red_photo(folder.path()), "--out", &text(&sheet)]);
    assert_eq!(output.status.code(), Some(0), "{}", complaints(&output));
    let opened = file::open(&fs::read(&sheet).unwrap(), Some("jpg")).unwrap();
    assert_eq!((opened.facts.width, opened.facts.height, opened.facts.dpi), (1795, 1205, Some(300.0)));
    // The middle of the first photo, the paper between photos, and a crop mark at the first photo's corner.
    assert!(is_red(opened.picture.pixel(240, 300)));
    assert_eq!(opened.picture.pixel(460, 300), [255; 3]);
    assert!(opened.picture.pixel(47, 15)[1] < 120, "no mark above the upper left corner");
}

/// 𬎆 (U+2C386) and 䶮 (U+4DAE) are real names' characters that few fonts have.
const CAPTION: &str = "张𬎆䶮 2027010137";

#[test]
fn rare_characters_are_shown_and_can_be_copied_as_text() {
    let folder = tempfile::tempdir().unwrap();
    let photo = red_photo(folder.path());
    let pdf = folder.path().join("sheet.pdf");
    let output = xueying(["sheet", &photo, "--caption", CAPTION, "--out", &text(&pdf)]);
    if complaints(&output).contains("U+2C386") || complaints(&output).contains("no font") {
        eprintln!("skipped: no font of this system has U+2C386 (install fonts-noto-cjk)");
        return;
    }
    assert_eq!(output.status.code(), Some(0), "{}", complaints(&output));
    if let Some(said) = outsider("pdftotext", &[&text(&pdf), "-"]) {
        assert_eq!(said.matches(CAPTION).count(), 8, "{said}");
    }
    if let Some(said) = outsider("pdffonts", &[&text(&pdf)]) {
        assert!(said.lines().nth(2).is_some_and(|font| font.contains("yes yes yes")), "embedded: {said}");
    }
    let Some(page) = rendered(&pdf) else { return };
    // The strip of the first photo: 44 to 48 mm below its upper edge. The name's three characters are inked, and each
    // otherwise than its neighbours, so none is an empty box.
    let (top, bottom) = (46.2 / 25.4 * DPI, 49.6 / 25.4 * DPI);
    let ink = |x: usize| (top as usize..bottom as usize).filter(|&y| page.pixel(x, y)[1] < 100).count();
    let columns: Vec<usize> = (0..(37.0 / 25.4 * DPI) as usize).map(ink).collect();
    let first = columns.iter().position(|&ink| ink > 0).expect("a caption");
    let em = (3.0 / 25.4 * DPI) as usize;
    let shapes: Vec<&[usize]> = (0..3).map(|n| &columns[first + n * em..first + (n + 1) * em]).collect();
    for (one, other) in [(0, 1), (1, 2), (0, 2)] {
        let apart: usize = shapes[one].iter().zip(shapes[other]).map(|(a, b)| a.abs_diff(*b)).sum();
        assert!(apart > em, "characters {one} and {other} look alike: {apart}");
    }
    assert!(shapes.iter().all(|shape| shape.iter().sum::<usize>() > em), "too little ink");
}

#[test]
fn what_cannot_be_printed_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let photo = red_photo(folder.path());
    let out = text(&folder.path().join("sheet.pdf"));
    let no_font = folder.path().join("broken.ttf");
    fs::write(&no_font, b"\0\x01\0\0 this is no font").unwrap();
    let no_font = text(&no_font);
    for (arguments, said) in [
        (vec!["--out", "sheet.png"], ".jpg or .pdf"),
        (vec!["--out", &out, "--count", "20"], "do not fit"),
        (vec!["--out", &out, "--size", "60x80", "--count", "1"], "enlarged"),
        (vec!["--out", &out, "--size", "33"], "width x height"),
        (vec!["--out", &out, "--caption", "A", "--font", &no_font], "font"),
        (vec!["--out", &out, "--caption", "two\nlines"], "one plain line"),
        // A private character is in no font.
        (vec!["--out", &out, "--caption", "\u{10FFFD}"], "U+10FFFD"),
    ] {
        let output = xueying(["sheet", &photo].into_iter().chain(arguments.iter().copied()));
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(complaints(&output).contains(said), "{arguments:?}: {}", complaints(&output));
    }
    assert!(!Path::new(&out).exists());
}

#[test]
fn another_sheet_is_not_overwritten_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let photo = red_photo(folder.path());
    let sheet = folder.path().join("sheet.jpg");
    fs::write(&sheet, "somebody's work").unwrap();
    let arguments = ["sheet", &photo, "--out", &text(&sheet)];
    assert_eq!(xueying(arguments).status.code(), Some(2));
    assert_eq!(fs::read(&sheet).unwrap(), b"somebody's work");
    assert_eq!(xueying(arguments.into_iter().chain(["--force"])).status.code(), Some(0));
    assert!(fs::read(&sheet).unwrap().starts_with(b"\xff\xd8"));
}

#[test]
fn damaged_fonts_are_refused_or_used_and_never_stop_the_program() {
    let system = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
    let Ok(font) = fs::read(system) else {
        eprintln!("skipped: {system} is missing (install fonts-noto-cjk)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let photo = red_photo(folder.path());
    let (broken, out) = (folder.path().join("broken.ttc"), text(&folder.path().join("sheet.pdf")));
    for round in 0..24_usize {
        let mut bytes = font.clone();
        match round % 3 {
            0 => bytes.truncate(font.len() >> (round / 3 + 1)),
            // The tables' directory and the character map lie in the first kilobytes.
            1 => (0..40).for_each(|n| bytes[(round * 7919 + n * 104_729) % 4096] ^= 0x55),
            _ => (0..4000).for_each(|n| bytes[(round * 7919 + n * 104_729) % font.len()] ^= 0xFF),
        }
        fs::write(&broken, bytes).unwrap();
        let output = xueying([
            "sheet",
            &photo,
            "--force",
            "--caption",
            "张三",
            "--font",
            &text(&broken),
            "--out",
            &out,
        ]);
        assert!(matches!(output.status.code(), Some(0 | 2)), "round {round}: {}", complaints(&output));
    }
}
