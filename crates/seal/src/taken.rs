//! What crosses from the capture side to the school's side about a shot: which code, which shot, how it stands. No
//! picture, and of the student only what the code's own number says to whoever issued it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::code::CodeId;
use crate::identity::CampaignId;

/// A shot as the school hears of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The campaign.
    pub campaign: CampaignId,
    /// The code that the student showed.
    pub code: CodeId,
    /// The shot, unique for ever.
    pub shot: Uuid,
    /// What was decided about it.
    pub outcome: Outcome,
}

/// How a shot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Inspection passes it; it waits to be accepted.
    Passes,
    /// A person has to look.
    ForReview,
    /// Inspection fails it.
    Fails,
    /// It is the student's photo.
    Accepted,
    /// It is the student's photo although inspection fails it.
    AcceptedAsException,
    /// It has to be taken again.
    Retake,
}
