//! The school's side of a collection: what a campaign is, and where every student stands.
//!
//! The rooms: [`settings`] (everything in which notices differ, as data) → [`eligibility`] (who takes part) → [`phase`] (what a campaign goes
//! through) → [`case`](mod@case) (what a student goes through: tracks over events, and the status people see)
//! with [`role`] (who may cause what) → [`timetable`] (tables of sessions as offices print them) → [`register`] (all of it kept, every change in a log that shows tampering);
//! beside it [`make_up`] (who needs another session), [`fee`] (bills, and whose a payment is), [`closing`] (where every case ends), [`notice`] and [`message`] (what students and colleges are told), [`assessment`] (what it means for their data), [`comparison`] (photos that may stand under the wrong student), [`evidence`] (papers, where the face does not show who it is), [`delivery`] (what goes to the registry), [`turn`] (a class on the day), [`day`] (when one ends in China), [`linking`] (whose code another issuer's was) and [`accounts`] (who signs in, and in which role).

pub mod accounts;
pub mod assessment;
pub mod case;
pub mod closing;
pub mod comparison;
pub mod day;
pub mod delivery;
pub mod eligibility;
pub mod evidence;
pub mod fee;
pub mod linking;
pub mod make_up;
pub mod message;
pub mod notice;
pub mod phase;
pub mod register;
pub mod role;
pub mod settings;
mod step;
pub mod timetable;
pub mod turn;

pub use step::{Refused, Step};
