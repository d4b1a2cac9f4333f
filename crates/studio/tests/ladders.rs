//! Every rule that measurement decides has a ladder; every measure follows its own defect on real faces, foreign rules
//! stay quiet meanwhile, and everything says the same twice.

use portrait::standard::{Mark, Standard};
use studio::ladder::{self, Spoil, photos, run};
use vision::Vision;

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

/// Each ladder is climbed on so many faces, each face by another share of the ladders; `make ladders` takes every pair.
const FACES_EACH: usize = 4;

#[test]
fn measures_follow_their_own_ladders_and_other_rules_stay_quiet() {
    let files = photos::files();
    if files.is_empty() {
        println!("skipped: no base photos; run `make photos` or set XUEYING_PORTRAITS");
        return;
    }
    let vision = Vision::new().expect("the packaged nets");
    let (bases, refused) = photos::bases(&files, &vision);
    assert!(refused.is_empty(), "{refused:?}");
    let ladders = ladder::all();
    let every = (bases.len() / FACES_EACH).max(1);
    let pairs: Vec<_> = ladders
        .iter()
        .enumerate()
        .flat_map(|(at, ladder)| {
            bases.iter().skip(at % every).step_by(every).map(move |base| (*ladder, base))
        })
        .collect();
    let faults = run::faults(&run::climb(&pairs, &vision, &standard()));
    assert!(faults.is_empty(), "{faults:#?}");
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
