//! The five campaigns of the notices, and every switch in which they differ.
#![expect(clippy::unwrap_used, reason = "a test stops where its own preparation fails")]

use campaign::settings::policy::{MakeUpPlace, Place, Session};
use campaign::settings::*;
use jiff::civil::{Date, date, time};
use seal::masking::{Manner, MaskedName};

fn notice(name: &str) -> Settings {
    template(name).unwrap().unwrap()
}

#[test]
fn the_five_campaigns_state_date_place_code_and_fee_as_their_notices_do() {
    let table = [
        ("sports-2025", date(2024, 4, 21), "新教学楼", 3, CodeMode::National, Some(2000)),
        ("two-campuses-2024", date(2023, 11, 4), "大学生活动中心", 3, CodeMode::National, None),
        ("sports-2023", date(2022, 5, 28), "新教学楼", 3, CodeMode::SelfMade, None),
        ("stations-2025", date(2024, 4, 22), "美术学院美A101教室", 3, CodeMode::National, Some(1500)),
        ("graduate-school-2025", date(2024, 3, 11), "第一教学楼一楼", 0, CodeMode::National, Some(2000)),
    ];
    assert_eq!(table.len(), TEMPLATES.len());
    for (name, day, place, stations, code, fee) in table {
        let settings = notice(name);
        assert_eq!(settings.campaign.days[0], day, "{name}");
        let first = &settings.campaign.places[0];
        assert_eq!((first.name.as_str(), first.stations.len()), (place, stations), "{name}");
        assert_eq!((settings.code.mode, settings.fee_fen(Session::Collective)), (code, fee), "{name}");
    }
    assert_eq!(notice("sports-2023").campaign.school_no.as_deref(), Some("10727"));
    assert_eq!(notice("graduate-school-2025").campaign.places[0].way.as_deref(), Some("南门入，北门出"));
    assert_eq!(notice("two-campuses-2024").campaign.places.len(), 2);
}

#[test]
fn the_rules_of_appearance_are_those_of_the_twenty_cells() {
    use Item::*;
    use Verdict::*;
    let verdicts = |name: &str, item: Item| -> Vec<Verdict> {
        notice(name).rules(item, None).iter().map(|rule| rule.verdict).collect()
    };
    let table: [(&str, [&[Verdict]; 4]); 5] = [
        ("sports-2025", [&[Forbidden], &[Forbidden], &[Forbidden, Forbidden], &[Forbidden]]),
        ("two-campuses-2024", [&[Forbidden], &[Forbidden], &[Forbidden, Forbidden, Forbidden], &[Forbidden]]),
        ("sports-2023", [&[Required], &[AdvisedAgainst], &[Required, AdvisedAgainst], &[Forbidden]]),
        (
            "stations-2025",
            [
                &[AdvisedAgainst, Forbidden, PhotographerDecides],
                &[Advised, Allowed, Forbidden],
                &[Forbidden, Forbidden, AdvisedAgainst],
                &[Forbidden],
            ],
        ),
        ("graduate-school-2025", [&[Required], &[AdvisedAgainst], &[Required, AdvisedAgainst], &[Forbidden]]),
    ];
    for (name, [glasses, makeup, clothing, head_cover]) in table {
        assert_eq!(verdicts(name, Glasses), glasses, "{name} glasses");
        assert_eq!(verdicts(name, Makeup), makeup, "{name} makeup");
        assert_eq!(verdicts(name, Clothing), clothing, "{name} clothing");
        assert_eq!(verdicts(name, HeadCover), head_cover, "{name} head cover");
    }
    let has_exception = |name: &str| notice(name).rules(HeadCover, None)[0].exception.is_some();
    assert_eq!(TEMPLATES.map(|(name, _)| has_exception(name)), [false, false, true, false, true]);
    let winter = notice("two-campuses-2024");
    assert_eq!(winter.rules(Clothing, Some(Season::Winter)).len(), 2);
    for (name, _) in TEMPLATES {
        let settings = notice(name);
        let rules = settings.appearance.values().flatten();
        assert!(rules.into_iter().all(|rule| !rule.zh.is_empty() && !rule.en.is_empty()), "{name}");
    }
}

/// Reads a template with some text of it replaced: what a registry does in an editor.
fn edited(name: &str, from: &str, to: &str) -> Settings {
    let text = TEMPLATES.iter().find(|(known, _)| *known == name).unwrap().1;
    assert!(text.contains(from), "{from}");
    Settings::parse(&text.replace(from, to)).unwrap()
}

#[test]
fn the_guide_to_the_code_has_three_ways_in_both_languages() {
    use campaign::settings::guide::ways;
    for (name, count) in [("stations-2025", 3), ("graduate-school-2025", 3), ("sports-2023", 1)] {
        let ways = ways(notice(name).code.mode);
        assert_eq!(ways.len(), count, "{name}");
        for way in ways {
            assert!(!way.zh.is_empty() && way.en.is_ascii() || way.en.contains("学信网"), "{way:?}");
            assert!(way.steps.len() >= 2 && way.steps.iter().all(|(zh, en)| zh != en && !en.is_empty()));
        }
    }
}

#[test]
fn classes_gather_as_their_notices_print_it() {
    let printed = [((9, 0), (8, 40)), ((9, 50), (9, 30)), ((10, 40), (10, 20)), ((11, 20), (11, 0))];
    for ((hour, minute), (early, past)) in printed {
        let gather = notice("sports-2025").gather_at(time(hour, minute, 0, 0), minute == 0);
        assert_eq!(gather, Some(time(early, past, 0, 0)));
    }
    let third = notice("stations-2025");
    assert_eq!(third.gather_at(time(8, 30, 0, 0), true), Some(time(8, 10, 0, 0)), "the first of a morning");
    assert_eq!(third.gather_at(time(9, 35, 0, 0), false), Some(time(9, 20, 0, 0)));
}

#[test]
fn every_switch_changes_what_it_is_for() {
    let third = notice("stations-2025");
    // X1–X5: appearance.
    let glasses = edited(
        "stations-2025",
        "verdict = \"advised-against\", zh = \"长期",
        "verdict = \"forbidden\", zh = \"长期",
    );
    assert_ne!(glasses.rules(Item::Glasses, None), third.rules(Item::Glasses, None));
    // X6: gathering.
    assert_eq!(third.gather_at(time(8, 30, 0, 0), true), Some(time(8, 10, 0, 0)));
    assert_eq!(third.gather_at(time(9, 20, 0, 0), false), Some(time(9, 5, 0, 0)));
    let later = edited("stations-2025", "gather-lead-min = 15", "gather-lead-min = 10");
    assert_eq!(later.gather_at(time(9, 20, 0, 0), false), Some(time(9, 10, 0, 0)));
    assert_eq!(notice("graduate-school-2025").gather_at(time(9, 20, 0, 0), false), None);
    // X7: order.
    let (nine, held) =
        (Place { student_no: "9", held_back: false }, Place { student_no: "10", held_back: true });
    assert!(third.in_line(nine, held, roster::order::natural).is_lt());
    assert!(notice("two-campuses-2024").in_line(nine, held, roster::order::natural).is_gt());
    // X8, X18: make-up.
    let day = date(2024, 6, 1);
    let counts = |name: &str, place| notice(name).make_up_counts(place, day);
    assert!(
        counts("sports-2025", MakeUpPlace::NamedCentre) && !counts("sports-2025", MakeUpPlace::BranchOutside)
    );
    assert!(counts("graduate-school-2025", MakeUpPlace::BranchOutside));
    assert!(
        !counts("stations-2025", MakeUpPlace::BranchOutside)
            && !counts("stations-2025", MakeUpPlace::OtherStudio)
    );
    assert!(!counts("two-campuses-2024", MakeUpPlace::NamedCentre));
    assert!(!notice("sports-2025").make_up_counts(MakeUpPlace::NamedCentre, date(2025, 1, 1)));
    // X9: age of the photo.
    assert!(notice("sports-2025").is_old(date(2024, 4, 21)) && !third.is_old(date(2024, 4, 22)));
    // X10: proofreading.
    assert_eq!(third.proof_opens(date(2024, 4, 22)), Some(date(2024, 6, 1)));
    assert_eq!(
        edited("stations-2025", "{ after-days = 40 }", "{ on = \"2024-05-20\" }").proof_opens(day),
        Some(date(2024, 5, 20))
    );
    // X11: fees.
    let fourth = notice("graduate-school-2025");
    assert_eq!(
        (fourth.fee_fen(Session::Collective), fourth.fee_fen(Session::Single)),
        (Some(2000), Some(4500))
    );
    assert_eq!(third.fee.as_ref().map(|fee| fee.payer), Some(Payer::Student));
    // X12: codes.
    assert_eq!(third.code_due(), Some(date(2024, 4, 19)));
    assert_eq!(fourth.code_due(), None);
    // X13, X14, X16, X17, X19: what is shown and taken.
    assert_eq!((third.code.save, notice("sports-2025").code.save), (Save::Picture, Save::Screenshot));
    assert_eq!(notice("sports-2023").code.mode, CodeMode::SelfMade);
    assert_eq!((third.schedule.binding, fourth.schedule.binding), (Binding::ByTeacher, Binding::Estimate));
    assert_eq!((third.photo.backgrounds.len(), notice("sports-2023").photo.backgrounds.len()), (1, 3));
    assert!(third.intake.secure_only && !notice("sports-2023").intake.secure_only);
    // X20: how much of a name a code shows.
    let less = edited("stations-2025", "save = \"picture\"", "save = \"picture\"\nmask = \"first\"");
    assert_eq!((third.code.mask, less.code.mask), (Manner::Ends, Manner::First));
    assert_eq!(MaskedName::in_manner("张小三", third.code.mask).as_str(), "张*三");
    assert_eq!(MaskedName::in_manner("张小三", less.code.mask).as_str(), "张**");
    // X15: minutes of a class by its heads.
    assert_eq!((third.minutes_for(62), third.minutes_for(1)), (21, 1));
    // X22: interns.
    assert!(!third.takes_part(true) && third.takes_part(false) && notice("sports-2025").takes_part(true));
}

#[test]
fn the_deadlines_of_the_notice_with_stations_are_listed_with_those_that_follow() {
    let deadlines = notice("stations-2025").all_deadlines();
    let days: Vec<Date> = deadlines.iter().map(|deadline| deadline.on).collect();
    assert_eq!(
        days,
        [
            date(2024, 4, 12),
            date(2024, 4, 15),
            date(2024, 4, 19),
            date(2024, 4, 19),
            date(2024, 4, 22),
            date(2024, 6, 1)
        ]
    );
    assert!(deadlines.iter().all(|deadline| !deadline.owner.is_empty()));
    // A clock that runs: three days before the owner is reminded, the day after it is overdue.
    let fee = &deadlines[0];
    let on = |day| fee.due(date(2024, 4, day));
    assert_eq!([on(8), on(9), on(12), on(13)], [Due::Later, Due::Soon, Due::Soon, Due::Overdue]);
}

#[test]
fn a_copy_for_the_next_year_keeps_its_rooms_and_lists_every_changed_value() {
    let old = notice("sports-2023");
    let new = old.moved_to(date(2024, 4, 21), 2025);
    assert_eq!(new.campaign.places, old.campaign.places);
    assert_eq!(new.campaign.days, [date(2024, 4, 21)]);
    assert_eq!(new.make_up.until, Some(date(2024, 11, 24)));
    let changed: Vec<String> = old.differences(&new).into_iter().map(|(_, now)| now).collect();
    assert!(changed.iter().any(|line| line.contains("class-of = 2025")), "{changed:?}");
    assert_eq!(changed.iter().filter(|line| line.contains("2024-")).count(), 4, "{changed:?}");
    assert_eq!(changed.len(), 5, "{changed:?}");
    // A value that is gone moves no other one.
    let mut without = old.clone();
    without.make_up.until = None;
    assert_eq!(old.differences(&without), [("make-up.until = \"2022-12-31\"".to_owned(), String::new())]);
    assert_eq!(old.differences(&old), []);
}

#[test]
fn settings_are_written_and_read_back_and_an_unknown_key_is_refused_with_its_line() {
    for (name, _) in TEMPLATES {
        let settings = notice(name);
        assert_eq!(Settings::parse(&settings.write()).unwrap(), settings, "{name}");
    }
    let text = TEMPLATES[3].1;
    let wrong = Settings::parse(&text.replace("gather-lead-min", "gather-leed-min")).unwrap_err();
    assert_eq!(wrong.line, 1 + text[..text.find("gather-lead-min").unwrap()].matches('\n').count());
    assert!(wrong.message.contains("gather-leed-min"), "{wrong}");
    assert!(Settings::parse("[campaign]\n").is_err());
}
