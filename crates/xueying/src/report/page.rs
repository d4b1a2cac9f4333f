//! What the report shows, in the order it is read: counts, reasons, an index, one sheet per photo.

use askama::Template;
use portrait::standard::Verdict;

use super::{verdict::Shown, words::Words};
use crate::language::Language;

/// The whole page: one file that needs nothing else, in both languages.
#[derive(Template)]
#[template(path = "report.html")]
pub struct Page {
    /// The language it opens in.
    pub language: Language,
    /// The program's version.
    pub version: &'static str,
    /// The style of drawings on photos.
    pub style: &'static str,
    /// What the page is.
    pub heading: Words,
    /// The standard's title.
    pub standard: Words,
    /// The standard's name, as `--standard` takes it.
    pub standard_name: String,
    /// A sentence under the heading; may be empty.
    pub note: Words,
    /// Whether photos belong to students of a roster.
    pub rostered: bool,
    /// Photos by verdict, worst first.
    pub tallies: Vec<Tally>,
    /// The rules that most photos stumble over.
    pub reasons: Vec<Reason>,
    /// Files that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// The photos.
    pub photos: Vec<Photo>,
}

/// How many photos got a verdict.
pub struct Tally {
    /// The verdict.
    pub verdict: Shown,
    /// Photos.
    pub photos: usize,
}

/// A rule that photos did not pass.
pub struct Reason {
    /// The rule in words.
    pub title: Words,
    /// Its worst verdict.
    pub verdict: Shown,
    /// Photos that did not pass it.
    pub photos: usize,
    /// The same as a share of all photos, 0 to 100.
    pub percent: usize,
}

/// A file that could not be read.
pub struct Unreadable {
    /// Its path.
    pub file: String,
    /// What is wrong and what to do.
    pub text: String,
}

/// One photo's sheet.
pub struct Photo {
    /// Its path as given.
    pub file: String,
    /// Whose it is; `None` without a roster.
    pub student: Option<Student>,
    /// The worst of its findings.
    pub verdict: Shown,
    /// Width of the inspected picture in px: the drawing's coordinates.
    pub width: usize,
    /// Height of the inspected picture in px.
    pub height: usize,
    /// The photo as a data URI.
    pub picture: String,
    /// Guides and evidence as SVG.
    pub drawing: String,
    /// All findings.
    pub findings: Vec<Finding>,
    /// What the file says about itself.
    pub facts: Vec<Fact>,
    /// What was done to make it; empty for a photo that came finished.
    pub making: Vec<Words>,
}

/// A student as the page may show one: masked.
pub struct Student {
    /// The student number.
    pub number: String,
    /// The masked name.
    pub name: Words,
}

/// A named fact.
pub struct Fact {
    /// What it is.
    pub name: Words,
    /// The fact.
    pub value: Words,
}

/// One rule's result in words.
pub struct Finding {
    /// The rule's stable name.
    pub rule: String,
    /// The number beside its rectangles on the photo; `None` without any.
    pub number: Option<usize>,
    /// The rule in words.
    pub title: Words,
    /// Where the rule stands.
    pub clause: String,
    /// What was judged.
    pub verdict: Shown,
    /// The measured value with its unit; empty when there is none.
    pub value: Words,
    /// The limits in words; empty when there are none.
    pub limits: Words,
    /// What it means and what to do.
    pub message: Words,
    /// The limit's bar as HTML; empty when there is none.
    pub bar: String,
}

impl Photo {
    /// The findings that a person should read, worst first.
    pub fn attention(&self) -> Vec<&Finding> {
        let mut findings: Vec<&Finding> = self.findings.iter().filter(|f| !f.verdict.passes()).collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
        findings
    }

    /// Puts what stands in the way of a crop before the findings; such a photo fails.
    pub fn add_obstacles(&mut self, obstacles: impl Iterator<Item = Words>) {
        let Some(message) = obstacles.reduce(|all, next| Words {
            chinese: all.chinese + &next.chinese,
            english: format!("{} {}", all.english, next.english),
        }) else {
            return;
        };
        self.verdict = Shown(Verdict::Fail);
        let obstacle = Finding {
            rule: "crop".to_owned(),
            number: None,
            title: Words::new("无法按标准裁切", "No crop meets the standard"),
            clause: String::new(),
            verdict: self.verdict,
            value: Words::default(),
            limits: Words::default(),
            message,
            bar: String::new(),
        };
        self.findings.insert(0, obstacle);
    }

    /// The findings within their limits, in the standard's order.
    pub fn passed(&self) -> Vec<&Finding> {
        self.findings.iter().filter(|finding| finding.verdict.passes()).collect()
    }
}

impl Page {
    fn title(&self) -> &str {
        self.language.pick(&self.heading.chinese, &self.heading.english)
    }

    /// Both languages of a fixed text of the page.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn say(&self, chinese: &str, english: &str) -> Words {
        Words::new(chinese, english)
    }

    /// The heading of the passed rules.
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn passed(&self, photo: &Photo) -> Words {
        let passed = photo.passed().len();
        Words::new(format!("通过的规则（{passed}）"), format!("Rules that pass ({passed})"))
    }
}
