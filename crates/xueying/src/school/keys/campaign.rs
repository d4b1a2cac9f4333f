//! Every key file of a campaign at once, each for one holder and no more than that one needs.

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context, Result, bail};
use seal::{identity::CampaignId, keys::fresh::Fresh, suite::Suite};

use crate::{files, language::Language, secrets};

/// Writes the files into a new folder, so that no campaign gets mixed keys.
pub fn write(
    campaign: &CampaignId,
    suite: Suite,
    stations: &[String],
    out: &Path,
    language: Language,
) -> Result<()> {
    if out.exists() {
        bail!(language.pick(
            format!("{} 已存在；密钥不会混放，请换一个文件夹", out.display()),
            format!("{} exists; keys are not mixed, choose another folder", out.display()),
        ));
    }
    check_names(stations, language)?;
    files::make_folder(out, language)?;
    let write = |name: &str, text: &str| files::write_secret(&out.join(name), text.as_bytes(), language);

    let keys = Fresh::new(campaign, suite, stations, secrets::seed()?).context(NO_KEY)?;
    write("issuing.keys", &keys.issuing)?;
    write("reading.keys", &keys.reading)?;
    write("sealing.keys", &keys.sealing)?;
    write("opening.keys", &keys.opening)?;
    for (name, station) in &keys.stations {
        write(&format!("station-{name}.keys"), station)?;
    }
    write("centre.keys", &keys.centre)
}

fn check_names(stations: &[String], language: Language) -> Result<()> {
    let is_plain = |name: &String| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-');
    if let Some(bad) = stations.iter().find(|name| !is_plain(name)) {
        bail!(language.pick(
            format!("--stations：机位名称“{bad}”只能用字母、数字和连字符"),
            format!("--stations: the name \"{bad}\" may hold letters, digits and hyphens only"),
        ));
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = stations.iter().find(|name| !seen.insert(*name)) {
        bail!(language.pick(
            format!("--stations：机位名称“{twice}”重复"),
            format!("--stations: the name \"{twice}\" stands twice"),
        ));
    }
    Ok(())
}

/// Of 2²⁵⁶ texts a few are no SM2 key.
const NO_KEY: &str = "the random bytes are no key of the suite; run it again";
