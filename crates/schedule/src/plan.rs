//! Who is photographed where and when.

use serde::{Deserialize, Serialize};

use crate::{
    bounds::Bounds,
    problem::{ClassId, Seconds},
    score::Score,
};

/// Who is photographed where and when, and who is not.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Plan {
    /// Places of the classes that have one, by station and time.
    pub assignments: Vec<Assignment>,
    /// Classes without a place.
    #[serde(default)]
    pub unplaced: Vec<Unplaced>,
    /// What it is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
    /// What no plan can be better than.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<Bounds>,
}

/// The place of one class.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Assignment {
    /// Which class.
    pub class: ClassId,
    /// Index of the station.
    pub station: usize,
    /// When it starts.
    pub start: Seconds,
    /// When it is done.
    pub end: Seconds,
}

/// A class without a place.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Unplaced {
    /// Which class.
    pub class: ClassId,
    /// Why there is no place for it.
    pub reason: String,
    /// The same in Chinese.
    #[serde(default)]
    pub zh: String,
}
