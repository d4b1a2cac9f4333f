//! What the capture side reports about shots, brought to the students whose codes were shown.

use sqlx::{Row, query, query_scalar};
use uuid::Uuid;

use seal::identity::CampaignId;
use seal::taken::{Outcome, Taken};

use super::codes::system;
use super::{Act, Change, Entry, Logged, Register, RegisterError, Result, tables};
use crate::case::tracks::{
    Attendance, AttendanceEvent, Code, CodeEvent, Event, Photo, PhotoEvent, Prints, PrintsEvent, Proof,
    ProofEvent,
};

impl Register {
    /// Brings a report to its student; the same report twice is one. Gives the student as it now is.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when no student of the campaign has the code; [`RegisterError::Refused`] where
    /// the photo's track does not go that way.
    pub async fn take_report(&self, taken: &Taken, act: &Act<'_>) -> Result<Entry> {
        let mut change = Change::begin(self.store.begin().await?, &taken.campaign).await?;
        let holder: Option<String> = query_scalar(tables::HOLDER_OF_CODE)
            .bind(taken.campaign.as_str())
            .bind(taken.code.to_string())
            .fetch_optional(&mut *change.writing)
            .await?;
        let holder = holder.ok_or(RegisterError::Unknown)?;
        let student = Uuid::parse_str(&holder).map_err(|error| RegisterError::Damaged(error.to_string()))?;
        let report = (taken.shot.to_string(), serde_json::to_string(&taken.outcome)?);
        let known = query(tables::NEW_REPORT)
            .bind(taken.campaign.as_str())
            .bind(&report.0)
            .bind(&report.1)
            .bind(&holder)
            .execute(&mut *change.writing)
            .await?;
        let mut entry = change.student(student).await?;
        if known.rows_affected() == 0 {
            return Ok(entry);
        }
        for (step, by_system) in steps(&entry, taken.outcome) {
            let by = if by_system { system(act) } else { act.clone() };
            change.step(&mut entry, step, None, &by).await?;
            if step == Event::Proof(ProofEvent::Renew) {
                // What was said about the photo before is settled by the new one.
                query(tables::CLOSE_DISPUTES)
                    .bind(taken.campaign.as_str())
                    .bind(&holder)
                    .bind("照片已更换")
                    .bind(act.at_ms as i64)
                    .execute(&mut *change.writing)
                    .await?;
            }
        }
        change.log(&Logged::Shot { shot: taken.shot, outcome: taken.outcome }, &holder, act)?;
        change.commit().await?;
        Ok(entry)
    }

    /// The newest shot of each student, with the class, in the order of the line; of one college or class where one
    /// is named.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn newest_shots(
        &self,
        id: &CampaignId,
        (college, cohort): (&str, &str),
    ) -> Result<Vec<(String, String, Uuid)>> {
        let rows = query(tables::NEWEST_SHOTS).bind(id.as_str()).bind(college).bind(cohort);
        let rows = rows.fetch_all(self.store.reader()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            let shot = Uuid::parse_str(row.try_get("shot")?);
            let shot = shot.map_err(|error| RegisterError::Damaged(error.to_string()))?;
            Ok((row.try_get("college")?, row.try_get("cohort")?, shot))
        };
        rows.iter().map(read).collect()
    }

    /// The shots of a student, newest first.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn shots_of(&self, student: Uuid) -> Result<Vec<Uuid>> {
        let shots: Vec<String> =
            query_scalar(tables::SHOTS_OF).bind(student.to_string()).fetch_all(self.store.reader()).await?;
        Ok(shots.iter().filter_map(|shot| Uuid::parse_str(shot).ok()).collect())
    }
}

/// What a report means on the student's tracks, and whether the program rather than the actor decides it.
fn steps(entry: &Entry, outcome: Outcome) -> Vec<(Event, bool)> {
    let photo = |event, by_system| (Event::Photo(event), by_system);
    match outcome {
        Outcome::Passes => taken(entry, PhotoEvent::JudgePass),
        Outcome::ForReview => taken(entry, PhotoEvent::JudgeWarn),
        Outcome::Fails => taken(entry, PhotoEvent::JudgeFail),
        Outcome::Retake => {
            let mut steps = vec![photo(PhotoEvent::AskRetake, false)];
            if entry.case.prints != Prints::None {
                steps.push((Event::Prints(PrintsEvent::Recall), true));
            }
            steps
        }
        Outcome::Accepted | Outcome::AcceptedAsException => {
            let is_exception = outcome == Outcome::AcceptedAsException;
            let accept = if is_exception { PhotoEvent::AcceptException } else { PhotoEvent::Accept };
            let mut steps = vec![photo(accept, false)];
            if entry.case.proof != Proof::NotOpen {
                steps.push((Event::Proof(ProofEvent::Renew), true));
            }
            if matches!(entry.case.attendance, Attendance::CheckedIn | Attendance::Signed) {
                steps.push((Event::Attendance(AttendanceEvent::Finish), true));
            }
            steps
        }
    }
}

/// A photo was taken: the student stood at the desk with the code, whatever was written down before.
fn taken(entry: &Entry, verdict: PhotoEvent) -> Vec<(Event, bool)> {
    let mut steps = Vec::new();
    if matches!(entry.case.code, Code::Registered | Code::Readable) {
        steps.push((Event::Code(CodeEvent::Bind), false));
    }
    let mut attend = |event, by_system| steps.push((Event::Attendance(event), by_system));
    match entry.case.attendance {
        Attendance::CheckedIn | Attendance::Signed => {}
        Attendance::Planned | Attendance::Arrived | Attendance::Queued => {
            attend(AttendanceEvent::CheckIn, false);
        }
        Attendance::NoShow | Attendance::LeftQueue => {
            attend(AttendanceEvent::Arrive, false);
            attend(AttendanceEvent::CheckIn, false);
        }
        Attendance::Done | Attendance::Refused => {
            attend(AttendanceEvent::Replan, true);
            attend(AttendanceEvent::CheckIn, false);
        }
    }
    let mut photo = |event, by_system| steps.push((Event::Photo(event), by_system));
    match entry.case.photo {
        Photo::Pass => photo(PhotoEvent::AskRetake, false),
        Photo::Accepted => photo(PhotoEvent::Supersede, true),
        _ => {}
    }
    photo(PhotoEvent::Capture, false);
    photo(verdict, true);
    steps
}
