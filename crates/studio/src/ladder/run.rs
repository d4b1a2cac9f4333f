//! Climbs the ladders: every step of every ladder on every base is looked at, measured and judged like any photo.

use std::collections::{BTreeMap, BTreeSet};

use portrait::{
    file,
    measure::{self, Readings, Value, scene::Scene},
    picture::Picture,
    standard::{Bands, Finding, Limit, Mark, Rule, Standard, Test, Verdict, judge},
};
use rayon::prelude::*;
use vision::Vision;

use crate::{
    base::Base,
    ladder::{Ladder, Spoil, rank::spearman},
};

/// The order that a measure keeps on every face, as Spearman's |ρ| with the amount of its own defect.
const RHO: f64 = 0.95;

/// One ladder climbed on one base.
pub struct Climb {
    /// The ladder's name.
    pub ladder: &'static str,
    /// The ladder's own rule.
    pub rule: &'static str,
    /// The base's name.
    pub base: String,
    /// The own measure at each step; `None` where it could not be read.
    pub values: Vec<Option<f64>>,
    /// The verdict of every rule that measurement decides (mark M) at each step.
    pub verdicts: Vec<BTreeMap<String, Verdict>>,
    /// Rules that cannot tell cross-talk here: by nature they answer for the same fault, or the base does not pass them
    /// clearly from the start.
    pub silent: BTreeSet<String>,
    /// Spearman's ρ of the own measure with the amount, over the steps that could be read.
    pub rho: f64,
}

impl Climb {
    /// Steps from the bottom on at which the own rule passes.
    pub fn passing(&self) -> usize {
        let passes = |verdicts: &&BTreeMap<String, Verdict>| verdicts.get(self.rule) == Some(&Verdict::Pass);
        self.verdicts.iter().take_while(passes).count()
    }

    /// Cross-talk: foreign rules that the base passes clearly and whose verdict changes while the own rule still passes.
    pub fn flips(&self) -> Vec<&str> {
        let Some(first) = self.verdicts.first() else { return Vec::new() };
        let inside = &self.verdicts[..self.passing()];
        let flips = |rule: &str| inside.iter().any(|verdicts| verdicts.get(rule) != first.get(rule));
        let asked = first.keys().filter(|rule| *rule != self.rule && !self.silent.contains(*rule));
        asked.map(String::as_str).filter(|rule| flips(rule)).collect()
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.rho.abs() < RHO {
            faults.push(format!("loses its order: |ρ| {:.3}, {:.3?}", self.rho.abs(), self.values));
        }
        if self.at_the_top() == Some(Verdict::Pass) {
            faults.push("passes at the top".into());
        }
        faults.extend(self.flips().into_iter().map(|rule| format!("changes the verdict of {rule}")));
        faults.into_iter().map(|fault| format!("{} on {} {fault}", self.ladder, self.base)).collect()
    }

    /// The own rule's verdict on the gross defect at the top.
    pub fn at_the_top(&self) -> Option<Verdict> {
        self.verdicts.last()?.get(self.rule).copied()
    }
}

/// Every ladder on every base.
pub fn pairs<'a>(ladders: &[&'a Ladder], bases: &'a [Base]) -> Vec<(&'a Ladder, &'a Base)> {
    ladders.iter().flat_map(|ladder| bases.iter().map(move |base| (*ladder, base))).collect()
}

/// Climbs each ladder on its base.
pub fn climb(pairs: &[(&Ladder, &Base)], vision: &Vision, standard: &Standard) -> Vec<Climb> {
    pairs.par_iter().map(|(ladder, base)| one(ladder, base, vision, standard)).collect()
}

/// What climbs must not show, a line each: a measure that loses its order, a gross defect that passes, a foreign verdict
/// that changes.
pub fn faults(climbs: &[Climb]) -> Vec<String> {
    climbs.iter().flat_map(Climb::faults).collect()
}

fn one(ladder: &Ladder, base: &Base, vision: &Vision, standard: &Standard) -> Climb {
    let (mut values, mut verdicts) = (Vec::new(), Vec::new());
    let mut silent: BTreeSet<String> = ladder.also.iter().map(|&rule| rule.to_owned()).collect();
    for (step, &amount) in ladder.steps.iter().enumerate() {
        let readings = spoilt(ladder, base, amount, vision);
        let found = judge(&readings, standard);
        values.push(value(&readings, ladder.measure, standard));
        if step == 0 {
            let unclear = standard.rules.iter().filter(|rule| !passes_clearly(rule, &readings, &found));
            silent.extend(unclear.map(|rule| rule.id.clone()));
        }
        let decided = found.into_iter().filter(|finding| finding.mark == Mark::M);
        verdicts.push(decided.map(|finding| (finding.rule, finding.verdict)).collect());
    }
    let read: (Vec<f64>, Vec<f64>) = ladder
        .steps
        .iter()
        .zip(&values)
        .filter_map(|(&amount, value)| value.map(|value| (f64::from(amount), value)))
        .unzip();
    // Two thirds of the steps must be readable, or a measure could shine by giving up.
    let rho = if 3 * read.0.len() >= 2 * values.len() { spearman(&read.0, &read.1) } else { 0.0 };
    Climb { ladder: ladder.name, rule: ladder.rule, base: base.name.clone(), values, verdicts, silent, rho }
}

/// Whether a rule passes and none of its numbers lies nearer to the end of its pass range than a quarter of the range
/// that a person looks at, or, where zero is ideal, than half of the way from there: those tip with the grain.
fn passes_clearly(rule: &Rule, readings: &Readings, found: &[Finding]) -> bool {
    let passes = found.iter().any(|finding| finding.rule == rule.id && finding.verdict == Verdict::Pass);
    let clear = |limit: &Limit| match (&limit.test, readings.value(limit.measure)) {
        (Test::Number(Bands { pass, warn, .. }), Some(value)) => {
            let keeps = |end: f64, outer: f64| {
                let margin = (0.25 * (outer - end).abs()).min(0.5 * end.abs());
                !end.is_finite() || !outer.is_finite() || (value - end).abs() >= margin
            };
            keeps(pass.low, warn.low) && keeps(pass.high, warn.high)
        }
        _ => true,
    };
    passes && rule.limits.iter().all(clear)
}

/// Everything that can be measured in a portrait spoilt by an amount.
fn spoilt(ladder: &Ladder, base: &Base, amount: f32, vision: &Vision) -> Readings {
    match ladder.spoil {
        Spoil::Picture(spoil) => read(&spoil(base, amount), vision),
        Spoil::File(spoil) => {
            let (bytes, extension) = spoil(base, amount);
            let opened = file::open(&bytes, Some(extension)).expect("spoilt files can be read");
            let mut readings = read(&opened.picture, vision);
            measure::file::measure(&opened.facts, &mut readings);
            readings
        }
    }
}

/// Everything that can be measured in a picture.
pub fn read(picture: &Picture, vision: &Vision) -> Readings {
    let look = vision.look(picture);
    measure::measure(&Scene::new(picture, &look))
}

/// A number as it is; a colour as its distance from the standard's first reference (the bases' blue).
fn value(readings: &Readings, name: &str, standard: &Standard) -> Option<f64> {
    match &readings.get(name)?.value {
        Ok(Value::Number(number)) => Some(*number),
        // The only texts of the ladders are names of formats: 0 for the standard's own.
        Ok(Value::Text(text)) => Some(f64::from(u8::from(*text != standard.file.extension))),
        Ok(Value::Colour(colour)) => Some(f64::from(colour.distance(standard.backgrounds.first()?.lab))),
        _ => None,
    }
}
