//! Results for reading on a terminal: what needs a person, one photo after the other.

use std::io::Write;

use anyhow::Result;
use portrait::{
    inspection::Inspection,
    standard::{Finding, Verdict},
};

use crate::{language::Language, report::verdict::Shown, report::words::Words, wording};

/// Photos by verdict.
#[derive(Default)]
pub struct Counts([usize; 4]);

impl Counts {
    /// Counts a photo.
    pub fn add(&mut self, verdict: Verdict) {
        self.0[verdict as usize] += 1;
    }

    /// Writes the last line.
    pub fn write(&self, out: &mut impl Write, unreadable: usize, language: Language) -> Result<()> {
        let total: usize = self.0.iter().sum();
        write!(
            out,
            "{}",
            language.pick(
                format!("共 {total} 张"),
                format!("{total} {}", if total == 1 { "photo" } else { "photos" })
            )
        )?;
        for verdict in [Verdict::Pass, Verdict::Warn, Verdict::Unknown, Verdict::Fail] {
            let photos = self.0[verdict as usize];
            if photos > 0 {
                write!(out, " · {} {photos}", Shown(verdict).words().text(language))?;
            }
        }
        if unreadable > 0 {
            write!(out, " · {} {unreadable}", language.pick("无法读取", "unreadable"))?;
        }
        writeln!(out)?;
        Ok(())
    }
}

/// Writes one photo: its verdict, and every finding that does not pass.
pub fn write(out: &mut impl Write, file: &str, inspection: &Inspection, language: Language) -> Result<()> {
    let verdict = Shown(inspection.verdict);
    writeln!(out, "{} {file}  {}", verdict.sign(), verdict.words().text(language))?;
    let mut worrying: Vec<&Finding> =
        inspection.findings.iter().filter(|finding| finding.verdict != Verdict::Pass).collect();
    worrying.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
    for finding in &worrying {
        let title = Words::from(&finding.title);
        let message = Words::from(&finding.message);
        let value = finding.value.map(|value| wording::with_unit(value, finding.unit)).unwrap_or_default();
        let sign = Shown(finding.verdict).sign();
        writeln!(out, "    {sign} {} {value}  {}", title.text(language), message.text(language))?;
    }
    let passed = inspection.findings.len() - worrying.len();
    writeln!(out, "    ✓ {}", language.pick(format!("{passed} 条规则通过"), format!("{passed} rules pass")))?;
    Ok(())
}
