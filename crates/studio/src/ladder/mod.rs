//! Ladders: one defect in growing amounts, so that it shows whether a measure follows its defect and no other.

pub mod file;
pub mod light;
pub mod person;
pub mod photos;
pub mod rank;
pub mod report;
pub mod run;

use portrait::picture::Picture;

use crate::{base::Base, degrade::file::Named};

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
    /// Rules that answer for the same fault by their nature, with the own rule or before it.
    pub also: &'static [&'static str],
    /// Spoils a portrait.
    pub spoil: Spoil,
}

/// What a defect changes.
#[derive(Clone, Copy)]
pub enum Spoil {
    /// The picture.
    Picture(fn(&Base, f32) -> Picture),
    /// The file, its name included.
    File(fn(&Base, f32) -> Named),
}

/// All ladders, by author's room.
const ROOMS: &[&[Ladder]] = &[person::LADDERS, light::LADDERS, file::LADDERS];

/// All ladders.
pub fn all() -> Vec<&'static Ladder> {
    ROOMS.iter().copied().flatten().collect()
}
