//! Tests on a folder of portraits with an independent reader's geometry (`reference.csv`): `XUEYING_PORTRAITS` names it.

#![expect(clippy::unwrap_used, reason = "a test stops where its input is not as described")]

mod finished;
mod reference;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// Where the portraits are; says plainly when they are not.
fn portraits() -> Option<PathBuf> {
    let folder = env::var_os("XUEYING_PORTRAITS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/portraits"),
        PathBuf::from,
    );
    if folder.join("reference.csv").is_file() {
        return Some(folder);
    }
    println!("skipped: no reference.csv in {}; set XUEYING_PORTRAITS", folder.display());
    None
}

/// One row of the reference: another program's reading of the same photo, px.
struct Label {
    file: String,
    eye_row: f64,
    crown_row: f64,
    face_width: f64,
    centre_x: f64,
}

/// All photos with one face.
fn labels(folder: &Path) -> Vec<Label> {
    let text = fs::read_to_string(folder.join("reference.csv")).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = |name: &str| names.iter().position(|n| *n == name).unwrap();
    let [count, eye, crown, width, centre] = ["n", "eye", "crown", "w", "cx"].map(column);
    let number = |cell: &str| cell.parse().unwrap();
    let rows = lines.map(|line| line.split(',').collect::<Vec<_>>());
    rows.filter(|cells| cells[count] == "1")
        .map(|cells| Label {
            file: cells[0].to_owned(),
            eye_row: number(cells[eye]),
            crown_row: number(cells[crown]),
            face_width: number(cells[width]),
            centre_x: number(cells[centre]),
        })
        .collect()
}
