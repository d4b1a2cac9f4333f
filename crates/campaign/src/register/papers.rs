//! Words of the registry's own in place of what the settings say.

use std::collections::BTreeMap;

use sqlx::{Row, query};

use seal::identity::CampaignId;

use super::{Act, Change, Logged, Register, RegisterError, Result, tables};
use crate::notice::SECTIONS;

/// Most letters of a section.
const LONGEST: usize = 5_000;

impl Register {
    /// Sections of the notice that have words of their own.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn notice_words(&self, id: &CampaignId) -> Result<BTreeMap<String, String>> {
        let rows = query(tables::NOTICE_WORDS).bind(id.as_str()).fetch_all(self.store().reader()).await?;
        rows.iter().map(|row| Ok((row.try_get("section")?, row.try_get("text")?))).collect()
    }

    /// Puts words in place of a section; none bring back what the settings say.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is no such section, [`RegisterError::Unusable`] for too long a text.
    pub async fn set_notice(&self, id: &CampaignId, section: &str, text: &str, act: &Act<'_>) -> Result<()> {
        if !SECTIONS.contains(&section) {
            return Err(RegisterError::Unknown);
        }
        if text.chars().count() > LONGEST {
            return Err(RegisterError::Unusable(
                format!("文字过长，最多 {LONGEST} 字"),
                format!("the text is too long: at most {LONGEST} letters"),
            ));
        }
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let sql = if text.trim().is_empty() { tables::DROP_NOTICE } else { tables::SET_NOTICE };
        let set = query(sql).bind(id.as_str()).bind(section);
        let set = if text.trim().is_empty() { set } else { set.bind(text.trim()) };
        set.execute(&mut *change.writing).await?;
        change.log(&Logged::Notice { section }, "", act)?;
        change.commit().await
    }
}
