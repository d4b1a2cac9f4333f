//! The campaign bundle: everything that a station needs to verify codes offline, signed by the campaign's
//! authority. It holds no roster: a session is a class with a head count, and who belongs to it is known by the
//! beginnings of codes' fingerprints only, which say nothing before the student shows the code.
//!
//! It holds the code keys, so it travels in a letter to the station ([`write`](fn@write), [`open`]).

use minicbor::bytes::ByteVec;
use zeroize::{Zeroize, Zeroizing};

use super::fingerprint::Fingerprint;
use super::linked::Linked;
use super::text::CodeKeys;
use super::{CodeId, Level, SchoolId};
use crate::hexadecimal;
use crate::identity::CampaignId;
use crate::keys::{HidingKey, ReceivingKey, SendingKey, SigningKey, VerifyingKey};
use crate::letter::{self, LetterFault};
use crate::statement::{self, StatementFault};
use crate::suite::{NONCE_BYTES, Seed, Suite};

const VERSION: u8 = 1;
/// What the letter around a bundle is for.
const LETTER: &str = "bundle";
/// What the authority signs it for.
const PURPOSE: &str = "bundle";

/// What a station knows of a campaign.
#[derive(Debug)]
pub struct Bundle {
    /// The campaign.
    pub campaign: CampaignId,
    /// Counts the editions; a station never goes back to a smaller number.
    pub edition: u64,
    /// When it was made, seconds since 1970-01-01 UTC; no clock at a station can be right and earlier.
    pub made_at_s: u64,
    /// Code keys and issuers; several while keys rotate.
    pub keys: Vec<CodeKeys>,
    /// For the fingerprints of codes.
    pub fingerprint: HidingKey,
    /// Codes that no longer hold.
    pub revoked: Revoked,
    /// Names of schools.
    pub schools: Vec<(SchoolId, String)>,
    /// Levels of study of those who take part; none where any may.
    pub levels: Vec<Level>,
    /// What is planned.
    pub sessions: Vec<Session>,
    /// What the campaign is called.
    pub title: String,
    /// The preset that photos are judged by.
    pub standard: String,
    /// What a person looks at before the photo: dress and appearance, by the campaign's rules.
    pub checks: Vec<Check>,
    /// Whether stations compare the faces of those who are photographed with each other; where not, no face is measured
    /// for that.
    pub compares_faces: bool,
    /// How those look who agreed that their photo is compared with a reference photo.
    pub references: Vec<Reference>,
    /// The distance from which a person has to look, where there are references.
    pub unlike_from: f32,
    /// Until when references count, seconds since 1970-01-01 UTC: a station that is packed away compares nobody.
    pub references_until_s: u64,
    /// Where students show codes of another issuer: our codes, each for whoever shows the one that the school linked to
    /// it.
    pub linked: Option<Vec<Linked>>,
}

/// How somebody looks, by the beginning of the code's fingerprint.
#[derive(Clone, PartialEq, minicbor::Encode, minicbor::Decode, minicbor::CborLen)]
#[cbor(array)]
pub struct Reference {
    /// The beginning of the fingerprint.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub code: [u8; BEGINNING_BYTES],
    /// The numbers of the face.
    #[n(1)]
    pub face: Vec<f32>,
}

impl std::fmt::Debug for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reference(***)")
    }
}

impl Bundle {
    /// A mark of what it says beside its edition and time: whoever holds a bundle of the same mark needs no newer one.
    /// Keyed, so that it tells nothing to who has none of it.
    pub fn mark(&self) -> String {
        let mut body = Body::of(self);
        (body.edition, body.made_at_s) = (0, 0);
        let mut plain = Zeroizing::new(Vec::with_capacity(minicbor::len(&body)));
        // Writing to memory does not fail.
        let _ = minicbor::encode(&body, &mut *plain);
        let key = &self.fingerprint;
        hexadecimal::text(&key.suite().mac(key.reveal(), &[b"xueying-bundle-1/mark", &plain]))
    }

    /// How the holder of a code looks, where that is known and still counts.
    pub fn reference(&self, code: Fingerprint, now_s: u64) -> Option<&[f32]> {
        if now_s > self.references_until_s {
            return None;
        }
        let own = self.references.iter().find(|reference| code.0.starts_with(&reference.code))?;
        Some(&own.face)
    }
}

/// Something about dress or appearance that a person looks at.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, minicbor::CborLen)]
#[cbor(array)]
pub struct Check {
    /// Its name, such as `glasses`.
    #[n(0)]
    pub name: String,
    /// In Chinese.
    #[n(1)]
    pub zh: String,
    /// In English.
    #[n(2)]
    pub en: String,
}

/// A class at a time, without names.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, minicbor::CborLen)]
#[cbor(array)]
pub struct Session {
    /// Its name, such as 计算机2101.
    #[n(0)]
    pub name: String,
    /// When it begins, seconds since 1970-01-01 UTC.
    #[n(1)]
    pub starts_s: u64,
    /// How many are expected.
    #[n(2)]
    pub heads: u32,
    /// When it ends, seconds since 1970-01-01 UTC.
    #[n(3)]
    pub ends_s: u64,
    /// The station it comes to; empty where that is not settled.
    #[n(4)]
    pub station: String,
    /// Its codes in the order of the queue.
    #[n(5)]
    pub codes: Vec<Expected>,
}

/// Length of the beginning of a fingerprint: two of a million codes share one with a chance of 3 · 10⁻⁸.
pub const BEGINNING_BYTES: usize = 8;

/// A code that is expected with a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, minicbor::Encode, minicbor::Decode, minicbor::CborLen)]
#[cbor(array)]
pub struct Expected {
    /// The beginning of its fingerprint.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub code: [u8; BEGINNING_BYTES],
    /// Whether something stands against a photo now.
    #[n(1)]
    pub held: Held,
}

/// What stands against a photo although the code is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, minicbor::Encode, minicbor::Decode, minicbor::CborLen)]
#[cbor(index_only)]
pub enum Held {
    /// Nothing.
    #[n(0)]
    No,
    /// The fee is due, and the campaign wants it before the photo.
    #[n(1)]
    Unpaid,
    /// The student was excluded, is on leave or left.
    #[n(2)]
    NotTakingPart,
}

impl Session {
    /// The place of a code in the queue, counted from 0, and what stands against it.
    pub fn place(&self, code: Fingerprint) -> Option<(usize, Held)> {
        let at = self.codes.iter().position(|expected| code.0.starts_with(&expected.code))?;
        Some((at, self.codes[at].held))
    }
}

/// Revoked codes, sorted: exact, and a million of them are searched in 20 steps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revoked(Vec<CodeId>);

impl Revoked {
    /// Sorts them.
    pub fn new(codes: impl IntoIterator<Item = CodeId>) -> Self {
        let mut codes: Vec<CodeId> = codes.into_iter().collect();
        codes.sort_unstable();
        codes.dedup();
        Self(codes)
    }

    /// Whether a code no longer holds.
    pub fn contains(&self, code: CodeId) -> bool {
        self.0.binary_search(&code).is_ok()
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|code| code.0).collect()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (ids, rest) = bytes.as_chunks::<NONCE_BYTES>();
        let codes: Vec<CodeId> = ids.iter().copied().map(CodeId).collect();
        (rest.is_empty() && codes.is_sorted_by(|a, b| a < b)).then_some(Self(codes))
    }
}

/// Why a bundle is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    /// The letter around it.
    #[error("the bundle cannot be opened: {0}")]
    Letter(#[from] LetterFault),
    /// Not the word of the authority that the station trusts.
    #[error("the bundle does not count: {0}")]
    Statement(#[from] StatementFault),
}

impl BundleFault {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Letter(fault) => format!("活动数据包无法打开：{}", fault.zh()),
            Self::Statement(fault) => format!("活动数据包无效：{}", fault.zh()),
        }
    }
}

#[derive(minicbor::Encode, minicbor::Decode, minicbor::CborLen)]
#[cbor(array)]
struct Body {
    #[n(0)]
    version: u8,
    #[n(1)]
    campaign: String,
    #[n(2)]
    edition: u64,
    #[n(3)]
    made_at_s: u64,
    #[n(4)]
    keys: Vec<BodyKeys>,
    #[n(5)]
    fingerprint: ByteVec,
    #[n(6)]
    revoked: ByteVec,
    #[n(7)]
    schools: Vec<(String, String)>,
    #[n(8)]
    sessions: Vec<Session>,
    #[n(9)]
    title: String,
    #[n(10)]
    standard: String,
    #[n(11)]
    checks: Vec<Check>,
    #[n(12)]
    compares_faces: bool,
    #[n(13)]
    levels: Vec<u8>,
    #[n(14)]
    references: Vec<Reference>,
    #[n(15)]
    unlike_from: f32,
    #[n(16)]
    references_until_s: u64,
    #[n(17)]
    linked: Option<Vec<Linked>>,
}

#[derive(minicbor::Encode, minicbor::Decode, minicbor::CborLen)]
#[cbor(array)]
struct BodyKeys {
    #[n(0)]
    code: ByteVec,
    #[n(1)]
    issuer: ByteVec,
    #[n(2)]
    from_s: u64,
    #[n(3)]
    until_s: u64,
}

impl Drop for Body {
    fn drop(&mut self) {
        self.fingerprint.zeroize();
        self.keys.iter_mut().for_each(|keys| keys.code.zeroize());
    }
}

/// Signs a bundle and puts it into a letter to one station; `None` when a key is not of the suite of the
/// authority or the station's key is weak.
pub fn write(bundle: &Bundle, authority: &SigningKey, to: &SendingKey, seed: Seed) -> Option<Vec<u8>> {
    let suite = authority.public().suite();
    let body = Body::of(bundle);
    let mut plain = Zeroizing::new(Vec::with_capacity(minicbor::len(&body)));
    minicbor::encode(&body, &mut *plain).ok()?;
    read_body(&plain, suite)?;
    let signed = statement::write(PURPOSE, &plain, authority).map(Zeroizing::new)?;
    letter::write(&signed, LETTER, to, seed)
}

/// Opens a station's letter and verifies the bundle in it.
///
/// # Errors
/// [`BundleFault`] with the first check that failed.
pub fn open(letter: &[u8], station: &ReceivingKey, authority: &VerifyingKey) -> Result<Bundle, BundleFault> {
    let signed = letter::open(letter, LETTER, station)?;
    let (_, body) = statement::read(PURPOSE, &signed, std::slice::from_ref(authority))?;
    read_body(&Zeroizing::new(body), authority.suite()).ok_or(BundleFault::Statement(StatementFault::Damaged))
}

impl Body {
    fn of(bundle: &Bundle) -> Self {
        let keys = bundle.keys.iter().map(|keys| BodyKeys {
            code: keys.code.reveal().to_vec().into(),
            issuer: keys.issuer.bytes().to_vec().into(),
            from_s: keys.from_s,
            until_s: keys.until_s,
        });
        let schools = bundle.schools.iter().map(|(id, name)| (id.as_str().to_owned(), name.clone()));
        Self {
            version: VERSION,
            campaign: bundle.campaign.as_str().to_owned(),
            edition: bundle.edition,
            made_at_s: bundle.made_at_s,
            keys: keys.collect(),
            fingerprint: bundle.fingerprint.reveal().to_vec().into(),
            revoked: bundle.revoked.bytes().into(),
            schools: schools.collect(),
            sessions: bundle.sessions.clone(),
            title: bundle.title.clone(),
            standard: bundle.standard.clone(),
            checks: bundle.checks.clone(),
            compares_faces: bundle.compares_faces,
            levels: bundle.levels.iter().map(|level| level.number()).collect(),
            references: bundle.references.clone(),
            unlike_from: bundle.unlike_from,
            references_until_s: bundle.references_until_s,
            linked: bundle.linked.clone(),
        }
    }
}

fn read_body(bytes: &[u8], suite: Suite) -> Option<Bundle> {
    let body: Body = minicbor::decode(bytes).ok()?;
    if body.version != VERSION || *Zeroizing::new(minicbor::to_vec(&body).ok()?) != bytes {
        return None;
    }
    let secret = |key: &ByteVec| HidingKey::new(suite, Zeroizing::new(key.to_vec()));
    let keys = body.keys.iter().map(|keys| {
        let issuer = VerifyingKey::new(suite, keys.issuer.to_vec())?;
        Some(CodeKeys { code: secret(&keys.code)?, issuer, from_s: keys.from_s, until_s: keys.until_s })
    });
    let schools =
        body.schools.iter().map(|(id, name)| Some((SchoolId::try_from(id.clone()).ok()?, name.clone())));
    Some(Bundle {
        campaign: CampaignId::try_from(body.campaign.clone()).ok()?,
        edition: body.edition,
        made_at_s: body.made_at_s,
        keys: keys.collect::<Option<_>>()?,
        fingerprint: secret(&body.fingerprint)?,
        revoked: Revoked::from_bytes(&body.revoked)?,
        schools: schools.collect::<Option<_>>()?,
        sessions: body.sessions.clone(),
        title: body.title.clone(),
        standard: body.standard.clone(),
        checks: body.checks.clone(),
        compares_faces: body.compares_faces,
        levels: body.levels.iter().map(|number| Level::with_number(*number)).collect::<Option<_>>()?,
        references: body.references.clone(),
        unlike_from: body.unlike_from,
        references_until_s: body.references_until_s,
        linked: body.linked.clone(),
    })
}
