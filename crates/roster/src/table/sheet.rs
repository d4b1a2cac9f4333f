//! Spreadsheets: the first sheet with anything in it.

use std::io::Cursor;

use calamine::{Data, Reader, open_workbook_auto_from_rs};

use super::{Cell, MOST_COLUMNS, MOST_ROWS, Row, TableFault};

/// Digits that a spreadsheet's number keeps (IEEE 754 double; Excel shows 15 and makes zeros of the rest).
const KEPT_DIGITS: f64 = 1e15;

pub fn read(bytes: &[u8]) -> Result<Vec<Row>, TableFault> {
    let damaged = |error: &dyn std::fmt::Display| TableFault::Damaged(error.to_string());
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).map_err(|error| damaged(&error))?;
        let Some((first_row, first_column)) = range.start() else { continue };
        let (rows, columns) = range.get_size();
        if rows > MOST_ROWS || columns + first_column as usize > MOST_COLUMNS {
            return Err(TableFault::TooMany);
        }
        // Columns are counted from A even where the first ones are empty.
        let before = vec![Cell::default(); first_column as usize];
        let row = |(at, cells): (usize, &[Data])| Row {
            line: first_row as usize + at + 1,
            cells: before.iter().cloned().chain(cells.iter().map(cell)).collect(),
        };
        return Ok(range.rows().enumerate().map(row).collect());
    }
    Err(TableFault::Empty)
}

fn cell(data: &Data) -> Cell {
    match data {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::new(text.as_str()),
        Data::Int(number) => {
            Cell { text: number.to_string(), lost_digits: number.unsigned_abs() as f64 >= KEPT_DIGITS }
        }
        // Whole numbers are student numbers and the like, not measurements: no ".0".
        Data::Float(number) => Cell { text: number.to_string(), lost_digits: number.abs() >= KEPT_DIGITS },
        Data::Bool(value) => Cell::new(if *value { "是" } else { "否" }),
        // A time of day without a day.
        Data::DateTime(time) if (0.0..1.0).contains(&time.as_f64()) => {
            let (_, _, _, hour, minute, ..) = time.to_ymd_hms_milli();
            Cell::new(format!("{hour:02}:{minute:02}"))
        }
        Data::DateTime(time) => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            Cell::new(format!("{year:04}-{month:02}-{day:02}"))
        }
        Data::Error(error) => Cell::new(error.to_string()),
        Data::Empty => Cell::default(),
    }
}
