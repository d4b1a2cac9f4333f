//! Checkpoints: the length and digest of a log at a time, signed. One stands in the log as a line and is
//! kept outside it too; a log that does not hold a kept checkpoint was rolled back or rewritten.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use minicbor::bytes::ByteArray;

use super::{CHECKPOINT, Chain, Entry, Tip};
use crate::identity::CampaignId;
use crate::keys::{SigningKey, VerifyingKey};
use crate::statement::{self, StatementFault};
use crate::suite::DIGEST_BYTES;

const VERSION: u8 = 1;
const PURPOSE: &str = "checkpoint";

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The campaign.
    pub campaign: CampaignId,
    /// How many lines the log had.
    pub count: u64,
    /// The digest over them.
    pub chain: Chain,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct Body<'b> {
    #[n(0)]
    version: u8,
    #[b(1)]
    campaign: &'b str,
    #[n(2)]
    count: u64,
    #[n(3)]
    chain: ByteArray<DIGEST_BYTES>,
    #[n(4)]
    at_ms: u64,
}

/// Signs where a log stands. Gives the checkpoint to keep elsewhere, and its line for the log itself;
/// `None` when the key does not sign.
pub fn append(
    tip: &mut Tip,
    campaign: &CampaignId,
    at_ms: u64,
    signer: &SigningKey,
) -> Option<(String, String)> {
    let body = Body {
        version: VERSION,
        campaign: campaign.as_str(),
        count: tip.count,
        chain: tip.chain.0.into(),
        at_ms,
    };
    let text = STANDARD_NO_PAD.encode(statement::write(PURPOSE, &minicbor::to_vec(body).ok()?, signer)?);
    let entry = Entry { at_ms, event: CHECKPOINT.into(), subject: String::new(), detail: text.clone() };
    Some((text, tip.push(&entry)))
}

/// Reads a checkpoint by one of these keys.
///
/// # Errors
/// [`StatementFault`] with the first check that failed.
pub fn read(text: &str, signers: &[VerifyingKey]) -> Result<Checkpoint, StatementFault> {
    let bytes = STANDARD_NO_PAD.decode(text.trim()).map_err(|_| StatementFault::Damaged)?;
    let (_, body) = statement::read(PURPOSE, &bytes, signers)?;
    read_body(&body).ok_or(StatementFault::Damaged)
}

fn read_body(bytes: &[u8]) -> Option<Checkpoint> {
    let body: Body<'_> = minicbor::decode(bytes).ok()?;
    if body.version != VERSION || minicbor::to_vec(&body).ok()? != bytes {
        return None;
    }
    let campaign = CampaignId::try_from(body.campaign.to_owned()).ok()?;
    Some(Checkpoint { campaign, count: body.count, chain: Chain(*body.chain), at_ms: body.at_ms })
}
