//! A person as surfaces, standing before the camera.

use portrait::look::Pose;

use super::{
    clothes,
    head::HEAD,
    mesh::{Mesh, Stuff, Vertex},
    parts,
    person::Person,
    shape::Act,
    space::{Turn, Vec3, vec3},
};

/// How somebody holds themself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stance {
    /// The head's turn, degrees.
    pub pose: Pose,
    /// Where the eyes look relative to the head, degrees to the picture's right and up.
    pub gaze: (f32, f32),
    /// What lids and lips do.
    pub act: Act,
}

/// A person's surfaces and the points that the truth needs.
pub struct Figure {
    pub meshes: Vec<Mesh>,
    /// Corners of the head as they stand before the camera.
    pub head: Vec<Vec3>,
    pub irises: [Vec3; 2],
}

/// Heads turn about the top of the neck.
pub const PIVOT: Vec3 = vec3(0.0, -3.0, -4.5);

impl Figure {
    /// Builds a person.
    pub fn new(person: &Person, stance: &Stance) -> Self {
        let places = person.shape.head(stance.act);
        let mut skin = Mesh::new(Stuff::Skin, 0.7);
        skin.triangles.clone_from(&HEAD.steps[1].triangles);
        skin.vertices = places
            .iter()
            .zip(&HEAD.rest)
            .zip(&HEAD.lips)
            .map(|((&place, &rest), &mark)| Vertex { place, rest, mark, ..Vertex::default() })
            .collect();
        skin.find_normals();
        let normals: Vec<Vec3> = skin.vertices.iter().map(|vertex| vertex.normal).collect();
        let turn = Turn::of_head(stance.pose.yaw, stance.pose.pitch, stance.pose.roll);
        let sockets = [0, 1].map(|side| parts::socket(&places, side, stance.gaze));
        let mut meshes = vec![skin];
        meshes.extend(person.hair.shell(&places, &normals));
        for side in [0, 1] {
            meshes.push(parts::eyeball(&places, side, sockets[side]));
            meshes.push(parts::lashes(&places, side, person.eyes.lashes));
            meshes.push(parts::ear(person, if side == 0 { -1.0 } else { 1.0 }));
        }
        meshes.extend(parts::mouth(&places, stance.act.mouth));
        if let Some(glasses) = &person.glasses {
            meshes.extend(parts::frame(&places, glasses));
        }
        let (behind, falling) = person.hair.behind();
        meshes.extend(behind);
        let stand = |place: Vec3| PIVOT + turn.apply(place - PIVOT);
        for mesh in &mut meshes {
            for vertex in &mut mesh.vertices {
                vertex.place = stand(vertex.place);
                vertex.normal = turn.apply(vertex.normal);
            }
        }
        meshes.extend(falling);
        meshes.push(clothes::neck(&person.body));
        meshes.extend(clothes::dress(&person.clothes, &person.body, person.hair.seed));
        let head = places.into_iter().map(stand).collect();
        Self { meshes, head, irises: sockets.map(|socket| stand(socket.iris)) }
    }
}
