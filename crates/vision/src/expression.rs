//! The expression net of face-api: an upright square around the face, 112 × 112, in, seven probabilities out.

use portrait::{
    look::{Expression, Mesh},
    picture::{Picture, Point},
};

use crate::{
    Error,
    faceapi::{Builder, Weights, normalised},
    net::{Net, kernels::Size},
    warp::{Similarity, warp},
};

/// Side of the input.
const SIDE: usize = 112;
/// Distance of the eyes from the mouth as a share of the square's side, as face-api aligns (`FaceLandmarks.align`).
const EYES_TO_MOUTH: f32 = 0.45;
/// Where the middle of eyes and mouth lies in the square.
const MIDDLE: Point = Point::new(0.5, 0.43);

/// The net.
#[derive(Debug)]
pub struct ExpressionNet(pub Net);

impl ExpressionNet {
    /// Prepares the net from its weights and their manifest.
    pub fn new((bytes, manifest): (&[u8], &str)) -> Result<Self, Error> {
        let mut builder = Builder::new(Weights::read(bytes, manifest)?, SIDE);
        whole_net(&mut builder)?;
        Ok(Self(Net::compile(&builder.model)?))
    }

    /// The expression of a face.
    pub fn read(&self, picture: &Picture, mesh: &Mesh) -> Expression {
        let chip = square(mesh);
        self.0.run(
            |input| {
                let grid = Size { height: SIDE, width: SIDE };
                warp(picture, &chip, grid, normalised(), input);
            },
            |outputs| probabilities(outputs[0]),
        )
    }
}

/// The square of the picture that face-api would cut out.
fn square(mesh: &Mesh) -> Similarity {
    let left = mesh.mean(&[33, 160, 158, 133, 153, 144]);
    let right = mesh.mean(&[362, 385, 387, 263, 373, 380]);
    let mouth = mesh.mean(&[61, 39, 0, 269, 291, 405, 17, 181]);
    let side = f32::midpoint(left.distance(mouth), right.distance(mouth)) / EYES_TO_MOUTH;
    let middle = Point::new((left.x + right.x + mouth.x) / 3.0, (left.y + right.y + mouth.y) / 3.0);
    Similarity { a: side / SIDE as f32, b: 0.0, x: middle.x - MIDDLE.x * side, y: middle.y - MIDDLE.y * side }
}

/// Softmax over the net's seven numbers.
fn probabilities(raw: &[f32]) -> Expression {
    let highest = raw.iter().copied().fold(f32::MIN, f32::max);
    let parts: [f32; 7] = std::array::from_fn(|i| (raw[i] - highest).exp());
    let total: f32 = parts.iter().sum();
    let [neutral, happy, sad, angry, fearful, disgusted, surprised] = parts.map(|part| part / total);
    Expression { neutral, happy, sad, angry, fearful, disgusted, surprised }
}

/// Four dense blocks of four layers, the first layer of each halving the grid; then mean and a last product.
fn whole_net(net: &mut Builder) -> Result<(), Error> {
    let mut x = 0;
    for block in 0..4 {
        let layer = |i: usize| format!("dense{block}/conv{i}");
        let first = match block {
            0 => net.plain_convolution(x, &layer(0))?,
            _ => net.separable(x, &layer(0), 2)?,
        };
        let first = net.relu(first);
        let mut sum = net.separable(first, &layer(1), 1)?;
        for i in 2..4 {
            let through = net.add(first, sum);
            let through = net.relu(through);
            let next = net.separable(through, &layer(i), 1)?;
            sum = net.add(sum, next);
        }
        x = net.add(first, sum);
        x = net.relu(x);
    }
    x = net.mean(x);
    let (shape, matrix) = net.weights.take("fc/weights")?;
    let (_, bias) = net.weights.take("fc/bias")?;
    let out = net.product(x, &shape, matrix, bias)?;
    if net.shape(out)[3] != 7 {
        return Err(Error::Unsupported("another number of expressions"));
    }
    net.model.outputs.push(out);
    Ok(())
}
