//! Tables of sessions as offices print them, and what the planner makes of them.
//!
//! [`mod@import`] reads a printed table, or a list of classes that has no times yet, as something to plan;
//! [`mod@given`] places classes that are known already as a printed table says. Both read lists and grids of rooms and
//! times. [`mod@lectures`] reads when classes have theirs, [`mod@people`] who is responsible for what, and
//! [`mod@printed`] writes a plan as such a table again.

mod given;
mod grid;
mod import;
mod known;
mod lectures;
mod lines;
mod people;
mod printed;
mod questions;
mod shared;

pub use given::given;
pub use import::{Imported, Options, import};
pub use lectures::lectures;
pub use lines::{Sheet, is_heading, read};
pub use people::{Duteous, Duty, Missing, is_heading_of_people, missing, people};
pub use printed::printed;
pub use questions::Question;
