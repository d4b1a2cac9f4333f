//! Reading codes from pictures: screenshots, frames of a camera, photos of a screen.
//!
//! One reader (rxing), shown the picture as it is and then, while nothing is found, enhanced views on which it reads
//! what it could not before; the order and strengths are measured (`docs/reading.md`). What is read is only
//! text: whether it is a code that counts is for [`crate::code`] to say.

mod views;

use std::collections::HashSet;

use rxing::{BarcodeFormat, DecodeHints, RXingResult, helpers};

use crate::code::text::CodeText;
use views::View;

/// Longest side of a picture that is read as it is, in pixels; a larger one is halved until it fits. It holds
/// the screenshots of the largest phones (1 440 × 3 200).
const LONGEST_SIDE: usize = 3200;
/// Most codes that are looked for in one picture.
const MOST_CODES: usize = 16;

/// A grey picture, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grey {
    /// Pixels in a row.
    pub width: usize,
    /// `width` × rows; 0 is black.
    pub pixels: Vec<u8>,
}

/// A code that was found in a picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    text: String,
    /// The box around the centres of its finder patterns: left, top, right, bottom in pixels.
    pub place: [usize; 4],
}

impl Found {
    /// What it says; as secret as a code is.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// The text as that of a code, to draw it again; nothing about it is verified.
    pub fn code(&self) -> CodeText {
        CodeText(self.text.clone())
    }
}

impl std::fmt::Debug for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Found(***, {:?})", self.place)
    }
}

impl Grey {
    /// Takes pixels; `None` unless they are whole rows and at least one.
    pub fn new(width: usize, pixels: Vec<u8>) -> Option<Self> {
        (width > 0 && !pixels.is_empty() && pixels.len().is_multiple_of(width))
            .then_some(Self { width, pixels })
    }

    /// Takes red, green and blue bytes of each pixel; grey is their luma (ITU-R BT.601 §2.5.1).
    pub fn of_rgb(width: usize, rgb: &[u8]) -> Option<Self> {
        let luma = |rgb: &[u8; 3]| {
            let [r, g, b] = rgb.map(u32::from);
            ((299 * r + 587 * g + 114 * b + 500) / 1000) as u8
        };
        let (pixels, rest) = rgb.as_chunks::<3>();
        if rest.is_empty() { Self::new(width, pixels.iter().map(luma).collect()) } else { None }
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.pixels.len() / self.width
    }
}

/// Every QR code in a picture, dark on light or light on dark, from the top down.
pub fn read(picture: &Grey) -> Vec<Found> {
    let (mut picture, scale) = fitted(picture);
    let mut found: Vec<Found> = Vec::new();
    // The first code may need an enhanced view. What else is in the picture was taken under the same light, so
    // the view that worked is tried again, with the codes found so far painted over.
    let Some((view, mut next)) =
        View::ALL.into_iter().find_map(|view| Some((view, read_one(&view.of(&picture))?)))
    else {
        return found;
    };
    while found.len() < MOST_CODES {
        let place = view.place(next.place);
        paint_over(&mut picture, place);
        found.push(Found { text: next.text, place: place.map(|at| at * scale) });
        let Some(another) = read_one(&view.of(&picture)) else { break };
        next = another;
    }
    found.sort_by_key(|found| (found.place[1], found.place[0]));
    let mut seen = HashSet::new();
    found.retain(|found| seen.insert(found.text.clone()));
    found
}

/// The picture within [`LONGEST_SIDE`], and how many of the given pixels one of its pixels is.
fn fitted(picture: &Grey) -> (Grey, usize) {
    let (mut picture, mut scale) = (picture.clone(), 1);
    while picture.width.max(picture.height()) > LONGEST_SIDE {
        (picture, scale) = (views::halved(&picture), 2 * scale);
    }
    (picture, scale)
}

fn read_one(picture: &Grey) -> Option<Found> {
    let mut hints = DecodeHints {
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
        TryHarder: Some(true),
        AlsoInverted: Some(true),
        ..DecodeHints::default()
    };
    let (width, height) = (picture.width as u32, picture.height() as u32);
    let result =
        helpers::detect_in_luma_with_hints(picture.pixels.clone(), width, height, None, &mut hints).ok()?;
    Some(Found { text: result.getText().to_owned(), place: place(&result, picture) })
}

/// The box around the finder patterns of a code, inside the picture.
fn place(result: &RXingResult, picture: &Grey) -> [usize; 4] {
    let points = result.getPoints();
    let range = |along: fn(&rxing::Point) -> f32, end: usize| {
        let (low, high) =
            points.iter().map(along).fold((end as f32, 0.0), |(low, high), at| (at.min(low), at.max(high)));
        (low.clamp(0.0, end as f32) as usize, high.clamp(0.0, end as f32) as usize)
    };
    let (left, right) = range(|point| point.x, picture.width);
    let (top, bottom) = range(|point| point.y, picture.height());
    [left, top, right, bottom]
}

/// Paints a place grey, so that the finder patterns of its code are gone.
fn paint_over(picture: &mut Grey, [left, top, right, bottom]: [usize; 4]) {
    // A finder pattern's centre is 3.5 of at least 14 modules inside the code.
    let margin = (right - left).max(bottom - top) / 4 + 1;
    let (left, right) = (left.saturating_sub(margin), (right + margin).min(picture.width));
    let rows = top.saturating_sub(margin)..(bottom + margin).min(picture.height());
    for row in rows {
        picture.pixels[row * picture.width..][left..right].fill(128);
    }
}
