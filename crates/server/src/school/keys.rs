//! The keys of campaigns: made with the campaign, kept locked in the two sides' databases, unlocked once.

use std::sync::Arc;

use campaign::register::codes;
use capture::desk;
use seal::identity::CampaignId;
use seal::keys::fresh::{self, Fresh};
use seal::keys::{file, locked};
use seal::suite::{SEED_BYTES, Seed, Suite};
use zeroize::Zeroizing;

use crate::problem::Problem;
use crate::school::app::App;

/// Both sides' keys of one campaign.
pub struct Keys {
    /// The school's: issues codes.
    pub school: codes::Keys,
    /// The capture side's: reads codes and seals photos.
    pub desk: desk::Keys,
}

const ISSUING: &str = "issuing";
const READING: &str = "reading";
const SEALING: &str = "sealing";
const OPENING: &str = "opening";
const CENTRE: &str = "centre";
const REST: &str = "rest";

/// Draws the keys of a new campaign and keeps each with the side that needs it.
pub async fn create(app: &App, id: &CampaignId, suite: Suite) -> Result<(), Problem> {
    let drawn = || {
        let fresh = Fresh::new(id, suite, &[], seed().ok()?)?;
        Some((fresh, fresh::rest(id, suite, seed().ok()?)?, fresh::rest(id, suite, seed().ok()?)?))
    };
    let (keys, school_rest, desk_rest) =
        drawn().ok_or_else(|| Problem::internal("no keys could be drawn; try again"))?;
    let register = app.register();
    for (holder, text) in [(ISSUING, &keys.issuing), (OPENING, &keys.opening), (REST, &school_rest)] {
        register.keep_key(id, holder, &lock(app, text, suite).await?).await?;
    }
    for (holder, text) in
        [(READING, &keys.reading), (SEALING, &keys.sealing), (CENTRE, &keys.centre), (REST, &desk_rest)]
    {
        app.desk().keep_key(id, holder, &lock(app, text, suite).await?).await?;
    }
    Ok(())
}

/// The keys of a campaign; unlocking takes a fifth of a second for each file, so it is done once.
pub async fn of(app: &App, id: &CampaignId) -> Result<Arc<Keys>, Problem> {
    let mut known = app.0.keys.lock().await;
    if let Some(keys) = known.get(id.as_str()) {
        return Ok(Arc::clone(keys));
    }
    let issuing = unlock(app, &app.register().key(id, ISSUING).await?).await?;
    let school_rest = unlock(app, &app.register().key(id, REST).await?).await?;
    let reading = unlock(app, &app.desk().key(id, READING).await?).await?;
    let sealing = unlock(app, &app.desk().key(id, SEALING).await?).await?;
    let centre = unlock(app, &app.desk().key(id, CENTRE).await?).await?;
    let desk_rest = unlock(app, &app.desk().key(id, REST).await?).await?;
    let broken = |error: seal::problem::FileError| Problem::internal(format!("a key file: {error}"));
    let keys = Arc::new(Keys {
        school: codes::Keys {
            fingerprint: file::parse_reading(&issuing).map_err(broken)?.fingerprint,
            issuing: file::parse_issuing(&issuing).map_err(broken)?,
            rest: file::parse_rest(&school_rest).map_err(broken)?,
        },
        desk: desk::Keys {
            reading: file::parse_reading(&reading).map_err(broken)?,
            sealing: file::parse_sealing(&sealing).map_err(broken)?,
            rest: file::parse_rest(&desk_rest).map_err(broken)?,
            centre: file::parse_centre(&centre).map_err(broken)?,
        },
    });
    known.insert(id.to_string(), Arc::clone(&keys));
    Ok(keys)
}

/// Forgets the keys of a campaign that was purged.
pub async fn forget(app: &App, id: &CampaignId) {
    app.0.keys.lock().await.remove(id.as_str());
}

async fn lock(app: &App, text: &str, suite: Suite) -> Result<String, Problem> {
    let (app, text, seed) = (app.clone(), Zeroizing::new(text.to_owned()), seed()?);
    let locking = move || locked::lock(&text, suite, &app.0.passphrase, seed);
    let locked =
        tokio::task::spawn_blocking(locking).await.map_err(|error| Problem::internal(error.to_string()))?;
    locked.map_err(|fault| Problem::internal(fault.to_string()))
}

async fn unlock(app: &App, text: &str) -> Result<Zeroizing<String>, Problem> {
    let (app, text) = (app.clone(), text.to_owned());
    let unlocking = move || locked::unlock(&text, &app.0.passphrase);
    let open =
        tokio::task::spawn_blocking(unlocking).await.map_err(|error| Problem::internal(error.to_string()))?;
    open.map_err(|fault| Problem::internal(format!("a campaign's key: {fault}")))
}

fn seed() -> Result<Seed, Problem> {
    let mut random = [0; SEED_BYTES];
    getrandom::fill(&mut random).map_err(|error| Problem::internal(format!("no random bytes: {error}")))?;
    Ok(Seed::new(random))
}
