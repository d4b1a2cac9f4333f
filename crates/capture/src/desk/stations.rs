//! The stations of a campaign as the centre knows them: tokens that wait, certificates that count, and who asks.

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use seal::enrolment::{self, Certificate, Office, Token, Trust, Welcome};
use seal::identity::{CampaignId, StationId};
use seal::keys::{KeyId, SendingKey, VerifyingKey};
use seal::rest;
use seal::suite::Suite;

use super::{Desk, DeskError, Keys, Result, tables};
use crate::random::{self, nonce};

/// How long a token waits for its station.
const TOKEN_S: u64 = 7 * 86_400;
/// How long a station's keys count: a campaign and its make-up are done within it.
const CERTIFICATE_S: u64 = 400 * 86_400;

/// A station that is enrolled or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Its key.
    pub key: KeyId,
    /// What it is called.
    pub station: String,
    /// Since when, seconds since 1970-01-01 UTC.
    pub from_s: u64,
    /// Until when its keys count.
    pub until_s: u64,
    /// When it last asked, ms; 0 for never.
    pub seen_ms: u64,
    /// Since when its word counts no more, ms; 0 while it does.
    pub revoked_ms: u64,
    signing: VerifyingKey,
    receiving: SendingKey,
}

impl Desk {
    /// Opens a token for a station; an older one for it is void. It is shown once.
    ///
    /// # Errors
    /// [`DeskError::Store`] when it cannot be kept.
    pub async fn open_token(
        &self,
        id: &CampaignId,
        station: &StationId,
        keys: &Keys,
        now_ms: u64,
    ) -> Result<zeroize::Zeroizing<String>> {
        let token = Token::new(random::token()?);
        let text = token.reveal();
        let hidden = rest::put(text.as_bytes(), &token_name(station), &keys.rest, nonce()?)
            .ok_or_else(|| DeskError::Damaged("the key at rest does not encrypt".into()))?;
        query(tables::SET_TOKEN)
            .bind(id.as_str())
            .bind(station.as_str())
            .bind(hidden)
            .bind((now_ms / 1000 + TOKEN_S) as i64)
            .execute(self.store.reader())
            .await?;
        Ok(text)
    }

    /// Takes a station's request and gives the answer to send. The token stays open until the station shows up with
    /// its new keys, so that an answer that was lost on its way can be asked for again.
    ///
    /// # Errors
    /// [`DeskError::Enrolment`] with the first check that failed.
    pub async fn admit(&self, id: &CampaignId, request: &[u8], keys: &Keys, now_ms: u64) -> Result<Vec<u8>> {
        let suite = keys.rest.suite();
        let now_s = now_ms / 1000;
        let mut office = Office::new(id.clone(), suite);
        let mut tokens = Vec::new();
        for row in query(tables::TOKENS).bind(id.as_str()).fetch_all(self.store.reader()).await? {
            let (station, token, until_s) = read_token(&row, keys)?;
            office.open(station.clone(), Token::parse(&token).ok_or_else(damaged_token)?, until_s);
            tokens.push((station, token));
        }
        let certificate =
            office.admit(request, now_s, (now_s.saturating_sub(86_400), now_s + CERTIFICATE_S))?;
        let token = tokens.iter().find(|(station, _)| *station == certificate.station);
        let token = token.and_then(|(_, token)| Token::parse(token)).ok_or_else(damaged_token)?;
        let welcome = Welcome {
            certificate: certificate.clone(),
            authority: keys.centre.receipt.public().clone(),
            receivers: vec![keys.centre.centre.public().clone()],
        };
        let answer = enrolment::welcome(&welcome, &keys.centre.receipt, &token)
            .ok_or_else(|| DeskError::Damaged("the centre's key does not sign".into()))?;
        self.keep_certificate(id, &certificate).await?;
        Ok(answer)
    }

    async fn keep_certificate(&self, id: &CampaignId, certificate: &Certificate) -> Result<()> {
        let station = certificate.station.as_str();
        let mut writing = self.store.begin().await?;
        query(tables::DROP_UNSEEN).bind(id.as_str()).bind(station).execute(&mut *writing).await?;
        query(tables::NEW_CERTIFICATE)
            .bind(certificate.signing.id().to_string())
            .bind(id.as_str())
            .bind(station)
            .bind(certificate.signing.bytes().to_vec())
            .bind(certificate.receiving.bytes().to_vec())
            .bind(certificate.from_s as i64)
            .bind(certificate.until_s as i64)
            .execute(&mut *writing)
            .await?;
        Ok(writing.commit().await?)
    }

    /// Every station of a campaign, and the tokens that wait.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the store cannot be read.
    pub async fn stations(&self, id: &CampaignId, suite: Suite) -> Result<Vec<Enrolled>> {
        let rows = query(tables::CERTIFICATES).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        rows.iter().map(|row| enrolled(row, suite)).collect()
    }

    /// The names of stations whose tokens wait.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the store cannot be read.
    pub async fn waiting_stations(&self, id: &CampaignId) -> Result<Vec<String>> {
        let rows = query(tables::TOKENS).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        rows.iter().map(|row| Ok(row.try_get("station")?)).collect()
    }

    /// Takes a station's word away at once. Packets that came before stay.
    ///
    /// # Errors
    /// [`DeskError::Unknown`] when there is no such station, or its word is gone already.
    pub async fn revoke_station(&self, id: &CampaignId, key: &str, now_ms: u64) -> Result<()> {
        let revoked = query(tables::REVOKE_STATION).bind(id.as_str()).bind(key).bind(now_ms as i64);
        match revoked.execute(self.store.reader()).await?.rows_affected() {
            0 => Err(DeskError::Unknown),
            _ => Ok(()),
        }
    }

    /// The keys whose packets count now.
    pub(super) async fn trust(
        &self,
        id: &CampaignId,
        suite: Suite,
        now_ms: u64,
    ) -> Result<Vec<VerifyingKey>> {
        let mut trust = Trust::default();
        for each in self.stations(id, suite).await? {
            if each.revoked_ms > 0 {
                trust.revoke(each.key);
            }
            trust.certify(Certificate {
                campaign: id.clone(),
                station: each
                    .station
                    .try_into()
                    .map_err(|_| DeskError::Damaged("a station's name".into()))?,
                signing: each.signing,
                receiving: each.receiving,
                from_s: each.from_s,
                until_s: each.until_s,
            });
        }
        Ok(trust.stations_at(now_ms / 1000))
    }

    /// Which station asks about something. The first time, its token is used up.
    ///
    /// # Errors
    /// [`DeskError::NotAStation`] when nobody who counts signed that.
    pub async fn caller(
        &self,
        id: &CampaignId,
        word: &[u8],
        about: &str,
        keys: &Keys,
        now_ms: u64,
    ) -> Result<Enrolled> {
        let suite = keys.rest.suite();
        let trusted = self.trust(id, suite, now_ms).await?;
        let key = enrolment::read_pass(word, about, &trusted).map_err(|_| DeskError::NotAStation)?;
        let known = self.stations(id, suite).await?.into_iter().find(|station| station.key == key);
        let station = known.ok_or(DeskError::NotAStation)?;
        if station.seen_ms == 0 {
            query(tables::USE_TOKEN)
                .bind(id.as_str())
                .bind(&station.station)
                .execute(self.store.reader())
                .await?;
        }
        // Once in a minute is enough to know that it is there.
        if now_ms > station.seen_ms + 60_000 {
            query(tables::SEEN_STATION)
                .bind(key.to_string())
                .bind(now_ms as i64)
                .execute(self.store.reader())
                .await?;
        }
        Ok(station)
    }
}

impl Enrolled {
    /// The key that its letters are for.
    pub fn letters(&self) -> &SendingKey {
        &self.receiving
    }
}

fn token_name(station: &StationId) -> String {
    format!("token/{}", station.as_str())
}

fn damaged_token() -> DeskError {
    DeskError::Damaged("a station's token".into())
}

fn read_token(row: &AnyRow, keys: &Keys) -> Result<(StationId, zeroize::Zeroizing<String>, u64)> {
    let station = StationId::try_from(row.try_get::<String, _>("station")?).map_err(|_| damaged_token())?;
    let plain =
        rest::get(row.try_get("hidden")?, &token_name(&station), &keys.rest).map_err(|_| damaged_token())?;
    let text = zeroize::Zeroizing::new(String::from_utf8(plain.to_vec()).map_err(|_| damaged_token())?);
    let until: i64 = row.try_get("until_s")?;
    Ok((station, text, until as u64))
}

fn enrolled(row: &AnyRow, suite: Suite) -> Result<Enrolled> {
    let damaged = || DeskError::Damaged("a station's certificate".into());
    let count = |name: &str| Ok::<_, sqlx::Error>(row.try_get::<i64, _>(name)? as u64);
    let signing = VerifyingKey::new(suite, row.try_get("signing")?).ok_or_else(damaged)?;
    Ok(Enrolled {
        key: signing.id(),
        station: row.try_get("station")?,
        from_s: count("from_s")?,
        until_s: count("until_s")?,
        seen_ms: count("seen_ms")?,
        revoked_ms: count("revoked_ms")?,
        receiving: SendingKey::new(suite, row.try_get("receiving")?).ok_or_else(damaged)?,
        signing,
    })
}
