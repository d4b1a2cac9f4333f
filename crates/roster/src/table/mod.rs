//! Tables as schools send them: whatever the form, a heading row and rows of cells.

mod csv;
mod dbf;
mod docx;
mod sheet;
pub mod write;

use thiserror::Error;

use crate::field::Field;

/// Largest file in bytes: 50 000 rows of 20 columns take about 10 MB.
const LARGEST_FILE: usize = 64 << 20;
/// Most rows and columns that are read.
const MOST_ROWS: usize = 200_000;
const MOST_COLUMNS: usize = 256;
/// Rows above the headings, such as a title, that are looked past.
const MOST_TITLES: usize = 10;

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The heading of each column.
    pub headings: Vec<String>,
    /// The rows below them; empty rows are left out.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number in the file, from 1, as spreadsheets count.
    pub line: usize,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// As it would be shown.
    pub text: String,
    /// A number of so many digits that the spreadsheet cannot have kept all of them.
    pub lost_digits: bool,
}

/// Why a file is no table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TableFault {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Too large.
    #[error("the file is larger than {} MB", LARGEST_FILE >> 20)]
    TooLarge,
    /// Too many rows or columns.
    #[error("the table has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns")]
    TooMany,
    /// Neither UTF-8 nor GB 18030.
    #[error("the text is neither UTF-8 nor GB 18030; in Excel, save it as \"CSV UTF-8 (comma delimited)\"")]
    Encoding,
    /// The library could not read it.
    #[error("the file is damaged or not what its beginning says ({0}); open it in Excel and save it as xlsx")]
    Damaged(String),
    /// Word before 2007.
    #[error("this is a document of an old Word (.doc); open it and save it as .docx")]
    OldWord,
    /// A cell that is no cell of a table of this kind.
    #[error("a cell in line {0} is too long")]
    LongCell(usize),
    /// No row with headings.
    #[error(
        "no row of headings was found in the first {MOST_TITLES} rows; it must name at least two of 学号, 姓名, 证件号码, 班级"
    )]
    NoHeadings,
}

impl TableFault {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Empty => "文件为空".into(),
            Self::TooLarge => format!("文件超过 {} MB", LARGEST_FILE >> 20),
            Self::TooMany => format!("表格超过 {MOST_ROWS} 行或 {MOST_COLUMNS} 列"),
            Self::Encoding => {
                "既不是 UTF-8 也不是 GB 18030 编码；在 Excel 中请另存为“CSV UTF-8（逗号分隔）”".into()
            }
            Self::Damaged(why) => {
                format!("文件已损坏，或与其开头所示格式不符（{why}）；请在 Excel 中打开并另存为 xlsx")
            }
            Self::OldWord => "这是旧版 Word 文档（.doc）；请打开后另存为 .docx".into(),
            Self::LongCell(line) => format!("第 {line} 行有单元格过长"),
            Self::NoHeadings => {
                format!("前 {MOST_TITLES} 行中没有表头；表头至少应有学号、姓名、证件号码、班级中的两项")
            }
        }
    }
}

impl Cell {
    /// A cell with a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), lost_digits: false }
    }
}

/// Reads a table; the form is told from the first bytes.
///
/// # Errors
/// [`TableFault`] when the file is no table.
pub fn read(bytes: &[u8]) -> Result<Table, TableFault> {
    read_headed(bytes, |heading| Field::of_heading(heading).is_some())
}

/// Reads a table of something else than students: its headings are the first row with two texts that `known` knows.
///
/// # Errors
/// [`TableFault`] when the file is no table.
pub fn read_headed(bytes: &[u8], known: impl Fn(&str) -> bool) -> Result<Table, TableFault> {
    let mut tables = read_each(bytes, known)?.into_iter();
    let mut first = tables.next().ok_or(TableFault::NoHeadings)?;
    first.rows.extend(tables.filter(|next| next.headings == first.headings).flat_map(|next| next.rows));
    Ok(first)
}

/// Reads the tables of a file that have headings: a Word document may hold several, and one that goes on without
/// headings on the next page belongs to the one before.
///
/// # Errors
/// [`TableFault`] when the file is no table.
pub fn read_each(bytes: &[u8], known: impl Fn(&str) -> bool) -> Result<Vec<Table>, TableFault> {
    if bytes.is_empty() {
        return Err(TableFault::Empty);
    }
    if bytes.len() > LARGEST_FILE {
        return Err(TableFault::TooLarge);
    }
    let rows = match bytes {
        [b'P', b'K', 3, 4, ..] => match docx::read(bytes)? {
            Some(tables) => return several(tables, &known),
            None => sheet::read(bytes)?,
        },
        [0xD0, 0xCF, 0x11, 0xE0, ..] if holds_old_word(bytes) => return Err(TableFault::OldWord),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => sheet::read(bytes)?,
        _ if dbf::is_dbf(bytes) => dbf::read(bytes)?,
        _ => csv::read(bytes)?,
    };
    headed(rows, &known).map(|table| vec![table])
}

fn several(tables: Vec<Vec<Row>>, known: &impl Fn(&str) -> bool) -> Result<Vec<Table>, TableFault> {
    let mut found: Vec<Table> = Vec::new();
    for rows in tables {
        let width = |rows: &[Row]| rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let goes_on = found.last().is_some_and(|last| last.headings.len() == width(&rows));
        match headed(rows.clone(), known) {
            Ok(table) => found.push(table),
            Err(TableFault::NoHeadings) if goes_on => {
                found.last_mut().into_iter().for_each(|last| last.rows.extend(rows.iter().cloned()));
            }
            // Rules, or what to bring.
            Err(_) => {}
        }
    }
    if found.is_empty() { Err(TableFault::NoHeadings) } else { Ok(found) }
}

/// Whether a compound file ([MS-CFB]) names the stream in which Word before 2007 keeps its text.
fn holds_old_word(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "WordDocument".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(name.len()).any(|part| part == name)
}

/// Finds the headings and takes what stands below them.
fn headed(mut rows: Vec<Row>, known: &impl Fn(&str) -> bool) -> Result<Table, TableFault> {
    if rows.len() > MOST_ROWS || rows.iter().any(|row| row.cells.len() > MOST_COLUMNS) {
        return Err(TableFault::TooMany);
    }
    let count = |row: &Row| row.cells.iter().filter(|cell| known(&cell.text)).count();
    let at = rows.iter().take(MOST_TITLES).position(|row| count(row) >= 2).ok_or(TableFault::NoHeadings)?;
    let below = rows.split_off(at + 1);
    let headings: Vec<String> = rows
        .pop()
        .map(|row| row.cells.into_iter().map(|cell| cell.text.trim().to_owned()).collect())
        .unwrap_or_default();
    let is_filled = |row: &Row| row.cells.iter().any(|cell| !cell.text.trim().is_empty());
    Ok(Table { headings, rows: below.into_iter().filter(is_filled).collect() })
}
