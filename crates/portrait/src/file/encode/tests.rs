use super::*;
use crate::file;

const GOAL: EncodeGoal = EncodeGoal {
    bytes_low: 20_480,
    bytes_high: 40_000,
    aim: 36_000,
    aim_tolerance: 2_000,
    min_quality: 60,
    dpi: 300,
    reserve: 330,
};

/// 480 × 640 pixels with soft shapes and grain of ± `grain`.
fn grainy(grain: u32) -> Picture {
    let mut seed = 1_u32;
    let mut rgb = Vec::new();
    for y in 0..640 {
        for x in 0..480 {
            let light = 128.0 + 60.0 * (x as f32 / 40.0).sin() * (y as f32 / 55.0).cos();
            for _ in 0..3 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = (seed >> 16) % (2 * grain + 1);
                rgb.push((light + noise as f32 - grain as f32).clamp(0.0, 255.0) as u8);
            }
        }
    }
    Picture::new(480, 640, rgb).expect("the length fits")
}

#[test]
fn an_ordinary_picture_lands_near_the_aim_and_leaves_the_reserve() {
    for grain in [6, 9, 12] {
        let encoded = encode(&grainy(grain), &GOAL).expect("it fits");
        let size = encoded.bytes.len() + GOAL.reserve;
        assert!(
            size.abs_diff(GOAL.aim) <= GOAL.aim_tolerance,
            "grain {grain}: {size} at {}",
            encoded.quality
        );
        assert_eq!((encoded.outcome, encoded.trellis), (SizeOutcome::Within, false));
        assert!(encoded.attempts <= 4, "grain {grain}: {} encodes", encoded.attempts);
    }
}

#[test]
fn the_file_states_what_the_standard_asks_for() {
    let encoded = encode(&grainy(9), &GOAL).expect("it fits");
    let facts = file::open(&encoded.bytes, Some("jpg")).expect("our own file").facts;
    assert_eq!((facts.width, facts.height, facts.dpi), (480, 640, Some(300.0)));
    assert_eq!((facts.components, facts.bits, facts.subsampling), (3, 8, Some((2, 2))));
    assert_eq!((facts.progressive, facts.scans, facts.comments), (Some(false), 1, 0));
    assert_eq!((facts.quality, facts.trailing_bytes), (Some(encoded.quality), 0));
}

#[test]
fn every_quality_is_written_with_its_annex_k_tables() {
    let picture = Picture::filled(16, 16, [90, 120, 150]);
    for quality in LOWEST_QUALITY..=HIGHEST_QUALITY {
        for trellis in [false, true] {
            let bytes = write(&picture, quality, 300, trellis).expect("it encodes");
            let tables = file::markers::walk(&bytes).expect("our own file").tables;
            let (luma, chroma) = quality::annex_k(quality);
            assert_eq!(
                (tables[0], tables[1]),
                (Some(luma), Some(chroma)),
                "quality {quality}, trellis {trellis}"
            );
        }
    }
}

#[test]
fn the_same_picture_gives_the_same_bytes() {
    let picture = grainy(9);
    assert_eq!(encode(&picture, &GOAL), encode(&picture, &GOAL));
}

#[test]
fn an_even_picture_stays_small_and_is_not_padded() {
    let encoded = encode(&Picture::filled(480, 640, [200, 210, 220]), &GOAL).expect("it fits");
    assert_eq!((encoded.outcome, encoded.quality), (SizeOutcome::BelowUsualSize, HIGHEST_QUALITY));
    assert!(encoded.bytes.len() < 10_000);
}

#[test]
fn a_picture_too_noisy_for_the_lowest_quality_gets_trellis_and_stays_above_the_floor() {
    let mut with_trellis = 0;
    for grain in 12..60 {
        let Ok(encoded) = encode(&grainy(grain), &GOAL) else { continue };
        assert!(
            encoded.quality >= 60 && encoded.bytes.len() + GOAL.reserve <= GOAL.bytes_high,
            "grain {grain}"
        );
        with_trellis += u32::from(encoded.trellis);
    }
    assert!(with_trellis > 0, "some grain needs trellis");
}

#[test]
fn a_hopelessly_noisy_picture_is_refused_with_advice() {
    let error = encode(&grainy(120), &GOAL).expect_err("it cannot fit");
    assert!(
        matches!(error, EncodeError::DoesNotFit { smallest, limit: 39_670, quality: 60 } if smallest > 39_670)
    );
    assert!(error.to_string().contains("lower ISO") && error.zh().contains("ISO"));
}
