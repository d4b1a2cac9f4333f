//! The problem as the search sees it: bins to fill, and runs with the starts that they may have.

use super::Mending;
use crate::{
    problem::{Block, Charges, Problem, Seconds},
    replan::NOTICEABLE,
    starts::{Forbidden, NEVER},
};

/// What the search needs to know again and again, worked out once.
pub(super) struct Model<'p> {
    pub problem: &'p Problem,
    /// One station of each kind.
    pub kinds: Vec<usize>,
    /// One for each station and window: runs follow each other in it.
    pub bins: Vec<Bin>,
    pub charges: Charges,
    /// All work, for the mean time at which it is done.
    pub work: Seconds,
    /// Where classes stand in the plan that is to be changed, by class.
    pub before: Vec<Option<Place>>,
    /// From when on a class can be told to come earlier, to another station.
    pub notice: Seconds,
    /// Times at which colleges stand at a station already, whatever else is planned.
    pub taken: Vec<Vec<Block>>,
}

/// A station in one window.
pub(super) struct Bin {
    pub station: usize,
    pub kind: usize,
    pub start: Seconds,
    pub end: Seconds,
}

/// A station and a time.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub station: usize,
    pub start: Seconds,
}

/// Classes of one college, back to back.
#[derive(Clone, Default)]
pub(super) struct Piece {
    pub college: usize,
    /// Indices in number order; none where the piece is not in use.
    pub classes: Vec<u32>,
    /// For each kind of station.
    pub shapes: Vec<Shape>,
    /// Stations it is bound to: none, the only one, or such as contradict each other.
    pub station: Bound,
    pub bin: Option<u32>,
    pub start: Seconds,
}

/// A run at one kind of station.
#[derive(Clone)]
pub(super) struct Shape {
    pub length: Seconds,
    pub forbidden: Forbidden,
}

#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum Bound {
    #[default]
    Free,
    To(usize),
    Contradictory,
}

impl<'p> Model<'p> {
    pub(super) fn new(problem: &'p Problem) -> Self {
        Self::of_kinds(problem, problem.kinds())
    }

    /// The same, for a plan that is to be mended: there no two stations are alike, because classes stand at one.
    pub(super) fn mending(problem: &'p Problem, mending: &Mending) -> Self {
        let kinds = (0..problem.stations.len()).map(|station| vec![station]).collect();
        let before = mending
            .before
            .iter()
            .map(|before| before.map(|(station, start)| Place { station, start }))
            .collect();
        Self {
            before,
            notice: mending.notice,
            taken: mending.taken.clone(),
            ..Self::of_kinds(problem, kinds)
        }
    }

    fn of_kinds(problem: &'p Problem, kinds: Vec<Vec<usize>>) -> Self {
        let mut bins = Vec::new();
        for (kind, stations) in kinds.iter().enumerate() {
            for &station in stations {
                bins.extend(problem.windows_of(station).iter().map(|window| Bin {
                    station,
                    kind,
                    start: window.start,
                    end: window.end,
                }));
            }
        }
        bins.sort_by_key(|bin| (bin.start, bin.station));
        let kinds: Vec<usize> = kinds.into_iter().map(|stations| stations[0]).collect();
        let work: Seconds = problem.classes.iter().map(|class| problem.span(class, kinds[0])).sum();
        Self {
            problem,
            kinds,
            bins,
            charges: problem.charges,
            work: work.max(1),
            before: vec![None; problem.classes.len()],
            taken: vec![Vec::new(); problem.colleges.len()],
            notice: 0,
        }
    }

    /// The run of these classes, in number order.
    pub(super) fn piece(&self, college: usize, mut classes: Vec<u32>) -> Piece {
        classes.sort_unstable();
        let class = |index: u32| &self.problem.classes[index as usize];
        let shapes = self
            .kinds
            .iter()
            .map(|&station| {
                let mut offset = self.problem.setup;
                let mut bars = Vec::new();
                for (place, &index) in classes.iter().enumerate() {
                    bars.extend(self.problem.bars(class(index), station, offset));
                    if let Some(told) = self.before[index as usize] {
                        // Nobody is photographed before the time to gather that was told; a run waits for its first class.
                        let early = if place == 0 { 0 } else { self.problem.gather };
                        let told =
                            if told.station == station { told.start } else { told.start.min(self.notice) };
                        bars.push((-NEVER, told - early - offset));
                    }
                    offset += self.problem.span(class(index), station);
                }
                Shape { length: offset, forbidden: Forbidden::of(bars) }
            })
            .collect();
        let station = classes.iter().filter_map(|&index| class(index).pin?.station).fold(
            Bound::Free,
            |bound, station| match bound {
                Bound::Free => Bound::To(station),
                Bound::To(other) if other == station => bound,
                _ => Bound::Contradictory,
            },
        );
        Piece { college, classes, shapes, station, bin: None, start: 0 }
    }

    /// What it costs that a run stands where it stands, beside the time at which all is done.
    pub(super) fn place_charge(&self, piece: &Piece, bin: &Bin) -> Seconds {
        let mut charge = 0;
        let end = piece.start + piece.shapes[bin.kind].length;
        let prefer = &self.problem.colleges[piece.college].prefer;
        if !prefer.is_empty() && !prefer.iter().any(|&(from, to)| from <= piece.start && end <= to) {
            charge += self.charges.preference;
        }
        if self.charges.moved > 0 {
            charge += self.charges.moved * self.moved(piece, bin) as Seconds;
        }
        charge
    }

    /// How many classes of a run stand elsewhere, or a good deal earlier or later, than before.
    fn moved(&self, piece: &Piece, bin: &Bin) -> usize {
        let mut start = piece.start + self.problem.setup;
        let mut moved = 0;
        for &index in &piece.classes {
            if let Some(before) = self.before[index as usize] {
                moved +=
                    usize::from(before.station != bin.station || (start - before.start).abs() > NOTICEABLE);
            }
            start += self.problem.span(&self.problem.classes[index as usize], bin.station);
        }
        moved
    }
}
