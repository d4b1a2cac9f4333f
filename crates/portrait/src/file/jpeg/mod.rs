//! JPEG to picture: the file is walked for what it states, then decoded strictly.

#[cfg(not(target_arch = "wasm32"))]
mod libjpeg;

#[cfg(not(target_arch = "wasm32"))]
use crate::file::Wanted;
use crate::{
    file::{
        FileFacts, Opened, Refusal, Said, check_size,
        markers::{self, Frame, Walk},
        profile, quality,
        tags::{self, Tags},
    },
    picture::Picture,
};

/// Scans times pixels that are decoded at most: twenty passes over 60 megapixels, some ten seconds.
const MOST_WORK: u64 = 1_200_000_000;

#[cfg(not(target_arch = "wasm32"))]
pub(super) fn open(bytes: &[u8], wanted: Wanted) -> Result<Opened, Refusal> {
    finished(bytes, |frame, orientation| {
        let eighths = eighths(frame, orientation, wanted);
        Ok((libjpeg::decode(bytes, eighths)?, eighths))
    })
}

/// A file whose pixels somebody else decoded, all of them and as they are stored.
pub(super) fn with_pixels(bytes: &[u8], picture: Picture) -> Result<Opened, Refusal> {
    finished(bytes, |frame, _| {
        let is_whole = (frame.width as usize, frame.height as usize) == (picture.width(), picture.height());
        is_whole.then_some((picture, 8)).ok_or(UNDECODED)
    })
}

/// From what a file states and its decoded pixels, with the eighths they were decoded at, to the picture.
fn finished(
    bytes: &[u8],
    decoded: impl FnOnce(&Frame, u16) -> Result<(Picture, u8), Refusal>,
) -> Result<Opened, Refusal> {
    let walk = markers::walk(bytes)?;
    let Some(frame) = &walk.frame else { return Err(Refusal::Truncated) };
    check_frame(frame, walk.scans)?;
    let tags = Tags::read(walk.exif.as_deref());
    let orientation = tags.orientation.unwrap_or(1);
    let (mut picture, eighths) = decoded(frame, orientation)?;
    let profile = walk.profile.as_ref().map(|found| found.as_deref().map_err(|&()| ()));
    let colour = profile::to_srgb(&mut picture, frame.components == 1, profile, &tags);
    let mut facts = facts(bytes, &walk, frame, &tags);
    (facts.colour, facts.scale_eighths) = (colour, eighths);
    Ok(Opened { picture: tags::upright(picture, orientation), facts })
}

fn check_frame(frame: &Frame, scans: u32) -> Result<(), Refusal> {
    check_size(frame.width, frame.height)?;
    if u64::from(scans) * u64::from(frame.width) * u64::from(frame.height) > MOST_WORK {
        return Err(Refusal::TooManyScans(scans));
    }
    match frame.components {
        _ if frame.bits != 8 => {
            Err(Refusal::RareJpeg(Said { en: "more than 8 bits per colour", zh: "每色超过 8 位" }))
        }
        1 | 3 => Ok(()),
        4 => Err(Refusal::Cmyk),
        _ => Err(Refusal::RareJpeg(Said {
            en: "an unusual number of colour components",
            zh: "颜色分量数少见",
        })),
    }
}

const UNDECODED: Refusal =
    Refusal::Damaged(Said { en: "its picture data do not decode", zh: "图像数据无法解码" });

/// The smallest decode scale of 1, 2, 4 or 8 eighths that is still as large as wanted; 3/8 is slower than 4/8.
#[cfg(not(target_arch = "wasm32"))]
fn eighths(frame: &Frame, orientation: u16, wanted: Wanted) -> u8 {
    let Wanted::AtLeast { width, height } = wanted else { return 8 };
    let (width, height) = if tags::is_sideways(orientation) { (height, width) } else { (width, height) };
    [1, 2, 4]
        .into_iter()
        .find(|&n| {
            (frame.width * u32::from(n)).div_ceil(8) >= width
                && (frame.height * u32::from(n)).div_ceil(8) >= height
        })
        .unwrap_or(8)
}

fn facts(bytes: &[u8], walk: &Walk, frame: &Frame, tags: &Tags) -> FileFacts {
    let orientation = tags.orientation.unwrap_or(1);
    let (mut width, mut height) = (frame.width, frame.height);
    if tags::is_sideways(orientation) {
        (width, height) = (height, width);
    }
    let (dpi, density_contradiction) = density(walk, tags);
    FileFacts {
        width,
        height,
        dpi,
        components: frame.components,
        bits: frame.bits,
        bytes: bytes.len() as u64,
        quality: quality::identify(&walk.tables),
        progressive: Some(frame.progressive),
        comment: walk.comments > 0,
        trailing_bytes: walk.trailing as u64,
        comments: walk.comments,
        orientation,
        format: "jpeg",
        nearest_quality: quality::nearest(&walk.tables),
        density_contradiction,
        density_unit: walk.density.map(|density| density.unit),
        subsampling: subsampling(frame),
        scans: walk.scans,
        software: tags.software.clone(),
        ..FileFacts::default()
    }
}

/// Dots per inch, and whether JFIF and EXIF contradict each other by more than half a dot.
fn density(walk: &Walk, tags: &Tags) -> (Option<f64>, bool) {
    let jfif = walk.density.and_then(|density| match density.unit {
        1 if density.x == density.y => Some(f64::from(density.x)),
        2 if density.x == density.y => Some(f64::from(density.x) * 2.54),
        _ => None,
    });
    match (jfif, tags.dpi) {
        (Some(a), Some(b)) if (a - b).abs() > 0.5 => (None, true),
        (jfif, exif) => (jfif.or(exif), false),
    }
}

fn subsampling(frame: &Frame) -> Option<(u8, u8)> {
    let [luma, chroma, _] = frame.sampling.as_slice() else { return None };
    Some((luma.0.checked_div(chroma.0)?, luma.1.checked_div(chroma.1)?))
}
