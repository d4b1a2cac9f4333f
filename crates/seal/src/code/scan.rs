//! A scan: from a text that a reader gave to a person at the station, or exactly why not.

use jiff::Timestamp;
use jiff::tz::Offset;
use thiserror::Error;

use super::fingerprint::Fingerprint;
use super::port::CodePort;
use super::uses::{Use, Uses};
use super::{Code, CodeId};
use crate::identity::StudentId;
use crate::keys::{HidingKey, KeyId};
use crate::masking::MaskedName;

/// A good code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    /// All that is kept of its text.
    pub fingerprint: Fingerprint,
    /// What it says.
    pub says: Says,
}

/// What a code says, by how much it proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// Signed by the campaign's issuer.
    Signed(Code),
    /// Stated by whoever made the code.
    Stated(Stated),
    /// Nothing that can be read here; it is bound to the person who first shows it.
    Nothing,
}

/// What a self-made code states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The student's number.
    pub student: StudentId,
    /// The name.
    pub name: Option<MaskedName>,
}

/// Why a code is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No issuer's codes look like this.
    #[error("this is not a collection code")]
    NoCode,
    /// Not read whole.
    #[error("the code is damaged: show it larger and brighter, or the saved original")]
    Damaged,
    /// Of another campaign or school.
    #[error("the code belongs to another campaign (key {key})")]
    OtherCampaign {
        /// Its key.
        key: KeyId,
    },
    /// Made or changed by somebody else.
    #[error("the code is forged: it was not issued for this campaign, or was changed")]
    Forged,
    /// From the future: the station's clock is behind.
    #[error("the code holds only from {} on: check the date of this computer", clock(*from_s))]
    NotYet {
        /// Seconds since 1970-01-01 UTC.
        from_s: u64,
    },
    /// Too old.
    #[error("the code expired at {}: the student gets a new one where this one came from", clock(*at_s))]
    Expired {
        /// Seconds since 1970-01-01 UTC.
        at_s: u64,
    },
    /// Called back.
    #[error("the code {code} was revoked: the student shows the newest one")]
    Revoked {
        /// Which.
        code: CodeId,
    },
    /// Shown before. Copies cannot be prevented, so a person decides.
    #[error("the code was used before, at {} at station {}", clock(.first.at_ms / 1000), .first.station.as_str())]
    UsedBefore {
        /// The code, should the operator take it.
        presented: Box<Presented>,
        /// When and where first.
        first: Use,
    },
}

impl Refusal {
    /// The name of the result, for tables and logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoCode => "no-code",
            Self::Damaged => "damaged",
            Self::OtherCampaign { .. } => "other-campaign",
            Self::Forged => "forged",
            Self::NotYet { .. } => "not-yet",
            Self::Expired { .. } => "expired",
            Self::Revoked { .. } => "revoked",
            Self::UsedBefore { .. } => "used-before",
        }
    }

    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::NoCode => "不是图像采集码".into(),
            Self::Damaged => "采集码已损坏：请放大、调亮屏幕，或出示保存的原图".into(),
            Self::OtherCampaign { key } => format!("采集码属于其他采集活动（密钥 {key}）"),
            Self::Forged => "采集码是伪造的：不是为本次采集活动签发，或被改动过".into(),
            Self::NotYet { from_s } => format!("采集码自 {} 起生效：请检查本机日期", clock(*from_s)),
            Self::Expired { at_s } => format!("采集码已于 {} 失效：请学生重新获取", clock(*at_s)),
            Self::Revoked { code } => format!("采集码 {code} 已作废：请学生出示最新的采集码"),
            Self::UsedBefore { first, .. } => format!(
                "采集码已于 {} 在机位 {} 使用过：请核对本人",
                clock(first.at_ms / 1000),
                first.station.as_str()
            ),
        }
    }
}

/// A moment as a clock on a wall in China shows it, to the minute.
fn clock(at_s: u64) -> String {
    let time = i64::try_from(at_s).ok().and_then(|at_s| Timestamp::from_second(at_s).ok());
    let shown = time.map(|time| Offset::constant(8).to_datetime(time).strftime("%Y-%m-%d %H:%M").to_string());
    shown.unwrap_or_else(|| at_s.to_string())
}

/// A text without what readers put around it.
pub fn plain(text: &str) -> &str {
    // Hand-held readers end what they type with a line break. Base45 never ends with a space: the last digit
    // of a group is at most 32.
    text.trim_matches(['\r', '\n', '\t', ' ', '\u{feff}'])
}

/// Reads a text with the first port that recognises it, and looks whether it was used before.
///
/// The caller shows the masked person to operator and student, and notes the use once a person said yes.
///
/// # Errors
/// [`Refusal`] with the first check that failed, in the order of its variants.
pub fn scan(
    text: &str,
    ports: &[&dyn CodePort],
    (uses, fingerprint): (&Uses, &HidingKey),
    here: &Use,
) -> Result<Presented, Refusal> {
    let text = plain(text);
    let port = ports.iter().find(|port| port.recognises(text)).ok_or(Refusal::NoCode)?;
    let says = port.read(text, here.at_ms / 1000)?;
    let presented = Presented { fingerprint: Fingerprint::of(text, fingerprint), says };
    match uses.first(presented.fingerprint) {
        Some(first) if !first.is_same_event(here) => {
            Err(Refusal::UsedBefore { presented: Box::new(presented), first: first.clone() })
        }
        _ => Ok(presented),
    }
}
