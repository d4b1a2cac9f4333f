//! What is wrong in a plan, wherever it comes from.
//!
//! The checker shares nothing with the solver but the problem and the notion of a run: it looks at every class and
//! every pair of neighbours itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use crate::{
    clock::{clock, day_and_clock},
    plan::{Assignment, Plan, Unplaced},
    problem::{ClassId, Problem, Seconds},
    score::{Run, runs},
};

/// Something wrong, or worth knowing, in a plan.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Breach {
    /// Which rule, in kebab case.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The classes that it is about.
    pub classes: Vec<ClassId>,
    /// Index of the station.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub station: Option<usize>,
    /// From when.
    pub start: Seconds,
    /// Until when.
    pub end: Seconds,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// How bad a breach is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The plan cannot be carried out.
    Error,
    /// It can, at a price: a college split up, classes out of their order.
    Note,
}

/// Everything that is wrong or worth knowing in a plan: first what is wrong, each by time.
#[must_use]
pub fn check(problem: &Problem, plan: &Plan) -> Vec<Breach> {
    let checker = Checker::new(problem, plan);
    let mut breaches = Vec::new();
    checker.every_class_once(&mut breaches);
    checker.each_alone(&mut breaches);
    checker.stations(&mut breaches);
    checker.hours_kept_at_the_pace(&mut breaches);
    checker.colleges(&mut breaches);
    breaches.sort_by(|a, b| {
        (a.severity, a.start, a.station, a.rule, &a.classes)
            .cmp(&(b.severity, b.start, b.station, b.rule, &b.classes))
    });
    breaches
}

struct Checker<'p> {
    problem: &'p Problem,
    plan: &'p Plan,
    by_id: HashMap<&'p ClassId, usize>,
    runs: Vec<Run>,
}

impl<'p> Checker<'p> {
    fn new(problem: &'p Problem, plan: &'p Plan) -> Self {
        let by_id = problem.classes.iter().enumerate().map(|(index, class)| (&class.id, index)).collect();
        Self { problem, plan, by_id, runs: runs(problem, &plan.assignments) }
    }

    /// The assignments that name a class and a station of the problem.
    fn known(&self) -> impl Iterator<Item = (&'p Assignment, usize)> {
        let stations = self.problem.stations.len();
        self.plan
            .assignments
            .iter()
            .filter(move |each| each.station < stations)
            .filter_map(|each| Some((each, *self.by_id.get(&each.class)?)))
    }

    fn name(&self, class: usize) -> String {
        self.problem.class_name(&self.problem.classes[class])
    }

    fn every_class_once(&self, breaches: &mut Vec<Breach>) {
        let mut times: HashMap<&ClassId, usize> = HashMap::new();
        for each in &self.plan.assignments {
            *times.entry(&each.class).or_default() += 1;
            let named = |rule, zh: String, en: String| about(rule, each, zh, en);
            if !self.by_id.contains_key(&each.class) {
                breaches.push(named(
                    "unknown-class",
                    format!("{} 不在名单中", each.class),
                    format!("{} is no class of this problem", each.class),
                ));
            } else if times[&each.class] == 2 {
                breaches.push(named(
                    "twice",
                    format!("{} 被安排了两次", each.class),
                    format!("{} is placed twice", each.class),
                ));
            }
            if each.station >= self.problem.stations.len() {
                breaches.push(named(
                    "unknown-station",
                    format!("没有第 {} 个机位，共 {} 个", each.station + 1, self.problem.stations.len()),
                    format!(
                        "there is no station {}: stations are counted from 0 and there are {}",
                        each.station,
                        self.problem.stations.len()
                    ),
                ));
            }
            if each.end < each.start {
                breaches.push(named("backwards", "结束早于开始".into(), "ends before it starts".into()));
            }
        }
        self.nobody_left_out(&times, breaches);
    }

    /// Classes that are not placed: named as such, or lost.
    fn nobody_left_out(&self, times: &HashMap<&ClassId, usize>, breaches: &mut Vec<Breach>) {
        let told: HashMap<&ClassId, &Unplaced> =
            self.plan.unplaced.iter().map(|each| (&each.class, each)).collect();
        for (index, class) in self.problem.classes.iter().enumerate() {
            if times.contains_key(&class.id) {
                continue;
            }
            let name = self.name(index);
            let (rule, severity, zh, en) = if let Some(why) = told.get(&class.id) {
                (
                    "unplaced",
                    Severity::Error,
                    format!("{name} 未能安排：{}", if why.zh.is_empty() { &why.reason } else { &why.zh }),
                    format!("{name} has no place: {}", why.reason),
                )
            } else {
                (
                    "lost",
                    Severity::Error,
                    format!("{name} 既未安排也未说明原因"),
                    format!("{name} is neither placed nor named as unplaced"),
                )
            };
            breaches.push(Breach {
                rule,
                severity,
                classes: vec![class.id.clone()],
                station: None,
                start: 0,
                end: 0,
                zh,
                en,
            });
        }
    }

    /// What binds a class whoever else is placed: hours, lectures, limits, pins.
    fn each_alone(&self, breaches: &mut Vec<Breach>) {
        for (each, index) in self.known() {
            let class = &self.problem.classes[index];
            let name = self.name(index);
            let windows = self.problem.windows_of(each.station);
            if !windows.iter().any(|window| window.start <= each.start && each.end <= window.end) {
                breaches.push(about(
                    "hours",
                    each,
                    format!("{name} {} 不在机位开放时间内", span_zh(each.start, each.end)),
                    format!("{name} at {} is outside the station's hours", span_en(each.start, each.end)),
                ));
            }
            let needed_from = each.start - self.problem.lead();
            for &(from, to) in class.busy.iter().filter(|&&(from, to)| needed_from < to && from < each.end) {
                breaches.push(about(
                    "busy",
                    each,
                    format!(
                        "{name} {} 有课或另有安排，需自 {} 起到 {} 止空闲",
                        span_zh(from, to),
                        at_zh(needed_from),
                        at_zh(each.end)
                    ),
                    format!(
                        "{name} is busy {} and must be free from {} to {}",
                        span_en(from, to),
                        at_en(needed_from),
                        at_en(each.end)
                    ),
                ));
            }
            let only = &self.problem.colleges[class.college].only;
            if !only.is_empty() && !only.iter().any(|&(from, to)| from <= each.start && each.end <= to) {
                breaches.push(about(
                    "college-hours",
                    each,
                    format!("{name} {} 不在学院限定的时间内", span_zh(each.start, each.end)),
                    format!(
                        "{name} at {} is outside the times its college is limited to",
                        span_en(each.start, each.end)
                    ),
                ));
            }
            let pin = class.pin.unwrap_or_default();
            if pin.station.is_some_and(|station| station != each.station)
                || pin.start.is_some_and(|start| start != each.start)
            {
                breaches.push(about(
                    "pin",
                    each,
                    format!("{name} 已锁定，位置被改动"),
                    format!("{name} is settled and does not stand where it was settled"),
                ));
            }
        }
    }

    /// What stands on each other's feet at a station.
    fn stations(&self, breaches: &mut Vec<Breach>) {
        let mut by_station: BTreeMap<usize, Vec<(&Assignment, usize)>> = BTreeMap::new();
        for placed in self.known() {
            by_station.entry(placed.0.station).or_default().push(placed);
        }
        for placed in by_station.values_mut() {
            placed.sort_by_key(|(each, index)| (each.start, each.end, *index));
            let mut latest: Option<(&Assignment, usize)> = None;
            for &(each, index) in placed.iter() {
                if let Some((before, other)) = latest
                    && each.start < before.end
                {
                    let (first, second) = (self.name(other), self.name(index));
                    breaches.push(Breach {
                        classes: vec![before.class.clone(), each.class.clone()],
                        ..about(
                            "overlap",
                            each,
                            format!(
                                "{first} 与 {second} 在同一机位重叠 {}",
                                span_zh(each.start, before.end.min(each.end))
                            ),
                            format!(
                                "{first} and {second} overlap {} at one station",
                                span_en(each.start, before.end.min(each.end))
                            ),
                        )
                    });
                }
                if latest.is_none_or(|(before, _)| before.end < each.end) {
                    latest = Some((each, index));
                }
            }
        }
        for pair in self.runs.windows(2).filter(|pair| pair[0].station == pair[1].station) {
            let gap = pair[1].start - pair[0].end;
            if (0..self.problem.setup).contains(&gap) {
                breaches.push(self.of_line(
                    "setup",
                    &pair[1],
                    &format!("换班间隔 {gap} 秒，需 {} 秒", self.problem.setup),
                    &format!("{gap} s after the run before; {} s are needed", self.problem.setup),
                ));
            }
        }
    }

    /// Whether the time given is enough at the station's pace, and where the day ends if it is not.
    fn hours_kept_at_the_pace(&self, breaches: &mut Vec<Breach>) {
        let needs = |run: &Run| -> Seconds {
            run.classes
                .iter()
                .map(|&class| self.problem.bare_span(&self.problem.classes[class], run.station))
                .sum()
        };
        let given: HashMap<usize, Seconds> =
            self.known().map(|(each, index)| (index, each.end - each.start)).collect();
        for run in &self.runs {
            let needed = |class: usize| self.problem.bare_span(&self.problem.classes[class], run.station);
            let short: Vec<usize> =
                run.classes.iter().copied().filter(|class| given[class] < needed(*class)).collect();
            if short.is_empty() {
                continue;
            }
            let heads: u32 = short.iter().map(|&class| self.problem.classes[class].heads).sum();
            let has = minutes(short.iter().map(|class| given[class]).sum());
            let needs = minutes(short.iter().map(|&class| needed(class)).sum());
            breaches.push(Breach {
                classes: short.iter().map(|&class| self.problem.classes[class].id.clone()).collect(),
                ..self.of_line(
                    "short",
                    run,
                    &format!("{heads} 人给 {has} 分钟，按既定速度需 {needs} 分钟"),
                    &format!("{heads} students are given {has} min and need {needs} min at the pace assumed"),
                )
            });
        }
        for station in 0..self.problem.stations.len() {
            for window in self.problem.windows_of(station) {
                let inside = |run: &&Run| {
                    run.station == station && window.start <= run.start && run.start < window.end
                };
                let done = window.start + self.runs.iter().filter(inside).map(needs).sum::<Seconds>();
                let Some(last) = self.runs.iter().rfind(inside).filter(|_| done > window.end) else {
                    continue;
                };
                breaches.push(self.of_line(
                    "overrun",
                    last,
                    &format!("即使不停顿，按既定速度 {} 才能拍完，超过 {}", at_zh(done), at_zh(window.end)),
                    &format!(
                        "even without a pause, at the pace assumed it is done only at {}, after {}",
                        at_en(done),
                        at_en(window.end)
                    ),
                ));
            }
        }
    }

    /// Colleges at two stations, in pieces, or out of their order.
    fn colleges(&self, breaches: &mut Vec<Breach>) {
        for (index, college) in self.problem.colleges.iter().enumerate() {
            let mut own: Vec<&Run> = self.runs.iter().filter(|run| run.college == index).collect();
            own.sort_by_key(|run| (run.start, run.station));
            if !self.problem.college_at_two_stations {
                for (place, run) in own.iter().enumerate() {
                    for other in own[..place]
                        .iter()
                        .filter(|other| other.station != run.station && run.start < other.end)
                    {
                        breaches.push(Breach {
                            classes: self.ids(other).chain(self.ids(run)).collect(),
                            ..self.of_run(
                                "college-twice",
                                Severity::Error,
                                run,
                                format!(
                                    "{} {} 同时在两个机位",
                                    college.name,
                                    span_zh(run.start, run.end.min(other.end))
                                ),
                                format!(
                                    "{} is at two stations at once {}",
                                    college.name,
                                    span_en(run.start, run.end.min(other.end))
                                ),
                            )
                        });
                    }
                }
            }
            let stations: BTreeSet<usize> = own.iter().map(|run| run.station).collect();
            if let [first, _, ..] = own[..] {
                breaches.push(Breach {
                    classes: own.iter().flat_map(|run| self.ids(run)).collect(),
                    station: None,
                    end: own.iter().map(|run| run.end).max().unwrap_or(first.end),
                    ..self.of_run(
                        "split",
                        Severity::Note,
                        first,
                        format!("{} 被分成 {} 段，在 {} 个机位", college.name, own.len(), stations.len()),
                        format!(
                            "{} is split into {} runs at {} station(s)",
                            college.name,
                            own.len(),
                            stations.len()
                        ),
                    )
                });
            }
            self.order(index, breaches);
        }
    }

    /// Classes that come before one with a lower number.
    fn order(&self, college: usize, breaches: &mut Vec<Breach>) {
        let mut placed: Vec<(&Assignment, usize)> =
            self.known().filter(|&(_, index)| self.problem.classes[index].college == college).collect();
        placed.sort_by_key(|(each, index)| (each.start, *index));
        let mut highest: Option<(usize, &Assignment)> = None;
        for (each, index) in placed {
            if let Some((before, earlier)) = highest
                && index < before
                && earlier.start < each.start
            {
                let (first, second) = (self.name(before), self.name(index));
                breaches.push(Breach {
                    classes: vec![self.problem.classes[before].id.clone(), each.class.clone()],
                    severity: Severity::Note,
                    ..about(
                        "order",
                        each,
                        format!("{first} 排在 {second} 之前，与班级顺序不符"),
                        format!("{first} comes before {second}, against the order of classes"),
                    )
                });
            }
            if highest.is_none_or(|(before, _)| before < index) {
                highest = Some((index, each));
            }
        }
    }

    fn ids(&self, run: &Run) -> impl Iterator<Item = ClassId> {
        run.classes.iter().map(|&class| self.problem.classes[class].id.clone())
    }

    /// A breach of a whole run, with its college and time before the words.
    fn of_line(&self, rule: &'static str, run: &Run, zh: &str, en: &str) -> Breach {
        let name = &self.problem.colleges[run.college].name;
        let (zh, en) = (
            format!("{name} {} {zh}", span_zh(run.start, run.end)),
            format!("{name} {}: {en}", span_en(run.start, run.end)),
        );
        self.of_run(rule, Severity::Error, run, zh, en)
    }

    fn of_run(&self, rule: &'static str, severity: Severity, run: &Run, zh: String, en: String) -> Breach {
        Breach {
            rule,
            severity,
            classes: self.ids(run).collect(),
            station: Some(run.station),
            start: run.start,
            end: run.end,
            zh,
            en,
        }
    }
}

fn about(rule: &'static str, each: &Assignment, zh: String, en: String) -> Breach {
    Breach {
        rule,
        severity: Severity::Error,
        classes: vec![each.class.clone()],
        station: Some(each.station),
        start: each.start,
        end: each.end,
        zh,
        en,
    }
}

fn minutes(seconds: Seconds) -> String {
    format!("{:.1}", seconds as f64 / 60.0)
}

fn at_zh(time: Seconds) -> String {
    let (day, time) = day_and_clock(time);
    if day == 1 { time } else { format!("第 {day} 天 {time}") }
}

fn at_en(time: Seconds) -> String {
    let (day, time) = day_and_clock(time);
    if day == 1 { time } else { format!("day {day} {time}") }
}

fn span_zh(from: Seconds, to: Seconds) -> String {
    format!("{}–{}", at_zh(from), clock(to))
}

fn span_en(from: Seconds, to: Seconds) -> String {
    format!("{}–{}", at_en(from), clock(to))
}
