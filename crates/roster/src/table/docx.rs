//! The tables of a Word document, in the order in which they stand; their rows are counted through.

use std::io::{Cursor, Read};

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
};
use zip::{ZipArchive, result::ZipError};

use super::{Cell, LARGEST_FILE, MOST_COLUMNS, Row, TableFault};

/// Where a Word document keeps its text (ECMA-376 part 1, 11.3.10).
const TEXT: &str = "word/document.xml";
/// Most cells of all tables together: more than any document that Word opens.
const MOST_CELLS: usize = 1_000_000;

/// The tables; `None` when the file is something else in a zip archive, such as a spreadsheet.
pub fn read(bytes: &[u8]) -> Result<Option<Vec<Vec<Row>>>, TableFault> {
    let Some(text) = text(bytes)? else { return Ok(None) };
    let mut reader = Reader::from_str(&text);
    let mut tables = Tables::default();
    loop {
        match reader.read_event().map_err(|error| TableFault::Damaged(error.to_string()))? {
            Event::Start(tag) => tables.begin(&tag),
            Event::Empty(tag) => {
                tables.begin(&tag);
                tables.end(tag.local_name().as_ref())?;
            }
            Event::End(tag) => tables.end(tag.local_name().as_ref())?,
            Event::Text(text) => tables.write(&text.xml10_content()),
            Event::GeneralRef(letter) => tables.write(&meant(&letter)),
            Event::Eof => return Ok(Some(tables.done)),
            _ => {}
        }
    }
}

/// The document's own XML; `None` when there is none in the archive.
fn text(bytes: &[u8]) -> Result<Option<String>, TableFault> {
    let damaged = |error: &dyn std::fmt::Display| TableFault::Damaged(error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let entry = match archive.by_name(TEXT) {
        Ok(entry) => entry,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(damaged(&error)),
    };
    let mut text = String::new();
    // What the archive says of the size is not believed.
    entry.take(LARGEST_FILE as u64 + 1).read_to_string(&mut text).map_err(|error| damaged(&error))?;
    if text.len() > LARGEST_FILE { Err(TableFault::TooLarge) } else { Ok(Some(text)) }
}

/// `&amp;`, `&#38;`; what is not known stands for nothing.
fn meant(letter: &BytesRef<'_>) -> String {
    if let Ok(Some(letter)) = letter.resolve_char_ref() {
        return letter.into();
    }
    resolve_predefined_entity(&letter.xml10_content()).unwrap_or_default().into()
}

/// What was read so far.
#[derive(Default)]
struct Tables {
    done: Vec<Vec<Row>>,
    /// Rows of all tables.
    rows: usize,
    cells: usize,
    /// Tables that are open; the text of a table inside a cell belongs to the cell.
    depth: usize,
    row: Vec<Cell>,
    /// Columns that the open cell takes.
    span: usize,
    text: String,
    /// Inside `w:t`; anything else, such as what was deleted, is not shown.
    shown: bool,
}

impl Tables {
    fn begin(&mut self, tag: &BytesStart<'_>) {
        match tag.local_name().as_ref() {
            "tbl" => {
                self.depth += 1;
                if self.depth == 1 {
                    self.done.push(Vec::new());
                }
            }
            "tr" if self.depth == 1 => self.row.clear(),
            "tc" if self.depth == 1 => {
                self.span = 1;
                self.text.clear();
            }
            "gridSpan" if self.depth == 1 => self.span = columns(tag),
            "gridBefore" if self.depth == 1 => self.row.resize(columns(tag), Cell::default()),
            "t" => self.shown = self.depth > 0,
            "br" | "cr" => self.text.push('\n'),
            "tab" => self.text.push(' '),
            "noBreakHyphen" => self.text.push('-'),
            _ => {}
        }
    }

    fn write(&mut self, text: &str) {
        if self.shown {
            self.text.push_str(text);
        }
    }

    fn end(&mut self, tag: &str) -> Result<(), TableFault> {
        match tag {
            "t" => self.shown = false,
            "p" => self.text.push('\n'),
            "tc" if self.depth == 1 => {
                self.row.push(Cell::new(self.text.trim()));
                self.row.resize(self.row.len() + self.span - 1, Cell::default());
                if self.row.len() > MOST_COLUMNS {
                    return Err(TableFault::TooMany);
                }
            }
            "tr" if self.depth == 1 => self.end_row()?,
            "tbl" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), TableFault> {
        self.cells += self.row.len() + 1;
        if self.cells > MOST_CELLS {
            return Err(TableFault::TooMany);
        }
        self.rows += 1;
        if let Some(table) = self.done.last_mut() {
            table.push(Row { line: self.rows, cells: std::mem::take(&mut self.row) });
        }
        Ok(())
    }
}

/// How many columns an element stands for.
fn columns(tag: &BytesStart<'_>) -> usize {
    let value = tag.try_get_attribute("w:val").ok().flatten();
    value.and_then(|value| value.value.parse().ok()).unwrap_or(1).clamp(1, MOST_COLUMNS)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn archive(name: &str, text: &str) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
        zip.finish().unwrap().into_inner()
    }

    fn document(body: &str) -> Vec<u8> {
        archive(TEXT, &format!(r#"<?xml version="1.0"?><w:document><w:body>{body}</w:body></w:document>"#))
    }

    fn cell(text: &str) -> String {
        format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
    }

    fn texts(rows: &[Row]) -> Vec<Vec<&str>> {
        rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect()).collect()
    }

    #[test]
    fn cells_are_read_as_they_stand_with_merged_ones_empty() {
        let wide = r#"<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>9:00</w:t><w:br/><w:t>A&amp;B</w:t></w:r></w:p><w:p><w:r><w:delText>x</w:delText></w:r></w:p></w:tc>"#;
        let below = "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>";
        let inner = format!("<w:tc><w:tbl><w:tr>{}{}</w:tr></w:tbl><w:p/></w:tc>", cell("in"), cell("ner"));
        let body = format!(
            "<w:p><w:r><w:t>title</w:t></w:r></w:p><w:tbl><w:tr>{}{wide}</w:tr><w:tr>{below}{inner}{}</w:tr></w:tbl><w:tbl><w:tr>{}</w:tr></w:tbl>",
            cell("1"),
            cell("2"),
            cell("another"),
        );
        let tables = read(&document(&body)).unwrap().unwrap();
        assert_eq!(texts(&tables[0]), [vec!["1", "9:00\nA&B", ""], vec!["", "in\nner", "2"]]);
        assert_eq!(tables[0].iter().map(|row| row.line).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(texts(&tables[1]), [vec!["another"]]);
    }

    #[test]
    fn what_is_no_document_or_a_broken_one_is_told() {
        assert_eq!(read(&archive("xl/workbook.xml", "<x/>")).unwrap(), None);
        assert!(matches!(read(b"PK\x03\x04 nothing"), Err(TableFault::Damaged(_))));
        assert!(matches!(read(&archive(TEXT, "<w:document></w:body>")), Err(TableFault::Damaged(_))));
        let wide = r#"<w:tc><w:tcPr><w:gridSpan w:val="200"/></w:tcPr></w:tc>"#;
        let body = format!("<w:tbl><w:tr>{}</w:tr></w:tbl>", wide.repeat(2));
        assert_eq!(read(&document(&body)), Err(TableFault::TooMany));
    }
}
