//! A strict walk over a JPEG's marker segments: everything the file says before a decoder is let near it.
//!
//! `img-parts` does not count scans, does not tell trailing bytes from the last scan and copies every segment, so the walk
//! is our own. It reads linearly, allocates only what EXIF and ICC segments hold, and gives up at the first contradiction.

use crate::file::{Refusal, Said, quality::Tables};

/// More scans than this are refused: progressive files of cameras and editors have 6 to 12, the format allows thousands,
/// and each costs a pass over the whole picture (1 000 scans in 304 kB took 34 s).
pub const MOST_SCANS: u32 = 64;

/// The order in which tables store their 64 steps (ITU-T T.81, figure A.6).
#[rustfmt::skip]
const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// The frame header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Bits of a sample.
    pub bits: u8,
    /// Number of components.
    pub components: u8,
    /// Sampling factors of each component, across and down.
    pub sampling: Vec<(u8, u8)>,
    /// Whether the scans refine the picture step by step.
    pub progressive: bool,
}

/// The density of a JFIF header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Density {
    /// 0 a ratio only, 1 per inch, 2 per centimetre.
    pub unit: u8,
    /// Across.
    pub x: u16,
    /// Down.
    pub y: u16,
}

/// What a walk found.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    /// The frame header; always there when the walk succeeds.
    pub frame: Option<Frame>,
    /// The last definition of each quantisation table.
    pub tables: Tables,
    /// Number of scans.
    pub scans: u32,
    /// Number of comment segments.
    pub comments: u32,
    /// The JFIF header's density.
    pub density: Option<Density>,
    /// The first EXIF segment's TIFF data.
    pub exif: Option<Vec<u8>>,
    /// The ICC profile put together; `Some(Err(()))` when parts are missing.
    pub profile: Option<Result<Vec<u8>, ()>>,
    /// Bytes after the end-of-image marker.
    pub trailing: usize,
    parts: Vec<(u8, u8, Vec<u8>)>,
}

/// Walks over a whole file.
pub fn walk(bytes: &[u8]) -> Result<Walk, Refusal> {
    let mut found = Walk::default();
    let mut at = 2;
    loop {
        let marker = next_marker(bytes, &mut at)?;
        match marker {
            0xD9 => break,
            0x01 | 0xD0..=0xD7 => continue,
            0xD8 => {
                return Err(Refusal::Damaged(Said {
                    en: "a second start of image",
                    zh: "出现第二个图像起始标记",
                }));
            }
            _ => {}
        }
        let segment = segment(bytes, &mut at)?;
        found.take(marker, segment)?;
        if marker == 0xDA {
            found.scans += 1;
            at = skip_scan(bytes, at);
        }
    }
    if found.frame.is_none() || found.scans == 0 {
        return Err(Refusal::Damaged(Said { en: "no picture inside", zh: "其中没有图像" }));
    }
    if found.scans > MOST_SCANS {
        return Err(Refusal::TooManyScans(found.scans));
    }
    found.trailing = bytes.len() - at;
    found.profile = assemble(std::mem::take(&mut found.parts));
    Ok(found)
}

/// Reads a marker; fill bytes before it are allowed, anything else is not.
fn next_marker(bytes: &[u8], at: &mut usize) -> Result<u8, Refusal> {
    if *bytes.get(*at).ok_or(Refusal::Truncated)? != 0xFF {
        return Err(Refusal::Damaged(Said {
            en: "no marker where one is due", zh: "应有标记处没有标记"
        }));
    }
    while *bytes.get(*at).ok_or(Refusal::Truncated)? == 0xFF {
        *at += 1;
    }
    let marker = bytes[*at];
    *at += 1;
    if marker == 0 {
        Err(Refusal::Damaged(Said { en: "no marker where one is due", zh: "应有标记处没有标记" }))
    } else {
        Ok(marker)
    }
}

/// Takes a segment's content and moves behind it.
fn segment<'a>(bytes: &'a [u8], at: &mut usize) -> Result<&'a [u8], Refusal> {
    let length = match bytes.get(*at..*at + 2) {
        Some(&[high, low]) => usize::from(u16::from_be_bytes([high, low])),
        _ => return Err(Refusal::Truncated),
    };
    if length < 2 {
        return Err(Refusal::Damaged(Said { en: "a segment without length", zh: "数据段没有长度" }));
    }
    let content = bytes.get(*at + 2..*at + length).ok_or(Refusal::Truncated)?;
    *at += length;
    Ok(content)
}

/// The place of the next marker after entropy-coded data, or the end of the file.
fn skip_scan(bytes: &[u8], mut at: usize) -> usize {
    while let Some(step) = bytes[at..].iter().position(|&byte| byte == 0xFF) {
        at += step;
        match bytes.get(at + 1) {
            None => break,
            // A stuffed byte or a restart belongs to the scan.
            Some(0 | 0xD0..=0xD7) => at += 2,
            Some(0xFF) => at += 1,
            Some(_) => return at,
        }
    }
    bytes.len()
}

impl Walk {
    fn take(&mut self, marker: u8, content: &[u8]) -> Result<(), Refusal> {
        match marker {
            0xC0..=0xC2 => self.frame(content, marker == 0xC2),
            0xC3 | 0xC7 | 0xCB | 0xCF => {
                Err(Refusal::RareJpeg(Said { en: "lossless coding", zh: "无损编码" }))
            }
            0xC5 | 0xC6 | 0xCD | 0xCE | 0xDE | 0xDF => {
                Err(Refusal::RareJpeg(Said { en: "hierarchical coding", zh: "分层编码" }))
            }
            0xC9 | 0xCA | 0xCC => {
                Err(Refusal::RareJpeg(Said { en: "arithmetic coding", zh: "算术编码" }))
            }
            0xDB => self.tables(content),
            0xDC => Err(Refusal::RareJpeg(Said {
                en: "a height given after the picture",
                zh: "图像之后才给出高度",
            })),
            0xFE => {
                self.comments += 1;
                Ok(())
            }
            0xE0..=0xE2 => {
                self.application(marker, content);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn frame(&mut self, content: &[u8], progressive: bool) -> Result<(), Refusal> {
        if self.frame.is_some() {
            return Err(Refusal::Damaged(Said { en: "two frame headers", zh: "有两个帧头" }));
        }
        let &[bits, h1, h0, w1, w0, components, ref rest @ ..] = content else {
            return Err(Refusal::Damaged(Said { en: "a short frame header", zh: "帧头过短" }));
        };
        let (width, height) =
            (u32::from(u16::from_be_bytes([w1, w0])), u32::from(u16::from_be_bytes([h1, h0])));
        if rest.len() != usize::from(components) * 3 || width == 0 || height == 0 {
            return Err(Refusal::Damaged(Said {
                en: "a frame header that contradicts itself",
                zh: "帧头自相矛盾",
            }));
        }
        let sampling = rest.as_chunks::<3>().0.iter().map(|part| (part[1] >> 4, part[1] & 15)).collect();
        self.frame = Some(Frame { width, height, bits, components, sampling, progressive });
        Ok(())
    }

    fn tables(&mut self, mut content: &[u8]) -> Result<(), Refusal> {
        while let Some((&head, rest)) = content.split_first() {
            let (wide, number) = (head >> 4 != 0, usize::from(head & 15));
            let length = if wide { 128 } else { 64 };
            let (Some(slot), Some((steps, next))) =
                (self.tables.get_mut(number), rest.split_at_checked(length))
            else {
                return Err(Refusal::Damaged(Said {
                    en: "a quantisation table that contradicts itself",
                    zh: "量化表自相矛盾",
                }));
            };
            let mut table = [0; 64];
            for (index, &place) in ZIGZAG.iter().enumerate() {
                table[place] = if wide {
                    u16::from_be_bytes([steps[2 * index], steps[2 * index + 1]])
                } else {
                    u16::from(steps[index])
                };
            }
            *slot = Some(table);
            content = next;
        }
        Ok(())
    }

    fn application(&mut self, marker: u8, content: &[u8]) {
        match (marker, content) {
            (0xE0, [b'J', b'F', b'I', b'F', 0, _, _, unit, x1, x0, y1, y0, ..]) if self.density.is_none() => {
                let (x, y) = (u16::from_be_bytes([*x1, *x0]), u16::from_be_bytes([*y1, *y0]));
                self.density = Some(Density { unit: *unit, x, y });
            }
            (0xE1, _) if self.exif.is_none() => {
                self.exif = content.strip_prefix(b"Exif\0\0").map(<[u8]>::to_vec);
            }
            (0xE2, _) => {
                if let Some([number, count, data @ ..]) = content.strip_prefix(b"ICC_PROFILE\0") {
                    self.parts.push((*number, *count, data.to_vec()));
                }
            }
            _ => {}
        }
    }
}

/// Puts an ICC profile's numbered parts (from 1) together; `None` when there are none.
fn assemble(mut parts: Vec<(u8, u8, Vec<u8>)>) -> Option<Result<Vec<u8>, ()>> {
    let count = parts.first()?.1;
    parts.sort_by_key(|part| part.0);
    let complete = parts.len() == usize::from(count)
        && parts.iter().zip(1..).all(|(part, number)| (part.0, part.1) == (number, count));
    Some(if complete { Ok(parts.into_iter().flat_map(|part| part.2).collect()) } else { Err(()) })
}
