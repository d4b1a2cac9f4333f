//! Who takes part and in which order, under the rules of different notices.
#![expect(clippy::unwrap_used, reason = "a test stops where its own preparation fails")]

use campaign::case::tracks::Eligibility;
use campaign::eligibility::{Decision, decide, is_held_back};
use campaign::register::{Act, Register};
use campaign::role::Role;
use campaign::settings::policy::Place;
use campaign::settings::template;
use roster::check::check;
use roster::document::check_character;
use roster::field::Mapping;
use roster::flags::{Flag, flags};
use roster::student::Student;
use seal::suite::Suite;

/// What the roster says of each student, by the last digit of the number.
const SAID: [(&str, &str); 9] = [
    ("在籍", ""),
    ("在籍", "外出实习"),
    ("在籍", "降级"),
    ("休学", ""),
    ("不在籍（退学）", ""),
    ("在籍", "复读"),
    ("在籍", "第二学士学位"),
    ("在籍", "留学生"),
    ("在籍", "面部手术，已报告"),
];

fn students() -> Vec<Student> {
    let line = |(at, (status, remark)): (usize, &(&str, &str))| {
        let body = format!("61010420040101{at:03}");
        let last = check_character(&body).unwrap();
        format!("{},林晓雨,{body}{last},本科,软件2101,{status},{remark}", 10 + at)
    };
    let lines: Vec<String> = SAID.iter().enumerate().map(line).collect();
    let text = format!("学号,姓名,证件号码,层次,班级,学籍状态,备注\n{}", lines.join("\n"));
    let table = roster::table::read(text.as_bytes()).unwrap();
    let checked = check(&table, &Mapping::of_headings(&table.headings));
    assert_eq!(checked.findings, []);
    checked.students
}

#[test]
fn the_same_roster_excludes_interns_under_one_notice_and_not_under_another() {
    let excluded = |name: &str| -> Vec<Flag> {
        let settings = template(name).unwrap().unwrap();
        let decisions =
            students().iter().map(|student| decide(&settings, &flags(student))).collect::<Vec<_>>();
        let taking_part = decisions.iter().filter(|decision| **decision == Decision::TakesPart).count();
        let excluded: Vec<Flag> = decisions
            .iter()
            .filter_map(|decision| match decision {
                Decision::Excluded(flag) => Some(*flag),
                Decision::TakesPart => None,
            })
            .collect();
        assert_eq!(taking_part + excluded.len(), SAID.len(), "nobody is dropped");
        excluded
    };
    assert_eq!(excluded("stations-2025"), [Flag::Intern, Flag::Suspended, Flag::Left]);
    assert_eq!(excluded("sports-2025"), [Flag::Suspended, Flag::Left]);
}

#[test]
fn held_back_and_repeating_students_stand_first_where_the_notice_says_so() {
    let line = |name: &str| -> Vec<String> {
        let settings = template(name).unwrap().unwrap();
        let mut students = students();
        let place = |student: &Student| is_held_back(&flags(student));
        students.sort_by(|a, b| {
            let (first, second) = (place(a), place(b));
            settings.in_line(
                Place { student_no: &a.student_no, held_back: first },
                Place { student_no: &b.student_no, held_back: second },
                roster::order::natural,
            )
        });
        students.into_iter().map(|student| student.student_no).collect()
    };
    assert_eq!(line("two-campuses-2024")[..3], ["12", "15", "10"]);
    assert_eq!(line("stations-2025")[..3], ["10", "11", "12"]);
}

#[tokio::test]
async fn who_does_not_take_part_is_in_the_register_with_the_reason_in_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let register =
        Register::open(&format!("sqlite:{}/x.db?mode=rwc", folder.path().display())).await.unwrap();
    let id = "xd-2027".to_owned().try_into().unwrap();
    let act = Act { role: Role::Registry, account: "u-7", at_ms: 1_804_815_665_250, reason: "" };
    let settings = template("stations-2025").unwrap().unwrap();
    register.create(&id, &settings, Suite::Modern, &act).await.unwrap();
    register.import(&id, &students(), 0, &act).await.unwrap();
    let entries = register.students(&id).await.unwrap();
    assert_eq!(entries.len(), SAID.len());
    let excluded: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.case.eligibility == Eligibility::Excluded)
        .map(|entry| entry.student.student_no.as_str())
        .collect();
    assert_eq!(excluded, ["11", "13", "14"]);
    let log = register.log(&id).await.unwrap();
    for reason in ["外出实习", "休学", "退学"] {
        assert_eq!(log.matches(reason).count(), 1, "{reason}");
    }
    // Taken in again unchanged, the roster excludes nobody a second time.
    register.import(&id, &students(), 1, &act).await.unwrap();
    assert_eq!(register.log(&id).await.unwrap().matches("exclude").count(), 3);
}

mod queue {
    use campaign::settings::policy::Place;
    use campaign::settings::template;
    use campaign::turn::{Turn, Waiting, in_queue};
    use proptest::prelude::*;
    use roster::order::natural;

    fn turns() -> impl Strategy<Value = Turn> {
        prop::sample::select(Turn::ALL)
    }

    proptest! {
        /// For any roster: who is held back stands before who is not, and of two alike the lower number.
        #[test]
        fn any_line_has_the_held_back_first_and_then_goes_by_number(
            people in prop::collection::vec(("[0-9]{1,12}|[A-Z][0-9]{1,9}", any::<bool>()), 0..60),
        ) {
            let settings = template("two-campuses-2024").unwrap().unwrap();
            let mut line: Vec<Place> =
                people.iter().map(|(student_no, held_back)| Place { student_no, held_back: *held_back }).collect();
            line.sort_by(|a, b| settings.in_line(*a, *b, natural));
            for pair in line.windows(2) {
                prop_assert!(pair[0].held_back >= pair[1].held_back);
                let same = pair[0].held_back == pair[1].held_back;
                prop_assert!(!same || natural(pair[0].student_no, pair[1].student_no).is_le());
            }
        }

        /// For any day: who is called stands first, who is done last; where complete classes go first, none that is
        /// complete waits behind one that is not; otherwise the timetable decides.
        #[test]
        fn any_queue_of_classes_goes_by_readiness_and_then_by_the_timetable(
            classes in prop::collection::vec((turns(), 0_i64..90_000), 0..60), complete_first: bool,
        ) {
            let mut queue: Vec<Waiting> =
                classes.iter().map(|&(turn, planned)| Waiting { turn, planned }).collect();
            queue.sort_by_key(|class| in_queue(*class, complete_first));
            let stage = |class: &Waiting| match class.turn {
                Turn::Called => 0,
                Turn::Done => 2,
                _ => 1,
            };
            for pair in queue.windows(2) {
                prop_assert!(stage(&pair[0]) <= stage(&pair[1]));
                let alike = stage(&pair[0]) == stage(&pair[1])
                    && (!complete_first || pair[0].turn.is_ready() == pair[1].turn.is_ready());
                prop_assert!(!alike || pair[0].planned <= pair[1].planned);
                if complete_first && stage(&pair[0]) == 1 && stage(&pair[1]) == 1 {
                    prop_assert!(pair[0].turn.is_ready() >= pair[1].turn.is_ready());
                }
            }
        }
    }
}
