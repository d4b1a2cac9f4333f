//! Finds faces: `BlazeFace` on the picture letterboxed into a square of 128 × 128.

use portrait::{
    look::Face,
    picture::{Picture, Point, Rect},
};

use crate::{
    Error,
    net::{Net, kernels::Size},
    warp::{Border, Region},
};

/// Side of the input.
const SIDE: usize = 128;
/// Grids of anchors: cells a side and anchors a cell.
const ANCHORS: [(usize, usize); 2] = [(16, 2), (8, 6)];
/// Detections below are dropped: the lowest score that a rule looks at (a second face of 0.35).
const MIN_SCORE: f32 = 0.35;
/// Detections that overlap the best by more (intersection over union) are averaged with it.
const SAME_FACE: f32 = 0.3;
/// Side of the parts that are looked at once more for smaller faces, as a share of the picture's longer side: one in
/// each corner. The net finds faces from a tenth of its square, so these go down to 6 % of the picture.
const CLOSER: f32 = 0.6;
/// A part cuts faces and clothes, so what is found in it must be surer.
const MIN_CLOSER_SCORE: f32 = 0.6;
/// Only faces narrower than this share of a part count there: the whole picture shows the larger ones better, and
/// in parts that cut a face the net takes ears and cheeks for faces.
const MAX_CLOSER_WIDTH: f32 = 0.25;
/// Numbers of a raw detection: centre, size, six keypoints.
const RAW: usize = 16;

/// The net.
#[derive(Debug)]
pub struct Detector(pub Net);

impl Detector {
    /// Prepares the net.
    pub fn new(model: &[u8]) -> Result<Self, Error> {
        Net::read(model).map(Self)
    }

    /// All faces in a picture, the main one first: the largest, weighed by how sure the net is of it.
    pub fn find(&self, picture: &Picture) -> Vec<Face> {
        let (width, height) = (picture.width() as f32, picture.height() as f32);
        let mut faces = self.find_in(picture, Rect::new(0.0, 0.0, width, height));
        let side = CLOSER * width.max(height);
        let starts = |length: f32| [0.0, (length - side).max(0.0)];
        for (left, top) in starts(width).into_iter().flat_map(|x| starts(height).map(|y| (x, y))) {
            let part = Rect::new(left, top, (left + side).min(width), (top + side).min(height));
            for face in self.find_in(picture, part) {
                let small = face.bounds.width() <= MAX_CLOSER_WIDTH * side;
                if small && face.score >= MIN_CLOSER_SCORE && faces.iter().all(|known| is_apart(known, &face))
                {
                    faces.push(face);
                }
            }
        }
        // Width × score: the net sometimes finds a larger, unsure face across the one that is there.
        let weight = |face: &Face| face.bounds.width() * face.score;
        faces.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
        faces
    }

    /// Faces in a part of a picture, in no order.
    pub fn find_in(&self, picture: &Picture, part: Rect) -> Vec<Face> {
        let side = part.width().max(part.height());
        let region = Region { centre: part.centre(), width: side, height: side, rotation: 0.0 };
        self.0.run(
            |input| {
                let grid = Size { height: SIDE, width: SIDE };
                region.sample(picture, grid, Border::Zero, (1.0 / 127.5, -1.0), input);
            },
            |outputs| suppress(decode(outputs[0], outputs[1], &region)),
        )
    }
}

/// Whether a face lies outside the head of a known one: its centre outside the box grown by a third.
fn is_apart(known: &Face, face: &Face) -> bool {
    !known.bounds.grown(known.bounds.width() / 3.0).contains(face.bounds.centre())
        && overlap(known.bounds, face.bounds) < SAME_FACE
}

/// Raw outputs to faces in the picture.
fn decode(boxes: &[f32], scores: &[f32], region: &Region) -> Vec<Face> {
    let anchors = ANCHORS.into_iter().flat_map(|(cells, each)| {
        (0..cells * cells).flat_map(move |cell| {
            let place = |i: usize| (i as f32 + 0.5) / cells as f32;
            std::iter::repeat_n((place(cell % cells), place(cell / cells)), each)
        })
    });
    let mut faces = Vec::new();
    for ((raw, score), (x, y)) in boxes.as_chunks::<RAW>().0.iter().zip(scores).zip(anchors) {
        let score = 1.0 / (1.0 + (-score.clamp(-100.0, 100.0)).exp());
        if score < MIN_SCORE {
            continue;
        }
        let share = |i: usize| raw[i] / SIDE as f32;
        let point = |i: usize| region.place(x + share(i), y + share(i + 1));
        let (half_width, half_height) = (share(2) / 2.0 * region.width, share(3) / 2.0 * region.height);
        let Point { x: cx, y: cy } = point(0);
        faces.push(Face {
            score,
            bounds: Rect::new(cx - half_width, cy - half_height, cx + half_width, cy + half_height),
            keypoints: std::array::from_fn(|k| point(4 + 2 * k)),
        });
    }
    faces
}

/// Weighted non-maximum suppression: what overlaps the best becomes one face, each part weighing by its score.
pub fn suppress(mut faces: Vec<Face>) -> Vec<Face> {
    faces.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept = Vec::new();
    while let Some(best) = faces.first().copied() {
        let (same, others): (Vec<Face>, Vec<Face>) =
            faces.into_iter().partition(|face| overlap(face.bounds, best.bounds) > SAME_FACE);
        kept.push(if same.is_empty() { best } else { mean(&same, best.score) });
        faces = if same.is_empty() { others.into_iter().skip(1).collect() } else { others };
    }
    kept
}

fn overlap(a: Rect, b: Rect) -> f32 {
    let shared = a.intersection(b).area();
    shared / (a.area() + b.area() - shared).max(f32::MIN_POSITIVE)
}

fn mean(faces: &[Face], score: f32) -> Face {
    let total: f32 = faces.iter().map(|face| face.score).sum();
    let weighted =
        |value: &dyn Fn(&Face) -> f32| faces.iter().map(|f| f.score * value(f)).sum::<f32>() / total;
    Face {
        score,
        bounds: Rect::new(
            weighted(&|f| f.bounds.left),
            weighted(&|f| f.bounds.top),
            weighted(&|f| f.bounds.right),
            weighted(&|f| f.bounds.bottom),
        ),
        keypoints: std::array::from_fn(|k| {
            Point::new(weighted(&|f| f.keypoints[k].x), weighted(&|f| f.keypoints[k].y))
        }),
    }
}
