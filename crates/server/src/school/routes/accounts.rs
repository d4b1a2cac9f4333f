//! People and roles.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use campaign::accounts::{Account, By, NewAccount, Scope, log_name};
use campaign::role::Role;
use seal::suite::Suite;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::campaigns::name;
use super::log::VerificationView;
use super::students::LineView;
use super::{Page, Paging, Versioned, seen};
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::layers::Once;
use crate::school::who::Who;

/// An account.
#[derive(Serialize, ToSchema)]
pub struct AccountView {
    id: Uuid,
    login: String,
    name: String,
    /// Such as `college`.
    role: String,
    role_zh: String,
    campaign: String,
    college: String,
    cohort: String,
    must_change: bool,
    locked: bool,
    active: bool,
    version: i64,
}

impl AccountView {
    fn of(account: &Account, at_ms: u64) -> Self {
        Self {
            id: account.id,
            login: account.login.clone(),
            name: account.name.clone(),
            role: name(&account.role),
            role_zh: account.role.zh().into(),
            campaign: account.scope.campaign.clone(),
            college: account.scope.college.clone(),
            cohort: account.scope.cohort.clone(),
            must_change: account.must_change,
            locked: account.locked_until_ms > at_ms,
            active: account.active,
            version: account.version,
        }
    }
}

fn by(who: &Who) -> By {
    By { account: who.account().id, at_ms: who.at_ms }
}

/// Every account but the students' own.
#[utoipa::path(get, path = "/api/accounts", tag = "accounts", params(Paging), responses(
    (status = 200, body = Page<AccountView>)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<AccountView>>, Problem> {
    let (accounts, total) = app.accounts().page(paging.range()?).await?;
    Ok(Json(Page {
        items: accounts.iter().map(|account| AccountView::of(account, who.at_ms)).collect(),
        total,
    }))
}

/// An account to be made.
#[derive(Deserialize, ToSchema)]
pub struct NewAccountForm {
    login: String,
    name: String,
    /// Such as `college`.
    #[schema(value_type = String, example = "college")]
    role: Role,
    #[serde(default)]
    campaign: String,
    #[serde(default)]
    college: String,
    #[serde(default)]
    cohort: String,
}

/// A first password; it is shown once.
#[derive(Serialize, ToSchema)]
pub struct FirstPassword {
    account: AccountView,
    password: String,
}

/// Makes an account.
#[utoipa::path(post, path = "/api/accounts", tag = "accounts", request_body = NewAccountForm, responses(
    (status = 201, body = FirstPassword),
    (status = 409, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    who: Who,
    Json(form): Json<NewAccountForm>,
) -> Result<Response, Problem> {
    let new = NewAccount {
        login: form.login.trim().into(),
        name: form.name.trim().into(),
        role: form.role,
        scope: Scope { campaign: form.campaign, college: form.college, cohort: form.cohort, student: None },
    };
    let (account, password) = app.accounts().create(&new, by(&who)).await?;
    Ok(once(StatusCode::CREATED, FirstPassword { account: AccountView::of(&account, who.at_ms), password }))
}

fn once(status: StatusCode, password: FirstPassword) -> Response {
    let mut response = (status, Json(password)).into_response();
    response.extensions_mut().insert(Once);
    response
}

/// Gives a new first password; the account's sessions end.
#[utoipa::path(post, path = "/api/accounts/{account}/password", tag = "accounts", params(("account" = Uuid, Path)),
    responses((status = 200, body = FirstPassword), (status = 422, body = Problem)))]
pub async fn reset(State(app): State<App>, who: Who, Path(account): Path<Uuid>) -> Result<Response, Problem> {
    if account == who.account().id {
        return Err(Problem::unusable(
            "自己的密码请在“修改密码”中修改",
            "one's own password is changed, not reset",
        ));
    }
    let password = app.accounts().reset(account, by(&who)).await?;
    let account = app.accounts().account(account).await?;
    Ok(once(StatusCode::OK, FirstPassword { account: AccountView::of(&account, who.at_ms), password }))
}

/// Whether one can sign in with it.
#[derive(Deserialize, ToSchema)]
pub struct Activity {
    active: bool,
}

/// Opens or closes an account.
#[utoipa::path(patch, path = "/api/accounts/{account}", tag = "accounts",
    params(("account" = Uuid, Path), ("If-Match" = String, Header)), request_body = Activity,
    responses((status = 200, body = AccountView)))]
pub async fn set_active(
    State(app): State<App>,
    who: Who,
    Path(account): Path<Uuid>,
    headers: HeaderMap,
    Json(activity): Json<Activity>,
) -> Result<Response, Problem> {
    if account == who.account().id && !activity.active {
        return Err(Problem::unusable("不能停用自己的账号", "nobody closes the own account"));
    }
    app.accounts().account(account).await?;
    let account = app.accounts().set_active(account, activity.active, seen(&headers)?, by(&who)).await?;
    Ok(Versioned(account.version, AccountView::of(&account, who.at_ms)).into_response())
}

/// What happened to an account.
#[derive(Serialize, ToSchema)]
pub struct AccountLineView {
    /// Milliseconds since 1970-01-01 UTC.
    at_ms: u64,
    /// Such as `signed-in`, `locked`, `reset`.
    event: String,
    /// Its login.
    account: String,
    /// The login of who did it, where that is somebody else.
    by: String,
}

/// Who made an account or gave a password on the server's own computer.
const PROGRAM: &str = "xueying";

/// The log of accounts but the students' own, newest first.
#[utoipa::path(get, path = "/api/accounts/log", tag = "accounts", operation_id = "log_of_accounts", params(Paging),
    responses((status = 200, body = Page<AccountLineView>)))]
pub async fn log(
    State(app): State<App>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<AccountLineView>>, Problem> {
    let (first, count) = paging.range()?;
    let staff = app.accounts().staff().await?;
    let log = app.accounts().log_text().await?;
    let mut lines: Vec<AccountLineView> = log
        .lines()
        .map(LineView::of)
        .filter_map(|line| {
            let account = staff.get(&line.subject)?.clone();
            let is_program = line.detail == Uuid::nil().to_string();
            let by = if is_program { Some(PROGRAM.to_owned()) } else { staff.get(&line.detail).cloned() };
            let by = by.filter(|by| *by != account).unwrap_or_default();
            Some(AccountLineView { at_ms: line.at_ms, event: line.event, account, by })
        })
        .collect();
    let total = lines.len() as i64;
    lines.reverse();
    Ok(Json(Page { items: lines.into_iter().skip(first as usize).take(count as usize).collect(), total }))
}

/// Verifies the chain of the log of accounts.
#[utoipa::path(get, path = "/api/accounts/log/verification", tag = "accounts", operation_id = "verification_of_accounts",
    responses((status = 200, body = VerificationView)))]
pub async fn verification(State(app): State<App>) -> Result<Json<VerificationView>, Problem> {
    let log = app.accounts().log_text().await?;
    Ok(Json(VerificationView::of(&log, &log_name()?, Suite::Modern)))
}
