//! Reads the weights of face-api's nets and puts their layers together into an ordinary [`Model`].
//!
//! A weights file is a row of tensors, most of them quantised to bytes, described by a JSON manifest.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    Error,
    net::kernels::Size,
    tflite::{Kind, Model, Operator, Padding, Tensor},
};

/// Mean colour that the nets were trained to subtract; then they divide by 255.
const MEAN: [f32; 3] = [122.782, 117.001, 104.298];

/// Factor and offset that turn a byte of each channel into what the nets take.
pub fn normalised() -> [(f32, f32); 3] {
    MEAN.map(|mean| (1.0 / 255.0, -mean / 255.0))
}

#[derive(Deserialize)]
struct Group {
    weights: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    shape: Vec<usize>,
    quantization: Option<Quantization>,
}

#[derive(Deserialize)]
struct Quantization {
    scale: f32,
    min: f32,
}

const MISFIT: Error = Error::Unsupported("layers that do not fit together");

/// Tensors by name.
pub struct Weights(BTreeMap<String, (Vec<usize>, Vec<f32>)>);

impl Weights {
    /// Cuts the file into tensors.
    pub fn read(mut bytes: &[u8], manifest: &str) -> Result<Self, Error> {
        let groups: Vec<Group> = serde_json::from_str(manifest)
            .map_err(|_| Error::Unsupported("an unreadable weights manifest"))?;
        let mut tensors = BTreeMap::new();
        for Entry { name, shape, quantization } in groups.into_iter().flat_map(|group| group.weights) {
            let values = shape.iter().try_fold(1_usize, |product, &d| product.checked_mul(d));
            let size = values.and_then(|n| n.checked_mul(if quantization.is_some() { 1 } else { 4 }));
            let (data, rest) = size
                .and_then(|size| bytes.split_at_checked(size))
                .ok_or(Error::Unsupported("a weights file shorter than its manifest"))?;
            bytes = rest;
            let values = match quantization {
                Some(Quantization { scale, min }) => {
                    data.iter().map(|&q| f32::from(q) * scale + min).collect()
                }
                None => data.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect(),
            };
            tensors.insert(name, (shape, values));
        }
        Ok(Self(tensors))
    }

    /// Shape and values of a tensor, which is then gone.
    pub fn take(&mut self, name: &str) -> Result<(Vec<usize>, Vec<f32>), Error> {
        self.0.remove(name).ok_or(Error::Unsupported("a weights manifest without one of its layers"))
    }
}

/// Puts the net together tensor by tensor.
pub struct Builder {
    /// What is not yet used of the weights.
    pub weights: Weights,
    /// The net so far.
    pub model: Model,
}

impl Builder {
    /// A net that takes a colour square of `side` pixels and does nothing yet.
    pub fn new(weights: Weights, side: usize) -> Self {
        let input = Tensor { shape: vec![1, side, side, 3], constant: None };
        let model =
            Model { tensors: vec![input], operators: Vec::new(), inputs: vec![0], outputs: Vec::new() };
        Self { weights, model }
    }

    /// A convolution with its bias and the scale layer behind it.
    pub fn scaled_convolution(
        &mut self,
        x: usize,
        name: &str,
        stride: usize,
        padding: Padding,
    ) -> Result<usize, Error> {
        let (shape, mut filters) = self.weights.take(&format!("{name}/conv/filters"))?;
        let (_, mut bias) = self.weights.take(&format!("{name}/conv/bias"))?;
        let (_, scale) = self.weights.take(&format!("{name}/scale/weights"))?;
        let (_, shift) = self.weights.take(&format!("{name}/scale/biases"))?;
        let outputs = bias.len();
        if [scale.len(), shift.len()] != [outputs; 2] || !filters.len().is_multiple_of(outputs.max(1)) {
            return Err(MISFIT);
        }
        for (i, filter) in filters.iter_mut().enumerate() {
            *filter *= scale[i % outputs];
        }
        for ((bias, scale), shift) in bias.iter_mut().zip(&scale).zip(&shift) {
            *bias = *bias * scale + shift;
        }
        self.convolution(x, (shape, filters), bias, (stride, padding))
    }

    /// A convolution with its bias, halving the grid.
    pub fn plain_convolution(&mut self, x: usize, name: &str) -> Result<usize, Error> {
        let filters = self.weights.take(&format!("{name}/filters"))?;
        let (_, bias) = self.weights.take(&format!("{name}/bias"))?;
        self.convolution(x, filters, bias, (2, Padding::Same))
    }

    /// A convolution of every channel by itself, then one over all channels at each place.
    pub fn separable(&mut self, x: usize, name: &str, stride: usize) -> Result<usize, Error> {
        let (shape, filters) = self.weights.take(&format!("{name}/depthwise_filter"))?;
        let [_, height, width, channels] = self.shape(x);
        let [3, 3, inputs, 1] = shape[..] else { return Err(MISFIT) };
        if inputs != channels {
            return Err(MISFIT);
        }
        let filters = self.constant(vec![1, 3, 3, channels], filters);
        let bias = self.constant(vec![channels], vec![0.0; channels]);
        let kind = Kind::Depthwise {
            padding: Padding::Same,
            stride: Size { height: stride, width: stride },
            relu: false,
        };
        let shape = [1, height.div_ceil(stride), width.div_ceil(stride), channels];
        let x = self.push(kind, vec![x, filters, bias], shape);
        let filters = self.weights.take(&format!("{name}/pointwise_filter"))?;
        let (_, bias) = self.weights.take(&format!("{name}/bias"))?;
        self.convolution(x, filters, bias, (1, Padding::Valid))
    }

    /// A convolution with filters in the order kernel rows × kernel columns × inputs × outputs.
    pub fn convolution(
        &mut self,
        x: usize,
        (shape, filters): (Vec<usize>, Vec<f32>),
        bias: Vec<f32>,
        (stride, padding): (usize, Padding),
    ) -> Result<usize, Error> {
        let [kernel_height, kernel_width, inputs, outputs] = shape[..] else { return Err(MISFIT) };
        let [_, height, width, channels] = self.shape(x);
        if bias.len() != outputs || inputs != channels {
            return Err(MISFIT);
        }
        let row = kernel_height * kernel_width * inputs;
        let turned = (0..outputs * row).map(|i| filters[i % row * outputs + i / row]).collect();
        let side = |input: usize, kernel: usize| match padding {
            Padding::Same => Some(input.div_ceil(stride)),
            Padding::Valid => Some(input.checked_sub(kernel)? / stride + 1),
        };
        let rows = side(height, kernel_height).ok_or(MISFIT)?;
        let shape = [1, rows, side(width, kernel_width).ok_or(MISFIT)?, outputs];
        let filters = self.constant(vec![outputs, kernel_height, kernel_width, inputs], turned);
        let bias = self.constant(vec![outputs], bias);
        let kind = Kind::Convolution { padding, stride: Size { height: stride, width: stride }, relu: false };
        Ok(self.push(kind, vec![x, filters, bias], shape))
    }

    /// A last product with a matrix of inputs × outputs; an empty bias is zero.
    pub fn product(
        &mut self,
        x: usize,
        shape: &[usize],
        matrix: Vec<f32>,
        mut bias: Vec<f32>,
    ) -> Result<usize, Error> {
        let [inputs, outputs] = *shape else { return Err(MISFIT) };
        if bias.is_empty() {
            bias.resize(outputs, 0.0);
        }
        self.convolution(x, (vec![1, 1, inputs, outputs], matrix), bias, (1, Padding::Valid))
    }

    /// What is below zero becomes zero.
    pub fn relu(&mut self, x: usize) -> usize {
        let shape = self.shape(x);
        self.push(Kind::Relu, vec![x], shape)
    }

    /// The mean of each channel.
    pub fn mean(&mut self, x: usize) -> usize {
        let [_, height, width, channels] = self.shape(x);
        let (padding, size) = (Padding::Valid, Size { height, width });
        let kind = Kind::AveragePool { padding, stride: size, kernel: size };
        self.push(kind, vec![x], [1, 1, 1, channels])
    }

    /// Windows of `side` × `side`, two apart.
    pub fn pool(&mut self, x: usize, side: usize, kind: impl Fn(Padding, Size, Size) -> Kind) -> usize {
        let [_, height, width, channels] = self.shape(x);
        let kind = kind(Padding::Valid, Size { height: 2, width: 2 }, Size { height: side, width: side });
        self.push(kind, vec![x], [1, (height - side) / 2 + 1, (width - side) / 2 + 1, channels])
    }

    /// Zeros behind the last rows, columns or channels.
    pub fn pad(&mut self, x: usize, shape: [usize; 4]) -> usize {
        let before = self.shape(x);
        let amounts =
            (0..8).map(|i| if i % 2 == 0 { 0.0 } else { (shape[i / 2] - before[i / 2]) as f32 }).collect();
        let amounts = self.constant(vec![4, 2], amounts);
        self.push(Kind::Pad, vec![x, amounts], shape)
    }

    /// The sum of two tensors.
    pub fn add(&mut self, a: usize, b: usize) -> usize {
        let shape = self.shape(a);
        self.push(Kind::Add { relu: false }, vec![a, b], shape)
    }

    /// The dimensions of a tensor of four.
    pub fn shape(&self, tensor: usize) -> [usize; 4] {
        let shape = &self.model.tensors[tensor].shape;
        std::array::from_fn(|i| shape[i])
    }

    /// Adds a tensor with values.
    pub fn constant(&mut self, shape: Vec<usize>, values: Vec<f32>) -> usize {
        self.model.tensors.push(Tensor { shape, constant: Some(values) });
        self.model.tensors.len() - 1
    }

    /// Adds an operator; gives its output.
    pub fn push(&mut self, kind: Kind, inputs: Vec<usize>, shape: [usize; 4]) -> usize {
        self.model.tensors.push(Tensor { shape: shape.to_vec(), constant: None });
        let output = self.model.tensors.len() - 1;
        self.model.operators.push(Operator { kind, inputs, output });
        output
    }
}
