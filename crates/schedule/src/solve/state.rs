//! A plan in the making: which run stands in which bin, in which order.

use super::model::{Bin, Model, Piece};
use crate::problem::{Charges, Seconds};

/// Which run stands in which bin, in which order; each as early as it can.
#[derive(Clone)]
pub(super) struct State<'m> {
    model: &'m Model<'m>,
    pub pieces: Vec<Piece>,
    /// The runs of each bin in order.
    pub bins: Vec<Vec<u32>>,
    ends: Vec<Seconds>,
    /// Work of each bin times the time it is done at.
    areas: Vec<i128>,
    /// Pieces of each college, used or not.
    pub homes: Vec<Vec<u32>>,
    tally: Tally,
    journal: Vec<(u32, Option<u32>, Seconds)>,
}

/// What is summed over colleges.
#[derive(Clone, Copy, Default)]
struct Tally {
    unplaced: Seconds,
    pieces: Seconds,
    changes: Seconds,
    places: Seconds,
    /// Classes that come after one with a higher number.
    disorder: Seconds,
}

/// New contents of some bins and pieces; applying it twice undoes it.
#[derive(Default)]
pub(super) struct Edit {
    pub bins: Vec<(u32, Vec<u32>)>,
    pub pieces: Vec<(u32, Piece)>,
}

impl<'m> State<'m> {
    /// Nothing placed: every run waits.
    pub(super) fn new(model: &'m Model<'m>, pieces: Vec<Piece>) -> Self {
        let mut homes = vec![Vec::new(); model.problem.colleges.len()];
        for (index, piece) in pieces.iter().enumerate() {
            homes[piece.college].push(index as u32);
        }
        let bins = model.bins.len();
        let mut state = Self {
            model,
            pieces,
            bins: vec![Vec::new(); bins],
            ends: vec![0; bins],
            areas: vec![0; bins],
            homes,
            tally: Tally::default(),
            journal: Vec::new(),
        };
        for college in 0..state.homes.len() {
            state.count(college, 1);
        }
        state
    }

    /// What the search makes small: everything in seconds of finish, sixteen parts each.
    ///
    /// Beside the finish itself a small part of the mean time at which work is done shows the way where the last
    /// end does not change.
    pub(super) fn cost(&self) -> i64 {
        let finish = self.finish();
        let mean = self.areas.iter().sum::<i128>() / i128::from(self.model.work);
        (self.charged() + finish) * 16 + 4 * mean as i64
    }

    /// The order of plans: what is charged and the finish, then the order of classes, then the mean time.
    pub(super) fn rank(&self) -> (i64, i64, i128) {
        (self.charged() + self.finish(), self.tally.disorder, self.areas.iter().sum())
    }

    /// Whether no class comes after one with a higher number.
    pub(super) fn is_in_order(&self) -> bool {
        self.tally.disorder == 0
    }

    fn charged(&self) -> Seconds {
        let charges = self.model.charges;
        let Tally { unplaced, pieces, changes, places, disorder } = self.tally;
        unplaced * 10 * Charges::FIRST
            + pieces * charges.piece
            + changes * charges.change
            + disorder * charges.order
            + places
    }

    fn finish(&self) -> Seconds {
        self.ends.iter().copied().max().unwrap_or(0)
    }

    /// Applies an edit if the plan is then possible and `accept` takes it; else all is as before.
    pub(super) fn attempt(&mut self, edit: &mut Edit, accept: impl FnOnce(&Self) -> bool) -> bool {
        let touched = self.colleges_of(edit);
        for &college in &touched {
            self.count(college, -1);
        }
        let before: Vec<(u32, Seconds, i128)> = edit
            .bins
            .iter()
            .map(|&(bin, _)| (bin, self.ends[bin as usize], self.areas[bin as usize]))
            .collect();
        self.swap(edit);
        let possible = edit.bins.iter().all(|(bin, _)| self.lay(*bin));
        for &college in &touched {
            self.count(college, 1);
        }
        if possible && accept(self) {
            self.journal.clear();
            return true;
        }
        for &college in &touched {
            self.count(college, -1);
        }
        self.unswap(edit);
        for (bin, end, area) in before {
            self.ends[bin as usize] = end;
            self.areas[bin as usize] = area;
        }
        for &college in &touched {
            self.count(college, 1);
        }
        false
    }

    /// Whoever's runs stand in the bins of an edit, before or after it, or are changed by it.
    fn colleges_of(&self, edit: &Edit) -> Vec<usize> {
        let mut colleges: Vec<usize> = edit
            .bins
            .iter()
            .flat_map(|(bin, after)| self.bins[*bin as usize].iter().chain(after))
            .chain(edit.pieces.iter().map(|(piece, _)| piece))
            .map(|&piece| self.pieces[piece as usize].college)
            .collect();
        colleges.sort_unstable();
        colleges.dedup();
        colleges
    }

    fn swap(&mut self, edit: &mut Edit) {
        self.journal.clear();
        for (piece, content) in &mut edit.pieces {
            std::mem::swap(&mut self.pieces[*piece as usize], content);
        }
        for (bin, order) in &mut edit.bins {
            for &piece in &self.bins[*bin as usize] {
                let held = &mut self.pieces[piece as usize];
                self.journal.push((piece, held.bin, held.start));
                held.bin = None;
            }
            std::mem::swap(&mut self.bins[*bin as usize], order);
        }
        for (bin, _) in &edit.bins {
            for &piece in &self.bins[*bin as usize] {
                let held = &mut self.pieces[piece as usize];
                self.journal.push((piece, held.bin, held.start));
                held.bin = Some(*bin);
            }
        }
    }

    fn unswap(&mut self, edit: &mut Edit) {
        // Backwards, so that a piece noted twice gets what it had first.
        for (piece, bin, start) in self.journal.drain(..).rev() {
            let held = &mut self.pieces[piece as usize];
            held.bin = bin;
            held.start = start;
        }
        for (bin, order) in &mut edit.bins {
            std::mem::swap(&mut self.bins[*bin as usize], order);
        }
        for (piece, content) in edit.pieces.iter_mut().rev() {
            std::mem::swap(&mut self.pieces[*piece as usize], content);
        }
    }

    /// Puts the runs of a bin one after the other, each as early as it can; whether all fit.
    fn lay(&mut self, index: u32) -> bool {
        let bin: &Bin = &self.model.bins[index as usize];
        let mut time = bin.start;
        let mut area = 0;
        for place in 0..self.bins[index as usize].len() {
            let id = self.bins[index as usize][place];
            let Some(start) = self.earliest(id, index, time) else { return false };
            let piece = &mut self.pieces[id as usize];
            let length = piece.shapes[bin.kind].length;
            piece.start = start;
            time = start + length;
            area += i128::from(length) * i128::from(time);
        }
        self.ends[index as usize] = if self.bins[index as usize].is_empty() { 0 } else { time };
        self.areas[index as usize] = area;
        true
    }

    /// When a run may start in a bin, not before `time`.
    fn earliest(&self, id: u32, index: u32, time: Seconds) -> Option<Seconds> {
        use super::model::Bound;
        let bin = &self.model.bins[index as usize];
        let piece = &self.pieces[id as usize];
        let bound = match piece.station {
            Bound::Free => true,
            Bound::To(station) => station == bin.station,
            Bound::Contradictory => false,
        };
        if !bound {
            return None;
        }
        let shape = &piece.shapes[bin.kind];
        let mut start = time;
        loop {
            start = shape.forbidden.next(start);
            if start > bin.end - shape.length {
                return None;
            }
            match self.elsewhere(piece.college, index, start, start + shape.length) {
                Some(end) => start = end,
                None => return Some(start),
            }
        }
    }

    /// Until when the college is at another station at some time between `from` and `to`, if it is.
    fn elsewhere(&self, college: usize, bin: u32, from: Seconds, to: Seconds) -> Option<Seconds> {
        if self.model.problem.college_at_two_stations {
            return None;
        }
        let siblings = self.homes[college].iter().filter_map(|&id| {
            let piece = &self.pieces[id as usize];
            let at = piece.bin.filter(|&at| at != bin)?;
            Some((piece.start, piece.start + piece.shapes[self.model.bins[at as usize].kind].length))
        });
        siblings
            .chain(self.model.taken[college].iter().copied())
            .filter(|&(start, end)| start < to && from < end)
            .map(|(_, end)| end)
            .max()
    }

    fn count(&mut self, college: usize, sign: Seconds) {
        let mut places: [(Seconds, usize, u32); 16] = [(0, 0, 0); 16];
        let mut placed = 0;
        for &id in &self.homes[college] {
            let piece = &self.pieces[id as usize];
            if piece.classes.is_empty() {
                continue;
            }
            match piece.bin {
                None => self.tally.unplaced += sign * piece.classes.len() as Seconds,
                Some(bin) => {
                    let bin = &self.model.bins[bin as usize];
                    self.tally.pieces += sign;
                    self.tally.places += sign * self.model.place_charge(piece, bin);
                    if placed < places.len() {
                        places[placed] = (piece.start, bin.station, id);
                        placed += 1;
                    }
                }
            }
        }
        let places = &mut places[..placed];
        places.sort_unstable();
        let changes = places.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
        self.tally.changes += sign * changes as Seconds;
        let mut highest = 0;
        for (_, _, id) in places {
            let classes = &self.pieces[*id as usize].classes;
            self.tally.disorder += sign * classes.partition_point(|class| *class < highest) as Seconds;
            highest = highest.max(classes.last().copied().unwrap_or(0));
        }
    }

    /// A piece of the college that is not in use.
    pub(super) fn spare(&mut self, college: usize) -> u32 {
        if let Some(&id) = self.homes[college].iter().find(|&&id| self.pieces[id as usize].classes.is_empty())
        {
            return id;
        }
        let id = self.pieces.len() as u32;
        self.pieces.push(Piece { college, ..Piece::default() });
        self.homes[college].push(id);
        id
    }
}
