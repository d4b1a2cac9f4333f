//! What a filled campaign needs beside the API: the steps of the desk without a browser.

use campaign::register::{Act, Entry};
use campaign::role::Role;
use campaign::settings::Settings;
use capture::desk::{At, Decision, Incoming, Received};
use portrait::standard::Verdict;
use seal::identity::{CampaignId, StationId};
use seal::suite::Suite;
use uuid::Uuid;

use crate::clock::now_ms;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::keys;

/// Codes of the demonstration hold for a year.
const YEAR_S: u64 = 365 * 24 * 3600;

/// Fills a store.
pub struct Filling<'a>(&'a App);

impl<'a> Filling<'a> {
    /// On an open server.
    pub fn new(app: &'a App) -> Self {
        Self(app)
    }

    /// Begins a campaign and draws its keys.
    ///
    /// # Errors
    /// [`Problem`] when there is one of this name.
    pub async fn create(
        &self,
        id: &CampaignId,
        settings: &Settings,
        suite: Suite,
        act: &Act<'_>,
    ) -> Result<(), Problem> {
        keys::begin(self.0, id, settings, suite, act).await
    }

    /// Gives codes.
    ///
    /// # Errors
    /// [`Problem`] when the settings say too little.
    pub async fn issue(&self, id: &CampaignId, students: &[Uuid], act: &Act<'_>) -> Result<(), Problem> {
        let keys = keys::of(self.0, id).await?;
        self.0.register().issue_codes(id, students, &keys.school, act.at_ms / 1000 + YEAR_S, act).await?;
        Ok(())
    }

    /// The text of a student's code, as the student's phone shows it.
    ///
    /// # Errors
    /// [`Problem`] when the student has none.
    pub async fn code(&self, id: &CampaignId, entry: &Entry) -> Result<String, Problem> {
        let keys = keys::of(self.0, id).await?;
        let settings = self.0.register().campaign(id).await?.settings;
        let code = self.0.register().standing_code(entry, &settings, &keys.school).await?;
        Ok(code.ok_or_else(Problem::unknown)?.text.reveal().to_owned())
    }

    /// Opens a token for a station.
    ///
    /// # Errors
    /// [`Problem`] when it cannot be kept.
    pub async fn token(&self, id: &CampaignId, station: &str) -> Result<String, Problem> {
        let keys = keys::of(self.0, id).await?;
        let station = StationId::try_from(station.to_owned())?;
        Ok(self.0.desk().open_token(id, &station, &keys.desk, now_ms()).await?.as_str().to_owned())
    }

    /// Takes a photo of a student, and accepts it when inspection passes it.
    ///
    /// # Errors
    /// [`Problem`] when the student has no code or the photo is none.
    pub async fn photograph(
        &self,
        id: &CampaignId,
        entry: &Entry,
        photo: Vec<u8>,
        act: &Act<'_>,
    ) -> Result<(), Problem> {
        let keys = keys::of(self.0, id).await?;
        let settings = self.0.register().campaign(id).await?.settings;
        let code = self.code(id, entry).await?;
        let judge = self.0.judge(&settings.photo.standard).map_err(Problem::internal)?;
        let station = StationId::try_from("1".to_owned())?;
        let at = At { account: act.account, station: &station, at_ms: act.at_ms };
        let incoming = Incoming { bytes: photo, name: "camera.jpg".into(), code };
        let received = self.0.desk().receive(incoming, (&keys.desk, &[]), judge, at).await?;
        let Received::Shot(shot) = received else { return Ok(()) };
        let operator = Act { role: Role::Operator, ..act.clone() };
        self.0.register().take_report(&shot.judged(), &operator).await?;
        if shot.verdict == Verdict::Pass {
            let shot = self.0.desk().decide(shot.id, Decision::Accept, (0, ""), at).await?;
            if let Some(taken) = shot.decided() {
                self.0.register().take_report(&taken, &operator).await?;
            }
        }
        Ok(())
    }
}
