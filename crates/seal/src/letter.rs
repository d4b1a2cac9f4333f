//! A letter: bytes that one receiver alone can read, such as the bundle for a station. It says nothing of
//! its sender; what is inside is signed where that matters. For pictures there are packets.

use coset::Header;
use zeroize::Zeroizing;

use crate::keys::{HidingKey, KeyId, Nonce, ReceivingKey, SendingKey};
use crate::layers::{self, Broken, Hidden};
use crate::suite::{NONCE_BYTES, Seed, Suite};

const VERSION: u8 = 1;

/// Why a letter cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LetterFault {
    /// Not in the one form of a letter.
    #[error("it is damaged or cut off")]
    Damaged,
    /// For somebody else.
    #[error("it is for the owner of key {0}, not for this key")]
    NotForThisKey(KeyId),
    /// Changed on its way, or about something else.
    #[error("it was changed on its way or is of another kind")]
    Forged,
}

impl LetterFault {
    /// The message in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::Damaged => "文件已损坏或不完整".into(),
            Self::NotForThisKey(id) => format!("收件密钥应为 {id}，不是本密钥"),
            Self::Forged => "文件在途中被改动，或不属于此类文件".into(),
        }
    }
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct Parts<'b> {
    #[n(0)]
    version: u8,
    #[n(1)]
    to: minicbor::bytes::ByteArray<8>,
    #[cbor(b(2), with = "minicbor::bytes")]
    wrapped: &'b [u8],
    #[cbor(b(3), with = "minicbor::bytes")]
    hidden: &'b [u8],
}

/// Writes a letter of a purpose; `None` when the receiver's key is weak.
pub fn write(plain: &[u8], purpose: &str, to: &SendingKey, seed: Seed) -> Option<Vec<u8>> {
    let suite = to.suite();
    let mut random = seed.stretch(suite);
    let secret = random.secret(suite.hiding_key_bytes());
    let mut nonce = [0; NONCE_BYTES];
    random.fill(&mut nonce);
    let purpose = full_purpose(suite, purpose);
    let wrapped = to.wrap_with(&purpose, &secret, &mut random)?;
    let key = HidingKey::new(suite, secret)?;
    let hidden = layers::hide(header(suite, key.id()), plain, &purpose, (&key, Nonce::new(nonce))).ok()?;
    let parts = Parts { version: VERSION, to: to.id().0.into(), wrapped: &wrapped, hidden: &hidden };
    minicbor::to_vec(parts).ok()
}

/// What a letter says.
///
/// # Errors
/// [`LetterFault`] with the first check that failed.
pub fn open(letter: &[u8], purpose: &str, key: &ReceivingKey) -> Result<Zeroizing<Vec<u8>>, LetterFault> {
    let parts: Parts<'_> = minicbor::decode(letter).map_err(|_| LetterFault::Damaged)?;
    if parts.version != VERSION || !minicbor::to_vec(&parts).is_ok_and(|again| again == letter) {
        return Err(LetterFault::Damaged);
    }
    let to = KeyId(*parts.to);
    if to != key.public().id() {
        return Err(LetterFault::NotForThisKey(to));
    }
    let suite = key.public().suite();
    let purpose = full_purpose(suite, purpose);
    let secret = key.unwrap(&purpose, parts.wrapped).ok_or(LetterFault::Forged)?;
    let content = HidingKey::new(suite, secret).ok_or(LetterFault::Forged)?;
    let hidden = Hidden::parse(parts.hidden).map_err(fault)?;
    let plain = hidden.show(&header(suite, content.id()), &purpose, &content).map_err(fault)?;
    Ok(Zeroizing::new(plain))
}

fn fault(broken: Broken) -> LetterFault {
    match broken {
        Broken::Form => LetterFault::Damaged,
        Broken::Forged => LetterFault::Forged,
    }
}

fn header(suite: Suite, key: KeyId) -> Header {
    layers::header(suite.cipher_algorithm(), Some(key))
}

fn full_purpose(suite: Suite, purpose: &str) -> Vec<u8> {
    ["xueying-letter-1/", suite.name(), "/", purpose].concat().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::SEED_BYTES;

    fn key(suite: Suite, byte: u8) -> ReceivingKey {
        ReceivingKey::new(suite, Zeroizing::new(vec![byte; suite.receiving_key_bytes()])).unwrap()
    }

    #[test]
    fn only_the_receiver_reads_a_letter_and_only_as_what_it_is() {
        for suite in Suite::ALL {
            let (me, other) = (key(suite, 3), key(suite, 4));
            let letter = write(b"hello", "bundle", me.public(), Seed::new([1; SEED_BYTES])).unwrap();
            assert_eq!(open(&letter, "bundle", &me).unwrap().as_slice(), b"hello");
            assert_eq!(open(&letter, "bundle", &other), Err(LetterFault::NotForThisKey(me.public().id())));
            assert_eq!(open(&letter, "enrolment", &me), Err(LetterFault::Forged));
        }
    }

    #[test]
    fn every_changed_bit_and_every_cut_of_a_letter_is_refused() {
        for suite in Suite::ALL {
            let me = key(suite, 3);
            let letter = write(b"hello", "bundle", me.public(), Seed::new([1; SEED_BYTES])).unwrap();
            for bit in 0..letter.len() * 8 {
                let mut changed = letter.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                assert!(open(&changed, "bundle", &me).is_err(), "{suite:?}: bit {bit}");
            }
            for length in 0..letter.len() {
                assert!(open(&letter[..length], "bundle", &me).is_err(), "{suite:?}: {length} bytes");
            }
        }
    }
}
