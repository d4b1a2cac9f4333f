//! The register on both databases. PostgreSQL is tried where `XUEYING_POSTGRES` names a server (`make test` starts one).
#![expect(clippy::unwrap_used, reason = "a test stops where its own preparation fails")]

use std::sync::atomic::{AtomicU32, Ordering};

use campaign::Refused;
use campaign::case::Case;
use campaign::case::status::Status;
use campaign::case::tracks::{
    Attendance, Code, CodeEvent, Eligibility, EligibilityEvent, Event, Payment, PaymentEvent, Photo, Proof,
    RecordCheck, RecordCheckEvent,
};
use campaign::phase::{Move, Phase};
use campaign::register::roll::{Filter, List};
use campaign::register::{Act, Register, RegisterError};
use campaign::role::Role;
use campaign::settings::{Settings, template};
use roster::check::check;
use roster::difference::Change;
use roster::document::check_character;
use roster::field::Mapping;
use roster::student::Student;
use seal::audit::verify::{Known, verify};
use seal::identity::CampaignId;
use seal::suite::Suite;
use store::Store;

const NOW_MS: u64 = 1_804_815_665_250;

fn act(role: Role) -> Act<'static> {
    Act { role, account: "u-7", at_ms: NOW_MS, reason: "" }
}

fn campaign() -> CampaignId {
    "xd-2027".to_owned().try_into().unwrap()
}

fn settings() -> Settings {
    template("stations-2025").unwrap().unwrap()
}

/// A roster of made-up people, as it comes out of a table.
fn people(count: usize, class: impl Fn(usize) -> usize) -> Vec<Student> {
    let line = |number: usize| {
        let body = format!("61010420040101{:03}", number % 1000);
        let last = check_character(&body).unwrap();
        let name = ["林晓雨", "欧阳若溪", "买买提·艾力", "王頔"][number % 4];
        format!("{},{name},{body}{last},本科,软件{}", 20_270_000 + number, class(number))
    };
    let lines: Vec<String> = (0..count).map(line).collect();
    let table = roster::table::read(format!("学号,姓名,证件号码,层次,班级\n{}", lines.join("\n")).as_bytes())
        .unwrap();
    let checked = check(&table, &Mapping::of_headings(&table.headings));
    assert_eq!(checked.findings, []);
    checked.students
}

/// An empty register of each kind, and what must outlive it.
async fn registers() -> (Vec<Register>, tempfile::TempDir) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let folder = tempfile::tempdir().unwrap();
    let mut registers =
        vec![Register::open(&format!("sqlite:{}/x.db?mode=rwc", folder.path().display())).await.unwrap()];
    match std::env::var("XUEYING_POSTGRES") {
        Ok(server) => {
            let name = format!("register_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
            let admin = Store::open(&format!("{server}/postgres"), &[]).await.unwrap();
            let create = sqlx::AssertSqlSafe(format!("create database {name}"));
            sqlx::query(create).execute(admin.reader()).await.unwrap();
            registers.push(Register::open(&format!("{server}/{name}")).await.unwrap());
        }
        Err(_) => eprintln!("skipped for PostgreSQL: XUEYING_POSTGRES names no server; make test starts one"),
    }
    (registers, folder)
}

/// The log verifies to its end and holds nobody's name, number or document.
async fn check_log(register: &Register, people: &[Student], lines: u64) {
    let log = register.log(&campaign()).await.unwrap();
    let id = campaign();
    let known = Known { campaign: &id, suite: Suite::Gm, signers: &[], kept: &[] };
    assert_eq!(verify(&mut log.as_bytes(), known).unwrap().tip.count, lines);
    for student in people {
        for personal in [&student.name.plain, &student.document_no, &student.student_no] {
            assert!(!log.contains(personal), "{personal}");
        }
    }
}

#[tokio::test]
async fn a_roster_is_taken_in_once_and_taken_again_as_its_difference() {
    let (registers, _folder) = registers().await;
    for register in registers {
        register.create(&campaign(), &settings(), Suite::Gm, &act(Role::Registry)).await.unwrap();
        let taken = register.create(&campaign(), &settings(), Suite::Gm, &act(Role::Registry)).await;
        assert!(matches!(taken, Err(RegisterError::Taken)));

        let first = people(100, |_| 2101);
        let changes = register.import(&campaign(), &first, 0, &act(Role::Registry)).await.unwrap();
        assert_eq!(changes.len(), 100);
        let entries = register.students(&campaign()).await.unwrap();
        assert_eq!(entries.len(), 100);
        let code = Event::Code(CodeEvent::Register);
        register.happen(&campaign(), entries[3].id, code, 0, &act(Role::Registry)).await.unwrap();

        let mut second = people(100, |number| if (3..6).contains(&number) { 2102 } else { 2101 });
        second.remove(50);
        let preview = register.preview(&campaign(), &second).await.unwrap();
        assert_eq!(preview.len(), 4);
        assert!(preview.contains(&Change::Gone { student_no: "20270050".into() }));
        let changes = register.import(&campaign(), &second, 1, &act(Role::Registry)).await.unwrap();
        assert_eq!(changes, preview);
        let again = register.students(&campaign()).await.unwrap();
        assert_eq!(again.len(), 100, "nobody is dropped");
        assert_eq!((again[3].id, again[3].student.cohort.as_str()), (entries[3].id, "软件2102"));
        assert_eq!(Status::of(&again[3].case), Status::Ready, "what happened stays");
        assert_eq!(register.import(&campaign(), &second, 2, &act(Role::Registry)).await.unwrap().len(), 1);
        check_log(&register, &first, 1 + 100 + 1 + 4 + 1).await;
    }
}

#[tokio::test]
async fn who_comes_too_late_or_may_not_changes_nothing() {
    let (registers, _folder) = registers().await;
    for register in registers {
        let registry = act(Role::Registry);
        register.create(&campaign(), &settings(), Suite::Gm, &registry).await.unwrap();
        let people = people(2, |_| 2101);
        register.import(&campaign(), &people, 0, &registry).await.unwrap();
        let stale = register.import(&campaign(), &people, 0, &registry).await;
        assert!(matches!(stale, Err(RegisterError::Refused(Refused::Stale))));
        let student = register.students(&campaign()).await.unwrap().remove(0);
        let code = Event::Code(CodeEvent::Register);
        let refused = register.happen(&campaign(), student.id, code, 0, &act(Role::Operator)).await;
        assert!(matches!(refused, Err(RegisterError::Refused(Refused::NotAllowed { .. }))));
        register.happen(&campaign(), student.id, code, 0, &registry).await.unwrap();
        let late = register.happen(&campaign(), student.id, code, 0, &registry).await;
        assert!(matches!(late, Err(RegisterError::Refused(Refused::Stale))));
        let personal = Act { reason: "证件 11010519491231002X 有误", ..registry };
        let waive = Event::Payment(PaymentEvent::Waive);
        let reason = register.happen(&campaign(), student.id, waive, 1, &personal).await;
        assert!(matches!(reason, Err(RegisterError::Reason(_))));
        assert_eq!(register.student(&campaign(), student.id).await.unwrap().version, 1);

        register.move_on(&campaign(), Move::FreezeRoster, 1, &registry).await.unwrap();
        let frozen = register.import(&campaign(), &people, 2, &registry).await;
        assert!(matches!(frozen, Err(RegisterError::Refused(Refused::NotNow { .. }))));
        assert_eq!(register.campaign(&campaign()).await.unwrap().state.phase, Phase::RosterFrozen);
        check_log(&register, &people, 1 + 2 + 1 + 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_officers_at_once_lose_nothing_and_the_log_stays_one_chain() {
    let (registers, _folder) = registers().await;
    for register in registers {
        let registry = act(Role::Registry);
        register.create(&campaign(), &settings(), Suite::Gm, &registry).await.unwrap();
        let people = people(40, |_| 2101);
        register.import(&campaign(), &people, 0, &registry).await.unwrap();
        let entries = register.students(&campaign()).await.unwrap();
        let officers: Vec<_> = (0..2)
            .map(|_| {
                let (register, ids) =
                    (register.clone(), entries.iter().map(|entry| entry.id).collect::<Vec<_>>());
                tokio::spawn(async move {
                    let mut done = 0;
                    for id in ids {
                        let code = Event::Code(CodeEvent::Register);
                        match register.happen(&campaign(), id, code, 0, &act(Role::Registry)).await {
                            Ok(_) => done += 1,
                            Err(RegisterError::Refused(Refused::Stale)) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                    done
                })
            })
            .collect();
        let mut done = 0;
        for officer in officers {
            done += officer.await.unwrap();
        }
        assert_eq!(done, 40, "each change once");
        assert_eq!(register.counts(&campaign()).await.unwrap(), [(Status::Ready, 40)]);
        check_log(&register, &people, 1 + 40 + 40).await;
    }
}

#[tokio::test]
async fn every_list_holds_exactly_those_whose_tracks_say_so() {
    let (registers, _folder) = registers().await;
    for register in registers {
        let people = people(200, |number| 2101 + number % 3);
        register.create(&campaign(), &settings(), Suite::Gm, &act(Role::Registry)).await.unwrap();
        register.import(&campaign(), &people, 0, &act(Role::Registry)).await.unwrap();
        let steps = [
            Event::Code(CodeEvent::Register),
            Event::Payment(PaymentEvent::FallDue),
            Event::RecordCheck(RecordCheckEvent::Report),
            Event::Eligibility(EligibilityEvent::Exclude),
        ];
        for (at, entry) in register.students(&campaign()).await.unwrap().into_iter().enumerate() {
            for (which, step) in steps.into_iter().enumerate().filter(|(which, _)| at % (which + 2) == 0) {
                let by = if which == 2 { Role::College } else { Role::Registry };
                let seen = register.student(&campaign(), entry.id).await.unwrap().version;
                register.happen(&campaign(), entry.id, step, seen, &act(by)).await.unwrap();
            }
        }
        // Half of those with a code have shown that their saved picture reads.
        for entry in register.students(&campaign()).await.unwrap().into_iter().step_by(4) {
            let takes_part = entry.case.eligibility == Eligibility::Expected;
            if takes_part && entry.case.code == Code::Registered {
                let read = Event::Code(CodeEvent::Read);
                register
                    .happen(&campaign(), entry.id, read, entry.version, &act(Role::Student))
                    .await
                    .unwrap();
            }
        }
        let all = register.students(&campaign()).await.unwrap();
        for list in List::ALL {
            let belongs = |case: &Case| match list {
                List::Excluded => case.eligibility == Eligibility::Excluded,
                _ if case.eligibility != Eligibility::Expected => false,
                List::NotShot => case.photo == Photo::None,
                List::NoCode => case.code == Code::None,
                List::CodeUnread => case.code == Code::Registered,
                List::Unpaid => case.payment == Payment::Due,
                List::Retake => case.photo == Photo::RetakeDue,
                List::Errors => case.record_check == RecordCheck::ErrorReported,
                List::NotChecked => case.proof == Proof::NotChecked,
                List::NoShow => case.attendance == Attendance::NoShow,
                List::Refused => case.attendance == Attendance::Refused,
                List::Left => case.attendance == Attendance::LeftQueue,
                List::Held => case.attendance == Attendance::Arrived && case.code == Code::None,
                List::CodeProblem => case.code == Code::Problem,
            };
            let expected: Vec<_> =
                all.iter().filter(|entry| belongs(&entry.case)).map(|entry| entry.id).collect();
            let filter = Filter { list: Some(list), ..Filter::default() };
            let (found, total) = register.page(&campaign(), &filter, (0, 500)).await.unwrap();
            let found: Vec<_> = found.iter().map(|entry| entry.id).collect();
            assert_eq!((found, total), (expected.clone(), expected.len() as i64), "{list:?}");
        }
        let filter = Filter { cohort: "软件2102".into(), text: "2027000".into(), ..Filter::default() };
        let (page, total) = register.page(&campaign(), &filter, (1, 2)).await.unwrap();
        let numbers: Vec<_> = page.iter().map(|entry| entry.student.student_no.as_str()).collect();
        assert_eq!((numbers, total), (vec!["20270004", "20270007"], 3));
    }
}

#[tokio::test]
async fn open_errors_keep_the_roster_from_being_frozen() {
    let (registers, _folder) = registers().await;
    for register in registers {
        register.create(&campaign(), &settings(), Suite::Gm, &act(Role::Registry)).await.unwrap();
        register.import(&campaign(), &people(2, |_| 2101), 0, &act(Role::Registry)).await.unwrap();
        let student = register.students(&campaign()).await.unwrap().remove(0);
        let report = Event::RecordCheck(RecordCheckEvent::Report);
        let seen = student.version;
        register.happen(&campaign(), student.id, report, seen, &act(Role::Student)).await.unwrap();
        let (id, by) = (campaign(), act(Role::Registry));
        let freeze = || register.move_on(&id, Move::FreezeRoster, 1, &by);
        assert!(matches!(freeze().await, Err(RegisterError::OpenErrors(1))));
        let correct = Event::RecordCheck(RecordCheckEvent::Correct);
        register.happen(&campaign(), student.id, correct, seen + 1, &act(Role::Registry)).await.unwrap();
        assert_eq!(freeze().await.unwrap().phase, Phase::RosterFrozen);
    }
}

#[tokio::test]
async fn what_is_not_there_is_unknown() {
    let (registers, _folder) = registers().await;
    for register in registers {
        assert!(matches!(register.campaign(&campaign()).await, Err(RegisterError::Unknown)));
        let nobody = register.move_on(&campaign(), Move::LoadRoster, 0, &act(Role::Registry)).await;
        assert!(matches!(nobody, Err(RegisterError::Unknown)));
    }
}

/// Each of those who will have no photo today is on the list that somebody works through.
async fn check_lists(register: &Register, ids: &[uuid::Uuid]) {
    for (list, expected) in
        [(List::NoShow, vec![2, 3]), (List::Left, vec![0]), (List::Refused, vec![1]), (List::Held, vec![])]
    {
        let filter = Filter { list: Some(list), ..Filter::default() };
        let (found, _) = register.page(&campaign(), &filter, (0, 9)).await.unwrap();
        let expected: Vec<_> = expected.into_iter().map(|at: usize| ids[at]).collect();
        assert_eq!(found.iter().map(|entry| entry.id).collect::<Vec<_>>(), expected, "{list:?}");
    }
}

#[tokio::test]
async fn a_class_goes_when_it_is_complete_or_let_through_with_named_absentees() {
    use campaign::register::turns::{Mark, Turning};
    use campaign::turn::{Turn, TurnEvent};
    let class = ("", "软件2101");
    let turning = |event, seen| Turning { event, station: "2号机位", seen };
    let (registers, _folder) = registers().await;
    for register in registers {
        let id = campaign();
        let (registry, college, monitor, helper) =
            (act(Role::Registry), act(Role::College), act(Role::Monitor), act(Role::Helper));
        register.create(&id, &settings(), Suite::Gm, &registry).await.unwrap();
        let people = people(6, |number| if number < 4 { 2101 } else { 2102 });
        register.import(&id, &people, 0, &registry).await.unwrap();
        let (untouched, roll) = register.roll(&id, class).await.unwrap();
        assert_eq!((untouched.turn, untouched.version, roll.len()), (Turn::Gathering, 0, 4));
        let ids: Vec<_> = roll.iter().map(|entry| entry.id).collect();
        let before = register.pulse(&id).await.unwrap();

        // Nobody of another class is on this roll, and then nothing is marked.
        let stranger = register.roll(&id, ("", "软件2102")).await.unwrap().1[0].id;
        let marks = [(ids[0], Mark::Present), (stranger, Mark::Present)];
        let refused = register.mark(&id, class, &marks, &monitor).await;
        assert!(matches!(refused, Err(RegisterError::Unknown)), "{refused:?}");
        assert_eq!(register.pulse(&id).await.unwrap(), before);

        let marks = [(ids[0], Mark::Present), (ids[1], Mark::Present), (ids[2], Mark::Late)];
        let marked = register.mark(&id, class, &marks, &monitor).await.unwrap();
        assert_eq!(marked.late.iter().collect::<Vec<_>>(), [&ids[2]]);
        let again = register.mark(&id, class, &marks, &monitor).await.unwrap();
        assert_eq!(again, marked, "the same roll twice is one");
        assert!(register.pulse(&id).await.unwrap() > before);

        // Two are missing, and one of them has no name: it is neither complete nor let through.
        let lacking = |result| match result {
            Err(RegisterError::Lacking(students)) => students,
            other => panic!("{other:?}"),
        };
        let report = turning(TurnEvent::Report, marked.version);
        assert_eq!(lacking(register.turn(&id, class, &report, &monitor).await).len(), 2);
        let release = turning(TurnEvent::Release, marked.version);
        let unnamed = lacking(register.turn(&id, class, &release, &college).await);
        assert_eq!(unnamed, ["20270003 王*"], "masked");
        register.mark(&id, class, &[(ids[3], Mark::Absent)], &monitor).await.unwrap();
        let not_his = register.turn(&id, class, &release, &monitor).await;
        assert!(matches!(not_his, Err(RegisterError::Refused(Refused::NotAllowed { .. }))));
        let call = turning(TurnEvent::Call, marked.version);
        let early = register.turn(&id, class, &call, &helper).await;
        assert!(matches!(early, Err(RegisterError::Refused(Refused::NotNow { .. }))));
        let released = register.turn(&id, class, &release, &college).await.unwrap();
        let late = register.turn(&id, class, &turning(TurnEvent::Call, marked.version), &helper).await;
        assert!(matches!(late, Err(RegisterError::Refused(Refused::Stale))), "somebody was faster");
        let called =
            register.turn(&id, class, &turning(TurnEvent::Call, released.version), &helper).await.unwrap();
        assert_eq!((called.turn, called.station.as_str()), (Turn::Called, "2号机位"));
        assert_eq!(register.turns(&id).await.unwrap(), std::slice::from_ref(&called));

        // It is not done while somebody neither has a photo nor a word on why there will be none.
        let close = turning(TurnEvent::Close, called.version);
        assert_eq!(lacking(register.turn(&id, class, &close, &college).await).len(), 3);
        let marks = [(ids[0], Mark::Absent), (ids[1], Mark::Refused), (ids[2], Mark::Absent)];
        let version = register.mark(&id, class, &marks, &college).await.unwrap().version;
        let done = register.turn(&id, class, &turning(TurnEvent::Close, version), &college).await.unwrap();
        assert_eq!(done.turn, Turn::Done);

        check_lists(&register, &ids).await;
        check_log(&register, &people, register.pulse(&id).await.unwrap().0 as u64).await;
    }
}

#[tokio::test]
async fn the_line_is_the_settings_order_and_stays_once_somebody_was_scanned() {
    use campaign::case::tracks::AttendanceEvent;
    use campaign::settings::Order;
    let (registers, _folder) = registers().await;
    for register in registers {
        let (id, registry) = (campaign(), act(Role::Registry));
        let mut settings = settings();
        settings.queue.order = Order::HeldBackFirst;
        register.create(&id, &settings, Suite::Gm, &registry).await.unwrap();
        let mut people = people(5, |_| 2101);
        people[3].remark = "降级".into();
        register.import(&id, &people, 0, &registry).await.unwrap();
        let line = async || -> Vec<String> {
            let (_, roll) = register.roll(&id, ("", "软件2101")).await.unwrap();
            roll.into_iter().map(|entry| entry.student.student_no[7..].to_owned()).collect()
        };
        assert_eq!(line().await, ["3", "0", "1", "2", "4"]);
        settings.queue.order = Order::StudentNo;
        let version = register.campaign(&id).await.unwrap().version;
        register.set(&id, &settings, version, &registry).await.unwrap();
        assert_eq!(line().await, ["0", "1", "2", "3", "4"]);
        let first = register.students(&id).await.unwrap().remove(0).id;
        let steps = [
            (Event::Code(CodeEvent::Register), Role::Registry),
            (Event::Code(CodeEvent::Bind), Role::Operator),
            (Event::Attendance(AttendanceEvent::CheckIn), Role::Operator),
        ];
        for (version, (step, role)) in (0..).zip(steps) {
            register.happen(&id, first, step, version, &act(role)).await.unwrap();
        }
        settings.queue.order = Order::HeldBackFirst;
        let version = register.campaign(&id).await.unwrap().version;
        let refused = register.set(&id, &settings, version, &registry).await;
        assert!(matches!(refused, Err(RegisterError::Refused(Refused::NotNow { .. }))), "{refused:?}");
        assert_eq!(line().await, ["0", "1", "2", "3", "4"]);
    }
}
