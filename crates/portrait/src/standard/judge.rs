//! Readings held against a standard: one finding per rule, in words a student can act on.

use super::{
    Bands, Gate, Limit, Mark, OutputField, Range, Rule, Standard, Test, Words,
    words::{RuleWords, phrase, rule_words},
};
use crate::{
    colour::Lab,
    measure::{Reading, Readings, Unmeasurable, Value, names},
    picture::Rect,
};

/// A judgement, from good to bad; the worst of several is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Pass,
    /// A person looks.
    Warn,
    /// Cannot tell; a person looks.
    Unknown,
    /// Not as it must be.
    Fail,
}

impl Verdict {
    /// Its stable name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Unknown => "unknown",
            Self::Fail => "fail",
        }
    }
}

/// What one rule says about a photo.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule's stable name.
    pub rule: String,
    /// Its name for people.
    pub title: Words,
    /// The standard's clause.
    pub clause: String,
    /// Who decides.
    pub mark: Mark,
    /// The judgement.
    pub verdict: Verdict,
    /// The deciding limit's reading: a number, the distance to the nearest reference, or a share.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: &'static str,
    /// Lowest value that the standard allows; `None` when open.
    pub low: Option<f64>,
    /// Highest value that the standard allows; `None` when open.
    pub high: Option<f64>,
    /// Stable reason, for example `eye-row/low`.
    pub code: String,
    /// What is the matter and what to do.
    pub message: Words,
    /// The places of the picture that show it, px.
    pub evidence: Vec<Rect>,
}

/// On which side of a limit a value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Inside,
    Low,
    High,
    Off,
}

/// One limit held against its reading.
struct Outcome<'a> {
    verdict: Verdict,
    side: Side,
    value: Option<f64>,
    /// Told to people.
    shown: Range,
    /// Passes inside.
    wanted: Range,
    found: Words,
    /// False when the limit's gate is closed; such a limit passes.
    asked: bool,
    why: Option<Unmeasurable>,
    limit: &'a Limit,
    reading: Option<&'a Reading>,
}

/// One finding for every rule that is measured, in the standard's order.
pub fn judge(readings: &Readings, standard: &Standard) -> Vec<Finding> {
    let measured = standard.rules.iter().filter(|rule| !rule.limits.is_empty());
    measured.map(|rule| finding(rule, readings, standard)).collect()
}

fn finding(rule: &Rule, readings: &Readings, standard: &Standard) -> Finding {
    let outcomes = rule.limits.iter().map(|limit| outcome(limit, readings, standard));
    // The first of the worst decides: a standard lists a rule's more important limit first.
    let rank = |outcome: &Outcome| (outcome.verdict, outcome.asked);
    let Some(mut deciding) =
        outcomes.reduce(|worst, next| if rank(&next) > rank(&worst) { next } else { worst })
    else {
        unreachable!("`judge` passes rules with limits only")
    };
    if rule.mark != Mark::M && deciding.verdict == Verdict::Fail {
        deciding.verdict = Verdict::Warn;
    }
    let words = rule_words(&rule.id);
    let title = words.map_or_else(|| Words::same(rule.id.as_str()), |words| words.name.clone());
    let reason = reason(&deciding);
    let message = words.map(|words| message(words, &deciding, standard)).unwrap_or_default();
    Finding {
        rule: rule.id.clone(),
        title,
        clause: rule
            .authority
            .as_ref()
            .map_or_else(|| rule.clause.clone(), |by| format!("{}（{by}）", rule.clause)),
        mark: rule.mark,
        verdict: deciding.verdict,
        value: deciding.value,
        unit: deciding.limit.unit,
        low: Some(deciding.shown.low).filter(|low| low.is_finite()),
        high: Some(deciding.shown.high).filter(|high| high.is_finite()),
        code: format!("{}/{reason}", rule.id),
        message,
        evidence: deciding.reading.map(|reading| reading.evidence.clone()).unwrap_or_default(),
    }
}

/// Whether a limit is judged at all, or why that cannot be told.
fn asked(gate: &Gate, readings: &Readings) -> Result<bool, Unmeasurable> {
    match readings.get(gate.measure).map(|reading| &reading.value) {
        Some(Ok(Value::Number(number))) => Ok(gate.within.contains(*number)),
        Some(Err(why)) => Err(*why),
        Some(Ok(_)) | None => Err(Unmeasurable::NotMeasured),
    }
}

fn outcome<'a>(limit: &'a Limit, readings: &'a Readings, standard: &Standard) -> Outcome<'a> {
    let reading = readings.get(limit.measure);
    let mut outcome = Outcome {
        verdict: Verdict::Unknown,
        side: Side::Inside,
        value: None,
        shown: shown(limit, standard),
        wanted: shown(limit, standard),
        found: Words::default(),
        asked: true,
        why: None,
        limit,
        reading,
    };
    match limit.when.as_ref().map_or(Ok(true), |gate| asked(gate, readings)) {
        Ok(true) => {}
        Ok(false) => {
            (outcome.verdict, outcome.asked) = (Verdict::Pass, false);
            return outcome;
        }
        Err(why) => {
            outcome.why = Some(why);
            return outcome;
        }
    }
    match (reading.map(|reading| &reading.value), &limit.test) {
        (Some(Ok(Value::Number(number))), Test::Number(bands)) => outcome.place(*number, *bands),
        (Some(Ok(Value::Number(number))), Test::Output(field)) => {
            let exact = point(*field, standard);
            outcome.place(*number, Bands { pass: exact, warn: exact, shown: exact });
        }
        (Some(Ok(Value::Hues(shares))), Test::Hues { bands, share }) => {
            outcome.place(share_within(shares, bands), *share);
        }
        (Some(Ok(Value::Colour(colour))), Test::Background) => outcome.place_colour(*colour, standard),
        (Some(Ok(Value::Text(text))), Test::OneOf(allowed)) => {
            let known = allowed.iter().any(|word| word.to_lowercase() == text.to_lowercase());
            outcome.verdict = if known { Verdict::Pass } else { Verdict::Fail };
            outcome.side = if known { Side::Inside } else { Side::Off };
            outcome.found = Words::same(text.as_str());
        }
        (Some(Err(why)), _) => outcome.why = Some(*why),
        (Some(Ok(_)) | None, _) => outcome.why = Some(Unmeasurable::NotMeasured),
    }
    outcome
}

impl Outcome<'_> {
    fn place(&mut self, value: f64, bands: Bands) {
        // A reading that is no number cannot be compared; saying `pass` or `fail` would be a guess.
        if value.is_nan() {
            self.why = Some(Unmeasurable::NotMeasured);
            return;
        }
        self.value = Some(value);
        self.wanted = bands.pass;
        self.verdict = match value {
            value if bands.pass.contains(value) => Verdict::Pass,
            value if bands.warn.contains(value) => Verdict::Warn,
            _ => Verdict::Fail,
        };
        self.side = match self.verdict {
            Verdict::Pass => Side::Inside,
            _ if value < bands.pass.low => Side::Low,
            _ => Side::High,
        };
    }

    /// Judges by the reference whose own tolerance the colour uses up least.
    fn place_colour(&mut self, colour: Lab, standard: &Standard) {
        let apart = |reference: &super::Reference| f64::from(colour.distance(reference.lab));
        let nearest =
            standard.backgrounds.iter().min_by(|a, b| (apart(a) / a.pass).total_cmp(&(apart(b) / b.pass)));
        let Some(reference) = nearest else { return };
        let bands = |high| Range { low: f64::NEG_INFINITY, high };
        self.shown = bands(reference.warn);
        self.place(
            apart(reference),
            Bands { pass: bands(reference.pass), warn: bands(reference.warn), shown: self.shown },
        );
        self.side = if self.verdict == Verdict::Pass { Side::Inside } else { Side::Off };
        self.found = reference.title.clone();
    }
}

fn shown(limit: &Limit, standard: &Standard) -> Range {
    match &limit.test {
        Test::Number(bands) | Test::Hues { share: bands, .. } => bands.shown,
        Test::Output(field) => point(*field, standard),
        Test::Background | Test::OneOf(_) => Range { low: f64::NEG_INFINITY, high: f64::INFINITY },
    }
}

fn point(field: OutputField, standard: &Standard) -> Range {
    let value = match field {
        OutputField::Width => f64::from(standard.output.width),
        OutputField::Height => f64::from(standard.output.height),
        OutputField::Dpi => f64::from(standard.output.dpi),
    };
    Range { low: value, high: value }
}

/// The share of the hue bins whose middle lies in one of the bands.
fn share_within(shares: &[f32; 36], bands: &[Range]) -> f64 {
    let inside = |bin: usize| {
        let middle = bin as f64 * 10.0 + 5.0;
        bands.iter().any(|band| band.contains(middle) || band.contains(middle + 360.0))
    };
    shares.iter().enumerate().filter(|(bin, _)| inside(*bin)).map(|(_, &share)| f64::from(share)).sum()
}

/// The stable second half of a finding's code.
fn reason(outcome: &Outcome) -> &'static str {
    match (outcome.verdict, outcome.side) {
        (Verdict::Pass, _) if !outcome.asked => "not-applicable",
        (Verdict::Pass, _) => "pass",
        (Verdict::Unknown, _) => outcome.why.unwrap_or(Unmeasurable::NotMeasured).code(),
        (_, Side::Low) => "low",
        (_, Side::High) => "high",
        (_, Side::Off | Side::Inside) => "off",
    }
}

fn message(words: &RuleWords, outcome: &Outcome, standard: &Standard) -> Words {
    let text = match (outcome.verdict, outcome.side) {
        (Verdict::Pass, _) if !outcome.asked => Some(phrase("not-applicable")),
        (Verdict::Pass, _) => Some(words.pass.clone()),
        (Verdict::Unknown, _) => Some(phrase(outcome.why.unwrap_or(Unmeasurable::NotMeasured).code())),
        (_, Side::Low) => words.low.clone(),
        (_, Side::High) => words.high.clone(),
        (_, Side::Off | Side::Inside) => words.off.clone(),
    };
    let advice = match (outcome.verdict, outcome.side) {
        (Verdict::Pass | Verdict::Unknown, _) => None,
        (_, Side::Low) => Some(words.advice_low.as_ref().unwrap_or(&words.advice)),
        (_, Side::High) => Some(words.advice_high.as_ref().unwrap_or(&words.advice)),
        _ => Some(&words.advice),
    };
    let mut said = Words::default();
    if outcome.verdict == Verdict::Warn {
        let near = outcome.value.is_some_and(|value| outcome.shown.contains(value));
        said.append(&phrase(if near { "warn-near" } else { "warn" }));
    }
    said.append(&text.unwrap_or_default());
    if let Some(advice) = advice {
        said.append(advice);
    }
    said.filled(&places(outcome, standard))
}

fn places(outcome: &Outcome, standard: &Standard) -> Vec<(&'static str, Words)> {
    let Range { low, high } = outcome.shown;
    let value = outcome.value.unwrap_or(f64::NAN);
    let excess = match outcome.side {
        Side::Inside => 0.0,
        side => beyond(value, outcome.shown, side).max(beyond(value, outcome.wanted, side)),
    };
    let unit = outcome.limit.unit;
    let measure = names::find(outcome.limit.measure)
        .map(|name| Words { chinese: name.chinese.into(), english: name.english.into() })
        .unwrap_or_default();
    let wanted = match &outcome.limit.test {
        Test::OneOf(words) => Words::same(words.join(" / ")),
        _ => titles(standard),
    };
    vec![
        ("measure", measure),
        ("value", Words::same(number(value))),
        ("low", Words::same(number(low))),
        ("high", Words::same(number(high))),
        ("excess", Words::same(number(excess.max(0.0)))),
        (
            "unit",
            Words::same(if unit.is_empty() || unit == "°" { unit.to_owned() } else { format!(" {unit}") }),
        ),
        ("found", outcome.found.clone()),
        ("wanted", wanted),
    ]
}

/// How far a value is beyond the end of a range on one side; negative inside.
fn beyond(value: f64, range: Range, side: Side) -> f64 {
    if side == Side::Low { range.low - value } else { value - range.high }
}

fn titles(standard: &Standard) -> Words {
    let join = |pick: fn(&Words) -> &str, by: &str| {
        standard.backgrounds.iter().map(|reference| pick(&reference.title)).collect::<Vec<_>>().join(by)
    };
    Words { chinese: join(|words| &words.chinese, "、"), english: join(|words| &words.english, ", ") }
}

/// A number with as many digits as a person needs: three, whole numbers in full.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        size if size >= 100.0 || value.fract() == 0.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 0.1 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    if digits == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}
