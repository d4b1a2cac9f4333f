//! A grid of places and times, as notices print it, as a list: one row for each of its cells.
//!
//! | 地点 | 9:00—9:50 | 9:50—10:40 |
//! |---|---|---|
//! | 201 教室 | 体育教育 1—5班 | 运动训练 1—5班 |

use roster::{
    table::{Cell, Row, Table},
    text,
};

use super::lines::{Column, column, range};

/// How places end that are no columns of their own.
const PLACES: [&str; 5] = ["教室", "室", "厅", "机位", "号机"];

/// Whether a text heads a column of a grid: a range of times, or a place.
pub(super) fn is_heading(heading: &str) -> bool {
    range(heading).is_ok() || is_place(heading)
}

fn is_place(heading: &str) -> bool {
    let heading = text::plain(heading);
    column(&heading).is_none() && PLACES.iter().any(|ending| heading.ends_with(ending))
}

/// A grid as a list; `None` when the table is a list already.
pub(super) fn unrolled(table: &Table) -> Option<Table> {
    let among = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..table.headings.len()).filter(|&index| is(&table.headings[index])).collect()
    };
    let (times, places) = (among(&|heading| range(heading).is_ok()), among(&is_place));
    let has = |wanted| table.headings.iter().any(|heading| column(heading) == Some(wanted));
    if times.len() >= 2 {
        Some(list(table, &times, "地点", "时间"))
    } else if places.len() >= 2 && !has(Column::Cohort) {
        Some(list(table, &places, "时间", "地点"))
    } else {
        None
    }
}

/// Each cell of `across` as a row: what stands beside it, what stands above it, itself. The first column that says
/// nothing else of its own, the corner among them, is what stands beside.
fn list(table: &Table, across: &[usize], beside: &str, above: &str) -> Table {
    let labels: Vec<usize> = (0..table.headings.len()).filter(|index| !across.contains(index)).collect();
    let mut headings: Vec<String> = labels.iter().map(|&index| table.headings[index].clone()).collect();
    let taken = headings.iter().any(|heading| column(heading) == column(beside));
    let is_corner = |heading: &String| column(heading).is_none() || column(heading) == column(above);
    if let Some(corner) = headings.iter_mut().find(|heading| is_corner(heading)) {
        (if taken { "" } else { beside }).clone_into(corner);
    }
    headings.extend([above.to_owned(), "班级".to_owned()]);
    let cells = |row: &Row, index: usize| row.cells.get(index).cloned().unwrap_or_default();
    let row = |row: &Row, index: usize| Row {
        line: row.line,
        cells: labels
            .iter()
            .map(|&label| cells(row, label))
            .chain([Cell::new(table.headings[index].as_str()), cells(row, index)])
            .collect(),
    };
    let is_filled = |of: &Row, index: usize| !cells(of, index).text.trim().is_empty();
    let rows = table.rows.iter().flat_map(|each| {
        across.iter().filter(|&&index| is_filled(each, index)).map(|&index| row(each, index))
    });
    Table { headings, rows: rows.collect() }
}
