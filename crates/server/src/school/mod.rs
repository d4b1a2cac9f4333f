//! The school's server at work: its routes, and what happens by date.

pub mod app;
pub mod demo;
mod export;
pub mod glyphs;
mod keys;
mod layers;
pub mod outside;
pub mod rights;
pub mod routes;
mod silhouette;
mod who;
mod word;

use std::future::Future;
use std::net::SocketAddr;

use axum::Router;
use axum::http::{HeaderMap, Method, Uri};
use tokio::net::TcpListener;

use crate::clock::now_ms;
use crate::pages;
pub use app::{App, Config, StartError};

/// Every route of the API with its document, and the pages.
pub fn router(app: App) -> Router {
    let (routes, _) = routes::all().split_for_parts();
    let page = async |method: Method, uri: Uri, asked: HeaderMap| pages::page(&method, &uri, &asked);
    layers::around(routes.fallback(page), &app).with_state(app)
}

/// Answers until `stop` is done, then finishes what is under way.
///
/// # Errors
/// When the socket fails.
pub async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let clock = tokio::spawn(watch_the_calendar(app.clone()));
    let outside = tokio::spawn(speak_outside(app.clone()));
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(stop).await;
    clock.abort();
    outside.abort();
    served
}

/// Sends messages and asks the payment service, beside the calendar: who does not answer holds nothing else up.
async fn speak_outside(app: App) {
    let mut clock = tokio::time::interval(TICK);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        for campaign in app.register().campaigns().await.unwrap_or_default() {
            if campaign.state.phase >= campaign::phase::Phase::Closed {
                continue;
            }
            let sent = routes::contact::send(&app, &campaign, now_ms).await;
            let paid = routes::orders::look_up_orders(&app, &campaign, now_ms()).await;
            for problem in [sent, paid].into_iter().filter_map(Result::err) {
                tracing::warn!(problem = %problem.en, "somebody outside does not answer; it is tried again");
            }
        }
    }
}

/// How often it is looked whether something begins or ends by date.
const TICK: std::time::Duration = std::time::Duration::from_mins(1);

/// Does what the calendar says, for every campaign.
async fn watch_the_calendar(app: App) {
    let mut clock = tokio::time::interval(TICK);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        // What was cut off between the two databases is told again.
        if let Err(problem) = routes::stations::tell_school(&app).await {
            tracing::warn!(problem = %problem.en, "the school could not be told of every photo; it is tried again");
        }
        let campaigns = app.register().campaigns().await.unwrap_or_default();
        for campaign in campaigns {
            if campaign.state.phase == campaign::phase::Phase::Purged {
                // A purge that broke off after the school's side.
                if let Err(error) = app.desk().forget_keys(&campaign.id).await {
                    tracing::warn!(%error, "the keys of a purged campaign could not be deleted; it is tried again");
                }
                continue;
            }
            let now = now_ms();
            let proofs = app.register().tick(&campaign.id, now).await.map(drop);
            let fees = app.register().fees_fall_due(&campaign.id, now).await.map(drop);
            let told = routes::messages::tell_students(&app, &campaign, now).await.map(drop);
            for error in [proofs, fees, told].into_iter().filter_map(Result::err) {
                tracing::warn!(%error, "what the calendar says could not be done; it is tried again");
            }
        }
    }
}
