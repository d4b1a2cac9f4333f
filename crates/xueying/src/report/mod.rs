//! The report: photos with drawn evidence and every finding, in one HTML file that needs nothing else.

mod limit;
pub mod page;
pub mod verdict;
pub mod words;

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use portrait::{
    evidence,
    file::FileFacts,
    standard::{Finding, Standard, Verdict},
};

use self::{
    page::{Fact, Page, Photo, Reason, Student, Tally, Unreadable},
    verdict::Shown,
    words::Words,
};
use crate::{judging::Judged, language::Language, wording};

/// The reasons shown in the summary: as many as two columns of a screen hold without scrolling.
const MOST_REASONS: usize = 8;

/// What a report is about, besides its photos.
pub struct Cover<'a> {
    /// The language it opens in.
    pub language: Language,
    /// What it is.
    pub heading: Words,
    /// A sentence under the heading; may be empty.
    pub note: Words,
    /// What the photos were held against.
    pub standard: &'a Standard,
}

/// The page over some photos.
pub fn compose(cover: Cover, photos: Vec<Photo>, unreadable: Vec<Unreadable>) -> Page {
    Page {
        language: cover.language,
        version: env!("CARGO_PKG_VERSION"),
        style: evidence::STYLE,
        heading: cover.heading,
        standard: Words::from(&cover.standard.title),
        standard_name: cover.standard.name.clone(),
        note: cover.note,
        rostered: photos.iter().any(|photo| photo.student.is_some()),
        tallies: tallies(&photos),
        reasons: reasons(&photos),
        unreadable,
        photos,
    }
}

fn tallies(photos: &[Photo]) -> Vec<Tally> {
    [Verdict::Fail, Verdict::Unknown, Verdict::Warn, Verdict::Pass]
        .map(|verdict| {
            let verdict = Shown(verdict);
            Tally { verdict, photos: photos.iter().filter(|photo| photo.verdict == verdict).count() }
        })
        .into()
}

/// The rules that most photos do not pass, failures before questions.
fn reasons(photos: &[Photo]) -> Vec<Reason> {
    let mut by_rule: BTreeMap<&str, Reason> = BTreeMap::new();
    for finding in photos.iter().flat_map(Photo::attention) {
        let reason = by_rule.entry(&finding.rule).or_insert_with(|| Reason {
            title: finding.title.clone(),
            verdict: finding.verdict,
            photos: 0,
            percent: 0,
        });
        reason.photos += 1;
        reason.percent = reason.photos * 100 / photos.len();
        reason.verdict = reason.verdict.max(finding.verdict);
    }
    let mut reasons: Vec<Reason> = by_rule.into_values().collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse((reason.verdict, reason.photos)));
    reasons.truncate(MOST_REASONS);
    reasons
}

/// One photo's sheet. `picture` is what a browser shows: the photo's own bytes, or a smaller copy.
pub fn photo(
    file: String,
    picture: &[u8],
    judged: &Judged,
    student: Option<Student>,
    making: Vec<Words>,
) -> Photo {
    let inspection = &judged.inspection;
    let drawing = judged.drawing();
    let numbers: BTreeMap<&str, usize> =
        drawing.marks.iter().map(|mark| (mark.rule.as_str(), mark.number)).collect();
    Photo {
        file,
        student,
        verdict: Shown(inspection.verdict),
        width: judged.size.0,
        height: judged.size.1,
        picture: data_uri(picture),
        drawing: drawing.svg(),
        findings: inspection
            .findings
            .iter()
            .map(|found| finding(found, numbers.get(found.rule.as_str()).copied()))
            .collect(),
        facts: facts(&inspection.file_facts),
        making,
    }
}

/// A picture as an address that holds it.
pub fn data_uri(picture: &[u8]) -> String {
    let kind = if picture.starts_with(b"\x89PNG") { "png" } else { "jpeg" };
    format!("data:image/{kind};base64,{}", BASE64_STANDARD.encode(picture))
}

fn finding(finding: &Finding, number: Option<usize>) -> page::Finding {
    let range = portrait::standard::Range {
        low: finding.low.unwrap_or(f64::NEG_INFINITY),
        high: finding.high.unwrap_or(f64::INFINITY),
    };
    page::Finding {
        rule: finding.rule.clone(),
        number,
        title: Words::from(&finding.title),
        clause: finding.clause.clone(),
        verdict: Shown(finding.verdict),
        value: finding
            .value
            .map_or_else(Words::default, |value| Words::same(wording::with_unit(value, finding.unit))),
        limits: wording::range(range, finding.unit),
        message: Words::from(&finding.message),
        bar: limit::bar(finding.value, finding.low, finding.high).unwrap_or_default(),
    }
}

fn facts(facts: &FileFacts) -> Vec<Fact> {
    let fact =
        |chinese: &str, english: &str, value: Words| Fact { name: Words::new(chinese, english), value };
    let yes_or_no = |yes| if yes { Words::new("有", "yes") } else { Words::new("无", "no") };
    let or_dash = |value: Option<String>| Words::same(value.unwrap_or_else(|| "–".into()));
    vec![
        fact("尺寸", "size", Words::same(format!("{}×{}", facts.width, facts.height))),
        fact("密度", "density", or_dash(facts.dpi.map(|dpi| format!("{dpi:.0} dpi")))),
        fact("大小", "file", Words::same(wording::with_unit(facts.bytes as f64, "B"))),
        fact(
            "色彩",
            "colour",
            Words::same(format!("{} bit", u32::from(facts.components) * u32::from(facts.bits))),
        ),
        fact("品质", "quality", or_dash(facts.quality.map(|quality| quality.to_string()))),
        fact("注释", "comment", yes_or_no(facts.comment)),
    ]
}
