//! Files that are broken, hostile or of another kind: refused with a reason, never a panic, never for long.

use std::{
    panic::catch_unwind,
    time::{Duration, Instant},
};

use mozjpeg::{ColorSpace, Compress};
use portrait::file::{ColourSource, Refusal, open, open_scaled};

/// A small picture with edges, so that mutations meet real codes.
fn pixels(width: usize, height: usize, channels: usize) -> Vec<u8> {
    (0..width * height * channels).map(|i| ((i * 7) ^ (i / (width * channels) * 13)) as u8).collect()
}

fn jpeg(space: ColorSpace, channels: usize, progressive: bool, segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut writer = Compress::new(space);
    writer.set_size(48, 40);
    writer.set_fastest_defaults();
    if space == ColorSpace::JCS_CMYK {
        writer.set_color_space(ColorSpace::JCS_CMYK);
    }
    if progressive {
        writer.set_progressive_mode();
    }
    let mut started = writer.start_compress(Vec::new()).expect("starts");
    started.write_scanlines(&pixels(48, 40, channels)).expect("writes");
    let mut bytes = started.finish().expect("ends");
    // New segments go behind the start of image and the JFIF header (18 bytes), or the Adobe one without it.
    let at = 4 + usize::from(u16::from_be_bytes([bytes[4], bytes[5]])) - 2 + 2;
    for (marker, content) in segments.iter().rev() {
        let mut segment = vec![0xFF, *marker];
        segment.extend((content.len() as u16 + 2).to_be_bytes());
        segment.extend(content);
        bytes.splice(at..at, segment);
    }
    bytes
}

/// An EXIF segment with nothing but an orientation.
fn exif(orientation: u8) -> (u8, Vec<u8>) {
    let mut content = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    content.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    (0xE1, content)
}

/// An ICC segment, whole.
fn icc(profile: &[u8]) -> (u8, Vec<u8>) {
    let mut content = b"ICC_PROFILE\0\x01\x01".to_vec();
    content.extend(profile);
    (0xE2, content)
}

fn adobe_rgb() -> Vec<u8> {
    moxcms::ColorProfile::new_adobe_rgb().encode().expect("encodes")
}

fn png(width: u32, height: u32, colour: png::ColorType, data: &[u8], profile: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut info = png::Info::with_size(width, height);
    info.color_type = colour;
    info.bit_depth = png::BitDepth::Eight;
    if profile {
        info.icc_profile = Some(adobe_rgb().into());
    }
    let mut writer =
        png::Encoder::with_info(&mut bytes, info).expect("valid").write_header().expect("writes");
    writer.write_image_data(data).expect("writes");
    writer.finish().expect("ends");
    bytes
}

fn seeds() -> Vec<Vec<u8>> {
    let rgb = ColorSpace::JCS_RGB;
    vec![
        jpeg(rgb, 3, false, &[]),
        jpeg(rgb, 3, true, &[]),
        jpeg(ColorSpace::JCS_GRAYSCALE, 1, false, &[]),
        jpeg(ColorSpace::JCS_CMYK, 4, false, &[]),
        jpeg(rgb, 3, false, &[exif(6), icc(&adobe_rgb())]),
        png(24, 20, png::ColorType::Rgb, &pixels(24, 20, 3), false),
        png(24, 20, png::ColorType::Rgb, &pixels(24, 20, 3), true),
        png(24, 20, png::ColorType::Grayscale, &pixels(24, 20, 1), false),
    ]
}

/// Changes, drops or repeats a few bytes, or cuts the file; the same seed does the same.
fn mutate(bytes: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    let mut changed = bytes.to_vec();
    for _ in 0..=next(4) {
        let at = next(changed.len());
        match next(6) {
            0 => changed[at] = next(256) as u8,
            1 => changed[at] ^= 1 << next(8),
            2 => changed[at] = [0, 0xFF, 0x7F, 0x80][next(4)],
            3 => changed.truncate(at.max(1)),
            4 => {
                let end = (at + 1 + next(16)).min(changed.len());
                let piece = changed[at..end].to_vec();
                changed.splice(at..at, piece);
            }
            _ => {
                let end = (at + 1 + next(16)).min(changed.len());
                changed.drain(at..end);
                if changed.is_empty() {
                    changed.push(0);
                }
            }
        }
    }
    changed
}

#[test]
fn six_thousand_broken_files_neither_panic_nor_hang() {
    let seeds = seeds();
    let (mut opened, mut refused) = (0, 0);
    for number in 0..6_000_u64 {
        let bytes = mutate(&seeds[number as usize % seeds.len()], number);
        let began = Instant::now();
        let result =
            catch_unwind(|| open(&bytes, Some("jpg"))).unwrap_or_else(|_| panic!("mutation {number} panics"));
        // Headers may claim up to 60 megapixels, whose decoding is bounded work.
        assert!(began.elapsed() < Duration::from_secs(20), "mutation {number} takes long");
        match result {
            Ok(_) => opened += 1,
            Err(reason) => {
                assert!(!reason.zh().is_empty() && !reason.to_string().is_empty());
                refused += 1;
            }
        }
    }
    assert!(opened > 100 && refused > 3_000, "{opened} opened, {refused} refused");
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    for bytes in seeds() {
        for end in (0..bytes.len()).step_by(7) {
            assert!(open(&bytes[..end], None).is_err(), "cut at {end} of {}", bytes.len());
        }
    }
}

#[test]
fn files_of_other_kinds_are_named() {
    for (bytes, extension, code) in [
        (&b""[..], "jpg", "empty"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "heic", "heif"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "avif", "heif"),
        (b"II*\0\x10\0\0\0CR\x02\0", "cr2", "raw"),
        (b"\0\0\0\x18ftypcrx \0\0\0\0", "cr3", "raw"),
        (b"MM\0*\0\0\0\x08", "NEF", "raw"),
        (b"II*\0\x08\0\0\0", "arw", "raw"),
        (b"FUJIFILMCCD-RAW 0201", "raf", "raw"),
        (b"II*\0\x08\0\0\0", "tif", "other-picture"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp", "other-picture"),
        (b"GIF89a", "gif", "other-picture"),
        (b"%PDF-1.7", "jpg", "no-picture"),
        (b"  <!DOCTYPE html><html>", "jpg", "no-picture"),
        ("张三,照片".as_bytes(), "jpg", "no-picture"),
        (b"\x01\x02\x03\x04", "jpg", "unknown-format"),
    ] {
        let reason = open(bytes, Some(extension)).expect_err("it is no JPEG or PNG");
        assert_eq!(reason.code(), code, "{extension}: {reason}");
    }
}

/// Sets the size in a JPEG's frame header.
fn claim(bytes: &mut [u8], width: u16, height: u16) {
    let at = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a baseline frame") + 5;
    bytes[at..at + 2].copy_from_slice(&height.to_be_bytes());
    bytes[at + 2..at + 4].copy_from_slice(&width.to_be_bytes());
}

#[test]
fn a_header_that_claims_900_megapixels_is_refused_at_once() {
    let mut bytes = seeds().remove(0);
    claim(&mut bytes, 30_000, 30_000);
    assert!(matches!(open(&bytes, None), Err(Refusal::TooLarge { width: 30_000, height: 30_000, .. })));
    let mut bytes = png(1, 1, png::ColorType::Rgb, &[1, 2, 3], false);
    bytes[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    assert!(open(&bytes, None).is_err());
}

#[test]
fn a_thousand_scans_are_refused_before_decoding() {
    let bytes = jpeg(ColorSpace::JCS_RGB, 3, true, &[]);
    let at = bytes.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).expect("a scan");
    let (head, scan) = (&bytes[..at], &bytes[at..bytes.len() - 2]);
    let bomb = [head, &scan.repeat(1_000), b"\xFF\xD9"].concat();
    assert!(matches!(open(&bomb, None), Err(Refusal::TooManyScans(scans)) if scans > 1_000));
}

#[test]
fn four_colour_files_are_refused_as_such() {
    assert_eq!(open(&jpeg(ColorSpace::JCS_CMYK, 4, false, &[]), None).err(), Some(Refusal::Cmyk));
}

#[test]
fn what_one_can_see_through_is_refused_and_full_alpha_is_not() {
    let rgba = png::ColorType::Rgba;
    assert_eq!(open(&png(1, 1, rgba, &[1, 2, 3, 254], false), None).err(), Some(Refusal::Transparent));
    let opened = open(&png(1, 1, rgba, &[1, 2, 3, 255], false), None).expect("opaque");
    assert_eq!(opened.picture.pixel(0, 0), [1, 2, 3]);
}

#[test]
fn orientation_and_profile_are_applied_and_grey_is_told() {
    let opened = open(&seeds()[4], Some("JPG")).expect("valid");
    assert_eq!((opened.picture.width(), opened.picture.height()), (40, 48));
    assert_eq!((opened.facts.orientation, opened.facts.colour), (6, ColourSource::Profile));
    let broken = jpeg(ColorSpace::JCS_RGB, 3, false, &[icc(b"no profile")]);
    assert_eq!(open(&broken, None).expect("valid").facts.colour, ColourSource::BrokenProfile);
    let grey = open(&seeds()[2], None).expect("valid");
    assert_eq!((grey.facts.components, grey.picture.rgb().len()), (1, 48 * 40 * 3));
}

#[test]
fn a_scaled_opening_is_as_large_as_wanted_and_keeps_the_files_size() {
    let bytes = seeds().remove(0);
    for (width, height, expected) in
        [(6, 5, 1), (7, 5, 2), (12, 10, 2), (24, 20, 4), (25, 20, 8), (99, 99, 8)]
    {
        let opened = open_scaled(&bytes, None, width, height).expect("valid");
        assert_eq!(opened.facts.scale_eighths, expected, "{width}×{height}");
        assert_eq!((opened.facts.width, opened.facts.height), (48, 40));
        assert_eq!(opened.picture.width(), 48 * usize::from(expected) / 8);
    }
}
