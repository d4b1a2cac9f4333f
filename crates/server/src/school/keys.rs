//! The keys of campaigns: made with the campaign, kept locked in the two sides' databases, unlocked once.

use std::sync::Arc;

use campaign::register::{Act, RegisterError, codes};
use campaign::settings::Settings;
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

/// The keys that the capture side holds.
const DESK: [&str; 4] = [READING, SEALING, CENTRE, REST];

/// Begins a campaign and draws its keys. All of them are written with the campaign, so that there is never one without
/// the other; those of the capture side wait beside it until they are over there.
pub async fn begin(
    app: &App,
    id: &CampaignId,
    settings: &Settings,
    suite: Suite,
    act: &Act<'_>,
) -> Result<(), Problem> {
    let drawn = || {
        let fresh = Fresh::new(id, suite, &[], seed().ok()?)?;
        Some((fresh, fresh::rest(id, suite, seed().ok()?)?, fresh::rest(id, suite, seed().ok()?)?))
    };
    let (keys, school_rest, desk_rest) =
        drawn().ok_or_else(|| Problem::internal("no keys could be drawn; try again"))?;
    let own = [(ISSUING, &keys.issuing), (OPENING, &keys.opening), (REST, &school_rest)];
    let desks = DESK.into_iter().zip([&keys.reading, &keys.sealing, &keys.centre, &desk_rest]);
    let own = own.into_iter().map(|(holder, text)| (holder.to_owned(), text));
    let mut locked = Vec::new();
    for (holder, text) in own.chain(desks.map(|(holder, text)| (waiting(holder), text))) {
        locked.push((holder, lock(app, text, suite).await?));
    }
    app.register().begin(id, settings, suite, &locked, act).await?;
    hand_over(app, id).await
}

/// The name under which a key waits for the capture side.
fn waiting(holder: &str) -> String {
    format!("desk/{holder}")
}

/// Gives the capture side the keys that wait for it; what was cut off goes on here.
async fn hand_over(app: &App, id: &CampaignId) -> Result<(), Problem> {
    for holder in DESK {
        match app.register().key(id, &waiting(holder)).await {
            Ok(locked) => {
                app.desk().keep_key(id, holder, &locked).await?;
                // A capture side of an earlier campaign of this name has other keys: nothing of either is lost.
                if app.desk().key(id, holder).await? != locked {
                    return Err(Problem::internal(
                        "the capture side's store holds keys of another campaign of this name",
                    ));
                }
                app.register().drop_key(id, &waiting(holder)).await?;
            }
            Err(RegisterError::Unknown) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The keys of a campaign; unlocking takes a fifth of a second for each file, so it is done once.
pub async fn of(app: &App, id: &CampaignId) -> Result<Arc<Keys>, Problem> {
    let mut known = app.0.keys.lock().await;
    if let Some(keys) = known.get(id.as_str()) {
        return Ok(Arc::clone(keys));
    }
    hand_over(app, id).await?;
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
