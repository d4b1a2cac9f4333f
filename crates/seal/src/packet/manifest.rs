//! A folder of packets that travels on a stick: what must be in it, signed by the station that filled it.

use std::collections::BTreeMap;

use minicbor::bytes::ByteArray;

use super::PacketId;
use crate::identity::CampaignId;
use crate::keys::{SigningKey, VerifyingKey};
use crate::statement::{self, StatementFault};
use crate::suite::DIGEST_BYTES;

const VERSION: u8 = 1;
const PURPOSE: &str = "manifest";
/// The name of the manifest's file in the folder.
pub const FILE_NAME: &str = "manifest.xym";
/// The ending of a packet's file; its name is the packet's id.
pub const PACKET_ENDING: &str = "xyp";

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The campaign.
    pub campaign: CampaignId,
    /// When it was filled, milliseconds since 1970-01-01 UTC.
    pub made_at_ms: u64,
    /// The sizes of the packets in bytes.
    pub packets: BTreeMap<PacketId, u64>,
}

/// How a folder differs from its manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Listed and not there.
    pub missing: Vec<PacketId>,
    /// There with another size.
    pub changed: Vec<PacketId>,
    /// There and not listed.
    pub unlisted: Vec<PacketId>,
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct Body {
    #[n(0)]
    version: u8,
    #[n(1)]
    campaign: String,
    #[n(2)]
    made_at_ms: u64,
    #[n(3)]
    packets: Vec<(ByteArray<DIGEST_BYTES>, u64)>,
}

impl Manifest {
    /// Compares with what is in the folder.
    pub fn compare(&self, present: &BTreeMap<PacketId, u64>) -> Differences {
        let mut differences = Differences::default();
        for (id, size) in &self.packets {
            match present.get(id) {
                None => differences.missing.push(*id),
                Some(other) if other != size => differences.changed.push(*id),
                Some(_) => {}
            }
        }
        differences.unlisted = present.keys().filter(|id| !self.packets.contains_key(id)).copied().collect();
        differences
    }
}

/// Signs a manifest; `None` when the key does not sign.
pub fn write(manifest: &Manifest, station: &SigningKey) -> Option<Vec<u8>> {
    let body = Body {
        version: VERSION,
        campaign: manifest.campaign.as_str().to_owned(),
        made_at_ms: manifest.made_at_ms,
        packets: manifest.packets.iter().map(|(id, size)| (id.0.into(), *size)).collect(),
    };
    statement::write(PURPOSE, &minicbor::to_vec(body).ok()?, station)
}

/// Reads a manifest by one of these stations.
///
/// # Errors
/// [`StatementFault`] with the first check that failed.
pub fn read(bytes: &[u8], stations: &[VerifyingKey]) -> Result<Manifest, StatementFault> {
    let (_, body) = statement::read(PURPOSE, bytes, stations)?;
    read_body(&body).ok_or(StatementFault::Damaged)
}

fn read_body(bytes: &[u8]) -> Option<Manifest> {
    let body: Body = minicbor::decode(bytes).ok()?;
    let ascending = body.packets.is_sorted_by(|(a, _), (b, _)| **a < **b);
    if body.version != VERSION || !ascending || minicbor::to_vec(&body).ok()? != bytes {
        return None;
    }
    let packets = body.packets.iter().map(|(id, size)| (PacketId(**id), *size)).collect();
    Some(Manifest { campaign: body.campaign.try_into().ok()?, made_at_ms: body.made_at_ms, packets })
}
