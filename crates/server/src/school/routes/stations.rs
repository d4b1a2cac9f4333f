//! Stations: opened and revoked by people, and their own way in: enrolment, bundles, packets. A station shows itself
//! with its signature, not with a session.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use campaign::register::{Act, RegisterError};
use campaign::role::Role;
use capture::desk::balance::HandOver;
use capture::desk::stations::Enrolled;
use capture::desk::{DeskError, Shot};
use capture::station::transfer::{ABOUT_BUNDLE, Called, Held, SCHEME, UsedElsewhere};
use seal::code::bundle::{self, Bundle};
use seal::identity::{CampaignId, StationId};
use seal::packet::PacketId;
use seal::suite::SEED_BYTES;
use seal::suite::Seed;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::clock::now_ms;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::keys::{self, Keys};
use crate::school::layers::Once;
use crate::school::who::Who;

/// A station, as people see it.
#[derive(Serialize, ToSchema)]
pub struct EnrolledView {
    /// What it is called.
    name: String,
    /// The id of its key; none while its token waits.
    key: Option<String>,
    /// When it last asked, milliseconds since 1970-01-01 UTC; none while it never did.
    seen_ms: Option<u64>,
    /// Whether its word counts no more.
    revoked: bool,
    /// Packets that came from it.
    packets: u64,
}

/// Something about a packet that a person should know.
#[derive(Serialize, ToSchema)]
pub struct RemarkView {
    station: String,
    /// The shot number there.
    number: String,
    remark: String,
    /// Milliseconds since 1970-01-01 UTC.
    received_ms: u64,
}

/// The stations of a campaign.
#[derive(Serialize, ToSchema)]
pub struct StationsView {
    stations: Vec<EnrolledView>,
    remarks: Vec<RemarkView>,
    hand_over: HandOverView,
}

/// Photos at the centre, by what became of them: here = linked + refused + untold.
#[derive(Serialize, ToSchema)]
pub struct HandOverView {
    here: u64,
    /// The school knows them as they stand.
    linked: u64,
    /// The school could not take them.
    refused: u64,
    /// The school has not heard of them as they stand.
    untold: u64,
    /// Nobody decided about them.
    waiting: u64,
}

/// The stations of a campaign, with what came from them.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/stations", tag = "stations", params(("campaign" = String, Path)),
    responses((status = 200, body = StationsView)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<StationsView>, Problem> {
    let id = who.campaign(&campaign)?;
    let suite = app.register().suite(&id).await?;
    let delivered = app.desk().delivered(&id).await?;
    let packets =
        |name: &str| delivered.iter().find(|(station, _)| station == name).map_or(0, |(_, count)| *count);
    let enrolled = app.desk().stations(&id, suite).await?;
    let waiting = app.desk().waiting_stations(&id).await?;
    let waiting = waiting
        .into_iter()
        .filter(|name| !enrolled.iter().any(|each| each.station == *name && each.seen_ms == 0));
    let mut stations: Vec<EnrolledView> = enrolled
        .iter()
        .map(|each| EnrolledView {
            name: each.station.clone(),
            key: Some(each.key.to_string()),
            seen_ms: (each.seen_ms > 0).then_some(each.seen_ms),
            revoked: each.revoked_ms > 0,
            packets: packets(&each.station),
        })
        .collect();
    stations.extend(waiting.map(|name| EnrolledView {
        packets: packets(&name),
        name,
        key: None,
        seen_ms: None,
        revoked: false,
    }));
    let remarks = app.desk().remarks(&id).await?.into_iter().map(|each| RemarkView {
        station: each.station,
        number: each.number,
        remark: each.remark,
        received_ms: each.received_ms,
    });
    let HandOver { here, linked, refused, untold, waiting } = app.desk().hand_over(&id).await?;
    let hand_over = HandOverView { here, linked, refused, untold, waiting };
    Ok(Json(StationsView { stations, remarks: remarks.collect(), hand_over }))
}

/// A station to be.
#[derive(Deserialize, ToSchema)]
pub struct NewStation {
    /// What it is called on the timetable, such as `2`.
    name: String,
}

/// The token that is typed at the station; it is shown once.
#[derive(Serialize, ToSchema)]
pub struct Ticket {
    /// The station.
    name: String,
    /// Works once, within a week.
    token: String,
    /// The cipher suite that the station uses.
    suite: String,
}

/// Opens a token for a station; an older one for it is void.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/stations", tag = "stations", params(("campaign" = String, Path)),
    request_body = NewStation, responses((status = 201, body = Ticket)))]
pub async fn open(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Json(new): Json<NewStation>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let suite = app.register().suite(&id).await?;
    let station = StationId::try_from(new.name)?;
    let keys = keys::of(&app, &id).await?;
    let token = app.desk().open_token(&id, &station, &keys.desk, who.at_ms).await?;
    app.register().station_changed(&id, "opened", station.as_str(), &who.act("")).await?;
    let ticket = Ticket {
        name: station.as_str().to_owned(),
        token: token.as_str().to_owned(),
        suite: suite.name().to_owned(),
    };
    let mut response = (StatusCode::CREATED, Json(ticket)).into_response();
    response.extensions_mut().insert(Once);
    Ok(response)
}

/// Takes a station's word away at once; packets that came before stay.
#[utoipa::path(delete, path = "/api/campaigns/{campaign}/stations/{key}", tag = "stations",
    params(("campaign" = String, Path), ("key" = String, Path)), responses((status = 204)))]
pub async fn revoke(
    State(app): State<App>,
    who: Who,
    Path((campaign, key)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().campaign(&id).await?;
    app.desk().revoke_station(&id, &key, who.at_ms).await?;
    app.register().station_changed(&id, "revoked", &key, &who.act("")).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn campaign(app: &App, name: String) -> Result<CampaignId, Problem> {
    let id = CampaignId::try_from(name).map_err(|_| Problem::unknown())?;
    app.register().campaign(&id).await?;
    Ok(id)
}

/// Admits a station that holds a token, and answers with the campaign's public keys.
#[utoipa::path(post, path = "/api/stations/{campaign}/enrolment", tag = "stations", params(("campaign" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub async fn enrol(
    State(app): State<App>,
    Path(name): Path<String>,
    request: Bytes,
) -> Result<Response, Problem> {
    let id = campaign(&app, name).await?;
    let keys = keys::of(&app, &id).await?;
    let answer = app.desk().admit(&id, &request, &keys.desk, now_ms()).await?;
    Ok(octets(answer))
}

fn octets(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response()
}

/// The station that signed a request about something.
pub(super) async fn caller(
    app: &App,
    name: String,
    headers: &HeaderMap,
    about: &str,
) -> Result<(CampaignId, Enrolled, std::sync::Arc<Keys>), Problem> {
    let word = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix(SCHEME))
        .and_then(|word| BASE64.decode(word.trim()).ok())
        .ok_or_else(Problem::unauthorized)?;
    let id = campaign(app, name).await?;
    let keys = keys::of(app, &id).await?;
    let station = app.desk().caller(&id, &word, about, &keys.desk, now_ms()).await;
    let station = station.map_err(|error| match error {
        DeskError::NotAStation => {
            Problem::new(StatusCode::UNAUTHORIZED, "not-a-station", error.zh(), error.to_string())
        }
        error => error.into(),
    })?;
    Ok((id, station, keys))
}

/// The campaign's bundle, in a letter to the station that asks.
#[utoipa::path(get, path = "/api/stations/{campaign}/bundle", tag = "stations",
    params(("campaign" = String, Path), ("Authorization" = String, Header), ("If-None-Match" = Option<String>, Header)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 304), (status = 401, body = Problem)))]
pub async fn bundle(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (id, station, keys) = caller(&app, name, &headers, ABOUT_BUNDLE).await?;
    let known = app.register().for_stations(&id).await?;
    let (references, unlike_from, references_until_s) = app.register().references(&id, &keys.school).await?;
    let reading = &keys.desk.reading;
    let school = |(number, name): (String, String)| Some((number.try_into().ok()?, name));
    let now_s = now_ms() / 1000;
    let bundle = Bundle {
        campaign: id.clone(),
        edition: now_s,
        made_at_s: now_s,
        keys: vec![seal::code::text::CodeKeys {
            code: reading.codes.code.shared(),
            issuer: reading.codes.issuer.clone(),
            from_s: 0,
            until_s: u64::MAX,
        }],
        fingerprint: reading.fingerprint.shared(),
        revoked: known.revoked,
        schools: known.school.and_then(school).into_iter().collect(),
        sessions: known.sessions,
        title: known.title,
        standard: known.standard,
        checks: known.checks,
        compares_faces: known.compares_faces,
        levels: known.levels,
        references,
        unlike_from,
        references_until_s,
        linked: app.register().linked(&id, &keys.school).await?,
    };
    let tag = [(header::ETAG, format!("\"{}\"", bundle.mark()))];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag[0].1.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, tag).into_response());
    }
    let mut random = [0; SEED_BYTES];
    getrandom::fill(&mut random).map_err(|error| Problem::internal(error.to_string()))?;
    let letter = bundle::write(&bundle, &keys.desk.centre.receipt, station.letters(), Seed::new(random));
    let letter = letter.ok_or_else(|| Problem::internal("the bundle cannot be written"))?;
    Ok((tag, octets(letter)).into_response())
}

/// The first use of every code whose packet came, for the other stations.
#[utoipa::path(get, path = "/api/stations/{campaign}/uses", tag = "stations",
    params(("campaign" = String, Path), ("Authorization" = String, Header)),
    responses((status = 200, body = Vec<UseView>), (status = 401, body = Problem)))]
pub async fn uses(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Vec<UsedElsewhere>>, Problem> {
    let (id, ..) = caller(&app, name, &headers, ABOUT_BUNDLE).await?;
    Ok(Json(app.desk().uses(&id).await?))
}

/// Which classes were called where; empty where nobody calls classes.
#[utoipa::path(get, path = "/api/stations/{campaign}/calls", tag = "stations",
    params(("campaign" = String, Path), ("Authorization" = String, Header)),
    responses((status = 200, body = Vec<CallView>), (status = 401, body = Problem)))]
pub async fn calls(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Vec<Called>>, Problem> {
    let (id, ..) = caller(&app, name, &headers, ABOUT_BUNDLE).await?;
    Ok(Json(super::day::called(&app, &id).await?))
}

/// How a class stands in the queue.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what the capture side reads")]
pub struct CallView {
    /// As the bundle names it.
    class: String,
    /// Whether it was called.
    is_called: bool,
    /// To which station.
    station: String,
}

/// A use of a code.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what the capture side writes")]
pub struct UseView {
    /// The code's keyed fingerprint.
    code: String,
    station: String,
    /// Milliseconds since 1970-01-01 UTC.
    at_ms: u64,
}

/// What the server has of a packet.
#[derive(ToSchema)]
#[expect(dead_code, reason = "documents what the capture side writes")]
pub struct HeldView {
    /// Bytes from the beginning without a gap.
    received: u64,
    /// The receipt in base64, once the packet was opened.
    receipt: Option<String>,
}

fn packet_id(text: &str) -> Result<PacketId, Problem> {
    PacketId::parse(text).ok_or_else(Problem::unknown)
}

/// How much of a packet is here.
#[utoipa::path(get, path = "/api/stations/{campaign}/packets/{packet}", tag = "stations",
    params(("campaign" = String, Path), ("packet" = String, Path), ("Authorization" = String, Header)),
    responses((status = 200, body = HeldView), (status = 401, body = Problem)))]
pub async fn held(
    State(app): State<App>,
    Path((name, packet)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Held>, Problem> {
    caller(&app, name, &headers, &packet).await?;
    Ok(Json(app.desk().held(packet_id(&packet)?).await?))
}

/// Where a piece begins.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Begins {
    /// Bytes before it.
    #[serde(default)]
    at: u64,
}

/// Takes a piece of a packet. With the last one the packet is opened and the receipt given.
#[utoipa::path(put, path = "/api/stations/{campaign}/packets/{packet}", tag = "stations",
    params(("campaign" = String, Path), ("packet" = String, Path), ("Authorization" = String, Header), Begins),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 200, body = HeldView)))]
pub async fn take_piece(
    State(app): State<App>,
    Path((name, packet)): Path<(String, String)>,
    Query(begins): Query<Begins>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Json<Held>, Problem> {
    let (id, _, keys) = caller(&app, name, &headers, &packet).await?;
    let judge = judge(&app, &id).await?;
    let piece = (begins.at, bytes.to_vec());
    let held = app.desk().take_piece((&id, packet_id(&packet)?), piece, &keys.desk, judge, now_ms()).await?;
    if held.receipt.is_some() {
        tell_school(&app).await?;
    }
    Ok(Json(held))
}

async fn judge(app: &App, id: &CampaignId) -> Result<std::sync::Arc<capture::judging::Judge>, Problem> {
    let standard = app.register().campaign(id).await?.settings.photo.standard;
    app.judge(&standard).map_err(Problem::internal)
}

/// Takes a packet that came on a stick, and answers with the receipt to carry back.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/packets", tag = "stations", params(("campaign" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub async fn take_packet(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let keys = keys::of(&app, &id).await?;
    let judge = judge(&app, &id).await?;
    let receipt = app.desk().take_packet(&id, bytes.to_vec(), None, &keys.desk, judge, who.at_ms).await?;
    tell_school(&app).await?;
    Ok(octets(receipt))
}

/// Tells the school's side of every shot that it has not heard of as it stands. What was cut off between the two
/// databases is told the next time; the same word twice is one.
pub async fn tell_school(app: &App) -> Result<(), Problem> {
    for shot in app.desk().untold().await? {
        let act = Act { role: Role::Centre, account: "-", at_ms: now_ms(), reason: "" };
        match tell(app, &shot, &act).await {
            Ok(()) => {}
            Err(error @ (RegisterError::Refused(_) | RegisterError::Unknown)) => {
                app.desk().told(shot.id, &format!("refused: {error}")).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Tells the school's side how a shot stands.
pub async fn tell(app: &App, shot: &Shot, act: &Act<'_>) -> Result<(), RegisterError> {
    app.register().take_report(&shot.judged(), &Act { role: Role::Operator, ..act.clone() }).await?;
    if let Some(decided) = shot.decided() {
        app.register().take_report(&decided, act).await?;
    }
    let told = app.desk().told(shot.id, shot.state_name()).await;
    told.map_err(|error| RegisterError::Damaged(error.to_string()))
}
