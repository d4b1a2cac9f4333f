//! Deliveries: accepted photos packed for the national registration or for certificates, and what the receiver
//! answers. The volumes are not kept: the same photos under the same names give the same bytes, which the manifest
//! holds them to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use campaign::day;
use campaign::delivery::feedback::{self, Kind};
use campaign::delivery::package::{Manifest, Volume, volume};
use campaign::delivery::{Line, REGISTRATION, Spec, index};
use campaign::register::Act;
use campaign::register::deliveries::{Delivered, Delivery, DeliveryState};
use campaign::role::Role;
use capture::desk::{At, Decision, State as ShotState};
use capture::finishing::finish;
use capture::judging::Judge;
use portrait::standard::Verdict;
use seal::delivery::Signature;
use seal::identity::{CampaignId, StationId};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::ToSchema;
use uuid::Uuid;

use super::campaigns::name;
use super::stations::tell;
use crate::clock::now_ms;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::export;
use crate::school::keys::{self, Keys};
use crate::school::who::Who;

/// Deliveries, and what waits for the next one.
#[derive(Serialize, ToSchema)]
pub struct DeliveriesView {
    /// Photos that were not delivered as they now are.
    due: usize,
    /// Every accepted photo.
    accepted: usize,
    deliveries: Vec<DeliveryView>,
}

/// A delivery.
#[derive(Serialize, ToSchema)]
pub struct DeliveryView {
    number: i64,
    /// Milliseconds since 1970-01-01 UTC.
    at_ms: u64,
    purpose: String,
    /// `building`, `ready` or `sent`.
    state: String,
    photos: usize,
    /// Photos packed so far, while it is being built.
    done: usize,
    volumes: Vec<VolumeView>,
    /// The id of the key that signed it, as `xueying delivery verify` names it.
    signer: Option<String>,
}

/// A volume of a delivery.
#[derive(Serialize, ToSchema)]
pub struct VolumeView {
    name: String,
    bytes: u64,
    files: usize,
}

impl DeliveryView {
    fn of(app: &App, id: &CampaignId, delivery: &Delivery) -> Result<Self, Problem> {
        let manifest = delivery.manifest()?;
        let volumes = manifest.iter().flat_map(|manifest| &manifest.volumes);
        let volumes = volumes.map(|volume| VolumeView {
            name: volume.name.clone(),
            bytes: volume.bytes,
            files: volume.files.len(),
        });
        let done =
            app.packing().get(&(id.clone(), delivery.number)).map_or(0, |done| done.load(Ordering::Relaxed));
        let signer =
            delivery.made.as_ref().and_then(|(text, signature)| signature.verify(text.as_bytes()).ok());
        Ok(Self {
            number: delivery.number,
            at_ms: delivery.at_ms,
            purpose: delivery.spec.purpose.clone(),
            state: name(&delivery.state),
            photos: delivery.photos,
            done,
            volumes: volumes.collect(),
            signer: signer.map(|id| id.to_string()),
        })
    }
}

/// What is to be delivered, and how.
#[derive(Deserialize, ToSchema)]
pub struct NewDelivery {
    /// Such as 学历注册.
    purpose: String,
    /// Only what was not delivered as it now is.
    only_new: bool,
    /// What files are called: `{document_no}`, `{exam_no}`, `{student_no}`, `{name}`, `{college}`, `{major}`, `{cohort}`,
    /// `{school_no}` and any text.
    pattern: String,
    /// Folders, with the same placeholders.
    #[serde(default)]
    folders: String,
    /// For those of whom the pattern says nothing.
    fallback: String,
    /// `jpg` or `JPG`.
    extension: String,
    /// `xlsx`, `csv`, `dbf`, or nothing.
    #[schema(value_type = Option<String>)]
    index: Option<roster::table::write::Form>,
    photos_per_volume: usize,
    /// A preset of another size that photos are made by; empty for the accepted photos as they are.
    #[serde(default)]
    standard: String,
}

/// Deliveries of a campaign, newest first.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/deliveries", tag = "deliveries", params(("campaign" = String, Path)),
    responses((status = 200, body = DeliveriesView)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<DeliveriesView>, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().campaign(&id).await?;
    let deliveries = app.register().deliveries(&id).await?;
    for delivery in deliveries.iter().filter(|delivery| delivery.state == DeliveryState::Building) {
        // Packing that a restart broke off goes on when somebody looks.
        pack_aside(&app, &id, delivery.number);
    }
    Ok(Json(DeliveriesView {
        due: app.register().due(&id, REGISTRATION, true).await?.len(),
        accepted: app.register().due(&id, REGISTRATION, false).await?.len(),
        deliveries: deliveries
            .iter()
            .map(|delivery| DeliveryView::of(&app, &id, delivery))
            .collect::<Result<_, _>>()?,
    }))
}

/// Begins a delivery; its volumes are packed in the background.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/deliveries", tag = "deliveries", params(("campaign" = String, Path)),
    request_body = NewDelivery, responses((status = 202, body = DeliveryView), (status = 409, body = Problem)))]
pub async fn begin(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Json(new): Json<NewDelivery>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    if !new.standard.is_empty() {
        app.judge(&new.standard).map_err(|why| Problem::unusable(format!("standard：{why}"), why))?;
    }
    let spec = Spec {
        purpose: new.purpose,
        only_new: new.only_new,
        pattern: new.pattern,
        folders: new.folders,
        fallback: new.fallback,
        extension: new.extension,
        index: new.index,
        photos_per_volume: new.photos_per_volume,
        standard: new.standard,
    };
    let number = app.register().begin_delivery(&id, &spec, &who.act("")).await?;
    pack_aside(&app, &id, number);
    let delivery = app.register().delivery(&id, number).await?;
    Ok((StatusCode::ACCEPTED, Json(DeliveryView::of(&app, &id, &delivery)?)).into_response())
}

/// Packs in the background, once however often it is asked for.
fn pack_aside(app: &App, id: &CampaignId, number: i64) {
    let (key, done) = ((id.clone(), number), Arc::new(AtomicUsize::new(0)));
    match app.packing().entry(key.clone()) {
        std::collections::hash_map::Entry::Occupied(_) => return,
        std::collections::hash_map::Entry::Vacant(place) => place.insert(Arc::clone(&done)),
    };
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(problem) = pack(&app, &key.0, number, &done).await {
            tracing::error!(number, problem = %problem.en, "a delivery could not be packed");
        }
        app.packing().remove(&key);
    });
}

/// Packs every volume once, and keeps what each consists of.
async fn pack(app: &App, id: &CampaignId, number: i64, done: &AtomicUsize) -> Result<(), Problem> {
    let delivery = app.register().delivery(id, number).await?;
    let photos = app.register().delivered(id, number).await?;
    let packer = Packer::new(app, id, &delivery).await?;
    let (mut volumes, mut lacking) = (Vec::new(), Vec::new());
    for (at, part) in photos.chunks(delivery.spec.photos_per_volume).enumerate() {
        let mut files = Vec::with_capacity(part.len());
        let mut lines = Vec::with_capacity(part.len());
        for photo in part {
            match packer.current(&photo.line).await {
                Ok(Ok(bytes)) => {
                    files.push((photo.line.name.clone(), bytes));
                    lines.push(&photo.line);
                }
                Ok(Err(why)) => lacking.push((photo.place, why)),
                // One photo that cannot be had does not keep the others back.
                Err(problem) => lacking.push((photo.place, problem.zh.into_string())),
            }
            done.fetch_add(1, Ordering::Relaxed);
        }
        volumes.push(packer.volume(at, files, &lines)?.0);
    }
    let manifest = Manifest {
        format: 1,
        campaign: id.to_string(),
        number,
        made_at_ms: delivery.at_ms,
        purpose: delivery.spec.purpose.clone(),
        suite: packer.keys.school.issuing.issuer.public().suite().name().into(),
        volumes,
    };
    let text =
        serde_json::to_string_pretty(&manifest).map_err(|error| Problem::internal(error.to_string()))?;
    let signature = Signature::of(text.as_bytes(), &packer.keys.school.issuing.issuer);
    let signature = signature.ok_or_else(|| Problem::internal("the school's key does not sign"))?;
    let system = Act { role: Role::System, account: "-", at_ms: now_ms(), reason: "" };
    app.register().finish_delivery(id, number, (&text, &signature), &lacking, &system).await?;
    Ok(())
}

/// What photos are packed with.
struct Packer<'a> {
    app: &'a App,
    id: &'a CampaignId,
    delivery: &'a Delivery,
    keys: Arc<Keys>,
    /// Where photos of another size are wanted.
    judge: Option<Arc<Judge>>,
}

impl<'a> Packer<'a> {
    async fn new(app: &'a App, id: &'a CampaignId, delivery: &'a Delivery) -> Result<Self, Problem> {
        let standard = &delivery.spec.standard;
        let judge =
            if standard.is_empty() { None } else { Some(app.judge(standard).map_err(Problem::internal)?) };
        Ok(Self { app, id, delivery, keys: keys::of(app, id).await?, judge })
    }

    /// The same for a delivery that is made now: a photo that is void meanwhile is left out.
    async fn current(&self, line: &Line) -> Result<Result<Vec<u8>, String>, Problem> {
        if self.app.desk().shot(line.shot).await?.state == ShotState::Accepted {
            self.photo(line).await
        } else {
            Ok(Err("照片已作废，重新拍摄后再报送".into()))
        }
    }

    /// The bytes of a photo, or why it cannot be in the delivery.
    async fn photo(&self, line: &Line) -> Result<Result<Vec<u8>, String>, Problem> {
        let shot = self.app.desk().shot(line.shot).await?;
        if shot.campaign != *self.id {
            return Ok(Err("照片不属于本次采集".into()));
        }
        let sealed = self.app.desk().photo(&shot, &self.keys.desk).await?;
        let Some(judge) = self.judge.clone() else { return Ok(Ok(sealed)) };
        let made = spawn_blocking(move || finish(&sealed, std::path::Path::new("photo.jpg"), &judge)).await;
        let made = made.map_err(|error| Problem::internal(error.to_string()))?;
        Ok(match made {
            Ok(Ok(finished)) if finished.verdict() != Verdict::Fail => Ok(finished.bytes),
            Ok(Ok(finished)) => Err(finished
                .obstacles
                .first()
                .map_or_else(|| "按该规格制作后检测不通过".into(), |obstacle| obstacle.chinese.clone())),
            Ok(Err(reasons)) => {
                Err(reasons.first().map_or_else(String::new, |reason| reason.chinese.clone()))
            }
            Err(unread) => Err(unread.zh()),
        })
    }

    fn volume(
        &self,
        at: usize,
        mut files: Vec<(String, Vec<u8>)>,
        lines: &[&Line],
    ) -> Result<(Volume, Vec<u8>), Problem> {
        if let Some(form) = self.delivery.spec.index {
            let index = index(form, lines, day::of_ms(self.delivery.at_ms));
            let index = index.map_err(|fault| Problem::unusable(fault.zh(), fault.to_string()))?;
            files.push((format!("index.{}", form.extension()), index));
        }
        let suite = self.keys.school.issuing.issuer.public().suite();
        volume(&volume_name(self.id, self.delivery.number, at), &files, suite)
            .map_err(|error| Problem::internal(error.to_string()))
    }
}

fn volume_name(id: &CampaignId, number: i64, at: usize) -> String {
    format!("{id}-{number}-{:02}.zip", at + 1)
}

async fn find(app: &App, who: &Who, campaign: &str, number: i64) -> Result<(CampaignId, Delivery), Problem> {
    let id = who.campaign(campaign)?;
    let delivery = app.register().delivery(&id, number).await?;
    Ok((id, delivery))
}

fn not_ready() -> Problem {
    Problem::new(StatusCode::CONFLICT, "not-now", "报送包尚在打包", "the delivery is still being packed")
}

/// A volume, packed again and held against the manifest. The log keeps that it was fetched.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/deliveries/{number}/volumes/{volume}", tag = "deliveries",
    params(("campaign" = String, Path), ("number" = i64, Path), ("volume" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/zip"), (status = 409, body = Problem)))]
pub async fn volume_file(
    State(app): State<App>,
    who: Who,
    Path((campaign, number, wanted)): Path<(String, i64, String)>,
) -> Result<Response, Problem> {
    let (id, delivery) = find(&app, &who, &campaign, number).await?;
    let manifest = delivery.manifest()?.ok_or_else(not_ready)?;
    let at = manifest.volumes.iter().position(|volume| volume.name == wanted).ok_or_else(Problem::unknown)?;
    let per = delivery.spec.photos_per_volume;
    let photos = app.register().delivered(&id, number).await?;
    let part: Vec<&Delivered> =
        photos.iter().skip(at * per).take(per).filter(|photo| photo.lacking.is_empty()).collect();
    let what = format!("delivery {number}");
    app.register().seen(&id, &what, (part.len(), None), &who.act("")).await?;
    let packer = Packer::new(&app, &id, &delivery).await?;
    let mut files = Vec::with_capacity(part.len());
    for photo in &part {
        let bytes = packer.photo(&photo.line).await?;
        files.push((photo.line.name.clone(), bytes.map_err(Problem::internal)?));
    }
    let lines: Vec<&Line> = part.iter().map(|photo| &photo.line).collect();
    let (made, bytes) = packer.volume(at, files, &lines)?;
    if made.digest != manifest.volumes[at].digest {
        return Err(Problem::internal(format!("volume {wanted} is no longer what its manifest says")));
    }
    Ok(export::file(bytes, "application/zip", &wanted))
}

/// The manifest: every file with its digest.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/deliveries/{number}/manifest.json", tag = "deliveries",
    params(("campaign" = String, Path), ("number" = i64, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/json"), (status = 409, body = Problem)))]
pub async fn manifest(
    State(app): State<App>,
    who: Who,
    Path((campaign, number)): Path<(String, i64)>,
) -> Result<Response, Problem> {
    let (_, delivery) = find(&app, &who, &campaign, number).await?;
    let (text, _) = delivery.made.ok_or_else(not_ready)?;
    Ok(export::file(text.into_bytes(), "application/json", "manifest.json"))
}

/// The signature over the manifest.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/deliveries/{number}/manifest.sig", tag = "deliveries",
    params(("campaign" = String, Path), ("number" = i64, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/json"), (status = 409, body = Problem)))]
pub async fn signature(
    State(app): State<App>,
    who: Who,
    Path((campaign, number)): Path<(String, i64)>,
) -> Result<Response, Problem> {
    let (_, delivery) = find(&app, &who, &campaign, number).await?;
    let (_, signature) = delivery.made.ok_or_else(not_ready)?;
    let text = serde_json::to_vec_pretty(&signature).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(export::file(text, "application/json", "manifest.sig"))
}

/// Somebody handed the delivery over.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/deliveries/{number}/sent", tag = "deliveries",
    params(("campaign" = String, Path), ("number" = i64, Path)),
    responses((status = 200, body = DeliveryView), (status = 409, body = Problem)))]
pub async fn sent(
    State(app): State<App>,
    who: Who,
    Path((campaign, number)): Path<(String, i64)>,
) -> Result<Json<DeliveryView>, Problem> {
    let (id, _) = find(&app, &who, &campaign, number).await?;
    app.register().send_delivery(&id, number, &who.act("")).await?;
    let delivery = app.register().delivery(&id, number).await?;
    Ok(Json(DeliveryView::of(&app, &id, &delivery)?))
}

/// What a list of answers came to.
#[derive(Serialize, ToSchema)]
pub struct AnsweredView {
    /// Lines that found their photo.
    known: usize,
    /// Lines of the file of which nothing in this delivery is meant.
    strangers: Vec<usize>,
    /// Photos that are to be taken again.
    retakes: usize,
}

/// Takes the receiver's list: each answer finds its photo and moves its student on; who must be photographed again is
/// told so with the receiver's words. The same list twice is one.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/deliveries/{number}/answers", tag = "deliveries",
    params(("campaign" = String, Path), ("number" = i64, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = AnsweredView), (status = 409, body = Problem)))]
pub async fn answer(
    State(app): State<App>,
    who: Who,
    Path((campaign, number)): Path<(String, i64)>,
    bytes: Bytes,
) -> Result<Json<AnsweredView>, Problem> {
    let (id, _) = find(&app, &who, &campaign, number).await?;
    let answers = feedback::read(&bytes)?;
    let answered = app.register().take_answers(&id, number, &answers, &who.act("")).await?;
    for (shot, words) in &answered.retakes {
        take_again(&app, &who, *shot, words).await?;
    }
    Ok(Json(AnsweredView {
        known: answered.known,
        strangers: answered.strangers,
        retakes: answered.retakes.len(),
    }))
}

/// An accepted photo that was refused later is taken again; the capture side and the student learn why.
pub async fn take_again(app: &App, who: &Who, shot: Uuid, why: &str) -> Result<(), Problem> {
    let shot = app.desk().shot(shot).await?;
    if shot.state == ShotState::Retake {
        // Decided before; whether the school heard of it is not known.
        return Ok(tell(app, &shot, &who.act("")).await?);
    }
    let station = StationId::try_from(shot.station.clone())?;
    let at = At { account: who.id(), station: &station, at_ms: who.at_ms };
    let shot = app.desk().decide(shot.id, Decision::Retake, (shot.version, why), at).await?;
    tell(app, &shot, &who.act("")).await?;
    Ok(())
}

/// A photo of a delivery on the work list.
#[derive(Serialize, ToSchema)]
pub struct WorkView {
    student: Uuid,
    student_no: String,
    /// Masked.
    name: String,
    college: String,
    cohort: String,
    /// Such as `no-enrolment`; empty where it is not in the volumes.
    kind: String,
    /// The receiver's words, or why it is not in the volumes.
    words: String,
    /// What is to be done, in Chinese and in English.
    action_zh: String,
    action_en: String,
}

impl WorkView {
    fn of(photo: &Delivered) -> Option<Self> {
        let [student_no, whole_name, _, _, college, _, cohort, _] = &photo.line.record;
        let (kind, words, action) = match &photo.answer {
            Some((Kind::Accepted | Kind::IdentityPassed, _)) => return None,
            Some((kind, words)) => (name(kind), words.clone(), kind.action()),
            None if photo.lacking.is_empty() => return None,
            None => (
                String::new(),
                photo.lacking.clone(),
                ("不在包内：处理后再次报送", "not in the volumes: mend it and deliver again"),
            ),
        };
        Some(Self {
            student: photo.line.student,
            student_no: student_no.clone(),
            name: seal::masking::MaskedName::of(whole_name).as_str().into(),
            college: college.clone(),
            cohort: cohort.clone(),
            kind,
            words,
            action_zh: action.0.into(),
            action_en: action.1.into(),
        })
    }
}

/// What is left to do of a delivery: photos that the receiver did not take, and those that are not in it.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/deliveries/{number}/work", tag = "deliveries",
    params(("campaign" = String, Path), ("number" = i64, Path)), responses((status = 200, body = Vec<WorkView>)))]
pub async fn work(
    State(app): State<App>,
    who: Who,
    Path((campaign, number)): Path<(String, i64)>,
) -> Result<Json<Vec<WorkView>>, Problem> {
    let (id, _) = find(&app, &who, &campaign, number).await?;
    let photos = app.register().delivered(&id, number).await?;
    Ok(Json(photos.iter().filter_map(WorkView::of).collect()))
}

/// The same as an Excel file.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/deliveries/{number}/work.xlsx", tag = "deliveries",
    params(("campaign" = String, Path), ("number" = i64, Path)), responses((status = 200, body = Vec<u8>,
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn work_table(
    State(app): State<App>,
    who: Who,
    Path((campaign, number)): Path<(String, i64)>,
) -> Result<Response, Problem> {
    let Json(work) = work(State(app), who, Path((campaign, number))).await?;
    let headings = ["学号", "姓名", "学院", "班级", "反馈", "处理"];
    let rows: Vec<Vec<String>> = work
        .into_iter()
        .map(|one| vec![one.student_no, one.name, one.college, one.cohort, one.words, one.action_zh])
        .collect();
    export::table("work.xlsx", &format!("第 {number} 次报送待处理清单"), &headings, &rows)
}
