//! The upper body is in the picture and nothing of the head is cut (id P16).

use crate::{
    measure::{Readings, Unmeasurable, regions::Background, scene::Scene},
    picture::Rect,
};

/// A person from this probability (of 255) on.
const PERSON: u8 = 128;
/// ΔE from the wall's colour below which a pixel of the lower edge shows the wall: less than clothes must differ by.
const WALL: f32 = 8.0;

/// Adds how much of the lower edge the body covers and how much of the head the sides cut off.
///
/// `body-on-edge`: share of the lower edge's columns with a person.
/// `head-on-sides`: share of the rows from the forehead to the chin in which a person touches the left or right edge,
/// the worse side.
pub fn check(scene: &Scene, readings: &mut Readings) {
    let Some(person) = &scene.person else {
        readings.unknown("body-on-edge", Unmeasurable::NoMask);
        readings.unknown("head-on-sides", Unmeasurable::NoMask);
        return;
    };
    let (width, height) = (scene.picture.width(), scene.picture.height());
    let wall = scene.regions().background.as_ref().map(Background::colour);
    // The mask, which was trained on people who fill their pictures, takes wall below the shoulders for a body.
    let is_wall = |at: usize| wall.is_some_and(|wall| scene.lab().at(at).distance(wall) < WALL);
    let lowest = (height - 1) * width..height * width;
    let covered = lowest.filter(|&at| person[at] >= PERSON && !is_wall(at)).count();
    let edge = Rect::new(0.0, height as f32 - 4.0, width as f32, height as f32);
    readings.number("body-on-edge", covered as f32 / width as f32, vec![edge]);
    let Some(face) = &scene.face else {
        return readings.unknown("head-on-sides", Unmeasurable::NoFace);
    };
    let row = |y: f32| (y.max(0.0) as usize).min(height);
    let (top, chin) = (row(2.0 * face.eyes.y - face.chin.y), row(face.chin.y));
    let touched = [0, width - 1].map(|x| {
        (top..chin).filter(|y| person[y * width + x] >= PERSON).count() as f32 / (chin - top).max(1) as f32
    });
    let worse = usize::from(touched[1] > touched[0]);
    let left = worse as f32 * (width as f32 - 4.0);
    let evidence = if touched[worse] > 0.0 {
        vec![Rect::new(left, top as f32, left + 4.0, chin as f32)]
    } else {
        Vec::new()
    };
    readings.number("head-on-sides", touched[worse], evidence);
}
