//! A photo that an absent student takes alone with a phone (远程自助采集), where the campaign allows it. The phone
//! judges it before it is given in; here it is made and judged again like any other, and always waits for a person.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use campaign::day;
use campaign::register::{Campaign, Entry};
use campaign::role::Role;
use capture::desk::{At, Decision, Incoming, Shot, State as ShotState};
use seal::identity::StationId;
use serde::Serialize;
use utoipa::ToSchema;

use super::Versioned;
use super::me::own;
use super::shots::{ShotView, received};
use super::stations::tell;
use crate::problem::{Problem, prefers_english};
use crate::school::app::App;
use crate::school::keys;
use crate::school::who::Who;

/// Where photos come from that students take alone.
const SELF: &str = "self";
/// What stands at a photo that its student took back.
const WITHDRAWN: &str = "本人撤回";

/// How a student stands with photos taken alone.
#[derive(Serialize, ToSchema)]
pub struct SelfCapture {
    /// How often one may still be given in; 0 where it is over, or where the newest one waits or is accepted.
    left: usize,
    /// Of how many.
    tries: u16,
    /// Whether the newest one waits for a person, so that it can be taken back.
    waiting: bool,
}

/// The photos that a student gave in, newest first.
async fn given(app: &App, entry: &Entry) -> Result<Vec<Shot>, Problem> {
    let mut given = Vec::new();
    for shot in app.register().shots_of(entry.id).await? {
        let shot = app.desk().shot(shot).await?;
        if shot.station == SELF {
            given.push(shot);
        }
    }
    Ok(given)
}

/// How a student stands; none where the campaign does not allow it, or a photo was accepted already.
pub async fn standing(
    app: &App,
    campaign: &Campaign,
    entry: &Entry,
    at_ms: u64,
) -> Result<Option<SelfCapture>, Problem> {
    use campaign::case::tracks::{Code, Eligibility, Photo};
    let case = &entry.case;
    let may = case.eligibility == Eligibility::Expected
        && !matches!(case.code, Code::None | Code::Problem)
        && case.photo != Photo::Accepted;
    let tries = campaign.settings.make_up.self_capture_tries;
    if tries == 0 || !may {
        return Ok(None);
    }
    let given = given(app, entry).await?;
    let waiting = given.first().is_some_and(|shot| shot.state == ShotState::Waiting);
    let left = campaign.settings.self_captures_left(given.len(), day::of_ms(at_ms));
    Ok(Some(SelfCapture { left: if waiting { 0 } else { left }, tries, waiting }))
}

fn refused() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "tries",
        "不能再提交自助照片：次数已用完、已过期限，或上一张正在审核；请按补拍安排到现场拍摄",
        "no photo can be given in: the tries are used up, the time is over, or the last one is being looked at; come to the make-up session",
    )
}

/// Gives in a photo that one took alone.
#[utoipa::path(post, path = "/api/me/capture", tag = "me",
    request_body(content = Vec<u8>, content_type = "image/jpeg"),
    responses((status = 201, body = ShotView), (status = 409, body = Problem)))]
pub async fn give(
    State(app): State<App>,
    who: Who,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let (_, campaign, entry) = own(&app, &who).await?;
    let standing = standing(&app, &campaign, &entry, who.at_ms).await?.ok_or_else(refused)?;
    if standing.left == 0 {
        return Err(refused());
    }
    let given = Given { bytes: bytes.to_vec(), station: SELF };
    let shot = take_own(&app, &who, &campaign, &entry, given).await?;
    let view = ShotView::of(&shot, prefers_english(&headers));
    Ok((StatusCode::CREATED, Versioned(shot.version, view)).into_response())
}

/// A photo that a student gives in.
pub struct Given {
    /// The file.
    pub bytes: Vec<u8>,
    /// What stands in place of a station.
    pub station: &'static str,
}

/// Takes a photo from its own student, for the student's standing code: nobody can give it in for somebody else.
pub async fn take_own(
    app: &App,
    who: &Who,
    campaign: &Campaign,
    entry: &Entry,
    given: Given,
) -> Result<Box<Shot>, Problem> {
    let keys = keys::of(app, &campaign.id).await?;
    let code =
        app.register().standing_code(entry, &campaign.settings, &keys.school).await?.ok_or_else(refused)?;
    let incoming =
        Incoming { bytes: given.bytes, name: "own.jpg".into(), code: code.text.reveal().to_owned() };
    let revoked = app.register().revoked_codes(&campaign.id).await?;
    let judge = app.judge(&campaign.settings.photo.standard).map_err(Problem::internal)?;
    let station = StationId::try_from(given.station.to_owned())?;
    let at = At { account: who.id(), station: &station, at_ms: who.at_ms };
    let shot = received(app.desk().receive(incoming, (&keys.desk, &revoked), judge, at).await?)?;
    tell(app, &shot, &campaign::register::Act { role: Role::Operator, ..who.act("") }).await?;
    Ok(shot)
}

/// Takes back what one gave in, while nobody has looked at it. The try is used.
#[utoipa::path(delete, path = "/api/me/capture", tag = "me", responses((status = 200, body = ShotView), (status = 409, body = Problem)))]
pub async fn withdraw(
    State(app): State<App>,
    who: Who,
    headers: HeaderMap,
) -> Result<Json<ShotView>, Problem> {
    let (_, _, entry) = own(&app, &who).await?;
    let newest = given(&app, &entry).await?.into_iter().next().ok_or_else(Problem::unknown)?;
    if newest.state != ShotState::Waiting {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "not-now",
            "已审核，不能撤回",
            "it was looked at already",
        ));
    }
    let station = StationId::try_from(SELF.to_owned())?;
    let at = At { account: who.id(), station: &station, at_ms: who.at_ms };
    let shot = app.desk().decide(newest.id, Decision::Retake, (newest.version, WITHDRAWN), at).await?;
    tell(&app, &shot, &campaign::register::Act { role: Role::Operator, ..who.act("") }).await?;
    Ok(Json(ShotView::of(&shot, prefers_english(&headers))))
}
