//! Tables as others read them: Excel, CSV, and dBase for systems that know nothing else. The same rows on the same
//! day give the same bytes.

use std::io::Cursor;

use dbase::encoding::EncodingRs;
use dbase::{FieldName, FieldValue, Record, TableWriterBuilder};
use encoding_rs::{GB18030, GBK};
use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a table is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// An Excel file; every cell is text.
    Xlsx,
    /// GB 18030 with a comma, as Chinese Excel opens it.
    Csv,
    /// dBase III in code page 936. A character that it lacks becomes `??`, as is usual there.
    Dbf,
}

impl Form {
    /// The extension of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Dbf => "dbf",
        }
    }
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column<'c> {
    /// The heading.
    pub zh: &'c str,
    /// The field's name in dBase, at most ten letters.
    pub field: &'c str,
    /// Bytes of the field in dBase.
    pub width: u8,
}

/// Why a table is not written.
#[derive(Debug, Error)]
pub enum WriteFault {
    /// dBase cuts off what is too long; we do not.
    #[error("row {row}: the value of {field} is longer than the {width} bytes of its dBase field; use xlsx")]
    TooLong {
        /// From 1.
        row: usize,
        /// The field.
        field: String,
        /// Its width.
        width: u8,
    },
    /// The library.
    #[error("the table cannot be written: {0}")]
    Library(String),
}

impl WriteFault {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::TooLong { row, field, width } => {
                format!("第 {row} 行：{field} 的内容超过 dBase 字段的 {width} 字节，请改用 xlsx")
            }
            Self::Library(why) => format!("无法写出表格：{why}"),
        }
    }
}

impl From<XlsxError> for WriteFault {
    fn from(error: XlsxError) -> Self {
        Self::Library(error.to_string())
    }
}

/// Writes a table with its headings.
///
/// # Errors
/// [`WriteFault`] with the row that does not fit.
pub fn write(
    form: Form,
    columns: &[Column<'_>],
    rows: &[Vec<String>],
    on: Date,
) -> Result<Vec<u8>, WriteFault> {
    match form {
        Form::Xlsx => Ok(sheet(columns, rows, on)?),
        Form::Csv => text(columns, rows),
        Form::Dbf => dbf(columns, rows, on),
    }
}

fn sheet(columns: &[Column<'_>], rows: &[Vec<String>], on: Date) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let day = ExcelDateTime::from_ymd(on.year() as u16, on.month() as u8, on.day() as u8)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&day));
    let page = book.add_worksheet();
    let bold = Format::new().set_bold();
    for (at, column) in (0..).zip(columns) {
        page.write_with_format(0, at, column.zh, &bold)?;
        page.set_column_width(at, f64::from(column.width.clamp(8, 40)))?;
    }
    for (line, row) in (1..).zip(rows) {
        for (at, cell) in (0..).zip(row) {
            page.write_string(line, at, cell)?;
        }
    }
    page.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

fn text(columns: &[Column<'_>], rows: &[Vec<String>]) -> Result<Vec<u8>, WriteFault> {
    let library = |error: csv::Error| WriteFault::Library(error.to_string());
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(columns.iter().map(|column| column.zh)).map_err(library)?;
    for row in rows {
        writer.write_record(row).map_err(library)?;
    }
    let utf8 = writer.into_inner().map_err(|error| WriteFault::Library(error.to_string()))?;
    Ok(GB18030.encode(&String::from_utf8_lossy(&utf8)).0.into_owned())
}

fn dbf(columns: &[Column<'_>], rows: &[Vec<String>], on: Date) -> Result<Vec<u8>, WriteFault> {
    let library = |error: dbase::Error| WriteFault::Library(error.to_string());
    let mut builder = TableWriterBuilder::with_encoding(EncodingRs::from(GBK));
    for column in columns {
        let name = FieldName::try_from(column.field)
            .map_err(|_| WriteFault::Library(format!("the field's name {}", column.field)))?;
        builder = builder.add_character_field(name, column.width);
    }
    let mut file = Cursor::new(Vec::new());
    let mut writer = builder.build_with_dest(&mut file);
    for (at, row) in rows.iter().enumerate() {
        let mut record = Record::default();
        for (column, cell) in columns.iter().zip(row) {
            let cell = in_gbk(cell);
            if GBK.encode(&cell).0.len() > usize::from(column.width) {
                let (field, width) = (column.zh.to_owned(), column.width);
                return Err(WriteFault::TooLong { row: at + 1, field, width });
            }
            record.insert(column.field.to_owned(), FieldValue::Character(Some(cell)));
        }
        writer.write_record(&record).map_err(library)?;
    }
    writer.finalize().map_err(library)?;
    drop(writer);
    let mut bytes = file.into_inner();
    // The day of the last change; the library writes the machine's own.
    if let Some(day) = bytes.get_mut(1..4) {
        day.copy_from_slice(&[(on.year() - 1900).clamp(0, 255) as u8, on.month() as u8, on.day() as u8]);
    }
    Ok(bytes)
}

/// A text with `??` for each character that code page 936 lacks.
fn in_gbk(text: &str) -> String {
    let has = |letter: char| !GBK.encode(letter.encode_utf8(&mut [0; 4])).2;
    text.chars().map(|letter| if has(letter) { letter.to_string() } else { "??".into() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::read_headed;

    const COLUMNS: [Column<'static>; 2] =
        [Column { zh: "学号", field: "XH", width: 15 }, Column { zh: "姓名", field: "XM", width: 40 }];

    fn rows() -> Vec<Vec<String>> {
        [["0027", "林晓雨"], ["0028", "王𬱖"], ["0029", "\"a, b\""]]
            .map(|row| row.map(str::to_owned).to_vec())
            .to_vec()
    }

    fn read(bytes: &[u8]) -> Vec<Vec<String>> {
        let known = |heading: &str| matches!(heading, "学号" | "姓名" | "XH" | "XM");
        let table = read_headed(bytes, known).unwrap();
        table.rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.clone()).collect()).collect()
    }

    #[test]
    fn what_is_written_is_read_again_in_each_form_and_on_one_day_the_same_bytes() {
        let day = Date::constant(2027, 3, 1);
        for form in [Form::Xlsx, Form::Csv, Form::Dbf] {
            let bytes = write(form, &COLUMNS, &rows(), day).unwrap();
            let mut expected = rows();
            if form == Form::Dbf {
                expected[1][1] = "王??".into();
            }
            assert_eq!(read(&bytes), expected, "{form:?}");
            assert_eq!(write(form, &COLUMNS, &rows(), day).unwrap(), bytes, "{form:?}");
        }
    }

    #[test]
    fn a_text_that_a_dbase_field_would_cut_off_is_refused_with_its_row() {
        let long = vec![vec!["1".into(), "长".repeat(21)]];
        let fault = write(Form::Dbf, &COLUMNS, &long, Date::constant(2027, 3, 1)).unwrap_err();
        assert!(matches!(fault, WriteFault::TooLong { row: 1, width: 40, .. }), "{fault}");
    }
}
