//! Keys to send to somebody: what is wrapped with the public half, only the owner of the other reads.

use std::fmt;

use zeroize::Zeroizing;

use super::KeyId;
use crate::suite::{Seed, Stretched, Suite};

/// The secret half, of a centre or of a station.
pub struct ReceivingKey {
    public: SendingKey,
    secret: Zeroizing<Vec<u8>>,
}

impl ReceivingKey {
    /// Takes random bytes as a key; `None` when the suite cannot use them.
    pub fn new(suite: Suite, secret: Zeroizing<Vec<u8>>) -> Option<Self> {
        let public = SendingKey::new(suite, suite.receiving_half(&secret)?)?;
        Some(Self { public, secret })
    }

    /// The half that others send to.
    pub fn public(&self) -> &SendingKey {
        &self.public
    }

    /// What was wrapped for this key; `None` when it was changed or is for another key or purpose.
    pub fn unwrap(&self, purpose: &[u8], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.public.suite.unwrap(&self.secret, purpose, wrapped)
    }

    /// The key itself. Whoever has it can read everything that is sent to it.
    pub(crate) fn reveal(&self) -> &[u8] {
        &self.secret
    }
}

/// The public half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendingKey {
    suite: Suite,
    id: KeyId,
    bytes: Vec<u8>,
}

impl SendingKey {
    /// Takes a public key; `None` when it is not one.
    pub fn new(suite: Suite, bytes: Vec<u8>) -> Option<Self> {
        suite.accepts_receiving(&bytes).then(|| Self { suite, id: KeyId::of(suite, &bytes), bytes })
    }

    /// Its name in headers.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Its suite.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// The key.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Hides a small secret for the owner; `None` when the key is weak. `purpose` must be the same when it
    /// is unwrapped in the suite `modern`; the suite `gm` does not bind it.
    pub fn wrap(&self, purpose: &[u8], secret: &[u8], seed: Seed) -> Option<Vec<u8>> {
        self.wrap_with(purpose, secret, &mut seed.stretch(self.suite))
    }

    pub(crate) fn wrap_with(&self, purpose: &[u8], secret: &[u8], random: &mut Stretched) -> Option<Vec<u8>> {
        self.suite.wrap(&self.bytes, purpose, secret, random)
    }
}

impl fmt::Debug for ReceivingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceivingKey({}, ***)", self.public.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::SEED_BYTES;

    #[test]
    fn only_the_owner_unwraps_and_nothing_secret_is_printed() {
        for suite in Suite::ALL {
            let key = |byte: u8| {
                ReceivingKey::new(suite, Zeroizing::new(vec![byte; suite.receiving_key_bytes()])).unwrap()
            };
            let (owner, other) = (key(3), key(4));
            let wrapped = owner.public().wrap(b"test", b"secret", Seed::new([5; SEED_BYTES])).unwrap();
            assert_eq!(owner.unwrap(b"test", &wrapped).unwrap().as_slice(), b"secret");
            assert_eq!(other.unwrap(b"test", &wrapped), None);
            assert!(!format!("{owner:?}").contains("3, 3"));
        }
    }
}
