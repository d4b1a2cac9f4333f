//! Collection codes of a campaign: given, shown again to their student, revoked. Of a code's text only a keyed
//! fingerprint and a copy hidden under the campaign's key at rest are kept.

use std::collections::{BTreeSet, HashMap};

use sqlx::any::AnyRow;
use sqlx::{Row, query, query_scalar};
use uuid::Uuid;

use roster::student::{Level as RosterLevel, Student};
use seal::code::fingerprint::Fingerprint;
use seal::code::text::{CodeText, Issuer, IssuingKeys};
use seal::code::{CodeId, Holder, Level, SchoolId};
use seal::identity::CampaignId;
use seal::keys::{HidingKey, Nonce};
use seal::masking::{Manner, MaskedDocument, MaskedName};
use seal::rest;
use seal::suite::NONCE_BYTES;

use super::{Act, Change, Entry, Logged, Register, RegisterError, Result, tables, uuid};
use crate::case::tracks::{Code, CodeEvent, ConsentEvent, Eligibility, Event};
use crate::role::Role;
use crate::settings::Settings;

/// What the school issues codes with.
#[derive(Debug)]
pub struct Keys {
    /// Hides and signs codes.
    pub issuing: IssuingKeys,
    /// Makes fingerprints of codes.
    pub fingerprint: HidingKey,
    /// Hides the texts of codes while they are kept.
    pub rest: HidingKey,
}

/// A code that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its id.
    pub id: CodeId,
    /// Its text, to be drawn.
    pub text: CodeText,
    /// What it says.
    pub holder: Holder,
    /// The first second in which it no longer holds, since 1970-01-01 UTC.
    pub expires_s: u64,
}

/// What issuing came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Issued {
    /// Students who got a code.
    pub issued: usize,
    /// Students who had one, or do not take part.
    pub kept: usize,
    /// Students of whom the roster does not say what a code needs, such as the level.
    pub lacking: Vec<Uuid>,
}

impl Register {
    /// Drops a key that somebody else keeps now.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be written.
    pub async fn drop_key(&self, id: &CampaignId, holder: &str) -> Result<()> {
        let drop = query(tables::DROP_KEY).bind(id.as_str()).bind(holder);
        drop.execute(self.store.reader()).await?;
        Ok(())
    }

    /// The locked text of a key file.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when the campaign has none for this holder.
    pub async fn key(&self, id: &CampaignId, holder: &str) -> Result<String> {
        let key = query_scalar(tables::KEY).bind(id.as_str()).bind(holder);
        key.fetch_optional(self.store.reader()).await?.ok_or(RegisterError::Unknown)
    }

    /// Gives a code to each of these students who takes part and has none; all of them or nobody. Those of whom
    /// the roster says too little are named and left out.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] for a role that gives no codes.
    pub async fn issue_codes(
        &self,
        id: &CampaignId,
        students: &[Uuid],
        keys: &Keys,
        expires_s: u64,
        act: &Act<'_>,
    ) -> Result<Issued> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let ids: Vec<String> =
            query_scalar(tables::CODE_IDS).bind(id.as_str()).fetch_all(&mut *change.writing).await?;
        let mut issuer = Issuer::new(&keys.issuing, ids.iter().filter_map(|id| CodeId::parse(id)));
        let school = school(change.settings.campaign.school_no.as_deref())?;
        let mask = change.settings.code.mask;
        let wanted: BTreeSet<Uuid> = students.iter().copied().collect();
        let all: HashMap<Uuid, Entry> =
            change.students().await?.into_iter().map(|entry| (entry.id, entry)).collect();
        let mut issued = Issued::default();
        for student in wanted {
            let mut entry = all.get(&student).cloned().ok_or(RegisterError::Unknown)?;
            let is_due = entry.case.eligibility == Eligibility::Expected
                && matches!(entry.case.code, Code::None | Code::Problem);
            if !is_due {
                issued.kept += 1;
                continue;
            }
            let Some(holder) = holder(&entry.student, &school, mask) else {
                issued.lacking.push(student);
                continue;
            };
            entry.case = entry.case.after(Event::Code(CodeEvent::Register), act.role)?;
            entry.version += 1;
            let issued_s = act.at_ms / 1000;
            let (code, text) = issuer
                .issue(&holder, (issued_s, expires_s), nonce()?)
                .map_err(|error| RegisterError::Unusable(error.zh(), error.to_string()))?;
            let hidden = rest::put(text.reveal().as_bytes(), &code.to_string(), &keys.rest, nonce()?)
                .ok_or_else(|| RegisterError::Damaged("the key at rest does not encrypt".into()))?;
            query(tables::NEW_CODE)
                .bind(code.to_string())
                .bind(id.as_str())
                .bind(student.to_string())
                .bind(Fingerprint::of(text.reveal(), &keys.fingerprint).to_string())
                .bind(hidden)
                .bind(issued_s as i64)
                .bind(expires_s as i64)
                .execute(&mut *change.writing)
                .await?;
            change.keep(&entry).await?;
            change.log(
                &Logged::Case { step: Event::Code(CodeEvent::Register) },
                &student.to_string(),
                act,
            )?;
            issued.issued += 1;
        }
        change.log(&Logged::Codes { change: "issued", count: issued.issued }, "", act)?;
        change.commit().await?;
        Ok(issued)
    }

    /// The code that a student has; `None` when there is none that holds.
    ///
    /// # Errors
    /// [`RegisterError::Damaged`] when it does not open under the campaign's key.
    pub async fn standing_code(
        &self,
        entry: &Entry,
        settings: &Settings,
        keys: &Keys,
    ) -> Result<Option<Standing>> {
        let row = query(tables::STANDING_CODE).bind(entry.id.to_string());
        let Some(row) = row.fetch_optional(self.store.reader()).await? else { return Ok(None) };
        let id: String = row.try_get("id")?;
        let damaged = |why: &str| RegisterError::Damaged(format!("the code {id}: {why}"));
        let expires_s: i64 = row.try_get("expires_s")?;
        let holder =
            holder(&entry.student, &school(settings.campaign.school_no.as_deref())?, settings.code.mask);
        Ok(Some(Standing {
            id: CodeId::parse(&id).ok_or_else(|| damaged("its id"))?,
            text: text(&row, keys)?,
            holder: holder.ok_or_else(|| damaged("its student has no level any more"))?,
            expires_s: expires_s as u64,
        }))
    }

    /// The text of every code that holds, by its student.
    ///
    /// # Errors
    /// [`RegisterError::Damaged`] when one does not open under the campaign's key.
    pub async fn standing_texts(&self, id: &CampaignId, keys: &Keys) -> Result<HashMap<Uuid, CodeText>> {
        let rows = query(tables::STANDING_CODES).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        rows.iter().map(|row| Ok((uuid(row, "student")?, text(row, keys)?))).collect()
    }

    /// Revokes a student's code, from the version that the actor saw.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] where there is none, for other roles, or when it came too late.
    pub async fn revoke_code(
        &self,
        id: &CampaignId,
        student: Uuid,
        seen: i64,
        act: &Act<'_>,
    ) -> Result<Entry> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let mut entry = change.student(student).await?;
        change.step(&mut entry, Event::Code(CodeEvent::Revoke), Some(seen), act).await?;
        query(tables::REVOKE_CODES)
            .bind(student.to_string())
            .bind((act.at_ms / 1000) as i64)
            .execute(&mut *change.writing)
            .await?;
        change.commit().await?;
        Ok(entry)
    }

    /// The student to whom a code was given.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when the campaign gave no such code.
    pub async fn holder_of(&self, id: &CampaignId, code: CodeId) -> Result<Uuid> {
        let holder = query_scalar(tables::HOLDER_OF_CODE).bind(id.as_str()).bind(code.to_string());
        let holder: Option<String> = holder.fetch_optional(self.store.reader()).await?;
        let holder = holder.ok_or(RegisterError::Unknown)?;
        Uuid::parse_str(&holder).map_err(|error| RegisterError::Damaged(error.to_string()))
    }

    /// Every revoked code of a campaign, for the bundles of stations.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn revoked_codes(&self, id: &CampaignId) -> Result<Vec<CodeId>> {
        let ids: Vec<String> =
            query_scalar(tables::REVOKED_CODES).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        Ok(ids.iter().filter_map(|id| CodeId::parse(id)).collect())
    }
}

/// The text of a code that is kept hidden.
fn text(row: &AnyRow, keys: &Keys) -> Result<CodeText> {
    let id: String = row.try_get("id")?;
    let damaged = |why: String| RegisterError::Damaged(format!("the code {id}: {why}"));
    let text =
        rest::get(row.try_get("hidden")?, &id, &keys.rest).map_err(|fault| damaged(fault.to_string()))?;
    let text = String::from_utf8(text.to_vec()).map_err(|error| damaged(error.to_string()))?;
    Ok(CodeText::again(text))
}

fn school(number: Option<&str>) -> Result<SchoolId> {
    let number = number.ok_or_else(|| {
        RegisterError::Unusable(
            "采集活动没有填写院校代码（campaign.school-no），采集码上需要".into(),
            "the campaign's settings lack the school's number (campaign.school-no), which codes state".into(),
        )
    })?;
    number.to_owned().try_into().map_err(|problem: seal::identity::IdProblem| {
        RegisterError::Unusable(
            format!("院校代码：{}", problem.zh()),
            format!("the school's number: {problem}"),
        )
    })
}

/// A level of the roster as codes state it; the two crates do not know each other.
pub fn level(level: RosterLevel) -> Level {
    match level {
        RosterLevel::Junior => Level::Junior,
        RosterLevel::Undergraduate => Level::Undergraduate,
        RosterLevel::Master => Level::Master,
        RosterLevel::Doctor => Level::Doctor,
    }
}

/// What a code may say of a student; `None` where the roster says too little.
pub fn holder(student: &Student, school: &SchoolId, mask: Manner) -> Option<Holder> {
    let level = level(student.level?);
    Some(Holder {
        student: student.student_no.clone().try_into().ok()?,
        name: MaskedName::in_manner(&student.name.plain, mask),
        document: MaskedDocument::of(&student.document_no),
        school: school.clone(),
        level,
    })
}

pub(super) fn nonce() -> Result<Nonce> {
    let mut random = [0; NONCE_BYTES];
    getrandom::fill(&mut random)
        .map_err(|error| RegisterError::Damaged(format!("no random bytes: {error}")))?;
    Ok(Nonce::new(random))
}

impl Change<'_> {
    /// Lets something happen to a student who is held by this change, and logs it.
    pub async fn step(
        &mut self,
        entry: &mut Entry,
        step: Event,
        seen: Option<i64>,
        act: &Act<'_>,
    ) -> Result<()> {
        if seen.is_some_and(|seen| seen != entry.version) {
            return Err(crate::step::Refused::Stale.into());
        }
        entry.case = entry.case.after(step, act.role)?;
        entry.version += 1;
        self.keep(entry).await?;
        if step == Event::Consent(ConsentEvent::Decline) {
            self.forget_faces(Some(entry.id)).await?;
        }
        self.log(&Logged::Case { step }, &entry.id.to_string(), act)
    }
}

/// As the program itself, in somebody's stead.
pub(super) fn system<'a>(act: &Act<'a>) -> Act<'a> {
    Act { role: Role::System, ..act.clone() }
}
