//! The ladders' matrix as Markdown.

use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

use portrait::standard::{Standard, Verdict, judge};
use vision::Vision;

use crate::{
    base::Base,
    ladder::{
        Ladder,
        run::{Climb, read},
    },
};

/// Worst and median |ρ| of some climbs.
pub fn worst_and_median(climbs: &[&Climb]) -> (f64, f64) {
    let mut rho: Vec<f64> = climbs.iter().map(|climb| climb.rho.abs()).collect();
    rho.sort_by(f64::total_cmp);
    (rho.first().copied().unwrap_or(0.0), rho.get(rho.len() / 2).copied().unwrap_or(0.0))
}

/// The matrix: one line per ladder.
pub fn matrix(ladders: &[&Ladder], climbs: &[Climb]) -> String {
    let mut text = String::from(
        "| ladder | amount, from … to | own rule: measure | worst \\|ρ\\| | median \\|ρ\\| | bases that pass at the start, and up to | at the top fail, to a person, pass | answers too | foreign verdicts that change |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for ladder in ladders {
        let own: Vec<&Climb> = climbs.iter().filter(|climb| climb.ladder == ladder.name).collect();
        let (worst, median) = worst_and_median(&own);
        let passing: Vec<usize> =
            own.iter().map(|climb| climb.passing()).filter(|&steps| steps > 0).collect();
        let reach = match (passing.iter().min(), passing.iter().max()) {
            (Some(least), Some(most)) => {
                let amount = |steps: usize| ladder.steps.get(steps - 1).copied().unwrap_or_default();
                format!("{} of {}: {} to {}", passing.len(), own.len(), amount(*least), amount(*most))
            }
            _ => format!("0 of {}", own.len()),
        };
        let at_the_top =
            [&[Verdict::Fail][..], &[Verdict::Warn, Verdict::Unknown], &[Verdict::Pass]].map(|these| {
                own.iter().filter(|c| c.at_the_top().is_some_and(|top| these.contains(&top))).count()
            });
        let mut flips: BTreeMap<&str, usize> = BTreeMap::new();
        for climb in &own {
            for rule in climb.flips() {
                *flips.entry(rule).or_default() += 1;
            }
        }
        let flips: Vec<String> = flips.iter().map(|(rule, count)| format!("{rule} × {count}")).collect();
        let [fails, person, passes] = at_the_top;
        let _ = writeln!(
            text,
            "| {} | {}, {} … {} | {}: {} | {worst:.3} | {median:.3} | {reach} | {fails}, {person}, {passes} | {} | {} |",
            ladder.name,
            ladder.amount.replace('|', "\\|"),
            ladder.steps.first().copied().unwrap_or_default(),
            ladder.steps.last().copied().unwrap_or_default(),
            ladder.rule,
            ladder.measure,
            ladder.also.join(", "),
            flips.join(", "),
        );
    }
    text
}

/// The readings at each step, for every ladder and base.
pub fn values(climbs: &[Climb]) -> String {
    let mut text = String::new();
    for climb in climbs {
        let numbers: Vec<String> =
            climb.values.iter().map(|value| value.map_or("–".to_owned(), |v| format!("{v:.3}"))).collect();
        let _ =
            writeln!(text, "{} · {} · ρ {:.3} · {}", climb.ladder, climb.base, climb.rho, numbers.join(" "));
    }
    text
}

/// Which rules each base does not pass before anything is done to it; rules of the file are left out.
pub fn faults(bases: &[Base], vision: &Vision, standard: &Standard) -> String {
    let mut text = String::from("| base | not passed from the start |\n|---|---|\n");
    for base in bases {
        let readings = read(&base.picture, vision);
        let findings = judge(&readings, standard).into_iter().filter(|finding| {
            finding.verdict != Verdict::Pass && readings_exist(finding.rule.as_str(), standard, &readings)
        });
        let faults: Vec<String> = findings
            .map(|finding| {
                let value = finding.value.map_or(String::new(), |value| format!(" {value:.2}"));
                format!("{} {}{value}", finding.rule, finding.verdict.name())
            })
            .collect();
        let faults = if faults.is_empty() { "–".to_owned() } else { faults.join(", ") };
        let _ = writeln!(text, "| {} | {faults} |", base.name);
    }
    text
}

/// Whether any check provides what the rule asks for.
fn readings_exist(rule: &str, standard: &Standard, readings: &portrait::measure::Readings) -> bool {
    standard
        .rule(rule)
        .is_some_and(|rule| rule.limits.iter().any(|limit| readings.get(limit.measure).is_some()))
}

/// Where the photos come from: from `manifest.csv` beside them, or the pinned package of `make photos`.
pub fn provenance(files: &[PathBuf]) -> String {
    let mut text = String::from("| photo | kind | source and licence |\n|---|---|---|\n");
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let (kind, source) = manifest(file, &name).unwrap_or_else(|| {
            (
                "real".to_owned(),
                "PyPI face_recognition 1.3.0, tests/test_images: White House photograph, public domain"
                    .to_owned(),
            )
        });
        let _ = writeln!(text, "| {name} | {kind} | {source} |");
    }
    text
}

/// Kind, source and licence of a photo by the list in its folder.
fn manifest(file: &std::path::Path, name: &str) -> Option<(String, String)> {
    let mut rows = csv::Reader::from_path(file.with_file_name("manifest.csv")).ok()?;
    let headers = rows.headers().ok()?.clone();
    let column = |title: &str| headers.iter().position(|header| header == title);
    let (kind, source) = (column("kind")?, column("source and licence")?);
    let row = rows.records().flatten().find(|row| row.get(0) == Some(name))?;
    Some((row.get(kind)?.to_owned(), row.get(source)?.replace('|', "/")))
}
