//! A campaign's own rules over a national standard: it may narrow, and loosen only with a document that allows it.
//!
//! 99号 §五 says that the standard wins over other documents, so a limit that lets through what the base stops is
//! refused unless the rule names its `authority` (the document), which is then shown beside the clause in reports.

use super::{Bands, Limit, Mark, Rule, Standard, StandardError, Test, raw::RawStandard, read::Reader};

impl Standard {
    /// Reads a campaign's overlay over a standard that is at hand; `file` names the overlay in errors.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and column.
    pub fn overlay(base: &Self, text: &str, file: &str) -> Result<Self, StandardError> {
        let reader = Reader { file, text };
        let raw = reader.raw()?;
        if let Some(named) = raw.base.as_ref().filter(|named| named.get_ref() != &base.name) {
            return reader.error(
                named.span(),
                format!("this is an overlay of `{}`, not of `{}`", named.get_ref(), base.name),
            );
        }
        reader.narrowed(base, &raw)
    }
}

impl Reader<'_> {
    /// The overlay applied, when it keeps within its base.
    pub fn narrowed(&self, base: &Standard, raw: &RawStandard) -> Result<Standard, StandardError> {
        if let Some(id) = raw.without.first() {
            return self.error(
                id.span(),
                format!("a campaign cannot leave out rule `{}` of its standard", id.get_ref()),
            );
        }
        let places: Vec<_> =
            raw.rules.iter().map(|rule| (rule.id.clone(), rule.authority.is_some())).collect();
        let free_background =
            raw.background.as_ref().is_some_and(|background| background.authority.is_some());
        let references: Vec<_> = raw
            .background
            .iter()
            .flat_map(|background| &background.reference)
            .map(|r| r.name.clone())
            .collect();
        let output_changed = raw.output.is_some();
        let standard = self.applied(Some(base), raw)?;
        if output_changed && standard.output != base.output {
            return self.error(0..0, "a campaign cannot change `[output]` of its standard");
        }
        if !free_background
            && let Some(name) = references.iter().find(|name| adds_colour(base, &standard, name.get_ref()))
        {
            let name_text = name.get_ref();
            return self.error(
                name.span(),
                format!("background `{name_text}` is not among those of `{}`; name the `authority` that allows it", base.name),
            );
        }
        for (id, authorised) in places {
            let (Some(under), Some(over)) = (base.rule(id.get_ref()), standard.rule(id.get_ref())) else {
                continue;
            };
            if !authorised && let Some(why) = loosened(under, over) {
                return self.error(
                    id.span(),
                    format!(
                        "rule `{}` {why} than `{}` allows; name the `authority` (document) that permits it",
                        id.get_ref(),
                        base.name
                    ),
                );
            }
        }
        Ok(standard)
    }
}

/// Whether a reference lets through colours that no reference of the base does.
fn adds_colour(base: &Standard, standard: &Standard, name: &str) -> bool {
    let Some(new) = standard.backgrounds.iter().find(|reference| reference.name == name) else {
        return false;
    };
    !base.backgrounds.iter().any(|old| {
        let apart = f64::from(old.lab.distance(new.lab));
        apart + new.pass <= old.pass && apart + new.warn <= old.warn
    })
}

/// How a rule lets through what its base stops.
fn loosened(under: &Rule, over: &Rule) -> Option<String> {
    if under.mark == Mark::M && over.mark != Mark::M {
        return Some("decides less".into());
    }
    under.limits.iter().find_map(|old| {
        let kept = over.limits.iter().any(|new| new.measure == old.measure && within(new, old));
        (!kept).then(|| format!("is laxer on `{}`", old.measure))
    })
}

/// Whether a limit stops everything that another stops.
fn within(new: &Limit, old: &Limit) -> bool {
    let narrower = |new: &Bands, old: &Bands| old.pass.covers(new.pass) && old.warn.covers(new.warn);
    // A limit that is always judged stops more than one that asks first.
    if new.when.is_some() && new.when != old.when {
        return false;
    }
    match (&new.test, &old.test) {
        (Test::Number(new), Test::Number(old)) => narrower(new, old),
        (Test::Background, Test::Background) => true,
        (Test::Output(new), Test::Output(old)) => new == old,
        (Test::Hues { bands, share }, Test::Hues { bands: old_bands, share: old_share }) => {
            narrower(share, old_share) && old_bands.iter().all(|old| bands.iter().any(|new| new.covers(*old)))
        }
        (Test::OneOf(new), Test::OneOf(old)) => new.iter().all(|word| old.contains(word)),
        _ => false,
    }
}
