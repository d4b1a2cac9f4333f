//! Base portraits: real faces before the reference blue, the clean start of every ladder.
//!
//! No public-domain portrait has a plain wall, so the wall is put behind the person: the photo is levelled and cut
//! to 480 × 640 px with the face where the standard wants it, never enlarged, and everything that the person mask
//! leaves over becomes blue with the noise of a camera. Nothing of the face is changed.

use portrait::{
    colour::luminance,
    look::Look,
    measure::{
        quantiles::median,
        regions::pixels_of,
        scene::{FaceFrame, Scene},
    },
    picture::{Picture, Point},
};
use vision::Vision;

use crate::degrade::{byte, sensor, smooth, warp::interpolated};

/// Width and height of a finished portrait, px (四.1).
const SIZE: (usize, usize) = (480, 640);
/// The reference blue (二.1).
const BLUE: [u8; 3] = [100, 197, 255];
/// Noise of a good camera after reduction, grey levels per channel.
const CAMERA_NOISE: f32 = 1.2;

/// A portrait of 480 × 640 px with a plain backdrop.
#[derive(Clone)]
pub struct Base {
    /// What the photo is called in the lists.
    pub name: String,
    /// The portrait.
    pub picture: Picture,
    /// What the models see in it.
    pub look: Look,
    /// Share of a person in each pixel, 0 to 1.
    pub person: Vec<f32>,
    /// The backdrop's colour, sRGB.
    pub backdrop: [u8; 3],
}

/// Why a photo is no base.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Nobody is seen.
    #[error("no face was found")]
    NoFace,
    /// The cut would have to be enlarged.
    #[error("the face is too small: a portrait of 480 × 640 px would have to be enlarged")]
    TooSmall,
}

impl Base {
    /// Levels, cuts and puts the reference blue behind the person.
    ///
    /// # Errors
    /// When there is no face or it is too small.
    pub fn of(name: &str, photo: &Picture, vision: &Vision) -> Result<Self, Unusable> {
        let look = vision.look(photo);
        let cut = cut(photo, &look)?;
        let look = vision.look(&cut);
        let person = Scene::new(&cut, &look).person.ok_or(Unusable::NoFace)?;
        let person = main_person(&person, SIZE.0);
        let picture = before_blue(&cut, &person);
        let look = vision.look(&picture);
        if look.mesh.is_none() {
            return Err(Unusable::NoFace);
        }
        let person = person.iter().map(|&p| share(p)).collect();
        Ok(Self { name: name.to_owned(), picture, look, person, backdrop: BLUE })
    }

    /// Whether the cheek on the picture's left has more light than the other, on the zones that are measured.
    pub fn left_cheek_is_lighter(&self) -> bool {
        let scene = Scene::new(&self.picture, &self.look);
        let Some(skin) = &scene.regions().skin else { return true };
        let (width, height) = (self.picture.width(), self.picture.height());
        let [left, right] = skin.zones.map(|zone| {
            let pixels = pixels_of(zone, width, height);
            let mut light: Vec<f32> =
                pixels.map(|at| luminance(self.picture.pixel(at % width, at / width))).collect();
            median(&mut light).unwrap_or_default()
        });
        left >= right
    }

    /// Middle (x, y) and radius of a circle around the head, px.
    pub fn head_circle(&self) -> (f32, f32, f32) {
        let middle = Point::new(self.picture.width() as f32 / 2.0, self.picture.height() as f32 * 0.4);
        self.look.mesh.as_ref().map(FaceFrame::new).map_or((middle.x, middle.y, 120.0), |face| {
            (face.eyes.x, face.eyes.y, face.eyes_to_chin.max(0.6 * face.width))
        })
    }
}

/// The person's share of a pixel from the mask's probability (of 255): the mask is wide, hair ends inside it.
fn share(probability: u8) -> f32 {
    smooth(0.5, 0.9, f32::from(probability) / 255.0)
}

/// A place of the cut and where it comes from in the photo: turned and scaled about the eyes.
struct Cut {
    eyes: Point,
    to: Point,
    /// Photo pixels per pixel of the cut, along and across its rows.
    step: (f32, f32),
}

impl Cut {
    fn source(&self, x: f32, y: f32) -> Point {
        let (dx, dy) = (x - self.to.x, y - self.to.y);
        Point::new(
            self.eyes.x + dx * self.step.0 - dy * self.step.1,
            self.eyes.y + dx * self.step.1 + dy * self.step.0,
        )
    }
}

/// Crown at row 62, face in the middle and 215 px wide, or wider until the cut's lower corners lie in the photo.
fn cut(photo: &Picture, look: &Look) -> Result<Picture, Unusable> {
    let face = look.mesh.as_ref().map(FaceFrame::new).ok_or(Unusable::NoFace)?;
    let crown = crown(photo, look, &face).ok_or(Unusable::NoFace)?;
    let roll = (face.right_eye.y - face.left_eye.y).atan2(face.right_eye.x - face.left_eye.x);
    let mut scale = 215.0 / face.width;
    let mut cut = Cut { eyes: face.eyes, to: Point::new(0.0, 0.0), step: (0.0, 0.0) };
    // 2 % at a time, up to a face of 295 px.
    for _ in 0..16 {
        cut.to = Point::new(SIZE.0 as f32 / 2.0, 62.0 + (face.eyes.y - crown) * scale);
        cut.step = (roll.cos() / scale, roll.sin() / scale);
        // A corner may miss up to 1 % of the photo's width: the last column is then repeated.
        let slack = 0.01 * photo.width() as f32;
        let inside = |corner: Point| {
            (-slack..photo.width() as f32 + slack).contains(&corner.x)
                && corner.y < photo.height() as f32 + 2.0
        };
        let bottom = SIZE.1 as f32;
        if inside(cut.source(0.0, bottom)) && inside(cut.source(SIZE.0 as f32, bottom)) {
            break;
        }
        scale *= 1.02;
    }
    if scale > 1.0 { Err(Unusable::TooSmall) } else { Ok(sampled(photo, &cut)) }
}

/// The first row where a person covers a tenth of the face's width above the face.
fn crown(photo: &Picture, look: &Look, face: &FaceFrame) -> Option<f32> {
    let mask = look.person.as_ref()?;
    let columns = 40;
    (0..photo.height()).step_by(2).map(|y| y as f32).find(|&y| {
        let hits = (0..columns).filter(|&i| {
            let x = face.eyes.x + (i as f32 / columns as f32 - 0.5) * face.width;
            mask.at(Point::new(x, y)) > 0.5
        });
        hits.count() * 10 >= columns
    })
}

/// Nine samples for each pixel, in linear light; beyond the edge the photo goes on with its last pixel.
fn sampled(photo: &Picture, cut: &Cut) -> Picture {
    let mut picture = Picture::filled(SIZE.0, SIZE.1, BLUE);
    for y in 0..SIZE.1 {
        for x in 0..SIZE.0 {
            let mut sum = [0.0; 3];
            for sample in 0..9 {
                let (i, j) = ((sample % 3) as f32, (sample / 3) as f32);
                let place = cut.source(x as f32 + (i + 0.5) / 3.0, y as f32 + (j + 0.5) / 3.0);
                let light = interpolated(photo, place);
                for channel in 0..3 {
                    sum[channel] += light[channel] / 9.0;
                }
            }
            picture.set_pixel(x, y, sum.map(byte));
        }
    }
    picture
}

/// The mask without what does not hang together with the middle of the picture: flags, other people.
fn main_person(person: &[u8], width: usize) -> Vec<u8> {
    let mut kept = vec![0; person.len()];
    let mut open = vec![person.len() / 2 + width / 2];
    while let Some(at) = open.pop() {
        if kept[at] == 0 && person[at] >= 77 {
            kept[at] = person[at];
            let x = at % width;
            let beside = [
                (x > 0).then(|| at - 1),
                (x + 1 < width).then_some(at + 1),
                at.checked_sub(width),
                (at + width < person.len()).then_some(at + width),
            ];
            open.extend(beside.into_iter().flatten());
        }
    }
    kept
}

/// Blue wherever the person is not; along the outline the person's colour is taken from further inside,
/// because the old background shines through there.
fn before_blue(cut: &Picture, person: &[u8]) -> Picture {
    let mut picture = Picture::filled(SIZE.0, SIZE.1, BLUE);
    let noisy = sensor::noise(&picture, CAMERA_NOISE, 0x626c_7565);
    for (at, &probability) in person.iter().enumerate() {
        let (x, y) = (at % SIZE.0, at / SIZE.0);
        let (share, wall) = (share(probability), noisy.pixel(x, y));
        if share <= 0.0 {
            picture.set_pixel(x, y, wall);
            continue;
        }
        let own = if share < 1.0 { inner_colour(cut, person, x, y) } else { cut.pixel(x, y) };
        let mixed = |c: usize| (f32::from(own[c]) * share + f32::from(wall[c]) * (1.0 - share)).round() as u8;
        picture.set_pixel(x, y, [mixed(0), mixed(1), mixed(2)]);
    }
    picture
}

/// The mean of the pixels within 5 px that are surely the person's; the pixel itself when there are none.
fn inner_colour(cut: &Picture, person: &[u8], x: usize, y: usize) -> [u8; 3] {
    let (mut sum, mut count) = ([0_u32; 3], 0);
    for j in y.saturating_sub(5)..(y + 6).min(SIZE.1) {
        for i in x.saturating_sub(5)..(x + 6).min(SIZE.0) {
            if person[j * SIZE.0 + i] >= 240 {
                let pixel = cut.pixel(i, j);
                for channel in 0..3 {
                    sum[channel] += u32::from(pixel[channel]);
                }
                count += 1;
            }
        }
    }
    if count == 0 { cut.pixel(x, y) } else { sum.map(|total| (total / count) as u8) }
}
