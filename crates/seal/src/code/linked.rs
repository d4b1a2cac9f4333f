//! Codes of another issuer that the school linked to its own. What such a code says stays its issuer's business: it is
//! only a secret that its holder shows, and that secret opens the campaign's own code, which a station then reads as if
//! it had been shown. Neither side keeps the other issuer's text.

use minicbor::bytes::ByteVec;
use zeroize::Zeroizing;

use super::bundle::BEGINNING_BYTES;
use super::fingerprint::Fingerprint;
use super::text::CodeText;
use crate::keys::{HidingKey, Nonce};
use crate::rest;
use crate::suite::NONCE_BYTES;

/// The name under which a code of ours is hidden.
const NAME: &str = "linked-code";

/// All that is kept of another issuer's code.
#[derive(Debug)]
pub struct Link {
    /// By which it is found again.
    pub fingerprint: Fingerprint,
    key: HidingKey,
}

impl Link {
    /// What is kept of a text, under the campaign's key for fingerprints.
    pub fn of(text: &str, campaign: &HidingKey) -> Self {
        let digest = Zeroizing::new(derived(campaign, b"xueying-link-1/", text.as_bytes()));
        let length = campaign.suite().hiding_key_bytes();
        let key = HidingKey::new(campaign.suite(), Zeroizing::new(digest[..length].to_vec()));
        Self {
            fingerprint: Fingerprint::of(text, campaign),
            // A digest is as long as the longest key of a suite.
            key: key.expect("as many bytes as the suite wants"),
        }
    }

    /// The key that opens our code: without the text nobody else can make it, so it is kept hidden.
    pub fn reveal(&self) -> &[u8] {
        self.key.reveal()
    }

    /// What was kept before; `None` when that is no key of the campaign's suite.
    pub fn again(fingerprint: Fingerprint, key: &[u8], campaign: &HidingKey) -> Option<Self> {
        Some(Self { fingerprint, key: HidingKey::new(campaign.suite(), Zeroizing::new(key.to_vec()))? })
    }

    /// Our code, hidden so that whoever shows the other one can read it. The same code gives the same bytes: the nonce
    /// is a digest of what is hidden, under the key of this one link.
    pub fn hide(&self, own: &CodeText, by_print: bool) -> Option<Linked> {
        let digest = derived(&self.key, b"xueying-link-1/nonce/", own.reveal().as_bytes());
        let nonce: [u8; NONCE_BYTES] = digest.first_chunk().copied()?;
        let hidden = rest::put(own.reveal().as_bytes(), NAME, &self.key, Nonce::new(nonce))?;
        Some(Linked { code: self.fingerprint.beginning(), hidden: hidden.into(), by_print })
    }
}

fn derived(key: &HidingKey, purpose: &[u8], about: &[u8]) -> [u8; crate::suite::DIGEST_BYTES] {
    key.suite().mac(key.reveal(), &[purpose, about])
}

/// A code of ours, found and opened by the other issuer's code that was linked to it.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, minicbor::CborLen)]
#[cbor(array)]
pub struct Linked {
    /// The beginning of the other code's fingerprint.
    #[cbor(n(0), with = "minicbor::bytes")]
    code: [u8; BEGINNING_BYTES],
    /// Our code, hidden.
    #[n(1)]
    hidden: ByteVec,
    /// Whether it was linked by what is printed on it, and neither by its student nor by a person.
    #[n(2)]
    by_print: bool,
}

/// Our code behind another issuer's text, and whether it was linked by print; `None` where no such link is known.
pub fn open(text: &str, known: &[Linked], campaign: &HidingKey) -> Option<(CodeText, bool)> {
    let link = Link::of(text, campaign);
    let beginning = link.fingerprint.beginning();
    let found = known.iter().filter(|linked| linked.code == beginning);
    let mut opened =
        found.filter_map(|linked| Some((rest::get(&linked.hidden, NAME, &link.key).ok()?, linked)));
    let (own, linked) = opened.next()?;
    Some((CodeText::again(String::from_utf8(own.to_vec()).ok()?), linked.by_print))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::Suite;

    fn campaign(suite: Suite, byte: u8) -> HidingKey {
        HidingKey::new(suite, Zeroizing::new(vec![byte; suite.hiding_key_bytes()])).unwrap()
    }

    #[test]
    fn another_issuers_code_opens_ours_for_whoever_shows_it_and_nobody_else() {
        let own = CodeText::again("XY1:OURS".into());
        for suite in Suite::ALL {
            let key = campaign(suite, 7);
            let link = Link::of("https://issuer.example/8f3c", &key);
            let known = [link.hide(&own, true).unwrap()];
            assert_eq!(open("https://issuer.example/8f3c", &known, &key), Some((own.clone(), true)));
            assert_eq!(open("https://issuer.example/8f3d", &known, &key), None);
            assert_eq!(open("https://issuer.example/8f3c", &known, &campaign(suite, 8)), None);
            // What the school kept hides the same bytes again, so that a bundle that says nothing new has the same mark.
            let again = Link::again(link.fingerprint, link.reveal(), &key).unwrap();
            assert_eq!(again.hide(&own, true).unwrap(), known[0]);
            let kept = known[0].hidden.as_slice();
            assert!(!kept.windows(4).any(|window| window == b"OURS" || window == b"8f3c"));
        }
    }
}
