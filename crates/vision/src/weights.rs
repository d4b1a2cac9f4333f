//! The nets' weights as their npm packages ship them, put into the binary by the build script.

macro_rules! packaged {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name))
    };
}

/// Several model files behind one another, with the offsets that the package's loader script gives.
static FACE_MESH_PACK: &[u8] = packaged!("face_mesh_solution_packed_assets.data");

/// `face_landmark_with_attention.tflite`: 478 points.
pub fn attention_mesh() -> &'static [u8] {
    &FACE_MESH_PACK[..2_495_952]
}

/// `face_landmark.tflite`: 468 points in one look.
pub fn plain_mesh() -> &'static [u8] {
    &FACE_MESH_PACK[2_495_952..3_737_848]
}

/// `geometry_pipeline_metadata_landmarks.binarypb`: the canonical face.
pub fn canonical_face() -> &'static [u8] {
    &FACE_MESH_PACK[3_737_848..3_757_224]
}

/// `face_detection_short_range.tflite`: `BlazeFace`, 896 anchors.
pub fn face_detector() -> &'static [u8] {
    &FACE_MESH_PACK[3_757_224..3_986_256]
}

/// `selfie_segmentation.tflite`: where a person is.
pub static PERSON: &[u8] = packaged!("selfie_segmentation.tflite");

#[cfg(not(target_arch = "wasm32"))]
/// The recognition net's weights and what is where in them.
pub static RECOGNITION: (&[u8], &str) = (
    packaged!("face_recognition_model.bin"),
    include_str!(concat!(env!("OUT_DIR"), "/face_recognition_model-weights_manifest.json")),
);

/// The expression net's weights and what is where in them.
pub static EXPRESSION: (&[u8], &str) = (
    packaged!("face_expression_model.bin"),
    include_str!(concat!(env!("OUT_DIR"), "/face_expression_model-weights_manifest.json")),
);
