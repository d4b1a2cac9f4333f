//! The presets and the catalogue as a whole.

use super::{Language, Standard, Test, Verdict, judge, words};
use crate::{
    measure::{Readings, Unmeasurable, Value, names},
    picture::Rect,
};

fn preset(name: &str) -> Standard {
    Standard::preset(name).expect("known").expect("whole")
}

#[test]
fn every_preset_is_whole_and_bears_its_own_name() {
    for name in Standard::presets() {
        let standard = Standard::preset(name).expect("listed").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(standard.name, name);
    }
}

#[test]
fn the_catalogue_speaks_both_languages_and_knows_its_placeholders() {
    let texts = words::CATALOGUE
        .rules
        .iter()
        .flat_map(|(rule, words)| words.texts().map(move |text| (rule.as_str(), text)))
        .chain(words::CATALOGUE.phrases.iter().map(|(key, text)| (key.as_str(), text)));
    for (key, text) in texts {
        for language in [Language::Chinese, Language::English] {
            let text = text.text(language);
            assert!(!text.trim().is_empty(), "{key} has an empty text");
            for place in text.split('{').skip(1) {
                let name = place.split('}').next().unwrap_or_default();
                assert!(words::PLACEHOLDERS.contains(&name), "{key}: `{{{name}}}` is no placeholder");
            }
        }
    }
    for why in Unmeasurable::ALL {
        assert!(words::CATALOGUE.phrases.contains_key(why.code()), "{} has no text", why.code());
    }
}

/// Readings for which every rule of a standard passes.
fn passing(standard: &Standard) -> Readings {
    let mut readings = Readings::default();
    for limit in standard.rules.iter().flat_map(|rule| &rule.limits) {
        let value = match &limit.test {
            Test::Number(bands) => Value::Number(middle(bands.pass.low, bands.pass.high)),
            Test::Output(super::OutputField::Width) => Value::Number(f64::from(standard.output.width)),
            Test::Output(super::OutputField::Height) => Value::Number(f64::from(standard.output.height)),
            Test::Output(super::OutputField::Dpi) => Value::Number(f64::from(standard.output.dpi)),
            Test::Background => Value::Colour(standard.backgrounds[0].lab),
            Test::Hues { .. } => Value::Hues(Box::new([0.0; 36])),
            Test::OneOf(words) => Value::Text(words[0].clone()),
        };
        readings.add(limit.measure, value, Vec::new());
    }
    readings
}

fn middle(low: f64, high: f64) -> f64 {
    match (low.is_finite(), high.is_finite()) {
        (true, true) => f64::midpoint(low, high),
        (true, false) => low,
        _ => high,
    }
}

#[test]
fn a_photo_inside_all_limits_passes_by_every_preset() {
    for name in Standard::presets() {
        let standard = preset(name);
        for finding in judge(&passing(&standard), &standard) {
            assert_eq!(finding.verdict, Verdict::Pass, "{name}: {finding:?}");
        }
    }
}

#[test]
fn every_fail_of_every_preset_names_the_rule_and_what_to_do() {
    for name in Standard::presets() {
        let standard = preset(name);
        for rule in &standard.rules {
            for limit in &rule.limits {
                for value in beyond(&limit.test) {
                    let mut readings = passing(&standard);
                    readings.add(limit.measure, value, vec![Rect::default()]);
                    let findings = judge(&readings, &standard);
                    let finding = findings
                        .iter()
                        .find(|finding| finding.rule == rule.id)
                        .expect("every rule is judged");
                    let gated = limit.when.is_some();
                    assert!(gated || finding.verdict > Verdict::Pass, "{name}: {finding:?}");
                    assert!(finding.code.starts_with(&rule.id), "{finding:?}");
                    for language in [Language::Chinese, Language::English] {
                        let text = finding.message.text(language);
                        assert!(
                            !text.is_empty() && !text.contains('{') && !text.contains("NaN"),
                            "{finding:?}"
                        );
                    }
                }
            }
        }
    }
}

/// Values far beyond a limit, on each side that has one.
fn beyond(test: &Test) -> Vec<Value> {
    match test {
        Test::Number(bands) => [bands.warn.low - 1000.0, bands.warn.high + 1000.0]
            .into_iter()
            .filter(|value| value.is_finite())
            .map(Value::Number)
            .collect(),
        Test::Output(_) => vec![Value::Number(1.0), Value::Number(9999.0)],
        Test::Background => vec![Value::Colour(crate::colour::lab([120, 60, 20]))],
        Test::Hues { .. } => vec![Value::Hues(Box::new([1.0; 36]))],
        Test::OneOf(_) => vec![Value::Text("tiff".into())],
    }
}

#[test]
fn what_cannot_be_measured_is_unknown_and_says_why() {
    let standard = preset("jbz-2017-99");
    let mut readings = passing(&standard);
    readings.unknown("eye-row", Unmeasurable::NoFace);
    let findings = judge(&readings, &standard);
    let finding = findings.iter().find(|finding| finding.rule == "eye-row").expect("judged");
    assert_eq!((finding.verdict, finding.code.as_str()), (Verdict::Unknown, "eye-row/unknown-no-face"));
    assert!(finding.message.english.starts_with("Cannot tell"), "{}", finding.message.english);
}

#[test]
fn a_missing_reading_never_passes() {
    let standard = preset("jbz-2017-99");
    for finding in judge(&Readings::default(), &standard) {
        assert_eq!(finding.verdict, Verdict::Unknown, "{finding:?}");
    }
}

#[test]
fn only_rules_marked_m_fail() {
    let standard = preset("jbz-2017-99");
    let mut readings = passing(&standard);
    readings.number("gaze-sideways", 0.9, Vec::new());
    let findings = judge(&readings, &standard);
    let finding = findings.iter().find(|finding| finding.rule == "gaze").expect("judged");
    assert_eq!(finding.verdict, Verdict::Warn);
}

#[test]
fn the_white_of_the_eye_is_asked_only_where_skin_is_dark() {
    let standard = preset("jbz-2017-99");
    for (skin_lightness, verdict) in [(60.0, Verdict::Pass), (40.0, Verdict::Fail)] {
        let mut readings = passing(&standard);
        readings.number("skin-lightness", skin_lightness, Vec::new());
        readings.number("eye-white", 20.0, Vec::new());
        let findings = judge(&readings, &standard);
        let finding = findings.iter().find(|finding| finding.rule == "exposure").expect("judged");
        assert_eq!(finding.verdict, verdict, "{}", finding.code);
    }
}

#[test]
fn names_of_measures_are_unique_and_kebab_case() {
    for (at, name) in names::NAMES.iter().enumerate() {
        assert!(names::NAMES[..at].iter().all(|other| other.name != name.name), "{} twice", name.name);
        assert!(name.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", name.name);
    }
}

#[test]
fn messages_read_well() {
    let standard = preset("jbz-2017-99");
    let mut readings = passing(&standard);
    for (measure, value) in [
        ("crown-row", 38.25),
        ("eye-row", 201.0),
        ("face-width", 320.0),
        ("roll", 3.04),
        ("side-light", 0.61),
    ] {
        readings.number(measure, value, Vec::new());
    }
    readings.add("background-colour", Value::Colour(crate::colour::lab([67, 142, 219])), Vec::new());
    let said: Vec<_> = judge(&readings, &standard)
        .into_iter()
        .filter(|finding| finding.verdict != Verdict::Pass)
        .map(|finding| {
            format!(
                "{} {}\n  {}\n  {}",
                finding.verdict.name(),
                finding.code,
                finding.message.chinese,
                finding.message.english
            )
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}
