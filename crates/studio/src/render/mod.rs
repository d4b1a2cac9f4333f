//! Made-up portraits: people who do not exist, photographed as the standard asks, with their ground truth.
//!
//! A lit triangle model of head, hair, clothes and wall; the same seed gives the same bytes.
//! A [`Fault`] plants one thing that is wrong; the graded defects of [`degrade`](crate::degrade) work on any picture.

mod camera;
mod canonical;
pub(crate) mod chance;
mod clothes;
mod extras;
mod fault;
mod figure;
pub mod file;
mod hair;
mod head;
mod light;
mod mesh;
mod paint;
mod parts;
mod person;
mod raster;
mod shape;
mod skin;
mod space;
mod truth;
mod wall;

use portrait::picture::{Picture, Point};
use rayon::prelude::*;

pub use self::{
    camera::Sensor,
    extras::Extra,
    fault::{FAULTS, Fault, NoticedBy},
    figure::Stance,
    light::Lighting,
    person::Person,
    shape::Act,
    truth::Truth,
    wall::Wall,
};
use self::{
    camera::View,
    chance::Chance,
    figure::Figure,
    raster::{Hit, Scene},
    space::vec3,
};

/// The standard's three backgrounds, and one that it does not know; sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Background {
    /// R 100, G 197, B 255.
    Blue,
    /// White, just below the sensor's limit.
    White,
    /// R, G, B 240.
    Grey,
    /// No background of the standard.
    Red,
}

impl Background {
    /// The standard's three.
    pub const ALL: [Self; 3] = [Self::Blue, Self::White, Self::Grey];

    fn colour(self) -> [u8; 3] {
        match self {
            Self::Blue => [100, 197, 255],
            Self::White => [250, 250, 250],
            Self::Grey => [240, 240, 240],
            Self::Red => [190, 60, 60],
        }
    }
}

/// People hold the chin a little lower than the canonical face does: what the pose of level heads reads, degrees.
const RESTING_PITCH: f32 = 3.5;

/// Everything that decides a picture.
#[derive(Debug, Clone)]
pub struct Shot {
    /// Who sits there.
    pub person: Person,
    /// How.
    pub stance: Stance,
    /// In what light.
    pub lighting: Lighting,
    /// Before what colour of wall.
    pub background: Background,
    /// In what state the wall is.
    pub wall: Wall,
    /// Where the head stands in the picture.
    pub framing: Framing,
    /// What is laid over.
    pub extras: Vec<Extra>,
    /// Width and height of the picture, px.
    pub size: (usize, usize),
    /// Lens and sensor.
    pub sensor: Sensor,
}

/// Where the head stands in the picture and how large.
#[derive(Debug, Clone, Copy)]
pub struct Framing {
    /// The eyes' place as shares of width and height.
    pub eyes: (f32, f32),
    /// Width of the face as a share of the picture's.
    pub face: f32,
}

impl Default for Framing {
    /// The face takes three tenths of the width, so that a finished photo never needs enlarging.
    fn default() -> Self {
        Self { eyes: (0.5, 0.42), face: 0.30 }
    }
}

/// A picture with the truth about it.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// As a camera would give it.
    pub picture: Picture,
    /// What is where in it.
    pub truth: Truth,
}

impl Shot {
    /// A flawless shot of the person with this seed: 1200 × 1600, with a real sitting's small differences.
    pub fn from_seed(seed: u64) -> Self {
        let mut chance = Chance::new(seed, "shot");
        let mut stance = Stance::default();
        stance.pose.yaw = 1.2 * chance.normal();
        stance.pose.pitch = RESTING_PITCH + 0.8 * chance.normal();
        stance.pose.roll = 0.4 * chance.normal();
        let person = Person::from_seed(seed);
        let walls: &[Background] = if person.wears_white() { &[Background::Blue] } else { &Background::ALL };
        Self {
            stance,
            lighting: Lighting::from_seed(seed),
            background: chance.pick(walls),
            wall: Wall::default(),
            framing: Framing::default(),
            extras: Vec::new(),
            person,
            size: (1200, 1600),
            sensor: Sensor { blur: 0.45, motion: 0.0, noise: 1.3, balance: [1.0; 3], seed },
        }
    }
}

/// Makes the picture.
pub fn render(shot: &Shot) -> Rendered {
    let (width, height) = size(shot);
    let (mut pixels, truth) = exposed(shot);
    let mut light = extras::Light { pixels: &mut pixels, width };
    for extra in &shot.extras {
        extra.add(&mut light, shot, &truth);
    }
    let sensor = Sensor { blur: shot.sensor.blur * width as f32 / 1200.0, ..shot.sensor };
    let picture = camera::develop(pixels, width, height, &sensor).expect("the buffer was made for this size");
    Rendered { picture, truth }
}

fn size(shot: &Shot) -> (usize, usize) {
    (shot.size.0.max(120), shot.size.1.max(160))
}

/// The light that falls on the sensor, and the truth about the scene.
fn exposed(shot: &Shot) -> (Vec<[f32; 3]>, Truth) {
    let (width, height) = size(shot);
    let mut figure = Figure::new(&shot.person, &shot.stance);
    let scale = shot.framing.face * width as f32 / FACE_WIDTH;
    let (x, y) = shot.framing.eyes;
    let view = View { scale, eyes: Point::new(x * width as f32, y * height as f32) };
    light::shade(&mut figure.meshes, vec3(0.0, -4.0, -4.0));
    let truth = Truth::read(&figure.head, figure.irises, &figure.meshes, &view, shot.stance.pose);
    let mut pixels = vec![[0.0; 3]; width * height];
    let scene = Scene::new(&figure.meshes, &view);
    let wall = wall::Lit::new(shot, (width, height));
    // Bands of 32 rows keep the depth buffer in the cache.
    pixels.par_chunks_mut(width * 32).enumerate().for_each(|(band, pixels)| {
        let top = band * 32;
        let bottom = top + pixels.len() / width;
        scene.rows(width, top, bottom, |x, y, hits| {
            pixels[(y - top) * width + x] = pixel(shot, &wall, (x, y), hits);
        });
    });
    (pixels, truth)
}

/// Width of the standard face, cm.
const FACE_WIDTH: f32 = 15.3;

/// Light of one pixel: its surfaces by their shares, the wall in the rest.
fn pixel(shot: &Shot, wall: &wall::Lit, (x, y): (usize, usize), hits: &[Hit]) -> [f32; 3] {
    let mut sum = vec3(0.0, 0.0, 0.0);
    let mut rest = 1.0;
    for hit in hits {
        sum += paint::paint(hit, &shot.person, &shot.lighting, shot.stance.act.shut) * hit.share;
        rest -= hit.share;
    }
    if rest > 0.0 {
        sum += wall.light(x, y) * rest;
    }
    [sum.x, sum.y, sum.z]
}
