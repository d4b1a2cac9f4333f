//! Text tables: comma, semicolon or tab; UTF-8, UTF-16 with its mark, GB 18030 (which holds GBK).

use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::{Cell, Row, TableFault};

pub fn read(bytes: &[u8]) -> Result<Vec<Row>, TableFault> {
    let text = decoded(bytes).ok_or(TableFault::Encoding)?;
    let mut table = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let (mut counted, mut lines, mut inside) = (0, 1, 0);
    for row in table.records() {
        let row = row.map_err(|error| TableFault::Damaged(error.to_string()))?;
        // A spreadsheet counts empty lines, and a cell with line breaks in it as one row.
        let start = row.position().map_or(counted, |place| place.byte() as usize);
        let start = start + text[start..].bytes().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        lines += breaks(&text[counted..start]);
        counted = start;
        rows.push(Row { line: lines - inside, cells: row.iter().map(Cell::new).collect() });
        inside += row.iter().map(breaks).sum::<usize>();
    }
    Ok(rows)
}

fn breaks(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

fn decoded(bytes: &[u8]) -> Option<String> {
    let marked = [(UTF_8, &[0xEF, 0xBB, 0xBF][..]), (UTF_16LE, &[0xFF, 0xFE]), (UTF_16BE, &[0xFE, 0xFF])];
    let found = marked.into_iter().find_map(|(encoding, mark)| Some((encoding, bytes.strip_prefix(mark)?)));
    let whole = |(encoding, bytes): (&'static encoding_rs::Encoding, &[u8])| {
        encoding.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
    };
    match found {
        Some(found) => whole(found),
        None => whole((UTF_8, bytes)).or_else(|| whole((GB18030, bytes))),
    }
}

/// The one of the usual delimiters that the fullest of the first lines holds most of.
fn delimiter(text: &str) -> u8 {
    let count = |delimiter: u8| {
        text.lines().take(5).map(|line| line.bytes().filter(|byte| *byte == delimiter).count()).max()
    };
    // Of equals the last is taken: the comma.
    *b"\t;,".iter().max_by_key(|delimiter| count(**delimiter)).unwrap_or(&b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        for text in ["a,b\r\n\r\n\"1\r\n2\",x\r\n3,4", "a,b\n\n\"1\n2\",x\n3,4\n"] {
            let lines: Vec<usize> = read(text.as_bytes()).unwrap().iter().map(|row| row.line).collect();
            assert_eq!(lines, [1, 3, 4], "{text:?}");
        }
    }

    #[test]
    fn the_usual_delimiters_and_encodings_are_told_apart() {
        let expected = read("学号,姓名\n1,张三".as_bytes()).unwrap();
        for text in ["学号\t姓名\n1\t张三", "学号;姓名\n1;张三"] {
            assert_eq!(read(text.as_bytes()).unwrap(), expected);
            assert_eq!(read(&GB18030.encode(text).0).unwrap(), expected);
            assert_eq!(read(format!("\u{feff}{text}").as_bytes()).unwrap(), expected);
            let utf16: Vec<u8> =
                std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            assert_eq!(read(&utf16).unwrap(), expected);
        }
    }
}
