//! What goes wrong, as problem details (RFC 9457) in Chinese and in English.
//!
//! `detail` is in the language that the request prefers; both texts stand beside it as `zh` and `en`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use campaign::Refused;
use campaign::accounts::AccountError;
use campaign::register::RegisterError;
use campaign::settings::SettingsError;
use capture::desk::DeskError;
use roster::table::TableFault;
use seal::identity::IdProblem;
use serde::Serialize;
use store::objects::ObjectError;
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

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        let (zh, en) = (error.zh(), error.to_string());
        match error {
            RegisterError::Unknown => Self::unknown(),
            RegisterError::Taken => Self::new(StatusCode::CONFLICT, "taken", zh, en),
            RegisterError::Refused(Refused::Stale) => Self::stale(),
            RegisterError::Refused(Refused::NotAllowed { .. }) => {
                Self::new(StatusCode::FORBIDDEN, "forbidden", zh, en)
            }
            RegisterError::OpenErrors(_)
            | RegisterError::Undecided(..)
            | RegisterError::Plan(_)
            | RegisterError::Refused(Refused::NotNow { .. }) => {
                Self::new(StatusCode::CONFLICT, "not-now", zh, en)
            }
            RegisterError::Lacking(_) => Self::new(StatusCode::CONFLICT, "lacking", zh, en),
            RegisterError::Reason(_) | RegisterError::Unusable(..) => Self::unusable(zh, en),
            RegisterError::Damaged(_) | RegisterError::Store(_) => Self::internal(en),
        }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let (zh, en) = (error.zh(), error.to_string());
        let kind = |status, kind| Self::new(status, kind, zh.clone(), en.clone());
        match error {
            AccountError::Wrong => kind(StatusCode::UNAUTHORIZED, "wrong-password"),
            AccountError::Locked { .. } => kind(StatusCode::TOO_MANY_REQUESTS, "locked"),
            AccountError::Taken => kind(StatusCode::CONFLICT, "taken"),
            AccountError::Unknown => Self::unknown(),
            AccountError::Stale => Self::stale(),
            AccountError::Password(_) | AccountError::Scope(..) | AccountError::NotOnRoster => {
                Self::unusable(zh, en)
            }
            AccountError::Log(_) | AccountError::Damaged(_) | AccountError::Store(_) => Self::internal(en),
        }
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        let (zh, en) = (error.zh(), error.to_string());
        match error {
            DeskError::Unknown | DeskError::Objects(ObjectError::Missing(_)) => Self::unknown(),
            DeskError::Stale => Self::stale(),
            DeskError::Decided | DeskError::OwnRequest => Self::new(StatusCode::CONFLICT, "not-now", zh, en),
            DeskError::Damaged(_) | DeskError::Objects(_) | DeskError::Store(_) => Self::internal(en),
            _ => Self::unusable(zh, en),
        }
    }
}

impl From<schedule::Fault> for Problem {
    fn from(fault: schedule::Fault) -> Self {
        Self::unusable(format!("时间安排有误：{fault}"), fault.to_string())
    }
}

impl From<TableFault> for Problem {
    fn from(fault: TableFault) -> Self {
        Self::unusable(fault.zh(), fault.to_string())
    }
}

impl From<SettingsError> for Problem {
    fn from(error: SettingsError) -> Self {
        let (line, message) = (error.line, &error.message);
        Self::unusable(format!("第 {line} 行：{message}"), error.to_string())
    }
}

impl From<IdProblem> for Problem {
    fn from(problem: IdProblem) -> Self {
        Self::unusable(problem.zh(), problem.to_string())
    }
}
