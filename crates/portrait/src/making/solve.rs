//! The crop that keeps the greatest distance from every geometric limit.
//!
//! For a given scale the best rows and the best columns are found exactly: each is the highest point of the lower
//! envelope of lines of slope +1 and −1 over an interval. The smallest distance is then a concave function of the
//! scale (a linear programme with two variables projected out), so a section search finds its highest point.

use super::{
    Crop, Frame, SourceFace,
    limits::{Aim, Along, Distance, distances},
    obstacle::{Obstacle, obstacles},
};
use crate::{
    inspection::Geometry,
    standard::{Output, Standard},
};

/// A crop with what it gives.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The crop.
    pub crop: Crop,
    /// The smallest distance to any guard band, finished px; negative when one cannot be kept.
    pub margin: f64,
    /// Where the face will stand.
    pub predicted: Geometry,
    /// What stands in the way of the limits that are missed.
    pub obstacles: Vec<Obstacle>,
}

/// How much of the smallest distance is given up for the sake of the others, finished px.
///
/// Columns can never be farther than 10 px from their limits, and a slightly smaller face is always better centred;
/// without this the face would shrink by a fifth to gain a tenth of a pixel.
const GIVEN_UP: f64 = 1.0;

/// Finds the crop of a standard's size that stays farthest from all its geometric limits.
///
/// When the guard bands cannot be kept, the plan holds the crop that stays farthest within the limits themselves (or
/// misses them least) and the obstacles: such a photo would not pass, so a person decides.
///
/// # Errors
/// When the frame is smaller than the finished picture: nothing is enlarged.
pub fn solve(face: &SourceFace, frame: Frame, standard: &Standard) -> Result<Plan, Obstacle> {
    let output = standard.output;
    let (width, height) = (f64::from(output.width), f64::from(output.height));
    if frame.width < width || frame.height < height {
        return Err(Obstacle::TooFewPixels { has: [frame.width, frame.height], needs: [width, height] });
    }
    let best = |aim| Space::new(distances(face, standard, aim), output, Some(frame), 1.0).best();
    let (crop, margin) = best(Aim::Pass);
    if margin >= 0.0 {
        return Ok(Plan { crop, margin, predicted: face.after(crop), obstacles: Vec::new() });
    }
    let (crop, _) = best(Aim::Warn);
    Ok(Plan { crop, margin, predicted: face.after(crop), obstacles: obstacles(face, frame, standard) })
}

/// All crops that are allowed, with their distances.
pub(super) struct Space {
    distances: Vec<Distance>,
    output: Output,
    /// `None` when the crop may reach beyond the picture (to find out how much is missing).
    frame: Option<Frame>,
    scales: [f64; 2],
}

/// The best shift at one scale, and the smallest distances.
#[derive(Debug, Clone, Copy)]
struct Placed {
    shift: [f64; 2],
    /// Of lengths and rows.
    upright: f64,
    /// Of columns.
    across: f64,
}

impl Placed {
    fn margin(&self) -> f64 {
        self.upright.min(self.across)
    }
}

impl Space {
    pub fn new(distances: Vec<Distance>, output: Output, frame: Option<Frame>, most: f64) -> Self {
        let least = frame.map_or(1e-4, |frame| {
            (f64::from(output.width) / frame.width).max(f64::from(output.height) / frame.height)
        });
        Self { distances, output, frame, scales: [least, most.max(least)] }
    }

    /// The best crop and its smallest distance.
    pub fn best(&self) -> (Crop, f64) {
        let margin = |scale: f64| self.placed(scale).margin();
        let first = highest(self.scales, margin);
        let most = margin(first);
        let kept = if most >= 0.0 { (most - GIVEN_UP).max(0.0) } else { most };
        let around = interval(self.scales, first, |scale| margin(scale) >= kept - 1e-9);
        let upright = |scale: f64| self.placed(scale).upright;
        let second = highest(around, upright);
        let level = upright(second) - 1e-9;
        let [low, high] = interval(around, second, |scale| upright(scale) >= level);
        let scale = f64::midpoint(low, high);
        let placed = self.placed(scale);
        (self.crop(scale, placed.shift), placed.margin())
    }

    /// The least scale at which no limit is missed; `None` when there is none.
    pub fn least_possible(&self) -> Option<f64> {
        let margin = |scale: f64| self.placed(scale).margin();
        let first = highest(self.scales, margin);
        (margin(first) >= 0.0).then(|| interval(self.scales, first, |scale| margin(scale) >= 0.0)[0])
    }

    /// The limits that a crop misses and by how much, finished px.
    pub fn missed(&self, crop: Crop) -> Vec<(&str, f64)> {
        let shift = [crop.left * crop.scale, crop.top * crop.scale];
        let at = |distance: &Distance| distance.at(crop.scale, shift);
        self.distances.iter().filter(|d| at(d) < 0.0).map(|d| (d.rule.as_str(), -at(d))).collect()
    }

    fn crop(&self, scale: f64, [u, v]: [f64; 2]) -> Crop {
        let (mut left, mut top) = (u / scale, v / scale);
        if let Some(frame) = self.frame {
            // Rounding must not push the crop over the edge by the last bit.
            left = left.min(frame.width - f64::from(self.output.width) / scale).max(0.0);
            top = top.min(frame.height - f64::from(self.output.height) / scale).max(0.0);
        }
        Crop { left, top, scale }
    }

    fn placed(&self, scale: f64) -> Placed {
        let room = |side: fn(Frame) -> f64, output: u32| match self.frame {
            Some(frame) => [0.0, (scale * side(frame) - f64::from(output)).max(0.0)],
            None => [f64::NEG_INFINITY, f64::INFINITY],
        };
        let (u, across) = self.shifted(Along::Columns, scale, room(|frame| frame.width, self.output.width));
        let (v, rows) = self.shifted(Along::Rows, scale, room(|frame| frame.height, self.output.height));
        let lengths = self.distances.iter().filter(|d| d.along == Along::Nothing);
        let lengths = lengths.map(|d| d.at(scale, [0.0; 2])).fold(f64::INFINITY, f64::min);
        Placed { shift: [u, v], upright: rows.min(lengths), across }
    }

    /// The best shift in one direction within `room`, and the smallest distance there.
    fn shifted(&self, along: Along, scale: f64, [from, to]: [f64; 2]) -> (f64, f64) {
        let (mut rising, mut falling) = (f64::INFINITY, f64::INFINITY);
        for distance in self.distances.iter().filter(|d| d.along == along) {
            let still = distance.a * scale + distance.c;
            if distance.b > 0.0 {
                rising = rising.min(still);
            } else {
                falling = falling.min(still);
            }
        }
        // Rising lines are `rising + shift`, falling ones `falling − shift`: best where they cross.
        let crossing = match (rising.is_finite(), falling.is_finite()) {
            (true, true) => f64::midpoint(falling, -rising),
            (true, false) => to,
            (false, true) => from,
            (false, false) => f64::midpoint(from, to),
        };
        let shift = crossing.clamp(from, to);
        let shift = if shift.is_finite() { shift } else { 0.0 };
        (shift, (rising + shift).min(falling - shift))
    }
}

/// Where a concave function is highest, to the last bits.
fn highest([mut low, mut high]: [f64; 2], f: impl Fn(f64) -> f64) -> f64 {
    // Each round keeps two thirds; 100 rounds leave less than the last bit of a double.
    for _ in 0..100 {
        let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
        if f(a) < f(b) {
            low = a;
        } else {
            high = b;
        }
    }
    // Ends are tried as well: at an end the search only comes close.
    let middle = f64::midpoint(low, high);
    [low, high].into_iter().fold(middle, |best, end| if f(end) > f(best) { end } else { best })
}

/// The interval around `inside` in which a condition holds that holds on one interval.
fn interval([low, high]: [f64; 2], inside: f64, holds: impl Fn(f64) -> bool) -> [f64; 2] {
    let reach = |mut outside: f64| {
        if holds(outside) {
            return outside;
        }
        let mut inside = inside;
        for _ in 0..60 {
            let middle = f64::midpoint(inside, outside);
            if holds(middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        inside
    };
    [reach(low), reach(high)]
}
