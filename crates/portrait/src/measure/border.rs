//! Borders around the picture: white or black edges left by a print, a scan or a design (id I3).

use crate::{
    measure::{Readings, Unmeasurable, scene::Scene},
    picture::Rect,
};

/// Widest border looked for, px at a height of 640 px.
const WIDEST: f32 = 8.0;
/// Step in colour at a border's inner side, ΔE (portrait-rules I3).
const STEP: f32 = 10.0;
/// Share of the side's length with that step: a dark border is not seen along a dark coat,
/// which takes up to a third of the sides; nothing else makes so long a straight step at the very edge.
const LENGTH: f32 = 0.6;

/// Adds `border` (px): how wide the widest border on any side is; 0 without one.
pub fn check(scene: &Scene, readings: &mut Readings) {
    let (width, height) = (scene.picture.width(), scene.picture.height());
    let widest = ((WIDEST * height as f32 / 640.0).round() as usize).max(2);
    if width < 8 * widest || height < 8 * widest {
        return readings.unknown("border", Unmeasurable::TooSmall);
    }
    let (mut most, mut places) = (0, Vec::new());
    for side in [Side::Left, Side::Top, Side::Right, Side::Bottom] {
        let found = (1..=widest).rev().find(|&line| stepped(scene, side, line) >= LENGTH);
        if let Some(found) = found {
            most = most.max(found);
            places.push(side.strip(found as f32, width as f32, height as f32));
        }
    }
    readings.number("border", most as f32, places);
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Top,
    Right,
    Bottom,
}

impl Side {
    fn strip(self, depth: f32, width: f32, height: f32) -> Rect {
        match self {
            Self::Left => Rect::new(0.0, 0.0, depth, height),
            Self::Top => Rect::new(0.0, 0.0, width, depth),
            Self::Right => Rect::new(width - depth, 0.0, width, height),
            Self::Bottom => Rect::new(0.0, height - depth, width, height),
        }
    }
}

/// Share of the side's length where the colour steps between line `line` − 1 and line `line`, counted from outside.
fn stepped(scene: &Scene, side: Side, line: usize) -> f32 {
    let (width, height) = (scene.picture.width(), scene.picture.height());
    let length = if matches!(side, Side::Left | Side::Right) { height } else { width };
    let place = |along: usize, line: usize| match side {
        Side::Left => along * width + line,
        Side::Right => along * width + width - 1 - line,
        Side::Top => line * width + along,
        Side::Bottom => (height - 1 - line) * width + along,
    };
    let steps = (0..length).filter(|&along| {
        let (outer, inner) = (scene.lab().at(place(along, line - 1)), scene.lab().at(place(along, line)));
        outer.distance(inner) > STEP
    });
    steps.count() as f32 / length as f32
}
