//! The crop cut out and scaled down, with its corner between pixels where it falls there.

use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::U8x3,
};

use super::Crop;
use crate::{picture::Picture, standard::Output};

/// Catmull–Rom: at an edge it overshoots by half of what Lanczos3 does (a test holds it), which would draw pale
/// lines between shoulders and wall; its edges are as narrow.
const FILTER: FilterType = FilterType::CatmullRom;

/// Cuts and scales a crop to the finished size.
///
/// The crop must lie inside the picture, as [`solve`](fn@super::solve) gives it.
pub fn render(picture: &Picture, crop: Crop, output: Output) -> Picture {
    let (width, height) = (picture.width() as u32, picture.height() as u32);
    // The last bit of a division must not reach over the edge.
    let left = crop.left.clamp(0.0, f64::from(width) - 1.0);
    let top = crop.top.clamp(0.0, f64::from(height) - 1.0);
    let wide = crop.width(output).min(f64::from(width) - left);
    let tall = crop.height(output).min(f64::from(height) - top);
    let source = TypedImageRef::<U8x3>::from_buffer(width, height, picture.rgb())
        .expect("a picture has three bytes for every pixel");
    let mut finished = Picture::filled(output.width as usize, output.height as usize, [0; 3]);
    let mut target = TypedImage::<U8x3>::from_buffer(output.width, output.height, finished.rgb_mut())
        .expect("a picture has three bytes for every pixel");
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FILTER)).crop(left, top, wide, tall);
    Resizer::new().resize_typed(&source, &mut target, &options).expect("the crop lies inside");
    finished
}

/// The copy that is looked at and measured, at most one and a half times as tall as the finished photo (the nets see
/// 256 px at most), and how many pixels of the picture one of its pixels is; `None` when the picture itself serves.
pub fn looked_at(picture: &Picture, output: Output) -> (Option<Picture>, f64) {
    let tallest = f64::from(output.height) * 1.5;
    let scale = picture.height() as f64 / tallest;
    if scale <= 1.0 {
        return (None, 1.0);
    }
    let size = Output {
        width: (picture.width() as f64 / scale).round().max(1.0) as u32,
        height: tallest as u32,
        dpi: output.dpi,
    };
    (Some(render(picture, Crop { left: 0.0, top: 0.0, scale: 1.0 / scale }, size)), scale)
}
