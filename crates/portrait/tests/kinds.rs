//! Every kind of file that is read, and what its statements come to.

use mozjpeg::ColorSpace;
use portrait::{
    file::{ColourSource, Refusal, encode, open, open_scaled},
    picture::Picture,
};
use samples::{adobe_rgb, exif, icc, jpeg, png};

mod samples;

#[test]
fn what_one_can_see_through_is_refused_and_full_alpha_is_not() {
    let rgba = png::ColorType::Rgba;
    assert_eq!(open(&png(1, 1, rgba, &[1, 2, 3, 254], false), None).err(), Some(Refusal::Transparent));
    let opened = open(&png(1, 1, rgba, &[1, 2, 3, 255], false), None).expect("opaque");
    assert_eq!(opened.picture.pixel(0, 0), [1, 2, 3]);
}

#[test]
fn orientation_and_profile_are_applied_and_grey_is_told() {
    let opened = open(&jpeg(ColorSpace::JCS_RGB, 3, false, &[exif(6), icc(&adobe_rgb())]), Some("JPG"))
        .expect("valid");
    assert_eq!((opened.picture.width(), opened.picture.height()), (40, 48));
    assert_eq!((opened.facts.orientation, opened.facts.colour), (6, ColourSource::Profile));
    let broken = jpeg(ColorSpace::JCS_RGB, 3, false, &[icc(b"no profile")]);
    assert_eq!(open(&broken, None).expect("valid").facts.colour, ColourSource::BrokenProfile);
    let grey = open(&jpeg(ColorSpace::JCS_GRAYSCALE, 1, false, &[]), None).expect("valid");
    assert_eq!((grey.facts.components, grey.picture.rgb().len()), (1, 48 * 40 * 3));
}

#[test]
fn a_scaled_opening_is_as_large_as_wanted_and_keeps_the_files_size() {
    let bytes = jpeg(ColorSpace::JCS_RGB, 3, false, &[]);
    for (width, height, expected) in
        [(6, 5, 1), (7, 5, 2), (12, 10, 2), (24, 20, 4), (25, 20, 8), (99, 99, 8)]
    {
        let opened = open_scaled(&bytes, None, width, height).expect("valid");
        assert_eq!(opened.facts.scale_eighths, expected, "{width}×{height}");
        assert_eq!((opened.facts.width, opened.facts.height), (48, 40));
        assert_eq!(opened.picture.width(), 48 * usize::from(expected) / 8);
    }
}

/// A picture as an ordinary JPEG at 300 dpi.
fn plain_jpeg(picture: &Picture) -> Vec<u8> {
    let goal = encode::EncodeGoal {
        bytes_low: 0,
        bytes_high: usize::MAX,
        aim: 36_000,
        aim_tolerance: 2_000,
        min_quality: 60,
        dpi: 300,
        reserve: 0,
    };
    encode::encode(picture, &goal).expect("nothing limits the size").bytes
}

/// Puts a segment behind the JFIF header.
fn with_segment(jpeg: &[u8], (marker, content): &(u8, Vec<u8>)) -> Vec<u8> {
    let length = (content.len() as u16 + 2).to_be_bytes();
    [&jpeg[..20], &[0xFF, *marker], &length, content, &jpeg[20..]].concat()
}

#[test]
fn a_photo_held_in_any_way_stands_upright() {
    let mut picture = Picture::filled(32, 16, [200; 3]);
    for y in 0..8 {
        for x in 0..8 {
            picture.set_pixel(x, y, [0; 3]);
        }
    }
    let stored = plain_jpeg(&picture);
    // Where the dark upper left corner goes (TIFF 6.0, tag 274).
    for (tag, right, below) in [
        (1, false, false),
        (2, true, false),
        (3, true, true),
        (4, false, true),
        (5, false, false),
        (6, true, false),
        (7, true, true),
        (8, false, true),
    ] {
        let opened = open(&with_segment(&stored, &exif(tag)), None).expect("valid");
        let shown = &opened.picture;
        assert_eq!(shown.width() < shown.height(), tag >= 5, "tag {tag}");
        assert_eq!((opened.facts.width, opened.facts.orientation), (shown.width() as u32, u16::from(tag)));
        let column = if right { shown.width() - 2 } else { 1 };
        let row = if below { shown.height() - 2 } else { 1 };
        assert!(shown.pixel(column, row)[0] < 60, "tag {tag}: the dark corner is not at {column}, {row}");
    }
}

#[test]
fn colours_outside_srgb_are_brought_in() {
    let stored = plain_jpeg(&Picture::filled(16, 16, [100, 180, 100]));
    let opened = open(&with_segment(&stored, &icc(&adobe_rgb())), None).expect("valid");
    let [r, g, _] = opened.picture.pixel(8, 8);
    assert!(r < 70 && g > 175, "Adobe's green is stronger than sRGB's: {r}, {g}");
}

/// An EXIF segment of unsigned rational densities per inch.
fn exif_density(dpi: u32) -> (u8, Vec<u8>) {
    let mut content = b"Exif\0\0MM\0*\0\0\0\x08\0\x03".to_vec();
    for (tag, kind, value) in [(0x011A_u16, 5_u16, 50_u32), (0x011B, 5, 50), (0x0128, 3, 2 << 16)] {
        content.extend(tag.to_be_bytes());
        content.extend(kind.to_be_bytes());
        content.extend(1_u32.to_be_bytes());
        content.extend(value.to_be_bytes());
    }
    content.extend([0; 4]);
    content.extend(dpi.to_be_bytes());
    content.extend(1_u32.to_be_bytes());
    (0xE1, content)
}

#[test]
fn a_density_is_what_jfif_and_exif_agree_on() {
    let stored = plain_jpeg(&Picture::filled(16, 16, [100; 3]));
    let said = |bytes: &[u8]| {
        let facts = open(bytes, None).expect("valid").facts;
        (facts.dpi, facts.density_contradiction)
    };
    assert_eq!(said(&with_segment(&stored, &exif_density(300))), (Some(300.0), false));
    assert_eq!(said(&with_segment(&stored, &exif_density(72))), (None, true));
    // With a mere ratio in the JFIF header EXIF decides.
    let mut ratio = stored;
    ratio[13] = 0;
    assert_eq!(said(&with_segment(&ratio, &exif_density(72))), (Some(72.0), false));
}

#[test]
fn png_of_every_kind_becomes_three_bytes_a_pixel() {
    use ::png::{BitDepth, ColorType};
    for (colour, depth, line, expected) in [
        (ColorType::Rgb, BitDepth::Eight, &[9, 8, 7, 9, 8, 7][..], [9, 8, 7]),
        (ColorType::Rgb, BitDepth::Sixteen, &[9, 255, 8, 0, 7, 0, 9, 255, 8, 0, 7, 0], [9, 8, 7]),
        (ColorType::Grayscale, BitDepth::Eight, &[9, 9], [9; 3]),
        (ColorType::Grayscale, BitDepth::One, &[0b0100_0000], [255; 3]),
        (ColorType::Indexed, BitDepth::Four, &[0x01], [4, 5, 6]),
        (ColorType::GrayscaleAlpha, BitDepth::Eight, &[9, 255, 9, 255], [9; 3]),
    ] {
        let mut bytes = Vec::new();
        let mut encoder = ::png::Encoder::new(&mut bytes, 2, 1);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        if colour == ColorType::Indexed {
            encoder.set_palette(vec![1, 2, 3, 4, 5, 6]);
        }
        encoder.write_header().expect("writes").write_image_data(line).expect("writes");
        let opened = open(&bytes, Some("png")).expect("valid");
        assert_eq!(opened.picture.pixel(1, 0), expected, "{colour:?} {depth:?}");
    }
}

#[test]
fn one_pixel_is_a_picture() {
    let opened = open(&plain_jpeg(&Picture::filled(1, 1, [9; 3])), None).expect("valid");
    assert_eq!((opened.picture.width(), opened.picture.height()), (1, 1));
}
