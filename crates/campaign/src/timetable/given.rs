//! A timetable that somebody made, for classes that are known already.

use std::collections::{BTreeMap, BTreeSet, HashMap, hash_map::Entry};

use jiff::civil::Date;
use schedule::{Assignment, Class, Plan, Problem, Seconds, Station, Unplaced};

use super::{
    Sheet,
    known::Known,
    lines::{Day, Line, lines, station_key, stem},
    questions::{MOST, Question, in_order},
    shared::{Asked, shared},
};

const DAY: Seconds = 86_400;

/// A given timetable as a plan for a problem whose days are `days`, with what a person must look at.
///
/// Stations that the table names and the problem lacks are added; where it names none of the problem's, its own take
/// their place. A line that names only a college is that of all its classes. Within a college, majors take the order of
/// the table. Where nobody is placed, the problem stays as it was.
pub fn given(sheet: &Sheet, days: &[Date], problem: &mut Problem) -> (Plan, Vec<Question>) {
    let (lines, questions) = lines(sheet);
    // Without days of its own the problem's are the table's, in their order.
    let stated: BTreeSet<Date> = lines.iter().filter_map(|line| line.day.and_then(Day::date)).collect();
    let days = if days.is_empty() { stated.into_iter().collect() } else { days.to_vec() };
    let mut reader = Given {
        known: Known::of(problem),
        seen: vec![false; problem.classes.len()],
        problem,
        days,
        classes: Vec::new(),
        asked: Vec::new(),
        heads: BTreeMap::new(),
        questions,
    };
    let stations = reader.stations(&lines);
    for line in &lines {
        reader.take(line, &stations);
    }
    reader.compare_heads();
    let sessions = shared(&reader.asked);
    let assignments = reader.classes.iter().zip(sessions).filter_map(|(&class, session)| {
        let session = session?;
        let class = reader.problem.classes[class].id.clone();
        Some(Assignment { class, station: session.station, start: session.start, end: session.end })
    });
    let (assignments, unplaced) = (assignments.collect::<Vec<_>>(), reader.unplaced());
    if !assignments.is_empty() {
        reader.take_over(stations);
    }
    (Plan { assignments, unplaced, ..Plan::default() }, in_order(reader.questions))
}

struct Given<'p> {
    problem: &'p mut Problem,
    known: Known,
    days: Vec<Date>,
    /// Whether each class has a place already.
    seen: Vec<bool>,
    /// Indices of the classes that were found, and what is asked for each.
    classes: Vec<usize>,
    asked: Vec<Asked>,
    /// For each row the students that it states and those that the roster has, and whether all of its classes are known.
    heads: BTreeMap<usize, (u32, u32, bool)>,
    questions: Vec<Question>,
}

/// The stations of the plan.
struct Stations {
    all: Vec<Station>,
    by_key: HashMap<String, usize>,
    /// Those that the problem lacks, with their rows.
    added: Vec<(usize, String)>,
    /// Whether they are other ones than those of the problem, so that what was settled about those is void.
    others: bool,
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

    fn ask(&mut self, row: usize, zh: String, en: String) {
        // One line can raise as many as its college has classes.
        if self.questions.len() <= MOST {
            self.questions.push(Question { line: row, zh, en });
        }
    }

    /// The problem's stations with those of the table, or the table's alone where it names none of the problem's.
    fn stations(&self, lines: &[Line]) -> Stations {
        let own = (0..self.problem.stations.len())
            .map(|index| (station_key(&self.problem.station_name(index)), index));
        let mut by_key: HashMap<String, usize> = own.collect();
        let mut all = self.problem.stations.clone();
        let named: Vec<&Line> = lines.iter().filter(|line| !line.station.is_empty()).collect();
        let others =
            !named.is_empty() && !named.iter().any(|line| by_key.contains_key(&station_key(&line.station)));
        if others {
            (by_key, all) = (HashMap::new(), Vec::new());
        }
        let mut added = Vec::new();
        for line in named {
            if let Entry::Vacant(place) = by_key.entry(station_key(&line.station)) {
                let name = line.station.clone();
                added.push((line.row, name.clone()));
                place.insert(all.len());
                all.push(Station { name, ..Station::default() });
            }
        }
        Stations { all, by_key, added, others }
    }

    fn take_over(&mut self, stations: Stations) {
        for (row, name) in stations.added {
            self.ask(
                row,
                format!("设定中没有机位“{name}”，已加入"),
                format!("station “{name}” was not among those set; it was added"),
            );
        }
        // Majors come one after the other as the table has them; who sorted them by name does not know better.
        let mut majors: HashMap<(usize, String), usize> = HashMap::new();
        for &class in &self.classes {
            let class = &self.problem.classes[class];
            let next = majors.len();
            majors.entry((class.college, stem(&class.name).0.to_owned())).or_insert(next);
        }
        let place = |class: &Class| {
            let major = (class.college, stem(&class.name).0.to_owned());
            (class.college, majors.get(&major).copied().unwrap_or(usize::MAX))
        };
        self.problem.classes.sort_by_cached_key(place);
        self.problem.stations = stations.all;
        if stations.others {
            self.problem.classes.iter_mut().for_each(|class| class.pin = None);
        }
    }

    fn take(&mut self, line: &Line, stations: &Stations) {
        let found = self.classes_of(line);
        let heads: u32 = found.iter().map(|&class| self.problem.classes[class].heads).sum();
        let row = self.heads.entry(line.row).or_insert((0, 0, true));
        *row = (row.0.saturating_add(line.heads), row.1.saturating_add(heads), row.2 && !found.is_empty());
        if found.is_empty() {
            return;
        }
        let Some((start, end)) = line.time else { return };
        let Some(day) = self.day(line) else { return };
        if line.station.is_empty() && stations.all.len() > 1 && self.asked.is_empty() {
            let name = self.problem.station_name(0);
            self.ask(
                line.row,
                format!("没有写明机位，放在“{name}”"),
                format!("no station is stated; “{name}” is taken"),
            );
        }
        let station = stations.by_key.get(&station_key(&line.station)).copied().unwrap_or(0);
        for class in found {
            if std::mem::replace(&mut self.seen[class], true) {
                let name = self.problem.classes[class].name.clone();
                self.ask(
                    line.row,
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
        let college = if name == &line.college { self.known.of_college(name) } else { &[] };
        if !college.is_empty() {
            return college.to_vec();
        }
        let found = self.known.called(name, &line.college);
        if found.is_empty() {
            self.ask(line.row, format!("名单中没有“{name}”"), format!("the roster has no “{name}”"));
        } else if found.len() > 1 {
            self.ask(
                line.row,
                format!("名单中有几个班叫“{name}”，请写明学院"),
                format!("the roster has several classes “{name}”; state the college"),
            );
            return Vec::new();
        }
        found
    }

    fn compare_heads(&mut self) {
        let differ =
            |(_, (stated, known, all)): &(&usize, &(u32, u32, bool))| *all && *stated > 0 && stated != known;
        let rows: Vec<_> = self.heads.iter().filter(differ).map(|(row, heads)| (*row, *heads)).collect();
        for (row, (stated, known, _)) in rows {
            self.ask(
                row,
                format!("写明 {stated} 人，名单中有 {known} 人"),
                format!("{stated} students are stated, the roster has {known}"),
            );
        }
    }

    fn day(&mut self, line: &Line) -> Option<Seconds> {
        match line.day {
            Some(Day::On(date)) => {
                let day = self.days.iter().position(|day| *day == date);
                if day.is_none() {
                    self.ask(line.row, format!("{date} 不是采集日"), format!("{date} is no day of shooting"));
                }
                day.map(|day| day as Seconds)
            }
            Some(Day::Nth(nth)) if usize::from(nth) <= self.days.len() || self.days.is_empty() => {
                Some(Seconds::from(nth) - 1)
            }
            Some(Day::Nth(nth)) => {
                self.ask(line.row, format!("没有第 {nth} 天"), format!("there is no day {nth}"));
                None
            }
            None => {
                if self.days.len() > 1 && self.asked.is_empty() {
                    self.ask(
                        line.row,
                        "没有写明日期，放在第一天".into(),
                        "no date is stated; the first day is taken".into(),
                    );
                }
                Some(0)
            }
        }
    }
}
