//! What sits in and on the head: eyeballs, lashes, ears, the mouth's inside, spectacle frames.

use super::{
    head::{LIDS, UPPER_LIP},
    mesh::{Mesh, Stuff, Vertex},
    person::{Glasses, Person},
    space::{Vec3, bell, curve, mix, ramp, vec3},
};

/// Radius of the visible part of an eyeball, cm: flatter than the anatomical 1.2 so that it fills the corners.
const BALL: f32 = 1.62;

/// One eye of a head, before the head is turned.
#[derive(Debug, Clone, Copy, Default)]
pub struct Socket {
    /// Middle of the eyeball.
    pub ball: Vec3,
    /// The iris's centre.
    pub iris: Vec3,
}

/// Where an eyeball lies between the lids of a head; `gaze` turns it, degrees to the picture's right and up.
pub fn socket(places: &[Vec3], side: usize, gaze: (f32, f32)) -> Socket {
    let at = |i: usize| places[LIDS[side][i] as usize];
    let middle = at(0).towards(at(8), 0.5);
    let front = 0.5 * (at(4).z + at(12).z) - 0.13;
    let ball = vec3(middle.x, 0.35 * at(4).y + 0.25 * at(12).y + 0.4 * middle.y, front - BALL);
    let turn = vec3(gaze.0.to_radians().sin(), gaze.1.to_radians().sin(), 0.0);
    let x = turn.x * BALL;
    let y = turn.y * BALL;
    let z = (BALL * BALL - x * x - y * y).max(0.0).sqrt();
    Socket { ball, iris: ball + vec3(x, y, z) }
}

/// The lid's edge as a smooth line from the outer to the inner corner.
fn lid_line(places: &[Vec3], side: usize, upper: bool, samples: usize) -> Vec<Vec3> {
    let order: Vec<usize> = if upper { vec![0, 15, 14, 13, 12, 11, 10, 9, 8] } else { (0..=8).collect() };
    let knots: Vec<(f32, [f32; 3])> = order
        .iter()
        .enumerate()
        .map(|(n, &i)| {
            let p = places[LIDS[side][i] as usize];
            (n as f32, [p.x, p.y, p.z])
        })
        .collect();
    (0..samples)
        .map(|n| {
            let [x, y, z] = curve(&knots, n as f32 * 8.0 / (samples - 1) as f32);
            vec3(x, y, z)
        })
        .collect()
}

/// The visible cap of an eyeball. `rest` is relative to the iris; `mark` is the distance below the upper lid.
pub fn eyeball(places: &[Vec3], side: usize, socket: Socket) -> Mesh {
    let lid = lid_line(places, side, true, 17);
    let lid_height = |x: f32| {
        let nearest = lid.iter().min_by(|a, b| (a.x - x).abs().total_cmp(&(b.x - x).abs()));
        nearest.map_or(0.0, |p| p.y)
    };
    let mut mesh = Mesh::grid(Stuff::Eye, (26, 48), true, |row, column| {
        let (ps, pc) = (row as f32 / 25.0 * 1.5).sin_cos();
        let (s, c) = (column as f32 / 48.0 * std::f32::consts::TAU).sin_cos();
        let place = socket.ball + vec3(ps * c, ps * s, pc) * BALL;
        Vertex { place, rest: place - socket.iris, mark: lid_height(place.x) - place.y, ..Vertex::default() }
    });
    for vertex in &mut mesh.vertices {
        vertex.normal = (vertex.place - socket.ball).unit();
    }
    mesh.spacing = 0.2;
    mesh
}

/// A narrow band of lashes along the upper lid.
pub fn lashes(places: &[Vec3], side: usize, length: f32) -> Mesh {
    let line = lid_line(places, side, true, 33);
    let out = if side == 0 { -1.0 } else { 1.0 };
    let mut mesh = Mesh::grid(Stuff::Lash, (4, 33), false, |row, column| {
        let share = row as f32 / 3.0;
        let along = column as f32 / 32.0;
        let reach = length * mix(1.0, 0.25, along) * ramp(1.0, 0.85, along);
        let push = vec3(out * 0.35 * (1.0 - along), 0.55, 0.8) * (reach * share);
        let place = line[column] + push + vec3(0.0, -0.035 * (1.0 - share), 0.03);
        Vertex { place, rest: vec3(along * 2.8, share, 0.0), mark: share, ..Vertex::default() }
    });
    mesh.cut = true;
    mesh.spacing = 0.2;
    mesh
}

/// The inside of the mouth: dark, and the upper teeth when it stands open.
pub fn mouth(places: &[Vec3], gap: f32) -> Vec<Mesh> {
    let centre = places[UPPER_LIP[3][5] as usize];
    let plane = |stuff: Stuff, size: Vec3, at: Vec3| {
        Mesh::grid(stuff, (6, 12), false, |row, column| {
            let (u, v) = (column as f32 / 11.0 * 2.0 - 1.0, 1.0 - row as f32 / 5.0 * 2.0);
            let place = at + vec3(u * size.x, v * size.y, -size.z * u * u);
            Vertex { place, rest: vec3(u * size.x, v * size.y, 0.0), ..Vertex::default() }
        })
    };
    let mut meshes = vec![plane(Stuff::Mouth, vec3(2.4, 1.6, 0.8), centre - vec3(0.0, 0.5, 1.0))];
    if gap > 0.3 {
        meshes.push(plane(Stuff::Teeth, vec3(1.8, 0.45, 0.9), centre - vec3(0.0, 0.15, 0.6)));
    }
    meshes
}

/// An ear: an oval leaf with a rolled rim, a hollow and a lobe.
pub fn ear(person: &Person, side: f32) -> Mesh {
    const ROWS: usize = 14;
    const AROUND: usize = 48;
    let size = person.shape.ears();
    // The inner edge is sewn to the head; the leaf stands off backwards and outwards by `flare`.
    let hinge = person.shape.place(vec3(side * 7.35, 1.25, -2.9));
    let flare = person.shape.flare();
    let (out, back) = (flare.sin(), flare.cos());
    let mut mesh = Mesh::grid(Stuff::Skin, (ROWS, AROUND), true, |row, column| {
        let radius = row as f32 / (ROWS - 1) as f32;
        let turn = column as f32 / AROUND as f32 * std::f32::consts::TAU;
        let (s, c) = turn.sin_cos();
        let c = c * side;
        // Wider above, tapering to the lobe.
        let up = s * 3.05;
        let width = mix(1.05, 1.85, ramp(-2.8, 1.6, up));
        let across = (c * width * radius + width * 0.85) * size;
        let along = up * radius * size - across * 0.18;
        let rim = 0.45 * bell(radius - 0.86, 0.12) * ramp(-0.9, -0.2, s);
        let inner = 0.32 * bell(radius - 0.5, 0.13) * ramp(-0.2, 0.4, c + 0.3 * s);
        let hollow = -0.55 * bell(vec3(across - 0.95, along + 0.35, 0.0).length(), 0.75);
        let lift = (rim + inner + hollow - 0.25 * ramp(0.9, 1.0, radius)) * size;
        // `across` runs backwards and outwards; `lift` is square to it, forwards and outwards.
        let place = hinge + vec3(side * (across * out + lift * back), along, -across * back + lift * out);
        Vertex { place, rest: vec3(side * (9.5 + radius), along + 1.2, -3.5), ..Vertex::default() }
    });
    mesh.spacing = 0.35;
    mesh
}

/// Both rims, the bridge and the temples.
pub fn frame(places: &[Vec3], glasses: &Glasses) -> Vec<Mesh> {
    let mut meshes = Vec::new();
    let mut sides = Vec::new();
    for side in [0, 1] {
        let centre = lens_centre(places, side);
        let line: Vec<Vec3> = (0..64).map(|i| centre + lens_edge(glasses, i as f32 / 64.0, side)).collect();
        meshes.push(Mesh::tube(Stuff::Frame, &line, true, glasses.thickness));
        let out = if side == 0 { -1.0 } else { 1.0 };
        let hinge = centre + vec3(out * glasses.lens.0, 0.35, -0.35);
        let ear = vec3(places[LIDS[side][0] as usize].x.signum() * 8.1, centre.y + 0.3, -3.2);
        let temple: Vec<Vec3> = (0..12).map(|i| hinge.towards(ear, i as f32 / 11.0)).collect();
        meshes.push(Mesh::tube(Stuff::Frame, &temple, false, glasses.thickness));
        sides.push(centre - vec3(out * glasses.lens.0, -0.35, 0.0));
    }
    let bridge: Vec<Vec3> = (0..12)
        .map(|i| {
            let t = i as f32 / 11.0;
            sides[0].towards(sides[1], t) + vec3(0.0, 0.45, 0.5) * (t * (1.0 - t) * 4.0 * 0.6)
        })
        .collect();
    meshes.push(Mesh::tube(Stuff::Frame, &bridge, false, glasses.thickness));
    meshes
}

/// The middle of a lens: in front of the eye, a little low.
pub fn lens_centre(places: &[Vec3], side: usize) -> Vec3 {
    let at = |i: usize| places[LIDS[side][i] as usize];
    let middle = at(0).towards(at(8), 0.5);
    let out = if side == 0 { -1.0 } else { 1.0 };
    vec3(middle.x + out * 0.1, middle.y - 0.25, at(12).z + 1.3)
}

/// A point of a lens's edge relative to its middle, `turn` from 0 to 1 round it.
pub fn lens_edge(glasses: &Glasses, turn: f32, side: usize) -> Vec3 {
    let (s, c) = (turn * std::f32::consts::TAU).sin_cos();
    let power = 2.0 / glasses.squareness;
    let x = c.signum() * c.abs().powf(power) * glasses.lens.0;
    let y = s.signum() * s.abs().powf(power) * glasses.lens.1;
    let out = if side == 0 { -x } else { x };
    // The frame wraps a little round the face.
    vec3(x, y, -0.06 * (out + glasses.lens.0))
}
