//! The word of a school on a delivery: a signature over its manifest, which names every file with its digest.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::keys::{KeyId, SigningKey, VerifyingKey};
use crate::statement::{self, StatementFault};
use crate::suite::Suite;

const PURPOSE: &str = "delivery";

/// A signature as it lies beside a manifest. Its key only shows that all belongs together; whose key it is, the
/// receiver knows from the school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The suite.
    pub suite: String,
    /// The public key, in base64.
    pub key: String,
    /// The statement over the manifest's digest, in base64.
    pub statement: String,
}

impl Signature {
    /// Signs a manifest; `None` when the key does not sign.
    pub fn of(manifest: &[u8], signer: &SigningKey) -> Option<Self> {
        let key = signer.public();
        let digest = key.suite().digest(&[manifest]);
        let statement = STANDARD_NO_PAD.encode(statement::write(PURPOSE, &digest, signer)?);
        Some(Self { suite: key.suite().name().into(), key: STANDARD_NO_PAD.encode(key.bytes()), statement })
    }

    /// Whose key signed exactly this manifest.
    ///
    /// # Errors
    /// [`StatementFault`] when it is damaged, or the manifest was changed.
    pub fn verify(&self, manifest: &[u8]) -> Result<KeyId, StatementFault> {
        let suite = Suite::with_name(&self.suite).ok_or(StatementFault::Damaged)?;
        let bytes = STANDARD_NO_PAD.decode(&self.key).map_err(|_| StatementFault::Damaged)?;
        let key = VerifyingKey::new(suite, bytes).ok_or(StatementFault::Damaged)?;
        let signed = STANDARD_NO_PAD.decode(&self.statement).map_err(|_| StatementFault::Damaged)?;
        let (id, digest) = statement::read(PURPOSE, &signed, std::slice::from_ref(&key))?;
        if digest == suite.digest(&[manifest]) { Ok(id) } else { Err(StatementFault::SignatureWrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::CampaignId;
    use crate::keys::file::parse_issuing;
    use crate::keys::fresh::Fresh;
    use crate::suite::{SEED_BYTES, Seed};

    #[test]
    fn a_changed_manifest_and_a_changed_signature_are_refused_in_both_suites() {
        for suite in [Suite::Modern, Suite::Gm] {
            let campaign = CampaignId::try_from("xd-2027".to_owned()).unwrap();
            let fresh = Fresh::new(&campaign, suite, &[], Seed::new([7; SEED_BYTES])).unwrap();
            let keys = parse_issuing(&fresh.issuing).unwrap();
            let signature = Signature::of(b"manifest", &keys.issuer).unwrap();
            assert_eq!(signature.verify(b"manifest"), Ok(keys.issuer.public().id()));
            assert_eq!(signature.verify(b"Manifest"), Err(StatementFault::SignatureWrong));
            let other =
                Signature { key: signature.key.replace(['A', 'B', 'c', 'd'], "x"), ..signature.clone() };
            assert!(other.verify(b"manifest").is_err());
        }
    }
}
