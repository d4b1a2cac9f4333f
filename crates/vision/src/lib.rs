//! Neural models on the CPU: a picture in, a [`Look`] out.
//!
//! The nets run as their packages ship them, in a small engine of our own: [`tflite`] reads a file, [`net`] prepares
//! and runs it, and one module for each net says what goes in and what comes out.
//! Nothing here judges; limits are data of a standard. In a web page no faces are compared: recognition stays out.

mod canonical;
mod detector;
mod expression;
#[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "recognition alone uses all of it"))]
mod faceapi;
mod flat;
mod mesh;
pub mod net;
mod person;
mod pose;
#[cfg(not(target_arch = "wasm32"))]
mod recognition;
#[cfg(test)]
mod reference;
pub mod tflite;
mod warp;
pub mod weights;

pub use canonical::{CanonicalMesh, canonical_mesh};
use detector::Detector;
use expression::ExpressionNet;
use mesh::{FaceMesh, PlainMesh};
use person::PersonMask;
#[cfg(not(target_arch = "wasm32"))]
use portrait::look::Descriptor;
use portrait::{
    look::{Expression, Face, Look, Mask, Mesh},
    picture::Picture,
};
#[cfg(not(target_arch = "wasm32"))]
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
    outline: PlainMesh,
    person: PersonMask,
    expression: ExpressionNet,
    #[cfg(not(target_arch = "wasm32"))]
    recognition: Recognition,
}

impl Vision {
    /// Prepares the packaged nets.
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            detector: Detector::new(weights::face_detector())?,
            mesh: FaceMesh::new(weights::attention_mesh())?,
            outline: PlainMesh::new(weights::plain_mesh())?,
            person: PersonMask::new(weights::PERSON)?,
            expression: ExpressionNet::new(weights::EXPRESSION)?,
            #[cfg(not(target_arch = "wasm32"))]
            recognition: Recognition::new(weights::RECOGNITION)?,
        })
    }

    /// Everything the nets see in a picture.
    pub fn look(&self, picture: &Picture) -> Look {
        let mut faces = self.detector.find(picture);
        let main = (0..faces.len()).find_map(|i| Some((i, self.mesh.lay(picture, &faces[i])?)));
        let mesh = main.map(|(i, mesh)| {
            // What no mesh holds on to was no face; it stays in the list, behind.
            faces[..=i].rotate_right(1);
            mesh
        });
        Look {
            outline: mesh.as_ref().and_then(|_| self.outline.lay(picture, faces.first()?)),
            person: Some(self.person.whole(picture)),
            head: mesh.as_ref().map(|mesh| self.person.head(picture, mesh)),
            pose: mesh.as_ref().and_then(pose::fit),
            expression: mesh.as_ref().map(|mesh| self.expression(picture, mesh)),
            mesh,
            faces,
        }
    }

    /// All faces in a picture, the main one first.
    pub fn faces(&self, picture: &Picture) -> Vec<Face> {
        self.detector.find(picture)
    }

    /// The landmarks of a face; `None` when there is none after all.
    pub fn mesh(&self, picture: &Picture, face: &Face) -> Option<Mesh> {
        self.mesh.lay(picture, face)
    }

    /// Where a person is in the whole picture.
    pub fn person(&self, picture: &Picture) -> Mask {
        self.person.whole(picture)
    }

    /// The expression of a face whose landmarks are known.
    pub fn expression(&self, picture: &Picture, mesh: &Mesh) -> Expression {
        self.expression.read(picture, mesh)
    }

    /// The main face as a point among faces; `None` without a face.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn describe(&self, picture: &Picture) -> Option<Descriptor> {
        let faces = self.detector.find(picture);
        let mesh = self.mesh.lay(picture, faces.first()?)?;
        Some(self.descriptor(picture, &mesh))
    }

    /// A face whose landmarks are known as a point among faces.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn descriptor(&self, picture: &Picture, mesh: &Mesh) -> Descriptor {
        self.recognition.describe(picture, mesh)
    }
}
