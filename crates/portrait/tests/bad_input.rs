//! Files that are broken, hostile or of another kind: refused with a reason, never a panic, never for long.

use std::{
    io::Write,
    panic::catch_unwind,
    time::{Duration, Instant},
};

use mozjpeg::ColorSpace;
use portrait::file::{Refusal, open};
use samples::{adobe_rgb, exif, icc, jpeg, pixels, png, with_checksum};

mod samples;

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

/// The most memory this process ever held, from the kernel; 0 where it does not say.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
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
    // The largest picture that is opened at all takes 180 MB, twice that while it is turned upright.
    let peak = peak_megabytes();
    assert!(peak < 512, "{peak} MB at the peak");
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
    with_checksum(&mut bytes, 8);
    assert!(matches!(open(&bytes, None), Err(Refusal::TooLarge { width: 30_000, height: 30_000, .. })));
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

/// Puts 256 MB of zeros, packed, into a PNG's profile or text.
fn packed_bomb(kind: [u8; 4], head: &[u8]) -> Vec<u8> {
    let mut bytes = png(24, 20, png::ColorType::Rgb, &pixels(24, 20, 3), false);
    let mut packer = flate2::write::ZlibEncoder::new(head.to_vec(), flate2::Compression::fast());
    let zeros = vec![0; 1 << 20];
    for _ in 0..256 {
        packer.write_all(&zeros).expect("memory");
    }
    let content = packer.finish().expect("memory");
    // Behind the signature and the header chunk.
    let mut chunk = (content.len() as u32).to_be_bytes().to_vec();
    chunk.extend(kind);
    chunk.extend(content);
    chunk.extend([0; 4]);
    with_checksum(&mut chunk, 0);
    bytes.splice(33..33, chunk);
    bytes
}

#[test]
fn what_unpacks_to_far_more_than_the_picture_costs_neither_memory_nor_the_picture() {
    for kind in [*b"iCCP", *b"zTXt"] {
        let began = Instant::now();
        let bomb = packed_bomb(kind, b"a\0\0");
        let packed = began.elapsed();
        match open(&bomb, None) {
            Ok(opened) => assert_eq!(opened.picture.width(), 24),
            Err(reason) => assert_eq!(reason.code(), "damaged"),
        }
        assert!(began.elapsed() < packed + Duration::from_secs(5));
    }
    assert!(peak_megabytes() < 512);
}
