//! The keys of a campaign: those that hide, those that sign, and those that others send to.
//!
//! Secret types cannot be copied or serialised, print `***`, and are wiped when they go.
//! Files with keys are read and written by [`mod@file`], put under a passphrase by [`locked`], and printed as a
//! backup by [`sheet`].

pub mod file;
pub mod fresh;
pub mod locked;
mod receiving;
pub mod sheet;

use std::fmt;

use zeroize::Zeroizing;

pub use receiving::{ReceivingKey, SendingKey};

use crate::hexadecimal;
use crate::identity::CampaignId;
use crate::suite::{NONCE_BYTES, Suite};

/// Length of a key id in bytes: with 64 bits, a thousand keys collide with a chance of 3 · 10⁻¹⁴.
pub const KEY_ID_BYTES: usize = 8;

/// Names a key in headers: the first 8 bytes of the digest of the key, of its public half where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; KEY_ID_BYTES]);

impl KeyId {
    /// The id of a public or symmetric key. It tells nothing of a key of 128 random bits or more.
    pub(crate) fn of(suite: Suite, key: &[u8]) -> Self {
        let mut id = [0; KEY_ID_BYTES];
        id.copy_from_slice(&suite.digest(&[key])[..KEY_ID_BYTES]);
        Self(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal::text(&self.0))
    }
}

/// Twelve bytes that no other record under the same key may have: take them from the system's random
/// source. It is used up by sealing, so that one value cannot serve twice by mistake.
/// By chance two of 2³² records under one key share a nonce with probability 2⁻³³.
pub struct Nonce(pub(crate) [u8; NONCE_BYTES]);

impl Nonce {
    /// Takes fresh random bytes.
    pub fn new(random: [u8; NONCE_BYTES]) -> Self {
        Self(random)
    }
}

/// A key that hides what only those who share it may read: of a campaign's records, of its codes.
pub struct HidingKey {
    suite: Suite,
    id: KeyId,
    secret: Zeroizing<Vec<u8>>,
}

impl HidingKey {
    /// Takes random bytes as a key; `None` when there are not as many as the suite wants.
    pub fn new(suite: Suite, secret: Zeroizing<Vec<u8>>) -> Option<Self> {
        (secret.len() == suite.hiding_key_bytes()).then(|| Self {
            suite,
            id: KeyId::of(suite, &secret),
            secret,
        })
    }

    /// Its name in headers.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Its suite.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// The same key, for a bundle that takes its keys along.
    #[must_use]
    pub fn shared(&self) -> Self {
        Self { suite: self.suite, id: self.id, secret: self.secret.clone() }
    }

    /// The key itself. Whoever has it can read everything hidden under it.
    pub(crate) fn reveal(&self) -> &[u8] {
        &self.secret
    }
}

/// A key to sign with: of a maker of records, an issuer of codes, a station, a centre.
pub struct SigningKey {
    public: VerifyingKey,
    secret: Zeroizing<Vec<u8>>,
}

impl SigningKey {
    /// Takes random bytes as a key; `None` when there are not as many as the suite wants.
    pub fn new(suite: Suite, secret: Zeroizing<Vec<u8>>) -> Option<Self> {
        let public = VerifyingKey::new(suite, suite.public_half(&secret)?)?;
        Some(Self { public, secret })
    }

    /// The half that others verify with.
    pub fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// The key itself. Whoever has it can sign in the owner's name.
    pub(crate) fn reveal(&self) -> &[u8] {
        &self.secret
    }
}

/// The public half of a key to sign with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    suite: Suite,
    id: KeyId,
    bytes: Vec<u8>,
}

impl VerifyingKey {
    /// Takes a public key; `None` when it is not one or is weak.
    pub fn new(suite: Suite, bytes: Vec<u8>) -> Option<Self> {
        suite.accepts_public(&bytes).then(|| Self { suite, id: KeyId::of(suite, &bytes), bytes })
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
}

/// What a maker needs to seal photos of a campaign.
#[derive(Debug)]
pub struct SealingKeys {
    /// The campaign.
    pub campaign: CampaignId,
    /// Hides the record.
    pub record: HidingKey,
    /// Signs the record; of the same suite.
    pub maker: SigningKey,
}

impl SealingKeys {
    /// Makes new keys from random bytes; `None` when their number is not what the suite wants.
    pub fn new(
        campaign: CampaignId,
        suite: Suite,
        record: Zeroizing<Vec<u8>>,
        maker: Zeroizing<Vec<u8>>,
    ) -> Option<Self> {
        let (record, maker) = (HidingKey::new(suite, record)?, SigningKey::new(suite, maker)?);
        Some(Self { campaign, record, maker })
    }

    /// What opens the records that these keys make.
    pub fn opening(&self) -> OpeningKeys {
        let (campaign, record) = (self.campaign.clone(), self.record.shared());
        OpeningKeys { campaign, record, makers: vec![self.maker.public().clone()] }
    }
}

/// What opens and verifies photos of a campaign, and cannot make records.
#[derive(Debug)]
pub struct OpeningKeys {
    /// The campaign.
    pub campaign: CampaignId,
    /// Shows what a record says.
    pub record: HidingKey,
    /// Those whose records count.
    pub makers: Vec<VerifyingKey>,
}

/// The opening keys of all campaigns that somebody looks after.
#[derive(Debug, Default)]
pub struct Keyring {
    /// One per campaign and record key.
    pub campaigns: Vec<OpeningKeys>,
}

impl Keyring {
    /// The keys that open records under a record key.
    pub fn with_record_key(&self, id: KeyId) -> Option<&OpeningKeys> {
        self.campaigns.iter().find(|keys| keys.record.id() == id)
    }
}

impl OpeningKeys {
    /// The maker with an id.
    pub fn maker(&self, id: KeyId) -> Option<&VerifyingKey> {
        self.makers.iter().find(|maker| maker.id() == id)
    }
}

impl fmt::Debug for HidingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HidingKey({}, ***)", self.id)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, ***)", self.public.id)
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(***)")
    }
}
