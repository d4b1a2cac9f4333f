//! The station's folder: its keys behind a passphrase, its enrolment, and what a crash left behind.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};

use seal::code::bundle;
use seal::enrolment::{self, Token};
use seal::identity::{CampaignId, StationId};
use seal::keys::file::{self, EnrolledKeys, StationKeys};
use seal::keys::fresh;
use seal::keys::locked::{self, Passphrase};
use seal::suite::Suite;
use sqlx::{query, query_scalar};
use store::Store;
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::files::{Files, Kind};
use super::{Parts, Result, Station, StationError, judge, tables};
use crate::random::seed;

const KEYS: &str = "station.keys";

/// What a station asks the centre with, and keeps until the answer is there.
pub struct Asking {
    /// The request to send.
    pub request: Vec<u8>,
    campaign: CampaignId,
    token: Token,
    signing: seal::keys::SigningKey,
    letters: seal::keys::ReceivingKey,
    rest: seal::keys::HidingKey,
}

/// Draws a station's keys and asks for its enrolment.
///
/// # Errors
/// [`StationError::Damaged`] when the system gives no keys.
pub fn ask(campaign: &CampaignId, station: &StationId, suite: Suite, token: Token) -> Result<Asking> {
    let no_keys = || StationError::Damaged("no keys could be drawn; try again".into());
    let (signing, letters, rest) = fresh::station(suite, seed()?).ok_or_else(no_keys)?;
    let request =
        enrolment::request(campaign, station, (&signing, letters.public()), &token).ok_or_else(no_keys)?;
    Ok(Asking { request, campaign: campaign.clone(), token, signing, letters, rest })
}

/// A station whose keys are not on the disk yet.
pub struct Admitted {
    /// Its keys.
    pub keys: EnrolledKeys,
    station: StationId,
}

impl Asking {
    /// Takes the centre's answer.
    ///
    /// # Errors
    /// [`StationError::Enrolment`] when the answer was not made by who knows the token.
    pub fn answered(self, welcome: &[u8]) -> Result<Admitted> {
        let welcome = enrolment::read_welcome(welcome, self.signing.public(), &self.token)?;
        let keys = EnrolledKeys {
            packing: StationKeys {
                campaign: self.campaign,
                station: self.signing,
                receivers: welcome.receivers,
                receipts: vec![welcome.authority],
            },
            letters: self.letters,
            rest: self.rest,
        };
        Ok(Admitted { keys, station: welcome.certificate.station })
    }
}

impl Admitted {
    /// Makes a folder a station's, with its first bundle.
    ///
    /// # Errors
    /// [`StationError::Bundle`] when the bundle is not the authority's; then the folder stays as it was.
    pub async fn keep(
        &self,
        folder: &Path,
        passphrase: &Passphrase,
        server: &str,
        letter: &[u8],
    ) -> Result<()> {
        let packing = &self.keys.packing;
        let authority = packing.receipts.first().ok_or(StationError::NotEnrolled)?;
        bundle::open(letter, &self.keys.letters, authority)?;
        fs::create_dir_all(folder)?;
        let store = open_store(folder).await?;
        let station = self.station.as_str();
        for (name, value) in
            [("server", server.as_bytes()), ("station", station.as_bytes()), ("bundle", letter)]
        {
            query(tables::SET_META).bind(name).bind(value.to_vec()).execute(store.reader()).await?;
        }
        store.close().await;
        let suite = packing.station.public().suite();
        let locked = locked::lock(&file::write_enrolled(&self.keys), suite, passphrase, seed()?)?;
        // The keys come last: a folder with them is a whole station.
        Ok(write_secret(&folder.join(KEYS), locked.as_bytes())?)
    }
}

/// Readable by this user only.
fn write_secret(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let part = path.with_extension("part");
    let mut file = options.open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(part, path)
}

async fn open_store(folder: &Path) -> Result<Store> {
    let address = format!("sqlite:{}?mode=rwc", folder.join("station.db").display());
    Ok(Store::open(&address, &tables::MIGRATIONS).await?)
}

impl Station {
    /// Opens a station's folder, and clears away what a crash left in it.
    ///
    /// # Errors
    /// [`StationError::NotEnrolled`], or [`StationError::Locked`] with a wrong passphrase.
    pub async fn open(folder: &Path, passphrase: Passphrase) -> Result<Self> {
        let text = fs::read_to_string(folder.join(KEYS)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => StationError::NotEnrolled,
            kind => StationError::Disk(kind),
        })?;
        let unlocking = move || locked::unlock(&text, &passphrase);
        let open =
            spawn_blocking(unlocking).await.map_err(|error| StationError::Damaged(error.to_string()))??;
        let keys =
            file::parse_enrolled(&open).map_err(|error| StationError::Damaged(format!("{KEYS}: {error}")))?;
        let store = open_store(folder).await?;
        let authority = keys.packing.receipts.first().cloned().ok_or(StationError::NotEnrolled)?;
        let name: Vec<u8> = meta(&store, "station").await?.ok_or(StationError::NotEnrolled)?;
        let letter: Vec<u8> = meta(&store, "bundle").await?.ok_or(StationError::NotEnrolled)?;
        let bundle = bundle::open(&letter, &keys.letters, &authority)?;
        let judge = judge(&bundle)?;
        let name = String::from_utf8(name).ok().and_then(|name| StationId::try_from(name).ok());
        let name = name.ok_or_else(|| StationError::Damaged("the station's name".into()))?;
        let station = Self(Arc::new(Parts {
            files: Files::open(folder)?,
            store,
            keys,
            authority,
            name,
            bundle: RwLock::new(Arc::new(bundle)),
            judge: RwLock::new(Arc::new(judge)),
            changes: watch::Sender::new(0),
            clock: Mutex::default(),
            moment: RwLock::default(),
        }));
        station.sweep().await?;
        Ok(station)
    }

    /// Where its server is.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn server(&self) -> Result<String> {
        let server: Option<Vec<u8>> = meta(&self.0.store, "server").await?;
        Ok(server.and_then(|server| String::from_utf8(server).ok()).unwrap_or_default())
    }

    /// Removes files that no row speaks of: a crash between a file and its row leaves them.
    async fn sweep(&self) -> Result<()> {
        for (kind, ids) in [
            (Kind::Take, tables::TAKE_IDS),
            (Kind::Original, tables::TAKE_IDS),
            (Kind::Stray, tables::STRAY_IDS),
            (Kind::Packet, tables::PACKET_IDS),
        ] {
            let known: Vec<String> = query_scalar(ids).fetch_all(self.0.store.reader()).await?;
            let known: std::collections::HashSet<String> = known.into_iter().collect();
            for id in self.0.files.ids(kind)?.into_iter().filter(|id| !known.contains(id)) {
                self.0.files.remove(kind, &id)?;
            }
        }
        Ok(())
    }
}

async fn meta(store: &Store, name: &str) -> Result<Option<Vec<u8>>> {
    Ok(query_scalar(tables::META).bind(name).fetch_optional(store.reader()).await?)
}
