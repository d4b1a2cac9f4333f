//! Passwords and tokens: what they must be like, and where their random parts come from.

use thiserror::Error;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{Account, AccountError};
use seal::hexadecimal;
use seal::password::{self, SALT_BYTES};

/// OWASP ASVS 4.0.3 §2.1.1.
pub const SHORTEST_PASSWORD: usize = 12;
/// The same, §2.1.2: longer ones are refused, so that nobody makes the server hash books.
const LONGEST_PASSWORD: usize = 128;
/// The alphabet of first passwords: without letters and digits that are taken for each other on paper.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
/// Letters of a first password, in groups of four: 31¹² possibilities, 59 bits.
const FIRST_LETTERS: usize = 12;

/// Why a password does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordFault {
    /// Too short.
    #[error("a password has at least {SHORTEST_PASSWORD} characters")]
    Short,
    /// Too long.
    #[error("a password has at most {LONGEST_PASSWORD} characters")]
    Long,
    /// The own name is in it.
    #[error("a password does not contain the name that one signs in with")]
    Name,
    /// Hardly any different characters.
    #[error("a password has at least five different characters")]
    Plain,
    /// The old one.
    #[error("the new password is the old one")]
    Same,
}

impl PasswordFault {
    /// The message in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::Short => format!("密码至少 {SHORTEST_PASSWORD} 个字符"),
            Self::Long => format!("密码最多 {LONGEST_PASSWORD} 个字符"),
            Self::Name => "密码不能包含用户名".into(),
            Self::Plain => "密码至少包含 5 个不同的字符".into(),
            Self::Same => "新密码不能与原密码相同".into(),
        }
    }
}

/// Whether a password does for an account.
pub fn check(password: &str, account: &Account) -> Result<(), PasswordFault> {
    let length = password.chars().count();
    let different: std::collections::BTreeSet<char> = password.chars().collect();
    let name = account.login.rsplit('/').next().unwrap_or_default();
    match () {
        () if length < SHORTEST_PASSWORD => Err(PasswordFault::Short),
        () if length > LONGEST_PASSWORD => Err(PasswordFault::Long),
        () if name.len() > 3 && password.to_lowercase().contains(&name.to_lowercase()) => {
            Err(PasswordFault::Name)
        }
        () if different.len() < 5 => Err(PasswordFault::Plain),
        () => Ok(()),
    }
}

/// Whether a password is the one kept. Hashing takes a processor for tens of milliseconds, so it is done beside
/// the tasks that answer; without a kept one it takes as long and fails.
pub async fn holds(password: &str, kept: Option<String>) -> bool {
    let password = password.to_owned();
    let work = move || match kept {
        Some(kept) => password::holds(&password, &kept),
        None => password::hash(&password, [0; SALT_BYTES]).is_none(),
    };
    spawn_blocking(work).await.unwrap_or(false)
}

/// What to keep of a password.
pub async fn hash(text: &str) -> Result<String, AccountError> {
    let (text, salt) = (text.to_owned(), random::<SALT_BYTES>()?);
    let hash = spawn_blocking(move || password::hash(&text, salt)).await.ok().flatten();
    hash.ok_or_else(|| AccountError::Damaged("no memory to hash a password".into()))
}

/// A password to begin with, such as `h4kq-w7mt-xn2c`.
pub fn first() -> Result<String, AccountError> {
    let mut text = String::new();
    while text.len() < FIRST_LETTERS + FIRST_LETTERS / 4 - 1 {
        if text.len() % 5 == 4 {
            text.push('-');
        }
        let [byte] = random::<1>()?;
        // Bytes above the last whole round of the alphabet would make its first letters likelier.
        if usize::from(byte) < 256 / ALPHABET.len() * ALPHABET.len() {
            text.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
        } else if text.ends_with('-') {
            text.pop();
        }
    }
    Ok(text)
}

/// 32 random bytes as text.
pub fn token() -> Result<String, AccountError> {
    Ok(hexadecimal::text(&random::<32>()?))
}

/// A new id in the order of time (RFC 9562 §5.7).
pub fn new_id(at_ms: u64) -> Result<Uuid, AccountError> {
    Ok(uuid::Builder::from_unix_timestamp_millis(at_ms, &random::<10>()?).into_uuid())
}

fn random<const N: usize>() -> Result<[u8; N], AccountError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| AccountError::Damaged(format!("no random bytes: {error}")))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Scope;
    use crate::role::Role;

    #[test]
    fn short_plain_and_own_names_are_no_passwords() {
        let account = Account {
            id: Uuid::nil(),
            login: "xd-2027/20270001".into(),
            name: "x".into(),
            role: Role::Student,
            scope: Scope::default(),
            must_change: false,
            locked_until_ms: 0,
            active: true,
            version: 0,
        };
        let checked = |password: &str| check(password, &account).err();
        assert_eq!(checked("short"), Some(PasswordFault::Short));
        assert_eq!(checked("ababababababab"), Some(PasswordFault::Plain));
        assert_eq!(checked("my 20270001 now"), Some(PasswordFault::Name));
        assert_eq!(checked(&"abcdefg".repeat(20)), Some(PasswordFault::Long));
        assert_eq!(checked("紫荆花开在东门外面第七棵树"), None);
    }

    #[test]
    fn a_first_password_has_three_groups_of_four_and_never_comes_again() {
        let (one, other) = (first().unwrap(), first().unwrap());
        assert_ne!(one, other);
        let groups: Vec<&str> = one.split('-').collect();
        assert!(groups.len() == 3 && groups.iter().all(|group| group.len() == 4), "{one}");
        assert!(one.bytes().all(|letter| letter == b'-' || ALPHABET.contains(&letter)));
    }
}
