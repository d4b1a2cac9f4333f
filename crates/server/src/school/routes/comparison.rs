//! A comparison service outside, asked about single photos of those who agreed.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use campaign::case::tracks::Consent;
use campaign::phase::Phase;
use outside::comparison::{Against, Answer, Question};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::campaigns::name;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::keys;
use crate::school::who::Who;

/// Whom the comparison is about.
#[derive(Deserialize, ToSchema)]
pub struct Whom {
    student: Uuid,
}

/// What a comparison service outside says.
#[derive(Serialize, ToSchema)]
pub struct ComparedView {
    /// `same`, `unsure` or `different`. Nothing follows from it by itself.
    answer: String,
    /// How alike, 0 to 1, on the service's own scale.
    score: Option<f64>,
    /// Why it is not sure.
    zh: String,
    en: String,
}

/// Asks the comparison service of the configuration about the accepted photo of a student who agreed, by the document's
/// number; the log keeps that it was asked. A service that does not answer leaves it to a person.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/faces/outside", tag = "faces", params(("campaign" = String, Path)),
    request_body = Whom, responses((status = 200, body = ComparedView), (status = 409, body = Problem)))]
pub async fn compare(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Json(whom): Json<Whom>,
) -> Result<Json<ComparedView>, Problem> {
    let id = who.campaign(&campaign)?;
    let campaign = app.register().campaign(&id).await?;
    let entry = app.register().student(&id, whom.student).await?;
    let refused = |code, zh: &str, en: &str| Problem::new(StatusCode::CONFLICT, code, zh, en);
    let service = app.outside().comparison.as_ref();
    let service =
        service.ok_or_else(|| refused("off", "没有配置比对服务", "no comparison service is configured"))?;
    if campaign.settings.photo.reference.is_none() || campaign.state.phase >= Phase::Closed {
        return Err(refused(
            "off",
            "本次采集没有启用人脸比对，或已结束",
            "this campaign compares no faces, or it is closed",
        ));
    }
    if entry.case.consent != Consent::Agreed {
        return Err(refused(
            "no-consent",
            "该生没有同意人脸比对",
            "the student did not agree to the comparison",
        ));
    }
    let shots = app.register().accepted_shots(&id).await?;
    let shot = shots
        .get(&entry.id)
        .ok_or_else(|| refused("no-photo", "还没有采用的照片", "no photo is accepted yet"))?;
    let keys = keys::of(&app, &id).await?;
    let photo = app.desk().photo(&app.desk().shot(*shot).await?, &keys.desk).await?;
    app.register().seen(&id, "comparison-service", (1, Some(entry.id)), &who.act("")).await?;
    let kind = name(&entry.student.document_type);
    let against = Against::Document { kind: &kind, number: &entry.student.document_no };
    let answer = service.compare(&Question { id: Uuid::now_v7(), photo: &photo, against }).await;
    let said = |answer: &str, score| ComparedView {
        answer: answer.into(),
        score,
        zh: String::new(),
        en: String::new(),
    };
    Ok(Json(match answer {
        Answer::Same { score } => said("same", Some(score)),
        Answer::Different { score } => said("different", Some(score)),
        Answer::Unsure(doubt) => {
            ComparedView { zh: doubt.zh(), en: doubt.to_string(), ..said("unsure", None) }
        }
    }))
}
