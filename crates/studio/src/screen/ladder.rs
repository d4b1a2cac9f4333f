//! The ladder of pictures that readers of codes are measured on: one kind of damage at a time, from what the
//! product promises to read to what no reader can.

use seal::reading::Grey;
use seal::suite::Suite;

use super::{Scene, Shown};

/// Pictures of each step and suite.
pub const PICTURES: u64 = 6;

/// One kind of damage.
#[derive(Debug, Clone, Copy)]
pub struct Damage {
    /// What it is, with its unit.
    pub name: &'static str,
    /// Amounts at which a code is promised to be read.
    pub promised: &'static [f32],
    /// Amounts beyond the promise.
    pub beyond: &'static [f32],
    /// A scene with an amount of it.
    pub scene: fn(f32) -> Scene,
}

/// Every kind of damage.
pub const DAMAGES: [Damage; 16] = [
    Damage {
        name: "code's width in the frame, px",
        promised: &[380.0, 300.0, 260.0, 220.0],
        beyond: &[190.0, 160.0],
        scene: |px| Scene { code_px: px, ..Scene::CAMERA },
    },
    Damage {
        name: "defocus, σ in px",
        promised: &[1.0, 1.5, 2.0, 2.5],
        beyond: &[3.0, 3.5],
        scene: |px| Scene { blur_px: px, ..Scene::CAMERA },
    },
    Damage {
        name: "motion, px",
        promised: &[2.0, 4.0, 6.0],
        beyond: &[8.0, 10.0],
        scene: |px| Scene { motion_px: px, ..Scene::CAMERA },
    },
    Damage {
        name: "moiré, depth of the stripes",
        promised: &[0.2, 0.35, 0.5],
        beyond: &[0.7, 0.9],
        scene: |depth| Scene { stripes: depth, ..Scene::CAMERA },
    },
    Damage {
        name: "noise, σ of 255",
        promised: &[10.0, 20.0, 40.0],
        beyond: &[60.0, 80.0],
        scene: |noise| Scene { noise, ..Scene::CAMERA },
    },
    Damage {
        name: "JPEG quality",
        promised: &[70.0, 40.0, 25.0],
        beyond: &[15.0, 8.0],
        scene: |jpeg| Scene { jpeg, ..Scene::CAMERA },
    },
    Damage {
        name: "dim, share of the exposure",
        promised: &[0.5, 0.2, 0.08],
        beyond: &[0.03, 0.015],
        scene: |light| Scene { light, ..Scene::CAMERA },
    },
    Damage {
        name: "too bright, times the exposure",
        promised: &[2.0, 4.0],
        beyond: &[8.0, 16.0],
        scene: |light| Scene { light, ..Scene::CAMERA },
    },
    Damage {
        name: "turned, degrees",
        promised: &[10.0, 20.0, 30.0, 90.0, 180.0],
        beyond: &[45.0],
        scene: |turned_deg| Scene { turned_deg, ..Scene::CAMERA },
    },
    Damage {
        name: "tilted, degrees",
        promised: &[10.0, 20.0, 30.0, 40.0],
        beyond: &[50.0, 60.0],
        scene: |tilted_deg| Scene { tilted_deg, ..Scene::CAMERA },
    },
    Damage {
        name: "lamp on the screen, radius in widths of the code",
        promised: &[0.05, 0.08, 0.11],
        beyond: &[0.16, 0.22],
        scene: |glare| Scene { glare, ..Scene::CAMERA },
    },
    Damage {
        name: "the card's copy, px wide, JPEG quality 40",
        promised: &[720.0, 480.0, 300.0],
        beyond: &[200.0, 160.0],
        scene: |width| Scene { jpeg: 40.0, ..Scene::copy(width as usize) },
    },
    Damage {
        name: "sent on, times",
        promised: &[1.0, 2.0, 3.0],
        beyond: &[4.0, 6.0],
        scene: |times| Scene { sent: times as u32, ..Scene::copy(720) },
    },
    Damage {
        name: "screenshot of a page, px wide",
        promised: &[1440.0, 1080.0, 720.0],
        beyond: &[360.0, 240.0],
        scene: |width| Scene { view: super::View::Page(width as usize), ..Scene::copy(720) },
    },
    Damage {
        name: "cut close, modules of the quiet zone left",
        promised: &[3.0, 2.0, 1.0],
        beyond: &[0.5, 0.0],
        scene: |quiet_modules| Scene { quiet_modules, ..Scene::copy(480) },
    },
    Damage {
        name: "light on dark, px in the frame",
        promised: &[380.0, 300.0, 260.0],
        beyond: &[190.0],
        scene: |px| Scene { inverted: true, code_px: px, ..Scene::CAMERA },
    },
];

/// A picture, and what its code says.
#[derive(Debug)]
pub struct Sample {
    /// As a reader gets it.
    pub picture: Grey,
    /// The truth.
    pub text: String,
}

/// The pictures of one step in one suite.
pub fn samples(damage: &Damage, amount: f32, suite: Suite) -> impl Iterator<Item = Sample> {
    let scene = (damage.scene)(amount);
    (0..PICTURES).filter_map(move |number| {
        let seed = 1 + number;
        let shown = Shown::of(suite, seed)?;
        let picture = scene.picture(&shown, seed);
        let picture = Grey::of_rgb(picture.width(), picture.rgb())?;
        Some(Sample { picture, text: shown.text })
    })
}
