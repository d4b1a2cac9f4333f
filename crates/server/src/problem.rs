//! What goes wrong, as problem details (RFC 9457) in Chinese and in English.
//!
//! `detail` is in the language that the request prefers; both texts stand beside it as `zh` and `en`.

#[cfg(feature = "school")]
mod school;

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of a problem (RFC 9457 §3).
pub const PROBLEM_TYPE: &str = "application/problem+json";

/// A problem as it is sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// The kind of problem, such as `/problems/stale`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub kind: Box<str>,
    /// The kind in a few words.
    #[schema(value_type = String)]
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong and what to do, in the language that the request prefers.
    #[schema(value_type = String)]
    pub detail: Box<str>,
    /// The same in Chinese.
    #[schema(value_type = String)]
    pub zh: Box<str>,
    /// The same in English.
    #[schema(value_type = String)]
    pub en: Box<str>,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(status: StatusCode, kind: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let (zh, en): (String, String) = (zh.into(), en.into());
        let (zh, en) = (zh.into_boxed_str(), en.into_boxed_str());
        Self {
            kind: format!("/problems/{kind}").into(),
            title: status.canonical_reason().unwrap_or("Problem"),
            status: status.as_u16(),
            detail: zh.clone(),
            zh,
            en,
        }
    }

    /// Something that the user cannot mend. Its text goes to the log, not to the user.
    pub fn internal(why: impl Into<String>) -> Self {
        let why = why.into();
        tracing::error!(why, "internal problem");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "服务器内部错误，请稍后再试；如反复出现请联系管理员",
            "an internal problem: try again later, and tell the administrator if it comes back",
        )
    }

    /// What was sent cannot be used.
    pub fn unusable(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unusable", zh, en)
    }

    /// Nothing of this name, or nothing that this account may know of.
    pub fn unknown() -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown", "没有找到", "there is no such thing")
    }

    /// Not for this role.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "无权执行此操作", "this account may not do that")
    }

    /// Not signed in.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "signed-out", "请先登录", "sign in first")
    }

    /// Somebody else was faster.
    pub fn stale() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "stale",
            "数据已被他人更改：请刷新后重新决定",
            "somebody else changed it meanwhile: look again and decide anew",
        )
    }

    /// The same with `detail` in a language.
    #[must_use]
    pub fn in_language(mut self, english: bool) -> Self {
        self.detail = if english { self.en.clone() } else { self.zh.clone() };
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let problem = self.clone();
        let mut response = (status, Json(self)).into_response();
        let kind = HeaderValue::from_static(PROBLEM_TYPE);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        // The outermost layer knows the reader's language and writes the body again.
        response.extensions_mut().insert(problem);
        response
    }
}

/// Whether English comes before Chinese among the languages that a request accepts.
pub fn prefers_english(headers: &HeaderMap) -> bool {
    let accepted =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let place = |tag: &str| accepted.to_ascii_lowercase().find(tag).unwrap_or(usize::MAX);
    place("en") < place("zh")
}
