//! Prints: several small photos with crop marks on one sheet of photo paper.
//!
//! Here is where things stand on the sheet and which part of the photo is shown; lengths are in
//! millimetres, the origin is the sheet's top left corner.

mod layout;

pub use layout::{Crop, Layout, Millimetres, Place, SheetProblem, SheetSpec, crop, layout};
