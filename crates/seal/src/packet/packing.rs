//! Making a packet: the content streams from its sources through the cipher to the medium, once.

use std::io::{self, Read, Write};

use thiserror::Error;
use zeroize::Zeroizing;

use super::PacketId;
use super::contents::Contents;
use super::frames::{Header, MAGIC, PIECE_BYTES, PREFIX_BYTES, nonce, write_hashed};
use crate::keys::{SendingKey, SigningKey};
use crate::statement;
use crate::suite::{DIGEST_BYTES, Hasher, Seed, Suite};

/// What a station signs a packet's id for.
pub(super) const PURPOSE: &str = "packet";

/// Who packs, and for whom; all of one suite.
#[derive(Debug, Clone, Copy)]
pub struct PackingKeys<'k> {
    /// Signs the packet.
    pub station: &'k SigningKey,
    /// Those who can open it: the centre, and whoever recovers when the centre's key is lost.
    pub receivers: &'k [SendingKey],
}

/// Why a packet was not made. What was written so far is useless and is thrown away.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PackError {
    /// Contents that no packet holds.
    #[error(
        "the contents do not fit a packet: too many items, an empty item, or a name that is no file name"
    )]
    Contents,
    /// The contents list another number of items than there are sources.
    #[error("the contents list {listed} items, there are {given}")]
    Sources {
        /// In the contents.
        listed: usize,
        /// As sources.
        given: usize,
    },
    /// A source is shorter or longer than listed: it changed while it was packed.
    #[error("{name} does not have the {size_bytes} bytes that were stated")]
    Size {
        /// Which.
        name: String,
        /// As listed.
        size_bytes: u64,
    },
    /// Keys of several suites, none or too many receivers, a weak key.
    #[error("the keys do not fit each other: one station and one to eight receivers of the same suite")]
    Keys,
    /// The medium.
    #[error("the packet cannot be written or its content not read: {0}")]
    Medium(io::ErrorKind),
}

impl PackError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Contents => "内容不能放入传输包：文件过多、有空文件，或名称不是文件名".into(),
            Self::Sources { listed, given } => format!("清单列出 {listed} 个文件，实际给出 {given} 个"),
            Self::Size { name, size_bytes } => format!("{name} 的大小不是所说的 {size_bytes} 字节"),
            Self::Keys => "密钥不匹配：需要同一套件的一个机位密钥和一至八个接收方密钥".into(),
            Self::Medium(kind) => format!("传输包无法写出，或其内容无法读取：{kind}"),
        }
    }
}

impl From<io::Error> for PackError {
    fn from(error: io::Error) -> Self {
        Self::Medium(error.kind())
    }
}

/// Packs contents whose items come from the sources in the same order.
///
/// # Errors
/// [`PackError`]; then the bytes written so far are no packet.
pub fn pack(
    contents: &Contents,
    sources: &mut [&mut dyn Read],
    keys: PackingKeys<'_>,
    seed: Seed,
    out: &mut dyn Write,
) -> Result<PacketId, PackError> {
    if contents.items.len() != sources.len() {
        return Err(PackError::Sources { listed: contents.items.len(), given: sources.len() });
    }
    let front = contents.write().ok_or(PackError::Contents)?;
    let mut pieces = begin(keys, seed, out)?;
    pieces.write_counted(&front)?;
    let mut digests = Vec::new();
    for (item, source) in contents.items.iter().zip(sources) {
        let copied = pieces.copy(*source, item.size_bytes)?;
        let size = PackError::Size { name: item.name.clone(), size_bytes: item.size_bytes };
        digests.extend_from_slice(&copied.ok_or(size)?);
    }
    pieces.write_counted(&digests)?;
    pieces.finish(keys.station)
}

/// Writes everything that comes before the pieces.
fn begin<'o>(keys: PackingKeys<'_>, seed: Seed, out: &'o mut dyn Write) -> Result<Pieces<'o>, PackError> {
    let suite = keys.station.public().suite();
    let mut random = seed.stretch(suite);
    let key = random.secret(suite.hiding_key_bytes());
    let purpose = wrap_purpose(suite);
    let mut receivers = Vec::new();
    for receiver in keys.receivers {
        if receiver.suite() != suite {
            return Err(PackError::Keys);
        }
        let wrapped = receiver.wrap_with(&purpose, &key, &mut random).ok_or(PackError::Keys)?;
        receivers.push((receiver.id(), wrapped));
    }
    let mut prefix = [0; PREFIX_BYTES];
    random.fill(&mut prefix);
    let station = keys.station.public().id();
    let header = Header { suite, station, receivers, commitment: commitment(suite, &key), prefix };
    let bytes = header.write().ok_or(PackError::Keys)?;
    let mut hash = Hasher::new(suite);
    for part in [&MAGIC[..], &(bytes.len() as u32).to_be_bytes(), &bytes] {
        write_hashed(out, &mut hash, part)?;
    }
    let before = hash.clone().finish();
    let piece = Zeroizing::new(Vec::with_capacity(PIECE_BYTES));
    Ok(Pieces { suite, key, prefix, before, number: 0, piece, hash, out })
}

/// The digest that ties a packet to its content key.
pub(super) fn commitment(suite: Suite, key: &[u8]) -> [u8; DIGEST_BYTES] {
    suite.mac(key, &[b"xueying-packet-1/commitment"])
}

/// What a packet's content key is wrapped for.
pub(super) fn wrap_purpose(suite: Suite) -> Vec<u8> {
    ["xueying-packet-1/", suite.name()].concat().into_bytes()
}

/// The content on its way into pieces.
struct Pieces<'o> {
    suite: Suite,
    key: Zeroizing<Vec<u8>>,
    prefix: [u8; PREFIX_BYTES],
    before: [u8; DIGEST_BYTES],
    number: u64,
    piece: Zeroizing<Vec<u8>>,
    hash: Hasher,
    out: &'o mut dyn Write,
}

impl Pieces<'_> {
    /// A part that says how long it is.
    fn write_counted(&mut self, part: &[u8]) -> Result<(), PackError> {
        self.write(&(part.len() as u32).to_be_bytes())?;
        self.write(part)
    }

    /// A full piece leaves only when more comes, so that the last one is known.
    fn write(&mut self, mut bytes: &[u8]) -> Result<(), PackError> {
        while !bytes.is_empty() {
            if self.piece.len() == PIECE_BYTES {
                self.flush(false)?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(PIECE_BYTES - self.piece.len()));
            self.piece.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Copies a source of a known size and gives its digest; `None` when it has another size.
    fn copy(
        &mut self,
        source: &mut dyn Read,
        size_bytes: u64,
    ) -> Result<Option<[u8; DIGEST_BYTES]>, PackError> {
        let mut hash = Hasher::new(self.suite);
        let mut buffer = Zeroizing::new(vec![0; 16 * 1024]);
        let mut left = size_bytes;
        loop {
            let count = match source.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                count => count?,
            };
            match left.checked_sub(count as u64) {
                _ if count == 0 => return Ok((left == 0).then(|| hash.finish())),
                None => return Ok(None),
                Some(rest) => left = rest,
            }
            hash.update(&buffer[..count]);
            self.write(&buffer[..count])?;
        }
    }

    fn flush(&mut self, is_last: bool) -> Result<(), PackError> {
        let nonce = nonce(self.prefix, self.number, is_last).ok_or(PackError::Contents)?;
        let sealed =
            self.suite.encrypt(&self.key, &nonce, &self.before, &self.piece).ok_or(PackError::Keys)?;
        write_hashed(self.out, &mut self.hash, &(sealed.len() as u32).to_be_bytes())?;
        write_hashed(self.out, &mut self.hash, &sealed)?;
        self.piece.clear();
        self.number += 1;
        Ok(())
    }

    fn finish(mut self, station: &SigningKey) -> Result<PacketId, PackError> {
        self.flush(true)?;
        let id = self.hash.finish();
        let signature = statement::write(PURPOSE, &id, station).ok_or(PackError::Keys)?;
        self.out.write_all(&0_u32.to_be_bytes())?;
        self.out.write_all(&(signature.len() as u32).to_be_bytes())?;
        self.out.write_all(&signature)?;
        Ok(PacketId(id))
    }
}
