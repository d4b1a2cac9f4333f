//! Before the first student: the station opens when somebody looked at everything that spoils a day (开机检查). The
//! figures are those of 教毕指〔2017〕99号: two lights of 5500–5600 K at 45°, 1.5 to 2 m away.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use sqlx::{query, query_scalar};
use tokio::task::spawn_blocking;

use super::files::{Kind, hide_words, show_words};
use super::numbers::day_of;
use super::{At, Result, Station, StationError, tables};

/// Colour temperature of the lights, kelvin.
pub const LIGHTS_K: RangeInclusive<u32> = 5_500..=5_600;
/// A student's share of the disk until the receipt: the camera's file of 24 million pixels, the photo, the packet.
pub const BYTES_PER_STUDENT: u64 = 16 << 20;

/// What somebody looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Item {
    /// Two lights at 45°.
    LightAngle,
    /// 1.5 to 2 m from the lights to the student.
    LightDistance,
    /// Plain, without folds and shadows.
    Background,
    /// The focus chart is sharp.
    Focus,
    /// The station's clock and the camera's.
    Clock,
    /// Room for the day.
    Disk,
}

impl Item {
    /// Every item, in the order of looking.
    pub const ALL: [Self; 6] =
        [Self::LightAngle, Self::LightDistance, Self::Background, Self::Focus, Self::Clock, Self::Disk];
}

/// What was seen before the first student of a day; the test shot is kept beside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Colour temperature of the lights, kelvin.
    pub lights_k: u32,
    /// What is in order.
    pub seen: Vec<Item>,
    /// Who looked.
    pub operator: String,
    /// Bytes that were free on the disk.
    pub free_bytes: u64,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
}

impl Station {
    /// Opens the station for the day in which `at` lies. A second opening of a day stands in the place of the first.
    ///
    /// # Errors
    /// [`StationError::Opening`] with what is missing: an item, the lights' colour, a test shot that is a photo.
    pub async fn open_day(&self, lights_k: u32, seen: &[Item], test: Vec<u8>, at: At<'_>) -> Result<Opening> {
        let missing = Item::ALL.into_iter().find(|item| !seen.contains(item));
        if missing.is_some() || !LIGHTS_K.contains(&lights_k) {
            return Err(StationError::Opening);
        }
        let bytes = test.clone();
        let reading = move || portrait::file::open(&bytes, None).is_ok();
        let is_photo = spawn_blocking(reading).await;
        if !is_photo.map_err(|panic| StationError::Damaged(panic.to_string()))? {
            return Err(StationError::Opening);
        }
        let day = day_of(at.at_ms);
        let opening = Opening {
            lights_k,
            seen: seen.to_vec(),
            operator: at.operator.to_owned(),
            free_bytes: self.free_bytes(),
            at_ms: at.at_ms,
        };
        self.0.files.hide(Kind::Test, &day.to_string(), &test, &self.0.keys.rest)?;
        let mut writing = self.0.store.begin().await?;
        query(tables::NEW_OPENING)
            .bind(day)
            .bind(hide_words(&opening, &bound(day), &self.0.keys.rest)?)
            .bind(at.at_ms as i64)
            .execute(&mut *writing)
            .await?;
        let detail = format!("{lights_k} K");
        self.log(&mut writing, "station.opened", (self.name(), &detail), at).await?;
        writing.commit().await?;
        self.changed();
        Ok(opening)
    }

    /// What was seen before the first student of a day; none while the station is not open.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn opening(&self, day: i64) -> Result<Option<Opening>> {
        let hidden: Option<Vec<u8>> =
            query_scalar(tables::OPENING).bind(day).fetch_optional(self.0.store.reader()).await?;
        hidden.map(|hidden| show_words(&hidden, &bound(day), &self.0.keys.rest)).transpose()
    }

    /// The test shot of a day.
    ///
    /// # Errors
    /// [`StationError::Disk`] when there is none.
    pub fn test_shot(&self, day: i64) -> Result<Vec<u8>> {
        self.0.files.show(Kind::Test, &day.to_string(), &self.0.keys.rest)
    }

    /// Bytes that are free on the station's disk; 0 where the system does not say.
    pub fn free_bytes(&self) -> u64 {
        fs4::available_space(self.0.files.folder()).unwrap_or(0)
    }
}

fn bound(day: i64) -> String {
    format!("opening {day}")
}
