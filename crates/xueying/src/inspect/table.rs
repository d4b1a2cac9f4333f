//! Results as a table for spreadsheets: one row per photo, so that filtering and counting need no formula.
//!
//! UTF-8 with the mark that makes Excel read it as such; headings are the stable names of the JSON form.

use std::io::Write;

use anyhow::Result;
use portrait::{inspection::Inspection, standard::Verdict};

use crate::{language::Language, report::words::Words};

const HEADINGS: [&str; 24] = [
    "file",
    "standard",
    "verdict",
    "fail",
    "unknown",
    "warn",
    "advice",
    "eye_row",
    "crown_row",
    "chin_row",
    "face_width",
    "face_centre_x",
    "roll_deg",
    "yaw_deg",
    "pitch_deg",
    "inter_eye",
    "width",
    "height",
    "dpi",
    "bytes",
    "quality",
    "progressive",
    "comment",
    "trailing_bytes",
];

/// A table that writes its headings before the first row.
#[derive(Default)]
pub struct Table {
    begun: bool,
}

impl Table {
    /// Writes one photo's row.
    pub fn write(
        &mut self,
        out: &mut impl Write,
        file: &str,
        inspection: &Inspection,
        language: Language,
    ) -> Result<()> {
        if !self.begun {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        if !self.begun {
            table.write_record(HEADINGS)?;
            self.begun = true;
        }
        table.write_record(row(file, inspection, language))?;
        table.flush()?;
        Ok(())
    }
}

fn row(file: &str, inspection: &Inspection, language: Language) -> Vec<String> {
    let rules = |verdict| {
        let rules = inspection.findings.iter().filter(|finding| finding.verdict == verdict);
        rules.map(|finding| finding.rule.as_str()).collect::<Vec<_>>().join(" ")
    };
    let advice = inspection.findings.iter().filter(|finding| finding.verdict != Verdict::Pass);
    let advice: Vec<String> =
        advice.map(|finding| Words::from(&finding.message).text(language).to_owned()).collect();
    let number = |value: Option<f64>| value.map(|value| format!("{value:.1}")).unwrap_or_default();
    let geometry = &inspection.geometry;
    let facts = &inspection.file_facts;
    vec![
        file.to_owned(),
        inspection.standard.clone(),
        inspection.verdict.name().to_owned(),
        rules(Verdict::Fail),
        rules(Verdict::Unknown),
        rules(Verdict::Warn),
        advice.join(language.pick("；", "; ")),
        number(geometry.eye_row),
        number(geometry.crown_row),
        number(geometry.chin_row),
        number(geometry.face_width),
        number(geometry.face_centre_x),
        number(geometry.roll_deg),
        number(geometry.yaw_deg),
        number(geometry.pitch_deg),
        number(geometry.inter_eye),
        facts.width.to_string(),
        facts.height.to_string(),
        facts.dpi.map(|dpi| dpi.to_string()).unwrap_or_default(),
        facts.bytes.to_string(),
        facts.quality.map(|quality| quality.to_string()).unwrap_or_default(),
        facts.progressive.map(|progressive| progressive.to_string()).unwrap_or_default(),
        facts.comment.to_string(),
        facts.trailing_bytes.to_string(),
    ]
}
