//! Making plans: exact for how few runs each college needs, then a search for where they stand.
//!
//! The search is simulated annealing over runs and bins (a station in one window). Runs stand as early as their
//! lectures and their college's other runs allow; a change is a run that goes elsewhere, two that trade places, or
//! classes that go from one run of their college to another. Several searches from different seeds go side by
//! side and the best plan is taken; a last pass puts its classes into the order of their numbers where that costs
//! nothing. So the plan depends on problem, seed and number of moves, and on nothing else:
//! not on threads, and not on time.

pub(crate) mod fewest;
mod model;
mod moves;
mod reasons;
mod state;

use std::{
    num::NonZero,
    sync::atomic::{AtomicUsize, Ordering},
};

use fastrand::Rng;

use self::{
    model::{Model, Piece, Place},
    state::{Edit, State},
};
use crate::{
    bounds::bounds,
    plan::{Assignment, Plan},
    problem::{Block, Charges, Problem, Seconds},
    score::{runs, score},
};

/// How much is searched.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Changes tried by each of the searches.
    pub moves: u64,
    /// Where the searches begin; the same number gives the same plan.
    pub seed: u64,
    /// How many searches go, each from its own seed.
    pub searches: u32,
    /// How many of them at once. It changes nothing about the plan.
    pub threads: NonZero<usize>,
}

impl Effort {
    /// What a problem of this size usually needs.
    #[must_use]
    pub fn usual(problem: &Problem) -> Self {
        let size = problem.classes.len() as u64;
        Self {
            moves: (4_000 * size).clamp(200_000, 1_000_000),
            seed: 1,
            searches: 24,
            threads: NonZero::<usize>::MIN,
        }
    }
}

/// How far the searches are. Whoever is told may stop them; the best plan so far is then taken.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Changes tried so far, by all searches.
    pub tried: u64,
    /// Changes that will be tried.
    pub of: u64,
}

/// Told now and then how far the searches are; `false` stops them.
pub type Watcher<'w> = dyn Fn(Progress) -> bool + Sync + 'w;

/// The best plan that the searches find.
///
/// Every class stands in it, or is named with the reason why not.
#[must_use]
pub fn solve(problem: &Problem, effort: Effort, watch: &Watcher) -> Plan {
    let model = Model::new(problem);
    let first = first_state(&model);
    let mut plan = finished(&model, &best_of(&model, &first, effort, watch));
    plan.score = Some(score(problem, &plan));
    plan.bounds = Some(bounds(problem));
    plan
}

/// A plan that weighs things in its own way.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// What was weighed.
    pub charges: Charges,
    /// The reserve on each class's time, in per cent.
    pub buffer: f64,
    /// What came out.
    pub plan: Plan,
}

/// Reserves that are tried, the largest first.
const RESERVES: [f64; 2] = [10.0, 5.0];

/// Plans that weigh runs, station changes and the finish differently, the first as asked for, and one with the
/// largest reserve that still has a place for everybody. Plans that come out alike are given once.
#[must_use]
pub fn alternatives(problem: &Problem, effort: Effort, watch: &Watcher) -> Vec<Alternative> {
    let asked = problem.charges;
    let sweep = [
        asked,
        Charges { change: Charges::FIRST / 100, ..asked },
        Charges { piece: 7_200, ..asked },
        Charges { piece: 60, change: 0, ..asked },
    ];
    let solved = |charges, buffer| {
        let plan = solve(&Problem { buffer, charges, ..problem.clone() }, effort, watch);
        Alternative { charges, buffer, plan }
    };
    let worth = |plan: &Plan| {
        plan.score.as_ref().map(|score| (score.unplaced, score.pieces, score.station_changes, score.finish))
    };
    let mut found: Vec<Alternative> = Vec::new();
    for charges in sweep {
        let one = solved(charges, problem.buffer);
        if found.iter().all(|other| worth(&other.plan) != worth(&one.plan)) {
            found.push(one);
        }
    }
    let larger = RESERVES.into_iter().filter(|reserve| *reserve > problem.buffer);
    found.extend(larger.map(|buffer| solved(asked, buffer)).find(|one| one.plan.unplaced.is_empty()));
    found
}

/// Where the classes of a problem stand in the plan that is to be mended.
pub(crate) struct Mending {
    /// Station and start, by class.
    pub before: Vec<Option<(usize, Seconds)>>,
    /// From when on a class can be told to come earlier, to another station.
    pub notice: Seconds,
    /// When colleges stand at a station already, by college.
    pub taken: Vec<Vec<Block>>,
}

/// The plan in which everything keeps its station and order and only comes later where it must; what does not fit
/// is not placed.
pub(crate) fn put_off(problem: &Problem, mending: &Mending) -> Plan {
    let model = Model::mending(problem, mending);
    finished(&model, &as_it_was(&model))
}

/// The plan after a search from there.
pub(crate) fn mend(problem: &Problem, mending: &Mending, effort: Effort) -> Plan {
    let model = Model::mending(problem, mending);
    let mut state = as_it_was(&model);
    for id in 0..state.pieces.len() as u32 {
        if state.pieces[id as usize].bin.is_none() {
            place_or_break(&model, &mut state, id);
        }
    }
    finished(&model, &best_of(&model, &state, effort, &|_| true))
}

/// The runs of the plan before, each in the first bin of its station that still takes it, in their order.
fn as_it_was<'m>(model: &'m Model<'m>) -> State<'m> {
    let problem = model.problem;
    let old: Vec<Assignment> = model
        .before
        .iter()
        .zip(&problem.classes)
        .filter_map(|(before, class)| {
            let Place { station, start } = (*before)?;
            Some(Assignment {
                class: class.id.clone(),
                station,
                start,
                end: start + problem.span(class, station),
            })
        })
        .collect();
    let runs = runs(problem, &old);
    let new = (0..problem.classes.len()).filter(|&class| model.before[class].is_none());
    let alone = new.map(|class| model.piece(problem.classes[class].college, vec![class as u32]));
    let kept = runs
        .iter()
        .map(|run| model.piece(run.college, run.classes.iter().map(|&class| class as u32).collect()));
    let mut state = State::new(model, kept.chain(alone).collect());
    for (id, run) in runs.iter().enumerate() {
        let of_station = (0..model.bins.len())
            .filter(|&bin| model.bins[bin].station == run.station && run.start < model.bins[bin].end);
        for bin in of_station {
            let mut order = state.bins[bin].clone();
            order.push(id as u32);
            let mut edit = Edit { bins: vec![(bin as u32, order)], pieces: Vec::new() };
            if state.attempt(&mut edit, |_| true) {
                break;
            }
        }
    }
    state
}

/// Each college in as few runs as it can be, put into the bins one after the other.
fn first_state<'m>(model: &'m Model<'m>) -> State<'m> {
    let problem = model.problem;
    let mut pieces: Vec<Piece> = Vec::new();
    for college in 0..problem.colleges.len() {
        let runs = fewest::fewest_runs(problem, college).runs;
        pieces
            .extend(runs.into_iter().map(|classes| {
                model.piece(college, classes.into_iter().map(|class| class as u32).collect())
            }));
    }
    let mut order: Vec<u32> = (0..pieces.len() as u32).collect();
    order.sort_by_key(|&id| std::cmp::Reverse(pieces[id as usize].shapes[0].length));
    let mut state = State::new(model, pieces);
    for id in order {
        place_or_break(model, &mut state, id);
    }
    state
}

/// Puts a waiting run where it does least harm; where it fits nowhere as a whole, class by class.
fn place_or_break(model: &Model, state: &mut State, id: u32) {
    if place_best(model, state, id) {
        return;
    }
    let college = state.pieces[id as usize].college;
    while let [stay @ .., leave] = &state.pieces[id as usize].classes[..]
        && !stay.is_empty()
    {
        let (stay, leave) = (model.piece(college, stay.to_vec()), model.piece(college, vec![*leave]));
        let alone = state.spare(college);
        state.attempt(&mut Edit { bins: Vec::new(), pieces: vec![(id, stay), (alone, leave)] }, |_| true);
        place_best(model, state, alone);
    }
    place_best(model, state, id);
}

/// Puts a waiting run into the bin where it does least harm, if there is one.
fn place_best(model: &Model, state: &mut State, id: u32) -> bool {
    let mut best: Option<(i64, u32, usize)> = None;
    let mut edit = Edit::default();
    for bin in 0..model.bins.len() as u32 {
        for place in 0..=state.bins[bin as usize].len() {
            let mut order = state.bins[bin as usize].clone();
            order.insert(place, id);
            edit.bins = vec![(bin, order)];
            let mut cost = None;
            state.attempt(&mut edit, |found| {
                cost = Some(found.cost());
                false
            });
            if let Some(cost) = cost
                && best.is_none_or(|(least, ..)| cost < least)
            {
                best = Some((cost, bin, place));
            }
        }
    }
    best.is_some_and(|(_, bin, place)| {
        let mut order = state.bins[bin as usize].clone();
        order.insert(place, id);
        edit.bins = vec![(bin, order)];
        state.attempt(&mut edit, |_| true)
    })
}

/// The best of several searches that begin alike.
fn best_of<'m>(model: &'m Model<'m>, first: &State<'m>, effort: Effort, watch: &Watcher) -> State<'m> {
    let tried = std::sync::atomic::AtomicU64::new(0);
    // One more goes over the best of them.
    let of = effort.moves.saturating_mul(u64::from(effort.searches) + 1);
    let step = |more| watch(Progress { tried: tried.fetch_add(more, Ordering::Relaxed) + more, of });
    let one = |index: u32| {
        anneal(
            model,
            first.clone(),
            effort.moves,
            effort.seed.wrapping_mul(1_000_003).wrapping_add(u64::from(index)),
            &step,
        )
    };
    let searches = effort.searches.max(1);
    let threads = effort.threads.get().min(searches as usize);
    let mut ends: Vec<(u32, State<'m>)> = if threads == 1 {
        (0..searches).map(|index| (index, one(index))).collect()
    } else {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|_| {
                    scope.spawn(|| {
                        let mut mine = Vec::new();
                        loop {
                            let index = next.fetch_add(1, Ordering::Relaxed) as u32;
                            if index >= searches {
                                return mine;
                            }
                            mine.push((index, one(index)));
                        }
                    })
                })
                .collect();
            workers
                .into_iter()
                .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        })
    };
    ends.sort_by_key(|(index, state)| (state.rank(), *index));
    in_order(model, ends.swap_remove(0).1, effort, &step)
}

/// The same runs at the same times as far as that goes, with classes in the order of their numbers.
fn in_order<'m>(
    model: &'m Model<'m>,
    mut state: State<'m>,
    effort: Effort,
    step: &impl Fn(u64) -> bool,
) -> State<'m> {
    let mut rng = Rng::with_seed(effort.seed);
    let mut edit = Edit::default();
    for done in 0..effort.moves {
        if state.is_in_order() || (done % STRETCH == 0 && !step(STRETCH)) {
            break;
        }
        if moves::sort_classes(model, &state, &mut rng, &mut edit) {
            let before = state.rank();
            state.attempt(&mut edit, |found| found.rank() < before);
        }
    }
    state
}

/// Temperatures in seconds of finish, at the beginning and at the end.
const HOT: f64 = 1_200.0;
const COLD: f64 = 8.0;
/// Changes tried between two looks at the watcher, at one temperature.
const STRETCH: u64 = 2_048;

/// One search.
fn anneal<'m>(
    model: &'m Model<'m>,
    mut state: State<'m>,
    moves: u64,
    seed: u64,
    step: &impl Fn(u64) -> bool,
) -> State<'m> {
    let mut rng = Rng::with_seed(seed);
    let mut best = state.clone();
    let mut edit = Edit::default();
    let moves = if model.bins.is_empty() { 0 } else { moves };
    let stretches = moves.div_ceil(STRETCH);
    for stretch in 0..stretches {
        let share = stretch as f64 / stretches as f64;
        let temperature = HOT * (COLD / HOT).powf(share) * 16.0;
        for _ in 0..STRETCH.min(moves - stretch * STRETCH) {
            if !moves::propose(model, &mut state, &mut rng, &mut edit) {
                continue;
            }
            let limit = state.cost() + (temperature * -(1.0 - rng.f64()).ln()) as i64;
            if state.attempt(&mut edit, |found| found.cost() <= limit) && state.rank() < best.rank() {
                best = state.clone();
            }
        }
        if !step(STRETCH) {
            break;
        }
    }
    best
}

/// The places of all classes, by station and time, and the reasons of those that have none.
fn finished(model: &Model, state: &State) -> Plan {
    let problem = model.problem;
    let mut assignments = Vec::new();
    for (index, order) in state.bins.iter().enumerate() {
        let station = model.bins[index].station;
        for &id in order {
            let piece = &state.pieces[id as usize];
            let mut time: Seconds = piece.start + problem.setup;
            for &class in &piece.classes {
                let class = &problem.classes[class as usize];
                let end = time + problem.span(class, station);
                assignments.push(Assignment { class: class.id.clone(), station, start: time, end });
                time = end;
            }
        }
    }
    assignments
        .sort_by(|a, b| (a.station, a.start, a.end, &a.class).cmp(&(b.station, b.start, b.end, &b.class)));
    let mut plan = Plan { assignments, ..Plan::default() };
    plan.unplaced = reasons::unplaced(problem, &plan);
    plan
}
