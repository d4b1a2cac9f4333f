//! JPEG: too strong, or twice on different grids.

use mozjpeg::{ColorSpace, Compress, Decompress};
use portrait::picture::Picture;

/// The picture after JPEG at a quality of 1 to 100 (Annex K tables, 4:2:0, as libjpeg does it).
pub fn jpeg(picture: &Picture, quality: f32) -> Picture {
    coded(picture, quality).unwrap_or_else(|| picture.clone())
}

fn coded(picture: &Picture, quality: f32) -> Option<Picture> {
    let mut encoder = Compress::new(ColorSpace::JCS_RGB);
    encoder.set_fastest_defaults();
    encoder.set_size(picture.width(), picture.height());
    encoder.set_quality(quality);
    let mut encoder = encoder.start_compress(Vec::new()).ok()?;
    encoder.write_scanlines(picture.rgb()).ok()?;
    let bytes = encoder.finish().ok()?;
    let mut decoder = Decompress::new_mem(&bytes).ok()?.rgb().ok()?;
    let (width, height) = (decoder.width(), decoder.height());
    let rgb = decoder.read_scanlines::<u8>().ok()?;
    Picture::new(width, height, rgb)
}

/// The picture as cut out of a JPEG of `quality` whose grid lay 3 px to the right and 5 px further down.
pub fn cropped_from_jpeg(picture: &Picture, quality: f32) -> Picture {
    const SHIFT: (usize, usize) = (3, 5);
    let (width, height) = (picture.width(), picture.height());
    let mut larger = Picture::filled(width + 8, height + 8, [0; 3]);
    for y in 0..height + 8 {
        for x in 0..width + 8 {
            let from = (x.saturating_sub(SHIFT.0).min(width - 1), y.saturating_sub(SHIFT.1).min(height - 1));
            larger.set_pixel(x, y, picture.pixel(from.0, from.1));
        }
    }
    let coded = jpeg(&larger, quality);
    let mut cut = picture.clone();
    for y in 0..height {
        for x in 0..width {
            cut.set_pixel(x, y, coded.pixel(x + SHIFT.0, y + SHIFT.1));
        }
    }
    cut
}
