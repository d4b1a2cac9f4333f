//! Classes at the station: how many are done, when the rest will be, and the teacher's signature that a class is done.

use std::collections::BTreeMap;

use seal::code::bundle::{Held, Session};
use serde::{Deserialize, Serialize};
use sqlx::{Row, query, query_scalar};

use super::files::{hide_words, show_words};
use super::numbers::{Line, State, day_of};
use super::transfer::Called;
use super::{At, Result, Station, StationError, tables};

/// How a class stands at this station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Class {
    /// As the bundle names it.
    pub name: String,
    /// Numbers with an accepted photo.
    pub accepted: usize,
    /// Numbers that are not done, as they are shown, with the masked name.
    pub open: Vec<String>,
    /// Accepted numbers without a signature or a reason, as they are shown, with the masked name.
    pub unsigned: Vec<String>,
    /// Places of those who take part and got no number here and no photo elsewhere.
    pub missing: Vec<u32>,
    /// When the teacher signed, milliseconds since 1970-01-01 UTC; none before.
    pub done_ms: Option<u64>,
}

/// The teacher's word that a class is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Lines of a pen as an SVG path, or a typed name.
    pub signature: String,
    /// Places of those who did not come, as the teacher confirmed them.
    pub missing: Vec<u32>,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
}

impl Station {
    /// The classes that were at this station on a day.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn classes(&self, day: i64) -> Result<Vec<Class>> {
        let lines = self.register(day).await?;
        let done = self.classes_done(day).await?;
        let bundle = self.bundle();
        let mut classes = Vec::new();
        for session in &bundle.sessions {
            let own: Vec<&Line> = lines.iter().filter(|line| is_of(line, session)).collect();
            if own.is_empty() {
                continue;
            }
            let of = |holds: fn(&Line) -> bool| -> Vec<String> {
                let shown =
                    |line: &&&Line| format!("{} {}", line.number.shown(self.name()), line.person.name);
                own.iter().filter(|line| holds(line)).map(|line| shown(&line)).collect()
            };
            classes.push(Class {
                name: session.name.clone(),
                accepted: own.iter().filter(|line| line.state == State::Accepted).count(),
                open: of(|line| matches!(line.state, State::Active | State::Card)),
                unsigned: of(|line| line.state == State::Accepted && line.person.lacks_signature()),
                missing: self.nowhere(session).await?,
                done_ms: done.get(&session.name).map(|done| done.at_ms),
            });
        }
        Ok(classes)
    }

    /// The teacher signs that a class is done, and confirms who did not come.
    ///
    /// # Errors
    /// [`StationError::ClassOpen`] with the numbers that keep it open; [`StationError::Decided`] when others are
    /// missing than the teacher confirmed.
    pub async fn sign_class(&self, name: &str, missing: &[u32], signature: &str, at: At<'_>) -> Result<()> {
        let day = day_of(at.at_ms);
        let classes = self.classes(day).await?;
        let class = classes.iter().find(|class| class.name == name).ok_or(StationError::Unknown)?;
        let against: Vec<String> = class.open.iter().chain(&class.unsigned).cloned().collect();
        if !against.is_empty() {
            return Err(StationError::ClassOpen(against));
        }
        if class.missing != missing {
            return Err(StationError::Decided);
        }
        if signature.trim().is_empty() {
            return Err(StationError::Reason);
        }
        let done = Done { signature: signature.to_owned(), missing: missing.to_vec(), at_ms: at.at_ms };
        let mut writing = self.0.store.begin().await?;
        query(tables::NEW_CLASS_DONE)
            .bind(day)
            .bind(name)
            .bind(hide_words(&done, &bound(day, name), &self.0.keys.rest)?)
            .bind(at.at_ms as i64)
            .execute(&mut *writing)
            .await?;
        let detail = format!("{} accepted, {} missing", class.accepted, missing.len());
        self.log(&mut writing, "class.done", (self.name(), &detail), at).await?;
        writing.commit().await?;
        self.changed();
        Ok(())
    }

    /// The teachers' signatures of a day, by class.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn classes_done(&self, day: i64) -> Result<BTreeMap<String, Done>> {
        let rows = query(tables::CLASSES_DONE).bind(day).fetch_all(self.0.store.reader()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            let (class, hidden): (String, Vec<u8>) = (row.try_get("class")?, row.try_get("hidden")?);
            let done = show_words(&hidden, &bound(day, &class), &self.0.keys.rest)?;
            Ok((class, done))
        };
        rows.iter().map(read).collect()
    }

    /// Which classes were called where; empty where nobody calls classes, or no word of it came.
    pub(super) async fn calls(&self) -> Result<Vec<Called>> {
        let rows = query(tables::CALLS).fetch_all(self.0.store.reader()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok(Called {
                class: row.try_get("class")?,
                station: row.try_get("station")?,
                is_called: row.try_get::<i64, _>("is_called")? == 1,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Places of those of a class who take part and neither got a number here nor were photographed elsewhere, as far as
    /// is known. Whoever left has a void number with its reason.
    async fn nowhere(&self, session: &Session) -> Result<Vec<u32>> {
        let mut missing = Vec::new();
        for (place, expected) in (1..).zip(&session.codes) {
            if expected.held != Held::NotTakingPart && !self.was_here(&expected.code).await? {
                missing.push(place);
            }
        }
        Ok(missing)
    }

    /// Whether somebody whose code begins so got a number here, or a photo elsewhere as the server said.
    pub(super) async fn was_here(&self, code: &[u8]) -> Result<bool> {
        let beginning = format!("{}%", seal::hexadecimal::text(code));
        let here = query_scalar::<_, i64>(tables::WAS_HERE).bind(beginning);
        Ok(here.fetch_optional(self.0.store.reader()).await?.is_some())
    }
}

fn is_of(line: &Line, session: &Session) -> bool {
    line.person.class.as_ref().is_some_and(|class| class.name == session.name)
}

fn bound(day: i64, class: &str) -> String {
    format!("class {day} {class}")
}

/// A class that is still to come here: when it begins, and how many of it are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// The timetable's beginning, seconds since 1970-01-01 UTC.
    pub starts_s: u64,
    /// The timetable's end.
    pub ends_s: u64,
    /// Students who are not photographed.
    pub heads: usize,
}

/// When the last of several classes will be done at so many seconds for each student, and by how many seconds that is
/// later than planned. A class does not begin before its time.
pub fn predicted(now_s: u64, pace_s: f64, left: &[Left]) -> Option<(u64, u64)> {
    let mut classes: Vec<&Left> = left.iter().filter(|class| class.heads > 0).collect();
    classes.sort_by_key(|class| class.starts_s);
    let end = classes
        .iter()
        .fold(now_s as f64, |at, class| at.max(class.starts_s as f64) + class.heads as f64 * pace_s);
    let planned = classes.last()?.ends_s;
    Some((end as u64, (end as u64).saturating_sub(planned)))
}
