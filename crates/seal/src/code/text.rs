//! Our own code as text: `COSE_Encrypt0` over `COSE_Sign1` over CBOR, base45, `XY1:`. Described in
//! `docs/formats.md`.
//!
//! Names of campaign and keys cost room in a QR code, so the campaign is part of the purpose, the code's
//! id is its nonce, and the code key names its issuer's key.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::fmt;

use coset::Header;
use thiserror::Error;

use super::{Code, CodeId, Holder, Level, SchoolId};
use crate::identity::{CampaignId, StudentId};
use crate::keys::{HidingKey, KeyId, Nonce, SigningKey, VerifyingKey};
use crate::layers::{self, Broken, Hidden, Signed};
use crate::masking::{MaskedDocument, MaskedName};
use crate::suite::Suite;

/// What a code begins with: Xueying, version 1. All of it is in QR's alphanumeric mode.
pub const PREFIX: &str = "XY1:";
/// Longest code in characters. A QR code of 320 alphanumeric characters at correction M has 61 modules
/// a side (ISO/IEC 18004 table 7, version 11), about the most that a 300-pixel copy shows.
pub const LONGEST_CODE: usize = 319;
/// Version of the body.
const VERSION: u8 = 1;

/// The text of a code. Whoever has it can be photographed in somebody's name: its `Debug` prints `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeText(pub(crate) String);

impl CodeText {
    /// A text that was issued before and kept hidden.
    pub fn again(text: String) -> Self {
        Self(text)
    }

    /// The text, to be drawn as a QR code and then forgotten.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CodeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeText(***)")
    }
}

/// What an issuer needs.
#[derive(Debug)]
pub struct IssuingKeys {
    /// The campaign.
    pub campaign: CampaignId,
    /// Hides the codes; stations have it too.
    pub code: HidingKey,
    /// Signs the codes; of the same suite.
    pub issuer: SigningKey,
}

/// What a reader needs: the pair that [`IssuingKeys`] belongs to.
#[derive(Debug)]
pub struct CodeKeys {
    /// Shows what codes say.
    pub code: HidingKey,
    /// Whose codes count under this code key.
    pub issuer: VerifyingKey,
    /// The first second in which codes may have been issued with these keys, since 1970-01-01 UTC.
    pub from_s: u64,
    /// The first second in which they may no longer.
    pub until_s: u64,
}

/// An issuer at work: its keys, and every id that it gave under this code key.
#[derive(Debug)]
pub struct Issuer<K = IssuingKeys> {
    /// The keys, its own or lent.
    pub keys: K,
    issued: BTreeSet<CodeId>,
}

impl<K: Borrow<IssuingKeys>> Issuer<K> {
    /// Goes on where an issuer with these keys stopped. A code key whose list of ids was lost, as after
    /// going back to a backup, is replaced by a new one.
    pub fn new(keys: K, issued: impl IntoIterator<Item = CodeId>) -> Self {
        Self { keys, issued: issued.into_iter().collect() }
    }

    /// Every id given, in order.
    pub fn issued(&self) -> impl Iterator<Item = CodeId> {
        self.issued.iter().copied()
    }

    /// Issues a code that holds from `issued_s` until before `expires_s`. Its id is the nonce.
    ///
    /// # Errors
    /// [`IssueError`] when the id was given before, the text gets too long or the times are in the wrong order.
    pub fn issue(
        &mut self,
        holder: &Holder,
        (issued_s, expires_s): (u64, u64),
        nonce: Nonce,
    ) -> Result<(CodeId, CodeText), IssueError> {
        if expires_s <= issued_s {
            return Err(IssueError::NoTime);
        }
        let id = CodeId::of(&nonce);
        if self.issued.contains(&id) {
            return Err(IssueError::Repeated);
        }
        let text = write(holder, (issued_s, expires_s), self.keys.borrow(), nonce).ok_or(IssueError::Keys)?;
        if text.len() > LONGEST_CODE {
            return Err(IssueError::TooLong { length: text.len() });
        }
        self.issued.insert(id);
        Ok((id, CodeText(text)))
    }
}

/// Why a code was not issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IssueError {
    /// The text would be too long for a picture of it to be read.
    #[error(
        "the code would have {length} characters, more than {LONGEST_CODE}: shorten the student's number"
    )]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// It would end before it begins.
    #[error("the code would expire before it is issued")]
    NoTime,
    /// The id was given before, so the nonce would repeat.
    #[error("a code with this id was issued before: draw another one")]
    Repeated,
    /// The suite refused a key.
    #[error("the issuer's keys do not work")]
    Keys,
}

impl IssueError {
    /// The message in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::TooLong { length } => {
                format!("采集码有 {length} 个字符，超过上限 {LONGEST_CODE}：请缩短学生编号")
            }
            Self::NoTime => "采集码的失效时间早于签发时间".into(),
            Self::Repeated => "该编号的采集码已签发过：请重新抽取".into(),
            Self::Keys => "签发密钥无法使用".into(),
        }
    }
}

/// Why a text is not a good code of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFault {
    /// It does not begin as our codes do.
    NotOurs,
    /// It is not in the one form of a code: not read well, or cut off.
    Damaged,
    /// Its key is of another campaign.
    OtherCampaign(KeyId),
    /// It was not made by the issuer, or was changed.
    Forged,
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
struct Body<'b> {
    #[n(0)]
    version: u8,
    #[b(1)]
    student: &'b str,
    #[b(2)]
    name: &'b str,
    #[b(3)]
    document_tail: &'b str,
    #[b(4)]
    school: &'b str,
    #[n(5)]
    level: u8,
    #[n(6)]
    issued_s: u64,
    #[n(7)]
    expires_s: u64,
}

fn write(
    holder: &Holder,
    (issued_s, expires_s): (u64, u64),
    keys: &IssuingKeys,
    nonce: Nonce,
) -> Option<String> {
    let body = Body {
        version: VERSION,
        student: holder.student.as_str(),
        name: holder.name.as_str(),
        document_tail: holder.document.tail(),
        school: holder.school.as_str(),
        level: holder.level.number(),
        issued_s,
        expires_s,
    };
    let body = minicbor::to_vec(body).ok()?;
    let purpose = purpose(keys.code.suite(), &keys.campaign);
    let signed = layers::sign(signed_header(keys.code.suite()), &body, &purpose, &keys.issuer).ok()?;
    let hidden = layers::hide(hidden_header(&keys.code), &signed, &purpose, (&keys.code, nonce)).ok()?;
    Some([PREFIX, &base45::encode(hidden)].concat())
}

/// What a text says, after everything about it was verified except time, revocation and use.
///
/// # Errors
/// [`CodeFault`] with the first check that failed.
pub fn read<'k>(
    text: &str,
    campaign: &CampaignId,
    keys: &'k [CodeKeys],
) -> Result<(Code, &'k CodeKeys), CodeFault> {
    let encoded = text.strip_prefix(PREFIX).ok_or(CodeFault::NotOurs)?;
    let bytes = base45::decode(encoded).map_err(|_| CodeFault::Damaged)?;
    if text.len() > LONGEST_CODE || base45::encode(&bytes) != encoded {
        return Err(CodeFault::Damaged);
    }
    let hidden = Hidden::parse(&bytes).map_err(fault)?;
    let key = layers::key_id(hidden.header()).ok_or(CodeFault::Damaged)?;
    let keys = keys.iter().find(|keys| keys.code.id() == key).ok_or(CodeFault::OtherCampaign(key))?;
    let suite = keys.code.suite();
    let purpose = purpose(suite, campaign);
    let signed = hidden.show(&hidden_header(&keys.code), &purpose, &keys.code).map_err(fault)?;
    // Under the code key's tag, so from here on only somebody who holds that key can have made it.
    let forged = |_| CodeFault::Forged;
    let signed = Signed::parse(&signed).map_err(forged)?;
    let body = signed.verify(&signed_header(suite), &purpose, &keys.issuer).map_err(forged)?;
    let code = read_body(&body, CodeId(hidden.nonce)).ok_or(CodeFault::Forged)?;
    if !(keys.from_s..keys.until_s).contains(&code.issued_s) {
        return Err(CodeFault::Forged);
    }
    Ok((code, keys))
}

fn fault(broken: Broken) -> CodeFault {
    match broken {
        Broken::Form => CodeFault::Damaged,
        Broken::Forged => CodeFault::Forged,
    }
}

fn read_body(bytes: &[u8], id: CodeId) -> Option<Code> {
    let body: Body<'_> = minicbor::decode(bytes).ok()?;
    if body.version != VERSION || minicbor::to_vec(&body).ok()? != bytes || body.expires_s <= body.issued_s {
        return None;
    }
    let document = MaskedDocument::from_tail(body.document_tail);
    let holder = Holder {
        student: StudentId::try_from(body.student.to_owned()).ok()?,
        name: MaskedName::from_mask(body.name)?,
        document: MaskedDocument::from_mask(document.as_str())?,
        school: SchoolId::try_from(body.school.to_owned()).ok()?,
        level: Level::with_number(body.level)?,
    };
    Some(Code { id, holder, issued_s: body.issued_s, expires_s: body.expires_s })
}

fn purpose(suite: Suite, campaign: &CampaignId) -> Vec<u8> {
    ["xueying-code-1/", suite.name(), "/", campaign.as_str()].concat().into_bytes()
}

fn signed_header(suite: Suite) -> Header {
    layers::header(suite.signature_algorithm(), None)
}

fn hidden_header(key: &HidingKey) -> Header {
    layers::header(key.suite().cipher_algorithm(), Some(key.id()))
}

#[cfg(test)]
mod tests;
