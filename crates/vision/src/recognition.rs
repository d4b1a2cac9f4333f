//! The recognition net of face-api (dlib's ResNet): an aligned 150 × 150 chip in, a 128-number descriptor out.
//!
//! Its scale layers are folded into the convolutions before them.

use crate::{
    Error,
    faceapi::{Builder, Weights, normalised},
    net::{Net, kernels::Size},
    tflite::{Kind, Padding},
    warp::{Similarity, warp},
};
use portrait::{
    look::{Descriptor, Mesh},
    picture::{Picture, Point},
};

/// Side of the chip in pixels.
const CHIP: usize = 150;
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
pub struct Recognition(pub Net);

impl Recognition {
    /// Prepares the net from its weights and their manifest.
    pub fn new((bytes, manifest): (&[u8], &str)) -> Result<Self, Error> {
        let mut builder = Builder::new(Weights::read(bytes, manifest)?, CHIP);
        whole_net(&mut builder)?;
        Ok(Self(Net::compile(&builder.model)?))
    }

    /// Describes a face.
    pub fn describe(&self, picture: &Picture, mesh: &Mesh) -> Descriptor {
        let similarity = alignment(mesh);
        self.0.run(
            |input| {
                warp(picture, &similarity, Size { height: CHIP, width: CHIP }, normalised(), input);
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

fn whole_net(net: &mut Builder) -> Result<(), Error> {
    const STAGES: [(&str, &[&str]); 4] = [
        ("", &["conv32_1", "conv32_2", "conv32_3"]),
        ("conv64_down", &["conv64_1", "conv64_2", "conv64_3"]),
        ("conv128_down", &["conv128_1", "conv128_2"]),
        ("conv256_down", &["conv256_1", "conv256_2"]),
    ];
    let mut x = net.scaled_convolution(0, "conv32_down", 2, Padding::Valid)?;
    x = net.relu(x);
    x = net.pool(x, 3, |padding, stride, kernel| Kind::MaxPool { padding, stride, kernel });
    for (down, blocks) in STAGES {
        if !down.is_empty() {
            x = narrowing(net, x, down)?;
        }
        for name in blocks {
            let inner = net.scaled_convolution(x, &format!("{name}/conv1"), 1, Padding::Same)?;
            let inner = net.relu(inner);
            let inner = net.scaled_convolution(inner, &format!("{name}/conv2"), 1, Padding::Same)?;
            x = net.add(inner, x);
            x = net.relu(x);
        }
    }
    x = narrowing(net, x, "conv256_down_out")?;
    x = net.mean(x);
    let (shape, matrix) = net.weights.take("fc")?;
    let out = net.product(x, &shape, matrix, Vec::new())?;
    net.model.outputs.push(out);
    Ok(())
}

/// A residual block that halves the grid; the shortcut is averaged and gains empty channels.
fn narrowing(net: &mut Builder, x: usize, name: &str) -> Result<usize, Error> {
    let inner = net.scaled_convolution(x, &format!("{name}/conv1"), 2, Padding::Valid)?;
    let inner = net.relu(inner);
    let mut inner = net.scaled_convolution(inner, &format!("{name}/conv2"), 1, Padding::Same)?;
    let mut pooled = net.pool(x, 2, |padding, stride, kernel| Kind::AveragePool { padding, stride, kernel });
    let ([_, height, width, from], [_, rows, columns, to]) = (net.shape(pooled), net.shape(inner));
    if (rows, columns) != (height, width) {
        inner = net.pad(inner, [1, height, width, to]);
    }
    if from != to {
        pooled = net.pad(pooled, [1, height, width, to]);
    }
    let sum = net.add(pooled, inner);
    Ok(net.relu(sum))
}
