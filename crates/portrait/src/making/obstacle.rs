//! What stands in the way of a limit, and what the photographer should change, in pixels of the camera's picture.

use super::{
    Frame, SourceFace,
    limits::{Aim, distances},
    solve::Space,
};
use crate::standard::{
    Standard, Words,
    words::{phrase, rule_words},
};

/// A side of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Left.
    Left,
    /// Above the head.
    Above,
    /// Right.
    Right,
    /// Below the shoulders.
    Below,
}

/// Why a limit cannot be met.
#[derive(Debug, Clone, PartialEq)]
pub enum Obstacle {
    /// The whole picture is smaller than the finished one.
    TooFewPixels {
        /// Its width and height.
        has: [f64; 2],
        /// The finished width and height.
        needs: [f64; 2],
    },
    /// The face would have to be enlarged.
    FaceTooSmall {
        /// Its width, source px.
        has: f64,
        /// The width it needs, source px.
        needs: f64,
    },
    /// The crop would reach over the picture's edge.
    NoRoom {
        /// Where.
        side: Side,
        /// By how many source px.
        pixels: f64,
    },
    /// No crop of any size meets the limits of this rule together with the others.
    Proportions {
        /// The rule.
        rule: String,
        /// By how many finished px it is missed at best.
        by: f64,
    },
}

/// How far a face may be enlarged when asking whether more pixels would help.
const ANY_SCALE: f64 = 100.0;

/// What stands in the way when the limits cannot be met within the frame.
pub(super) fn obstacles(face: &SourceFace, frame: Frame, standard: &Standard) -> Vec<Obstacle> {
    let output = standard.output;
    let space = |most| Space::new(distances(face, standard, Aim::Pass), output, None, most);
    let (crop, margin) = space(1.0).best();
    if margin >= 0.0 {
        let overhang = crop.overhang(frame, output);
        let sides = [Side::Left, Side::Above, Side::Right, Side::Below];
        return sides
            .into_iter()
            .zip(overhang)
            .filter(|(_, pixels)| *pixels > 0.0)
            .map(|(side, pixels)| Obstacle::NoRoom { side, pixels })
            .collect();
    }
    let free = space(ANY_SCALE);
    if let Some(scale) = free.least_possible() {
        return vec![Obstacle::FaceTooSmall { has: face.face_width, needs: face.face_width * scale }];
    }
    let (crop, _) = free.best();
    let missed = free.missed(crop);
    missed.into_iter().map(|(rule, by)| Obstacle::Proportions { rule: rule.to_owned(), by }).collect()
}

impl Obstacle {
    /// What is in the way and what to change.
    pub fn message(&self) -> Words {
        let whole = |value: f64| Words::same(format!("{:.0}", value.ceil()));
        let size = |[width, height]: [f64; 2]| Words::same(format!("{width:.0}×{height:.0}"));
        match self {
            Self::TooFewPixels { has, needs } => {
                phrase("make-too-few-pixels").filled(&[("has", size(*has)), ("needs", size(*needs))])
            }
            Self::FaceTooSmall { has, needs } => phrase("make-face-too-small")
                .filled(&[("has", Words::same(format!("{has:.0}"))), ("needs", whole(*needs))]),
            Self::NoRoom { side, pixels } => {
                let key = match side {
                    Side::Left => "make-no-room-left",
                    Side::Above => "make-no-room-above",
                    Side::Right => "make-no-room-right",
                    Side::Below => "make-no-room-below",
                };
                phrase(key).filled(&[("pixels", whole(*pixels))])
            }
            Self::Proportions { rule, by } => {
                let name =
                    rule_words(rule).map_or_else(|| Words::same(rule.as_str()), |words| words.name.clone());
                phrase("make-proportions").filled(&[("rule", name), ("pixels", whole(*by))])
            }
        }
    }
}
