//! Photos compared with reference photos of those who agreed, and the same face under two students. It orders what a
//! person should look at; nothing is refused or moved by it.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bytes::Bytes;
use campaign::case::tracks::Consent;
use campaign::comparison::{Errors, STATED, Suspicion, UNFITTED, errors, fit, suspicions};
use campaign::register::faces::Face;
use campaign::register::{Campaign, Entry};
use campaign::settings::Reference;
use capture::judging::{Judge, opened};
use portrait::file;
use portrait::look::Descriptor;
use seal::identity::CampaignId;
use seal::masking::MaskedName;
use serde::Serialize;
use serde_json::Value;
use tokio::task::spawn_blocking;
use utoipa::ToSchema;
use uuid::Uuid;
use zip::ZipArchive;

use super::me::own;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::keys;
use crate::school::who::Who;

/// Pairs and suspicions that are listed.
const MOST: usize = 500;
/// Distances of strangers that rates are stated from; of more pairs every n-th is taken.
const SAMPLE: usize = 2_000_000;
/// Largest reference photo, bytes.
const LARGEST: u64 = 8 << 20;

/// How the comparison of a campaign stands.
#[derive(Serialize, ToSchema)]
pub struct FacesView {
    /// Whether the campaign compares at all.
    on: bool,
    same_below: f32,
    different_above: f32,
    /// Students who agreed.
    agreed: usize,
    references: usize,
    photos: usize,
    /// A search that is under way: photos done, and of how many.
    searching: Option<[usize; 2]>,
    /// Photos that lie near their reference, in between, and far.
    same: usize,
    unsure: usize,
    different: usize,
    /// Below this one in a thousand pairs of strangers of this campaign lies; none with too few to say.
    fitted: Option<f32>,
    /// How often strangers lie below a distance and one person's photos do not, with 95 % confidence intervals.
    #[schema(value_type = Vec<Object>)]
    rates: Value,
    /// Whether a comparison service outside can be asked.
    outside: bool,
    /// Photos that may stand under the wrong student, by station.
    suspicions: Vec<SuspicionView>,
    /// The same face under two students, nearest first.
    duplicates: Vec<PairView>,
}

/// A photo that a person should look at.
#[derive(Serialize, ToSchema)]
pub struct SuspicionView {
    /// `swapped`, `shifted`, `another` or `unlike`.
    kind: String,
    station: String,
    /// Those whom it is about, in the order of their photos.
    people: Vec<PersonView>,
    /// With `shifted`: how many places on the students of a run's photos stand.
    by: Option<isize>,
}

/// Somebody whose photo is looked at.
#[derive(Clone, Serialize, ToSchema)]
pub struct PersonView {
    student: Uuid,
    student_no: String,
    /// Masked.
    name: String,
    cohort: String,
    shot: Uuid,
}

/// Two students with one face.
#[derive(Serialize, ToSchema)]
pub struct PairView {
    a: PersonView,
    b: PersonView,
    distance: f32,
    /// The same surname and day of birth: twins, or one person twice; a person tells.
    siblings: bool,
}

fn off() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "off",
        "本次采集没有启用人脸比对（设置 photo.reference），不会计算任何特征",
        "this campaign compares no faces (setting photo.reference): no vector is made",
    )
}

fn reference(campaign: &Campaign) -> Result<Reference, Problem> {
    campaign.settings.photo.reference.ok_or_else(off)
}

/// The face in a picture; `None` where there is none, or no picture.
async fn describe(judge: Arc<Judge>, bytes: Vec<u8>) -> Result<Option<Descriptor>, Problem> {
    let looking = move || {
        let opened = opened(file::open_scaled(&bytes, Some("jpg"), 960, 1280)).ok()?;
        judge.vision.describe(&opened.picture)
    };
    spawn_blocking(looking).await.map_err(|error| Problem::internal(error.to_string()))
}

/// What references came to.
#[derive(Serialize, ToSchema)]
pub struct TakenReferences {
    taken: usize,
    /// Students who did not agree; nothing of them was kept.
    not_agreed: usize,
    /// Files whose names are nobody's number.
    strangers: Vec<String>,
    /// Files without a face, or that are no photos.
    faceless: Vec<String>,
}

/// Takes reference photos: a ZIP file whose photos are named by student, document or examination number. Only the
/// faces of those who agreed are kept, as numbers; the pictures are not.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/faces/references", tag = "faces", params(("campaign" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = TakenReferences), (status = 409, body = Problem)))]
pub async fn take_references(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    bytes: Bytes,
) -> Result<Json<TakenReferences>, Problem> {
    let id = who.campaign(&campaign)?;
    let known = app.register().campaign(&id).await?;
    reference(&known)?;
    let judge = app.judge(&known.settings.photo.standard).map_err(Problem::internal)?;
    let keys = keys::of(&app, &id).await?;
    let (mut by_number, mut agreed) = (HashMap::new(), HashSet::new());
    for entry in app.register().students(&id).await? {
        if entry.case.consent == Consent::Agreed {
            agreed.insert(entry.id);
        }
        for number in [&entry.student.student_no, &entry.student.document_no, &entry.student.exam_no] {
            by_number.insert(number.to_uppercase(), entry.id);
        }
    }
    let no_zip =
        || Problem::unusable("请上传 ZIP 文件，内含以学号等命名的照片", "this is no ZIP file of photos");
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| no_zip())?;
    let mut taken = TakenReferences { taken: 0, not_agreed: 0, strangers: Vec::new(), faceless: Vec::new() };
    for index in 0..zip.len() {
        let (name, picture) = {
            let file = zip.by_index(index).map_err(|_| no_zip())?;
            if file.is_dir() {
                continue;
            }
            let Ok(name) = file.name().map(std::borrow::Cow::into_owned) else { continue };
            let mut picture = Vec::new();
            let read = file.take(LARGEST).read_to_end(&mut picture);
            (name, read.map_or_else(|_| Vec::new(), |_| picture))
        };
        let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let number = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_uppercase();
        let Some(&student) = by_number.get(&number).filter(|_| !number.is_empty()) else {
            taken.strangers.push(file.into());
            continue;
        };
        // Without consent no vector is made at all.
        if !agreed.contains(&student) {
            taken.not_agreed += 1;
            continue;
        }
        let Some(descriptor) = describe(Arc::clone(&judge), picture).await? else {
            taken.faceless.push(file.into());
            continue;
        };
        let face = Face { student, shot: None, vector: descriptor.0 };
        if app.register().keep_face(&id, &face, &keys.school, &who.act("")).await? {
            taken.taken += 1;
        } else {
            taken.not_agreed += 1;
        }
    }
    Ok(Json(taken))
}

/// A picture of oneself as a reference, from a student who agreed.
#[utoipa::path(post, path = "/api/me/reference", tag = "me",
    request_body(content = Vec<u8>, content_type = "image/jpeg"),
    responses((status = 204), (status = 409, body = Problem)))]
pub async fn give_reference(State(app): State<App>, who: Who, bytes: Bytes) -> Result<StatusCode, Problem> {
    let (id, campaign, entry) = own(&app, &who).await?;
    reference(&campaign)?;
    let no_consent = || {
        Problem::new(
            StatusCode::CONFLICT,
            "no-consent",
            "请先同意人脸比对；不同意不影响其他任何环节",
            "agree to the comparison first; without it everything else works",
        )
    };
    if entry.case.consent != Consent::Agreed {
        return Err(no_consent());
    }
    let judge = app.judge(&campaign.settings.photo.standard).map_err(Problem::internal)?;
    let descriptor = describe(judge, bytes.to_vec()).await?.ok_or_else(|| {
        Problem::unusable(
            "照片中没有找到人脸，请正面对着镜头重拍",
            "no face was found: look straight into the camera",
        )
    })?;
    let keys = keys::of(&app, &id).await?;
    let face = Face { student: entry.id, shot: None, vector: descriptor.0 };
    let is_kept = app.register().keep_face(&id, &face, &keys.school, &who.act("")).await?;
    if is_kept { Ok(StatusCode::NO_CONTENT) } else { Err(no_consent()) }
}

/// Looks at the accepted photos of those who agreed, in the background.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/faces/search", tag = "faces", params(("campaign" = String, Path)),
    responses((status = 202, body = FacesView), (status = 409, body = Problem)))]
pub async fn search(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<(StatusCode, Json<FacesView>), Problem> {
    let id = who.campaign(&campaign)?;
    let known = app.register().campaign(&id).await?;
    reference(&known)?;
    let progress = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    match app.looking().entry(id.clone()) {
        std::collections::hash_map::Entry::Occupied(_) => {
            return Err(Problem::new(StatusCode::CONFLICT, "searching", "正在比对", "a search is under way"));
        }
        std::collections::hash_map::Entry::Vacant(place) => place.insert(Arc::clone(&progress)),
    };
    let (aside, account) = (app.clone(), who.clone());
    tokio::spawn(async move {
        if let Err(problem) = look(&aside, &known, &account, &progress).await {
            tracing::error!(problem = %problem.en, "a search through faces ended");
        }
        aside.looking().remove(&known.id);
    });
    Ok((StatusCode::ACCEPTED, Json(standing(&app, &id).await?)))
}

async fn look(app: &App, campaign: &Campaign, who: &Who, progress: &[AtomicUsize; 2]) -> Result<(), Problem> {
    let id = &campaign.id;
    let keys = keys::of(app, id).await?;
    let judge = app.judge(&campaign.settings.photo.standard).map_err(Problem::internal)?;
    let known = app.register().faces(id, &keys.school).await?;
    let done: HashMap<Uuid, Uuid> =
        known.iter().filter_map(|face| Some((face.student, face.shot?))).collect();
    let shots = app.register().accepted_shots(id).await?;
    let agreed = app.register().students(id).await?.into_iter();
    let agreed = agreed.filter(|entry| entry.case.consent == Consent::Agreed);
    let waiting: Vec<(Uuid, Uuid)> = agreed
        .filter_map(|entry| Some((entry.id, *shots.get(&entry.id)?)))
        .filter(|(student, shot)| done.get(student) != Some(shot))
        .collect();
    progress[1].store(waiting.len(), Ordering::Relaxed);
    for (student, shot) in waiting {
        let photo = app.desk().photo(&app.desk().shot(shot).await?, &keys.desk).await?;
        if let Some(descriptor) = describe(Arc::clone(&judge), photo).await? {
            let face = Face { student, shot: Some(shot), vector: descriptor.0 };
            app.register().keep_face(id, &face, &keys.school, &who.act("")).await?;
        }
        progress[0].fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// How the comparison stands, and what a person should look at.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/faces", tag = "faces", params(("campaign" = String, Path)),
    responses((status = 200, body = FacesView)))]
pub async fn faces(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<FacesView>, Problem> {
    Ok(Json(standing(&app, &who.campaign(&campaign)?).await?))
}

/// A photo with whom it is of.
struct Photo {
    person: PersonView,
    station: String,
    taken_ms: u64,
    face: Descriptor,
    /// What twins share: the first character of the name, and the day of birth.
    kin: Option<(char, jiff::civil::Date)>,
}

async fn standing(app: &App, id: &CampaignId) -> Result<FacesView, Problem> {
    // Before anything is read: a search that ends meanwhile found more than what follows.
    let searching =
        app.looking().get(id).map(|progress| [0, 1].map(|at| progress[at].load(Ordering::Relaxed)));
    let campaign = app.register().campaign(id).await?;
    let keys = keys::of(app, id).await?;
    let entries: HashMap<Uuid, Entry> =
        app.register().students(id).await?.into_iter().map(|entry| (entry.id, entry)).collect();
    let agreed = entries.values().filter(|entry| entry.case.consent == Consent::Agreed).count();
    let faces = app.register().faces(id, &keys.school).await?;
    let mut references = HashMap::new();
    let mut photos = Vec::new();
    for face in faces {
        let descriptor = Descriptor(face.vector);
        let Some(shot) = face.shot else {
            references.insert(face.student, descriptor);
            continue;
        };
        let Some(entry) = entries.get(&face.student) else { continue };
        let taken = app.desk().shot(shot).await?;
        let person = PersonView {
            student: entry.id,
            student_no: entry.student.student_no.clone(),
            name: MaskedName::of(&entry.student.name.plain).as_str().into(),
            cohort: entry.student.cohort.clone(),
            shot,
        };
        let kin = entry.student.name.plain.chars().next().zip(entry.student.birth);
        photos.push(Photo {
            person,
            station: taken.station,
            taken_ms: taken.taken_ms,
            face: descriptor,
            kin,
        });
    }
    photos.sort_by(|a, b| (&a.station, a.taken_ms).cmp(&(&b.station, b.taken_ms)));
    let limits = campaign.settings.photo.reference;
    let on = limits.is_some();
    let limits = limits.unwrap_or(Reference { same_below: UNFITTED, different_above: 0.6 });
    let compared = move || compared(&photos, &references, limits);
    let compared = spawn_blocking(compared).await.map_err(|error| Problem::internal(error.to_string()))?;
    Ok(FacesView { on, agreed, searching, outside: app.outside().comparison.is_some(), ..compared })
}

fn compared(photos: &[Photo], references: &HashMap<Uuid, Descriptor>, limits: Reference) -> FacesView {
    let of = |photo: &Photo, other: &Photo| Some(photo.face.distance(references.get(&other.person.student)?));
    let same: Vec<f32> = photos.iter().filter_map(|photo| of(photo, photo)).collect();
    let every = (photos.len() * photos.len() / 2).div_ceil(SAMPLE).max(1);
    let (mut strangers, mut seen_pairs) = (Vec::new(), 0_usize);
    let mut pairs = Vec::new();
    for (at, a) in photos.iter().enumerate() {
        for b in &photos[at + 1..] {
            let distance = a.face.distance(&b.face);
            if seen_pairs.is_multiple_of(every) {
                strangers.push(distance);
            }
            seen_pairs += 1;
            if distance < limits.same_below {
                pairs.push((distance, a, b));
            }
        }
    }
    let fitted = fit(&strangers);
    let limit = fitted.unwrap_or(UNFITTED).min(limits.same_below);
    pairs.retain(|(distance, ..)| *distance < limit);
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    pairs.truncate(MOST);
    let pair = |(distance, a, b): (f32, &Photo, &Photo)| PairView {
        a: a.person.clone(),
        b: b.person.clone(),
        distance,
        siblings: a.kin.is_some() && a.kin == b.kin,
    };
    let mut found = Vec::new();
    for station in photos.chunk_by(|a, b| a.station == b.station) {
        let said = suspicions(station.len(), limits.different_above, |a, b| of(&station[a], &station[b]));
        found.extend(said.iter().map(|suspicion| seen(station, suspicion)));
    }
    found.truncate(MOST);
    let rates: Vec<Errors> = STATED.iter().map(|limit| errors(&same, &strangers, *limit)).collect();
    let count = |range: std::ops::Range<f32>| same.iter().filter(|distance| range.contains(distance)).count();
    FacesView {
        on: true,
        same_below: limits.same_below,
        different_above: limits.different_above,
        agreed: 0,
        references: references.len(),
        photos: photos.len(),
        searching: None,
        same: count(0.0..limits.same_below),
        unsure: count(limits.same_below..limits.different_above),
        different: count(limits.different_above..f32::MAX),
        fitted,
        outside: false,
        rates: serde_json::to_value(rates).unwrap_or_default(),
        suspicions: found,
        duplicates: pairs.into_iter().map(pair).collect(),
    }
}

fn seen(station: &[Photo], suspicion: &Suspicion) -> SuspicionView {
    let (kind, at, by) = match *suspicion {
        Suspicion::Swapped { first, second } => ("swapped", vec![first, second], None),
        Suspicion::Shifted { from, to, by } => ("shifted", (from..=to).collect(), Some(by)),
        Suspicion::Another { photo, like } => ("another", vec![photo, like], None),
        Suspicion::Unlike { photo, .. } => ("unlike", vec![photo], None),
    };
    SuspicionView {
        kind: kind.into(),
        station: station[0].station.clone(),
        people: at.into_iter().map(|photo| station[photo].person.clone()).collect(),
        by,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(number: usize, name: char, birth: &str, place: f32) -> Photo {
        let mut face = Descriptor([0.0; 128]);
        face.0[0] = place;
        let person = PersonView {
            student: Uuid::from_u128(number as u128),
            student_no: number.to_string(),
            name: String::new(),
            cohort: String::new(),
            shot: Uuid::nil(),
        };
        let kin = Some((name, birth.parse().unwrap()));
        Photo { person, station: "1".into(), taken_ms: number as u64, face, kin }
    }

    #[test]
    fn one_face_under_two_students_is_listed_and_a_shared_surname_and_birthday_is_marked() {
        let photos = [
            photo(0, '王', "2003-05-06", 0.0),
            photo(1, '王', "2003-05-06", 0.1),
            photo(2, '李', "2003-05-06", 5.0),
            photo(3, '王', "2003-05-06", 5.2),
            photo(4, '王', "2003-05-07", 9.0),
            photo(5, '王', "2003-05-06", 9.1),
        ];
        let limits = Reference { same_below: 0.3, different_above: 0.6 };
        let found = compared(&photos, &HashMap::new(), limits).duplicates;
        let mut listed: Vec<_> = found
            .iter()
            .map(|pair| (pair.a.student_no.as_str(), pair.b.student_no.as_str(), pair.siblings))
            .collect();
        listed.sort_unstable();
        assert_eq!(listed, [("0", "1", true), ("2", "3", false), ("4", "5", false)]);
        assert!(found.is_sorted_by(|one, next| one.distance <= next.distance), "the most alike first");
    }
}
