//! Every rule that measurement decides has a ladder; every measure follows its own defect on every real face, foreign
//! rules stay quiet meanwhile, and everything says the same twice.

use portrait::standard::{Mark, Standard, Verdict};
use studio::ladder::{self, Spoil, photos, run};
use vision::Vision;

/// The order that a measure must keep (portrait-rules §2).
const RHO: f64 = 0.95;
fn standard() -> Standard {
    Standard::preset("jbz-2017-99").expect("preset").expect("a correct preset")
}

#[test]
fn every_rule_that_measurement_decides_has_a_ladder() {
    let standard = standard();
    let decided = standard.rules.iter().filter(|rule| rule.mark == Mark::M && !rule.limits.is_empty());
    let without: Vec<&str> = decided
        .map(|rule| rule.id.as_str())
        .filter(|id| ladder::all().iter().all(|ladder| ladder.rule != *id))
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn every_measure_follows_its_own_ladder_on_every_base_and_other_rules_stay_quiet() {
    let files = photos::files();
    if files.is_empty() {
        println!("skipped: no base photos; run `make photos` or set XUEYING_PORTRAITS");
        return;
    }
    let vision = Vision::new().expect("the packaged nets");
    let (bases, refused) = photos::bases(&files, &vision);
    assert!(refused.is_empty(), "{refused:?}");
    let climbs = run::climb(&ladder::all(), &bases, &vision, &standard());
    let low: Vec<&run::Climb> = climbs.iter().filter(|climb| climb.rho.abs() < RHO).collect();
    for climb in &low {
        println!("{} on {}: ρ {:.3}, {:.3?}", climb.ladder, climb.base, climb.rho, climb.values);
    }
    let names: Vec<(&str, &str)> = low.iter().map(|climb| (climb.ladder, climb.base.as_str())).collect();
    assert_eq!(names, [], "climbs that lose their order");

    let unnoticed: Vec<(&str, &str)> = climbs
        .iter()
        .filter(|climb| climb.at_the_top() == Some(Verdict::Pass))
        .map(|climb| (climb.ladder, climb.base.as_str()))
        .collect();
    assert_eq!(unnoticed, [], "gross defects that pass");

    let unsteady: Vec<(&str, &str, &str)> = climbs
        .iter()
        .flat_map(|climb| {
            climb.flips().into_iter().map(move |rule| (climb.ladder, rule, climb.base.as_str()))
        })
        .collect();
    assert_eq!(unsteady, [], "foreign rules whose verdict changes");
}

#[test]
fn a_ladder_is_repeatable_bit_for_bit() {
    let Some(file) = photos::files().into_iter().next() else {
        println!("skipped: no base photos; run `make photos` or set XUEYING_PORTRAITS");
        return;
    };
    let vision = Vision::new().expect("the packaged nets");
    let (first, _) = photos::bases(std::slice::from_ref(&file), &vision);
    let (second, _) = photos::bases(&[file], &vision);
    let (first, second) = (first.first().expect("a base"), second.first().expect("a base"));
    for ladder in ladder::all() {
        let amount = ladder.steps[ladder.steps.len() / 2];
        let same = match ladder.spoil {
            Spoil::Picture(spoil) => spoil(first, amount) == spoil(second, amount),
            Spoil::File(spoil) => spoil(first, amount) == spoil(second, amount),
        };
        assert!(same, "{} differs from itself", ladder.name);
    }
}
