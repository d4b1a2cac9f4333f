//! Messages kept: each is said once, and that it was said is the proof of it.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::DateTime;
use sqlx::any::AnyRow;
use sqlx::{Row, query};
use uuid::Uuid;

use seal::identity::CampaignId;

use super::proofs::taken_ms;
use super::{Register, RegisterError, Result, tables, uuid};
use crate::day;
use crate::message::{Kind, Standing, due};
use crate::phase::Phase;

/// A message that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// To whom.
    pub student: Uuid,
    /// What it is about.
    pub kind: Kind,
    /// In Chinese and in English.
    pub text: [String; 2],
    /// When, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
}

impl Register {
    /// Says what is due, each message once, from the published timetable to the close. `session` gives the time of a class, by college and class. Gives how many.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read or written.
    pub async fn tell_students(
        &self,
        id: &CampaignId,
        session: impl Fn(&str, &str) -> Option<DateTime>,
        at_ms: u64,
    ) -> Result<usize> {
        let campaign = self.campaign(id).await?;
        if !(Phase::Published..Phase::Closed).contains(&campaign.state.phase) {
            return Ok(0);
        }
        let now = day::time_of_ms(at_ms);
        let shots = self.accepted_shots(id).await?;
        let bookings = self.bookings(id, Some(now.date())).await?;
        let bookings: HashMap<Uuid, _> = bookings.iter().map(|one| (one.student, one)).collect();
        let rows = query(tables::TOLD_KEYS).bind(id.as_str()).fetch_all(self.store().reader()).await?;
        let known: BTreeSet<(Uuid, String, String)> = rows
            .iter()
            .map(|row| Ok((uuid(row, "student")?, row.try_get("kind")?, row.try_get("mark")?)))
            .collect::<Result<_>>()?;
        let mut new = Vec::new();
        for entry in self.students(id).await? {
            let booked = bookings.get(&entry.id);
            let booked = booked.map(|one| (one.centre.as_str(), one.day.to_datetime(one.time)));
            let taken = shots.get(&entry.id).map(|shot| day::of_ms(taken_ms(*shot)));
            let standing = Standing {
                case: &entry.case,
                session: session(&entry.student.college, &entry.student.cohort),
                booked,
                proof_until: taken.and_then(|taken| campaign.settings.proof_until(taken)),
                shot: shots.get(&entry.id).copied(),
            };
            for message in due(&campaign.settings, &standing, now) {
                let kind = serde_json::to_string(&message.kind)?;
                if !known.contains(&(entry.id, kind.clone(), message.key.clone())) {
                    new.push((entry.id, kind, message));
                }
            }
        }
        if new.is_empty() {
            return Ok(0);
        }
        let mut writing = self.store().begin().await?;
        for (student, kind, message) in &new {
            query(tables::TELL_STUDENT)
                .bind(id.as_str())
                .bind(student.to_string())
                .bind(kind)
                .bind(&message.key)
                .bind(serde_json::to_string(&message.text)?)
                .bind(at_ms as i64)
                .execute(&mut *writing)
                .await?;
        }
        writing.commit().await?;
        Ok(new.len())
    }

    /// What was said, newest first; to one student where one is named.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn told(&self, id: &CampaignId, student: Option<Uuid>) -> Result<Vec<Told>> {
        let student = student.map(|student| student.to_string()).unwrap_or_default();
        let rows = query(tables::TOLD_STUDENTS).bind(id.as_str()).bind(student);
        rows.fetch_all(self.store().reader()).await?.iter().map(told).collect()
    }
}

fn told(row: &AnyRow) -> Result<Told> {
    Ok(Told {
        student: uuid(row, "student")?,
        kind: serde_json::from_str(row.try_get("kind")?).map_err(RegisterError::from)?,
        text: serde_json::from_str(row.try_get("text")?)?,
        at_ms: row.try_get::<i64, _>("at_ms")? as u64,
    })
}
