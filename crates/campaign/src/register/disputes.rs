//! Disputes: what a student, the platform or whoever looked at a print says is wrong, and what the registry answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{Row, query};
use uuid::Uuid;

use roster::correction::corrected;
use roster::field::Field;
use seal::identity::CampaignId;
use seal::rest;

use super::change::new_id;
use super::codes::{Keys, nonce};
use super::{Act, Change, Entry, Logged, Register, RegisterError, Result, tables};
use crate::case::tracks::{Event, Proof, ProofEvent};
use crate::settings::Settings;
use crate::step::Refused;

/// Most letters of what a student writes.
const LONGEST_NOTE: usize = 500;
/// Largest proof that a student gives, bytes.
pub const LARGEST_EVIDENCE: usize = 4 << 20;

/// The name under which proofs are hidden.
const EVIDENCE: &str = "evidence";

/// What a student says is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The fields of the record that should be otherwise; none when the photo is somebody else's.
    pub values: BTreeMap<Field, String>,
    /// In the student's words.
    pub note: String,
    /// A picture or a document that shows it; empty for none.
    pub evidence: Vec<u8>,
}

/// A complaint as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub student: Uuid,
    /// The shot that the student looked at.
    pub shot: Option<Uuid>,
    /// What should stand in the record; empty when the photo is somebody else's.
    pub values: BTreeMap<Field, String>,
    /// In the student's words.
    pub note: String,
    /// Whether there is a proof.
    pub has_evidence: bool,
    /// When it was said, milliseconds since 1970-01-01 UTC.
    pub opened_ms: u64,
    /// Where it stands.
    pub state: DisputeState,
    /// What was answered.
    pub answer: String,
    /// When, milliseconds since 1970-01-01 UTC; 0 while it is open.
    pub answered_ms: u64,
    /// Counts the changes.
    pub version: i64,
}

impl Dispute {
    /// Whether the student says that the photo is somebody else's.
    pub fn is_about_the_photo(&self) -> bool {
        self.values.is_empty()
    }

    /// The last moment in which it should be answered, milliseconds since 1970-01-01 UTC.
    pub fn due_ms(&self, settings: &Settings) -> u64 {
        self.opened_ms + u64::from(settings.proof.answer_days) * 86_400_000
    }
}

/// Where a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisputeState {
    /// Nobody answered yet.
    Open,
    /// The record was put right.
    Corrected,
    /// A new photo is taken.
    Retake,
    /// All was right as it is.
    Dismissed,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The record is put right with these values, which need not be the student's.
    Correct(BTreeMap<Field, String>),
    /// The photo is taken again.
    Retake,
    /// Nothing is wrong.
    Dismiss,
}

impl Register {
    /// A student says what is wrong, from the version that the student saw.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] while there is nothing to proofread; [`RegisterError::Unusable`] for a text or a
    /// proof that is too long.
    pub async fn complain(
        &self,
        id: &CampaignId,
        student: Uuid,
        (complaint, keys): (&Complaint, &Keys),
        seen: i64,
        act: &Act<'_>,
    ) -> Result<Dispute> {
        let letters: usize = complaint.values.values().map(|value| value.chars().count()).sum();
        if letters + complaint.note.chars().count() > LONGEST_NOTE {
            return Err(RegisterError::Unusable(
                format!("说明过长，最多 {LONGEST_NOTE} 字"),
                format!("the text is too long: at most {LONGEST_NOTE} letters"),
            ));
        }
        if complaint.evidence.len() > LARGEST_EVIDENCE {
            let mb = LARGEST_EVIDENCE >> 20;
            return Err(RegisterError::Unusable(
                format!("佐证文件不能超过 {mb} MB"),
                format!("a proof has at most {mb} MB"),
            ));
        }
        let hidden = match complaint.evidence.as_slice() {
            [] => Vec::new(),
            plain => rest::put(plain, EVIDENCE, &keys.rest, nonce()?)
                .ok_or_else(|| RegisterError::Damaged("the key at rest does not encrypt".into()))?,
        };
        let shot = self.accepted_shots(id).await?.get(&student).copied();
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let mut entry = change.student(student).await?;
        let is_photo = complaint.values.is_empty();
        let step = if is_photo { ProofEvent::ReportPhoto } else { ProofEvent::ReportInformation };
        change.step(&mut entry, Event::Proof(step), Some(seen), act).await?;
        let dispute = change.new_dispute((student, shot), complaint, hidden, act).await?;
        change.commit().await?;
        Ok(dispute)
    }

    /// Disputes of a campaign, or of one student; those that are open first, the oldest of them first.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn disputes(&self, id: &CampaignId, student: Option<Uuid>) -> Result<Vec<Dispute>> {
        let student = student.map(|student| student.to_string()).unwrap_or_default();
        let rows = query(tables::DISPUTES).bind(id.as_str()).bind(student);
        rows.fetch_all(self.store().reader()).await?.iter().map(dispute).collect()
    }

    /// One dispute.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is none of this id in the campaign.
    pub async fn dispute(&self, id: &CampaignId, wanted: Uuid) -> Result<Dispute> {
        let all = self.disputes(id, None).await?;
        all.into_iter().find(|dispute| dispute.id == wanted).ok_or(RegisterError::Unknown)
    }

    /// What a student gave as a proof.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is none; [`RegisterError::Damaged`] when it does not open.
    pub async fn evidence(&self, id: &CampaignId, wanted: Uuid, keys: &Keys) -> Result<Vec<u8>> {
        let row = query(tables::EVIDENCE).bind(id.as_str()).bind(wanted.to_string());
        let row = row.fetch_optional(self.store().reader()).await?.ok_or(RegisterError::Unknown)?;
        let hidden: Vec<u8> = row.try_get("evidence")?;
        if hidden.is_empty() {
            return Err(RegisterError::Unknown);
        }
        let plain = rest::get(&hidden, EVIDENCE, &keys.rest);
        Ok(plain.map_err(|fault| RegisterError::Damaged(fault.to_string()))?.to_vec())
    }

    /// The registry answers a dispute, from the version that it saw. What is put right is in the next delivery.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] when it was answered already, or by another role; [`RegisterError::Unusable`] for
    /// values that cannot stand in a record, or an answer that says nothing.
    pub async fn answer_dispute(
        &self,
        id: &CampaignId,
        (wanted, seen): (Uuid, i64),
        answer: &Answer,
        said: &str,
        act: &Act<'_>,
    ) -> Result<Dispute> {
        if said.trim().chars().count() < 2 {
            return Err(RegisterError::Unusable("请写明处理结果".into(), "say what was found".into()));
        }
        let mut dispute = self.dispute(id, wanted).await?;
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let mut entry = change.student(dispute.student).await?;
        // What is said to the student may name names; it stands beside the case and not in the log.
        let act = Act { reason: "", ..act.clone() };
        let steps: &[ProofEvent] = match answer {
            Answer::Correct(values) => {
                change.correct(&mut entry, values, &act).await?;
                dispute.state = DisputeState::Corrected;
                &[ProofEvent::FileCorrection, ProofEvent::Resolve]
            }
            Answer::Retake => {
                dispute.state = DisputeState::Retake;
                &[ProofEvent::FileCorrection]
            }
            Answer::Dismiss => {
                dispute.state = DisputeState::Dismissed;
                &[ProofEvent::Dismiss]
            }
        };
        for step in steps {
            change.step(&mut entry, Event::Proof(*step), None, &act).await?;
        }
        dispute.answer = said.trim().to_owned();
        dispute.answered_ms = act.at_ms;
        let answered = query(tables::ANSWER_DISPUTE)
            .bind(wanted.to_string())
            .bind(serde_json::to_string(&dispute.state)?)
            .bind(&dispute.answer)
            .bind(act.at_ms as i64)
            .bind(seen)
            .execute(&mut *change.writing)
            .await?;
        if answered.rows_affected() == 0 {
            return Err(Refused::Stale.into());
        }
        dispute.version += 1;
        change.commit().await?;
        Ok(dispute)
    }
}

impl Change<'_> {
    /// Somebody else than the student says that a photo is not the student's: it is looked into as if the student had
    /// said so. False where that is under way already.
    pub(super) async fn look_into(
        &mut self,
        entry: &mut Entry,
        shot: Option<&Uuid>,
        note: &str,
        act: &Act<'_>,
    ) -> Result<bool> {
        let is_disputed = matches!(entry.case.proof, Proof::InformationWrong | Proof::CorrectionFiled);
        if !self.bring_to(entry, Proof::NotMe, act).await? && !is_disputed {
            return Ok(false);
        }
        let said = Complaint { values: BTreeMap::new(), note: note.to_owned(), evidence: Vec::new() };
        self.new_dispute((entry.id, shot.copied()), &said, Vec::new(), act).await?;
        Ok(true)
    }

    async fn new_dispute(
        &mut self,
        (student, shot): (Uuid, Option<Uuid>),
        complaint: &Complaint,
        hidden: Vec<u8>,
        act: &Act<'_>,
    ) -> Result<Dispute> {
        let dispute = Dispute {
            id: new_id(act.at_ms)?,
            student,
            shot,
            values: complaint.values.clone(),
            note: complaint.note.trim().to_owned(),
            has_evidence: !complaint.evidence.is_empty(),
            opened_ms: act.at_ms,
            state: DisputeState::Open,
            answer: String::new(),
            answered_ms: 0,
            version: 0,
        };
        query(tables::NEW_DISPUTE)
            .bind(dispute.id.to_string())
            .bind(self.campaign().as_str())
            .bind(student.to_string())
            .bind(shot.map(|shot| shot.to_string()).unwrap_or_default())
            .bind(serde_json::to_string(&dispute.values)?)
            .bind(&dispute.note)
            .bind(hidden)
            .bind(act.at_ms as i64)
            .execute(&mut *self.writing)
            .await?;
        Ok(dispute)
    }

    /// Puts fields of a student's record right.
    pub async fn correct(
        &mut self,
        entry: &mut Entry,
        values: &BTreeMap<Field, String>,
        act: &Act<'_>,
    ) -> Result<()> {
        let student = corrected(&entry.student, values).map_err(|findings| {
            let zh = findings.iter().map(|finding| format!("{}：{}", finding.field.zh(), finding.fault.zh()));
            let en = findings.iter().map(|finding| format!("{}: {}", finding.field.zh(), finding.fault.en()));
            RegisterError::Unusable(zh.collect::<Vec<_>>().join("；"), en.collect::<Vec<_>>().join("; "))
        })?;
        entry.student = student;
        entry.version += 1;
        query(tables::KEEP_RECORD)
            .bind(entry.id.to_string())
            .bind(&entry.student.student_no)
            .bind(serde_json::to_string(&entry.student)?)
            .bind(entry.version)
            .bind(&entry.student.name.plain)
            .bind(&entry.student.college)
            .bind(&entry.student.cohort)
            .execute(&mut *self.writing)
            .await?;
        for field in values.keys() {
            let logged = Logged::Roster { change: "corrected", from: None, to: Some(field.zh()) };
            self.log(&logged, &entry.id.to_string(), act)?;
        }
        Ok(())
    }
}

fn dispute(row: &AnyRow) -> Result<Dispute> {
    let shot: String = row.try_get("shot")?;
    Ok(Dispute {
        id: super::uuid(row, "id")?,
        student: super::uuid(row, "student")?,
        shot: Uuid::parse_str(&shot).ok(),
        values: serde_json::from_str(row.try_get("asked")?)?,
        note: row.try_get("note")?,
        has_evidence: row.try_get::<i64, _>("evidence_bytes")? > 0,
        opened_ms: row.try_get::<i64, _>("opened_ms")? as u64,
        state: serde_json::from_str(row.try_get("state")?)?,
        answer: row.try_get("answer")?,
        answered_ms: row.try_get::<i64, _>("answered_ms")? as u64,
        version: row.try_get("version")?,
    })
}
