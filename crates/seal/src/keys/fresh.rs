//! Every key of a new campaign at once, as the texts of key files, each for one holder and no more than that one
//! needs.

use zeroize::Zeroizing;

use super::file::{self, CentreKeys, StationKeys};
use super::{HidingKey, ReceivingKey, SealingKeys, SigningKey};
use crate::code::text::IssuingKeys;
use crate::identity::CampaignId;
use crate::suite::{Seed, Stretched, Suite};

/// The key files of a campaign.
pub struct Fresh {
    /// To issue codes with: the school.
    pub issuing: Zeroizing<String>,
    /// To read codes with: stations.
    pub reading: Zeroizing<String>,
    /// To seal photos with: stations.
    pub sealing: Zeroizing<String>,
    /// To open photos with: those who may read records.
    pub opening: Zeroizing<String>,
    /// For each station by its name.
    pub stations: Vec<(String, Zeroizing<String>)>,
    /// To open packets with: the centre.
    pub centre: Zeroizing<String>,
}

impl Fresh {
    /// Draws the keys; `None` when the random bytes are no key of the suite: of 2²⁵⁶ texts a few are no SM2 key.
    pub fn new(campaign: &CampaignId, suite: Suite, stations: &[String], seed: Seed) -> Option<Self> {
        let mut random = seed.stretch(suite);
        let fingerprint = hiding(&mut random, suite)?;
        let issuing = IssuingKeys {
            campaign: campaign.clone(),
            code: hiding(&mut random, suite)?,
            issuer: signing(&mut random, suite)?,
        };
        let sealing = SealingKeys {
            campaign: campaign.clone(),
            record: hiding(&mut random, suite)?,
            maker: signing(&mut random, suite)?,
        };
        let centre = ReceivingKey::new(suite, bytes(&mut random, suite.receiving_key_bytes()))?;
        let receipt = signing(&mut random, suite)?;
        let (mut files, mut known) = (Vec::new(), Vec::new());
        for name in stations {
            let station = signing(&mut random, suite)?;
            known.push(station.public().clone());
            let keys = StationKeys {
                campaign: campaign.clone(),
                station,
                receivers: vec![centre.public().clone()],
                receipts: vec![receipt.public().clone()],
            };
            files.push((name.clone(), file::write_station(&keys)));
        }
        let makers = [sealing.maker.public().clone()];
        Some(Self {
            issuing: file::write_issuing(&issuing, &fingerprint),
            reading: file::write_reading(&issuing, &fingerprint),
            sealing: file::write_sealing(&sealing),
            opening: file::write_opening(campaign, &sealing.record, &makers),
            stations: files,
            centre: file::write_centre(&CentreKeys {
                campaign: campaign.clone(),
                centre,
                receipt,
                stations: known,
            }),
        })
    }
}

/// The text of a file with one key that hides files at rest.
pub fn rest(campaign: &CampaignId, suite: Suite, seed: Seed) -> Option<Zeroizing<String>> {
    Some(file::write_rest(campaign, &hiding(&mut seed.stretch(suite), suite)?))
}

/// Draws the keys of a station that is about to be enrolled: to sign, to get letters, to hide what lies on its disk.
pub fn station(suite: Suite, seed: Seed) -> Option<(SigningKey, ReceivingKey, HidingKey)> {
    let mut random = seed.stretch(suite);
    let letters = ReceivingKey::new(suite, bytes(&mut random, suite.receiving_key_bytes()))?;
    Some((signing(&mut random, suite)?, letters, hiding(&mut random, suite)?))
}

fn bytes(random: &mut Stretched, length: usize) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(vec![0; length]);
    random.fill(&mut bytes);
    bytes
}

fn hiding(random: &mut Stretched, suite: Suite) -> Option<HidingKey> {
    HidingKey::new(suite, bytes(random, suite.hiding_key_bytes()))
}

fn signing(random: &mut Stretched, suite: Suite) -> Option<SigningKey> {
    SigningKey::new(suite, bytes(random, suite.signing_key_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::SEED_BYTES;

    #[test]
    fn each_holder_gets_a_file_that_reads_back_and_another_seed_gives_other_keys() {
        let campaign = CampaignId::try_from("xd-2027".to_owned()).unwrap();
        for suite in Suite::ALL {
            let fresh = |byte| {
                Fresh::new(&campaign, suite, &["1".into(), "2".into()], Seed::new([byte; SEED_BYTES]))
                    .unwrap()
            };
            let (one, other) = (fresh(1), fresh(2));
            let issuing = file::parse_issuing(&one.issuing).unwrap();
            let reading = file::parse_reading(&one.reading).unwrap();
            assert_eq!(issuing.code.id(), reading.codes.code.id());
            assert_eq!(issuing.issuer.public(), &reading.codes.issuer);
            let sealing = file::parse_sealing(&one.sealing).unwrap();
            assert_eq!(file::parse_opening(&one.opening).unwrap().makers, [sealing.maker.public().clone()]);
            let centre = file::parse_centre(&one.centre).unwrap();
            let stations: Vec<_> =
                one.stations.iter().map(|(_, text)| file::parse_station(text).unwrap()).collect();
            assert_eq!(stations.len(), 2);
            assert!(stations.iter().all(|keys| centre.stations.contains(keys.station.public())));
            assert_ne!(file::parse_issuing(&other.issuing).unwrap().code.id(), issuing.code.id());
            let at_rest = rest(&campaign, suite, Seed::new([3; SEED_BYTES])).unwrap();
            assert_eq!(file::parse_rest(&at_rest).unwrap().suite(), suite);
        }
    }
}
