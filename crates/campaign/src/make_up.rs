//! Who needs a make-up shooting, and why. The list follows from where students stand; nobody keeps it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::case::tracks::{Attendance, Eligibility, Photo, Registry};
use crate::settings::Settings;

/// Why somebody has to be photographed, or photographed again, outside the class's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Did not come.
    Absent,
    /// Was refused on the day.
    Refused,
    /// Left the line.
    Left,
    /// The days are over, and there is no photo.
    NotPhotographed,
    /// The photo fails inspection.
    Failed,
    /// A person asked for another photo.
    Retake,
    /// The national registration did not take it.
    Rejected,
}

impl Reason {
    /// The word in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Absent => "当天未到",
            Self::Refused => "当天未拍（不合要求）",
            Self::Left => "中途离开",
            Self::NotPhotographed => "集中拍摄已结束，尚无照片",
            Self::Failed => "照片检测不通过",
            Self::Retake => "审核要求重拍",
            Self::Rejected => "报送后未通过",
        }
    }

    /// Why a student needs it; `None` for who does not.
    pub fn of(case: &Case, settings: &Settings, today: Date) -> Option<Self> {
        if case.eligibility != Eligibility::Expected {
            return None;
        }
        let are_days_over = settings.campaign.days.iter().all(|day| *day < today);
        match (case.photo, case.attendance) {
            (Photo::RetakeDue, _) if matches!(case.registry, Registry::Failed | Registry::LinkError) => {
                Some(Self::Rejected)
            }
            (Photo::RetakeDue, _) => Some(Self::Retake),
            (Photo::Fail, _) => Some(Self::Failed),
            (Photo::None | Photo::Superseded, Attendance::NoShow) => Some(Self::Absent),
            (Photo::None | Photo::Superseded, Attendance::Refused) => Some(Self::Refused),
            (Photo::None | Photo::Superseded, Attendance::LeftQueue) => Some(Self::Left),
            (Photo::None | Photo::Superseded, _) if are_days_over => Some(Self::NotPhotographed),
            _ => None,
        }
    }
}
