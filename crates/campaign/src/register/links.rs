//! Codes of another issuer, linked to students: by the student who shows the saved picture on the own page, by what is
//! printed on the code where nobody else of the roster fits, or by a person. Of such a code only a keyed fingerprint
//! and, hidden under the campaign's key at rest, a key derived from its text are kept.

use std::collections::HashMap;

use sqlx::any::AnyRow;
use sqlx::{Row, query, query_scalar};
use uuid::Uuid;

use roster::student::Level;
use seal::code::fingerprint::Fingerprint;
use seal::code::linked::{self, Linked};
use seal::code::text::CodeText;
use seal::identity::CampaignId;
use seal::masking::{MaskedDocument, MaskedName};
use seal::rest;

use super::codes::{Keys, nonce};
use super::{Act, Change, Logged, Register, RegisterError, Result, tables, uuid};
use crate::linking::{self, Links, Shown};
use crate::settings::{CodeMode, Settings};
use crate::step::Refused;

/// A code that somebody showed and that a person has to link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Which code.
    pub code: Fingerprint,
    /// What is printed on it.
    pub shown: Shown,
    /// The class at the station then.
    pub class: String,
    /// Where it was shown.
    pub station: String,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
    /// Who it can be; those of the class come first.
    pub candidates: Vec<Uuid>,
}

/// Where a code was shown.
#[derive(Debug, Clone, Copy)]
pub struct Place<'p> {
    /// The class at the station.
    pub class: &'p str,
    /// The station.
    pub station: &'p str,
}

impl Register {
    /// Links another issuer's code to a student, in place of an earlier one of this student.
    ///
    /// # Errors
    /// [`RegisterError::Unusable`] when it is linked to somebody else: whoever came first keeps it until a person says
    /// otherwise.
    pub async fn link(
        &self,
        id: &CampaignId,
        student: Uuid,
        link: &linked::Link,
        keys: &Keys,
        act: &Act<'_>,
    ) -> Result<()> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        change.link(student, link, "", keys, act).await?;
        change.commit().await
    }

    /// Takes a student's link back. By its print that code is not linked again.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is none.
    pub async fn unlink(&self, id: &CampaignId, student: Uuid, act: &Act<'_>) -> Result<()> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let code = change.link_of(student).await?.ok_or(RegisterError::Unknown)?;
        change.doubt(&code).await?;
        let drop = query(tables::DROP_LINK).bind(id.as_str()).bind(student.to_string());
        drop.execute(&mut *change.writing).await?;
        change.log(&Logged::Link { change: "code-unlinked" }, &student.to_string(), act)?;
        change.commit().await
    }

    /// Links a code by what is printed on it, where nobody else of the roster fits and who fits showed no other code;
    /// otherwise, and where a person doubted it before, a person is asked. Whether it is linked now.
    ///
    /// # Errors
    /// [`RegisterError::Unusable`] in a campaign of codes of its own.
    pub async fn link_shown(
        &self,
        id: &CampaignId,
        link: &linked::Link,
        (shown, at): (&Shown, Place<'_>),
        keys: &Keys,
        act: &Act<'_>,
    ) -> Result<bool> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        takes_other_codes(&change.settings)?;
        let entries = change.students().await?;
        if let Some((student, _)) = change.linked_to(link.fingerprint).await? {
            let known = entries.iter().find(|entry| entry.id == student);
            // A code that opens nothing any more is for a person.
            if known.is_some_and(|entry| shown.fits(&entry.student)) && change.has_code(student).await? {
                return Ok(true);
            }
        } else if let linking::Link::One(student) =
            Links::new(entries.iter().map(|entry| (entry.id, &entry.student))).link(shown, at.class)
            && !change.is_doubted(link.fingerprint).await?
            && change.link_of(student).await?.is_none()
            && change.has_code(student).await?
        {
            change.link(student, link, at.station, keys, act).await?;
            change.commit().await?;
            return Ok(true);
        }
        query(tables::ASK_LINK)
            .bind(id.as_str())
            .bind(link.fingerprint.to_string())
            .bind(hidden(link, keys)?)
            .bind(shown.name.as_str())
            .bind(shown.document.as_str())
            .bind(shown.level.map(|level| serde_json::to_string(&level)).transpose()?.unwrap_or_default())
            .bind(at.class)
            .bind(at.station)
            .bind(act.at_ms as i64)
            .execute(&mut *change.writing)
            .await?;
        change.log(&Logged::Link { change: "code-asked" }, "", act)?;
        change.commit().await?;
        Ok(false)
    }

    /// Codes that a person has to link, the latest first.
    ///
    /// # Errors
    /// [`RegisterError::Damaged`] when one cannot be read.
    pub async fn link_questions(&self, id: &CampaignId) -> Result<Vec<Question>> {
        let rows = query(tables::LINK_QUESTIONS).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let entries = self.students(id).await?;
        let links = Links::new(entries.iter().map(|entry| (entry.id, &entry.student)));
        rows.iter().map(|row| question(row, &links)).collect()
    }

    /// How often a station asked whose a code is since a time, as far as nobody answered for it.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn asked_lately(&self, id: &CampaignId, station: &str, since_ms: u64) -> Result<u64> {
        let asked = query_scalar(tables::ASKED_LATELY).bind(id.as_str()).bind(station).bind(since_ms as i64);
        let asked: i64 = asked.fetch_one(self.store.reader()).await?;
        Ok(asked as u64)
    }

    /// A person says whose a code is, or that it is nobody's. Only with `replace` it takes the place of another code
    /// that the student showed before.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when nobody asked about this code, [`RegisterError::Refused`] for a student with
    /// another one.
    pub async fn answer_link(
        &self,
        id: &CampaignId,
        code: Fingerprint,
        (student, replace): (Option<Uuid>, bool),
        keys: &Keys,
        act: &Act<'_>,
    ) -> Result<()> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let asked = query_scalar(tables::LINK_QUESTION).bind(id.as_str()).bind(code.to_string());
        let asked: Option<Vec<u8>> = asked.fetch_optional(&mut *change.writing).await?;
        let link = shown(code, &asked.ok_or(RegisterError::Unknown)?, keys)?;
        if let Some(student) = student {
            let other = change.link_of(student).await?.is_some_and(|known| known != code.to_string());
            if other && !replace {
                let words = ("linking", "another code is linked to the student");
                return Err(Refused::not_now(words.0, words.1, "该学生已登记另一个采集码").into());
            }
            change.link(student, &link, "", keys, act).await?;
        } else {
            change.doubt(&code.to_string()).await?;
            change.forget_question(code).await?;
            change.log(&Logged::Link { change: "code-of-nobody" }, "", act)?;
        }
        change.commit().await
    }

    /// Whose students' codes are linked.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn linked_students(&self, id: &CampaignId) -> Result<Vec<Uuid>> {
        let rows = query(tables::LINKS).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        rows.iter().map(|row| uuid(row, "student")).collect()
    }

    /// Our codes, each hidden for whoever shows the code that was linked to it, for the bundles of stations; `None` where
    /// the campaign takes its own codes alone.
    ///
    /// # Errors
    /// [`RegisterError::Damaged`] when one does not open.
    pub async fn linked(&self, id: &CampaignId, keys: &Keys) -> Result<Option<Vec<Linked>>> {
        if !has_other_codes(&self.campaign(id).await?.settings) {
            return Ok(None);
        }
        let rows = query(tables::LINKS).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        if rows.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let standing: HashMap<Uuid, CodeText> = self.standing_texts(id, keys).await?;
        let mut linked = Vec::new();
        for row in &rows {
            if let Some(own) = standing.get(&uuid(row, "student")?) {
                let link = shown(fingerprint(row)?, row.try_get("hidden")?, keys)?;
                let station: &str = row.try_get("station")?;
                linked.extend(link.hide(own, !station.is_empty()));
            }
        }
        Ok(Some(linked))
    }

    /// Our code behind another issuer's; `None` where none is linked, or its student has none of ours.
    ///
    /// # Errors
    /// [`RegisterError::Damaged`] when it does not open.
    pub async fn behind(&self, id: &CampaignId, text: &str, keys: &Keys) -> Result<Option<CodeText>> {
        let link = linked::Link::of(text, &keys.fingerprint);
        let campaign = self.campaign(id).await?;
        if !has_other_codes(&campaign.settings) {
            return Ok(None);
        }
        let found = query_scalar(tables::LINKED_TO).bind(id.as_str()).bind(link.fingerprint.to_string());
        let found: Option<String> = found.fetch_optional(self.store.reader()).await?;
        let Some(student) = found.and_then(|student| Uuid::parse_str(&student).ok()) else { return Ok(None) };
        let entry = self.student(id, student).await?;
        let standing = self.standing_code(&entry, &campaign.settings, keys).await?;
        Ok(standing.map(|standing| standing.text))
    }
}

impl Change<'_> {
    /// Links inside a change: by what was printed at a station, or, without one, as the student or a person says, who
    /// confirm what was linked by print and bring its key in order.
    async fn link(
        &mut self,
        student: Uuid,
        link: &linked::Link,
        station: &str,
        keys: &Keys,
        act: &Act<'_>,
    ) -> Result<()> {
        takes_other_codes(&self.settings)?;
        self.student(student).await?;
        if !self.has_code(student).await? {
            return Err(RegisterError::unusable(
                "学校尚未为该学生签发采集码：签发后再登记",
                "the school has not issued its own code for this student yet: link this one afterwards",
            ));
        }
        let known = self.linked_to(link.fingerprint).await?;
        match &known {
            Some((other, _)) if *other != student => {
                return Err(RegisterError::unusable(
                    "此采集码已登记在另一名学生名下：请核对是否拿错；确属本人的，请学籍管理部门取消原登记后再试",
                    "this code is linked to another student: look whether it is the own one; if it is, the registry takes the other link back first",
                ));
            }
            _ => {}
        }
        query(tables::KEEP_LINK)
            .bind(self.campaign().as_str())
            .bind(student.to_string())
            .bind(link.fingerprint.to_string())
            .bind(hidden(link, keys)?)
            .bind(station)
            .bind(act.at_ms as i64)
            .execute(&mut *self.writing)
            .await?;
        self.forget_question(link.fingerprint).await?;
        // Shown again by its student it is no news.
        if known.is_none_or(|(_, known)| known != station) {
            let change = if station.is_empty() { "code-linked" } else { "code-linked-by-print" };
            self.log(&Logged::Link { change }, &student.to_string(), act)?;
        }
        Ok(())
    }

    async fn forget_question(&mut self, code: Fingerprint) -> Result<()> {
        let forget = query(tables::DROP_LINK_QUESTION).bind(self.campaign().as_str()).bind(code.to_string());
        forget.execute(&mut *self.writing).await?;
        Ok(())
    }

    /// Keeps that a person took this code from somebody.
    async fn doubt(&mut self, code: &str) -> Result<()> {
        let doubt = query(tables::DOUBT_LINK).bind(self.campaign().as_str()).bind(code);
        doubt.execute(&mut *self.writing).await?;
        Ok(())
    }

    async fn is_doubted(&mut self, code: Fingerprint) -> Result<bool> {
        let doubts = query_scalar(tables::LINK_DOUBTS).bind(self.campaign().as_str()).bind(code.to_string());
        let doubts: i64 = doubts.fetch_one(&mut *self.writing).await?;
        Ok(doubts > 0)
    }

    /// Whether a student has a code of ours that another issuer's can open.
    async fn has_code(&mut self, student: Uuid) -> Result<bool> {
        let standing = query(tables::STANDING_CODE).bind(student.to_string());
        Ok(standing.fetch_optional(&mut *self.writing).await?.is_some())
    }

    /// To whom a code is linked, and by the print at which station.
    async fn linked_to(&mut self, code: Fingerprint) -> Result<Option<(Uuid, String)>> {
        let found = query(tables::LINKED_TO).bind(self.campaign().as_str()).bind(code.to_string());
        let found = found.fetch_optional(&mut *self.writing).await?;
        found.map(|row| Ok((uuid(&row, "student")?, row.try_get("station")?))).transpose()
    }

    async fn link_of(&mut self, student: Uuid) -> Result<Option<String>> {
        let found = query_scalar(tables::LINK_OF).bind(self.campaign().as_str()).bind(student.to_string());
        Ok(found.fetch_optional(&mut *self.writing).await?)
    }
}

/// Whether students of a campaign show codes that another issuer made. What students make themselves says who they are to
/// whoever knows a number and a name: it is no secret, and opens nothing.
pub fn has_other_codes(settings: &Settings) -> bool {
    settings.code.mode == CodeMode::National
}

fn takes_other_codes(settings: &Settings) -> Result<()> {
    if has_other_codes(settings) {
        return Ok(());
    }
    Err(RegisterError::unusable(
        "本次采集使用学校签发的采集码，不接受其他采集码",
        "this campaign uses the school's own codes and takes no others",
    ))
}

fn hidden(link: &linked::Link, keys: &Keys) -> Result<Vec<u8>> {
    rest::put(link.reveal(), &link.fingerprint.to_string(), &keys.rest, nonce()?)
        .ok_or_else(|| RegisterError::Damaged("the key at rest does not encrypt".into()))
}

fn shown(code: Fingerprint, hidden: &[u8], keys: &Keys) -> Result<linked::Link> {
    let damaged = |why: String| RegisterError::Damaged(format!("a link: {why}"));
    let key = rest::get(hidden, &code.to_string(), &keys.rest).map_err(|fault| damaged(fault.to_string()))?;
    linked::Link::again(code, &key, &keys.fingerprint).ok_or_else(|| damaged("its key".into()))
}

fn fingerprint(row: &AnyRow) -> Result<Fingerprint> {
    let text: &str = row.try_get("fingerprint")?;
    Fingerprint::parse(text).ok_or_else(|| RegisterError::Damaged("the fingerprint of a link".into()))
}

fn question(row: &AnyRow, links: &Links<'_>) -> Result<Question> {
    let damaged = || RegisterError::Damaged("what was shown with a code".into());
    let (name, document): (String, String) = (row.try_get("name")?, row.try_get("document")?);
    let level: String = row.try_get("level")?;
    let level: Option<Level> = if level.is_empty() { None } else { Some(serde_json::from_str(&level)?) };
    let shown = Shown {
        name: MaskedName::from_mask(&name).ok_or_else(damaged)?,
        document: MaskedDocument::from_mask(&document).ok_or_else(damaged)?,
        level,
    };
    let class: String = row.try_get("class")?;
    let candidates = match links.link(&shown, &class) {
        linking::Link::One(student) => vec![student],
        linking::Link::Ask(several) => several,
        linking::Link::Nobody => Vec::new(),
    };
    let at_ms: i64 = row.try_get("at_ms")?;
    Ok(Question {
        code: fingerprint(row)?,
        shown,
        class,
        station: row.try_get("station")?,
        at_ms: at_ms as u64,
        candidates,
    })
}
