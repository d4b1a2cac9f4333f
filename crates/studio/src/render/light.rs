//! The standard's light: two large soft lamps at 45° on either side, and a bright room.
//!
//! What each corner sees of them is found once per shot with small depth pictures from many directions.

use super::{
    chance::Chance,
    mesh::Mesh,
    space::{Vec3, vec3},
};

/// How a person is lit.
#[derive(Debug, Clone, Copy)]
pub struct Lighting {
    /// Strength of the left and the right lamp; a white card facing the camera is about 1 with both at 1.
    pub lamps: [f32; 2],
    /// Strength of the room's even light.
    pub room: f32,
    /// Exposure factor.
    pub exposure: f32,
    /// Strength of mirror-like shine on skin beside the usual soft one, 0 for none.
    pub shine: f32,
    /// How red a flash beside the lens makes the pupils, 0 to 1.
    pub red_eye: f32,
}

impl Default for Lighting {
    fn default() -> Self {
        Self { lamps: [1.0, 1.0], room: 1.0, exposure: 1.0, shine: 0.0, red_eye: 0.0 }
    }
}

impl Lighting {
    /// Small natural differences between stations.
    pub fn from_seed(seed: u64) -> Self {
        let mut chance = Chance::new(seed, "light");
        let tilt = 0.03 * chance.normal();
        Self { lamps: [1.0 + tilt, 1.0 - tilt], exposure: 1.0 + 0.015 * chance.normal(), ..Self::default() }
    }
}

/// Towards the lamps.
pub const LAMPS: [Vec3; 2] = [vec3(-0.64, 0.38, 0.667), vec3(0.64, 0.38, 0.667)];

/// Directions that sample each lamp's surface, and the room.
const PER_LAMP: usize = 7;
const ROOM: usize = 18;

/// Cells along each side of a depth picture, and what one covers, cm.
const CELLS: usize = 176;
const CELL: f32 = 0.36;

/// How much nearer to the lamp something must be to throw a shadow, cm.
const BIAS: f32 = 0.55;

/// Finds what every corner sees of lamps and room.
pub fn shade(meshes: &mut [Mesh], middle: Vec3) {
    for (lamp, direction) in LAMPS.iter().enumerate() {
        let rays = around(*direction, PER_LAMP, 0.24);
        gather(meshes, middle, &rays, lamp, false);
    }
    gather(meshes, middle, &room(), 2, true);
}

/// Directions spread over a disk round a lamp's direction.
fn around(direction: Vec3, count: usize, spread: f32) -> Vec<Vec3> {
    let side = direction.cross(vec3(0.0, 1.0, 0.0)).unit();
    let up = side.cross(direction);
    (0..count)
        .map(|i| {
            let radius = spread * (i as f32 / (count - 1) as f32).sqrt();
            let (s, c) = (i as f32 * 2.399_963).sin_cos();
            (direction + side * (radius * c) + up * (radius * s)).unit()
        })
        .collect()
}

/// Directions spread over the half space in front of and above a sitter.
fn room() -> Vec<Vec3> {
    (0..ROOM)
        .map(|i| {
            let z = 1.0 - (i as f32 + 0.5) / ROOM as f32 * 1.25;
            let (s, c) = (i as f32 * 2.399_963).sin_cos();
            let radius = (1.0 - z * z).max(0.0).sqrt();
            vec3(radius * c, radius * s * 0.8 + 0.25, z.max(-0.2)).unit()
        })
        .collect()
}

/// Adds the share of `rays` that reach each corner to its light number `slot`; `facing` counts by the cosine.
fn gather(meshes: &mut [Mesh], middle: Vec3, rays: &[Vec3], slot: usize, facing: bool) {
    let mut total: Vec<Vec<(f32, f32)>> =
        meshes.iter().map(|mesh| vec![(0.0, 1e-4); mesh.vertices.len()]).collect();
    for &ray in rays {
        let depth = Depth::new(meshes, middle, ray);
        for (mesh, sums) in meshes.iter().zip(&mut total) {
            for (vertex, sum) in mesh.vertices.iter().zip(sums) {
                let cosine = vertex.normal.dot(ray);
                let weight = if facing { cosine.max(0.0) } else { 1.0 };
                if weight > 0.0 {
                    sum.0 += weight * depth.visible(vertex.place + vertex.normal * 0.35);
                    sum.1 += weight;
                }
            }
        }
    }
    for (mesh, sums) in meshes.iter_mut().zip(total) {
        for (vertex, (seen, all)) in mesh.vertices.iter_mut().zip(sums) {
            vertex.light[slot] = seen / all;
        }
    }
}

/// How near things are, seen from one direction.
struct Depth {
    right: Vec3,
    up: Vec3,
    ray: Vec3,
    middle: Vec3,
    nearest: Vec<f32>,
}

impl Depth {
    fn new(meshes: &[Mesh], middle: Vec3, ray: Vec3) -> Self {
        let right = vec3(0.0, 1.0, 0.0).cross(ray).unit();
        let up = ray.cross(right);
        let mut depth = Self { right, up, ray, middle, nearest: vec![f32::MIN; CELLS * CELLS] };
        for mesh in meshes {
            let reach = (mesh.spacing * 0.5 / CELL).round() as i32;
            for vertex in &mesh.vertices {
                if vertex.normal.dot(ray) > -0.2 {
                    depth.blot(vertex.place, reach);
                }
            }
        }
        depth
    }

    fn cell(&self, place: Vec3) -> (f32, f32, f32) {
        let from = place - self.middle;
        let half = CELLS as f32 / 2.0;
        (from.dot(self.right) / CELL + half, from.dot(self.up) / CELL + half, from.dot(self.ray))
    }

    fn blot(&mut self, place: Vec3, reach: i32) {
        let (x, y, near) = self.cell(place);
        let (x, y) = (x as i32, y as i32);
        for row in (y - reach).max(0)..=(y + reach).min(CELLS as i32 - 1) {
            for column in (x - reach).max(0)..=(x + reach).min(CELLS as i32 - 1) {
                let at = row as usize * CELLS + column as usize;
                self.nearest[at] = self.nearest[at].max(near);
            }
        }
    }

    /// 1 in the light, 0 in shadow, soft over four cells.
    fn visible(&self, place: Vec3) -> f32 {
        let (x, y, near) = self.cell(place);
        let (x, y) = (x - 0.5, y - 0.5);
        if x < 0.0 || y < 0.0 || x >= (CELLS - 1) as f32 || y >= (CELLS - 1) as f32 {
            return 1.0;
        }
        let (column, row) = (x as usize, y as usize);
        let (fx, fy) = (x - column as f32, y - row as f32);
        let lit = |at: usize| f32::from(u8::from(self.nearest[at] < near + BIAS));
        let at = row * CELLS + column;
        let upper = lit(at) * (1.0 - fx) + lit(at + 1) * fx;
        let lower = lit(at + CELLS) * (1.0 - fx) + lit(at + CELLS + 1) * fx;
        upper * (1.0 - fy) + lower * fy
    }
}
