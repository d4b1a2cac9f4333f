//! A plan as a table for offices: xlsx, or csv as Chinese Excel opens it.

use std::path::Path;

use anyhow::{Result, bail};
use campaign::timetable::printed;
use rust_xlsxwriter::{Format, Workbook};
use schedule::{Plan, Problem};

use crate::{
    files::{self, Existing},
    language::Language,
};

/// Excel takes a file without this mark for GBK.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// Index of the column with heads, which are numbers.
const HEADS: usize = 3;

/// Writes a plan's table; the ending says in which form.
pub fn write(
    path: &Path,
    problem: &Problem,
    plan: &Plan,
    existing: Existing,
    language: Language,
) -> Result<()> {
    let rows = printed(problem, plan);
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let bytes = match ending.as_deref() {
        Some("xlsx") => workbook(&rows)?,
        Some("csv") => {
            let mut writer = csv::WriterBuilder::new()
                .terminator(csv::Terminator::CRLF)
                .from_writer(BYTE_ORDER_MARK.to_vec());
            for row in &rows {
                writer.write_record(row)?;
            }
            writer.into_inner()?
        }
        _ => bail!(
            "{}: {}",
            path.display(),
            language.pick("请以 .xlsx 或 .csv 结尾", "end it with .xlsx or .csv")
        ),
    };
    files::write(path, &bytes, existing, language)?;
    Ok(())
}

fn workbook(rows: &[[String; 7]]) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let bold = Format::new().set_bold();
    for (line, row) in rows.iter().enumerate() {
        for (column, text) in row.iter().enumerate() {
            let (line, at) = (u32::try_from(line)?, u16::try_from(column)?);
            match text.parse::<u32>() {
                Ok(number) if column == HEADS => sheet.write_number(line, at, number)?,
                _ if line == 0 => sheet.write_with_format(line, at, text, &bold)?,
                _ => sheet.write_string(line, at, text)?,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    Ok(book.save_to_buffer()?)
}
