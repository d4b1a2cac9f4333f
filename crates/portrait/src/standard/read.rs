//! From a file's text to a standard that is known to be whole.

mod backgrounds;
mod rules;

use std::ops::Range as Span;

use toml::Spanned;

use super::{
    Appearance, Bands, FileGoal, Output, Range, Rule, Standard, StandardError, Test, presets,
    raw::RawStandard,
};

/// A file that is being read.
pub(super) struct Reader<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

/// How deep presets may extend each other; the built-in ones need three.
const DEPTH: usize = 8;

impl Standard {
    /// Reads a standard or a campaign's overlay; `file` names it in errors.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and column.
    pub fn parse(text: &str, file: &str) -> Result<Self, StandardError> {
        Reader { file, text }.standard(DEPTH)
    }
}

impl Reader<'_> {
    pub fn error<T>(&self, span: Span<usize>, reason: impl Into<String>) -> Result<T, StandardError> {
        Err(StandardError::at(self.file, self.text, span, reason))
    }

    pub fn raw(&self) -> Result<RawStandard, StandardError> {
        toml::from_str(self.text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            StandardError::at(self.file, self.text, span, error.message().replace('\n', "; "))
        })
    }

    pub fn standard(&self, depth: usize) -> Result<Standard, StandardError> {
        let raw = self.raw()?;
        match (&raw.base, &raw.extends) {
            (Some(base), Some(_)) => self.error(
                base.span(),
                "`base` and `extends` cannot both be given: `base` is for a campaign, `extends` for a preset",
            ),
            (Some(base), None) => {
                let under = self.preset(base, depth)?;
                self.narrowed(&under, &raw)
            }
            (None, Some(extends)) => {
                let under = self.preset(extends, depth)?;
                self.applied(Some(&under), &raw)
            }
            (None, None) => self.applied(None, &raw),
        }
    }

    fn preset(&self, name: &Spanned<String>, depth: usize) -> Result<Standard, StandardError> {
        let Some(text) = presets::text(name.get_ref()) else {
            let known = presets::names().collect::<Vec<_>>().join(", ");
            return self
                .error(name.span(), format!("there is no preset `{}`; known are {known}", name.get_ref()));
        };
        if depth == 0 {
            return self.error(name.span(), format!("`{}` extends itself", name.get_ref()));
        }
        let file = format!("presets/{}.toml", name.get_ref());
        Reader { file: &file, text }.standard(depth - 1)
    }

    /// What the file says over what it builds on.
    pub fn applied(&self, under: Option<&Standard>, raw: &RawStandard) -> Result<Standard, StandardError> {
        let end = self.text.len()..self.text.len();
        let missing = |what: &str| self.error(end.clone(), format!("{what} is missing"));
        let Some(name) = raw.name.as_ref() else { return missing("`name`") };
        if name.get_ref().is_empty()
            || !name.get_ref().chars().all(|c| c.is_alphanumeric() || "-._".contains(c))
        {
            return self.error(name.span(), "`name` is letters, digits, `-`, `.` and `_`");
        }
        let Some(title) = raw.title.clone() else { return missing("`title`") };
        let Some(output) = self.output(under, raw)? else {
            return missing("`[output]` with width, height and dpi");
        };
        let Some(file) = self.file_goal(under, raw)? else { return missing("`[file]` with aim") };
        let backgrounds = self.backgrounds(under, raw)?;
        let mut standard = Standard {
            name: name.get_ref().clone(),
            title,
            output,
            file,
            backgrounds,
            rules: under.map(|under| under.rules.clone()).unwrap_or_default(),
            appearance: under.map(|under| under.appearance.clone()).unwrap_or_default(),
        };
        self.drop_rules(&mut standard, raw)?;
        self.add_rules(&mut standard, &raw.rules)?;
        set_appearance(&mut standard, raw);
        self.whole(&standard, end)?;
        Ok(standard)
    }

    fn output(&self, under: Option<&Standard>, raw: &RawStandard) -> Result<Option<Output>, StandardError> {
        let under = under.map(|under| under.output);
        let Some(given) = &raw.output else { return Ok(under) };
        let width = given.width.as_ref().map(Spanned::get_ref).copied().or(under.map(|u| u.width));
        let height = given.height.as_ref().map(Spanned::get_ref).copied().or(under.map(|u| u.height));
        let dpi = given.dpi.as_ref().map(Spanned::get_ref).copied().or(under.map(|u| u.dpi));
        for side in [&given.width, &given.height].into_iter().flatten() {
            if !(16..=10_000).contains(side.get_ref()) {
                return self.error(
                    side.span(),
                    format!("a side of {} px is not between 16 and 10000", side.get_ref()),
                );
            }
        }
        if let Some(dpi) = given.dpi.as_ref().filter(|dpi| !(50..=2400).contains(dpi.get_ref())) {
            return self.error(dpi.span(), format!("{} dpi is not between 50 and 2400", dpi.get_ref()));
        }
        Ok(width.zip(height).zip(dpi).map(|((width, height), dpi)| Output { width, height, dpi }))
    }

    fn file_goal(
        &self,
        under: Option<&Standard>,
        raw: &RawStandard,
    ) -> Result<Option<FileGoal>, StandardError> {
        let under = under.map(|under| &under.file);
        let Some(given) = &raw.file else { return Ok(under.cloned()) };
        if let Some(aim) = given.aim.as_ref().filter(|aim| !(1_000..=20_000_000).contains(aim.get_ref())) {
            return self.error(
                aim.span(),
                format!("an aim of {} bytes is not between 1000 and 20000000", aim.get_ref()),
            );
        }
        let Some(aim) = given.aim.as_ref().map(|aim| *aim.get_ref()).or(under.map(|u| u.aim)) else {
            return Ok(None);
        };
        Ok(Some(FileGoal {
            aim,
            slack: given.slack.or(under.map(|u| u.slack)).unwrap_or(2_000),
            reserve: given.reserve.or(under.map(|u| u.reserve)).unwrap_or(0),
            extension: given
                .extension
                .clone()
                .or(under.map(|u| u.extension.clone()))
                .unwrap_or_else(|| "jpg".into()),
        }))
    }

    fn drop_rules(&self, standard: &mut Standard, raw: &RawStandard) -> Result<(), StandardError> {
        for id in &raw.without {
            let before = standard.rules.len();
            standard.rules.retain(|rule| &rule.id != id.get_ref());
            if standard.rules.len() == before {
                return self.error(id.span(), format!("there is no rule `{}` to leave out", id.get_ref()));
            }
        }
        Ok(())
    }

    /// What only the whole can be asked.
    fn whole(&self, standard: &Standard, end: Span<usize>) -> Result<(), StandardError> {
        if standard.rules.is_empty() {
            return self.error(end, "there is not one `[[rule]]`");
        }
        let judges_background = |rule: &Rule| rule.limits.iter().any(|limit| limit.test == Test::Background);
        if standard.backgrounds.is_empty() && standard.rules.iter().any(judges_background) {
            return self.error(end, "a rule asks for a background and `[background]` allows none");
        }
        for (measure, goal) in standard.goals() {
            for limit in standard.rules.iter().flat_map(|rule| &rule.limits) {
                let Test::Number(Bands { pass, .. }) = limit.test else { continue };
                if limit.measure == measure && !pass.contains(goal) {
                    let Range { low, high } = pass;
                    return self.error(
                        end,
                        format!("the goal {goal} for `{measure}` is outside its limits {low} to {high}"),
                    );
                }
            }
        }
        Ok(())
    }
}

impl Standard {
    /// What a finished photo is made to, by the reading that judges it.
    fn goals(&self) -> [(&'static str, f64); 4] {
        [
            ("pixel-width", f64::from(self.output.width)),
            ("pixel-height", f64::from(self.output.height)),
            ("density", f64::from(self.output.dpi)),
            ("bytes", self.file.aim as f64),
        ]
    }
}

fn set_appearance(standard: &mut Standard, raw: &RawStandard) {
    // A file that speaks about a point replaces all that its base says about it.
    standard.appearance.retain(|old| !raw.appearance.iter().any(|new| new.item.get_ref() == &old.item));
    standard.appearance.extend(raw.appearance.iter().map(|entry| Appearance {
        item: entry.item.get_ref().clone(),
        ruling: entry.ruling,
        season: entry.season,
        exception: entry.exception.clone(),
        text: entry.text.clone(),
    }));
}
