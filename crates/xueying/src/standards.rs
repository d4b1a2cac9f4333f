//! Which standard photos are held against: a built-in one by name, or a file.

use std::{fs, path::Path};

use anyhow::{Result, anyhow};
use portrait::standard::Standard;

use crate::{files, language::Language};

/// The standard that `--standard` names: a preset's name, else a file.
pub fn load(named: &str, language: Language) -> Result<Standard> {
    if let Some(preset) = Standard::preset(named) {
        return Ok(preset?);
    }
    if !Path::new(named).exists() {
        let known = Standard::presets().join(language.pick("、", ", "));
        return Err(anyhow!(language.pick(
            format!("没有名为“{named}”的标准，也没有这个文件；内置标准：{known}"),
            format!("no standard and no file is called \"{named}\"; built in are {known}"),
        )));
    }
    let text = fs::read_to_string(named).map_err(|error| {
        let why = files::reason(&error, language);
        anyhow!("{named}: {why}")
    })?;
    Ok(Standard::parse(&text, named)?)
}
