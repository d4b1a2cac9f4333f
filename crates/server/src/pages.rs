//! The web pages, as they were built into the program.

use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::problem::Problem;

#[derive(RustEmbed)]
#[cfg_attr(feature = "school", folder = "../../web/dist")]
#[cfg_attr(not(feature = "school"), folder = "../../web/dist-station")]
struct Built;

/// A file of the pages; every other path is the portal's own, which its first page resolves.
pub fn page(method: &Method, uri: &Uri, asked: &HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || !method.is_safe() {
        return Problem::unknown().into_response();
    }
    let name = if Built::get(path).is_some() { path } else { "index.html" };
    let Some(file) = Built::get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    // The names of assets contain their digest.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let tag = format!("\"{}\"", seal::hexadecimal::text(&file.metadata.sha256_hash()));
    let headers = [
        (header::CONTENT_TYPE, kind.as_ref().to_owned()),
        (header::CACHE_CONTROL, cache.to_owned()),
        (header::ETAG, tag.clone()),
    ];
    if asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, Body::from(file.data.into_owned())).into_response()
}
