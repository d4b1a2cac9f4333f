//! Reading codes from more than five hundred pictures with known truth (`docs/reading.md`).

use rayon::prelude::*;
use seal::reading::read;
use seal::suite::Suite;
use studio::screen::ladder::{DAMAGES, PICTURES, samples};

/// Share of the promised pictures in which the code is read.
const PROMISED_SHARE: f64 = 0.99;

#[test]
fn codes_are_read_from_five_hundred_spoiled_pictures_and_never_misread() {
    let steps: Vec<_> = DAMAGES
        .iter()
        .flat_map(|damage| damage.promised.iter().map(move |&amount| (damage, amount)))
        .flat_map(|(damage, amount)| Suite::ALL.map(|suite| (damage, amount, suite)))
        .collect();
    let counts: Vec<(usize, usize)> = steps
        .par_iter()
        .map(|&(damage, amount, suite)| {
            let (mut right, mut wrong) = (0, 0);
            for sample in samples(damage, amount, suite) {
                for found in read(&sample.picture) {
                    if found.reveal() == sample.text { right += 1 } else { wrong += 1 }
                }
            }
            if right < PICTURES as usize {
                println!("{} {amount} {}: {right} of {PICTURES}", damage.name, suite.name());
            }
            (right, wrong)
        })
        .collect();
    let pictures = steps.len() * PICTURES as usize;
    let right: usize = counts.iter().map(|counts| counts.0).sum();
    let wrong: usize = counts.iter().map(|counts| counts.1).sum();
    println!("{right} of {pictures} read, {wrong} misread");
    assert!(pictures >= 500, "{pictures}");
    assert_eq!(wrong, 0);
    assert!(right as f64 >= PROMISED_SHARE * pictures as f64, "{right} of {pictures}");
}
