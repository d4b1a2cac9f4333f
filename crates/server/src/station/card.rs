//! The memory card of a camera that is not connected: read, looked through, taken in.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use capture::station::card::CardRead;
use capture::station::card::align::Whose;
use capture::station::numbers::{Number, day_of};
use capture::station::takes::Arrived;
use capture::station::{At, StationError};
use serde::{Deserialize, Serialize};

use super::show::{ArrivedView, LineView, TakeView};
use super::{Answered, Booth, Reason};
use crate::clock::now_ms;
use crate::problem::Problem;

/// The page is told after so many files.
const SEEN_EVERY: usize = 5;

/// What is going on with a card.
#[derive(Default)]
pub struct Desk {
    /// Files that were looked at or taken in, of how many; none while nothing goes on.
    progress: Option<(usize, usize)>,
    read: Option<Arc<CardRead>>,
    /// Why reading or taking in broke off.
    trouble: Option<(String, String)>,
}

/// A card's desk that several requests share.
pub type Shared = Arc<RwLock<Desk>>;

/// How far it is, for the page.
#[derive(Clone, Serialize)]
pub struct CardView {
    progress: Option<(usize, usize)>,
    read: bool,
    trouble_zh: Option<String>,
    trouble_en: Option<String>,
}

impl CardView {
    pub fn of(shared: &Shared) -> Self {
        let desk = shared.read().unwrap_or_else(PoisonError::into_inner);
        let (zh, en) = desk.trouble.clone().unzip();
        Self { progress: desk.progress, read: desk.read.is_some(), trouble_zh: zh, trouble_en: en }
    }
}

fn change(booth: &Booth, work: impl FnOnce(&mut Desk)) {
    work(&mut booth.card.write().unwrap_or_else(PoisonError::into_inner));
    booth.station.changed();
}

fn read_already(booth: &Booth) -> Result<Arc<CardRead>, Problem> {
    let desk = booth.card.read().unwrap_or_else(PoisonError::into_inner);
    desk.read.clone().ok_or_else(Problem::unknown)
}

fn busy(booth: &Booth) -> bool {
    booth.card.read().unwrap_or_else(PoisonError::into_inner).progress.is_some()
}

fn not_now() -> Problem {
    Problem::new(StatusCode::CONFLICT, "not-now", "正在读卡，请稍候", "the card is being read; wait for it")
}

/// The station's clock as a code, to be photographed from the screen.
pub async fn key_frame(State(booth): State<Booth>) -> Result<Response, Problem> {
    let svg = seal::card::symbol_svg(&booth.station.key_frame(now_ms()));
    let svg = svg.ok_or_else(|| Problem::internal("no code can be drawn"))?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}

/// The active one's photo is on the card.
pub async fn on_card(State(booth): State<Booth>) -> Result<StatusCode, Problem> {
    let operator = booth.operator();
    booth.station.on_card(At { operator: &operator, at_ms: now_ms() }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which folder is the card's.
#[derive(Deserialize)]
pub struct Folder {
    folder: PathBuf,
    day: Option<i64>,
}

/// Begins to read a card; the page sees how far it is.
pub async fn read(State(booth): State<Booth>, Json(asked): Json<Folder>) -> Result<StatusCode, Problem> {
    if busy(&booth) {
        return Err(not_now());
    }
    if !asked.folder.is_dir() {
        return Err(Problem::unusable("没有这个文件夹", "there is no such folder"));
    }
    change(&booth, |desk| *desk = Desk { progress: Some((0, 0)), ..Desk::default() });
    tokio::spawn(async move {
        let day = asked.day.unwrap_or_else(|| day_of(now_ms()));
        let told = booth.clone();
        let progress = move |done: usize, all| {
            if done.is_multiple_of(SEEN_EVERY) {
                change(&told, |desk| desk.progress = Some((done, all)));
            }
        };
        let read = booth.station.read_card(&asked.folder, day, progress).await;
        change(&booth, |desk| {
            desk.progress = None;
            match read {
                Ok(read) => desk.read = Some(Arc::new(read)),
                Err(error) => desk.trouble = Some((error.zh(), error.to_string())),
            }
        });
    });
    Ok(StatusCode::ACCEPTED)
}

/// A file of the card, for the page.
#[derive(Serialize)]
pub struct FileView {
    at: usize,
    name: String,
    /// Milliseconds by the camera's clock.
    taken_ms: Option<u64>,
    /// Whether the station has it already.
    known: bool,
    /// `sure`, `unsure` or `key`.
    whose: &'static str,
    /// Whose it is or may be.
    numbers: Vec<LineView>,
}

/// A card that was read.
#[derive(Serialize)]
pub struct SheetView {
    files: Vec<FileView>,
    /// Numbers of which the card holds nothing.
    missing: Vec<LineView>,
    /// Numbers whose photo was taken from a card and waits for a choice.
    waiting: Vec<WaitingView>,
}

/// A number with its photos.
#[derive(Serialize)]
pub struct WaitingView {
    #[serde(flatten)]
    line: LineView,
    takes: Vec<TakeView>,
}

/// What is known of the card that was read last.
pub async fn sheet(State(booth): State<Booth>) -> Answered<SheetView> {
    let station = &booth.station;
    let name = station.name();
    let mut waiting = Vec::new();
    for line in station.on_cards().await? {
        let takes = station.takes(line.number).await?;
        let takes = takes.iter().map(TakeView::of).collect();
        waiting.push(WaitingView { line: LineView::of(&line, name), takes });
    }
    let Ok(read) = read_already(&booth) else {
        return Ok(Json(SheetView { files: Vec::new(), missing: Vec::new(), waiting }));
    };
    let shown = |slot: &usize| read.lines.get(*slot).map(|line| LineView::of(line, name));
    let mut files = Vec::new();
    for (at, (file, whose)) in read.files.iter().enumerate() {
        let (whose, slots) = match whose {
            Whose::Sure(slot) => ("sure", vec![*slot]),
            Whose::Unsure(slots) => ("unsure", slots.clone()),
            Whose::Key => ("key", Vec::new()),
        };
        files.push(FileView {
            at,
            name: file.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            taken_ms: file.frame.taken_ms,
            known: station.is_known(&file.digest).await?,
            whose,
            numbers: slots.iter().filter_map(shown).collect(),
        });
    }
    let missing = read.lines.iter().filter(|line| read.missing.contains(&line.number));
    Ok(Json(SheetView { files, missing: missing.map(|line| LineView::of(line, name)).collect(), waiting }))
}

/// The picture of a file.
pub async fn picture(State(booth): State<Booth>, Path(at): Path<usize>) -> Result<Response, Problem> {
    let read = read_already(&booth)?;
    let path = read.files.get(at).ok_or_else(Problem::unknown)?.0.path.clone();
    let bytes = tokio::fs::read(path).await.map_err(|_| Problem::unknown())?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], bytes).into_response())
}

/// Takes in every file that is somebody's for sure.
pub async fn take_sure(State(booth): State<Booth>) -> Result<StatusCode, Problem> {
    if busy(&booth) {
        return Err(not_now());
    }
    let read = read_already(&booth)?;
    change(&booth, |desk| desk.progress = Some((0, read.files.len())));
    tokio::spawn(async move {
        let operator = booth.operator();
        let mut trouble = None;
        for (at, (file, whose)) in read.files.iter().enumerate() {
            if at.is_multiple_of(SEEN_EVERY) {
                change(&booth, |desk| desk.progress = Some((at, read.files.len())));
            }
            let Whose::Sure(slot) = whose else { continue };
            let number = read.lines[*slot].number;
            let when = At { operator: &operator, at_ms: now_ms() };
            match booth.station.take_from_card(&file.path, number, None, when).await {
                // Chosen or given up before: nothing waits for this file any more.
                Ok(_) | Err(StationError::Decided) => {}
                Err(error) => trouble = Some((error.zh(), error.to_string())),
            }
        }
        change(&booth, |desk| (desk.progress, desk.trouble) = (None, trouble));
    });
    Ok(StatusCode::ACCEPTED)
}

/// Whose a file is, as a person says.
#[derive(Deserialize)]
pub struct Said {
    day: i64,
    running: i64,
    reason: String,
}

/// Takes a file in for the number that a person named.
pub async fn take_said(
    State(booth): State<Booth>,
    Path(at): Path<usize>,
    Json(said): Json<Said>,
) -> Answered<ArrivedView> {
    let read = read_already(&booth)?;
    let path = &read.files.get(at).ok_or_else(Problem::unknown)?.0.path;
    let operator = booth.operator();
    let number = Number { day: said.day, running: said.running };
    let when = At { operator: &operator, at_ms: now_ms() };
    let arrived: Arrived = booth.station.take_from_card(path, number, Some(&said.reason), when).await?;
    Ok(Json(ArrivedView::of(&arrived)))
}

/// No card holds a photo of a number.
pub async fn give_up(
    State(booth): State<Booth>,
    Path((day, running)): Path<(i64, i64)>,
    Json(why): Json<Reason>,
) -> Result<StatusCode, Problem> {
    let operator = booth.operator();
    let when = At { operator: &operator, at_ms: now_ms() };
    booth.station.give_up(Number { day, running }, &why.reason, when).await?;
    Ok(StatusCode::NO_CONTENT)
}
