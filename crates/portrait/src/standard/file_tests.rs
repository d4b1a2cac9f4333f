//! Files of standards: what is refused and with which words, what a campaign may change, and files that are damaged.

use super::{Ruling, Season, Standard, presets};

/// The five notices whose rules the examples hold, with what each says about four points.
const CAMPAIGNS: [(&str, [Ruling; 4]); 5] = [
    (
        include_str!("../../presets/campaigns/sports-university-2025.toml"),
        [Ruling::Forbidden, Ruling::Forbidden, Ruling::Forbidden, Ruling::Forbidden],
    ),
    (
        include_str!("../../presets/campaigns/two-campus-university-2024.toml"),
        [Ruling::Forbidden, Ruling::Forbidden, Ruling::Forbidden, Ruling::Forbidden],
    ),
    (
        include_str!("../../presets/campaigns/plain-2023.toml"),
        [Ruling::Required, Ruling::Discouraged, Ruling::Required, Ruling::Forbidden],
    ),
    (
        include_str!("../../presets/campaigns/timetable-university-2025.toml"),
        [Ruling::Discouraged, Ruling::Discouraged, Ruling::Forbidden, Ruling::Forbidden],
    ),
    (
        include_str!("../../presets/campaigns/graduate-school-2024.toml"),
        [Ruling::Required, Ruling::Discouraged, Ruling::Required, Ruling::Forbidden],
    ),
];

#[test]
fn the_five_notices_answer_four_questions_each() {
    for (text, rulings) in CAMPAIGNS {
        let standard = Standard::parse(text, "campaign.toml").unwrap_or_else(|error| panic!("{error}"));
        for (item, ruling) in ["glasses", "make-up", "clothing", "head-cover"].into_iter().zip(rulings) {
            let said =
                standard.appearance(item).next().unwrap_or_else(|| panic!("{} on {item}", standard.name));
            assert_eq!(said.ruling, ruling, "{} on {item}", standard.name);
        }
    }
}

#[test]
fn a_season_has_its_own_rule() {
    let standard = Standard::parse(CAMPAIGNS[1].0, "campaign.toml").expect("whole");
    let seasons: Vec<_> = standard.appearance("clothing").map(|said| said.season).collect();
    assert_eq!(seasons, [None, Some(Season::Summer), Some(Season::Winter)]);
}

#[test]
fn a_campaign_narrows_backgrounds_and_forbids_colours() {
    let standard = Standard::parse(CAMPAIGNS[0].0, "campaign.toml").expect("whole");
    let names: Vec<_> = standard.backgrounds.iter().map(|reference| reference.name.as_str()).collect();
    assert_eq!(names, ["light-blue"]);
    assert!(standard.rule("clothes-colour").is_some());
    assert_eq!(standard.bands("eye-row"), jbz().bands("eye-row"));
}

#[test]
fn a_laxer_file_size_needs_the_document_that_allows_it() {
    let text = include_str!("../../presets/campaigns/school-system-30-60.toml");
    let standard = Standard::overlay(&jbz(), text, "school.toml").unwrap_or_else(|error| panic!("{error}"));
    let authority = standard.rule("file-size").and_then(|rule| rule.authority.as_deref());
    assert_eq!(authority, Some("学校教务系统上传要求"));
    let without = text.replace("authority = \"学校教务系统上传要求\"\n", "");
    let refused = Standard::overlay(&jbz(), &without, "school.toml").expect_err("laxer than its base");
    assert_eq!((refused.line, refused.column), (13, 6));
    assert!(refused.reason.contains("laxer on `bytes`"), "{refused}");
}

fn jbz() -> Standard {
    Standard::preset("jbz-2017-99").expect("known").expect("whole")
}

const HEAD: &str = "name = \"x\"\nextends = \"jbz-2017-99\"\ntitle = { zh-CN = \"甲\", en = \"a\" }\n";

/// What is written after [`HEAD`], the line that is wrong, and words of the reason.
const WRONG: &[(&str, usize, &str)] = &[
    ("[[rule]]\nid = \"eye-rwo\"\n", 5, "rule `eye-rwo` is not known"),
    (
        "[[rule]]\nid = \"eye-row\"\nlimits = [{ measure = \"eye-row\", pass = [300, 200] }]\n",
        6,
        "pass low 300 is above high 200",
    ),
    (
        "[[rule]]\nid = \"eye-row\"\nlimits = [{ measure = \"eye\", pass = [200, 300] }]\n",
        6,
        "nothing measures `eye`",
    ),
    (
        "[[rule]]\nid = \"eye-row\"\nlimits = [{ measure = \"extension\", pass = [200, 300] }]\n",
        6,
        "is read as Text",
    ),
    (
        "[[rule]]\nid = \"eye-row\"\nlimits = [{ measure = \"eye-row\", unit = \"mm\", pass = [200, 300] }]\n",
        6,
        "is in `px`, not in `mm`",
    ),
    ("[[rule]]\nid = \"eye-row\"\nlimits = [{ measure = \"eye-row\", pass = \"200\" }]\n", 6, "invalid type"),
    ("[[rule]]\nid = \"eye-row\"\nclause = \"\"\n", 6, "the clause is empty"),
    ("[[rule]]\nid = \"ears\"\nmark = \"F\"\n", 5, "has no `clause`"),
    ("[[rule]]\nid = \"ears\"\nclause = \"二.2\"\n", 5, "has no `mark`"),
    ("[[rule]]\nid = \"roll\"\n[[rule]]\nid = \"roll\"\n", 7, "given twice"),
    (
        "[[rule]]\nid = \"roll\"\nlimits = [{ measure = \"roll\", pass = [-2, 2], warn = [-inf, inf] }]\n",
        5,
        "can never fail",
    ),
    (
        "[[rule]]\nid = \"roll\"\nlimits = [{ measure = \"roll\", pass = [-2, 2], warn = [-1, 1] }]\n",
        6,
        "does not cover",
    ),
    (
        "[[rule]]\nid = \"eyes-open\"\nlimits = [{ measure = \"lid-gap\", pass = [-inf, 2] }]\n",
        5,
        "has no such text",
    ),
    ("[[rule]]\nid = \"roll\"\nlimits = []\n", 5, "need `limits`"),
    ("colour = 1\n", 4, "unknown field"),
    ("without = [\"ears\"]\n", 4, "no rule `ears` to leave out"),
    ("[background]\nallowed = [\"green\"]\n", 5, "background `green` is not one of"),
    (
        "[[background.reference]]\nname = \"b\"\ntitle = { zh-CN = \"蓝\", en = \"b\" }\nrgb = [0, 0, 256]\npass = 1\nwarn = 2\n",
        7,
        "colour value 256",
    ),
    ("[output]\nwidth = 0\n", 5, "a side of 0 px"),
    ("[file]\naim = 90_000\n", 6, "the goal 90000 for `bytes` is outside its limits"),
    ("[[rule]\n", 4, ""),
];

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (tail, line, reason) in WRONG.iter().copied() {
        let error = Standard::parse(&format!("{HEAD}{tail}"), "own.toml").expect_err(tail);
        assert_eq!(error.line, line, "{tail}: {error}");
        assert!(error.reason.contains(reason), "{tail}: {error}");
        assert!(error.to_string().starts_with(&format!("own.toml line {line} column ")), "{error}");
    }
}

#[test]
fn a_campaign_cannot_loosen_its_standard() {
    let head = "name = \"x\"\nbase = \"jbz-2017-99\"\ntitle = { zh-CN = \"甲\", en = \"a\" }\n";
    let cases = [
        (
            "[[rule]]\nid = \"eye-row\"\nlimits = [{ measure = \"eye-row\", pass = [100, 300] }]\n",
            "laxer on `eye-row`",
        ),
        ("[[rule]]\nid = \"eye-row\"\nmark = \"F\"\n", "decides less"),
        ("without = [\"eye-row\"]\n", "cannot leave out rule `eye-row`"),
        ("[output]\nwidth = 390\nheight = 567\n", "cannot change `[output]`"),
        (
            "[[background.reference]]\nname = \"red\"\ntitle = { zh-CN = \"红\", en = \"red\" }\nrgb = [200, 0, 0]\npass = 10\nwarn = 18\n",
            "background `red` is not among those",
        ),
    ];
    for (tail, reason) in cases {
        let error = Standard::parse(&format!("{head}{tail}"), "own.toml").expect_err(tail);
        assert!(error.reason.contains(reason), "{tail}: {error}");
    }
    let narrower = format!(
        "{head}[[rule]]\nid = \"eye-row\"\nlimits = [{{ measure = \"eye-row\", pass = [220, 280] }}]\n"
    );
    Standard::parse(&narrower, "own.toml").unwrap_or_else(|error| panic!("{error}"));
}

/// Numbers that look random and are the same on every run (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

#[test]
fn a_damaged_file_is_read_or_refused_with_a_line() {
    const BITS: [&str; 12] = ["", "\"", "[", "]", "{", "}", "=", "\n", "inf", "-1e999", "nan", "界"];
    let mut dice = Dice(99);
    let texts: Vec<&str> = presets::names().filter_map(presets::text).collect();
    let mut refused = 0;
    for round in 0..1500 {
        let mut damaged: Vec<char> = texts[round % texts.len()].chars().collect();
        for _ in 0..=dice.below(3) {
            let from = dice.below(damaged.len());
            let to = (from + dice.below(12)).min(damaged.len());
            let bit: Vec<char> = BITS[dice.below(BITS.len())].chars().collect();
            damaged.splice(from..to, bit);
        }
        let text: String = damaged.into_iter().collect();
        if let Err(error) = Standard::parse(&text, "damaged.toml") {
            refused += 1;
            assert!(error.line >= 1 && error.line <= text.matches('\n').count() + 1, "{error}");
            assert!(error.column >= 1 && !error.reason.is_empty(), "{error}");
        }
    }
    // Much of a file is comments and texts; about half of the damage must still be noticed.
    assert!(refused > 500, "{refused} of 1500 refused");
}
