//! One set of tests for every issuer's codes: ours, opaque ones, self-made ones.

use seal::code::bundle::Bundle;
use seal::code::fingerprint::Fingerprint;
use seal::code::port::{CodePort, Field, OpaqueCodes, OwnCodes, SelfMadeCodes};
use seal::code::scan::{Presented, Refusal, Says, scan};
use seal::code::uses::{Binding, Bindings, Use, Uses};
use seal::suite::Suite;

use crate::codes::{NOW_MS, bundle, code_of, here};

/// Codes of two students by one issuer, and a port that reads them.
struct Kit<'b> {
    name: &'static str,
    codes: [String; 2],
    port: Box<dyn CodePort + 'b>,
}

fn kits(bundle: &Bundle, suite: Suite) -> [Kit<'_>; 3] {
    let students = ["10701210234", "10701210235"];
    let own = [code_of(suite, students[0], 1), code_of(suite, students[1], 2)];
    // What the national centre puts into its codes is not public; any bytes stand for it.
    let opaque = ["q8Zr3kX0vN2b7TtL5cWmYw==", "Jd91sPZ6hAqk4UoEf0RgBg=="].map(str::to_owned);
    let self_made = students.map(|student| format!("欧阳娜娜,{student},计算机2101"));
    let fields = vec![Field::Name, Field::Student, Field::Other];
    [
        Kit { name: "own", codes: own, port: Box::new(OwnCodes(bundle)) },
        Kit {
            name: "opaque",
            codes: opaque,
            port: Box::new(OpaqueCodes { prefix: String::new(), shortest: 16 }),
        },
        Kit { name: "self-made", codes: self_made, port: Box::new(SelfMadeCodes { separator: ',', fields }) },
    ]
}

fn for_every_kit(check: fn(&Kit<'_>, &Bundle)) {
    for suite in Suite::ALL {
        let bundle = bundle(suite);
        for kit in &kits(&bundle, suite) {
            check(kit, &bundle);
        }
    }
}

fn scanned(
    kit: &Kit<'_>,
    bundle: &Bundle,
    text: &str,
    (uses, at): (&Uses, &Use),
) -> Result<Presented, Refusal> {
    scan(text, &[&*kit.port], (uses, &bundle.fingerprint), at)
}

fn fresh(kit: &Kit<'_>, bundle: &Bundle, text: &str) -> Result<Presented, Refusal> {
    scanned(kit, bundle, text, (&Uses::default(), &here(NOW_MS)))
}

#[test]
fn every_issuers_codes_are_recognised_and_told_apart() {
    for_every_kit(|kit, bundle| {
        let [first, second] = kit.codes.each_ref().map(|code| fresh(kit, bundle, code).unwrap());
        assert_ne!(first.fingerprint, second.fingerprint, "{}", kit.name);
        assert_eq!(fresh(kit, bundle, &kit.codes[0]).unwrap(), first, "{}", kit.name);
        match (&first.says, &second.says) {
            (Says::Signed(a), Says::Signed(b)) => assert_ne!(a.holder.student, b.holder.student),
            (Says::Stated(a), Says::Stated(b)) => {
                assert_ne!(a.student, b.student);
                assert_eq!(a.name.as_ref().unwrap().as_str(), "欧**娜");
            }
            (Says::Nothing, Says::Nothing) => assert_eq!(kit.name, "opaque"),
            other => panic!("{}: {other:?}", kit.name),
        }
    });
}

#[test]
fn a_line_break_typed_by_a_reader_changes_nothing() {
    for_every_kit(|kit, bundle| {
        let typed = format!("{}\r\n", kit.codes[0]);
        assert_eq!(fresh(kit, bundle, &typed), fresh(kit, bundle, &kit.codes[0]), "{}", kit.name);
    });
}

#[test]
fn a_second_use_is_shown_with_time_and_place_of_the_first() {
    for_every_kit(|kit, bundle| {
        let presented = fresh(kit, bundle, &kit.codes[0]).unwrap();
        let mut uses = Uses::default();
        uses.note(presented.fingerprint, here(NOW_MS));
        let again = |text: &str, at_ms| scanned(kit, bundle, text, (&uses, &here(at_ms)));
        assert_eq!(again(&kit.codes[0], NOW_MS + 60_000), Ok(presented.clone()), "{}", kit.name);
        let refusal = again(&kit.codes[0], NOW_MS + 60_001).unwrap_err();
        let expected = Refusal::UsedBefore { presented: Box::new(presented), first: here(NOW_MS) };
        assert_eq!(refusal, expected, "{}", kit.name);
        assert!(refusal.to_string().contains("station 2") && refusal.zh().contains("机位 2"), "{refusal}");
        assert!(again(&kit.codes[1], NOW_MS + 60_001).is_ok(), "{}", kit.name);
    });
}

#[test]
fn a_code_is_bound_to_whoever_first_showed_it() {
    for_every_kit(|kit, bundle| {
        let [first, second] = kit.codes.each_ref().map(|code| fresh(kit, bundle, code).unwrap().fingerprint);
        let mut bindings = Bindings::default();
        assert_eq!(bindings.bind(first, "2-0001"), Binding::Bound, "{}", kit.name);
        assert_eq!(bindings.bind(first, "2-0002"), Binding::OfAnother("2-0001"), "{}", kit.name);
        assert_eq!(bindings.bind(second, "2-0001"), Binding::OtherCode(first), "{}", kit.name);
    });
}

#[test]
fn what_is_kept_of_a_code_gives_nothing_of_it_away() {
    for_every_kit(|kit, bundle| {
        let presented = fresh(kit, bundle, &kit.codes[0]).unwrap();
        let other_key = crate::codes::bundle(Suite::Modern).keys.swap_remove(0).code;
        assert_ne!(presented.fingerprint, Fingerprint::of(&kit.codes[0], &other_key), "{}", kit.name);
        let printed = format!("{presented:?} {}", presented.fingerprint);
        for part in [kit.codes[0].as_str(), "10701210234", "欧"] {
            assert!(!printed.contains(part), "{}: {part} in {printed}", kit.name);
        }
    });
}

#[test]
fn a_text_that_is_no_code_is_refused() {
    for_every_kit(|kit, bundle| {
        for text in ["", "机位 2", "1,2", "\u{feff}\r\n"] {
            assert_eq!(fresh(kit, bundle, text), Err(Refusal::NoCode), "{}: {text:?}", kit.name);
        }
    });
}

#[test]
fn each_port_leaves_the_codes_of_the_others_alone() {
    for suite in Suite::ALL {
        let bundle = bundle(suite);
        let kits = kits(&bundle, suite);
        assert!(!kits[0].port.recognises(&kits[1].codes[0]) && !kits[0].port.recognises(&kits[2].codes[0]));
        assert!(!kits[1].port.recognises(&kits[0].codes[0]), "a forged code of ours must not pass as opaque");
        assert!(!kits[2].port.recognises(&kits[0].codes[0]) && !kits[2].port.recognises(&kits[1].codes[0]));
    }
}

#[test]
fn a_picture_that_was_not_read_whole_is_no_opaque_code() {
    let bundle = bundle(Suite::Modern);
    let kit = &kits(&bundle, Suite::Modern)[1];
    assert_eq!(fresh(kit, &bundle, "q8Zr3kX0vN\u{fffd}b7TtL5cWmYw=="), Err(Refusal::Damaged));
    assert_eq!(fresh(kit, &bundle, "短码"), Err(Refusal::NoCode));
}
