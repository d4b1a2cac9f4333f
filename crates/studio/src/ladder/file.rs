//! The ladders of the file: the picture is right, what holds it is not.

use crate::{
    degrade::file,
    ladder::{Ladder, Spoil::File},
};

/// Where a defect has no amounts, 0 is without it and 1 with it.
pub const LADDERS: &[Ladder] = &[
    Ladder {
        name: "columns-missing",
        amount: "px",
        measure: "pixel-width",
        rule: "pixel-size",
        steps: &[0.0, 2.0, 4.0, 8.0, 16.0, 30.0, 60.0, 120.0],
        also: &[],
        spoil: File(file::narrow),
    },
    Ladder {
        name: "density",
        amount: "dpi fewer than 300",
        measure: "density",
        rule: "density",
        steps: &[0.0, 1.0, 10.0, 50.0, 100.0, 150.0, 204.0, 228.0],
        also: &[],
        spoil: File(file::density),
    },
    Ladder {
        name: "grey",
        amount: "stored in shades of grey",
        measure: "colour-bits",
        rule: "colour-depth",
        steps: &[0.0, 1.0],
        also: &[],
        spoil: File(file::grey),
    },
    Ladder {
        name: "strong-jpeg",
        amount: "100 − quality",
        measure: "jpeg-quality",
        rule: "jpeg-quality",
        steps: &[20.0, 25.0, 30.0, 35.0, 39.0, 41.0, 55.0, 70.0],
        also: &["file-size", "blocking"],
        spoil: File(file::quality),
    },
    Ladder {
        name: "heavy-file",
        amount: "quality above 80",
        measure: "bytes",
        rule: "file-size",
        steps: &[0.0, 3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 20.0],
        also: &[],
        spoil: File(file::size),
    },
    Ladder {
        name: "other-name",
        amount: "named .jpeg",
        measure: "extension",
        rule: "extension",
        steps: &[0.0, 1.0],
        also: &[],
        spoil: File(file::extension),
    },
    Ladder {
        name: "orientation-tag",
        amount: "EXIF orientation",
        measure: "orientation-tag",
        rule: "orientation-tag",
        steps: &[1.0, 2.0, 3.0, 4.0],
        also: &[],
        spoil: File(file::orientation),
    },
    Ladder {
        name: "trailing-bytes",
        amount: "bytes",
        measure: "trailing-bytes",
        rule: "trailing-data",
        steps: &[0.0, 1.0, 16.0, 256.0, 2_000.0, 8_000.0],
        also: &[],
        spoil: File(file::trailing),
    },
];
