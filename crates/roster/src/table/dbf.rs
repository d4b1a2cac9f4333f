//! dBase tables, as the national platform and old systems export them: code page 936 whatever their mark says.

use std::io::Cursor;

use dbase::encoding::EncodingRs;
use dbase::{FieldValue, ReaderBuilder, Record};
use encoding_rs::GB18030;

use super::{Cell, Row, TableFault};

/// A version byte, a plausible date and a header that ends as headers do.
pub fn is_dbf(bytes: &[u8]) -> bool {
    let Some(header) = bytes.first_chunk::<32>() else { return false };
    let length = usize::from(u16::from_le_bytes([header[8], header[9]]));
    matches!(header[0], 0x02 | 0x03 | 0x30 | 0x31 | 0x43 | 0x83 | 0x8B | 0xF5)
        && (1..=12).contains(&header[2])
        && (1..=31).contains(&header[3])
        && length > 32
        && bytes.get(32..length).is_some_and(|fields| fields.chunks(32).any(|field| field[0] == 0x0D))
}

pub fn read(bytes: &[u8]) -> Result<Vec<Row>, TableFault> {
    let damaged = |error: dbase::Error| TableFault::Damaged(error.to_string());
    let mut reader = ReaderBuilder::new()
        .with_encoding(EncodingRs::from(GB18030))
        .build(Cursor::new(bytes))
        .map_err(damaged)?;
    let names: Vec<String> = reader.fields().iter().map(|field| field.name().to_owned()).collect();
    let headings = Row { line: 1, cells: names.iter().map(|name| Cell::new(name.as_str())).collect() };
    let mut rows = vec![headings];
    for (at, record) in reader.iter_records().enumerate() {
        let record = record.map_err(damaged)?;
        rows.push(Row { line: at + 2, cells: names.iter().map(|name| cell(&record, name)).collect() });
    }
    Ok(rows)
}

fn cell(record: &Record, name: &str) -> Cell {
    let text = match record.get(name) {
        Some(FieldValue::Character(Some(text)) | FieldValue::Memo(text)) => text.clone(),
        Some(FieldValue::Numeric(Some(number)) | FieldValue::Double(number)) => number.to_string(),
        Some(FieldValue::Float(Some(number))) => number.to_string(),
        Some(FieldValue::Integer(number)) => number.to_string(),
        Some(FieldValue::Date(Some(date))) => {
            format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
        }
        _ => String::new(),
    };
    Cell::new(text)
}
