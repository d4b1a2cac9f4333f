//! Open eyes, where they look, and red pupils (ids P5, P5b, P6, L6).

use crate::{
    colour::Lab,
    measure::{
        Readings, Unmeasurable,
        areas::{in_circle, pixels, within},
        scene::{FaceFrame, Scene},
    },
    picture::{Point, Rect},
};

/// The landmarks of one eye.
pub struct Eye {
    /// Outer and inner corner.
    pub corners: [usize; 2],
    /// The upper lid from one corner to the other.
    pub upper: [usize; 9],
    /// The lower lid likewise.
    pub lower: [usize; 9],
    /// Pairs of upper and lower lid across the opening.
    pub across: [[usize; 2]; 3],
    /// The iris's middle; the next four indices are its edge.
    pub iris: usize,
}

/// Both eyes, the picture's left one first.
pub const EYES: [Eye; 2] = [
    Eye {
        corners: [33, 133],
        upper: [33, 246, 161, 160, 159, 158, 157, 173, 133],
        lower: [33, 7, 163, 144, 145, 153, 154, 155, 133],
        across: [[159, 145], [158, 153], [160, 144]],
        iris: 468,
    },
    Eye {
        corners: [362, 263],
        upper: [362, 398, 384, 385, 386, 387, 388, 466, 263],
        lower: [362, 382, 381, 380, 374, 373, 390, 249, 263],
        across: [[386, 374], [385, 380], [387, 373]],
        iris: 473,
    },
];

/// An iris's width as a share of the distance between the eyes; .187 ± .012 in everybody.
pub const IRIS: f32 = 0.187;
/// Below this eye distance an iris is less than 7 px wide and its place is not known well enough.
const LEAST_INTER_EYE: f32 = 40.0;

/// What stays unknown without eyes.
const MEASURES: [&str; 6] =
    ["lid-gap", "iris-visible", "lid-difference", "gaze-sideways", "gaze-up-down", "red-eye"];

/// Adds how far the eyes are open, whether both alike, where they look and how red the pupils are.
pub fn check(scene: &Scene, readings: &mut Readings) {
    let Some(face) = &scene.face else {
        return MEASURES.into_iter().for_each(|measure| readings.unknown(measure, Unmeasurable::NoFace));
    };
    if face.inter_eye < LEAST_INTER_EYE {
        return MEASURES.into_iter().for_each(|measure| readings.unknown(measure, Unmeasurable::TooSmall));
    }
    opening(face, readings);
    gaze(scene, face, readings);
    red_eye(scene, face, readings);
}

impl Eye {
    /// The box around the lids.
    pub fn bounds(&self, face: &FaceFrame) -> Rect {
        let points = self.upper.iter().chain(&self.lower).map(|&i| face.mesh.at(i));
        Rect::around(points).unwrap_or_default().grown(0.05 * face.inter_eye)
    }

    /// The opening between the lids as a polygon.
    pub fn opening(&self, face: &FaceFrame) -> Vec<Point> {
        self.upper.iter().chain(self.lower.iter().rev()).map(|&i| face.mesh.at(i)).collect()
    }

    /// Mean distance between the lids, px.
    fn gap(&self, face: &FaceFrame) -> f32 {
        self.across.iter().map(|&[a, b]| face.mesh.at(a).distance(face.mesh.at(b))).sum::<f32>() / 3.0
    }

    /// Distance between the lids across the iris's middle, px.
    fn gap_at_iris(&self, face: &FaceFrame) -> f32 {
        let [outer, inner] = self.corners.map(|i| face.mesh.at(i));
        let length = outer.distance(inner).max(1e-3);
        let (cos, sin) = ((inner.x - outer.x) / length, (inner.y - outer.y) / length);
        // Along and below the line between the corners.
        let turned = |p: Point| {
            let (x, y) = (p.x - outer.x, p.y - outer.y);
            Point::new(x * cos + y * sin, y * cos - x * sin)
        };
        let at = turned(face.mesh.at(self.iris)).x;
        let height = |lid: &[usize; 9]| {
            let lid = lid.map(|i| turned(face.mesh.at(i)));
            let part = lid.windows(2).find(|pair| (pair[0].x..=pair[1].x).contains(&at));
            part.map(|pair| {
                let share = (at - pair[0].x) / (pair[1].x - pair[0].x).max(1e-3);
                pair[0].y + (pair[1].y - pair[0].y) * share
            })
        };
        height(&self.lower).zip(height(&self.upper)).map_or(0.0, |(lower, upper)| (lower - upper).max(0.0))
    }
}

/// `lid-gap`: mean gap of three lid pairs ÷ T (eyes to chin), the narrower eye; OFIQ (§7.4) calls .02 closed.
/// `iris-visible`: gap across the iris's middle ÷ its width (.187 IED), the narrower eye.
/// `lid-difference`: |left − right| ÷ the wider gap.
fn opening(face: &FaceFrame, readings: &mut Readings) {
    let gaps = EYES.each_ref().map(|eye| eye.gap(face));
    let narrower = usize::from(gaps[1] < gaps[0]);
    let evidence = || vec![EYES[narrower].bounds(face)];
    readings.number("lid-gap", gaps[narrower] / face.eyes_to_chin.max(1.0), evidence());
    let wider = gaps[0].max(gaps[1]).max(1e-3);
    readings.number("lid-difference", (gaps[0] - gaps[1]).abs() / wider, evidence());
    let visible = EYES.each_ref().map(|eye| eye.gap_at_iris(face) / (IRIS * face.inter_eye));
    let narrower = usize::from(visible[1] < visible[0]);
    readings.number("iris-visible", visible[narrower], vec![EYES[narrower].bounds(face)]);
}

/// `gaze-sideways`, `gaze-up-down`: the iris's middle from the middle between the eye's corners, along and across
/// their line, ÷ half the eye's width, mean of both eyes, less what it is when a head so turned looks into the lens.
/// Eyes that turn by an angle in a still head move the reading by about .86 · sin of it.
fn gaze(scene: &Scene, face: &FaceFrame, readings: &mut Readings) {
    let offsets = EYES.each_ref().map(|eye| {
        let [outer, inner] = eye.corners.map(|i| face.mesh.at(i));
        let (middle, half) = (outer.middle(inner), 0.5 * outer.distance(inner).max(1e-3));
        let iris = face.mesh.at(eye.iris);
        let (cos, sin) = ((inner.x - outer.x) / (2.0 * half), (inner.y - outer.y) / (2.0 * half));
        let (x, y) = (iris.x - middle.x, iris.y - middle.y);
        Point::new((x * cos + y * sin) / half, (y * cos - x * sin) / half)
    });
    let mean = offsets[0].middle(offsets[1]);
    let yaw = scene.look.pose.map_or(0.0, |pose| pose.yaw);
    let evidence = || EYES.each_ref().map(|eye| eye.bounds(face)).to_vec();
    readings.number("gaze-sideways", mean.x + GAZE_OF_YAW * yaw.to_radians().sin(), evidence());
    readings.number("gaze-up-down", mean.y - GAZE_LEVEL, evidence());
}

/// What a turned head takes from the sideways reading per sin yaw: the slope over 150 portraits looking into the lens.
const GAZE_OF_YAW: f32 = 0.21;
/// The vertical reading of the same people: the corners lie a little below the pupil. Pitch has no effect (ρ .05).
const GAZE_LEVEL: f32 = -0.134;

/// `red-eye`: share of the pupil's disc (half the iris) between the lids with red more than 1.6 times green and blue,
/// above 80 and nearer to red than to yellow, the redder eye. Brown irises in warm light reach a ratio of 1.6 too,
/// but at a hue of 45–60°; a lit retina has 20–40°.
fn red_eye(scene: &Scene, face: &FaceFrame, readings: &mut Readings) {
    let shares = EYES.each_ref().map(|eye| {
        let disc = in_circle(scene.picture, face.mesh.at(eye.iris), 0.25 * IRIS * face.inter_eye);
        let opening = eye.opening(face);
        let width = scene.picture.width();
        let middle = |at: usize| Point::new((at % width) as f32 + 0.5, (at / width) as f32 + 0.5);
        let (mut red, mut all) = (0_u32, 0_u32);
        for at in pixels(&disc).filter(|&at| within(middle(at), &opening)) {
            all += 1;
            red += u32::from(is_red(&scene.picture.rgb()[3 * at..3 * at + 3], scene.lab().at(at)));
        }
        red as f32 / all.max(1) as f32
    });
    let redder = usize::from(shares[1] > shares[0]);
    readings.number("red-eye", shares[redder], vec![EYES[redder].bounds(face)]);
}

fn is_red(pixel: &[u8], colour: Lab) -> bool {
    let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
    r > 80.0 && r > 1.6 * g.max(b) && (colour.hue() < 42.0 || colour.hue() > 320.0)
}
