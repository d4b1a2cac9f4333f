//! What all checks measure on: the picture, what was seen in it, and the quantities they share.

use crate::{
    colour::LabPlanes,
    look::{Look, Mesh},
    picture::{Picture, Point},
};

/// A picture with its look and everything that more than one check needs.
pub struct Scene<'a> {
    /// The picture.
    pub picture: &'a Picture,
    /// What the models saw in it.
    pub look: &'a Look,
    /// Lab of every pixel.
    pub lab: LabPlanes,
    /// Probability of a person for every pixel, 0 to 255; the head's finer mask where it reaches. `None` without a mask.
    pub person: Option<Vec<u8>>,
    /// The main face's measures; `None` without a face.
    pub face: Option<FaceFrame<'a>>,
}

impl<'a> Scene<'a> {
    /// Prepares a picture for measuring.
    pub fn new(picture: &'a Picture, look: &'a Look) -> Self {
        Self {
            picture,
            look,
            lab: LabPlanes::of(picture),
            person: person_plane(picture, look),
            face: look.mesh.as_ref().map(FaceFrame::new),
        }
    }
}

/// The lengths that checks are expressed in (all in px of the picture).
#[derive(Debug, Clone, Copy)]
pub struct FaceFrame<'a> {
    /// All landmarks.
    pub mesh: &'a Mesh,
    /// Middle of the left eye's corners (33, 133).
    pub left_eye: Point,
    /// Middle of the right eye's corners (362, 263).
    pub right_eye: Point,
    /// Between the eyes.
    pub eyes: Point,
    /// IED: distance of the eye middles.
    pub inter_eye: f32,
    /// W: cheek to cheek, landmarks 234 to 454.
    pub width: f32,
    /// T: from between the eyes down to the chin (152).
    pub eyes_to_chin: f32,
    /// The chin.
    pub chin: Point,
}

impl<'a> FaceFrame<'a> {
    /// Reads the lengths off a mesh.
    pub fn new(mesh: &'a Mesh) -> Self {
        let left_eye = mesh.at(33).middle(mesh.at(133));
        let right_eye = mesh.at(362).middle(mesh.at(263));
        let eyes = left_eye.middle(right_eye);
        let chin = mesh.at(152);
        Self {
            mesh,
            left_eye,
            right_eye,
            eyes,
            inter_eye: left_eye.distance(right_eye),
            width: mesh.at(234).distance(mesh.at(454)),
            eyes_to_chin: eyes.distance(chin),
            chin,
        }
    }
}

/// The person masks laid over the picture's own pixels.
fn person_plane(picture: &Picture, look: &Look) -> Option<Vec<u8>> {
    let frame = look.person.as_ref()?;
    let mut plane = Vec::with_capacity(picture.width() * picture.height());
    for y in 0..picture.height() {
        for x in 0..picture.width() {
            let place = Point::new(x as f32 + 0.5, y as f32 + 0.5);
            let mask = look.head.as_ref().filter(|head| head.area.contains(place)).unwrap_or(frame);
            plane.push((mask.at(place) * 255.0).round() as u8);
        }
    }
    Some(plane)
}
