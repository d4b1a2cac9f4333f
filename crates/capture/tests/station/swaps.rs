//! Photos deliberately given to the wrong student, one by one, at a real station: which guard notices.
//!
//! A few by default; `make swaps` goes through a thousand and prints the table of docs/station.md.

use std::collections::BTreeMap;

use capture::station::Station;
use capture::station::binding::Shutter;
use capture::station::choice::{Accepted, Said};
use capture::station::numbers::{Answer, Scanned};
use capture::station::takes::{Arrival, Arrived};
use studio::render::file::camera_jpeg;
use studio::render::{Person, Shot, render};

use crate::room::{Campaign, MORNING_MS, Student, at};

/// How a photo comes to a wrong student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Swap {
    /// The next one is quicker and comes first, each with the own code.
    Overtaken,
    /// Somebody shows the code of a friend further back in the class.
    Borrowed,
    /// Two neighbours change codes.
    Exchanged,
    /// The next one sits down before the scan, and the photo is taken.
    Unscanned,
    /// The file of the one before comes when the next one is active.
    Late,
    /// Scanned and gone; the next one sits down without a scan, and is scanned and photographed again.
    LeftAndAgain,
    /// Scanned and gone; the next one sits down without a scan and goes away.
    LeftAndGone,
}

const SWAPS: [Swap; 7] = [
    Swap::Overtaken,
    Swap::Borrowed,
    Swap::Exchanged,
    Swap::Unscanned,
    Swap::Late,
    Swap::LeftAndAgain,
    Swap::LeftAndGone,
];

/// A class at a station, photographed one after another.
struct Class {
    campaign: Campaign,
    station: Station,
    rng: fastrand::Rng,
    now: u64,
    next: usize,
    sitting: u64,
}

/// Classes are so large; a new one is begun when one is through.
const CLASS: u32 = 30;

impl Class {
    async fn new(seed: u64) -> Self {
        let mut campaign = Campaign::new().await;
        campaign.students = (0..CLASS).map(|at| campaign.student(at + 100, "99999")).collect();
        let station = campaign.station("2").await;
        let rng = fastrand::Rng::with_seed(seed);
        Self { campaign, station, rng, now: MORNING_MS + 10_000, next: 0, sitting: seed << 16 }
    }

    fn student(&self, place: usize) -> &Student {
        &self.campaign.students[place]
    }

    /// The person of a place before the camera, another sitting each time, in the light of this day.
    fn photo(&mut self, place: usize) -> Vec<u8> {
        self.sitting += 1;
        let seed = self.sitting;
        let room = Shot::from_seed(7);
        let shot = Shot {
            size: (720, 960),
            person: Person::from_seed(1_000 + place as u64),
            lighting: room.lighting,
            background: room.background,
            ..Shot::from_seed(seed)
        };
        camera_jpeg(&render(&shot), seed).unwrap()
    }

    /// Scans; the guards that speak, and then the student sits there all the same.
    async fn scan(&mut self, place: usize, said: &mut Vec<&'static str>) {
        self.now += self.rng.u64(2_000..5_000);
        let code = self.student(place).code.clone();
        match self.station.scan(&code, &Answer::default(), at(self.now)).await.unwrap() {
            Scanned::Active(_) => {}
            Scanned::Stopped(concerns) => {
                said.extend(concerns.iter().map(|concern| concern.guard));
                let answer = Answer { reason: Some("试".into()), ..Answer::default() };
                let scanned = self.station.scan(&code, &answer, at(self.now)).await.unwrap();
                assert!(matches!(scanned, Scanned::Active(_)), "{scanned:?}");
            }
            other => panic!("{other:?}"),
        }
    }

    /// A photo of a person comes in now, by the camera's clock taken so long ago.
    async fn shoot(&mut self, place: usize, ago_ms: u64, said: &mut Vec<&'static str>) {
        let bytes = self.photo(place);
        let shutter = Shutter::Stated((self.now - ago_ms) / 1000 * 1000);
        let arrival = Arrival { bytes, name: "a.jpg".into(), seen_ms: self.now + 300, shutter };
        match self.station.receive(arrival, at(self.now + 300)).await.unwrap() {
            Arrived::Take(take) => {
                match self.station.accept(take.id, "", at(self.now + 2_000)).await.unwrap() {
                    Accepted::Stopped(concerns) => {
                        // That a drawn face is near a limit is no guard against swaps.
                        said.extend(
                            concerns.iter().map(|concern| concern.guard).filter(|guard| *guard != "fails"),
                        );
                        self.station
                            .accept(take.id, Said { reason: "试", second: "9" }, at(self.now + 2_000))
                            .await
                            .unwrap();
                    }
                    Accepted::Done | Accepted::Next(_) => {}
                }
            }
            Arrived::Stray(why) => said.push(why.name()),
            other => panic!("{other:?}"),
        }
        self.now += 2_500;
    }

    async fn usual(&mut self, place: usize, said: &mut Vec<&'static str>) {
        self.scan(place, said).await;
        self.now += self.rng.u64(4_000..8_000);
        self.shoot(place, 0, said).await;
    }

    /// Whoever is active has no photo and leaves.
    async fn clear(&mut self) {
        if self.station.active().await.unwrap().is_some() {
            self.station.void("试", at(self.now)).await.unwrap();
        }
    }

    /// Goes through a swap of the next students; gives the guards that noticed.
    async fn swap(&mut self, swap: Swap) -> Vec<&'static str> {
        let (mut said, mut rest) = (Vec::new(), Vec::new());
        let own = self.next;
        match swap {
            Swap::Overtaken => {
                self.usual(own + 1, &mut said).await;
                self.usual(own, &mut said).await;
            }
            Swap::Borrowed => {
                self.scan(own + 2, &mut said).await;
                self.now += 5_000;
                self.shoot(own, 0, &mut said).await;
            }
            Swap::Exchanged => {
                for (person, code) in [(own, own + 1), (own + 1, own)] {
                    self.scan(code, &mut said).await;
                    self.now += 5_000;
                    self.shoot(person, 0, &mut said).await;
                }
            }
            Swap::Unscanned => {
                self.usual(own, &mut rest).await;
                self.now += 4_000;
                self.shoot(own + 1, 0, &mut said).await;
            }
            Swap::Late => {
                self.usual(own, &mut rest).await;
                let ago = self.rng.u64(3_500..20_000);
                self.scan(own + 1, &mut rest).await;
                self.now += 1_500;
                self.shoot(own, ago, &mut said).await;
                self.clear().await;
            }
            Swap::LeftAndAgain => {
                self.scan(own, &mut rest).await;
                self.now += 6_000;
                self.shoot(own + 1, 0, &mut said).await;
                self.usual(own + 1, &mut said).await;
            }
            Swap::LeftAndGone => {
                self.scan(own, &mut rest).await;
                self.now += 6_000;
                self.shoot(own + 1, 0, &mut said).await;
                self.usual(own + 2, &mut said).await;
            }
        }
        self.clear().await;
        self.next = own + 3;
        said
    }
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::test]
async fn photos_given_to_the_wrong_student_are_noticed_by_a_guard() {
    let swaps = setting("XUEYING_SWAPS", 14);
    let mut rng = fastrand::Rng::with_seed(setting("XUEYING_SWAPS_SEED", 3) as u64);
    let (mut by_guard, mut by_kind) = (BTreeMap::new(), BTreeMap::new());
    let (mut stops, mut students, mut done) = (0, 0, 0);
    while done < swaps {
        let mut class = Class::new(rng.u64(..)).await;
        // The camera's clock is learnt, and what is usual is not stopped.
        for place in 0..6 {
            let mut said = Vec::new();
            class.usual(place, &mut said).await;
            (stops, students) = (stops + usize::from(!said.is_empty()), students + 1);
        }
        class.next = 6;
        while class.next + 3 <= CLASS as usize && done < swaps {
            let swap = SWAPS[done % SWAPS.len()];
            let said = class.swap(swap).await;
            let (noticed, all): &mut (usize, usize) = by_kind.entry(swap).or_default();
            (*noticed, *all) = (*noticed + usize::from(!said.is_empty()), *all + 1);
            for guard in std::collections::BTreeSet::from_iter(said) {
                *by_guard.entry((swap, guard)).or_insert(0) += 1;
            }
            done += 1;
        }
    }
    for (swap, (noticed, all)) in &by_kind {
        let guards: Vec<String> = by_guard
            .iter()
            .filter(|((kind, _), _)| kind == swap)
            .map(|((_, guard), count)| format!("{guard} {count}"))
            .collect();
        println!("{swap:?}: {noticed} of {all} noticed; {}", guards.join(", "));
    }
    println!("{done} swaps; {stops} of {students} students in their turn were stopped");
    for (swap, (noticed, all)) in by_kind {
        assert_eq!(noticed, all, "{swap:?}");
    }
}
