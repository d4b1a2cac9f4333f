//! Passwords of people: kept as Argon2id (RFC 9106) in PHC's text form, so that whoever steals the table has to try
//! them one by one.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use crate::hexadecimal;
use crate::suite::Suite;

/// Length of a salt in bytes (RFC 9106 §3.1).
pub const SALT_BYTES: usize = 16;
/// The least that OWASP's Password Storage Cheat Sheet (2024) asks of Argon2id: 19 MiB, two passes, one lane. A
/// server has to bear many at once, unlike a key file.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

fn argon() -> Option<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// What to keep of a password; `None` when the computer has not the memory.
pub fn hash(password: &str, salt: [u8; SALT_BYTES]) -> Option<String> {
    let hash = argon()?.hash_password_with_salt(password.as_bytes(), &salt).ok()?;
    Some(hash.to_string())
}

/// Whether a password is the one that was kept.
pub fn holds(password: &str, kept: &str) -> bool {
    let (Some(argon), Ok(kept)) = (argon(), PasswordHash::new(kept)) else { return false };
    argon.verify_password(password.as_bytes(), &kept).is_ok()
}

/// What to keep of a token of 32 random bytes, such as a session's: nobody can try that many, so a plain digest does.
pub fn token_digest(token: &str) -> String {
    hexadecimal::text(&Suite::Modern.digest(&[token.as_bytes()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_holds_and_nothing_of_it_shows() {
        let kept = hash("紫荆花-Campus-27", [7; SALT_BYTES]).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(!kept.contains("Campus"));
        assert!(holds("紫荆花-Campus-27", &kept));
        assert!(!holds("紫荆花-Campus-28", &kept));
        assert!(!holds("", &kept));
        assert!(!holds("紫荆花-Campus-27", "not a hash"));
        assert_ne!(hash("紫荆花-Campus-27", [8; SALT_BYTES]).unwrap(), kept);
    }
}
