//! The rules: known by name, measurable, limited in order, and with words for all they can say.

use std::ops::Range as Span;

use toml::Spanned;

use crate::{
    measure::names::{self, Kind, Name},
    standard::{
        Bands, Gate, Limit, Mark, Range, Rule, Standard, StandardError, Test,
        raw::{NearWhat, RawGate, RawLimit, RawRule},
        read::Reader,
        words::{RuleWords, rule_words},
    },
};

impl Reader<'_> {
    pub(super) fn add_rules(&self, standard: &mut Standard, raw: &[RawRule]) -> Result<(), StandardError> {
        for (at, given) in raw.iter().enumerate() {
            if raw[..at].iter().any(|other| other.id == given.id) {
                return self.error(given.id.span(), format!("rule `{}` is given twice", given.id.get_ref()));
            }
            let place = standard.rules.iter().position(|rule| &rule.id == given.id.get_ref());
            let under = place.map(|place| standard.rules[place].clone());
            let rule = self.rule(given, under.as_ref())?;
            match place {
                Some(place) => standard.rules[place] = rule,
                None => standard.rules.push(rule),
            }
        }
        Ok(())
    }

    fn rule(&self, raw: &RawRule, base: Option<&Rule>) -> Result<Rule, StandardError> {
        let id = raw.id.get_ref();
        let here = raw.id.span();
        let Some(words) = rule_words(id) else {
            return self
                .error(here, format!("rule `{id}` is not known: it has no texts in presets/messages.toml"));
        };
        if let Some(clause) = raw.clause.as_ref().filter(|clause| clause.get_ref().trim().is_empty()) {
            return self.error(clause.span(), format!("rule `{id}`: the clause is empty"));
        }
        let Some(clause) =
            raw.clause.as_ref().map(|c| c.get_ref().clone()).or(base.map(|b| b.clause.clone()))
        else {
            return self.error(here, format!("rule `{id}` has no `clause`"));
        };
        let Some(mark) = raw.mark.as_ref().map(|m| *m.get_ref()).or(base.map(|b| b.mark)) else {
            return self.error(here, format!("rule `{id}` has no `mark` (M, F or H)"));
        };
        let limits = match &raw.limits {
            Some(limits) => limits.iter().map(|limit| self.limit(id, limit)).collect::<Result<_, _>>()?,
            None => base.map(|base| base.limits.clone()).unwrap_or_default(),
        };
        let authority =
            raw.authority.as_ref().map(|a| a.get_ref().clone()).or(base.and_then(|b| b.authority.clone()));
        let rule = Rule { id: id.clone(), clause, mark, authority, limits };
        self.rule_is_whole(&rule, words, here)?;
        Ok(rule)
    }

    fn rule_is_whole(&self, rule: &Rule, words: &RuleWords, here: Span<usize>) -> Result<(), StandardError> {
        let id = &rule.id;
        if (rule.mark == Mark::H) != rule.limits.is_empty() {
            return self.error(
                here,
                format!("rule `{id}`: rules marked M and F need `limits`, rules marked H have none"),
            );
        }
        for limit in &rule.limits {
            let (low, high, off) = match &limit.test {
                Test::Number(bands) | Test::Hues { share: bands, .. } => {
                    if rule.mark == Mark::M
                        && bands.warn.low == f64::NEG_INFINITY
                        && bands.warn.high == f64::INFINITY
                    {
                        return self.error(
                            here,
                            format!("rule `{id}` is marked M but `{}` can never fail", limit.measure),
                        );
                    }
                    (bands.pass.low.is_finite(), bands.pass.high.is_finite(), false)
                }
                Test::Output(_) => (true, true, false),
                Test::Background | Test::OneOf(_) => (false, false, true),
            };
            let texts = [(low, &words.low, "low"), (high, &words.high, "high"), (off, &words.off, "off")];
            if let Some((_, _, text)) = texts.iter().find(|(needed, text, _)| *needed && text.is_none()) {
                return self.error(
                    here,
                    format!("rule `{id}` can say `{text}` and has no such text in presets/messages.toml"),
                );
            }
        }
        Ok(())
    }

    fn measure(&self, id: &str, name: &Spanned<String>, kind: Kind) -> Result<&'static Name, StandardError> {
        match names::find(name.get_ref()) {
            None => self.error(name.span(), format!("rule `{id}`: nothing measures `{}`", name.get_ref())),
            Some(known) if known.kind != kind => self.error(
                name.span(),
                format!(
                    "rule `{id}`: `{}` is read as {:?}, the limit needs {kind:?}",
                    known.name, known.kind
                ),
            ),
            Some(known) => Ok(known),
        }
    }

    fn limit(&self, id: &str, raw: &Spanned<RawLimit>) -> Result<Limit, StandardError> {
        let here = raw.span();
        let given = raw.get_ref();
        let has_range = given.pass.is_some();
        let kinds = [given.output.is_some(), given.near.is_some(), given.one_of.is_some(), has_range];
        if kinds.iter().filter(|&&kind| kind).count() != 1 {
            return self.error(
                here,
                format!("rule `{id}`: a limit has exactly one of `pass`, `output`, `near`, `one-of`"),
            );
        }
        if !has_range && (given.warn.is_some() || given.shown.is_some() || given.hues.is_some()) {
            return self.error(here, format!("rule `{id}`: `warn`, `shown` and `hues` need `pass`"));
        }
        let (kind, test) = if let Some(field) = &given.output {
            (Kind::Number, Test::Output(*field.get_ref()))
        } else if let Some(near) = &given.near {
            let NearWhat::Background = near.get_ref();
            (Kind::Colour, Test::Background)
        } else if let Some(words) = &given.one_of {
            if words.get_ref().is_empty() {
                return self.error(words.span(), format!("rule `{id}`: `one-of` is empty"));
            }
            (Kind::Text, Test::OneOf(words.get_ref().clone()))
        } else if let Some(hues) = &given.hues {
            (
                Kind::Hues,
                Test::Hues { bands: self.hues(id, hues, &here)?, share: self.bands(id, given, &here)? },
            )
        } else {
            (Kind::Number, Test::Number(self.bands(id, given, &here)?))
        };
        let measure = self.measure(id, &given.measure, kind)?;
        if let Some(unit) = given.unit.as_ref().filter(|unit| unit.get_ref() != measure.unit) {
            let (given, right) = (unit.get_ref(), measure.unit);
            return self.error(
                unit.span(),
                format!("rule `{id}`: `{}` is in `{right}`, not in `{given}`", measure.name),
            );
        }
        let when = given.when.as_ref().map(|gate| self.gate(id, gate)).transpose()?;
        Ok(Limit { measure: measure.name, unit: measure.unit, when, test })
    }

    fn gate(&self, id: &str, raw: &RawGate) -> Result<Gate, StandardError> {
        let measure = self.measure(id, &raw.measure, Kind::Number)?;
        Ok(Gate { measure: measure.name, within: self.range(id, "within", &raw.within)? })
    }

    fn hues(
        &self,
        id: &str,
        hues: &[Spanned<[f64; 2]>],
        here: &Span<usize>,
    ) -> Result<Vec<Range>, StandardError> {
        if hues.is_empty() {
            return self.error(here.clone(), format!("rule `{id}`: `hues` is empty"));
        }
        for band in hues {
            let [low, high] = *band.get_ref();
            if !(0.0 <= low && low <= high && high <= 720.0 && high - low <= 360.0) {
                return self.error(
                    band.span(),
                    format!("rule `{id}`: hues {low} to {high} are not degrees in order"),
                );
            }
        }
        Ok(hues.iter().map(|band| Range { low: band.get_ref()[0], high: band.get_ref()[1] }).collect())
    }

    fn bands(&self, id: &str, raw: &RawLimit, here: &Span<usize>) -> Result<Bands, StandardError> {
        let Some(pass) = &raw.pass else {
            return self.error(here.clone(), format!("rule `{id}`: the limit has no `pass`"));
        };
        let passing = self.range(id, "pass", pass)?;
        let warn = match &raw.warn {
            Some(warn) => {
                let range = self.range(id, "warn", warn)?;
                if !range.covers(passing) {
                    return self.error(
                        warn.span(),
                        format!("rule `{id}`: the warn range does not cover the pass range"),
                    );
                }
                range
            }
            None => passing,
        };
        let shown = raw.shown.as_ref().map(|shown| self.range(id, "shown", shown)).transpose()?;
        Ok(Bands { pass: passing, warn, shown: shown.unwrap_or(warn) })
    }

    fn range(&self, id: &str, what: &str, raw: &Spanned<[f64; 2]>) -> Result<Range, StandardError> {
        let [low, high] = *raw.get_ref();
        if low.is_nan() || high.is_nan() || low == f64::INFINITY || high == f64::NEG_INFINITY {
            return self.error(
                raw.span(),
                format!("rule `{id}`: {what} {low} to {high} are not numbers of a range"),
            );
        }
        if low > high {
            return self.error(raw.span(), format!("rule `{id}`: {what} low {low} is above high {high}"));
        }
        if what == "pass" && low == f64::NEG_INFINITY && high == f64::INFINITY {
            return self
                .error(raw.span(), format!("rule `{id}`: {what} is open at both ends and limits nothing"));
        }
        Ok(Range { low, high })
    }
}
