//! The end: the balance before a campaign closes, and the purge after its time of keeping.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::{query, query_scalar};

use roster::student::{Name, Student};
use seal::delivery::Signature;
use seal::identity::CampaignId;

use super::codes::Keys;
use super::{Act, Change, Entry, Logged, Register, RegisterError, Result, tables};
use crate::case::status::Status;
use crate::closing::Disposition;
use crate::day;
use crate::phase::Move;
use crate::settings::Settings;

/// What was deleted at the end of the time of keeping, signed by the school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The campaign.
    pub campaign: String,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
    /// The account that did it.
    pub account: String,
    /// What was deleted, each with its count: on the school's side, then on the capture side.
    pub deleted: Vec<(String, u64)>,
    /// What stays: numbers without persons.
    pub kept: Vec<(String, u64)>,
}

/// The first day on which a campaign's data may be deleted; none while it is not closed or a legal hold stands.
pub fn purge_from(settings: &Settings, closed_ms: u64) -> Option<Date> {
    if closed_ms == 0 || settings.retention.legal_hold {
        return None;
    }
    day::of_ms(closed_ms).checked_add(i32::from(settings.retention.keep_days).days()).ok()
}

impl Register {
    /// Everybody with where the case ended.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn dispositions(&self, id: &CampaignId) -> Result<Vec<(Entry, Disposition)>> {
        let proofreads = self.campaign(id).await?.settings.proof.opens.is_some();
        let entries = self.students(id).await?.into_iter();
        Ok(entries.map(|entry| (entry.clone(), Disposition::of(&entry.case, proofreads))).collect())
    }

    /// Deletes everything personal on the school's side: records, codes, keys, disputes, deliveries, whose a payment
    /// was, accounts of students. What stays is where cases ended, without persons, and the log, which never named
    /// any. `elsewhere` is what the capture side deleted before.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] before the campaign is closed; [`RegisterError::Unusable`] before the day, or under
    /// a legal hold.
    pub async fn purge(
        &self,
        id: &CampaignId,
        elsewhere: &[(String, u64)],
        (keys, act): (&Keys, &Act<'_>),
    ) -> Result<(String, Signature)> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let state = change.state.after(Move::Purge, act.role)?;
        may_purge(&change.settings, change.state.closed_ms, act.at_ms)?;
        let mut deleted = elsewhere.to_vec();
        let mut kept = Vec::new();
        let entries = change.students().await?;
        for status in Status::ALL {
            let count = entries.iter().filter(|entry| Status::of(&entry.case) == status).count();
            if count > 0 {
                kept.push((status.zh().to_owned(), count as u64));
            }
        }
        for (what, sql) in tables::PURGE {
            let done = query(*sql).bind(id.as_str()).execute(&mut *change.writing).await?;
            deleted.push(((*what).to_owned(), done.rows_affected()));
        }
        let nobody =
            entries.first().map(|entry| serde_json::to_string(&nobody(&entry.student))).transpose()?;
        let done = query(tables::FORGET_STUDENTS)
            .bind(id.as_str())
            .bind(nobody.unwrap_or_default())
            .execute(&mut *change.writing)
            .await?;
        deleted.push(("学生信息".into(), done.rows_affected()));
        let certificate = Certificate {
            campaign: id.to_string(),
            at_ms: act.at_ms,
            account: act.account.into(),
            deleted,
            kept,
        };
        let text = serde_json::to_string_pretty(&certificate)?;
        let signature = Signature::of(text.as_bytes(), &keys.issuing.issuer)
            .ok_or_else(|| RegisterError::Damaged("the school's key does not sign".into()))?;
        query(tables::NEW_CERTIFICATE)
            .bind(id.as_str())
            .bind(&text)
            .bind(serde_json::to_string(&signature)?)
            .execute(&mut *change.writing)
            .await?;
        change.state = state;
        change.version += 1;
        change.log(&Logged::Step { step: Move::Purge }, "", act)?;
        change.commit().await?;
        Ok((text, signature))
    }

    /// The certificate of a campaign that was purged.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] while it was not.
    pub async fn certificate(&self, id: &CampaignId) -> Result<(String, Signature)> {
        let text: Option<String> =
            query_scalar(tables::CERTIFICATE).bind(id.as_str()).fetch_optional(self.store().reader()).await?;
        let signature: Option<String> =
            query_scalar(tables::CERTIFIED).bind(id.as_str()).fetch_optional(self.store().reader()).await?;
        let (text, signature) = text.zip(signature).ok_or(RegisterError::Unknown)?;
        Ok((text, serde_json::from_str(&signature)?))
    }
}

/// The record of nobody.
fn nobody(of: &Student) -> Student {
    Student {
        line: 0,
        student_no: String::new(),
        name: Name { original: String::new(), plain: String::new() },
        sex: None,
        birth: None,
        document_type: of.document_type,
        document_no: String::new(),
        exam_no: String::new(),
        college: String::new(),
        major: String::new(),
        cohort: String::new(),
        level: None,
        years: String::new(),
        enrolled: None,
        graduates: None,
        status: String::new(),
        remark: String::new(),
    }
}

/// Whether the time of keeping is over.
///
/// # Errors
/// [`RegisterError::Unusable`] with the day from which it is.
pub fn may_purge(settings: &Settings, closed_ms: u64, at_ms: u64) -> Result<()> {
    let unusable = |zh: String, en: String| Err(RegisterError::Unusable(zh, en));
    match purge_from(settings, closed_ms) {
        None if settings.retention.legal_hold => unusable(
            "有未了结的争议或法定保存要求（设置 retention.legal-hold），不能清除".into(),
            "a legal hold stands (setting retention.legal-hold): nothing is deleted".into(),
        ),
        None => {
            unusable("活动尚未结束，不能清除".into(), "the campaign is not closed: nothing is deleted".into())
        }
        Some(from) if day::of_ms(at_ms) < from => unusable(
            format!("保存期未满：{from} 起才能清除"),
            format!("the time of keeping lasts until then: nothing is deleted before {from}"),
        ),
        Some(_) => Ok(()),
    }
}

impl Change<'_> {
    /// Nobody may be left without an end when a campaign closes.
    pub async fn check_dispositions(&mut self) -> Result<()> {
        let proofreads = self.settings.proof.opens.is_some();
        let open = self.students().await?;
        let open: Vec<String> = open
            .iter()
            .filter(|entry| Disposition::of(&entry.case, proofreads) == Disposition::Open)
            .map(|entry| entry.student.student_no.clone())
            .collect();
        if open.is_empty() { Ok(()) } else { Err(RegisterError::Undecided(open)) }
    }
}
