//! Two photos that stand under each other's student (照片错位), put right by two persons: one asks, another approves. Each
//! photo gets a new record that binds it to whom it shows; the old ones are void and stay as what was wrong.

use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{Row, query};
use uuid::Uuid;

use seal::identity::{CampaignId, Identity, StationId};
use seal::keys::Keyring;
use seal::{photo, rest};

use super::{Desk, DeskError, Keys, Result, Shot, State, object_name, tables};
use crate::random;

/// An exchange that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// Its id.
    pub id: Uuid,
    /// The two shots.
    pub shots: [Uuid; 2],
    /// Why.
    pub reason: String,
    /// The account that asked.
    pub asked_by: String,
    /// The account that approved; empty while nobody did.
    pub approved_by: String,
}

/// What an exchange came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchanged {
    /// The shots that are void now.
    pub void: [Shot; 2],
    /// The same photos under whom they show.
    pub right: [Shot; 2],
}

impl Desk {
    /// Asks for two accepted photos to be exchanged.
    ///
    /// # Errors
    /// [`DeskError::Decided`] unless both are accepted, of one campaign, and of two students; [`DeskError::Reason`]
    /// without a reason.
    pub async fn ask_exchange(
        &self,
        id: &CampaignId,
        shots: [Uuid; 2],
        (reason, account): (&str, &str),
        at_ms: u64,
    ) -> Result<Exchange> {
        let [a, b] = [self.shot(shots[0]).await?, self.shot(shots[1]).await?];
        let both = [&a, &b];
        if both.iter().any(|shot| shot.campaign != *id) {
            return Err(DeskError::Unknown);
        }
        if both.iter().any(|shot| shot.state != State::Accepted) || a.code == b.code {
            return Err(DeskError::Decided);
        }
        if reason.trim().chars().count() < 2 {
            return Err(DeskError::Reason);
        }
        let exchange = Exchange {
            id: random::id(at_ms)?,
            shots,
            reason: reason.trim().into(),
            asked_by: account.into(),
            approved_by: String::new(),
        };
        query(tables::NEW_EXCHANGE)
            .bind(exchange.id.to_string())
            .bind(id.as_str())
            .bind(shots[0].to_string())
            .bind(shots[1].to_string())
            .bind(&exchange.reason)
            .bind(account)
            .execute(self.store.reader())
            .await?;
        Ok(exchange)
    }

    /// Exchanges of a campaign, newest first.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the store cannot be read.
    pub async fn exchanges(&self, id: &CampaignId) -> Result<Vec<Exchange>> {
        let rows = query(tables::EXCHANGES).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        rows.iter().map(exchange).collect()
    }

    /// Another person approves an exchange, and it is done.
    ///
    /// # Errors
    /// [`DeskError::OwnRequest`] for the one who asked; [`DeskError::Decided`] when it was done already, or a photo was
    /// decided about meanwhile.
    pub async fn approve_exchange(
        &self,
        id: &CampaignId,
        wanted: Uuid,
        (keys, account): (&Keys, &str),
        at_ms: u64,
    ) -> Result<Exchanged> {
        let known = self.exchanges(id).await?.into_iter().find(|known| known.id == wanted);
        let known = known.ok_or(DeskError::Unknown)?;
        if known.asked_by == account {
            return Err(DeskError::OwnRequest);
        }
        if !known.approved_by.is_empty() {
            return Err(DeskError::Decided);
        }
        let old = [self.shot(known.shots[0]).await?, self.shot(known.shots[1]).await?];
        if old.iter().any(|shot| shot.state != State::Accepted) {
            return Err(DeskError::Decided);
        }
        // Photos lie there before the rows that speak of them.
        let photos = [self.photo(&old[0], keys).await?, self.photo(&old[1], keys).await?];
        let right = [
            self.rebind(&old[0], &photos[0], (&old[1], &photos[1]), keys, at_ms).await?,
            self.rebind(&old[1], &photos[1], (&old[0], &photos[0]), keys, at_ms).await?,
        ];
        let mut writing = self.store.begin().await?;
        let approved = query(tables::APPROVE_EXCHANGE).bind(wanted.to_string()).bind(account);
        if approved.execute(&mut *writing).await?.rows_affected() == 0 {
            return Err(DeskError::Decided);
        }
        for shot in &old {
            let void = query(tables::DECIDE)
                .bind(shot.id.to_string())
                .bind(State::Retake.name())
                .bind(&known.reason)
                .bind(account)
                .bind(at_ms as i64)
                .bind(shot.version);
            if void.execute(&mut *writing).await?.rows_affected() == 0 {
                return Err(DeskError::Stale);
            }
        }
        for shot in &right {
            self.insert(&mut writing, shot, account).await?;
        }
        writing.commit().await.map_err(store::StoreError::from)?;
        Ok(Exchanged { void: [self.shot(old[0].id).await?, self.shot(old[1].id).await?], right })
    }

    /// The photo of one shot as a shot of the other one's student.
    async fn rebind(
        &self,
        shot: &Shot,
        sealed: &[u8],
        (other, others): (&Shot, &[u8]),
        keys: &Keys,
        at_ms: u64,
    ) -> Result<Shot> {
        let damaged = |why: String| DeskError::Damaged(why);
        let ring = Keyring { campaigns: vec![keys.sealing.opening()] };
        let said = photo::open(others, &ring).map_err(|error| damaged(error.to_string()))?;
        let plain = photo::without_comments(sealed).map_err(|error| damaged(error.to_string()))?;
        let id = random::id(at_ms)?;
        let identity = Identity {
            student: said.identity.student,
            campaign: shot.campaign.clone(),
            shot: id,
            made_at_ms: shot.taken_ms,
            station: StationId::try_from(shot.station.clone())
                .map_err(|_| damaged("a station's name".into()))?,
        };
        let bytes = photo::seal(&plain, &identity, &keys.sealing, random::nonce()?)
            .map_err(|error| damaged(error.to_string()))?;
        let name = object_name(&shot.campaign, id);
        let hidden = rest::put(&bytes, &name, &keys.rest, random::nonce()?)
            .ok_or_else(|| damaged("the key at rest does not encrypt".into()))?;
        self.objects.put(&name, hidden).await?;
        Ok(Shot {
            id,
            code: other.code,
            name: other.name.clone(),
            document: other.document.clone(),
            state: State::Accepted,
            reason: String::new(),
            asked: Default::default(),
            version: 0,
            ..shot.clone()
        })
    }
}

fn exchange(row: &AnyRow) -> Result<Exchange> {
    let id = |column: &str| {
        Uuid::parse_str(row.try_get(column)?).map_err(|_| DeskError::Damaged("the id of an exchange".into()))
    };
    Ok(Exchange {
        id: id("id")?,
        shots: [id("first_shot")?, id("second_shot")?],
        reason: row.try_get("reason")?,
        asked_by: row.try_get("asked_by")?,
        approved_by: row.try_get("approved_by")?,
    })
}
