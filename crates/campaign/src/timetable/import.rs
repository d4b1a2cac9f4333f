//! A printed timetable, or a list of classes, as a problem and a plan.
//!
//! What is not plain is asked and not guessed: a time that is no range, a name that can be one class or two.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use roster::table::Table;
use schedule::{Assignment, Block, Class, ClassId, College, Plan, Problem, Seconds, Station, Window};

use super::lines::{Line, Question, lines, stem};

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

/// Pauses from this on are between windows, not inside one.
const BETWEEN_WINDOWS: Seconds = 45 * 60;
/// What a day's line without a station is called.
const ONLY_STATION: &str = "1";
const DAY: Seconds = 86_400;

/// Reads a printed timetable, or a list of classes without times.
#[must_use]
pub fn import(table: &Table, options: &Options) -> Imported {
    let (lines, questions) = lines(table);
    let dates: BTreeSet<Option<Date>> = lines.iter().map(|line| line.date).collect();
    let dates: BTreeMap<Option<Date>, i64> = dates.into_iter().zip(0..).collect();
    let stations =
        names(lines.iter().filter(|line| !line.station.is_empty()).map(|line| line.station.as_str()));
    let colleges = names(lines.iter().map(|line| line.college.as_str()));
    let sessions = sessions(&lines, &dates, &stations);
    let named = stations.iter().map(|name| Station { name: name.clone(), ..Station::default() });
    let problem = Problem {
        stations: if stations.is_empty() {
            vec![Station::default(); options.stations.max(1)]
        } else {
            named.collect()
        },
        gather: options.gather,
        sec_per_student: options.pace.unwrap_or_else(|| pace(&lines, &sessions)),
        windows: windows(&sessions, &options.hours, dates.len() as i64),
        classes: classes(&lines, &sessions, &colleges),
        colleges: colleges.into_iter().map(|name| College { name, ..College::default() }).collect(),
        ..Problem::default()
    };
    let placed = |(line, session): (&Line, &Option<Session>)| {
        let &Session { station, start, end } = session.as_ref()?;
        Some(Assignment { class: ClassId::Text(line.class.clone()), station, start, end })
    };
    let assignments = lines.iter().zip(&sessions).filter_map(placed).collect();
    Imported { problem, plan: Plan { assignments, ..Plan::default() }, questions }
}

/// The mean of the table's own times, in seconds for each student.
fn pace(lines: &[Line], sessions: &[Option<Session>]) -> f64 {
    let timed =
        lines.iter().zip(sessions).filter_map(|(line, session)| Some((line.heads, session.as_ref()?)));
    let (heads, seconds) = timed.fold((0, 0), |(heads, seconds), (more, session)| {
        (heads + more, seconds + session.end - session.start)
    });
    if heads > 0 { seconds as f64 / f64::from(heads) } else { 0.0 }
}

/// Each class once, by college, major as they come, and number.
fn classes(lines: &[Line], sessions: &[Option<Session>], colleges: &[String]) -> Vec<Class> {
    let mut seen = BTreeSet::new();
    let mut order: Vec<usize> = (0..lines.len()).filter(|&index| seen.insert(&lines[index].class)).collect();
    let majors = names(lines.iter().map(|line| stem(&line.class).0));
    order.sort_by_key(|&index| {
        let (major, number) = stem(&lines[index].class);
        (place(colleges, &lines[index].college), place(&majors, major), number)
    });
    let class = |index: usize| {
        let line = &lines[index];
        // Without heads the printed time is all there is to go by.
        let printed = || sessions[index].as_ref().map_or(0, |session| session.end - session.start);
        Class {
            id: ClassId::Text(line.class.clone()),
            name: line.class.clone(),
            college: place(colleges, &line.college),
            heads: line.heads,
            p: (line.heads == 0).then(printed),
            busy: Vec::new(),
            pin: None,
        }
    };
    order.into_iter().map(class).collect()
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
