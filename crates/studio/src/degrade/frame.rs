//! The frame: a border around the picture.

use portrait::picture::Picture;

/// A black border of `width` px on all four sides.
pub fn border(picture: &Picture, width: f32) -> Picture {
    let mut framed = picture.clone();
    let (columns, rows, depth) = (picture.width(), picture.height(), width.round() as usize);
    for y in 0..rows {
        for x in 0..columns {
            if x < depth || y < depth || x >= columns - depth || y >= rows - depth {
                framed.set_pixel(x, y, [12, 12, 12]);
            }
        }
    }
    framed
}
