//! What a campaign taught about its stations: how many they took, what was sent back, and why. The next one is planned
//! with it.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::{Row, query};

use seal::identity::CampaignId;

use super::{Desk, Result, tables};

/// What one station did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Experience {
    /// When its shots were taken, milliseconds since 1970-01-01 UTC, in order.
    pub times: Vec<u64>,
    /// How many had to be taken again.
    pub sent_back: usize,
    /// The rules that failed in those, by id, and how often.
    pub rules: BTreeMap<String, usize>,
}

impl Desk {
    /// What each station of a campaign did, by its name.
    ///
    /// # Errors
    /// [`super::DeskError::Store`] when the store cannot be read, [`super::DeskError::Damaged`] for what is kept there.
    pub async fn experience(&self, id: &CampaignId) -> Result<BTreeMap<String, Experience>> {
        let mut stations: BTreeMap<String, Experience> = BTreeMap::new();
        for row in query(tables::ALL_TIMES).bind(id.as_str()).fetch_all(self.store().reader()).await? {
            let station = stations.entry(row.try_get("station")?).or_default();
            station.times.push(row.try_get::<i64, _>("taken_ms")? as u64);
        }
        for row in query(tables::SENT_BACK).bind(id.as_str()).fetch_all(self.store().reader()).await? {
            let station = stations.entry(row.try_get("station")?).or_default();
            station.sent_back += 1;
            let inspection: Value = serde_json::from_str(row.try_get("inspection")?)?;
            for rule in failed(&inspection) {
                *station.rules.entry(rule.to_owned()).or_default() += 1;
            }
        }
        Ok(stations)
    }
}

/// The rules that a kept inspection calls failed.
fn failed(inspection: &Value) -> impl Iterator<Item = &str> {
    let findings = inspection[0]["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    findings
        .iter()
        .filter(|finding| finding["verdict"] == "fail")
        .filter_map(|finding| finding["rule"].as_str())
}
