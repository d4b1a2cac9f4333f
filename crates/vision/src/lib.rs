//! Neural models on the CPU: a picture in, a [`Look`] out.
//!
//! The nets run as their packages ship them, in a small engine of our own: [`tflite`] reads a file, [`net`] prepares
//! and runs it, and one module for each net says what goes in and what comes out.
//! Nothing here judges; limits are data of a standard.

mod canonical;
mod detector;
mod flat;
mod mesh;
pub mod net;
mod person;
mod pose;
mod recognition;
pub mod tflite;
mod warp;
mod weights;

pub use canonical::{CanonicalMesh, canonical_mesh};
use detector::Detector;
use mesh::FaceMesh;
use person::PersonMask;
use portrait::{
    look::{Descriptor, Look, Mesh},
    picture::Picture,
};
use recognition::Recognition;

/// Why a model cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// An offset leads out of the file.
    #[error("the model file is damaged at byte {at}")]
    Damaged {
        /// Byte offset.
        at: usize,
    },
    /// Something that the engine does not do.
    #[error("the model has {0}, which this engine does not run")]
    Unsupported(&'static str),
}

/// All nets, ready to run; one is enough for all threads.
#[derive(Debug)]
pub struct Vision {
    detector: Detector,
    mesh: FaceMesh,
    person: PersonMask,
    recognition: Recognition,
}

impl Vision {
    /// Prepares the packaged nets.
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            detector: Detector::new(weights::face_detector())?,
            mesh: FaceMesh::new(weights::attention_mesh())?,
            person: PersonMask::new(weights::PERSON)?,
            recognition: Recognition::new(weights::RECOGNITION)?,
        })
    }

    /// Everything the nets see in a picture.
    pub fn look(&self, picture: &Picture) -> Look {
        let faces = self.detector.find(picture);
        let mesh = faces.first().and_then(|face| self.mesh.lay(picture, face));
        Look {
            person: Some(self.person.whole(picture)),
            head: mesh.as_ref().map(|mesh| self.person.head(picture, mesh)),
            pose: mesh.as_ref().and_then(pose::fit),
            expression: None,
            mesh,
            faces,
        }
    }

    /// The main face as a point among faces; `None` without a face.
    pub fn describe(&self, picture: &Picture) -> Option<Descriptor> {
        let faces = self.detector.find(picture);
        let mesh = self.mesh.lay(picture, faces.first()?)?;
        Some(self.descriptor(picture, &mesh))
    }

    /// A face whose landmarks are known as a point among faces.
    pub fn descriptor(&self, picture: &Picture, mesh: &Mesh) -> Descriptor {
        self.recognition.describe(picture, mesh)
    }
}
