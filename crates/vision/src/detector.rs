//! Finds faces: `BlazeFace` on the picture letterboxed into a square of 128 × 128.

use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::U8x3,
};
use portrait::{
    look::Face,
    picture::{Picture, Point, Rect},
};

use crate::{Error, net::Net, warp::Region};

/// Side of the input.
const SIDE: usize = 128;
/// Grids of anchors: cells a side and anchors a cell.
const ANCHORS: [(usize, usize); 2] = [(16, 2), (8, 6)];
/// Detections below are dropped: the lowest score that a rule looks at (a second face of 0.35).
const MIN_SCORE: f32 = 0.35;
/// Detections that overlap a surer one by more (intersection over union) are of the same face.
const SAME_FACE: f32 = 0.3;
/// Side of the parts that are looked at once more for smaller faces, as a share of the picture's longer side: one in
/// each upper corner, for who stands behind has his head there. The net finds faces from a tenth of its square, so
/// these go down to 6 % of the picture.
const CLOSER: f32 = 0.6;
/// A part cuts faces and clothes, so what is found in it must be surer: a lock of hair before leaves scores 0.63.
const MIN_CLOSER_SCORE: f32 = 0.65;
/// From this score on a face seen closer may stand right beside another; false ones stay below 0.7.
const SURE: f32 = 0.8;
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
        for left in [0.0, (width - side).max(0.0)] {
            let part = Rect::new(left, 0.0, (left + side).min(width), side.min(height));
            let found = self.find_in(picture, part).into_iter();
            let small = |face: &Face| face.bounds.width() <= MAX_CLOSER_WIDTH * side;
            found
                .filter(|face| small(face) && face.score >= MIN_CLOSER_SCORE)
                .for_each(|f| add(&mut faces, f));
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
            |input| letterbox(picture, part, input),
            |outputs| suppress(decode(outputs[0], outputs[1], &region)),
        )
    }
}

/// Adds a face seen closer: it replaces a less sure view of itself, and is left out inside the head of another.
fn add(faces: &mut Vec<Face>, face: Face) {
    if let Some(known) = faces.iter_mut().find(|known| overlap(known.bounds, face.bounds) > SAME_FACE) {
        if known.score < face.score {
            *known = face;
        }
    } else if faces.iter().all(|known| is_apart(known, &face)) {
        faces.push(face);
    }
}

/// Whether a face lies outside the head of a known one: its centre outside the box grown by a quarter, or, when the net
/// is sure of it, by a tenth. What the net takes for faces in a head that a part cuts (ears, cheeks, locks) lies inside.
fn is_apart(known: &Face, face: &Face) -> bool {
    let reach = if face.score >= SURE { 0.1 } else { 0.25 };
    !known.bounds.grown(reach * known.bounds.width()).contains(face.bounds.centre())
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

/// Non-maximum suppression: of faces that overlap, the surest stays as it is.
pub fn suppress(mut faces: Vec<Face>) -> Vec<Face> {
    faces.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Face> = Vec::new();
    for face in faces {
        if kept.iter().all(|known| overlap(known.bounds, face.bounds) <= SAME_FACE) {
            kept.push(face);
        }
    }
    kept
}

/// Puts a part of the picture in the middle of a black square and reduces that to the net's input. The filter takes in
/// every pixel (a triangle as wide as the reduction): with single pixels picked out, the box around a face, and with it
/// every landmark, would depend on the grain of the photo.
fn letterbox(picture: &Picture, part: Rect, input: &mut [f32]) {
    let (left, top) = (part.left.max(0.0) as usize, part.top.max(0.0) as usize);
    let width = (part.width().round() as usize).clamp(1, picture.width() - left);
    let height = (part.height().round() as usize).clamp(1, picture.height() - top);
    let side = width.max(height);
    let mut square = vec![0; side * side * 3];
    let indent = ((side - height) / 2 * side + (side - width) / 2) * 3;
    let rows = square[indent..].chunks_mut(side * 3);
    for (row, y) in rows.zip(top..top + height) {
        row[..width * 3].copy_from_slice(&picture.row(y)[left * 3..(left + width) * 3]);
    }
    let mut small = vec![0; SIDE * SIDE * 3];
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    let of_three = "three bytes for every pixel";
    let from = TypedImageRef::<U8x3>::from_buffer(side as u32, side as u32, &square).expect(of_three);
    let mut to = TypedImage::<U8x3>::from_buffer(SIDE as u32, SIDE as u32, &mut small).expect(of_three);
    Resizer::new().resize_typed(&from, &mut to, &options).expect("the whole square is taken");
    for (value, byte) in input.iter_mut().zip(&small) {
        *value = f32::from(*byte) / 127.5 - 1.0;
    }
}

fn overlap(a: Rect, b: Rect) -> f32 {
    let shared = a.intersection(b).area();
    shared / (a.area() + b.area() - shared).max(f32::MIN_POSITIVE)
}
