//! Real people before the three reference backgrounds: the wall passes, and a planted shadow on it does not.

use portrait::standard::{Standard, Verdict, judge};
use studio::{
    base::Base,
    degrade::backdrop,
    ladder::{photos, run::read},
};
use vision::Vision;

/// Light blue, white and light grey as sRGB (二.1 names the colours; the values are those of the notice's samples).
const REFERENCES: [(&str, [u8; 3]); 3] = [("blue", [100, 197, 255]), ("white", [255; 3]), ("grey", [240; 3])];
/// What a wall is judged by.
const RULES: [&str; 3] = ["background-colour", "background-even", "background-shadow"];
/// A shadow that anybody sees, L\*: twice the limit.
const CLEAR: f32 = 16.0;

#[test]
fn the_three_reference_colours_pass_and_a_planted_shadow_fails_on_each() {
    let files = photos::files();
    if files.is_empty() {
        println!("skipped: no base photos; run `make photos` or set XUEYING_PORTRAITS");
        return;
    }
    let vision = Vision::new().expect("the packaged nets");
    let standard = Standard::preset("jbz-2017-99").expect("preset").expect("a correct preset");
    let (bases, refused) = photos::bases(&files[files.len().saturating_sub(6)..], &vision);
    assert!(refused.is_empty(), "{refused:?}");
    let mut wrong = Vec::new();
    for base in bases {
        let name = base.name.clone();
        for (colour, rgb) in REFERENCES {
            let wall = Base { picture: backdrop::painted(&base, rgb), backdrop: rgb, ..base.clone() };
            let verdicts = |picture| -> Vec<Verdict> {
                let findings = judge(&read(picture, &vision), &standard);
                let of = |rule: &&str| findings.iter().find(|found| found.rule == **rule).expect("a rule");
                RULES.iter().map(|rule| of(rule).verdict).collect()
            };
            let plain = verdicts(&wall.picture);
            if plain != [Verdict::Pass; 3] {
                wrong.push(format!("{name} before plain {colour}: {plain:?}"));
            }
            let shaded = verdicts(&backdrop::shadow(&wall, CLEAR));
            // The wall is refused, and the shadow is named among the reasons.
            if !shaded.contains(&Verdict::Fail) || shaded[2] == Verdict::Pass {
                wrong.push(format!("{name} before shaded {colour}: {shaded:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
