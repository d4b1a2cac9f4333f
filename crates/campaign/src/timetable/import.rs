//! A printed timetable, or a list of classes, as a problem and a plan.
//!
//! What is not plain is asked and not guessed: a time that is no range, a name that can be one class or two.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use schedule::{Assignment, Block, Class, ClassId, College, Plan, Problem, Seconds, Station, Window};

use super::{
    lines::{Day, Line, Sheet, lines, stem},
    questions::{Question, in_order},
    shared::{Asked, Session, shared},
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
    /// The days, where the table is only a part of what happens on them.
    pub dates: Vec<Date>,
}

/// What became of a table.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Stations, hours, colleges and classes.
    pub problem: Problem,
    /// Where the table places them; a list without times places nobody.
    pub plan: Plan,
    /// The dates of its days, where it states them.
    pub dates: Vec<Date>,
    /// What a person must look at.
    pub questions: Vec<Question>,
}

/// Pauses from this on are between windows, not inside one.
const BETWEEN_WINDOWS: Seconds = 45 * 60;
const DAY: Seconds = 86_400;

/// Reads a printed timetable, or a list of classes without times.
#[must_use]
pub fn import(sheet: &Sheet, options: &Options) -> Imported {
    let (lines, mut questions) = lines(sheet);
    questions.extend(lines.iter().filter(|line| line.unsure).map(|line| {
        let name = &line.class;
        Question {
            line: line.row,
            zh: format!("“{name}”可能是一个班，也可能是几个班，按一个班读入"),
            en: format!("“{name}” can be one class or several; it is read as one"),
        }
    }));
    let days = days(&lines, &options.dates);
    let named = lines.iter().map(|line| line.station.as_str()).filter(|name| !name.is_empty());
    let (stations, colleges) = (Names::of(named), Names::of(lines.iter().map(|line| line.college.as_str())));
    let asked = lines.iter().map(|line| {
        let day = days.get(&line.day).copied().unwrap_or(0) * DAY;
        let time = line.time.map(|(start, end)| (day + start, day + end));
        Asked { station: stations.place(&line.station), time, weight: line.heads }
    });
    let (sessions, ids) = (shared(&asked.collect::<Vec<_>>()), Ids::of_all(&lines));
    let named = stations.in_order().into_iter().map(|name| Station { name, ..Station::default() });
    let named: Vec<Station> = named.collect();
    let problem = Problem {
        stations: if named.is_empty() { vec![Station::default(); options.stations.max(1)] } else { named },
        gather: options.gather,
        sec_per_student: options.pace.unwrap_or_else(|| pace(&lines, &sessions)),
        windows: windows(
            &sessions,
            &options.hours,
            days.values().max().map_or(1, |last| last + 1).max(options.dates.len() as i64),
        ),
        classes: classes(&lines, &sessions, &colleges, &ids),
        colleges: colleges
            .in_order()
            .into_iter()
            .map(|name| College { name, ..College::default() })
            .collect(),
        ..Problem::default()
    };
    let placed = |(line, session): (&Line, &Option<Session>)| {
        let &Session { station, start, end } = session.as_ref()?;
        Some(Assignment { class: ids.of(line), station, start, end })
    };
    let assignments = lines.iter().zip(&sessions).filter_map(placed).collect();
    Imported {
        problem,
        plan: Plan { assignments, ..Plan::default() },
        dates: dates(&days),
        questions: in_order(questions),
    }
}

/// Which day, from 0, each of the table's days is: as they were named, else in their order.
fn days(lines: &[Line], dates: &[Date]) -> BTreeMap<Option<Day>, i64> {
    let days: BTreeSet<Option<Day>> =
        lines.iter().filter(|line| line.time.is_some() || line.day.is_some()).map(|line| line.day).collect();
    let index = |(index, day): (i64, Option<Day>)| match day {
        Some(Day::Nth(nth)) => (day, i64::from(nth) - 1),
        Some(Day::On(date)) => {
            (day, dates.iter().position(|known| *known == date).map_or(index, |known| known as i64))
        }
        None => (day, index),
    };
    (0..).zip(days).map(index).collect()
}

/// What classes are called by in the plan: their names, with the college where two have the same.
struct Ids<'t>(HashMap<&'t str, BTreeSet<&'t str>>);

impl<'t> Ids<'t> {
    fn of_all(lines: &'t [Line]) -> Self {
        let mut colleges: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        for line in lines {
            colleges.entry(&line.class).or_default().insert(&line.college);
        }
        Self(colleges)
    }

    fn of(&self, line: &Line) -> ClassId {
        let alone = self.0.get(line.class.as_str()).is_none_or(|colleges| colleges.len() < 2);
        ClassId::Text(if alone { line.class.clone() } else { format!("{}/{}", line.college, line.class) })
    }
}

/// The dates of days that are all stated by date.
fn dates(days: &BTreeMap<Option<Day>, i64>) -> Vec<Date> {
    days.keys().map(|day| day.and_then(Day::date)).collect::<Option<_>>().unwrap_or_default()
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
fn classes(lines: &[Line], sessions: &[Option<Session>], colleges: &Names<'_>, ids: &Ids<'_>) -> Vec<Class> {
    let mut seen = BTreeSet::new();
    let mut order: Vec<usize> =
        (0..lines.len()).filter(|&index| seen.insert((&lines[index].college, &lines[index].class))).collect();
    let majors = Names::of(lines.iter().map(|line| stem(&line.class).0));
    order.sort_by_key(|&index| {
        let (major, number) = stem(&lines[index].class);
        (colleges.place(&lines[index].college), majors.place(major), number)
    });
    let class = |index: usize| {
        let line = &lines[index];
        // Without heads the printed time is all there is to go by.
        let printed = || sessions[index].as_ref().map_or(0, |session| session.end - session.start);
        Class {
            id: ids.of(line),
            name: line.class.clone(),
            college: colleges.place(&line.college),
            heads: line.heads,
            p: (line.heads == 0).then(printed),
            busy: Vec::new(),
            pin: None,
        }
    };
    order.into_iter().map(class).collect()
}

/// Each name once, in the order in which they come.
struct Names<'t>(HashMap<&'t str, usize>);

impl<'t> Names<'t> {
    fn of(texts: impl Iterator<Item = &'t str>) -> Self {
        let mut places = HashMap::new();
        for text in texts {
            let next = places.len();
            places.entry(text).or_insert(next);
        }
        Self(places)
    }

    fn place(&self, name: &str) -> usize {
        self.0.get(name).copied().unwrap_or(0)
    }

    fn in_order(&self) -> Vec<String> {
        let mut names: Vec<_> = self.0.iter().map(|(name, place)| (*place, (*name).to_owned())).collect();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name).collect()
    }
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
