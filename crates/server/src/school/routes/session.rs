//! Signing in and out, passwords, and a student's first visit.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use campaign::accounts::{LONGEST_SESSION_MS, Session};
use campaign::role::Role;
use cookie::{Cookie, SameSite};
use seal::identity::CampaignId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::now_ms;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::who::{COOKIE, Who, token};

/// A name and a password.
#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    login: String,
    #[schema(format = Password)]
    password: String,
}

/// Whoever is signed in.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    account: String,
    login: String,
    name: String,
    #[schema(value_type = String)]
    role: Role,
    campaign: String,
    college: String,
    cohort: String,
    /// The password must be changed before anything else.
    must_change: bool,
    /// To be repeated in `X-CSRF-Token` with every change.
    csrf: String,
}

impl SessionView {
    fn of(session: &Session) -> Self {
        let account = &session.account;
        Self {
            account: account.id.to_string(),
            login: account.login.clone(),
            name: account.name.clone(),
            role: account.role,
            campaign: account.scope.campaign.clone(),
            college: account.scope.college.clone(),
            cohort: account.scope.cohort.clone(),
            must_change: account.must_change,
            csrf: session.csrf.clone(),
        }
    }
}

/// Signs in.
#[utoipa::path(post, path = "/api/session", tag = "session", request_body = SignIn, responses(
    (status = 200, body = SessionView)))]
pub async fn sign_in(State(app): State<App>, Json(asked): Json<SignIn>) -> Result<Response, Problem> {
    let signed = app.accounts().sign_in(asked.login.trim(), &asked.password, now_ms()).await?;
    let mut response = Json(SessionView::of(&signed.session)).into_response();
    set_cookie(&mut response, &app, signed.token, LONGEST_SESSION_MS / 1000);
    Ok(response)
}

/// Whoever is signed in.
#[utoipa::path(get, path = "/api/session", tag = "session", responses(
    (status = 200, body = SessionView)))]
pub async fn session(who: Who) -> Json<SessionView> {
    Json(SessionView::of(&who.session))
}

/// Signs out.
#[utoipa::path(delete, path = "/api/session", tag = "session", responses(
    (status = 204)))]
pub async fn sign_out(State(app): State<App>, _: Who, headers: HeaderMap) -> Result<Response, Problem> {
    if let Some(token) = token(&headers) {
        app.accounts().sign_out(&token).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, &app, String::new(), 0);
    Ok(response)
}

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
pub struct NewPassword {
    #[schema(format = Password)]
    old: String,
    #[schema(format = Password)]
    new: String,
}

/// Changes the own password; every other session of the account ends.
#[utoipa::path(post, path = "/api/session/password", tag = "session", request_body = NewPassword, responses(
    (status = 204)))]
pub async fn change_password(
    State(app): State<App>,
    who: Who,
    headers: HeaderMap,
    Json(asked): Json<NewPassword>,
) -> Result<StatusCode, Problem> {
    let token = token(&headers).ok_or_else(Problem::unauthorized)?;
    app.accounts().change_password(who.account(), (&asked.old, &asked.new), &token, who.at_ms).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What only a student and the roster know together, and the password that the student chooses.
#[derive(Deserialize, ToSchema)]
pub struct Activation {
    campaign: String,
    student_no: String,
    name: String,
    document_no: String,
    #[schema(format = Password)]
    password: String,
}

/// A student makes the own account.
#[utoipa::path(post, path = "/api/activation", tag = "session", request_body = Activation, responses(
    (status = 204), (status = 409, body = Problem)))]
pub async fn activate(State(app): State<App>, Json(asked): Json<Activation>) -> Result<StatusCode, Problem> {
    let not_on_roster = || Problem::from(campaign::accounts::AccountError::NotOnRoster);
    let campaign = CampaignId::try_from(asked.campaign.trim().to_owned()).map_err(|_| not_on_roster())?;
    let shown = (asked.student_no.as_str(), asked.name.as_str(), asked.document_no.as_str());
    app.accounts().enrol_student(app.register(), &campaign, shown, &asked.password, now_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn set_cookie(response: &mut Response, app: &App, token: String, seconds: u64) {
    let cookie = Cookie::build((COOKIE, token))
        .http_only(true)
        .secure(app.0.secure_cookies)
        .same_site(SameSite::Strict)
        .path("/")
        .max_age(cookie::time::Duration::seconds(seconds as i64))
        .build();
    if let Ok(value) = HeaderValue::try_from(cookie.to_string()) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}
