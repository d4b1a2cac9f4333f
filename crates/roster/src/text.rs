//! Cells as typed, and as meant: full-width forms, blanks and invisible characters.

/// Full-width ASCII (U+FF01…FF5E) stands this far above ASCII; the rest of Unicode's compatibility forms stay,
/// because among them are characters of names.
const FULL_WIDTH: u32 = 0xFEE0;

/// The text with full-width ASCII as ASCII, every blank as a space, without invisible characters, trimmed.
pub fn plain(text: &str) -> String {
    let plain: String = text.chars().filter_map(meant).collect();
    plain.trim().to_owned()
}

/// A number such as a student's or a document's: [`plain`], without inner blanks, letters as capitals.
pub fn number(text: &str) -> String {
    plain(text).chars().filter(|letter| *letter != ' ').map(|letter| letter.to_ascii_uppercase()).collect()
}

/// A name: [`plain`]; blanks between Chinese characters, as in 张 三, are for looks and go.
pub fn name(text: &str) -> String {
    let plain = plain(text);
    if plain.is_ascii() {
        return plain.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    }
    plain.chars().filter(|letter| *letter != ' ').collect()
}

fn meant(letter: char) -> Option<char> {
    match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - FULL_WIDTH),
        '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' => None,
        letter if letter.is_whitespace() => Some(' '),
        letter if letter.is_control() => None,
        letter => Some(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_becomes_what_was_meant() {
        assert_eq!(number("０１２"), "012");
        assert_eq!(number(" 6101 0419990307002x\u{3000}"), "61010419990307002X");
        assert_eq!(name(" 张 三 "), "张三");
        assert_eq!(name("买买提 · 艾力"), "买买提·艾力");
        assert_eq!(name("Anna   Maria\u{a0}Berg"), "Anna Maria Berg");
        assert_eq!(plain("\u{feff}计算机２１０１\t"), "计算机2101");
    }
}
