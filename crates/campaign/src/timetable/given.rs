//! A timetable that somebody made, for classes that are known already.

use std::collections::HashMap;

use jiff::civil::Date;
use roster::table::Table;
use schedule::{Assignment, Class, Plan, Problem, Seconds, Station, Unplaced};

use super::{
    Question,
    known::Known,
    lines::{Day, Line, lines},
    shared::{Asked, shared},
};

const DAY: Seconds = 86_400;

/// A given timetable as a plan for a problem whose days are `days`, with what a person must look at.
///
/// Stations that the table names and the problem lacks are added; where it names none of the problem's, its own take
/// their place. A line that names only a college is that of all its classes.
pub fn given(table: &Table, days: &[Date], problem: &mut Problem) -> (Plan, Vec<Question>) {
    let (lines, questions) = lines(table);
    let (known, seen) = (Known::of(problem), vec![false; problem.classes.len()]);
    let stations = (0..problem.stations.len()).map(|index| (problem.station_name(index), index)).collect();
    let mut reader =
        Given { problem, known, stations, days, seen, classes: Vec::new(), asked: Vec::new(), questions };
    reader.take_stations(&lines);
    for line in &lines {
        reader.take(line);
    }
    reader.questions.sort_by_key(|question| question.line);
    let classes = reader.classes.iter().zip(shared(&reader.asked));
    let assignments = classes.filter_map(|(&class, session)| {
        let session = session?;
        let class = reader.problem.classes[class].id.clone();
        Some(Assignment { class, station: session.station, start: session.start, end: session.end })
    });
    let assignments = assignments.collect();
    let unplaced = reader.unplaced();
    (Plan { assignments, unplaced, ..Plan::default() }, reader.questions)
}

struct Given<'p> {
    problem: &'p mut Problem,
    known: Known,
    stations: HashMap<String, usize>,
    days: &'p [Date],
    /// Whether each class has a place already.
    seen: Vec<bool>,
    /// Indices of the classes that were found, and what is asked for each.
    classes: Vec<usize>,
    asked: Vec<Asked>,
    questions: Vec<Question>,
}

impl Given<'_> {
    /// The classes that the table gives no place.
    fn unplaced(&self) -> Vec<Unplaced> {
        let classes = self.problem.classes.iter().zip(&self.seen).filter(|(_, seen)| !**seen);
        let unplaced = |(class, _): (&Class, _)| Unplaced {
            class: class.id.clone(),
            reason: "the table gives it no place".into(),
            zh: "表中没有它的位置".into(),
        };
        classes.map(unplaced).collect()
    }

    fn ask(&mut self, line: &Line, zh: String, en: String) {
        self.questions.push(Question { line: line.row, zh, en });
    }

    fn take_stations(&mut self, lines: &[Line]) {
        let named: Vec<&Line> = lines.iter().filter(|line| !line.station.is_empty()).collect();
        if !named.is_empty() && !named.iter().any(|line| self.stations.contains_key(&line.station)) {
            self.problem.stations.clear();
            self.stations.clear();
            // What was settled about a station is settled about one that is no more.
            self.problem.classes.iter_mut().for_each(|class| class.pin = None);
        }
        for line in named {
            if !self.stations.contains_key(&line.station) {
                let name = line.station.clone();
                self.ask(
                    line,
                    format!("设定中没有机位“{name}”，已加入"),
                    format!("station “{name}” was not among those set; it was added"),
                );
                self.stations.insert(name.clone(), self.problem.stations.len());
                self.problem.stations.push(Station { name, ..Station::default() });
            }
        }
    }

    fn take(&mut self, line: &Line) {
        let found = self.classes_of(line);
        let Some((start, end)) = line.time else { return };
        let Some(day) = self.day(line).filter(|_| !found.is_empty()) else { return };
        if line.station.is_empty() && self.problem.stations.len() > 1 && self.asked.is_empty() {
            let name = self.problem.station_name(0);
            self.ask(
                line,
                format!("没有写明机位，放在“{name}”"),
                format!("no station is stated; “{name}” is taken"),
            );
        }
        let known: u32 = found.iter().map(|&class| self.problem.classes[class].heads).sum();
        if line.heads > 0 && line.heads != known {
            let (name, stated) = (&line.class, line.heads);
            self.ask(
                line,
                format!("“{name}”写明 {stated} 人，名单中有 {known} 人"),
                format!("“{name}” is stated with {stated} students, the roster has {known}"),
            );
        }
        let station = self.stations.get(&line.station).copied().unwrap_or(0);
        for class in found {
            if std::mem::replace(&mut self.seen[class], true) {
                let name = &line.class;
                self.ask(
                    line,
                    format!("“{name}”出现两次，以先出现的为准"),
                    format!("“{name}” stands twice; the first is taken"),
                );
                continue;
            }
            let weight = self.problem.classes[class].heads;
            self.classes.push(class);
            self.asked.push(Asked { station, time: Some((day * DAY + start, day * DAY + end)), weight });
        }
    }

    /// The classes that a line means: the one of that name, or all of a college.
    fn classes_of(&mut self, line: &Line) -> Vec<usize> {
        let name = &line.class;
        let found: Vec<usize> = if line.class == line.college {
            let college = |class: &Class| &self.problem.colleges[class.college].name;
            let classes = self.problem.classes.iter().enumerate();
            classes.filter(|(_, class)| college(class) == name).map(|(index, _)| index).collect()
        } else {
            self.known.called(&line.class, &line.college)
        };
        if found.is_empty() {
            self.ask(line, format!("名单中没有“{name}”"), format!("the roster has no “{name}”"));
        } else if found.len() > 1 && line.class != line.college {
            self.ask(
                line,
                format!("名单中有几个班叫“{name}”，请写明学院"),
                format!("the roster has several classes “{name}”; state the college"),
            );
            return Vec::new();
        }
        found
    }

    fn day(&mut self, line: &Line) -> Option<Seconds> {
        let (many, last) = (self.days.len() > 1, self.days.len().max(1));
        match line.day {
            Some(Day::On(date)) => {
                let day = self.days.iter().position(|day| *day == date);
                // Without days of its own the problem has only one.
                if day.is_none() && !self.days.is_empty() {
                    self.ask(line, format!("{date} 不是采集日"), format!("{date} is no day of shooting"));
                    return None;
                }
                Some(day.unwrap_or(0) as Seconds)
            }
            Some(Day::Nth(nth)) if usize::from(nth) <= last || self.days.is_empty() => {
                Some(Seconds::from(nth) - 1)
            }
            Some(Day::Nth(nth)) => {
                self.ask(line, format!("没有第 {nth} 天"), format!("there is no day {nth}"));
                None
            }
            None => {
                if many && self.asked.is_empty() {
                    self.ask(
                        line,
                        "没有写明日期，放在第一天".into(),
                        "no date is stated; the first day is taken".into(),
                    );
                }
                Some(0)
            }
        }
    }
}
