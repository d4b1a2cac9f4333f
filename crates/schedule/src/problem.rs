//! What is to be planned: stations and their hours, colleges and their classes, and what binds them.

use std::{collections::HashMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::limits::MOST_STATIONS;

/// Seconds from the midnight in which the first day begins; also lengths of time.
pub type Seconds = i64;

/// Stations, windows, colleges and classes of one campaign.
///
/// As a file it is one JSON object. Fields that are not known are kept in [`Problem::unknown`], so that whoever
/// reads the file can say that they were not used.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Problem {
    /// What the plan is for.
    #[serde(default)]
    pub name: String,
    /// Where photos are taken. In a file, a number stands for that many stations with the common windows.
    #[serde(deserialize_with = "stations")]
    pub stations: Vec<Station>,
    /// How long before its time a class gathers.
    #[serde(default)]
    pub gather: Seconds,
    /// How long a class is on its way before it gathers.
    #[serde(default)]
    pub travel: Seconds,
    /// Pause before each run.
    #[serde(default)]
    pub setup: Seconds,
    /// Reserve on each class's time, in per cent.
    #[serde(default)]
    pub buffer: f64,
    /// Pace of a station that has none of its own: seconds for each student.
    #[serde(default)]
    pub sec_per_student: f64,
    /// When photos are taken, at every station that has no windows of its own.
    #[serde(default)]
    pub windows: Vec<Window>,
    /// The colleges. In a file, a text stands for a college with that name and nothing else.
    #[serde(deserialize_with = "colleges")]
    pub colleges: Vec<College>,
    /// The classes; those of one college in number order.
    pub classes: Vec<Class>,
    /// Whether a college may be at two stations at once; it has one responsible teacher, so by default it may not.
    #[serde(default)]
    pub college_at_two_stations: bool,
    /// What the solver weighs against what.
    #[serde(default)]
    pub charges: Charges,
    /// Fields of the file that mean nothing here.
    #[serde(flatten, skip_serializing)]
    pub unknown: HashMap<String, Value>,
}

/// A camera with its photographer.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Station {
    /// What it is called on the timetable.
    #[serde(default)]
    pub name: String,
    /// Its own hours, where they are not the common ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub windows: Option<Vec<Window>>,
    /// Its own pace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sec_per_student: Option<f64>,
}

/// A time without a break in which photos are taken.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, PartialOrd, Ord, Hash, Serialize)]
pub struct Window {
    /// Which day it is on, counted from 0.
    #[serde(default)]
    pub day: i64,
    /// Its beginning.
    pub start: Seconds,
    /// Its end.
    pub end: Seconds,
}

/// From and to.
pub type Block = (Seconds, Seconds);

/// Classes that come together under one responsible teacher.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct College {
    /// Its name.
    pub name: String,
    /// Times outside which its classes must not be placed; none means any time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<Block>,
    /// Times it would rather have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prefer: Vec<Block>,
}

/// Students who are photographed one after the other.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Class {
    /// What plans call it by.
    pub id: ClassId,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Index of its college.
    pub college: usize,
    /// How many students.
    #[serde(default)]
    pub heads: u32,
    /// How long it takes at the common pace, where that is not heads × pace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<Seconds>,
    /// Lectures, examinations, practice: it cannot come or be on its way.
    #[serde(default)]
    pub busy: Vec<Block>,
    /// What is already settled about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Pin>,
}

/// What is settled about a class: its station, its time, or both.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Pin {
    /// Index of the station.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<usize>,
    /// When it starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Seconds>,
}

/// Number or text by which a class is called.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(untagged)]
pub enum ClassId {
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
}

impl fmt::Display for ClassId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// What the solver weighs: how many seconds of a later finish each of these is worth.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Charges {
    /// One more run. By default more than any finish: runs come first.
    pub piece: Seconds,
    /// A college that goes from one station to another between its runs.
    pub change: Seconds,
    /// A run outside the times that its college prefers.
    pub preference: Seconds,
    /// A class that comes after one with a higher number. Between plans that are alike otherwise it decides anyway.
    pub order: Seconds,
    /// A class that leaves the place it has in the plan that is to be changed.
    pub moved: Seconds,
}

impl Charges {
    /// More than any finish: whatever it charges comes first.
    pub const FIRST: Seconds = 10_000_000;
}

impl Default for Charges {
    fn default() -> Self {
        Self { piece: Self::FIRST, change: 30, preference: 1800, order: 0, moved: 0 }
    }
}

impl Problem {
    /// The hours of a station.
    #[must_use]
    pub fn windows_of(&self, station: usize) -> &[Window] {
        self.stations[station].windows.as_deref().unwrap_or(&self.windows)
    }

    /// How long a class takes at a station, without the reserve; parts of a second count as whole.
    #[must_use]
    pub fn bare_span(&self, class: &Class, station: usize) -> Seconds {
        let pace = self.stations[station].sec_per_student;
        let span = match (class.p, pace) {
            (Some(p), Some(own)) if self.sec_per_student > 0.0 => p as f64 * own / self.sec_per_student,
            (Some(p), _) => return p,
            (None, own) => f64::from(class.heads) * own.unwrap_or(self.sec_per_student),
        };
        span.ceil() as Seconds
    }

    /// How long a class is given at a station: with the reserve.
    #[must_use]
    pub fn span(&self, class: &Class, station: usize) -> Seconds {
        let bare = self.bare_span(class, station);
        (bare as f64 * (1.0 + self.buffer / 100.0)).ceil() as Seconds
    }

    /// How long before its time a class must be free.
    #[must_use]
    pub fn lead(&self) -> Seconds {
        self.gather + self.travel
    }

    /// What a station is called.
    #[must_use]
    pub fn station_name(&self, station: usize) -> String {
        match self.stations.get(station) {
            Some(Station { name, .. }) if !name.is_empty() => name.clone(),
            _ => (station + 1).to_string(),
        }
    }

    /// What a class is called.
    #[must_use]
    pub fn class_name(&self, class: &Class) -> String {
        if class.name.is_empty() { class.id.to_string() } else { class.name.clone() }
    }
}

fn stations<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Vec<Station>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Count(usize),
        Named(Vec<Station>),
    }
    Ok(match Either::deserialize(input)? {
        Either::Count(count) => vec![Station::default(); count.min(MOST_STATIONS + 1)],
        Either::Named(stations) => stations,
    })
}

fn colleges<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Vec<College>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Name(String),
        Whole(College),
    }
    let colleges = Vec::<Either>::deserialize(input)?;
    Ok(colleges
        .into_iter()
        .map(|each| match each {
            Either::Name(name) => College { name, ..College::default() },
            Either::Whole(college) => college,
        })
        .collect())
}
