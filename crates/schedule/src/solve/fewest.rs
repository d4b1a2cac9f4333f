//! The fewest runs that a college needs when it has all stations to itself.
//!
//! Classes are taken in number order and each is put at the end of one of the runs begun so far. What a run may
//! still do is one set of starts, which every class makes smaller; a run without a start left ends the branch.

use crate::problem::{Block, Problem, Seconds, Window};

/// The fewest runs found for a college, and how many are proven to be needed.
pub(crate) struct Fewest {
    /// Indices of the classes of each run, in number order.
    pub runs: Vec<Vec<usize>>,
    /// No plan has fewer runs than these.
    pub proven: usize,
}

/// How many placings of a class are tried for one number of runs, before the search gives up on it.
const STEPS: usize = 30_000;
/// More runs than these are not searched for exactly.
const MOST_RUNS: usize = 6;

/// The fewest runs for the classes of `college`.
pub(crate) fn fewest_runs(problem: &Problem, college: usize) -> Fewest {
    let search = Search::new(problem);
    let all = (0..problem.classes.len()).filter(|&class| problem.classes[class].college == college);
    // A class that fits nowhere even alone is the solver's to name.
    let possible: Vec<usize> = all.filter(|&class| search.begin(class).is_some()).collect();
    if possible.is_empty() {
        return Fewest { runs: Vec::new(), proven: 0 };
    }
    let least = search.by_volume(&possible);
    let mut proven = least;
    let mut given_up = false;
    for count in least..=MOST_RUNS.min(possible.len()) {
        let mut steps = STEPS;
        let mut open = Vec::new();
        match search.extend(&possible, &mut open, count, &mut steps) {
            Ending::Found => {
                return Fewest { runs: open.into_iter().map(|run| run.classes).collect(), proven };
            }
            Ending::Impossible if !given_up => proven = count + 1,
            Ending::Impossible | Ending::GivenUp => given_up = true,
        }
    }
    Fewest { runs: search.greedy(&possible), proven: proven.min(possible.len()) }
}

#[derive(Eq, PartialEq)]
enum Ending {
    Found,
    Impossible,
    GivenUp,
}

struct Search<'p> {
    problem: &'p Problem,
    /// One station of each kind: those with the same hours and pace are alike.
    stations: Vec<usize>,
    longest: Seconds,
}

/// A run that is being filled.
#[derive(Clone)]
struct Open {
    classes: Vec<usize>,
    /// For each kind of station: its length so far and the starts that are left.
    kinds: Vec<(Seconds, Vec<Starts>)>,
}

/// Starts from `first` to `last`, in a window that closes at `close`.
#[derive(Clone, Copy)]
struct Starts {
    first: Seconds,
    last: Seconds,
    close: Seconds,
}

impl<'p> Search<'p> {
    fn new(problem: &'p Problem) -> Self {
        let stations = problem.kinds().into_iter().map(|kind| kind[0]).collect::<Vec<_>>();
        let longest = stations
            .iter()
            .flat_map(|&station| problem.windows_of(station))
            .map(|window| window.end - window.start)
            .max()
            .unwrap_or(0);
        Self { problem, stations, longest }
    }

    /// As many runs as the longest window makes necessary.
    fn by_volume(&self, classes: &[usize]) -> usize {
        let room = (self.longest - self.problem.setup).max(1);
        let work: Seconds = classes.iter().map(|&class| self.shortest(class)).sum();
        (work.div_euclid(room) + i64::from(work.rem_euclid(room) > 0)).max(1) as usize
    }

    fn shortest(&self, class: usize) -> Seconds {
        let class = &self.problem.classes[class];
        self.stations.iter().map(|&station| self.problem.span(class, station)).min().unwrap_or(0)
    }

    fn begin(&self, class: usize) -> Option<Open> {
        let empty = Open {
            classes: Vec::new(),
            kinds: self
                .stations
                .iter()
                .map(|&station| {
                    let windows = self.problem.windows_of(station).iter();
                    (
                        self.problem.setup,
                        windows
                            .map(|&Window { start, end, .. }| Starts { first: start, last: end, close: end })
                            .collect(),
                    )
                })
                .collect(),
        };
        self.append(&empty, class)
    }

    /// The run with one more class at its end, if it still has a start.
    fn append(&self, run: &Open, class: usize) -> Option<Open> {
        let mut kinds = Vec::with_capacity(run.kinds.len());
        let mut any = false;
        for (&station, (length, starts)) in self.stations.iter().zip(&run.kinds) {
            let span = self.problem.span(&self.problem.classes[class], station);
            let longer = length + span;
            let mut left: Vec<Starts> = starts
                .iter()
                .map(|starts| Starts { last: starts.last.min(starts.close - longer), ..*starts })
                .collect();
            left.retain(|starts| starts.first <= starts.last);
            for bar in self.problem.bars(&self.problem.classes[class], station, *length) {
                left = left.into_iter().flat_map(|starts| starts.without(bar)).collect();
            }
            any |= !left.is_empty();
            kinds.push((longer, left));
        }
        any.then(|| {
            let mut classes = run.classes.clone();
            classes.push(class);
            Open { classes, kinds }
        })
    }

    fn extend(&self, rest: &[usize], open: &mut Vec<Open>, count: usize, steps: &mut usize) -> Ending {
        let Some((&class, later)) = rest.split_first() else {
            return if self.apart(open) { Ending::Found } else { Ending::Impossible };
        };
        let room: Seconds = open.iter().map(|run| self.room(run)).sum::<Seconds>()
            + (count - open.len()) as Seconds * (self.longest - self.problem.setup);
        if rest.iter().map(|&class| self.shortest(class)).sum::<Seconds>() > room {
            return Ending::Impossible;
        }
        for place in 0..open.len() {
            let Some(longer) = self.append(&open[place], class) else { continue };
            if *steps == 0 {
                return Ending::GivenUp;
            }
            *steps -= 1;
            let before = std::mem::replace(&mut open[place], longer);
            match self.extend(later, open, count, steps) {
                Ending::Impossible => open[place] = before,
                ended => return ended,
            }
        }
        if open.len() < count
            && let Some(new) = self.begin(class)
        {
            open.push(new);
            match self.extend(later, open, count, steps) {
                Ending::Impossible => {
                    open.pop();
                }
                ended => return ended,
            }
        }
        Ending::Impossible
    }

    /// How much longer a run can become.
    fn room(&self, run: &Open) -> Seconds {
        run.kinds.iter().map(|(length, _)| self.longest - length).max().unwrap_or(0).max(0)
    }

    /// Whether the runs can stand one after the other, where a college may not be at two stations at once.
    fn apart(&self, open: &[Open]) -> bool {
        if self.problem.college_at_two_stations {
            return true;
        }
        let mut order: Vec<usize> = (0..open.len()).collect();
        any_order(&mut order, 0, &mut |order| {
            let mut time = Seconds::MIN;
            order.iter().all(|&index| {
                let earliest = open[index]
                    .kinds
                    .iter()
                    .filter_map(|(length, starts)| {
                        let start = starts
                            .iter()
                            .filter(|starts| starts.last >= time)
                            .map(|starts| starts.first.max(time))
                            .min()?;
                        Some(start + length)
                    })
                    .min();
                if let Some(end) = earliest {
                    time = end;
                }
                earliest.is_some()
            })
        })
    }

    /// Runs as long as they can be, without looking for the fewest.
    fn greedy(&self, classes: &[usize]) -> Vec<Vec<usize>> {
        let mut open: Vec<Open> = Vec::new();
        for &class in classes {
            let longer =
                open.iter().enumerate().find_map(|(place, run)| Some((place, self.append(run, class)?)));
            match longer {
                Some((place, run)) => open[place] = run,
                None => open.extend(self.begin(class)),
            }
        }
        open.into_iter().map(|run| run.classes).collect()
    }
}

impl Starts {
    /// What an open interval leaves of them.
    fn without(self, (from, to): Block) -> impl Iterator<Item = Self> {
        let halves = if to <= self.first || self.last <= from {
            [Some(self), None]
        } else {
            let before = (self.first <= from).then_some(Self { last: from, ..self });
            let after = (to <= self.last).then_some(Self { first: to, ..self });
            [before, after]
        };
        halves.into_iter().flatten()
    }
}

/// Whether any order of `items[from..]` satisfies `fits`.
fn any_order(items: &mut [usize], from: usize, fits: &mut impl FnMut(&[usize]) -> bool) -> bool {
    if from + 1 >= items.len() {
        return fits(items);
    }
    for index in from..items.len() {
        items.swap(from, index);
        if any_order(items, from + 1, fits) {
            return true;
        }
        items.swap(from, index);
    }
    false
}
