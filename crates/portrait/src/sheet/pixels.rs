//! A sheet as pixels, for photo printers that take JPEG.

use ab_glyph::{Font, PxScale, point};

use super::{Caption, DPI, MARK_WIDTH_MM, Place, Sheet, dots};
use crate::picture::Picture;

impl Sheet {
    /// The whole sheet at 300 dpi on white paper.
    pub fn picture(&self) -> Picture {
        let paper = self.layout.sheet;
        let mut picture = Picture::filled(dots(paper.width) as usize, dots(paper.height) as usize, [255; 3]);
        for place in &self.layout.photos {
            lay(&self.portrait, &mut picture, place);
            if let Some(caption) = &self.caption {
                write(caption, &mut picture, &self.strip_of(place));
            }
        }
        for &[x1, y1, x2, y2] in &self.layout.marks {
            stroke(&mut picture, [x1, y1, x2, y2]);
        }
        picture
    }

    /// Where a photo's caption stands.
    pub(super) fn strip_of(&self, photo: &Place) -> Place {
        Place { top: photo.top + photo.height - self.strip, height: self.strip, ..*photo }
    }
}

fn lay(portrait: &Picture, onto: &mut Picture, place: &Place) {
    let (left, top) = (dots(place.left) as usize, dots(place.top) as usize);
    let bottom = (top + portrait.height()).min(onto.height());
    let width = portrait.width().min(onto.width() - left);
    for y in top..bottom {
        let start = (y * onto.width() + left) * 3;
        onto.rgb_mut()[start..start + width * 3].copy_from_slice(&portrait.row(y - top)[..width * 3]);
    }
}

/// A black stroke, a whole pixel wide; what lies outside the paper is not drawn.
fn stroke(onto: &mut Picture, [x1, y1, x2, y2]: [f64; 4]) {
    let half = MARK_WIDTH_MM / 2.0;
    let range = |from: f64, to: f64, size: usize| {
        let start = (from / 25.4 * DPI).round().max(0.0) as usize;
        start.min(size)..((to / 25.4 * DPI).round().max(0.0) as usize).max(start + 1).min(size)
    };
    let (width, height) = (onto.width(), onto.height());
    for y in range(y1 - half, y2 + half, height) {
        for x in range(x1 - half, x2 + half, width) {
            onto.set_pixel(x, y, [0; 3]);
        }
    }
}

fn write(caption: &Caption, onto: &mut Picture, strip: &Place) {
    // Both were tried when the sheet was ordered; without them the strip stays empty.
    let Ok((em, start, baseline)) = caption.set(strip.width, strip.height) else { return };
    let Some(font) = caption.typeface.outlines() else { return };
    let pixels = |millimetres: f64| millimetres / 25.4 * DPI;
    // `ab_glyph` scales by the height from descent to ascent, not by the em.
    let units = f64::from(font.units_per_em().unwrap_or(1.0));
    let scale = PxScale::from((pixels(em) * f64::from(font.height_unscaled()) / units) as f32);
    for glyph in &caption.glyphs {
        let left = pixels(strip.left + start + em * glyph.left) as f32;
        let line = pixels(strip.top + baseline) as f32;
        let placed = ab_glyph::GlyphId(glyph.id).with_scale_and_position(scale, point(left, line));
        let Some(outlined) = font.outline_glyph(placed) else { continue };
        let corner = outlined.px_bounds().min;
        outlined.draw(|x, y, ink| {
            let (x, y) = (corner.x + x as f32, corner.y + y as f32);
            if x >= 0.0 && y >= 0.0 && (x as usize) < onto.width() && (y as usize) < onto.height() {
                let (x, y) = (x as usize, y as usize);
                let paper = onto.pixel(x, y);
                onto.set_pixel(
                    x,
                    y,
                    paper.map(|value| (f32::from(value) * (1.0 - ink.clamp(0.0, 1.0))) as u8),
                );
            }
        });
    }
}
