//! Which photos the ladders stand on, and where they come from.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use vision::Vision;

use crate::base::Base;

/// Photos of the portraits folder: frontal, lit from the front, large enough, different people.
const PORTRAITS: [&str; 14] = [
    "senate-amy-klobuchar.jpg",
    "senate-charles-schumer.jpg",
    "senate-elizabeth-warren.jpg",
    "senate-james-lankford.jpg",
    "us_ben-ray-lujan_civil.jpg",
    "us_roger-marshall_civil.jpg",
    "senate-tommy-tuberville.jpg",
    "senate-daniel-sullivan.jpg",
    "senate-jeff-merkley.jpg",
    "senate-tim-kaine.jpg",
    "senate-margaret-hassan.jpg",
    "senate-sheldon-whitehouse.jpg",
    "senate-cory-booker.jpg",
    "us_carol-shea-porter_civil.jpg",
];
/// Public-domain photos that `make photos` fetches. `astronaut.png` is left out: its face is 91 px wide and would have
/// to be enlarged; in `obama3.jpg` and the half-hidden ones the face is turned away or cut.
const PUBLIC: [&str; 2] = ["obama.jpg", "biden.jpg"];

/// The folder of `variable`, else `standard` beside the workspace; `None` when it is not there.
fn folder(variable: &str, standard: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let folder = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(standard));
    folder.is_dir().then_some(folder)
}

/// The files of all base photos that are there.
pub fn files() -> Vec<PathBuf> {
    let of = |folder: Option<PathBuf>, names: &[&str]| -> Vec<PathBuf> {
        let files = folder.into_iter().flat_map(|folder| names.iter().map(move |name| folder.join(name)));
        files.filter(|file| file.is_file()).collect()
    };
    let mut files = of(folder("XUEYING_PORTRAITS", "../shared/data/portraits"), &PORTRAITS);
    files.extend(of(folder("XUEYING_PHOTOS", ".photos"), &PUBLIC));
    files
}

/// A base for every photo that gives one; the others with the reason.
pub fn bases(files: &[PathBuf], vision: &Vision) -> (Vec<Base>, Vec<String>) {
    let made: Vec<Result<Base, String>> = files.par_iter().map(|file| base(file, vision)).collect();
    let (mut bases, mut refused) = (Vec::new(), Vec::new());
    for result in made {
        match result {
            Ok(base) => bases.push(base),
            Err(reason) => refused.push(reason),
        }
    }
    (bases, refused)
}

fn base(file: &Path, vision: &Vision) -> Result<Base, String> {
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = std::fs::read(file).map_err(|error| format!("{name}: {error}"))?;
    let opened = portrait::file::open(&bytes, None).map_err(|refusal| format!("{name}: {refusal}"))?;
    Base::of(&name, &opened.picture, vision).map_err(|why| format!("{name}: {why}"))
}
