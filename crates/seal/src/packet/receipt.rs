//! Receipts: what the centre signs for a packet, so that a station may purge its photo, and nobody else can
//! make it do so.

use super::PacketId;
use crate::identity::CampaignId;
use crate::keys::{SigningKey, VerifyingKey};
use crate::statement::{self, StatementFault};
use crate::suite::DIGEST_BYTES;

const VERSION: u8 = 1;
const PURPOSE: &str = "receipt";

/// What the centre says of a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Which.
    pub packet: PacketId,
    /// Of which campaign.
    pub campaign: CampaignId,
    /// How far it came.
    pub stage: Stage,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
}

/// How far a packet came at the centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Its bytes are safe on two media; not enough to purge.
    Stored,
    /// It was decrypted, the photo decodes and its record is good; now the station may purge.
    Opened,
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct Body<'b> {
    #[n(0)]
    version: u8,
    #[n(1)]
    packet: minicbor::bytes::ByteArray<DIGEST_BYTES>,
    #[b(2)]
    campaign: &'b str,
    #[n(3)]
    stage: u8,
    #[n(4)]
    at_ms: u64,
}

/// Signs a receipt; `None` when the key does not sign.
pub fn write(receipt: &Receipt, centre: &SigningKey) -> Option<Vec<u8>> {
    let body = Body {
        version: VERSION,
        packet: receipt.packet.0.into(),
        campaign: receipt.campaign.as_str(),
        stage: match receipt.stage {
            Stage::Stored => 1,
            Stage::Opened => 2,
        },
        at_ms: receipt.at_ms,
    };
    statement::write(PURPOSE, &minicbor::to_vec(body).ok()?, centre)
}

/// Reads a receipt by one of these centres.
///
/// # Errors
/// [`StatementFault`] with the first check that failed.
pub fn read(bytes: &[u8], centres: &[VerifyingKey]) -> Result<Receipt, StatementFault> {
    let (_, body) = statement::read(PURPOSE, bytes, centres)?;
    read_body(&body).ok_or(StatementFault::Damaged)
}

fn read_body(bytes: &[u8]) -> Option<Receipt> {
    let body: Body<'_> = minicbor::decode(bytes).ok()?;
    if body.version != VERSION || minicbor::to_vec(&body).ok()? != bytes {
        return None;
    }
    let stage = match body.stage {
        1 => Stage::Stored,
        2 => Stage::Opened,
        _ => return None,
    };
    let campaign = CampaignId::try_from(body.campaign.to_owned()).ok()?;
    Some(Receipt { packet: PacketId(*body.packet), campaign, stage, at_ms: body.at_ms })
}
