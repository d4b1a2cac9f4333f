//! What every request works with.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use campaign::accounts::{AccountError, Accounts};
use campaign::register::{Register, RegisterError};
use capture::desk::Desk;
use capture::judging::Judge;
use fontdb::Database;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use metrics_exporter_prometheus::PrometheusHandle;
use portrait::standard::Standard;
use seal::identity::CampaignId;
use seal::keys::locked::Passphrase;
use store::StoreError;
use store::objects::{ObjectError, Objects};
use thiserror::Error;
use vision::Vision;

use crate::school::outside::{self, Outside, OutsideError};

/// Where everything lies and how the server behaves.
#[derive(Debug, Clone)]
pub struct Config {
    /// The school's database, `sqlite:` or `postgres:`.
    pub campaign_store: String,
    /// The capture side's own database.
    pub capture_store: String,
    /// Photos: a folder, or `s3://BUCKET/PREFIX`.
    pub objects: String,
    /// Cookies travel over TLS only. Off for a server on one's own computer.
    pub secure_cookies: bool,
    /// Other people's programs.
    pub outside: outside::Config,
}

/// Why the server does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// A database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The objects.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// The accounts.
    #[error(transparent)]
    Accounts(#[from] AccountError),
    /// Other people's programs.
    #[error(transparent)]
    Outside(#[from] OutsideError),
    /// The nets.
    #[error("the nets of the inspection: {0}")]
    Vision(#[from] vision::Error),
}

impl StartError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Store(error) => error.zh(),
            Self::Objects(error) => error.zh(),
            Self::Accounts(error) => error.zh(),
            Self::Outside(error) => error.zh(),
            Self::Vision(error) => format!("检测模型：{error}"),
        }
    }
}

/// Tries to sign in or to activate an account from one address in a minute.
const SIGN_INS: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
/// Requests of one session or address in a second, and how many may come at once.
const REQUESTS: (NonZeroU32, NonZeroU32) =
    (NonZeroU32::new(50).expect("not zero"), NonZeroU32::new(300).expect("not zero"));

/// What the screens of a campaign wait for, and when it was read.
type Pulse = (Instant, (i64, i64));

/// Photos packed so far of each delivery that is being packed.
type Packing = HashMap<(CampaignId, i64), Arc<AtomicUsize>>;

/// Photos looked at so far, and of how many, of each search through faces.
type Looking = HashMap<CampaignId, Arc<[AtomicUsize; 2]>>;

/// So long a pulse is not read again.
const PULSE_STANDS: Duration = Duration::from_millis(300);

/// The server's parts; clones share them.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Parts>);

pub(crate) struct Parts {
    pub register: Register,
    pub accounts: Accounts,
    pub desk: Desk,
    pub fonts: Arc<Database>,
    pub passphrase: Passphrase,
    pub outside: Outside,
    pub keys: tokio::sync::Mutex<HashMap<String, Arc<crate::school::keys::Keys>>>,
    /// Searches for a timetable that are under way, by campaign.
    pub searches: Mutex<HashMap<String, Arc<crate::school::routes::timetable::search::Searching>>>,
    pub packing: Mutex<Packing>,
    pub looking: Mutex<Looking>,
    pub judges: Mutex<HashMap<String, Arc<Judge>>>,
    /// What screens wait for, by campaign, and when it was read.
    pub pulses: tokio::sync::Mutex<HashMap<CampaignId, Pulse>>,
    pub sign_ins: DefaultKeyedRateLimiter<String>,
    pub requests: DefaultKeyedRateLimiter<String>,
    pub metrics: PrometheusHandle,
    pub secure_cookies: bool,
}

impl App {
    /// Opens everything. `fonts` draw the cards; `passphrase` unlocks the campaigns' keys.
    ///
    /// # Errors
    /// [`StartError`] with the part that cannot be opened.
    pub async fn open(
        config: &Config,
        fonts: Arc<Database>,
        passphrase: Passphrase,
    ) -> Result<Self, StartError> {
        let register = Register::open(&config.campaign_store).await?;
        let desk = Desk::open(&config.capture_store, Objects::open(&config.objects)?).await?;
        Ok(Self(Arc::new(Parts {
            accounts: Accounts::of(&register),
            register,
            desk,
            fonts,
            passphrase,
            outside: Outside::open(&config.outside)?,
            keys: tokio::sync::Mutex::default(),
            searches: Mutex::default(),
            packing: Mutex::default(),
            looking: Mutex::default(),
            judges: Mutex::default(),
            pulses: tokio::sync::Mutex::default(),
            sign_ins: RateLimiter::keyed(Quota::per_minute(SIGN_INS)),
            requests: RateLimiter::keyed(Quota::per_second(REQUESTS.0).allow_burst(REQUESTS.1)),
            metrics: crate::school::layers::metrics(),
            secure_cookies: config.secure_cookies,
        })))
    }

    /// The school's side.
    pub fn register(&self) -> &Register {
        &self.0.register
    }

    /// Other people's programs.
    pub(crate) fn outside(&self) -> &Outside {
        &self.0.outside
    }

    /// Who signs in.
    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    /// The capture side.
    pub fn desk(&self) -> &Desk {
        &self.0.desk
    }

    /// Closes the databases.
    pub async fn close(&self) {
        self.register().close().await;
        self.desk().store().close().await;
    }

    /// Searches for a timetable that are under way, by campaign.
    pub(crate) fn searches(
        &self,
    ) -> MutexGuard<'_, HashMap<String, Arc<crate::school::routes::timetable::search::Searching>>> {
        self.0.searches.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Deliveries that are being packed.
    pub(crate) fn packing(&self) -> MutexGuard<'_, Packing> {
        self.0.packing.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Searches through faces that are under way.
    pub(crate) fn looking(&self) -> MutexGuard<'_, Looking> {
        self.0.looking.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// What screens wait for ([`Register::pulse`]); however many wait, the store is asked a few times in a second.
    pub(crate) async fn pulse(&self, id: &CampaignId) -> Result<(i64, i64), RegisterError> {
        let mut pulses = self.0.pulses.lock().await;
        if let Some((read, pulse)) = pulses.get(id)
            && read.elapsed() < PULSE_STANDS
        {
            return Ok(*pulse);
        }
        let pulse = self.register().pulse(id).await?;
        pulses.insert(id.clone(), (Instant::now(), pulse));
        Ok(pulse)
    }

    /// The judge by a standard's name; nets are loaded once for each.
    pub(crate) fn judge(&self, standard: &str) -> Result<Arc<Judge>, String> {
        let mut judges = self.0.judges.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(judge) = judges.get(standard) {
            return Ok(Arc::clone(judge));
        }
        let read = Standard::preset(standard).ok_or(format!("there is no standard {standard}"))?;
        let read = read.map_err(|error| error.to_string())?;
        let vision = Vision::new().map_err(|error| error.to_string())?;
        let judge = Arc::new(Judge { vision, standard: read });
        judges.insert(standard.to_owned(), Arc::clone(&judge));
        Ok(judge)
    }
}
