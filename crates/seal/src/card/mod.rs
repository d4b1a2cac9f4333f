//! The card of a collection code (采集码图片): what a student saves on the phone and shows at the station.
//!
//! One drawing, as SVG; the PNG is that drawing rasterised, so both always say the same. The QR code stands
//! at correction level M with the quiet zone of four modules that ISO/IEC 18004 §9.1 asks for, on white;
//! from how spoiled a picture it is read then stands in `docs/reading.md`.

mod png;
mod symbol;

use askama::Template;
use thiserror::Error;

use crate::code::Holder;
use crate::code::text::CodeText;
pub use png::png;
use symbol::Symbol;
pub use symbol::svg as symbol_svg;

/// Width and height of a card in pixels.
pub const CARD_PX: (u32, u32) = (720, 1080);
/// Fonts that a browser looks for, in this order.
const FAMILIES: &str = "'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', 'DengXian', 'SimHei', sans-serif";

/// What stands on a card.
#[derive(Debug, Clone, Copy)]
pub struct Card<'c> {
    /// The code itself.
    pub code: &'c CodeText,
    /// For whom.
    pub holder: &'c Holder,
    /// The school's name.
    pub school: &'c str,
    /// The last day on which the code holds, as the campaign writes dates.
    pub until: &'c str,
}

/// Why a card was not drawn.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CardFault {
    /// The code is longer than a QR code holds.
    #[error("the code has {0} characters, more than a QR code holds")]
    TooLong(usize),
    /// The drawing could not be rasterised.
    #[error("the card cannot be drawn: {0}")]
    Drawing(String),
}

impl CardFault {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::TooLong(length) => format!("采集码有 {length} 个字符，超过二维码容量"),
            Self::Drawing(why) => format!("无法绘制采集码图片：{why}"),
        }
    }
}

#[derive(Template)]
#[template(path = "card.svg")]
struct Drawing<'c> {
    card: &'c Card<'c>,
    families: &'c str,
    symbol: Symbol,
    rows: [(&'c str, &'c str); 5],
}

impl Card<'_> {
    /// The drawing; it holds the code, so it is as secret as the code is.
    ///
    /// # Errors
    /// [`CardFault::TooLong`] for a code of another issuer beyond a QR code.
    pub fn svg(&self) -> Result<String, CardFault> {
        let text = self.code.reveal();
        let symbol = Symbol::of(text).ok_or(CardFault::TooLong(text.len()))?;
        let drawing = Drawing { card: self, families: FAMILIES, symbol, rows: self.rows() };
        drawing.render().map_err(|error| CardFault::Drawing(error.to_string()))
    }

    fn rows(&self) -> [(&str, &str); 5] {
        [
            ("姓名", self.holder.name.as_str()),
            ("证件号码", self.holder.document.as_str()),
            ("学校", self.school),
            ("层次", self.holder.level.zh()),
            ("有效期至", self.until),
        ]
    }
}
