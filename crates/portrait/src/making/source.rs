//! Where the face stands in the camera's picture.

use crate::{
    inspection::Geometry,
    making::Crop,
    measure::{Readings, Unmeasurable},
    standard::{Words, words::phrase},
};

/// The face's place in a source picture, px from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SourceFace {
    /// Crown (top of the hair).
    pub crown_row: f64,
    /// Middle of the eyes.
    pub eye_row: f64,
    /// Chin.
    pub chin_row: f64,
    /// Cheek to cheek.
    pub face_width: f64,
    /// Middle between the cheeks.
    pub face_centre_x: f64,
    /// Middle between the eyes.
    pub eye_centre_x: f64,
    /// Distance of the eyes.
    pub inter_eye: f64,
    /// Head with hair; `None` when not measured.
    pub head_width: Option<f64>,
    /// Turn of the head in degrees (yaw, pitch, roll), which a crop does not change.
    pub turn: [Option<f64>; 3],
}

/// Something needed for the crop was not measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotLocated {
    /// The reading.
    pub measure: &'static str,
    /// Why there is none.
    pub why: Unmeasurable,
}

impl NotLocated {
    /// The reason and what to do.
    pub fn message(&self) -> Words {
        let mut said = phrase("make-not-located");
        said.append(&phrase(self.why.code()));
        said
    }
}

impl SourceFace {
    /// Reads it off readings made on a copy of the source reduced by `scale` (source px per px of the copy).
    ///
    /// # Errors
    /// Names the first reading that is missing.
    pub fn read(readings: &Readings, scale: f64) -> Result<Self, NotLocated> {
        let needed = |measure: &'static str| match readings.value(measure).filter(|value| value.is_finite()) {
            Some(value) => Ok(value * scale),
            None => Err(NotLocated {
                measure,
                why: readings
                    .get(measure)
                    .and_then(|reading| reading.value.as_ref().err().copied())
                    .unwrap_or(Unmeasurable::NotMeasured),
            }),
        };
        let face_centre_x = needed("face-centre-x")?;
        Ok(Self {
            crown_row: needed("crown-row")?,
            eye_row: needed("eye-row")?,
            chin_row: needed("chin-row")?,
            face_width: needed("face-width")?,
            face_centre_x,
            eye_centre_x: needed("eye-centre-x").unwrap_or(face_centre_x),
            inter_eye: needed("inter-eye")?,
            head_width: needed("head-width").ok(),
            turn: ["yaw", "pitch", "roll"].map(|measure| readings.value(measure)),
        })
    }

    /// Where the face stands in the finished picture.
    pub fn after(&self, crop: Crop) -> Geometry {
        let row = |y: f64| Some((y - crop.top) * crop.scale);
        let [yaw_deg, pitch_deg, roll_deg] = self.turn;
        Geometry {
            eye_row: row(self.eye_row),
            crown_row: row(self.crown_row),
            chin_row: row(self.chin_row),
            face_width: Some(self.face_width * crop.scale),
            face_centre_x: Some((self.face_centre_x - crop.left) * crop.scale),
            roll_deg,
            yaw_deg,
            pitch_deg,
            inter_eye: Some(self.inter_eye * crop.scale),
        }
    }
}
