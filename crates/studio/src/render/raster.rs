//! Which surface each point of the picture shows: triangles into a depth buffer, two by two points a pixel.

use super::{
    camera::View,
    chance::noise2,
    mesh::{Mesh, Stuff, Vertex},
    space::Vec3,
};

/// Points per pixel along each axis.
pub const FINE: usize = 2;

/// A triangle as the camera sees it, in fine points.
#[derive(Clone, Copy)]
struct Seen {
    mesh: u16,
    triangle: u32,
    x: [f32; 3],
    y: [f32; 3],
    near: [f32; 3],
}

/// All triangles in view.
pub struct Scene<'a> {
    meshes: &'a [Mesh],
    seen: Vec<Seen>,
}

/// What one group of points in a pixel shows.
pub struct Hit<'a> {
    pub mesh: &'a Mesh,
    /// Everything a corner has, between the corners.
    pub vertex: Vertex,
    /// Share of the pixel, 0 to 1.
    pub share: f32,
}

const NOTHING: u32 = u32::MAX;

impl<'a> Scene<'a> {
    /// Projects all triangles that face the camera.
    pub fn new(meshes: &'a [Mesh], view: &View) -> Self {
        let mut seen = Vec::new();
        for (number, mesh) in meshes.iter().enumerate() {
            let projected: Vec<(f32, f32, f32)> = mesh.vertices.iter().map(|v| view.fine(v.place)).collect();
            for (triangle, corners) in mesh.triangles.iter().enumerate() {
                let [a, b, c] = corners.map(|i| projected[i as usize]);
                let area = (b.0 - a.0) * (c.1 - a.1) - (c.0 - a.0) * (b.1 - a.1);
                // Thin things have no inside.
                let two_sided =
                    matches!(mesh.stuff, Stuff::Lash | Stuff::Collar | Stuff::Mouth | Stuff::Teeth);
                if area < 0.0 || (two_sided && area != 0.0) {
                    seen.push(Seen {
                        mesh: number as u16,
                        triangle: triangle as u32,
                        x: [a.0, b.0, c.0],
                        y: [a.1, b.1, c.1],
                        near: [a.2, b.2, c.2],
                    });
                }
            }
        }
        Self { meshes, seen }
    }

    /// Draws the pixel rows `top..bottom`; `paint` gets each pixel's column, row and hits.
    pub fn rows(&self, width: usize, top: usize, bottom: usize, mut paint: impl FnMut(usize, usize, &[Hit])) {
        let (columns, first, last) = (width * FINE, top * FINE, bottom * FINE);
        let mut near = vec![f32::MIN; columns * (last - first)];
        let mut shown = vec![NOTHING; columns * (last - first)];
        for (number, seen) in self.seen.iter().enumerate() {
            self.draw(number as u32, seen, (columns, first, last), &mut near, &mut shown);
        }
        let mut hits = Vec::new();
        for y in top..bottom {
            for x in 0..width {
                let at = (y - top) * FINE * columns + x * FINE;
                let points = [at, at + 1, at + columns, at + columns + 1];
                hits.clear();
                self.group(points, (x, y), (columns, &near, &shown), &mut hits);
                paint(x, y, &hits);
            }
        }
    }

    fn draw(
        &self,
        number: u32,
        seen: &Seen,
        (columns, first, last): (usize, usize, usize),
        near: &mut [f32],
        shown: &mut [u32],
    ) {
        let ([x0, x1, x2], [y0, y1, y2]) = (seen.x, seen.y);
        let top = (y0.min(y1).min(y2) - 0.5).ceil().max(first as f32) as usize;
        let bottom = (y0.max(y1).max(y2) - 0.5).floor().min(last as f32 - 1.0);
        let left = (x0.min(x1).min(x2) - 0.5).ceil().max(0.0) as usize;
        let right = (x0.max(x1).max(x2) - 0.5).floor().min(columns as f32 - 1.0);
        if bottom < top as f32 || right < left as f32 {
            return;
        }
        let scale = 1.0 / ((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0));
        let mesh = &self.meshes[seen.mesh as usize];
        for y in top..=bottom as usize {
            let py = y as f32 + 0.5;
            for x in left..=right as usize {
                let px = x as f32 + 0.5;
                let b = ((px - x0) * (y2 - y0) - (x2 - x0) * (py - y0)) * scale;
                let c = ((x1 - x0) * (py - y0) - (px - x0) * (y1 - y0)) * scale;
                if b < 0.0 || c < 0.0 || b + c > 1.0 {
                    continue;
                }
                let depth =
                    seen.near[0] + (seen.near[1] - seen.near[0]) * b + (seen.near[2] - seen.near[0]) * c;
                let at = (y - first) * columns + x;
                if depth > near[at] && (!mesh.cut || keeps(mesh, seen.triangle, b, c)) {
                    near[at] = depth;
                    shown[at] = number;
                }
            }
        }
    }

    /// Groups a pixel's points by surface and reads each group's middle.
    fn group(
        &self,
        points: [usize; 4],
        (x, y): (usize, usize),
        (columns, near, shown): (usize, &[f32], &[u32]),
        hits: &mut Vec<Hit<'a>>,
    ) {
        let _ = columns;
        let mut done = [false; 4];
        for i in 0..4 {
            let number = shown[points[i]];
            if done[i] || number == NOTHING {
                continue;
            }
            let seen = &self.seen[number as usize];
            let (mut sx, mut sy, mut count) = (0.0, 0.0, 0.0);
            for j in i..4 {
                let other = shown[points[j]];
                if !done[j]
                    && other != NOTHING
                    && self.seen[other as usize].mesh == seen.mesh
                    && (near[points[j]] - near[points[i]]).abs() < 0.5
                {
                    done[j] = true;
                    sx += (x * FINE + j % 2) as f32 + 0.5;
                    sy += (y * FINE + j / 2) as f32 + 0.5;
                    count += 1.0;
                }
            }
            let mesh = &self.meshes[seen.mesh as usize];
            hits.push(Hit { mesh, vertex: between(mesh, seen, sx / count, sy / count), share: count / 4.0 });
        }
    }
}

/// A surface's values at a point inside (or just beside) a triangle.
fn between(mesh: &Mesh, seen: &Seen, px: f32, py: f32) -> Vertex {
    let ([x0, x1, x2], [y0, y1, y2]) = (seen.x, seen.y);
    let scale = 1.0 / ((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0));
    let b = (((px - x0) * (y2 - y0) - (x2 - x0) * (py - y0)) * scale).clamp(-0.2, 1.2);
    let c = (((x1 - x0) * (py - y0) - (px - x0) * (y1 - y0)) * scale).clamp(-0.2, 1.2);
    let a = 1.0 - b - c;
    let [u, v, w] = mesh.triangles[seen.triangle as usize].map(|i| &mesh.vertices[i as usize]);
    let blend = |f: fn(&Vertex) -> Vec3| f(u) * a + f(v) * b + f(w) * c;
    Vertex {
        place: blend(|v| v.place),
        rest: blend(|v| v.rest),
        normal: blend(|v| v.normal).unit(),
        mark: u.mark * a + v.mark * b + w.mark * c,
        light: std::array::from_fn(|i| (u.light[i] * a + v.light[i] * b + w.light[i] * c).clamp(0.0, 1.0)),
    }
}

/// Whether a ragged surface is there at a point of a triangle.
fn keeps(mesh: &Mesh, triangle: u32, b: f32, c: f32) -> bool {
    let [u, v, w] = mesh.triangles[triangle as usize].map(|i| &mesh.vertices[i as usize]);
    let a = 1.0 - b - c;
    let mark = u.mark * a + v.mark * b + w.mark * c;
    let rest = || u.rest * a + v.rest * b + w.rest * c;
    match mesh.stuff {
        Stuff::Hair if mark < 1.0 => {
            let rest = rest();
            let strand = 0.55 * noise2(rest.x * 7.0 + rest.z * 5.0, rest.y * 0.7, 7)
                + 0.45 * noise2(rest.x * 17.0 + rest.z * 13.0, rest.y * 1.2, 8);
            mark > 0.45 * strand
        }
        Stuff::Lash => {
            let rest = rest();
            mark < 0.35 + 0.65 * noise2(rest.x * 9.0, 0.0, 9).abs()
        }
        _ => true,
    }
}
