//! One thing wrong on request, everything else as in a flawless shot.

use super::{
    Background, Shot,
    extras::Extra,
    person::{Cut, Glasses},
    space::vec3,
};

/// A fault that can be planted.
#[derive(Debug)]
pub struct Fault {
    /// What it is called, kebab-case.
    pub name: &'static str,
    /// Who has to notice it.
    pub noticed_by: NoticedBy,
    plant: fn(&mut Shot),
}

/// Who notices a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticedBy {
    /// The rule of this name, when the finished photo is judged.
    Rule(&'static str),
    /// Making: no crop keeps the geometry, or none exists.
    Making,
}

use NoticedBy::{Making, Rule};

const fn fault(name: &'static str, noticed_by: NoticedBy, plant: fn(&mut Shot)) -> Fault {
    Fault { name, noticed_by, plant }
}

/// All faults: first the person's, then the background's, then light and camera, then the framing.
pub const FAULTS: &[Fault] = &[
    fault("second-face", Rule("single-face"), |shot| shot.extras.push(Extra::SecondFace)),
    fault("tilted", Rule("roll"), |shot| shot.stance.pose.roll += 9.0),
    fault("turned", Rule("yaw"), |shot| shot.stance.pose.yaw += 18.0),
    fault("looking-down", Rule("pitch"), |shot| shot.stance.pose.pitch += 20.0),
    fault("eyes-shut", Rule("eyes-open"), |shot| shot.stance.act.shut = 1.0),
    fault("looking-aside", Rule("gaze"), |shot| shot.stance.gaze.0 = 26.0),
    fault("mouth-open", Rule("mouth-closed"), |shot| shot.stance.act.mouth = 0.9),
    fault("masked", Rule("occlusion"), |shot| shot.extras.push(Extra::Mask)),
    fault("glare", Rule("glare"), |shot| {
        wear_glasses(shot);
        shot.extras.push(Extra::Glare);
    }),
    fault("tinted-lenses", Rule("tinted-lenses"), |shot| {
        wear_glasses(shot);
        shot.extras.push(Extra::Tint);
    }),
    fault("clothes-like-the-wall", Rule("clothes-contrast"), |shot| {
        let [r, g, b] = shot.background.colour().map(|byte| portrait::colour::LINEAR[usize::from(byte)]);
        shot.person.clothes.cut = Cut::Tee;
        shot.person.clothes.outer = vec3(r, g, b) * 0.9;
    }),
    fault("wrong-wall", Rule("background-colour"), |shot| shot.background = Background::Red),
    fault("wall-darker-below", Rule("background-even"), |shot| shot.wall.falloff = 0.5),
    fault("shadow", Rule("background-shadow"), |shot| shot.wall.shadow = 0.4),
    fault("folds", Rule("background-texture"), |shot| shot.wall.folds = 0.16),
    fault("thing-on-the-wall", Rule("background-texture"), |shot| shot.wall.thing = true),
    fault("underexposed", Rule("exposure"), |shot| shot.lighting.exposure *= 0.35),
    fault("overexposed", Rule("clipping"), |shot| shot.lighting.exposure *= 1.9),
    fault("shiny-skin", Rule("hot-spots"), |shot| shot.lighting.shine = 1.2),
    fault("one-lamp", Rule("side-light"), |shot| shot.lighting.lamps = [1.5, 0.2]),
    fault("colour-cast", Rule("background-colour"), |shot| shot.sensor.balance = [1.25, 0.95, 0.62]),
    fault("red-eye", Rule("red-eye"), |shot| {
        shot.person.eyes.pupil = 0.34;
        shot.lighting.red_eye = 1.0;
    }),
    fault("out-of-focus", Rule("sharpness"), |shot| shot.sensor.blur = 7.0),
    fault("moved", Rule("motion-blur"), |shot| shot.sensor.motion = 24.0),
    fault("noisy", Rule("noise"), |shot| shot.sensor.noise = 14.0),
    fault("screen", Rule("moire"), |shot| shot.extras.push(Extra::Screen)),
    fault("no-headroom", Making, |shot| shot.framing.eyes.1 = 0.17),
    fault("at-the-edge", Making, |shot| shot.framing.eyes.0 = 0.17),
    fault("too-far-away", Making, |shot| shot.framing.face = 0.1),
    fault("too-near", Making, |shot| shot.framing = super::Framing { eyes: (0.5, 0.45), face: 0.66 }),
];

impl Fault {
    /// The fault of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        FAULTS.iter().find(|fault| fault.name == name)
    }

    /// The shot with the fault in it.
    pub fn planted(&self, mut shot: Shot) -> Shot {
        (self.plant)(&mut shot);
        shot
    }
}

fn wear_glasses(shot: &mut Shot) {
    shot.person.glasses.get_or_insert(Glasses {
        colour: vec3(0.012, 0.012, 0.013),
        lens: (2.7, 2.0),
        squareness: 3.0,
        thickness: 0.1,
    });
}
