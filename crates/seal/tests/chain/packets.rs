//! Packets on their way from a station to the centre, and what comes back.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Write};

use proptest::prelude::*;
use seal::code::fingerprint::Fingerprint;
use seal::keys::{ReceivingKey, SendingKey, SigningKey, VerifyingKey};
use seal::packet::contents::{Contents, Item, ItemKind, Register};
use seal::packet::manifest::{self, Differences, Manifest};
use seal::packet::receipt::{self, Receipt, Stage};
use seal::packet::{Opened, PackError, PacketFault, PacketId, PackingKeys, open, pack, verify};
use seal::statement::StatementFault;
use seal::suite::{SEED_BYTES, Seed, Suite};
use zeroize::Zeroizing;

use crate::records::{PHOTO, sealed};

pub fn station(suite: Suite, byte: u8) -> SigningKey {
    SigningKey::new(suite, Zeroizing::new(vec![byte; suite.signing_key_bytes()])).unwrap()
}

pub fn centre(suite: Suite, byte: u8) -> ReceivingKey {
    ReceivingKey::new(suite, Zeroizing::new(vec![byte; suite.receiving_key_bytes()])).unwrap()
}

fn item(kind: ItemKind, name: &str, size_bytes: usize) -> Item {
    Item { kind, name: name.into(), size_bytes: size_bytes as u64 }
}

pub fn contents(items: Vec<Item>) -> Contents {
    let register = Register {
        shot: "01957f3c-2b7a-7c4e-9d10-5a6b7c8d9e0f".parse().unwrap(),
        generation: 1,
        number: "2-0137".into(),
        station: "2".to_owned().try_into().unwrap(),
        operator: "op-7".into(),
        captured_ms: 1_804_815_665_250,
        packed_ms: 1_804_815_700_000,
        code: Fingerprint([7; 32]),
        original: [8; 32],
    };
    Contents {
        campaign: "xd-2027".to_owned().try_into().unwrap(),
        rules: "jbz-2017-99 1".into(),
        register,
        items,
    }
}

pub fn packed(suite: Suite, files: &[&[u8]], receivers: &[SendingKey], seed: u8) -> (PacketId, Vec<u8>) {
    let items = files
        .iter()
        .enumerate()
        .map(|(at, file)| item(ItemKind::ALL[at % 3], &format!("{at}.bin"), file.len()));
    let contents = contents(items.collect());
    let mut sources: Vec<Cursor<&[u8]>> = files.iter().map(|file| Cursor::new(*file)).collect();
    let mut sources: Vec<&mut dyn Read> = sources.iter_mut().map(|source| source as &mut dyn Read).collect();
    let station = station(suite, 41);
    let keys = PackingKeys { station: &station, receivers };
    let mut packet = Vec::new();
    let id = pack(&contents, &mut sources, keys, Seed::new([seed; SEED_BYTES]), &mut packet).unwrap();
    (id, packet)
}

pub fn stations(suite: Suite) -> [VerifyingKey; 1] {
    [station(suite, 41).public().clone()]
}

pub fn opened(packet: &[u8], key: &ReceivingKey) -> Result<(Opened, Vec<Vec<u8>>), PacketFault> {
    let mut files = Vec::new();
    let stations = stations(key.public().suite());
    let opened = open(&mut Cursor::new(packet), key, &stations, &mut |_, at, bytes| {
        files.resize(files.len().max(at + 1), Vec::new());
        files[at].extend_from_slice(bytes);
        Ok(())
    })?;
    Ok((opened, files))
}

fn small(suite: Suite) -> Vec<u8> {
    packed(suite, &[b"photo"], &[centre(suite, 51).public().clone()], 1).1
}

#[test]
fn every_receiver_opens_a_packet_and_finds_the_same() {
    for suite in Suite::ALL {
        let photo = sealed(suite, "10701210234");
        let receivers = [centre(suite, 51), centre(suite, 52)];
        let public = receivers.each_ref().map(|key| key.public().clone());
        let (id, packet) = packed(suite, &[&photo, PHOTO, b"{}"], &public, 1);
        for receiver in &receivers {
            let (opened, files) = opened(&packet, receiver).unwrap();
            assert_eq!((opened.id, opened.station), (id, station(suite, 41).public().id()));
            assert_eq!(files, [&photo, PHOTO, b"{}"]);
            assert_eq!(opened.digests[0], suite.digest(&[&photo]));
            assert_eq!(opened.contents.register.number, "2-0137");
        }
        let verified = verify(&mut &packet[..], &stations(suite)).unwrap();
        assert_eq!((verified.id, verified.size_bytes), (id, packet.len() as u64));
        assert_eq!(verified.receivers, public.map(|key| key.id()));
    }
}

#[test]
fn content_of_any_length_around_a_piece_comes_back() {
    for suite in Suite::ALL {
        let centre = centre(suite, 51);
        let before = packed(suite, &[b"x"], &[centre.public().clone()], 1).1.len();
        for pieces in 1..=2_usize {
            for more in -40..=40_isize {
                let length = (pieces * 65_536 - 400).wrapping_add_signed(more * 10).max(1);
                let file: Vec<u8> = (0..length).map(|at| at as u8).collect();
                let (_, packet) = packed(suite, &[&file], &[centre.public().clone()], 1);
                assert!(packet.len() >= before + length - 1);
                assert_eq!(opened(&packet, &centre).unwrap().1, [file], "{suite:?}: {length} bytes");
            }
        }
    }
}

#[test]
fn every_changed_bit_and_every_cut_of_a_packet_is_refused() {
    for suite in Suite::ALL {
        let (good, centre) = (small(suite), centre(suite, 51));
        for bit in 0..good.len() * 8 {
            let mut changed = good.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(opened(&changed, &centre).is_err(), "{suite:?}: bit {} of byte {}", bit % 8, bit / 8);
        }
        for length in 0..good.len() {
            assert!(verify(&mut &good[..length], &stations(suite)).is_err(), "{suite:?}: {length} bytes");
        }
        let more = [&good[..], &[0]].concat();
        assert_eq!(opened(&more, &centre).unwrap_err(), PacketFault::Damaged("bytes after the signature"));
    }
}

#[test]
fn each_kind_of_fault_of_a_packet_has_its_own_name() {
    for suite in Suite::ALL {
        let (good, centre_key) = (small(suite), centre(suite, 51));
        let fault = |packet: &[u8]| opened(packet, &centre_key).unwrap_err();
        assert_eq!(fault(b"%PDF-"), PacketFault::NotPacket);
        assert_eq!(fault(&good[..good.len() - 1]), PacketFault::CutOff);
        let mut changed = good.clone();
        let (last, middle) = (good.len() - 1, good.len() - 200);
        changed[last] ^= 1;
        assert_eq!(fault(&changed), PacketFault::SignatureWrong);
        changed[last] ^= 1;
        changed[middle] ^= 1;
        assert_eq!(fault(&changed), PacketFault::SignatureWrong);
        let other = centre(suite, 53);
        assert_eq!(opened(&good, &other).unwrap_err(), PacketFault::NotForThisKey(other.public().id()));
        let nobody = verify(&mut &good[..], &[station(suite, 42).public().clone()]).unwrap_err();
        assert_eq!(nobody, PacketFault::UnknownStation(station(suite, 41).public().id()));
        assert!(!nobody.zh().is_ascii());
    }
}

#[test]
fn a_packet_shows_nothing_of_what_is_inside() {
    for suite in Suite::ALL {
        let photo = sealed(suite, "10701210234");
        let (_, packet) = packed(suite, &[&photo], &[centre(suite, 51).public().clone()], 1);
        let parts: [&[u8]; 6] = [b"10701210234", b"2-0137", b"xd-2027", b"op-7", b"XY1R:", &photo[..12]];
        for part in parts {
            assert!(!packet.windows(part.len()).any(|window| window == part), "{suite:?}: {part:?}");
        }
    }
}

#[test]
fn a_packet_of_one_suite_is_nothing_in_the_other() {
    let packet = small(Suite::Modern);
    let fault = verify(&mut &packet[..], &stations(Suite::Gm)).unwrap_err();
    assert_eq!(fault, PacketFault::UnknownStation(station(Suite::Modern, 41).public().id()));
    let mut other = packet.clone();
    assert_eq!(other[10], Suite::Modern.id());
    other[10] = Suite::Gm.id();
    assert!(verify(&mut &other[..], &[stations(Suite::Gm), stations(Suite::Modern)].concat()).is_err());
    other[10] = 9;
    assert_eq!(verify(&mut &other[..], &stations(Suite::Gm)), Err(PacketFault::OtherSuite(9)));
}

#[test]
fn the_published_packets_are_what_is_packed_and_opened() {
    let manual = include_str!("../../../../docs/formats.md");
    let counting = |from: u8, length: usize| Zeroizing::new((from..).take(length).collect::<Vec<u8>>());
    let mut missing = Vec::new();
    for suite in Suite::ALL {
        let station = SigningKey::new(suite, counting(0x20, suite.signing_key_bytes())).unwrap();
        let centre = ReceivingKey::new(suite, counting(0x40, suite.receiving_key_bytes())).unwrap();
        let receivers = [centre.public().clone()];
        let contents = contents(vec![item(ItemKind::Photo, "a.jpg", 5)]);
        let seed = Seed::new(counting(0x60, SEED_BYTES).as_slice().try_into().unwrap());
        let keys = PackingKeys { station: &station, receivers: &receivers };
        let mut packet = Vec::new();
        let id = pack(&contents, &mut [&mut &b"photo"[..]], keys, seed, &mut packet).unwrap();
        let hex = packet.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let stations = [station.public().clone()];
        open(&mut Cursor::new(&packet), &centre, &stations, &mut |_, _, _| Ok(())).unwrap();
        for part in [hex, id.to_string()] {
            if !manual.contains(&part) {
                missing.push(format!("{suite:?} {part}"));
            }
        }
    }
    assert!(missing.is_empty(), "docs/formats.md does not hold {missing:#?}");
}

/// A file that nobody could hold: its bytes are made as they are read.
struct Endless<'c> {
    left: usize,
    read: &'c Cell<u64>,
}

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.left);
        buffer[..count].fill(0xA5);
        self.left -= count;
        self.read.set(self.read.get() + count as u64);
        Ok(count)
    }
}

/// Counts what is written and how far it is behind what was read.
struct Behind<'c> {
    read: &'c Cell<u64>,
    written: u64,
    most: u64,
    kept: Vec<u8>,
}

impl Write for Behind<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.most = self.most.max(self.read.get().saturating_sub(self.written));
        self.written += bytes.len() as u64;
        self.kept.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Says how far it was read.
struct Counted<'c>(Cursor<Vec<u8>>, &'c Cell<u64>);
impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        self.1.set(self.0.position());
        Ok(count)
    }
}
impl io::Seek for Counted<'_> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn no_more_than_two_pieces_of_a_large_file_are_held_while_it_is_packed_and_opened() {
    const SIZE: usize = 5 << 20;
    let suite = Suite::Modern;
    let (read, centre, station) = (Cell::new(0), centre(suite, 51), station(suite, 41));
    let mut source = Endless { left: SIZE, read: &read };
    let mut out = Behind { read: &read, written: 0, most: 0, kept: Vec::new() };
    let contents = contents(vec![item(ItemKind::Original, "a.nef", SIZE)]);
    let receivers = [centre.public().clone()];
    let keys = PackingKeys { station: &station, receivers: &receivers };
    pack(&contents, &mut [&mut source], keys, Seed::new([1; SEED_BYTES]), &mut out).unwrap();
    assert!(out.most <= 2 * 65_536, "{} bytes were held while packing", out.most);

    let at = Cell::new(0);
    let (mut given, mut most) = (0, 0);
    let mut packet = Counted(Cursor::new(out.kept), &at);
    open(&mut packet, &centre, &stations(suite), &mut |_, _, bytes| {
        most = most.max(at.get() - given);
        given += bytes.len() as u64;
        Ok(())
    })
    .unwrap();
    assert_eq!(given, SIZE as u64);
    assert!(most <= 2 * 65_536 + 1024, "{most} bytes were held while opening");
}

#[test]
fn a_file_that_changes_while_it_is_packed_gives_no_packet() {
    let (suite, receivers) = (Suite::Modern, [centre(Suite::Modern, 51).public().clone()]);
    let station = station(suite, 41);
    let keys = PackingKeys { station: &station, receivers: &receivers };
    let packing = |contents: &Contents, sources: &mut [&mut dyn Read]| {
        pack(contents, sources, keys, Seed::new([1; SEED_BYTES]), &mut io::sink()).unwrap_err()
    };
    let one = contents(vec![item(ItemKind::Photo, "a.jpg", 5)]);
    let size = PackError::Size { name: "a.jpg".into(), size_bytes: 5 };
    assert_eq!(packing(&one, &mut [&mut &b"1234"[..]]), size);
    assert_eq!(packing(&one, &mut [&mut &b"123456"[..]]), size);
    assert_eq!(packing(&one, &mut []), PackError::Sources { listed: 1, given: 0 });
    for name in ["", "../a.jpg", "a/b", "..", "C:a", "a\u{7}"] {
        let bad = contents(vec![item(ItemKind::Photo, name, 5)]);
        assert_eq!(packing(&bad, &mut [&mut &b"12345"[..]]), PackError::Contents, "{name:?}");
    }
    let empty = contents(vec![item(ItemKind::Photo, "a.jpg", 0)]);
    assert_eq!(packing(&empty, &mut [&mut &b""[..]]), PackError::Contents);
    let mixed = [centre(Suite::Gm, 51).public().clone()];
    for receivers in [&mixed[..], &[]] {
        let keys = PackingKeys { station: &station, receivers };
        let seed = Seed::new([1; SEED_BYTES]);
        let packed = pack(&one, &mut [&mut &b"12345"[..]], keys, seed, &mut io::sink());
        assert_eq!(packed, Err(PackError::Keys));
    }
}

#[test]
fn two_packings_of_one_photo_are_two_packets() {
    let (suite, receivers) = (Suite::Gm, [centre(Suite::Gm, 51).public().clone()]);
    let (first, _) = packed(suite, &[b"photo"], &receivers, 1);
    let (other, _) = packed(suite, &[b"photo"], &receivers, 2);
    assert_ne!(first, other, "they share no key");
    assert_eq!(PacketId::parse(&first.to_string()), Some(first));
}

#[test]
fn a_receipt_is_by_the_centre_and_about_one_packet() {
    for suite in Suite::ALL {
        let receipt = Receipt {
            packet: packed(suite, &[b"photo"], &[centre(suite, 51).public().clone()], 1).0,
            campaign: "xd-2027".to_owned().try_into().unwrap(),
            stage: Stage::Opened,
            at_ms: 1_804_815_800_000,
        };
        let signer = station(suite, 61);
        let bytes = receipt::write(&receipt, &signer).unwrap();
        let centres = [signer.public().clone()];
        assert_eq!(receipt::read(&bytes, &centres), Ok(receipt));
        let unknown = StatementFault::UnknownSigner(signer.public().id());
        assert_eq!(receipt::read(&bytes, &stations(suite)), Err(unknown));
        assert_eq!(
            manifest::read(&bytes, &centres),
            Err(StatementFault::SignatureWrong),
            "a receipt is no manifest"
        );
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(receipt::read(&changed, &centres).is_err(), "{suite:?}: bit {bit}");
        }
    }
}

#[test]
fn a_folder_of_packets_is_compared_with_its_manifest() {
    let id = |byte| PacketId([byte; 32]);
    for suite in Suite::ALL {
        let manifest = Manifest {
            campaign: "xd-2027".to_owned().try_into().unwrap(),
            made_at_ms: 1_804_815_800_000,
            packets: BTreeMap::from([(id(1), 100), (id(2), 200), (id(3), 300)]),
        };
        let bytes = manifest::write(&manifest, &station(suite, 41)).unwrap();
        let read = manifest::read(&bytes, &stations(suite)).unwrap();
        assert_eq!(read, manifest);
        let present = BTreeMap::from([(id(1), 100), (id(2), 201), (id(4), 400)]);
        let expected = Differences { missing: vec![id(3)], changed: vec![id(2)], unlisted: vec![id(4)] };
        assert_eq!(read.compare(&present), expected);
        assert_eq!(read.compare(&manifest.packets), Differences::default());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_no_packet(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(opened(&bytes, &centre(Suite::Modern, 51)).is_err());
        let behind = [b"XYPK\x01\0\0\0\x40", &bytes[..]].concat();
        prop_assert!(opened(&behind, &centre(Suite::Modern, 51)).is_err());
        prop_assert!(receipt::read(&bytes, &stations(Suite::Gm)).is_err());
        prop_assert!(manifest::read(&bytes, &stations(Suite::Gm)).is_err());
    }

    #[test]
    fn a_spliced_packet_is_refused(from in 0..2_usize, at in 9..500_usize, cut in 0..60_usize, put in 0..60_usize) {
        let suite = Suite::ALL[from];
        let (good, other) = (small(suite), packed(suite, &[b"other"], &[centre(suite, 51).public().clone()], 2).1);
        let (at, end) = (at.min(good.len()), (at + cut).min(good.len()));
        let piece = &other[at.min(other.len())..(at + put).min(other.len())];
        let spliced = [&good[..at], piece, &good[end..]].concat();
        prop_assert!(spliced == good || opened(&spliced, &centre(suite, 51)).is_err());
    }
}
