//! What stands around every route: limits, headers, metrics, the reader's language, and writes that are sent twice.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use seal::password::token_digest;
use sqlx::{Row, query};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::timeout::TimeoutLayer;

use crate::clock::now_ms;
use crate::problem::{Problem, prefers_english};
use crate::school::app::App;
use crate::school::rights;
use crate::school::who::{Who, token};

/// Largest body: a camera's photo of 24 million pixels as JPEG has some 10 MB, a roster of 50 000 rows 6 MB.
const LARGEST_BODY: usize = 40 * 1024 * 1024;
/// Longest that a request may take; a roster of 50 000 rows takes some ten seconds.
const PATIENCE: Duration = Duration::from_mins(2);
/// Answers to writes are kept so long, so that a write sent again gives the same answer.
const ANSWERS_KEPT_MS: u64 = 24 * 60 * 60 * 1000;
/// A write whose answer did not come in this time broke off with the server; it may be sent anew.
const BROKEN_OFF_MS: u64 = 2 * PATIENCE.as_millis() as u64;
/// The header with the key of a write.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Longest key.
const LONGEST_KEY: usize = 64;
/// Buckets of durations in seconds.
const BUCKETS: [f64; 10] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Sessions and addresses counted at once; beyond it those that were quiet are forgotten.
const MOST_COUNTED: usize = 20_000;

/// Marks an answer with a secret that is shown once and never kept.
#[derive(Debug, Clone, Copy)]
pub struct Once;

/// Puts the layers around the routes; those named last are outermost.
pub fn around(routes: Router<App>, app: &App) -> Router<App> {
    routes
        .route_layer(from_fn_with_state(app.clone(), answered))
        .route_layer(from_fn_with_state(app.clone(), rights::enforce))
        .route_layer(from_fn(measured))
        .layer(from_fn_with_state(app.clone(), limited))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(CatchPanicLayer::custom(|_| Problem::internal("a handler panicked").into_response()))
        .layer(from_fn(spoken))
        .layer(from_fn(guarded))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(NotForContentType::IMAGES)))
}

/// The numbers of this process for Prometheus.
pub fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let builder = builder
                .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &BUCKETS)
                .unwrap_or_else(|_| PrometheusBuilder::new());
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            // Another recorder of this process stays; then there is nothing to show here.
            let _ = metrics::set_global_recorder(recorder);
            handle
        })
        .clone()
}

/// Counts and times each route by its pattern, so that no id gets into a metric.
async fn measured(path: MatchedPath, request: Request, next: Next) -> Response {
    let (method, begun) = (request.method().to_string(), Instant::now());
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let labels = [("method", method), ("route", path.as_str().to_owned()), ("status", status)];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels).record(begun.elapsed().as_secs_f64());
    response
}

/// Nobody asks more often than a person with a busy page does; passwords are tried far less often.
async fn limited(
    State(app): State<App>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let path = request.uri().path();
    let address = from.ip().to_string();
    let is_password = request.method() == axum::http::Method::POST
        && matches!(path, "/api/session" | "/api/activation" | "/api/session/password");
    let asked = token(request.headers()).map_or_else(|| address.clone(), |token| token_digest(&token));
    for limit in [&app.0.requests, &app.0.sign_ins] {
        if limit.len() > MOST_COUNTED {
            limit.retain_recent();
        }
    }
    let free = app.0.requests.check_key(&asked).is_ok();
    let free = free && (!is_password || app.0.sign_ins.check_key(&address).is_ok());
    if !free {
        return Err(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many",
            "请求过于频繁，请稍候再试",
            "too many requests: wait a moment",
        ));
    }
    Ok(next.run(request).await)
}

/// Writes a problem's text in the language that the request prefers, and says so; answers that are no problem of
/// ours yet, such as a body that is no JSON, become one.
async fn spoken(request: Request, next: Next) -> Response {
    let english = prefers_english(request.headers());
    let response = next.run(request).await;
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let problem = if let Some(problem) = parts.extensions.get::<Problem>() {
        problem.clone()
    } else {
        let text = to_bytes(body, 4096).await.unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let text = if text.is_empty() { parts.status.to_string() } else { text };
        Problem::new(parts.status, "request", format!("请求无法处理：{text}"), text)
    };
    let mut response = problem.in_language(english).into_response();
    let language = HeaderValue::from_static(if english { "en" } else { "zh-CN" });
    response.headers_mut().insert(header::CONTENT_LANGUAGE, language);
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = parts.headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// Headers that keep a browser from doing what our pages never need (OWASP Secure Headers Project).
const GUARDS: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(self), microphone=(), geolocation=()"),
];

async fn guarded(request: Request, next: Next) -> Response {
    let is_ours = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in GUARDS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if is_ours {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// A write with an `Idempotency-Key` that was answered before gets the same answer and is not done again.
async fn answered(State(app): State<App>, request: Request, next: Next) -> Result<Response, Problem> {
    let key = request.headers().get(IDEMPOTENCY_KEY).cloned();
    let who = request.extensions().get::<Who>().cloned();
    let (Some(key), Some(who)) = (key, who) else { return Ok(next.run(request).await) };
    if request.method().is_safe() {
        return Ok(next.run(request).await);
    }
    let key = key.to_str().ok().filter(|key| (1..=LONGEST_KEY).contains(&key.len())).map(str::to_owned);
    let key = key.ok_or_else(|| {
        Problem::unusable(
            "Idempotency-Key 应为 1 至 64 个可见字符",
            "an Idempotency-Key has 1 to 64 visible characters",
        )
    })?;
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY).await.map_err(|_| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "上传内容超过 40 MB",
            "the body has more than 40 MB",
        )
    })?;
    let print = token_digest(&format!(
        "{} {} {:?} {}",
        parts.method,
        parts.uri,
        parts.headers.get(header::IF_MATCH),
        seal::hexadecimal::text(&seal::suite::Suite::Modern.digest(&[&body]))
    ));
    let book = Answers { app: &app, account: who.id(), key: &key, print: &print };
    if let Some(answer) = book.begin(who.at_ms).await? {
        return Ok(answer);
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    // What failed for us may succeed the next time.
    if response.status().is_server_error() {
        book.forget().await?;
        return Ok(response);
    }
    book.keep(response).await
}

/// The answers to one account's write.
struct Answers<'a> {
    app: &'a App,
    account: &'a str,
    key: &'a str,
    print: &'a str,
}

/// The status of a write that is under way, and of one whose answer is not kept.
const UNDER_WAY: i64 = 0;
const SHOWN_ONCE: i64 = 1;

const SWEEP: &str = "delete from answered where at_ms < $1 or (status = $2 and at_ms < $3)";
const BEGIN: &str = "insert into answered (account, idempotency_key, request, status, headers, body, at_ms) \
     values ($1, $2, $3, $4, '', $5, $6) on conflict (account, idempotency_key) do nothing";
const KNOWN: &str =
    "select request, status, headers, body from answered where account = $1 and idempotency_key = $2";
const FORGET: &str = "delete from answered where account = $1 and idempotency_key = $2";
const KEEP: &str = "update answered set status = $3, headers = $4, body = $5 \
     where account = $1 and idempotency_key = $2";

impl Answers<'_> {
    fn store(&self) -> &sqlx::AnyPool {
        self.app.register().store().reader()
    }

    /// Notes that the write begins; or gives the answer that it had.
    async fn begin(&self, at_ms: u64) -> Result<Option<Response>, Problem> {
        query(SWEEP)
            .bind(at_ms.saturating_sub(ANSWERS_KEPT_MS) as i64)
            .bind(UNDER_WAY)
            .bind(at_ms.saturating_sub(BROKEN_OFF_MS) as i64)
            .execute(self.store())
            .await
            .map_err(database)?;
        let begun = query(BEGIN)
            .bind(self.account)
            .bind(self.key)
            .bind(self.print)
            .bind(UNDER_WAY)
            .bind(Vec::<u8>::new())
            .bind(now_ms() as i64)
            .execute(self.store())
            .await
            .map_err(database)?;
        if begun.rows_affected() == 1 {
            return Ok(None);
        }
        self.known().await.map(Some)
    }

    /// The answer that the write had, or why it has none to show.
    async fn known(&self) -> Result<Response, Problem> {
        let row = query(KNOWN).bind(self.account).bind(self.key);
        let row = row.fetch_one(self.store()).await.map_err(database)?;
        if row.try_get::<&str, _>("request").map_err(database)? != self.print {
            return Err(Problem::unusable(
                "该 Idempotency-Key 已用于另一个请求",
                "this Idempotency-Key was used for another request",
            ));
        }
        let conflict = |zh, en| Err(Problem::new(StatusCode::CONFLICT, "repeated", zh, en));
        let status = match row.try_get::<i64, _>("status").map_err(database)? {
            UNDER_WAY => return conflict("该请求正在处理中", "this request is being done"),
            SHOWN_ONCE => {
                return conflict(
                    "该请求已完成，结果只显示一次",
                    "this request was done; its answer is shown once",
                );
            }
            status => {
                StatusCode::from_u16(status as u16).map_err(|error| Problem::internal(error.to_string()))?
            }
        };
        let body: Vec<u8> = row.try_get("body").map_err(database)?;
        let mut response = (status, body).into_response();
        let kept: String = row.try_get("headers").map_err(database)?;
        for (name, value) in kept.lines().filter_map(|line| line.split_once(": ")) {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
        Ok(response)
    }

    async fn forget(&self) -> Result<(), Problem> {
        query(FORGET).bind(self.account).bind(self.key).execute(self.store()).await.map_err(database)?;
        Ok(())
    }

    async fn keep(&self, response: Response) -> Result<Response, Problem> {
        let (parts, body) = response.into_parts();
        let body =
            to_bytes(body, LARGEST_BODY).await.map_err(|error| Problem::internal(error.to_string()))?;
        let is_secret = parts.extensions.get::<Once>().is_some();
        let line = |name: &HeaderName| {
            let value = parts.headers.get(name)?.to_str().ok()?;
            Some(format!("{name}: {value}"))
        };
        let lines: Vec<String> =
            [header::CONTENT_TYPE, header::ETAG, header::LOCATION].iter().filter_map(line).collect();
        query(KEEP)
            .bind(self.account)
            .bind(self.key)
            .bind(if is_secret { SHOWN_ONCE } else { i64::from(parts.status.as_u16()) })
            .bind(lines.join("\n"))
            .bind(if is_secret { Vec::new() } else { body.to_vec() })
            .execute(self.store())
            .await
            .map_err(database)?;
        Ok(Response::from_parts(parts, Body::from(body)))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn database(error: sqlx::Error) -> Problem {
    Problem::internal(error.to_string())
}
