//! Every key file of a campaign at once, each for one holder and no more than that one needs.

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context, Result, bail};
use seal::{
    code::text::IssuingKeys,
    identity::CampaignId,
    keys::{
        HidingKey, ReceivingKey, SealingKeys, SigningKey,
        file::{self, CentreKeys, StationKeys},
    },
    suite::Suite,
};

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

    let issuing = IssuingKeys { campaign: campaign.clone(), code: hiding(suite)?, issuer: signing(suite)? };
    let fingerprint = hiding(suite)?;
    write("issuing.keys", &file::write_issuing(&issuing, &fingerprint))?;
    write("reading.keys", &file::write_reading(&issuing, &fingerprint))?;

    let sealing = SealingKeys { campaign: campaign.clone(), record: hiding(suite)?, maker: signing(suite)? };
    write("sealing.keys", &file::write_sealing(&sealing))?;
    let makers = [sealing.maker.public().clone()];
    write("opening.keys", &file::write_opening(campaign, &sealing.record, &makers))?;

    let (centre, receipt) = (receiving(suite)?, signing(suite)?);
    let mut known = Vec::new();
    for name in stations {
        let station = signing(suite)?;
        known.push(station.public().clone());
        let keys = StationKeys {
            campaign: campaign.clone(),
            station,
            receivers: vec![centre.public().clone()],
            receipts: vec![receipt.public().clone()],
        };
        write(&format!("station-{name}.keys"), &file::write_station(&keys))?;
    }
    let centre = CentreKeys { campaign: campaign.clone(), centre, receipt, stations: known };
    write("centre.keys", &file::write_centre(&centre))
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

fn hiding(suite: Suite) -> Result<HidingKey> {
    HidingKey::new(suite, secrets::random(suite.hiding_key_bytes())?).context(NO_KEY)
}

fn signing(suite: Suite) -> Result<SigningKey> {
    SigningKey::new(suite, secrets::random(suite.signing_key_bytes())?).context(NO_KEY)
}

fn receiving(suite: Suite) -> Result<ReceivingKey> {
    ReceivingKey::new(suite, secrets::random(suite.receiving_key_bytes())?).context(NO_KEY)
}

/// Of 2²⁵⁶ texts a few are no SM2 key.
const NO_KEY: &str = "the random bytes are no key of the suite; run it again";
