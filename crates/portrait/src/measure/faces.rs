//! One person and nobody else (id P1).

use crate::{
    look::Face,
    measure::{Readings, Unmeasurable, scene::Scene},
    picture::{Point, Rect},
};

/// Score from which a detection counts as a face.
const SURE: f32 = 0.6;
/// Smaller faces, as a share of the main one's area, are pictures on a wall or noise.
const LEAST_SHARE: f32 = 0.02;
/// How far the head reaches beyond the detector's box, in heights of the box: up, to the sides, down. The box is half as
/// wide again as the face, so at the sides the head ends inside it. OFIQ's false second face was the spectacles inside
/// the head.
const HEAD: [f32; 3] = [0.4, -0.08, 0.15];

/// Adds the number of faces and how sure and how large a second one is.
///
/// `faces`: detections with a score of at least .6 and 2 % of the main one's area that do not lie inside the main head.
/// `second-face-score` (0 to 1): the best score among the other detections of that size, 0 when there is none.
/// `second-face-area`: the largest of them as a share of the main face's area (OFIQ's A2/A1).
pub fn check(scene: &Scene, readings: &mut Readings) {
    let Some((main, rest)) = scene.look.faces.split_first() else {
        readings.number("faces", 0, Vec::new());
        readings.unknown("second-face-score", Unmeasurable::NoFace);
        readings.unknown("second-face-area", Unmeasurable::NoFace);
        return;
    };
    let head = head_around(main);
    let others: Vec<&Face> = rest
        .iter()
        .filter(|face| face.bounds.area() >= LEAST_SHARE * main.bounds.area())
        .filter(|face| !head.contains(face.bounds.centre()))
        .collect();
    let evidence: Vec<Rect> = others.iter().map(|face| face.bounds).collect();
    let sure = others.iter().filter(|face| face.score >= SURE).count();
    readings.number("faces", 1 + sure as u32, if sure > 0 { evidence.clone() } else { Vec::new() });
    let score = others.iter().map(|face| face.score).fold(0.0, f32::max);
    readings.number("second-face-score", score, evidence.clone());
    let area = others.iter().map(|face| face.bounds.area()).fold(0.0, f32::max) / main.bounds.area();
    readings.number("second-face-area", area, evidence);
}

fn head_around(face: &Face) -> Rect {
    let (bounds, unit) = (face.bounds, face.bounds.height());
    let [up, aside, down] = HEAD;
    let corner = Point::new(bounds.left - aside * unit, bounds.top - up * unit);
    Rect::new(corner.x, corner.y, bounds.right + aside * unit, bounds.bottom + down * unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{look::Look, picture::Picture};

    fn face(score: f32, left: f32, top: f32, side: f32) -> Face {
        let bounds = Rect::new(left, top, left + side, top + side);
        Face { score, bounds, keypoints: [Point::default(); 6] }
    }

    #[test]
    fn only_a_face_beside_the_head_is_a_second_one() {
        let picture = Picture::filled(480, 640, [0; 3]);
        for (second, count, score) in [
            (face(0.9, 20.0, 60.0, 60.0), 2.0, 0.9),
            // Not sure, but a person should look.
            (face(0.5, 20.0, 60.0, 60.0), 1.0, 0.5),
            // Spectacles inside the head; a crumb.
            (face(0.9, 190.0, 230.0, 80.0), 1.0, 0.0),
            (face(0.9, 20.0, 60.0, 20.0), 1.0, 0.0),
        ] {
            let look = Look { faces: vec![face(0.95, 150.0, 180.0, 180.0), second], ..Look::default() };
            let mut readings = Readings::default();
            check(&Scene::new(&picture, &look), &mut readings);
            assert_eq!(readings.value("faces"), Some(count), "{second:?}");
            let read = readings.value("second-face-score").expect("read");
            assert!((read - score).abs() < 1e-6, "{second:?}: {read}");
        }
    }
}
