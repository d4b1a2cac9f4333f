//! Pictures pulled into another shape: every pixel is fetched from where the defect puts it.

use portrait::{
    colour::LINEAR,
    look::{Landmark, Mesh},
    picture::{Picture, Point},
};

use super::{byte, smooth};

/// The picture whose pixel at a place (px, middle of the pixel) is the given one's at `source` of it.
pub fn pulled(picture: &Picture, source: impl Fn(Point) -> Point) -> Picture {
    let mut warped = picture.clone();
    for y in 0..picture.height() {
        for x in 0..picture.width() {
            let to = Point::new(x as f32 + 0.5, y as f32 + 0.5);
            let from = source(to);
            if from != to {
                warped.set_pixel(x, y, interpolated(picture, from).map(byte));
            }
        }
    }
    warped
}

/// Linear light at a place by Catmull-Rom's cubic over 16 pixels, which blurs less than a straight line between four;
/// beyond the edge the last pixel goes on.
pub fn interpolated(picture: &Picture, place: Point) -> [f32; 3] {
    let axis = |at: f32, size: usize| {
        let at = (at - 0.5).clamp(0.0, (size - 1) as f32);
        let (whole, t) = (at as isize, at.fract());
        let weights = [
            ((1.0 - 0.5 * t) * t - 0.5) * t,
            1.0 + (1.5 * t - 2.5) * t * t,
            ((2.0 - 1.5 * t) * t + 0.5) * t,
            (0.5 * t - 0.5) * t * t,
        ];
        let place = |i: usize| (whole + i as isize - 1).clamp(0, size as isize - 1) as usize;
        std::array::from_fn::<_, 4, _>(|i| (place(i), weights[i]))
    };
    let (columns, rows) = (axis(place.x, picture.width()), axis(place.y, picture.height()));
    let mut light = [0.0; 3];
    for (y, down) in rows {
        for (x, across) in columns {
            let pixel = picture.pixel(x, y);
            for channel in 0..3 {
                light[channel] += down * across * LINEAR[usize::from(pixel[channel])];
            }
        }
    }
    light
}

/// Columns and rows between two nodes of the field, px.
const CELL: usize = 8;
/// The movement fades out this far from the outermost landmark, in face widths: hair and neck go along a little.
const FADE: f32 = 0.45;

/// The picture with the landmarks moved and everything between them with them.
pub fn moved(picture: &Picture, mesh: &Mesh, width: f32, to: impl Fn(Landmark) -> Point) -> Picture {
    let pairs: Vec<(Point, Point)> = mesh.points.iter().map(|&mark| (to(mark), mark.point())).collect();
    let (columns, rows) = (picture.width() / CELL + 2, picture.height() / CELL + 2);
    let nodes: Vec<Point> = (0..columns * rows)
        .map(|at| {
            let node = Point::new((at % columns * CELL) as f32, (at / columns * CELL) as f32);
            offset(node, &pairs, FADE * width)
        })
        .collect();
    pulled(picture, |place| {
        let (x, y) = (place.x / CELL as f32, place.y / CELL as f32);
        let (column, row) = ((x as usize).min(columns - 2), (y as usize).min(rows - 2));
        let (fx, fy) = (x - column as f32, y - row as f32);
        let node = |dx: usize, dy: usize| nodes[(row + dy) * columns + column + dx];
        let between = |part: fn(Point) -> f32| {
            let upper = part(node(0, 0)) * (1.0 - fx) + part(node(1, 0)) * fx;
            let lower = part(node(0, 1)) * (1.0 - fx) + part(node(1, 1)) * fx;
            upper * (1.0 - fy) + lower * fy
        };
        Point::new(place.x + between(|p| p.x), place.y + between(|p| p.y))
    })
}

/// From a place to where its content stood: Shepard's mean of the landmarks, weights 1/d⁴ softened by 3 px.
fn offset(place: Point, pairs: &[(Point, Point)], fade: f32) -> Point {
    let (mut x, mut y, mut sum, mut nearest) = (0.0, 0.0, 0.0, f32::MAX);
    for (to, from) in pairs {
        let square = (to.x - place.x).powi(2) + (to.y - place.y).powi(2);
        nearest = nearest.min(square);
        let weight = (square + 9.0).powi(-2);
        x += weight * (from.x - to.x);
        y += weight * (from.y - to.y);
        sum += weight;
    }
    let share = (1.0 - smooth(0.0, fade, nearest.sqrt())) / sum;
    Point::new(x * share, y * share)
}
