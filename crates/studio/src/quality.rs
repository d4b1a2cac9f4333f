//! How well faults are noticed: made-up students with one planted fault each, and flawless ones, made and judged.
//!
//! *Recall* of a fault is the share of its photos whose own rule does not pass; a *false alarm* is a rule that does not
//! pass on a flawless photo. Made-up people show that a rule works and how near its limit lies to the flawless; they do
//! not show how it does on real faces, which the ladders do.

use std::{collections::BTreeMap, fmt::Write, ops::Range};

use portrait::standard::{Standard, Verdict};
use rayon::prelude::*;
use vision::Vision;

use crate::{
    render::{FAULTS, Fault, NoticedBy, Shot, render},
    sitting::{self, Finished},
};

/// What a quality report must reach: recall of each fault by its own rule, per cent of its photos.
pub const RECALL: usize = 90;
/// And the most flawless photos that may be failed or refused, per cent.
pub const FALSE_ALARMS: usize = 3;
/// The fault that cannot be noticed after making: noise that survives the reduction makes the file too large, and the
/// lower quality that fits wipes it away.
pub const NOT_NOTICED: &str = "noisy";

/// What became of the photos with one fault.
pub struct Noticed {
    /// The fault.
    pub fault: &'static Fault,
    /// Photos with it.
    pub photos: usize,
    /// Of these, how many did not pass: by the fault's own rule, or by being refused when making.
    pub own: usize,
    /// Of these, how many were failed or refused, not only handed to a person.
    pub failed: usize,
    /// Of these, how many did not pass for whatever reason.
    pub any: usize,
}

/// What became of flawless photos.
pub struct Flawless {
    /// Photos.
    pub photos: usize,
    /// Those that were refused when making.
    pub refused: usize,
    /// Those with a rule that fails.
    pub failed: usize,
    /// Those with nothing but passes.
    pub passed: usize,
    /// Photos on which a rule hands over to a person, and on which it fails.
    pub alarms: BTreeMap<String, (usize, usize)>,
}

/// One photo through making and judging: its findings that are no pass; `None` when it was refused.
fn findings(finished: &Finished) -> Vec<(&str, Verdict)> {
    let findings = finished.inspection.findings.iter();
    findings
        .filter(|finding| finding.verdict != Verdict::Pass)
        .map(|finding| (finding.rule.as_str(), finding.verdict))
        .collect()
}

/// Plants every fault in the students of these seeds.
pub fn faults(seeds: &Range<u64>, vision: &Vision, standard: &Standard) -> Vec<Noticed> {
    FAULTS.iter().map(|fault| noticed(fault, seeds, vision, standard)).collect()
}

fn noticed(fault: &'static Fault, seeds: &Range<u64>, vision: &Vision, standard: &Standard) -> Noticed {
    let verdicts: Vec<(bool, bool, bool)> = seeds
        .clone()
        .into_par_iter()
        .map(|seed| {
            let photo = render(&fault.planted(Shot::from_seed(seed)));
            let finished = match sitting::finish(&photo.picture, vision, standard) {
                Ok(finished) if finished.made.obstacles.is_empty() => finished,
                _ => return (fault.noticed_by == NoticedBy::Making, true, true),
            };
            let found = findings(&finished);
            let is_own = |rule: &str| matches!(fault.noticed_by, NoticedBy::Rule(own) if own == rule);
            let own = found.iter().find(|(rule, _)| is_own(rule));
            (own.is_some(), own.is_some_and(|own| own.1 == Verdict::Fail), !found.is_empty())
        })
        .collect();
    let count = |part: fn(&(bool, bool, bool)) -> bool| verdicts.iter().filter(|v| part(v)).count();
    Noticed {
        fault,
        photos: verdicts.len(),
        own: count(|v| v.0),
        failed: count(|v| v.1),
        any: count(|v| v.2),
    }
}

/// Makes and judges the flawless students of these seeds.
pub fn flawless(seeds: &Range<u64>, vision: &Vision, standard: &Standard) -> Flawless {
    let photos: Vec<Option<Finished>> = seeds
        .clone()
        .into_par_iter()
        .map(|seed| sitting::finish(&render(&Shot::from_seed(seed)).picture, vision, standard).ok())
        .collect();
    let made: Vec<_> = photos.iter().flatten().filter(|photo| photo.made.obstacles.is_empty()).collect();
    let mut alarms: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let (mut failed, mut passed) = (0, 0);
    for photo in &made {
        let found = findings(photo);
        failed += usize::from(found.iter().any(|(_, verdict)| *verdict == Verdict::Fail));
        passed += usize::from(found.is_empty());
        for (rule, verdict) in found {
            let counts = alarms.entry(rule.to_owned()).or_default();
            *(if verdict == Verdict::Fail { &mut counts.1 } else { &mut counts.0 }) += 1;
        }
    }
    Flawless { photos: photos.len(), refused: photos.len() - made.len(), failed, passed, alarms }
}

/// Both as tables in Markdown.
pub fn report(noticed: &[Noticed], flawless: &Flawless) -> String {
    let mut text = String::new();
    // Writing into a string does not fail.
    let _ =
        writeln!(text, "| fault | own rule | photos | noticed by it | failed | not passed for any reason |");
    let _ = writeln!(text, "|---|---|---|---|---|---|");
    for row in noticed {
        let rule = match row.fault.noticed_by {
            NoticedBy::Rule(rule) => rule,
            NoticedBy::Making => "refused when making",
        };
        let share = |count: usize| format!("{} %", 100 * count / row.photos.max(1));
        let (own, failed, any) = (share(row.own), share(row.failed), share(row.any));
        let _ = writeln!(text, "| {} | {rule} | {} | {own} | {failed} | {any} |", row.fault.name, row.photos);
    }
    let Flawless { photos, refused, failed, passed, alarms } = flawless;
    let _ = writeln!(
        text,
        "\nOf {photos} flawless photos {passed} pass in everything, {failed} fail in something, {refused} were refused when making; \
         the rest goes to a person. By rule:\n"
    );
    let _ = writeln!(text, "| rule | to a person | failed |\n|---|---|---|");
    for (rule, (person, failed)) in alarms {
        let _ = writeln!(text, "| {rule} | {person} | {failed} |");
    }
    text
}
