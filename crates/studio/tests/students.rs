//! Made-up students through the whole of making and judging: flawless ones pass, planted faults are noticed, and what
//! is written is what the standard asks for, by a second decoder too.

use portrait::{
    file,
    measure::{self, scene::Scene},
    standard::Standard,
};
use rayon::prelude::*;
use studio::{
    quality,
    render::{Shot, file::camera_jpeg, file::is_rendered, render},
    sitting,
};
use vision::Vision;

fn tools() -> (Vision, Standard) {
    let standard = Standard::preset("jbz-2017-99").expect("preset").expect("a correct preset");
    (Vision::new().expect("the packaged nets"), standard)
}

/// How many students: a few here, as many as `XUEYING_STUDENTS` says for the numbers in docs/quality.md.
fn students(usual: u64) -> u64 {
    std::env::var("XUEYING_STUDENTS").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

#[test]
fn flawless_students_are_hardly_ever_failed() {
    let (vision, standard) = tools();
    let found = quality::flawless(&(1..students(20) + 1), &vision, &standard);
    println!("{}", quality::report(&[], &found));
    let stopped = found.refused + found.failed;
    // One of twenty is more than 3 %, and no more than chance.
    let most = (found.photos * quality::FALSE_ALARMS).div_ceil(100);
    assert!(stopped <= most, "{} refused, {} failed", found.refused, found.failed);
    assert!(found.passed * 4 >= found.photos, "only {} pass in everything", found.passed);
}

#[test]
fn each_planted_fault_is_noticed_by_its_own_rule() {
    let (vision, standard) = tools();
    let noticed = quality::faults(&(4..6), &vision, &standard);
    // Of a few photos one may be missed, whatever share that is; docs/quality.md counts more of them.
    let most = |photos: usize| (photos * (100 - quality::RECALL)).div_ceil(100);
    let too_seldom = noticed.iter().filter(|n| n.photos - n.own > most(n.photos));
    let missed: Vec<&str> = too_seldom.map(|n| n.fault.name).collect();
    assert_eq!(missed, [quality::NOT_NOTICED], "left: faults that are noticed too seldom by their own rule");
}

/// Largest mean difference of two decoders over a photo, grey levels: they round the inverse transform and the
/// enlarged colour planes differently.
const DECODERS_APART: f64 = 1.5;

#[test]
fn what_is_written_meets_the_standard_by_a_second_decoder_too() {
    let (vision, standard) = tools();
    let wrong: Vec<String> = (1..=students(24))
        .into_par_iter()
        .filter_map(|seed| {
            let photo = render(&Shot::from_seed(seed));
            let Ok(finished) = sitting::finish(&photo.picture, &vision, &standard) else {
                return Some(format!("{seed}: not made"));
            };
            fault_of(&finished.bytes).map(|fault| format!("{seed}: {fault}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is wrong with a finished file.
fn fault_of(bytes: &[u8]) -> Option<String> {
    let ours = file::open(bytes, Some("jpg")).expect("written here");
    let facts = &ours.facts;
    let shape = (facts.width, facts.height, facts.dpi, facts.components, facts.bits);
    if shape != (480, 640, Some(300.0), 3, 8) {
        return Some(format!("{shape:?}"));
    }
    if facts.quality.is_none_or(|quality| quality < 60) || !(20_000..=40_000).contains(&facts.bytes) {
        return Some(format!("quality {:?}, {} bytes", facts.quality, facts.bytes));
    }
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    let theirs = decoder.decode().expect("a JPEG");
    let info = decoder.info().expect("decoded");
    if (info.width, info.height) != (480, 640) || theirs.len() != ours.picture.rgb().len() {
        return Some(format!("{} × {} by the other", info.width, info.height));
    }
    let apart: u64 = theirs.iter().zip(ours.picture.rgb()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let mean = apart as f64 / theirs.len() as f64;
    (mean > DECODERS_APART).then(|| format!("decoders {mean:.2} grey levels apart"))
}

/// Allowed differences from the truth, in face widths: middle and worst of the eyes' row, the centre, the width, the crown.
const TRUTH: [(&str, f64, f64); 4] =
    [("eye row", 0.02, 0.04), ("centre", 0.01, 0.03), ("width", 0.04, 0.09), ("crown", 0.03, 0.08)];

#[test]
fn the_geometry_agrees_with_the_truth_of_made_up_heads() {
    let (vision, _) = tools();
    let differences: Vec<[f64; 4]> = (1..=20_u64)
        .into_par_iter()
        .map(|seed| {
            let photo = render(&Shot { size: (720, 960), ..Shot::from_seed(seed) });
            let look = vision.look(&photo.picture);
            let readings = measure::place(&Scene::new(&photo.picture, &look));
            let read = |measure: &str| readings.value(measure).expect(measure);
            let truth = &photo.truth;
            let width = f64::from(truth.width());
            let eyes = f64::from(f32::midpoint(truth.eyes[0].y, truth.eyes[1].y));
            let centre = f64::from(f32::midpoint(truth.cheeks[0].x, truth.cheeks[1].x));
            [
                (read("eye-row") - eyes) / width,
                (read("face-centre-x") - centre) / width,
                (read("face-width") - width) / width,
                (read("crown-row") - f64::from(truth.crown)) / width,
            ]
        })
        .collect();
    for (number, (name, usual, worst)) in TRUTH.into_iter().enumerate() {
        let mut sizes: Vec<f64> = differences.iter().map(|d| d[number].abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let (middle, last) = (sizes[sizes.len() / 2], sizes[sizes.len() - 1]);
        println!("{name}: middle {:.2} %, worst {:.2} % of the face width", 100.0 * middle, 100.0 * last);
        assert!(middle <= usual && last <= worst, "{name}: {middle:.4}, {last:.4}");
    }
}

#[test]
fn made_up_students_are_different_people_and_stay_themselves_in_other_light() {
    let (vision, _) = tools();
    let describe = |shot: Shot| vision.describe(&render(&shot).picture).expect("a face");
    let small = |seed| Shot { size: (600, 800), ..Shot::from_seed(seed) };
    let people: Vec<_> = (1..=24_u64).into_par_iter().map(|seed| describe(small(seed))).collect();
    let again: Vec<_> = (1..=24_u64)
        .into_par_iter()
        .map(|seed| {
            let mut shot = small(seed);
            shot.lighting.lamps = [1.1, 0.9];
            shot.lighting.exposure *= 0.9;
            shot.stance.pose.yaw += 4.0;
            shot.sensor.seed += 1000;
            describe(shot)
        })
        .collect();
    let nearest_is_self = |at: &usize| {
        let own = again[*at].distance(&people[*at]);
        people.iter().enumerate().all(|(other, face)| other == *at || face.distance(&again[*at]) > own)
    };
    let themselves = (0..people.len()).filter(nearest_is_self).count();
    println!("{themselves} of {} are nearest to themselves", people.len());
    assert!(themselves >= 23, "{themselves} of {}", people.len());
}

#[test]
fn a_rendered_file_says_that_nobody_was_photographed() {
    let photo = render(&Shot { size: (600, 800), ..Shot::from_seed(5) });
    let bytes = camera_jpeg(&photo, 5).expect("memory");
    assert!(is_rendered(&bytes));
    assert_eq!(file::open(&bytes, Some("jpg")).expect("valid").facts.comments, 1);
    assert!(!is_rendered(b"\xff\xd8\xff\xe0 any other file"));
}
