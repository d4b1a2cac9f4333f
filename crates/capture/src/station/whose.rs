//! Whose a code of another issuer is that nobody linked yet: the school is asked with what is printed on it. The question
//! goes in a letter to the centre, under the station's word.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use seal::code::Level;
use seal::code::linked::Link;
use seal::code::scan::plain;
use seal::hexadecimal;
use seal::keys::ReceivingKey;
use seal::letter::{self, LetterFault};
use seal::masking::{MaskedDocument, MaskedName};
use seal::suite::Suite;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::numbers::day_of;
use super::transfer::{Options, Trouble};
use super::{At, Station};
use crate::random;

/// What the letter is for.
const LETTER: &str = "whose-code";

/// What is printed beside a code, as the operator reads it from the phone. A whole name is masked before it leaves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Printed {
    /// The name.
    pub name: String,
    /// The end of the document number.
    pub document: String,
    /// The level of study; none where it is not printed.
    pub level: Option<String>,
}

/// A question as it stands in the letter.
#[derive(Serialize, Deserialize)]
pub struct Question {
    /// The code's keyed fingerprint.
    pub code: String,
    /// What opens our code for whoever shows this one, in base64.
    pub key: String,
    /// Masked.
    pub name: String,
    /// Masked.
    pub document: String,
    /// In Chinese; none where it is not printed.
    pub level: Option<String>,
    /// The class at the station.
    pub class: String,
}

/// What the school says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Whether the code is linked now; where not, a person was asked.
    pub linked: bool,
}

/// The name of a letter, which the station gives its word about.
pub fn about(letter: &[u8], suite: Suite) -> String {
    hexadecimal::text(&suite.digest(&[letter]))
}

/// Opens a question.
///
/// # Errors
/// [`LetterFault`] with the first check that failed.
pub fn open(letter: &[u8], key: &ReceivingKey) -> Result<Question, LetterFault> {
    let plain = letter::open(letter, LETTER, key)?;
    serde_json::from_slice(&plain).map_err(|_| LetterFault::Damaged)
}

impl Printed {
    fn masked(&self) -> Option<(MaskedName, MaskedDocument, Option<Level>)> {
        let (name, tail) = (self.name.trim(), self.document.trim().trim_start_matches('*'));
        let name = MaskedName::from_mask(name).unwrap_or_else(|| MaskedName::of(name));
        let tail: String = tail.chars().skip(tail.chars().count().saturating_sub(4)).collect();
        let document = MaskedDocument::from_mask(&format!("*****{}", tail.to_ascii_uppercase()))?;
        let level = self.level.as_deref().filter(|level| !level.trim().is_empty());
        let is_said = !name.as_str().is_empty() && !document.tail().is_empty();
        is_said.then(|| (name, document, level.and_then(Level::with_name)))
    }
}

impl Station {
    /// Asks the school whose a code is. When it is linked the bundle is fetched anew, so that the code can be scanned.
    ///
    /// # Errors
    /// [`Trouble`] when the server does not answer; [`super::StationError::Printed`] when too little is said.
    pub async fn ask_whose(&self, code: &str, printed: &Printed, at: At<'_>) -> Result<Answer, Trouble> {
        let (name, document, level) = printed.masked().ok_or(super::StationError::Printed)?;
        let link = Link::of(plain(code), &self.bundle().fingerprint);
        let question = Question {
            code: link.fingerprint.to_string(),
            key: BASE64.encode(link.reveal()),
            name: name.as_str().into(),
            document: document.as_str().into(),
            level: level.map(|level| level.zh().into()),
            class: self.class_here(at).await?,
        };
        let text = Zeroizing::new(serde_json::to_vec(&question).map_err(super::StationError::from)?);
        let to = self.0.keys.packing.receivers.first().ok_or(super::StationError::NotEnrolled)?;
        let seed = random::seed().map_err(super::StationError::from)?;
        let letter = letter::write(&text, LETTER, to, seed).ok_or(super::StationError::NotEnrolled)?;
        let options = Options::new(self.server().await?);
        let answer = self.ask_school(&options, letter.clone(), &about(&letter, to.suite())).await?;
        if answer.linked {
            self.fetch(&options).await?;
        }
        Ok(answer)
    }

    /// The class of whoever was accepted here last today; empty before the first.
    async fn class_here(&self, at: At<'_>) -> super::Result<String> {
        let lines = self.register(day_of(at.at_ms)).await?;
        let last = lines.into_iter().rev().find_map(|line| line.person.class);
        Ok(last.map(|class| class.name).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_operator_types_is_masked_before_it_leaves() {
        let printed = |name: &str, document: &str, level: Option<&str>| {
            let printed =
                Printed { name: name.into(), document: document.into(), level: level.map(Into::into) };
            printed.masked().map(|(name, document, level)| (name.to_string(), document.to_string(), level))
        };
        let expected = Some(("张**三".to_owned(), "*****874X".to_owned(), Some(Level::Undergraduate)));
        assert_eq!(printed(" 张**三 ", "*****874x", Some("本科")), expected);
        assert_eq!(printed("张小明三", "11010519491231874X", Some("本科")), expected);
        assert_eq!(printed("张三", "8746", None).unwrap().0, "张*");
        assert_eq!(printed("张三", "  ", None), None);
        assert_eq!(printed("", "8746", None), None);
    }
}
