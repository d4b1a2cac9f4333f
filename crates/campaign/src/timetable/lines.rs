//! The lines of a printed table: what each column holds, and what each line says.

use std::collections::HashMap;

use jiff::civil::Date;
use roster::{
    cohort::{self, Cohorts},
    date,
    table::{self, Cell, Row, Table, TableFault},
    text,
};
use schedule::{Block, TimeError, read_range};

use super::{grid, questions::Question};

/// What a column holds.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Column {
    Date,
    Day,
    Weekday,
    Station,
    College,
    Cohort,
    Major,
    Number,
    Heads,
    Time,
    Start,
    End,
}

const HEADINGS: &[(Column, &[&str])] = &[
    (Column::Date, &["日期", "date"]),
    (Column::Day, &["第几天", "day"]),
    (Column::Weekday, &["星期", "周几", "weekday"]),
    (
        Column::Station,
        &["机位", "机位号", "教室", "房间", "地点", "拍摄地点", "采集地点", "照相地点", "station", "room"],
    ),
    (
        Column::College,
        &[
            "学院",
            "院系",
            "学院(系)",
            "学院名称",
            "单位",
            "单位名称",
            "培养单位",
            "培养单位名称",
            "college",
            "unit",
        ],
    ),
    (Column::Cohort, &["班级", "班级名称", "class", "class_name"]),
    (Column::Major, &["专业", "major"]),
    (Column::Number, &["班号", "class_no"]),
    (Column::Heads, &["人数", "班级人数", "heads", "students"]),
    (
        Column::Time,
        &[
            "采集时间",
            "采集时段",
            "拍摄时间",
            "照相时间",
            "预估时间",
            "预计时间",
            "时间",
            "时间段",
            "时段",
            "time",
            "printed_time",
        ],
    ),
    (Column::Start, &["开始时间", "开始", "start"]),
    (Column::End, &["结束时间", "结束", "end"]),
];

pub(super) fn column(heading: &str) -> Option<Column> {
    let heading = text::plain(heading).replace(' ', "").to_lowercase();
    HEADINGS.iter().find(|(_, names)| names.contains(&heading.as_str())).map(|(column, _)| *column)
}

/// Whether a text heads a column of a timetable: what the column holds, or in a grid a time or a place.
#[must_use]
pub fn is_heading(heading: &str) -> bool {
    column(heading).is_some() || grid::is_heading(heading)
}

/// A range of times, with when to gather below it or in brackets behind it, or not.
pub(super) fn range(text: &str) -> Result<Block, TimeError> {
    let end = text.find(['(', '（']).into_iter().chain(text.find("集合")).min().unwrap_or(text.len());
    read_range(&text[..end])
}

/// Reads the file of a timetable: each grid in it as a list, and tables with the same columns as one.
///
/// # Errors
/// [`TableFault`] when there is no table in it, or a cell that is none.
pub fn read(bytes: &[u8]) -> Result<Sheet, TableFault> {
    let mut sheet = Sheet::default();
    for (index, table) in table::read_each(bytes, is_heading)?.into_iter().enumerate() {
        if let Some(row) =
            table.rows.iter().find(|row| row.cells.iter().any(|cell| cell.text.len() > LONGEST_CELL))
        {
            return Err(TableFault::LongCell(row.line));
        }
        let line = table.rows.first().map_or(1, |row| row.line);
        let table = grid::unrolled(&table, &mut sheet.questions).unwrap_or(table);
        let is_long = |(heading, cell): (&String, &Cell)| {
            column(heading).is_some_and(|column| column != Column::Cohort) && cell.text.len() > LONGEST_NAME
        };
        if let Some(row) = table.rows.iter().find(|row| table.headings.iter().zip(&row.cells).any(is_long)) {
            return Err(TableFault::LongCell(row.line));
        }
        let meant = |table: &Table| -> Vec<Option<Column>> {
            table.headings.iter().map(|heading| column(heading)).collect()
        };
        if index == 0 {
            sheet.table = table;
        } else if meant(&table) == meant(&sheet.table) {
            sheet.table.rows.extend(table.rows);
        } else {
            sheet.questions.push(Question {
                line,
                zh: "这张表与第一张表的列不同，没有读入".into(),
                en: "this table has other columns than the first one and was not read".into(),
            });
        }
    }
    Ok(sheet)
}

/// The lines of a file with a timetable.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    pub(super) table: Table,
    /// What was not read.
    pub(super) questions: Vec<Question>,
}

/// Longest cell, bytes: a college's classes in one cell are some hundred.
const LONGEST_CELL: usize = 4_000;
/// Longest name of a station or college, with its sum, and longest time, bytes.
const LONGEST_NAME: usize = 500;
/// Most lines; more are a mistake.
const MOST: usize = 100_000;

/// Which column holds what; of two with one meaning, the first.
pub(super) struct Columns(HashMap<Column, usize>);

impl Columns {
    pub(super) fn of(table: &Table) -> Self {
        let known = table.headings.iter().enumerate().rev();
        Self(known.filter_map(|(index, heading)| Some((column(heading)?, index))).collect())
    }

    /// A cell's text; empty where there is none.
    pub(super) fn cell(&self, row: &Row, column: Column) -> String {
        text::plain(self.typed(row, column)).trim().to_owned()
    }

    /// A cell's text with its line breaks.
    pub(super) fn typed<'r>(&self, row: &'r Row, column: Column) -> &'r str {
        let found = self.0.get(&column).and_then(|&index| row.cells.get(index));
        found.map_or("", |cell| cell.text.trim())
    }

    /// A range of times, from one column or from two.
    pub(super) fn time(&self, row: &Row) -> String {
        let (time, start, end) =
            (self.cell(row, Column::Time), self.cell(row, Column::Start), self.cell(row, Column::End));
        if !time.is_empty() || start.is_empty() { time } else { format!("{start}-{end}") }
    }
}

/// Which day a line is on.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Day {
    On(Date),
    /// Counted from 1.
    Nth(u16),
}

impl Day {
    pub(super) fn date(self) -> Option<Date> {
        match self {
            Self::On(date) => Some(date),
            Self::Nth(_) => None,
        }
    }
}

/// A line of the table that was understood.
pub(super) struct Line {
    /// Line of the file, from 1.
    pub row: usize,
    pub day: Option<Day>,
    pub station: String,
    pub college: String,
    pub class: String,
    pub heads: u32,
    pub time: Option<Block>,
    /// Whether the name can be one class or several.
    pub unsure: bool,
}

/// The lines of a sheet, and what a person must look at.
pub(super) fn lines(sheet: &Sheet) -> (Vec<Line>, Vec<Question>) {
    let mut reader = Reader {
        columns: Columns::of(&sheet.table),
        above: HashMap::new(),
        sums: Vec::new(),
        in_sum: false,
        questions: sheet.questions.clone(),
    };
    let lines: Vec<Line> = sheet.table.rows.iter().flat_map(|row| reader.read(row)).take(MOST).collect();
    reader.compare_sums();
    if let Some(last) = lines.get(MOST - 1) {
        reader.questions.push(Question {
            line: last.row,
            zh: format!("只读入了前 {MOST} 个班"),
            en: format!("only the first {MOST} classes were read"),
        });
    }
    (lines, reader.questions)
}

struct Reader {
    columns: Columns,
    /// What stood last in columns whose cells offices merge.
    above: HashMap<Column, String>,
    /// Lines of a college that are printed with their sum.
    sums: Vec<Summed>,
    /// Whether the row belongs to the last of them.
    in_sum: bool,
    questions: Vec<Question>,
}

impl Reader {
    /// The classes of a row, one line for each.
    fn read(&mut self, row: &Row) -> Vec<Line> {
        if is_remark(row) {
            return Vec::new();
        }
        let college = heading_of(&self.columns.cell(row, Column::College));
        let own = college.name.clone();
        if !college.name.is_empty() {
            self.in_sum = college.sum.is_some();
            let name = own.clone();
            let sum = |printed| Summed { line: row.line, college: name, printed, found: (0, 0) };
            self.sums.extend(college.sum.map(sum));
        }
        let station = match self.columns.cell(row, Column::Station) {
            text if text.is_empty() => college.station,
            text => text,
        };
        let station = self.carried(Column::Station, station);
        let college = self.carried(Column::College, college.name);
        let ((day, is_read), time, heads) = (self.day(row), self.time(row), self.heads(row));
        // Nobody is placed on a day that is not read.
        let time = time.filter(|_| is_read);
        let classes = self.classes(row, &own);
        let count = classes.len().max(1) as u32;
        if let Some(sum) = self.sums.last_mut().filter(|_| self.in_sum) {
            sum.add((classes.len() as u32, heads));
        }
        let line = |(index, (class, unsure)): (u32, (String, bool))| Line {
            row: row.line,
            day,
            station: station_name(&station),
            college: if college.is_empty() { stem(&class).0.to_owned() } else { college.clone() },
            // Heads of several classes in one cell are those of all together.
            heads: heads / count + u32::from(index < heads % count),
            time,
            unsure,
            class,
        };
        (0..).zip(classes).map(line).collect()
    }

    /// Compares what is printed beside colleges with their lines; a college that comes twice may print the sum of both.
    fn compare_sums(&mut self) {
        let mut whole: HashMap<(&str, (u32, u32)), Summed> = HashMap::new();
        for sum in &self.sums {
            let of = whole
                .entry((&sum.college, sum.printed))
                .or_insert_with(|| Summed { found: (0, 0), ..sum.clone() });
            of.add(sum.found);
        }
        for Summed { line, college, printed, found } in &self.sums {
            if printed == found || whole[&(college.as_str(), *printed)].found == *printed {
                continue;
            }
            self.questions.push(Question {
                line: *line,
                zh: format!(
                    "写明 {} 个班、{} 人，表中为 {} 个班、{} 人",
                    printed.0, printed.1, found.0, found.1
                ),
                en: format!(
                    "{} classes with {} students are stated, the lines have {} with {}",
                    printed.0, printed.1, found.0, found.1
                ),
            });
        }
    }

    /// A cell's text; one that is empty because it was merged with those above takes their text.
    fn carried(&mut self, column: Column, text: String) -> String {
        if text.is_empty() {
            return self.above.get(&column).cloned().unwrap_or_default();
        }
        self.above.insert(column, text.clone());
        text
    }

    fn ask(&mut self, row: &Row, zh: String, en: String) {
        self.questions.push(Question { line: row.line, zh, en });
    }

    /// The day, where one is stated, and whether it was read.
    fn day(&mut self, row: &Row) -> (Option<Day>, bool) {
        let text = self.carried(Column::Day, self.columns.cell(row, Column::Day));
        if let Some(day) = text.parse().ok().filter(|day| (1..=366).contains(day)) {
            return (Some(Day::Nth(day)), true);
        }
        let text = self.carried(Column::Date, self.columns.cell(row, Column::Date));
        let date = date_of(&text);
        let is_read = date.is_some() || text.is_empty();
        if !is_read {
            self.ask(
                row,
                format!("日期“{text}”看不懂，请写成 2024-04-21"),
                format!("“{text}” is not read as a date; write it as 2024-04-21"),
            );
        }
        (date.map(Day::On), is_read)
    }

    fn time(&mut self, row: &Row) -> Option<Block> {
        let text = self.carried(Column::Time, self.columns.time(row));
        match range(&text) {
            _ if text.is_empty() => None,
            Ok(range) => Some(range),
            Err(why) => {
                self.ask(
                    row,
                    format!("时间“{text}”看不懂，请写成 8:30-9:20"),
                    format!("{why}; write it as 8:30-9:20"),
                );
                None
            }
        }
    }

    fn heads(&mut self, row: &Row) -> u32 {
        let text = self.columns.cell(row, Column::Heads);
        match text.trim_end_matches('人').parse::<u32>() {
            _ if text.is_empty() => 0,
            Ok(heads) if heads <= 100_000 => heads,
            _ => {
                self.ask(
                    row,
                    format!("人数“{text}”看不懂"),
                    format!("“{text}” is not read as a number of students"),
                );
                0
            }
        }
    }

    /// The classes of a row, each with whether its name can be several. `college` is what this row states.
    fn classes(&self, row: &Row, college: &str) -> Vec<(String, bool)> {
        let (cohort, major) =
            (self.columns.typed(row, Column::Cohort), self.columns.cell(row, Column::Major));
        let is_number = |text: &str| {
            text.trim_end_matches('班')
                .chars()
                .all(|letter| letter.is_ascii_digit() || "、,，-—~ ".contains(letter))
        };
        let text = match cohort {
            "" if !major.is_empty() => format!("{major}{}", self.columns.cell(row, Column::Number)),
            // 1班 of a major that stands beside it
            cohort if is_number(cohort) => format!("{major}{cohort}"),
            cohort => cohort.to_owned(),
        };
        if text.is_empty() {
            // A table of units only: each unit is one line.
            return (!college.is_empty()).then(|| (college.to_owned(), false)).into_iter().collect();
        }
        let names = |read: Cohorts| read.names.into_iter().map(move |name| (name, read.ambiguous));
        cohort::each(&text).into_iter().flat_map(names).collect()
    }
}

/// A row that is about others: 合计, 备注.
fn is_remark(row: &Row) -> bool {
    let first = row.cells.iter().map(|cell| text::plain(&cell.text)).find(|text| !text.is_empty());
    let words = ["合计", "总计", "小计", "共计", "备注", "注:", "说明"];
    first.is_some_and(|first| words.iter().any(|word| first.replace(' ', "").starts_with(word)))
}

/// A date, with the day of the week or the half day behind it or not.
pub(super) fn date_of(text: &str) -> Option<Date> {
    let end = text.find('日').map_or(text.len(), |at| at + '日'.len_utf8());
    date::parse(text[..end].split(['(', ' ']).next().unwrap_or_default())
}

/// Lines of one college with how many classes and students are printed beside it.
#[derive(Clone)]
struct Summed {
    line: usize,
    college: String,
    printed: (u32, u32),
    found: (u32, u32),
}

impl Summed {
    fn add(&mut self, (classes, heads): (u32, u32)) {
        self.found = (self.found.0.saturating_add(classes), self.found.1.saturating_add(heads));
    }
}

/// What stands beside the lines of a college: 美术学院 (5个班,211人) 1号机位.
#[derive(Default)]
struct Heading {
    name: String,
    sum: Option<(u32, u32)>,
    station: String,
}

fn heading_of(cell: &str) -> Heading {
    let digits =
        |text: &str| text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let mut heading = Heading { name: cell.to_owned(), ..Heading::default() };
    // 5个班, 211人
    let sum = cell.match_indices('(').find_map(|(at, _)| {
        let (classes, rest) = cell[at + 1..].split_at(digits(&cell[at + 1..]));
        let rest = rest.trim_start().strip_prefix("个班")?;
        let heads = rest.trim_start_matches([',', '、', ' ']);
        let (number, rest) = heads.split_at(digits(heads));
        rest.trim_start().starts_with('人').then_some(())?;
        Some((at, (classes.parse().ok()?, number.parse().ok()?)))
    });
    let station = cell.find("号机").and_then(|at| {
        let number = cell[..at].trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
        (number < at).then(|| (number, cell[number..].split(' ').next().unwrap_or_default().to_owned()))
    });
    let end = [sum.map(|(at, _)| at), station.as_ref().map(|(at, _)| *at)].into_iter().flatten().min();
    if let Some(end) = end {
        cell[..end].trim().clone_into(&mut heading.name);
    }
    heading.sum = sum.map(|(_, sum)| sum);
    heading.station = station.map_or_else(String::new, |(_, name)| name);
    heading
}

/// 2号机位, 2号机 and 2号 are called alike.
fn station_name(text: &str) -> String {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let rest = &text[digits.len()..];
    if !digits.is_empty() && matches!(rest.trim(), "号机位" | "号机" | "号") {
        format!("{digits}号机位")
    } else {
        text.to_owned()
    }
}

/// What is the same for 2号机位, 2号机 and 2, and for 201 教室 and 201教室.
pub(super) fn station_key(name: &str) -> String {
    let name = text::plain(name).replace(' ', "");
    ["号机位", "号机", "号"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name).to_owned()
}

/// A class's name without the number at its end, and the number.
pub(super) fn stem(name: &str) -> (&str, u64) {
    let name = name.strip_suffix('班').unwrap_or(name);
    let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    (stem, name[stem.len()..].parse().unwrap_or(0))
}
