//! Ladders: one defect in growing amounts, so that it shows whether a measure follows its defect and no other.

pub mod light;
pub mod photos;
pub mod rank;
pub mod report;
pub mod run;

use portrait::picture::Picture;

use crate::base::Base;

/// One defect in growing amounts.
pub struct Ladder {
    /// Kebab-case.
    pub name: &'static str,
    /// What an amount means, with its unit.
    pub amount: &'static str,
    /// The measure that must follow it.
    pub measure: &'static str,
    /// The rule that judges this measure.
    pub rule: &'static str,
    /// The amounts, from none to gross.
    pub steps: &'static [f32],
    /// Spoils a portrait.
    pub degrade: fn(&Base, f32) -> Picture,
}

/// All ladders, by author's room.
const ROOMS: &[&[Ladder]] = &[light::LADDERS];

/// All ladders.
pub fn all() -> Vec<&'static Ladder> {
    ROOMS.iter().copied().flatten().collect()
}
