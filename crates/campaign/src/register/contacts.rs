//! Where students want to be reached beside their own page: an address that they give and take back themselves, kept
//! hidden; and what was sent there.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sqlx::{Row, query};
use uuid::Uuid;

use seal::identity::CampaignId;
use seal::rest;

use super::codes::{Keys, nonce};
use super::{Register, RegisterError, Result, tables, uuid};
use crate::message::Kind;

/// Longest address in letters; that of a mail has at most 254 (RFC 5321 §4.5.3.1.3).
pub const LONGEST: usize = 254;

/// So long a message belongs to the process that sends it, milliseconds: longer than one try takes.
const TAKEN_MS: u64 = 60_000;

/// A student's addresses; empty where there is none.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// For mail.
    #[serde(default)]
    pub email: String,
    /// For short messages, in digits, with `+` and the country where it is not China.
    #[serde(default)]
    pub phone: String,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact(***)")
    }
}

impl Contact {
    /// Checks the form; whether somebody reads it only a message shows.
    ///
    /// # Errors
    /// [`RegisterError::Unusable`] for what cannot be an address.
    pub fn checked(&self) -> Result<Self> {
        let (email, phone) = (self.email.trim(), self.phone.trim());
        let is_plain = |text: &str| text.chars().all(|one| one.is_ascii_graphic());
        let is_mail = |text: &str| {
            text.rsplit_once('@').is_some_and(|(name, host)| {
                !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
            })
        };
        let digits = phone.strip_prefix('+').unwrap_or(phone);
        let is_phone = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_good = email.is_empty() || (email.len() <= LONGEST && is_plain(email) && is_mail(email));
        if !is_good {
            return Err(RegisterError::unusable("邮箱地址不正确", "this is no mail address"));
        }
        if !phone.is_empty() && !is_phone {
            return Err(RegisterError::unusable("手机号不正确", "this is no telephone number"));
        }
        Ok(Self { email: email.into(), phone: phone.into() })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.email.is_empty() && self.phone.is_empty()
    }
}

/// By which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// By mail.
    Mail,
    /// By a service for short messages.
    Message,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Message => "message",
        }
    }
}

/// A message that is to go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// To whom.
    pub student: Uuid,
    /// What it is about.
    pub kind: Kind,
    /// What makes it one message.
    pub mark: String,
    /// In Chinese and in English.
    pub text: [String; 2],
    /// How often it was tried.
    pub tries: u32,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took it.
    Sent,
    /// It is tried again at a time, milliseconds since 1970-01-01 UTC.
    Again(u64, String),
    /// It will never be taken, and why.
    Refused(String),
}

impl Register {
    /// Keeps a student's addresses in place of earlier ones; empty ones take them back.
    ///
    /// # Errors
    /// [`RegisterError::Unusable`] for what cannot be an address.
    pub async fn set_contact(
        &self,
        id: &CampaignId,
        student: Uuid,
        contact: &Contact,
        keys: &Keys,
    ) -> Result<Contact> {
        let contact = contact.checked()?;
        let mut writing = self.store().begin().await?;
        query(tables::DROP_CONTACT)
            .bind(id.as_str())
            .bind(student.to_string())
            .execute(&mut *writing)
            .await?;
        if !contact.is_empty() {
            let hidden =
                rest::put(&serde_json::to_vec(&contact)?, &student.to_string(), &keys.rest, nonce()?)
                    .ok_or_else(|| RegisterError::Damaged("the key at rest does not encrypt".into()))?;
            query(tables::NEW_CONTACT)
                .bind(id.as_str())
                .bind(student.to_string())
                .bind(hidden)
                .execute(&mut *writing)
                .await?;
        }
        writing.commit().await?;
        Ok(contact)
    }

    /// The addresses that students gave; one student's where one is named.
    ///
    /// # Errors
    /// [`RegisterError::Damaged`] when one does not open.
    pub async fn contacts(
        &self,
        id: &CampaignId,
        student: Option<Uuid>,
        keys: &Keys,
    ) -> Result<HashMap<Uuid, Contact>> {
        let student = student.map(|student| student.to_string()).unwrap_or_default();
        let rows = query(tables::CONTACTS).bind(id.as_str()).bind(student);
        let rows = rows.fetch_all(self.store().reader()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            let student = uuid(row, "student")?;
            let hidden: Vec<u8> = row.try_get("hidden")?;
            let plain = rest::get(&hidden, &student.to_string(), &keys.rest);
            let plain = plain.map_err(|fault| RegisterError::Damaged(format!("a contact: {fault}")))?;
            Ok((student, serde_json::from_slice(&plain)?))
        };
        rows.iter().map(read).collect()
    }

    /// Messages that were said since a time to students with an address, and that are due by a way now.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn unsent(
        &self,
        id: &CampaignId,
        way: Way,
        (since_ms, now_ms): (u64, u64),
    ) -> Result<Vec<Unsent>> {
        let rows = query(tables::UNSENT).bind(id.as_str()).bind(way.name());
        let rows = rows.bind(since_ms as i64).bind(now_ms as i64).fetch_all(self.store().reader()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok(Unsent {
                student: uuid(row, "student")?,
                kind: serde_json::from_str(row.try_get("kind")?)?,
                mark: row.try_get("mark")?,
                text: serde_json::from_str(row.try_get("text")?)?,
                tries: u32::try_from(row.try_get::<i64, _>("tries")?).unwrap_or(0),
            })
        };
        rows.iter().map(read).collect()
    }

    /// Takes a message for oneself for a minute, so that no other process sends it too; false where another one has it.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be written.
    pub async fn take_sending(
        &self,
        id: &CampaignId,
        (message, way): (&Unsent, Way),
        at_ms: u64,
    ) -> Result<bool> {
        let taken = query(tables::TAKE_SENDING)
            .bind(id.as_str())
            .bind(message.student.to_string())
            .bind(serde_json::to_string(&message.kind)?)
            .bind(&message.mark)
            .bind(way.name())
            .bind((at_ms + TAKEN_MS) as i64)
            .bind(at_ms as i64)
            .execute(self.store().reader())
            .await?;
        Ok(taken.rows_affected() == 1)
    }

    /// Keeps what came of a try.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be written.
    pub async fn tried(
        &self,
        id: &CampaignId,
        (message, way): (&Unsent, Way),
        outcome: &Outcome,
        at_ms: u64,
    ) -> Result<()> {
        let (state, next_ms, fault) = match outcome {
            Outcome::Sent => ("sent", 0, ""),
            Outcome::Again(next_ms, fault) => ("again", *next_ms, fault.as_str()),
            Outcome::Refused(fault) => ("refused", 0, fault.as_str()),
        };
        query(tables::TRIED)
            .bind(id.as_str())
            .bind(message.student.to_string())
            .bind(serde_json::to_string(&message.kind)?)
            .bind(&message.mark)
            .bind(way.name())
            .bind(state)
            .bind(next_ms as i64)
            .bind(at_ms as i64)
            .bind(fault)
            .execute(self.store().reader())
            .await?;
        Ok(())
    }

    /// How many messages stand where: sent, to be tried again, refused.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn sendings(&self, id: &CampaignId) -> Result<HashMap<String, u64>> {
        let rows = query(tables::SENDINGS).bind(id.as_str()).fetch_all(self.store().reader()).await?;
        let read =
            |row: &sqlx::any::AnyRow| Ok((row.try_get("state")?, row.try_get::<i64, _>("count")? as u64));
        rows.iter().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_the_form_of_addresses() {
        let of = |email: &str, phone: &str| Contact { email: email.into(), phone: phone.into() }.checked();
        for good in [
            ("", ""),
            ("a@b.cn", ""),
            (" lin.xiaoyu@stu.example.edu.cn ", "13800000000"),
            ("", "+442079460100"),
        ] {
            assert!(of(good.0, good.1).is_ok(), "{good:?}");
        }
        for bad in [
            ("a@b", ""),
            ("a b@c.cn", ""),
            ("a@.cn", ""),
            ("a@b.cn\r\nBcc: x@y.cn", ""),
            ("", "12ab5678"),
            ("", "123456"),
        ] {
            assert!(of(bad.0, bad.1).is_err(), "{bad:?}");
        }
        assert_eq!(format!("{:?}", Contact { email: "a@b.cn".into(), phone: String::new() }), "Contact(***)");
    }
}
