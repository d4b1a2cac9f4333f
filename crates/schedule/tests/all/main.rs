//! Plans of real and made-up campaigns, checked by the crate's checker and by a naive one of the tests' own.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

mod large;
mod naive;
mod one_day;
mod random;
mod replanning;
mod rota;
mod waiting;

/// The facts that tests use.
mod data {
    use std::collections::HashMap;

    use schedule::{Assignment, Class, ClassId, College, Plan, Problem, Station, Window, read_range};

    /// 99 classes of 15 colleges as a university printed them for one day at three stations, with its dirt.
    const ONE_DAY: &str = include_str!("../plans/one-day.csv");

    /// That day at the mean pace of its own plan: morning and afternoon of three and a half hours.
    pub fn one_day() -> Problem {
        let rows = rows();
        let mut majors: HashMap<&str, usize> = HashMap::new();
        let mut colleges: Vec<&str> = Vec::new();
        let mut classes: Vec<(usize, usize, &str, u32)> = Vec::new();
        for row in &rows {
            let college = colleges.iter().position(|other| *other == row.college).unwrap_or_else(|| {
                colleges.push(row.college);
                colleges.len() - 1
            });
            let major = row.class.trim_end_matches(|each: char| each.is_ascii_digit());
            let count = majors.len();
            classes.push((college, *majors.entry(major).or_insert(count), row.class, row.heads));
        }
        classes.sort_unstable();
        let hours = [("8:30-12:00"), ("14:30-18:00")].map(|text| read_range(text).unwrap());
        Problem {
            name: "one day".into(),
            stations: vec![Station::default(); 3],
            gather: 900,
            travel: 300,
            setup: 0,
            buffer: 0.0,
            // 1 155 minutes for 3 575 students.
            sec_per_student: 1_155.0 * 60.0 / 3_575.0,
            windows: hours.map(|(start, end)| Window { day: 0, start, end }).to_vec(),
            colleges: colleges
                .iter()
                .map(|name| College { name: (*name).into(), ..College::default() })
                .collect(),
            classes: classes
                .into_iter()
                .map(|(college, _, name, heads)| Class {
                    id: ClassId::Text(name.into()),
                    name: name.into(),
                    college,
                    heads,
                    p: None,
                    busy: Vec::new(),
                    pin: None,
                })
                .collect(),
            college_at_two_stations: false,
            charges: schedule::Charges::default(),
            unknown: HashMap::new(),
        }
    }

    /// The plan as it was printed; the classes of a printed line share its time by their heads.
    pub fn printed() -> Plan {
        let rows = rows();
        let mut assignments = Vec::new();
        let line = |row: &Row| (row.station, row.time);
        for group in rows.chunk_by(|a, b| line(a) == line(b) && a.college == b.college) {
            let (start, end) = read_range(group[0].time).unwrap();
            let all: u32 = group.iter().map(|row| row.heads).sum();
            let mut before = 0;
            let at = |heads: u32| start + (end - start) * i64::from(heads) / i64::from(all);
            for row in group {
                assignments.push(Assignment {
                    class: ClassId::Text(row.class.into()),
                    station: row.station,
                    start: at(before),
                    end: at(before + row.heads),
                });
                before += row.heads;
            }
        }
        Plan { assignments, ..Plan::default() }
    }

    struct Row {
        station: usize,
        college: &'static str,
        class: &'static str,
        heads: u32,
        time: &'static str,
    }

    fn rows() -> Vec<Row> {
        ONE_DAY
            .lines()
            .skip(1)
            .map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                let [station, college, class, heads, time] = cells[..] else { panic!("{line}") };
                let station = usize::from(station.as_bytes()[0] - b'1');
                Row { station, college, class, heads: heads.parse().unwrap(), time }
            })
            .collect()
    }
}
