//! The crown: the highest row of the head with its hair, without fly-away hair (id P10).

use crate::{
    measure::scene::{FaceFrame, Scene},
    picture::{Point, Rect},
};

/// A row belongs to the head when it has a run of this share of the face width, so that strands do not count.
const LEAST_RUN: f32 = 0.05;
/// How far beside the head's axis the crown is looked for, in face widths.
const HALF_WINDOW: f32 = 0.5;
/// Probability of a person (of 255) at the outline.
const OUTLINE: f32 = 127.5;

/// The head's outline in the person's mask.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    /// The crown's row, px from the upper edge; 0 when the head reaches it.
    pub crown: f32,
    /// The widest run across the head with its hair and ears between the crown and the nose, px.
    pub width: f32,
    /// The box around it down to the chin.
    pub bounds: Rect,
}

/// Finds the head; `None` without a mask over the forehead.
///
/// It climbs from the forehead while the rows have a wide enough run: arches of single hairs, hooks and lamps above
/// the head do not hang together with it and do not count, a bun does.
pub fn find(scene: &Scene, face: &FaceFrame) -> Option<Head> {
    let person = scene.person.as_deref()?;
    let (width, height) = (scene.picture.width(), scene.picture.height());
    let forehead = face.mesh.at(10);
    let cheeks = face.outline.at(234).middle(face.outline.at(454));
    let column = |x: f32| (x.round().max(0.0) as usize).min(width);
    let window = column(cheeks.x.min(forehead.x) - HALF_WINDOW * face.width)
        ..column(cheeks.x.max(forehead.x) + HALF_WINDOW * face.width);
    let run = ((LEAST_RUN * face.width).round() as usize).max(2);
    let strength = |y: usize| strongest_run(&person[y * width + window.start..y * width + window.end], run);
    let start = (face.eyes.middle(forehead).y.max(0.0) as usize).min(height - 1);
    if window.len() < run || f32::from(strength(start)) < OUTLINE {
        return None;
    }
    let (mut y, mut inside) = (start, strength(start));
    let crown = loop {
        let Some(above) = y.checked_sub(1) else { break 0.0 };
        let next = strength(above);
        if f32::from(next) < OUTLINE {
            // Where the strength between both rows' middles passes the outline.
            let share = (f32::from(inside) - OUTLINE) / f32::from(inside - next);
            break y as f32 + 0.5 - share;
        }
        (y, inside) = (above, next);
    };
    let (left, right) = widest(person, width, crown, face)?;
    Some(Head { crown, width: right - left, bounds: Rect::new(left, crown, right, face.chin.y) })
}

/// The largest value that `run` neighbours all reach.
fn strongest_run(row: &[u8], run: usize) -> u8 {
    row.windows(run).map(|values| values.iter().copied().min().unwrap_or(0)).max().unwrap_or(0)
}

/// The ends of the longest run through the head's axis between crown and nose.
fn widest(person: &[u8], width: usize, crown: f32, face: &FaceFrame) -> Option<(f32, f32)> {
    let (top, nose): (f32, Point) = (crown, face.mesh.at(1));
    let rows = top.max(0.0) as usize..((nose.y.max(0.0) as usize) + 1).min(person.len() / width);
    let axis = (face.eyes.x.max(0.0) as usize).min(width - 1);
    rows.map(|y| &person[y * width..(y + 1) * width])
        .filter(|row| f32::from(row[axis]) >= OUTLINE)
        .map(|row| {
            let inside = |&value: &u8| f32::from(value) >= OUTLINE;
            let left = axis - row[..axis].iter().rev().take_while(|value| inside(value)).count();
            let right = axis + row[axis..].iter().take_while(|value| inside(value)).count();
            (left as f32, right as f32)
        })
        .max_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0)))
}
