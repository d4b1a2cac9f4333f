//! The canonical face in the studio's own terms.

use super::space::{Vec3, vec3};

/// Places in centimetres and triangles, anticlockwise from outside.
pub fn face() -> (Vec<Vec3>, Vec<[u32; 3]>) {
    let mesh = vision::canonical_mesh();
    let places = mesh.vertices.iter().map(|&[x, y, z]| vec3(x, y, z)).collect();
    let triangles = mesh.triangles.iter().map(|triangle| triangle.map(|i| i as u32)).collect();
    (places, triangles)
}
