//! The small changes that the search tries.

use fastrand::Rng;

use super::{
    model::Model,
    state::{Edit, State},
};

/// Puts one random change into `edit`; `false` where that kind of change has nothing to do.
pub(super) fn propose(model: &Model, state: &mut State, rng: &mut Rng, edit: &mut Edit) -> bool {
    edit.bins.clear();
    edit.pieces.clear();
    match rng.u32(..100) {
        0..30 => relocate(model, state, rng, edit),
        30..50 => exchange(state, rng, edit),
        50..65 => regroup(model, state, rng, edit),
        65..77 => hand_over(model, state, rng, edit),
        77..91 => trade(model, state, rng, edit),
        91..95 => join(model, state, rng, edit),
        95..97 => split(model, state, rng, edit),
        _ => turn(state, rng, edit),
    }
}

/// Puts a change into `edit` that can bring classes into their order without moving runs.
pub(super) fn sort_classes(model: &Model, state: &State, rng: &mut Rng, edit: &mut Edit) -> bool {
    edit.bins.clear();
    edit.pieces.clear();
    match rng.u32(..3) {
        0 => hand_over(model, state, rng, edit),
        1 => trade(model, state, rng, edit),
        _ => line_up(model, state, rng, edit),
    }
}

/// A run in use, by chance.
fn any_piece(state: &State, rng: &mut Rng) -> Option<u32> {
    let id = rng.usize(..state.pieces.len().max(1));
    state.pieces.get(id).filter(|piece| !piece.classes.is_empty()).map(|_| id as u32)
}

/// Another run in use of the same college, by chance.
fn any_sibling(state: &State, rng: &mut Rng, id: u32) -> Option<u32> {
    let home = &state.homes[state.pieces[id as usize].college];
    let other = home[rng.usize(..home.len())];
    (other != id && !state.pieces[other as usize].classes.is_empty()).then_some(other)
}

/// The new order of a bin within an edit, begun from what stands there.
fn order<'e>(state: &State, edit: &'e mut Edit, bin: u32) -> &'e mut Vec<u32> {
    let at = edit.bins.iter().position(|(index, _)| *index == bin).unwrap_or_else(|| {
        edit.bins.push((bin, state.bins[bin as usize].clone()));
        edit.bins.len() - 1
    });
    &mut edit.bins[at].1
}

fn take_out(state: &State, edit: &mut Edit, id: u32) {
    if let Some(bin) = state.pieces[id as usize].bin {
        order(state, edit, bin).retain(|&other| other != id);
    }
}

/// Puts a run anywhere.
fn put_in(model: &Model, state: &State, rng: &mut Rng, edit: &mut Edit, id: u32) {
    let bin = rng.usize(..model.bins.len()) as u32;
    let order = order(state, edit, bin);
    order.insert(rng.usize(..=order.len()), id);
}

fn relocate(model: &Model, state: &State, rng: &mut Rng, edit: &mut Edit) -> bool {
    let Some(id) = any_piece(state, rng) else { return false };
    take_out(state, edit, id);
    put_in(model, state, rng, edit, id);
    true
}

/// Two runs take each other's places.
fn exchange(state: &State, rng: &mut Rng, edit: &mut Edit) -> bool {
    let (Some(one), Some(other)) = (any_piece(state, rng), any_piece(state, rng)) else { return false };
    let (Some(first), Some(second)) = (state.pieces[one as usize].bin, state.pieces[other as usize].bin)
    else {
        return false;
    };
    if one == other {
        return false;
    }
    let swapped = |id: &mut u32| {
        if *id == one {
            *id = other;
        } else if *id == other {
            *id = one;
        }
    };
    order(state, edit, first).iter_mut().for_each(swapped);
    if first != second {
        order(state, edit, second).iter_mut().for_each(swapped);
    }
    true
}

/// One or two neighbours of one bin and none to two of another trade places.
fn regroup(model: &Model, state: &State, rng: &mut Rng, edit: &mut Edit) -> bool {
    let Some(first) = any_piece(state, rng).and_then(|id| state.pieces[id as usize].bin) else {
        return false;
    };
    let second = rng.usize(..model.bins.len()) as u32;
    if first == second {
        return false;
    }
    let mut one = state.bins[first as usize].clone();
    let mut other = state.bins[second as usize].clone();
    let mut part = |order: &Vec<u32>, least: usize| {
        let count = rng.usize(least..=2.min(order.len()).max(least));
        let from = rng.usize(..=order.len() - count);
        from..from + count
    };
    let (leave, come) = (part(&one, 1), part(&other, 0));
    let (to, back) = (come.start, leave.start);
    let leaving: Vec<u32> = one.drain(leave).collect();
    let coming: Vec<u32> = other.drain(come).collect();
    one.splice(back..back, coming);
    other.splice(to..to, leaving);
    edit.bins.push((first, one));
    edit.bins.push((second, other));
    true
}

/// New contents of two runs of one college, both back where they stood.
fn refill(model: &Model, state: &State, edit: &mut Edit, contents: [(u32, Vec<u32>); 2]) -> bool {
    for (id, classes) in contents {
        let college = state.pieces[id as usize].college;
        let bin = state.pieces[id as usize].bin;
        let empty = classes.is_empty();
        edit.pieces.push((
            id,
            if empty {
                super::model::Piece { college, ..Default::default() }
            } else {
                model.piece(college, classes)
            },
        ));
        if let Some(bin) = bin {
            let order = order(state, edit, bin);
            if empty {
                order.retain(|&other| other != id);
            }
        }
    }
    true
}

/// A class goes from one run of its college to another.
fn hand_over(model: &Model, state: &State, rng: &mut Rng, edit: &mut Edit) -> bool {
    let Some(one) = any_piece(state, rng) else { return false };
    let Some(other) = any_sibling(state, rng, one) else { return false };
    let mut from = state.pieces[one as usize].classes.clone();
    let mut to = state.pieces[other as usize].classes.clone();
    to.push(from.swap_remove(rng.usize(..from.len())));
    refill(model, state, edit, [(one, from), (other, to)])
}

/// Two runs of a college trade classes.
fn trade(model: &Model, state: &State, rng: &mut Rng, edit: &mut Edit) -> bool {
    let Some(one) = any_piece(state, rng) else { return false };
    let Some(other) = any_sibling(state, rng, one) else { return false };
    let mut first = state.pieces[one as usize].classes.clone();
    let mut second = state.pieces[other as usize].classes.clone();
    let (a, b) = (rng.usize(..first.len()), rng.usize(..second.len()));
    std::mem::swap(&mut first[a], &mut second[b]);
    refill(model, state, edit, [(one, first), (other, second)])
}

/// Of two runs of a college the first gets the lower numbers, as many classes as it had.
fn line_up(model: &Model, state: &State, rng: &mut Rng, edit: &mut Edit) -> bool {
    let Some(one) = any_piece(state, rng) else { return false };
    let Some(other) = any_sibling(state, rng, one) else { return false };
    let (first, second) = if state.pieces[one as usize].start <= state.pieces[other as usize].start {
        (one, other)
    } else {
        (other, one)
    };
    let mut low = state.pieces[first as usize].classes.clone();
    let count = low.len();
    low.extend(&state.pieces[second as usize].classes);
    low.sort_unstable();
    let high = low.split_off(count);
    refill(model, state, edit, [(first, low), (second, high)])
}

/// Two runs of a college become one, where one of them stood or anywhere.
fn join(model: &Model, state: &State, rng: &mut Rng, edit: &mut Edit) -> bool {
    let Some(one) = any_piece(state, rng) else { return false };
    let Some(other) = any_sibling(state, rng, one) else { return false };
    let mut all = state.pieces[one as usize].classes.clone();
    all.extend(&state.pieces[other as usize].classes);
    refill(model, state, edit, [(one, all), (other, Vec::new())]);
    if rng.bool() || state.pieces[one as usize].bin.is_none() {
        take_out(state, edit, one);
        put_in(model, state, rng, edit, one);
    }
    true
}

/// Some classes leave a run and stand somewhere as a run of their own.
fn split(model: &Model, state: &mut State, rng: &mut Rng, edit: &mut Edit) -> bool {
    let Some(one) = any_piece(state, rng) else { return false };
    let mut stay = state.pieces[one as usize].classes.clone();
    if stay.len() < 2 {
        return false;
    }
    stay.sort_unstable();
    let leave = if rng.bool() {
        stay.split_off(rng.usize(1..stay.len()))
    } else {
        vec![stay.remove(rng.usize(..stay.len()))]
    };
    let college = state.pieces[one as usize].college;
    let other = state.spare(college);
    refill(model, state, edit, [(one, stay), (other, leave)]);
    put_in(model, state, rng, edit, other);
    if state.pieces[one as usize].bin.is_none() {
        put_in(model, state, rng, edit, one);
    }
    true
}

/// Another order within a bin.
fn turn(state: &State, rng: &mut Rng, edit: &mut Edit) -> bool {
    let Some(bin) = any_piece(state, rng).and_then(|id| state.pieces[id as usize].bin) else { return false };
    let order = order(state, edit, bin);
    if order.len() < 2 {
        return false;
    }
    let (a, b) = (rng.usize(..order.len()), rng.usize(..order.len()));
    let id = order.remove(a);
    order.insert(b, id);
    a != b
}
