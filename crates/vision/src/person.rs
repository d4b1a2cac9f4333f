//! Where a person is: a mask over the whole picture, and a finer one over a square around the head.

use portrait::{
    look::{Mask, Mesh},
    picture::{Picture, Rect},
};

use crate::{
    Error,
    net::{Net, kernels::Size},
    warp::Region,
};

/// Side of input and mask.
const SIDE: usize = 256;
/// Side of the head's square in lengths from forehead (10) to chin (152): hair and ears fit, even a high bun.
const HEAD_SQUARE: f32 = 2.6;

/// The net.
#[derive(Debug)]
pub struct PersonMask(pub Net);

impl PersonMask {
    /// Prepares the net.
    pub fn new(model: &[u8]) -> Result<Self, Error> {
        Net::read(model).map(Self)
    }

    /// The mask over the whole picture.
    pub fn whole(&self, picture: &Picture) -> Mask {
        self.mask(picture, Rect::new(0.0, 0.0, picture.width() as f32, picture.height() as f32))
    }

    /// The mask over a square centred between the eyes.
    pub fn head(&self, picture: &Picture, mesh: &Mesh) -> Mask {
        let half = HEAD_SQUARE / 2.0 * mesh.at(10).distance(mesh.at(152));
        let eyes = mesh.mean(&[33, 133, 362, 263]);
        self.mask(picture, Rect::new(eyes.x, eyes.y, eyes.x, eyes.y).grown(half))
    }

    fn mask(&self, picture: &Picture, area: Rect) -> Mask {
        let region =
            Region { centre: area.centre(), width: area.width(), height: area.height(), rotation: 0.0 };
        let values = self.0.run(
            |input| {
                let grid = Size { height: SIDE, width: SIDE };
                region.sample(picture, grid, (1.0 / 255.0, 0.0), input);
            },
            |outputs| outputs[0].to_vec(),
        );
        Mask { area, width: SIDE, height: SIDE, values }
    }
}
