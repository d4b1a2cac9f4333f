//! The QR code of a card as one path: a rectangle for each run of dark modules in a row.

use std::fmt::Write;

use fast_qr::{ECL, QRBuilder};

/// Light modules on each side (ISO/IEC 18004 §9.1).
const QUIET: usize = 4;
/// Room for the code with its quiet zone on a card, in pixels.
const ROOM: usize = 720;

/// A QR code on a card.
pub struct Symbol {
    /// From the corner of the room to the first module, in pixels.
    pub offset: usize,
    /// Whole pixels per module, so that edges stay sharp.
    pub scale: usize,
    /// The dark modules, in modules.
    pub path: String,
}

impl Symbol {
    /// Draws a text; `None` when no QR code holds it.
    pub fn of(text: &str) -> Option<Self> {
        let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
        let scale = ROOM / (code.size + 2 * QUIET);
        let mut path = String::new();
        for row in 0..code.size {
            let mut column = 0;
            while column < code.size {
                let run = code[row][column..].iter().take_while(|module| module.value()).count();
                if run > 0 {
                    write!(path, "M{column},{row}h{run}v1h-{run}z").ok()?;
                }
                column += run.max(1);
            }
        }
        Some(Self { offset: (ROOM - scale * code.size) / 2, scale, path })
    }
}

/// A text as a QR code alone, in black on white; `None` when no QR code holds it.
pub fn svg(text: &str) -> Option<String> {
    let Symbol { offset, scale, path } = Symbol::of(text)?;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {ROOM} {ROOM}\"><rect width=\"{ROOM}\" \
         height=\"{ROOM}\" fill=\"#fff\"/><path transform=\"translate({offset},{offset}) scale({scale})\" d=\"{path}\"/></svg>"
    ))
}
