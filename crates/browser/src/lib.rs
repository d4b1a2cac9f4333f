//! The inspection inside a web page: the same nets, measures and limits as everywhere else, compiled to wasm. Nothing
//! leaves the page.
//!
//! A page writes its input where `room` says and calls `inspect`, `guide` or `rehearse`. The answer is JSON; what
//! comes back is its address in the upper and its length in the lower half of a number. It stands until the next call.
#![cfg(target_arch = "wasm32")]
#![expect(unsafe_code, reason = "a page and its module share memory by address")]

use std::cell::RefCell;
use std::sync::OnceLock;

use portrait::file;
use portrait::guidance::Guidance;
use portrait::inspection;
use portrait::making::{self, Obstacle, Origin};
use portrait::measure::{self, Readings, scene::Scene};
use portrait::picture::Picture;
use portrait::standard::{Language, Standard, Words};
use serde_json::{Value, json};
use vision::Vision;

/// Pages judge by the national standard: a school's own limits act where the photo is taken in.
const STANDARD: &str = "jbz-2017-99";

struct Judge {
    vision: Vision,
    standard: Standard,
}

static JUDGE: OnceLock<Option<Judge>> = OnceLock::new();

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static FINISHED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where the page writes so many bytes of input.
#[unsafe(no_mangle)]
pub extern "C" fn room(bytes: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        input.clear();
        input.resize(bytes, 0);
        input.as_mut_ptr()
    })
}

/// Judges a JPEG file, as `xueying inspect --format json` does. In the room lie its pixels as the browser decoded them,
/// all of them, neither turned nor converted, and behind them the file.
#[unsafe(no_mangle)]
pub extern "C" fn inspect(width: usize, height: usize, in_english: bool) -> u64 {
    answer(|input, judge| {
        let Some((picture, file)) = pixels(input, width, height) else { return not_whole() };
        let opened = match file::with_pixels(file, Some("jpg"), picture) {
            Ok(opened) => opened,
            Err(refusal) => return json!({"refused": {"zh": refusal.zh(), "en": refusal.to_string()}}),
        };
        let readings = judge.read(&opened.picture);
        let inspection = inspection::inspect(opened.facts, readings, &judge.standard);
        serde_json::to_value(inspection.record("photo.jpg", language(in_english))).unwrap_or_default()
    })
}

/// What to say over a live picture, whose pixels lie in the room.
#[unsafe(no_mangle)]
pub extern "C" fn guide(width: usize, height: usize, in_english: bool) -> u64 {
    answer(|input, judge| {
        let Some((picture, _)) = pixels(input, width, height) else { return not_whole() };
        let inspection = inspection::inspect_picture(&judge.read(&picture), &judge.standard);
        let guidance = Guidance::of(&inspection, (width, height), language(in_english));
        serde_json::to_value(guidance).unwrap_or_default()
    })
}

/// Makes the finished photo of a picture, as the camera station would, and judges it by every rule that needs no file.
/// The photo itself is at [`finished`].
#[unsafe(no_mangle)]
pub extern "C" fn rehearse(width: usize, height: usize, in_english: bool) -> u64 {
    answer(|input, judge| {
        let Some((picture, _)) = pixels(input, width, height) else { return not_whole() };
        let (copy, scale) = making::looked_at(&picture, judge.standard.output);
        let readings = judge.place(copy.as_ref().unwrap_or(&picture));
        match making::make(&picture, Origin::default(), (&readings, scale), &judge.standard) {
            Err(not_made) => refused(&not_made.message()),
            Ok(made) => {
                let inspection = inspection::inspect_picture(&judge.read(&made.picture), &judge.standard);
                let record = inspection.record("photo.jpg", language(in_english));
                let mut said = serde_json::to_value(record).unwrap_or_default();
                let obstacles = made.obstacles.iter().map(Obstacle::message);
                said["obstacles"] =
                    obstacles.map(|words| words.text(language(in_english)).to_owned()).collect();
                said["width"] = made.picture.width().into();
                said["height"] = made.picture.height().into();
                FINISHED.with_borrow_mut(|finished| *finished = opaque(&made.picture));
                said
            }
        }
    })
}

/// Where the photo of the last rehearsal is, as a canvas wants it.
#[unsafe(no_mangle)]
pub extern "C" fn finished() -> u64 {
    FINISHED.with_borrow(|finished| place(finished))
}

fn opaque(picture: &Picture) -> Vec<u8> {
    picture
        .rgb()
        .as_chunks::<3>()
        .0
        .iter()
        .flat_map(|[red, green, blue]| [*red, *green, *blue, 255])
        .collect()
}

fn refused(words: &Words) -> Value {
    json!({"refused": {"zh": words.chinese, "en": words.english}})
}

/// Rows of red, green, blue and opacity, as a canvas has them, and what lies behind them.
fn pixels(input: &[u8], width: usize, height: usize) -> Option<(Picture, &[u8])> {
    let (pixels, rest) = input.split_at_checked(width.checked_mul(height)?.checked_mul(4)?)?;
    let rgb = pixels.as_chunks::<4>().0.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]);
    Some((Picture::new(width, height, rgb.collect())?, rest))
}

fn not_whole() -> Value {
    json!({"refused": {"zh": "画面不完整", "en": "the picture is not whole"}})
}

impl Judge {
    fn new() -> Option<Self> {
        Some(Self { vision: Vision::new().ok()?, standard: Standard::preset(STANDARD)?.ok()? })
    }

    fn read(&self, picture: &Picture) -> Readings {
        measure::measure(&Scene::new(picture, &self.vision.look(picture)))
    }

    fn place(&self, picture: &Picture) -> Readings {
        measure::place(&Scene::new(picture, &self.vision.look(picture)))
    }
}

fn language(in_english: bool) -> Language {
    if in_english { Language::English } else { Language::Chinese }
}

/// Keeps the answer and says where it is.
fn answer(work: impl FnOnce(&[u8], &Judge) -> Value) -> u64 {
    let value = match JUDGE.get_or_init(Judge::new) {
        Some(judge) => INPUT.with_borrow(|input| work(input, judge)),
        None => json!({"refused": {"zh": "检测程序不完整", "en": "the inspection is not whole"}}),
    };
    ANSWER.with_borrow_mut(|answer| {
        *answer = value.to_string().into_bytes();
        place(answer)
    })
}

/// Address and length in one number.
fn place(bytes: &[u8]) -> u64 {
    (bytes.as_ptr() as u64) << 32 | bytes.len() as u64
}
