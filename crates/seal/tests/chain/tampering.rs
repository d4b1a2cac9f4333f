//! Whatever is done to a sealed photo, it no longer opens, and the reason is named.

use seal::photo::{open, without_comments};
use seal::problem::{Damage, NotWhole, OpenError};

use seal::suite::Suite;

use crate::records::{APP0_END, PHOTO, keyring, sealed};

fn problem(photo: &[u8]) -> OpenError {
    open(photo, &keyring(1, 2)).unwrap_err()
}

/// The comment segment of the sealed photo.
fn segment(photo: &[u8]) -> &[u8] {
    &photo[APP0_END..APP0_END + photo.len() - PHOTO.len()]
}

#[test]
fn every_flipped_bit_is_refused() {
    let keyring = keyring(1, 2);
    for suite in Suite::ALL {
        let good = sealed(suite, "10701210234");
        for bit in 0..good.len() * 8 {
            let mut photo = good.clone();
            photo[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&photo, &keyring).is_err(), "{suite:?}: bit {} of byte {}", bit % 8, bit / 8);
        }
    }
}

#[test]
fn every_truncation_and_every_added_byte_is_refused() {
    for suite in Suite::ALL {
        let good = sealed(suite, "10701210234");
        for length in 0..good.len() {
            assert!(open(&good[..length], &keyring(1, 2)).is_err(), "{suite:?}: {length} bytes");
        }
        for byte in [0, 0x0A, 0xD9, 0xFF] {
            let photo = [&good[..], &[byte]].concat();
            assert_eq!(problem(&photo), OpenError::NotWhole(NotWhole::TrailingBytes { count: 1 }));
        }
    }
}

#[test]
fn four_thousand_mutated_photos_are_refused_without_a_panic() {
    let both = Suite::ALL.map(|suite| sealed(suite, "10701210234"));
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 16) as usize % below
    };
    for round in 0..4000 {
        let good = &both[round % 2];
        let mut photo = good.clone();
        for _ in 0..=next(4) {
            let (at, other) = (next(photo.len()), next(good.len()));
            match next(4) {
                0 => photo[at] = next(256) as u8,
                1 => drop(photo.remove(at)),
                2 => photo.insert(at, good[other]),
                _ => drop(photo.splice(at.., good[other..].iter().copied())),
            }
        }
        let record = open(&photo, &keyring(1, 2));
        assert!(photo == *good || record.is_err(), "round {round}");
    }
}

#[test]
fn a_swapped_record_is_genuine_but_of_another_photo() {
    for suite in Suite::ALL {
        let (first, mut other) = (sealed(suite, "1"), PHOTO.to_vec());
        let middle = other.len() - 20;
        other[middle] ^= 1;
        let swapped = [&other[..APP0_END], segment(&first), &other[APP0_END..]].concat();
        let OpenError::Changed { record } = problem(&swapped) else { panic!("{:?}", problem(&swapped)) };
        assert_eq!(record.identity.student.as_str(), "1");
    }
}

#[test]
fn each_kind_of_damage_has_its_own_name() {
    Suite::ALL.into_iter().for_each(check_kinds_of_damage);
}

fn check_kinds_of_damage(suite: Suite) {
    let good = sealed(suite, "1");
    let comment = segment(&good).to_vec();
    let place = |at: usize, segment: &[u8]| [&PHOTO[..at], segment, &PHOTO[at..]].concat();
    let changed = |from: usize, to: u8| {
        let mut photo = good.clone();
        photo[APP0_END + from] = to;
        photo
    };
    let end = PHOTO.len() - 2;
    let wrong_place = |at| OpenError::WrongPlace { at, expected: APP0_END };
    let cases = [
        (PHOTO.to_vec(), OpenError::NoRecord),
        (place(APP0_END, &comment.repeat(2)), OpenError::TwoRecords { count: 2 }),
        (place(2, &comment), OpenError::WrongPlace { at: 2, expected: APP0_END + comment.len() }),
        (place(end, &comment), wrong_place(end)),
        (place(APP0_END, &[&[0xFF], &comment[..]].concat()), wrong_place(APP0_END + 1)),
        (place(APP0_END, b"\xFF\xFE\x00\x07hello"), OpenError::OtherComment),
        (changed(6, b'2'), OpenError::OtherComment),
        (changed(12, b'='), OpenError::Damaged(Damage::Base64)),
        (changed(9, b'A'), OpenError::Damaged(Damage::Envelope)),
        (changed(100, if good[APP0_END + 100] == b'A' { b'B' } else { b'A' }), OpenError::DecryptionFailed),
        (good[..good.len() - 1].to_vec(), OpenError::NotWhole(NotWhole::CutOff)),
        (good[2..].to_vec(), OpenError::NotWhole(NotWhole::NotJpeg)),
    ];
    for (photo, expected) in cases {
        assert_eq!(problem(&photo), expected);
        assert!(!expected.to_string().is_empty() && !expected.zh().is_ascii());
    }
}

#[test]
fn a_photo_without_its_record_is_the_photo_before() {
    assert_eq!(without_comments(&sealed(Suite::Gm, "1")).as_deref(), Ok(PHOTO));
    assert_eq!(without_comments(&PHOTO[..40]), Err(NotWhole::CutOff));
}
