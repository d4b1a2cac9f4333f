//! Deliveries kept: what is due, what was put into which, and what the receiver answered.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{Row, query, query_scalar};
use uuid::Uuid;

use seal::delivery::Signature;
use seal::identity::CampaignId;

use super::{Act, Change, Entry, Logged, Register, RegisterError, Result, tables, uuid};
use crate::case::tracks::{Eligibility, Event, Photo, Registry, RegistryEvent};
use crate::day;
use crate::delivery::feedback::{Answer, Kind};
use crate::delivery::naming::{Naming, Pattern};
use crate::delivery::package::Manifest;
use crate::delivery::{Line, MOST_PER_VOLUME, REGISTRATION, Record, Spec, index, record};
use crate::evidence::lacking;
use crate::step::Refused;

/// A delivery as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// From 1.
    pub number: i64,
    /// When it was begun, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
    /// What it is for.
    pub spec: Spec,
    /// Where it stands.
    pub state: DeliveryState,
    /// Photos in it.
    pub photos: usize,
    /// What it consists of, byte by byte; none while it is being built.
    pub made: Option<(String, Signature)>,
}

impl Delivery {
    /// What it consists of; none while it is being built.
    ///
    /// # Errors
    /// [`RegisterError::Damaged`] when it is not what was written.
    pub fn manifest(&self) -> Result<Option<Manifest>> {
        self.made.as_ref().map(|(text, _)| Ok(serde_json::from_str(text)?)).transpose()
    }
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// Its volumes are being written.
    Building,
    /// It can be fetched.
    Ready,
    /// Somebody sent it.
    Sent,
}

/// A photo of a delivery with its place and the receiver's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// From 0.
    pub place: i64,
    /// The photo.
    pub line: Line,
    /// Why it is not in the volumes after all; empty where it is.
    pub lacking: String,
    /// What the receiver answered.
    pub answer: Option<(Kind, String)>,
}

/// What a list of answers came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answered {
    /// Lines that found their photo.
    pub known: usize,
    /// Lines of which nothing in the delivery is meant.
    pub strangers: Vec<usize>,
    /// Students whose photo has to be taken again, with the shot and the receiver's words.
    pub retakes: Vec<(Uuid, String)>,
}

/// What a student was last delivered.
struct Last {
    number: i64,
    shot: Uuid,
    record: Record,
}

impl Register {
    /// Students whose accepted photo goes into the next delivery for a purpose, with the shot: everybody's, or only what
    /// was not delivered for it as it now is. Nobody goes to the registry of whom papers are lacking.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn due(&self, id: &CampaignId, purpose: &str, only_new: bool) -> Result<Vec<(Entry, Uuid)>> {
        let shots = self.accepted_shots(id).await?;
        let known: HashMap<Uuid, Last> = self.last_delivered(id, purpose).await?;
        let is_registration = purpose == REGISTRATION;
        let papers = self.papers(id).await?;
        let none = BTreeSet::new();
        let mut due = Vec::new();
        for entry in self.students(id).await? {
            let may = entry.case.eligibility == Eligibility::Expected
                && entry.case.photo == Photo::Accepted
                && !matches!(entry.case.registry, Registry::Abnormal | Registry::EvidenceFiled);
            let there = papers.get(&entry.id).unwrap_or(&none);
            let may = may && (!is_registration || lacking(&entry.student, &entry.case, there).is_empty());
            let Some(&shot) = shots.get(&entry.id).filter(|_| may) else { continue };
            let is_new = known
                .get(&entry.id)
                .is_none_or(|last| last.shot != shot || last.record != record(&entry.student));
            // A photo that the receiver did not take goes again, whatever changed about it.
            let again = is_registration && entry.case.registry == Registry::LinkError;
            if !only_new || is_new || again {
                due.push((entry, shot));
            }
        }
        Ok(due)
    }

    /// What each student was last delivered for a purpose.
    async fn last_delivered(&self, id: &CampaignId, purpose: &str) -> Result<HashMap<Uuid, Last>> {
        let deliveries = self.deliveries(id).await?;
        let own: HashSet<i64> = deliveries
            .iter()
            .filter(|delivery| delivery.spec.purpose == purpose)
            .map(|delivery| delivery.number)
            .collect();
        let rows = query(tables::LAST_DELIVERED).bind(id.as_str()).fetch_all(self.store().reader()).await?;
        let mut last = HashMap::new();
        for row in &rows {
            let number = row.try_get("number")?;
            if own.contains(&number) {
                let record = serde_json::from_str(row.try_get("record")?)?;
                last.insert(uuid(row, "student")?, Last { number, shot: uuid(row, "shot")?, record });
            }
        }
        Ok(last)
    }

    /// Begins a delivery: who is in it, under which names. The volumes follow.
    ///
    /// # Errors
    /// [`RegisterError::Unusable`] where names are not unique or nothing is due; [`RegisterError::Refused`] for a
    /// role that delivers nothing.
    pub async fn begin_delivery(&self, id: &CampaignId, spec: &Spec, act: &Act<'_>) -> Result<i64> {
        let due = self.due(id, &spec.purpose, spec.only_new).await?;
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let naming = naming(spec, change.settings.campaign.school_no.as_deref().unwrap_or_default())?;
        let students: Vec<_> = due.iter().map(|(entry, _)| &entry.student).collect();
        let names = naming.names(&students);
        let names = names.map_err(|fault| RegisterError::Unusable(fault.zh(), fault.to_string()))?;
        if due.is_empty() {
            return Err(RegisterError::Unusable(
                "没有需要报送的照片：全部已采用的照片都已在以前的报送包中".into(),
                "nothing is to be delivered: every accepted photo is in an earlier delivery".into(),
            ));
        }
        if let Some(form) = spec.index {
            // What does not fit into the index is told before anything is written.
            let nobody = Uuid::nil();
            let line = |((entry, _), name): (&(Entry, Uuid), &String)| Line {
                student: nobody,
                shot: nobody,
                name: name.clone(),
                record: record(&entry.student),
            };
            let lines: Vec<Line> = due.iter().zip(&names).map(line).collect();
            index(form, &lines.iter().collect::<Vec<_>>(), day::of_ms(act.at_ms))
                .map_err(|fault| RegisterError::Unusable(fault.zh(), fault.to_string()))?;
        }
        let number: i64 = query_scalar(tables::NEW_DELIVERY)
            .bind(id.as_str())
            .bind(act.at_ms as i64)
            .bind(serde_json::to_string(spec)?)
            .fetch_one(&mut *change.writing)
            .await?;
        let count = due.len();
        for (place, ((seen, shot), name)) in (0_i64..).zip(due.into_iter().zip(names)) {
            let mut entry = change.student(seen.id).await?;
            if entry.version != seen.version {
                return Err(Refused::Stale.into());
            }
            if spec.is_registration() {
                let step = match entry.case.registry {
                    Registry::NotSent | Registry::LinkError | Registry::Failed => RegistryEvent::Package,
                    _ => RegistryEvent::Renew,
                };
                change.step(&mut entry, Event::Registry(step), None, act).await?;
            }
            query(tables::NEW_DELIVERED)
                .bind(id.as_str())
                .bind(number)
                .bind(place)
                .bind(entry.id.to_string())
                .bind(shot.to_string())
                .bind(name)
                .bind(serde_json::to_string(&record(&entry.student))?)
                .execute(&mut *change.writing)
                .await?;
        }
        change.log(&Logged::Delivery { change: "begun", number, count }, "", act)?;
        change.commit().await?;
        Ok(number)
    }

    /// Deliveries, newest first.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn deliveries(&self, id: &CampaignId) -> Result<Vec<Delivery>> {
        let rows = query(tables::DELIVERIES).bind(id.as_str()).bind(0_i64);
        rows.fetch_all(self.store().reader()).await?.iter().map(delivery).collect()
    }

    /// One delivery.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is none of this number.
    pub async fn delivery(&self, id: &CampaignId, number: i64) -> Result<Delivery> {
        let row = query(tables::DELIVERIES).bind(id.as_str()).bind(number.max(1));
        let row = row.fetch_optional(self.store().reader()).await?;
        row.as_ref().map_or(Err(RegisterError::Unknown), delivery)
    }

    /// The photos of a delivery in their order.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn delivered(&self, id: &CampaignId, number: i64) -> Result<Vec<Delivered>> {
        let rows = query(tables::DELIVERED).bind(id.as_str()).bind(number);
        rows.fetch_all(self.store().reader()).await?.iter().map(delivered).collect()
    }

    /// Keeps what a delivery consists of, and which of its photos are not in it and why. Done once.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] when it was finished already.
    pub async fn finish_delivery(
        &self,
        id: &CampaignId,
        number: i64,
        (manifest, signature): (&str, &Signature),
        lacking: &[(i64, String)],
        act: &Act<'_>,
    ) -> Result<()> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let finished = query(tables::FINISH_DELIVERY)
            .bind(id.as_str())
            .bind(number)
            .bind(manifest)
            .bind(serde_json::to_string(signature)?)
            .execute(&mut *change.writing)
            .await?;
        if finished.rows_affected() == 0 {
            return Err(not_now("Finish"));
        }
        for (place, why) in lacking {
            query(tables::LACKING)
                .bind(id.as_str())
                .bind(number)
                .bind(place)
                .bind(why)
                .execute(&mut *change.writing)
                .await?;
        }
        change.log(&Logged::Delivery { change: "made", number, count: lacking.len() }, "", act)?;
        change.commit().await
    }

    /// Somebody handed the delivery over.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] while it is being built, or when it was sent already.
    pub async fn send_delivery(&self, id: &CampaignId, number: i64, act: &Act<'_>) -> Result<()> {
        let photos = self.delivered(id, number).await?;
        let purpose = self.delivery(id, number).await?.spec.purpose;
        let last = self.last_delivered(id, &purpose).await?;
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let sent = query(tables::SEND_DELIVERY).bind(id.as_str()).bind(number);
        if sent.execute(&mut *change.writing).await?.rows_affected() == 0 {
            return Err(not_now("Send"));
        }
        for photo in photos.iter().filter(|photo| photo.lacking.is_empty() && purpose == REGISTRATION) {
            let mut entry = change.student(photo.line.student).await?;
            // Who is in a later delivery is sent with that one.
            let is_last = last.get(&entry.id).is_some_and(|last| last.number == number);
            if is_last && entry.case.registry == Registry::Packaged {
                change.step(&mut entry, Event::Registry(RegistryEvent::Send), None, act).await?;
            }
        }
        change.log(&Logged::Delivery { change: "sent", number, count: photos.len() }, "", act)?;
        change.commit().await
    }

    /// Takes the receiver's answers; the same list twice is one. An answer is found by the file's name or by one of
    /// the student's numbers as the index gave them.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is no such delivery; [`RegisterError::Refused`] while it is being built.
    pub async fn take_answers(
        &self,
        id: &CampaignId,
        number: i64,
        answers: &[Answer],
        act: &Act<'_>,
    ) -> Result<Answered> {
        let delivery = self.delivery(id, number).await?;
        if delivery.state == DeliveryState::Building {
            return Err(not_now("Answer"));
        }
        let last = self.last_delivered(id, &delivery.spec.purpose).await?;
        let shots = self.accepted_shots(id).await?;
        let photos = self.delivered(id, number).await?;
        let mut by_key: HashMap<&str, &Delivered> = HashMap::new();
        for photo in &photos {
            let [student_no, _, document_no, exam_no, ..] = &photo.line.record;
            let file = photo.line.name.rsplit('/').next().unwrap_or_default();
            let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
            for key in [student_no, document_no, exam_no, file, stem, &photo.line.name] {
                if !key.is_empty() {
                    by_key.insert(key, photo);
                }
            }
        }
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let mut answered = Answered::default();
        for answer in answers {
            let Some(photo) = answer.keys.iter().find_map(|key| by_key.get(key.as_str())) else {
                answered.strangers.push(answer.line);
                continue;
            };
            answered.known += 1;
            query(tables::ANSWER)
                .bind(id.as_str())
                .bind(number)
                .bind(photo.place)
                .bind(serde_json::to_string(&answer.kind)?)
                .bind(&answer.words)
                .execute(&mut *change.writing)
                .await?;
            let mut entry = change.student(photo.line.student).await?;
            // A word about an older delivery says nothing about what was delivered since.
            let is_last = last.get(&entry.id).is_some_and(|last| last.number == number);
            if is_last && delivery.spec.is_registration() {
                for step in answer.kind.steps(entry.case.registry) {
                    change.step(&mut entry, Event::Registry(step), None, act).await?;
                }
            }
            let is_current = shots.get(&entry.id) == Some(&photo.line.shot);
            if answer.kind.wants_retake() && is_current && entry.case.photo == Photo::Accepted {
                answered.retakes.push((photo.line.shot, answer.words.clone()));
            }
        }
        change.log(&Logged::Delivery { change: "answered", number, count: answered.known }, "", act)?;
        change.commit().await?;
        Ok(answered)
    }
}

/// How the files of a delivery are called.
fn naming(spec: &Spec, school_no: &str) -> Result<Naming> {
    let fault =
        |fault: crate::delivery::naming::PatternFault| RegisterError::Unusable(fault.zh(), fault.to_string());
    let extension = spec.extension.as_str();
    if !matches!(extension, "jpg" | "JPG") {
        return Err(RegisterError::Unusable(
            "扩展名应为 jpg 或 JPG".into(),
            "the extension is jpg or JPG".into(),
        ));
    }
    if !(1..=MOST_PER_VOLUME).contains(&spec.photos_per_volume) {
        return Err(RegisterError::Unusable(
            format!("每卷照片数应在 1 至 {MOST_PER_VOLUME} 之间"),
            format!("a volume holds between 1 and {MOST_PER_VOLUME} photos"),
        ));
    }
    Ok(Naming {
        pattern: Pattern::of_names(&spec.pattern).map_err(fault)?,
        fallback: Pattern::of_names(&spec.fallback).map_err(fault)?,
        folders: Pattern::parse(&spec.folders).map_err(fault)?,
        extension: extension.into(),
        school_no: school_no.into(),
    })
}

fn not_now(event: &str) -> RegisterError {
    Refused::not_now(event, "the delivery is being built, or was sent", "报送包正在打包或已报送").into()
}

fn delivery(row: &AnyRow) -> Result<Delivery> {
    let manifest: String = row.try_get("manifest")?;
    let made = match manifest.as_str() {
        "" => None,
        _ => Some((manifest, serde_json::from_str(row.try_get("signature")?)?)),
    };
    let state = match row.try_get("state")? {
        "building" => DeliveryState::Building,
        "ready" => DeliveryState::Ready,
        "sent" => DeliveryState::Sent,
        other => return Err(RegisterError::Damaged(format!("the state {other:?} of a delivery"))),
    };
    Ok(Delivery {
        number: row.try_get("number")?,
        at_ms: row.try_get::<i64, _>("at_ms")? as u64,
        spec: serde_json::from_str(row.try_get("spec")?)?,
        state,
        photos: row.try_get::<i64, _>("photos")? as usize,
        made,
    })
}

fn delivered(row: &AnyRow) -> Result<Delivered> {
    let answer: &str = row.try_get("answer")?;
    let answer = match answer {
        "" => None,
        kind => Some((serde_json::from_str(kind)?, row.try_get("words")?)),
    };
    Ok(Delivered {
        place: row.try_get("place")?,
        line: Line {
            student: uuid(row, "student")?,
            shot: uuid(row, "shot")?,
            name: row.try_get("name")?,
            record: serde_json::from_str(row.try_get("record")?)?,
        },
        lacking: row.try_get("lacking")?,
        answer,
    })
}
