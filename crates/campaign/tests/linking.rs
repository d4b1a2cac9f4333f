//! A hundred made-up rosters of five thousand: no photo is linked to the wrong student without a person.
#![expect(clippy::unwrap_used, reason = "a test stops where its own preparation fails")]

use campaign::linking::{self, Link, Links, Shown};
use roster::check::check;
use roster::document::check_character;
use roster::field::Mapping;
use roster::student::Student;
use roster::table;
use seal::masking::{MaskedDocument, MaskedName};
use uuid::Uuid;

const ROSTERS: u64 = 100;
const HEADS: usize = 5_000;

/// A small generator (Vigna's splitmix64), so that every roster is the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }
}

/// A roster in which names and ends of numbers come again and again: ten family names, as a third of China bears
/// the ten commonest, and few given ones.
fn roster(chance: &mut Chance) -> Vec<Student> {
    const FAMILY: [&str; 10] = ["王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周"];
    const GIVEN: [&str; 12] = ["雨", "伟", "芳", "娜", "强", "静", "磊", "洋", "艳", "杰", "娟", "涛"];
    let mut text = String::from("学号,姓名,证件号码,层次,班级\n");
    let mut taken = std::collections::HashSet::new();
    let mut number = 0;
    while number < HEADS {
        let (day, month, running) = (1 + chance.below(28), 1 + chance.below(12), 100 + chance.below(40));
        let body = format!("6101042004{month:02}{day:02}{running:03}");
        if !taken.insert(body.clone()) {
            continue;
        }
        let last = check_character(&body).unwrap();
        let (family, given) = (FAMILY[chance.below(10)], GIVEN[chance.below(12)]);
        let (level, class) = (["本科", "专科"][chance.below(2)], number / 40);
        text.push_str(&[&(20_270_000 + number).to_string(), ",", family, given, ",", &body].concat());
        text.push_str(&[last.to_string().as_str(), ",", level, ",班", &class.to_string(), "\n"].concat());
        number += 1;
    }
    let table = table::read(text.as_bytes()).unwrap();
    let checked = check(&table, &Mapping::of_headings(&table.headings));
    assert_eq!(checked.findings, []);
    checked.students
}

#[test]
fn nobody_is_linked_wrongly_in_a_hundred_rosters_of_five_thousand() {
    let (mut linked, mut asked, mut asked_of) = (0, 0, 0);
    for seed in 0..ROSTERS {
        let mut chance = Chance(seed);
        let students = roster(&mut chance);
        let ids: Vec<Uuid> = (0..students.len()).map(|at| Uuid::from_u128(at as u128 + 1)).collect();
        let links = Links::new(ids.iter().copied().zip(&students));
        for (id, student) in ids.iter().zip(&students) {
            let shown = Shown {
                name: MaskedName::of(&student.name.plain),
                document: MaskedDocument::of(&student.document_no),
                level: student.level,
            };
            // One in ten comes with another class than the own.
            let class = if chance.below(10) == 0 {
                " 班1".to_owned()
            } else {
                linking::class_name(&student.college, &student.cohort)
            };
            match links.link(&shown, &class) {
                Link::One(found) => {
                    assert_eq!(found, *id, "a wrong link in roster {seed}");
                    linked += 1;
                }
                Link::Ask(several) => {
                    assert!(several.contains(id));
                    (asked, asked_of) = (asked + 1, asked_of + several.len());
                }
                Link::Nobody => panic!("{} fits nobody", student.student_no),
            }
        }
    }
    println!(
        "{linked} linked, {asked} asked of a person among {:.1} on average",
        f64::from(asked_of as u32) / f64::from(asked)
    );
    assert!(linked > 0 && asked > 0, "the rosters try both");
}

#[test]
fn who_is_not_on_the_roster_is_linked_to_nobody() {
    let students = roster(&mut Chance(1));
    let links = Links::new(students.iter().map(|student| (Uuid::nil(), student)));
    let shown = Shown {
        name: MaskedName::of("欧阳若溪"),
        document: MaskedDocument::of("11010519491231002X"),
        level: None,
    };
    assert_eq!(links.link(&shown, "班1"), Link::Nobody);
}
