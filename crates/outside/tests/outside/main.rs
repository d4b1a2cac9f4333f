//! Other people's programs, played by servers on this machine that speak the documented protocols and hold the other
//! side to them.
#![expect(clippy::unwrap_used, reason = "a server of a test stops where its own preparation fails")]

mod callbacks;
mod comparisons;
mod gateway;
mod mail;
mod messages;
mod payments;
mod vectors;

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use axum::Router;
use outside::address::Address;
use outside::service::Service;
use seal::merchant::ServiceKey;
use tokio::net::TcpListener;

/// The key that services and we share.
pub(crate) const SERVICE_KEY: &str = "0123456789abcdefghijklmnopqrstuv";

/// Serves until the test ends; gives where.
pub(crate) async fn serve(routes: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    address
}

/// An address at which nobody listens.
pub(crate) async fn nowhere() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// Seconds since 1970-01-01 UTC.
pub(crate) fn now_s() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// A client like anybody's.
pub(crate) fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// A service of our contract, with the key that it shares with us.
pub(crate) fn service(at: SocketAddr, path: &str, patience: Duration) -> Service {
    Service {
        address: Address::parse(&format!("http://{at}{path}")).unwrap(),
        key_name: "xd-2027".into(),
        key: ServiceKey::new(SERVICE_KEY).unwrap(),
        patience,
    }
}
