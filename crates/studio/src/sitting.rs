//! A camera picture through the whole of making and judging, in memory, as the program does it.

use portrait::{
    file::{self, encode},
    inspection::{self, Inspection},
    making::{self, Made, Origin},
    measure::{self, scene::Scene},
    picture::Picture,
    standard::{Standard, Words},
};
use vision::Vision;

/// A finished photo with its judgement.
pub struct Finished {
    /// The file.
    pub bytes: Vec<u8>,
    /// The crop and what stood in its way.
    pub made: Made,
    /// The judgement of the written bytes, without the record that sealing adds.
    pub inspection: Inspection,
}

/// Makes and judges a camera's picture; the words say why it cannot be made.
pub fn finish(camera: &Picture, vision: &Vision, standard: &Standard) -> Result<Finished, Words> {
    let (copy, scale) = making::looked_at(camera, standard.output);
    let copy = copy.as_ref().unwrap_or(camera);
    let look = vision.look(copy);
    let readings = measure::place(&Scene::new(copy, &look));
    let made = making::make(camera, Origin::default(), (&readings, scale), standard)
        .map_err(|not_made| not_made.message())?;
    let encoded = encode::encode(&made.picture, &making::goal(standard))
        .map_err(|error| Words { chinese: error.zh(), english: error.to_string() })?;
    let inspection = inspect(&encoded.bytes, vision, standard).before_sealing();
    Ok(Finished { bytes: encoded.bytes, made, inspection })
}

/// Judges a finished file that was written here.
pub fn inspect(bytes: &[u8], vision: &Vision, standard: &Standard) -> Inspection {
    let opened = file::open(bytes, Some("jpg")).expect("written by the encoder");
    let look = vision.look(&opened.picture);
    inspection::inspect(opened.facts, measure::measure(&Scene::new(&opened.picture, &look)), standard)
}
