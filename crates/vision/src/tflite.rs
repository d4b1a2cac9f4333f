//! Reads a TensorFlow Lite file into tensors and operators, half-precision constants widened.

use crate::{Error, flat::Table, net::kernels::Size};

/// A model as its file describes it.
#[derive(Debug, Clone)]
pub struct Model {
    /// Tensors by number.
    pub tensors: Vec<Tensor>,
    /// Operators in the order they run; constants are already folded.
    pub operators: Vec<Operator>,
    /// Tensor numbers of the inputs.
    pub inputs: Vec<usize>,
    /// Tensor numbers of the outputs.
    pub outputs: Vec<usize>,
}

/// A tensor.
#[derive(Debug, Clone)]
pub struct Tensor {
    /// Its dimensions.
    pub shape: Vec<usize>,
    /// Its values when the file gives them; integers are kept as numbers.
    pub constant: Option<Vec<f32>>,
}

impl Tensor {
    /// Number of values.
    pub(crate) fn len(&self) -> usize {
        self.shape.iter().product()
    }
}

/// One step of a model.
#[derive(Debug, Clone)]
pub struct Operator {
    /// What it does.
    pub kind: Kind,
    /// Tensors it reads.
    pub inputs: Vec<usize>,
    /// The tensor it writes.
    pub output: usize,
}

/// How a window is laid at the edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    /// The output has ceil(input / stride) cells.
    Same,
    /// Only windows inside the input.
    Valid,
}

/// What an operator does.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names are the format's own")]
pub enum Kind {
    Convolution { padding: Padding, stride: Size, relu: bool },
    Depthwise { padding: Padding, stride: Size, relu: bool },
    MaxPool { padding: Padding, stride: Size, kernel: Size },
    AveragePool { padding: Padding, stride: Size, kernel: Size },
    Add { relu: bool },
    Multiply,
    Relu,
    Prelu,
    HardSwish,
    Logistic,
    Pad,
    Reshape,
    Concatenate { axis: usize },
    ResizeBilinear { align_corners: bool, half_pixel: bool },
    TransposedConvolution,
    LandmarksToMatrix(Box<LandmarksToMatrix>),
    SampleByMatrix,
    TransformLandmarks,
}

/// Options of the operator that lays a square around some landmarks.
#[derive(Debug, Clone, PartialEq)]
pub struct LandmarksToMatrix {
    /// Landmarks that the square covers.
    pub subset: Vec<usize>,
    /// The left end of the line that is levelled.
    pub left: usize,
    /// Its right end.
    pub right: usize,
    /// How much wider and higher than the landmarks' box the square is.
    pub scale: [f32; 2],
    /// Size of the sampled grid.
    pub output: Size,
}

/// Dimensions above this are no model of ours; it bounds what a damaged file can allocate.
const MAX_VALUES: usize = 16 << 20;

impl Model {
    /// Reads a file.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let root = Table::root(bytes)?;
        let codes = root.tables(1)?;
        let graph = root.tables(2)?.into_iter().next().ok_or(Error::Unsupported("a file without a graph"))?;
        let buffers = root.tables(4)?;
        let mut tensors = Vec::new();
        for table in graph.tables(0)? {
            tensors.push(tensor(&table, &buffers)?);
        }
        let mut operators = Vec::new();
        for table in graph.tables(3)? {
            let code =
                codes.get(table.int(0, 0)? as usize).ok_or(Error::Unsupported("an unnamed operator"))?;
            operator(&table, code, &mut tensors, &mut operators)?;
        }
        let inputs = numbers(&graph.ints(1)?, tensors.len())?;
        let outputs = numbers(&graph.ints(2)?, tensors.len())?;
        Ok(Self { tensors, operators, inputs, outputs })
    }
}

fn tensor(table: &Table, buffers: &[Table]) -> Result<Tensor, Error> {
    let shape: Vec<usize> =
        table.ints(0)?.iter().map(|&d| usize::try_from(d).unwrap_or(usize::MAX)).collect();
    let values = shape.iter().try_fold(1_usize, |product, &d| product.checked_mul(d));
    let values = values.filter(|&n| n <= MAX_VALUES).ok_or(Error::Unsupported("a tensor too large"))?;
    let buffer =
        buffers.get(table.int(2, 0)? as usize).ok_or(Error::Unsupported("a tensor without a buffer"))?;
    let data = buffer.bytes(0)?;
    let constant = if data.is_empty() { None } else { Some(decode(data, table.byte(1, 0)?)?) };
    if constant.as_ref().is_some_and(|constant| constant.len() != values) {
        return Err(Error::Unsupported("a constant of another size than its shape"));
    }
    Ok(Tensor { shape, constant })
}

/// Values of a constant by the format's type number.
fn decode(data: &[u8], kind: u8) -> Result<Vec<f32>, Error> {
    match kind {
        0 => Ok(data.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect()),
        1 => Ok(data.as_chunks().0.iter().map(|&b| half(u16::from_le_bytes(b))).collect()),
        2 => Ok(data.as_chunks().0.iter().map(|&b| i32::from_le_bytes(b) as f32).collect()),
        _ => Err(Error::Unsupported("a tensor type other than f32, f16 and i32")),
    }
}

/// An IEEE 754 half as a single.
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f32::from(bits & 0x3ff);
    sign * match exponent {
        0 => fraction * 2.0_f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1024.0 + fraction) * 2.0_f32.powi(exponent - 25),
    }
}

/// Adds an operator, or folds it when it only widens a constant.
fn operator(
    table: &Table,
    code: &Table,
    tensors: &mut [Tensor],
    operators: &mut Vec<Operator>,
) -> Result<(), Error> {
    const DEQUANTIZE: i32 = 6;
    let number = code.int(3, 0)?.max(i32::from(code.byte(0, 0)?));
    let inputs = numbers(&table.ints(1)?, tensors.len())?;
    let output = *numbers(&table.ints(2)?, tensors.len())?
        .first()
        .ok_or(Error::Unsupported("an operator without an output"))?;
    if number == DEQUANTIZE {
        let source = inputs.first().and_then(|&i| tensors[i].constant.clone());
        tensors[output].constant =
            Some(source.ok_or(Error::Unsupported("half-precision values that are computed"))?);
        return Ok(());
    }
    let kind = kind(table, code, number)?;
    operators.push(Operator { kind, inputs, output });
    Ok(())
}

/// The operator by the format's number (`BuiltinOperator` of the schema).
fn kind(table: &Table, code: &Table, number: i32) -> Result<Kind, Error> {
    let options = table.table(4)?;
    let byte = |index| options.map_or(Ok(0), |o| o.byte(index, 0));
    let int = |index, default| options.map_or(Ok(default), |o: Table| o.int(index, default));
    let padding = || Ok::<_, Error>(if byte(0)? == 0 { Padding::Same } else { Padding::Valid });
    let size = |width, height| {
        Ok::<_, Error>(Size { width: positive(int(width, 1)?)?, height: positive(int(height, 1)?)? })
    };
    Ok(match number {
        0 => Kind::Add { relu: activation(byte(0)?)? },
        1 => Kind::AveragePool { padding: padding()?, stride: size(1, 2)?, kernel: size(3, 4)? },
        2 => Kind::Concatenate {
            axis: usize::try_from(int(0, 0)?).map_err(|_| Error::Unsupported("a negative axis"))?,
        },
        3 => Kind::Convolution { padding: padding()?, stride: size(1, 2)?, relu: activation(byte(3)?)? },
        4 => Kind::Depthwise { padding: padding()?, stride: size(1, 2)?, relu: activation(byte(4)?)? },
        14 => Kind::Logistic,
        17 => Kind::MaxPool { padding: padding()?, stride: size(1, 2)?, kernel: size(3, 4)? },
        18 => Kind::Multiply,
        19 => Kind::Relu,
        // A strided slice stands in one model only, where it takes everything.
        22 | 45 => Kind::Reshape,
        23 => Kind::ResizeBilinear { align_corners: byte(2)? != 0, half_pixel: byte(3)? != 0 },
        32 => custom(code.bytes(1)?, table.bytes(5)?)?,
        34 => Kind::Pad,
        54 => Kind::Prelu,
        117 => Kind::HardSwish,
        _ => return Err(Error::Unsupported("an operator that none of our models has")),
    })
}

/// The four operators that the `MediaPipe` models bring along.
fn custom(name: &[u8], options: &[u8]) -> Result<Kind, Error> {
    Ok(match name {
        b"Convolution2DTransposeBias" => Kind::TransposedConvolution,
        b"Landmarks2TransformMatrix" => Kind::LandmarksToMatrix(Box::new(landmarks_to_matrix(options)?)),
        b"TransformTensorBilinear" => Kind::SampleByMatrix,
        b"TransformLandmarks" => Kind::TransformLandmarks,
        _ => return Err(Error::Unsupported("a custom operator that none of our models has")),
    })
}

fn landmarks_to_matrix(options: &[u8]) -> Result<LandmarksToMatrix, Error> {
    let unreadable = |_| Error::Unsupported("unreadable options of Landmarks2TransformMatrix");
    let map = flexbuffers::Reader::get_root(options).map_err(unreadable)?.get_map().map_err(unreadable)?;
    let number = |key| map.index(key).map(|value| usize::from(value.as_u16())).map_err(unreadable);
    let scale = |key| map.index(key).map(|value| value.as_f32()).map_err(unreadable);
    let subset = map.index("subset_idxs").map_err(unreadable)?.get_vector().map_err(unreadable)?;
    Ok(LandmarksToMatrix {
        subset: subset.iter().map(|value| usize::from(value.as_u16())).collect(),
        left: number("left_rotation_idx")?,
        right: number("right_rotation_idx")?,
        scale: [scale("scale_x")?, scale("scale_y")?],
        output: Size { height: number("output_height")?, width: number("output_width")? },
    })
}

/// Whether a fused activation is a `ReLU`; no other is used.
fn activation(number: u8) -> Result<bool, Error> {
    match number {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::Unsupported("a fused activation other than ReLU")),
    }
}

fn positive(value: i32) -> Result<usize, Error> {
    usize::try_from(value).ok().filter(|&v| v > 0).ok_or(Error::Unsupported("a size of zero"))
}

/// Tensor numbers, checked.
fn numbers(indices: &[i32], tensors: usize) -> Result<Vec<usize>, Error> {
    let checked = |&i: &i32| usize::try_from(i).ok().filter(|&i| i < tensors);
    indices.iter().map(|i| checked(i).ok_or(Error::Unsupported("a tensor that is not there"))).collect()
}
