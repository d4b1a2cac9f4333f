//! Lays 478 landmarks over a face: the attention mesh, which looks twice at lips and eyes.

use portrait::{
    look::{Face, Landmark, Mesh},
    picture::Picture,
};

use crate::{
    Error,
    net::{Net, kernels::Size},
    tflite::{Kind, Model},
    warp::Region,
};

/// Side of the input.
const SIDE: usize = 192;
/// The face's box is widened by this much for the mesh.
const MARGIN: f32 = 1.5;
/// Points of the face without irises.
const FACE_POINTS: usize = 468;
/// Points of each iris.
const IRIS_POINTS: usize = 5;
/// How further looks at the lids differ from the first: the square's side (share), its place (shares of the side) and
/// its turn (radians).
const FURTHER: [(f32, [f32; 2], f32); 3] =
    [(0.97, [0.026, -0.015], 0.037), (1.03, [-0.026, -0.015], -0.037), (1.0, [0.0, 0.03], 0.0)];
/// A mesh that is less likely than this lies on no face.
const MIN_PRESENCE: f32 = 0.5;
/// The corners of the eyes, which one look sees steadily.
const EYE_CORNERS: [usize; 4] = [33, 133, 362, 263];
/// Points of an eye's outline at the head of its subset; an iris lies at their mean depth.
const EYE_OUTLINE: usize = 16;

/// The net and which landmarks its closer looks refine: lips, left eye, right eye of the picture.
#[derive(Debug)]
pub struct FaceMesh {
    pub net: Net,
    subsets: [Vec<usize>; 3],
}

impl FaceMesh {
    /// Prepares the net.
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        let model = Model::read(bytes)?;
        let subsets: Vec<Vec<usize>> = model
            .operators
            .iter()
            .filter_map(|operator| match &operator.kind {
                Kind::LandmarksToMatrix(options) => Some(options.subset.clone()),
                _ => None,
            })
            .collect();
        let lens: Vec<usize> = model.outputs.iter().map(|&output| model.tensors[output].len()).collect();
        let subsets = subsets.try_into().map_err(|_| Error::Unsupported("another mesh than ours"))?;
        let [lips, left, right] = &subsets;
        let iris = IRIS_POINTS * 2;
        let expected = [FACE_POINTS * 3, lips.len() * 2, left.len() * 2, right.len() * 2, iris, iris, 1];
        if lens != expected || [left, right].iter().any(|eye| eye.len() < EYE_OUTLINE) {
            return Err(Error::Unsupported("another mesh than ours"));
        }
        Ok(Self { net: Net::compile(&model)?, subsets })
    }

    /// The landmarks of a face; `None` when there is none after all.
    ///
    /// The lids are where four looks see them on average: one look moves the lids of narrow eyes by a tenth of the iris
    /// when the picture is resampled (σ .030 and .042 of it on two portraits, 48 resampled pictures each; the mean of
    /// four looks .011 and .020; of eight no less).
    pub fn lay(&self, picture: &Picture, face: &Face) -> Option<Mesh> {
        let square = region(face);
        let mut mesh = self.lay_in(picture, &square)?;
        let further: Option<Vec<Mesh>> = FURTHER
            .iter()
            .map(|&(scale, shift, turn)| self.lay_in(picture, &square.varied(scale, shift, turn)))
            .collect();
        let Some(further) = further else { return Some(mesh) };
        let share = 1.0 / (1 + further.len()) as f32;
        for index in self.lids() {
            let mean = |of: fn(&Landmark) -> f32| {
                share
                    * (of(&mesh.points[index])
                        + further.iter().map(|look| of(&look.points[index])).sum::<f32>())
            };
            let (x, y) = (mean(|point| point.x), mean(|point| point.y));
            (mesh.points[index].x, mesh.points[index].y) = (x, y);
        }
        Some(mesh)
    }

    /// The outlines of both eyes without their corners.
    fn lids(&self) -> impl Iterator<Item = usize> {
        self.subsets[1..]
            .iter()
            .flat_map(|eye| &eye[..EYE_OUTLINE])
            .copied()
            .filter(|index| !EYE_CORNERS.contains(index))
    }

    /// The landmarks of one look at a region of a picture.
    fn lay_in(&self, picture: &Picture, region: &Region) -> Option<Mesh> {
        self.net.run(|input| fill(picture, region, input), |outputs| self.read(outputs, region))
    }

    fn read(&self, outputs: &[&[f32]], region: &Region) -> Option<Mesh> {
        let presence = 1.0 / (1.0 + (-outputs[6][0]).exp());
        if presence <= MIN_PRESENCE {
            return None;
        }
        // In input pixels; the closer looks overwrite x and y of what they refine.
        let mut points: Vec<[f32; 3]> = outputs[0].as_chunks::<3>().0.to_vec();
        for (subset, refined) in self.subsets.iter().zip(&outputs[1..4]) {
            for (&index, &[x, y]) in subset.iter().zip(refined.as_chunks::<2>().0) {
                (points[index][0], points[index][1]) = (x, y);
            }
        }
        for (eye, iris) in self.subsets[1..].iter().zip(&outputs[4..6]) {
            let z = eye[..EYE_OUTLINE].iter().map(|&i| points[i][2]).sum::<f32>() / EYE_OUTLINE as f32;
            points.extend(iris.as_chunks::<2>().0.iter().map(|&[x, y]| [x, y, z]));
        }
        Some(Mesh { points: placed(&points, region), presence })
    }
}

/// The net without closer looks: its outline of the face is what other programs measure, and steadier at the cheeks.
#[derive(Debug)]
pub struct PlainMesh(Net);

impl PlainMesh {
    /// Prepares the net.
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        let model = Model::read(bytes)?;
        let lens: Vec<usize> = model.outputs.iter().map(|&output| model.tensors[output].len()).collect();
        if lens != [FACE_POINTS * 3, 1] {
            return Err(Error::Unsupported("another mesh than ours"));
        }
        Net::compile(&model).map(Self)
    }

    /// The 468 landmarks of a face; `None` when there is none after all.
    pub fn lay(&self, picture: &Picture, face: &Face) -> Option<Mesh> {
        let region = region(face);
        self.0.run(
            |input| fill(picture, &region, input),
            |outputs| {
                let presence = 1.0 / (1.0 + (-outputs[1][0]).exp());
                let points = placed(outputs[0].as_chunks().0, &region);
                (presence > MIN_PRESENCE).then_some(Mesh { points, presence })
            },
        )
    }
}

/// The levelled square around a face that the nets look at.
fn region(face: &Face) -> Region {
    let side = MARGIN * face.bounds.width().max(face.bounds.height());
    let [left, right, ..] = face.keypoints;
    let rotation = (right.y - left.y).atan2(right.x - left.x);
    Region { centre: face.bounds.centre(), width: side, height: side, rotation }
}

fn fill(picture: &Picture, region: &Region, input: &mut [f32]) {
    let grid = Size { height: SIDE, width: SIDE };
    region.sample(picture, grid, (1.0 / 255.0, 0.0), input);
}

/// Points of the input as landmarks in the picture.
fn placed(points: &[[f32; 3]], region: &Region) -> Vec<Landmark> {
    let side = SIDE as f32;
    let landmark = |&[x, y, z]: &[f32; 3]| {
        let place = region.place(x / side, y / side);
        Landmark { x: place.x, y: place.y, z: z / side * region.width }
    };
    points.iter().map(landmark).collect()
}
