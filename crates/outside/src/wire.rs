//! Requests that end: a client without redirects, a bound on time, a bound on the bytes of an answer.

use std::time::{Duration, SystemTime};

use reqwest::redirect::Policy;
use reqwest::{Client, Response};

/// How long a connection may take. A choice: every service that is up takes one within it.
const CONNECT: Duration = Duration::from_secs(5);

/// Why no answer came.
#[derive(Debug)]
pub(crate) enum Silence {
    /// No connection, or it broke off.
    Network(String),
    /// Nothing in time.
    Timeout,
    /// More bytes than an answer has.
    TooLong,
}

impl Silence {
    pub(crate) fn en(&self) -> String {
        match self {
            Self::Network(error) => error.clone(),
            Self::Timeout => "no answer in time".into(),
            Self::TooLong => "the answer is longer than any that is expected".into(),
        }
    }
}

impl From<reqwest::Error> for Silence {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Timeout;
        }
        // Without the address: a number of an order, or a secret of the service, may stand in it.
        Self::Network(error.without_url().to_string())
    }
}

/// A client whose requests end within `patience`, the answer's last byte included.
pub(crate) fn client(patience: Duration) -> Result<Client, Silence> {
    // Another part of the program may have chosen its provider before; both are this one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().timeout(patience).connect_timeout(CONNECT).redirect(Policy::none());
    Ok(client.build()?)
}

/// The bytes of an answer, at most so many.
pub(crate) async fn bytes(mut answer: Response, most: usize) -> Result<Vec<u8>, Silence> {
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await? {
        if bytes.len() + piece.len() > most {
            return Err(Silence::TooLong);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Seconds since 1970-01-01 UTC; 0 for a clock before that.
pub(crate) fn now_s() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
