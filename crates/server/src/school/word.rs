//! Tables in Word files as offices print them: columns as wide as what stands in them, no row torn between two pages.

use docx_rs::{
    Paragraph, Run, RunFonts, Table, TableCell, TableCellMargins, TableLayoutType, TableRow, WidthType,
};

/// Size of the characters, half points: 五号, in which offices set tables.
const SIZE: usize = 21;
/// Width of a page's text, twentieths of a point: A4 between the margins that Word begins with.
const WIDTH: usize = 8504;
/// Left and right of what stands in a cell, twentieths of a point.
const ASIDE: usize = 60;

/// A table of rows of cells, the headings first; `shares` says how wide each column is beside the others.
pub fn table<const N: usize>(shares: [usize; N], headings: [&str; N], rows: &[[String; N]]) -> Table {
    let all: usize = shares.iter().sum::<usize>().max(1);
    let widths = shares.map(|share| WIDTH * share / all);
    let cell = |text: &str, at: usize, font: &str| {
        let run = Run::new().add_text(text).size(SIZE).fonts(RunFonts::new().east_asia(font).ascii(font));
        TableCell::new().width(widths[at], WidthType::Dxa).add_paragraph(Paragraph::new().add_run(run))
    };
    let first = headings.iter().enumerate().map(|(at, text)| cell(text, at, "黑体"));
    let others =
        rows.iter().map(|row| row.iter().enumerate().map(|(at, text)| cell(text, at, "宋体")).collect());
    let rows = std::iter::once(first.collect()).chain(others).map(|cells| TableRow::new(cells).cant_split());
    Table::new(rows.collect())
        .set_grid(widths.to_vec())
        .layout(TableLayoutType::Fixed)
        .margins(TableCellMargins::new().margin(0, ASIDE, 0, ASIDE))
}
