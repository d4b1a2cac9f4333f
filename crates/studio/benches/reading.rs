//! Readers of codes side by side on one ladder of pictures: how many each reads, and in which time.
//!
//! `make reading` runs it and writes the table of `docs/reading.md`. The other reader is `rqrr`, a port of
//! quirc, shown each picture once; the times are those of one core.

use std::time::{Duration, Instant};

use rayon::prelude::*;
use seal::reading::{Grey, read};
use seal::suite::Suite;
use studio::page;
use studio::screen::ladder::{DAMAGES, Damage, PICTURES, samples};

/// Gives the texts of a picture's codes.
type Reader = fn(&Grey) -> Vec<String>;

const READERS: [(&str, Reader); 2] = [("ours", ours), ("rqrr", peer)];

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let page = arguments.iter().position(|word| word == "--write").and_then(|at| arguments.get(at + 1));
    let steps: Vec<(&Damage, f32, bool)> = DAMAGES
        .iter()
        .flat_map(|damage| {
            let promised = damage.promised.iter().map(move |&amount| (damage, amount, true));
            promised.chain(damage.beyond.iter().map(move |&amount| (damage, amount, false)))
        })
        .collect();
    let counts: Vec<[Count; 2]> =
        steps.par_iter().map(|&(damage, amount, _)| count(damage, amount)).collect();
    let text = report(&steps, &counts);
    print!("{text}");
    page.map_or(Ok(()), |page| page::write(page, "make reading", &text))
}

/// What a reader did on some pictures.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    pictures: u32,
    right: u32,
    wrong: u32,
    time: Duration,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.pictures += other.pictures;
        self.right += other.right;
        self.wrong += other.wrong;
        self.time += other.time;
    }

    fn percent(&self) -> f64 {
        100.0 * f64::from(self.right) / f64::from(self.pictures.max(1))
    }

    fn milliseconds(&self) -> f64 {
        1e3 * self.time.as_secs_f64() / f64::from(self.pictures.max(1))
    }
}

fn count(damage: &Damage, amount: f32) -> [Count; 2] {
    let mut counts = [Count::default(); 2];
    for suite in Suite::ALL {
        for sample in samples(damage, amount, suite) {
            for (count, (_, reader)) in counts.iter_mut().zip(READERS) {
                let start = Instant::now();
                let texts = reader(&sample.picture);
                let time = start.elapsed();
                let right = texts.contains(&sample.text);
                let wrong = texts.iter().any(|text| *text != sample.text);
                count.add(Count { pictures: 1, right: right.into(), wrong: wrong.into(), time });
            }
        }
    }
    counts
}

fn ours(picture: &Grey) -> Vec<String> {
    read(picture).iter().map(|found| found.reveal().to_owned()).collect()
}

fn peer(picture: &Grey) -> Vec<String> {
    let (width, height) = (picture.width, picture.height());
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| picture.pixels[y * width + x]);
    prepared.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
}

fn report(steps: &[(&Damage, f32, bool)], counts: &[[Count; 2]]) -> String {
    let peer = READERS[1].0;
    let mut lines = vec![
        format!("| damage | amount | promised | read | ms | {peer} reads | ms |"),
        "|---|--:|---|--:|--:|--:|--:|".into(),
    ];
    let mut sums = [[Count::default(); 2]; 2];
    for ((damage, amount, promised), [ours, peer]) in steps.iter().zip(counts) {
        let mark = if *promised { "yes" } else { "" };
        lines.push(format!("| {} | {amount} | {mark} | {} |", damage.name, cells(ours, peer)));
        sums[usize::from(!promised)].iter_mut().zip([ours, peer]).for_each(|(sum, count)| sum.add(*count));
    }
    for (name, [ours, peer]) in ["all that is promised", "all beyond"].into_iter().zip(&sums) {
        lines.push(format!("| **{name}** | {} pictures | | {} |", ours.pictures, cells(ours, peer)));
    }
    let wrong = |reader: usize| sums.iter().map(|counts| counts[reader].wrong).sum::<u32>();
    let (ours, theirs) = (wrong(0), wrong(1));
    lines.push(format!("\n{PICTURES} pictures of each step and suite. Pictures with a text that was not the code's: {ours}, and {theirs} with {peer}."));
    lines.join("\n") + "\n"
}

fn cells(ours: &Count, peer: &Count) -> String {
    format!(
        "{:.0} % | {:.1} | {:.0} % | {:.1}",
        ours.percent(),
        ours.milliseconds(),
        peer.percent(),
        peer.milliseconds()
    )
}
