//! The file: a flawless one, and what can be wrong with it while the picture is right.

use mozjpeg::{ColorSpace, Compress, PixelDensity, PixelDensityUnit};
use portrait::picture::Picture;

use crate::base::Base;

/// A file with the extension of its name.
pub type Named = (Vec<u8>, &'static str);

/// Quality of a file that is small enough and good enough.
const QUALITY: f32 = 80.0;
/// Dots per inch of the standard.
const DPI: u16 = 300;

/// Fewer dots per inch in the header.
pub fn density(base: &Base, fewer: f32) -> Named {
    jpeg(&base.picture, QUALITY, DPI - fewer as u16)
}

/// Stronger compression.
pub fn quality(base: &Base, loss: f32) -> Named {
    jpeg(&base.picture, 100.0 - loss, DPI)
}

/// Larger than a registration system takes, by finer tables.
pub fn size(base: &Base, finer: f32) -> Named {
    jpeg(&base.picture, QUALITY + finer, DPI)
}

/// Columns missing, half of them on each side.
pub fn narrow(base: &Base, columns: f32) -> Named {
    let (cut, old) = (columns as usize / 2, &base.picture);
    let mut picture = Picture::filled(old.width() - 2 * cut, old.height(), [0; 3]);
    for y in 0..picture.height() {
        for x in 0..picture.width() {
            picture.set_pixel(x, y, old.pixel(x + cut, y));
        }
    }
    jpeg(&picture, QUALITY, DPI)
}

/// Stored in shades of grey.
pub fn grey(base: &Base, amount: f32) -> Named {
    if amount > 0.0 { coded(&base.picture, QUALITY, DPI, true) } else { jpeg(&base.picture, QUALITY, DPI) }
}

/// Named `.jpeg`.
pub fn extension(base: &Base, amount: f32) -> Named {
    let (bytes, right) = jpeg(&base.picture, QUALITY, DPI);
    (bytes, if amount > 0.0 { "jpeg" } else { right })
}

/// With an EXIF tag that tells viewers to turn the picture.
pub fn orientation(base: &Base, tag: f32) -> Named {
    let (bytes, name) = jpeg(&base.picture, QUALITY, DPI);
    // Big-endian TIFF with one entry: tag 0x0112, SHORT, one value.
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([tag as u8, 0, 0, 0, 0, 0, 0]);
    let length = (exif.len() + 2) as u16;
    // Behind the JFIF header: 2 bytes of SOI and 18 of APP0.
    let (head, tail) = bytes.split_at(20);
    ([head, &[0xff, 0xe1], &length.to_be_bytes(), &exif, tail].concat(), name)
}

/// With bytes after the end of the picture.
pub fn trailing(base: &Base, count: f32) -> Named {
    let (mut bytes, name) = jpeg(&base.picture, QUALITY, DPI);
    bytes.resize(bytes.len() + count as usize, 0);
    (bytes, name)
}

fn jpeg(picture: &Picture, quality: f32, dpi: u16) -> Named {
    coded(picture, quality, dpi, false)
}

fn coded(picture: &Picture, quality: f32, dpi: u16, grey: bool) -> Named {
    let mut encoder = Compress::new(ColorSpace::JCS_RGB);
    encoder.set_fastest_defaults();
    encoder.set_size(picture.width(), picture.height());
    encoder.set_quality(quality);
    encoder.set_pixel_density(PixelDensity { unit: PixelDensityUnit::Inches, x: dpi, y: dpi });
    if grey {
        encoder.set_color_space(ColorSpace::JCS_GRAYSCALE);
    }
    let coded = encoder.start_compress(Vec::new()).and_then(|mut encoder| {
        encoder.write_scanlines(picture.rgb())?;
        encoder.finish()
    });
    (coded.expect("memory takes it"), "jpg")
}
