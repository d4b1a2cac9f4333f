//! The three operators of the attention mesh: it looks again, closer, at the lips and at each eye.
//!
//! A 2 × 3 matrix (in the first two rows of 4 × 4) maps the 16 × 16 grid of the closer look to the 48 × 48 grid of
//! features: shift to the box's centre · rotation · scale · shift by half a grid.

use super::Size;
use crate::tflite::LandmarksToMatrix;

/// The matrix for a levelled box around some landmarks (x, y, z each).
pub fn to_matrix(options: &LandmarksToMatrix, landmarks: &[f32], out: &mut [f32]) {
    let at = |i: usize| (landmarks[3 * i], landmarks[3 * i + 1]);
    let ((left_x, left_y), (right_x, right_y)) = (at(options.left), at(options.right));
    let (sin, cos) = (right_y - left_y).atan2(right_x - left_x).sin_cos();
    // The box in coordinates in which the line from left to right is level.
    let (mut low, mut high) = ([f32::MAX; 2], [f32::MIN; 2]);
    for &i in &options.subset {
        let (x, y) = at(i);
        for (axis, value) in [x * cos + y * sin, y * cos - x * sin].into_iter().enumerate() {
            low[axis] = low[axis].min(value);
            high[axis] = high[axis].max(value);
        }
    }
    let middle = [f32::midpoint(low[0], high[0]), f32::midpoint(low[1], high[1])];
    let centre = [middle[0] * cos - middle[1] * sin, middle[0] * sin + middle[1] * cos];
    let grid = [options.output.width as f32, options.output.height as f32];
    let scale = [0, 1].map(|axis| options.scale[axis] * (high[axis] - low[axis]) / grid[axis]);
    let (a, b) = (scale[0] * cos, -scale[1] * sin);
    let (c, d) = (scale[0] * sin, scale[1] * cos);
    let half = grid.map(|side| side / 2.0);
    let shift = [centre[0] - a * half[0] - b * half[1], centre[1] - c * half[0] - d * half[1]];
    out.copy_from_slice(&[
        a, b, 0.0, shift[0], //
        c, d, 0.0, shift[1], //
        0.0, 0.0, 1.0, 0.0, //
        0.0, 0.0, 0.0, 1.0,
    ]);
}

/// Samples features bilinearly on the mapped grid; zero outside.
pub fn sample(features: &[f32], matrix: &[f32], out: &mut [f32], input: Size, output: Size, channels: usize) {
    let [a, b, _, mut tx] = [matrix[0], matrix[1], matrix[2], matrix[3]];
    let [c, d, _, mut ty] = [matrix[4], matrix[5], matrix[6], matrix[7]];
    // Cell centres of both grids lie at half positions.
    tx += 0.5 * (a + b) - 0.5;
    ty += 0.5 * (c + d) - 0.5;
    for (pixel, out) in out.chunks_exact_mut(channels).enumerate() {
        let (x, y) = ((pixel % output.width) as f32, (pixel / output.width) as f32);
        let (from_x, from_y) = (a * x + b * y + tx, c * x + d * y + ty);
        let (left, top) = (from_x.floor(), from_y.floor());
        let (across, down) = (from_x - left, from_y - top);
        out.fill(0.0);
        for (dx, dy, weight) in [
            (0.0, 0.0, (1.0 - across) * (1.0 - down)),
            (1.0, 0.0, across * (1.0 - down)),
            (0.0, 1.0, (1.0 - across) * down),
            (1.0, 1.0, across * down),
        ] {
            let (column, row) = (left + dx, top + dy);
            if column < 0.0 || row < 0.0 || column >= input.width as f32 || row >= input.height as f32 {
                continue;
            }
            let at = (row as usize * input.width + column as usize) * channels;
            for (o, v) in out.iter_mut().zip(&features[at..at + channels]) {
                *o += weight * v;
            }
        }
    }
}

/// Maps points (x, y) by a matrix.
pub fn transform(points: &[f32], matrix: &[f32], out: &mut [f32]) {
    for (out, point) in out.as_chunks_mut::<2>().0.iter_mut().zip(points.as_chunks::<2>().0) {
        out[0] = matrix[0] * point[0] + matrix[1] * point[1] + matrix[3];
        out[1] = matrix[4] * point[0] + matrix[5] * point[1] + matrix[7];
    }
}
