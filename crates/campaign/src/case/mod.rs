//! A student's case. It is not one line: code, payment, attendance and photo move independently, so a case is
//! ten tracks over one log of events, and the status that people see is derived ([`status`]).
//!
//! Every step stands in a table of its track ([`tracks`]): what is not in it is refused.

pub mod status;
pub mod tracks;

use serde::{Deserialize, Serialize};

use crate::role::Role;
use crate::step::Refused;
use tracks::{
    Attendance, Code, Consent, Eligibility, Event, Payment, Photo, Prints, Proof, RecordCheck, Registry,
};

/// Where a student stands, track by track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Whether the student takes part.
    pub eligibility: Eligibility,
    /// Whether the student confirmed the registered data.
    pub record_check: RecordCheck,
    /// Whether the student knows what happens with the picture.
    pub consent: Consent,
    /// The collection code.
    pub code: Code,
    /// The fee.
    pub payment: Payment,
    /// The day.
    pub attendance: Attendance,
    /// The photo.
    pub photo: Photo,
    /// The national registration.
    pub registry: Registry,
    /// Proofreading.
    pub proof: Proof,
    /// Paper prints.
    pub prints: Prints,
}

impl Case {
    /// Somebody who was just put on the roster.
    pub const NEW: Self = Self {
        eligibility: Eligibility::Expected,
        record_check: RecordCheck::Unchecked,
        consent: Consent::NotShown,
        code: Code::None,
        payment: Payment::NotDue,
        attendance: Attendance::Planned,
        photo: Photo::None,
        registry: Registry::NotSent,
        proof: Proof::NotOpen,
        prints: Prints::None,
    };

    /// The case after an event.
    ///
    /// # Errors
    /// [`Refused`] where the event does not apply, or for a role that may not cause it.
    pub fn after(mut self, event: Event, by: Role) -> Result<Self, Refused> {
        self.check_across(event)?;
        match event {
            Event::Eligibility(event) => self.eligibility = self.eligibility.after(event, by)?,
            Event::RecordCheck(event) => self.record_check = self.record_check.after(event, by)?,
            Event::Consent(event) => self.consent = self.consent.after(event, by)?,
            Event::Code(event) => self.code = self.code.after(event, by)?,
            Event::Payment(event) => self.payment = self.payment.after(event, by)?,
            Event::Attendance(event) => self.attendance = self.attendance.after(event, by)?,
            Event::Photo(event) => self.photo = self.photo.after(event, by)?,
            Event::Registry(event) => self.registry = self.registry.after(event, by)?,
            Event::Proof(event) => self.proof = self.proof.after(event, by)?,
            Event::Prints(event) => self.prints = self.prints.after(event, by)?,
        }
        Ok(self)
    }

    /// What one track asks of another.
    fn check_across(&self, event: Event) -> Result<(), Refused> {
        use tracks::{AttendanceEvent, EligibilityEvent, PhotoEvent, RegistryEvent};
        let needs = |holds: bool, state: &dyn std::fmt::Debug, zh: &'static str| {
            if holds { Ok(()) } else { Err(Refused::not_now(format!("{event:?}"), format!("{state:?}"), zh)) }
        };
        let takes_part = self.eligibility == Eligibility::Expected;
        match event {
            Event::Registry(RegistryEvent::Package | RegistryEvent::Renew) => {
                needs(self.photo == Photo::Accepted, &self.photo, self.photo.zh())
            }
            // Who does not take part is left alone, until restored.
            Event::Eligibility(EligibilityEvent::Restore) => Ok(()),
            // What was begun is brought to an end: registration, refunds.
            Event::Eligibility(_) | Event::Registry(_) | Event::Payment(_) if !takes_part => Ok(()),
            _ if !takes_part => needs(false, &self.eligibility, self.eligibility.zh()),
            // No code, no photo.
            Event::Attendance(AttendanceEvent::CheckIn) => {
                needs(self.code == Code::Bound, &self.code, self.code.zh())
            }
            Event::Photo(PhotoEvent::Capture) => needs(
                matches!(self.attendance, Attendance::CheckedIn | Attendance::Signed),
                &self.attendance,
                self.attendance.zh(),
            ),
            _ => Ok(()),
        }
    }
}
