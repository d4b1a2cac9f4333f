//! What is inside a packet: the register's entry for a shot, and the files that belong to it.

use minicbor::bytes::ByteArray;
use uuid::Uuid;

use crate::code::fingerprint::Fingerprint;
use crate::identity::{CampaignId, StationId};
use crate::suite::DIGEST_BYTES;

const VERSION: u8 = 1;
/// Most files in a packet; one photo has a handful.
const MOST_ITEMS: usize = 16;
/// Longest text in bytes, of a file's name or an operator's.
const LONGEST_TEXT: usize = 128;
/// Longest front part in bytes: sixteen items of the longest names stay far below.
pub(super) const LONGEST_FRONT: usize = 16 * 1024;

/// The front part of a packet's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// The campaign.
    pub campaign: CampaignId,
    /// Name and version of the standard that the photo was judged by, such as `jbz-2017-99 1`.
    pub rules: String,
    /// The register's entry.
    pub register: Register,
    /// The files, in the order of their bytes.
    pub items: Vec<Item>,
}

/// One line of the register (登记表). It names no person: the fingerprint is that of the student's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// The shot, made at the station, unique for ever.
    pub shot: Uuid,
    /// Which photo of this shot: a retake counts on, a packet of the same generation replaces none.
    pub generation: u32,
    /// The shot number, such as `2-0137`.
    pub number: String,
    /// Where.
    pub station: StationId,
    /// Who photographed; the operator's own number.
    pub operator: String,
    /// When the shutter was released, milliseconds since 1970-01-01 UTC.
    pub captured_ms: u64,
    /// When the packet was made.
    pub packed_ms: u64,
    /// The code that the student showed.
    pub code: Fingerprint,
    /// Digest of the camera's original, whether it is in the packet or not.
    pub original: [u8; DIGEST_BYTES],
}

/// A file in a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its name, without folders.
    pub name: String,
    /// Its size; never 0.
    pub size_bytes: u64,
}

/// What a file in a packet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// The finished, sealed portrait.
    Photo,
    /// The camera's file.
    Original,
    /// What was found about the portrait.
    Inspection,
    /// The text of the code that the student showed, so that the centre can read it itself.
    Code,
}

impl ItemKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Photo, Self::Original, Self::Inspection, Self::Code];

    fn number(self) -> u8 {
        match self {
            Self::Photo => 1,
            Self::Original => 2,
            Self::Inspection => 3,
            Self::Code => 4,
        }
    }
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct Front {
    #[n(0)]
    version: u8,
    #[n(1)]
    campaign: String,
    #[n(2)]
    rules: String,
    #[n(3)]
    register: Entry,
    #[n(4)]
    items: Vec<(u8, String, u64)>,
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct Entry {
    #[n(0)]
    shot: ByteArray<16>,
    #[n(1)]
    generation: u32,
    #[n(2)]
    number: String,
    #[n(3)]
    station: String,
    #[n(4)]
    operator: String,
    #[n(5)]
    captured_ms: u64,
    #[n(6)]
    packed_ms: u64,
    #[n(7)]
    code: ByteArray<DIGEST_BYTES>,
    #[n(8)]
    original: ByteArray<DIGEST_BYTES>,
}

impl Contents {
    /// The front part as bytes; `None` when a text is too long or an item is empty.
    pub(super) fn write(&self) -> Option<Vec<u8>> {
        let entry = &self.register;
        let items = self.items.iter().map(|item| (item.kind.number(), item.name.clone(), item.size_bytes));
        let front = Front {
            version: VERSION,
            campaign: self.campaign.as_str().to_owned(),
            rules: self.rules.clone(),
            register: Entry {
                shot: (*entry.shot.as_bytes()).into(),
                generation: entry.generation,
                number: entry.number.clone(),
                station: entry.station.as_str().to_owned(),
                operator: entry.operator.clone(),
                captured_ms: entry.captured_ms,
                packed_ms: entry.packed_ms,
                code: entry.code.0.into(),
                original: entry.original.into(),
            },
            items: items.collect(),
        };
        let bytes = minicbor::to_vec(front).ok()?;
        (Self::read(&bytes)? == *self).then_some(bytes)
    }

    /// Takes exactly what [`Self::write`] gives.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let front: Front = minicbor::decode(bytes).ok()?;
        if front.version != VERSION
            || minicbor::to_vec(&front).ok()? != bytes
            || front.items.len() > MOST_ITEMS
        {
            return None;
        }
        let entry = front.register;
        let texts = [&front.rules, &entry.number, &entry.operator];
        if texts.into_iter().any(|text| !is_plain(text)) {
            return None;
        }
        let register = Register {
            shot: Uuid::from_bytes(*entry.shot),
            generation: entry.generation,
            number: entry.number,
            station: entry.station.try_into().ok()?,
            operator: entry.operator,
            captured_ms: entry.captured_ms,
            packed_ms: entry.packed_ms,
            code: Fingerprint(*entry.code),
            original: *entry.original,
        };
        let items = front.items.into_iter().map(|(kind, name, size_bytes)| {
            let kind = ItemKind::ALL.into_iter().find(|known| known.number() == kind)?;
            (is_file_name(&name) && size_bytes > 0).then_some(Item { kind, name, size_bytes })
        });
        let items: Vec<Item> = items.collect::<Option<_>>()?;
        Some(Self { campaign: front.campaign.try_into().ok()?, rules: front.rules, register, items })
    }
}

fn is_plain(text: &str) -> bool {
    text.len() <= LONGEST_TEXT && !text.chars().any(char::is_control)
}

/// A name that stays inside the folder it is written to, on every system.
fn is_file_name(name: &str) -> bool {
    is_plain(name)
        && !name.is_empty()
        && !name.starts_with('.')
        && !name.ends_with(['.', ' '])
        && !name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|'])
}
