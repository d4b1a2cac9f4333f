//! What the file states, as readings: size, density, colour depth, quality, and what should not be in it.

use super::{Readings, Unmeasurable, Value};
use crate::file::FileFacts;

/// Adds the file's readings; what the file does not say is unknown.
pub fn measure(facts: &FileFacts, readings: &mut Readings) {
    let mut number = |name, value: Option<f64>| match value {
        Some(value) => readings.number(name, value, Vec::new()),
        None => readings.unknown(name, Unmeasurable::NotInFile),
    };
    number("pixel-width", Some(f64::from(facts.width)));
    number("pixel-height", Some(f64::from(facts.height)));
    number("aspect", (facts.height > 0).then(|| f64::from(facts.width) / f64::from(facts.height)));
    number("density", facts.dpi);
    number("colour-bits", Some(f64::from(facts.components) * f64::from(facts.bits)));
    number("jpeg-quality", facts.quality.map(f64::from));
    number("bytes", Some(facts.bytes as f64));
    number("orientation-tag", Some(f64::from(facts.orientation)));
    number("comments", Some(f64::from(facts.comments)));
    number("trailing-bytes", Some(facts.trailing_bytes as f64));
    number("progressive", facts.progressive.map(|progressive| f64::from(u8::from(progressive))));
    let mut text = |name, value: &str| match value {
        "" => readings.unknown(name, Unmeasurable::NotInFile),
        value => readings.add(name, Value::Text(value.to_owned()), Vec::new()),
    };
    text("extension", &facts.extension);
    text("format", facts.format);
    text(
        "density-unit",
        facts.density_unit.map_or("", |unit| match unit {
            1 => "inch",
            2 => "centimetre",
            _ => "none",
        }),
    );
}
