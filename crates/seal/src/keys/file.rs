//! Key files: text, one entry per line, `#` begins a comment. Every key stands beside its id, so that
//! a changed character is found and named by its line.
//!
//! One form serves every purpose; what a file is good for depends on the keys in it.

mod entries;

use zeroize::Zeroizing;

use super::{HidingKey, OpeningKeys, ReceivingKey, SealingKeys, SendingKey, SigningKey, VerifyingKey};
use crate::code::text::{CodeKeys, IssuingKeys};
use crate::identity::CampaignId;
use crate::problem::{FileError, FileProblem};
use crate::suite::Suite;
use entries::{begin, parse, write_key};

/// The suite of a key file's keys, whatever they are for.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn suite_of(text: &str) -> Result<Suite, FileError> {
    parse(text)?.suite()
}

/// Reads the file that a maker seals with.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_sealing(text: &str) -> Result<SealingKeys, FileError> {
    let mut entries = parse(text)?;
    let campaign = entries.campaign()?;
    let record = entries.hiding("record-key")?;
    if entries.public("maker", "maker").is_ok() {
        return Err(FileError { problem: FileProblem::OpeningOnly, ..entries.missing("maker-key") });
    }
    let maker = entries.signing("maker-key")?;
    Ok(SealingKeys { campaign, record, maker })
}

/// Reads a file to open photos with; a maker's own file serves too.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_opening(text: &str) -> Result<OpeningKeys, FileError> {
    let mut entries = parse(text)?;
    let campaign = entries.campaign()?;
    let record = entries.hiding("record-key")?;
    let makers = entries.public("maker", "maker-key")?;
    Ok(OpeningKeys { campaign, record, makers })
}

/// What reads the codes of a campaign offline.
#[derive(Debug)]
pub struct ReadingKeys {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its code key and issuer, for codes of any time.
    pub codes: CodeKeys,
    /// For the fingerprints of codes.
    pub fingerprint: HidingKey,
}

/// Reads the file that codes are issued with.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_issuing(text: &str) -> Result<IssuingKeys, FileError> {
    let mut entries = parse(text)?;
    let campaign = entries.campaign()?;
    let code = entries.hiding("code-key")?;
    let issuer = entries.signing("issuer-key")?;
    Ok(IssuingKeys { campaign, code, issuer })
}

/// Reads a file that codes are read with; the issuer's own file serves too.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_reading(text: &str) -> Result<ReadingKeys, FileError> {
    let mut entries = parse(text)?;
    let campaign = entries.campaign()?;
    let code = entries.hiding("code-key")?;
    let fingerprint = entries.hiding("fingerprint-key")?;
    let issuer = entries.public("issuer", "issuer-key")?.swap_remove(0);
    let codes = CodeKeys { code, issuer, from_s: 0, until_s: u64::MAX };
    Ok(ReadingKeys { campaign, codes, fingerprint })
}

/// The text of the file that a maker seals with: secret.
pub fn write_sealing(keys: &SealingKeys) -> Zeroizing<String> {
    let mut text = begin(
        "SECRET: whoever has this file can make records. 机密：持有此文件即可封装照片。",
        keys.record.suite(),
        &keys.campaign,
    );
    write_key(&mut text, "record-key", keys.record.id(), keys.record.reveal());
    write_key(&mut text, "maker-key", keys.maker.public().id(), keys.maker.reveal());
    text
}

/// The text of a file to open photos with: to be kept among those who may read records.
pub fn write_opening(
    campaign: &CampaignId,
    record: &HidingKey,
    makers: &[VerifyingKey],
) -> Zeroizing<String> {
    let mut text = begin(
        "For opening only; shows what records say. 仅用于验证，可读出记录内容，请勿外传。",
        record.suite(),
        campaign,
    );
    write_key(&mut text, "record-key", record.id(), record.reveal());
    for maker in makers {
        write_key(&mut text, "maker", maker.id(), maker.bytes());
    }
    text
}

/// The text of the file that codes are issued with: secret.
pub fn write_issuing(keys: &IssuingKeys, fingerprint: &HidingKey) -> Zeroizing<String> {
    let mut text = begin(
        "SECRET: whoever has this file can issue codes. 机密：持有此文件即可签发采集码。",
        keys.code.suite(),
        &keys.campaign,
    );
    write_key(&mut text, "code-key", keys.code.id(), keys.code.reveal());
    write_key(&mut text, "fingerprint-key", fingerprint.id(), fingerprint.reveal());
    write_key(&mut text, "issuer-key", keys.issuer.public().id(), keys.issuer.reveal());
    text
}

/// The text of a file to read codes with: for stations.
pub fn write_reading(keys: &IssuingKeys, fingerprint: &HidingKey) -> Zeroizing<String> {
    let mut text =
        begin("For reading codes only. 仅用于核验采集码，请勿外传。", keys.code.suite(), &keys.campaign);
    write_key(&mut text, "code-key", keys.code.id(), keys.code.reveal());
    write_key(&mut text, "fingerprint-key", fingerprint.id(), fingerprint.reveal());
    write_key(&mut text, "issuer", keys.issuer.public().id(), keys.issuer.public().bytes());
    text
}

/// What a station packs with, and knows receipts by.
#[derive(Debug)]
pub struct StationKeys {
    /// The campaign.
    pub campaign: CampaignId,
    /// Signs packets.
    pub station: SigningKey,
    /// Those who can open them.
    pub receivers: Vec<SendingKey>,
    /// Whose receipts count.
    pub receipts: Vec<VerifyingKey>,
}

/// What an enrolled station works with.
#[derive(Debug)]
pub struct EnrolledKeys {
    /// Packs photos and knows receipts.
    pub packing: StationKeys,
    /// Opens the station's letters.
    pub letters: ReceivingKey,
    /// Hides what lies on the station's disk.
    pub rest: HidingKey,
}

/// What the centre opens packets with.
#[derive(Debug)]
pub struct CentreKeys {
    /// The campaign.
    pub campaign: CampaignId,
    /// Opens packets.
    pub centre: ReceivingKey,
    /// Signs receipts.
    pub receipt: SigningKey,
    /// Whose packets count.
    pub stations: Vec<VerifyingKey>,
}

/// Those whose signatures count in a campaign's log.
#[derive(Debug)]
pub struct Signers {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its suite.
    pub suite: Suite,
    /// Every public key in the file, those of secret keys included.
    pub keys: Vec<VerifyingKey>,
}

/// Reads the public keys of any key file.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_signers(text: &str) -> Result<Signers, FileError> {
    let mut entries = parse(text)?;
    Ok(Signers { campaign: entries.campaign()?, suite: entries.suite()?, keys: entries.every_public() })
}

/// Reads a station's file.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_station(text: &str) -> Result<StationKeys, FileError> {
    let mut entries = parse(text)?;
    let campaign = entries.campaign()?;
    let station = entries.signing("station-key")?;
    let receipts = entries.public("receipt", "receipt-key")?;
    Ok(StationKeys { campaign, station, receivers: entries.sending("centre")?, receipts })
}

/// Reads an enrolled station's file.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_enrolled(text: &str) -> Result<EnrolledKeys, FileError> {
    let mut entries = parse(text)?;
    let (letters, rest) = (entries.receiving("letter-key")?, entries.hiding("rest-key")?);
    Ok(EnrolledKeys { packing: parse_station(text)?, letters, rest })
}

/// The text of an enrolled station's file: secret.
pub fn write_enrolled(keys: &EnrolledKeys) -> Zeroizing<String> {
    let mut text = write_station(&keys.packing);
    write_key(&mut text, "letter-key", keys.letters.public().id(), keys.letters.reveal());
    write_key(&mut text, "rest-key", keys.rest.id(), keys.rest.reveal());
    text
}

/// Reads the centre's file.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_centre(text: &str) -> Result<CentreKeys, FileError> {
    let mut entries = parse(text)?;
    let campaign = entries.campaign()?;
    let centre = entries.receiving("centre-key")?;
    // Stations that enrol later are known by their certificates.
    let stations = entries.public("station", "station-key").unwrap_or_default();
    Ok(CentreKeys { campaign, centre, receipt: entries.signing("receipt-key")?, stations })
}

/// The text of a station's file: secret.
pub fn write_station(keys: &StationKeys) -> Zeroizing<String> {
    let mut text = begin(
        "SECRET: whoever has this file can send photos in this station's name. 机密：持有此文件即可以本机位名义发送照片。",
        keys.station.public().suite(),
        &keys.campaign,
    );
    write_key(&mut text, "station-key", keys.station.public().id(), keys.station.reveal());
    for centre in &keys.receivers {
        write_key(&mut text, "centre", centre.id(), centre.bytes());
    }
    for receipt in &keys.receipts {
        write_key(&mut text, "receipt", receipt.id(), receipt.bytes());
    }
    text
}

/// The text of the centre's file: secret.
pub fn write_centre(keys: &CentreKeys) -> Zeroizing<String> {
    let mut text = begin(
        "SECRET: whoever has this file can read every photo. 机密：持有此文件即可读取全部照片。",
        keys.centre.public().suite(),
        &keys.campaign,
    );
    write_key(&mut text, "centre-key", keys.centre.public().id(), keys.centre.reveal());
    write_key(&mut text, "receipt-key", keys.receipt.public().id(), keys.receipt.reveal());
    for station in &keys.stations {
        write_key(&mut text, "station", station.id(), station.bytes());
    }
    text
}

/// Reads the file with the key that hides files at rest.
///
/// # Errors
/// [`FileError`] with the line that is wrong.
pub fn parse_rest(text: &str) -> Result<HidingKey, FileError> {
    parse(text)?.hiding("rest-key")
}

/// The text of the file with the key that hides files at rest: secret.
pub fn write_rest(campaign: &CampaignId, key: &HidingKey) -> Zeroizing<String> {
    let mut text = begin(
        "SECRET: whoever has this file can read what is kept. 机密：持有此文件即可读取保存的文件。",
        key.suite(),
        campaign,
    );
    write_key(&mut text, "rest-key", key.id(), key.reveal());
    text
}

#[cfg(test)]
mod tests;
