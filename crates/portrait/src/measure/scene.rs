//! What all checks measure on: the picture, what was seen in it, and the quantities they share.

use std::sync::OnceLock;

use crate::{
    colour::LabPlanes,
    look::{Look, Mask, Mesh, between},
    measure::{islands, regions::Regions},
    picture::{Picture, Point},
};

/// A picture with its look and everything that more than one check needs.
pub struct Scene<'a> {
    /// The picture.
    pub picture: &'a Picture,
    /// What the models saw in it.
    pub look: &'a Look,
    /// Probability of a person for every pixel, 0 to 255; the head's finer mask where it reaches. `None` without a mask.
    pub person: Option<Vec<u8>>,
    /// The main face's measures; `None` without a face.
    pub face: Option<FaceFrame<'a>>,
    lab: OnceLock<LabPlanes>,
    luma: OnceLock<Vec<i16>>,
    regions: OnceLock<Regions>,
}

impl<'a> Scene<'a> {
    /// Prepares a picture for measuring.
    pub fn new(picture: &'a Picture, look: &'a Look) -> Self {
        let mut person = person_plane(picture, look);
        if let Some(plane) = &mut person {
            islands::clear(plane, picture.width());
        }
        Self {
            picture,
            look,
            person,
            face: look.mesh.as_ref().map(|mesh| FaceFrame::of(mesh, look.outline.as_ref().unwrap_or(mesh))),
            lab: OnceLock::new(),
            luma: OnceLock::new(),
            regions: OnceLock::new(),
        }
    }

    /// Lab of every pixel.
    pub fn lab(&self) -> &LabPlanes {
        self.lab.get_or_init(|| LabPlanes::of(self.picture))
    }

    /// Luma of every pixel (BT.601, the Y of JPEG) in sixteenths of a grey level, 0 to 4080.
    pub fn luma(&self) -> &[i16] {
        self.luma.get_or_init(|| {
            let luma = |p: &[u8]| (77 * i32::from(p[0]) + 150 * i32::from(p[1]) + 29 * i32::from(p[2])) >> 4;
            self.picture.rgb().chunks_exact(3).map(|pixel| luma(pixel) as i16).collect()
        })
    }

    /// Background and skin.
    pub fn regions(&self) -> &Regions {
        self.regions.get_or_init(|| Regions::of(self))
    }
}

/// The lengths that checks are expressed in (all in px of the picture).
#[derive(Debug, Clone, Copy)]
pub struct FaceFrame<'a> {
    /// All landmarks, lips, lids and irises refined.
    pub mesh: &'a Mesh,
    /// The plain mesh, by which the lengths are measured.
    pub outline: &'a Mesh,
    /// Middle of the left eye's corners (33, 133).
    pub left_eye: Point,
    /// Middle of the right eye's corners (362, 263).
    pub right_eye: Point,
    /// Between the eyes.
    pub eyes: Point,
    /// IED: distance of the eye middles.
    pub inter_eye: f32,
    /// W: cheek to cheek, columns between landmarks 234 and 454.
    pub width: f32,
    /// T: from between the eyes down to the chin (152).
    pub eyes_to_chin: f32,
    /// The chin.
    pub chin: Point,
}

impl<'a> FaceFrame<'a> {
    /// Reads the lengths off a mesh.
    pub fn new(mesh: &'a Mesh) -> Self {
        Self::of(mesh, mesh)
    }

    /// Reads the lengths off an outline of the same face.
    pub fn of(mesh: &'a Mesh, outline: &'a Mesh) -> Self {
        let left_eye = outline.at(33).middle(outline.at(133));
        let right_eye = outline.at(362).middle(outline.at(263));
        let eyes = left_eye.middle(right_eye);
        let chin = outline.at(152);
        Self {
            mesh,
            outline,
            left_eye,
            right_eye,
            eyes,
            inter_eye: left_eye.distance(right_eye),
            width: (outline.at(454).x - outline.at(234).x).abs(),
            eyes_to_chin: eyes.distance(chin),
            chin,
        }
    }
}

/// The person masks laid over the picture's own pixels.
fn person_plane(picture: &Picture, look: &Look) -> Option<Vec<u8>> {
    let (width, height) = (picture.width(), picture.height());
    let mut plane = vec![0; width * height];
    for mask in [look.person.as_ref()?].into_iter().chain(&look.head) {
        lay(mask, &mut plane, width, height);
    }
    Some(plane)
}

/// Writes a mask into the part of the plane that it covers: each row of the grid pair is mixed once,
/// then read along precomputed columns, which is ten times faster than [`Mask::at`] for every pixel.
fn lay(mask: &Mask, plane: &mut [u8], width: usize, height: usize) {
    let area = mask.area;
    if mask.width == 0 || mask.height == 0 || mask.values.len() < mask.width * mask.height {
        return;
    }
    let covered = |from: f32, to: f32, size: usize| {
        let first = |edge: f32| ((edge - 0.5).ceil().max(0.0) as usize).min(size);
        first(from)..first(to)
    };
    let columns = covered(area.left, area.right, width);
    let cells: Vec<(usize, usize, f32)> = columns
        .clone()
        .map(|x| between((x as f32 + 0.5 - area.left) / area.width() * mask.width as f32 - 0.5, mask.width))
        .collect();
    let mut mixed = vec![0.0; mask.width];
    for y in covered(area.top, area.bottom, height) {
        let at = (y as f32 + 0.5 - area.top) / area.height() * mask.height as f32 - 0.5;
        let (upper, lower, share) = between(at, mask.height);
        let line = |row: usize| &mask.values[row * mask.width..(row + 1) * mask.width];
        for ((mixed, upper), lower) in mixed.iter_mut().zip(line(upper)).zip(line(lower)) {
            *mixed = (upper + (lower - upper) * share) * 255.0;
        }
        let row = &mut plane[y * width..][columns.clone()];
        for (pixel, &(left, right, share)) in row.iter_mut().zip(&cells) {
            *pixel = (mixed[left] + (mixed[right] - mixed[left]) * share + 0.5) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Rect;

    #[test]
    fn the_plane_holds_what_the_masks_say_at_each_pixels_middle() {
        let mask = |area: Rect, width: usize, height: usize, seed: usize| {
            let values = (0..width * height).map(|i| ((i * 37 + seed) % 101) as f32 / 100.0).collect();
            Mask { area, width, height, values }
        };
        let look = Look {
            person: Some(mask(Rect::new(0.0, 0.0, 48.0, 64.0), 25, 25, 0)),
            head: Some(mask(Rect::new(-6.3, -2.0, 33.4, 37.7), 25, 25, 11)),
            ..Look::default()
        };
        let picture = Picture::filled(48, 64, [0; 3]);
        let plane = person_plane(&picture, &look).expect("masks are there");
        for y in 0..64 {
            for x in 0..48 {
                let place = Point::new(x as f32 + 0.5, y as f32 + 0.5);
                let head = look.head.as_ref().filter(|head| head.area.contains(place));
                let expected = head.or(look.person.as_ref()).expect("a mask").at(place) * 255.0;
                let got = f32::from(plane[y * 48 + x]);
                assert!((got - expected).abs() < 0.6, "{x}, {y}: {got} is not {expected}");
            }
        }
    }
}
