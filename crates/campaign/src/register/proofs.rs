//! Proofreading (图像校对): opened and closed by the clock, disputed by students, put right by the registry.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{Row, query};
use uuid::Uuid;

use roster::correction::corrected;
use roster::field::Field;
use seal::identity::CampaignId;
use seal::rest;

use super::change::new_id;
use super::codes::{Keys, nonce, system};
use super::{Act, Campaign, Change, Entry, Logged, Register, RegisterError, Result, tables};
use crate::case::tracks::{Eligibility, Event, Photo, Proof, ProofEvent};
use crate::day;
use crate::phase::Phase;
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

/// What the clock did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Students who may look now.
    pub opened: usize,
    /// Students whose time is over: 未校对.
    pub lapsed: usize,
}

/// What the clock says of a student: the step that is due.
fn due_step(settings: &Settings, entry: &Entry, shot_ms: u64, at_ms: u64) -> Option<ProofEvent> {
    let (taken, today) = (day::of_ms(shot_ms), day::of_ms(at_ms));
    match entry.case.proof {
        Proof::NotOpen if entry.case.photo == Photo::Accepted => {
            (settings.proof_opens(taken)? <= today).then_some(ProofEvent::Begin)
        }
        Proof::Open | Proof::Resolved => (settings.proof_until(taken)? < today).then_some(ProofEvent::Lapse),
        _ => None,
    }
}

/// When a shot was taken: its id says so (RFC 9562 §5.7).
pub fn taken_ms(shot: Uuid) -> u64 {
    shot.get_timestamp().map_or(0, |time| {
        let (seconds, nanos) = time.to_unix();
        seconds * 1000 + u64::from(nanos / 1_000_000)
    })
}

impl Register {
    /// Does what the calendar says: opens proofreading for those whose day has come, and ends it for those whose time
    /// is over. Called again it does nothing more.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read or written.
    pub async fn tick(&self, id: &CampaignId, at_ms: u64) -> Result<Ticked> {
        let Campaign { settings, state, .. } = self.campaign(id).await?;
        if settings.proof.opens.is_none() || state.phase >= Phase::Closed {
            return Ok(Ticked::default());
        }
        let shots = self.accepted_shots(id).await?;
        let due = |entry: &Entry| {
            let shot = shots.get(&entry.id).filter(|_| entry.case.eligibility == Eligibility::Expected)?;
            due_step(&settings, entry, taken_ms(*shot), at_ms)
        };
        let waiting: Vec<Uuid> = self
            .students(id)
            .await?
            .iter()
            .filter(|entry| due(entry).is_some())
            .map(|entry| entry.id)
            .collect();
        let mut ticked = Ticked::default();
        if waiting.is_empty() {
            return Ok(ticked);
        }
        let act = system(&Act { role: crate::role::Role::System, account: "-", at_ms, reason: "" });
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        for student in waiting {
            let mut entry = change.student(student).await?;
            let Some(step) = due(&entry) else { continue };
            change.step(&mut entry, Event::Proof(step), None, &act).await?;
            match step {
                ProofEvent::Begin => ticked.opened += 1,
                _ => ticked.lapsed += 1,
            }
        }
        change.commit().await?;
        Ok(ticked)
    }

    /// The accepted shot of each student.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn accepted_shots(&self, id: &CampaignId) -> Result<HashMap<Uuid, Uuid>> {
        let rows = query(tables::ACCEPTED_SHOTS).bind(id.as_str()).fetch_all(self.store().reader()).await?;
        rows.iter().map(|row| Ok((super::uuid(row, "student")?, super::uuid(row, "shot")?))).collect()
    }

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
            .bind(id.as_str())
            .bind(student.to_string())
            .bind(shot.map(|shot| shot.to_string()).unwrap_or_default())
            .bind(serde_json::to_string(&dispute.values)?)
            .bind(&dispute.note)
            .bind(hidden)
            .bind(act.at_ms as i64)
            .execute(&mut *change.writing)
            .await?;
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

    /// Takes what the national platform says of proofreading; only what differs is changed. Gives how many, and the
    /// lines of numbers that the roster does not have.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read or written.
    pub async fn take_proofs(
        &self,
        id: &CampaignId,
        said: &[(usize, Vec<String>, Proof)],
        act: &Act<'_>,
    ) -> Result<(usize, Vec<usize>)> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let mut by_number = HashMap::new();
        for entry in change.students().await? {
            for number in [&entry.student.student_no, &entry.student.document_no, &entry.student.exam_no] {
                if !number.is_empty() {
                    by_number.insert(number.clone(), entry.id);
                }
            }
        }
        let (mut changed, mut strangers) = (0, Vec::new());
        for (line, numbers, proof) in said {
            let Some(student) = numbers.iter().find_map(|number| by_number.get(number)) else {
                strangers.push(*line);
                continue;
            };
            let mut entry = change.student(*student).await?;
            let steps = steps_to(entry.case.proof, *proof);
            for step in &steps {
                change.step(&mut entry, Event::Proof(*step), None, &system(act)).await?;
            }
            changed += usize::from(!steps.is_empty());
        }
        change.commit().await?;
        Ok((changed, strangers))
    }
}

/// The state that the platform's words mean.
pub fn proof_of(words: &str) -> Option<Proof> {
    let has = |part: &str| words.contains(part);
    match () {
        () if has("未校对") || has("未核对") => Some(Proof::NotChecked),
        () if has("非本人") || has("不是本人") || has("不是我本人") => Some(Proof::NotMe),
        () if has("有误") || has("错误") || has("不正确") => Some(Proof::InformationWrong),
        () if has("正确") || has("无误") || has("已校对") => Some(Proof::Correct),
        () => None,
    }
}

/// The steps that lead to what the platform says; none where it says nothing new.
fn steps_to(at: Proof, said: Proof) -> Vec<ProofEvent> {
    let last = match said {
        Proof::Correct => ProofEvent::Confirm,
        Proof::InformationWrong => ProofEvent::ReportInformation,
        Proof::NotMe => ProofEvent::ReportPhoto,
        Proof::NotChecked => ProofEvent::Lapse,
        _ => return Vec::new(),
    };
    match at {
        Proof::NotOpen => vec![ProofEvent::Begin, last],
        Proof::Open => vec![last],
        Proof::Resolved if said != Proof::NotChecked => vec![last],
        Proof::Correct if matches!(said, Proof::InformationWrong | Proof::NotMe) => vec![last],
        _ => Vec::new(),
    }
}

impl Change<'_> {
    /// The end of proofreading: who did nothing is 未校对.
    pub async fn close_proofs(&mut self, act: &Act<'_>) -> Result<()> {
        for mut entry in self.students().await? {
            let is_open = matches!(entry.case.proof, Proof::Open | Proof::Resolved);
            if is_open && entry.case.eligibility == Eligibility::Expected {
                self.step(&mut entry, Event::Proof(ProofEvent::Lapse), None, &system(act)).await?;
            }
        }
        Ok(())
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
