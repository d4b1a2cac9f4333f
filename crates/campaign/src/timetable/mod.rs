//! Tables of sessions as offices print them, and what the planner makes of them.
//!
//! [`mod@import`] reads a printed table, or a list of classes that has no times yet; [`mod@lectures`] reads when classes have theirs, [`mod@people`] who is responsible for what; [`mod@printed`] writes a plan as such a
//! table again.

mod import;
mod lectures;
mod lines;
mod people;
mod printed;

pub use import::{Imported, Options, import};
pub use lectures::lectures;
pub use lines::{Question, is_heading};
pub use people::{Duteous, Duty, Missing, is_heading_of_people, missing, people};
pub use printed::printed;
