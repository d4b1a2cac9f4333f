//! Who may call what: one table for the whole API. A route that is not in it answers nobody.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use campaign::role::Role;

use crate::clock::now_ms;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::who::{Who, check_csrf, token};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// Anybody, signed in or not.
    Anybody,
    /// A station, which shows itself by a signature that the handler verifies; sessions do not matter.
    Station,
    /// Whoever signed in, even with a password that must be changed first.
    SignedIn,
    /// These roles.
    Roles(&'static [Role]),
}

use Role::{AgencyLead, Auditor, Centre, College, Helper, Monitor, Operator, Registry, Student};

const REGISTRY: Allowed = Allowed::Roles(&[Registry]);
/// Those who see lists of students of their part of the school.
const SCHOOL: Allowed = Allowed::Roles(&[Registry, College, Monitor, Auditor]);
const OFFICES: Allowed = Allowed::Roles(&[Registry, College]);
const COUNTS: Allowed = Allowed::Roles(&[Registry, College, Monitor, Helper, AgencyLead, Auditor]);
const STAFF: Allowed =
    Allowed::Roles(&[Registry, College, Monitor, Helper, Operator, AgencyLead, Centre, Auditor]);
const EVERYBODY: Allowed =
    Allowed::Roles(&[Registry, College, Monitor, Helper, Operator, AgencyLead, Centre, Auditor, Student]);
/// Those who call the roll, and who reads it.
const ROLL: Allowed = Allowed::Roles(&[Registry, College, Monitor, Helper, Auditor]);
/// Those who say that a class is there, and those who call it.
const CALLING: Allowed = Allowed::Roles(&[Registry, College, Monitor, Helper, Operator, AgencyLead]);
const DESK: Allowed = Allowed::Roles(&[Registry, Operator, AgencyLead, Centre]);
const LOOKING_AT_SHOTS: Allowed = Allowed::Roles(&[Registry, Operator, AgencyLead, Centre, Auditor]);
const LOGS: Allowed = Allowed::Roles(&[Registry, Auditor]);
const OWN: Allowed = Allowed::Roles(&[Student]);

/// Every route.
pub const RIGHTS: &[(&str, &str, Allowed)] = &[
    ("GET", "/healthz", Allowed::Anybody),
    ("GET", "/readyz", Allowed::Anybody),
    ("GET", "/metrics", Allowed::Anybody),
    ("GET", "/openapi.json", Allowed::Anybody),
    ("POST", "/api/session", Allowed::Anybody),
    ("POST", "/api/activation", Allowed::Anybody),
    ("POST", "/api/pay/wechat", Allowed::Anybody),
    ("GET", "/api/session", Allowed::SignedIn),
    ("DELETE", "/api/session", Allowed::SignedIn),
    ("POST", "/api/session/password", Allowed::SignedIn),
    ("GET", "/api/templates", REGISTRY),
    ("GET", "/api/campaigns", STAFF),
    ("POST", "/api/campaigns", REGISTRY),
    ("GET", "/api/campaigns/{campaign}", STAFF),
    ("GET", "/api/campaigns/{campaign}/settings", STAFF),
    ("PUT", "/api/campaigns/{campaign}/settings", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/copy", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/moves", Allowed::Roles(&[Registry, AgencyLead, Centre])),
    ("GET", "/api/campaigns/{campaign}/deadlines", STAFF),
    ("GET", "/api/campaigns/{campaign}/progress", COUNTS),
    ("GET", "/api/campaigns/{campaign}/progress.xlsx", COUNTS),
    ("GET", "/api/campaigns/{campaign}/sign-offs", SCHOOL),
    ("POST", "/api/campaigns/{campaign}/sign-offs", OFFICES),
    ("POST", "/api/campaigns/{campaign}/roster/check", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/roster/marked", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/roster/platform", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/roster", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/students", SCHOOL),
    ("GET", "/api/campaigns/{campaign}/students.xlsx", SCHOOL),
    ("GET", "/api/campaigns/{campaign}/students/{student}", SCHOOL),
    ("POST", "/api/campaigns/{campaign}/students/{student}/events", OFFICES),
    ("POST", "/api/campaigns/{campaign}/students/{student}/reveal", OFFICES),
    ("GET", "/api/campaigns/{campaign}/students/{student}/history", SCHOOL),
    ("GET", "/api/campaigns/{campaign}/students/{student}/evidence", OFFICES),
    ("PUT", "/api/campaigns/{campaign}/students/{student}/evidence", OFFICES),
    ("GET", "/api/campaigns/{campaign}/students/{student}/card.svg", OFFICES),
    ("DELETE", "/api/campaigns/{campaign}/students/{student}/code", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/codes", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/cards", OFFICES),
    ("GET", "/api/campaigns/{campaign}/links", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/links/{code}", REGISTRY),
    ("DELETE", "/api/campaigns/{campaign}/students/{student}/link", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/shots", DESK),
    ("GET", "/api/campaigns/{campaign}/shots", LOOKING_AT_SHOTS),
    ("GET", "/api/campaigns/{campaign}/shots/classes", LOOKING_AT_SHOTS),
    ("GET", "/api/campaigns/{campaign}/shots/sheet", LOOKING_AT_SHOTS),
    ("GET", "/api/campaigns/{campaign}/shots/{shot}", LOOKING_AT_SHOTS),
    ("GET", "/api/campaigns/{campaign}/shots/{shot}/photo", LOOKING_AT_SHOTS),
    ("POST", "/api/campaigns/{campaign}/shots/{shot}/decision", DESK),
    ("GET", "/api/campaigns/{campaign}/exchanges", Allowed::Roles(&[Registry, Centre, Auditor])),
    ("POST", "/api/campaigns/{campaign}/exchanges", Allowed::Roles(&[Registry, Centre])),
    ("POST", "/api/campaigns/{campaign}/exchanges/{exchange}/approval", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/stations", LOOKING_AT_SHOTS),
    ("POST", "/api/campaigns/{campaign}/stations", Allowed::Roles(&[Registry, AgencyLead, Centre])),
    ("DELETE", "/api/campaigns/{campaign}/stations/{key}", Allowed::Roles(&[Registry, AgencyLead, Centre])),
    ("POST", "/api/campaigns/{campaign}/packets", DESK),
    ("POST", "/api/stations/{campaign}/enrolment", Allowed::Anybody),
    ("GET", "/api/stations/{campaign}/bundle", Allowed::Station),
    ("GET", "/api/stations/{campaign}/uses", Allowed::Station),
    ("GET", "/api/stations/{campaign}/calls", Allowed::Station),
    ("POST", "/api/stations/{campaign}/whose-code", Allowed::Station),
    ("GET", "/api/stations/{campaign}/packets/{packet}", Allowed::Station),
    ("PUT", "/api/stations/{campaign}/packets/{packet}", Allowed::Station),
    ("GET", "/api/campaigns/{campaign}/timetable", Allowed::Roles(&[Registry, College, Auditor])),
    ("PUT", "/api/campaigns/{campaign}/timetable", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/timetable/frame", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/timetable/check", OFFICES),
    ("POST", "/api/campaigns/{campaign}/timetable/alternatives", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/timetable/lectures", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/timetable/given", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/timetable/search", REGISTRY),
    ("DELETE", "/api/campaigns/{campaign}/timetable/search", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/timetable/edition", STAFF),
    ("GET", "/api/campaigns/{campaign}/timetable/edition.xlsx", STAFF),
    ("GET", "/api/campaigns/{campaign}/timetable/edition.docx", STAFF),
    ("GET", "/api/campaigns/{campaign}/timetable/sign-in.xlsx", OFFICES),
    ("GET", "/api/campaigns/{campaign}/timetable/people", Allowed::Roles(&[Registry, College, Auditor])),
    ("PUT", "/api/campaigns/{campaign}/timetable/people", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/timetable/people.xlsx", OFFICES),
    ("POST", "/api/campaigns/{campaign}/timetable/edition", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/timetable/confirmation", Allowed::Roles(&[College])),
    ("POST", "/api/campaigns/{campaign}/timetable/refinement", Allowed::Roles(&[College])),
    ("POST", "/api/campaigns/{campaign}/timetable/mending", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/timetable/next", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/notice", STAFF),
    ("PUT", "/api/campaigns/{campaign}/notice/{section}", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/notice.docx", STAFF),
    ("GET", "/api/campaigns/{campaign}/assessment.docx", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/day/board", STAFF),
    ("GET", "/api/campaigns/{campaign}/day/pulse", EVERYBODY),
    ("GET", "/api/campaigns/{campaign}/day/roll", ROLL),
    ("POST", "/api/campaigns/{campaign}/day/marks", Allowed::Roles(&[Registry, College, Monitor, Helper])),
    ("POST", "/api/campaigns/{campaign}/day/turns", CALLING),
    ("GET", "/api/campaigns/{campaign}/fees", LOGS),
    ("POST", "/api/campaigns/{campaign}/fees/bills", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/fees/links", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/fees/payers", SCHOOL),
    ("GET", "/api/campaigns/{campaign}/fees/payers.xlsx", Allowed::Roles(&[Registry, College, Monitor])),
    ("POST", "/api/campaigns/{campaign}/fees/claims", Allowed::Roles(&[Registry, College, Monitor])),
    ("POST", "/api/campaigns/{campaign}/fees/hand-overs", Allowed::Roles(&[Registry, AgencyLead])),
    ("POST", "/api/campaigns/{campaign}/fees/refunds", OFFICES),
    ("DELETE", "/api/campaigns/{campaign}/fees/refunds/{refund}", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/fees/refunds/{refund}/approval", REGISTRY),
    (
        "POST",
        "/api/campaigns/{campaign}/fees/refunds/{refund}/payment",
        Allowed::Roles(&[Registry, AgencyLead]),
    ),
    ("GET", "/api/campaigns/{campaign}/fees/settlement", Allowed::Roles(&[Registry, AgencyLead, Auditor])),
    ("GET", "/api/campaigns/{campaign}/fees/settlement.xlsx", Allowed::Roles(&[Registry, AgencyLead])),
    ("GET", "/api/campaigns/{campaign}/prints", SCHOOL),
    ("POST", "/api/campaigns/{campaign}/prints", Allowed::Roles(&[Registry, College, AgencyLead, Centre])),
    ("GET", "/api/campaigns/{campaign}/make-up", SCHOOL),
    ("GET", "/api/campaigns/{campaign}/make-up.xlsx", OFFICES),
    ("POST", "/api/campaigns/{campaign}/make-up/round", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/make-up/bookings", Allowed::Roles(&[Registry, AgencyLead, Centre])),
    ("POST", "/api/walk-ins", DESK),
    ("GET", "/api/campaigns/{campaign}/deliveries", LOGS),
    ("POST", "/api/campaigns/{campaign}/deliveries", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/deliveries/{number}/volumes/{volume}", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/deliveries/{number}/manifest.json", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/deliveries/{number}/manifest.sig", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/deliveries/{number}/sent", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/deliveries/{number}/answers", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/deliveries/{number}/work", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/deliveries/{number}/work.xlsx", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/disputes", OFFICES),
    ("GET", "/api/campaigns/{campaign}/disputes.xlsx", OFFICES),
    ("GET", "/api/campaigns/{campaign}/disputes/{dispute}", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/disputes/{dispute}/evidence", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/disputes/{dispute}/answer", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/proofs", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/messages", LOGS),
    ("GET", "/api/campaigns/{campaign}/messages.xlsx", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/not-checked.xlsx", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/faces", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/faces/references", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/faces/search", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/faces/outside", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/closing", LOGS),
    ("GET", "/api/campaigns/{campaign}/closing.xlsx", REGISTRY),
    ("POST", "/api/campaigns/{campaign}/purge", REGISTRY),
    ("GET", "/api/campaigns/{campaign}/certificate", LOGS),
    ("GET", "/api/campaigns/{campaign}/log", LOGS),
    ("GET", "/api/campaigns/{campaign}/log/verification", LOGS),
    ("GET", "/api/accounts", REGISTRY),
    ("GET", "/api/accounts/log", REGISTRY),
    ("GET", "/api/accounts/log/verification", REGISTRY),
    ("POST", "/api/accounts", REGISTRY),
    ("POST", "/api/accounts/{account}/password", REGISTRY),
    ("PATCH", "/api/accounts/{account}", REGISTRY),
    ("GET", "/api/me", OWN),
    ("GET", "/api/me/card.png", OWN),
    ("GET", "/api/me/photo", OWN),
    ("GET", "/api/me/session.ics", OWN),
    ("GET", "/api/me/make-up", OWN),
    ("GET", "/api/me/make-up/hours", OWN),
    ("PUT", "/api/me/make-up/booking", OWN),
    ("DELETE", "/api/me/make-up/booking", OWN),
    ("POST", "/api/me/file", OWN),
    ("GET", "/api/me/messages", OWN),
    ("GET", "/api/me/contact", OWN),
    ("PUT", "/api/me/contact", OWN),
    ("POST", "/api/me/order", OWN),
    ("POST", "/api/me/reference", OWN),
    ("GET", "/api/me/record", OWN),
    ("GET", "/api/me/data.json", OWN),
    ("POST", "/api/me/disputes", OWN),
    ("POST", "/api/me/events", OWN),
    ("POST", "/api/me/code", OWN),
    ("POST", "/api/me/capture", OWN),
    ("DELETE", "/api/me/capture", OWN),
];

/// What the table says of a route.
pub fn allowed(method: &str, path: &str) -> Option<Allowed> {
    RIGHTS.iter().find(|(m, p, _)| *m == method && *p == path).map(|(_, _, allowed)| *allowed)
}

/// Lets a request through that the table allows, with [`Who`] beside it.
pub async fn enforce(
    State(app): State<App>,
    path: MatchedPath,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let Some(allowed) = allowed(request.method().as_str(), path.as_str()) else {
        return Ok(other_method(path.as_str()));
    };
    let session = match token(request.headers()) {
        Some(token) => app.accounts().session(&token, now_ms()).await?,
        None => None,
    };
    let needs_session = !matches!(allowed, Allowed::Anybody | Allowed::Station);
    if let Some(session) = session {
        if needs_session {
            check_csrf(request.method(), request.headers(), &session)?;
        }
        if let Allowed::Roles(roles) = allowed {
            if session.account.must_change {
                return Err(Problem::new(
                    StatusCode::FORBIDDEN,
                    "password-must-change",
                    "请先修改初始密码",
                    "change the first password before anything else",
                ));
            }
            if !roles.contains(&session.account.role) {
                return Err(Problem::forbidden());
            }
        }
        request.extensions_mut().insert(Who::new(session));
    } else if needs_session {
        return Err(Problem::unauthorized());
    }
    Ok(next.run(request).await)
}

/// A method that a known route does not have.
fn other_method(path: &str) -> Response {
    let methods: Vec<&str> =
        RIGHTS.iter().filter(|(_, known, _)| *known == path).map(|(method, ..)| *method).collect();
    let problem = Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method",
        "该地址不支持此方法",
        "this address does not have that method",
    );
    ([(header::ALLOW, methods.join(", "))], problem).into_response()
}
