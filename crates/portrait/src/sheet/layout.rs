//! Where the photos stand on a sheet, where to cut, and which part of a photo fills its place.

use thiserror::Error;

/// Width and height in millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Millimetres {
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// What to print.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SheetSpec {
    /// The paper.
    pub sheet: Millimetres,
    /// One photo after cutting.
    pub photo: Millimetres,
    /// How many photos.
    pub count: usize,
    /// Height of the strip for a caption at the lower edge of each photo; 0 without one.
    pub strip: f64,
}

impl SheetSpec {
    /// What the portrait itself takes of a photo, above the strip.
    pub fn portrait(&self) -> Millimetres {
        Millimetres { width: self.photo.width, height: self.photo.height - self.strip }
    }
}

impl Default for SheetSpec {
    /// Eight small two-inch photos (小二寸, 33×48 mm) on six-inch paper (152×102 mm), what schools order.
    fn default() -> Self {
        Self {
            sheet: Millimetres { width: 152.0, height: 102.0 },
            photo: Millimetres { width: 33.0, height: 48.0 },
            count: 8,
            strip: 0.0,
        }
    }
}

/// A rectangle on the sheet in millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// A sheet laid out.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// The paper.
    pub sheet: Millimetres,
    /// The photos, row by row from the top left.
    pub photos: Vec<Place>,
    /// Strokes along the lines of cutting, `[x1, y1, x2, y2]`; none touches a photo.
    pub marks: Vec<[f64; 4]>,
}

/// The part of a photo that fills a place, in pixels of the photo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crop {
    /// Columns left out at the left; as many are left out at the right.
    pub left: f64,
    /// Width shown.
    pub width: f64,
    /// Height shown, from the top row; the rest is left out at the bottom.
    pub height: f64,
}

/// Why a sheet cannot be laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SheetProblem {
    /// A length or the count is zero, or a length is not a number.
    #[error("a print sheet needs at least one photo, and sides longer than 0 mm")]
    Empty,
    /// The photos are too large or too many.
    #[error("the photos do not fit on the sheet with 2 mm between them; print fewer or smaller ones")]
    TooFull,
    /// The portrait has too few pixels for its size on paper.
    #[error("at 300 dpi the photo would have to be enlarged, which blurs it; print it smaller")]
    TooFewPixels,
}

impl SheetProblem {
    /// The message in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Empty => "排版至少需要一张照片，且各边长须大于 0 毫米",
            Self::TooFull => "照片放不下（照片之间须留 2 毫米）；请减少张数或缩小尺寸",
            Self::TooFewPixels => "按 300 dpi 需要放大照片，会变模糊；请缩小打印尺寸",
        }
    }
}

/// Smallest gap between photos and to the edge: eight of 33×48 mm leave exactly this between two rows
/// on 102 mm, and a mark of 1 mm with its clearance needs it.
const SMALLEST_GAP_MM: f64 = 2.0;
/// Between a photo and the mark, so that a cut beside the line leaves no black on the photo.
const MARK_CLEARANCE_MM: f64 = 0.4;
/// Length of a mark: two marks and their clearances may meet in a gap but not cross into a photo.
const MARK_LENGTH_MM: f64 = 1.0;

/// Lays the photos out in equal rows and columns with the widest equal gaps.
///
/// # Errors
/// [`SheetProblem`] when they do not fit.
pub fn layout(spec: &SheetSpec) -> Result<Layout, SheetProblem> {
    let sides = [spec.sheet.width, spec.sheet.height, spec.photo.width, spec.portrait().height];
    if spec.count == 0 || sides.iter().any(|side| !side.is_finite() || *side <= 0.0) {
        return Err(SheetProblem::Empty);
    }
    // Photos are at least as wide as the gap that they need, so more columns never fit.
    let most_columns = (spec.sheet.width / spec.photo.width) as usize;
    let (columns, gap_x, gap_y) = (1..=most_columns.min(spec.count))
        .map(|columns| {
            let rows = spec.count.div_ceil(columns);
            let gap_x = gap(spec.sheet.width, spec.photo.width, columns);
            (columns, gap_x, gap(spec.sheet.height, spec.photo.height, rows))
        })
        .max_by(|one, other| one.1.min(one.2).total_cmp(&other.1.min(other.2)))
        .filter(|(_, gap_x, gap_y)| gap_x.min(*gap_y) >= SMALLEST_GAP_MM - 1e-9)
        .ok_or(SheetProblem::TooFull)?;
    let photos: Vec<Place> = (0..spec.count)
        .map(|number| Place {
            left: gap_x + (number % columns) as f64 * (spec.photo.width + gap_x),
            top: gap_y + (number / columns) as f64 * (spec.photo.height + gap_y),
            width: spec.photo.width,
            height: spec.photo.height,
        })
        .collect();
    let marks = photos.iter().flat_map(marks).collect();
    Ok(Layout { sheet: spec.sheet, photos, marks })
}

/// What is left between `count` photos and to both edges, in equal parts.
fn gap(sheet: f64, photo: f64, count: usize) -> f64 {
    (sheet - photo * count as f64) / (count + 1) as f64
}

/// Two strokes outwards at each corner.
fn marks(photo: &Place) -> [[f64; 4]; 8] {
    let (left, top) = (photo.left, photo.top);
    let (right, bottom) = (left + photo.width, top + photo.height);
    let (near, far) = (MARK_CLEARANCE_MM, MARK_CLEARANCE_MM + MARK_LENGTH_MM);
    [
        [left - far, top, left - near, top],
        [right + near, top, right + far, top],
        [left - far, bottom, left - near, bottom],
        [right + near, bottom, right + far, bottom],
        [left, top - far, left, top - near],
        [right, top - far, right, top - near],
        [left, bottom + near, left, bottom + far],
        [right, bottom + near, right, bottom + far],
    ]
}

/// The largest part of a photo of `width` × `height` pixels with the shape of its place. A photo that is
/// too wide loses as much at both sides; one that is too high loses rows at the bottom only, because
/// 教毕指〔2017〕99号 puts the hair 50–110 rows from the top.
pub fn crop(width: usize, height: usize, place: Millimetres) -> Crop {
    let (width, height) = (width as f64, height as f64);
    let shown_width = width.min(height * place.width / place.height);
    let shown_height = height.min(width * place.height / place.width);
    Crop { left: (width - shown_width) / 2.0, width: shown_width, height: shown_height }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(width: f64, height: f64, count: usize) -> SheetSpec {
        SheetSpec { photo: Millimetres { width, height }, count, ..SheetSpec::default() }
    }

    #[test]
    fn eight_small_two_inch_photos_stand_in_two_rows_of_four() {
        let found = layout(&SheetSpec::default()).unwrap();
        let corners: Vec<(f64, f64)> = found.photos.iter().map(|photo| (photo.left, photo.top)).collect();
        let row = |top| [4.0, 41.0, 78.0, 115.0].map(|left| (left, top));
        assert_eq!(corners, [row(2.0), row(52.0)].concat());
    }

    #[test]
    fn photos_keep_their_size_inside_the_sheet_and_marks_touch_none() {
        for spec in [spec(33.0, 48.0, 8), spec(35.0, 45.0, 8), spec(25.0, 35.0, 10), spec(40.0, 60.0, 3)] {
            let found = layout(&spec).unwrap();
            assert_eq!((found.photos.len(), found.marks.len()), (spec.count, 8 * spec.count));
            for photo in &found.photos {
                assert_eq!((photo.width, photo.height), (spec.photo.width, spec.photo.height));
                let (right, bottom) = (photo.left + photo.width, photo.top + photo.height);
                assert!(
                    photo.left >= 2.0 && photo.top >= 2.0 && right <= 150.0 && bottom <= 100.0,
                    "{photo:?}"
                );
                for [x1, y1, x2, y2] in &found.marks {
                    let apart = *x2 < photo.left || *x1 > right || *y2 < photo.top || *y1 > bottom;
                    assert!(apart, "a mark at {x1} {y1} touches {photo:?}");
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(layout(&spec(33.0, 48.0, 9)), Err(SheetProblem::TooFull));
        assert_eq!(layout(&spec(160.0, 48.0, 1)), Err(SheetProblem::TooFull));
        assert_eq!(layout(&spec(33.0, 48.0, 0)), Err(SheetProblem::Empty));
        assert_eq!(layout(&spec(0.0, 48.0, 8)), Err(SheetProblem::Empty));
        assert_eq!(layout(&spec(f64::NAN, 48.0, 8)), Err(SheetProblem::Empty));
    }

    #[test]
    fn a_finished_portrait_loses_its_sides_or_its_lower_edge_but_no_head() {
        let narrow = crop(480, 640, Millimetres { width: 33.0, height: 48.0 });
        assert_eq!(narrow, Crop { left: 20.0, width: 440.0, height: 640.0 });
        let wide = crop(480, 640, Millimetres { width: 35.0, height: 45.0 });
        assert_eq!((wide.left, wide.width, wide.height.round()), (0.0, 480.0, 617.0));
    }
}
