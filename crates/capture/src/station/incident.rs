//! What went wrong on the day: power, lights, a camera, a dispute. It stands in the day's report.

use serde::{Deserialize, Serialize};
use sqlx::{query, query_scalar};

use super::files::{hide_words, show_words};
use super::guard::reason;
use super::numbers::day_of;
use super::{At, Result, Station, StationError, tables};

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// 停电
    Power,
    /// 灯光
    Light,
    /// 相机, also changed for another one.
    Camera,
    /// 电脑, also changed for another one.
    Computer,
    /// 争议
    Dispute,
    /// 其他
    Other,
}

impl What {
    /// Its name in the log.
    fn name(self) -> &'static str {
        match self {
            Self::Power => "incident.power",
            Self::Light => "incident.light",
            Self::Camera => "incident.camera",
            Self::Computer => "incident.computer",
            Self::Dispute => "incident.dispute",
            Self::Other => "incident.other",
        }
    }
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// What kind.
    pub what: What,
    /// What happened and what was done, in the operator's words.
    pub words: String,
    /// The number that was active then; empty where none was.
    pub number: String,
    /// Who wrote it down.
    pub operator: String,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
}

impl Station {
    /// Writes down that something went wrong.
    ///
    /// # Errors
    /// [`StationError::Reason`] without words.
    pub async fn happened(&self, what: What, words: &str, at: At<'_>) -> Result<()> {
        let words = reason(words).ok_or(StationError::Reason)?;
        let active = self.active().await?;
        let incident = Incident {
            what,
            words: words.chars().take(500).collect(),
            number: active.map(|line| line.number.shown(self.name())).unwrap_or_default(),
            operator: at.operator.to_owned(),
            at_ms: at.at_ms,
        };
        let mut writing = self.0.store.begin().await?;
        query(tables::NEW_INCIDENT)
            .bind(day_of(at.at_ms))
            .bind(hide_words(&incident, NAME, &self.0.keys.rest)?)
            .bind(at.at_ms as i64)
            .execute(&mut *writing)
            .await?;
        self.log(&mut writing, what.name(), (self.name(), &incident.number), at).await?;
        writing.commit().await?;
        self.changed();
        Ok(())
    }

    /// What went wrong on a day, in the order of writing.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn incidents(&self, day: i64) -> Result<Vec<Incident>> {
        let hidden: Vec<Vec<u8>> =
            query_scalar(tables::INCIDENTS).bind(day).fetch_all(self.0.store.reader()).await?;
        hidden.iter().map(|hidden| show_words(hidden, NAME, &self.0.keys.rest)).collect()
    }
}

const NAME: &str = "incident";
