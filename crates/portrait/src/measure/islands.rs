//! Islands of a person mask: what hangs together with nothing of the person is no part of the person.
//!
//! A segmentation net takes a dark thing on the wall for a piece of somebody now and then; counted as person it
//! would be missing from the background, where it has to be noticed. Pixels hang together where the person may
//! be at all ([`MAYBE_PERSON`]), so fly-away hair stays with the head through the mask's soft edge.

use std::ops::Range;

use super::regions::MAYBE_PERSON;

/// A run of connected pixels in a row.
struct Run {
    columns: Range<usize>,
    row: usize,
    parent: usize,
    area: usize,
}

/// Clears every island but the largest.
pub fn clear(plane: &mut [u8], width: usize) {
    let mut runs: Vec<Run> = Vec::new();
    let mut above = 0..0;
    for (row, pixels) in plane.chunks_exact(width).enumerate() {
        let first = runs.len();
        let mut at = 0;
        while let Some(start) =
            pixels[at..].iter().position(|&pixel| pixel >= MAYBE_PERSON).map(|from| at + from)
        {
            let end =
                pixels[start..].iter().position(|&pixel| pixel < MAYBE_PERSON).map_or(width, |to| start + to);
            runs.push(Run { columns: start..end, row, parent: runs.len(), area: end - start });
            at = end;
        }
        let mut upper = above.clone();
        for here in first..runs.len() {
            // Runs of both rows stand in order, so those that ended before this one are passed for good.
            while upper.start < upper.end && runs[upper.start].columns.end <= runs[here].columns.start {
                upper.start += 1;
            }
            let touching = upper.clone().take_while(|&up| runs[up].columns.start < runs[here].columns.end);
            touching.collect::<Vec<_>>().into_iter().for_each(|up| join(&mut runs, up, here));
        }
        above = first..runs.len();
    }
    let Some(largest) =
        (0..runs.len()).filter(|&run| runs[run].parent == run).max_by_key(|&run| runs[run].area)
    else {
        return;
    };
    for run in 0..runs.len() {
        if root(&runs, run) != largest {
            let Run { columns, row, .. } = &runs[run];
            plane[row * width..][columns.clone()].fill(0);
        }
    }
}

fn root(runs: &[Run], mut run: usize) -> usize {
    while runs[run].parent != run {
        run = runs[run].parent;
    }
    run
}

fn join(runs: &mut [Run], one: usize, other: usize) {
    let (one, other) = (root(runs, one), root(runs, other));
    if one != other {
        // The smaller goes under the larger, which keeps the ways to the root short.
        let (under, over) = if runs[one].area < runs[other].area { (one, other) } else { (other, one) };
        runs[under].parent = over;
        runs[over].area += runs[under].area;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleared(rows: &[&str]) -> Vec<String> {
        let width = rows[0].len();
        let level = |letter: u8| match letter {
            b'#' => 255,
            b'+' => MAYBE_PERSON,
            b'-' => MAYBE_PERSON - 1,
            _ => 0,
        };
        let mut plane: Vec<u8> = rows.iter().flat_map(|row| row.bytes().map(level)).collect();
        clear(&mut plane, width);
        let letter = |&pixel: &u8| match pixel {
            0 => '.',
            pixel if pixel < MAYBE_PERSON => '-',
            pixel if pixel == MAYBE_PERSON => '+',
            _ => '#',
        };
        plane.chunks(width).map(|row| row.iter().map(letter).collect()).collect()
    }

    #[test]
    fn only_the_largest_island_stays_whatever_its_shape() {
        assert_eq!(
            cleared(&["#.##..#", "#..#.##", "####...", ".....#."]),
            ["#.##...", "#..#...", "####...", "......."]
        );
        assert_eq!(cleared(&["#.#.#", "#.#.#", "#####"]), ["#.#.#", "#.#.#", "#####"]);
        assert_eq!(cleared(&["...", "..."]), ["...", "..."]);
    }

    #[test]
    fn a_soft_edge_connects_and_what_is_fainter_neither_connects_nor_goes() {
        assert_eq!(cleared(&["#+.##", ".++##", "....."]), ["#+.##", ".++##", "....."]);
        assert_eq!(cleared(&["#-.##", ".--##", "....."]), [".-.##", ".--##", "....."]);
    }
}
