//! Small files of every kind that is read.

#![allow(dead_code, reason = "each test binary uses its part")]

use mozjpeg::{ColorSpace, Compress};

/// A small picture with edges, so that mutations meet real codes.
pub fn pixels(width: usize, height: usize, channels: usize) -> Vec<u8> {
    (0..width * height * channels).map(|i| ((i * 7) ^ (i / (width * channels) * 13)) as u8).collect()
}

/// A JPEG of 48 × 40 pixels with more segments of marker and content.
pub fn jpeg(space: ColorSpace, channels: usize, progressive: bool, segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
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
pub fn exif(orientation: u8) -> (u8, Vec<u8>) {
    let mut content = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    content.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    (0xE1, content)
}

/// An ICC segment, whole.
pub fn icc(profile: &[u8]) -> (u8, Vec<u8>) {
    let mut content = b"ICC_PROFILE\0\x01\x01".to_vec();
    content.extend(profile);
    (0xE2, content)
}

/// The profile of a wider space than sRGB.
pub fn adobe_rgb() -> Vec<u8> {
    moxcms::ColorProfile::new_adobe_rgb().encode().expect("encodes")
}

/// A PNG of 8 bits with or without the profile.
pub fn png(width: u32, height: u32, colour: png::ColorType, data: &[u8], profile: bool) -> Vec<u8> {
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

/// Rights the checksum of the PNG chunk at `at` (ISO 3309, as PNG uses it).
pub fn with_checksum(bytes: &mut [u8], at: usize) {
    let length = u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
    let mut checksum = flate2::Crc::new();
    checksum.update(&bytes[at + 4..at + 8 + length]);
    bytes[at + 8 + length..at + 12 + length].copy_from_slice(&checksum.sum().to_be_bytes());
}
