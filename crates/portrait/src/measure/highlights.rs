//! Light lost on the skin: clipped pixels and shine (ids L2, L3).

use crate::{
    measure::{Readings, Unmeasurable, regions::Skin, scene::Scene},
    picture::Rect,
};

/// Adds clipped skin, burnt skin and hot spots.
pub fn check(scene: &Scene, readings: &mut Readings) {
    let Some(skin) = &scene.regions().skin else {
        let why = if scene.face.is_none() { Unmeasurable::NoFace } else { Unmeasurable::TooSmall };
        for measure in ["clipped-skin", "burnt-skin", "hot-spots"] {
            readings.unknown(measure, why);
        }
        return;
    };
    clipped(scene, skin, readings);
    hot_spots(scene, skin, readings);
}

/// `clipped-skin` (share of the skin, 0 to 1): the largest channel is 250 or more, so its detail is gone;
/// `burnt-skin` (share): all three are 245 or more, so even the colour is gone.
fn clipped(scene: &Scene, skin: &Skin, readings: &mut Readings) {
    let (mut clipped, mut burnt) = (Vec::new(), Vec::new());
    for &at in &skin.pixels {
        let pixel = &scene.picture.rgb()[3 * at as usize..3 * at as usize + 3];
        let (least, most) = (pixel[0].min(pixel[1]).min(pixel[2]), pixel[0].max(pixel[1]).max(pixel[2]));
        if most >= 250 {
            clipped.push(at);
        }
        if least >= 245 {
            burnt.push(at);
        }
    }
    for (measure, found) in [("clipped-skin", clipped), ("burnt-skin", burnt)] {
        let share = found.len() as f32 / skin.pixels.len() as f32;
        readings.number(measure, share, bounds(&found, scene.picture.width()));
    }
}

/// The box around some pixels.
fn bounds(pixels: &[u32], width: usize) -> Vec<Rect> {
    let boxes = pixels.iter().map(|&at| {
        let (x, y) = ((at as usize % width) as f32, (at as usize / width) as f32);
        Rect::new(x, y, x + 1.0, y + 1.0)
    });
    boxes.reduce(Rect::union).into_iter().collect()
}

/// How much lighter than the skin's median a reflection is, L\* (portrait-rules L3 takes the cheeks;
/// the whole face's median does not move when a spot lies on a cheek).
const LIGHTER: f32 = 12.0;
/// How much of the skin's chroma it keeps at most: a reflection has the colour of the lamp.
const PALER: f32 = 0.7;

/// `hot-spots` (share of the skin, 0 to 1): places lighter by 12 L\* than the skin's median and with less than
/// 70 % of its chroma, in the mean of nine pixels over 5 × 5, and so are the four places 2 px away: noise makes no
/// spots, and the grain of a shining forehead counts as much in a sharp photo as in a softer one.
fn hot_spots(scene: &Scene, skin: &Skin, readings: &mut Readings) {
    let (width, lab) = (scene.picture.width(), scene.lab());
    let (light, pale) = (skin.colour.l + LIGHTER, skin.colour.chroma() * PALER);
    let reach = 2 * width;
    let around = |at: usize| [at - 2, at + 2, at - reach, at + reach];
    let mean = |plane: &[f32], at: usize| {
        let row = |at: usize| plane[at - 2] + plane[at] + plane[at + 2];
        (row(at - reach) + row(at) + row(at + reach)) / 9.0
    };
    let shines = |at: usize| mean(&lab.l, at) > light && mean(&lab.a, at).hypot(mean(&lab.b, at)) < pale;
    // What is read around a place and its neighbours reaches 4 px in each direction.
    let inside = 2 * reach + 4..lab.l.len().saturating_sub(2 * reach + 4);
    let is_hot = |at: usize| inside.contains(&at) && shines(at) && around(at).into_iter().all(shines);
    let hot: Vec<u32> = skin.pixels.iter().copied().filter(|&at| is_hot(at as usize)).collect();
    let share = hot.len() as f32 / skin.pixels.len() as f32;
    readings.number("hot-spots", share, bounds(&hot, width));
}
