//! The table back as xlsx: every cell as it was, faulty ones marked with a note, and a sheet that lists them.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Color, Format, Note, Workbook, XlsxError};

use crate::finding::{Fault, Finding};
use crate::table::Table;

/// In which language notes are written.
pub type Words = fn(Fault) -> String;

/// The workbook's bytes. All cells are text, so that no program takes digits from a number.
///
/// # Errors
/// When the table is larger than a sheet.
pub fn write(table: &Table, findings: &[Finding], words: Words) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (bold, fault) =
        (Format::new().set_bold(), Format::new().set_background_color(Color::RGB(0x00FF_C7CE)));
    let by_cell: BTreeMap<(usize, usize), &Finding> =
        findings.iter().filter_map(|finding| Some(((finding.line, finding.column?), finding))).collect();

    let sheet = book.add_worksheet().set_name("名单")?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, heading) in table.headings.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, heading, &bold)?;
        sheet.set_column_width(column as u16, 16)?;
    }
    // Rows stand where they stood, so that the numbers in messages fit both files.
    for row in &table.rows {
        let at = row.line.saturating_sub(1) as u32;
        for column in 0..row.cells.len().max(table.headings.len()) {
            let text = row.cells.get(column).map_or("", |cell| cell.text.as_str());
            match by_cell.get(&(row.line, column)) {
                None => _ = sheet.write_string(at, column as u16, text)?,
                Some(finding) => {
                    sheet.write_string_with_format(at, column as u16, text, &fault)?;
                    sheet.insert_note(
                        at,
                        column as u16,
                        &Note::new(words(finding.fault)).set_author("学影"),
                    )?;
                }
            }
        }
    }

    let list = book.add_worksheet().set_name("问题")?;
    list.set_freeze_panes(1, 0)?;
    for (column, (heading, width)) in
        [("行", 8), ("列", 16), ("代码", 20), ("说明", 80)].into_iter().enumerate()
    {
        list.write_string_with_format(0, column as u16, heading, &bold)?;
        list.set_column_width(column as u16, width)?;
    }
    for (at, finding) in findings.iter().enumerate() {
        let row = at as u32 + 1;
        list.write_number(row, 0, finding.line as f64)?;
        let heading = finding.column.and_then(|column| table.headings.get(column));
        list.write_string(row, 1, heading.map_or(finding.field.zh(), String::as_str))?;
        list.write_string(row, 2, finding.fault.code())?;
        list.write_string(row, 3, words(finding.fault))?;
    }
    book.save_to_buffer()
}
