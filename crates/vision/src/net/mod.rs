//! A network ready to run: a list of steps over numbered memory slots.
//!
//! [`Net::compile`] checks every shape once, packs the weights, fuses activations into the step before them and lets
//! tensors whose lives do not meet share a slot; running can then neither fail nor allocate much.

mod compile;
pub mod kernels;
mod landmarks;
mod lanes;
mod steps;

use std::sync::{Mutex, PoisonError};

use kernels::Size;
pub use lanes::Level;
use steps::Step;

use crate::{Error, tflite::Model};

/// A network.
#[derive(Debug)]
pub struct Net {
    steps: Vec<Step>,
    slot_sizes: Vec<usize>,
    input: usize,
    input_len: usize,
    outputs: Vec<Output>,
    /// Memory of finished runs, taken up by the next: one for each thread that ran at the same time.
    idle: Mutex<Vec<Memory>>,
}

/// Where an output lies after a run.
#[derive(Debug, Clone, Copy)]
struct Output {
    slot: usize,
    len: usize,
}

/// What one run writes to.
#[derive(Debug, Default)]
struct Memory {
    slots: Vec<Vec<f32>>,
    scratch: Vec<f32>,
}

impl Net {
    /// Prepares a `.tflite` file.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        Self::compile(&Model::read(bytes)?)
    }

    /// Prepares a model.
    pub fn compile(model: &Model) -> Result<Self, Error> {
        compile::compile(model)
    }

    /// Number of values the input takes.
    pub fn input_len(&self) -> usize {
        self.input_len
    }

    /// Runs the network: `fill` writes the input, `read` takes what it needs of the outputs.
    pub fn run<T>(&self, fill: impl FnOnce(&mut [f32]), read: impl FnOnce(&[&[f32]]) -> T) -> T {
        self.run_at(Level::best(), fill, read)
    }

    /// Runs the network with the instructions of one level.
    pub fn run_at<T>(
        &self,
        level: Level,
        fill: impl FnOnce(&mut [f32]),
        read: impl FnOnce(&[&[f32]]) -> T,
    ) -> T {
        let mut memory = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        memory.slots.resize_with(self.slot_sizes.len(), Vec::new);
        for (slot, &size) in memory.slots.iter_mut().zip(&self.slot_sizes) {
            slot.resize(size, 0.0);
        }
        fill(&mut memory.slots[self.input][..self.input_len]);
        for step in &self.steps {
            step.run(&mut memory, level);
        }
        let outputs: Vec<&[f32]> = self.outputs.iter().map(|o| &memory.slots[o.slot][..o.len]).collect();
        let result = read(&outputs);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        result
    }
}
