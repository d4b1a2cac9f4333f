//! Files that belong to nobody for sure: they are kept, and a person says whose they are.

use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{Row, query};
use uuid::Uuid;

use super::binding::Shutter;
use super::files::Kind;
use super::guard;
use super::takes::{Arrival, Arrived};
use super::{At, Result, Station, StationError, tables};
use crate::random;

/// Why a file belongs to nobody for sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Nobody was before the camera.
    NoActive,
    /// It was there before the active one sat down.
    TooSoon,
    /// It is no photo.
    Unreadable,
    /// No portrait could be made of it.
    Impossible,
}

impl Why {
    /// Its name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoActive => "no-active",
            Self::TooSoon => "too-soon",
            Self::Unreadable => "unreadable",
            Self::Impossible => "impossible",
        }
    }

    fn with_name(name: &str) -> Option<Self> {
        [Self::NoActive, Self::TooSoon, Self::Unreadable, Self::Impossible]
            .into_iter()
            .find(|why| why.name() == name)
    }
}

/// A file that belongs to nobody for sure.
#[derive(Debug, Clone)]
pub struct Stray {
    /// Its id.
    pub id: Uuid,
    /// Why.
    pub why: Why,
    /// When it came, ms.
    pub arrived_ms: u64,
}

impl Station {
    /// Keeps a file that belongs to nobody for sure.
    pub(super) async fn stray(
        &self,
        arrival: &Arrival,
        digest: &str,
        why: Why,
        at: At<'_>,
    ) -> Result<Arrived> {
        let id = random::id(at.at_ms)?.to_string();
        self.0.files.hide(Kind::Stray, &id, &arrival.bytes, &self.0.keys.rest)?;
        let mut writing = self.0.store.begin().await?;
        query(tables::NEW_SOURCE).bind(digest).bind(&id).bind(at.at_ms as i64).execute(&mut *writing).await?;
        query(tables::NEW_STRAY)
            .bind(&id)
            .bind(why.name())
            .bind(at.at_ms as i64)
            .execute(&mut *writing)
            .await?;
        self.log(&mut writing, "file.stray", (&id, why.name()), at).await?;
        writing.commit().await?;
        self.changed();
        Ok(Arrived::Stray(why))
    }

    /// Files that belong to nobody for sure.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn strays(&self) -> Result<Vec<Stray>> {
        let rows = query(tables::STRAYS).fetch_all(self.0.store.reader()).await?;
        let read = |row: &AnyRow| {
            let damaged = || StationError::Damaged("a file that belongs to nobody".into());
            let arrived: i64 = row.try_get("arrived_ms")?;
            Ok(Stray {
                id: Uuid::parse_str(row.try_get("id")?).map_err(|_| damaged())?,
                why: Why::with_name(row.try_get("reason")?).ok_or_else(damaged)?,
                arrived_ms: arrived as u64,
            })
        };
        rows.iter().map(read).collect()
    }

    /// The file itself.
    ///
    /// # Errors
    /// [`StationError::Disk`] when it is gone.
    pub fn stray_file(&self, id: Uuid) -> Result<Vec<u8>> {
        self.0.files.show(Kind::Stray, &id.to_string(), &self.0.keys.rest)
    }

    /// Says whose a file is, the active one's, or that it is nobody's; a reason stands in the log.
    ///
    /// # Errors
    /// [`StationError::NoActive`], or [`StationError::Reason`] without one.
    pub async fn settle(
        &self,
        id: Uuid,
        is_active_ones: bool,
        reason: &str,
        at: At<'_>,
    ) -> Result<Option<Arrived>> {
        let reason = guard::reason(reason).ok_or(StationError::Reason)?;
        let row = query(tables::STRAY).bind(id.to_string()).fetch_optional(self.0.store.reader()).await?;
        let state: String = row.ok_or(StationError::Unknown)?.try_get("state")?;
        if state != "open" {
            return Err(StationError::Decided);
        }
        let arrived = if is_active_ones {
            let active = self.active().await?.ok_or(StationError::NoActive)?;
            let bytes = self.stray_file(id)?;
            let digest = self.digest(&bytes);
            let arrival =
                Arrival { bytes, name: "stray.jpg".into(), seen_ms: at.at_ms, shutter: Shutter::Unknown };
            // Where no portrait can be made of it, it lies among the strays again, with that reason.
            Some(self.take(arrival, &digest, &active, at).await?)
        } else {
            None
        };
        let mut writing = self.0.store.begin().await?;
        let state = match &arrived {
            Some(Arrived::Take(_)) => "taken",
            Some(_) => "unusable",
            None => "discarded",
        };
        query(tables::SET_STRAY).bind(id.to_string()).bind(state).execute(&mut *writing).await?;
        self.log(&mut writing, "file.settled", (&id.to_string(), &format!("{state}: {reason}")), at).await?;
        writing.commit().await?;
        self.0.files.remove(Kind::Stray, &id.to_string())?;
        self.changed();
        Ok(arrived)
    }
}
