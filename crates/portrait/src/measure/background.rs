//! The background: its colour, evenness, shadows and texture (clauses on the background; ids B1–B4).

use crate::{
    colour::Lab,
    measure::{
        Readings, Unmeasurable, Value,
        quantiles::{median, quantile, spread_around_zero},
        regions::{Background, Block},
        scene::Scene,
    },
    picture::Rect,
};

/// Adds colour, range, tint range, shadow, texture and objects of the background.
pub fn check(scene: &Scene, readings: &mut Readings) {
    let Some(background) = &scene.regions().background else {
        let why = if scene.person.is_none() { Unmeasurable::NoMask } else { Unmeasurable::TooLittleArea };
        for measure in [
            "background-colour",
            "background-range",
            "background-tint-range",
            "background-shadow",
            "background-texture",
            "background-objects",
        ] {
            readings.unknown(measure, why);
        }
        return;
    };
    // `background-colour` (Lab).
    let colour = background.colour();
    readings.add("background-colour", Value::Colour(colour), vec![everything(background)]);
    even(background, colour, readings);
    let wall = Wall::fitted(&background.blocks);
    let (depth, places) = shadow(background, &wall);
    readings.number("background-shadow", depth, places);
    let (texture, places) = texture(scene, background);
    readings.number("background-texture", texture, places);
    let (share, places) = objects(scene, background, &wall, colour);
    readings.number("background-objects", share, places);
}

fn everything(background: &Background) -> Rect {
    let places = background.blocks.iter().map(|block| background.place(block));
    places.reduce(Rect::union).unwrap_or_default()
}

/// `background-range` (L\*): P98 − P2 of the blocks' median L\*; `background-tint-range` (a\*b\* distance):
/// P95 of the blocks' distances from the median colour. Blocks, because noise is no gradient:
/// the two-tone wall that OFIQ's background formula calls uniform reads 19.5 here, flat noise of σ 8 reads 0.7.
fn even(background: &Background, colour: Lab, readings: &mut Readings) {
    let blocks = &background.blocks;
    let extremes = |value: &dyn Fn(&Block) -> f32, low: f32, high: f32| {
        let mut values: Vec<f32> = blocks.iter().map(value).collect();
        (quantile(&mut values, low).unwrap_or_default(), quantile(&mut values, high).unwrap_or_default())
    };
    let (dark, light) = extremes(&|block| block.colour.l, 0.02, 0.98);
    let outer = |block: &&Block| block.colour.l <= dark || block.colour.l >= light;
    readings.number("background-range", light - dark, places(background, blocks.iter().filter(outer)));
    let tint = |block: &Block| (block.colour.a - colour.a).hypot(block.colour.b - colour.b);
    let (_, most) = extremes(&tint, 0.0, 0.95);
    let outer = |block: &&Block| tint(block) >= most;
    readings.number("background-tint-range", most, places(background, blocks.iter().filter(outer)));
}

/// At most this many evidence rectangles: more are not looked at.
const MOST_PLACES: usize = 12;

fn places<'a>(background: &Background, blocks: impl Iterator<Item = &'a Block>) -> Vec<Rect> {
    blocks.take(MOST_PLACES).map(|block| background.place(block)).collect()
}

/// The quantile of the wall's plane.
const LIT: f32 = 0.8;

/// L\* of the wall as a plane over the grid of blocks: what is left over is shadow, not falling light.
struct Wall([f32; 3]);

impl Wall {
    /// The plane below which four fifths of the blocks' weight lies (quantile regression, Koenker & Bassett 1978, by
    /// iteratively re-weighted least squares; ten rounds settle below .05 L\*). A shadow only darkens, so it neither
    /// lowers the plane nor, though it lies on one side of the person, tilts it.
    fn fitted(blocks: &[Block]) -> Self {
        let mut middle: Vec<f32> = blocks.iter().map(|block| block.colour.l).collect();
        let mut wall = Self([median(&mut middle).unwrap_or_default(), 0.0, 0.0]);
        for _ in 0..10 {
            let (mut matrix, mut right) = ([[0.0_f64; 3]; 3], [0.0_f64; 3]);
            for block in blocks {
                let l = block.colour.l;
                let above = l - wall.at(block.column as f32, block.row as f32);
                let side = if above > 0.0 { LIT } else { 1.0 - LIT };
                let weight = f64::from(side / above.abs().max(0.2));
                let terms = [1.0, block.column as f64, block.row as f64];
                for i in 0..3 {
                    right[i] += weight * terms[i] * f64::from(l);
                    for j in 0..3 {
                        matrix[i][j] += weight * terms[i] * terms[j];
                    }
                }
            }
            match solved(matrix, right) {
                Some(solution) => wall = Self(solution.map(|value| value as f32)),
                None => break,
            }
        }
        wall
    }

    /// L\* at a place in blocks.
    fn at(&self, column: f32, row: f32) -> f32 {
        self.0[0] + self.0[1] * column + self.0[2] * row
    }
}

/// Solves three linear equations by Cramer's rule; `None` when they do not determine a plane.
fn solved(m: [[f64; 3]; 3], right: [f64; 3]) -> Option<[f64; 3]> {
    let determinant = |m: [[f64; 3]; 3]| {
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    };
    let whole = determinant(m);
    let with = |column: usize| {
        let mut m = m;
        for row in 0..3 {
            m[row][column] = right[row];
        }
        determinant(m) / whole
    };
    (whole.abs() > 1e-6).then(|| [with(0), with(1), with(2)])
}

/// Share of the background that a shadow must cover to count: 1 % (portrait-rules B3).
const SHADOW_SHARE: f32 = 0.01;

/// `background-shadow` (L\*): the greatest depth d such that blocks at least d darker than the wall
/// hang together over 1 % of the background and touch the person; 0 without any.
///
/// Blocks are added from the darkest on and joined to their neighbours until such a patch appears.
fn shadow(background: &Background, wall: &Wall) -> (f32, Vec<Rect>) {
    let blocks = &background.blocks;
    let depth = |block: &Block| wall.at(block.column as f32, block.row as f32) - block.colour.l;
    let needed = ((SHADOW_SHARE * blocks.len() as f32).ceil() as usize).max(3);
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by(|&a, &b| depth(&blocks[b]).total_cmp(&depth(&blocks[a])));
    let mut patches: Vec<Vec<usize>> = Vec::new();
    for added in order {
        let here = depth(&blocks[added]);
        if here <= 0.0 {
            break;
        }
        let beside = |&at: &usize| {
            blocks[at].column.abs_diff(blocks[added].column) <= 1
                && blocks[at].row.abs_diff(blocks[added].row) <= 1
        };
        let (touched, apart): (Vec<_>, Vec<_>) =
            patches.into_iter().partition(|patch| patch.iter().any(beside));
        patches = apart;
        let mut patch = touched.concat();
        patch.push(added);
        if patch.len() >= needed && patch.iter().any(|&at| blocks[at].beside_person) {
            return (here, places(background, patch.iter().map(|&at| &blocks[at])));
        }
        patches.push(patch);
    }
    (0.0, Vec::new())
}

/// How much of a noise of 1 passes the band below, as a robust spread: 1/3 for white noise; camera noise that
/// went through a resize and JPEG is coarser, up to .45.
const NOISE_IN_BAND: f32 = 0.45;

/// `background-texture` (L\*): robust spread of L\* in the band between 3 × 3 and 13 × 13 box means, per block,
/// the 90th percentile of the blocks, with the noise of the same blocks taken off in squares.
/// The noise is Immerkær's estimate (CVIU 1996): a texture wider than 3 px hardly shows in it.
fn texture(scene: &Scene, background: &Background) -> (f32, Vec<Rect>) {
    let sums = Sums::of(&scene.lab().l, scene.picture.width());
    let mut found: Vec<(f32, &Block)> = Vec::with_capacity(background.blocks.len());
    let (mut band, mut noise, mut noises) = (Vec::new(), Vec::new(), Vec::new());
    for block in &background.blocks {
        band.clear();
        noise.clear();
        for y in (block.row * background.side..(block.row + 1) * background.side).step_by(2) {
            for x in (block.column * background.side..(block.column + 1) * background.side).step_by(2) {
                if background.inside[y * sums.width + x] && sums.reaches(x, y, 6) {
                    band.push(sums.mean(x, y, 1) - sums.mean(x, y, 6));
                    noise.push(laplacian(&scene.lab().l, sums.width, x, y) / 6.0);
                }
            }
        }
        if let (Some(band), Some(noise)) = (spread_around_zero(&mut band), spread_around_zero(&mut noise)) {
            found.push((band, block));
            noises.push(noise);
        }
    }
    let noise = median(&mut noises).unwrap_or_default() * NOISE_IN_BAND;
    let mut bands: Vec<f32> = found.iter().map(|&(band, _)| band).collect();
    let most = quantile(&mut bands, 0.9).unwrap_or_default();
    let rough = found.iter().filter(|&&(band, _)| band >= most).map(|&(_, block)| block);
    ((most * most - noise * noise).max(0.0).sqrt(), places(background, rough))
}

/// The difference of two Laplacians at a pixel (Immerkær's mask); needs a neighbour on every side.
fn laplacian(plane: &[f32], width: usize, x: usize, y: usize) -> f32 {
    let line = |y: usize| {
        let at = y * width + x;
        (plane[at - 1] + plane[at + 1], plane[at])
    };
    let ((upper, above), (sides, here), (lower, below)) = (line(y - 1), line(y), line(y + 1));
    upper + lower - 2.0 * (above + sides + below) + 4.0 * here
}

/// Sums over all pixels above and to the left, for means over squares in four steps.
struct Sums {
    width: usize,
    height: usize,
    /// 64ths, wrapping: differences of a square of at most 600 px stay exact.
    corners: Vec<u32>,
}

impl Sums {
    fn of(plane: &[f32], width: usize) -> Self {
        let (height, stride) = (plane.len() / width, width + 1);
        let mut sums = vec![0_u32; stride * (height + 1)];
        for y in 0..height {
            let mut line = 0_u32;
            for x in 0..width {
                line = line.wrapping_add((plane[y * width + x] * 64.0) as u32);
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1].wrapping_add(line);
            }
        }
        Self { width, height, corners: sums }
    }

    fn reaches(&self, x: usize, y: usize, radius: usize) -> bool {
        x >= radius && y >= radius && x + radius < self.width && y + radius < self.height
    }

    /// The mean over a square of 2 × `radius` + 1 pixels.
    fn mean(&self, x: usize, y: usize, radius: usize) -> f32 {
        let stride = self.width + 1;
        let (left, right) = (x - radius, x + radius + 1);
        let (top, bottom) = ((y - radius) * stride, (y + radius + 1) * stride);
        let sum = self.corners[bottom + right]
            .wrapping_sub(self.corners[bottom + left])
            .wrapping_sub(self.corners[top + right])
            .wrapping_add(self.corners[top + left]);
        sum as f32 / (64 * (2 * radius + 1).pow(2)) as f32
    }
}

/// Colour difference from the wall that makes a spot an object: ΔE 12 (portrait-rules B4).
const OBJECT_DISTANCE: f32 = 12.0;

/// `background-objects` (share of the background, 0 to 1): the largest patch of 4 px cells whose colour
/// is more than ΔE 12 away from the wall.
fn objects(scene: &Scene, background: &Background, wall: &Wall, colour: Lab) -> (f32, Vec<Rect>) {
    let side = (background.side / 4).max(1);
    let width = scene.picture.width();
    let (columns, rows) = (width / side, scene.picture.height() / side);
    let mut differs = vec![false; columns * rows];
    for row in 0..rows {
        for column in 0..columns {
            let at = (row * side + side / 2) * width + column * side + side / 2;
            if !background.inside[at] {
                continue;
            }
            // Noise is no object: the middle pixel and its right and lower neighbour together.
            let mean =
                |plane: &[f32]| (plane[at] + plane[at + 1] + plane[at + width] + plane[at + width + 1]) / 4.0;
            let here = Lab { l: mean(&scene.lab().l), a: mean(&scene.lab().a), b: mean(&scene.lab().b) };
            let blocks = |cell: usize| (cell as f32 + 0.5) * side as f32 / background.side as f32 - 0.5;
            let expected = Lab { l: wall.at(blocks(column), blocks(row)), ..colour };
            differs[row * columns + column] = here.distance(expected) > OBJECT_DISTANCE;
        }
    }
    let (size, bounds) = largest_patch(&mut differs, columns);
    let place = bounds.map(|(left, top, right, bottom)| {
        let px = |cells: usize| (cells * side) as f32;
        Rect::new(px(left), px(top), px(right + 1), px(bottom + 1))
    });
    ((size * side * side) as f32 / background.count.max(1) as f32, place.into_iter().collect())
}

/// Left, top, right and bottom cell.
type Cells = (usize, usize, usize, usize);

/// Size and bounds in cells of the largest group of set cells that touch by a side; clears the plane.
fn largest_patch(plane: &mut [bool], columns: usize) -> (usize, Option<Cells>) {
    let rows = plane.len() / columns;
    let mut largest = (0, None);
    let mut open = Vec::new();
    for start in 0..plane.len() {
        if !std::mem::take(&mut plane[start]) {
            continue;
        }
        open.push(start);
        let (mut size, mut bounds) = (0, (usize::MAX, usize::MAX, 0, 0));
        while let Some(at) = open.pop() {
            let (x, y) = (at % columns, at / columns);
            size += 1;
            bounds = (bounds.0.min(x), bounds.1.min(y), bounds.2.max(x), bounds.3.max(y));
            let beside = [
                (x > 0).then(|| at - 1),
                (x + 1 < columns).then_some(at + 1),
                (y > 0).then(|| at - columns),
                (y + 1 < rows).then_some(at + columns),
            ];
            open.extend(beside.into_iter().flatten().filter(|&next| std::mem::take(&mut plane[next])));
        }
        if size > largest.0 {
            largest = (size, Some(bounds));
        }
    }
    largest
}

#[cfg(test)]
#[path = "background_tests.rs"]
mod tests;
