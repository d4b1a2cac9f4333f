//! Whether two spellings are one name: the roster's and that of a code, a list of payers, another system.

use unicode_normalization::UnicodeNormalization;

use crate::text;

/// What two spellings are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// One name, letter by letter after blanks, full-width forms and kinds of dots.
    Same,
    /// One name in another writing: simplified and traditional characters, a lost character; a person confirms.
    Variant,
    /// Two names.
    Different,
}

/// The middle dots in use; U+00B7 is that of GB 18030 and of identity cards.
const DOTS: [char; 8] = ['•', '‧', '∙', '⋅', '・', '･', '.', '．'];
/// What stands where an earlier system had no character: one `?` per byte, or one of these.
const LOST: [char; 3] = ['?', '\u{FFFD}', '□'];

/// Compares two spellings.
pub fn compare(a: &str, b: &str) -> Likeness {
    let (a, b) = (folded(a), folded(b));
    if a == b {
        return Likeness::Same;
    }
    if a.is_empty() || b.is_empty() {
        return Likeness::Different;
    }
    let (a, b) = (fast2s::convert(&a), fast2s::convert(&b));
    let (a, b): (Vec<char>, Vec<char>) = (with_lost(&a), with_lost(&b));
    let alike = |(x, y): (&char, &char)| x == y || is_wild(*x) || is_wild(*y);
    // A name of which nothing is known but its length is no evidence.
    let evidence = a.iter().zip(&b).any(|(x, y)| x == y);
    if a.len() == b.len() && evidence && a.iter().zip(&b).all(alike) {
        Likeness::Variant
    } else {
        Likeness::Different
    }
}

/// One writing of what has several by itself: canonical composition, one kind of dot, capitals in Latin names.
fn folded(name: &str) -> String {
    let name: String =
        text::name(name).nfc().map(|letter| if DOTS.contains(&letter) { '·' } else { letter }).collect();
    if name.is_ascii() { name.to_ascii_uppercase() } else { name }
}

/// Two `?` are one lost character of two bytes.
fn with_lost(name: &str) -> Vec<char> {
    name.replace("??", "?").chars().collect()
}

/// Lost, or in Unicode's private areas, where each system put its own characters.
fn is_wild(letter: char) -> bool {
    LOST.contains(&letter) || matches!(u32::from(letter), 0xE000..=0xF8FF | 0xF0000..=0x0010_FFFD)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The twenty pairs of the acceptance table.
    #[test]
    fn twenty_pairs_of_names_compare_as_the_table_says() {
        use Likeness::*;
        let pairs = [
            ("张三", "张三", Same),
            ("张 三", "张三", Same),
            ("张　三", "张三", Same),
            ("买买提·艾力", "买买提•艾力", Same),
            ("买买提·艾力", "买买提．艾力", Same),
            ("买买提·艾力", "买买提・艾力", Same),
            ("买买提·艾力", "买买提艾力", Different),
            ("ＡＮＮＡ Berg", "Anna  Berg", Same),
            ("José", "Jose\u{301}", Same),
            ("Anna Berg", "Anna Bergh", Different),
            ("刘备", "劉備", Variant),
            ("叶问", "葉問", Variant),
            ("王??", "王\u{4dae}", Variant),
            ("王?", "王頔", Variant),
            ("王\u{E863}", "王\u{4dae}", Variant),
            ("王\u{20bb7}", "王\u{20bb7}", Same),
            ("\u{20bb7}田", "吉田", Different),
            ("王奡", "王昊", Different),
            ("??", "王頔", Different),
            ("张三", "张三丰", Different),
        ];
        assert_eq!(pairs.len(), 20);
        for (a, b, likeness) in pairs {
            assert_eq!(compare(a, b), likeness, "{a} {b}");
            assert_eq!(compare(b, a), likeness, "{b} {a}");
        }
    }
}
