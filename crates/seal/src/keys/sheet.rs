//! The backup sheet: a locked key file on paper, typed in again when every disk is lost. Every line carries
//! its number and check characters, so that a misread one is named.

use thiserror::Error;

use crate::suite::Suite;

/// Crockford's base 32: no I, L, O, U, which are read for 1 and 0 or make words.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bytes in a line: 32 characters in groups of four are read without losing one's place.
const LINE_BYTES: usize = 20;
const GROUP: usize = 4;
/// Check characters: a wrong line passes once in 32 768 times.
const CHECKS: usize = 3;
const LONGEST_SHEET: usize = 64 * 1024;

/// Why a sheet cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SheetFault {
    /// A line was misread.
    #[error("line {0} of the sheet was not typed as printed")]
    Line(usize),
    /// A line is missing or stands twice.
    #[error("line {0} of the sheet is missing")]
    Missing(usize),
    /// Nothing, or far too much.
    #[error("this is no backup sheet")]
    NotSheet,
}

impl SheetFault {
    /// The message in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::Line(line) => format!("备份页第 {line} 行与印刷内容不符"),
            Self::Missing(line) => format!("备份页缺少第 {line} 行"),
            Self::NotSheet => "不是备份页".into(),
        }
    }
}

/// The lines to print, from the text of a locked key file.
pub fn write(locked: &str) -> String {
    let bytes = [&(locked.len() as u32).to_be_bytes(), locked.as_bytes()].concat();
    let lines = bytes.chunks(LINE_BYTES).enumerate().map(|(at, chunk)| {
        let number = at + 1;
        let groups = grouped(&encode(chunk));
        format!("{number:>3}  {groups}  {}\n", check(number, chunk))
    });
    lines.collect()
}

/// The locked key file from the lines as somebody typed them; spaces, hyphens and small letters do not
/// matter, nor O for 0, I and L for 1.
///
/// # Errors
/// [`SheetFault`] with the line.
pub fn read(typed: &str) -> Result<String, SheetFault> {
    if typed.len() > LONGEST_SHEET {
        return Err(SheetFault::NotSheet);
    }
    let mut bytes = Vec::new();
    let lines = typed.lines().filter(|line| !line.trim().is_empty());
    for (at, line) in lines.enumerate() {
        let expected = at + 1;
        let (number, rest) = line.trim().split_once(char::is_whitespace).ok_or(SheetFault::Line(expected))?;
        if number.parse() != Ok(expected) {
            return Err(SheetFault::Missing(expected));
        }
        bytes.extend(read_line(expected, rest).ok_or(SheetFault::Line(expected))?);
    }
    let (length, text) = bytes.split_first_chunk::<4>().ok_or(SheetFault::NotSheet)?;
    let missing = SheetFault::Missing(bytes.len() / LINE_BYTES + 1);
    let text = text.get(..u32::from_be_bytes(*length) as usize).ok_or(missing)?;
    String::from_utf8(text.to_vec()).map_err(|_| SheetFault::NotSheet)
}

fn read_line(number: usize, rest: &str) -> Option<Vec<u8>> {
    let letters: Vec<char> =
        rest.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    let (coded, checks) = letters.split_at_checked(letters.len().checked_sub(CHECKS)?)?;
    let values = coded.iter().map(|letter| value(*letter)).collect::<Option<Vec<u8>>>()?;
    let bytes = decode(&values)?;
    let typed = checks.iter().map(|letter| value(*letter)).collect::<Option<Vec<u8>>>()?;
    let right: Option<Vec<u8>> = check(number, &bytes).chars().map(value).collect();
    (Some(typed) == right).then_some(bytes)
}

fn value(letter: char) -> Option<u8> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().position(|known| char::from(*known) == letter).map(|at| at as u8)
}

/// The first bits of a digest of number and bytes; against slips of the hand, so the digest's suite is no matter.
fn check(number: usize, bytes: &[u8]) -> String {
    let digest = Suite::Modern.digest(&[&(number as u32).to_be_bytes(), bytes]);
    digest.iter().take(CHECKS).map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

fn encode(bytes: &[u8]) -> String {
    let bits = bytes.len() * 8;
    let value = |at: usize| {
        let bit = |bit: usize| bytes.get(bit / 8).map_or(0, |byte| byte >> (7 - bit % 8) & 1);
        (0..5).fold(0, |value, more| value << 1 | bit(at * 5 + more))
    };
    (0..bits.div_ceil(5)).map(|at| char::from(ALPHABET[usize::from(value(at))])).collect()
}

/// `None` when the bits after the last byte are not 0.
fn decode(values: &[u8]) -> Option<Vec<u8>> {
    let bit = |bit: usize| values[bit / 5] >> (4 - bit % 5) & 1;
    let bits = values.len() * 5;
    let bytes = (0..bits / 8).map(|at| (0..8).fold(0, |byte, more| byte << 1 | bit(at * 8 + more)));
    let rest_is_zero = (bits / 8 * 8..bits).all(|at| bit(at) == 0);
    rest_is_zero.then(|| bytes.collect())
}

fn grouped(text: &str) -> String {
    let groups: Vec<&str> =
        text.as_bytes().chunks(GROUP).filter_map(|part| std::str::from_utf8(part).ok()).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str =
        "xueying-locked-keys 1\nsuite gm\nargon2id 65536 3 4 AAECAwQFBgcICQoLDA0ODw==\n0INEwE6AAEAAg\n";

    #[test]
    fn a_sheet_comes_back_however_it_was_typed() {
        let sheet = write(TEXT);
        assert_eq!(read(&sheet).as_deref(), Ok(TEXT));
        let typed = sheet.to_lowercase().replace('0', "o").replace(" o", " 0").replace('\n', "\r\n\r\n");
        assert_eq!(read(&typed).as_deref(), Ok(TEXT));
        assert!(sheet.lines().all(|line| line.len() <= 52), "{sheet}");
    }

    #[test]
    fn every_wrong_letter_is_found_in_its_line() {
        let sheet = write(TEXT);
        for (number, line) in sheet.lines().enumerate() {
            for (at, letter) in line.char_indices().filter(|(at, letter)| *at > 4 && *letter != ' ') {
                let other = if letter == 'Z' { 'Y' } else { 'Z' };
                let wrong = [&line[..at], &other.to_string(), &line[at + 1..]].concat();
                let read = read(&sheet.replace(line, &wrong));
                assert_eq!(read, Err(SheetFault::Line(number + 1)), "{wrong}");
            }
        }
    }

    #[test]
    fn a_missing_or_moved_line_is_named() {
        let sheet = write(TEXT);
        let lines: Vec<&str> = sheet.lines().collect();
        let without = |at: usize| [&lines[..at], &lines[at + 1..]].concat().join("\n");
        assert_eq!(read(&without(2)), Err(SheetFault::Missing(3)));
        let last = lines.len();
        assert_eq!(read(&without(last - 1)), Err(SheetFault::Missing(last)));
        assert_eq!(read(""), Err(SheetFault::NotSheet));
    }

    proptest! {
        #[test]
        fn any_text_is_printed_and_read(text in "\\PC{0,300}", noise in "\\PC{0,300}") {
            let again = read(&write(&text));
            prop_assert_eq!(again.as_deref(), Ok(text.as_str()));
            let _ = read(&noise);
        }
    }
}
