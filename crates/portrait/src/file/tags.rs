//! EXIF: which way up the picture is, its density, colour space and last writer.

use exif::{Exif, In, Reader, Tag, Value};

use crate::picture::Picture;

/// EXIF longer than this is not read: a JPEG segment holds 64 KiB, and a PNG has no use for more.
const LONGEST: usize = 1 << 20;

/// What is read from EXIF; everything is optional there.
#[derive(Debug, Clone, Default)]
pub(super) struct Tags {
    /// The orientation as written, also when it is none of 1 to 8.
    pub orientation: Option<u16>,
    /// Dots per inch.
    pub dpi: Option<f64>,
    /// Whether the colours are said to be sRGB.
    pub srgb: bool,
    /// Whether they are said to be Adobe RGB.
    pub adobe_rgb: bool,
    /// What last wrote the file.
    pub software: Option<String>,
}

impl Tags {
    /// Reads TIFF data; a broken block counts as none, since it changes no pixel.
    pub fn read(data: Option<&[u8]>) -> Self {
        let Some(exif) = data
            .filter(|data| data.len() <= LONGEST)
            .and_then(|data| Reader::new().read_raw(data.to_vec()).ok())
        else {
            return Self::default();
        };
        let colour_space = number(&exif, Tag::ColorSpace);
        Self {
            orientation: number(&exif, Tag::Orientation),
            dpi: density(&exif),
            srgb: colour_space == Some(1),
            adobe_rgb: colour_space != Some(1)
                && text(&exif, Tag::InteroperabilityIndex).is_some_and(|index| index.starts_with("R03")),
            software: text(&exif, Tag::Software),
        }
    }
}

fn number(exif: &Exif, tag: Tag) -> Option<u16> {
    exif.get_field(tag, In::PRIMARY)?.value.get_uint(0)?.try_into().ok()
}

fn text(exif: &Exif, tag: Tag) -> Option<String> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(lines) => {
            let line = String::from_utf8_lossy(lines.first()?);
            Some(line.trim().chars().filter(|c| !c.is_control()).take(80).collect())
        }
        _ => None,
    }
}

/// Dots per inch when both axes agree; unit 2 is the inch (also when not given), 3 the centimetre.
fn density(exif: &Exif) -> Option<f64> {
    let axis = |tag| match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Rational(values) => {
            values.first().map(exif::Rational::to_f64).filter(|value| value.is_normal())
        }
        _ => None,
    };
    let (x, y) = (axis(Tag::XResolution)?, axis(Tag::YResolution)?);
    let per_inch = match number(exif, Tag::ResolutionUnit) {
        None | Some(2) => 1.0,
        Some(3) => 2.54,
        Some(_) => return None,
    };
    ((x - y).abs() < 0.01 * x).then_some(x * per_inch)
}

/// When the shutter was released by the camera's own clock, in milliseconds since 1970-01-01 of whatever zone it is
/// set to (Exif 3.0, tags 36867 and 37521).
pub(super) fn shutter_ms(data: &[u8]) -> Option<u64> {
    let exif = Reader::new().read_raw(data.get(..data.len().min(LONGEST))?.to_vec()).ok()?;
    let at = exif::DateTime::from_ascii(text(&exif, Tag::DateTimeOriginal)?.as_bytes()).ok()?;
    let (year, month) = (i64::from(at.year), i64::from(at.month));
    let is_date = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&at.day);
    if !is_date || at.hour > 23 || at.minute > 59 || at.second > 60 {
        return None;
    }
    // Days before the month, counted from 1 March, so that the leap day comes last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 + i64::from(at.day)
        - 719_469;
    let seconds =
        days * 86_400 + i64::from(at.hour) * 3_600 + i64::from(at.minute) * 60 + i64::from(at.second);
    // Hundredths, thousandths, or whatever the camera writes: digits behind the point.
    let part =
        text(&exif, Tag::SubSecTimeOriginal).and_then(|digits| format!("0.{digits}").parse::<f64>().ok());
    Some(seconds as u64 * 1000 + (part.unwrap_or(0.0) * 1000.0) as u64)
}

/// Whether an orientation exchanges width and height.
pub(super) fn is_sideways(orientation: u16) -> bool {
    (5..=8).contains(&orientation)
}

/// Turns a picture the way its EXIF orientation says (TIFF 6.0, tag 274); other values leave it.
pub(super) fn upright(picture: Picture, orientation: u16) -> Picture {
    if !(2..=8).contains(&orientation) {
        return picture;
    }
    let (width, height) = (picture.width(), picture.height());
    let (to_width, to_height) = if is_sideways(orientation) { (height, width) } else { (width, height) };
    let mut turned = Vec::with_capacity(picture.rgb().len());
    for y in 0..to_height {
        for x in 0..to_width {
            let (from_x, from_y) = match orientation {
                2 => (width - 1 - x, y),
                3 => (width - 1 - x, height - 1 - y),
                4 => (x, height - 1 - y),
                5 => (y, x),
                6 => (y, height - 1 - x),
                7 => (width - 1 - y, height - 1 - x),
                _ => (width - 1 - y, x),
            };
            turned.extend_from_slice(&picture.pixel(from_x, from_y));
        }
    }
    Picture::new(to_width, to_height, turned).unwrap_or(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A little-endian TIFF block whose Exif directory holds one time of the shutter.
    fn block(time: &str) -> Vec<u8> {
        let mut block = b"II*\0\x08\0\0\0".to_vec();
        block.extend([1, 0, 0x69, 0x87, 4, 0, 1, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0]);
        block.extend([1, 0, 0x03, 0x90, 2, 0, 20, 0, 0, 0, 44, 0, 0, 0, 0, 0, 0, 0]);
        block.extend(time.as_bytes());
        block.push(0);
        block
    }

    #[test]
    fn the_shutters_time_is_read_from_what_cameras_write() {
        assert_eq!(shutter_ms(&block("1970:01:01 00:00:00")), Some(0));
        assert_eq!(shutter_ms(&block("2026:11:21 08:30:05")), Some(1_795_249_805_000));
        assert_eq!(shutter_ms(&block("2024:02:29 23:59:59")), Some(1_709_251_199_000));
        for wrong in
            ["0000:00:00 00:00:00", "2026:13:01 00:00:00", "    :  :     :  :  ", "yesterday, 8 o'clock"]
        {
            assert_eq!(shutter_ms(&block(wrong)), None, "{wrong}");
        }
        assert_eq!(shutter_ms(b"no TIFF"), None);
    }

    #[test]
    fn every_orientation_puts_the_top_left_pixel_where_tiff_says() {
        // Six pixels numbered 0 to 5, three across and two down.
        let stored = Picture::new(3, 2, (0..6).flat_map(|n| [n; 3]).collect()).expect("six pixels");
        for (orientation, width, expected) in [
            (1, 3, [0, 1, 2, 3, 4, 5]),
            (2, 3, [2, 1, 0, 5, 4, 3]),
            (3, 3, [5, 4, 3, 2, 1, 0]),
            (4, 3, [3, 4, 5, 0, 1, 2]),
            (5, 2, [0, 3, 1, 4, 2, 5]),
            (6, 2, [3, 0, 4, 1, 5, 2]),
            (7, 2, [5, 2, 4, 1, 3, 0]),
            (8, 2, [2, 5, 1, 4, 0, 3]),
            (9, 3, [0, 1, 2, 3, 4, 5]),
        ] {
            let shown = upright(stored.clone(), orientation);
            let numbers: Vec<u8> = shown.rgb().iter().step_by(3).copied().collect();
            assert_eq!(
                (shown.width(), numbers.as_slice()),
                (width, &expected[..]),
                "orientation {orientation}"
            );
        }
    }
}
