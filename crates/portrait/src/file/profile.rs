//! Embedded colour: from what a file's profile or EXIF names to sRGB.

use std::panic::{AssertUnwindSafe, catch_unwind};

use moxcms::{ColorProfile, DataColorSpace, Layout, ParsingOptions, Transform8BitExecutor, TransformOptions};

use crate::{
    file::{ColourSource, tags::Tags},
    picture::Picture,
};

/// Larger profiles are not read; those of cameras and screens have 500 B to 1 MB.
const LARGEST: usize = 4 << 20;

/// Converts a picture to sRGB in place and says by what.
pub(super) fn to_srgb(
    picture: &mut Picture,
    grey: bool,
    profile: Option<Result<&[u8], ()>>,
    tags: &Tags,
) -> ColourSource {
    match profile {
        Some(Ok(data)) => {
            // The profile is outside data and the library is large: a panic in it costs the profile, not the batch.
            catch_unwind(AssertUnwindSafe(|| by_profile(picture, grey, data)))
                .ok()
                .flatten()
                .unwrap_or(ColourSource::BrokenProfile)
        }
        Some(Err(())) => ColourSource::BrokenProfile,
        None if tags.adobe_rgb && !grey => match transform(&ColorProfile::new_adobe_rgb(), Layout::Rgb) {
            Some(transform) => {
                convert(picture, &*transform, Layout::Rgb);
                ColourSource::AdobeRgb
            }
            None => ColourSource::Assumed,
        },
        None if tags.srgb => ColourSource::Srgb,
        None => ColourSource::Assumed,
    }
}

fn by_profile(picture: &mut Picture, grey: bool, data: &[u8]) -> Option<ColourSource> {
    let options = ParsingOptions { max_profile_size: LARGEST, ..ParsingOptions::default() };
    let profile = ColorProfile::new_from_slice_with_options(data, options).ok()?;
    let layout = match profile.color_space {
        DataColorSpace::Rgb => Layout::Rgb,
        DataColorSpace::Gray if grey => Layout::Gray,
        _ => return None,
    };
    let transform = transform(&profile, layout)?;
    if changes_nothing(&*transform, layout) {
        return Some(ColourSource::Srgb);
    }
    convert(picture, &*transform, layout);
    Some(ColourSource::Profile)
}

fn transform(from: &ColorProfile, layout: Layout) -> Option<std::sync::Arc<Transform8BitExecutor>> {
    from.create_transform_8bit(layout, &ColorProfile::new_srgb(), Layout::Rgb, TransformOptions::default())
        .ok()
}

/// Tries a grid of colours: a profile that moves none by more than 1/255 is sRGB under whatever name.
fn changes_nothing(transform: &Transform8BitExecutor, layout: Layout) -> bool {
    const STEPS: [u8; 9] = [0, 32, 64, 96, 128, 160, 192, 224, 255];
    let mut colours = Vec::with_capacity(3 * STEPS.len().pow(3));
    for r in STEPS {
        for g in STEPS {
            colours.extend(STEPS.into_iter().flat_map(|b| [r, g, b]));
        }
    }
    let Some(mut probe) = Picture::new(colours.len() / 3, 1, colours) else { return false };
    let before = if layout == Layout::Gray {
        probe.rgb().chunks_exact(3).flat_map(|pixel| [pixel[0]; 3]).collect()
    } else {
        probe.rgb().to_vec()
    };
    convert(&mut probe, transform, layout);
    probe.rgb().iter().zip(&before).all(|(a, b)| a.abs_diff(*b) <= 1)
}

fn convert(picture: &mut Picture, transform: &Transform8BitExecutor, layout: Layout) {
    let row_bytes = picture.width() * 3;
    let mut source = Vec::with_capacity(row_bytes);
    for row in picture.rgb_mut().chunks_exact_mut(row_bytes) {
        source.clear();
        if layout == Layout::Gray {
            source.extend(row.iter().step_by(3));
        } else {
            source.extend_from_slice(row);
        }
        // The only error is a length that does not fit the layouts, which cannot be here; the row then stays as it was.
        let _ = transform.transform(&source, row);
    }
}
