//! Climbs the ladders: every step of every ladder on every base is looked at, measured and judged like any photo.

use std::collections::BTreeMap;

use portrait::{
    measure::{Readings, Value, measure, scene::Scene},
    picture::Picture,
    standard::{Standard, Verdict, judge},
};
use rayon::prelude::*;
use vision::Vision;

use crate::{
    base::Base,
    ladder::{Ladder, rank::spearman},
};

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
    /// The verdict of every rule at each step.
    pub verdicts: Vec<BTreeMap<String, Verdict>>,
    /// Spearman's ρ of the own measure with the amount, over the steps that could be read.
    pub rho: f64,
}

impl Climb {
    /// Steps from the bottom on at which the own rule passes.
    pub fn passing(&self) -> usize {
        let passes = |verdicts: &&BTreeMap<String, Verdict>| verdicts.get(self.rule) == Some(&Verdict::Pass);
        self.verdicts.iter().take_while(passes).count()
    }

    /// Foreign rules whose verdict changes while the own rule still passes.
    pub fn flips(&self) -> Vec<&str> {
        let Some(first) = self.verdicts.first() else { return Vec::new() };
        let inside = &self.verdicts[..self.passing()];
        let flips = |rule: &str| inside.iter().any(|verdicts| verdicts.get(rule) != first.get(rule));
        first.keys().map(String::as_str).filter(|rule| *rule != self.rule && flips(rule)).collect()
    }
}

/// Climbs all `ladders` on all `bases`, at every step or at every `stride`th (the last one always).
pub fn climb(
    ladders: &[&Ladder],
    bases: &[Base],
    vision: &Vision,
    standard: &Standard,
    stride: usize,
) -> Vec<Climb> {
    let pairs: Vec<(&Ladder, &Base)> =
        ladders.iter().flat_map(|ladder| bases.iter().map(move |base| (*ladder, base))).collect();
    pairs.par_iter().map(|(ladder, base)| one(ladder, base, vision, standard, stride)).collect()
}

fn one(ladder: &Ladder, base: &Base, vision: &Vision, standard: &Standard, stride: usize) -> Climb {
    let last = ladder.steps.len().saturating_sub(1);
    let steps: Vec<f32> =
        (0..=last).filter(|at| at % stride == 0 || *at == last).map(|at| ladder.steps[at]).collect();
    let (mut values, mut verdicts) = (Vec::new(), Vec::new());
    for &amount in &steps {
        let readings = read(&(ladder.degrade)(base, amount), vision);
        let found = judge(&readings, standard);
        values.push(value(&readings, ladder.measure, standard));
        verdicts.push(found.into_iter().map(|finding| (finding.rule, finding.verdict)).collect());
    }
    let read: (Vec<f64>, Vec<f64>) = steps
        .iter()
        .zip(&values)
        .filter_map(|(&amount, value)| value.map(|value| (f64::from(amount), value)))
        .unzip();
    // Two thirds of the steps must be readable, or a measure could shine by giving up.
    let rho = if 3 * read.0.len() >= 2 * steps.len() { spearman(&read.0, &read.1) } else { 0.0 };
    Climb { ladder: ladder.name, rule: ladder.rule, base: base.name.clone(), values, verdicts, rho }
}

/// Everything that can be measured in a picture.
pub fn read(picture: &Picture, vision: &Vision) -> Readings {
    let look = vision.look(picture);
    measure(&Scene::new(picture, &look))
}

/// A number as it is; a colour as its distance from the standard's first reference (the bases' blue).
fn value(readings: &Readings, name: &str, standard: &Standard) -> Option<f64> {
    match &readings.get(name)?.value {
        Ok(Value::Number(number)) => Some(*number),
        Ok(Value::Colour(colour)) => Some(f64::from(colour.distance(standard.backgrounds.first()?.lab))),
        _ => None,
    }
}
