//! How a station becomes one: the office gives a token that works once, the station sends its public keys
//! with it, and the office's authority certifies them. [`Trust`] then says whose packets count at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::{fmt, slice};

use minicbor::bytes::{ByteArray, ByteVec};
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::identity::{CampaignId, StationId};
use crate::keys::{KeyId, SendingKey, SigningKey, VerifyingKey};
use crate::statement::{self, StatementFault};
use crate::suite::{DIGEST_BYTES, Suite};

const VERSION: u8 = 1;
const REQUEST: &str = "enrolment";
const CERTIFICATE: &str = "certificate";
/// Length of a token: nobody guesses 128 bits, and 32 characters can be typed.
pub const TOKEN_BYTES: usize = 16;

/// Lets one station enrol once. Its `Debug` prints `***`.
pub struct Token(Zeroizing<[u8; TOKEN_BYTES]>);

impl Token {
    /// Takes fresh random bytes.
    pub fn new(random: [u8; TOKEN_BYTES]) -> Self {
        Self(Zeroizing::new(random))
    }

    /// Reads what [`Self::reveal`] gave; spaces and hyphens do not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u32> = text
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '-')
            .map(|letter| letter.to_digit(16))
            .collect::<Option<_>>()?;
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        if digits.len() != 2 * TOKEN_BYTES {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = (pair[0] * 16 + pair[1]) as u8;
        }
        Some(Self(bytes))
    }

    /// The token to be typed at the station: hexadecimal in groups of four.
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(3 * TOKEN_BYTES));
        for (at, byte) in self.0.iter().enumerate() {
            if at % 2 == 0 && at > 0 {
                text.push('-');
            }
            for digit in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(u32::from(digit), 16));
            }
        }
        text
    }

    fn proof(&self, suite: Suite, parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
        suite.mac(&self.0[..], parts)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

/// What the authority says of a station's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The campaign.
    pub campaign: CampaignId,
    /// The station.
    pub station: StationId,
    /// Signs its packets.
    pub signing: VerifyingKey,
    /// Receives its bundles.
    pub receiving: SendingKey,
    /// The first second in which the keys count, since 1970-01-01 UTC.
    pub from_s: u64,
    /// The first second in which they no longer do.
    pub until_s: u64,
}

/// Why a station was not enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EnrolmentFault {
    /// The request is not whole, or not signed with the key that it brings.
    #[error("the request does not count: {0}")]
    Request(#[from] StatementFault),
    /// The office gave no token for this station, or it was used.
    #[error("no token is open for this station: it was used before, or never given; make a new one")]
    NoToken,
    /// Too late.
    #[error("the token expired: make a new one")]
    Expired,
    /// Not made with the token.
    #[error("the request was not made with the token given for this station")]
    WrongToken,
    /// Keys of another suite, or a request for another campaign.
    #[error("the request is for another campaign or cipher suite")]
    Other,
}

impl EnrolmentFault {
    /// The message in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::Request(fault) => format!("登记申请无效：{}", fault.zh()),
            Self::NoToken => "该机位没有待用的登记口令：已用过，或从未发放；请重新生成".into(),
            Self::Expired => "登记口令已过期：请重新生成".into(),
            Self::WrongToken => "登记申请不是用发给该机位的口令生成的".into(),
            Self::Other => "登记申请属于其他采集活动或密码套件".into(),
        }
    }
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct RequestBody {
    #[n(0)]
    version: u8,
    #[n(1)]
    campaign: String,
    #[n(2)]
    station: String,
    #[n(3)]
    signing: ByteVec,
    #[n(4)]
    receiving: ByteVec,
    #[n(5)]
    proof: ByteArray<DIGEST_BYTES>,
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct CertificateBody {
    #[n(0)]
    version: u8,
    #[n(1)]
    campaign: String,
    #[n(2)]
    station: String,
    #[n(3)]
    signing: ByteVec,
    #[n(4)]
    receiving: ByteVec,
    #[n(5)]
    from_s: u64,
    #[n(6)]
    until_s: u64,
}

/// A station asks to be enrolled: signed with its new key and proving that it holds the token.
/// `None` when the key does not sign.
pub fn request(
    campaign: &CampaignId,
    station: &StationId,
    (signing, receiving): (&SigningKey, &SendingKey),
    token: &Token,
) -> Option<Vec<u8>> {
    let suite = signing.public().suite();
    let parts = [campaign.as_str(), station.as_str()];
    let body = RequestBody {
        version: VERSION,
        campaign: parts[0].to_owned(),
        station: parts[1].to_owned(),
        signing: signing.public().bytes().to_vec().into(),
        receiving: receiving.bytes().to_vec().into(),
        proof: proof(token, suite, parts, [signing.public().bytes(), receiving.bytes()]).into(),
    };
    statement::write(REQUEST, &minicbor::to_vec(body).ok()?, signing)
}

/// Each part with its length before it, so that no two lists of parts look alike.
fn proof(token: &Token, suite: Suite, texts: [&str; 2], keys: [&[u8]; 2]) -> [u8; DIGEST_BYTES] {
    let parts = [texts[0].as_bytes(), texts[1].as_bytes(), keys[0], keys[1]];
    let lengths = parts.map(|part| (part.len() as u32).to_be_bytes());
    let mut all: Vec<&[u8]> = vec![b"xueying-enrolment-1/"];
    for (length, part) in lengths.iter().zip(parts) {
        all.extend([&length[..], part]);
    }
    token.proof(suite, &all)
}

/// The office: tokens that wait for their stations.
#[derive(Debug)]
pub struct Office {
    campaign: CampaignId,
    suite: Suite,
    open: BTreeMap<StationId, (Token, u64)>,
}

impl Office {
    /// An office of a campaign without open tokens.
    pub fn new(campaign: CampaignId, suite: Suite) -> Self {
        Self { campaign, suite, open: BTreeMap::new() }
    }

    /// Opens a token for a station until a time in seconds since 1970; an older one for it is void.
    pub fn open(&mut self, station: StationId, token: Token, until_s: u64) {
        self.open.insert(station, (token, until_s));
    }

    /// Takes a request and uses its token up. `period` is the time in which the keys will count.
    ///
    /// # Errors
    /// [`EnrolmentFault`]; a wrong request does not use the token up, so nobody can waste it.
    pub fn admit(
        &mut self,
        request: &[u8],
        now_s: u64,
        period: (u64, u64),
    ) -> Result<Certificate, EnrolmentFault> {
        let damaged = EnrolmentFault::Request(StatementFault::Damaged);
        let body = statement::peek(request).ok_or(damaged)?;
        let asked: RequestBody = minicbor::decode(&body).map_err(|_| damaged)?;
        if asked.version != VERSION || !minicbor::to_vec(&asked).is_ok_and(|again| again == body) {
            return Err(damaged);
        }
        if asked.campaign != self.campaign.as_str() {
            return Err(EnrolmentFault::Other);
        }
        let signing = VerifyingKey::new(self.suite, asked.signing.to_vec()).ok_or(EnrolmentFault::Other)?;
        let receiving = SendingKey::new(self.suite, asked.receiving.to_vec()).ok_or(EnrolmentFault::Other)?;
        statement::read(REQUEST, request, slice::from_ref(&signing))?;
        let station = StationId::try_from(asked.station).map_err(|_| damaged)?;
        let (token, until_s) = self.open.get(&station).ok_or(EnrolmentFault::NoToken)?;
        if now_s >= *until_s {
            return Err(EnrolmentFault::Expired);
        }
        let texts = [self.campaign.as_str(), station.as_str()];
        let expected = proof(token, self.suite, texts, [signing.bytes(), receiving.bytes()]);
        // In constant time: the office answers over a network.
        if !bool::from(expected.ct_eq(&*asked.proof)) {
            return Err(EnrolmentFault::WrongToken);
        }
        self.open.remove(&station);
        let campaign = self.campaign.clone();
        Ok(Certificate { campaign, station, signing, receiving, from_s: period.0, until_s: period.1 })
    }
}

/// Signs a certificate; `None` when the key does not sign.
pub fn certify(certificate: &Certificate, authority: &SigningKey) -> Option<Vec<u8>> {
    let body = CertificateBody {
        version: VERSION,
        campaign: certificate.campaign.as_str().to_owned(),
        station: certificate.station.as_str().to_owned(),
        signing: certificate.signing.bytes().to_vec().into(),
        receiving: certificate.receiving.bytes().to_vec().into(),
        from_s: certificate.from_s,
        until_s: certificate.until_s,
    };
    statement::write(CERTIFICATE, &minicbor::to_vec(body).ok()?, authority)
}

/// Reads a certificate by the campaign's authority.
///
/// # Errors
/// [`StatementFault`] with the first check that failed.
pub fn read_certificate(bytes: &[u8], authority: &VerifyingKey) -> Result<Certificate, StatementFault> {
    let (_, body) = statement::read(CERTIFICATE, bytes, slice::from_ref(authority))?;
    read_body(&body, authority.suite()).ok_or(StatementFault::Damaged)
}

fn read_body(bytes: &[u8], suite: Suite) -> Option<Certificate> {
    let body: CertificateBody = minicbor::decode(bytes).ok()?;
    if body.version != VERSION || minicbor::to_vec(&body).ok()? != bytes {
        return None;
    }
    Some(Certificate {
        campaign: body.campaign.try_into().ok()?,
        station: body.station.try_into().ok()?,
        signing: VerifyingKey::new(suite, body.signing.into())?,
        receiving: SendingKey::new(suite, body.receiving.into())?,
        from_s: body.from_s,
        until_s: body.until_s,
    })
}

/// What the centre answers to a station that it admits: all that the station needs to know of the campaign's keys.
/// It counts because only the centre knows the station's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// What the authority says of the station.
    pub certificate: Certificate,
    /// Signs certificates, bundles and receipts.
    pub authority: VerifyingKey,
    /// Those who open packets.
    pub receivers: Vec<SendingKey>,
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct WelcomeBody {
    #[n(0)]
    version: u8,
    #[n(1)]
    suite: u8,
    #[n(2)]
    authority: ByteVec,
    #[n(3)]
    certificate: ByteVec,
    #[n(4)]
    receivers: Vec<ByteVec>,
    #[n(5)]
    proof: ByteArray<DIGEST_BYTES>,
}

impl WelcomeBody {
    fn proof(&self, token: &Token, suite: Suite) -> [u8; DIGEST_BYTES] {
        let parts: Vec<&[u8]> = [&self.authority[..], &self.certificate[..]]
            .into_iter()
            .chain(self.receivers.iter().map(|receiver| &receiver[..]))
            .collect();
        let lengths: Vec<[u8; 4]> = parts.iter().map(|part| (part.len() as u32).to_be_bytes()).collect();
        let mut all: Vec<&[u8]> = vec![b"xueying-welcome-1/"];
        for (length, part) in lengths.iter().zip(parts) {
            all.extend([&length[..], part]);
        }
        token.proof(suite, &all)
    }
}

/// Writes the answer to an admitted station; `None` when the key does not sign.
pub fn welcome(welcome: &Welcome, authority: &SigningKey, token: &Token) -> Option<Vec<u8>> {
    let suite = authority.public().suite();
    let mut body = WelcomeBody {
        version: VERSION,
        suite: suite.id(),
        authority: welcome.authority.bytes().to_vec().into(),
        certificate: certify(&welcome.certificate, authority)?.into(),
        receivers: welcome.receivers.iter().map(|key| key.bytes().to_vec().into()).collect(),
        proof: [0; DIGEST_BYTES].into(),
    };
    body.proof = body.proof(token, suite).into();
    minicbor::to_vec(body).ok()
}

/// Reads the answer that a station got to its request.
///
/// # Errors
/// [`EnrolmentFault`] when it was not made by who knows the token, or is for another station.
pub fn read_welcome(bytes: &[u8], own: &VerifyingKey, token: &Token) -> Result<Welcome, EnrolmentFault> {
    let damaged = EnrolmentFault::Request(StatementFault::Damaged);
    let body: WelcomeBody = minicbor::decode(bytes).map_err(|_| damaged)?;
    if body.version != VERSION || !minicbor::to_vec(&body).is_ok_and(|again| again == bytes) {
        return Err(damaged);
    }
    let suite = Suite::with_id(u64::from(body.suite)).filter(|suite| *suite == own.suite());
    let suite = suite.ok_or(EnrolmentFault::Other)?;
    if !bool::from(body.proof(token, suite).ct_eq(&*body.proof)) {
        return Err(EnrolmentFault::WrongToken);
    }
    let authority = VerifyingKey::new(suite, body.authority.to_vec()).ok_or(damaged)?;
    let certificate = read_certificate(&body.certificate, &authority)?;
    if certificate.signing != *own {
        return Err(EnrolmentFault::Other);
    }
    let receivers = body.receivers.iter().map(|key| SendingKey::new(suite, key.to_vec()));
    Ok(Welcome { certificate, authority, receivers: receivers.collect::<Option<_>>().ok_or(damaged)? })
}

const PASS: &str = "pass";

/// A station's word that it is the one who asks about something, such as a packet's id. Shown again it gives nothing
/// new, so it needs no clock.
pub fn pass(about: &str, station: &SigningKey) -> Option<Vec<u8>> {
    statement::write(PASS, about.as_bytes(), station)
}

/// Which of these stations asks about something.
///
/// # Errors
/// [`StatementFault`] with the first check that failed.
pub fn read_pass(bytes: &[u8], about: &str, stations: &[VerifyingKey]) -> Result<KeyId, StatementFault> {
    match statement::read(PASS, bytes, stations)? {
        (station, body) if body == about.as_bytes() => Ok(station),
        _ => Err(StatementFault::SignatureWrong),
    }
}

/// Whose word counts in a campaign: certified keys, less those that were revoked.
#[derive(Debug, Default)]
pub struct Trust {
    certificates: Vec<Certificate>,
    revoked: BTreeSet<KeyId>,
}

impl Trust {
    /// Adds a certificate that was read. A station may have several: keys overlap while they rotate.
    pub fn certify(&mut self, certificate: Certificate) {
        self.certificates.push(certificate);
    }

    /// Takes a key's word away at once, whatever its period: who stole a laptop also sets its clock.
    /// Packets that were taken in before stay.
    pub fn revoke(&mut self, key: KeyId) {
        self.revoked.insert(key);
    }

    /// The keys whose packets count at a time of the receiver's clock, in seconds since 1970.
    pub fn stations_at(&self, now_s: u64) -> Vec<VerifyingKey> {
        let good = self.certificates.iter().filter(|certificate| {
            (certificate.from_s..certificate.until_s).contains(&now_s)
                && !self.revoked.contains(&certificate.signing.id())
        });
        good.map(|certificate| certificate.signing.clone()).collect()
    }
}

#[cfg(test)]
mod tests;
