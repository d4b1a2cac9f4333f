//! The parts of a picture that several checks measure on, found once per scene: background and skin.

use crate::{
    colour::{Lab, LabPlanes},
    look::Mesh,
    measure::{
        quantiles::median,
        scene::{FaceFrame, Scene},
    },
    picture::{Picture, Point, Rect},
};

/// Everything found; a part is `None` when it is not there or too small.
pub struct Regions {
    /// B: surely no person, away from the outline and from the picture's edge.
    pub background: Option<Background>,
    /// The face's skin.
    pub skin: Option<Skin>,
}

impl Regions {
    /// Finds the parts of `scene`.
    pub fn of(scene: &Scene) -> Self {
        let background =
            scene.person.as_ref().and_then(|person| Background::of(scene.picture, scene.lab(), person));
        Self { background, skin: scene.face.as_ref().and_then(|face| Skin::of(scene, face)) }
    }
}

/// The background: its pixels and square blocks of it.
pub struct Background {
    /// For every pixel whether it belongs to the background.
    pub inside: Vec<bool>,
    /// Pixels inside.
    pub count: usize,
    /// Side of a block, px: 16 at a height of 640 px.
    pub side: usize,
    /// Blocks that lie inside by three quarters or more, row by row.
    pub blocks: Vec<Block>,
}

/// One block of background.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    /// Column in the grid of blocks.
    pub column: usize,
    /// Row in the grid of blocks.
    pub row: usize,
    /// Median L\*, a\*, b\*, each for itself.
    pub colour: Lab,
    /// Whether the person's outline passes through this block or one beside it.
    pub beside_person: bool,
}

/// A person's probability (of 255) from which a pixel is no longer surely background: 5 %.
pub const MAYBE_PERSON: u8 = 13;
/// Distance kept from the outline and from the picture's edge, px at a height of 640 px.
/// The masks' grid cells are about 2.5 px there, and a border of up to 8 px is another check's matter.
const MARGIN: f32 = 8.0;
/// Side of a block, px at a height of 640 px.
const BLOCK: f32 = 16.0;
/// Fewer blocks than this are no background to measure.
const FEWEST_BLOCKS: usize = 12;

impl Background {
    fn of(picture: &Picture, lab: &LabPlanes, person: &[u8]) -> Option<Self> {
        let (width, height) = (picture.width(), picture.height());
        let scale = height as f32 / 640.0;
        let margin = ((MARGIN * scale).round() as usize).max(2);
        let side = ((BLOCK * scale).round() as usize).max(4);
        if width < 4 * side || height < 4 * side {
            return None;
        }
        let person = grown(person, width, margin);
        let mut inside: Vec<bool> = person.iter().map(|&person| !person).collect();
        for (y, row) in inside.chunks_exact_mut(width).enumerate() {
            let whole = y < margin || y >= height - margin;
            row[..if whole { width } else { margin }].fill(false);
            row[width - margin..].fill(false);
        }
        let count = inside.iter().filter(|&&is| is).count();
        let blocks = blocks(&inside, &person, lab, (width, height), side);
        (blocks.len() >= FEWEST_BLOCKS).then_some(Self { inside, count, side, blocks })
    }

    /// The median of the blocks' medians, L\*, a\*, b\* each for itself.
    pub fn colour(&self) -> Lab {
        let of = |part: fn(&Lab) -> f32| {
            let mut values: Vec<f32> = self.blocks.iter().map(|block| part(&block.colour)).collect();
            median(&mut values).unwrap_or_default()
        };
        Lab { l: of(|c| c.l), a: of(|c| c.a), b: of(|c| c.b) }
    }

    /// Where a block lies in the picture, px.
    pub fn place(&self, block: &Block) -> Rect {
        let (x, y, side) =
            ((block.column * self.side) as f32, (block.row * self.side) as f32, self.side as f32);
        Rect::new(x, y, x + side, y + side)
    }
}

/// Whether a person may be within `margin` pixels (along rows, then columns) of each pixel.
fn grown(person: &[u8], width: usize, margin: usize) -> Vec<bool> {
    let height = person.len() / width;
    let mut wide = vec![false; person.len()];
    for (row, out) in person.chunks_exact(width).zip(wide.chunks_exact_mut(width)) {
        let mut filled = 0;
        for (x, _) in row.iter().enumerate().filter(|&(_, &p)| p >= MAYBE_PERSON) {
            let from = x.saturating_sub(margin).max(filled);
            filled = (x + margin + 1).min(width);
            out[from.min(filled)..filled].fill(true);
        }
    }
    // Downwards and upwards each column remembers how far away the last person pixel was.
    let margin = margin.min(usize::from(u16::MAX - 1)) as u16;
    let mut grown = wide.clone();
    for rows in [(0..height).collect::<Vec<_>>(), (0..height).rev().collect()] {
        let mut since = vec![margin; width];
        for y in rows {
            let line = y * width..(y + 1) * width;
            for ((since, &wide), grown) in since.iter_mut().zip(&wide[line.clone()]).zip(&mut grown[line]) {
                *since = if wide { 0 } else { since.saturating_add(1) };
                *grown |= *since <= margin;
            }
        }
    }
    grown
}

fn blocks(
    inside: &[bool],
    person: &[bool],
    lab: &LabPlanes,
    (width, height): (usize, usize),
    side: usize,
) -> Vec<Block> {
    let (columns, rows) = (width / side, height / side);
    let count = |plane: &[bool], column: usize, row: usize| -> usize {
        let lines = (row * side..(row + 1) * side).map(|y| y * width + column * side);
        lines.map(|at| plane[at..at + side].iter().filter(|&&is| is).count()).sum()
    };
    let mut has_person = vec![false; columns * rows];
    for row in 0..rows {
        for column in 0..columns {
            has_person[row * columns + column] = count(person, column, row) > 0;
        }
    }
    let mut blocks = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            if 4 * count(inside, column, row) < 3 * side * side {
                continue;
            }
            let around_rows = row.saturating_sub(1)..(row + 2).min(rows);
            let beside_person = around_rows.into_iter().any(|r| {
                (column.saturating_sub(1)..(column + 2).min(columns)).any(|c| has_person[r * columns + c])
            });
            let colour = block_colour(inside, lab, width, (column * side, row * side), side);
            blocks.push(Block { column, row, colour, beside_person });
        }
    }
    blocks
}

fn block_colour(
    inside: &[bool],
    lab: &LabPlanes,
    width: usize,
    (left, top): (usize, usize),
    side: usize,
) -> Lab {
    let mut values = Vec::with_capacity(side * side);
    let mut middle = |plane: &[f32]| {
        values.clear();
        for y in top..top + side {
            // Every second pixel, as on a chessboard: their median is as good, and found in half the time.
            let line = y * width + left + y % 2;
            let pixels = plane[line..line + side - 1].iter().zip(&inside[line..line + side - 1]).step_by(2);
            values.extend(pixels.filter(|&(_, &inside)| inside).map(|(&value, _)| value));
        }
        median(&mut values).unwrap_or_default()
    };
    Lab { l: middle(&lab.l), a: middle(&lab.a), b: middle(&lab.b) }
}

/// The skin of the face: the mesh's outline without eyes, brows and mouth.
pub struct Skin {
    /// Its pixels, as row × width + column, in rising order.
    pub pixels: Vec<u32>,
    /// The box around it, px.
    pub bounds: Rect,
    /// Median colour of both cheeks.
    pub cheeks: Lab,
    /// Median colour of all of it, each part for itself; every second pixel is asked.
    pub colour: Lab,
    /// Square zones of .3 IED on the cheeks, left and right in the picture, px
    /// (the size of OFIQ's zones for uniformity of light, ISO/IEC 29794-5 §7.3.3).
    pub zones: [Rect; 2],
}

/// The outline of the face in the mesh.
const OVAL: [usize; 36] = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176,
    149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];
/// Brow with eye, left in the picture.
const LEFT_EYE: [usize; 12] = [70, 63, 105, 66, 107, 133, 153, 145, 144, 163, 33, 130];
/// Brow with eye, right in the picture.
const RIGHT_EYE: [usize; 12] = [300, 293, 334, 296, 336, 362, 380, 374, 373, 390, 263, 359];
/// The outer lips.
const LIPS: [usize; 20] =
    [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146];
/// Landmarks in the middle of the cheeks, left and right in the picture.
const CHEEKS: [[usize; 2]; 2] = [[50, 205], [280, 425]];

impl Skin {
    fn of(scene: &Scene, face: &FaceFrame) -> Option<Self> {
        let (width, height) = (scene.picture.width(), scene.picture.height());
        let points = |indices: &[usize]| -> Vec<Point> { indices.iter().map(|&i| face.mesh.at(i)).collect() };
        let mut plane = vec![false; width * height];
        fill(&mut plane, width, &points(&OVAL), true);
        // Lids, lashes and lips reach a little beyond their landmarks: OFIQ grows the eye box by 5 % of IED.
        for feature in [&LEFT_EYE[..], &RIGHT_EYE, &LIPS] {
            fill(&mut plane, width, &swollen(&points(feature), 0.05 * face.inter_eye), false);
        }
        let bounds = Rect::around(points(&OVAL))?;
        let pixels: Vec<u32> = (0_u32..).zip(&plane).filter(|&(_, &skin)| skin).map(|(at, _)| at).collect();
        let zones = CHEEKS.map(|cheek| zone(face.mesh, cheek, face.inter_eye));
        let mut colours = [Vec::new(), Vec::new(), Vec::new()];
        for zone in zones {
            for at in pixels_of(zone, width, height) {
                colours[0].push(scene.lab().l[at]);
                colours[1].push(scene.lab().a[at]);
                colours[2].push(scene.lab().b[at]);
            }
        }
        let [l, a, b] = colours.each_mut().map(|values| median(values));
        let cheeks = Lab { l: l?, a: a?, b: b? };
        let whole = [&scene.lab().l, &scene.lab().a, &scene.lab().b].map(|plane| {
            let mut values: Vec<f32> = pixels.iter().step_by(2).map(|&at| plane[at as usize]).collect();
            median(&mut values)
        });
        let [Some(l), Some(a), Some(b)] = whole else { return None };
        (pixels.len() >= 400).then_some(Self { pixels, bounds, cheeks, colour: Lab { l, a, b }, zones })
    }
}

fn zone(mesh: &Mesh, cheek: [usize; 2], inter_eye: f32) -> Rect {
    let centre = mesh.mean(&cheek);
    Rect::new(centre.x, centre.y, centre.x, centre.y).grown(0.15 * inter_eye)
}

/// The numbers of all pixels of `area` that lie in the picture.
pub fn pixels_of(area: Rect, width: usize, height: usize) -> impl Iterator<Item = usize> {
    let columns = area.left.max(0.0) as usize..(area.right.max(0.0) as usize).min(width);
    let rows = area.top.max(0.0) as usize..(area.bottom.max(0.0) as usize).min(height);
    rows.flat_map(move |y| columns.clone().map(move |x| y * width + x))
}

/// A polygon with every corner moved away from the middle by `margin` pixels.
fn swollen(polygon: &[Point], margin: f32) -> Vec<Point> {
    let n = polygon.len() as f32;
    let middle = Point::new(
        polygon.iter().map(|p| p.x).sum::<f32>() / n,
        polygon.iter().map(|p| p.y).sum::<f32>() / n,
    );
    let outwards = |p: &Point| {
        let distance = middle.distance(*p).max(1e-3);
        let factor = (distance + margin) / distance;
        Point::new(middle.x + (p.x - middle.x) * factor, middle.y + (p.y - middle.y) * factor)
    };
    polygon.iter().map(outwards).collect()
}

/// Sets every pixel whose middle lies in `polygon` (even-odd) to `value`.
fn fill(plane: &mut [bool], width: usize, polygon: &[Point], value: bool) {
    let Some(bounds) = Rect::around(polygon.iter().copied()) else { return };
    let height = plane.len() / width;
    let rows = bounds.top.max(0.0) as usize..(bounds.bottom.max(0.0).ceil() as usize).min(height);
    let mut crossings = Vec::new();
    for y in rows {
        let middle = y as f32 + 0.5;
        crossings.clear();
        for (from, to) in polygon.iter().zip(polygon.iter().cycle().skip(1)) {
            if (from.y <= middle) != (to.y <= middle) {
                crossings.push(from.x + (middle - from.y) / (to.y - from.y) * (to.x - from.x));
            }
        }
        crossings.sort_by(f32::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let column = |x: f32| ((x + 0.5).max(0.0) as usize).min(width);
            let (from, to) = (column(pair[0]), column(pair[1]));
            plane[y * width + from..y * width + to.max(from)].fill(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_fills_the_pixels_whose_middles_it_holds() {
        let mut plane = vec![false; 8 * 8];
        let square = [(1.6, 2.0), (5.4, 2.0), (5.4, 4.0), (1.6, 4.0)].map(|(x, y)| Point::new(x, y));
        fill(&mut plane, 8, &square, true);
        let filled: Vec<usize> = (0..64).filter(|&at| plane[at]).collect();
        assert_eq!(filled, [18, 19, 20, 26, 27, 28]);
    }

    #[test]
    fn a_person_grows_by_the_margin_and_no_further() {
        let mut person = vec![0; 20 * 20];
        person[10 * 20 + 10] = 255;
        let grown = grown(&person, 20, 3);
        assert!(grown[7 * 20 + 10] && grown[13 * 20 + 13] && grown[10 * 20 + 7]);
        assert!(!grown[6 * 20 + 10] && !grown[14 * 20 + 10] && !grown[10 * 20 + 14]);
    }

    #[test]
    fn a_picture_without_anybody_is_background_but_for_its_edge() {
        let picture = Picture::filled(480, 640, [100, 197, 255]);
        let lab = LabPlanes::of(&picture);
        let background = Background::of(&picture, &lab, &vec![0; 480 * 640]).expect("background");
        assert_eq!(background.count, 464 * 624);
        assert!((background.blocks[0].colour.l - 75.9).abs() < 0.2);
        assert!(background.blocks.iter().all(|block| !block.beside_person));
    }
}
