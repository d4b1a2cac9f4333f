//! What stations may know of a campaign: what is planned and which codes are expected with it, never who they are.

use std::collections::HashMap;

use sqlx::{Row, query};
use uuid::Uuid;

use jiff::civil::Date;
use schedule::ClassId;
use seal::code::Level;
use seal::code::bundle::{BEGINNING_BYTES, Check, Expected, Held, Reference, Revoked, Session};
use seal::code::fingerprint::Fingerprint;
use seal::identity::CampaignId;

use super::codes::{Keys, level};
use super::faces::Face;
use super::sessions::{Edition, class_id};
use super::{Act, Change, Entry, Logged, Register, RegisterError, Result, tables};
use crate::case::tracks::{Eligibility, Payment};
use crate::day;
use crate::linking::class_name;
use crate::phase::Phase;
use crate::settings::{Payer, Rule, Settings, Verdict};

/// The part of a station's bundle that the school gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForStations {
    /// What the campaign is called.
    pub title: String,
    /// The preset that photos are judged by.
    pub standard: String,
    /// The school's number and name.
    pub school: Option<(String, String)>,
    /// Codes that no longer hold.
    pub revoked: Revoked,
    /// Levels of study of those who take part.
    pub levels: Vec<Level>,
    /// Classes in the order of their times; those without one come last.
    pub sessions: Vec<Session>,
    /// What a person looks at before the photo.
    pub checks: Vec<Check>,
    /// Whether stations compare faces.
    pub compares_faces: bool,
}

const DAY: i64 = 86_400;

impl Register {
    /// What stations may know of a campaign.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is no such campaign.
    pub async fn for_stations(&self, id: &CampaignId) -> Result<ForStations> {
        let settings = self.campaign(id).await?.settings;
        let edition = self.edition(id).await?;
        let mut levels: Vec<Level> = Vec::new();
        let beginnings = self.code_beginnings(id).await?;
        let mut classes: Vec<(String, String, Vec<Expected>)> = Vec::new();
        let mut known: HashMap<(String, String), usize> = HashMap::new();
        // The roster's order is the queue's: those held back first where the campaign says so, then by number.
        for entry in self.students(id).await? {
            let student = &entry.student;
            let class = (student.college.clone(), student.cohort.clone());
            let at = *known.entry(class).or_insert_with_key(|(college, cohort)| {
                classes.push((college.clone(), cohort.clone(), Vec::new()));
                classes.len() - 1
            });
            let own = student.level.map(level);
            levels.extend(own.filter(|own| !levels.contains(own)));
            if let Some(&code) = beginnings.get(&entry.id) {
                classes[at].2.push(Expected { code, held: held(&entry, &settings) });
            }
        }
        let mut sessions: Vec<Session> = classes
            .into_iter()
            .map(|(college, cohort, codes)| {
                session(&settings, edition.as_ref(), &class_id(&college, &cohort), (college, cohort), codes)
            })
            .collect();
        sessions.sort_by_key(|session| if session.starts_s == 0 { u64::MAX } else { session.starts_s });
        let school = settings.campaign.school_no.clone().map(|no| (no, settings.campaign.school.clone()));
        Ok(ForStations {
            title: settings.campaign.title.clone(),
            standard: settings.photo.standard.clone(),
            school,
            levels,
            revoked: Revoked::new(self.revoked_codes(id).await?),
            sessions,
            checks: checks(&settings),
            compares_faces: settings.photo.compare_faces,
        })
    }

    /// How those look whose photo is compared with a reference, by the beginnings of their codes' fingerprints, from
    /// which distance a person has to look, and until when; nobody where the campaign does not compare.
    ///
    /// # Errors
    /// [`RegisterError::Damaged`] when a face does not open.
    pub async fn references(&self, id: &CampaignId, keys: &Keys) -> Result<(Vec<Reference>, f32, u64)> {
        let campaign = self.campaign(id).await?;
        let Some(limits) = campaign.settings.photo.reference.filter(|_| campaign.state.phase < Phase::Closed)
        else {
            return Ok((Vec::new(), 0.0, 0));
        };
        let beginnings = self.code_beginnings(id).await?;
        let faces = self.faces(id, keys).await?.into_iter().filter(|face| face.shot.is_none());
        let reference = |face: Face| {
            Some(Reference { code: *beginnings.get(&face.student)?, face: face.vector.to_vec() })
        };
        let last = campaign.settings.campaign.days.iter().max();
        let until_s = last.and_then(|last| day::end_of(*last).ok()).unwrap_or_default();
        Ok((faces.filter_map(reference).collect(), limits.different_above, until_s))
    }

    /// Writes down that a station was opened or revoked, by its name or its key.
    ///
    /// # Errors
    /// [`RegisterError`] when it cannot be written down.
    pub async fn station_changed(
        &self,
        id: &CampaignId,
        change: &'static str,
        station: &str,
        act: &Act<'_>,
    ) -> Result<()> {
        let mut writing = Change::begin(self.store.begin().await?, id).await?;
        writing.log(&Logged::Station { change, station }, "", act)?;
        writing.commit().await
    }

    async fn code_beginnings(&self, id: &CampaignId) -> Result<HashMap<Uuid, [u8; BEGINNING_BYTES]>> {
        let rows = query(tables::FINGERPRINTS).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            let damaged = || RegisterError::Damaged("the fingerprint of a code".into());
            let student = Uuid::parse_str(row.try_get("student")?).map_err(|_| damaged())?;
            let Fingerprint(whole) = Fingerprint::parse(row.try_get("fingerprint")?).ok_or_else(damaged)?;
            let beginning = whole.first_chunk().copied().ok_or_else(damaged)?;
            Ok((student, beginning))
        };
        rows.iter().map(read).collect()
    }
}

fn held(entry: &Entry, settings: &Settings) -> Held {
    let pays_before =
        settings.fee.as_ref().is_some_and(|fee| fee.payer == Payer::Student && fee.due.is_some());
    match (entry.case.eligibility, entry.case.payment) {
        (Eligibility::Expected, Payment::Due) if pays_before => Held::Unpaid,
        (Eligibility::Expected, _) => Held::No,
        _ => Held::NotTakingPart,
    }
}

/// A class's time and station; both open where no timetable is published.
fn session(
    settings: &Settings,
    edition: Option<&Edition>,
    class: &ClassId,
    (college, cohort): (String, String),
    codes: Vec<Expected>,
) -> Session {
    let placed = edition.and_then(|edition| edition.session_of(class));
    let at = |seconds: i64| {
        let day: Date = *settings.campaign.days.get(usize::try_from(seconds.div_euclid(DAY)).ok()?)?;
        let midnight = day::end_of(day).ok()?.checked_sub(DAY as u64)?;
        Some(midnight + seconds.rem_euclid(DAY) as u64)
    };
    let heads = codes.iter().filter(|expected| expected.held != Held::NotTakingPart).count();
    Session {
        name: class_name(&college, &cohort),
        starts_s: placed.as_ref().and_then(|placed| at(placed.start)).unwrap_or(0),
        ends_s: placed.as_ref().and_then(|placed| at(placed.end)).unwrap_or(0),
        heads: u32::try_from(heads).unwrap_or(u32::MAX),
        station: placed.map(|placed| placed.station).unwrap_or_default(),
        codes,
    }
}

/// What the campaign does not want to see on a photo, each as something to look at.
fn checks(settings: &Settings) -> Vec<Check> {
    let rules =
        settings.appearance.iter().flat_map(|(item, rules)| rules.iter().map(move |rule| (item, rule)));
    let is_unwanted = |rule: &Rule| matches!(rule.verdict, Verdict::Forbidden | Verdict::AdvisedAgainst);
    rules
        .filter(|(_, rule)| is_unwanted(rule))
        .map(|(item, rule)| Check {
            name: serde_json::to_value(item)
                .ok()
                .and_then(|name| name.as_str().map(str::to_owned))
                .unwrap_or_default(),
            zh: rule.zh.clone(),
            en: rule.en.clone(),
        })
        .collect()
}
