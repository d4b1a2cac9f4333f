//! The standard head: MediaPipe's canonical face, closed to a skull, with lid rims and lips that go inwards.
//!
//! Corners 0–467 are the face mesh's landmarks, so that the truth about a picture is read off the geometry.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use super::{
    mesh::Smoothing,
    space::{Vec3, ramp, vec3},
};

/// The middle of the skull: directions to the scalp start here.
pub const SKULL: Vec3 = vec3(0.0, 3.2, -3.5);

/// Half axes of the skull to the side, up, down, and along the line of sight, cm (GB/T 10000: head length 18.5, breadth 15.5).
const SKULL_AXES: [f32; 4] = [7.75, 11.2, 7.0, 9.3];

/// Rings from the face's rim to the back of the head.
const RINGS: usize = 9;

/// Lid rims, image-left then image-right eye, from the outer corner over the lower lid to the inner corner and back.
pub const LIDS: [[u32; 16]; 2] = [
    [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
    [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466],
];

/// The ring outside each lid rim, same order (without the corners' own: repeated where the mesh has one less).
pub const LID_FOLDS: [[u32; 7]; 2] = [[190, 56, 28, 27, 29, 30, 247], [414, 286, 258, 257, 259, 260, 467]];

/// The lips in rows from the upper edge of the upper lip to the inner lips, then from there to the lower edge.
pub const UPPER_LIP: [[u32; 11]; 4] = [
    [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291],
    [76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306],
    [62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292],
    [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308],
];
/// The lower lip's rows from the inner lips down; corners belong to the upper lip.
pub const LOWER_LIP: [[u32; 9]; 4] = [
    [95, 88, 178, 87, 14, 317, 402, 318, 324],
    [96, 89, 179, 86, 15, 316, 403, 319, 325],
    [77, 90, 180, 85, 16, 315, 404, 320, 307],
    [146, 91, 181, 84, 17, 314, 405, 321, 375],
];

/// The head before anybody's traits.
pub struct Head {
    /// The corners before smoothing; the first 468 are landmarks.
    pub control: Vec<Vec3>,
    /// Corners that line a lid's or lip's inner side, with the rim corner they hang on.
    pub lining: Vec<(u32, u32)>,
    /// Two steps of smoothing.
    pub steps: [Smoothing; 2],
    /// The smooth corners at rest.
    pub rest: Vec<Vec3>,
    /// How much of each smooth corner is lip, 0 to 1.
    pub lips: Vec<f32>,
}

/// The one standard head.
pub static HEAD: LazyLock<Head> = LazyLock::new(build);

fn build() -> Head {
    let (mut control, mut triangles) = super::canonical::face();
    let holes: [&[u32]; 2] = [&LIDS[0], &LIDS[1]];
    let mouth: Vec<u32> = UPPER_LIP[3].into_iter().chain(LOWER_LIP[0]).collect();
    triangles.retain(|triangle| {
        !holes.iter().any(|hole| triangle.iter().all(|i| hole.contains(i)))
            && !triangle.iter().all(|i| mouth.contains(i))
    });
    let mut lining = Vec::new();
    for rim in rims(&triangles) {
        if rim.contains(&10) {
            close_skull(&mut control, &mut triangles, &rim);
        } else {
            line(&mut control, &mut triangles, &rim, &mut lining);
        }
    }
    let fixed = [33, 133, 263, 362];
    let first = Smoothing::plan(control.len(), &triangles, &fixed);
    let second = Smoothing::plan(first.corners(), &first.triangles, &fixed);
    let rest = second.apply(&first.apply(&control));
    let lips = second.apply(&first.apply(&lip_marks(control.len(), &lining)));
    Head { control, lining, steps: [first, second], rest, lips }
}

/// The open edges of a surface as loops, each in the direction of its triangles.
fn rims(triangles: &[[u32; 3]]) -> Vec<Vec<u32>> {
    let mut edges = BTreeSet::new();
    for &[a, b, c] in triangles {
        for edge in [(a, b), (b, c), (c, a)] {
            if !edges.remove(&(edge.1, edge.0)) {
                edges.insert(edge);
            }
        }
    }
    let mut next: BTreeMap<u32, u32> = edges.into_iter().collect();
    let mut loops = Vec::new();
    while let Some((start, mut at)) = next.pop_first() {
        let mut rim = vec![start];
        while at != start {
            rim.push(at);
            match next.remove(&at) {
                Some(following) => at = following,
                None => break,
            }
        }
        loops.push(rim);
    }
    loops
}

/// Joins a rim to a new ring of corners outside it.
fn join(triangles: &mut Vec<[u32; 3]>, rim: &[u32], ring: &[u32]) {
    for i in 0..rim.len() {
        let j = (i + 1) % rim.len();
        triangles.push([rim[j], rim[i], ring[i]]);
        triangles.push([rim[j], ring[i], ring[j]]);
    }
}

/// Hangs a second rim behind the first one: lids and lips have a thickness.
fn line(control: &mut Vec<Vec3>, triangles: &mut Vec<[u32; 3]>, rim: &[u32], lining: &mut Vec<(u32, u32)>) {
    let ring: Vec<u32> = rim
        .iter()
        .map(|&i| {
            control.push(control[i as usize] - vec3(0.0, 0.0, 0.5));
            let corner = control.len() as u32 - 1;
            lining.push((corner, i));
            corner
        })
        .collect();
    join(triangles, rim, &ring);
}

/// Distance from the middle of the skull to its surface in a direction of length 1.
fn skull_radius(direction: Vec3) -> f32 {
    let [side, up, down, along] = SKULL_AXES;
    let height = if direction.y > 0.0 { up } else { down };
    1.0 / direction.times(vec3(1.0 / side, 1.0 / height, 1.0 / along)).length()
}

/// Leads the face's rim round the skull to one point at its back.
fn close_skull(control: &mut Vec<Vec3>, triangles: &mut Vec<[u32; 3]>, rim: &[u32]) {
    let back = vec3(0.0, 0.15, -1.0).unit();
    let mut inner = rim.to_vec();
    for ring in 1..RINGS {
        let share = ring as f32 / RINGS as f32;
        let outer: Vec<u32> = rim
            .iter()
            .map(|&i| {
                let from = control[i as usize] - SKULL;
                let start = from.unit();
                let excess = from.length() / skull_radius(start);
                let direction = arc(start, back, share);
                let factor = excess + (1.0 - excess) * ramp(0.0, 0.55, share);
                control.push(SKULL + direction * (skull_radius(direction) * factor));
                control.len() as u32 - 1
            })
            .collect();
        join(triangles, &inner, &outer);
        inner = outer;
    }
    control.push(SKULL + back * skull_radius(back));
    let pole = control.len() as u32 - 1;
    for i in 0..inner.len() {
        triangles.push([inner[(i + 1) % inner.len()], inner[i], pole]);
    }
}

/// The direction `share` of the way along the great circle between two directions.
fn arc(from: Vec3, to: Vec3, share: f32) -> Vec3 {
    let angle = from.dot(to).clamp(-1.0, 1.0).acos();
    let sine = angle.sin().max(1e-4);
    (from * (((1.0 - share) * angle).sin() / sine) + to * ((share * angle).sin() / sine)).unit()
}

/// Which corners are lip: all rows but the outermost, which lies half on the skin.
fn lip_marks(corners: usize, lining: &[(u32, u32)]) -> Vec<f32> {
    let mut marks = vec![0.0; corners];
    for (row, corners) in UPPER_LIP.iter().enumerate() {
        for &i in corners {
            marks[i as usize] = if row == 0 { 0.5 } else { 1.0 };
        }
    }
    for (row, corners) in LOWER_LIP.iter().enumerate() {
        for &i in corners {
            marks[i as usize] = if row == 3 { 0.5 } else { 1.0 };
        }
    }
    for &(corner, rim) in lining {
        marks[corner as usize] = marks[rim as usize];
    }
    marks
}
