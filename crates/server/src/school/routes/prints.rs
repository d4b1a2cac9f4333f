//! Paper prints on their way from the agency to the school, the college and the certificate.

use axum::Json;
use axum::extract::{Path, Query, State};
use campaign::case::tracks::{Prints, PrintsEvent};
use campaign::register::Entry;
use campaign::register::roll::Filter;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::fees::HowMany;
use super::students::StudentView;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::who::Who;

/// Which class.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PrintsOf {
    college: String,
    #[serde(default)]
    cohort: String,
}

/// The prints of a student.
#[derive(Serialize, ToSchema)]
pub struct PrintView {
    student: StudentView,
    /// `none`, `printed`, `at-school`, `verified` or `used`.
    prints: String,
    prints_zh: String,
    /// Whether there is an accepted photo to print.
    has_photo: bool,
}

/// Where the prints of a class are.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/prints", tag = "prints", params(("campaign" = String, Path), PrintsOf),
    responses((status = 200, body = Vec<PrintView>)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(of): Query<PrintsOf>,
) -> Result<Json<Vec<PrintView>>, Problem> {
    use campaign::case::tracks::Photo;
    let id = who.campaign(&campaign)?;
    app.register().campaign(&id).await?;
    let filter = who.narrowed(Filter { college: of.college, cohort: of.cohort, ..Filter::default() })?;
    let (entries, _) = app.register().page(&id, &filter, (0, i64::MAX)).await?;
    let view = |entry: &Entry| PrintView {
        student: StudentView::of(entry),
        prints: super::campaigns::name(&entry.case.prints),
        prints_zh: Prints::zh(entry.case.prints).into(),
        has_photo: entry.case.photo == Photo::Accepted,
    };
    Ok(Json(entries.iter().map(view).collect()))
}

/// What happens to prints, and whose.
#[derive(Deserialize, ToSchema)]
pub struct NewHandOn {
    students: Vec<Uuid>,
    /// `print`, `deliver`, `verify` (it is the student), `deny` (it is not), `use` or `reprint`.
    #[schema(value_type = String, example = "deliver")]
    step: PrintsEvent,
}

/// Hands prints on; each step is kept with who took it. Those that stand elsewhere are left out.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/prints", tag = "prints", params(("campaign" = String, Path)),
    request_body = NewHandOn, responses((status = 200, body = HowMany), (status = 409, body = Problem)))]
pub async fn hand_on(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Json(new): Json<NewHandOn>,
) -> Result<Json<HowMany>, Problem> {
    let id = who.campaign(&campaign)?;
    for student in &new.students {
        who.sees(&app.register().student(&id, *student).await?)?;
    }
    let count = app.register().hand_on(&id, &new.students, new.step, &who.act("")).await?;
    Ok(Json(HowMany { count }))
}
