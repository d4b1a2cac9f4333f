//! Finished photos against independent labels.

use std::{fs, path::Path};

use portrait::{
    file::{self, encode},
    inspection,
    making::{self, Origin},
    measure::{self, scene::Scene},
    picture::Picture,
    standard::{Standard, Verdict},
};
use rayon::prelude::*;
use vision::Vision;

use super::{Label, labels, portraits};

/// A portrait with half its size of wall added on every side, as a camera further away would have taken it.
fn from_further_away(photo: &Picture) -> (Picture, usize) {
    let margin = photo.width().max(photo.height()) / 2;
    let (width, height) = (photo.width() + 2 * margin, photo.height() + 2 * margin);
    let mut wide = Picture::filled(width, height, [0; 3]);
    for y in 0..height {
        for x in 0..width {
            let from = |at: usize, size: usize| at.saturating_sub(margin).min(size - 1);
            wide.set_pixel(x, y, photo.pixel(from(x, photo.width()), from(y, photo.height())));
        }
    }
    (wide, margin)
}

enum Outcome {
    Refused,
    Outside(String),
    Inside,
}

fn check(label: &Label, folder: &Path, vision: &Vision, standard: &Standard) -> Option<Outcome> {
    let opened = file::open(&fs::read(folder.join(&label.file)).unwrap(), Some("jpg")).ok()?;
    let (wide, margin) = from_further_away(&opened.picture);
    let read = |picture: &Picture| measure::measure(&Scene::new(picture, &vision.look(picture)));
    let readings = read(&wide);
    let Ok(made) = making::make(&wide, Origin::default(), (&readings, 1.0), standard) else {
        return Some(Outcome::Refused);
    };
    if !made.obstacles.is_empty() {
        return Some(Outcome::Refused);
    }
    let bytes = encode::encode(&made.picture, &goal()).ok()?.bytes;
    let written = file::open(&bytes, Some("jpg")).unwrap();
    let judged = inspection::inspect(written.facts, read(&written.picture), standard);
    for rule in [
        "eye-row",
        "crown-row",
        "face-width",
        "centred",
        "pixel-size",
        "density",
        "jpeg-quality",
        "file-size",
    ] {
        let finding = judged.findings.iter().find(|finding| finding.rule == rule).unwrap();
        if finding.verdict != Verdict::Pass {
            return Some(Outcome::Outside(format!(
                "{}: {rule} {:?} {:?}",
                label.file, finding.verdict, finding.value
            )));
        }
    }
    // The labels, carried into the finished photo by the logged crop alone.
    let crop = made.operations.crop;
    let row = |y: f64| (y + margin as f64 - crop.top) * crop.scale;
    let (eyes, crown, width) = (row(label.eye_row), row(label.crown_row), label.face_width * crop.scale);
    let inside = (200.0..=300.0).contains(&eyes)
        && (50.0..=110.0).contains(&crown)
        && (180.0..=300.0).contains(&width);
    Some(if inside {
        Outcome::Inside
    } else {
        Outcome::Outside(format!(
            "{}: labels at eyes {eyes:.0}, crown {crown:.0}, width {width:.0}",
            label.file
        ))
    })
}

fn goal() -> encode::EncodeGoal {
    encode::EncodeGoal {
        bytes_low: 20_000,
        bytes_high: 40_000,
        aim: 36_000,
        aim_tolerance: 2_000,
        min_quality: 60,
        dpi: 300,
        reserve: 1_200,
    }
}

/// At least 98 % of what is written stands inside by the labels of another program; the rest is refused with a reason.
#[test]
fn finished_photos_stand_where_independent_labels_say() {
    let Some(folder) = portraits() else { return };
    let vision = Vision::new().unwrap();
    let standard = Standard::preset("jbz-2017-99").unwrap().unwrap();
    let outcomes: Vec<Outcome> =
        labels(&folder).par_iter().filter_map(|label| check(label, &folder, &vision, &standard)).collect();
    let inside = outcomes.iter().filter(|o| matches!(o, Outcome::Inside)).count();
    let refused = outcomes.iter().filter(|o| matches!(o, Outcome::Refused)).count();
    let outside: Vec<&String> = outcomes
        .iter()
        .filter_map(|o| if let Outcome::Outside(why) = o { Some(why) } else { None })
        .collect();
    println!("{inside} inside, {refused} refused, outside: {outside:#?}");
    assert!(inside >= 60, "only {inside} photos were made");
    assert!(inside * 100 >= (inside + outside.len()) * 98, "{inside} inside, outside: {outside:#?}");
}
