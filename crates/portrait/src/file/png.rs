//! PNG to picture: every bit depth and colour type, but nothing one can see through.

use std::io::Cursor;

use png::{ColorType, Decoder, DecodingError, Limits, PixelDimensions, Transformations, Unit};

use crate::{
    file::{
        FileFacts, Opened, Refusal, Said, check_size, profile,
        tags::{self, Tags},
    },
    picture::Picture,
};

/// Memory the decoder may take beside the picture itself: rows and an unpacked ICC profile.
const SCRATCH_BYTES: usize = 64 << 20;

pub(super) fn open(bytes: &[u8]) -> Result<Opened, Refusal> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: SCRATCH_BYTES });
    decoder.set_ignore_text_chunk(true);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let header = decoder.read_header_info().map_err(|error| refusal(&error))?;
    check_size(header.width, header.height)?;
    let mut reader = decoder.read_info().map_err(|error| refusal(&error))?;
    if reader.info().animation_control.is_some() {
        return Err(Refusal::Animated);
    }
    let size = reader
        .output_buffer_size()
        .ok_or(Refusal::Damaged(Said { en: "its size", zh: "尺寸不合理" }))?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(|error| refusal(&error))?;
    reader.finish().map_err(|error| refusal(&error))?;
    let info = reader.info();
    let grey = matches!(info.color_type, ColorType::Grayscale | ColorType::GrayscaleAlpha);
    let rgb = to_rgb(pixels, frame.color_type)?;
    let mut picture = Picture::new(frame.width as usize, frame.height as usize, rgb)
        .ok_or(Refusal::Damaged(Said { en: "fewer pixels than announced", zh: "像素少于标称" }))?;
    let tags = Tags::read(info.exif_metadata.as_deref());
    let colour = profile::to_srgb(&mut picture, grey, info.icc_profile.as_deref().map(Ok), &tags);
    let orientation = tags.orientation.unwrap_or(1);
    let picture = tags::upright(picture, orientation);
    let facts = FileFacts {
        width: picture.width() as u32,
        height: picture.height() as u32,
        dpi: info.pixel_dims.and_then(density).or(tags.dpi),
        components: if grey { 1 } else { 3 },
        bits: if info.color_type == ColorType::Indexed { 8 } else { info.bit_depth as u8 },
        bytes: bytes.len() as u64,
        trailing_bytes: trailing(bytes) as u64,
        orientation,
        format: "png",
        colour,
        software: tags.software,
        scale_eighths: 8,
        ..FileFacts::default()
    };
    Ok(Opened { picture, facts })
}

fn refusal(error: &DecodingError) -> Refusal {
    match error {
        DecodingError::IoError(cause) if cause.kind() == std::io::ErrorKind::UnexpectedEof => {
            Refusal::Truncated
        }
        DecodingError::LimitsExceeded => Refusal::Damaged(Said {
            en: "it unpacks to far more than its picture",
            zh: "解压后远大于图像本身",
        }),
        _ => Refusal::Damaged(Said { en: "its picture data do not decode", zh: "图像数据无法解码" }),
    }
}

/// Three bytes per pixel from what the decoder gives; alpha must be full everywhere.
fn to_rgb(pixels: Vec<u8>, colour: ColorType) -> Result<Vec<u8>, Refusal> {
    let opaque =
        |alpha: usize, step: usize| pixels.iter().skip(alpha).step_by(step).all(|&value| value == 255);
    match colour {
        ColorType::Rgb => Ok(pixels),
        ColorType::Grayscale => Ok(pixels.iter().flat_map(|&grey| [grey; 3]).collect()),
        ColorType::Rgba if opaque(3, 4) => {
            Ok(pixels.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect())
        }
        ColorType::GrayscaleAlpha if opaque(1, 2) => {
            Ok(pixels.chunks_exact(2).flat_map(|pixel| [pixel[0]; 3]).collect())
        }
        ColorType::Rgba | ColorType::GrayscaleAlpha => Err(Refusal::Transparent),
        ColorType::Indexed => {
            Err(Refusal::Damaged(Said { en: "a palette that does not unfold", zh: "调色板无法展开" }))
        }
    }
}

/// Dots per inch to a tenth: `pHYs` counts whole dots per metre, so 300 dpi is stored as 11 811.
fn density(dims: PixelDimensions) -> Option<f64> {
    let square = dims.xppu == dims.yppu && dims.unit == Unit::Meter;
    square.then(|| (f64::from(dims.xppu) * 0.0254 * 10.0).round() / 10.0)
}

/// Bytes after the end chunk.
fn trailing(bytes: &[u8]) -> usize {
    let mut at = 8;
    while let Some(&[a, b, c, d, ref kind @ ..]) = bytes.get(at..at + 8) {
        // Length, kind and checksum take 12 bytes.
        at = at.saturating_add(u32::from_be_bytes([a, b, c, d]) as usize).saturating_add(12);
        if kind == b"IEND" {
            return bytes.len().saturating_sub(at);
        }
    }
    0
}
