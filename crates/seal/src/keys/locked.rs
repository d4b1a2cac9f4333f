//! Key files under a passphrase: the text of any key file, hidden under a key that Argon2id (RFC 9106) makes
//! from the passphrase. This is how secret keys lie on a disk; the backup sheet is the same on paper.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;
use zeroize::Zeroizing;

use super::{HidingKey, Nonce};
use crate::layers::{self, Broken, Hidden};
use crate::suite::{NONCE_BYTES, Seed, Suite};

const FIRST_LINE: &str = "xueying-locked-keys 1";
/// RFC 9106 §4, the second recommended option: 64 MiB, three passes, four lanes; a fifth of a second.
const COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 4 };
/// Most that a file may ask of this computer: sixteen times as much.
const MOST: Cost = Cost { memory_kib: 1024 * 1024, passes: 16, lanes: 16 };
/// RFC 9106 §3.1 recommends 16 bytes.
const SALT_BYTES: usize = 16;
/// NIST SP 800-63B-4 §3.1.1.2, for a passphrase that stands alone.
const SHORTEST_PASSPHRASE: usize = 15;
/// Characters in a line of the body, as in MIME (RFC 2045 §6.8).
const LINE: usize = 76;

/// What unlocks a key file. Its `Debug` prints `***`.
pub struct Passphrase(Zeroizing<String>);

/// Why keys stay locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LockFault {
    /// Easily guessed.
    #[error("a passphrase has at least {SHORTEST_PASSPHRASE} characters")]
    TooShort,
    /// Not in the one form of a locked key file.
    #[error("this is not a locked key file, or it is damaged")]
    Damaged,
    /// It asks for too much memory or time.
    #[error("the file asks for more memory or time than this program spends on a passphrase")]
    TooCostly,
    /// The passphrase, or a changed file; the two cannot be told apart.
    #[error("the passphrase is wrong, or the file was changed")]
    Wrong,
}

impl LockFault {
    /// The message in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::TooShort => format!("口令至少 {SHORTEST_PASSPHRASE} 个字符"),
            Self::Damaged => "不是加密的密钥文件，或已损坏".into(),
            Self::TooCostly => "该文件要求的内存或时间超过本程序的上限".into(),
            Self::Wrong => "口令错误，或文件被改动过".into(),
        }
    }
}

#[derive(Clone, Copy)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Passphrase {
    /// Takes a passphrase that is long enough.
    ///
    /// # Errors
    /// [`LockFault::TooShort`].
    pub fn new(text: Zeroizing<String>) -> Result<Self, LockFault> {
        if text.chars().count() < SHORTEST_PASSPHRASE {
            return Err(LockFault::TooShort);
        }
        Ok(Self(text))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(***)")
    }
}

/// Whether a text is a locked key file rather than an open one.
pub fn is_locked(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').lines().next().map(str::trim_end) == Some(FIRST_LINE)
}

/// Hides the text of a key file.
///
/// # Errors
/// [`LockFault`] when the computer has not the memory.
pub fn lock(keys: &str, suite: Suite, passphrase: &Passphrase, seed: Seed) -> Result<String, LockFault> {
    let mut random = seed.stretch(suite);
    let (mut salt, mut nonce) = ([0; SALT_BYTES], [0; NONCE_BYTES]);
    random.fill(&mut salt);
    random.fill(&mut nonce);
    let costs = cost_line(COST, &salt);
    let key = derive(suite, passphrase, COST, &salt)?;
    let header = layers::header(suite.cipher_algorithm(), None);
    let hidden = layers::hide(header, keys.as_bytes(), &purpose(suite, &costs), (&key, Nonce::new(nonce)));
    let body = STANDARD.encode(hidden.map_err(|_| LockFault::Damaged)?);
    let lines: Vec<&str> =
        body.as_bytes().chunks(LINE).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    Ok(format!("{FIRST_LINE}\nsuite {}\n{costs}\n{}\n", suite.name(), lines.join("\n")))
}

/// The text of the key file inside.
///
/// # Errors
/// [`LockFault`] with the first check that failed.
pub fn unlock(locked: &str, passphrase: &Passphrase) -> Result<Zeroizing<String>, LockFault> {
    let mut lines = locked.trim_start_matches('\u{feff}').lines().map(str::trim_end);
    if lines.next() != Some(FIRST_LINE) {
        return Err(LockFault::Damaged);
    }
    let suite = lines.next().and_then(|line| Suite::with_name(line.strip_prefix("suite ")?));
    let suite = suite.ok_or(LockFault::Damaged)?;
    let costs = lines.next().ok_or(LockFault::Damaged)?;
    let (cost, salt) = read_cost_line(costs).ok_or(LockFault::Damaged)?;
    if cost.memory_kib > MOST.memory_kib || cost.passes > MOST.passes || cost.lanes > MOST.lanes {
        return Err(LockFault::TooCostly);
    }
    let body: String = lines.collect();
    let hidden = STANDARD.decode(body).map_err(|_| LockFault::Damaged)?;
    let hidden = Hidden::parse(&hidden).map_err(|_| LockFault::Damaged)?;
    let key = derive(suite, passphrase, cost, &salt)?;
    let header = layers::header(suite.cipher_algorithm(), None);
    let plain = hidden.show(&header, &purpose(suite, costs), &key).map_err(|broken| match broken {
        Broken::Form => LockFault::Damaged,
        Broken::Forged => LockFault::Wrong,
    })?;
    String::from_utf8(plain).map(Zeroizing::new).map_err(|_| LockFault::Damaged)
}

fn derive(suite: Suite, passphrase: &Passphrase, cost: Cost, salt: &[u8]) -> Result<HidingKey, LockFault> {
    let mut key = Zeroizing::new(vec![0; suite.hiding_key_bytes()]);
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(key.len()));
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.map_err(|_| LockFault::Damaged)?);
    let made = argon2.hash_password_into(passphrase.0.as_bytes(), salt, &mut key);
    made.map_err(|_| LockFault::TooCostly)?;
    HidingKey::new(suite, key).ok_or(LockFault::Damaged)
}

/// The line that is authenticated with the keys, so that nobody makes them cheaper.
fn cost_line(cost: Cost, salt: &[u8]) -> String {
    let Cost { memory_kib, passes, lanes } = cost;
    format!("argon2id {memory_kib} {passes} {lanes} {}", STANDARD.encode(salt))
}

fn read_cost_line(line: &str) -> Option<(Cost, Vec<u8>)> {
    let words: Vec<&str> = line.split(' ').collect();
    let ["argon2id", memory, passes, lanes, salt] = words[..] else { return None };
    let salt = STANDARD.decode(salt).ok().filter(|salt| salt.len() == SALT_BYTES)?;
    let cost =
        Cost { memory_kib: memory.parse().ok()?, passes: passes.parse().ok()?, lanes: lanes.parse().ok()? };
    (cost_line(cost, &salt) == line).then_some((cost, salt))
}

fn purpose(suite: Suite, costs: &str) -> Vec<u8> {
    ["xueying-locked-keys-1/", suite.name(), "/", costs].concat().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::SEED_BYTES;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(Zeroizing::new(text.to_owned())).unwrap()
    }

    #[test]
    fn only_the_passphrase_unlocks_a_key_file() {
        let keys = "xueying-keys 1\nsuite modern\nrecord-key 00 SECRET\n".repeat(20);
        for suite in Suite::ALL {
            let good = passphrase("correct horse battery");
            let locked = lock(&keys, suite, &good, Seed::new([1; SEED_BYTES])).unwrap();
            assert!(is_locked(&locked) && !is_locked(&keys) && !locked.contains("SECRET"));
            assert_eq!(unlock(&locked, &good).unwrap().as_str(), keys);
            assert_eq!(unlock(&locked, &passphrase("correct horse batterY")), Err(LockFault::Wrong));
            assert_eq!(
                unlock(&locked.replace("argon2id 65536 3", "argon2id 65536 2"), &good),
                Err(LockFault::Wrong)
            );
        }
    }

    #[test]
    fn what_is_no_locked_file_is_refused_before_any_work() {
        let good = passphrase("correct horse battery");
        let locked = lock("keys", Suite::Gm, &good, Seed::new([1; SEED_BYTES])).unwrap();
        let cases = [
            (locked.replace("keys 1", "keys 2"), LockFault::Damaged),
            (locked.replace("suite gm", "suite x"), LockFault::Damaged),
            (locked.replace("argon2id 65536", "argon2id 9999999"), LockFault::TooCostly),
            (locked.replace(" 3 4 ", " 3 17 "), LockFault::TooCostly),
            (locked.replace("argon2id 65536", "argon2id 065536"), LockFault::Damaged),
            (locked[..locked.len() - 9].to_owned(), LockFault::Damaged),
            (String::new(), LockFault::Damaged),
        ];
        for (text, fault) in cases {
            assert_eq!(unlock(&text, &good).unwrap_err(), fault, "{text}");
        }
        assert_eq!(
            Passphrase::new(Zeroizing::new("密码一二三四五六七八九".into())).unwrap_err(),
            LockFault::TooShort
        );
        assert_eq!(format!("{good:?}"), "Passphrase(***)");
    }
}
