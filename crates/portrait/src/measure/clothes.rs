//! The clothes: whether they stand out from the background, and their colours (ids C1, C3).

use crate::{
    colour::Lab,
    measure::{
        Readings, Unmeasurable, Value,
        quantiles::median,
        regions::Regions,
        scene::{FaceFrame, Scene},
    },
    picture::{Point, Rect},
};

/// Adds contrast, lost and undecided outline, and hues.
pub fn check(scene: &Scene, readings: &mut Readings) {
    let why = match (&scene.face, &scene.person) {
        (None, _) => Unmeasurable::NoFace,
        (_, None) => Unmeasurable::NoMask,
        (Some(face), Some(person)) => {
            outline(scene, face, person, readings);
            return hues(scene, face, person, readings);
        }
    };
    for measure in ["clothes-contrast", "clothes-lost-outline", "undecided-outline", "clothes-hues"] {
        readings.unknown(measure, why);
    }
}

/// Half of 255: the person's outline.
const HALF: u8 = 128;
/// Colour difference below which a piece of outline is lost (portrait-rules C1).
const LOST: f32 = 10.0;

/// `clothes-contrast` (ΔE76): median over the outline below the chin of the difference between the bands
/// 6–18 px (at W = 210) inside and outside, or that of the torso if it is less; `clothes-lost-outline` (share): pieces below ΔE 10;
/// `undecided-outline` (share): probabilities of a person between .2 and .8 in the band ± 6 px, which stays small
/// while the mask knows where the shirt ends.
fn outline(scene: &Scene, face: &FaceFrame, person: &[u8], readings: &mut Readings) {
    let unit = face.width / 210.0;
    let points = outline_points(scene, face, person);
    let mut differences = Vec::with_capacity(points.len());
    let mut lost = Vec::new();
    let (mut undecided, mut seen) = (0, 0);
    for &(place, outwards) in &points {
        let at = |distance: f32| {
            let (x, y) = (place.x + outwards.x * distance * unit, place.y + outwards.y * distance * unit);
            let inside =
                x >= 0.0 && y >= 0.0 && x < scene.picture.width() as f32 && y < scene.picture.height() as f32;
            inside.then(|| y as usize * scene.picture.width() + x as usize)
        };
        for at in [-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0].into_iter().filter_map(at) {
            seen += 1;
            undecided += usize::from((51..=204).contains(&person[at]));
        }
        let band = |side: f32| band_colour(scene, (3..=9).filter_map(|step| at(side * 2.0 * step as f32)));
        if let (Some(inside), Some(outside)) = (band(-1.0), band(1.0)) {
            let difference = inside.distance(outside);
            differences.push(difference);
            if difference < LOST {
                lost.push(Rect::new(place.x, place.y, place.x, place.y).grown(9.0 * unit));
            }
        }
    }
    // A fortieth of the picture's width in outline on each side is too little to judge a shirt by.
    if differences.len() * STEP < scene.picture.width() / 10 {
        for measure in ["clothes-contrast", "clothes-lost-outline", "undecided-outline"] {
            readings.unknown(measure, Unmeasurable::TooLittleArea);
        }
        return;
    }
    let share = lost.len() as f32 / differences.len() as f32;
    lost.truncate(12);
    let outline = median(&mut differences).unwrap_or_default();
    let contrast = torso(scene, face).map_or(outline, |torso| torso.min(outline));
    readings.number("clothes-contrast", contrast, lost.clone());
    readings.number("clothes-lost-outline", share, lost);
    readings.number("undecided-outline", undecided as f32 / seen.max(1) as f32, Vec::new());
}

/// Median ΔE between the background's colour and the places where a torso must be (.35–.75 W beside the middle,
/// from .4 T below the chin down), whatever the mask says: clothes like the wall fool the mask too, and its outline
/// then runs along the neck.
fn torso(scene: &Scene, face: &FaceFrame) -> Option<f32> {
    let wall = scene.regions().background.as_ref()?.colour();
    let first = (face.chin.y + 0.4 * face.eyes_to_chin).max(0.0) as usize;
    let mut differences = Vec::new();
    for y in (first..scene.picture.height()).step_by(4) {
        for x in (0..scene.picture.width()).step_by(4) {
            if (0.35..0.75).contains(&((x as f32 - face.chin.x).abs() / face.width)) {
                differences.push(scene.lab().at(y * scene.picture.width() + x).distance(wall));
            }
        }
    }
    // Fifty places: fewer are a strip at the lower edge.
    if differences.len() < 50 { None } else { median(&mut differences) }
}

/// The median colour, each part for itself; needs half of the seven places.
fn band_colour(scene: &Scene, places: impl Iterator<Item = usize>) -> Option<Lab> {
    let mut parts = [Vec::with_capacity(7), Vec::with_capacity(7), Vec::with_capacity(7)];
    for at in places {
        let colour = scene.lab().at(at);
        parts[0].push(colour.l);
        parts[1].push(colour.a);
        parts[2].push(colour.b);
    }
    if parts[0].len() < 4 {
        return None;
    }
    let [l, a, b] = parts.each_mut().map(|values| median(values));
    Some(Lab { l: l?, a: a?, b: b? })
}

/// Every third pixel of the outline is looked at.
const STEP: usize = 3;

/// Places on the outline below the chin with the direction out of the person, unit length.
fn outline_points(scene: &Scene, face: &FaceFrame, person: &[u8]) -> Vec<(Point, Point)> {
    let (width, height) = (scene.picture.width(), scene.picture.height());
    // Broad shoulders begin above the chin's height, but then they are outside the head and its hair.
    let shoulder = |x: usize, y: usize| {
        let below = (y as f32 - face.chin.y) / face.eyes_to_chin;
        below > 0.15 || (x as f32 - face.chin.x).abs() > 0.65 * face.width
    };
    let first = (face.chin.y - 0.3 * face.eyes_to_chin).max(1.0) as usize;
    let reach = ((4.0 * face.width / 210.0).round() as usize).max(2);
    let mut points = Vec::new();
    let mut crossings = 0;
    for y in first.max(reach)..height.saturating_sub(reach) {
        for x in reach..width - reach {
            let at = y * width + x;
            let here = person[at] >= HALF;
            let crosses = here != (person[at + 1] >= HALF) || here != (person[at - width] >= HALF);
            if !crosses || !shoulder(x, y) {
                continue;
            }
            crossings += 1;
            if crossings % STEP != 0 {
                continue;
            }
            let slope = |plus: usize, minus: usize| f32::from(person[minus]) - f32::from(person[plus]);
            let (dx, dy) = (slope(at + reach, at - reach), slope(at + reach * width, at - reach * width));
            let length = dx.hypot(dy);
            if length > 25.0 {
                points
                    .push((Point::new(x as f32 + 0.5, y as f32 + 0.5), Point::new(dx / length, dy / length)));
            }
        }
    }
    points
}

/// Chroma from which a cloth has a colour: below it black, grey, white and brown hair stay out.
const COLOURED: f32 = 20.0;
/// Colour difference to the cheeks within which a pixel near the middle is neck, not cloth.
const LIKE_SKIN: f32 = 15.0;

/// `clothes-hues` (shares of the clothes' area by hue, 36 bins of 10°): pixels with chroma over 20.
/// The area is where a person is (≥ .8), more than a quarter of T below the chin,
/// without skin-like pixels in the neck's column (± .6 W).
fn hues(scene: &Scene, face: &FaceFrame, person: &[u8], readings: &mut Readings) {
    let width = scene.picture.width();
    let Regions { skin, .. } = scene.regions();
    let cheeks = skin.as_ref().map(|skin| skin.cheeks);
    let first = (face.chin.y + 0.25 * face.eyes_to_chin).max(0.0) as usize;
    let mut shares = Box::new([0.0_f32; 36]);
    let mut area = 0_usize;
    for y in (first..scene.picture.height()).step_by(2) {
        for x in (0..width).step_by(2) {
            let at = y * width + x;
            if person[at] < 204 {
                continue;
            }
            let colour = scene.lab().at(at);
            let neck = (x as f32 - face.chin.x).abs() < 0.6 * face.width;
            if neck && cheeks.is_some_and(|cheeks| colour.distance(cheeks) < LIKE_SKIN) {
                continue;
            }
            area += 1;
            if colour.chroma() > COLOURED {
                shares[((colour.hue() / 10.0) as usize).min(35)] += 1.0;
            }
        }
    }
    if area * 4 < width * 10 {
        return readings.unknown("clothes-hues", Unmeasurable::TooLittleArea);
    }
    for share in shares.iter_mut() {
        *share /= area as f32;
    }
    let place = Rect::new(0.0, first as f32, width as f32, scene.picture.height() as f32);
    readings.add("clothes-hues", Value::Hues(shares), vec![place]);
}
