//! A standard's geometric limits as distances that are linear in the crop's scale and shift.
//!
//! With `s` the scale and `(u, v)` the crop's corner in finished pixels, a point `(x, y)` of the source lands on
//! `(s·x − u, s·y − v)`. So the distance of every row, column and length from its limit is `a·s + b·shift + c`.

use crate::{
    making::SourceFace,
    standard::{Bands, Output, Range, Standard, Test},
};

/// The direction in which shifting the crop moves a distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Along {
    /// Lengths do not move.
    Nothing,
    /// Rows: `b` is +1 or −1 per finished pixel of `v`.
    Rows,
    /// Columns: the same for `u`.
    Columns,
}

/// A distance to one end of one limit, in finished pixels; negative beyond it.
#[derive(Debug, Clone)]
pub(super) struct Distance {
    pub rule: String,
    pub along: Along,
    pub a: f64,
    pub b: f64,
    pub c: f64,
}

impl Distance {
    pub fn at(&self, scale: f64, [u, v]: [f64; 2]) -> f64 {
        let shift = match self.along {
            Along::Nothing => 0.0,
            Along::Rows => v,
            Along::Columns => u,
        };
        self.a * scale + self.b * shift + self.c
    }
}

/// Which range of a limit is aimed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// With the guard bands.
    Pass,
    /// The limits themselves.
    Warn,
}

/// All geometric limits of a standard for one face.
pub(super) fn distances(face: &SourceFace, standard: &Standard, aim: Aim) -> Vec<Distance> {
    let mut distances = Vec::new();
    for rule in &standard.rules {
        for limit in &rule.limits {
            let Test::Number(Bands { pass, warn, .. }) = limit.test else { continue };
            let range = if aim == Aim::Pass { pass } else { warn };
            for quantity in quantities(limit.measure, face, standard.output) {
                push(&mut distances, &rule.id, &quantity, range);
            }
        }
    }
    distances
}

fn push(distances: &mut Vec<Distance>, rule: &str, quantity: &Quantity, Range { low, high }: Range) {
    let Quantity { along, a, b, c, unit } = *quantity;
    let rule = rule.to_owned();
    if low.is_finite() {
        distances.push(Distance { rule: rule.clone(), along, a, b, c: c - low * unit });
    }
    if high.is_finite() {
        distances.push(Distance { rule, along, a: -a, b: -b, c: high * unit - c });
    }
}

/// A measured quantity of the finished picture, `(a·s + b·shift + c) / unit`.
struct Quantity {
    along: Along,
    a: f64,
    b: f64,
    c: f64,
    /// Finished pixels per unit of the reading: 1 for pixels, the height for shares of the height.
    unit: f64,
}

/// What a crop makes of a reading; nothing for readings that it does not change.
fn quantities(measure: &str, face: &SourceFace, output: Output) -> Vec<Quantity> {
    let (width, height) = (f64::from(output.width), f64::from(output.height));
    let row = |y: f64| Quantity { along: Along::Rows, a: y, b: -1.0, c: 0.0, unit: 1.0 };
    let from_bottom = |y: f64| Quantity { along: Along::Rows, a: -y, b: 1.0, c: height, unit: 1.0 };
    let column = |x: f64, from: f64| Quantity { along: Along::Columns, a: x, b: -1.0, c: -from, unit: 1.0 };
    let length = |a: f64| Quantity { along: Along::Nothing, a, b: 0.0, c: 0.0, unit: 1.0 };
    let share = |quantity: Quantity| Quantity { unit: height, ..quantity };
    let head_length = face.chin_row - face.crown_row;
    match measure {
        "crown-row" => vec![row(face.crown_row)],
        "eye-row" => vec![row(face.eye_row)],
        "chin-row" => vec![row(face.chin_row)],
        "eye-row-from-bottom" => vec![from_bottom(face.eye_row)],
        "eye-share" => vec![share(row(face.eye_row))],
        "body-share" => vec![share(from_bottom(face.chin_row))],
        "face-width" => vec![length(face.face_width)],
        "head-width" => face.head_width.map(length).into_iter().collect(),
        "inter-eye" => vec![length(face.inter_eye)],
        "head-length" => vec![length(head_length)],
        "head-share" => vec![share(length(head_length))],
        "face-centre-x" => vec![column(face.face_centre_x, 0.0)],
        "eye-centre-x" => vec![column(face.eye_centre_x, 0.0)],
        "centre-offset" => {
            vec![column(f64::midpoint(face.face_centre_x, face.eye_centre_x), width / 2.0)]
        }
        _ => Vec::new(),
    }
}
