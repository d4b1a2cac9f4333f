//! The balance of a hand-over: what came to the centre, and what the school knows of it.

use std::collections::HashSet;

use serde::Serialize;
use sqlx::{Row, query, query_scalar};
use uuid::Uuid;

use seal::identity::CampaignId;

use super::{Desk, Result, tables};

/// Photos at the centre, by what became of them: here = linked + refused + untold, and none of them waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct HandOver {
    /// Photos at the centre.
    pub here: u64,
    /// The school knows them as they stand.
    pub linked: u64,
    /// The school could not take them: no student of the campaign has the code, or the student does not take part.
    pub refused: u64,
    /// The school has not heard of them as they stand.
    pub untold: u64,
    /// Nobody decided about them.
    pub waiting: u64,
}

impl HandOver {
    /// Whether something is under way that would be lost if the campaign went on now.
    pub fn has_gap(&self) -> bool {
        self.untold > 0 || self.waiting > 0
    }
}

impl Desk {
    /// Shots that nobody decided about.
    ///
    /// # Errors
    /// [`super::DeskError::Store`] when the store cannot be read.
    pub async fn undecided(&self, id: &CampaignId) -> Result<HashSet<Uuid>> {
        let ids: Vec<String> =
            query_scalar(tables::UNDECIDED).bind(id.as_str()).fetch_all(self.store().reader()).await?;
        Ok(ids.iter().filter_map(|id| Uuid::parse_str(id).ok()).collect())
    }

    /// How the hand-over to the school stands.
    ///
    /// # Errors
    /// [`super::DeskError::Store`] when the store cannot be read.
    pub async fn hand_over(&self, id: &CampaignId) -> Result<HandOver> {
        let row = query(tables::HAND_OVER).bind(id.as_str()).fetch_one(self.store().reader()).await?;
        let count = |name: &str| Ok::<_, sqlx::Error>(row.try_get::<i64, _>(name)? as u64);
        let (here, linked, refused) = (count("here")?, count("linked")?, count("refused")?);
        Ok(HandOver { here, linked, refused, untold: here - linked - refused, waiting: count("waiting")? })
    }
}
