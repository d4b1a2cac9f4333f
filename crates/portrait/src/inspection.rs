//! A photo's whole judgement: what the file says, where the face stands, and a finding for every rule.
//!
//! `measure` gives readings of the picture, [`FileFacts::read_into`] those of the file; [`inspect`] holds both against a
//! standard. [`Inspection::record`] is the stable form that `inspect --format json` writes, one per line.

use serde::Serialize;

use crate::{
    measure::{Readings, Unmeasurable, Value},
    picture::Rect,
    standard::{Finding, Language, Standard, Verdict, judge},
};

/// What a file says about itself, without looking at the picture.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct FileFacts {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Dots per inch in the JFIF header; `None` when not given, or EXIF says otherwise.
    pub dpi: Option<f64>,
    /// Colour components.
    pub components: u8,
    /// Bits of a component.
    pub bits: u8,
    /// Size of the file.
    pub bytes: u64,
    /// Quality read off the quantisation tables; `None` when they are no known ones.
    pub quality: Option<u8>,
    /// Whether the JPEG is progressive; `None` for other formats.
    pub progressive: Option<bool>,
    /// Whether there is a comment segment.
    pub comment: bool,
    /// Bytes after the end of the picture.
    pub trailing_bytes: u64,
    /// Number of comment segments.
    #[serde(skip)]
    pub comments: u32,
    /// EXIF orientation, 1 when not given.
    #[serde(skip)]
    pub orientation: u16,
    /// The file name's extension as written, without the dot; empty when unknown.
    #[serde(skip)]
    pub extension: String,
}

impl FileFacts {
    /// Adds the file's readings.
    pub fn read_into(&self, readings: &mut Readings) {
        let mut number = |name, value: Option<f64>| match value {
            Some(value) => readings.number(name, value, Vec::new()),
            None => readings.unknown(name, Unmeasurable::NotInFile),
        };
        number("pixel-width", Some(f64::from(self.width)));
        number("pixel-height", Some(f64::from(self.height)));
        number("aspect", (self.height > 0).then(|| f64::from(self.width) / f64::from(self.height)));
        number("density", self.dpi);
        number("colour-bits", Some(f64::from(self.components) * f64::from(self.bits)));
        number("jpeg-quality", self.quality.map(f64::from));
        number("bytes", Some(self.bytes as f64));
        number("orientation-tag", Some(f64::from(self.orientation)));
        number("comments", Some(f64::from(self.comments)));
        number("trailing-bytes", Some(self.trailing_bytes as f64));
        readings.add("extension", Value::Text(self.extension.clone()), Vec::new());
    }
}

/// Where the face stands, px and degrees of the inspected picture; `None` where it cannot be measured.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[expect(missing_docs, reason = "the names are those of the readings")]
pub struct Geometry {
    pub eye_row: Option<f64>,
    pub crown_row: Option<f64>,
    pub chin_row: Option<f64>,
    pub face_width: Option<f64>,
    pub face_centre_x: Option<f64>,
    pub roll_deg: Option<f64>,
    pub yaw_deg: Option<f64>,
    pub pitch_deg: Option<f64>,
    pub inter_eye: Option<f64>,
}

impl Geometry {
    /// Reads it off the readings.
    pub fn of(readings: &Readings) -> Self {
        Self {
            eye_row: readings.value("eye-row"),
            crown_row: readings.value("crown-row"),
            chin_row: readings.value("chin-row"),
            face_width: readings.value("face-width"),
            face_centre_x: readings.value("face-centre-x"),
            roll_deg: readings.value("roll"),
            yaw_deg: readings.value("yaw"),
            pitch_deg: readings.value("pitch"),
            inter_eye: readings.value("inter-eye"),
        }
    }
}

/// A photo's judgement by one standard.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// The standard's name.
    pub standard: String,
    /// The worst of the findings.
    pub verdict: Verdict,
    /// Where the face stands.
    pub geometry: Geometry,
    /// What the file says.
    pub file_facts: FileFacts,
    /// One per rule, in the standard's order.
    pub findings: Vec<Finding>,
}

/// Judges a photo by its file and the readings of its picture.
pub fn inspect(facts: FileFacts, mut readings: Readings, standard: &Standard) -> Inspection {
    facts.read_into(&mut readings);
    let findings = judge(&readings, standard);
    let verdict = findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Unknown);
    Inspection {
        standard: standard.name.clone(),
        verdict,
        geometry: Geometry::of(&readings),
        file_facts: facts,
        findings,
    }
}

/// The stable form of an inspection for programs.
#[derive(Debug, Serialize)]
pub struct Record<'a> {
    file: &'a str,
    standard: &'a str,
    verdict: Verdict,
    geometry: Geometry,
    file_facts: &'a FileFacts,
    findings: Vec<FindingRecord<'a>>,
}

#[derive(Debug, Serialize)]
struct FindingRecord<'a> {
    rule: &'a str,
    clause: &'a str,
    mark: crate::standard::Mark,
    verdict: Verdict,
    value: Option<f64>,
    unit: &'a str,
    low: Option<f64>,
    high: Option<f64>,
    code: &'a str,
    message: &'a str,
    evidence: &'a [Rect],
}

impl Inspection {
    /// Its stable form, with messages in one language; `file` is the photo as the user named it.
    pub fn record<'a>(&'a self, file: &'a str, language: Language) -> Record<'a> {
        let findings = self.findings.iter().map(|finding| FindingRecord {
            rule: &finding.rule,
            clause: &finding.clause,
            mark: finding.mark,
            verdict: finding.verdict,
            value: finding.value,
            unit: finding.unit,
            low: finding.low,
            high: finding.high,
            code: &finding.code,
            message: finding.message.text(language),
            evidence: &finding.evidence,
        });
        Record {
            file,
            standard: &self.standard,
            verdict: self.verdict,
            geometry: self.geometry,
            file_facts: &self.file_facts,
            findings: findings.collect(),
        }
    }
}
