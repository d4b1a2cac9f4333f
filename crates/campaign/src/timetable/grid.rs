//! A grid of places and times, as notices print it, as a list: one row for each of its cells.
//!
//! | 地点 | 9:00—9:50 | 9:50—10:40 |
//! |---|---|---|
//! | 201 教室 | 体育教育 1—5班 | 运动训练 1—5班 |

use roster::{
    table::{Cell, Row, Table},
    text,
};

use super::{
    Question,
    lines::{Column, column, range},
};

/// How places end that are no columns of their own.
const PLACES: [&str; 5] = ["教室", "室", "厅", "机位", "号机"];

/// Most text of a list, bytes: what stands beside is said again for every cell.
const MOST_BYTES: usize = 32 << 20;

/// Columns that only count.
const COUNTERS: [&str; 3] = ["序号", "编号", "No."];

/// Whether a text heads a column of a grid: a range of times, or a place.
pub(super) fn is_heading(heading: &str) -> bool {
    range(heading).is_ok() || is_place(heading)
}

fn is_place(heading: &str) -> bool {
    let heading = text::plain(heading);
    column(&heading).is_none() && PLACES.iter().any(|ending| heading.ends_with(ending))
}

/// A grid as a list; `None` when the table is a list already. What is not read of it is asked about.
pub(super) fn unrolled(table: &Table, questions: &mut Vec<Question>) -> Option<Table> {
    let among = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
        (0..table.headings.len()).filter(|&index| is(&table.headings[index])).collect()
    };
    let is_time = |heading: &str| range(heading).is_ok();
    let (times, places) = (among(&is_time), among(&is_place));
    let has = |wanted| table.headings.iter().any(|heading| column(heading) == Some(wanted));
    if times.len() >= 2 {
        Some(list(table, &times, &is_time, ("地点", "时间"), questions))
    } else if places.len() >= 2 && !has(Column::Cohort) {
        Some(list(table, &places, &is_place, ("时间", "地点"), questions))
    } else {
        None
    }
}

/// Each cell of `across` as a row: what stands beside it, what stands above it, itself. The first column that says
/// nothing else of its own, the corner among them, is what stands beside.
fn list(
    table: &Table,
    across: &[usize],
    is_above: &dyn Fn(&str) -> bool,
    (beside, above): (&str, &str),
    questions: &mut Vec<Question>,
) -> Table {
    let text = |row: &Row, index: usize| row.cells.get(index).map_or("", |cell| cell.text.trim()).to_owned();
    let mut labels: Vec<(usize, &str)> = Vec::new();
    let beside_alone = !table.headings.iter().any(|heading| column(heading) == column(beside));
    for (index, heading) in table.headings.iter().enumerate().filter(|(index, _)| !across.contains(index)) {
        let is_new = |name: &str| !labels.iter().any(|(_, known)| column(known) == column(name));
        match column(heading) {
            Some(meant) if Some(meant) != column(above) => {
                if is_new(heading) {
                    labels.push((index, heading));
                }
            }
            _ if COUNTERS.contains(&heading.trim()) => {}
            // The corner, whatever it says.
            _ if beside_alone && is_new(beside) => labels.push((index, beside)),
            _ => {
                if let Some(row) = table.rows.iter().find(|row| !text(row, index).is_empty()) {
                    questions.push(Question {
                        line: row.line,
                        zh: format!("“{heading}”这一列没有读入"),
                        en: format!("the column “{heading}” was not read"),
                    });
                }
            }
        }
    }
    let headings = labels.iter().map(|(_, name)| *name).chain([above, "班级"]).map(str::to_owned).collect();
    let mut over: Vec<String> = across.iter().map(|&index| table.headings[index].clone()).collect();
    let mut beside: Vec<String> = vec![String::new(); labels.len()];
    let mut rows = Vec::new();
    let mut bytes = 0;
    for row in &table.rows {
        let cells: Vec<String> = across.iter().map(|&index| text(row, index)).collect();
        let again = |cell: &&String| is_above(cell);
        // The headings again, of the afternoon or of the next page.
        if cells.iter().filter(again).count() >= 2 {
            over = cells;
            continue;
        }
        for (known, (label, _)) in beside.iter_mut().zip(&labels) {
            let own = text(row, *label);
            if !own.is_empty() {
                *known = own;
            }
        }
        for (over, cell) in over.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            let texts = beside.iter().chain([over, &cell]);
            bytes += texts.clone().map(String::len).sum::<usize>();
            if bytes > MOST_BYTES {
                questions.push(Question {
                    line: row.line,
                    zh: "表格过大，从这一行起没有读入".into(),
                    en: "the table is too large; it was not read from this line on".into(),
                });
                return Table { headings, rows };
            }
            rows.push(Row { line: row.line, cells: texts.map(Cell::new).collect() });
        }
    }
    Table { headings, rows }
}
