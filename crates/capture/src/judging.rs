//! Judging one photo: bytes → picture → look → readings → findings.

use std::path::Path;

use portrait::{
    evidence::Drawing,
    file::{self, Opened, Refusal, encode::EncodeError},
    inspection::{self, Inspection},
    measure::{self, Readings, scene::Scene},
    picture::Picture,
    standard::Standard,
};
use thiserror::Error;
use vision::Vision;

/// A picture below this on its shorter side cannot hold a face that the detector's 128 px could show.
const LEAST_SIDE: usize = 16;

/// Why a file is no photo that can be judged.
#[derive(Debug, Error)]
pub enum Unread {
    /// It cannot be opened.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Far too small.
    #[error("the picture has only {width}×{height} pixels, which is no photo; check the file")]
    Small {
        /// px
        width: usize,
        /// px
        height: usize,
    },
    /// It cannot be written within the standard's limits.
    #[error(transparent)]
    Encoding(#[from] EncodeError),
}

impl Unread {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.zh(),
            Self::Small { width, height } => {
                format!("图像只有 {width}×{height} 像素，不可能是照片；请检查文件")
            }
            Self::Encoding(error) => error.zh(),
        }
    }
}

/// What every photo of a batch is judged with.
pub struct Judge {
    /// The nets.
    pub vision: Vision,
    /// The limits.
    pub standard: Standard,
}

/// A photo's judgement and the size of the picture it was made on.
pub struct Judged {
    /// The judgement.
    pub inspection: Inspection,
    /// Width and height of the inspected picture, px; less than the file's where that was decoded smaller.
    pub size: (usize, usize),
}

impl Judge {
    /// Judges a photo; `path` gives the extension, nothing is read from it.
    ///
    /// # Errors
    /// [`Unread`] when the file is no photo.
    ///
    /// What is many times larger than a finished photo is decoded at no less than twice the standard's size:
    /// a camera's 24 million pixels would take 400 MB to measure and can only fail.
    pub fn inspect(&self, path: &Path, bytes: &[u8]) -> Result<Judged, Unread> {
        let output = self.standard.output;
        let Opened { picture, facts } = opened(file::open_scaled(
            bytes,
            extension(path).as_deref(),
            2 * output.width,
            2 * output.height,
        ))?;
        let readings = self.read(&picture);
        let inspection = inspection::inspect(facts, readings, &self.standard);
        Ok(Judged { inspection, size: (picture.width(), picture.height()) })
    }

    /// Looks at a picture and measures everything on it.
    pub fn read(&self, picture: &Picture) -> Readings {
        let look = self.vision.look(picture);
        measure::measure(&Scene::new(picture, &look))
    }

    /// Looks at a picture and measures where the face stands.
    pub fn place(&self, picture: &Picture) -> Readings {
        let look = self.vision.look(picture);
        measure::place(&Scene::new(picture, &look))
    }
}

impl Judged {
    /// Guides and evidence in the pixels of the inspected picture.
    pub fn drawing(&self) -> Drawing {
        let mut drawing = Drawing::of(&self.inspection);
        (drawing.width, drawing.height) = (self.size.0 as f32, self.size.1 as f32);
        drawing
    }
}

/// The extension of a file's name, as facts want it.
pub fn extension(path: &Path) -> Option<String> {
    path.extension().map(|extension| extension.to_string_lossy().into_owned())
}

/// A file opened as a photo.
///
/// # Errors
/// [`Unread`] when it was refused, or is too small for one.
pub fn opened(opened: Result<Opened, Refusal>) -> Result<Opened, Unread> {
    let opened = opened?;
    let (width, height) = (opened.picture.width(), opened.picture.height());
    if width.min(height) < LEAST_SIDE {
        return Err(Unread::Small { width, height });
    }
    Ok(opened)
}
