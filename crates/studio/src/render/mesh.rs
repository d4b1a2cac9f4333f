//! Surfaces as triangles, and the two ways to make them: a grid wound round something, and smoothing.

use std::collections::BTreeMap;

use super::space::Vec3;

/// What a surface is made of; the painter knows how each looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stuff {
    Skin,
    Hair,
    Eye,
    Lash,
    Mouth,
    Teeth,
    Cloth,
    Collar,
    Jacket,
    Frame,
}

/// A corner of a surface.
#[derive(Debug, Clone, Copy, Default)]
pub struct Vertex {
    /// Where it is.
    pub place: Vec3,
    /// Where it would be on the standard head: paint sticks to this.
    pub rest: Vec3,
    /// Outward direction, length 1.
    pub normal: Vec3,
    /// What the painter needs besides: redness of lips, depth of hair, distance from a hem.
    pub mark: f32,
    /// How much it sees of the left lamp, the right lamp and the room, 0 to 1.
    pub light: [f32; 3],
}

/// A surface.
#[derive(Debug, Clone)]
pub struct Mesh {
    pub stuff: Stuff,
    /// Which of the people in the shot it belongs to.
    pub owner: usize,
    pub vertices: Vec<Vertex>,
    /// Corners anticlockwise seen from outside.
    pub triangles: Vec<[u32; 3]>,
    /// Whether it has ragged edges that are cut where it is drawn.
    pub cut: bool,
    /// How far apart its corners lie at most, cm: as large a blot each leaves in a shadow.
    pub spacing: f32,
}

impl Mesh {
    /// An empty surface.
    pub fn new(stuff: Stuff, spacing: f32) -> Self {
        Self { stuff, owner: 0, vertices: Vec::new(), triangles: Vec::new(), cut: false, spacing }
    }

    /// A grid of `rows` × `columns` corners; `closed` joins the last column to the first.
    pub fn grid(
        stuff: Stuff,
        (rows, columns): (usize, usize),
        closed: bool,
        mut corner: impl FnMut(usize, usize) -> Vertex,
    ) -> Self {
        let mut mesh = Self::new(stuff, 1.0);
        for row in 0..rows {
            for column in 0..columns {
                mesh.vertices.push(corner(row, column));
            }
        }
        let seams = if closed { columns } else { columns - 1 };
        for row in 0..rows - 1 {
            for column in 0..seams {
                let next = (column + 1) % columns;
                let at = |r: usize, c: usize| (r * columns + c) as u32;
                mesh.triangles.push([at(row, column), at(row + 1, column), at(row + 1, next)]);
                mesh.triangles.push([at(row, column), at(row + 1, next), at(row, next)]);
            }
        }
        mesh.find_normals();
        mesh
    }

    /// A tube of half thickness `radius` along a line.
    pub fn tube(stuff: Stuff, line: &[Vec3], closed: bool, radius: f32) -> Self {
        const SIDES: usize = 8;
        let n = line.len();
        let ahead = |i: usize| {
            let (a, b) = if closed {
                ((i + n - 1) % n, (i + 1) % n)
            } else {
                (i.saturating_sub(1), (i + 1).min(n - 1))
            };
            (line[b] - line[a]).unit()
        };
        let rows = if closed { n + 1 } else { n };
        let mut mesh = Self::grid(stuff, (rows, SIDES), true, |row, side| {
            let i = row % n;
            let along = ahead(i);
            let reference = if along.z.abs() < 0.8 {
                Vec3 { z: 1.0, ..Vec3::default() }
            } else {
                Vec3 { y: 1.0, ..Vec3::default() }
            };
            let first = along.cross(reference).unit();
            let second = first.cross(along);
            let (s, c) = (side as f32 / SIDES as f32 * std::f32::consts::TAU).sin_cos();
            let place = line[i] + (first * c + second * s) * radius;
            Vertex { place, rest: place, ..Vertex::default() }
        });
        mesh.spacing = 0.4;
        mesh
    }

    /// The mean of the normals of the triangles around each corner, weighted by their area.
    pub fn find_normals(&mut self) {
        for vertex in &mut self.vertices {
            vertex.normal = Vec3::default();
        }
        for triangle in &self.triangles {
            let [a, b, c] = triangle.map(|i| self.vertices[i as usize].place);
            let normal = (b - a).cross(c - a);
            for &i in triangle {
                self.vertices[i as usize].normal += normal;
            }
        }
        for vertex in &mut self.vertices {
            vertex.normal = vertex.normal.unit();
        }
    }
}

/// One step of Loop's smoothing (Loop 1987): every triangle becomes four; open edges stay smooth curves.
/// The first corners of the result are the old ones, moved.
#[derive(Debug, Clone)]
pub struct Smoothing {
    /// For each new corner the old corners it is made of and their weights.
    parts: Vec<Vec<(u32, f32)>>,
    /// The new triangles.
    pub triangles: Vec<[u32; 3]>,
}

impl Smoothing {
    /// Plans the step; corners in `fixed` keep their place.
    pub fn plan(corners: usize, triangles: &[[u32; 3]], fixed: &[u32]) -> Self {
        let mut opposite: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
        for &[a, b, c] in triangles {
            for (from, to, far) in [(a, b, c), (b, c, a), (c, a, b)] {
                opposite.entry((from.min(to), from.max(to))).or_default().push(far);
            }
        }
        let mut neighbours = vec![Vec::new(); corners];
        let mut edge_neighbours = vec![Vec::new(); corners];
        for (&(a, b), far) in &opposite {
            neighbours[a as usize].push(b);
            neighbours[b as usize].push(a);
            if far.len() == 1 {
                edge_neighbours[a as usize].push(b);
                edge_neighbours[b as usize].push(a);
            }
        }
        let mut parts: Vec<Vec<(u32, f32)>> = (0..corners)
            .map(|i| {
                if fixed.contains(&(i as u32)) {
                    vec![(i as u32, 1.0)]
                } else {
                    moved(i as u32, &neighbours[i], &edge_neighbours[i])
                }
            })
            .collect();
        let mut middle = BTreeMap::new();
        for (&(a, b), far) in &opposite {
            middle.insert((a, b), parts.len() as u32);
            parts.push(match far[..] {
                [c, d] => vec![(a, 0.375), (b, 0.375), (c, 0.125), (d, 0.125)],
                _ => vec![(a, 0.5), (b, 0.5)],
            });
        }
        let between = |a: u32, b: u32| middle[&(a.min(b), a.max(b))];
        let triangles = triangles
            .iter()
            .flat_map(|&[a, b, c]| {
                let (ab, bc, ca) = (between(a, b), between(b, c), between(c, a));
                [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]
            })
            .collect();
        Self { parts, triangles }
    }

    /// The new corners' values from the old ones'.
    pub fn apply<T: Copy + Default + std::ops::AddAssign + std::ops::Mul<f32, Output = T>>(
        &self,
        old: &[T],
    ) -> Vec<T> {
        self.parts
            .iter()
            .map(|parts| {
                let mut sum = T::default();
                for &(i, weight) in parts {
                    sum += old[i as usize] * weight;
                }
                sum
            })
            .collect()
    }

    /// How many corners there are after the step.
    pub fn corners(&self) -> usize {
        self.parts.len()
    }
}

/// Where an old corner goes: Loop's weights inside, the cubic spline's (1, 6, 1)/8 along an open edge.
fn moved(corner: u32, neighbours: &[u32], edge_neighbours: &[u32]) -> Vec<(u32, f32)> {
    if let [a, b] = edge_neighbours {
        return vec![(corner, 0.75), (*a, 0.125), (*b, 0.125)];
    }
    let n = neighbours.len() as f32;
    let spread = 0.375 + 0.25 * (std::f32::consts::TAU / n).cos();
    let weight = (0.625 - spread * spread) / n;
    let mut parts = vec![(corner, 1.0 - n * weight)];
    parts.extend(neighbours.iter().map(|&i| (i, weight)));
    parts
}
