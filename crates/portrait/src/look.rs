//! What the models see in a picture: positions, masks and scores, and no judgement.
//!
//! The `vision` crate makes a [`Look`]; everything here is plain data in pixels of the picture it was
//! made from, so a check can also be tried on a look written by hand.
//! "Left" and "right" are the picture's sides, not the person's.

use crate::picture::{Point, Rect};

/// Everything the models saw in one picture.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// All faces found, the main one (largest) first.
    pub faces: Vec<Face>,
    /// The landmarks of the main face; `None` without a face or when the mesh does not hold.
    pub mesh: Option<Mesh>,
    /// The 468 points of the plain mesh of the main face, by which the face's lengths are measured: both meshes place eyes
    /// and chin alike, but the one with refined lips and eyes reads the cheeks 1 % differently in the median.
    pub outline: Option<Mesh>,
    /// Where a person is, over the whole picture.
    pub person: Option<Mask>,
    /// Where a person is, over a square around the main head: the same model at a higher resolution.
    pub head: Option<Mask>,
    /// How the main face is turned.
    pub pose: Option<Pose>,
    /// The main face's expression.
    pub expression: Option<Expression>,
}

/// A face as the detector gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// Confidence, 0 to 1.
    pub score: f32,
    /// The box around the face (brows to chin).
    pub bounds: Rect,
    /// Left eye, right eye, nose tip, mouth, left ear, right ear.
    pub keypoints: [Point; 6],
}

/// A landmark with its depth.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Landmark {
    /// From the left edge, px.
    pub x: f32,
    /// From the upper edge, px.
    pub y: f32,
    /// Depth in pixels of the picture, smaller is nearer to the camera.
    pub z: f32,
}

impl Landmark {
    /// Its place in the picture.
    pub fn point(self) -> Point {
        Point::new(self.x, self.y)
    }
}

/// The 478 points of the `MediaPipe` face mesh with refined lips, lids and irises.
#[derive(Debug, Clone)]
pub struct Mesh {
    /// The points: [`Mesh::POINTS`] of them, the first 468 in an outline.
    pub points: Vec<Landmark>,
    /// Confidence that the points lie on a face, 0 to 1.
    pub presence: f32,
}

impl Mesh {
    /// Points of the attention mesh: 468 of the face, five of each iris.
    pub const POINTS: usize = 478;

    /// The place of landmark `index`.
    pub fn at(&self, index: usize) -> Point {
        self.points[index].point()
    }

    /// The mean place of several landmarks.
    pub fn mean(&self, indices: &[usize]) -> Point {
        let n = indices.len().max(1) as f32;
        let (x, y) = indices.iter().map(|&i| self.at(i)).fold((0.0, 0.0), |(x, y), p| (x + p.x, y + p.y));
        Point::new(x / n, y / n)
    }
}

/// Probability that there is a person, on a grid stretched over a rectangle of the picture.
#[derive(Debug, Clone)]
pub struct Mask {
    /// The part of the picture that the grid covers; it may reach over the edge.
    pub area: Rect,
    /// Columns of the grid.
    pub width: usize,
    /// Rows of the grid.
    pub height: usize,
    /// Probabilities 0 to 1, row by row from the top.
    pub values: Vec<f32>,
}

impl Mask {
    /// The probability at a place of the picture: bilinear between cell centres, the nearest cell outside.
    pub fn at(&self, place: Point) -> f32 {
        let gx = (place.x - self.area.left) / self.area.width() * self.width as f32 - 0.5;
        let gy = (place.y - self.area.top) / self.area.height() * self.height as f32 - 0.5;
        let (x0, x1, fx) = between(gx, self.width);
        let (y0, y1, fy) = between(gy, self.height);
        let value = |x: usize, y: usize| self.values[y * self.width + x];
        let upper = value(x0, y0) + (value(x1, y0) - value(x0, y0)) * fx;
        let lower = value(x0, y1) + (value(x1, y1) - value(x0, y1)) * fx;
        upper + (lower - upper) * fy
    }
}

/// The two cells around grid position `at` and how far it lies between them.
pub(crate) fn between(at: f32, cells: usize) -> (usize, usize, f32) {
    let last = (cells - 1) as f32;
    let at = at.clamp(0.0, last);
    let low = at.floor();
    (low as usize, (low + 1.0).min(last) as usize, at - low)
}

/// Turn of the head in degrees by a weak-perspective fit of the canonical face mesh.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pose {
    /// Turned to the picture's right is positive.
    pub yaw: f32,
    /// Chin down is positive.
    pub pitch: f32,
    /// Tilted clockwise as seen in the picture is positive.
    pub roll: f32,
}

/// Probabilities of seven expressions; they add up to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Expression {
    pub neutral: f32,
    pub happy: f32,
    pub sad: f32,
    pub angry: f32,
    pub fearful: f32,
    pub disgusted: f32,
    pub surprised: f32,
}

/// A face as a point in the space of the recognition net: near points look alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Descriptor(pub [f32; 128]);

impl Descriptor {
    /// Euclidean distance; what a distance means is fitted per campaign, it never decides by itself.
    pub fn distance(&self, other: &Self) -> f32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
    }
}
