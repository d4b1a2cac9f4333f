//! Puts the nets' weights into the binary: copies the pinned packages' files after checking each one's SHA-256.

use std::{env, fs, path::PathBuf, process::exit};

use sha2::{Digest, Sha256};

/// Package file and its digest; WEIGHTS.md says what each holds and under which licence.
const FILES: [(&str, &str); 6] = [
    (
        "@mediapipe/face_mesh/face_mesh_solution_packed_assets.data",
        "dbe5905c582c0462cdaea17e7e6ecea92edaa8cccc515c5e2e7291f2cbb5fb99",
    ),
    (
        "@mediapipe/selfie_segmentation/selfie_segmentation.tflite",
        "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
    ),
    (
        "@vladmandic/face-api/model/face_recognition_model.bin",
        "b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589",
    ),
    (
        "@vladmandic/face-api/model/face_recognition_model-weights_manifest.json",
        "cbaffa501b0b9275a12b63357a6843e7e30c054e1c9151e1a5f879b26e32986b",
    ),
    (
        "@vladmandic/face-api/model/face_expression_model.bin",
        "9a9840f2cf1f4c7eab95f197512569345c00d2426754d4608b92af30e0300f3d",
    ),
    (
        "@vladmandic/face-api/model/face_expression_model-weights_manifest.json",
        "5b349c17c7836da506e03422cd6461c74085d8bb2713ad4114647dc5d28174c8",
    ),
];

fn main() {
    println!("cargo::rerun-if-env-changed=XUEYING_NODE_MODULES");
    let modules = env::var_os("XUEYING_NODE_MODULES").map_or_else(
        || {
            PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"))
                .join("../../node_modules")
        },
        PathBuf::from,
    );
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    for (file, expected) in FILES {
        let path = modules.join(file);
        println!("cargo::rerun-if-changed={}", path.display());
        let bytes = fs::read(&path).unwrap_or_else(|error| {
            stop(&format!(
                "{}: {error}; the weights come with npm packages: run `npm ci --ignore-scripts`",
                path.display()
            ))
        });
        let found = Sha256::digest(&bytes).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        if found != expected {
            stop(&format!(
                "{}: SHA-256 is {found}, not {expected}; reinstall with `npm ci --ignore-scripts`",
                path.display()
            ));
        }
        let name = path.file_name().expect("every entry names a file");
        fs::write(out.join(name), bytes).unwrap_or_else(|error| stop(&format!("{}: {error}", out.display())));
    }
}

fn stop(message: &str) -> ! {
    println!("cargo::error={message}");
    exit(1)
}
