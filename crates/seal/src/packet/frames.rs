//! The bytes of a packet: `XYPK`, version, then frames, each with its length in 32 bits before it: a header,
//! pieces of ciphertext, an empty frame, the signature. Every byte before the empty frame is in the id.

use std::io::{Read, Write};

use minicbor::bytes::{ByteArray, ByteVec};

use super::{PacketFault, PacketId};
use crate::keys::{KEY_ID_BYTES, KeyId};
use crate::suite::{DIGEST_BYTES, Hasher, NONCE_BYTES, Suite, TAG_BYTES};

/// What a packet begins with; the last byte is the version.
pub const MAGIC: [u8; 5] = *b"XYPK\x01";
/// Plain bytes in every piece but the last: small enough to hold, large enough that tags cost 0.02 %.
pub const PIECE_BYTES: usize = 64 * 1024;
/// The part of a nonce that is random; the rest counts pieces and marks the last.
pub const PREFIX_BYTES: usize = NONCE_BYTES - 5;
/// Most receivers of a packet.
const MOST_RECEIVERS: usize = 8;
/// Longest header in bytes: eight receivers of 200 bytes each stay below.
const LONGEST_HEADER: usize = 4 * 1024;
/// Longest signature frame in bytes.
const LONGEST_SIGNATURE: usize = 256;

/// The header frame.
#[derive(Debug, PartialEq, Eq)]
pub struct Header {
    pub suite: Suite,
    pub station: KeyId,
    /// Whom it is for, and the content key wrapped for each.
    pub receivers: Vec<(KeyId, Vec<u8>)>,
    /// Ties the packet to one content key, so that no two receivers can be shown different contents.
    pub commitment: [u8; DIGEST_BYTES],
    pub prefix: [u8; PREFIX_BYTES],
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct HeaderBody {
    #[n(0)]
    suite: u8,
    #[n(1)]
    station: ByteArray<KEY_ID_BYTES>,
    #[n(2)]
    receivers: Vec<(ByteArray<KEY_ID_BYTES>, ByteVec)>,
    #[n(3)]
    commitment: ByteArray<DIGEST_BYTES>,
    #[n(4)]
    prefix: ByteArray<PREFIX_BYTES>,
}

impl Header {
    pub fn write(&self) -> Option<Vec<u8>> {
        let receivers = self.receivers.iter().map(|(id, wrapped)| (id.0.into(), wrapped.clone().into()));
        let body = HeaderBody {
            suite: self.suite.id(),
            station: self.station.0.into(),
            receivers: receivers.collect(),
            commitment: self.commitment.into(),
            prefix: self.prefix.into(),
        };
        let bytes = minicbor::to_vec(body).ok()?;
        (Self::read(&bytes).as_ref() == Ok(self)).then_some(bytes)
    }

    pub fn read(bytes: &[u8]) -> Result<Self, PacketFault> {
        let damaged = PacketFault::Damaged("header");
        let body: HeaderBody = minicbor::decode(bytes).map_err(|_| damaged.clone())?;
        let again = minicbor::to_vec(&body).is_ok_and(|again| again == bytes);
        if !again || !(1..=MOST_RECEIVERS).contains(&body.receivers.len()) {
            return Err(damaged);
        }
        let number = u64::from(body.suite);
        Ok(Self {
            suite: Suite::with_id(number).ok_or(PacketFault::OtherSuite(number))?,
            station: KeyId(*body.station),
            receivers: body.receivers.into_iter().map(|(id, wrapped)| (KeyId(*id), wrapped.into())).collect(),
            commitment: *body.commitment,
            prefix: *body.prefix,
        })
    }
}

/// The nonce of a piece: STREAM of Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption
/// and its Nonce-Reuse Misuse-Resistance" (2015): prefix, counter, last or not. `None` after 2³² pieces.
pub fn nonce(prefix: [u8; PREFIX_BYTES], piece: u64, is_last: bool) -> Option<[u8; NONCE_BYTES]> {
    let mut nonce = [0; NONCE_BYTES];
    nonce[..PREFIX_BYTES].copy_from_slice(&prefix);
    nonce[PREFIX_BYTES..NONCE_BYTES - 1].copy_from_slice(&u32::try_from(piece).ok()?.to_be_bytes());
    nonce[NONCE_BYTES - 1] = u8::from(is_last);
    Some(nonce)
}

/// Writes bytes and takes them into the id.
pub fn write_hashed(out: &mut dyn Write, hash: &mut Hasher, bytes: &[u8]) -> std::io::Result<()> {
    hash.update(bytes);
    out.write_all(bytes)
}

/// One piece of ciphertext as the walk meets it.
pub struct Piece<'p> {
    pub header: &'p Header,
    /// Digest of everything before the pieces; authenticated with each of them.
    pub before: &'p [u8; DIGEST_BYTES],
    pub number: u64,
    pub is_last: bool,
    pub bytes: &'p [u8],
}

/// What the walk found, before the signature is looked at.
pub struct Walked {
    pub header: Header,
    pub id: PacketId,
    pub signature: Vec<u8>,
    pub size_bytes: u64,
}

/// Walks over a packet from its first byte to the end of the medium.
pub fn walk(
    packet: &mut dyn Read,
    on_piece: &mut dyn FnMut(&Piece<'_>) -> Result<(), PacketFault>,
) -> Result<Walked, PacketFault> {
    let mut magic = [0; MAGIC.len()];
    packet.read_exact(&mut magic).map_err(|_| PacketFault::NotPacket)?;
    if magic != MAGIC {
        return Err(PacketFault::NotPacket);
    }
    let length = length(packet)?;
    let bytes = frame(packet, length, LONGEST_HEADER)?;
    let header = Header::read(&bytes)?;
    let mut hash = Hasher::new(header.suite);
    for part in [&MAGIC[..], &(length as u32).to_be_bytes(), &bytes] {
        hash.update(part);
    }
    let pieces = walk_pieces(packet, &header, &mut hash, on_piece)?;
    let length = self::length(packet)?;
    let signature = frame(packet, length, LONGEST_SIGNATURE)?;
    if packet.read(&mut [0])? != 0 {
        return Err(PacketFault::Damaged("bytes after the signature"));
    }
    let size_bytes = (MAGIC.len() + 4 + bytes.len() + 4 + 4 + signature.len()) as u64 + pieces;
    Ok(Walked { header, id: PacketId(hash.finish()), signature, size_bytes })
}

/// All pieces up to the empty frame; a piece is handed on when the next length tells whether it is the last.
fn walk_pieces(
    packet: &mut dyn Read,
    header: &Header,
    hash: &mut Hasher,
    on_piece: &mut dyn FnMut(&Piece<'_>) -> Result<(), PacketFault>,
) -> Result<u64, PacketFault> {
    let before = hash.clone().finish();
    let (mut size_bytes, mut number) = (0, 0);
    let mut length = length(packet)?;
    while length > 0 {
        let bytes = frame(packet, length, PIECE_BYTES + TAG_BYTES)?;
        hash.update(&(length as u32).to_be_bytes());
        hash.update(&bytes);
        size_bytes += 4 + bytes.len() as u64;
        length = self::length(packet)?;
        let is_last = length == 0;
        if bytes.len() <= TAG_BYTES || (!is_last && bytes.len() != PIECE_BYTES + TAG_BYTES) {
            return Err(PacketFault::Damaged("size of a piece"));
        }
        on_piece(&Piece { header, before: &before, number, is_last, bytes: &bytes })?;
        number += 1;
    }
    if number == 0 { Err(PacketFault::Damaged("no pieces")) } else { Ok(size_bytes) }
}

fn length(packet: &mut dyn Read) -> Result<usize, PacketFault> {
    let mut bytes = [0; 4];
    packet.read_exact(&mut bytes)?;
    Ok(u32::from_be_bytes(bytes) as usize)
}

/// Refuses a length before it makes room for it.
fn frame(packet: &mut dyn Read, length: usize, longest: usize) -> Result<Vec<u8>, PacketFault> {
    if length > longest {
        return Err(PacketFault::Damaged("length of a frame"));
    }
    let mut bytes = vec![0; length];
    packet.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_pieces_share_a_nonce() {
        let ends = (0..70_000).chain(u64::from(u32::MAX) - 10..=u64::from(u32::MAX));
        let nonces: Vec<_> =
            ends.flat_map(|piece| [false, true].map(|last| nonce([7; PREFIX_BYTES], piece, last))).collect();
        let different: BTreeSet<_> = nonces.iter().flatten().collect();
        assert_eq!(different.len(), nonces.len());
        assert_eq!(nonce([7; PREFIX_BYTES], u64::from(u32::MAX) + 1, true), None);
        assert_ne!(nonce([7; PREFIX_BYTES], 0, true), nonce([8; PREFIX_BYTES], 0, true));
    }
}
