//! The recognition net of face-api (dlib's ResNet): an aligned 150 × 150 chip in, a 128-number descriptor out.
//!
//! The weights file is a row of quantised tensors described by a JSON manifest; scale layers are folded into the
//! convolutions before them, and the whole becomes an ordinary [`Model`].

use std::collections::BTreeMap;

use portrait::{
    look::{Descriptor, Mesh},
    picture::{Picture, Point},
};
use serde::Deserialize;

use crate::{
    Error,
    net::{Net, kernels::Size},
    tflite::{Kind, Model, Operator, Padding, Tensor},
    warp::{Border, Similarity, warp},
};

/// Side of the chip in pixels.
const CHIP: usize = 150;
/// Mean colour that the net was trained to subtract.
const MEAN: [f32; 3] = [122.782, 117.001, 104.298];
/// Where the outer and inner corner of each eye and the nose base (263, 362, 33, 133, 2) lie in dlib's five-point
/// chip of side 1 without padding.
const TEMPLATE: [(usize, Point); 5] = [
    (263, Point::new(0.879_508_6, 0.160_199_22)),
    (362, Point::new(0.615_996_3, 0.179_402_98)),
    (33, Point::new(0.134_668_97, 0.164_083_38)),
    (133, Point::new(0.399_186_3, 0.180_285_1)),
    (2, Point::new(0.515_117_8, 0.777_045_2)),
];
/// Padding around that chip as a share of its side.
const PADDING: f32 = 0.25;

/// The net.
#[derive(Debug)]
pub struct Recognition(Net);

impl Recognition {
    /// Prepares the net from its weights and their manifest.
    pub fn new((bytes, manifest): (&[u8], &str)) -> Result<Self, Error> {
        let mut builder = Builder::new(Weights::read(bytes, manifest)?);
        builder.whole_net()?;
        Ok(Self(Net::compile(&builder.model)?))
    }

    /// Describes a face.
    pub fn describe(&self, picture: &Picture, mesh: &Mesh) -> Descriptor {
        let similarity = alignment(mesh);
        self.0.run(
            |input| {
                let scale = MEAN.map(|mean| (1.0 / 255.0, -mean / 255.0));
                warp(
                    picture,
                    &similarity,
                    Size { height: CHIP, width: CHIP },
                    Border::Replicate,
                    scale,
                    input,
                );
            },
            |outputs| {
                let mut values = [0.0; 128];
                values.copy_from_slice(outputs[0]);
                Descriptor(values)
            },
        )
    }
}

/// The similarity that lays the chip over the picture so that the five points fit best (least squares).
fn alignment(mesh: &Mesh) -> Similarity {
    let side = CHIP as f32;
    let chip = TEMPLATE.map(|(_, p)| {
        let place = |v: f32| (v + PADDING) / (1.0 + 2.0 * PADDING) * side;
        Point::new(place(p.x), place(p.y))
    });
    let seen = TEMPLATE.map(|(index, _)| mesh.at(index));
    let mean = |points: &[Point; 5]| {
        let sum = points.iter().fold((0.0, 0.0), |(x, y), p| (x + p.x, y + p.y));
        Point::new(sum.0 / 5.0, sum.1 / 5.0)
    };
    let (from, to) = (mean(&chip), mean(&seen));
    let (mut along, mut across, mut spread) = (0.0, 0.0, 0.0);
    for (c, s) in chip.iter().zip(&seen) {
        let (cx, cy, sx, sy) = (c.x - from.x, c.y - from.y, s.x - to.x, s.y - to.y);
        along += cx * sx + cy * sy;
        across += cx * sy - cy * sx;
        spread += cx * cx + cy * cy;
    }
    let (a, b) = (along / spread, across / spread);
    Similarity { a, b, x: to.x - a * from.x + b * from.y, y: to.y - b * from.x - a * from.y }
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

/// Tensors by name.
struct Weights(BTreeMap<String, (Vec<usize>, Vec<f32>)>);

impl Weights {
    fn read(mut bytes: &[u8], manifest: &str) -> Result<Self, Error> {
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

    fn take(&mut self, name: &str) -> Result<(Vec<usize>, Vec<f32>), Error> {
        self.0.remove(name).ok_or(Error::Unsupported("a weights manifest without one of its layers"))
    }
}

/// Puts the net together tensor by tensor.
struct Builder {
    weights: Weights,
    model: Model,
}

impl Builder {
    fn new(weights: Weights) -> Self {
        let input = Tensor { shape: vec![1, CHIP, CHIP, 3], constant: None };
        let model =
            Model { tensors: vec![input], operators: Vec::new(), inputs: vec![0], outputs: Vec::new() };
        Self { weights, model }
    }

    fn whole_net(&mut self) -> Result<(), Error> {
        const STAGES: [(&str, &[&str]); 4] = [
            ("", &["conv32_1", "conv32_2", "conv32_3"]),
            ("conv64_down", &["conv64_1", "conv64_2", "conv64_3"]),
            ("conv128_down", &["conv128_1", "conv128_2"]),
            ("conv256_down", &["conv256_1", "conv256_2"]),
        ];
        let mut x = self.convolution(0, "conv32_down", 2, Padding::Valid, true)?;
        x = self.pool(x, 3, |padding, stride, kernel| Kind::MaxPool { padding, stride, kernel });
        for (down, blocks) in STAGES {
            if !down.is_empty() {
                x = self.narrowing(x, down)?;
            }
            for name in blocks {
                let inner = self.convolution(x, &format!("{name}/conv1"), 1, Padding::Same, true)?;
                let inner = self.convolution(inner, &format!("{name}/conv2"), 1, Padding::Same, false)?;
                x = self.add(inner, x);
            }
        }
        x = self.narrowing(x, "conv256_down_out")?;
        let [_, height, width, channels] = self.shape(x);
        let (padding, size) = (Padding::Valid, Size { height, width });
        x = self.push(
            Kind::AveragePool { padding, stride: size, kernel: size },
            vec![x],
            [1, 1, 1, channels],
        );
        let (shape, matrix) = self.weights.take("fc")?;
        let [inputs, outputs] = shape[..] else {
            return Err(Error::Unsupported("a last layer of another shape"));
        };
        let turned = (0..inputs * outputs).map(|i| matrix[i % inputs * outputs + i / inputs]).collect();
        let filters = self.constant(vec![outputs, 1, 1, inputs], turned);
        let bias = self.constant(vec![outputs], vec![0.0; outputs]);
        let kind =
            Kind::Convolution { padding: Padding::Valid, stride: Size { height: 1, width: 1 }, relu: false };
        let out = self.push(kind, vec![x, filters, bias], [1, 1, 1, outputs]);
        self.model.outputs.push(out);
        Ok(())
    }

    /// A residual block that halves the grid; the shortcut is averaged and gains empty channels.
    fn narrowing(&mut self, x: usize, name: &str) -> Result<usize, Error> {
        let inner = self.convolution(x, &format!("{name}/conv1"), 2, Padding::Valid, true)?;
        let mut inner = self.convolution(inner, &format!("{name}/conv2"), 1, Padding::Same, false)?;
        let mut pooled =
            self.pool(x, 2, |padding, stride, kernel| Kind::AveragePool { padding, stride, kernel });
        let ([_, height, width, from], [_, rows, columns, to]) = (self.shape(pooled), self.shape(inner));
        if (rows, columns) != (height, width) {
            inner = self.pad(inner, [1, height, width, to]);
        }
        if from != to {
            pooled = self.pad(pooled, [1, height, width, to]);
        }
        Ok(self.add(pooled, inner))
    }

    /// A convolution with its bias and the scale layer behind it.
    fn convolution(
        &mut self,
        x: usize,
        name: &str,
        stride: usize,
        padding: Padding,
        relu: bool,
    ) -> Result<usize, Error> {
        let (shape, filters) = self.weights.take(&format!("{name}/conv/filters"))?;
        let (_, bias) = self.weights.take(&format!("{name}/conv/bias"))?;
        let (_, scale) = self.weights.take(&format!("{name}/scale/weights"))?;
        let (_, shift) = self.weights.take(&format!("{name}/scale/biases"))?;
        let [kernel_height, kernel_width, inputs, outputs] = shape[..] else {
            return Err(Error::Unsupported("filters of another shape"));
        };
        if [bias.len(), scale.len(), shift.len()] != [outputs; 3] || inputs != self.shape(x)[3] {
            return Err(Error::Unsupported("layers that do not fit together"));
        }
        let row = kernel_height * kernel_width * inputs;
        let folded =
            (0..outputs * row).map(|i| filters[i % row * outputs + i / row] * scale[i / row]).collect();
        let bias = (0..outputs).map(|o| bias[o] * scale[o] + shift[o]).collect();
        let [_, height, width, _] = self.shape(x);
        let side = |input: usize, kernel: usize| match padding {
            Padding::Same => input.div_ceil(stride),
            Padding::Valid => (input - kernel) / stride + 1,
        };
        let shape = [1, side(height, kernel_height), side(width, kernel_width), outputs];
        let filters = self.constant(vec![outputs, kernel_height, kernel_width, inputs], folded);
        let bias = self.constant(vec![outputs], bias);
        let kind = Kind::Convolution { padding, stride: Size { height: stride, width: stride }, relu };
        Ok(self.push(kind, vec![x, filters, bias], shape))
    }

    fn pool(&mut self, x: usize, side: usize, kind: impl Fn(Padding, Size, Size) -> Kind) -> usize {
        let [_, height, width, channels] = self.shape(x);
        let kind = kind(Padding::Valid, Size { height: 2, width: 2 }, Size { height: side, width: side });
        self.push(kind, vec![x], [1, (height - side) / 2 + 1, (width - side) / 2 + 1, channels])
    }

    /// Zeros behind the last rows, columns or channels.
    fn pad(&mut self, x: usize, shape: [usize; 4]) -> usize {
        let before = self.shape(x);
        let amounts =
            (0..8).map(|i| if i % 2 == 0 { 0.0 } else { (shape[i / 2] - before[i / 2]) as f32 }).collect();
        let amounts = self.constant(vec![4, 2], amounts);
        self.push(Kind::Pad, vec![x, amounts], shape)
    }

    fn add(&mut self, a: usize, b: usize) -> usize {
        let shape = self.shape(a);
        self.push(Kind::Add { relu: true }, vec![a, b], shape)
    }

    fn shape(&self, tensor: usize) -> [usize; 4] {
        let shape = &self.model.tensors[tensor].shape;
        std::array::from_fn(|i| shape[i])
    }

    fn constant(&mut self, shape: Vec<usize>, values: Vec<f32>) -> usize {
        self.model.tensors.push(Tensor { shape, constant: Some(values) });
        self.model.tensors.len() - 1
    }

    fn push(&mut self, kind: Kind, inputs: Vec<usize>, shape: [usize; 4]) -> usize {
        self.model.tensors.push(Tensor { shape: shape.to_vec(), constant: None });
        let output = self.model.tensors.len() - 1;
        self.model.operators.push(Operator { kind, inputs, output });
        output
    }
}
