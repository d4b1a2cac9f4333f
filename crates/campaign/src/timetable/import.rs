//! A printed timetable, or a list of classes, as a problem and a plan.
//!
//! What is not plain is asked and not guessed: a time that is no range, a name that can be one class or two.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use roster::{
    cohort,
    table::{Row, Table},
    text,
};
use schedule::{
    Assignment, Block, Charges, Class, ClassId, College, Plan, Problem, Seconds, Station, Window, read_range,
};

/// What the table does not say.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Hours of every day, in seconds of the day; none means those that the table's own times fill.
    pub hours: Vec<Block>,
    /// Seconds for each student; none means the mean of the table's own times.
    pub pace: Option<f64>,
    /// How long before its time a class gathers, in seconds.
    pub gather: Seconds,
    /// How many stations there are, where the table names none.
    pub stations: usize,
}

/// What became of a table.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Stations, hours, colleges and classes.
    pub problem: Problem,
    /// Where the table places them; a list without times places nobody.
    pub plan: Plan,
    /// What a person must look at.
    pub questions: Vec<Question>,
}

/// Something in the table that a person must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Line of the file, from 1.
    pub line: usize,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Column {
    Date,
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
    (Column::Weekday, &["星期", "周几", "weekday"]),
    (Column::Station, &["机位", "机位号", "教室", "房间", "拍摄地点", "地点", "station", "room"]),
    (Column::College, &["学院", "院系", "学院(系)", "单位", "college", "unit"]),
    (Column::Cohort, &["班级", "班级名称", "class", "class_name"]),
    (Column::Major, &["专业", "major"]),
    (Column::Number, &["班号", "class_no"]),
    (Column::Heads, &["人数", "班级人数", "heads", "students"]),
    (Column::Time, &["采集时间", "拍摄时间", "时间", "时间段", "time", "printed_time"]),
    (Column::Start, &["开始时间", "开始", "start"]),
    (Column::End, &["结束时间", "结束", "end"]),
];

fn column(heading: &str) -> Option<Column> {
    let heading = text::plain(heading).trim().to_lowercase();
    HEADINGS.iter().find(|(_, names)| names.contains(&heading.as_str())).map(|(column, _)| *column)
}

/// Whether a text heads a column of a timetable.
#[must_use]
pub fn is_heading(heading: &str) -> bool {
    column(heading).is_some()
}

/// A line of the table that was understood.
struct Line {
    date: Option<Date>,
    station: String,
    college: String,
    class: String,
    heads: u32,
    time: Option<Block>,
}

/// Pauses from this on are between windows, not inside one.
const BETWEEN_WINDOWS: Seconds = 45 * 60;
/// What a day's line without a station is called.
const ONLY_STATION: &str = "1";
const DAY: Seconds = 86_400;

/// Reads a printed timetable, or a list of classes without times.
#[must_use]
pub fn import(table: &Table, options: &Options) -> Imported {
    let mut questions = Vec::new();
    let lines = lines(table, &mut questions);
    let dates: BTreeMap<Option<Date>, i64> = lines
        .iter()
        .map(|line| line.date)
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .zip(0..)
        .collect();
    let stations =
        names(lines.iter().filter(|line| !line.station.is_empty()).map(|line| line.station.as_str()));
    let colleges = names(lines.iter().map(|line| line.college.as_str()));
    let sessions = sessions(&lines, &dates, &stations);

    let timed = |(line, session): (&Line, &Option<Session>)| {
        session.as_ref().map(|session| (line.heads, session.end - session.start))
    };
    let (heads, seconds) = lines
        .iter()
        .zip(&sessions)
        .filter_map(timed)
        .fold((0, 0), |sum, (heads, time)| (sum.0 + heads, sum.1 + time));
    let pace = options.pace.unwrap_or(if heads > 0 { seconds as f64 / f64::from(heads) } else { 0.0 });

    let mut order: Vec<usize> = Vec::new();
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (index, line) in lines.iter().enumerate() {
        if first.insert(&line.class, index).is_none() {
            order.push(index);
        }
    }
    let majors = names(lines.iter().map(|line| stem(&line.class).0));
    order.sort_by_key(|&index| {
        let (major, number) = stem(&lines[index].class);
        (place(&colleges, &lines[index].college), place(&majors, major), number)
    });
    let classes = order.iter().map(|&index| {
        let line = &lines[index];
        // Without heads the printed time is all there is to go by.
        let p = (line.heads == 0)
            .then(|| sessions[index].as_ref().map_or(0, |session| session.end - session.start));
        Class {
            id: ClassId::Text(line.class.clone()),
            name: line.class.clone(),
            college: place(&colleges, &line.college),
            heads: line.heads,
            p,
            busy: Vec::new(),
            pin: None,
        }
    });
    let problem = Problem {
        name: String::new(),
        stations: if stations.is_empty() {
            vec![Station::default(); options.stations.max(1)]
        } else {
            stations.iter().map(|name| Station { name: name.clone(), ..Station::default() }).collect()
        },
        gather: options.gather,
        travel: 0,
        setup: 0,
        buffer: 0.0,
        sec_per_student: pace,
        windows: windows(&sessions, &options.hours, dates.len() as i64),
        colleges: colleges.iter().map(|name| College { name: name.clone(), ..College::default() }).collect(),
        classes: classes.collect(),
        college_at_two_stations: false,
        charges: Charges::default(),
        unknown: HashMap::new(),
    };
    let assignments = lines
        .iter()
        .zip(&sessions)
        .filter_map(|(line, session)| {
            let session = session.as_ref()?;
            Some(Assignment {
                class: ClassId::Text(line.class.clone()),
                station: session.station,
                start: session.start,
                end: session.end,
            })
        })
        .collect();
    Imported { problem, plan: Plan { assignments, ..Plan::default() }, questions }
}

/// Which column holds what; of two with one meaning, the first.
pub(super) struct Columns(HashMap<Column, usize>);

impl Columns {
    pub(super) fn of(table: &Table) -> Self {
        let known = table.headings.iter().enumerate().rev();
        Self(known.filter_map(|(index, heading)| Some((column(heading)?, index))).collect())
    }

    /// A cell's text; empty where there is none.
    pub(super) fn cell(&self, row: &Row, column: Column) -> String {
        let found = self.0.get(&column).and_then(|&index| row.cells.get(index));
        found.map_or_else(String::new, |cell| text::plain(&cell.text).trim().to_owned())
    }

    /// A range of times, from one column or from two.
    pub(super) fn time(&self, row: &Row) -> String {
        let (time, start, end) =
            (self.cell(row, Column::Time), self.cell(row, Column::Start), self.cell(row, Column::End));
        if !time.is_empty() || start.is_empty() { time } else { format!("{start}-{end}") }
    }
}

/// The lines of a table; cells that are empty because they were merged with those above take their text.
fn lines(table: &Table, questions: &mut Vec<Question>) -> Vec<Line> {
    let columns = Columns::of(table);
    let cell = |row: &Row, column: Column| columns.cell(row, column);
    let mut above: HashMap<Column, String> = HashMap::new();
    let mut lines = Vec::new();
    for row in &table.rows {
        let mut carried = |column: Column| {
            let text = cell(row, column);
            if text.is_empty() {
                return above.get(&column).cloned().unwrap_or_default();
            }
            above.insert(column, text.clone());
            text
        };
        let (date, station, college) =
            (carried(Column::Date), carried(Column::Station), carried(Column::College));
        let mut time = columns.time(row);
        if time.is_empty() {
            time = above.get(&Column::Time).cloned().unwrap_or_default();
        }
        above.insert(Column::Time, time.clone());
        let ask = |zh: String, en: String| Question { line: row.line, zh, en };
        let date = match date.parse::<Date>() {
            _ if date.is_empty() => None,
            Ok(date) => Some(date),
            Err(_) => {
                questions.push(ask(
                    format!("日期“{date}”看不懂，请写成 2024-04-21"),
                    format!("“{date}” is not read as a date; write it as 2024-04-21"),
                ));
                None
            }
        };
        let time = match read_range(&time) {
            _ if time.is_empty() => None,
            Ok(range) => Some(range),
            Err(why) => {
                questions.push(ask(
                    format!("时间“{time}”看不懂，请写成 8:30-9:20"),
                    format!("{why}; write it as 8:30-9:20"),
                ));
                None
            }
        };
        let heads = cell(row, Column::Heads);
        let heads = match heads.trim_end_matches('人').parse::<u32>() {
            _ if heads.is_empty() => 0,
            Ok(heads) if heads <= 100_000 => heads,
            _ => {
                questions.push(ask(
                    format!("人数“{heads}”看不懂"),
                    format!("“{heads}” is not read as a number of students"),
                ));
                0
            }
        };
        let classes = classes(
            &cell(row, Column::Cohort),
            &cell(row, Column::Major),
            &cell(row, Column::Number),
            &college,
        );
        if classes.ambiguous {
            let name = classes.names.first().cloned().unwrap_or_default();
            questions.push(ask(
                format!("“{name}”可能是一个班，也可能是几个班，按一个班读入"),
                format!("“{name}” can be one class or several; it is read as one"),
            ));
        }
        let count = classes.names.len().max(1) as u32;
        for (index, class) in classes.names.into_iter().enumerate() {
            // Heads of several classes in one cell are those of all together.
            let heads = heads / count + u32::from((index as u32) < heads % count);
            let college = if college.is_empty() { stem(&class).0.to_owned() } else { college.clone() };
            lines.push(Line { date, station: station_name(&station), college, class, heads, time });
        }
    }
    lines
}

fn classes(cohort: &str, major: &str, number: &str, college: &str) -> cohort::Cohorts {
    if !cohort.is_empty() {
        cohort::read(cohort)
    } else if !major.is_empty() {
        cohort::read(&format!("{major}{number}"))
    } else {
        // A table of units only: each unit is one line.
        cohort::Cohorts {
            names: (!college.is_empty()).then(|| college.to_owned()).into_iter().collect(),
            ambiguous: false,
        }
    }
}

/// 2号机位, 2号机 and 2 are one station.
fn station_name(text: &str) -> String {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let rest = &text[digits.len()..];
    if !digits.is_empty() && matches!(rest.trim(), "号机位" | "号机" | "号") {
        format!("{digits}号机位")
    } else {
        text.to_owned()
    }
}

/// A class's name without the number at its end, and the number.
fn stem(name: &str) -> (&str, u64) {
    let name = name.strip_suffix('班').unwrap_or(name);
    let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    (stem, name[stem.len()..].parse().unwrap_or(0))
}

/// Each name once, in the order in which they come.
fn names<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for text in texts {
        if !names.iter().any(|name| name == text) {
            names.push(text.to_owned());
        }
    }
    names
}

fn place(names: &[String], name: &str) -> usize {
    names.iter().position(|other| other == name).unwrap_or(0)
}

/// Where and when a line is.
struct Session {
    station: usize,
    start: Seconds,
    end: Seconds,
}

/// Lines with the same day, station and time share it one after the other, by their heads, or evenly where they are not known.
fn sessions(
    lines: &[Line],
    dates: &BTreeMap<Option<Date>, i64>,
    stations: &[String],
) -> Vec<Option<Session>> {
    let mut shared: BTreeMap<(i64, usize, Block), Vec<usize>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        if let Some((start, end)) = line.time {
            let station = if line.station.is_empty() { ONLY_STATION } else { &line.station };
            let day = dates.get(&line.date).copied().unwrap_or(0);
            shared
                .entry((day, place(stations, station), (day * DAY + start, day * DAY + end)))
                .or_default()
                .push(index);
        }
    }
    let mut sessions: Vec<Option<Session>> = lines.iter().map(|_| None).collect();
    for ((_, station, (start, end)), members) in shared {
        let known = members.iter().all(|&index| lines[index].heads > 0);
        let weight = |index: usize| if known { i64::from(lines[index].heads) } else { 1 };
        let all: i64 = members.iter().map(|&index| weight(index)).sum();
        let mut before = 0;
        for index in members {
            let at = |part: i64| start + (end - start) * part / all;
            sessions[index] = Some(Session { station, start: at(before), end: at(before + weight(index)) });
            before += weight(index);
        }
    }
    sessions
}

/// The hours given, on each day; else those that the sessions fill.
fn windows(sessions: &[Option<Session>], hours: &[Block], days: i64) -> Vec<Window> {
    if !hours.is_empty() {
        let of_day = |day: i64| {
            hours.iter().map(move |&(start, end)| Window {
                day,
                start: day * DAY + start,
                end: day * DAY + end,
            })
        };
        return (0..days.max(1)).flat_map(of_day).collect();
    }
    let mut times: Vec<Block> =
        sessions.iter().flatten().map(|session| (session.start, session.end)).collect();
    times.sort_unstable();
    let mut windows: Vec<Window> = Vec::new();
    for (start, end) in times {
        match windows.last_mut() {
            Some(window) if start - window.end < BETWEEN_WINDOWS => window.end = window.end.max(end),
            _ => windows.push(Window { day: start / DAY, start, end }),
        }
    }
    windows
}
