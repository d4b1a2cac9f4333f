//! A student's way through a campaign, and every step that is refused.
#![expect(clippy::unwrap_used, reason = "a test stops where its own preparation fails")]

use campaign::Refused;
use campaign::case::Case;
use campaign::case::status::Status;
use campaign::case::tracks::*;
use campaign::role::Role;
use proptest::prelude::*;

/// An event, who causes it, and the status afterwards.
const WAY: [(Event, Role, Status); 18] = [
    (Event::Consent(ConsentEvent::Acknowledge), Role::Student, Status::NotReady),
    (Event::RecordCheck(RecordCheckEvent::Report), Role::Student, Status::NotReady),
    (Event::RecordCheck(RecordCheckEvent::Correct), Role::Registry, Status::NotReady),
    (Event::RecordCheck(RecordCheckEvent::Confirm), Role::Student, Status::NotReady),
    (Event::Code(CodeEvent::Register), Role::Registry, Status::Ready),
    (Event::Payment(PaymentEvent::FallDue), Role::System, Status::Ready),
    (Event::Payment(PaymentEvent::Claim), Role::Monitor, Status::Ready),
    (Event::Payment(PaymentEvent::Confirm), Role::AgencyLead, Status::Paid),
    (Event::Attendance(AttendanceEvent::Arrive), Role::College, Status::Present),
    (Event::Code(CodeEvent::Bind), Role::Operator, Status::Present),
    (Event::Attendance(AttendanceEvent::CheckIn), Role::Operator, Status::Present),
    (Event::Photo(PhotoEvent::Capture), Role::Operator, Status::Photographed),
    (Event::Photo(PhotoEvent::JudgeFail), Role::System, Status::RetakeDue),
    (Event::Photo(PhotoEvent::Capture), Role::Operator, Status::Photographed),
    (Event::Photo(PhotoEvent::JudgePass), Role::System, Status::Photographed),
    (Event::Photo(PhotoEvent::Accept), Role::Operator, Status::Accepted),
    (Event::Registry(RegistryEvent::Package), Role::Registry, Status::Accepted),
    (Event::Registry(RegistryEvent::Send), Role::Registry, Status::Sent),
];

fn walked(steps: usize) -> Case {
    WAY[..steps].iter().fold(Case::NEW, |case, (event, by, _)| case.after(*event, *by).unwrap())
}

#[test]
fn a_student_goes_from_the_roster_to_the_registry_and_the_status_follows() {
    assert_eq!(Status::of(&Case::NEW), Status::NotReady);
    for (at, (event, _, status)) in WAY.iter().enumerate() {
        assert_eq!(Status::of(&walked(at + 1)), *status, "{event:?}");
    }
    let rest = [
        (Event::Registry(RegistryEvent::Link), Role::Centre, Status::Sent),
        (Event::Proof(ProofEvent::Begin), Role::System, Status::ToProofread),
        (Event::Proof(ProofEvent::Confirm), Role::Student, Status::Confirmed),
        (Event::Registry(RegistryEvent::PassIdentity), Role::Centre, Status::Complete),
    ];
    let mut case = walked(WAY.len());
    for (event, by, status) in rest {
        case = case.after(event, by).unwrap();
        assert_eq!(Status::of(&case), status, "{event:?}");
    }
}

#[test]
fn who_does_nothing_is_not_checked_and_who_says_not_me_is_an_exception() {
    let open = walked(WAY.len()).after(Event::Proof(ProofEvent::Begin), Role::System).unwrap();
    let lapsed = open.after(Event::Proof(ProofEvent::Lapse), Role::System).unwrap();
    assert_eq!(Status::of(&lapsed), Status::NotChecked);
    let disputed = open.after(Event::Proof(ProofEvent::ReportPhoto), Role::Student).unwrap();
    assert_eq!(Status::of(&disputed), Status::Exception);
}

#[test]
fn there_is_no_photo_without_a_code_and_no_delivery_without_an_accepted_photo() {
    let check_in = Event::Attendance(AttendanceEvent::CheckIn);
    assert!(matches!(Case::NEW.after(check_in, Role::Operator), Err(Refused::NotNow { .. })));
    let capture = Event::Photo(PhotoEvent::Capture);
    assert!(matches!(Case::NEW.after(capture, Role::Operator), Err(Refused::NotNow { .. })));
    let package = Event::Registry(RegistryEvent::Package);
    assert!(matches!(walked(15).after(package, Role::Registry), Err(Refused::NotNow { .. })));
}

#[test]
fn who_is_excluded_is_left_alone_until_restored() {
    let excluded = Case::NEW.after(Event::Eligibility(EligibilityEvent::Exclude), Role::System).unwrap();
    assert_eq!(Status::of(&excluded), Status::NotTakingPart);
    let register = Event::Code(CodeEvent::Register);
    assert!(excluded.after(register, Role::Registry).is_err());
    let restored = excluded.after(Event::Eligibility(EligibilityEvent::Restore), Role::Registry).unwrap();
    assert!(restored.after(register, Role::Registry).is_ok());
}

/// Every state of a track can be reached from its first, and every step names somebody who may cause it.
macro_rules! track_is_whole {
    ($($state:ident)+) => {$({
        let mut reached = vec![$state::ALL[0]];
        for _ in $state::ALL {
            for step in $state::STEPS {
                assert!(!step.by.is_empty() && !step.by.contains(&Role::Auditor), "{:?}", step.event);
                if step.from.iter().any(|from| reached.contains(from)) && !reached.contains(&step.to) {
                    reached.push(step.to);
                }
            }
        }
        let lost: Vec<_> = $state::ALL.iter().filter(|state| !reached.contains(state)).collect();
        assert!(lost.is_empty(), "{lost:?} cannot be reached");
        for (at, step) in $state::STEPS.iter().enumerate() {
            for other in &$state::STEPS[at + 1..] {
                let meets = step.event == other.event && step.from.iter().any(|from| other.from.contains(from));
                assert!(!meets, "{:?} leads two ways", step.event);
            }
        }
        for &state in $state::ALL {
            for step in $state::STEPS {
                for role in Role::ALL {
                    let taken = state.after(step.event, role);
                    let fits = step.from.contains(&state) && step.by.contains(&role);
                    let other = $state::STEPS.iter().any(|o| o.event == step.event && o.from.contains(&state) && o.by.contains(&role));
                    assert_eq!(taken.is_ok(), fits || other, "{:?} in {state:?} by {role}", step.event);
                }
            }
        }
    })+};
}

#[test]
fn every_state_is_reached_every_step_has_an_owner_and_leads_one_way() {
    track_is_whole!(Eligibility RecordCheck Consent Code Payment Attendance Photo Registry Proof Prints);
}

fn any_event() -> impl Strategy<Value = Event> {
    fn of<S: 'static, E: Copy>(steps: &'static [campaign::Step<S, E>], event: fn(E) -> Event) -> Vec<Event> {
        steps.iter().map(|step| event(step.event)).collect()
    }
    let mut events = of(Eligibility::STEPS, Event::Eligibility);
    events.extend(of(RecordCheck::STEPS, Event::RecordCheck));
    events.extend(of(Consent::STEPS, Event::Consent));
    events.extend(of(Code::STEPS, Event::Code));
    events.extend(of(Payment::STEPS, Event::Payment));
    events.extend(of(Attendance::STEPS, Event::Attendance));
    events.extend(of(Photo::STEPS, Event::Photo));
    events.extend(of(Registry::STEPS, Event::Registry));
    events.extend(of(Proof::STEPS, Event::Proof));
    events.extend(of(Prints::STEPS, Event::Prints));
    prop::sample::select(events)
}

proptest! {
    #[test]
    fn whatever_happens_nothing_is_sent_that_was_not_accepted(
        events in prop::collection::vec((any_event(), prop::sample::select(Role::ALL.to_vec())), 0..400)
    ) {
        let mut case = Case::NEW;
        let mut accepted = false;
        for (event, by) in events {
            // A refused event changes nothing.
            let Ok(next) = case.after(event, by) else { continue };
            case = next;
            accepted |= case.photo == Photo::Accepted;
            prop_assert!(accepted || case.registry == Registry::NotSent);
            prop_assert!(Status::ALL.contains(&Status::of(&case)));
        }
    }
}
