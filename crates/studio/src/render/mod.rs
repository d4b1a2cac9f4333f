//! Made-up portraits: people who do not exist, photographed as the standard asks, with their ground truth.
//!
//! A lit triangle model of head, hair, clothes and wall; the same seed gives the same bytes.
//! Faults on request are not built yet; the graded defects of [`degrade`](crate::degrade) work on any picture.

mod camera;
mod canonical;
mod chance;
mod clothes;
mod figure;
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

use portrait::picture::{Picture, Point};
use rayon::prelude::*;

pub use self::{camera::Sensor, figure::Stance, light::Lighting, person::Person, shape::Act, truth::Truth};
use self::{
    camera::View,
    chance::{Chance, noise2},
    figure::Figure,
    raster::{Hit, Scene},
    space::{Vec3, vec3},
};

/// The standard's three backgrounds, sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Background {
    /// R 100, G 197, B 255.
    Blue,
    /// White, just below the sensor's limit.
    White,
    /// R, G, B 240.
    Grey,
}

impl Background {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Blue, Self::White, Self::Grey];

    fn colour(self) -> [u8; 3] {
        match self {
            Self::Blue => [100, 197, 255],
            Self::White => [250, 250, 250],
            Self::Grey => [240, 240, 240],
        }
    }
}

/// Everything that decides a picture.
#[derive(Debug, Clone)]
pub struct Shot {
    /// Who sits there.
    pub person: Person,
    /// How.
    pub stance: Stance,
    /// In what light.
    pub lighting: Lighting,
    /// Before what wall.
    pub background: Background,
    /// Width and height of the picture, px.
    pub size: (usize, usize),
    /// Lens and sensor.
    pub sensor: Sensor,
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
        stance.pose.pitch = 0.8 * chance.normal();
        stance.pose.roll = 0.4 * chance.normal();
        Self {
            person: Person::from_seed(seed),
            stance,
            lighting: Lighting::from_seed(seed),
            background: chance.pick(&Background::ALL),
            size: (1200, 1600),
            sensor: Sensor { blur: 0.6, motion: 0.0, noise: 1.3, seed },
        }
    }
}

/// Makes the picture.
pub fn render(shot: &Shot) -> Rendered {
    let (width, height) = (shot.size.0.max(120), shot.size.1.max(160));
    let mut figure = Figure::new(&shot.person, &shot.stance);
    // The face takes three tenths of the width, so that a finished photo never needs enlarging.
    let scale = 0.30 * width as f32 / 15.3;
    let view = View { scale, eyes: Point::new(0.5 * width as f32, 0.42 * height as f32) };
    light::shade(&mut figure.meshes, vec3(0.0, -4.0, -4.0));
    let truth = Truth::read(&figure.head, figure.irises, &figure.meshes, &view, shot.stance.pose);
    let mut pixels = vec![[0.0; 3]; width * height];
    let scene = Scene::new(&figure.meshes, &view);
    let wall = Wall::new(shot, (width, height));
    // Bands of 32 rows keep the depth buffer in the cache.
    pixels.par_chunks_mut(width * 32).enumerate().for_each(|(band, pixels)| {
        let top = band * 32;
        let bottom = top + pixels.len() / width;
        scene.rows(width, top, bottom, |x, y, hits| {
            pixels[(y - top) * width + x] = pixel(shot, &wall, (x, y), hits);
        });
    });
    let sensor = Sensor { blur: shot.sensor.blur * width as f32 / 1200.0, ..shot.sensor };
    let picture = camera::develop(pixels, width, height, &sensor).expect("the buffer was made for this size");
    Rendered { picture, truth }
}

/// Light of one pixel: its surfaces by their shares, the wall in the rest.
fn pixel(shot: &Shot, wall: &Wall, (x, y): (usize, usize), hits: &[Hit]) -> [f32; 3] {
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

/// The wall behind, lit for itself.
struct Wall {
    colour: Vec3,
    size: (f32, f32),
    seed: u32,
}

impl Wall {
    fn new(shot: &Shot, (width, height): (usize, usize)) -> Self {
        let linear = &*portrait::colour::LINEAR;
        let [r, g, b] = shot.background.colour().map(|byte| linear[byte as usize]);
        Self { colour: vec3(r, g, b), size: (width as f32, height as f32), seed: shot.person.seed as u32 }
    }

    /// A little less light towards the corners, as any real wall.
    fn light(&self, x: usize, y: usize) -> Vec3 {
        let (u, v) = (x as f32 / self.size.0 - 0.5, y as f32 / self.size.1 - 0.45);
        let even = 1.0 - 0.035 * (u * u + v * v) + 0.004 * noise2(u * 6.0, v * 6.0, self.seed);
        self.colour * even
    }
}
