//! A photo's whole judgement: what the file says, where the face stands, and a finding for every rule.
//!
//! `measure` gives readings of the picture, [`measure::file::measure`] those of the file; [`inspect`] holds both against a
//! standard. [`Inspection::record`] is the stable form that `inspect --format json` writes, one per line.

use serde::Serialize;

pub use crate::file::FileFacts;
use crate::{
    measure::{self, Readings},
    picture::Rect,
    standard::{Finding, Language, Standard, Verdict, judge},
};

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
    measure::file::measure(&facts, &mut readings);
    let findings = judge(&readings, standard);
    Inspection {
        standard: standard.name.clone(),
        verdict: worst(&findings),
        geometry: Geometry::of(&readings),
        file_facts: facts,
        findings,
    }
}

/// Judges a picture that is no file yet: rules that only a file can answer are left out.
pub fn inspect_picture(readings: &Readings, standard: &Standard) -> Inspection {
    let mut of_files = Readings::default();
    measure::file::measure(&FileFacts::default(), &mut of_files);
    let asks_the_file = |finding: &Finding| {
        let rule = standard.rules.iter().find(|rule| rule.id == finding.rule);
        rule.is_some_and(|rule| rule.limits.iter().any(|limit| of_files.get(limit.measure).is_some()))
    };
    let mut findings = judge(readings, standard);
    findings.retain(|finding| !asks_the_file(finding));
    Inspection {
        standard: standard.name.clone(),
        verdict: worst(&findings),
        geometry: Geometry::of(readings),
        file_facts: FileFacts::default(),
        findings,
    }
}

/// The rule on the record that sealing writes into a finished photo.
const OF_SEALING: &str = "comment-record";

impl Inspection {
    /// The judgement of a photo that is not sealed yet: without the rule that only sealing can fulfil.
    #[must_use]
    pub fn before_sealing(mut self) -> Self {
        self.findings.retain(|finding| finding.rule != OF_SEALING);
        self.verdict = worst(&self.findings);
        self
    }
}

/// The worst verdict of the findings.
fn worst(findings: &[Finding]) -> Verdict {
    findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Unknown)
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
