//! The text below a photo: set in a typeface that has every one of its characters, or refused.
//!
//! Names are the reason for the care: 㛃, 䶮 or 𬎆 stand in few fonts, and an empty box on a print is a wrong name.

use std::{fmt::Write, ops::Range, sync::Arc};

use ab_glyph::{Font, FontRef, GlyphId};
use thiserror::Error;

/// Size of the characters (side of an em square) as a share of the strip.
const EM: f64 = 0.75;
/// No smaller characters are set, mm: 4.5 points, the least that is read without a glass.
const SMALLEST_EM_MM: f64 = 1.6;
/// Kept free on both sides, mm.
const MARGIN_MM: f64 = 0.5;

/// A face of a font file.
#[derive(Clone)]
pub struct Typeface {
    pub(super) data: Arc<Vec<u8>>,
    pub(super) index: u32,
}

/// Why a caption cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CaptionProblem {
    /// The file is no font, or a damaged one.
    #[error("the font file cannot be read; give a TrueType or OpenType font (.ttf, .otf, .ttc)")]
    NoFont,
    /// Characters that would be printed as empty boxes.
    #[error("the font lacks {}; give one that has them with --font (for rare characters for example Noto Serif CJK, SimSun-ExtB or TH-Tshyn)", listed(.0))]
    Missing(Vec<char>),
    /// Line breaks, tabs and the like.
    #[error("the caption has a line break or another control character; give one plain line")]
    Control,
    /// The text is wider than the photo even in the smallest characters.
    #[error("the caption is too long for the photo; shorten it")]
    TooLong,
    /// Nothing but spaces.
    #[error("the caption is empty; leave the option out for sheets without text")]
    Empty,
}

impl CaptionProblem {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::NoFont => "字体文件无法读取；请提供 TrueType 或 OpenType 字体（.ttf、.otf、.ttc）".into(),
            Self::Missing(characters) => format!(
                "字体缺少字符 {}；请用 --font 指定含有这些字的字体（生僻字可用思源宋体、SimSun-ExtB 或天珩全字库）",
                listed(characters)
            ),
            Self::Control => "说明文字含有换行或其他控制字符；请写成一行".into(),
            Self::TooLong => "说明文字太长，照片下方放不下；请缩短".into(),
            Self::Empty => "说明文字为空；不需要文字时请去掉该选项".into(),
        }
    }
}

fn listed(characters: &[char]) -> String {
    let mut list = String::new();
    for (number, character) in characters.iter().enumerate() {
        let comma = if number > 0 { ", " } else { "" };
        // Writing into a string does not fail.
        let _ = write!(list, "{comma}{character} (U+{:04X})", u32::from(*character));
    }
    list
}

impl Typeface {
    /// Takes a font file's face number `index` (0 but in collections).
    ///
    /// # Errors
    /// [`CaptionProblem::NoFont`].
    pub fn new(data: Vec<u8>, index: u32) -> Result<Self, CaptionProblem> {
        let typeface = Self { data: Arc::new(data), index };
        match typeface.outlines().and_then(|font| font.units_per_em()) {
            Some(units) if units > 0.0 => Ok(typeface),
            _ => Err(CaptionProblem::NoFont),
        }
    }

    /// The characters of a text that the face has no glyph for, each once.
    pub fn missing(&self, text: &str) -> Vec<char> {
        let Some(font) = self.outlines() else { return text.chars().collect() };
        let mut missing: Vec<char> = Vec::new();
        for character in text.chars() {
            if font.glyph_id(character) == GlyphId(0) && !missing.contains(&character) {
                missing.push(character);
            }
        }
        missing
    }

    pub(super) fn outlines(&self) -> Option<FontRef<'_>> {
        FontRef::try_from_slice_and_index(&self.data, self.index).ok()
    }
}

impl std::fmt::Debug for Typeface {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Typeface({} bytes, face {})", self.data.len(), self.index)
    }
}

/// A line of text with its glyphs.
#[derive(Debug, Clone)]
pub struct Caption {
    pub(super) text: String,
    pub(super) typeface: Typeface,
    pub(super) glyphs: Vec<Glyph>,
    /// Width of the line in ems.
    width: f64,
}

/// One character's glyph; lengths in ems.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub id: u16,
    /// Its bytes in the text.
    pub bytes: Range<usize>,
    pub left: f64,
    pub advance: f64,
}

impl Caption {
    /// The text as one line without spaces around it.
    ///
    /// # Errors
    /// When it is empty or no single line.
    pub fn line(text: &str) -> Result<&str, CaptionProblem> {
        match text.trim() {
            "" => Err(CaptionProblem::Empty),
            line if line.chars().any(char::is_control) => Err(CaptionProblem::Control),
            line => Ok(line),
        }
    }

    /// Sets a line: one glyph after another, as Chinese names, Latin names and numbers are.
    ///
    /// # Errors
    /// When a character has no glyph, or the text is no single line.
    pub fn new(text: &str, typeface: &Typeface) -> Result<Self, CaptionProblem> {
        let text = Self::line(text)?.to_owned();
        let missing = typeface.missing(&text);
        if !missing.is_empty() {
            return Err(CaptionProblem::Missing(missing));
        }
        let font = typeface.outlines().ok_or(CaptionProblem::NoFont)?;
        let em = f64::from(font.units_per_em().ok_or(CaptionProblem::NoFont)?);
        let (mut glyphs, mut width) = (Vec::new(), 0.0);
        for (at, character) in text.char_indices() {
            let id = font.glyph_id(character);
            let advance = f64::from(font.h_advance_unscaled(id)) / em;
            glyphs.push(Glyph { id: id.0, bytes: at..at + character.len_utf8(), left: width, advance });
            width += advance;
        }
        Ok(Self { text, typeface: typeface.clone(), glyphs, width })
    }

    /// Size of an em in a strip of `width` × `height`, and where the line starts and stands on it; all mm.
    ///
    /// # Errors
    /// [`CaptionProblem::TooLong`].
    pub(super) fn set(&self, width: f64, height: f64) -> Result<(f64, f64, f64), CaptionProblem> {
        let em = (EM * height).min((width - 2.0 * MARGIN_MM) / self.width.max(f64::MIN_POSITIVE));
        if em < SMALLEST_EM_MM || !em.is_finite() {
            return Err(CaptionProblem::TooLong);
        }
        // The middle of Chinese characters and of capitals stands about .38 em above the line.
        Ok((em, (width - em * self.width) / 2.0, height / 2.0 + 0.38 * em))
    }

    /// Whether the line fits below a photo of this width.
    ///
    /// # Errors
    /// [`CaptionProblem::TooLong`].
    pub fn fits(&self, width: f64, height: f64) -> Result<(), CaptionProblem> {
        self.set(width, height).map(|_| ())
    }
}
