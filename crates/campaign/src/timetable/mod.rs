//! Tables of sessions as offices print them, and what the planner makes of them.
//!
//! [`import`] reads a printed table, or a list of classes that has no times yet; [`lectures`] reads when classes have theirs; [`printed`] writes a plan as such a
//! table again.

mod import;
mod lectures;
mod printed;

pub use import::{Imported, Options, Question, import, is_heading};
pub use lectures::lectures;
pub use printed::printed;
