//! Codes as pictures: the card that a student saves, and every code found again in a picture.

use std::sync::Arc;

use proptest::prelude::*;
use seal::card::{CARD_PX, Card, png};
use seal::code::text::CodeText;
use seal::code::{Holder, Level};
use seal::keys::Nonce;
use seal::masking::{MaskedDocument, MaskedName};
use seal::reading::{Grey, read};
use seal::suite::Suite;

use crate::codes::{EXPIRES_S, ISSUED_S, issuer};

fn holder() -> Holder {
    Holder {
        student: "10701210234".to_owned().try_into().unwrap(),
        name: MaskedName::of("买买提·艾力"),
        document: MaskedDocument::of("61010419990307002X"),
        school: "10701".to_owned().try_into().unwrap(),
        level: Level::Master,
    }
}

fn code(suite: Suite, nonce: u8) -> CodeText {
    issuer(suite).issue(&holder(), (ISSUED_S, EXPIRES_S), Nonce::new([nonce; 12])).unwrap().1
}

fn card(code: &CodeText) -> String {
    let holder = holder();
    Card { code, holder: &holder, school: "<西安&电子>", until: "2027-07-01" }.svg().unwrap()
}

fn pixels(svg: &str) -> Grey {
    let drawn = png(svg, Arc::default()).unwrap();
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(drawn)).read_info().unwrap();
    let mut rgba = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut rgba).unwrap();
    let rgb: Vec<u8> = rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Grey::of_rgb(CARD_PX.0 as usize, &rgb).unwrap()
}

fn texts(picture: &Grey) -> Vec<String> {
    read(picture).iter().map(|found| found.reveal().to_owned()).collect()
}

#[test]
fn a_card_shows_masked_data_and_the_warning_and_its_code_reads_back() {
    for suite in Suite::ALL {
        let code = code(suite, 1);
        let svg = card(&code);
        for shown in
            ["买**·*力", "*****002X", "&#60;西安&#38;电子&#62;", "硕士", "2027-07-01", "不要随意外传"]
        {
            assert!(svg.contains(shown), "{shown}");
        }
        assert!(!svg.contains("买提") && !svg.contains("61010419"));
        assert_eq!(texts(&pixels(&svg)), [code.reveal()], "{suite:?}");
    }
}

#[test]
fn every_code_in_a_picture_is_found_from_the_top_down() {
    let codes = [code(Suite::Modern, 1), code(Suite::Gm, 2), code(Suite::Modern, 3)];
    let mut picture = pixels(&card(&codes[0]));
    for code in &codes[1..] {
        picture.pixels.extend(pixels(&card(code)).pixels);
    }
    assert_eq!(texts(&picture), codes.each_ref().map(CodeText::reveal));
}

#[test]
fn the_same_code_twice_in_a_picture_is_one_code() {
    let code = code(Suite::Modern, 1);
    let mut picture = pixels(&card(&code));
    picture.pixels.extend(picture.pixels.clone());
    assert_eq!(texts(&picture), [code.reveal()]);
}

#[test]
fn a_picture_without_a_code_gives_none() {
    assert_eq!(Grey::new(0, Vec::new()), None);
    assert_eq!(Grey::new(3, vec![0; 4]), None);
    for (width, level) in [(1, 0), (1, 255), (7, 128), (300, 0)] {
        assert_eq!(texts(&Grey::new(width, vec![level; width * width]).unwrap()), [""; 0]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn random_pictures_of_any_shape_do_no_harm(width in 1_usize..90, rows in 1_usize..90, seed in any::<u64>()) {
        let noise = |at: usize| (seed.wrapping_mul(at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
        let picture = Grey::new(width, (0..width * rows).map(noise).collect()).unwrap();
        prop_assert!(read(&picture).is_empty());
    }
}
