//! Random bytes of the system.

use getrandom::fill;
use seal::enrolment::TOKEN_BYTES;
use seal::keys::Nonce;
use seal::suite::{NONCE_BYTES, SEED_BYTES, Seed};
use uuid::Uuid;

/// The system gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes: {0}")]
pub struct NoRandom(#[from] getrandom::Error);

fn random<const N: usize>() -> Result<[u8; N], NoRandom> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}

pub(crate) fn nonce() -> Result<Nonce, NoRandom> {
    Ok(Nonce::new(random::<NONCE_BYTES>()?))
}

pub(crate) fn token() -> Result<[u8; TOKEN_BYTES], NoRandom> {
    random()
}

pub(crate) fn seed() -> Result<Seed, NoRandom> {
    Ok(Seed::new(random::<SEED_BYTES>()?))
}

/// A new id in the order of time (RFC 9562 §5.7).
pub(crate) fn id(at_ms: u64) -> Result<Uuid, NoRandom> {
    Ok(uuid::Builder::from_unix_timestamp_millis(at_ms, &random::<10>()?).into_uuid())
}
