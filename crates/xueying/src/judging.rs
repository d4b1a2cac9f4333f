//! Judging one photo: bytes → picture → look → readings → findings.

use std::path::Path;

use anyhow::{Result, anyhow};
use portrait::{
    evidence::Drawing,
    file::{self, Opened, Refusal},
    inspection::{self, Inspection},
    measure::{self, Readings, scene::Scene},
    picture::Picture,
    standard::Standard,
};
use vision::Vision;

use crate::{language::Language, standards};

/// A picture below this on its shorter side cannot hold a face that the detector's 128 px could show.
const LEAST_SIDE: usize = 16;

/// What every photo of a batch is judged with.
pub struct Judge {
    /// The nets.
    pub vision: Vision,
    /// The limits.
    pub standard: Standard,
    /// The language of problems.
    pub language: Language,
}

/// A photo's judgement and the size of the picture it was made on.
pub struct Judged {
    /// The judgement.
    pub inspection: Inspection,
    /// Width and height of the inspected picture, px; less than the file's where that was decoded smaller.
    pub size: (usize, usize),
}

impl Judge {
    /// Loads the nets and the standard that is named.
    pub fn new(standard: &str, language: Language) -> Result<Self> {
        Ok(Self { vision: Vision::new()?, standard: standards::load(standard, language)?, language })
    }

    /// Judges a photo; `path` gives the extension, nothing is read from it.
    ///
    /// What is many times larger than a finished photo is decoded at no less than twice the standard's size:
    /// a camera's 24 million pixels would take 400 MB to measure and can only fail.
    pub fn inspect(&self, path: &Path, bytes: &[u8]) -> Result<Judged> {
        let output = self.standard.output;
        let Opened { picture, facts } = opened(
            file::open_scaled(bytes, extension(path).as_deref(), 2 * output.width, 2 * output.height),
            self.language,
        )?;
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

/// A file opened as a photo, or a refusal in words.
pub fn opened(opened: Result<Opened, Refusal>, language: Language) -> Result<Opened> {
    let opened = opened.map_err(|refusal| anyhow!(language.pick(refusal.zh(), refusal.to_string())))?;
    let (width, height) = (opened.picture.width(), opened.picture.height());
    if width.min(height) < LEAST_SIDE {
        return Err(anyhow!(language.pick(
            format!("图像只有 {width}×{height} 像素，不可能是照片；请检查文件"),
            format!("the picture has only {width}×{height} pixels, which is no photo; check the file"),
        )));
    }
    Ok(opened)
}
