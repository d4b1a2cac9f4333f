//! What is refused before anything is planned with it: values that only a mistake in units, a slip or a broken file
//! gives. What passes can be planned, checked, mended and tried out without overflow and in bounded time.

use std::collections::HashMap;

use thiserror::Error;

use crate::{
    plan::{Assignment, Plan},
    problem::{Block, Charges, Class, Problem, Seconds, Window},
    replan::Day,
    simulate::Noise,
};

/// Why what was given is nothing to plan with.
#[derive(Debug, Error)]
pub enum Fault {
    /// Not JSON, or not of this shape.
    #[error("{0}")]
    Shape(#[from] serde_json::Error),
    /// A value that means nothing.
    #[error("{place}: {what}")]
    Value {
        /// Where, as a path into the file.
        place: String,
        /// What is wrong and what is expected.
        what: String,
    },
}

fn fault(place: String, what: impl Into<String>) -> Fault {
    Fault::Value { place, what: what.into() }
}

/// Last time that is taken: anything later would only be a mistake in units.
const LONGEST: Seconds = 400 * 86_400;
/// More stations or classes than the nation has in a city are a mistake too.
pub(crate) const MOST_STATIONS: usize = 1_000;
const MOST_CLASSES: usize = 100_000;

impl Problem {
    /// Reads a file.
    ///
    /// # Errors
    /// Names the line, or the path into the file, and what is expected there.
    pub fn from_json(text: &str) -> Result<Self, Fault> {
        let problem: Self = serde_json::from_str(text)?;
        problem.validate()?;
        Ok(problem)
    }

    /// Refuses what cannot be planned.
    ///
    /// # Errors
    /// The first value that means nothing.
    pub fn validate(&self) -> Result<(), Fault> {
        if self.stations.is_empty() || self.stations.len() > MOST_STATIONS {
            return Err(fault(
                "stations".into(),
                format!("{} stations; 1 to {MOST_STATIONS} are expected", self.stations.len()),
            ));
        }
        if self.classes.len() > MOST_CLASSES {
            return Err(fault(
                "classes".into(),
                format!("{} classes; at most {MOST_CLASSES} are expected", self.classes.len()),
            ));
        }
        for (name, value) in [("gather", self.gather), ("travel", self.travel), ("setup", self.setup)] {
            length(name, value)?;
        }
        if !(0.0..=1_000.0).contains(&self.buffer) {
            return Err(fault("buffer".into(), format!("{} per cent; 0 to 1000 are expected", self.buffer)));
        }
        pace("sec_per_student".into(), self.sec_per_student)?;
        windows("windows", &self.windows)?;
        for (index, station) in self.stations.iter().enumerate() {
            if let Some(own) = station.sec_per_student {
                pace(format!("stations[{index}].sec_per_student"), own)?;
            }
            if let Some(own) = &station.windows {
                windows(&format!("stations[{index}].windows"), own)?;
            }
        }
        for (index, college) in self.colleges.iter().enumerate() {
            blocks(&format!("colleges[{index}].only"), &college.only)?;
            blocks(&format!("colleges[{index}].prefer"), &college.prefer)?;
        }
        let charges = self.charges;
        for (name, value) in [
            ("piece", charges.piece),
            ("change", charges.change),
            ("preference", charges.preference),
            ("order", charges.order),
            ("moved", charges.moved),
        ] {
            if !(0..=Charges::FIRST).contains(&value) {
                return Err(fault(
                    format!("charges.{name}"),
                    format!("{value} seconds; 0 to {} are expected", Charges::FIRST),
                ));
            }
        }
        let mut seen = HashMap::new();
        for (index, class) in self.classes.iter().enumerate() {
            self.validate_class(index, class)?;
            if let Some(first) = seen.insert(&class.id, index) {
                return Err(fault(
                    format!("classes[{index}].id"),
                    format!("{} is also the id of classes[{first}]", class.id),
                ));
            }
        }
        Ok(())
    }

    fn validate_class(&self, index: usize, class: &Class) -> Result<(), Fault> {
        if class.college >= self.colleges.len() {
            return Err(fault(
                format!("classes[{index}].college"),
                format!("{} is no index into the {} colleges", class.college, self.colleges.len()),
            ));
        }
        if class.heads > 100_000 {
            return Err(fault(
                format!("classes[{index}].heads"),
                format!("{} students in one class", class.heads),
            ));
        }
        match class.p {
            Some(p) if !(0..=30 * 86_400).contains(&p) => {
                return Err(fault(
                    format!("classes[{index}].p"),
                    format!("{p} seconds; 0 to 30 days are expected"),
                ));
            }
            None if self.sec_per_student <= 0.0
                && self.stations.iter().any(|station| station.sec_per_student.is_none()) =>
            {
                return Err(fault(
                    format!("classes[{index}].p"),
                    "neither the class's time (p) nor a pace (sec_per_student) is given",
                ));
            }
            _ => {}
        }
        blocks(&format!("classes[{index}].busy"), &class.busy)?;
        if let Some(pin) = class.pin {
            if pin.station.is_some_and(|station| station >= self.stations.len()) {
                return Err(fault(
                    format!("classes[{index}].pin.station"),
                    format!("there are {} stations, counted from 0", self.stations.len()),
                ));
            }
            time(&format!("classes[{index}].pin.start"), pin.start.unwrap_or_default())?;
        }
        Ok(())
    }
}

impl Plan {
    /// Reads a file.
    ///
    /// # Errors
    /// Names the line, or the path into the file, and what is expected there.
    pub fn from_json(text: &str) -> Result<Self, Fault> {
        let plan: Self = serde_json::from_str(text)?;
        plan.validate()?;
        Ok(plan)
    }

    /// Refuses times of no day. Whether they suit a problem is for [`check`](fn@crate::check) to say.
    ///
    /// # Errors
    /// The first assignment that means nothing.
    pub fn validate(&self) -> Result<(), Fault> {
        assignments("assignments", &self.assignments)
    }
}

impl Day {
    /// Reads a file.
    ///
    /// # Errors
    /// Names the line, or the path into the file, and what is expected there.
    pub fn from_json(text: &str, problem: &Problem) -> Result<Self, Fault> {
        let day: Self = serde_json::from_str(text)?;
        day.validate(problem)?;
        Ok(day)
    }

    /// Refuses what cannot have been a day at these stations.
    ///
    /// # Errors
    /// The first value that means nothing.
    pub fn validate(&self, problem: &Problem) -> Result<(), Fault> {
        time("now", self.now)?;
        length("freeze", self.freeze)?;
        let stations = problem.stations.len();
        let known = |place: String, station: usize| {
            if station < stations {
                Ok(())
            } else {
                Err(fault(place, format!("there are {stations} stations, counted from 0")))
            }
        };
        for (index, &late) in self.late.iter().enumerate() {
            known(format!("late[{index}]"), index)?;
            length(&format!("late[{index}]"), late)?;
        }
        for (index, &(station, from, to)) in self.closed.iter().enumerate() {
            known(format!("closed[{index}]"), station)?;
            block(&format!("closed[{index}]"), (from, to))?;
        }
        for (index, own) in self.pace.iter().enumerate() {
            known(format!("pace[{index}]"), index)?;
            pace(format!("pace[{index}]"), own.unwrap_or_default())?;
        }
        assignments("actual", &self.actual)
    }
}

impl Noise {
    /// Reads a file.
    ///
    /// # Errors
    /// Names the line, or the value, and what is expected there.
    pub fn from_json(text: &str) -> Result<Self, Fault> {
        let noise: Self = serde_json::from_str(text)?;
        noise.validate()?;
        Ok(noise)
    }

    /// Refuses what makes no day.
    ///
    /// # Errors
    /// The first value that means nothing.
    pub fn validate(&self) -> Result<(), Fault> {
        for (name, value, most) in [
            ("station_pace", self.station_pace, 1.0),
            ("class_pace", self.class_pace, 1.0),
            ("stops_per_hour", self.stops_per_hour, 60.0),
            ("stop_minutes", self.stop_minutes, 1_440.0),
            ("late_share", self.late_share, 1.0),
            ("late_minutes", self.late_minutes, 1_440.0),
            ("announce_minutes", self.announce_minutes, 1_440.0),
        ] {
            if !(0.0..=most).contains(&value) {
                return Err(fault(name.into(), format!("{value}; 0 to {most} are expected")));
            }
        }
        Ok(())
    }
}

fn pace(place: String, value: f64) -> Result<(), Fault> {
    if (0.0..=3_600.0).contains(&value) {
        Ok(())
    } else {
        Err(fault(place, format!("{value} seconds for a student; 0 to 3600 are expected")))
    }
}

fn windows(place: &str, windows: &[Window]) -> Result<(), Fault> {
    for (index, window) in windows.iter().enumerate() {
        block(&format!("{place}[{index}]"), (window.start, window.end))?;
    }
    let mut sorted = windows.to_vec();
    sorted.sort_by_key(|window| window.start);
    match sorted.windows(2).find(|pair| pair[0].end > pair[1].start) {
        Some(pair) => Err(fault(
            place.into(),
            format!("{} – {} and {} – {} overlap", pair[0].start, pair[0].end, pair[1].start, pair[1].end),
        )),
        None => Ok(()),
    }
}

fn blocks(place: &str, blocks: &[Block]) -> Result<(), Fault> {
    blocks.iter().enumerate().try_for_each(|(index, &each)| block(&format!("{place}[{index}]"), each))
}

fn block(place: &str, (from, to): Block) -> Result<(), Fault> {
    if from < to && (0..=LONGEST).contains(&from) && to <= LONGEST {
        Ok(())
    } else {
        Err(fault(
            place.into(),
            format!(
                "from {from} to {to}; seconds from the first midnight are expected, the end after the beginning"
            ),
        ))
    }
}

fn assignments(place: &str, all: &[Assignment]) -> Result<(), Fault> {
    all.iter().enumerate().try_for_each(|(index, each)| {
        if each.station >= MOST_STATIONS {
            return Err(fault(
                format!("{place}[{index}].station"),
                format!("{} is the index of no station", each.station),
            ));
        }
        time(&format!("{place}[{index}].start"), each.start)?;
        time(&format!("{place}[{index}].end"), each.end)
    })
}

fn time(place: &str, value: Seconds) -> Result<(), Fault> {
    if (0..=LONGEST).contains(&value) {
        Ok(())
    } else {
        Err(fault(
            place.into(),
            format!("{value} is no second of these days, counted from the first midnight"),
        ))
    }
}

fn length(place: &str, value: Seconds) -> Result<(), Fault> {
    if (0..=86_400).contains(&value) {
        Ok(())
    } else {
        Err(fault(place.into(), format!("{value} seconds; 0 to 86400 are expected")))
    }
}
