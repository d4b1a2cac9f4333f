//! Verifying and opening a packet: first the whole packet and its signature, then the content, so that
//! nothing leaves a packet of somebody unknown.

use std::io::{self, Read, Seek, SeekFrom};

use zeroize::Zeroizing;

use super::contents::{Contents, LONGEST_FRONT};
use super::frames::{Header, Piece, Walked, nonce, walk};
use super::packing::{PURPOSE, commitment, wrap_purpose};
use super::{PacketFault, PacketId};
use crate::keys::{KeyId, ReceivingKey, VerifyingKey};
use crate::statement::{self, StatementFault};
use crate::suite::{DIGEST_BYTES, Hasher, Suite};

/// Takes some bytes of the item with a number.
pub type Sink<'s> = dyn FnMut(&Contents, usize, &[u8]) -> io::Result<()> + 's;

/// What can be said of a packet without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Its id.
    pub id: PacketId,
    /// Its suite.
    pub suite: Suite,
    /// Who signed it.
    pub station: KeyId,
    /// Who can open it.
    pub receivers: Vec<KeyId>,
    /// Its size.
    pub size_bytes: u64,
}

/// A packet that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its id.
    pub id: PacketId,
    /// Who signed it.
    pub station: KeyId,
    /// What it holds.
    pub contents: Contents,
    /// The digests of the items, in their order; verified.
    pub digests: Vec<[u8; DIGEST_BYTES]>,
}

/// Verifies that a packet is whole and signed by one of these stations; anybody on the way can do this.
///
/// # Errors
/// [`PacketFault`] with the first check that failed.
pub fn verify(packet: &mut dyn Read, stations: &[VerifyingKey]) -> Result<Verified, PacketFault> {
    let walked = walk(packet, &mut |_| Ok(()))?;
    check_signature(&walked, stations)?;
    let Walked { header, id, size_bytes, .. } = walked;
    let receivers = header.receivers.iter().map(|(id, _)| *id).collect();
    Ok(Verified { id, suite: header.suite, station: header.station, receivers, size_bytes })
}

/// Opens a packet. Reads it twice: the second time, `sink` gets the number of an item and some of its bytes,
/// in order. What it got counts only when this function succeeds.
///
/// # Errors
/// [`PacketFault`] with the first check that failed, or what `sink` could not write.
pub fn open<P: Read + Seek>(
    packet: &mut P,
    key: &ReceivingKey,
    stations: &[VerifyingKey],
    sink: &mut Sink<'_>,
) -> Result<Opened, PacketFault> {
    let start = packet.stream_position()?;
    let verified = verify(packet, stations)?;
    packet.seek(SeekFrom::Start(start))?;
    let mut opening = Opening { key, content_key: None, content: Content::new(verified.suite) };
    let walked = walk(packet, &mut |piece| opening.take(piece, sink))?;
    check_signature(&walked, stations)?;
    if walked.id != verified.id {
        return Err(PacketFault::Damaged("it changed while it was read"));
    }
    let (contents, digests) = opening.content.finish()?;
    Ok(Opened { id: walked.id, station: walked.header.station, contents, digests })
}

fn check_signature(walked: &Walked, stations: &[VerifyingKey]) -> Result<(), PacketFault> {
    let same_suite = stations.iter().filter(|key| key.suite() == walked.header.suite).cloned();
    match statement::read(PURPOSE, &walked.signature, &same_suite.collect::<Vec<_>>()) {
        Ok((station, id)) if station == walked.header.station && id == walked.id.0 => Ok(()),
        Ok(_) | Err(StatementFault::SignatureWrong) => Err(PacketFault::SignatureWrong),
        Err(StatementFault::UnknownSigner(id)) => Err(PacketFault::UnknownStation(id)),
        Err(StatementFault::Damaged) => Err(PacketFault::Damaged("signature")),
    }
}

/// The content on its way out of the pieces.
struct Opening<'k> {
    key: &'k ReceivingKey,
    content_key: Option<Zeroizing<Vec<u8>>>,
    content: Content,
}

impl Opening<'_> {
    fn take(&mut self, piece: &Piece<'_>, sink: &mut Sink<'_>) -> Result<(), PacketFault> {
        let content_key = match &mut self.content_key {
            Some(key) => key,
            none => none.insert(content_key(piece.header, self.key)?),
        };
        let failed = PacketFault::DecryptionFailed;
        let nonce = nonce(piece.header.prefix, piece.number, piece.is_last).ok_or(failed.clone())?;
        let plain = piece.header.suite.decrypt(content_key, &nonce, piece.before, piece.bytes);
        self.content.take(&Zeroizing::new(plain.ok_or(failed)?), sink)
    }
}

fn content_key(header: &Header, key: &ReceivingKey) -> Result<Zeroizing<Vec<u8>>, PacketFault> {
    let id = key.public().id();
    let (_, wrapped) = header
        .receivers
        .iter()
        .find(|(receiver, _)| *receiver == id && key.public().suite() == header.suite)
        .ok_or(PacketFault::NotForThisKey(id))?;
    let content = key.unwrap(&wrap_purpose(header.suite), wrapped).ok_or(PacketFault::DecryptionFailed)?;
    if commitment(header.suite, &content) != header.commitment {
        return Err(PacketFault::DecryptionFailed);
    }
    Ok(content)
}

/// Which part of the content comes next.
enum Part {
    /// Length and front.
    Front,
    /// Bytes of an item.
    Item { number: usize, left: u64 },
    /// Length and digests.
    Back,
}

/// The plain content as its parts come.
struct Content {
    suite: Suite,
    part: Part,
    /// Of a counted part, as far as it came.
    counted: Vec<u8>,
    contents: Option<Contents>,
    hash: Hasher,
    digests: Vec<[u8; DIGEST_BYTES]>,
    is_whole: bool,
}

impl Content {
    fn new(suite: Suite) -> Self {
        Self {
            suite,
            part: Part::Front,
            counted: Vec::new(),
            contents: None,
            hash: Hasher::new(suite),
            digests: Vec::new(),
            is_whole: false,
        }
    }

    fn take(&mut self, mut plain: &[u8], sink: &mut Sink<'_>) -> Result<(), PacketFault> {
        while !plain.is_empty() {
            let used = match self.part {
                _ if self.is_whole => return Err(PacketFault::Content("bytes after the digests")),
                Part::Item { number, left } => {
                    let count = usize::try_from(left).unwrap_or(usize::MAX).min(plain.len());
                    self.take_item(number, left, &plain[..count], sink)?
                }
                Part::Front | Part::Back => self.take_counted(plain)?,
            };
            plain = &plain[used..];
        }
        Ok(())
    }

    fn take_item(
        &mut self,
        number: usize,
        left: u64,
        bytes: &[u8],
        sink: &mut Sink<'_>,
    ) -> Result<usize, PacketFault> {
        let contents = self.contents.as_ref().ok_or(PacketFault::Content("front"))?;
        self.hash.update(bytes);
        sink(contents, number, bytes).map_err(|error| PacketFault::Medium(error.kind()))?;
        self.part = Part::Item { number, left: left - bytes.len() as u64 };
        if left == bytes.len() as u64 {
            let hash = std::mem::replace(&mut self.hash, Hasher::new(self.suite));
            self.digests.push(hash.finish());
            self.part = item_or_back(contents, number + 1);
        }
        Ok(bytes.len())
    }

    /// Gathers a part that begins with its length, and reads it when it is whole.
    fn take_counted(&mut self, plain: &[u8]) -> Result<usize, PacketFault> {
        let wanted = match self.counted.first_chunk::<4>() {
            None => 4,
            Some(length) => 4 + u32::from_be_bytes(*length) as usize,
        };
        if wanted > 4 + LONGEST_FRONT {
            return Err(PacketFault::Content("length"));
        }
        let count = (wanted - self.counted.len()).min(plain.len());
        self.counted.extend_from_slice(&plain[..count]);
        let length_known = self.counted.len() > 4 || self.counted == [0; 4];
        if length_known && self.counted.len() == wanted {
            let part = std::mem::take(&mut self.counted);
            self.read_counted(&part[4..])?;
        }
        Ok(count)
    }

    fn read_counted(&mut self, part: &[u8]) -> Result<(), PacketFault> {
        if matches!(self.part, Part::Front) {
            let contents = Contents::read(part).ok_or(PacketFault::Content("front"))?;
            self.part = item_or_back(&contents, 0);
            self.contents = Some(contents);
            return Ok(());
        }
        if self.digests.concat() != part {
            return Err(PacketFault::Content("digests"));
        }
        self.is_whole = true;
        Ok(())
    }

    fn finish(self) -> Result<(Contents, Vec<[u8; DIGEST_BYTES]>), PacketFault> {
        match self.contents {
            Some(contents) if self.is_whole => Ok((contents, self.digests)),
            _ => Err(PacketFault::Content("it ends too early")),
        }
    }
}

fn item_or_back(contents: &Contents, number: usize) -> Part {
    match contents.items.get(number) {
        Some(item) => Part::Item { number, left: item.size_bytes },
        None => Part::Back,
    }
}
