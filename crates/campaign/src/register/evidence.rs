//! Which papers of a student are there.

use std::collections::{BTreeSet, HashMap};

use sqlx::{Row, query};
use uuid::Uuid;

use seal::identity::CampaignId;

use super::{Act, Change, Entry, Logged, Register, RegisterError, Result, tables, uuid};
use crate::evidence::{Item, lacking, needed};

/// A paper that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct There {
    /// Which.
    pub item: Item,
    /// Who saw it; an account.
    pub account: String,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
}

impl Register {
    /// The papers of a student that are there.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn papers_of(&self, id: &CampaignId, student: Uuid) -> Result<Vec<There>> {
        let rows = query(tables::PAPERS_OF).bind(id.as_str()).bind(student.to_string());
        let there = |row: &sqlx::any::AnyRow| {
            Ok(There {
                item: serde_json::from_str(row.try_get("item")?)?,
                account: row.try_get("account")?,
                at_ms: row.try_get::<i64, _>("at_ms")? as u64,
            })
        };
        rows.fetch_all(self.store().reader()).await?.iter().map(there).collect()
    }

    /// The papers that are there, by student.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn papers(&self, id: &CampaignId) -> Result<HashMap<Uuid, BTreeSet<Item>>> {
        let mut papers: HashMap<Uuid, BTreeSet<Item>> = HashMap::new();
        for row in query(tables::PAPERS).bind(id.as_str()).fetch_all(self.store().reader()).await? {
            papers
                .entry(uuid(&row, "student")?)
                .or_default()
                .insert(serde_json::from_str(row.try_get("item")?)?);
        }
        Ok(papers)
    }

    /// Ticks a paper off, or takes the tick back.
    ///
    /// # Errors
    /// [`RegisterError::Unusable`] for a paper that nobody asks of this student.
    pub async fn tick_paper(
        &self,
        id: &CampaignId,
        student: Uuid,
        (item, is_there): (Item, bool),
        act: &Act<'_>,
    ) -> Result<Entry> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let entry = change.student(student).await?;
        if !needed(&entry.student, &entry.case).contains(&item) {
            return Err(RegisterError::Unusable(
                format!("该生不需要“{}”", item.zh()),
                format!("nobody asks this student for: {}", item.en()),
            ));
        }
        let name = serde_json::to_string(&item)?;
        let sql = if is_there { tables::NEW_PAPER } else { tables::DROP_PAPER };
        let mut ticked = query(sql).bind(id.as_str()).bind(student.to_string()).bind(&name);
        if is_there {
            ticked = ticked.bind(act.account).bind(act.at_ms as i64);
        }
        if ticked.execute(&mut *change.writing).await?.rows_affected() > 0 {
            change.log(&Logged::Paper { item, is_there }, &student.to_string(), act)?;
        }
        change.commit().await?;
        Ok(entry)
    }
}

impl Change<'_> {
    /// Refuses while a paper is lacking.
    pub(super) async fn has_all_papers(&mut self, entry: &Entry) -> Result<()> {
        let rows = query(tables::PAPERS_OF).bind(self.campaign().as_str()).bind(entry.id.to_string());
        let rows = rows.fetch_all(&mut *self.writing).await?;
        let item = |row: &sqlx::any::AnyRow| Ok(serde_json::from_str(row.try_get("item")?)?);
        let there: BTreeSet<Item> = rows.iter().map(item).collect::<Result<_>>()?;
        let lacking = lacking(&entry.student, &entry.case, &there);
        if lacking.is_empty() {
            return Ok(());
        }
        let names = |of: fn(Item) -> &'static str| lacking.iter().map(|item| of(*item)).collect::<Vec<_>>();
        Err(RegisterError::Unusable(
            format!("佐证材料不全，缺：{}", names(Item::zh).join("、")),
            format!("papers are lacking: {}", names(Item::en).join(", ")),
        ))
    }
}
