//! What a photo costs: `inspect` of a finished photo and `make` from 24 megapixels, on one thread and stage by stage,
//! beside the bound that nothing built on libjpeg-turbo can pass; then whole batches through the program on all cores.
//!
//! `make bench` runs it. Times are medians of wall-clock milliseconds; compare ratios, not machines.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use fast_image_resize::{PixelType, ResizeOptions, Resizer, images::Image};
use portrait::{
    file::{self, encode},
    inspection,
    making::{self, Origin},
    measure::{self, scene::Scene},
    picture::Picture,
    standard::Standard,
};
use vision::Vision;

/// Width and height of a 24-megapixel camera held upright.
const CAMERA: (usize, usize) = (4000, 6000);
/// Photos in the batch.
const BATCH: usize = 24;

fn main() {
    let Some(source) = source() else {
        println!("no portrait in .photos (make photos fetches them): nothing was timed");
        return;
    };
    let vision = Vision::new().expect("the packaged nets");
    let standard = Standard::preset("jbz-2017-99").expect("built in").expect("tested");
    let camera = encode_quality(&source);
    println!("camera photo: {} × {}, {} kB, quality 92\n", CAMERA.0, CAMERA.1, camera.len() / 1000);
    let finished = make(&camera, &vision, &standard);
    println!("one thread, ms (median)            ours   bound  ratio");
    inspecting(&finished, &vision, &standard);
    making_stages(&camera, &vision, &standard);
    batch(&camera, &finished);
}

/// A public-domain portrait enlarged to a camera's size with a camera's grain.
fn source() -> Option<Picture> {
    let folder = env::var_os("XUEYING_PHOTOS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.photos"), PathBuf::from);
    let small = file::open(&fs::read(folder.join("obama.jpg")).ok()?, Some("jpg")).ok()?.picture;
    let (width, height) = (small.width() as u32, small.height() as u32);
    let from = Image::from_vec_u8(width, height, small.into_rgb(), PixelType::U8x3).ok()?;
    let mut to = Image::new(CAMERA.0 as u32, CAMERA.1 as u32, PixelType::U8x3);
    let part = f64::from(height) * CAMERA.0 as f64 / CAMERA.1 as f64;
    let options = ResizeOptions::new().crop((f64::from(width) - part) / 2.0, 0.0, part, f64::from(height));
    Resizer::new().resize(&from, &mut to, &options).ok()?;
    let mut state = 1_u32;
    let mut rgb = to.into_vec();
    for byte in &mut rgb {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = byte.saturating_add((state >> 30) as u8).saturating_sub(1);
    }
    Picture::new(CAMERA.0, CAMERA.1, rgb)
}

fn encode_quality(picture: &Picture) -> Vec<u8> {
    let mut compress = mozjpeg::Compress::new(mozjpeg::ColorSpace::JCS_RGB);
    compress.set_size(picture.width(), picture.height());
    compress.set_fastest_defaults();
    compress.set_quality(92.0);
    let mut started = compress.start_compress(Vec::new()).expect("memory");
    started.write_scanlines(picture.rgb()).expect("memory");
    started.finish().expect("memory")
}

/// The bound: libjpeg-turbo's decoding alone.
fn decode_only(jpeg: &[u8], eighths: u8) -> Vec<u8> {
    let mut decompress = mozjpeg::Decompress::new_mem(jpeg).expect("written above");
    decompress.scale(eighths);
    decompress.rgb().and_then(|mut started| started.read_scanlines::<u8>()).expect("written above")
}

fn make(camera: &[u8], vision: &Vision, standard: &Standard) -> Vec<u8> {
    let opened = open_for_making(camera, standard);
    let look = vision.look(&opened);
    let readings = measure::place(&Scene::new(&opened, &look));
    let made = making::make(&opened, Origin::default(), (&readings, 1.0), standard).expect("a face to crop");
    encode::encode(&made.picture, &goal()).expect("fits").bytes
}

/// Twice the finished size is enough for the crop.
fn open_for_making(camera: &[u8], standard: &Standard) -> Picture {
    let (width, height) = (2 * standard.output.width, 2 * standard.output.height);
    file::open_scaled(camera, Some("jpg"), width, height).expect("written above").picture
}

fn goal() -> encode::EncodeGoal {
    encode::EncodeGoal {
        bytes_low: 20_000,
        bytes_high: 40_000,
        aim: 36_000,
        aim_tolerance: 2_000,
        min_quality: 60,
        dpi: 300,
        reserve: 1_200,
    }
}

fn inspecting(finished: &[u8], vision: &Vision, standard: &Standard) {
    let bound = median(41, || decode_only(finished, 8));
    let opened = file::open(finished, Some("jpg")).expect("written above");
    let look = vision.look(&opened.picture);
    let scene = || Scene::new(&opened.picture, &look);
    line("inspect: open", median(41, || file::open(finished, Some("jpg"))), Some(bound));
    line("inspect: look", median(41, || vision.look(&opened.picture)), None);
    line("inspect: measure", median(41, || measure::measure(&scene())), None);
    let whole = median(41, || {
        let opened = file::open(finished, Some("jpg")).expect("written above");
        let look = vision.look(&opened.picture);
        let readings = measure::measure(&Scene::new(&opened.picture, &look));
        inspection::inspect(opened.facts, readings, standard)
    });
    line("inspect, whole (goal 20)", whole, None);
}

fn making_stages(camera: &[u8], vision: &Vision, standard: &Standard) {
    let bound = median(9, || decode_only(camera, 2));
    line("make: open at 1/4", median(9, || open_for_making(camera, standard)), Some(bound));
    let opened = open_for_making(camera, standard);
    line("make: look", median(9, || vision.look(&opened)), None);
    let look = vision.look(&opened);
    line("make: place", median(9, || measure::place(&Scene::new(&opened, &look))), None);
    line("make, whole (goal 160)", median(9, || make(camera, vision, standard)), Some(bound));
}

/// The program on a folder of camera photos, all cores; peak memory from the kernel's own count.
fn batch(camera: &[u8], finished: &[u8]) {
    let folder = env::temp_dir().join(format!("xueying-bench-{}", std::process::id()));
    let (cameras, photos) = (folder.join("cameras"), folder.join("photos"));
    for (name, bytes) in [(&cameras, camera), (&photos, finished)] {
        fs::create_dir_all(name).expect("a temporary folder");
        for number in 0..BATCH {
            fs::write(name.join(format!("{number:02}.jpg")), bytes).expect("room on the disk");
        }
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!("\nall {cores} cores, {BATCH} photos       photos/s   peak MB");
    let out = folder.join("out");
    run(
        "make from 24 MP (goal 250 MB)",
        &["make".as_ref(), cameras.as_os_str(), "--out".as_ref(), out.as_os_str()],
    );
    run("inspect", &["inspect".as_ref(), photos.as_os_str()]);
    fs::remove_dir_all(&folder).expect("written above");
}

fn run(what: &str, arguments: &[&std::ffi::OsStr]) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_xueying"))
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program was built for this");
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kb = 0;
    while child.try_wait().expect("our own child").is_none() {
        peak_kb = peak_kb.max(high_water(&status).unwrap_or(0));
        thread::sleep(Duration::from_millis(3));
    }
    let rate = BATCH as f64 / start.elapsed().as_secs_f64();
    println!("{what:32} {rate:9.1} {:9.0}", peak_kb as f64 / 1000.0);
}

/// Peak resident memory in kB; only Linux tells.
fn high_water(status: &str) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

fn median<T>(runs: usize, mut work: impl FnMut() -> T) -> f64 {
    work();
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(work());
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[runs / 2]
}

fn line(what: &str, ms: f64, bound: Option<f64>) {
    match bound {
        Some(bound) => println!("{what:32} {ms:7.1} {bound:7.1} {:6.2}", ms / bound),
        None => println!("{what:32} {ms:7.1}"),
    }
}
