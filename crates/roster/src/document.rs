//! Documents that students are registered with, and what their numbers say by themselves.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::date;
use crate::text;

/// Kinds of documents (证件类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentType {
    /// 居民身份证, GB 11643.
    IdentityCard,
    /// 港澳台居民居住证: of the same form, its first six digits 810000, 820000 or 830000.
    ResidencePermit,
    /// 外国人永久居留身份证: three letters and twelve digits, or since December 2023 eighteen digits from 9 on.
    PermanentResidence,
    /// 护照
    Passport,
    /// 港澳居民来往内地通行证: H or M and eight digits, or ten on old ones.
    HongKongMacaoPermit,
    /// 台湾居民来往大陆通行证: eight digits, or ten on old ones.
    TaiwanPermit,
}

/// Male or female, as registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

/// Why a number is none of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberFault {
    /// Not the form of its kind.
    Form,
    /// The date in it does not exist.
    Birth,
    /// The last character does not follow from the others.
    CheckDigit,
}

/// A number that is well formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The number, as it is registered.
    pub text: String,
    /// The birth date in it.
    pub birth: Option<Date>,
    /// The sex in it.
    pub sex: Option<Sex>,
}

impl Sex {
    /// Reads 男, 女, the codes 1 and 2 of GB/T 2261.1, and what is usual beside them.
    pub fn parse(text: &str) -> Option<Self> {
        match text::plain(text).to_ascii_lowercase().as_str() {
            "男" | "男性" | "1" | "m" | "male" => Some(Self::Male),
            "女" | "女性" | "2" | "f" | "female" => Some(Self::Female),
            _ => None,
        }
    }
}

impl DocumentType {
    /// Every kind, the more particular before the more general.
    pub const ALL: [Self; 6] = [
        Self::ResidencePermit,
        Self::IdentityCard,
        Self::PermanentResidence,
        Self::HongKongMacaoPermit,
        Self::TaiwanPermit,
        Self::Passport,
    ];

    /// Reads the name of a kind.
    pub fn parse(name: &str) -> Option<Self> {
        let name = text::plain(name);
        let holds = |part: &str| name.contains(part);
        Some(match () {
            () if holds("永久居留") => Self::PermanentResidence,
            () if holds("居住证") => Self::ResidencePermit,
            () if holds("身份证") => Self::IdentityCard,
            () if holds("护照") => Self::Passport,
            () if holds("台") => Self::TaiwanPermit,
            () if holds("港") || holds("澳") => Self::HongKongMacaoPermit,
            () => return None,
        })
    }

    /// The kind that a number most likely is of, where the table does not say.
    pub fn guess(number: &str) -> Option<Self> {
        let number = text::number(number);
        let whole = Self::ALL.into_iter().find(|kind| kind.read(&number).is_ok());
        // Eighteen digits with a slip in them were meant as an identity card.
        whole.or_else(|| (number.len() == 18 || number.len() == 15).then_some(Self::IdentityCard))
    }

    /// Reads a number of this kind.
    ///
    /// # Errors
    /// [`NumberFault`] with the first check that failed.
    pub fn read(self, number: &str) -> Result<Number, NumberFault> {
        let text = text::number(number);
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let is_letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_uppercase());
        if !text.is_ascii() {
            return Err(NumberFault::Form);
        }
        let fits = match self {
            Self::IdentityCard => return eighteen(text, |region| !matches!(&region[..1], "0" | "8" | "9")),
            Self::ResidencePermit => {
                return eighteen(text, |region| matches!(region, "810000" | "820000" | "830000"));
            }
            Self::PermanentResidence if text.len() == 18 => {
                return eighteen(text, |region| region.starts_with('9'));
            }
            Self::PermanentResidence => text.len() == 15 && is_letters(&text[..3]) && digits(&text[3..]),
            Self::HongKongMacaoPermit => {
                matches!(text.len(), 9 | 11) && text.starts_with(['H', 'M']) && digits(&text[1..])
            }
            Self::TaiwanPermit => matches!(text.len(), 8 | 10) && digits(&text),
            Self::Passport => {
                // ICAO Doc 9303-4 §4.2.2.2: at most nine characters; some countries print more.
                (5..=15).contains(&text.len())
                    && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
                    && text.bytes().any(|byte| byte.is_ascii_digit())
            }
        };
        if fits { Ok(Number { text, birth: None, sex: None }) } else { Err(NumberFault::Form) }
    }
}

/// The form of GB 11643: region (6), birth date (8), running number (3, odd for men), check character.
fn eighteen(text: String, region: impl Fn(&str) -> bool) -> Result<Number, NumberFault> {
    let (body, last) = text.split_at_checked(17).ok_or(NumberFault::Form)?;
    let is_formed = last.len() == 1
        && body.bytes().all(|byte| byte.is_ascii_digit())
        && last.bytes().all(|byte| byte.is_ascii_digit() || byte == b'X')
        && region(&body[..6]);
    if !is_formed {
        return Err(NumberFault::Form);
    }
    let birth = date::parse(&body[6..14]).ok_or(NumberFault::Birth)?;
    if check_character(body) != last.chars().next() {
        return Err(NumberFault::CheckDigit);
    }
    let is_odd = body.as_bytes()[16] % 2 == 1;
    let sex = if is_odd { Sex::Male } else { Sex::Female };
    Ok(Number { text, birth: Some(birth), sex: Some(sex) })
}

/// The check character of seventeen digits (ISO 7064 MOD 11-2, as GB 11643 §5 takes it).
pub fn check_character(digits: &str) -> Option<char> {
    let mut sum = 0;
    for byte in digits.bytes() {
        sum = (sum + u32::from(byte.checked_sub(b'0').filter(|digit| *digit < 10)?)) * 2 % 11;
    }
    match (12 - sum) % 11 {
        10 => Some('X'),
        digit => char::from_digit(digit, 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The twenty-four numbers of the acceptance table.
    #[test]
    fn twenty_four_numbers_get_the_verdicts_of_the_table() {
        use DocumentType::*;
        use NumberFault::*;
        let table = [
            (IdentityCard, "11010519491231002X", None), // the example of GB 11643 annex A
            (IdentityCard, "11010519491231002x", None),
            (IdentityCard, "440524188001010014", Some(Birth)), // the other example: a birth year before 1900
            (IdentityCard, "110105194912310021", Some(CheckDigit)),
            (IdentityCard, "110105194913310023", Some(Birth)),
            (IdentityCard, "1101051949123100", Some(Form)),
            (IdentityCard, "130503670401001", Some(Form)), // fifteen digits, valid until 2012
            (IdentityCard, "810000199408230021", Some(Form)),
            (IdentityCard, "１１０１０５１９４９１２３１００２Ｘ", None),
            (ResidencePermit, "810000199408230021", None),
            (ResidencePermit, "830000199201300022", None),
            (ResidencePermit, "810000199408230022", Some(CheckDigit)),
            (ResidencePermit, "110105194912310021", Some(Form)),
            (PermanentResidence, "CAN110012345678", None),
            (PermanentResidence, "911124198108030024", None), // the specimen of the 2023 card
            (PermanentResidence, "911124198108030020", Some(CheckDigit)),
            (PermanentResidence, "CA110012345678", Some(Form)),
            (Passport, "E12345678", None),
            (Passport, "AB-1234", Some(Form)),
            (HongKongMacaoPermit, "H12345678", None),
            (HongKongMacaoPermit, "K12345678", Some(Form)),
            (TaiwanPermit, "01234567", None),
            (TaiwanPermit, "012345678", Some(Form)),
            (IdentityCard, "", Some(Form)),
        ];
        assert_eq!(table.len(), 24);
        for (kind, number, fault) in table {
            assert_eq!(kind.read(number).err(), fault, "{kind:?} {number}");
        }
    }

    #[test]
    fn a_number_tells_birth_and_sex() {
        let number = DocumentType::IdentityCard.read("11010519491231002X").unwrap();
        assert_eq!((number.birth, number.sex), (date::parse("1949-12-31"), Some(Sex::Female)));
        assert_eq!(DocumentType::guess("810000199408230021"), Some(DocumentType::ResidencePermit));
        assert_eq!(DocumentType::guess("110105194912310021"), Some(DocumentType::IdentityCard));
        assert_eq!(DocumentType::guess("H12345678"), Some(DocumentType::HongKongMacaoPermit));
        assert_eq!(DocumentType::guess("无"), None);
    }

    #[test]
    fn kinds_and_sexes_have_many_names() {
        for (name, kind) in [
            ("居民身份证", DocumentType::IdentityCard),
            ("港澳台居民居住证", DocumentType::ResidencePermit),
            ("外国人永久居留身份证", DocumentType::PermanentResidence),
            ("港澳居民来往内地通行证", DocumentType::HongKongMacaoPermit),
            ("台湾居民来往大陆通行证", DocumentType::TaiwanPermit),
            ("护照", DocumentType::Passport),
        ] {
            assert_eq!(DocumentType::parse(name), Some(kind), "{name}");
        }
        assert_eq!(
            (Sex::parse("女 "), Sex::parse("1"), Sex::parse("不详")),
            (Some(Sex::Female), Some(Sex::Male), None)
        );
    }
}
