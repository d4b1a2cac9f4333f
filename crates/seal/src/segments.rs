//! The segments of a JPEG file as far as a record needs them: where comments stand and where ours belongs.
//!
//! An own strict walk (ITU-T T.81 annex B): everything that a lenient reader skips is refused here, so
//! that every byte of a sealed file is either the record or covered by its digest.

use std::ops::Range;

use crate::problem::NotWhole;

/// What the walk found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segments {
    /// Every COM segment with marker and length, in the order of the file.
    pub comments: Vec<Range<usize>>,
    /// Where a record belongs: after the last `APPn` segment before the first scan, else after SOI.
    pub place: usize,
}

/// Marker and length in front of a segment's content.
pub const SEGMENT_HEAD_BYTES: usize = 4;
/// Longest content of a segment: the length field counts itself and has 16 bits.
pub const LONGEST_CONTENT_BYTES: usize = 65_533;

/// Walks from SOI to EOI.
///
/// # Errors
/// [`NotWhole`] when the bytes are not exactly one JPEG file.
pub fn walk(photo: &[u8]) -> Result<Segments, NotWhole> {
    if !photo.starts_with(&[0xFF, 0xD8]) {
        return Err(NotWhole::NotJpeg);
    }
    let mut found = Segments { comments: Vec::new(), place: 2 };
    let mut scanned = false;
    let mut at = 2;
    loop {
        let (marker, start) = next_marker(photo, at)?;
        if marker == 0xD9 {
            return finish(photo, start + 2, scanned).map(|()| found);
        }
        let end = segment_end(photo, start)?;
        at = end;
        match marker {
            0xFE => found.comments.push(start..end),
            0xE0..=0xEF if !scanned => found.place = end,
            0xDA => {
                scanned = true;
                at = scan_end(photo, end)?;
            }
            _ => {}
        }
    }
}

/// A COM segment around a text; `None` when the text is too long.
pub fn comment(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() > LONGEST_CONTENT_BYTES {
        return None;
    }
    let length = (text.len() as u16 + 2).to_be_bytes();
    Some([&[0xFF, 0xFE], &length[..], text].concat())
}

fn finish(photo: &[u8], end: usize, scanned: bool) -> Result<(), NotWhole> {
    if !scanned {
        return Err(NotWhole::NoPicture);
    }
    match photo.len() - end {
        0 => Ok(()),
        count => Err(NotWhole::TrailingBytes { count }),
    }
}

/// The marker at `at` and the offset of its FF; fill bytes (T.81 §B.1.1.2) before it are stepped over.
fn next_marker(photo: &[u8], mut at: usize) -> Result<(u8, usize), NotWhole> {
    if *photo.get(at).ok_or(NotWhole::CutOff)? != 0xFF {
        return Err(NotWhole::NoSegment { at });
    }
    while *photo.get(at + 1).ok_or(NotWhole::CutOff)? == 0xFF {
        at += 1;
    }
    match photo[at + 1] {
        // Stuffing, TEM, restarts and a second SOI have no place between segments.
        0x00 | 0x01 | 0xD0..=0xD8 => Err(NotWhole::NoSegment { at }),
        marker => Ok((marker, at)),
    }
}

fn segment_end(photo: &[u8], start: usize) -> Result<usize, NotWhole> {
    let [high, low] = *photo.get(start + 2..start + 4).ok_or(NotWhole::CutOff)? else {
        return Err(NotWhole::CutOff);
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if length < 2 {
        return Err(NotWhole::NoSegment { at: start });
    }
    let end = start + 2 + length;
    if end > photo.len() { Err(NotWhole::CutOff) } else { Ok(end) }
}

/// The first marker after entropy-coded data that is neither stuffing nor a restart.
fn scan_end(photo: &[u8], from: usize) -> Result<usize, NotWhole> {
    let mut at = from;
    while at + 1 < photo.len() {
        if photo[at] == 0xFF && !matches!(photo[at + 1], 0x00 | 0xD0..=0xD7 | 0xFF) {
            return Ok(at);
        }
        at += 1;
    }
    Err(NotWhole::CutOff)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SOI, APP0, APP1 of 6 bytes each, SOS of 4 bytes, three bytes of scan, EOI.
    const FILE: [u8; 23] = [
        0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xE1, 0, 4, 3, 4, 0xFF, 0xDA, 0, 2, 0x11, 0xFF, 0x00, 0xFF,
        0xD9,
    ];

    #[test]
    fn the_place_is_after_the_last_application_segment() {
        assert_eq!(walk(&FILE), Ok(Segments { comments: vec![], place: 14 }));
        let bare = [&FILE[..2], &FILE[14..]].concat();
        assert_eq!(walk(&bare), Ok(Segments { comments: vec![], place: 2 }));
    }

    fn one_comment(photo: &[u8]) -> (Range<usize>, usize) {
        let found = walk(photo).unwrap();
        assert_eq!(found.comments.len(), 1);
        (found.comments[0].clone(), found.place)
    }

    #[test]
    fn comments_are_found_anywhere_and_fill_bytes_do_not_hide_them() {
        let text = comment(b"x").unwrap();
        let early = [&FILE[..2], &text, &FILE[2..]].concat();
        assert_eq!(one_comment(&early), (2..7, 19));
        let late = [&FILE[..21], &[0xFF], &text, &FILE[21..]].concat();
        assert_eq!(one_comment(&late), (22..27, 14));
    }

    #[test]
    fn what_is_not_one_whole_file_is_refused() {
        let cases: [(Vec<u8>, NotWhole); 7] = [
            (vec![], NotWhole::NotJpeg),
            (FILE[1..].to_vec(), NotWhole::NotJpeg),
            (FILE[..22].to_vec(), NotWhole::CutOff),
            ([&FILE[..], &[0]].concat(), NotWhole::TrailingBytes { count: 1 }),
            ([&FILE[..2], &[7], &FILE[2..]].concat(), NotWhole::NoSegment { at: 2 }),
            ([&FILE[..2], &[0xFF, 0xE0, 0, 1], &FILE[2..]].concat(), NotWhole::NoSegment { at: 2 }),
            (vec![0xFF, 0xD8, 0xFF, 0xD9], NotWhole::NoPicture),
        ];
        for (bytes, problem) in cases {
            assert_eq!(walk(&bytes), Err(problem), "{bytes:02x?}");
        }
    }
}
