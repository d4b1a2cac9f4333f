//! Masking: what a code, a card and the capture side show of a name and a document number.
//!
//! The sample card of the national centre shows 张**三 and *****8746. A mask alone proves nothing:
//! many people share one, so a photo is never linked by it alone.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest run of stars in a name. A run says how many characters it hides only up to here, which keeps
/// long names short in a code and tells less.
const LONGEST_RUN: usize = 4;
/// Longest masked name in bytes: 生僻字 take four bytes each, and two of them stand beside each dot.
pub const LONGEST_MASK_BYTES: usize = 32;
/// Stars before the end of a document number, whatever its length, as on the sample card.
const DOCUMENT_STARS: &str = "*****";
/// Characters of a document number that stay, as on the sample card.
const DOCUMENT_TAIL: usize = 4;

/// How much of a name a code shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Manner {
    /// 张**三: the first and the last character, as on the sample card.
    #[default]
    Ends,
    /// 张***: the first character only.
    First,
}

/// A name of which the first and last character, or the first alone, are left. Not personal alone, but printed only where shown.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct MaskedName(String);

/// A document number of which the end is left.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct MaskedDocument(String);

/// Kinds of documents that students are registered with (GB 11643 and the permits for 港澳台).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// 居民身份证, 18 characters, the last a digit or X.
    IdentityCard,
    /// 港澳台居民居住证, of the same form.
    ResidencePermit,
    /// 港澳居民来往内地通行证, H or M and 8 to 10 digits.
    HongKongMacaoPermit,
    /// 台湾居民来往大陆通行证, 8 or 10 digits.
    TaiwanPermit,
    /// A passport of any country.
    Passport,
    /// A number that the school gave to somebody without any of these.
    Other,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::IdentityCard,
        Self::ResidencePermit,
        Self::HongKongMacaoPermit,
        Self::TaiwanPermit,
        Self::Passport,
        Self::Other,
    ];

    /// Whether a number has the form of this kind; says nothing about check digits, which the roster's matter are.
    pub fn fits(self, number: &str) -> bool {
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        match self {
            Self::IdentityCard | Self::ResidencePermit => {
                number.len() == 18
                    && number.is_ascii()
                    && all_digits(&number[..17])
                    && number.ends_with(|last: char| last.is_ascii_digit() || matches!(last, 'X' | 'x'))
            }
            Self::HongKongMacaoPermit => {
                number.starts_with(['H', 'M', 'h', 'm'])
                    && (9..=11).contains(&number.len())
                    && all_digits(&number[1..])
            }
            Self::TaiwanPermit => matches!(number.len(), 8 | 10) && all_digits(number),
            Self::Passport => {
                (5..=15).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_alphanumeric())
            }
            Self::Other => !number.is_empty(),
        }
    }
}

impl MaskedName {
    /// Masks a name: the first and the last character stay, every other one becomes a star; of two
    /// characters only the first stays, of one none. Middle dots, hyphens and spaces between parts stay,
    /// so that 买买提·艾力 becomes 买**·*力 and Anna Maria Berg becomes A*** **** ***g.
    pub fn of(name: &str) -> Self {
        Self::in_manner(name, Manner::Ends)
    }

    /// Masks a name as [`Self::of`] does, or leaves its first character alone.
    pub fn in_manner(name: &str, manner: Manner) -> Self {
        let letters = letters(name.trim());
        let count = letters.iter().filter(|letter| !is_joint(letter)).count();
        let mut masked = Masking::default();
        let mut at = 0;
        for letter in letters {
            if is_joint(letter) {
                masked.keep(letter);
                continue;
            }
            at += 1;
            match (at, count) {
                (1, 2..) => masked.keep(letter),
                (at, 3..) if at == count && manner == Manner::Ends => masked.keep(letter),
                _ => masked.star(),
            }
        }
        Self(masked.within(LONGEST_MASK_BYTES))
    }

    /// Takes a mask that somebody else made; `None` when it is empty, too long, or nothing in it is masked.
    pub fn from_mask(mask: &str) -> Option<Self> {
        is_mask(mask).then(|| Self(mask.to_owned()))
    }

    /// Whether a name could be behind this mask.
    pub fn fits(&self, name: &str) -> bool {
        [Manner::Ends, Manner::First].into_iter().any(|manner| Self::in_manner(name, manner) == *self)
    }

    /// The mask.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl MaskedDocument {
    /// Masks a document number of any kind: five stars and the last four characters; of a number of fewer
    /// than eight characters half of them, so that at least as much is hidden as shown.
    pub fn of(number: &str) -> Self {
        let letters: Vec<char> = number.trim().chars().collect();
        let tail = DOCUMENT_TAIL.min(letters.len() / 2);
        Self::from_tail(&letters[letters.len() - tail..].iter().collect::<String>().to_ascii_uppercase())
    }

    /// The mask with a known end.
    pub(crate) fn from_tail(tail: &str) -> Self {
        Self([DOCUMENT_STARS, tail].concat())
    }

    /// Takes a mask that somebody else made; `None` when it is not five stars and at most four characters.
    pub fn from_mask(mask: &str) -> Option<Self> {
        let tail = mask.strip_prefix(DOCUMENT_STARS)?;
        let short = tail.chars().count() <= DOCUMENT_TAIL && !tail.contains('*') && is_mask(mask);
        short.then(|| Self(mask.to_owned()))
    }

    /// The characters that are left.
    pub fn tail(&self) -> &str {
        &self.0[DOCUMENT_STARS.len()..]
    }

    /// The mask.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_mask(mask: &str) -> bool {
    mask.contains('*') && mask.len() <= LONGEST_MASK_BYTES && !mask.chars().any(char::is_control)
}

/// A name's characters, each with the marks and variation selectors that belong to it (Unicode D61):
/// a selector of its own would give away which 异体字 is hidden.
fn letters(name: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = Vec::new();
    for (at, letter) in name.char_indices() {
        let belongs_to_last = matches!(u32::from(letter),
            0x0300..=0x036F | 0x200D | 0x3099..=0x309A | 0xFE00..=0xFE0F | 0xE0100..=0xE01EF);
        if !belongs_to_last || starts.is_empty() {
            starts.push(at);
        }
    }
    let ends = starts.iter().skip(1).copied().chain([name.len()]);
    starts.iter().zip(ends).map(|(from, to)| &name[*from..to]).collect()
}

/// What stands between the parts of a name: the middle dots in use, hyphen, apostrophe, space.
fn is_joint(letter: &str) -> bool {
    matches!(letter, "·" | "•" | "‧" | "・" | "．" | "." | "-" | "'" | "’" | " " | "\u{3000}")
}

/// A mask as it grows.
#[derive(Default)]
struct Masking {
    text: String,
    run: usize,
}

impl Masking {
    fn keep(&mut self, letter: &str) {
        self.text.push_str(letter);
        self.run = 0;
    }

    fn star(&mut self) {
        if self.run < LONGEST_RUN {
            self.text.push('*');
        }
        self.run += 1;
    }

    /// The mask, or its two ends around one run of stars when it is too long.
    fn within(self, longest: usize) -> String {
        if self.text.len() <= longest {
            return self.text;
        }
        let (first, last) = (self.text.chars().next(), self.text.chars().next_back());
        let stars = "*".repeat(LONGEST_RUN);
        first.into_iter().chain(stars.chars()).chain(last).collect()
    }
}

macro_rules! printed_as_stars {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

printed_as_stars!(MaskedName);
printed_as_stars!(MaskedDocument);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_every_kind_are_masked() {
        let cases = [
            ("张三", "张*"),
            ("张三三", "张*三"),
            ("欧阳娜娜", "欧**娜"),
            ("阿依古丽汗", "阿***汗"),
            ("买买提·艾力", "买**·*力"),
            ("阿卜杜热西提·阿卜杜拉", "阿****·***拉"),
            ("古丽 • 巴哈尔", "古* • **尔"),
            ("Li", "L*"),
            ("Anna Berg", "A*** ***g"),
            ("Jean-Luc O'Neill", "J***-*** *'****l"),
            ("Wolfeschlegelsteinhausen", "W****n"),
            ("李", "*"),
            ("  张三三 ", "张*三"),
            ("𠮷田三", "𠮷*三"),
            ("葛\u{E0100}飾区", "葛\u{E0100}*区"),
            ("飾葛\u{E0100}区", "飾*区"),
            ("", ""),
        ];
        for (name, mask) in cases {
            assert_eq!(MaskedName::of(name).as_str(), mask, "{name}");
        }
    }

    #[test]
    fn numbers_of_every_document_are_masked() {
        let cases = [
            (DocumentKind::IdentityCard, "11010519491231002X", "*****002X"),
            (DocumentKind::IdentityCard, "11010519491231002x", "*****002X"),
            (DocumentKind::ResidencePermit, "810000199408230021", "*****0021"),
            (DocumentKind::HongKongMacaoPermit, "H12345678", "*****5678"),
            (DocumentKind::HongKongMacaoPermit, "M1234567801", "*****7801"),
            (DocumentKind::TaiwanPermit, "01234567", "*****4567"),
            (DocumentKind::TaiwanPermit, "0123456789", "*****6789"),
            (DocumentKind::Passport, "E12345678", "*****5678"),
            (DocumentKind::Passport, "AB123", "*****23"),
            (DocumentKind::Other, "7", "*****"),
        ];
        for (kind, number, mask) in cases {
            assert!(kind.fits(number), "{kind:?} {number}");
            assert_eq!(MaskedDocument::of(number).as_str(), mask, "{number}");
        }
    }

    #[test]
    fn a_number_of_another_form_does_not_fit_its_kind() {
        let cases = [
            (DocumentKind::IdentityCard, "1101051949123100"),
            (DocumentKind::IdentityCard, "1101051949123100XX"),
            (DocumentKind::ResidencePermit, "8100001994082300二"),
            (DocumentKind::HongKongMacaoPermit, "K12345678"),
            (DocumentKind::TaiwanPermit, "012345678"),
            (DocumentKind::Passport, "E 2345678"),
            (DocumentKind::Other, ""),
        ];
        for (kind, number) in cases {
            assert!(!kind.fits(number), "{kind:?} {number}");
        }
    }

    #[test]
    fn a_mask_is_not_printed_by_debug_and_a_whole_name_is_no_mask() {
        assert_eq!(format!("{:?}", MaskedName::of("张三三")), "MaskedName(***)");
        assert_eq!(format!("{:?}", MaskedDocument::of("E12345678")), "MaskedDocument(***)");
        assert_eq!(MaskedName::from_mask("张三三"), None);
        assert_eq!(MaskedName::from_mask("张*三"), Some(MaskedName::of("张三三")));
        assert_eq!(MaskedDocument::from_mask("*****12345"), None);
        assert_eq!(MaskedDocument::from_mask("*****5678"), Some(MaskedDocument::of("E12345678")));
    }

    proptest! {
        #[test]
        fn a_mask_shows_at_most_two_characters_of_a_name(name in "\\PC{0,40}") {
            let mask = MaskedName::of(&name);
            let shown: Vec<&str> =
                letters(mask.as_str()).into_iter().filter(|letter| *letter != "*" && !is_joint(letter)).collect();
            prop_assert!(shown.len() <= 2, "{shown:?}");
            prop_assert!(mask.as_str().len() <= LONGEST_MASK_BYTES);
            prop_assert!(mask.fits(&name));
        }

        #[test]
        fn a_mask_hides_at_least_as_much_of_a_number_as_it_shows(number in "\\PC{0,20}") {
            let mask = MaskedDocument::of(&number);
            prop_assert!(2 * mask.tail().chars().count() <= number.trim().chars().count());
        }
    }
}
