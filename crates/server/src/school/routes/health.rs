//! Whether the server lives and can work, its numbers, and the API's document.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;
use crate::school::app::App;

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn healthz() -> &'static str {
    "ok"
}

/// The databases answer too.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses(
    (status = 200, body = String, content_type = "text/plain"), (status = 503, body = Problem)))]
pub async fn readyz(State(app): State<App>) -> Result<&'static str, Problem> {
    for store in [app.register().store(), app.desk().store()] {
        store.answers().await.map_err(|error| {
            tracing::error!(%error, "not ready");
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "not-ready",
                "数据库暂不可用",
                "the database does not answer",
            )
        })?;
    }
    Ok("ready")
}

/// Counts and durations for Prometheus; only for programs on the same computer.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses(
    (status = 200, body = String, content_type = "text/plain")))]
pub async fn metrics(
    State(app): State<App>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
) -> Result<Response, Problem> {
    if !from.ip().is_loopback() {
        return Err(Problem::unknown());
    }
    Ok(app.0.metrics.render().into_response())
}

/// This API's document.
#[utoipa::path(get, path = "/openapi.json", tag = "operations", responses((status = 200, body = Object)))]
pub async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(super::document())
}
