//! Pixels inside polygons and circles: the small areas that checks look into.

use crate::picture::{Picture, Point, Rect};

/// The pixel columns of one row, `row × width + column` from `start` to before `end`.
pub type Run = std::ops::Range<usize>;

/// Runs of pixels whose middles lie in `polygon` (even-odd), row by row; only what lies in the picture.
pub fn in_polygon(picture: &Picture, polygon: &[Point]) -> Vec<Run> {
    let Some(bounds) = Rect::around(polygon.iter().copied()) else { return Vec::new() };
    let (width, height) = (picture.width(), picture.height());
    let rows = bounds.top.max(0.0) as usize..(bounds.bottom.max(0.0).ceil() as usize).min(height);
    let mut runs = Vec::new();
    let mut crossings: Vec<f32> = Vec::new();
    for y in rows {
        let middle = y as f32 + 0.5;
        crossings.clear();
        for (from, to) in polygon.iter().zip(polygon.iter().cycle().skip(1)) {
            if (from.y <= middle) != (to.y <= middle) {
                crossings.push(from.x + (middle - from.y) / (to.y - from.y) * (to.x - from.x));
            }
        }
        crossings.sort_by(f32::total_cmp);
        let column = |x: f32| ((x + 0.5).max(0.0) as usize).min(width);
        for pair in crossings.chunks_exact(2) {
            let (start, end) = (column(pair[0]), column(pair[1]));
            if start < end {
                runs.push(y * width + start..y * width + end);
            }
        }
    }
    runs
}

/// The same for a circle.
pub fn in_circle(picture: &Picture, middle: Point, radius: f32) -> Vec<Run> {
    // A 32-gon of the same area within half a percent.
    let corners: Vec<Point> = (0..32)
        .map(|i| {
            let (sin, cos) = (std::f32::consts::TAU * i as f32 / 32.0).sin_cos();
            Point::new(middle.x + radius * cos, middle.y + radius * sin)
        })
        .collect();
    in_polygon(picture, &corners)
}

/// Whether a point lies in a polygon (even-odd).
pub fn within(place: Point, polygon: &[Point]) -> bool {
    let sides = polygon.iter().zip(polygon.iter().cycle().skip(1));
    let crossed = |&(from, to): &(&Point, &Point)| {
        (from.y <= place.y) != (to.y <= place.y)
            && place.x < from.x + (place.y - from.y) / (to.y - from.y) * (to.x - from.x)
    };
    sides.filter(crossed).count() % 2 == 1
}

/// Every pixel number of some runs.
pub fn pixels(runs: &[Run]) -> impl Iterator<Item = usize> + '_ {
    runs.iter().cloned().flatten()
}

/// How many pixels runs hold.
pub fn count(runs: &[Run]) -> usize {
    runs.iter().map(Run::len).sum()
}

/// The box around the runs of a picture `width` pixels wide.
pub fn bounds(runs: &[Run], width: usize) -> Option<Rect> {
    let corner = |at: usize| Point::new((at % width) as f32, (at / width) as f32);
    let ends = runs.iter().flat_map(|run| {
        let last = corner(run.end - 1);
        [corner(run.start), Point::new(last.x + 1.0, last.y + 1.0)]
    });
    Rect::around(ends)
}

/// The larger of the areas (px) that hang together (by a side) among the pixels of `runs` which `wanted` takes.
pub fn largest_blob(runs: &[Run], width: usize, wanted: impl Fn(usize) -> bool) -> usize {
    // Two-row union: labels of the columns above, areas by label.
    let mut area: Vec<usize> = Vec::new();
    let mut parent: Vec<usize> = Vec::new();
    let mut above: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    for at in pixels(runs).filter(|&at| wanted(at)) {
        let left = (at % width > 0).then(|| above.get(&(at - 1)).copied()).flatten();
        let upper = at.checked_sub(width).and_then(|at| above.get(&at).copied());
        let label = match (left, upper) {
            (None, None) => {
                parent.push(parent.len());
                area.push(0);
                parent.len() - 1
            }
            (Some(one), None) | (None, Some(one)) => root(&parent, one),
            (Some(one), Some(other)) => {
                let (one, other) = (root(&parent, one), root(&parent, other));
                if one != other {
                    parent[other] = one;
                    area[one] += area[other];
                }
                one
            }
        };
        area[label] += 1;
        above.insert(at, label);
    }
    area.into_iter().max().unwrap_or(0)
}

fn root(parent: &[usize], mut label: usize) -> usize {
    while parent[label] != label {
        label = parent[label];
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_holds_its_area_and_no_pixel_outside_the_picture() {
        let picture = Picture::filled(40, 40, [0; 3]);
        let inside = count(&in_circle(&picture, Point::new(20.0, 20.0), 10.0));
        assert!((305..=320).contains(&inside), "{inside}");
        let half = count(&in_circle(&picture, Point::new(0.0, 20.0), 10.0));
        assert!((150..=162).contains(&half), "{half}");
    }

    #[test]
    fn blobs_that_meet_below_are_one() {
        let picture = Picture::filled(8, 8, [0; 3]);
        let all = in_polygon(
            &picture,
            &[(0.0, 0.0), (8.0, 0.0), (8.0, 8.0), (0.0, 8.0)].map(|(x, y)| Point::new(x, y)),
        );
        // A U of two arms and a floor, and one pixel apart.
        let wanted = [8 + 1, 16 + 1, 24 + 1, 24 + 2, 24 + 3, 16 + 3, 8 + 3, 63];
        assert_eq!(largest_blob(&all, 8, |at| wanted.contains(&at)), 7);
    }
}
