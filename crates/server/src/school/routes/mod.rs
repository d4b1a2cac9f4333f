//! The API, one file for each thing that people work with. Reading is `GET`, a change names the version that the
//! actor saw in `If-Match`, and everything that can be sent twice takes an `Idempotency-Key`.
#![allow(unused_qualifications, reason = "utoipa's macro writes out the paths of its parameters")]

mod accounts;
pub mod campaigns;
mod closing;
mod codes;
mod comparison;
pub mod contact;
mod day;
mod deliveries;
mod evidence;
mod faces;
mod fees;
mod health;
mod links;
mod log;
mod make_up;
mod me;
pub mod messages;
pub mod orders;
mod own_photo;
mod papers;
mod people;
mod prints;
mod progress;
mod proofs;
mod roster;
mod session;
mod sessions;
pub mod shots;
pub mod stations;
mod students;
pub mod timetable;

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response as HttpResponse};
use serde::{Deserialize, Serialize};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{Content, Ref, RefOr, Response};
use utoipa::{IntoParams, OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::{PROBLEM_TYPE, Problem};
use crate::school::app::App;
use crate::school::rights::{self, Allowed};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Xueying · 学影",
        description = "Collection of graduation portraits. Problems are RFC 9457 documents in Chinese and in English; \
                       a change repeats the version seen (ETag) in If-Match; a write with an Idempotency-Key is done once.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem))
)]
struct Document;

/// Every route with its document.
pub fn all() -> OpenApiRouter<App> {
    let mut routes = routes();
    for (path, item) in &mut routes.get_openapi_mut().paths.paths {
        let methods = [
            ("GET", &mut item.get),
            ("PUT", &mut item.put),
            ("POST", &mut item.post),
            ("DELETE", &mut item.delete),
            ("PATCH", &mut item.patch),
        ];
        for (method, operation) in methods {
            if let Some(operation) = operation {
                let signed_in = rights::allowed(method, path) != Some(Allowed::Anybody);
                complete(operation, signed_in, method != "GET");
            }
        }
    }
    routes
}

/// Adds what is the same everywhere: a name of its own, since functions are called alike in different files, and
/// the problems that the layers and extractors answer with. A handler names only what else it may answer.
fn complete(operation: &mut Operation, signed_in: bool, writes: bool) {
    let tag = operation.tags.iter().flatten().next().map_or("", String::as_str);
    let name = operation.operation_id.as_deref().unwrap_or_default();
    operation.operation_id = Some(format!("{tag}_{name}"));
    let parameters = operation.parameters.iter().flatten().filter_map(|known| match known {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let has = |place: ParameterIn| parameters.clone().any(|known| known.parameter_in == place);
    let problems = [
        (true, ["400", "429", "503"].as_slice()),
        (signed_in, &["401", "403"]),
        (has(ParameterIn::Path), &["404"]),
        (has(ParameterIn::Header), &["412", "428"]),
        (writes || has(ParameterIn::Query), &["422"]),
        (operation.request_body.is_some(), &["401", "409", "413", "415"]),
    ];
    let expected: Vec<&str> =
        problems.iter().filter(|(holds, _)| *holds).flat_map(|(_, all)| all.iter().copied()).collect();
    let known = &mut operation.responses.responses;
    for status in expected {
        known.entry(status.to_owned()).or_insert_with(|| RefOr::T(Response::new("A problem.")));
    }
    let schema = || RefOr::Ref(Ref::from_schema_name("Problem"));
    for (status, response) in known.iter_mut().filter(|(status, _)| status.as_str() >= "400") {
        if let RefOr::T(response) = response {
            response.content =
                [(PROBLEM_TYPE.to_owned(), RefOr::T(Content::new(Some(schema()))))].into_iter().collect();
            if response.description.is_empty() || response.description == "A problem." {
                response.description = format!("A problem ({status}).");
            }
        }
    }
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
        .routes(routes!(health::openapi))
        .routes(routes!(session::sign_in, session::session, session::sign_out))
        .routes(routes!(session::change_password))
        .routes(routes!(session::activate))
        .routes(routes!(campaigns::templates))
        .routes(routes!(campaigns::list, campaigns::create))
        .routes(routes!(campaigns::one))
        .routes(routes!(campaigns::settings, campaigns::set))
        .routes(routes!(campaigns::copy))
        .routes(routes!(campaigns::move_on))
        .routes(routes!(campaigns::deadlines))
        .routes(routes!(progress::progress))
        .routes(routes!(progress::table))
        .routes(routes!(progress::sign_offs, progress::sign_off))
        .routes(routes!(roster::check))
        .routes(routes!(roster::marked))
        .routes(routes!(roster::platform))
        .routes(routes!(roster::apply))
        .merge(student_routes())
        .routes(routes!(messages::unread))
        .merge(outside_routes())
        .merge(code_routes())
        .merge(shot_routes())
        .merge(timetable_routes())
        .merge(day_routes())
        .merge(station_routes())
        .merge(make_up_routes())
        .merge(fee_routes())
        .merge(delivery_routes())
        .merge(proof_routes())
        .merge(closing_routes())
        .merge(face_routes())
        .routes(routes!(log::page))
        .routes(routes!(log::verification))
        .routes(routes!(accounts::list, accounts::create))
        .routes(routes!(accounts::log))
        .routes(routes!(accounts::verification))
        .routes(routes!(accounts::reset))
        .routes(routes!(accounts::set_active))
        .routes(routes!(me::me))
        .routes(routes!(me::card))
        .routes(routes!(me::photo))
        .routes(routes!(me::session))
        .routes(routes!(me::happen))
        .routes(routes!(me::check_code))
        .routes(routes!(own_photo::give, own_photo::withdraw))
}

fn student_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(students::list))
        .routes(routes!(students::table))
        .routes(routes!(students::one))
        .routes(routes!(students::happen))
        .routes(routes!(students::reveal))
        .routes(routes!(students::history))
        .routes(routes!(evidence::evidence))
        .routes(routes!(evidence::tick))
}

fn code_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(codes::card))
        .routes(routes!(codes::revoke))
        .routes(routes!(codes::issue))
        .routes(routes!(codes::cards))
        .routes(routes!(links::links))
        .routes(routes!(links::answer_link))
        .routes(routes!(links::unlink))
}

fn shot_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(shots::take, shots::list))
        .routes(routes!(shots::classes))
        .routes(routes!(shots::sheet))
        .routes(routes!(shots::one))
        .routes(routes!(shots::photo))
        .routes(routes!(shots::decide))
        .routes(routes!(shots::exchanges, shots::ask_exchange))
        .routes(routes!(shots::approve_exchange))
        .routes(routes!(prints::list, prints::hand_on))
}

fn timetable_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(timetable::draft, timetable::change))
        .routes(routes!(timetable::frame))
        .routes(routes!(timetable::check_draft))
        .routes(routes!(timetable::search::alternatives))
        .routes(routes!(timetable::tables::lectures))
        .routes(routes!(timetable::tables::given))
        .routes(routes!(timetable::search::search, timetable::search::stop))
        .routes(routes!(sessions::edition, sessions::publish))
        .routes(routes!(sessions::edition_table))
        .routes(routes!(sessions::edition_document))
        .routes(routes!(sessions::sign_in_sheet))
        .routes(routes!(messages::said))
        .routes(routes!(messages::table))
        .routes(routes!(messages::told))
        .routes(routes!(papers::notice))
        .routes(routes!(papers::set))
        .routes(routes!(papers::document))
        .routes(routes!(papers::assessment))
        .routes(routes!(sessions::confirm))
        .routes(routes!(people::named, people::name_people))
        .routes(routes!(people::people_table))
        .routes(routes!(timetable::mending::refine))
        .routes(routes!(timetable::mending::go_next))
        .routes(routes!(timetable::mending::mend))
}

fn day_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(day::board))
        .routes(routes!(day::pulse))
        .routes(routes!(day::roll))
        .routes(routes!(day::mark))
        .routes(routes!(day::turn))
}

fn make_up_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(make_up::list))
        .routes(routes!(make_up::table))
        .routes(routes!(make_up::round))
        .routes(routes!(make_up::visits))
        .routes(routes!(make_up::walk_in))
        .routes(routes!(make_up::mine))
        .routes(routes!(make_up::hours))
        .routes(routes!(make_up::book, make_up::cancel))
        .routes(routes!(make_up::give_file))
}

fn fee_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(fees::fees))
        .routes(routes!(fees::take_bill))
        .routes(routes!(fees::link))
        .routes(routes!(fees::list))
        .routes(routes!(fees::list_table))
        .routes(routes!(fees::claim))
        .routes(routes!(fees::hand_over))
        .routes(routes!(fees::ask_refund))
        .routes(routes!(fees::decline_refund))
        .routes(routes!(fees::approve_refund))
        .routes(routes!(fees::pay_refund))
        .routes(routes!(fees::settlement))
        .routes(routes!(fees::settlement_table))
}

fn delivery_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(deliveries::list, deliveries::begin))
        .routes(routes!(deliveries::volume_file))
        .routes(routes!(deliveries::manifest))
        .routes(routes!(deliveries::signature))
        .routes(routes!(deliveries::sent))
        .routes(routes!(deliveries::answer))
        .routes(routes!(deliveries::work))
        .routes(routes!(deliveries::work_table))
}

fn proof_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(proofs::list))
        .routes(routes!(proofs::table))
        .routes(routes!(proofs::one))
        .routes(routes!(proofs::evidence))
        .routes(routes!(proofs::answer))
        .routes(routes!(proofs::import))
        .routes(routes!(proofs::record))
        .routes(routes!(proofs::data))
        .routes(routes!(proofs::complain))
}

fn closing_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(closing::closing))
        .routes(routes!(closing::table))
        .routes(routes!(closing::purge))
        .routes(routes!(closing::certificate))
}

fn outside_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(contact::contact, contact::set_contact))
        .routes(routes!(orders::order))
        .routes(routes!(orders::paid))
        .routes(routes!(comparison::compare))
}

fn face_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(faces::faces))
        .routes(routes!(faces::take_references))
        .routes(routes!(faces::search))
        .routes(routes!(faces::give_reference))
}

fn station_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(stations::list, stations::open))
        .routes(routes!(stations::revoke))
        .routes(routes!(stations::take_packet))
        .routes(routes!(stations::enrol))
        .routes(routes!(stations::bundle))
        .routes(routes!(stations::uses))
        .routes(routes!(stations::calls))
        .routes(routes!(links::whose_code))
        .routes(routes!(stations::held, stations::take_piece))
}

/// The API's document.
pub fn document() -> utoipa::openapi::OpenApi {
    all().split_for_parts().1
}

/// Which page of a list.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// The page, from 1.
    #[serde(default = "first_page")]
    #[param(minimum = 1, maximum = 1_000_000, default = 1)]
    page: i64,
    /// Items on a page.
    #[serde(default = "page_size")]
    #[param(minimum = 1, maximum = 500, default = 50)]
    size: i64,
}

fn first_page() -> i64 {
    1
}

fn page_size() -> i64 {
    50
}

impl Paging {
    /// Items before the page, and on it.
    fn range(self) -> Result<(i64, i64), Problem> {
        if !(1..=1_000_000).contains(&self.page) || !(1..=500).contains(&self.size) {
            return Err(Problem::unusable(
                "page 应在 1 至 1000000 之间，size 应在 1 至 500 之间",
                "page lies between 1 and 1000000, size between 1 and 500",
            ));
        }
        Ok(((self.page - 1) * self.size, self.size))
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// What is on the page.
    items: Vec<T>,
    /// How many there are on all pages.
    total: i64,
}

/// Something with the version that a change of it must name.
struct Versioned<T>(i64, T);

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> HttpResponse {
        let mut response = Json(self.1).into_response();
        if let Ok(tag) = HeaderValue::try_from(format!("\"{}\"", self.0)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// The version in `If-Match`.
fn seen(headers: &HeaderMap) -> Result<i64, Problem> {
    let text = headers.get(header::IF_MATCH).ok_or_else(|| {
        Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "no-version",
            "修改时请在 If-Match 中给出所见版本",
            "a change names the version seen in If-Match",
        )
    })?;
    let version = text.to_str().ok().and_then(|text| text.trim().trim_matches('"').parse().ok());
    version.ok_or_else(Problem::stale)
}
