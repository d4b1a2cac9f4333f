//! A sheet as a PDF: photos as pixels at 300 dpi without further loss, marks as strokes, captions as text with their font.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use krilla::{
    Document,
    color::rgb,
    geom::{PathBuilder, Point, Size, Transform},
    image::{BitsPerComponent, CustomImage, Image, ImageColorspace},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, Stroke},
    surface::Surface,
    text::{Font, GlyphId, KrillaGlyph},
};

use super::{Caption, CaptionProblem, MARK_WIDTH_MM, Place, Sheet};
use crate::picture::Picture;

/// Points of a length in millimetres.
fn points(millimetres: f64) -> f32 {
    (millimetres / 25.4 * 72.0) as f32
}

impl Sheet {
    /// The sheet as a PDF of one page.
    ///
    /// # Errors
    /// [`CaptionProblem::NoFont`] when the font cannot be embedded.
    pub fn pdf(&self) -> Result<Vec<u8>, CaptionProblem> {
        // A font is outside data and its library large: a panic in it is a font that cannot be read.
        catch_unwind(AssertUnwindSafe(|| self.written())).unwrap_or(Err(CaptionProblem::NoFont))
    }

    fn written(&self) -> Result<Vec<u8>, CaptionProblem> {
        let font = self.caption.as_ref().map(font).transpose()?;
        let mut document = Document::new();
        document.set_metadata(Metadata::new().creator("Xueying".to_owned()).language("zh-CN".to_owned()));
        let paper = self.layout.sheet;
        let settings = PageSettings::from_wh(points(paper.width), points(paper.height));
        let mut page = document.start_page_with(settings.unwrap_or_default());
        let mut surface = page.surface();
        let image =
            Image::from_custom(Pixels::of(&self.portrait), false).map_err(|_| CaptionProblem::NoFont)?;
        for place in &self.layout.photos {
            self.photo(&mut surface, place, image.clone());
            if let (Some(caption), Some(font)) = (&self.caption, &font) {
                text(&mut surface, caption, font, &self.strip_of(place))?;
            }
        }
        self.marks(&mut surface);
        surface.finish();
        page.finish();
        document.finish().map_err(|_| CaptionProblem::NoFont)
    }

    fn photo(&self, surface: &mut Surface, place: &Place, image: Image) {
        let size = Size::from_wh(points(place.width), points(place.height - self.strip));
        surface.push_transform(&Transform::from_translate(points(place.left), points(place.top)));
        if let Some(size) = size {
            surface.draw_image(image, size);
        }
        surface.pop();
    }

    fn marks(&self, surface: &mut Surface) {
        let stroke = Stroke { width: points(MARK_WIDTH_MM), ..Stroke::default() };
        surface.set_fill(None);
        surface.set_stroke(Some(stroke));
        for &[x1, y1, x2, y2] in &self.layout.marks {
            let mut path = PathBuilder::new();
            path.move_to(points(x1), points(y1));
            path.line_to(points(x2), points(y2));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn font(caption: &Caption) -> Result<Font, CaptionProblem> {
    let typeface = &caption.typeface;
    Font::new(typeface.data.clone().into(), typeface.index).ok_or(CaptionProblem::NoFont)
}

fn text(surface: &mut Surface, caption: &Caption, font: &Font, strip: &Place) -> Result<(), CaptionProblem> {
    let (em, start, baseline) = caption.set(strip.width, strip.height)?;
    let glyphs: Vec<KrillaGlyph> = caption
        .glyphs
        .iter()
        .map(|glyph| {
            let id = GlyphId::new(u32::from(glyph.id));
            KrillaGlyph::new(id, glyph.advance as f32, 0.0, 0.0, 0.0, glyph.bytes.clone(), None)
        })
        .collect();
    let black =
        Fill { paint: rgb::Color::new(0, 0, 0).into(), opacity: NormalizedF32::ONE, ..Fill::default() };
    surface.set_stroke(None);
    surface.set_fill(Some(black));
    let at = Point::from_xy(points(strip.left + start), points(strip.top + baseline));
    surface.draw_glyphs(at, &glyphs, font.clone(), &caption.text, points(em), false);
    Ok(())
}

/// A picture as the PDF library takes it: deflated, without loss.
#[derive(Clone, Hash)]
struct Pixels {
    rgb: Arc<Vec<u8>>,
    size: (u32, u32),
}

impl Pixels {
    fn of(picture: &Picture) -> Self {
        let size = (picture.width() as u32, picture.height() as u32);
        Self { rgb: Arc::new(picture.rgb().to_vec()), size }
    }
}

impl CustomImage for Pixels {
    fn color_channel(&self) -> &[u8] {
        &self.rgb
    }

    fn alpha_channel(&self) -> Option<&[u8]> {
        None
    }

    fn bits_per_component(&self) -> BitsPerComponent {
        BitsPerComponent::Eight
    }

    fn size(&self) -> (u32, u32) {
        self.size
    }

    fn icc_profile(&self) -> Option<&[u8]> {
        None
    }

    fn color_space(&self) -> ImageColorspace {
        ImageColorspace::Rgb
    }
}
