//! Proofreading (图像校对): opened and closed by the clock, and what the national platform says of it.

use std::collections::HashMap;

use sqlx::query;
use uuid::Uuid;

use seal::identity::CampaignId;

use super::codes::system;
use super::{Act, Campaign, Change, Entry, Register, Result, tables};
use crate::case::tracks::{Eligibility, Event, Photo, Proof, ProofEvent};
use crate::day;
use crate::phase::Phase;
use crate::settings::Settings;

/// What stands in a dispute that the platform's own list began.
const NOT_ME: &str = "学信网反馈：非本人照片";

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
        let shots = self.accepted_shots(id).await?;
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
            let is_changed = match proof {
                Proof::NotMe => change.look_into(&mut entry, shots.get(student), NOT_ME, act).await?,
                _ => change.bring_to(&mut entry, *proof, act).await?,
            };
            changed += usize::from(is_changed);
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
        Proof::NotChecked if said == Proof::NotMe => vec![ProofEvent::Reopen, last],
        _ => Vec::new(),
    }
}

impl Change<'_> {
    /// Takes the steps to what somebody else than the student says of the proof; false where that says nothing new.
    pub(super) async fn bring_to(&mut self, entry: &mut Entry, said: Proof, act: &Act<'_>) -> Result<bool> {
        let steps = steps_to(entry.case.proof, said);
        for step in &steps {
            self.step(entry, Event::Proof(*step), None, &system(act)).await?;
        }
        Ok(!steps.is_empty())
    }

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
}
