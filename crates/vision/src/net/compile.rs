//! From a model's operators to steps: shapes checked, activations fused, memory shared.

use std::{collections::BTreeMap, sync::Mutex};

use super::{
    Net, Output,
    kernels::{Activation, Convolution, Dense, Depthwise, Doubling, Size, Window},
    steps::{Grid, Place, Step, Work},
};
use crate::Error;
use crate::tflite::{Kind, LandmarksToMatrix, Model, Operator, Padding};

/// A step before its tensors have slots.
struct Draft {
    work: Work,
    inputs: Vec<usize>,
    output: usize,
    activation: Activation,
}

/// Prepares a model to run.
pub fn compile(model: &Model) -> Result<Net, Error> {
    let drafts = fuse(model, draft_all(model)?);
    let [input] = model.inputs[..] else { return Err(Error::Unsupported("a model with several inputs")) };
    let slots = Slots::assign(model, &drafts, input);
    let place = |tensor: usize| {
        let slot =
            slots.of.get(&tensor).copied().ok_or(Error::Unsupported("a value that nothing computes"))?;
        Ok(Place { slot, len: model.tensors[tensor].len() })
    };
    let mut steps = Vec::new();
    for draft in drafts {
        steps.push(Step {
            work: draft.work,
            inputs: draft.inputs.iter().map(|&tensor| place(tensor)).collect::<Result<_, Error>>()?,
            output: place(draft.output)?,
            activation: draft.activation,
            channels: channels(model, draft.output),
        });
    }
    let outputs =
        model.outputs.iter().map(|&tensor| place(tensor).map(|p| Output { slot: p.slot, len: p.len }));
    let outputs = outputs.collect::<Result<_, Error>>()?;
    let Place { slot: input, len: input_len } = place(input)?;
    Ok(Net { steps, slot_sizes: slots.sizes, input, input_len, outputs, idle: Mutex::default() })
}

fn draft_all(model: &Model) -> Result<Vec<Draft>, Error> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut known: Vec<bool> = model.tensors.iter().map(|t| t.constant.is_some()).collect();
    for &input in &model.inputs {
        known[input] = true;
    }
    for operator in &model.operators {
        if operator.inputs.iter().any(|&i| !known[i]) || model.tensors[operator.output].constant.is_some() {
            return Err(Error::Unsupported("operators out of order"));
        }
        known[operator.output] = true;
        drafts.push(Builder { model, operator }.draft()?);
    }
    Ok(drafts)
}

/// Moves an activation into the step before it when nobody else reads that step's result.
fn fuse(model: &Model, drafts: Vec<Draft>) -> Vec<Draft> {
    let mut readers: BTreeMap<usize, usize> = BTreeMap::new();
    for &tensor in drafts.iter().flat_map(|d| &d.inputs).chain(&model.outputs) {
        *readers.entry(tensor).or_default() += 1;
    }
    let mut fused: Vec<Draft> = Vec::new();
    for draft in drafts {
        let is_activation = matches!(draft.work, Work::Copy) && draft.activation != Activation::None;
        let before = fused.iter_mut().find(|d| is_activation && d.output == draft.inputs[0]);
        match before {
            Some(before) if before.activation == Activation::None && readers[&before.output] == 1 => {
                before.activation = draft.activation;
                before.output = draft.output;
            }
            _ => fused.push(draft),
        }
    }
    fused
}

/// Which slot each computed tensor uses.
struct Slots {
    of: BTreeMap<usize, usize>,
    sizes: Vec<usize>,
}

impl Slots {
    /// Goes through the steps and takes up slots whose tensors nobody reads any more.
    fn assign(model: &Model, drafts: &[Draft], input: usize) -> Self {
        let mut last_use: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, draft) in drafts.iter().enumerate() {
            for &tensor in &draft.inputs {
                last_use.insert(tensor, at);
            }
        }
        for &tensor in &model.outputs {
            last_use.insert(tensor, usize::MAX);
        }
        let mut slots = Self { of: BTreeMap::new(), sizes: Vec::new() };
        let mut free: Vec<usize> = Vec::new();
        slots.take(input, model.tensors[input].len(), &mut free);
        for (at, draft) in drafts.iter().enumerate() {
            slots.take(draft.output, model.tensors[draft.output].len(), &mut free);
            let mut done: Vec<usize> = draft.inputs.iter().copied().filter(|t| last_use[t] == at).collect();
            done.sort_unstable();
            done.dedup();
            free.extend(done.iter().filter_map(|tensor| slots.of.get(tensor)));
        }
        slots
    }

    /// Gives a tensor the free slot that fits best, or a new one.
    fn take(&mut self, tensor: usize, len: usize, free: &mut Vec<usize>) {
        let best =
            (0..free.len()).min_by_key(|&i| (self.sizes[free[i]] < len, self.sizes[free[i]].abs_diff(len)));
        let slot = best.map_or_else(
            || {
                self.sizes.push(0);
                self.sizes.len() - 1
            },
            |i| free.swap_remove(i),
        );
        self.sizes[slot] = self.sizes[slot].max(len);
        self.of.insert(tensor, slot);
    }
}

fn channels(model: &Model, tensor: usize) -> usize {
    model.tensors[tensor].shape.last().copied().unwrap_or(1).max(1)
}

/// Makes the step of one operator.
struct Builder<'a> {
    model: &'a Model,
    operator: &'a Operator,
}

impl Builder<'_> {
    fn draft(&self) -> Result<Draft, Error> {
        let mut activation = Activation::None;
        let work = match &self.operator.kind {
            Kind::Convolution { padding, stride, relu } => {
                activation = relu_if(*relu);
                self.convolution(*padding, *stride)?
            }
            Kind::Depthwise { padding, stride, relu } => {
                activation = relu_if(*relu);
                self.depthwise(*padding, *stride)?
            }
            Kind::MaxPool { padding, stride, kernel } => Work::MaxPool {
                window: self.window(*padding, *stride, *kernel)?,
                channels: self.same_channels()?,
            },
            Kind::AveragePool { padding, stride, kernel } => Work::AveragePool {
                window: self.window(*padding, *stride, *kernel)?,
                channels: self.same_channels()?,
            },
            Kind::Add { relu } => {
                activation = relu_if(*relu);
                self.repeated()?;
                Work::Add
            }
            Kind::Multiply => self.multiply()?,
            Kind::Relu => self.activation(&mut activation, Activation::Relu)?,
            Kind::HardSwish => self.activation(&mut activation, Activation::HardSwish)?,
            Kind::Logistic => self.activation(&mut activation, Activation::Logistic)?,
            Kind::Prelu => {
                let slopes = self.constant(1, channels(self.model, self.operator.output))?.to_vec();
                self.activation(&mut activation, Activation::Prelu(slopes))?
            }
            Kind::Pad => self.pad()?,
            Kind::Reshape => self.same_length(Work::Copy)?,
            Kind::Concatenate { axis } => self.concatenate(*axis)?,
            Kind::ResizeBilinear { align_corners, half_pixel } => self.resize(*align_corners, *half_pixel)?,
            Kind::TransposedConvolution => self.double()?,
            Kind::LandmarksToMatrix(options) => self.landmarks_to_matrix(options)?,
            Kind::SampleByMatrix => {
                check(self.len(1)? == 16)?;
                Work::SampleByMatrix {
                    input: self.grid(0)?,
                    output: self.out_grid()?,
                    channels: self.same_channels()?,
                }
            }
            Kind::TransformLandmarks => {
                check(
                    self.len(1)? == 16 && self.len(0)? == self.out_len() && self.out_len().is_multiple_of(2),
                )?;
                Work::TransformLandmarks
            }
        };
        let inputs =
            self.operator.inputs.iter().copied().filter(|&t| self.model.tensors[t].constant.is_none());
        let inputs: Vec<usize> = inputs.collect();
        check(!inputs.is_empty())?;
        Ok(Draft { work, inputs, output: self.operator.output, activation })
    }

    fn landmarks_to_matrix(&self, options: &LandmarksToMatrix) -> Result<Work, Error> {
        let count = self.len(0)? / 3;
        let highest = options.subset.iter().chain([&options.left, &options.right]).max();
        check(highest.is_some_and(|&i| i < count) && self.out_len() == 16 && options.output.cells() > 0)?;
        Ok(Work::LandmarksToMatrix(Box::new(options.clone())))
    }

    fn convolution(&self, padding: Padding, stride: Size) -> Result<Work, Error> {
        let [outputs, height, width, inputs] = self.shape4(1)?;
        let kernel = Size { height, width };
        check(inputs == self.channels_in(0)? && outputs == channels(self.model, self.operator.output))?;
        let weights = self.constant(1, outputs * kernel.cells() * inputs)?;
        let dense = Dense::new(weights, self.constant(2, outputs)?, kernel.cells() * inputs);
        Ok(Work::Convolution(Convolution {
            dense,
            window: self.window(padding, stride, kernel)?,
            channels: inputs,
        }))
    }

    fn depthwise(&self, padding: Padding, stride: Size) -> Result<Work, Error> {
        let [_, height, width, channels] = self.shape4(1)?;
        check(channels == self.same_channels()?)?;
        let window = self.window(padding, stride, Size { height, width })?;
        let weights = self.constant(1, height * width * channels)?.to_vec();
        Ok(Work::Depthwise(Depthwise { weights, bias: self.constant(2, channels)?.to_vec(), window }))
    }

    /// A window over the first input that gives the output's grid.
    fn window(&self, padding: Padding, stride: Size, kernel: Size) -> Result<Window, Error> {
        let (input, output) = (self.grid(0)?, self.out_grid()?);
        let side = |input: usize, stride: usize, kernel: usize| match padding {
            Padding::Same => {
                let cells = input.div_ceil(stride);
                Some((cells, ((cells - 1) * stride + kernel).saturating_sub(input) / 2))
            }
            Padding::Valid => Some((input.checked_sub(kernel)? / stride + 1, 0)),
        };
        let rows = side(input.height, stride.height, kernel.height);
        let columns = side(input.width, stride.width, kernel.width);
        let (Some((height, top)), Some((width, left))) = (rows, columns) else {
            return Err(Error::Unsupported("a kernel larger than its input"));
        };
        check(output == Size { height, width } && kernel.cells() > 0)?;
        Ok(Window { kernel, stride, before: Size { height: top, width: left }, input, output })
    }

    fn multiply(&self) -> Result<Work, Error> {
        self.repeated()?;
        Ok(match &self.tensor(1)?.constant {
            Some(factors) => Work::MultiplyConstant(factors.clone()),
            None => Work::Multiply,
        })
    }

    /// Checks that the second input is as long as the first, or one value for each channel, or one value.
    fn repeated(&self) -> Result<(), Error> {
        let (first, second) = (self.len(0)?, self.len(1)?);
        let repeats = second == first || second == self.channels_in(0)? || second == 1;
        check(repeats && second > 0 && first == self.out_len())
    }

    fn activation(&self, slot: &mut Activation, activation: Activation) -> Result<Work, Error> {
        *slot = activation;
        self.same_length(Work::Copy)
    }

    fn same_length(&self, work: Work) -> Result<Work, Error> {
        check(self.len(0)? == self.out_len())?;
        Ok(work)
    }

    fn pad(&self) -> Result<Work, Error> {
        let before_after = self.constant(1, 8)?;
        let [_, top, left, first] = [0, 2, 4, 6].map(|i| before_after[i] as usize);
        let (input, output) = (self.grid(0)?, self.out_grid()?);
        let (from, to) = (self.channels_in(0)?, channels(self.model, self.operator.output));
        if from == to {
            check(top + input.height <= output.height && left + input.width <= output.width)?;
            let before = Size { height: top, width: left };
            return Ok(Work::PadGrid { channels: from, input, output, before });
        }
        check(input == output && first == 0 && from < to)?;
        Ok(Work::PadChannels { from, to })
    }

    fn concatenate(&self, axis: usize) -> Result<Work, Error> {
        let mut parts = Vec::new();
        for (i, &tensor) in self.operator.inputs.iter().enumerate() {
            check(self.model.tensors[tensor].constant.is_none())?;
            let shape = &self.tensor(i)?.shape;
            check(axis < shape.len())?;
            parts.push(shape[axis..].iter().product());
        }
        let total: usize = parts.iter().sum();
        let whole: usize = self.operator.inputs.iter().map(|&t| self.model.tensors[t].len()).sum();
        check(total > 0 && whole == self.out_len() && self.out_len().is_multiple_of(total))?;
        let blocks = self.out_len() / total;
        for (i, part) in parts.iter().enumerate() {
            check(self.len(i)? == part * blocks)?;
        }
        Ok(Work::Concatenate { parts })
    }

    fn resize(&self, align_corners: bool, half_pixel: bool) -> Result<Work, Error> {
        let grid = match (align_corners, half_pixel) {
            (true, _) => Grid::AlignedCorners,
            (false, true) => Grid::HalfPixel,
            (false, false) => Grid::Plain,
        };
        Ok(Work::Resize {
            input: self.grid(0)?,
            output: self.out_grid()?,
            channels: self.same_channels()?,
            grid,
        })
    }

    fn double(&self) -> Result<Work, Error> {
        let [outputs, 2, 2, channels] = self.shape4(1)? else { return Err(MISFIT) };
        let (input, output) = (self.grid(0)?, self.out_grid()?);
        check(
            channels == self.channels_in(0)? && outputs == self::channels(self.model, self.operator.output),
        )?;
        check(output == Size { height: input.height * 2, width: input.width * 2 })?;
        let weights = self.constant(1, outputs * 4 * channels)?;
        Ok(Work::Double(Doubling::new(weights, self.constant(2, outputs)?, input.width, channels)))
    }

    fn tensor(&self, input: usize) -> Result<&crate::tflite::Tensor, Error> {
        let tensor =
            self.operator.inputs.get(input).ok_or(Error::Unsupported("an operator without its inputs"))?;
        Ok(&self.model.tensors[*tensor])
    }

    fn len(&self, input: usize) -> Result<usize, Error> {
        self.tensor(input).map(crate::tflite::Tensor::len)
    }

    fn out_len(&self) -> usize {
        self.model.tensors[self.operator.output].len()
    }

    /// A constant input of a known length.
    fn constant(&self, input: usize, len: usize) -> Result<&[f32], Error> {
        let constant =
            self.tensor(input)?.constant.as_deref().ok_or(Error::Unsupported("weights that are computed"))?;
        check(constant.len() == len)?;
        Ok(constant)
    }

    fn shape4(&self, input: usize) -> Result<[usize; 4], Error> {
        self.tensor(input)?.shape.as_slice().try_into().map_err(|_| MISFIT)
    }

    fn grid(&self, input: usize) -> Result<Size, Error> {
        grid(&self.tensor(input)?.shape)
    }

    fn out_grid(&self) -> Result<Size, Error> {
        grid(&self.model.tensors[self.operator.output].shape)
    }

    fn channels_in(&self, input: usize) -> Result<usize, Error> {
        self.tensor(input)?.shape.last().copied().filter(|&c| c > 0).ok_or(MISFIT)
    }

    /// Channels of the first input, which the output shares.
    fn same_channels(&self) -> Result<usize, Error> {
        let channels = self.channels_in(0)?;
        check(channels == self::channels(self.model, self.operator.output))?;
        Ok(channels)
    }
}

const MISFIT: Error = Error::Unsupported("tensors whose shapes do not fit together");

fn check(fits: bool) -> Result<(), Error> {
    if fits { Ok(()) } else { Err(MISFIT) }
}

fn grid(shape: &[usize]) -> Result<Size, Error> {
    match *shape {
        [1, height, width, _] if height > 0 && width > 0 => Ok(Size { height, width }),
        _ => Err(MISFIT),
    }
}

fn relu_if(relu: bool) -> Activation {
    if relu { Activation::Relu } else { Activation::None }
}
