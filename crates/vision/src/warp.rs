//! Cuts what a net looks at out of a picture: turned, scaled, bilinear, as floating-point colour.

use portrait::picture::{Picture, Point};

use crate::net::kernels::Size;

/// Maps a chip's pixels to the picture: `x' = a·x − b·y + x0`, `y' = b·x + a·y + y0` for equal scales.
#[derive(Debug, Clone, Copy)]
pub struct Similarity {
    /// Scale × cosine.
    pub a: f32,
    /// Scale × sine.
    pub b: f32,
    /// Shift right.
    pub x: f32,
    /// Shift down.
    pub y: f32,
}

/// A turned rectangle of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    /// Its centre.
    pub centre: Point,
    /// Width in pixels.
    pub width: f32,
    /// Height in pixels.
    pub height: f32,
    /// Turned clockwise as seen in the picture, radians.
    pub rotation: f32,
}

impl Region {
    /// The place in the picture of a place in the region given as shares (0 to 1) of its sides.
    pub fn place(&self, u: f32, v: f32) -> Point {
        let (sin, cos) = self.rotation.sin_cos();
        let (x, y) = ((u - 0.5) * self.width, (v - 0.5) * self.height);
        Point::new(self.centre.x + x * cos - y * sin, self.centre.y + x * sin + y * cos)
    }

    /// The region a little larger, moved by shares of its sides and turned by radians.
    pub fn varied(&self, scale: f32, [right, down]: [f32; 2], turn: f32) -> Self {
        Self {
            centre: Point::new(self.centre.x + right * self.width, self.centre.y + down * self.height),
            width: scale * self.width,
            height: scale * self.height,
            rotation: self.rotation + turn,
        }
    }

    /// Samples the region on a grid, cell centre on cell centre; `scale` turns a byte into what the net wants: factor and offset for each channel.
    pub fn sample(&self, picture: &Picture, grid: Size, scale: (f32, f32), out: &mut [f32]) {
        let (sin, cos) = self.rotation.sin_cos();
        let (across, down) = (self.width / grid.width as f32, self.height / grid.height as f32);
        let corner = self.place(0.5 / grid.width as f32, 0.5 / grid.height as f32);
        let affine = Affine {
            right: (across * cos, across * sin),
            down: (-down * sin, down * cos),
            // Pixel (i, j) has its centre at (i + ½, j + ½).
            start: (corner.x - 0.5, corner.y - 0.5),
        };
        affine.sample(picture, grid, [scale; 3], out);
    }
}

/// Samples a chip laid over the picture by a similarity.
pub fn warp(picture: &Picture, chip: &Similarity, grid: Size, scale: [(f32, f32); 3], out: &mut [f32]) {
    let affine = Affine { right: (chip.a, chip.b), down: (-chip.b, chip.a), start: (chip.x, chip.y) };
    affine.sample(picture, grid, scale, out);
}

/// Steps in the picture for a step right and a step down in the grid, and where the grid starts.
struct Affine {
    right: (f32, f32),
    down: (f32, f32),
    start: (f32, f32),
}

impl Affine {
    fn sample(&self, picture: &Picture, grid: Size, scale: [(f32, f32); 3], out: &mut [f32]) {
        for (row, out) in out.chunks_exact_mut(grid.width * 3).take(grid.height).enumerate() {
            let from = (self.start.0 + row as f32 * self.down.0, self.start.1 + row as f32 * self.down.1);
            for (column, out) in out.as_chunks_mut::<3>().0.iter_mut().enumerate() {
                let x = from.0 + column as f32 * self.right.0;
                let y = from.1 + column as f32 * self.right.1;
                let colour = bilinear(picture, x, y);
                for ((o, value), (factor, offset)) in out.iter_mut().zip(colour).zip(scale) {
                    *o = value * factor + offset;
                }
            }
        }
    }
}

/// The colour between four pixels, pixel (i, j) standing at the point (i, j).
#[inline]
fn bilinear(picture: &Picture, x: f32, y: f32) -> [f32; 3] {
    let (width, height) = (picture.width(), picture.height());
    let inside = x >= 0.0 && y >= 0.0 && x < (width - 1) as f32 && y < (height - 1) as f32;
    if !inside {
        return bilinear_at_edge(picture, x, y);
    }
    // Without a sign, cutting off is rounding down, which costs no call.
    let (left, top) = (x as u32, y as u32);
    let at = (top as usize * width + left as usize) * 3;
    let rgb = picture.rgb();
    let (upper, lower) = (&rgb[at..at + 6], &rgb[at + width * 3..at + width * 3 + 6]);
    let share = (x - left as f32, y - top as f32);
    std::array::from_fn(|c| mixed([upper[c], upper[c + 3], lower[c], lower[c + 3]], share))
}

/// The same where a pixel is missing: the edge goes on outside.
#[cold]
fn bilinear_at_edge(picture: &Picture, x: f32, y: f32) -> [f32; 3] {
    let (left, top) = (x.floor(), y.floor());
    let share = (x - left, y - top);
    let (left, top) = (left as isize, top as isize);
    let corners = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| edge_pixel(picture, left + dx, top + dy));
    std::array::from_fn(|c| mixed(corners.map(|corner| corner[c]), share))
}

/// Four corners, row by row, mixed by the place between them.
#[inline]
fn mixed(corners: [u8; 4], (fx, fy): (f32, f32)) -> f32 {
    let [a, b, d, e] = corners.map(f32::from);
    let upper = a + (b - a) * fx;
    let lower = d + (e - d) * fx;
    upper + (lower - upper) * fy
}

/// The pixel at a place, or the nearest one of the picture's edge.
fn edge_pixel(picture: &Picture, x: isize, y: isize) -> [u8; 3] {
    let (width, height) = (picture.width() as isize, picture.height() as isize);
    picture.pixel(x.clamp(0, width - 1) as usize, y.clamp(0, height - 1) as usize)
}
