//! Tables as Excel files.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rust_xlsxwriter::{Format, FormatBorder, Workbook, XlsxError};

use crate::problem::Problem;

const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Widest column, in characters.
const WIDEST: f64 = 48.0;

/// A table with a title line above it, as a file to save. Every cell is text: numbers of students and documents
/// have leading zeros and more digits than Excel keeps.
pub fn table(name: &str, title: &str, headings: &[&str], rows: &[Vec<String>]) -> Result<Response, Problem> {
    let bytes = workbook(title, headings, rows).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(file(bytes, TYPE, name))
}

/// Bytes as a file to save.
pub fn file(bytes: Vec<u8>, kind: &'static str, name: &str) -> Response {
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let disposition = format!("attachment; filename=\"{name}\"");
    if let Ok(value) = HeaderValue::try_from(disposition) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

fn workbook(title: &str, headings: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let head = Format::new().set_bold().set_border_bottom(FormatBorder::Thin);
    sheet.write_with_format(0, 0, title, &Format::new().set_bold().set_font_size(13))?;
    for (column, heading) in headings.iter().enumerate() {
        sheet.write_with_format(1, column as u16, *heading, &head)?;
    }
    for (line, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            sheet.write_string(2 + line as u32, column as u16, cell)?;
        }
    }
    for (column, heading) in headings.iter().enumerate() {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell));
        let widest = cells.fold(width(heading), f64::max);
        sheet.set_column_width(column as u16, (widest + 2.0).min(WIDEST))?;
    }
    sheet.set_freeze_panes(2, 0)?;
    if !rows.is_empty() {
        sheet.autofilter(1, 0, 1 + rows.len() as u32, headings.len().saturating_sub(1) as u16)?;
    }
    book.save_to_buffer()
}

/// Chinese characters are two wide.
fn width(text: &str) -> f64 {
    text.chars().map(|letter| if letter.is_ascii() { 1.0 } else { 2.0 }).sum()
}
