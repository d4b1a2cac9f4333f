//! Photos for the tests: drawn ones, and the public-domain portraits that set-up fetches.

use std::path::{Path, PathBuf};

use portrait::{
    file::encode::{EncodeGoal, encode},
    picture::Picture,
};

/// A picture as an ordinary JPEG.
pub fn jpeg(picture: &Picture) -> Vec<u8> {
    let goal = EncodeGoal {
        bytes_low: 0,
        bytes_high: usize::MAX,
        aim: 36_000,
        aim_tolerance: 2_000,
        min_quality: 60,
        dpi: 300,
        reserve: 0,
    };
    encode(picture, &goal).expect("nothing limits the size").bytes
}

/// A portrait of the set-up (`XUEYING_PHOTOS`, else `.photos` in the workspace); says so when it is missing.
pub fn portrait(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("XUEYING_PHOTOS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.photos"), PathBuf::from);
    let path = folder.join(name);
    if !path.exists() {
        eprintln!("skipped: {} is missing; set XUEYING_PHOTOS or run make photos", path.display());
        return None;
    }
    Some(path)
}
