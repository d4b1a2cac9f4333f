//! What is true about a rendered picture, read off the geometry it was made from.

use portrait::{look::Pose, picture::Point};

use super::{
    camera::View,
    mesh::{Mesh, Stuff},
    space::Vec3,
};

/// The truth about the main person of a picture, in pixels of the rendered picture.
#[derive(Debug, Clone)]
pub struct Truth {
    /// Middles of the eyes' corners, left then right in the picture.
    pub eyes: [Point; 2],
    /// Centres of the irises.
    pub irises: [Point; 2],
    /// First row of hair or scalp.
    pub crown: f32,
    /// The chin (landmark 152).
    pub chin: Point,
    /// Cheeks (landmarks 234 and 454).
    pub cheeks: [Point; 2],
    /// How the head is turned, degrees.
    pub pose: Pose,
    /// The 468 landmarks.
    pub landmarks: Vec<Point>,
}

impl Truth {
    /// Reads it off the head's corners as they stand before the camera.
    pub(super) fn read(head: &[Vec3], irises: [Vec3; 2], meshes: &[Mesh], view: &View, pose: Pose) -> Self {
        let at = |i: usize| view.project(head[i]).0;
        let top = meshes
            .iter()
            .filter(|mesh| mesh.owner == 0 && matches!(mesh.stuff, Stuff::Hair | Stuff::Skin))
            .flat_map(|mesh| mesh.vertices.iter().filter(|v| v.mark > 0.3 || mesh.stuff == Stuff::Skin))
            .map(|vertex| view.project(vertex.place).0.y)
            .fold(f32::MAX, f32::min);
        Self {
            eyes: [at(33).middle(at(133)), at(362).middle(at(263))],
            irises: irises.map(|iris| view.project(iris).0),
            crown: top,
            chin: at(152),
            cheeks: [at(234), at(454)],
            pose,
            landmarks: (0..468).map(at).collect(),
        }
    }

    /// From cheek to cheek, px.
    pub fn width(&self) -> f32 {
        self.cheeks[0].distance(self.cheeks[1])
    }
}
