//! Which account a request comes from, whether its browser meant it, and what of a campaign it may see.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use campaign::accounts::{Account, Scope, Session};
use campaign::register::roll::Filter;
use campaign::register::{Act, Entry};
use campaign::role::Role;
use cookie::Cookie;
use seal::identity::CampaignId;

use crate::clock::now_ms;
use crate::problem::Problem;

/// The cookie with the session's token.
pub const COOKIE: &str = "xueying";
/// The header in which the browser repeats the session's second token with every change.
pub const CSRF: &str = "x-csrf-token";

/// Whoever signed in; the layer in [`crate::school::rights`] put the session there.
#[derive(Debug, Clone)]
pub struct Who {
    /// The session.
    pub session: Session,
    /// When the request came in, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
    id: String,
}

impl Who {
    /// Whoever has a session.
    pub fn new(session: Session) -> Self {
        let id = session.account.id.to_string();
        Self { session, at_ms: now_ms(), id }
    }

    /// The account.
    pub fn account(&self) -> &Account {
        &self.session.account
    }

    /// The account's id as a log names it.
    pub fn id(&self) -> &str {
        &self.id
    }

    fn scope(&self) -> &Scope {
        &self.session.account.scope
    }

    /// As whom something is done.
    pub fn act<'a>(&'a self, reason: &'a str) -> Act<'a> {
        Act { role: self.account().role, account: &self.id, at_ms: self.at_ms, reason }
    }

    /// A campaign that this account may know of.
    pub fn campaign(&self, name: &str) -> Result<CampaignId, Problem> {
        let scope = self.scope();
        if !scope.campaign.is_empty() && scope.campaign != name {
            return Err(Problem::unknown());
        }
        CampaignId::try_from(name.to_owned()).map_err(|_| Problem::unknown())
    }

    /// A filter narrowed to what this account may see.
    pub fn narrowed(&self, mut filter: Filter) -> Result<Filter, Problem> {
        let scope = self.scope();
        for (asked, own) in [(&mut filter.college, &scope.college), (&mut filter.cohort, &scope.cohort)] {
            if !own.is_empty() {
                if !asked.is_empty() && asked != own {
                    return Err(Problem::forbidden());
                }
                own.clone_into(asked);
            }
        }
        Ok(filter)
    }

    /// Whether a student is among those whom this account may see.
    pub fn sees(&self, entry: &Entry) -> Result<(), Problem> {
        let (scope, student) = (self.scope(), &entry.student);
        let college = scope.college.is_empty() || scope.college == student.college;
        let cohort = scope.cohort.is_empty() || scope.cohort == student.cohort;
        let person = self.account().role != Role::Student || scope.student == Some(entry.id);
        if college && cohort && person { Ok(()) } else { Err(Problem::unknown()) }
    }
}

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthorized)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

/// The session's token in a request's cookies.
pub fn token(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| Cookie::split_parse(line.to_owned()))
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == COOKIE)
        .map(|cookie| cookie.value().to_owned())
}

/// Whether a change was meant: a page of another site can make the browser send the cookie, but not this header.
pub fn check_csrf(method: &Method, headers: &HeaderMap, session: &Session) -> Result<(), Problem> {
    let repeated = headers.get(CSRF).and_then(|value| value.to_str().ok());
    if method.is_safe() || repeated == Some(session.csrf.as_str()) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "csrf",
        "请求缺少页面令牌：请刷新页面后重试",
        "the request lacks the page's token: load the page again",
    ))
}
