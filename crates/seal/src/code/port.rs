//! Whose codes a campaign takes: one port per issuer. Our own codes verify offline; those of another issuer,
//! such as the national centre, are opaque; those that students made themselves in the years before state
//! something that nobody signed. No port knows an official key or format.

use crate::code::bundle::Bundle;
use crate::code::scan::{Refusal, Says, Stated};
use crate::code::text::{self, CodeFault, CodeKeys};
use crate::code::{Code, CodeId};
use crate::identity::{CampaignId, StudentId};
use crate::masking::MaskedName;

/// One issuer's codes.
pub trait CodePort {
    /// Whether a text looks like a code of this issuer.
    fn recognises(&self, text: &str) -> bool;

    /// What a text that looks like one says, at a time in seconds since 1970-01-01 UTC.
    ///
    /// # Errors
    /// [`Refusal`] when it is not a good code.
    fn read(&self, text: &str, now_s: u64) -> Result<Says, Refusal>;
}

/// Our own codes, verified with a campaign's bundle.
#[derive(Debug)]
pub struct OwnCodes<'b>(pub &'b Bundle);

impl CodePort for OwnCodes<'_> {
    fn recognises(&self, text: &str) -> bool {
        text.starts_with(text::PREFIX)
    }

    fn read(&self, text: &str, now_s: u64) -> Result<Says, Refusal> {
        let Bundle { campaign, keys, revoked, .. } = self.0;
        standing(text, (campaign, keys), |code| revoked.contains(code), now_s).map(Says::Signed)
    }
}

/// What a code of ours says, if it holds now.
///
/// # Errors
/// [`Refusal`] with the first reason why it does not.
pub fn standing(
    text: &str,
    (campaign, keys): (&CampaignId, &[CodeKeys]),
    is_revoked: impl Fn(CodeId) -> bool,
    now_s: u64,
) -> Result<Code, Refusal> {
    let (code, _) = text::read(text, campaign, keys).map_err(|fault| match fault {
        CodeFault::NotOurs => Refusal::NoCode,
        CodeFault::Damaged => Refusal::Damaged,
        CodeFault::OtherCampaign(key) => Refusal::OtherCampaign { key },
        CodeFault::Forged => Refusal::Forged,
    })?;
    if now_s >= code.expires_s {
        return Err(Refusal::Expired { at_s: code.expires_s });
    }
    if now_s < code.issued_s {
        return Err(Refusal::NotYet { from_s: code.issued_s });
    }
    if is_revoked(code.id) {
        return Err(Refusal::Revoked { code: code.id });
    }
    Ok(code)
}

/// Codes of another issuer whose content is nobody's business here: only that a text can be one is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpaqueCodes {
    /// How such texts begin; empty when that is not known.
    pub prefix: String,
    /// How few characters one may have: a shorter text is an address or a label that stands around.
    pub shortest: usize,
}

impl Default for OpaqueCodes {
    /// Of an issuer whose form is not known: texts that are no label and no short address.
    fn default() -> Self {
        Self { prefix: String::new(), shortest: 16 }
    }
}

/// Most characters that a QR code holds (ISO/IEC 18004 table 7: version 40, correction L, digits).
const LONGEST_QR: usize = 7089;

impl CodePort for OpaqueCodes {
    fn recognises(&self, text: &str) -> bool {
        let length = text.chars().count();
        !text.starts_with(text::PREFIX)
            && text.starts_with(&self.prefix)
            && (self.shortest..=LONGEST_QR).contains(&length)
    }

    fn read(&self, text: &str, _: u64) -> Result<Says, Refusal> {
        if text.chars().any(|letter| letter == char::REPLACEMENT_CHARACTER) {
            return Err(Refusal::Damaged);
        }
        Ok(Says::Nothing)
    }
}

/// What stands in a field of a self-made code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The student's number.
    Student,
    /// The name; it is masked at once.
    Name,
    /// Anything else.
    Other,
}

/// Codes that a form's QR picture held before personal codes came (2022 and earlier): fields in a fixed
/// order. Anybody can make one, so a person compares name and face.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfMadeCodes {
    /// What stands between the fields.
    pub separator: char,
    /// What stands in them.
    pub fields: Vec<Field>,
}

impl SelfMadeCodes {
    fn find<'t>(&self, text: &'t str, wanted: Field) -> Option<&'t str> {
        let at = self.fields.iter().position(|field| *field == wanted)?;
        text.split(self.separator).nth(at).map(str::trim)
    }
}

impl CodePort for SelfMadeCodes {
    fn recognises(&self, text: &str) -> bool {
        !text.starts_with(text::PREFIX) && text.split(self.separator).count() == self.fields.len()
    }

    fn read(&self, text: &str, _: u64) -> Result<Says, Refusal> {
        let student = self.find(text, Field::Student).ok_or(Refusal::Damaged)?;
        let student = StudentId::try_from(student.to_owned()).map_err(|_| Refusal::Damaged)?;
        let name = self.find(text, Field::Name).filter(|name| !name.is_empty()).map(MaskedName::of);
        Ok(Says::Stated(Stated { student, name }))
    }
}
